#include "writers.h"

#include <check.h>
#include <poll.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"

enum { RECORDS_MAX = 1000000, TRIES = 10, A_CONNECTION = 200 };

const char *writer_name(struct arena *into, int run, int writer, int number) {
    return arena_printf(into, "chaos-%d-%d-%d", run, writer, number);
}

struct span writer_body(struct arena *into, const char *name) {
    struct call call = {.verb = VERB_POST};
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "kind", "partner");
    cJSON_AddStringToObject(body, "name", name);
    call_json(into, &call, body);
    cJSON_Delete(body);
    return call.body;
}

static int64_t send_one(struct http *http, struct arena *into, const char *name, const char *key) {
    struct call call = {.verb = VERB_POST,
                        .path = "/api/v1/orgs",
                        .key = key,
                        .body = writer_body(into, name),
                        .type = "application/json"};
    return http_send(http, &call) == OK && call_ok(&call) ? json_int(call.json, "id") : 0;
}

int64_t writer_one(struct rig *rig, const char *name, const char *key) {
    int64_t id = 0;
    for (int i = 0; i < TRIES && id == 0; i++) {
        struct arena *own = arena_new();
        id = send_one(rig_client(rig, own), own, name, key);
        arena_free(own);
    }
    return id;
}

/* A connection is kept for many records, as clients do, and given up after a failure. */
static void write_many(struct rig *rig, int run, int writer, int acks, int stop) {
    struct arena *own = arena_new();
    struct http *http = rig_client(rig, own);
    for (int number = 0; number < RECORDS_MAX; number++) {
        struct pollfd stopped = {.fd = stop, .events = POLLIN};
        if (poll(&stopped, 1, 0) != 0) {
            _exit(0);
        }
        if (number % A_CONNECTION == A_CONNECTION - 1) {
            arena_free(own);
            own = arena_new();
            http = rig_client(rig, own);
        }
        const char *name = writer_name(own, run, writer, number);
        const char *key = http_key(own);
        struct ack ack = {writer, number, send_one(http, own, name, key), 0};
        ack.id = ack.id != 0 ? ack.id : writer_one(rig, name, key);
        ack.at = clock_ticks();
        if (ack.id == 0 || write(acks, &ack, sizeof ack) != sizeof ack) {
            _exit(1);
        }
    }
    _exit(0);
}

pid_t writer_start(struct rig *rig, int run, int writer, int acks, int stop, int unused) {
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(unused);
        write_many(rig, run, writer, acks, stop);
    }
    return child;
}
