#include "../../../server/db/bulk.h"

#include <stdio.h>

#include "../../../server/run/offload.h"
#include "db_main.h"

enum { ROWS = 20000, FIRST = 100000 };

struct import {
    struct bulk *bulk;
    struct arena *arena;
    int64_t first;
    int bad_row; /* -1: none */
    bool abort;
    Err err;
};

static const uint8_t hash[32] = {7};
static const struct db_once once = {"import-000000000001", hash};

static Err copy_rows(struct import *import) {
    TRY(bulk_run(import->bulk, Q_TEST_INCOMING, ARGS(), NULL));
    for (int i = 0; i < ROWS; i++) {
        char name[40];
        (void)snprintf(name, sizeof name, "a\t\\b\r\nc %lld", (long long)(import->first + i));
        bulk_copy_row(import->bulk, 3);
        bulk_put_bigint(import->bulk, import->first + i);
        bulk_put_text(import->bulk, i == 1 ? NULL : name);
        bulk_put_int(import->bulk, i == import->bad_row ? 5000000 : 5);
    }
    TRY(bulk_copy(import->bulk, Q_TEST_COPY));
    return bulk_run(import->bulk, Q_TEST_TAKE_INCOMING, ARGS(), NULL);
}

static Err run_import(struct import *import) {
    struct rows rows;
    TRY(bulk_begin(import->bulk));
    Err err = copy_rows(import);
    if (err == OK) {
        err = bulk_run(import->bulk, Q_TEST_COUNT, ARGS(), &rows);
    }
    if (err != OK || import->abort) {
        bulk_abort(import->bulk);
        return err;
    }
    ck_assert_int_ge(rows_int(&rows, 0, "n"), ROWS);
    return bulk_commit(import->bulk, &(struct db_answer){201, "/imports/1", NULL});
}

static void on_pool(void *arg) {
    struct import *import = arg;
    import->err = run_import(import);
}

static Err import(struct one *one, int64_t first, int bad_row, bool abort,
                  const struct db_once *key) {
    struct import job = {.first = first, .bad_row = bad_row, .abort = abort};
    job.bulk = bulk_new(ofii(one), key);
    offload(on_pool, &job);
    return job.err;
}

static bool exists(struct one *one, int64_t id, const char *name) {
    struct rows rows;
    Err err = db_one(ofii(one), Q_TEST_BY_ID, ARGS(arg_int("id", id)), &rows);
    if (err == OK && name != NULL) {
        ck_assert_str_eq(rows_text(&rows, one->arena, 0, "name"), name);
    }
    return err == OK;
}

static void import_all(struct one *one) {
    struct db_answer answer = {0};
    ck_assert_int_eq(import(one, FIRST, -1, false, &once), OK);
    ck_assert(exists(one, FIRST + ROWS - 1, "a\t\\b\r\nc 119999"));
    ck_assert_int_eq(import(one, 2 * FIRST, -1, false, &once), ERR_IDEMPOTENCY_REPLAY);
    ck_assert_int_eq(db_stored(ofii(one), &once, &answer), OK);
    ck_assert_int_eq(answer.status, 201);
    ck_assert_str_eq(answer.location, "/imports/1");
    ck_assert(!exists(one, 2 * FIRST, NULL));
}

START_TEST(a_copy_is_committed_with_its_key) {
    struct bed bed = {0};
    bed_run(&bed, 1, import_all);
}
END_TEST

static void import_badly(struct one *one) {
    ck_assert_int_eq(import(one, 3 * FIRST, ROWS - 5, false, NULL), ERR_CHECK_VIOLATION);
    ck_assert(!exists(one, 3 * FIRST, NULL));
    ck_assert_int_eq(import(one, 3 * FIRST, -1, true, NULL), OK);
    ck_assert(!exists(one, 3 * FIRST, NULL));
}

START_TEST(a_bad_row_or_an_abort_leaves_nothing) {
    struct bed bed = {0};
    bed_run(&bed, 1, import_badly);
}
END_TEST

DB_MAIN("bulk", a_copy_is_committed_with_its_key, a_bad_row_or_an_abort_leaves_nothing)
