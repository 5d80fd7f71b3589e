#include "kept.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "lines.h"

/* The first line of a text that match_read() took. */
static struct span line_of(struct span text) {
    const char *end = text.len == 0 ? NULL : memchr(text.ptr, '\n', text.len);
    return (struct span){text.ptr, end == NULL ? 0 : (size_t)(end - text.ptr) + 1};
}

static struct span after(struct span text, size_t bytes) {
    return (struct span){text.ptr + bytes, text.len - bytes};
}

/* From the first line of that kind on; kinds come in the order of `before` (inputs.h). */
static struct span from_kind(struct span text, const char *before) {
    while (text.len > 0 && strchr(before, text.ptr[0]) != NULL) {
        text = after(text, line_of(text).len);
    }
    return text;
}

/* Moves the lines of that kind and candidate, with which `rest` begins. */
static void take(struct buf *out, struct span *rest, char kind, int64_t candidate) {
    for (;;) {
        struct span line = line_of(*rest);
        struct lines r = {.rest = line};
        if (!lines_next(&r) || r.word[0].ptr[0] != kind || lines_id(&r, 1) != candidate) {
            return;
        }
        buf_add(out, line.ptr, line.len);
        *rest = after(*rest, line.len);
    }
}

static int by_candidate(const void *left, const void *right) {
    const struct match_pair *a = left;
    const struct match_pair *b = right;
    if (a->candidate != b->candidate) {
        return a->candidate < b->candidate ? -1 : 1;
    }
    return a->contract < b->contract ? -1 : a->contract > b->contract;
}

static const struct match_pair *bars_of(struct arena *arena, const struct match_input *input) {
    struct match_pair *list = arena_array(arena, (size_t)input->nbars, sizeof *list);
    memcpy(list, input->bars, (size_t)input->nbars * sizeof *list);
    qsort(list, (size_t)input->nbars, sizeof *list, by_candidate);
    return list;
}

static struct span terms_of(struct arena *arena, struct span text, const struct match_input *input,
                            const struct match_output *output) {
    struct span rest = from_kind(after(text, line_of(text).len), "qk");
    struct buf out;
    buf_init(&out, arena, text.len - rest.len + (size_t)input->ncontracts * 32);
    buf_add(&out, text.ptr, text.len - rest.len);
    for (int s = 0; s < input->nservices; s++) {
        buf_printf(&out, "u %lld %d\n", (long long)input->services[s].id, output->used[s]);
    }
    for (int k = 0; k < input->ncontracts; k++) {
        const struct match_cut_off *cut = &output->cut_offs[k];
        buf_printf(&out, "l %lld %d ", (long long)input->contracts[k].id, cut->class);
        if (cut->points == MATCH_NONE) {
            buf_text(&out, "- 0\n");
        } else {
            buf_printf(&out, "%d %d\n", cut->points, cut->returns);
        }
    }
    return (struct span){out.ptr, out.len};
}

static void add_first(struct buf *out, const struct match_input *input,
                      const struct match_first *first) {
    if (first->contract != MATCH_NONE) {
        buf_printf(out, "p %lld %c\n", (long long)input->contracts[first->contract].id,
                   first->named ? 'n' : 'p');
    }
}

static void shares_make(struct arena *arena, struct span text, const struct match_input *input,
                        const struct match_output *output, struct match_kept *kept) {
    struct span people = from_kind(after(text, line_of(text).len), "qk");
    struct span results = from_kind(people, "c");
    struct span stays = from_kind(results, "r");
    const struct match_pair *bars = bars_of(arena, input);
    int count = (input->ncandidates + KEPT_SHARE - 1) / KEPT_SHARE;
    struct match_share *shares = arena_array(arena, (size_t)count, sizeof *shares);
    int bar = 0;
    for (int share = 0; share < count; share++) {
        struct buf out;
        buf_init(&out, arena, (size_t)1 << 16);
        int from = share * KEPT_SHARE;
        for (int i = from; i < from + KEPT_SHARE && i < input->ncandidates; i++) {
            int64_t id = input->candidates[i].id;
            take(&out, &people, 'c', id);
            take(&out, &results, 'r', id);
            take(&out, &stays, 's', id);
            for (; bar < input->nbars && bars[bar].candidate <= id; bar++) {
                if (bars[bar].candidate == id) {
                    buf_printf(&out, "x %lld %lld\n", (long long)bars[bar].contract, (long long)id);
                }
            }
            add_first(&out, input, &output->firsts[i]);
        }
        shares[share] =
            (struct match_share){input->candidates[from].id, (struct span){out.ptr, out.len}};
    }
    kept->shares = shares;
    kept->nshares = count;
}

void kept_make(struct arena *arena, struct span text, const struct match_input *input,
               const struct match_output *output, struct match_kept *kept) {
    crypto_hash_sha256_state hash;
    *kept = (struct match_kept){.terms = terms_of(arena, text, input, output)};
    shares_make(arena, text, input, output, kept);
    crypto_hash_sha256_init(&hash);
    crypto_hash_sha256_update(&hash, (const unsigned char *)kept->terms.ptr, kept->terms.len);
    for (int i = 0; i < kept->nshares; i++) {
        struct span lines = kept->shares[i].lines;
        crypto_hash_sha256_update(&hash, (const unsigned char *)lines.ptr, lines.len);
    }
    crypto_hash_sha256_final(&hash, kept->sha256);
}
