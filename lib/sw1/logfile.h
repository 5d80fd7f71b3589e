/* logfile.h - an exported audit log, and whether it is whole.
 *
 *     noria-log-1
 *     leaf [id, microseconds, account, organisation, "act", "kind", object, reason, detail, nonce]
 *     head <hexadecimal of a signed tree head over the leaves above it>
 *
 * Every head that was ever signed stands behind its last leaf. A leaf's text is hashed as it
 * stands; its nonce is random, so that a hash alone tells nothing about its leaf. */
#ifndef NORIA_SW1_LOGFILE_H
#define NORIA_SW1_LOGFILE_H

#include "treehead.h"

#define SW1_LOG_FIRST "noria-log-1"

enum sw1_log_fault {
    SW1_LOG_WHOLE,
    SW1_LOG_BAD_LINE,  /* neither a leaf nor a head */
    SW1_LOG_BAD_HEAD,  /* not signed by a key of the log, or not in its time */
    SW1_LOG_OTHER,     /* the leaves are not those that the head was signed over */
    SW1_LOG_NO_HEAD,   /* leaves after the last head, or no head at all */
    SW1_LOG_BACKDATED, /* a leaf or head is dated before what precedes it, or after its head */
    SW1_LOG_ROLLBACK,  /* shorter than what was pinned */
    SW1_LOG_FORK       /* another history than what was pinned */
};

/* The word of a fault ("whole", "backdated"). */
const char *sw1_log_word(enum sw1_log_fault fault);

/* Longest time, in seconds, between an act and the head that covers it while heads go on being
 * signed: no transaction lasts so long. */
enum { SW1_LOG_LAG = 3600, SW1_LOG_SKEW = 5 };

/* What a verifier remembers of a log: the newest head that it has seen. `size` 0: nothing. */
struct sw1_log_pin {
    uint64_t size;
    struct merkle_hash root;
};

/* A log that is read line by line; start with all zero but `keys` and `pin`. */
struct sw1_log {
    const struct sw1_logkeys *keys;
    struct sw1_log_pin pin;
    struct merkle tree;
    struct sw1_head head; /* the last one read */
    int64_t heads;
    int64_t lines;
    int64_t first, last; /* microseconds: the earliest and latest leaf since the last head */
    bool pin_met;
};

/* Takes one line without its line feed. The arena may be reset between lines. */
enum sw1_log_fault sw1_log_line(struct sw1_log *log, struct arena *arena, struct span line);

/* A whole file. */
enum sw1_log_fault sw1_log_verify(struct sw1_log *log, struct span file);

#endif
