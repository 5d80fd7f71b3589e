/* sweep.h - every route of the table, as one role, over HTTP: what an answer shows, and whether it
 * depends on anything that the role must not learn. */
#ifndef NORIA_TESTS_SWEEP_H
#define NORIA_TESTS_SWEEP_H

#include "seek.h"

/* By which channel a probe asks. */
enum channel {
    CHANNEL_ANSWER,    /* a planted value anywhere in status, headers or body */
    CHANNEL_FILTER,    /* ?field=planted answers otherwise than ?field=another */
    CHANNEL_SORT,      /* ?sort=field&order=field answers otherwise when others stand behind it */
    CHANNEL_CONDITION, /* If-None-Match, If-Match of a hash of the planted value */
    CHANNEL_WRITE,     /* a write with field=planted answers otherwise: clash, error, Location */
    CHANNEL_WORLD,     /* the same answer, byte for byte, when other people stand behind it */
    CHANNELS
};

enum { SWEEP_ORDERS = 4000 };

struct sweep {
    const char *role;              /* NULL: nobody logged in */
    const struct planted *known;   /* what must not be learnt; ends with {NULL, NULL} */
    const struct planted *unknown; /* values of the same fields and lengths that are nowhere */
    const struct seeker *seeker;   /* of `known` and whatever else must not be shown */
    void (*change)(int world);     /* other people, or another employer, behind the same numbers */
    bool whole;                    /* false: ends with the first finding */

    int orders, orders_again; /* asked in the first world, and in the other */
    uint64_t ordered[SWEEP_ORDERS];
    int probes[CHANNELS];
    int found; /* probes that learnt something */
    char first[400];
};

/* Runs all probes of the role. */
void sweep_run(struct sweep *sweep);

/* The same question with two values; true when the answers differ in more than the values. For the
 * control of the comparison itself. */
bool sweep_tells(const char *role, const char *path, const char *key, const char *a, const char *b);

int sweep_total(const struct sweep *sweep);

#endif
