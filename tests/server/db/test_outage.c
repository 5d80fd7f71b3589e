#include "db_main.h"

struct act {
    struct db *db;
};

static Err add(struct db *db, int64_t id) {
    return db_run(db, Q_TEST_ADD, ARGS(arg_int("id", id), arg_int("by", 1)), NULL);
}

static int64_t number_of(struct one *one, int64_t id) {
    struct rows rows;
    Err err = ERR_UNAVAILABLE;
    for (int tries = 0; err == ERR_UNAVAILABLE && tries < 100; tries++) {
        err = db_one(ofii(one), Q_TEST_BY_ID, ARGS(arg_int("id", id)), &rows);
        if (err != OK) {
            task_sleep(20);
        }
    }
    ck_assert_int_eq(err, OK);
    return rows_int(&rows, 0, "number");
}

static void lose_a_read(struct one *one) {
    struct rows rows;
    ck_assert_int_eq(db_run(ofii(one), Q_TEST_TERMINATE_ME, ARGS(), &rows), ERR_UNAVAILABLE);
    ck_assert_int_eq(number_of(one, 61), 61);
    ck_assert_int_eq(owner(Q_TEST_TERMINATE, "noria_ofii.%") > 0, 1);
    ck_assert_int_eq(number_of(one, 61), 61); /* after all of the class were ended while idle */
}

START_TEST(a_read_lane_comes_back_after_its_backend_was_ended) {
    struct bed bed = {0};
    bed_run(&bed, 1, lose_a_read);
}
END_TEST

static Err lose_in_the_middle(void *arg) {
    struct act *act = arg;
    TRY(add(act->db, 62));
    ck_assert_int_ge(owner(Q_TEST_TERMINATE, "noria_ofii.write"), 1);
    return add(act->db, 62);
}

static Err add_63(void *arg) {
    struct act *act = arg;
    return add(act->db, 63);
}

static Err add_65(void *arg) {
    struct act *act = arg;
    return add(act->db, 65);
}

static void lose_a_write(struct one *one) {
    struct act act = {.db = ofii(one)};
    ck_assert_int_eq(db_tx(act.db, NULL, lose_in_the_middle, &act, NULL, NULL), ERR_UNAVAILABLE);
    ck_assert_int_eq(number_of(one, 62), 62);
    ck_assert_int_eq(db_tx(act.db, NULL, add_63, &act, NULL, NULL), OK);
    ck_assert_int_eq(number_of(one, 63), 64);
}

START_TEST(a_backend_ended_in_the_middle_rolls_back) {
    struct bed bed = {0};
    bed_run(&bed, 1, lose_a_write);
}
END_TEST

/* --- at COMMIT
 * ------------------------------------------------------------------------------------- */

static void end_writers(void *arg) {
    (void)arg;
    (void)owner(Q_TEST_TERMINATE, "noria_ofii.write");
}

static void cancel_writers(void *arg) {
    (void)arg;
    (void)owner(Q_TEST_CANCEL, "noria_ofii.write");
}

/* COMMIT waits for a standby that does not exist, and is ended or cancelled there: it is done here,
 * but nobody may say so. */
static void stop_at_commit(struct one *one, void (*stop)(void *arg), int64_t id) {
    struct act act = {.db = ofii(one)};
    loop_after(one->bed->loop, 300, false, stop, NULL);
    Err err = id == 0 ? db_tx(act.db, NULL, add_63, &act, NULL, NULL) : add(act.db, id);
    ck_assert_int_eq(err, ERR_OUTCOME_UNKNOWN);
}

static void unknown_outcomes(struct one *one) {
    stop_at_commit(one, end_writers, 0);
    stop_at_commit(one, cancel_writers, 0);
    stop_at_commit(one, end_writers, 64);
    stop_at_commit(one, cancel_writers, 64);
}

static void wait_for_standby(enum stmt stmt) {
    (void)owner(stmt, NULL);
    (void)owner(Q_TEST_RELOAD, NULL);
    while (owner(Q_TEST_STANDBYS, NULL) != (stmt == Q_TEST_WAIT_FOR_STANDBY)) {
    }
}

/* An unknown outcome is asked about by sending the same form again. */
static void send_again(struct one *one) {
    static const uint8_t hash[32] = {3};
    const struct db_once key = {"key-0000000000000077", hash};
    const struct db_once *once = one->bed->data == NULL ? NULL : &key;
    struct act act = {.db = ofii(one)};
    struct db_answer answer = {200, NULL, NULL};
    bool replayed = false;
    loop_after(one->bed->loop, 300, false, end_writers, NULL);
    Err err = db_tx(act.db, once, add_65, &act, &answer, &replayed);
    ck_assert_int_eq(err, ERR_OUTCOME_UNKNOWN);
    wait_for_standby(Q_TEST_WAIT_FOR_NOBODY);
    do {
        err = db_tx(act.db, once, add_65, &act, &answer, &replayed);
    } while (err == ERR_UNAVAILABLE);
    ck_assert_int_eq(err, OK);
    ck_assert(replayed == (once != NULL));
    one->bed->sum = (int)number_of(one, 65) - 65;
}

static int done_after_sending_again(bool with_key) {
    struct bed bed = {0};
    bed.data = with_key ? &bed : NULL;
    int before = (int)owner(Q_TEST_NUMBER, "65") - 65;
    (void)owner(Q_TEST_WAIT_AT_COMMIT, NULL);
    wait_for_standby(Q_TEST_WAIT_FOR_STANDBY);
    bed_run(&bed, 1, send_again);
    return bed.sum - before;
}

