/* Augmenting paths: breadth first over nodes for their lengths, then depth first along those of the
 * shortest length, until none is left (Hopcroft and Karp's rounds over classes instead of single
 * places). A node that leads nowhere is left out for the rest of its round. */
#include <string.h>

#include "../../lib/base/arena.h"
#include "assign_state.h"

enum { AHEAD = 8, FURTHER = 16 }; /* how many members ahead memory is asked for */

struct search {
    struct assign_state *s;
    struct arena *arena;
    int32_t *members; /* by node: candidates as the round began */
    int32_t *from;    /* by node: its first member; one more at the end */
    int32_t *at;      /* by node: the first member not given up in this round */
    int32_t *level;   /* by node; NIL: not reached, or given up */
    int32_t *queue;
    struct class_set unseen;  /* classes not reached yet */
    struct class_set *levels; /* by level: the classes there that may still lead on */
    int nlevels;              /* allocated */
    int32_t *path;            /* by depth: a node */
    int32_t *mover;           /* by depth: who goes on from there */
    int nodes;
};

/* Who stands where as the round begins: a counting sort. */
static void members_list(struct search *q) {
    const struct assign_state *s = q->s;
    memset(q->from, 0, ((size_t)q->nodes + 1) * sizeof *q->from);
    for (int i = 0; i < s->problem->ncandidates; i++) {
        q->from[s->node[i] + 1]++;
    }
    for (int n = 0; n < q->nodes; n++) {
        q->from[n + 1] += q->from[n];
        q->at[n] = q->from[n];
    }
    for (int i = 0; i < s->problem->ncandidates; i++) {
        q->members[q->at[s->node[i]]++] = i;
    }
    memcpy(q->at, q->from, (size_t)q->nodes * sizeof *q->at);
}

/* Members lie anywhere in memory: what the walk reads of the next ones is asked for early. */
static void look_forward(const struct search *q, int at, int end) {
    const struct assign_problem *p = q->s->problem;
    if (at + FURTHER < end) {
        __builtin_prefetch(&p->candidates[q->members[at + FURTHER]]);
        __builtin_prefetch(&q->s->rows.keys[q->members[at + FURTHER]]);
    }
    if (at + AHEAD < end) {
        __builtin_prefetch(&p->offers[p->candidates[q->members[at + AHEAD]].first_offer]);
    }
}

/* What one member of a node reaches; gives the level of an open class, or `found`. */
static int reach(struct search *q, int node, int candidate, int *tail, int found) {
    struct assign_state *s = q->s;
    const struct assign_candidate *who = &s->problem->candidates[candidate];
    int next = q->level[node] + 1;
    struct row_walk walk;
    walk_start(&walk, &s->rows, candidate, who->first_offer, who->offers, &q->unseen);
    for (int k = walk_next(&walk); k >= 0; k = walk_next(&walk)) {
        class_set_drop(&q->unseen, k);
        q->level[k] = next;
        q->queue[(*tail)++] = k;
        found = class_set_has(&s->open, k) ? next : found;
    }
    int pool = pool_of(s, who->service);
    if (node != pool && q->level[pool] == NIL) {
        q->level[pool] = next;
        q->queue[(*tail)++] = pool;
    }
    return found;
}

/* Levels from the pools that still have quota; gives that of the nearest open classes, 0 when there
 * is no way. `*tail` gets how many nodes were reached. */
static int levels_find(struct search *q, int *tail) {
    struct assign_state *s = q->s;
    int found = 0;
    *tail = 0;
    members_list(q);
    class_set_fill(&s->rows, &q->unseen);
    for (int n = 0; n < q->nodes; n++) {
        q->level[n] = NIL;
    }
    for (int service = 0; service < s->problem->nservices; service++) {
        if (has_quota(s, service)) {
            q->level[pool_of(s, service)] = 0;
            q->queue[(*tail)++] = pool_of(s, service);
        }
    }
    for (int head = 0; head < *tail; head++) {
        int node = q->queue[head];
        if (found > 0 && q->level[node] >= found) {
            break;
        }
        int end = q->from[node + 1];
        for (int n = q->from[node]; n < end; n++) {
            look_forward(q, n, end);
            found = reach(q, node, q->members[n], tail, found);
        }
    }
    return found;
}

