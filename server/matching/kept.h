/* kept.h - what a run keeps so that each candidate can be told why (why.h) without the assignment
 * being made again: canonical texts as in inputs.h.
 *
 * Terms, one text, nobody's data: the head and the lines q and k of the inputs as they are, then
 *   u <service> <places that first choices take of its quota>
 *   l <contract> <class> <fewest points with which a place of the class was got | ->
 *       <1: by whoever came first for a clean return>                  (on the same line)
 * Own lines, of each candidate: his lines c, r, s and x of the inputs, then, when he has one,
 *   p <contract> <n: named | p>                     (his first choice)
 * They lie side by side by their candidates' ids, KEPT_SHARE candidates in a share, so that a
 * question reads one share. */
#ifndef NORIA_MATCHING_KEPT_H
#define NORIA_MATCHING_KEPT_H

#include "engine.h"

enum { KEPT_SHARE = 500 };

struct match_share {
    int64_t first; /* its first candidate */
    struct span lines;
};

struct match_kept {
    struct span terms;
    const struct match_share *shares; /* by candidate */
    int nshares;
    uint8_t sha256[32]; /* of the terms, then of the shares' lines */
};

/* Of a run: its inputs as text and as match_read() gave them, and what match_run() made of them. */
void kept_make(struct arena *arena, struct span text, const struct match_input *input,
               const struct match_output *output, struct match_kept *kept);

#endif
