#include "engine.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "assign.h"
#include "score.h"

/* Contracts that score alike (same profile and language) share one ordering of the candidates. */
struct group {
    const struct match_contract *like;
    int *score; /* by candidate; -1: no valid result */
    int *order; /* candidates with a score, best first */
    int count;
};

struct run {
    struct arena *arena;
    const struct match_input *input;
    uint64_t *draw; /* by candidate */
    struct group *groups;
    int ngroups;
    int *group_of; /* by contract */
    struct eligibility eligible;
    int *first;         /* by candidate: the first choice, or -1 */
    int *times;         /* by candidate: contracts proposed for */
    int *at;            /* by contract: how far its group's order is gone through */
    uint64_t *proposed; /* bits as in eligible: proposed or reserve */
    uint64_t *reserves; /* of those, the reserves */
};

/* The candidate's number in the draw: the first 8 bytes of BLAKE2b, keyed by the seed, of his id.
 */
static uint64_t drawn(const uint8_t seed[MATCH_SEED], int64_t id) {
    uint8_t text[8];
    uint8_t hash[16];
    uint64_t number = 0;
    for (int i = 0; i < 8; i++) {
        text[i] = (uint8_t)((uint64_t)id >> (56 - 8 * i));
    }
    crypto_generichash(hash, sizeof hash, text, sizeof text, seed, MATCH_SEED);
    for (int i = 0; i < 8; i++) {
        number = number << 8 | hash[i];
    }
    return number;
}

struct ranked {
    int candidate;
    int score;
    uint64_t draw;
};

static int by_rank(const void *left, const void *right) {
    const struct ranked *a = left;
    const struct ranked *b = right;
    if (a->score != b->score) {
        return a->score > b->score ? -1 : 1;
    }
    int drawn_first = a->draw < b->draw ? -1 : 1;
    return a->draw != b->draw ? drawn_first : a->candidate - b->candidate;
}

/* Sorts the candidates that have a score; gives how many. */
static int rank(struct run *run, const int *score, int *order) {
    int n = run->input->ncandidates;
    struct ranked *list = arena_array(run->arena, (size_t)n, sizeof *list);
    int count = 0;
    for (int c = 0; c < n; c++) {
        if (score[c] >= 0) {
            list[count++] = (struct ranked){c, score[c], run->draw[c]};
        }
    }
    qsort(list, (size_t)count, sizeof *list, by_rank);
    for (int i = 0; i < count; i++) {
        order[i] = list[i].candidate;
    }
    return count;
}

static int group_for(struct run *run, const struct match_contract *contract) {
    for (int g = 0; g < run->ngroups; g++) {
        const struct match_contract *like = run->groups[g].like;
        if (like->profile == contract->profile && span_equal(like->language, contract->language)) {
            return g;
        }
    }
    size_t n = (size_t)run->input->ncandidates;
    struct group *group = &run->groups[run->ngroups];
    *group = (struct group){contract, arena_array(run->arena, n, sizeof(int)),
                            arena_array(run->arena, n, sizeof(int)), 0};
    for (int c = 0; c < run->input->ncandidates; c++) {
        struct match_points points;
        group->score[c] = match_score(run->input, &run->input->candidates[c], contract, &points)
                              ? match_total(&points)
                              : -1;
    }
    group->count = rank(run, group->score, group->order);
    return run->ngroups++;
}

