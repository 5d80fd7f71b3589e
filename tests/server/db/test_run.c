#include <stdio.h>
#include <string.h>

#include "db_main.h"

static void read_one(struct one *one) {
    struct rows rows;
    struct db *db = ofii(one);
    for (int i = 0; i < 20; i++) {
        int64_t id = 1 + (one->index * 20 + i) % 10000;
        ck_assert_int_eq(db_one(db, Q_TEST_BY_ID, ARGS(arg_int("id", id)), &rows), OK);
        ck_assert_int_eq(rows_int(&rows, 0, "number"), id);
        one->bed->sum++;
    }
}

START_TEST(reads_of_many_tasks_find_their_own_rows) {
    struct bed bed = {0};
    bed_run(&bed, 200, read_one);
    ck_assert_int_eq(bed.sum, 4000);
}
END_TEST

static void look_at_kinds(struct one *one) {
    struct rows rows;
    ck_assert_int_eq(db_one(ofii(one), Q_TEST_BY_ID, ARGS(arg_int("id", 7)), &rows), OK);
    static const struct {
        const char *name;
        enum column_kind kind;
        const char *text;
    } expected[] = {{"id", COL_INT, "7"},
                    {"name", COL_TEXT, "thing 7"},
                    {"at", COL_TIME, "2026-03-01T11:00:00.25Z"},
                    {"day", COL_DATE, "2026-03-01"},
                    {"large", COL_BOOL, "true"},
                    {"amount", COL_NUMBER, "1.50"},
                    {"json", COL_JSON, "{\"a\": 1}"}};
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        int col = rows_col(&rows, expected[i].name);
        ck_assert_int_eq(rows.cols[col].kind, expected[i].kind);
        ck_assert_str_eq(rows_text(&rows, one->arena, 0, expected[i].name), expected[i].text);
    }
    ck_assert(rows_null(&rows, 0, "parent"));
    ck_assert_int_eq(rows_col(&rows, "_own"), -1); /* the statement's own affair */
}

START_TEST(columns_have_the_kinds_that_views_show) {
    struct bed bed = {0};
    bed_run(&bed, 1, look_at_kinds);
}
END_TEST

static void echo(struct one *one) {
    struct rows rows;
    const struct arg *args =
        ARGS(arg_bytes("bytes", "a\0b\\", 4), arg_date("day", 20000), arg_bool("flag", true),
             arg_int("number", FIELD_NONE), arg_span("text", (struct span){"caf\xc3\xa9!", 5}));
    ck_assert_int_eq(db_one(ofii(one), Q_TEST_ECHO, args, &rows), OK);
    ck_assert_str_eq(rows_text(&rows, one->arena, 0, "bytes"), "\\x6100625c");
    ck_assert_int_eq(rows_date(&rows, 0, "day"), 20000);
    ck_assert(rows_bool(&rows, 0, "flag"));
    ck_assert(rows_null(&rows, 0, "number"));
    ck_assert_str_eq(rows_text(&rows, one->arena, 0, "text"), "caf\xc3\xa9");
    ck_assert_int_eq(db_run(ofii(one), Q_TEST_ECHO, ARGS(arg_null("bytes")), &rows), ERR_INTERNAL);
}

START_TEST(values_go_and_come_back_unchanged) {
    struct bed bed = {0};
    bed_run(&bed, 1, echo);
}
END_TEST

/* Every fifth member of the batch fails; the others must not notice. */
static void divide(struct one *one) {
    struct rows rows;
    int by = one->index % 5;
    Err err = db_one(ofii(one), Q_TEST_DIVIDE, ARGS(arg_int("by", by)), &rows);
    if (by == 0) {
        ck_assert_int_eq(err, ERR_CHECK_VIOLATION);
    } else {
        ck_assert_int_eq(err, OK);
        ck_assert_int_eq(rows_int(&rows, 0, "quotient"), 100 / by);
    }
    one->bed->sum++;
    one->bed->resent = (int)pool_stats(one->bed->pool).resent;
}

START_TEST(an_aborted_batch_is_resent_one_by_one) {
    struct bed bed = {0};
    bed_run(&bed, 200, divide);
    ck_assert_int_eq(bed.sum, 200);
    ck_assert_int_gt(bed.resent, 40); /* they did share batches with the failing ones */
}
END_TEST

