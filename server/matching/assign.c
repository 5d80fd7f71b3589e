#include "assign.h"

#include <stdbool.h>
#include <string.h>

#include "../../lib/base/arena.h"

enum { NOBODY = -1 };

struct search {
    const struct eligibility *eligible;
    int *free_places; /* by contract */
    int **held;       /* by contract: the candidates on its places */
    int *nheld;
    uint64_t *open; /* contracts with a free place */
    uint64_t *dead; /* contracts from which no free place can be reached any more */
    uint64_t *seen;
    int *reached_by; /* by contract: the candidate whose step reached it */
    int *queue;      /* candidates */
    int *out;
};

static void put(struct search *s, int candidate, int contract) {
    s->held[contract][s->nheld[contract]++] = candidate;
    s->out[candidate] = contract;
    if (--s->free_places[contract] == 0) {
        s->open[contract / 64] &= ~(UINT64_C(1) << (contract % 64));
    }
}

static void take_away(struct search *s, int candidate, int contract) {
    int *held = s->held[contract];
    int last = --s->nheld[contract];
    for (int i = 0; i < last; i++) {
        if (held[i] == candidate) {
            memmove(&held[i], &held[i + 1], (size_t)(last - i) * sizeof *held);
            break;
        }
    }
    s->free_places[contract]++;
}

/* The best contract with a free place: by score, then the first. */
static int direct(const struct search *s, int candidate,
                  int (*score)(const void *arg, int candidate, int contract), const void *arg) {
    const uint64_t *row = eligible_row(s->eligible, candidate);
    int best = NOBODY;
    int best_score = 0;
    for (int w = 0; w < s->eligible->words; w++) {
        for (uint64_t bits = row[w] & s->open[w]; bits != 0; bits &= bits - 1) {
            int contract = w * 64 + __builtin_ctzll(bits);
            int points = score(arg, candidate, contract);
            if (best == NOBODY || points > best_score) {
                best = contract;
                best_score = points;
            }
        }
    }
    return best;
}

/* Lets everybody along the path move one contract on. */
static void unwind(struct search *s, int candidate, int contract) {
    for (;;) {
        int mover = s->reached_by[contract];
        int from = s->out[mover];
        if (from != NOBODY) {
            take_away(s, mover, from);
        }
        put(s, mover, contract);
        if (mover == candidate || from == NOBODY) {
            return;
        }
        contract = from;
    }
}

/* Breadth first from the candidate over full contracts to a free place. */
static bool augment(struct search *s, int candidate) {
    const int words = s->eligible->words;
    memset(s->seen, 0, (size_t)words * sizeof *s->seen);
    int head = 0;
    int tail = 0;
    s->queue[tail++] = candidate;
    while (head < tail) {
        int mover = s->queue[head++];
        const uint64_t *row = eligible_row(s->eligible, mover);
        for (int w = 0; w < words; w++) {
            for (uint64_t bits = row[w] & ~s->seen[w] & ~s->dead[w]; bits != 0; bits &= bits - 1) {
                int contract = w * 64 + __builtin_ctzll(bits);
                s->seen[w] |= UINT64_C(1) << (contract % 64);
                s->reached_by[contract] = mover;
                if (s->free_places[contract] > 0) {
                    unwind(s, candidate, contract);
                    return true;
                }
                for (int i = 0; i < s->nheld[contract]; i++) {
                    s->queue[tail++] = s->held[contract][i];
                }
            }
        }
    }
    /* Whoever sits on these contracts can only move among them: no later search gets through. */
    for (int w = 0; w < words; w++) {
        s->dead[w] |= s->seen[w];
    }
    return false;
}

int assign(struct arena *arena, const struct eligibility *eligible, const int *places,
           const int *order, int (*score)(const void *arg, int candidate, int contract),
           const void *arg, int *out) {
    size_t contracts = (size_t)eligible->contracts;
    size_t candidates = (size_t)eligible->candidates;
    size_t words = (size_t)eligible->words;
    struct search s = {
        .eligible = eligible,
        .free_places = arena_array(arena, contracts, sizeof(int)),
        .held = arena_array(arena, contracts, sizeof(int *)),
        .nheld = arena_array(arena, contracts, sizeof(int)),
        .open = arena_array(arena, words, sizeof(uint64_t)),
        .dead = arena_array(arena, words, sizeof(uint64_t)),
        .seen = arena_array(arena, words, sizeof(uint64_t)),
        .reached_by = arena_array(arena, contracts, sizeof(int)),
        .queue = arena_array(arena, candidates, sizeof(int)),
        .out = out,
    };
    for (int k = 0; k < eligible->contracts; k++) {
        s.free_places[k] = places[k];
        s.held[k] = arena_array(arena, (size_t)places[k], sizeof(int));
        if (places[k] > 0) {
            s.open[k / 64] |= UINT64_C(1) << (k % 64);
        }
    }
    for (int c = 0; c < eligible->candidates; c++) {
        out[c] = NOBODY;
    }
    int served = 0;
    for (int i = 0; i < eligible->candidates; i++) {
        int candidate = order[i];
        int contract = direct(&s, candidate, score, arg);
        if (contract != NOBODY) {
            put(&s, candidate, contract);
            served++;
        } else {
            served += augment(&s, candidate);
        }
    }
    return served;
}
