/* Deferred acceptance among those who were left: whoever comes before a holder takes the place of
 * the lowest one he can, and that one tries his luck in turn. */
#include "../../lib/base/arena.h"
#include "assign_state.h"

struct repair {
    struct assign_state *s;
    int32_t *link_a, *link_b; /* by candidate: the branches of a heap of holders */
    uint64_t *priority;       /* by candidate, at the class where he has a place */
    int32_t *root;            /* by class and service: the heap of holders, lowest on top */
    uint64_t *low;            /* by class: the lowest of all holders; UINT64_MAX: none */
    uint64_t *word_low;       /* the lowest of 64 classes */
    struct class_set every;
    struct ranked ranked;
};

static int32_t *root_of(const struct repair *r, int class, int service) {
    return &r->root[(size_t) class * (size_t)r->s->problem->nservices + (size_t)service];
}

/* Skew heaps: `link_a` and `link_b` are the branches. */
static int heap_merge(const struct repair *r, int a, int b) {
    if (a == NIL || b == NIL) {
        return a == NIL ? b : a;
    }
    int root = r->priority[a] < r->priority[b] ? a : b;
    int other = root == a ? b : a;
    for (int at = root; other != NIL;) {
        int branch = r->link_b[at];
        r->link_b[at] = r->link_a[at];
        if (branch == NIL || r->priority[other] < r->priority[branch]) {
            r->link_a[at] = other;
            at = other;
            other = branch;
        } else {
            r->link_a[at] = branch;
            at = branch;
        }
    }
    return root;
}

static void hold(struct repair *r, int candidate, int class) {
    struct assign_state *s = r->s;
    int32_t *root = root_of(r, class, s->problem->candidates[candidate].service);
    s->node[candidate] = class;
    r->link_a[candidate] = NIL;
    r->link_b[candidate] = NIL;
    r->priority[candidate] = assign_priority(s->problem, candidate, class);
    *root = heap_merge(r, *root, candidate);
}

static void low_update(struct repair *r, int class) {
    uint64_t low = UINT64_MAX;
    for (int service = 0; service < r->s->problem->nservices; service++) {
        int top = *root_of(r, class, service);
        low = top != NIL && r->priority[top] < low ? r->priority[top] : low;
    }
    r->low[class] = low;
    int word = class / 64;
    low = UINT64_MAX;
    for (int k = word * 64; k < word * 64 + 64; k++) {
        low = r->low[k] < low ? r->low[k] : low;
    }
    r->word_low[word] = low;
}

/* The holder whom the candidate may take the place of: with quota the lowest, else the lowest of
 * his own service. */
static int lowest(const struct repair *r, int class, int service, bool quota) {
    if (!quota) {
        return *root_of(r, class, service);
    }
    for (int other = 0; other < r->s->problem->nservices; other++) {
        int top = *root_of(r, class, other);
        if (top != NIL && r->priority[top] == r->low[class]) {
            return top;
        }
    }
    return NIL;
}

/* The class with the lowest holder whom the candidate comes before; NIL when he comes before none.
 */
static int claim(const struct repair *r, int candidate, bool quota) {
    const struct assign_state *s = r->s;
    const struct assign_candidate *who = &s->problem->candidates[candidate];
    int best = NIL;
    uint64_t best_low = UINT64_MAX;
    struct row_walk walk;
    walk_offers(&walk, &s->rows, candidate, &r->every);
    while (walk_word(&walk)) {
        const struct assign_offer *offer = &s->problem->offers[walk.offer];
        uint64_t tie = UINT32_MAX - s->problem->draw[candidate];
        uint64_t plain = (uint64_t)offer->plain << 32 | tie;
        uint64_t spoken = (uint64_t)offer->spoken << 32 | tie;
        uint64_t most = plain > spoken ? plain : spoken;
        if (r->word_low[walk.at] >= most || r->word_low[walk.at] >= best_low) {
            continue;
        }
        for (; walk.bits != 0; walk.bits &= walk.bits - 1) {
            int class = walk.at * 64 + __builtin_ctzll(walk.bits);
            uint64_t mine = s->problem->classes[class].in_language ? spoken : plain;
            if (r->low[class] >= mine || r->low[class] >= best_low) {
                continue;
            }
            int top = lowest(r, class, who->service, quota);
            uint64_t low = top == NIL ? UINT64_MAX : r->priority[top];
            if (low < mine && low < best_low &&
                (!who->ask || s->problem->allowed(s->problem->arg, candidate, class))) {
                best = class;
                best_low = low;
            }
        }
    }
    return best;
}