static void see_own(struct one *one) {
    struct rows rows;
    int org = one->index % 7;
    for (int i = 0; i < 10; i++) {
        if (one->index % 11 == 0) { /* nobody's: sees nothing */
            ck_assert_int_eq(db_run(as(one, DB_EMPLOYER, 0, 99), Q_TEST_OWN, ARGS(), &rows), OK);
            ck_assert_int_eq(rows.count, 0);
            continue;
        }
        struct db *db = as(one, DB_EMPLOYER, 1000 + one->index, org);
        ck_assert_int_eq(db_run(db, Q_TEST_OWN, ARGS(), &rows), OK);
        ck_assert_int_eq(rows.count, 1);
        ck_assert_int_eq(rows_int(&rows, 0, "org"), org);
        ck_assert_int_eq(rows_int(&rows, 0, "account"), 1000 + one->index);
    }
    one->bed->sum++;
}

START_TEST(pipelined_actors_see_their_own_rows_only) {
    struct bed bed = {0};
    bed_run(&bed, 60, see_own);
    ck_assert_int_eq(bed.sum, 60);
}
END_TEST

/* Settings that PostgreSQL refuses (a role that is not UTF-8): whoever stands behind them in the
 * batch is served all the same, and as himself. */
static void stand_behind_a_refused(struct one *one) {
    struct rows rows;
    struct db *db = as(one, DB_EMPLOYER, 1000 + one->index, one->index % 7);
    if (one->index % 3 == 0) {
        struct db_actor actor = *db_actor(db);
        actor.role = "\xFF";
        ck_assert_int_ne(db_run(db_as(db, &actor), Q_TEST_OWN, ARGS(), &rows), OK);
    } else {
        ck_assert_int_eq(db_run(db, Q_TEST_OWN, ARGS(), &rows), OK);
        ck_assert_int_eq(rows.count, 1);
        ck_assert_int_eq(rows_int(&rows, 0, "org"), one->index % 7);
        ck_assert_int_eq(rows_int(&rows, 0, "account"), 1000 + one->index);
    }
    one->bed->resent = (int)pool_stats(one->bed->pool).resent;
    one->bed->sum++;
}

START_TEST(refused_settings_serve_nobody_else) {
    struct bed bed = {0};
    bed_run(&bed, 60, stand_behind_a_refused);
    ck_assert_int_eq(bed.sum, 60);
    ck_assert_int_gt(bed.resent, 20); /* they did stand in one batch with the refused */
}
END_TEST

/* What the session holds: the statement itself brings no settings, as it names no actor_*(). */
static int64_t session_account(struct one *one) {
    struct rows rows;
    struct db *nobody = as(one, DB_PUBLIC, 0, 0);
    ck_assert_int_eq(db_one(nobody, Q_TEST_SESSION_ACCOUNT, ARGS(), &rows), OK);
    return rows_int(&rows, 0, "account");
}

/* One connection: public requests with and without an actor follow each other on it. */
static void settings_end(struct one *one) {
    struct rows rows;
    for (int i = 0; i < 20; i++) {
        if (one->index % 2 == 0) {
            struct db *db = as(one, DB_PUBLIC, 5, 0);
            ck_assert_int_eq(db_one(db, Q_TEST_WHOAMI, ARGS(), &rows), OK);
            ck_assert_int_eq(rows_int(&rows, 0, "account"), 5);
        } else {
            ck_assert_int_eq(session_account(one), 0);
        }
    }
}

START_TEST(an_actors_settings_end_with_his_statement) {
    struct bed bed = {0};
    bed_run(&bed, 40, settings_end);
}
END_TEST

/* The control: a setting that outlives its statement would be seen by the next request. */
static void settings_stay(struct one *one) {
    ck_assert_int_eq(session_account(one), 0);
    struct db *nobody = as(one, DB_PUBLIC, 0, 0);
    ck_assert_int_eq(db_run(nobody, Q_TEST_SET_SESSION, ARGS(arg_int("account", 5)), NULL), OK);
    ck_assert_int_eq(session_account(one), 5);
}

START_TEST(a_settings_end_is_what_the_test_sees) {
    struct bed bed = {0};
    bed_run(&bed, 1, settings_stay);
}
END_TEST

/* OFII's reads go without settings, unless they ask who acts. */
static void ask_who_acts(struct one *one) {
    struct rows rows;
    struct db *db = as(one, DB_OFII, 800 + one->index, 9);
    ck_assert_int_eq(db_one(db, Q_TEST_WHOAMI, ARGS(), &rows), OK);
    ck_assert_int_eq(rows_int(&rows, 0, "account"), 800 + one->index);
    ck_assert_int_eq(rows_int(&rows, 0, "org"), 9);
    ck_assert_str_eq(rows_text(&rows, one->arena, 0, "role"), "employer");
    ck_assert_int_eq(db_one(db, Q_TEST_SESSION_ACCOUNT, ARGS(), &rows), OK);
    ck_assert_int_eq(rows_int(&rows, 0, "account"), 0);
}

