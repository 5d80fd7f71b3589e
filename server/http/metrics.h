/* metrics.h - counters of one loop, read by any (relaxed atomics). */
#ifndef NORIA_HTTP_METRICS_H
#define NORIA_HTTP_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#include "../../lib/base/text.h"

enum { METRIC_ROUTES = 400, METRIC_CLASSES = 5, METRIC_BUCKETS = 9 };

struct metrics {
    _Atomic int64_t
        requests[METRIC_ROUTES][METRIC_CLASSES]; /* by row and first digit of the status */
    _Atomic int64_t buckets[METRIC_BUCKETS + 1]; /* by time taken; the last is +Inf */
    _Atomic int64_t micros;                      /* all the time taken */
    _Atomic int64_t count;
    _Atomic int64_t connections;
    _Atomic int64_t active;
    _Atomic int64_t shed;
    _Atomic int64_t blocked; /* refusals of a blocked criterion */
};

struct server;

/* Counts an answer. `row` is the route's place in the router, METRIC_ROUTES - 1 when there is none.
 */
void metrics_count(struct metrics *metrics, int row, int status, int64_t micros);

/* Appends all counters as Prometheus text (exposition format 0.0.4). */
void metrics_text(const struct server *server, struct buf *out);

#endif
