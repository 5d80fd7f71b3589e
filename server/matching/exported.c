#include "exported.h"

#include <sodium.h>

#include "../../lib/base/arena.h"
#include "inputs.h"

enum { SHA256 = crypto_hash_sha256_BYTES, HEX = 2 * SHA256 };

struct span exported_write(struct arena *arena, const struct match_exported *run) {
    struct buf out;
    buf_init(&out, arena, run->inputs.len + 512);
    buf_printf(&out, "noria-matching-run 1\nseed %s\ninputs %.*s\nresult %.*s\n",
               text_hex(arena, run->seed, sizeof run->seed), (int)run->inputs_hash.len,
               run->inputs_hash.ptr, (int)run->result_hash.len, run->result_hash.ptr);
    buf_add(&out, run->inputs.ptr, run->inputs.len);
    return (struct span){out.ptr, out.len};
}

/* Takes "<word> <value>\n" off the front. */
static bool take(struct span *text, const char *word, size_t length, struct span *value) {
    struct span name = span_of(word);
    if (text->len < name.len + length + 2 ||
        !span_equal((struct span){text->ptr, name.len}, name) || text->ptr[name.len] != ' ' ||
        text->ptr[name.len + 1 + length] != '\n') {
        return false;
    }
    *value = (struct span){text->ptr + name.len + 1, length};
    *text = (struct span){value->ptr + length + 1, text->len - name.len - length - 2};
    return true;
}

Err exported_read(struct span text, struct match_exported *run) {
    struct span version, seed;
    struct match_exported made = {{0}, {NULL, 0}, {NULL, 0}, {NULL, 0}};
    if (!take(&text, "noria-matching-run", 1, &version) || version.ptr[0] != '1' ||
        !take(&text, "seed", HEX, &seed) || !text_unhex(seed, made.seed, sizeof made.seed) ||
        !take(&text, "inputs", HEX, &made.inputs_hash) ||
        !take(&text, "result", HEX, &made.result_hash)) {
        return ERR_UNREADABLE;
    }
    made.inputs = text;
    *run = made;
    return OK;
}

static const char *sha256(struct arena *arena, struct span bytes) {
    uint8_t hash[SHA256];
    crypto_hash_sha256(hash, (const unsigned char *)bytes.ptr, bytes.len);
    return text_hex(arena, hash, sizeof hash);
}

Err exported_run(struct arena *arena, const struct match_exported *run, struct match_again *again,
                 int *line) {
    struct match_again made = {.rule = NULL};
    TRY(match_read(arena, run->inputs, &made.input, line));
    made.rule = match_rule_name(made.input.rule);
    match_run(arena, &made.input, run->seed, &made.output);
    made.result = match_write(arena, &made.output);
    made.inputs_same = span_is(run->inputs_hash, sha256(arena, run->inputs));
    made.result_hash = sha256(arena, made.result);
    made.result_same = span_is(run->result_hash, made.result_hash);
    *again = made;
    return OK;
}
