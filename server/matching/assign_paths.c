/* Augmenting paths: breadth first over nodes for their lengths, then depth first along those of the
 * shortest length, until none is left (Hopcroft and Karp's rounds over classes instead of single
 * places). A node that leads nowhere is left out for the rest of its round. */
#include <string.h>

#include "../../lib/base/arena.h"
#include "assign_state.h"
#include "assign_vain.h"

enum { BLOCKS = 2, AHEAD = 8 };

/* What a search reads of a candidate, side by side with the others of the node where he began. */
struct member {
    struct row_key key;
    int32_t candidate;
    uint16_t offers;
    uint16_t block[BLOCKS]; /* of the first offers */
    uint8_t service;
    bool ask;
};

struct search {
    struct assign_state *s;
    struct arena *arena;
    struct member *all;
    int32_t *place;   /* by candidate: in `all` */
    int32_t *members; /* by node: places in `all` as the round began */
    int32_t *from;    /* by node: its first member; one more at the end */
    int32_t *at;      /* by node: the first member not given up in this round */
    int32_t *level;   /* by node; NIL: not reached, or given up */
    int32_t *nearest; /* by class: its level is not below; rounds only lengthen ways */
    int32_t *queue;
    int32_t *asked;           /* those of a level who are asked singly */
    int32_t *bucket;          /* classes by `nearest`: the first of each level, NIL at its end */
    int32_t *bucket_next;     /* by class */
    struct class_set unseen;  /* classes not reached yet that the level may reach */
    struct class_set *levels; /* by level: the classes there that may still lead on */
    int nlevels;              /* allocated */
    int32_t *path;            /* by depth: a node */
    int32_t *mover;           /* by depth: who goes on from there */
    struct vain vain;
    uint32_t sets; /* so many sets have had a number in `vain` */
    int nodes;
};

/* Who stands where as the round begins, each by his place: a counting sort. */
static void members_list(struct search *q, const int32_t *place) {
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
        q->members[q->at[s->node[i]]++] = place == NULL ? i : place[i];
    }
    memcpy(q->at, q->from, (size_t)q->nodes * sizeof *q->at);
}

/* In the order of the nodes where they stand now: most will stay there. */
static void members_place(struct search *q) {
    const struct assign_problem *p = q->s->problem;
    members_list(q, NULL);
    for (int n = 0; n < p->ncandidates; n++) {
        int i = q->members[n];
        const struct assign_candidate *who = &p->candidates[i];
        q->place[i] = n;
        q->all[n] = (struct member){.key = rows_key(&q->s->rows, i),
                                    .candidate = i,
                                    .offers = who->offers,
                                    .service = (uint8_t)who->service,
                                    .ask = who->ask};
        for (int o = 0; o < BLOCKS && o < who->offers; o++) {
            q->all[n].block[o] = p->offers[who->first_offer + o].block;
        }
    }
}

static int block_of(const struct search *q, const struct member *who, int offer) {
    const struct assign_problem *p = q->s->problem;
    return offer < BLOCKS ? who->block[offer]
                          : p->offers[p->candidates[who->candidate].first_offer + offer].block;
}

/* Who has moved lies elsewhere in memory than his neighbours. */
static const struct member *member_at(const struct search *q, int at, int end) {
    if (at + AHEAD < end) {
        __builtin_prefetch(&q->all[q->members[at + AHEAD]]);
    }
    return &q->all[q->members[at]];
}

/* Begins to go through a set for one offer; false when somebody did so in vain who may have more.
 */
static bool look(const struct search *q, const struct member *who, int offer, uint32_t set,
                 const struct class_set *among, struct row_walk *walk) {
    int block = block_of(q, who, offer);
    if (vain_is(&q->vain, &who->key, block, set)) {
        return false;
    }
    walk_start(walk, &q->s->rows, who->candidate, &who->key, block, among);
    return true;
}

/* Nothing is left for this offer in the set. Whoever is asked singly speaks for nobody else. */
static void in_vain(const struct search *q, const struct member *who, int offer, uint32_t set) {
    if (!who->ask) {
        vain_add(&q->vain, &who->key, block_of(q, who, offer), set);
    }
}

/* What one member of a node reaches; gives the level of an open class, or `found`. */
static int reach(struct search *q, int node, const struct member *who, int *tail, int found) {
    struct assign_state *s = q->s;
    int next = q->level[node] + 1;
    for (int o = 0; o < who->offers; o++) {
        struct row_walk walk;
        if (!look(q, who, o, q->sets, &q->unseen, &walk)) {
            continue;
        }
        for (int k = walk_next(&walk); k >= 0; k = walk_next(&walk)) {
            class_set_drop(&q->unseen, k);
            q->level[k] = next;
            q->queue[(*tail)++] = k;
            found = class_set_has(&s->open, k) ? next : found;
        }
        in_vain(q, who, o, q->sets);
    }
    int pool = pool_of(s, who->service);
    if (node != pool && q->level[pool] == NIL) {
        q->level[pool] = next;
        q->queue[(*tail)++] = pool;
    }
    return found;
}

/* The queue's nodes from `head` to `end`, one level. Whoever is asked singly comes last, when few
 * classes are left. */
static int level_spread(struct search *q, int head, int end, int *tail, int found) {
    int asked = 0;
    for (; head < end; head++) {
        int node = q->queue[head];
        int last = q->from[node + 1];
        for (int n = q->from[node]; n < last; n++) {
            const struct member *who = member_at(q, n, last);
            if (who->ask) {
                q->asked[asked++] = q->members[n];
            } else {
                found = reach(q, node, who, tail, found);
            }
        }
    }
    for (int n = 0; n < asked; n++) {
        const struct member *who = &q->all[q->asked[n]];
        found = reach(q, q->s->node[who->candidate], who, tail, found);
    }
    return found;
}