/* The round's sets: on the last level only the open classes count. */
static void levels_mark(struct search *q, int found, int reached) {
    struct assign_state *s = q->s;
    for (int l = 0; l <= found; l++) {
        if (l == q->nlevels) {
            q->levels[q->nlevels++] = class_set_new(q->arena, &s->rows);
        }
        class_set_empty(&s->rows, &q->levels[l]);
    }
    for (int n = 0; n < reached; n++) {
        int node = q->queue[n];
        bool useful = node < s->problem->nclasses &&
                      (q->level[node] < found || class_set_has(&s->open, node));
        if (useful && q->level[node] <= found) {
            class_set_add(&q->levels[q->level[node]], node);
        }
    }
}

static void give_up(struct search *q, int node) {
    if (node < q->s->problem->nclasses) {
        class_set_drop(&q->levels[q->level[node]], node);
    }
    q->level[node] = NIL;
}

/* Where the candidate may go from `depth`, one level on; NIL when nowhere. */
static int step(const struct search *q, int candidate, int depth, int found) {
    const struct assign_state *s = q->s;
    const struct assign_candidate *who = &s->problem->candidates[candidate];
    struct row_walk walk;
    walk_start(&walk, &s->rows, candidate, who->first_offer, who->offers, &q->levels[depth + 1]);
    int class = walk_next(&walk);
    int pool = pool_of(s, who->service);
    if (class < 0 && depth + 1 < found && q->path[depth] != pool && q->level[pool] == depth + 1) {
        class = pool;
    }
    return class;
}

/* Everybody along the path moves one node on. */
static void move(struct search *q, int found) {
    struct assign_state *s = q->s;
    for (int depth = 0; depth < found; depth++) {
        s->node[q->mover[depth]] = q->path[depth + 1];
        q->at[q->path[depth]]++; /* whoever comes in stands in no list before the next round */
    }
    int last = q->path[found];
    fill_place(s, last);
    if (s->free_places[last] == 0) {
        class_set_drop(&q->levels[found], last);
    }
}

/* One path from the pool to an open class; false when there is none of the round's length left. */
static bool path_find(struct search *q, int pool, int found) {
    int depth = 0;
    q->path[0] = pool;
    while (depth >= 0) {
        int node = q->path[depth];
        int at = q->at[node];
        int end = q->from[node + 1];
        if (at == end) {
            give_up(q, node);
            depth--;
            continue;
        }
        look_forward(q, at, end);
        int next = step(q, q->members[at], depth, found);
        if (next == NIL) {
            q->at[node]++;
            continue;
        }
        q->mover[depth++] = q->members[at];
        q->path[depth] = next;
        if (depth == found) {
            move(q, found);
            return true;
        }
    }
    return false;
}

static void start(struct search *q, struct arena *arena, struct assign_state *s) {
    const struct assign_problem *p = s->problem;
    *q = (struct search){.s = s, .arena = arena, .nodes = p->nclasses + p->nservices};
    size_t nodes = (size_t)q->nodes;
    q->members = arena_array(arena, (size_t)p->ncandidates, sizeof *q->members);
    q->from = arena_array(arena, nodes + 1, sizeof *q->from);
    q->at = arena_array(arena, nodes, sizeof *q->at);
    q->level = arena_array(arena, nodes, sizeof *q->level);
    q->queue = arena_array(arena, nodes, sizeof *q->queue);
    q->path = arena_array(arena, nodes + 1, sizeof *q->path);
    q->mover = arena_array(arena, nodes + 1, sizeof *q->mover);
    q->levels = arena_array(arena, nodes + 1, sizeof *q->levels);
    q->unseen = class_set_new(arena, &s->rows);
}

void assign_paths(struct arena *arena, struct assign_state *state) {
    struct search q;
    int reached = 0;
    start(&q, arena, state);
    for (int found = levels_find(&q, &reached); found > 0; found = levels_find(&q, &reached)) {
        state->rounds++;
        levels_mark(&q, found, reached);
        for (int service = 0; service < state->problem->nservices; service++) {
            int pool = pool_of(state, service);
            while (has_quota(state, service) && q.level[pool] == 0 && path_find(&q, pool, found)) {
                state->used[service]++;
            }
        }
    }
}
