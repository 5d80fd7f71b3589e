#include "metrics.h"

#include <inttypes.h>

#include "loop_server.h"
#include "router.h"

/* Upper bounds in milliseconds. */
static const int bounds[METRIC_BUCKETS] = {1, 2, 5, 10, 25, 50, 100, 500, 2500};

static void add(_Atomic int64_t *counter, int64_t value) {
    atomic_fetch_add_explicit(counter, value, memory_order_relaxed);
}

static int64_t get(const _Atomic int64_t *counter) {
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void metrics_count(struct metrics *metrics, int row, int status, int64_t micros) {
    int class = status / 100 - 1;
    int bucket = 0;
    row = row < 0 || row >= METRIC_ROUTES ? METRIC_ROUTES - 1 : row;
    class = class < 0 || class >= METRIC_CLASSES ? METRIC_CLASSES - 1 : class;
    while (bucket < METRIC_BUCKETS && micros > (int64_t)bounds[bucket] * 1000) {
        bucket++;
    }
    add(&metrics->requests[row][class], 1);
    add(&metrics->buckets[bucket], 1);
    add(&metrics->micros, micros);
    add(&metrics->count, 1);
}

static void put_routes(const struct server *server, const struct router *router, struct buf *out) {
    buf_text(out, "# HELP noria_requests_total Answers by route and class of status.\n"
                  "# TYPE noria_requests_total counter\n");
    for (int row = 0; row < METRIC_ROUTES; row++) {
        const struct route *route = row == METRIC_ROUTES - 1 ? NULL : router_row(router, row);
        for (int class = 0; class < METRIC_CLASSES; class ++) {
            int64_t sum = 0;
            for (int i = 0; i < server->count; i++) {
                sum += get(&server->loops[i].metrics.requests[row][class]);
            }
            if (sum > 0) {
                buf_printf(
                    out,
                    "noria_requests_total{method=\"%s\",route=\"%s\",status=\"%dxx\"} %" PRId64
                    "\n",
                    route == NULL ? "" : method_name(route->method),
                    route == NULL ? "" : route->path, class + 1, sum);
            }
        }
    }
}

static void put_times(const struct server *server, struct buf *out) {
    int64_t sum = 0;
    int64_t micros = 0;
    buf_text(out,
             "# HELP noria_request_seconds From the first line of a request to its last byte.\n"
             "# TYPE noria_request_seconds histogram\n");
    for (int bucket = 0; bucket <= METRIC_BUCKETS; bucket++) {
        for (int i = 0; i < server->count; i++) {
            sum += get(&server->loops[i].metrics.buckets[bucket]);
        }
        if (bucket < METRIC_BUCKETS) {
            buf_printf(out, "noria_request_seconds_bucket{le=\"%d.%03d\"} %" PRId64 "\n",
                       bounds[bucket] / 1000, bounds[bucket] % 1000, sum);
        } else {
            buf_printf(out, "noria_request_seconds_bucket{le=\"+Inf\"} %" PRId64 "\n", sum);
        }
    }
    for (int i = 0; i < server->count; i++) {
        micros += get(&server->loops[i].metrics.micros);
    }
    buf_printf(out, "noria_request_seconds_sum %" PRId64 ".%06" PRId64 "\n", micros / 1000000,
               micros % 1000000);
    buf_printf(out, "noria_request_seconds_count %" PRId64 "\n", sum);
}

static void put(struct buf *out, const char *name, const char *type, const char *help,
                int64_t value) {
    buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n%s %" PRId64 "\n", name, help, name, type, name,
               value);
}

void metrics_text(const struct server *server, struct buf *out) {
    struct pool_stats all = {0};
    int64_t connections = 0;
    int64_t active = 0;
    int64_t shed = 0;
    int64_t blocked = 0;
    for (int i = 0; i < server->count; i++) {
        const struct loop_server *loop = &server->loops[i];
        struct pool_stats one = pool_stats(loop->pool);
        all.queries += one.queries;
        all.transactions += one.transactions;
        all.retries += one.retries;
        all.reconnects += one.reconnects;
        all.waiting += one.waiting;
        connections += get(&loop->metrics.connections);
        active += get(&loop->metrics.active);
        shed += get(&loop->metrics.shed);
        blocked += get(&loop->metrics.blocked);
    }
    put_routes(server, server->loops[0].router, out);
    put_times(server, out);
    put(out, "noria_connections", "gauge", "Open connections.", connections);
    put(out, "noria_requests_active", "gauge", "Requests under way (tasks).", active);
    put(out, "noria_requests_shed_total", "counter", "Requests answered 503 for load.", shed);
    put(out, "noria_criteria_blocked_total", "counter",
        "Requests refused because they would select people by a blocked criterion.", blocked);
    put(out, "noria_db_queries_total", "counter", "Statements sent.", all.queries);
    put(out, "noria_db_transactions_total", "counter", "Transactions begun.", all.transactions);
    put(out, "noria_db_retries_total", "counter", "Transactions run again.", all.retries);
    put(out, "noria_db_reconnects_total", "counter", "Connections made anew.", all.reconnects);
    put(out, "noria_db_waiting", "gauge", "Requests waiting for a connection.", all.waiting);
}