START_TEST(the_same_key_makes_an_unknown_outcome_known) {
    ck_assert_int_eq(done_after_sending_again(true), 1);
}
END_TEST

/* The control. */
START_TEST(without_a_key_it_is_done_twice) {
    ck_assert_int_eq(done_after_sending_again(false), 2);
}
END_TEST

/* --- connections break all the time
 * ---------------------------------------------------------------- */

enum { WRITERS = 12, ACTS = 25 };

static Err add_66(void *arg) {
    struct act *act = arg;
    return add(act->db, 66);
}

static void keep_at_it(struct one *one) {
    for (int i = 0; i < ACTS; i++) {
        uint8_t hash[32] = {(uint8_t)one->index, (uint8_t)i};
        const char *key = arena_printf(one->arena, "storm-%d-%d-0123456789", one->index, i);
        const struct db_once once = {key, hash};
        Err err = ERR_UNAVAILABLE;
        while (err != OK) {
            struct act act = {.db = ofii(one)};
            struct db_answer answer = {200, NULL, NULL};
            err = db_tx(act.db, &once, add_66, &act, &answer, NULL);
            one->bed->errors[err]++;
            ck_assert_msg(err == OK || err == ERR_UNAVAILABLE || err == ERR_OUTCOME_UNKNOWN, "%s",
                          err_code(err));
            if (err != OK) {
                task_sleep(5);
            }
        }
    }
    one->bed->sum++;
}

static void break_all(void *arg) {
    const atomic_bool *over = arg;
    while (!atomic_load(over)) {
        (void)owner(Q_TEST_TERMINATE, "noria_ofii.%");
    }
}

/* Every act is done exactly once however often its connection breaks. */
START_TEST(in_a_storm_every_act_is_done_once) {
    struct bed bed = {0};
    atomic_bool over = false;
    uv_thread_t breaker;
    ck_assert_int_eq(uv_thread_create(&breaker, break_all, &over), 0);
    bed_run(&bed, WRITERS, keep_at_it);
    atomic_store(&over, true);
    uv_thread_join(&breaker);
    ck_assert_int_eq(bed.sum, WRITERS);
    ck_assert_int_gt(bed.errors[ERR_UNAVAILABLE] + bed.errors[ERR_OUTCOME_UNKNOWN], 10);
    ck_assert_int_eq(owner(Q_TEST_NUMBER, "66"), 66 + WRITERS * ACTS);
}
END_TEST

START_TEST(what_breaks_at_commit_is_an_unknown_outcome) {
    struct bed bed = {0};
    (void)owner(Q_TEST_WAIT_AT_COMMIT, NULL);
    wait_for_standby(Q_TEST_WAIT_FOR_STANDBY);
    bed_run(&bed, 1, unknown_outcomes);
    wait_for_standby(Q_TEST_WAIT_FOR_NOBODY);
}
END_TEST

/* The control: the same acts without that setting are plainly done. */
static void known_outcomes(struct one *one) {
    struct act act = {.db = ofii(one)};
    ck_assert_int_eq(db_tx(act.db, NULL, add_63, &act, NULL, NULL), OK);
    ck_assert_int_eq(add(act.db, 64), OK);
}

START_TEST(a_commit_that_nobody_stops_is_done) {
    struct bed bed = {0};
    bed_run(&bed, 1, known_outcomes);
}
END_TEST

/* --- no database
 * ----------------------------------------------------------------------------------- */

static void ask_nobody(struct one *one) {
    struct rows rows;
    struct db *db = ofii(one);
    int64_t before = clock_ticks();
    ck_assert_int_eq(db_run(db, Q_TEST_COUNT, ARGS(), &rows), ERR_UNAVAILABLE);
    ck_assert_int_eq(db_slow(db, Q_TEST_COUNT, ARGS(), &rows), ERR_UNAVAILABLE);
    struct act act = {.db = db};
    ck_assert_int_eq(db_tx(db, NULL, add_63, &act, NULL, NULL), ERR_UNAVAILABLE);
    ck_assert_int_lt(clock_ticks() - before, 1000);
    ck_assert(!pool_ready(one->bed->pool));
}

START_TEST(without_a_database_all_is_refused_at_once) {
    struct bed bed = {.url = "host=/nonexistent dbname=none"};
    bed_run(&bed, 20, ask_nobody);
}
END_TEST

static void become_ready(struct one *one) {
    for (int i = 0; i < 200 && !pool_ready(one->bed->pool); i++) {
        task_sleep(10);
    }
    ck_assert(pool_ready(one->bed->pool));
    (void)owner(Q_TEST_TERMINATE, "noria_%");
    for (int i = 0; i < 200 && pool_ready(one->bed->pool); i++) {
        task_sleep(1);
    }
    for (int i = 0; i < 200 && !pool_ready(one->bed->pool); i++) {
        task_sleep(10);
    }
    ck_assert(pool_ready(one->bed->pool));
}

START_TEST(a_pool_gets_ready_by_itself) {
    struct bed bed = {0};
    bed_run(&bed, 1, become_ready);
}
END_TEST

DB_MAIN("outage", a_read_lane_comes_back_after_its_backend_was_ended,
        a_backend_ended_in_the_middle_rolls_back, what_breaks_at_commit_is_an_unknown_outcome,
        a_commit_that_nobody_stops_is_done, without_a_database_all_is_refused_at_once,
        a_pool_gets_ready_by_itself, the_same_key_makes_an_unknown_outcome_known,
        without_a_key_it_is_done_twice, in_a_storm_every_act_is_done_once)
