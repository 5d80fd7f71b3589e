#include <string.h>

#include "db_main.h"

struct act {
    struct db *db;
    struct bed *bed;
    int64_t first, second;
    int runs;
    struct db_answer answer;
    Err end; /* what the act returns after its work */
};

static const uint8_t hash_a[32] = {1};
static const uint8_t hash_b[32] = {2};
static const struct db_once once_a = {"key-0000000000000001", hash_a};

static int64_t number_of(struct one *one, int64_t id) {
    struct rows rows;
    ck_assert_int_eq(db_one(ofii(one), Q_TEST_BY_ID, ARGS(arg_int("id", id)), &rows), OK);
    return rows_int(&rows, 0, "number");
}

static Err add(struct act *act, int64_t id) {
    return db_run(act->db, Q_TEST_ADD, ARGS(arg_int("id", id), arg_int("by", 1)), NULL);
}

static Err add_two(void *arg) {
    struct act *act = arg;
    act->runs++;
    TRY(add(act, act->first));
    TRY(add(act, act->second));
    act->answer = (struct db_answer){201, "/things/1", "{\"id\": 1}"};
    return act->end;
}

static void commit_and_roll_back(struct one *one) {
    struct act act = {.db = ofii(one), .first = 11, .second = 12};
    ck_assert_int_eq(db_tx(act.db, NULL, add_two, &act, &act.answer, NULL), OK);
    ck_assert_int_eq(number_of(one, 11), 12);
    act.end = ERR_CONFLICT;
    ck_assert_int_eq(db_tx(act.db, NULL, add_two, &act, &act.answer, NULL), ERR_CONFLICT);
    ck_assert_int_eq(number_of(one, 11), 12);
    ck_assert_int_eq(number_of(one, 12), 13);
}

START_TEST(an_act_is_done_whole_or_not_at_all) {
    struct bed bed = {0};
    bed_run(&bed, 1, commit_and_roll_back);
}
END_TEST

/* An act that goes on after a refusal must not be half kept. */
static Err ignore_refusal(void *arg) {
    struct act *act = arg;
    TRY(add(act, 13));
    struct rows rows;
    Err ignored = db_run(act->db, Q_TEST_DIVIDE, ARGS(arg_int("by", 0)), &rows);
    (void)ignored;
    return OK;
}

static void ignored_refusal(struct one *one) {
    struct act act = {.db = ofii(one)};
    ck_assert_int_eq(db_tx(act.db, NULL, ignore_refusal, &act, NULL, NULL), ERR_CHECK_VIOLATION);
    ck_assert_int_eq(number_of(one, 13), 13);
}

START_TEST(an_ignored_refusal_still_rolls_back) {
    struct bed bed = {0};
    bed_run(&bed, 1, ignored_refusal);
}
END_TEST

static Err put_orphan(void *arg) {
    struct act *act = arg;
    return db_run(act->db, Q_TEST_PUT,
                  ARGS(arg_int("id", 30001), arg_null("name"), arg_int("number", 1),
                       arg_int("parent", 99999)),
                  NULL);
}

static void deferred(struct one *one) {
    struct act act = {.db = ofii(one)};
    struct db_once once = {"key-0000000000000009", hash_a};
    Err err = db_tx(act.db, &once, put_orphan, &act, &act.answer, NULL);
    ck_assert_int_eq(err, ERR_UNKNOWN_REFERENCE);
    ck_assert_int_eq(db_one(act.db, Q_TEST_BY_ID, ARGS(arg_int("id", 30001)), NULL), ERR_NOT_FOUND);
}

START_TEST(a_deferred_constraint_refuses_at_commit) {
    struct bed bed = {0};
    bed_run(&bed, 1, deferred);
}
END_TEST

static Err see_actor(void *arg) {
    struct act *act = arg;
    struct rows rows;
    TRY(db_one(act->db, Q_TEST_WHOAMI, ARGS(), &rows));
    ck_assert_int_eq(rows_int(&rows, 0, "account"), db_actor(act->db)->account);
    ck_assert_int_eq(rows_int(&rows, 0, "org"), 3);
    struct db *other = db_as(act->db, &(struct db_actor){DB_SYSTEM, 0, 0, ""});
    TRY(db_one(other, Q_TEST_PID, ARGS(), &rows));
    int64_t other_pid = rows_int(&rows, 0, "pid");
    TRY(db_one(act->db, Q_TEST_PID, ARGS(), &rows));
    ck_assert_int_ne(rows_int(&rows, 0, "pid"), other_pid);
    return OK;
}

