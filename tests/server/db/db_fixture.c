#include "db_fixture.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../../server/db/direct.h"
#include "../../../server/db/migrate.h"

/* Where the database is: set once, before any test. */
static struct {
    char name[64];
    char server[512];
    char url[512];
    char empty[80];
    char empty_url[700];
} where;

/* Benches use this too, where Check's assertions have nobody to report to. */
static void must(bool good) {
    if (!good) {
        fputs("the database of the test cannot be made\n", stderr);
        abort();
    }
}

const char *fixture_url(void) {
    return where.url;
}

static void server_run(enum stmt stmt, const char *name) {
    PGconn *pg = NULL;
    const char *const params[] = {name};
    must(direct_open(where.server, &pg) == OK);
    PGresult *made = direct_run(pg, stmt, params);
    must(made != NULL);
    must(direct_text(pg, name, PQgetvalue(made, 0, 0)) == OK);
    PQclear(made);
    PQfinish(pg);
}

void fixture_down(void) {
    server_run(Q_TEST_DROP_DATABASE, where.name);
}

void fixture_up(void) {
    const char *url = getenv("NORIA_DATABASE_URL");
    const char *query = url == NULL ? NULL : strchr(url, '?');
    if (url == NULL) {
        fputs("run this under tools/with-postgres.sh\n", stderr);
        exit(1);
    }
    (void)snprintf(where.name, sizeof where.name, "noria_db_%d", (int)getpid());
    (void)snprintf(where.server, sizeof where.server, "%s", url);
    (void)snprintf(where.url, sizeof where.url, "%s%cdbname=%s", url, query == NULL ? '?' : '&',
                   where.name);
    server_run(Q_TEST_DROP_DATABASE, where.name);
    server_run(Q_TEST_CREATE_DATABASE, where.name);
    must(migrate_run(where.url, NULL) == OK);
    PGconn *pg = NULL;
    must(direct_open(where.url, &pg) == OK);
    for (int stmt = Q_TEST_SCHEMA_THING; stmt <= Q_TEST_SCHEMA_TRIES_GRANT; stmt++) {
        must(direct_do(pg, (enum stmt)stmt, NULL) == OK);
    }
    PQfinish(pg);
}

const char *fixture_make_empty(void) {
    (void)owner(Q_TEST_MAKE_OWNER, NULL);
    (void)snprintf(where.empty, sizeof where.empty, "%s_empty", where.name);
    (void)snprintf(where.empty_url, sizeof where.empty_url, "%s%cdbname=%s&user=noria_test_owner",
                   where.server, strchr(where.server, '?') == NULL ? '?' : '&', where.empty);
    fixture_drop_empty();
    server_run(Q_TEST_CREATE_OWNED, where.empty);
    return where.empty_url;
}

void fixture_drop_empty(void) {
    server_run(Q_TEST_DROP_DATABASE, where.empty);
}

int64_t owner(enum stmt stmt, const char *param) {
    PGconn *pg = NULL;
    const char *const params[] = {param};
    must(direct_open(where.url, &pg) == OK);
    PGresult *result = direct_run(pg, stmt, params);
    must(result != NULL);
    int64_t value = PQntuples(result) > 0 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    PQfinish(pg);
    return value;
}

struct db *as_until(struct one *one, enum db_class class, int64_t milliseconds) {
    struct db_actor actor = {class, 1, 1, "officer"};
    return db_open(one->bed->pool, one->arena, &one->faults, &actor, clock_ticks() + milliseconds);
}

struct db *as(struct one *one, enum db_class class, int64_t account, int64_t org) {
    struct db_actor actor = {class, account, org, "employer"};
    return db_open(one->bed->pool, one->arena, &one->faults, &actor, clock_ticks() + 20000);
}

struct db *ofii(struct one *one) {
    return as(one, DB_OFII, 1, 1);
}

static void task_main(void *arg) {
    struct one *one = arg;
    one->arena = arena_new();
    faults_init(&one->faults, one->arena);
    one->body(one);
    arena_free(one->arena);
    if (--one->bed->left == 0) {
        pool_close(one->bed->pool);
        loop_stop(one->bed->loop);
    }
}

struct start {
    struct bed *bed;
    struct one *ones;
    int count;
};

static void spawn_all(void *arg) {
    struct start *start = arg;
    for (int i = 0; i < start->count; i++) {
        task_spawn(start->bed->loop, task_main, &start->ones[i]);
    }
}

void bed_run(struct bed *bed, int count, void (*body)(struct one *one)) {
    struct one *ones = calloc((size_t)count, sizeof *ones);
    struct pool_config config = {.url = bed->url == NULL ? where.url : bed->url,
                                 .clock = &bed->clock};
    memcpy(config.lanes, bed->lanes, sizeof config.lanes);
    bed->loop = loop_new(0);
    bed->pool = pool_new(bed->loop, &config);
    bed->left = count;
    for (int i = 0; i < count; i++) {
        ones[i].bed = bed;
        ones[i].index = i;
        ones[i].body = body;
    }
    struct start start = {bed, ones, count};
    loop_post(bed->loop, spawn_all, &start);
    loop_run(bed->loop);
    free(ones);
}
