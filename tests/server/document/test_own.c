/* The worker's own page: who may open it, what it tells, what it does not, and how often. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kit.h"
#include "lib/base/arena.h"
#include "tests/support/logs.h"

#define RIGHT "2031-01-01"
#define WRONG "2031-01-02"
enum { TRIES = 5 };

static struct web_answer asked(struct span text, const char *day) {
    return call("POST", NULL,
                arena_printf(kit_arena, "{\"text\":\"%.*s\",\"passport_expires\":\"%s\"}",
                             (int)text.len, text.ptr, day),
                "/api/v1/my-file");
}

/* What the API says, copied. */
static const char *said(struct span text, const char *day) {
    struct web_answer answer = asked(text, day);
    ck_assert_msg(answer.status == 200, "%s", answer.all);
    const char *body = arena_strdup(kit_arena, answer.body);
    web_free(&answer);
    return body;
}

static bool tells(struct span text, const char *day) {
    const char *body = said(text, day);
    bool told = strstr(body, "\"answer\":\"told\"") != NULL;
    ck_assert_msg(told || strstr(body, "\"answer\":\"unknown\"") != NULL, "%s", body);
    return told;
}

static long long leaves(const char *act) {
    return web_sql(
        arena_printf(kit_arena, "SELECT count(*) FROM audit_leaf WHERE act = '%s'", act));
}

START_TEST(he_sees_who_looked) {
    long long placement = named_placement("CANARYNAME", "يوسف", "ready");
    long long document = issued("placements", placement);
    struct span text = text_of(document, "officer"); /* a look */
    long long before = leaves("worker.own_look");
    const char *body = said(text, RIGHT);
    static const char *const wanted[] = {"\"act\":\"worker.own_look\"", "\"act\":\"document.look\"",
                                         "\"role\":\"officer\"", "\"org_kind\":\"ofii\""};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        ck_assert_msg(strstr(body, wanted[i]) != NULL, "%s in %s", wanted[i], body);
    }
    ck_assert_int_eq(leaves("worker.own_look"), before + 1);
    static const char *const secrets[] = {"CANARYNAME", "AB1234567",    "account",
                                          "officer@",   "candidate_id", "worker_id"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        ck_assert_msg(strstr(body, secrets[i]) == NULL, "%s in %s", secrets[i], body);
    }
    /* The page says the same, and the office's list has it too. */
    struct buf coded;
    buf_init(&coded, kit_arena, 4096);
    buf_uri(&coded, text);
    struct web_answer page =
        call("POST", NULL, arena_printf(kit_arena, "text=%s&passport_expires=" RIGHT, coded.ptr),
             "/my-file");
    ck_assert_msg(page.status == 200 && strstr(page.body, "notice good") != NULL, "%s", page.all);
    web_free(&page);
    web_gets("officer",
             arena_printf(kit_arena, "/api/v1/candidates/%lld/looks",
                          web_sql(arena_printf(kit_arena,
                                               "SELECT candidate_id FROM placement WHERE id = %lld",
                                               placement))),
             "worker.own_look");
}
END_TEST

/* One answer to all that is not he: not a document, the wrong day, papers in other hands, a worker
 * who was erased. */
START_TEST(unknown_and_wrong_are_one_answer) {
    long long lost = issued("placements", new_placement("ready"));
    long long placement = new_placement("ready");
    struct span text = text_of(issued("placements", placement), "officer");
    struct span lost_text = text_of(lost, "officer");
    long long before = leaves("worker.own_refused");
    const char *unknown = said(span_of("SW1:NOTHING"), RIGHT);
    ck_assert_str_eq(said(text, WRONG), unknown);
    ck_assert(tells(lost_text, RIGHT)); /* control: until it is lost */
    web_posts("officer", arena_printf(kit_arena, "/api/v1/documents/%lld/revoke", lost),
              "{\"reason\":\"he lost it\",\"ground\":\"lost\"}", 200, "revoked");
    ck_assert_str_eq(said(lost_text, RIGHT), unknown);
    ck_assert(tells(text, RIGHT));
    (void)web_sql(arena_printf(
        kit_arena, "SELECT erase_worker(worker_id, 'limit') FROM placement WHERE id = %lld",
        placement));
    ck_assert_str_eq(said(text, RIGHT), unknown);
    ck_assert_int_eq(leaves("worker.own_refused"), before + 4);
}
END_TEST

/* Whoever he is does not end with a document's validity. */
START_TEST(withdrawn_and_expired_still_prove_him) {
    long long placement = new_placement("ready");
    long long first = issued("placements", placement);
    struct span text = text_of(first, "officer");
    web_posts("officer", arena_printf(kit_arena, "/api/v1/documents/%lld/suspend", first),
              "{\"reason\":\"a test\"}", 200, "suspended");
    server_says(text, "SUSPENDED");
    ck_assert(tells(text, RIGHT));
    web_posts("officer", arena_printf(kit_arena, "/api/v1/documents/%lld/revoke", first),
              "{\"reason\":\"a test\",\"ground\":\"season_changed\"}", 200, "revoked");
    server_says(text, "REVOKED");
    ck_assert(tells(text, RIGHT));
    /* But a text that only looks like one proves nobody. */
    char *forged = arena_copy(kit_arena, text.ptr, text.len);
    forged[text.len - 3] = forged[text.len - 3] == 'A' ? 'B' : 'A';
    ck_assert(!tells((struct span){forged, text.len}, RIGHT));
}
END_TEST