static void actors(struct one *one) {
    struct act act = {.db = as(one, DB_OFII, 100 + one->index, 3)};
    ck_assert_int_eq(db_tx(act.db, NULL, see_actor, &act, NULL, NULL), OK);
}

START_TEST(a_transaction_has_its_actor_and_its_connection) {
    struct bed bed = {0};
    bed_run(&bed, 30, actors);
}
END_TEST

/* --- retries
 * -------------------------------------------------------------------------------------- */

static Err meet(void *arg) {
    struct act *act = arg;
    act->runs++;
    struct rows rows;
    return db_one(act->db, Q_TEST_MEETS, ARGS(arg_int("id", 21), arg_int("most", act->first)),
                  &rows);
}

static void meet_thrice(struct one *one) {
    struct act act = {.db = ofii(one), .first = 3};
    ck_assert_int_eq(db_tx(act.db, NULL, meet, &act, NULL, NULL), OK);
    ck_assert_int_eq(act.runs, 4);
    ck_assert_int_eq(number_of(one, 21), 22);
    ck_assert_int_eq(pool_stats(one->bed->pool).retries, 3);
    act.runs = 0;
    act.first = 1000; /* for ever: five more tries, then the error */
    ck_assert_int_eq(db_tx(act.db, NULL, meet, &act, NULL, NULL), ERR_SERIALIZATION);
    ck_assert_int_eq(act.runs, 6);
}

START_TEST(serialization_failures_are_tried_again_five_times) {
    struct bed bed = {0};
    bed_run(&bed, 1, meet_thrice);
}
END_TEST

/* Opposite order: PostgreSQL breaks the deadlock, the victim tries again, both are done. */
static Err cross(void *arg) {
    struct act *act = arg;
    act->runs++;
    TRY(add(act, act->first));
    task_sleep(20);
    return add(act, act->second);
}

static void cross_over(struct one *one) {
    bool even = one->index % 2 == 0;
    struct act act = {.db = ofii(one), .first = even ? 31 : 32, .second = even ? 32 : 31};
    ck_assert_int_eq(db_tx(act.db, NULL, cross, &act, NULL, NULL), OK);
    one->bed->sum += act.runs;
}

static void crossed(struct one *one) {
    ck_assert_int_eq(number_of(one, 31), 33);
    ck_assert_int_eq(number_of(one, 32), 34);
}

START_TEST(deadlocks_are_tried_again) {
    struct bed bed = {0};
    bed_run(&bed, 2, cross_over);
    ck_assert_int_ge(bed.sum, 3);
    struct bed after = {0};
    bed_run(&after, 1, crossed);
}
END_TEST

/* --- once only
 * ------------------------------------------------------------------------------------ */

static void twice(struct one *one) {
    bool replayed = true;
    struct act act = {.db = ofii(one), .first = 41, .second = 42};
    ck_assert_int_eq(db_tx(act.db, &once_a, add_two, &act, &act.answer, &replayed), OK);
    ck_assert(!replayed);
    struct act again = {.db = ofii(one), .first = 41, .second = 42};
    struct db_answer stored = {0};
    ck_assert_int_eq(db_tx(again.db, &once_a, add_two, &again, &stored, &replayed), OK);
    ck_assert(replayed);
    ck_assert_int_eq(stored.status, 201);
    ck_assert_str_eq(stored.location, "/things/1");
    ck_assert_str_eq(stored.body, "{\"id\": 1}");
    ck_assert_int_eq(number_of(one, 41), 42);
    ck_assert_uint_eq(one->faults.count, 0);
    struct db_once other = {once_a.key, hash_b};
    Err err = db_tx(again.db, &other, add_two, &again, &stored, &replayed);
    ck_assert_int_eq(err, ERR_IDEMPOTENCY_MISMATCH);
    struct act stranger = {.db = as(one, DB_OFII, 2, 1), .first = 41, .second = 42};
    ck_assert_int_eq(db_tx(stranger.db, &once_a, add_two, &stranger, &stored, &replayed), OK);
    ck_assert(!replayed); /* keys belong to an account */
    ck_assert_int_eq(number_of(one, 41), 43);
}

