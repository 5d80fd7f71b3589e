/* system_web.c - the routes of the server itself: is it alive, is it ready, how does it do, what
 * can be asked of it, what time is it. */
#include "system_web.h"

#include "../../lib/base/clock.h"
#include "../app.h"
#include "embed.h"
#include "exchange.h"
#include "loop_server.h"

static Err health_get(struct req *req) {
    req_bytes(req, "text/plain; charset=utf-8", SPAN_LIT("ok\n"), NULL, NULL, -1);
    return OK;
}

/* Ready: every loop has live connections of every class. */
static Err ready_get(struct req *req) {
    const struct server *server = exchange_of(req)->server->server;
    for (int i = 0; i < server->count; i++) {
        const struct loop_server *loop = &server->loops[i];
        if (loop->stopping || !pool_ready(loop->pool)) {
            return ERR_UNAVAILABLE;
        }
    }
    req_bytes(req, "text/plain; charset=utf-8", SPAN_LIT("ready\n"), NULL, NULL, -1);
    return OK;
}

static Err metrics_get(struct req *req) {
    struct buf out;
    buf_init(&out, req->arena, 16384);
    metrics_text(exchange_of(req)->server->server, &out);
    req_bytes(req, "text/plain; version=0.0.4; charset=utf-8", (struct span){out.ptr, out.len},
              NULL, NULL, -1);
    return OK;
}

static Err openapi_get(struct req *req) {
    const struct embedded *file = embedded_find("openapi.yaml");
    if (file == NULL) {
        return ERR_NOT_FOUND;
    }
    req_bytes(req, "application/yaml", (struct span){(const char *)file->data, file->size}, NULL,
              NULL, 300);
    return OK;
}

struct clock_form {
    int64_t at;
};

static const struct field clock_fields[] = {
    {"at", F_INT, offsetof(struct clock_form, at), 0, 7258118399, FIELD_REQUIRED, NULL,
     "Seconds since 1970"},
    FIELD_END,
};

/* Only under `serve --adjustable-clock`: tests and the demo move the day. */
static Err clock_post(struct req *req) {
    struct clock_form form;
    if (!req->app->adjustable_clock) {
        return ERR_NOT_FOUND;
    }
    TRY(fields_read(req, clock_fields, &form));
    clock_set(req->app->clock, form.at);
    view_int(req->view, "at", clock_now(req->app->clock));
    return OK;
}

static Err clock_get(struct req *req) {
    view_int(req->view, "at", req->now);
    view_bool(req->view, "adjustable", req->app->adjustable_clock);
    return OK;
}

const struct route system_routes[] = {
    {GET, "/healthz", health_get, PUBLIC, NULL, NULL, NULL, ROUTE_RAW, "Is the process alive"},
    {GET, "/readyz", ready_get, PUBLIC, NULL, NULL, NULL, ROUTE_RAW, "Can it serve"},
    {GET, "/metrics", metrics_get, PUBLIC, NULL, NULL, NULL, ROUTE_RAW, "Counters for Prometheus"},
    {GET, "/openapi.yaml", openapi_get, PUBLIC, NULL, NULL, NULL, ROUTE_API_ONLY,
     "This description"},
    {GET, "/clock", clock_get, ANYBODY, NULL, NULL, NULL, ROUTE_API_ONLY, "The business clock"},
    {POST, "/clock", clock_post, ADMIN, NULL, NULL, NULL, ROUTE_API_ONLY,
     "Move the business clock (tests and demo only)"},
    ROUTE_END,
};

const struct reads system_reads[] = {
    {clock_post, clock_fields, NULL, 0},
    READS_END,
};

const struct shows system_shows[] = {
    {openapi_get, "application/yaml", SHOWS_BYTES, 0, NULL, 0},
    {clock_get, "at", SHOWS_INT, 0, NULL, 0},
    {clock_get, "adjustable", SHOWS_BOOL, 0, NULL, 0},
    {clock_post, "at", SHOWS_INT, 0, NULL, 0},
    SHOWS_END,
};