START_TEST(ofii_reads_that_ask_who_acts_are_told) {
    struct bed bed = {0};
    bed_run(&bed, 30, ask_who_acts);
}
END_TEST

static void follow_the_clock(struct one *one) {
    struct rows rows;
    static const date days[] = {20000, 20001, 19000, 20000};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        for (int class = 0; class < DB_CLASSES; class ++) {
            clock_set(&one->bed->clock, (int64_t)days[i] * 86400 + 3600);
            struct db *db = as(one, (enum db_class) class, 1, 1);
            ck_assert_int_eq(db_one(db, Q_TEST_TODAY, ARGS(), &rows), OK);
            ck_assert_int_eq(rows_date(&rows, 0, "today"), days[i]);
            ck_assert_int_eq(db_slow(db, Q_TEST_TODAY, ARGS(), &rows), OK);
            ck_assert_int_eq(rows_date(&rows, 0, "today"), days[i]);
        }
    }
}

START_TEST(today_follows_the_moved_clock_in_every_lane) {
    struct bed bed = {0};
    bed_run(&bed, 1, follow_the_clock);
}
END_TEST

static void write_without_tx(struct one *one) {
    struct rows rows;
    struct db *db = ofii(one);
    ck_assert_int_eq(db_one(db, Q_TEST_ADD, ARGS(arg_int("id", 3), arg_int("by", 1)), &rows), OK);
    ck_assert_int_eq(db_one(db, Q_TEST_HIDDEN_WRITE, ARGS(arg_int("id", 3)), &rows), OK);
    one->bed->sum++;
}

static void check_sum(struct one *one) {
    struct rows rows;
    ck_assert_int_eq(db_one(ofii(one), Q_TEST_BY_ID, ARGS(arg_int("id", 3)), &rows), OK);
    ck_assert_int_eq(rows_int(&rows, 0, "number"), 3 + 2 * 50);
}

/* Also those that hide in a function: the read lane is read-only and sends them on. */
START_TEST(single_writes_are_done_exactly_once) {
    struct bed bed = {0};
    bed_run(&bed, 50, write_without_tx);
    ck_assert_int_eq(bed.sum, 50);
    struct bed after = {0};
    bed_run(&after, 1, check_sum);
}
END_TEST

static void violate(struct one *one) {
    struct db *db = ofii(one);
    struct fault *fault = one->faults.list;
#define PUT(id, name, number, parent)                                                              \
    ARGS(arg_int("id", id), arg_text("name", name), arg_int("number", number),                     \
         arg_int("parent", parent))
    ck_assert_int_eq(db_run(db, Q_TEST_PUT, PUT(1, "x", 1, FIELD_NONE), NULL), ERR_DUPLICATE);
    ck_assert_uint_eq(one->faults.count, 0); /* thing_pkey is no code */
    ck_assert_int_eq(db_run(db, Q_TEST_PUT, PUT(20001, "thing 1", 1, FIELD_NONE), NULL),
                     ERR_DUPLICATE);
    ck_assert_uint_eq(one->faults.count, 1); /* the constraint named `duplicate` is */
    ck_assert_int_eq(db_run(db, Q_TEST_PUT, PUT(20001, NULL, 1, 77777), NULL),
                     ERR_UNKNOWN_REFERENCE);
    ck_assert_int_eq(db_run(db, Q_TEST_PUT, PUT(20001, NULL, 5000000, FIELD_NONE), NULL),
                     ERR_CHECK_VIOLATION);
    one->faults.count = 0;
    ck_assert_int_eq(db_run(db, Q_TEST_REFUSE, ARGS(), NULL), ERR_OUT_OF_RANGE);
    ck_assert_uint_eq(one->faults.count, 1);
    ck_assert_str_eq(fault->field, "number");
    ck_assert_str_eq(fault->detail, "1 – 9");
    ck_assert_int_eq(db_run(as(one, DB_PUBLIC, 0, 0), Q_TEST_COUNT, ARGS(), NULL), ERR_FORBIDDEN);
    ck_assert_int_eq(db_one(db, Q_TEST_BY_ID, ARGS(arg_int("id", 99999)), NULL), ERR_NOT_FOUND);
}