START_TEST(a_repeat_gets_the_first_answer) {
    struct bed bed = {0};
    bed_run(&bed, 1, twice);
}
END_TEST

static void refused_then_done(struct one *one) {
    bool replayed = true;
    struct db_once once = {"key-0000000000000002", hash_a};
    struct act act = {.db = ofii(one), .first = 43, .second = 44, .end = ERR_CONFLICT};
    ck_assert_int_eq(db_tx(act.db, &once, add_two, &act, &act.answer, &replayed), ERR_CONFLICT);
    act.end = OK;
    ck_assert_int_eq(db_tx(act.db, &once, add_two, &act, &act.answer, &replayed), OK);
    ck_assert(!replayed);
    ck_assert_int_eq(number_of(one, 43), 44);
}

START_TEST(a_refused_act_does_not_use_up_its_key) {
    struct bed bed = {0};
    bed_run(&bed, 1, refused_then_done);
}
END_TEST

/* Racers of one key; nobody goes on before all have looked whether the key is there. */
struct race {
    int64_t id;
    int looked;
    int replays;
};
enum { RACERS = 6 };

static Err add_when_all_looked(void *arg) {
    struct act *act = arg;
    struct race *race = act->bed->data;
    TRY(db_run(act->db, Q_TEST_COUNT, ARGS(), NULL)); /* once_begin goes before it */
    race->looked++;
    while (race->looked < RACERS) {
        task_sleep(1);
    }
    TRY(add(act, act->first));
    act->answer = (struct db_answer){200, NULL, NULL};
    return OK;
}

static void race(struct one *one) {
    bool replayed = false;
    struct race *race = one->bed->data;
    struct db_once once = {arena_printf(one->arena, "key-00000000000000%d", (int)race->id), hash_a};
    struct act act = {.db = ofii(one), .bed = one->bed, .first = race->id};
    ck_assert_int_eq(db_tx(act.db, &once, add_when_all_looked, &act, &act.answer, &replayed), OK);
    race->replays += replayed;
}

static int64_t race_adds(int64_t id, int *replays) {
    struct race all = {.id = id};
    struct bed bed = {.data = &all};
    bed_run(&bed, RACERS, race);
    *replays = all.replays;
    char text[24];
    ck_assert_int_gt(snprintf(text, sizeof text, "%d", (int)id), 0);
    return owner(Q_TEST_NUMBER, text) - id;
}

START_TEST(racing_repeats_are_done_once) {
    int replays = 0;
    ck_assert_int_eq(race_adds(45, &replays), 1);
    ck_assert_int_eq(replays, RACERS - 1);
}
END_TEST

/* The control: without the primary key the same race does the act as often as it is asked for. */
START_TEST(without_the_key_they_would_double) {
    int replays = 0;
    (void)owner(Q_TEST_DROP_ONCE_KEY, NULL);
    ck_assert_int_eq(race_adds(46, &replays), RACERS);
}
END_TEST

static Err too_late(void *arg) {
    struct act *act = arg;
    TRY(add(act, 51));
    return db_run(act->db, Q_TEST_SLEEP, ARGS(arg_text("seconds", "3")), NULL);
}

static void late(struct one *one) {
    struct act act = {.db = as_until(one, DB_OFII, 200)};
    ck_assert_int_eq(db_tx(act.db, NULL, too_late, &act, NULL, NULL), ERR_DEADLINE);
    ck_assert_int_eq(number_of(one, 51), 51);
    struct act more = {.db = ofii(one), .first = 51, .second = 52}; /* the row is not locked */
    ck_assert_int_eq(db_tx(more.db, NULL, add_two, &more, NULL, NULL), OK);
}

START_TEST(a_late_transaction_is_rolled_back) {
    struct bed bed = {0};
    bed_run(&bed, 1, late);
}
END_TEST

DB_MAIN("tx", an_act_is_done_whole_or_not_at_all, an_ignored_refusal_still_rolls_back,
        a_deferred_constraint_refuses_at_commit, a_transaction_has_its_actor_and_its_connection,
        serialization_failures_are_tried_again_five_times, deadlocks_are_tried_again,
        a_repeat_gets_the_first_answer, a_refused_act_does_not_use_up_its_key,
        racing_repeats_are_done_once, a_late_transaction_is_rolled_back,
        without_the_key_they_would_double)
