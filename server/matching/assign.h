/* assign.h - the largest assignment of candidates to places that passes nobody over unjustly: pure,
 * whole numbers only, the same answer for the same problem on every machine.
 *
 * A class is a number of places that ask for the same things. A candidate may have a class when he
 * has an offer in its block (a valid result for its profile), is there from its first day to its
 * last, has its skills (languages, permits) and its experience; `allowed` is asked for what no
 * table holds (six months in twelve, refused pairs). Each candidate comes through a partner
 * service, which may place no more than its quota.
 *
 * What is given:
 *   1. as many places as possible are filled (the maximum flow through services, candidates and
 *      classes);
 *   2. no justified envy: no candidate without a place comes, at a class that he may have, before
 *      one who has a place there (higher score, then the draw) - unless his own service's quota is
 *      used up and the other came through another service. Those are counted in `held_back`.
 * Candidates state no wish among the classes that they may have, so one who has a place envies
 * nobody.
 *
 * How: a place each in the order of the scores (greedy); then augmenting paths, shortest first and
 * all of one length in one go, with a look ahead at the open classes; then deferred acceptance
 * among those left, who take the places of lower ones until no such pair is left. Each of its steps
 * raises the scores on the places and keeps their number, so it ends. */
#ifndef NORIA_MATCHING_ASSIGN_H
#define NORIA_MATCHING_ASSIGN_H

#include <stdbool.h>
#include <stdint.h>

struct arena;

enum { ASSIGN_SCORE_MAX = 4000, ASSIGN_SERVICES_MAX = 64, ASSIGN_NO_QUOTA = INT32_MAX };

struct assign_class {
    int32_t first, last; /* days of work, both worked */
    int32_t places;
    uint16_t block; /* the profile that is asked, or none: classes that rank candidates alike */
    uint16_t months;
    uint64_t needs;   /* bits: languages and permits asked */
    bool in_language; /* asks for a language: candidates count with assign_offer.spoken */
};

/* What a candidate is worth in a block, 0..ASSIGN_SCORE_MAX. */
struct assign_offer {
    uint16_t block, plain, spoken;
};

struct assign_candidate {
    int32_t from, to;
    uint64_t skills;
    int32_t first_offer; /* in assign_problem.offers */
    uint16_t offers;     /* one a block at most */
    uint16_t months;
    uint16_t service;
    bool ask; /* `allowed` decides too */
};

struct assign_problem {
    const struct assign_class
        *classes; /* by block; within it the scarcest first (assign_scarcity) */
    int nclasses;
    int nblocks;
    const struct assign_candidate *candidates;
    int ncandidates;
    const struct assign_offer *offers;
    int noffers;
    const int32_t *quotas; /* by service; ASSIGN_NO_QUOTA: as many as there are */
    int nservices;
    const uint32_t *draw; /* by candidate, 0.. each once: the lower wins a tie */
    bool (*allowed)(const void *arg, int candidate, int class);
    const void *arg;
};

/* How far to go: the later ones include the earlier. */
enum assign_step { ASSIGN_GREEDY, ASSIGN_LARGEST, ASSIGN_FAIR };

enum { ASSIGN_NOBODY = -1 };

struct assign_result {
    int32_t *where; /* by candidate: the class, or ASSIGN_NOBODY */
    int32_t *used;  /* by service */
    int assigned;
    int greedy;    /* of those, placed by the first pass */
    int rounds;    /* lengths of augmenting paths gone through */
    int repairs;   /* places that changed hands for the sake of justice */
    int held_back; /* candidates before whom somebody was taken only because of a quota */
    int64_t score; /* of all places together */
};

/* The score of a candidate at a class of a block where he has an offer; -1 where he has none. */
int assign_score(const struct assign_problem *problem, int candidate, int class);

/* Whether a candidate may have a class: every rule, one pair. */
bool assign_may(const struct assign_problem *problem, int candidate, int class);

/* Comes before: higher score, then the draw. Compare at one class only. */
uint64_t assign_priority(const struct assign_problem *problem, int candidate, int class);

/* The order in which classes are best tried: by block, then those first that the fewest candidates
 * can fill, seen from a sample of them. The pass by scores then leaves far fewer places empty.
 * order[0..nclasses-1] gets positions in problem->classes. */
void assign_scarcity(const struct assign_problem *problem, int32_t *order);

void assign_run(struct arena *arena, const struct assign_problem *problem, enum assign_step step,
                struct assign_result *result);

#endif
