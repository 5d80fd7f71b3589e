#include "tests/support/match_check.h"

#include <string.h>

#include "lib/base/arena.h"
#include "server/matching/assign_rows.h"

struct judge {
    const struct assign_problem *p;
    const int32_t *where;
    const struct rows_table *rows; /* NULL: every pair is asked */
    struct class_set all;
    int32_t *used;
    uint64_t *low;     /* by class: the lowest holder */
    uint64_t *low_own; /* by class and service */
    bool *class_in, *service_in;
    int32_t *queue; /* classes, behind them services */
    int tail;
};

/* The next class after `class` that the candidate may have; -1 at the end. */
static int next_class(const struct judge *j, int candidate, int class, struct row_walk *walk) {
    if (j->rows != NULL) {
        if (class < 0) {
            walk_offers(walk, j->rows, candidate, &j->all);
        }
        return walk_next(walk);
    }
    for (int k = class + 1; k < j->p->nclasses; k++) {
        if (assign_may(j->p, candidate, k)) {
            return k;
        }
    }
    return -1;
}

static bool lawful(struct judge *j, struct arena *arena) {
    const struct assign_problem *p = j->p;
    int32_t *taken = arena_array(arena, (size_t)p->nclasses, sizeof *taken);
    for (int i = 0; i < p->ncandidates; i++) {
        int k = j->where[i];
        int service = p->candidates[i].service;
        if (k == ASSIGN_NOBODY) {
            continue;
        }
        uint64_t mine = assign_priority(p, i, k);
        uint64_t *own = &j->low_own[(size_t)k * (size_t)p->nservices + (size_t)service];
        j->low[k] = mine < j->low[k] ? mine : j->low[k];
        *own = mine < *own ? mine : *own;
        if (!assign_may(p, i, k) || ++taken[k] > p->classes[k].places ||
            ++j->used[service] > p->quotas[service]) {
            return false;
        }
    }
    return true;
}

static void envy(struct judge *j, struct match_verdict *verdict) {
    const struct assign_problem *p = j->p;
    for (int i = 0; i < p->ncandidates; i++) {
        int service = p->candidates[i].service;
        bool quota = j->used[service] < p->quotas[service];
        bool passed = false;
        bool blocked = false;
        struct row_walk walk;
        for (int k = j->where[i] == ASSIGN_NOBODY ? next_class(j, i, -1, &walk) : -1; k >= 0;
             k = next_class(j, i, k, &walk)) {
            uint64_t mine = assign_priority(p, i, k);
            bool any = j->low[k] < mine;
            bool own = j->low_own[(size_t)k * (size_t)p->nservices + (size_t)service] < mine;
            passed = passed || own || (any && quota);
            blocked = blocked || any;
        }
        verdict->envious += passed;
        verdict->blocked += blocked && !passed;
    }
}

static void reach_service(struct judge *j, int service) {
    if (!j->service_in[service]) {
        j->service_in[service] = true;
        j->queue[j->tail++] = j->p->nclasses + service;
    }
}

/* What a candidate on the source's side reaches. */
static void reach(struct judge *j, int candidate) {
    struct row_walk walk;
    for (int k = next_class(j, candidate, -1, &walk); k >= 0;
         k = next_class(j, candidate, k, &walk)) {
        if (j->rows != NULL) {
            class_set_drop(&j->all, k);
        }
        if (!j->class_in[k]) {
            j->class_in[k] = true;
            j->queue[j->tail++] = k;
        }
    }
}

