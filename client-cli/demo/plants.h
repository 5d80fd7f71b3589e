/* plants.h - what was planted for which rule, and what the rules made of it: cases of something
 * planted, and false alarms. */
#ifndef NORIA_CLIENT_DEMO_PLANTS_H
#define NORIA_CLIENT_DEMO_PLANTS_H

#include <stdbool.h>
#include <stdint.h>

enum { PLANTS_MAX = 2048, RULES_MAX = 96 };

/* What a case can be about. */
enum subject { ABOUT_CANDIDATE, ABOUT_CONTRACT, ABOUT_ORG, ABOUT_PLACEMENT, SUBJECTS };

/* The member of a case that holds each: "candidate_id"… */
extern const char *const SUBJECT_MEMBERS[SUBJECTS];

/* Something that one rule should find. */
struct plant {
    const char *rule;
    enum subject about;
    int64_t id;
    bool seen;
};

struct rule_count {
    const char *rule;
    int cases;
    int planted; /* cases of something planted */
};

struct plants {
    struct plant list[PLANTS_MAX];
    int count;
    struct rule_count rules[RULES_MAX];
    int rules_count;
};

/* Remembers what was planted; beyond PLANTS_MAX nothing. `rule` must live as long as `plants`. */
void plant_add(struct plants *plants, const char *rule, enum subject about, int64_t id);

/* Whether a case of `rule` about `ids` (0: none) was planted; it is seen then. */
bool plant_seen(struct plants *plants, const char *rule, const int64_t ids[SUBJECTS]);

/* Counts a case. `rule` must live as long as `plants`. */
void plant_case(struct plants *plants, const char *rule, bool planted);

/* How many were planted for a rule and how many of them were seen. */
int plants_of(const struct plants *plants, const char *rule, int *seen);

#endif
