/* writers.h - processes that write organisations, each under one Idempotency-Key, and repeat what
 * got no answer or a 503 under the same key until it is acknowledged. */
#ifndef NORIA_TESTS_CHAOS_WRITERS_H
#define NORIA_TESTS_CHAOS_WRITERS_H

#include <stdint.h>

#include "rig.h"

/* An acknowledged record. */
struct ack {
    int writer;
    int number;
    int64_t id;
    int64_t at; /* milliseconds of the monotonic clock */
};

/* The name of a record: "chaos-RUN-WRITER-NUMBER". */
const char *writer_name(struct arena *into, int run, int writer, int number);

/* The body of its writing. */
struct span writer_body(struct arena *into, const char *name);

/* Writes one record; its id, 0 when the server never says yes. */
int64_t writer_one(struct rig *rig, const char *name, const char *key);

/* Starts a writer process, which sends every acknowledgement into `acks` and ends when `stop`
 * closes; `unused` is closed in it. Exit code 1: it gave up. */
pid_t writer_start(struct rig *rig, int run, int writer, int acks, int stop, int unused);

#endif