static long long tries_of(long long placement) {
    return web_sql(arena_printf(kit_arena,
                                "SELECT t.tries FROM own_try t JOIN placement p USING (worker_id) "
                                "WHERE p.id = %lld",
                                placement));
}

START_TEST(five_wrong_days_and_no_more) {
    long long placement = new_placement("ready");
    struct span text = text_of(issued("placements", placement), "officer");
    for (int i = 0; i < 2 * TRIES; i++) { /* right ones are given back */
        ck_assert(tells(text, RIGHT));
    }
    for (int i = 0; i < TRIES; i++) {
        ck_assert(!tells(text, WRONG));
    }
    ck_assert(!tells(text, RIGHT));
    ck_assert_int_eq(tries_of(placement), TRIES);
    /* Control: with the counter gone he gets in. */
    ck_assert_int_gt(
        web_sql("WITH gone AS (DELETE FROM own_try RETURNING 1) SELECT count(*) FROM gone"), 0);
    ck_assert(tells(text, RIGHT));
    (void)web_sql("UPDATE own_try SET tries = 5, day = today() - 1"); /* and a day later */
    ck_assert(tells(text, RIGHT));
}
END_TEST

START_TEST(tries_at_the_same_time_are_counted) {
    enum { AT_ONCE = 12 };
    long long placement = new_placement("ready");
    struct span text = text_of(issued("placements", placement), "officer");
    long long before = leaves("worker.own_refused");
    pid_t children[AT_ONCE];
    for (int i = 0; i < AT_ONCE; i++) {
        children[i] = fork();
        if (children[i] == 0) {
            _exit(tells(text, WRONG) ? 1 : 0);
        }
    }
    for (int i = 0; i < AT_ONCE; i++) {
        int status;
        ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_int_eq(tries_of(placement), TRIES);
    ck_assert_int_eq(leaves("worker.own_refused"), before + AT_ONCE);
}
END_TEST

static double millis_of(struct span text, const char *day) {
    struct timespec a;
    struct timespec b;
    (void)clock_gettime(CLOCK_MONOTONIC, &a);
    ck_assert(!tells(text, day));
    (void)clock_gettime(CLOCK_MONOTONIC, &b);
    return (double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6;
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of `text` asked with a wrong day over that of a text that is no document, in turns. */
static double ratio_of_times(struct span text) {
    enum { TURNS = 15 };
    double his[TURNS];
    double nobodys[TURNS];
    for (int i = 0; i < TURNS; i++) {
        his[i] = millis_of(text, WRONG);
        nobodys[i] = millis_of(span_of("SW1:NOTHING"), WRONG);
    }
    qsort(his, TURNS, sizeof *his, by_size);
    qsort(nobodys, TURNS, sizeof *nobodys, by_size);
    return his[TURNS / 2] / nobodys[TURNS / 2];
}

/* The first turns meet a wrong day, the later ones no try left: neither is told from nonsense. The
 * control is an answer that takes longer than refusals are held back for. */
START_TEST(neither_does_the_time_tell) {
    struct span text = text_of(issued("placements", new_placement("ready")), "officer");
    double ratio = ratio_of_times(text);
    (void)web_sql("CREATE FUNCTION t_slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM "
                  "pg_sleep(0.2); RETURN NEW; END'; CREATE TRIGGER t_slow BEFORE INSERT ON own_try "
                  "FOR EACH ROW EXECUTE FUNCTION t_slow()");
    double planted = ratio_of_times(text);
    (void)web_sql("DROP TRIGGER t_slow ON own_try");
    printf("own page: a wrong day takes %.2f of the time of nonsense; held up by 200 ms %.2f\n",
           ratio, planted);
    ck_assert_double_lt(ratio, 1.25);
    ck_assert_double_gt(ratio, 0.8);
    ck_assert_double_gt(planted, 1.25);
}
END_TEST

START_TEST(no_log_says_whose) {
    struct logs logs;
    long long document = issued("placements", named_placement("LOGCANARY", "يوسف", "ready"));
    struct span text = text_of(document, "officer");
    logs_begin(&logs);
    ck_assert(tells(text, RIGHT));
    ck_assert(!tells(text, WRONG));
    struct span ours = logs_text(kit_arena, &logs, LOGS_OURS);
    struct span theirs = logs_text(kit_arena, &logs, LOGS_POSTGRES);
    ck_assert_msg(ours.len > 0 && strstr(ours.ptr, "my-file") != NULL, "%s", ours.ptr);
    const char *const secrets[] = {"LOGCANARY", "AB1234567",
                                   RIGHT,       WRONG,
                                   "SW1:",      arena_printf(kit_arena, "%.20s", text.ptr + 30)};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        ck_assert_msg(strstr(ours.ptr, secrets[i]) == NULL, "our log: %s", secrets[i]);
        ck_assert_msg(strstr(theirs.ptr, secrets[i]) == NULL, "PostgreSQL's: %s", secrets[i]);
    }
}
END_TEST

static void log_everything(struct server_config *config) {
    (void)config;
    logs_to_file();
}

int main(void) {
    const TTest *const tests[] = {he_sees_who_looked,
                                  unknown_and_wrong_are_one_answer,
                                  withdrawn_and_expired_still_prove_him,
                                  five_wrong_days_and_no_more,
                                  tries_at_the_same_time_are_counted,
                                  neither_does_the_time_tell,
                                  no_log_says_whose,
                                  NULL};
    return kit_run_with(log_everything, "own", tests);
}
