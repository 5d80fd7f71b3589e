#include "logfile.h"

#include <string.h>

#include "../base/arena.h"

enum { SECOND = 1000000 };

const char *sw1_log_word(enum sw1_log_fault fault) {
    static const char *const words[] = {"whole",   "bad_line",  "bad_head", "other",
                                        "no_head", "backdated", "rollback", "fork"};
    return words[fault];
}

static bool begins(struct span line, const char *with, struct span *rest) {
    size_t len = strlen(with);
    if (line.len < len || memcmp(line.ptr, with, len) != 0) {
        return false;
    }
    *rest = (struct span){line.ptr + len, line.len - len};
    return true;
}

/* The whole number before the next comma; `at` moves behind it. */
static bool number_at(struct span line, size_t *at, int64_t *value) {
    const char *from = line.ptr + *at;
    const char *comma = memchr(from, ',', line.len - *at);
    if (comma == NULL) {
        return false;
    }
    *at += (size_t)(comma - from) + 1;
    return text_int((struct span){from, (size_t)(comma - from)}, value);
}

/* "[12, 1700000000000000, …]": when the act was. */
static bool leaf_time(struct span leaf, int64_t *microseconds) {
    size_t at = 1;
    int64_t id;
    if (leaf.len < 4 || leaf.ptr[0] != '[' || leaf.ptr[leaf.len - 1] != ']' ||
        !number_at(leaf, &at, &id) || at >= leaf.len || leaf.ptr[at++] != ' ') {
        return false;
    }
    return number_at(leaf, &at, microseconds);
}

/* The pinned head's place is reached, or passed. */
static enum sw1_log_fault against_pin(struct sw1_log *log) {
    if (log->pin.size == 0 || log->pin_met || log->tree.size != log->pin.size) {
        return SW1_LOG_WHOLE;
    }
    struct merkle_hash root = merkle_root(&log->tree);
    log->pin_met = true;
    return merkle_same(&root, &log->pin.root) ? SW1_LOG_WHOLE : SW1_LOG_FORK;
}

static enum sw1_log_fault take_leaf(struct sw1_log *log, struct span leaf) {
    struct merkle_hash hash = merkle_leaf(leaf);
    int64_t at;
    if (!leaf_time(leaf, &at)) {
        return SW1_LOG_BAD_LINE;
    }
    bool first = log->tree.size == log->head.size;
    log->first = first || at < log->first ? at : log->first;
    log->last = first || at > log->last ? at : log->last;
    merkle_append(&log->tree, &hash, NULL, NULL);
    return against_pin(log);
}

static enum sw1_log_fault take_head(struct sw1_log *log, struct arena *arena, struct span hex) {
    uint8_t bytes[SW1_HEAD_MAX];
    struct sw1_head head;
    if (hex.len % 2 != 0 || hex.len / 2 > sizeof bytes || !text_unhex(hex, bytes, hex.len / 2)) {
        return SW1_LOG_BAD_LINE;
    }
    if (!sw1_head_read(arena, (struct span){(const char *)bytes, hex.len / 2}, log->keys, &head)) {
        return SW1_LOG_BAD_HEAD;
    }
    struct merkle_hash root = merkle_root(&log->tree);
    if (head.size != log->tree.size || !merkle_same(&head.root, &root)) {
        return SW1_LOG_OTHER;
    }
    bool fresh = head.size > log->head.size;
    if (log->heads > 0 && (head.iat < log->head.iat ||
                           (fresh && log->first / SECOND < log->head.iat - SW1_LOG_LAG))) {
        return SW1_LOG_BACKDATED;
    }
    if (fresh && log->last / SECOND > head.iat + SW1_LOG_SKEW) {
        return SW1_LOG_BACKDATED;
    }
    head.iss = (struct span){NULL, 0}; /* it lay in the line */
    log->head = head;
    log->heads++;
    return SW1_LOG_WHOLE;
}

enum sw1_log_fault sw1_log_line(struct sw1_log *log, struct arena *arena, struct span line) {
    struct span rest;
    if (log->lines++ == 0) {
        return span_is(line, SW1_LOG_FIRST) ? SW1_LOG_WHOLE : SW1_LOG_BAD_LINE;
    }
    if (begins(line, "leaf ", &rest)) {
        return take_leaf(log, rest);
    }
    return begins(line, "head ", &rest) ? take_head(log, arena, rest) : SW1_LOG_BAD_LINE;
}

/* After the last line. */
static enum sw1_log_fault log_end(const struct sw1_log *log) {
    if (log->heads == 0 || log->head.size != log->tree.size) {
        return SW1_LOG_NO_HEAD;
    }
    return log->pin.size > log->tree.size ? SW1_LOG_ROLLBACK : SW1_LOG_WHOLE;
}

enum sw1_log_fault sw1_log_verify(struct sw1_log *log, struct span file) {
    struct arena *arena = arena_new();
    enum sw1_log_fault fault = SW1_LOG_WHOLE;
    for (size_t at = 0; at < file.len && fault == SW1_LOG_WHOLE;) {
        const char *end = memchr(file.ptr + at, '\n', file.len - at);
        if (end == NULL) {
            fault = SW1_LOG_BAD_LINE; /* cut in a line */
            break;
        }
        size_t len = (size_t)(end - (file.ptr + at));
        fault = sw1_log_line(log, arena, (struct span){file.ptr + at, len});
        at += len + 1;
        arena_reset(arena);
    }
    arena_free(arena);
    return fault == SW1_LOG_WHOLE ? log_end(log) : fault;
}
