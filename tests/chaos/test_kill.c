/* A killed server or PostgreSQL (kill -9) in the middle of writes loses nothing that was
 * acknowledged and does nothing twice.
 *
 * Writers send organisations, each under one Idempotency-Key, and repeat what got no answer or a
 * 503 until it is acknowledged. Meanwhile server and PostgreSQL are killed in turn, each time after
 * a number of acknowledgements, so always in the middle of writes. Then every acknowledged record
 * must be there, once. Controls: the same record under a new key is there twice, and is noticed;
 * with PostgreSQL told not to wait for its log, an acknowledged record is lost, and is noticed. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "tests/support/check_main.h"
#include "writers.h"

enum {
    WRITERS = 4,
    KILLS = 24,
    RECORDS_MAX = 20000,
    ACKS_LEAST = 5, /* acknowledgements between two kills */
    ACKS_SPREAD = 20,
    PAGE = 200,
    TEST_SECONDS = 300
};

static struct arena *arena;
static struct rig rig;

static void setup(void) {
    arena = arena_new();
    rig_start(&rig, arena);
}

static void teardown(void) {
    rig_stop(&rig);
    arena_free(arena);
}

struct records {
    struct ack *list;
    int count;
};

/* Waits for that many more acknowledgements. */
static void collect(int acks, struct records *records, int wanted) {
    for (int i = 0; i < wanted && records->count < RECORDS_MAX; i++) {
        ck_assert_int_eq(read(acks, &records->list[records->count], sizeof(struct ack)),
                         sizeof(struct ack));
        records->count++;
    }
}

static void collect_rest(int acks, struct records *records) {
    while (records->count < RECORDS_MAX &&
           read(acks, &records->list[records->count], sizeof(struct ack)) == sizeof(struct ack)) {
        records->count++;
    }
}

/* What the server has of the names that begin with `prefix`. */
struct found {
    const char *name;
    int64_t id;
};

static int list_found(struct found *found, const char *prefix) {
    struct http *http = rig_client(&rig, arena);
    int64_t after = 0;
    int count = 0;
    int page = PAGE;
    while (page == PAGE) {
        struct call call = {.verb = VERB_GET,
                            .path = arena_printf(arena, "/api/v1/orgs?limit=%d&after=%lld", PAGE,
                                                 (long long)after)};
        ck_assert_int_eq(http_send(http, &call), OK);
        ck_assert_int_eq(call.status, 200);
        const cJSON *orgs = cJSON_GetObjectItemCaseSensitive(call.json, "orgs");
        const cJSON *org;
        cJSON_ArrayForEach(org, orgs) {
            after = json_int(org, "id");
            const char *name = json_text(org, "name");
            if (strncmp(name, prefix, strlen(prefix)) == 0) {
                found[count++] = (struct found){name, after};
            }
        }
        page = cJSON_GetArraySize(orgs);
    }
    return count;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct found *)a)->name, ((const struct found *)b)->name);
}

static int count_twice(struct found *found, int count) {
    int twice = 0;
    qsort(found, (size_t)count, sizeof *found, by_name);
    for (int i = 1; i < count; i++) {
        twice += strcmp(found[i].name, found[i - 1].name) == 0;
    }
    return twice;
}

static bool has(const struct found *found, int count, const char *name, int64_t id) {
    struct found wanted = {name, id};
    const struct found *at = bsearch(&wanted, found, (size_t)count, sizeof *found, by_name);
    return at != NULL && at->id == id;
}

START_TEST(nothing_lost_nothing_doubled) {
    int acks[2], stop[2];
    pid_t writers[WRITERS];
    struct records records = {arena_array(arena, RECORDS_MAX, sizeof(struct ack)), 0};
    ck_assert(pipe2(acks, O_CLOEXEC) == 0 && pipe2(stop, O_CLOEXEC) == 0);
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = writer_start(&rig, 0, i, acks[1], stop[0], stop[1]);
    }
    close(acks[1]);
    for (int i = 0; i < KILLS; i++) {
        collect(acks[0], &records, ACKS_LEAST + (i * 7) % ACKS_SPREAD);
        if (i % 4 != 3) {
            rig_kill_server(&rig);
        } else {
            rig_kill_database(&rig);
        }
    }
    collect(acks[0], &records, ACKS_LEAST);
    close(stop[1]);
    collect_rest(acks[0], &records);
    for (int i = 0; i < WRITERS; i++) {
        int status;
        waitpid(writers[i], &status, 0);
        ck_assert_msg(status == 0, "writer %d gave up", i);
    }
    struct found *found = arena_array(arena, RECORDS_MAX, sizeof *found);
    int count = list_found(found, "chaos-");
    ck_assert_msg(count_twice(found, count) == 0, "something was done twice");
    for (int i = 0; i < records.count; i++) {
        const struct ack *ack = &records.list[i];
        ck_assert_msg(has(found, count, writer_name(arena, 0, ack->writer, ack->number), ack->id),
                      "%s was acknowledged and is gone",
                      writer_name(arena, 0, ack->writer, ack->number));
    }
    ck_assert_int_eq(count, records.count);
    printf("%d kills, %d acknowledged writes, none lost, none doubled\n", KILLS, records.count);
}
END_TEST

START_TEST(control_a_new_key_doubles) {
    const char *key = http_key(arena);
    int64_t id = writer_one(&rig, "key-1", key);
    ck_assert_int_gt(id, 0);
    ck_assert_int_eq(writer_one(&rig, "key-1", key), id);
    rig_kill_server(&rig);
    ck_assert_int_eq(writer_one(&rig, "key-1", key), id);
    struct found *found = arena_array(arena, RECORDS_MAX, sizeof *found);
    ck_assert_int_eq(count_twice(found, list_found(found, "key-")), 0);
    ck_assert_int_ne(writer_one(&rig, "key-1", http_key(arena)), id);
    ck_assert_int_eq(count_twice(found, list_found(found, "key-")), 1);
}
END_TEST

START_TEST(control_a_log_not_waited_for_loses) {
    rig_run(&rig, "psql -qXc 'ALTER SYSTEM SET synchronous_commit = off' "
                  "-c \"ALTER SYSTEM SET wal_writer_delay = '10s'\" -c 'SELECT pg_reload_conf()'");
    rig_kill_server(&rig); /* its new connections have the new setting */
    int64_t id = writer_one(&rig, "lost-1", http_key(arena));
    ck_assert_int_gt(id, 0);
    rig_kill_database(&rig);
    struct found *found = arena_array(arena, RECORDS_MAX, sizeof *found);
    int count = list_found(found, "lost-");
    rig_run(&rig, "psql -qXc 'ALTER SYSTEM RESET ALL' -c 'SELECT pg_reload_conf()'");
    ck_assert_msg(!has(found, count, "lost-1", id), "the loss was not noticed");
}
END_TEST

CHECK_MAIN_FOR("kill", setup, teardown, TEST_SECONDS, nothing_lost_nothing_doubled,
               control_a_new_key_doubles, control_a_log_not_waited_for_loses)
