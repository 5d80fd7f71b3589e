/* Strangers' questions are counted by address: the verify page, the check page and a worker's own,
 * with the limit and (the control) without. */
#include <string.h>

#include "server/http/server.h"
#include "tests/support/web.h"

enum { ALLOWED = 4, LOOPS = 2, ASKED = 30 };

static void limited(struct server_config *config) {
    config->asks = ALLOWED;
}

static int asked(const char *method, const char *path, const char *body) {
    struct web_answer answer = web(method, path, NULL, NULL, body);
    int status = answer.status;
    if (status == 429) {
        char *wait = web_header(&answer, "Retry-After");
        ck_assert_ptr_nonnull(wait);
        free(wait);
    }
    web_free(&answer);
    return status;
}

/* How many of ASKED questions in turns were refused. */
static int refused(void) {
    int count = 0;
    for (int i = 0; i < ASKED; i++) {
        int status =
            i % 3 == 0   ? asked("GET", "/api/v1/check?serial=AC-2027-0000000&code=AAAAAA", NULL)
            : i % 3 == 1 ? asked("POST", "/api/v1/verify", "{\"text\":\"SW1:NOTHING\"}")
                         : asked("POST", "/api/v1/my-file",
                                 "{\"text\":\"SW1:NOTHING\",\"passport_expires\":\"2031-01-01\"}");
        ck_assert_msg(status == 200 || status == 429, "%d", status);
        count += status == 429;
    }
    return count;
}

START_TEST(a_stranger_asks_so_often) {
    ck_assert_int_ge(refused(), ASKED - ALLOWED * LOOPS - 2);
    ck_assert_int_eq(asked("GET", "/verify", NULL), 200); /* the pages themselves are not counted */
    ck_assert_int_eq(asked("GET", "/check", NULL), 200);
    ck_assert_int_eq(asked("GET", "/my-file", NULL), 200);
    ck_assert_int_eq(asked("GET", "/.well-known/noria/trust.cwt", NULL), 200);
}
END_TEST

/* The control. */
START_TEST(without_the_limit_as_often_as_he_likes) {
    ck_assert_int_eq(refused(), 0);
}
END_TEST

/* What the check page tells, and nothing else. */
START_TEST(the_check_tells_four_things) {
    (void)web_sql("ALTER TABLE contract DISABLE TRIGGER USER");
    (void)web_sql(
        "WITH c AS (INSERT INTO campaign (code, season, name, first_day, last_day, state) "
        "VALUES ('ASK-1', 2027, 'Test', '2027-01-01', '2027-12-31', 'open') RETURNING id) "
        "INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, taken, "
        "first_day, last_day, rome, crop, tasks, commune, weekly_hours, hourly_wage, "
        "submitted_on, due_on) SELECT c.id, o.id, 'AC-2027-0000017', 'K7Q2M9', 'approved', 5, "
        "2, '2027-03-01', '2027-05-31', 'A1401', 'apples', 'picking', '84007', 35, 13, "
        "'2027-01-01', '2027-02-01' FROM c, org o WHERE o.name = 'Test employer'");
    struct web_answer answer =
        web("GET", "/api/v1/check?serial=ac-2027-0000017&code=k7q2m9", NULL, NULL, NULL);
    ck_assert_msg(strstr(answer.body, "\"answer\":\"real\"") != NULL, "%s", answer.body);
    ck_assert_ptr_nonnull(strstr(answer.body, "\"places_bound\":2"));
    ck_assert_ptr_nonnull(strstr(answer.body, "\"places_left\":3"));
    static const char *const secrets[] = {"apples", "Test employer", "84007", "2027-03-01"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        ck_assert_msg(strstr(answer.body, secrets[i]) == NULL, "%s", secrets[i]);
    }
    web_free(&answer);
    (void)web_sql("UPDATE contract SET state = 'withdrawn' WHERE serial = 'AC-2027-0000017'");
    answer = web("GET", "/check?serial=ac-2027-0000017&code=k7q2m9", NULL, NULL, NULL);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_ptr_nonnull(strstr(answer.body, "notice bad"));
    web_free(&answer);
}
END_TEST

static int run(void (*change)(struct server_config *config), const TTest *const *tests) {
    web_up_with(change);
    int code = check_run("asks", NULL, NULL, 60, tests);
    web_down();
    return code;
}

int main(void) {
    const TTest *const with[] = {a_stranger_asks_so_often, NULL};
    const TTest *const without[] = {without_the_limit_as_often_as_he_likes,
                                    the_check_tells_four_things, NULL};
    int code = run(limited, with);
    return run(NULL, without) == 0 ? code : 1;
}
