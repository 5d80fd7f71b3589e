/* engine.h - who is proposed for which contract: pure, whole numbers only, the same answer for the
 * same inputs and seed on every machine.
 *
 * Selection answers to objective parameters only: what a candidate can do (result of the test for
 * the contract's profile), experience, language, availability, and the priority of clean returns
 * (directive 2014/36/EU art. 16). Sex, age, family and nationality are not in the inputs, so they
 * cannot weigh.
 *
 * Rule noria-match-3
 *   Eligible: available from the contract's first day to its last; the contract's language spoken,
 *   permit held and experience reached, where it asks for them; a valid passed result for its
 *   profile, where it has one; six months in twelve kept; the pair not barred (refused before).
 *   Score, 0..1000: result 600 (share of the maximum), experience 200 (60 months are full),
 *   language 100 (50 for French, 50 for the contract's own; 100 where they are the same), clean
 *   returns 100 (two are full). When the campaign says so, whoever has a clean return comes before
 *   whoever has none, whatever the scores. Ties: a number drawn for each candidate from the seed,
 *   which is drawn after the inputs are frozen.
 *   Named: a contract may keep places for returning workers whom its employer names; they get them
 *   first, if they are eligible. What is left of those places is given like the others.
 *   First choices: contracts that ask for the same make a class; the assignment (assign.h) fills as
 *   many places as possible within the partner services' quotas, and passes nobody over.
 *   Proposals: each contract in turn gets its next best candidate until it has `per_place` for
 *   every place; nobody is proposed to more than `per_candidate` contracts.
 *   Reserves: in the same way those who have no first choice anywhere, best first, and only when
 *   there are none left those who have one; nobody waits for more than `per_candidate` contracts.
 *
 * Rule noria-match-2, by which older runs are run again, differs in the reserves: the best of all
 * for each contract, however many contracts they wait for and whatever place they have. They were
 * few, and gone as soon as they were bound. */
#ifndef NORIA_MATCHING_ENGINE_H
#define NORIA_MATCHING_ENGINE_H

#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/text.h"
#include "../returns/returns.h"
#include "assign.h"

struct arena;

/* Of new runs. */
#define MATCH_RULE "noria-match-3"

enum match_rule { MATCH_RULE_NONE, MATCH_RULE_2, MATCH_RULE_3 };

enum {
    MATCH_SEED = 32,
    MATCH_CANDIDATES_MAX = 1000000,
    MATCH_CONTRACTS_MAX = 50000,
    MATCH_PER_CANDIDATE_MAX = 10,
    MATCH_NEEDS_MAX = 64, /* different languages and permits that contracts ask for */
    MATCH_SCORE_MAX = 1000,
    MATCH_NONE = -1
};

struct match_contract {
    int64_t id;
    int32_t places; /* still free */
    int32_t named;  /* of those, kept first for workers whom the employer names */
    date first, last;
    uint16_t block;           /* in match_input.profiles */
    uint16_t months;          /* experience asked, 0: none */
    int16_t language, permit; /* in match_input.needs; MATCH_NONE: none asked */
};

/* What the assignment does not need to know; the rest is in match_input.people. */
struct match_candidate {
    int64_t id;
    int32_t first_result, first_stay; /* in match_input.results, .stays */
    uint8_t results, stays;
    uint8_t returns; /* clean ones */
    bool french;
};

/* A passed result that is valid for the whole run: thousandths of the profile's maximum. */
struct match_result {
    uint16_t block, thousandths;
};

struct match_service {
    int64_t id;
    int32_t left; /* of its quota; ASSIGN_NO_QUOTA: none is set */
};

struct match_pair {
    int64_t contract, candidate;
};

/* A language or a permit, by its word. */
struct match_need {
    struct span word;
    bool permit;
};

struct match_input {
    enum match_rule rule;
    int per_place, per_candidate, reserve_per_place;
    bool returns_first;
    enum stay_variant variant;
    const int64_t *profiles; /* asked by contracts, ascending; 0: contracts that ask for none */
    int nprofiles;
    struct match_need needs[MATCH_NEEDS_MAX];
    int nneeds;
    const struct match_service *services; /* by id */
    int nservices;
    const struct match_contract *contracts; /* by id */
    int ncontracts;
    const struct match_candidate *candidates; /* by id */
    struct assign_candidate *people;          /* the same, for the assignment */
    int ncandidates;
    const struct match_result *results;
    const struct stay *stays;
    const struct match_pair *named; /* by contract, then candidate */
    int nnamed;
    const struct match_pair *bars; /* by contract, then candidate */
    int nbars;
};

struct match_points {
    int result, experience, language, returns;
};

enum match_kind { MATCH_PROPOSED, MATCH_NAMED, MATCH_RESERVE };

struct match_proposal {
    int64_t contract, candidate;
    int rank; /* 1.. within the contract: named, proposed, reserves */
    bool first_choice;
    enum match_kind kind;
    int score;
    struct match_points points;
};

/* Of a contract's class (contracts that ask for the same, their places in one): with how little a
 * place of it was got as a first choice. */
struct match_cut_off {
    int32_t class;
    int32_t points; /* MATCH_NONE: nobody got one */
    bool returns;   /* whoever got it came first for a clean return */
};

/* A candidate's first choice. */
struct match_first {
    int32_t contract; /* by position; MATCH_NONE */
    bool named;
};

struct match_output {
    const struct match_proposal *list; /* by contract id, then rank */
    int count;
    const struct match_cut_off *cut_offs; /* by contract */
    const struct match_first *firsts;     /* by candidate */
    const int32_t *used; /* by service: places that first choices take of its quota */
    int places;          /* free ones */
    int assigned;        /* places filled by first choices, the named ones with them */
    int named;
    int proposed, reserve;
    int held_back; /* candidates before whom others were taken because of their service's quota */
};

/* Runs the rule. `input` keeps the limits and orders above (match_read() sees to it). */
void match_run(struct arena *arena, const struct match_input *input, const uint8_t seed[MATCH_SEED],
               struct match_output *output);

#endif