/* Classes by the level that they had before, since none comes nearer (Dinic): so those far off are
 * not looked for from near by. */
static void nearest_sort(struct search *q) {
    const struct assign_problem *p = q->s->problem;
    for (int l = 0; l <= q->nodes; l++) {
        q->bucket[l] = NIL;
    }
    for (int k = p->nclasses - 1; k >= 0; k--) {
        q->bucket_next[k] = q->bucket[q->nearest[k]];
        q->bucket[q->nearest[k]] = k;
    }
}

/* What was not reached before an open class was lies further than that. */
static void nearest_keep(struct search *q, int found) {
    for (int k = 0; k < q->s->problem->nclasses; k++) {
        q->nearest[k] = q->level[k] == NIL ? found + 1 : q->level[k];
    }
}

/* Everybody unreached; the pools that still have quota are where ways begin. */
static int levels_start(struct search *q) {
    const struct assign_state *s = q->s;
    int tail = 0;
    members_list(q, q->place);
    nearest_sort(q);
    class_set_empty(&s->rows, &q->unseen);
    for (int n = 0; n < q->nodes; n++) {
        q->level[n] = NIL;
    }
    for (int service = 0; service < s->problem->nservices; service++) {
        if (has_quota(s, service)) {
            q->level[pool_of(s, service)] = 0;
            q->queue[tail++] = pool_of(s, service);
        }
    }
    return tail;
}

/* Levels from the pools; gives that of the nearest open classes, 0 when there is no way. `*tail`
 * gets how many nodes were reached. */
static int levels_find(struct search *q, int *tail) {
    int found = 0;
    int head = 0;
    *tail = levels_start(q);
    for (int level = 1; head < *tail && found == 0; level++) {
        int end = *tail;
        for (int k = q->bucket[level]; k != NIL; k = q->bucket_next[k]) {
            class_set_add(&q->unseen, k);
        }
        q->sets++;
        found = level_spread(q, head, end, tail, found);
        head = end;
    }
    nearest_keep(q, found);
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
static int step(const struct search *q, const struct member *who, int depth, int found) {
    uint32_t set = q->sets + 1 + (uint32_t)depth;
    int class = NIL;
    for (int o = 0; o < who->offers && class == NIL; o++) {
        struct row_walk walk;
        if (look(q, who, o, set, &q->levels[depth + 1], &walk)) {
            class = walk_next(&walk);
            if (class == NIL) {
                in_vain(q, who, o, set);
            }
        }
    }
    int pool = pool_of(q->s, who->service);
    if (class == NIL && depth + 1 < found && q->path[depth] != pool &&
        q->level[pool] == depth + 1) {
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
        const struct member *who = member_at(q, at, end);
        int next = step(q, who, depth, found);
        if (next == NIL) {
            q->at[node]++;
            continue;
        }
        q->mover[depth++] = who->candidate;
        q->path[depth] = next;
        if (depth == found) {
            move(q, found);
            return true;
        }
    }
    return false;
}

static size_t asked_count(const struct assign_problem *problem) {
    size_t count = 0;
    for (int i = 0; i < problem->ncandidates; i++) {
        count += problem->candidates[i].ask;
    }
    return count;
}

static void start(struct search *q, struct arena *arena, struct assign_state *s) {
    const struct assign_problem *p = s->problem;
    *q = (struct search){.s = s, .arena = arena, .nodes = p->nclasses + p->nservices};
    size_t nodes = (size_t)q->nodes;
    size_t candidates = (size_t)p->ncandidates;
    q->all = arena_array(arena, candidates, sizeof *q->all);
    q->place = arena_array(arena, candidates, sizeof *q->place);
    q->members = arena_array(arena, candidates, sizeof *q->members);
    q->asked = arena_array(arena, asked_count(p), sizeof *q->asked);
    q->from = arena_array(arena, nodes + 1, sizeof *q->from);
    q->at = arena_array(arena, nodes, sizeof *q->at);
    q->level = arena_array(arena, nodes, sizeof *q->level);
    q->nearest = arena_array(arena, nodes, sizeof *q->nearest);
    q->bucket = arena_array(arena, nodes + 2, sizeof *q->bucket);
    q->bucket_next = arena_array(arena, nodes, sizeof *q->bucket_next);
    q->queue = arena_array(arena, nodes, sizeof *q->queue);
    q->path = arena_array(arena, nodes + 1, sizeof *q->path);
    q->mover = arena_array(arena, nodes + 1, sizeof *q->mover);
    q->levels = arena_array(arena, nodes + 1, sizeof *q->levels);
    q->unseen = class_set_new(arena, &s->rows);
    vain_new(arena, &s->rows, &q->vain);
    for (int k = 0; k < p->nclasses; k++) {
        q->nearest[k] = 1;
    }
    members_place(q);
}

void assign_paths(struct assign_state *state) {
    struct arena *scratch = arena_new();
    struct search q;
    int reached = 0;
    start(&q, scratch, state);
    for (int found = levels_find(&q, &reached); found > 0; found = levels_find(&q, &reached)) {
        state->rounds++;
        levels_mark(&q, found, reached);
        for (int service = 0; service < state->problem->nservices; service++) {
            int pool = pool_of(state, service);
            while (has_quota(state, service) && q.level[pool] == 0 && path_find(&q, pool, found)) {
                state->used[service]++;
            }
        }
        q.sets += (uint32_t)found;
    }
    arena_free(scratch);
}