/* Gives the one who lost his place for the candidate; NIL when nobody did. */
static int take_over(struct repair *r, int candidate) {
    struct assign_state *s = r->s;
    int service = s->problem->candidates[candidate].service;
    bool quota = has_quota(s, service);
    int class = claim(r, candidate, quota);
    if (class == NIL) {
        return NIL;
    }
    int loser = lowest(r, class, service, quota);
    int theirs = s->problem->candidates[loser].service;
    *root_of(r, class, theirs) = heap_merge(r, r->link_a[loser], r->link_b[loser]);
    s->node[loser] = pool_of(s, theirs);
    s->used[theirs]--;
    s->used[service]++;
    hold(r, candidate, class);
    low_update(r, class);
    s->repairs++;
    return loser;
}

static int most_of(const struct assign_offer *offer) {
    return offer->plain > offer->spoken ? offer->plain : offer->spoken;
}

/* Whether this is the candidate's best offer; of equal ones the first. */
static bool is_best(const struct assign_state *s, int candidate, int offer) {
    const struct assign_candidate *who = &s->problem->candidates[candidate];
    const struct assign_offer *offers = s->problem->offers;
    for (int o = who->first_offer; o < who->first_offer + who->offers; o++) {
        int more = most_of(&offers[o]) - most_of(&offers[offer]);
        if (more > 0 || (more == 0 && o < offer)) {
            return false;
        }
    }
    return true;
}

/* Everybody without a place, best first; gives how many places changed hands. */
static int sweep(struct repair *r) {
    struct assign_state *s = r->s;
    int before = s->repairs;
    s->held_back = 0;
    for (int n = 0; n < s->problem->noffers; n++) {
        int candidate = r->ranked.owner[n];
        if (is_placed(s, candidate) || !is_best(s, candidate, r->ranked.offer[n])) {
            continue; /* once a candidate: all his offers are looked at together */
        }
        while (candidate != NIL && !is_placed(s, candidate)) {
            int loser = take_over(r, candidate);
            if (loser == NIL && !has_quota(s, s->problem->candidates[candidate].service) &&
                claim(r, candidate, true) != NIL) {
                s->held_back++;
            }
            candidate = loser;
        }
    }
    return s->repairs - before;
}

static void start(struct repair *r, struct arena *arena, struct assign_state *s) {
    const struct assign_problem *p = s->problem;
    size_t classes = (size_t)s->rows.words * 64;
    size_t heaps = (size_t)p->nclasses * (size_t)p->nservices;
    *r = (struct repair){.s = s,
                         .link_a = arena_array(arena, (size_t)p->ncandidates, sizeof(int32_t)),
                         .link_b = arena_array(arena, (size_t)p->ncandidates, sizeof(int32_t)),
                         .priority = arena_array(arena, (size_t)p->ncandidates, sizeof(uint64_t)),
                         .root = arena_array(arena, heaps, sizeof(int32_t)),
                         .low = arena_array(arena, classes, sizeof(uint64_t)),
                         .word_low = arena_array(arena, (size_t)s->rows.words, sizeof(uint64_t)),
                         .ranked = offers_rank(arena, p),
                         .every = class_set_new(arena, &s->rows)};
    for (size_t h = 0; h < heaps; h++) {
        r->root[h] = NIL;
    }
    for (size_t k = 0; k < classes; k++) {
        r->low[k] = UINT64_MAX;
    }
    for (int i = 0; i < p->ncandidates; i++) {
        if (is_placed(s, i)) {
            hold(r, i, s->node[i]);
        }
    }
    for (int k = 0; k < p->nclasses; k++) {
        low_update(r, k);
    }
    class_set_fill(&s->rows, &r->every);
}

void assign_repair(struct assign_state *state) {
    struct arena *scratch = arena_new();
    struct repair r;
    start(&r, scratch, state);
    while (sweep(&r) > 0) {
    }
    arena_free(scratch);
}
