/* ask.h - one HTTP request by hand: no repeats, no patience, the whole answer as it came. What the
 * client of the command line hides, a fault test wants to see. */
#ifndef NORIA_TESTS_CHAOS_ASK_H
#define NORIA_TESTS_CHAOS_ASK_H

#include <stdbool.h>
#include <stddef.h>

#include "rig.h"

struct question {
    const char *method;
    const char *path;
    const char *key;  /* Idempotency-Key, or NULL */
    const char *type; /* media type of the body */
    struct span body; /* ptr NULL: none */
    int patience;     /* milliseconds for the whole answer */

    int status;         /* 0: no whole answer came */
    const char *answer; /* the body, "" when there is none */
};

/* Asks the rig's server with the administrator's token; what is allocated goes into `into`. */
void ask(struct rig *rig, struct arena *into, struct question *question);

/* Two halves of it, so that several are under way at a time: the socket, and the answer to it. */
int ask_send(struct rig *rig, struct arena *into, const struct question *question);
void ask_answer(struct arena *into, int fd, struct question *question);

#endif