static int find_contract(const struct match_input *input, int64_t id) {
    int low = 0;
    int high = input->ncontracts;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (input->contracts[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < input->ncontracts && input->contracts[low].id == id ? low : -1;
}

static int find_candidate(const struct match_input *input, int64_t id) {
    int low = 0;
    int high = input->ncandidates;
    while (low < high) {
        int middle = low + (high - low) / 2;
        if (input->candidates[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < input->ncandidates && input->candidates[low].id == id ? low : -1;
}

static void set_bit(uint64_t *bits, int words, int candidate, int contract) {
    bits[(int64_t)candidate * words + contract / 64] |= UINT64_C(1) << (contract % 64);
}

static bool has_bit(const uint64_t *bits, int words, int candidate, int contract) {
    return (bits[(int64_t)candidate * words + contract / 64] >> (contract % 64) & 1U) != 0;
}

static void find_eligible(struct run *run) {
    const struct match_input *input = run->input;
    int words = run->eligible.words;
    for (int c = 0; c < input->ncandidates; c++) {
        for (int k = 0; k < input->ncontracts; k++) {
            if (run->groups[run->group_of[k]].score[c] >= 0 &&
                match_eligible(input, &input->candidates[c], &input->contracts[k])) {
                set_bit(run->eligible.bits, words, c, k);
            }
        }
    }
    for (int i = 0; i < input->nbars; i++) {
        int k = find_contract(input, input->bars[i].contract);
        int c = find_candidate(input, input->bars[i].candidate);
        if (k >= 0 && c >= 0) {
            eligible_row(&run->eligible, c)[k / 64] &= ~(UINT64_C(1) << (k % 64));
        }
    }
}

static int score_of(const void *arg, int candidate, int contract) {
    const struct run *run = arg;
    return run->groups[run->group_of[contract]].score[candidate];
}

/* Best first over everything a candidate is eligible for. */
static void overall_order(struct run *run, int *order) {
    int n = run->input->ncandidates;
    int *best = arena_array(run->arena, (size_t)n, sizeof *best);
    for (int c = 0; c < n; c++) {
        const uint64_t *row = eligible_row(&run->eligible, c);
        for (int w = 0; w < run->eligible.words; w++) {
            for (uint64_t bits = row[w]; bits != 0; bits &= bits - 1) {
                int score = score_of(run, c, w * 64 + __builtin_ctzll(bits));
                best[c] = score > best[c] ? score : best[c];
            }
        }
    }
    (void)rank(run, best, order);
}

/* The next candidate of the contract's order who may still be proposed; -1 at the end. */
static int next_for(struct run *run, int contract, bool reserve) {
    const struct group *group = &run->groups[run->group_of[contract]];
    int words = run->eligible.words;
    while (run->at[contract] < group->count) {
        int c = group->order[run->at[contract]++];
        if (is_eligible(&run->eligible, c, contract) &&
            !has_bit(run->proposed, words, c, contract) &&
            (reserve || run->times[c] < run->input->per_candidate)) {
            return c;
        }
    }
    return -1;
}

static void propose_first_choices(struct run *run, int *have) {
    for (int c = 0; c < run->input->ncandidates; c++) {
        if (run->first[c] >= 0) {
            set_bit(run->proposed, run->eligible.words, c, run->first[c]);
            run->times[c]++;
            have[run->first[c]]++;
        }
    }
}

/* Round after round, each contract takes its next best, so that no contract skims the others. */
static void propose(struct run *run, int *have, int per_place, bool reserve) {
    const struct match_input *input = run->input;
    memset(run->at, 0, (size_t)input->ncontracts * sizeof *run->at);
    for (bool more = true; more;) {
        more = false;
        for (int k = 0; k < input->ncontracts; k++) {
            int c =
                have[k] < input->contracts[k].places * per_place ? next_for(run, k, reserve) : -1;
            if (c >= 0) {
                set_bit(run->proposed, run->eligible.words, c, k);
                if (reserve) {
                    set_bit(run->reserves, run->eligible.words, c, k);
                } else {
                    run->times[c]++;
                }
                have[k]++;
                more = true;
            }
        }
    }
}

/* One contract's list in the order of its group: the proposed, then the reserves. */
static int write_contract(struct run *run, int contract, struct match_proposal *list) {
    const struct group *group = &run->groups[run->group_of[contract]];
    int words = run->eligible.words;
    int n = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < group->count; i++) {
            int c = group->order[i];
            if (!has_bit(run->proposed, words, c, contract) ||
                has_bit(run->reserves, words, c, contract) != (pass == 1)) {
                continue;
            }
            struct match_proposal *p = &list[n++];
            *p = (struct match_proposal){
                .contract = run->input->contracts[contract].id,
                .candidate = run->input->candidates[c].id,
                .rank = n,
                .first_choice = run->first[c] == contract,
                .reserve = pass == 1,
                .score = group->score[c],
            };
            (void)match_score(run->input, &run->input->candidates[c],
                              &run->input->contracts[contract], &p->points);
        }
    }
    return n;
}

static void start(struct run *run, const uint8_t seed[MATCH_SEED]) {
    const struct match_input *input = run->input;
    size_t candidates = (size_t)input->ncandidates;
    size_t contracts = (size_t)input->ncontracts;
    int words = (input->ncontracts + 63) / 64;
    size_t cells = candidates * (size_t)words;
    run->draw = arena_array(run->arena, candidates, sizeof *run->draw);
    for (int c = 0; c < input->ncandidates; c++) {
        run->draw[c] = drawn(seed, input->candidates[c].id);
    }
    run->groups = arena_array(run->arena, contracts, sizeof *run->groups);
    run->group_of = arena_array(run->arena, contracts, sizeof *run->group_of);
    for (int k = 0; k < input->ncontracts; k++) {
        run->group_of[k] = group_for(run, &input->contracts[k]);
    }
    run->eligible = (struct eligibility){arena_array(run->arena, cells, sizeof(uint64_t)), words,
                                         input->ncandidates, input->ncontracts};
    run->first = arena_array(run->arena, candidates, sizeof *run->first);
    run->times = arena_array(run->arena, candidates, sizeof *run->times);
    run->at = arena_array(run->arena, contracts, sizeof *run->at);
    run->proposed = arena_array(run->arena, cells, sizeof(uint64_t));
    run->reserves = arena_array(run->arena, cells, sizeof(uint64_t));
}

static int first_choices(struct run *run) {
    const struct match_input *input = run->input;
    int *order = arena_array(run->arena, (size_t)input->ncandidates, sizeof *order);
    int *places = arena_array(run->arena, (size_t)input->ncontracts, sizeof *places);
    for (int k = 0; k < input->ncontracts; k++) {
        places[k] = input->contracts[k].places;
    }
    overall_order(run, order);
    return assign(run->arena, &run->eligible, places, order, score_of, run, run->first);
}

void match_run(struct arena *arena, const struct match_input *input, const uint8_t seed[MATCH_SEED],
               struct match_output *output) {
    struct run run = {.arena = arena, .input = input};
    start(&run, seed);
    find_eligible(&run);
    int assigned = first_choices(&run);
    int *have = arena_array(arena, (size_t)input->ncontracts, sizeof *have);
    int *waiting = arena_array(arena, (size_t)input->ncontracts, sizeof *waiting);
    propose_first_choices(&run, have);
    propose(&run, have, input->per_place, false);
    propose(&run, waiting, input->reserve_per_place, true);
    int count = 0;
    int reserve = 0;
    for (int k = 0; k < input->ncontracts; k++) {
        count += have[k] + waiting[k];
        reserve += waiting[k];
    }
    struct match_proposal *list = arena_array(arena, (size_t)count, sizeof *list);
    int written = 0;
    for (int k = 0; k < input->ncontracts; k++) {
        written += write_contract(&run, k, list + written);
    }
    *output = (struct match_output){list, written, assigned, count - reserve, reserve};
}
