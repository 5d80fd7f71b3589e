#include "plan.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "score.h"

int plan_contract(const struct match_input *input, int64_t id) {
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
    return low < input->ncontracts && input->contracts[low].id == id ? low : MATCH_NONE;
}

int plan_candidate(const struct match_input *input, int64_t id) {
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
    return low < input->ncandidates && input->candidates[low].id == id ? low : MATCH_NONE;
}

/* The candidate's number in the draw: the first 8 bytes of BLAKE2b, keyed by the seed, of his id.
 */
static uint64_t number_of(const uint8_t seed[MATCH_SEED], int64_t id) {
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

/* As many buckets as candidates, or half as many. */
static int bucket_bits(size_t n) {
    int bits = 1;
    while (n >> (bits + 1) > 0) {
        bits++;
    }
    return bits;
}

/* Numbers are spread evenly: sorted roughly by counting, each goes down to his place among the few
 * of his bucket. Of equal numbers the first candidate's comes first. */
static uint32_t *draw(struct arena *arena, const struct match_input *input,
                      const uint8_t seed[MATCH_SEED]) {
    size_t n = (size_t)input->ncandidates;
    struct arena *scratch = arena_new();
    uint64_t *numbers = arena_array(scratch, n, sizeof *numbers);
    uint32_t *sorted = arena_array(scratch, n, sizeof *sorted);
    int bits = bucket_bits(n);
    size_t buckets = (size_t)1 << bits;
    uint32_t *at = arena_array(scratch, buckets + 1, sizeof *at);
    uint32_t *place = arena_array(arena, n, sizeof *place);
    for (size_t i = 0; i < n; i++) {
        numbers[i] = number_of(seed, input->candidates[i].id);
        at[(numbers[i] >> (64 - bits)) + 1]++;
    }
    for (size_t bucket = 0; bucket < buckets; bucket++) {
        at[bucket + 1] += at[bucket];
    }
    for (uint32_t i = 0; i < n; i++) {
        sorted[at[numbers[i] >> (64 - bits)]++] = i;
    }
    for (size_t d = 1; d < n; d++) {
        uint32_t who = sorted[d];
        size_t to = d;
        for (; to > 0 && numbers[sorted[to - 1]] > numbers[who]; to--) {
            sorted[to] = sorted[to - 1];
        }
        sorted[to] = who;
    }
    for (uint32_t d = 0; d < n; d++) {
        place[sorted[d]] = d;
    }
    arena_free(scratch);
    return place;
}

static uint16_t worth(const struct match_input *input, int candidate, int block, bool spoken) {
    struct match_points points;
    int lead =
        input->returns_first && input->candidates[candidate].returns > 0 ? PLAN_RETURN_LEAD : 0;
    (void)match_score(input, candidate, block, spoken, &points); /* he has the result */
    return (uint16_t)(match_total(&points) + lead);
}

/* One offer a result, and one where contracts ask for no profile. */
static void offers_make(struct arena *arena, struct match_plan *plan) {
    const struct match_input *in = plan->input;
    bool open = in->nprofiles > 0 && in->profiles[0] == 0;
    int count = open ? in->ncandidates : 0;
    for (int i = 0; i < in->ncandidates; i++) {
        count += in->candidates[i].results;
    }
    struct assign_offer *offers = arena_array(arena, (size_t)count, sizeof *offers);
    int n = 0;
    for (int i = 0; i < in->ncandidates; i++) {
        const struct match_candidate *who = &in->candidates[i];
        in->people[i].first_offer = n;
        in->people[i].ask = who->stays > 0;
        if (plan->named_for[i] != MATCH_NONE) {
            in->people[i].offers = 0; /* he has his place */
            continue;
        }
        if (open) {
            offers[n++] = (struct assign_offer){0, worth(in, i, 0, false), worth(in, i, 0, true)};
        }
        for (int r = 0; r < who->results; r++) {
            uint16_t block = in->results[who->first_result + r].block;
            offers[n++] =
                (struct assign_offer){block, worth(in, i, block, false), worth(in, i, block, true)};
        }
        in->people[i].offers = (uint16_t)(n - in->people[i].first_offer);
    }
    for (int b = 0; b < in->nbars; b++) {
        int candidate = plan_candidate(in, in->bars[b].candidate);
        if (candidate != MATCH_NONE) {
            in->people[candidate].ask = true;
        }
    }
    plan->problem.offers = offers;
    plan->problem.noffers = n;
}

/* What a class has in common; a contract with refused pairs stands alone. */
struct likeness {
    const struct match_contract *contract;
    int32_t position;
    bool alone;
};

static int compare(int64_t a, int64_t b) {
    return a < b ? -1 : a > b;
}

static int by_terms(const struct likeness *a, const struct likeness *b) {
    const struct match_contract *x = a->contract;
    const struct match_contract *y = b->contract;
    const int64_t terms[][2] = {
        {x->block, y->block},
        {x->first, y->first},
        {x->last, y->last},
        {x->language, y->language},
        {x->permit, y->permit},
        {x->months, y->months},
        {a->alone ? x->id : 0, b->alone ? y->id : 0},
    };
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++) {
        int order = compare(terms[i][0], terms[i][1]);
        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static int by_terms_then_id(const void *left, const void *right) {
    const struct likeness *a = left;
    const struct likeness *b = right;
    int order = by_terms(a, b);
    return order != 0 ? order : a->position - b->position;
}

static uint64_t need_bit(int need) {
    return need == MATCH_NONE ? 0 : UINT64_C(1) << need;
}

static void classes_make(struct arena *arena, struct match_plan *plan) {
    const struct match_input *in = plan->input;
    size_t n = (size_t)in->ncontracts;
    struct likeness *list = arena_array(arena, n, sizeof *list);
    struct assign_class *classes = arena_array(arena, n, sizeof *classes);
    plan->class_of = arena_array(arena, n, sizeof *plan->class_of);
    plan->sorted = arena_array(arena, n, sizeof *plan->sorted);
    plan->class_from = arena_array(arena, n + 1, sizeof *plan->class_from);
    for (int k = 0; k < in->ncontracts; k++) {
        list[k] = (struct likeness){&in->contracts[k], k, plan->barred[k]};
    }
    qsort(list, n, sizeof *list, by_terms_then_id);
    int count = 0;
    for (int k = 0; k < in->ncontracts; k++) {
        const struct match_contract *contract = list[k].contract;
        if (k == 0 || by_terms(&list[k - 1], &list[k]) != 0) {
            classes[count] = (struct assign_class){
                .first = contract->first,
                .last = contract->last,
                .block = contract->block,
                .months = contract->months,
                .needs = need_bit(contract->language) | need_bit(contract->permit),
                .in_language = contract->language != MATCH_NONE,
            };
            plan->class_from[count++] = k;
        }
        classes[count - 1].places += plan->open[list[k].position];
        plan->class_of[list[k].position] = count - 1;
        plan->sorted[k] = list[k].position;
    }
    plan->class_from[count] = in->ncontracts;
    plan->problem.classes = classes;
    plan->problem.nclasses = count;
}

/* The scarcest first within a block. */
static void classes_order(struct arena *arena, struct match_plan *plan) {
    const struct match_input *in = plan->input;
    size_t n = (size_t)plan->problem.nclasses;
    int32_t *order = arena_array(arena, n, sizeof *order);
    struct assign_class *classes = arena_array(arena, n, sizeof *classes);
    int32_t *sorted = arena_array(arena, (size_t)in->ncontracts, sizeof *sorted);
    int32_t *from = arena_array(arena, n + 1, sizeof *from);
    assign_scarcity(&plan->problem, order);
    int at = 0;
    for (int k = 0; k < plan->problem.nclasses; k++) {
        classes[k] = plan->problem.classes[order[k]];
        from[k] = at;
        for (int c = plan->class_from[order[k]]; c < plan->class_from[order[k] + 1]; c++) {
            sorted[at] = plan->sorted[c];
            plan->class_of[sorted[at++]] = k;
        }
    }
    from[n] = at;
    plan->problem.classes = classes;
    plan->sorted = sorted;
    plan->class_from = from;
}

/* What no table of the assignment holds. */
static bool allowed(const void *arg, int candidate, int class) {
    const struct match_plan *plan = arg;
    const struct match_input *in = plan->input;
    const struct assign_class *what = &plan->problem.classes[class];
    if (!match_stays_allow(in, candidate, what->first, what->last)) {
        return false;
    }
    int contract = plan->sorted[plan->class_from[class]];
    return !plan->barred[contract] ||
           !match_barred(in, in->contracts[contract].id, in->candidates[candidate].id);
}

struct wanted {
    int32_t contract, candidate;
    int score;
    uint32_t draw;
};

static int by_wanted(const void *left, const void *right) {
    const struct wanted *a = left;
    const struct wanted *b = right;
    if (a->score != b->score) {
        return b->score - a->score;
    }
    int order = compare(a->draw, b->draw);
    return order != 0 ? order : a->contract - b->contract;
}

/* The named get their places, best score first where an employer named too many or two employers
 * named one. */
static void named_place(struct arena *arena, struct match_plan *plan, int32_t *quotas) {
    const struct match_input *in = plan->input;
    struct wanted *list = arena_array(arena, (size_t)in->nnamed, sizeof *list);
    int32_t *kept = arena_array(arena, (size_t)in->ncontracts, sizeof *kept);
    int count = 0;
    for (int i = 0; i < in->nnamed; i++) {
        int k = plan_contract(in, in->named[i].contract);
        int c = plan_candidate(in, in->named[i].candidate);
        if (k != MATCH_NONE && c != MATCH_NONE && match_obstacle(in, c, k) == MATCH_FREE) {
            const struct match_contract *what = &in->contracts[k];
            list[count++] =
                (struct wanted){k, c, worth(in, c, what->block, what->language != MATCH_NONE),
                                plan->problem.draw[c]};
        }
    }
    qsort(list, (size_t)count, sizeof *list, by_wanted);
    for (int i = 0; i < count; i++) {
        int k = list[i].contract;
        int c = list[i].candidate;
        int32_t *quota = &quotas[in->people[c].service];
        if (plan->named_for[c] == MATCH_NONE && kept[k] < in->contracts[k].named &&
            plan->open[k] > 0 && *quota > 0) {
            plan->named_for[c] = k;
            kept[k]++;
            plan->open[k]--;
            *quota -= *quota == ASSIGN_NO_QUOTA ? 0 : 1;
            plan->named++;
        }
    }
}

void plan_make(struct arena *arena, const struct match_input *input, const uint8_t seed[MATCH_SEED],
               struct match_plan *plan) {
    size_t candidates = (size_t)input->ncandidates;
    size_t contracts = (size_t)input->ncontracts;
    int32_t *quotas = arena_array(arena, (size_t)input->nservices, sizeof *quotas);
    *plan = (struct match_plan){.input = input};
    plan->open = arena_array(arena, contracts, sizeof *plan->open);
    plan->barred = arena_array(arena, contracts, sizeof *plan->barred);
    plan->named_for = arena_array(arena, candidates, sizeof *plan->named_for);
    for (int s = 0; s < input->nservices; s++) {
        quotas[s] = input->services[s].left;
    }
    for (int k = 0; k < input->ncontracts; k++) {
        plan->open[k] = input->contracts[k].places;
    }
    for (int i = 0; i < input->nbars; i++) {
        int contract = plan_contract(input, input->bars[i].contract);
        if (contract != MATCH_NONE) {
            plan->barred[contract] = true;
        }
    }
    for (int i = 0; i < input->ncandidates; i++) {
        plan->named_for[i] = MATCH_NONE;
    }
    plan->problem = (struct assign_problem){.nblocks = input->nprofiles,
                                            .candidates = input->people,
                                            .ncandidates = input->ncandidates,
                                            .quotas = quotas,
                                            .nservices = input->nservices,
                                            .draw = draw(arena, input, seed),
                                            .allowed = allowed,
                                            .arg = plan};
    named_place(arena, plan, quotas);
    classes_make(arena, plan);
    offers_make(arena, plan);
    classes_order(arena, plan);
}
