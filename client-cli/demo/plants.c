#include "plants.h"

#include <stddef.h>
#include <string.h>

const char *const SUBJECT_MEMBERS[SUBJECTS] = {"candidate_id", "contract_id", "org_id",
                                               "placement_id"};

/* Where a rule's cases are counted; NULL beyond RULES_MAX. */
static struct rule_count *count_of(struct plants *plants, const char *rule) {
    for (int i = 0; i < plants->rules_count; i++) {
        if (strcmp(plants->rules[i].rule, rule) == 0) {
            return &plants->rules[i];
        }
    }
    if (plants->rules_count == RULES_MAX) {
        return NULL;
    }
    struct rule_count *count = &plants->rules[plants->rules_count++];
    *count = (struct rule_count){rule, 0, 0};
    return count;
}

void plant_add(struct plants *plants, const char *rule, enum subject about, int64_t id) {
    if (plants->count < PLANTS_MAX) {
        plants->list[plants->count++] = (struct plant){rule, about, id, false};
        (void)count_of(plants, rule); /* told even when it finds nothing */
    }
}

bool plant_seen(struct plants *plants, const char *rule, const int64_t ids[SUBJECTS]) {
    for (int i = 0; i < plants->count; i++) {
        struct plant *plant = &plants->list[i];
        if (ids[plant->about] == plant->id && strcmp(rule, plant->rule) == 0) {
            plant->seen = true;
            return true;
        }
    }
    return false;
}

void plant_case(struct plants *plants, const char *rule, bool planted) {
    struct rule_count *count = count_of(plants, rule);
    if (count != NULL) {
        count->cases++;
        count->planted += planted;
    }
}

int plants_of(const struct plants *plants, const char *rule, int *seen) {
    int planted = 0;
    *seen = 0;
    for (int i = 0; i < plants->count; i++) {
        bool his = strcmp(rule, plants->list[i].rule) == 0;
        planted += his;
        *seen += his && plants->list[i].seen;
    }
    return planted;
}
