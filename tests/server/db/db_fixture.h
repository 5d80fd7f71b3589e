/* db_fixture.h - a migrated database of the test program's own, and tasks that use it. */
#ifndef NORIA_TESTS_DB_FIXTURE_H
#define NORIA_TESTS_DB_FIXTURE_H

#include <check.h>
#include <stdatomic.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/base/clock.h"
#include "../../../server/db/pool.h"
#include "../../../server/run/loop.h"
#include "../../../server/run/task.h"
#include "stmt.h"

struct bed {
    struct clock clock;
    struct loop *loop;
    struct pool *pool;
    int lanes[DB_CLASSES][3];
    int left;
    int sum;
    int resent;
    int errors[ERR_COUNT + 1]; /* counted by the bodies */
    void *data;
    const char *url; /* NULL: the fixture's */
};

/* What a task of a test sees. */
struct one {
    struct bed *bed;
    int index;
    struct arena *arena;
    struct faults faults;
    void (*body)(struct one *one);
};

/* Makes the database once a program (unchecked setup) and removes it. Skips nothing: without
 * PostgreSQL the tests fail. */
void fixture_up(void);
void fixture_down(void);
const char *fixture_url(void);

/* An empty database beside it, owned by the plain role noria_test_owner; gives the URL as that
 * owner. fixture_drop_empty() removes it. */
const char *fixture_make_empty(void);
void fixture_drop_empty(void);

/* Runs `body` in `count` tasks on one loop with one pool, to the end. */
void bed_run(struct bed *bed, int count, void (*body)(struct one *one));

/* A handle for OFII account 1, or any actor; deadline 20 s from now. */
struct db *ofii(struct one *one);
struct db *as(struct one *one, enum db_class class, int64_t account, int64_t org);
struct db *as_until(struct one *one, enum db_class class, int64_t milliseconds);

/* A statement by the owner of the database; its first value as a number. */
int64_t owner(enum stmt stmt, const char *param);

#endif