START_TEST(refusals_become_their_errors) {
    struct bed bed = {0};
    bed_run(&bed, 1, violate);
}
END_TEST

static void be_late(struct one *one) {
    struct db *db = as_until(one, DB_OFII, 150);
    int64_t before = clock_ticks();
    const struct arg *args = ARGS(arg_text("seconds", "3"));
    Err err = one->index == 0 ? db_run(db, Q_TEST_SLEEP, args, NULL)
                              : db_slow(db, Q_TEST_SLEEP, args, NULL);
    ck_assert_int_eq(err, ERR_DEADLINE);
    ck_assert_int_lt(clock_ticks() - before, 1000);
    struct rows rows;
    ck_assert_int_eq(db_slow(ofii(one), Q_TEST_COUNT, ARGS(), &rows), OK); /* the lane lives */
}

START_TEST(a_deadline_ends_the_wait) {
    struct bed bed = {0};
    bed_run(&bed, 2, be_late);
}
END_TEST

static void hold_long(void *arg) {
    struct one *one = arg;
    Err err = db_run(ofii(one), Q_TEST_ADD_SLOWLY, ARGS(arg_int("id", 9)), NULL);
    one->bed->errors[err]++;
}

/* One writer: the second waits for it longer than he may. */
static void wait_for_writer(struct one *one) {
    if (one->index == 0) {
        hold_long(one);
        return;
    }
    struct db *db = as_until(one, DB_OFII, 100);
    const struct arg *args = ARGS(arg_int("id", 10), arg_int("by", 1));
    one->bed->errors[db_run(db, Q_TEST_ADD, args, NULL)]++;
}

START_TEST(waiting_for_a_connection_ends_at_the_deadline) {
    struct bed bed = {0};
    bed.lanes[DB_OFII][1] = 1;
    bed_run(&bed, 5, wait_for_writer);
    ck_assert_int_eq(bed.errors[OK], 1);
    ck_assert_int_eq(bed.errors[ERR_DEADLINE], 4);
}
END_TEST

static void count_good(struct one *one) {
    struct rows rows;
    for (int i = 0; i < 50; i++) {
        struct db *db = as(one, i % 2 == 0 ? DB_OFII : DB_EMPLOYER, 1, one->index % 7);
        one->bed->sum += db_run(db, Q_TEST_BY_ID, ARGS(arg_int("id", i + 1)), &rows) == OK;
        const struct arg *args = ARGS(arg_int("id", 1000 + i), arg_int("by", 1));
        one->bed->sum += i % 10 != 0 || db_run(ofii(one), Q_TEST_ADD, args, NULL) == OK;
    }
}

static void run_loop(void *bed) {
    bed_run(bed, 20, count_good);
}

/* Loops share nothing: what ThreadSanitizer watches here. */
START_TEST(two_loops_run_side_by_side) {
    struct bed beds[2] = {0};
    uv_thread_t threads[2];
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(uv_thread_create(&threads[i], run_loop, &beds[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        uv_thread_join(&threads[i]);
    }
    ck_assert_int_eq(beds[0].sum, 2000);
    ck_assert_int_eq(beds[1].sum, 2000);
}
END_TEST

static void crowd(struct one *one) {
    Err err = db_slow(as_until(one, DB_OFII, 3000), Q_TEST_SLEEP,
                      ARGS(arg_text("seconds", "0.002")), NULL);
    one->bed->errors[err]++;
}

START_TEST(a_full_queue_refuses_at_once) {
    struct bed bed = {0};
    bed_run(&bed, 300, crowd);
    ck_assert_int_gt(bed.errors[ERR_OVERLOADED], 50);
    ck_assert_int_ge(bed.errors[OK], 200);
    ck_assert_int_eq(bed.errors[OK] + bed.errors[ERR_OVERLOADED], 300);
}
END_TEST

DB_MAIN("run", reads_of_many_tasks_find_their_own_rows, columns_have_the_kinds_that_views_show,
        values_go_and_come_back_unchanged, an_aborted_batch_is_resent_one_by_one,
        pipelined_actors_see_their_own_rows_only, refused_settings_serve_nobody_else,
        an_actors_settings_end_with_his_statement, a_settings_end_is_what_the_test_sees,
        ofii_reads_that_ask_who_acts_are_told, waiting_for_a_connection_ends_at_the_deadline,
        two_loops_run_side_by_side, today_follows_the_moved_clock_in_every_lane,
        single_writes_are_done_exactly_once, refusals_become_their_errors, a_deadline_ends_the_wait,
        a_full_queue_refuses_at_once)
