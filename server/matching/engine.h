/* engine.h - who is proposed for which contract: pure, whole numbers only, the same answer for the
 * same inputs and seed on every machine.
 *
 * Selection answers to objective parameters only: what a candidate can do (result of the test for
 * the contract's profile), experience, language, availability, and the priority of clean returns
 * (directive 2014/36/EU art. 16). Sex, age, family and nationality are not in the inputs, so they
 * cannot weigh.
 *
 * Rule noria-match-1
 *   Eligible: available from the contract's first day to its last; the contract's language spoken,
 *   permit held and experience reached, where it asks for them; a valid passed result for its
 *   profile, where it has one; six months in twelve kept; the pair not barred (refused before).
 *   Score, 0..1000: result 600 (share of the maximum), experience 200 (60 months are full),
 * language 100 (50 for French, 50 for the contract's own; 100 where they are the same), clean
 * returns 100 (two are full). Ties: a number drawn for each candidate from the seed, which is drawn
 * after the inputs are frozen. First choice: candidates from the best score down get a place; where
 * all their contracts are full, others move over if that makes room (augmenting paths). So as many
 * places as possible are filled, and by the best candidates that allow it. Proposals: each contract
 * in turn gets its next best candidate until it has `per_place` for every place; nobody is proposed
 * to more than `per_candidate` contracts. Then reserves. */
#ifndef NORIA_MATCHING_ENGINE_H
#define NORIA_MATCHING_ENGINE_H

#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/text.h"
#include "../returns/returns.h"

struct arena;

#define MATCH_RULE "noria-match-1"

enum {
    MATCH_SEED = 32,
    MATCH_CANDIDATES_MAX = 50000,
    MATCH_CONTRACTS_MAX = 4000,
    MATCH_SCORE_MAX = 1000
};

struct match_contract {
    int64_t id;
    int places; /* still free */
    date first, last;
    int64_t profile;      /* 0: none asked */
    int months;           /* experience asked, 0: none */
    struct span language; /* "-": none asked */
    struct span permit;   /* "-": none asked */
};

struct match_candidate {
    int64_t id;
    date from, to;
    int months;
    int returns;           /* clean ones */
    struct span languages; /* "ar,fr" or "-" */
    struct span permits;
    int first_result, results; /* in match_input.results */
    int first_stay, stays;     /* in match_input.stays */
};

/* A passed result that is valid for the whole run: thousandths of the profile's maximum. */
struct match_result {
    int64_t profile;
    int thousandths;
};

struct match_bar {
    int64_t contract, candidate;
};

struct match_input {
    int per_place, per_candidate, reserve_per_place;
    enum stay_variant variant;
    const struct match_contract *contracts; /* by id */
    int ncontracts;
    const struct match_candidate *candidates; /* by id */
    int ncandidates;
    const struct match_result *results;
    const struct stay *stays;
    const struct match_bar *bars;
    int nbars;
};

struct match_points {
    int result, experience, language, returns;
};

struct match_proposal {
    int64_t contract, candidate;
    int rank; /* 1.. within the contract, reserves behind the proposed */
    bool first_choice;
    bool reserve;
    int score;
    struct match_points points;
};

struct match_output {
    const struct match_proposal *list; /* by contract id, then rank */
    int count;
    int assigned; /* places filled by first choices */
    int proposed, reserve;
};

/* Runs the rule. `input` keeps the limits and orders above (match_read() sees to it). */
void match_run(struct arena *arena, const struct match_input *input, const uint8_t seed[MATCH_SEED],
               struct match_output *output);

#endif