/* Capacity between what the source still reaches and the rest. */
static int64_t cut(struct judge *j, struct arena *arena) {
    const struct assign_problem *p = j->p;
    int nodes = p->nclasses + p->nservices;
    int32_t *size = arena_array(arena, (size_t)nodes + 1, sizeof *size);
    int32_t *list = arena_array(arena, (size_t)p->ncandidates, sizeof *list);
    int32_t *all = arena_array(arena, (size_t)p->nservices, sizeof *all);
    for (int i = 0; i < p->ncandidates; i++) {
        int service = p->candidates[i].service;
        size[1 + (j->where[i] >= 0 ? j->where[i] : p->nclasses + service)]++;
        all[service]++;
    }
    for (int n = 0; n < nodes; n++) {
        size[n + 1] += size[n];
    }
    int32_t *at = arena_array(arena, (size_t)nodes, sizeof *at);
    memcpy(at, size, (size_t)nodes * sizeof *at);
    for (int i = 0; i < p->ncandidates; i++) {
        int node = j->where[i] >= 0 ? j->where[i] : p->nclasses + p->candidates[i].service;
        list[at[node]++] = i;
    }
    for (int s = 0; s < p->nservices; s++) {
        if (j->used[s] < p->quotas[s]) {
            reach_service(j, s);
        }
    }
    for (int head = 0; head < j->tail; head++) {
        int node = j->queue[head];
        for (int n = size[node]; n < size[node + 1]; n++) {
            reach(j, list[n]);
            reach_service(j, p->candidates[list[n]].service);
        }
    }
    int64_t capacity = 0;
    for (int s = 0; s < p->nservices; s++) {
        int32_t most = p->quotas[s] < all[s] ? p->quotas[s] : all[s];
        capacity += j->service_in[s] ? 0 : most;
    }
    for (int k = 0; k < p->nclasses; k++) {
        capacity += j->class_in[k] ? p->classes[k].places : 0;
    }
    for (int i = 0; i < p->ncandidates; i++) {
        capacity += j->where[i] >= 0 && !j->class_in[j->where[i]] &&
                    j->service_in[p->candidates[i].service];
    }
    return capacity;
}

struct match_verdict match_judge(struct arena *arena, const struct assign_problem *problem,
                                 const int32_t *where, bool rows) {
    struct match_verdict verdict = {0};
    struct rows_table table;
    size_t classes = (size_t)problem->nclasses;
    size_t services = (size_t)problem->nservices;
    struct judge j = {.p = problem,
                      .where = where,
                      .used = arena_array(arena, services, sizeof(int32_t)),
                      .low = arena_array(arena, classes, sizeof(uint64_t)),
                      .low_own = arena_array(arena, classes * services, sizeof(uint64_t)),
                      .class_in = arena_array(arena, classes, sizeof(bool)),
                      .service_in = arena_array(arena, services, sizeof(bool)),
                      .queue = arena_array(arena, classes + services, sizeof(int32_t))};
    memset(j.low, 0xff, classes * sizeof *j.low);
    memset(j.low_own, 0xff, classes * services * sizeof *j.low_own);
    if (rows) {
        rows_build(arena, problem, &table);
        j.rows = &table;
        j.all = class_set_new(arena, &table);
        class_set_fill(&table, &j.all);
    }
    verdict.lawful = lawful(&j, arena);
    for (int i = 0; i < problem->ncandidates; i++) {
        verdict.assigned += where[i] != ASSIGN_NOBODY;
    }
    envy(&j, &verdict);
    verdict.cut = cut(&j, arena);
    return verdict;
}

struct lemon_problem match_network(struct arena *arena, const struct assign_problem *problem) {
    const struct assign_problem *p = problem;
    int32_t *service = arena_array(arena, (size_t)p->ncandidates, sizeof *service);
    int32_t *places = arena_array(arena, (size_t)p->nclasses, sizeof *places);
    size_t count = 0;
    for (int k = 0; k < p->nclasses; k++) {
        places[k] = p->classes[k].places;
    }
    for (int i = 0; i < p->ncandidates; i++) {
        service[i] = p->candidates[i].service;
        for (int k = 0; k < p->nclasses; k++) {
            count += assign_may(p, i, k);
        }
    }
    struct lemon_pair *pairs = arena_array(arena, count, sizeof *pairs);
    size_t n = 0;
    for (int i = 0; i < p->ncandidates; i++) {
        for (int k = 0; k < p->nclasses; k++) {
            if (assign_may(p, i, k)) {
                pairs[n++] = (struct lemon_pair){i, k, assign_score(p, i, k)};
            }
        }
    }
    return (struct lemon_problem){pairs,  count,       service,   p->ncandidates,
                                  places, p->nclasses, p->quotas, p->nservices};
}
