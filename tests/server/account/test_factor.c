/* The second factor over HTTP (OWASP ASVS 5.0.0, 6.3.3, 6.4.4, 6.5, 7.5.1), each protection with
 * its control. Desks must have one here, officers may. */
#include <liboath/oath.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "server/app.h"
#include "server/http/route.h"
#include "server/http/server.h"
#include "tests/support/web.h"

static char *set_cookie(const struct web_answer *answer, const char *name) {
    const char *at = strstr(answer->all, name);
    if (at == NULL || at[strlen(name)] != '=') {
        return NULL;
    }
    return strndup(at, strcspn(at, ";\r"));
}

/* A form from a browser with that cookie (a new session's CSRF value is not needed without one). */
static struct web_answer form(const char *path, const char *cookie, const char *body) {
    char headers[400];
    (void)snprintf(headers, sizeof headers, "X-Bare: 1\r\nCookie: %s\r\n",
                   cookie == NULL ? "a=b" : cookie);
    return web("POST", path, NULL, headers, body);
}

static struct web_answer page(const char *path, const char *cookie) {
    char headers[400];
    (void)snprintf(headers, sizeof headers, "Cookie: %s\r\n", cookie);
    return web("GET", path, NULL, headers, NULL);
}

static int page_status(const char *path, const char *cookie) {
    struct web_answer answer = page(path, cookie);
    int status = answer.status;
    web_free(&answer);
    return status;
}

/* The password alone; gives the step's cookie, or NULL. */
static char *say_password(const char *who) {
    char body[200];
    (void)snprintf(body, sizeof body,
                   "email=%s@test.example&password=correct+horse+battery+staple&next=/account",
                   who);
    struct web_answer answer = form("/login", NULL, body);
    ck_assert_msg(answer.status == 303, "%s", answer.all);
    char *step = set_cookie(&answer, "__Host-noria-step");
    char *session = set_cookie(&answer, "__Host-noria");
    ck_assert_msg((step == NULL) != (session == NULL), "%s", answer.all);
    free(session);
    web_free(&answer);
    return step;
}

/* The secret as its page shows it, decoded. */
static size_t shown_secret(const char *cookie, char **secret) {
    size_t size = 0;
    struct web_answer shown = page("/second-factor", cookie);
    ck_assert_msg(shown.status == 200, "%s", shown.all);
    const char *at = strstr(shown.body, "class=\"secret\" dir=\"ltr\">");
    ck_assert_msg(at != NULL, "%s", shown.all);
    char text[64] = "";
    size_t len = 0;
    for (at = strchr(at, '>') + 1; *at != '<' && len + 1 < sizeof text; at++) {
        if (*at != '-') {
            text[len++] = *at;
        }
    }
    ck_assert_int_eq(oath_base32_decode(text, len, secret, &size), OATH_OK);
    web_free(&shown);
    return size;
}

static void code_at(const char *secret, size_t size, time_t at, char code[7]) {
    ck_assert_int_eq(oath_totp_generate(secret, size, at, 30, 0, 6, code), OATH_OK);
}

/* Somebody with a factor. */
struct person {
    const char *name;
    char *secret;
    size_t size;
    char recovery[64]; /* the first of the ten */
};

static struct web_answer confirm(const struct person *person, const char *cookie) {
    char code[7];
    char body[60];
    code_at(person->secret, person->size, time(NULL), code);
    (void)snprintf(body, sizeof body, "code=%s", code);
    return form("/second-factor", cookie, body);
}

/* The first log-in of a desk: sets the factor up and gives the session's cookie. */
static char *enrol(struct person *person) {
    char *step = say_password(person->name);
    ck_assert_ptr_nonnull(step);
    person->size = shown_secret(step, &person->secret);
    struct web_answer done = confirm(person, step);
    ck_assert_msg(done.status == 200, "%s", done.all);
    static const char shown[] = "class=\"secret\" dir=\"ltr\">";
    int codes = 0;
    for (const char *at = done.body; (at = strstr(at, shown)) != NULL; codes++) {
        at += strlen(shown);
        if (codes == 0) {
            (void)snprintf(person->recovery, sizeof person->recovery, "%.39s", at);
        }
    }
    ck_assert_int_eq(codes, 10);
    char *session = set_cookie(&done, "__Host-noria");
    ck_assert_msg(session != NULL, "%s", done.all);
    free(step);
    web_free(&done);
    return session;
}

/* The account forgets which 30 seconds were taken, and its failures: for tests that come too soon.
 */
static void forget(const char *name) {
    char sql[400];
    (void)snprintf(sql, sizeof sql,
                   "WITH a AS (UPDATE account SET strangers_until = NULL WHERE "
                   "email = '%s@test.example' RETURNING id), l AS (DELETE FROM login_client l "
                   "USING a WHERE l.account_id = a.id) UPDATE account_factor f SET last_step "
                   "= 0 FROM a WHERE f.account_id = a.id",
                   name);
    (void)web_sql(sql);
}

static int say_code(const char *step, const char *code) {
    char body[100];
    (void)snprintf(body, sizeof body, "code=%s&next=/account", code);
    struct web_answer answer = form("/login/code", step, body);
    int status = answer.status;
    char *session = set_cookie(&answer, "__Host-noria");
    ck_assert_int_eq(session != NULL, status == 303 && strstr(answer.all, "/login") == NULL);
    free(session);
    web_free(&answer);
    return status;
}

static long long leaves(const char *act, const char *name) {
    char sql[300];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM audit_leaf l JOIN account a ON a.id = l.object_id WHERE "
                   "l.act = '%s' AND l.object_kind = 'account' AND a.email = '%s@test.example'",
                   act, name);
    return web_sql(sql);
}

START_TEST(v6_3_3_a_role_that_needs_one_gets_no_session_without) {
    web_account("first", "desk", "Test OFII");
    struct person person = {.name = "first"};
    char *step = say_password("first"); /* 303 and no session cookie */
    ck_assert_ptr_nonnull(step);
    ck_assert_int_eq(page_status("/account", step), 303);
    ck_assert_int_eq(page_status("/login/code", step), 303); /* it has no code yet */
    struct web_answer picture = page("/second-factor/qr.png", step);
    ck_assert_int_eq(picture.status, 200);
    ck_assert_int_eq(memcmp(picture.body, "\x89PNG", 4), 0);
    web_free(&picture);
    struct web_answer wrong = form("/second-factor", step, "code=000000");
    ck_assert_msg(wrong.status / 100 == 4 && strstr(wrong.body, "code-error") != NULL, "%s",
                  wrong.all);
    web_free(&wrong);
    free(step);
    char *session = enrol(&person);
    ck_assert_int_eq(page_status("/account", session), 200);
    ck_assert_int_eq(leaves("account.factor", "first"), 1);
    free(session);
    free(person.secret);
    /* the control: a role that needs none comes in with the password */
    web_account("free", "auditor", "Test OFII");
    ck_assert_ptr_null(say_password("free"));
}
END_TEST

START_TEST(v6_5_1_a_code_is_taken_once) {
    web_account("once", "desk", "Test OFII");
    struct person person = {.name = "once"};
    char *session = enrol(&person);
    char code[7];
    code_at(person.secret, person.size, time(NULL), code);
    char *step = say_password("once");
    ck_assert_int_eq(say_code(step, code), 401); /* the set-up took it */
    forget("once");
    ck_assert_int_eq(say_code(step, code), 303); /* the control */
    free(step);
    step = say_password("once");
    ck_assert_int_eq(say_code(step, code), 401);
    free(step);
    free(session);
    free(person.secret);
}
END_TEST

struct racer {
    pthread_t thread;
    const char *body;
    int status;
};

static void *race(void *arg) {
    struct racer *racer = arg;
    struct web_answer answer = web("POST", "/api/v1/login", NULL, NULL, racer->body);
    racer->status = answer.status;
    web_free(&answer);
    return NULL;
}

static void has_failed(const char *name, int times) {
    char sql[200];
    (void)snprintf(sql, sizeof sql,
                   "UPDATE login_client l SET failed = %d FROM account a WHERE a.id = l.account_id "
                   "AND a.email = '%s@test.example' RETURNING 1",
                   times, name);
    ck_assert_int_eq(web_sql(sql), 1);
}

/* How many of eight log-ins at once with one code come in; five failures would make their network
 * rest before the race is run. */
static int came_in(const struct person *person) {
    struct racer racers[8];
    char body[300];
    char code[7];
    int count = 0;
    forget(person->name);
    free(say_password(person->name));
    has_failed(person->name, -100);
    code_at(person->secret, person->size, time(NULL), code);
    (void)snprintf(body, sizeof body,
                   "{\"email\":\"%s@test.example\",\"password\":\"" web_password
                   "\",\"code\":\"%s\"}",
                   person->name, code);
    for (int i = 0; i < 8; i++) {
        racers[i] = (struct racer){.body = body};
        ck_assert_int_eq(pthread_create(&racers[i].thread, NULL, race, &racers[i]), 0);
    }
    for (int i = 0; i < 8; i++) {
        (void)pthread_join(racers[i].thread, NULL);
        count += racers[i].status == 200 || racers[i].status == 201;
    }
    return count;
}

START_TEST(v6_5_1_a_code_is_taken_once_also_at_once) {
    web_account("race", "desk", "Test OFII");
    struct person person = {.name = "race"};
    char *session = enrol(&person);
    ck_assert_int_eq(came_in(&person), 1);
    /* the control: a database that forgets lets more in with the same code */
    (void)web_sql("CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                  "NEW.last_step := 0; RETURN NEW; END $$; CREATE TRIGGER forget BEFORE UPDATE ON "
                  "account_factor FOR EACH ROW EXECUTE FUNCTION forget()");
    ck_assert_int_gt(came_in(&person), 1);
    (void)web_sql("DROP TRIGGER forget ON account_factor");
    free(session);
    free(person.secret);
}
END_TEST

START_TEST(v6_5_1_a_recovery_code_opens_once) {
    web_account("lost", "desk", "Test OFII");
    struct person person = {.name = "lost"};
    char *session = enrol(&person);
    char *step = say_password("lost");
    ck_assert_int_eq(say_code(step, person.recovery), 303);
    ck_assert_int_eq(leaves("account.recovery", "lost"), 1);
    free(step);
    step = say_password("lost");
    ck_assert_int_eq(say_code(step, person.recovery), 401);
    (void)web_sql("UPDATE recovery_code SET used_at = NULL"); /* the control */
    ck_assert_int_eq(say_code(step, person.recovery), 303);
    char sql[200];
    (void)snprintf(
        sql, sizeof sql,
        "SELECT count(*) FROM recovery_code WHERE encode(hash, 'escape') LIKE '%%%.6s%%'",
        person.recovery);
    ck_assert_int_eq(web_sql(sql), 0); /* 6.5.2: hashes only */
    free(step);
    free(session);
    free(person.secret);
}
END_TEST

/* Five codes a step, and they count with wrong passwords. */
START_TEST(v6_3_1_codes_are_not_guessed) {
    web_account("guess", "desk", "Test OFII");
    struct person person = {.name = "guess"};
    char *session = enrol(&person);
    char code[7];
    char *step = say_password("guess");
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(say_code(step, "000000"), 401);
    }
    forget("guess");
    code_at(person.secret, person.size, time(NULL), code);
    ck_assert_int_eq(say_code(step, code), 303); /* to the log-in: this step is over */
    ck_assert_int_eq(web_sql("SELECT count(*) FROM login_step s JOIN account a ON a.id = "
                             "s.account_id WHERE a.email = 'guess@test.example' AND tries = 5"),
                     1);
    free(step);
    step = say_password("guess"); /* the control: a new step takes it */
    has_failed("guess", 4);
    ck_assert_int_eq(say_code(step, "000000"), 401);
    ck_assert_int_eq(say_code(step, code), 401); /* this network rests */
    forget("guess");
    ck_assert_int_eq(say_code(step, code), 303); /* the control */
    free(step);
    free(session);
    free(person.secret);
}
END_TEST

/* Whoever has the password alone must not set up a factor of his own over the one there is. */
START_TEST(a_step_for_a_code_sets_nothing_up) {
    web_account("over", "desk", "Test OFII");
    struct person person = {.name = "over"};
    char *session = enrol(&person);
    char *step = say_password("over");
    ck_assert_int_eq(page_status("/login/code", step), 200);
    ck_assert_int_eq(page_status("/second-factor", step), 303);
    ck_assert_int_eq(page_status("/second-factor/qr.png", step), 303);
    struct web_answer done = confirm(&person, step);
    ck_assert_int_eq(done.status, 303);
    ck_assert_ptr_null(set_cookie(&done, "__Host-noria"));
    web_free(&done);
    (void)web_sql("UPDATE login_step SET purpose = 'enrol'"); /* the control */
    ck_assert_int_eq(page_status("/second-factor", step), 200);
    free(step);
    free(session);
    free(person.secret);
}
END_TEST

START_TEST(the_api_asks_for_the_code_too) {
    web_account("api", "desk", "Test OFII");
    struct person person = {.name = "api"};
    static const char bare[] = "{\"email\":\"api@test.example\",\"password\":\"" web_password "\"}";
    web_answers("POST", NULL, "/api/v1/login", bare, 403, "second_factor_enrol");
    char *session = enrol(&person);
    web_answers("POST", NULL, "/api/v1/login", bare, 401, "second_factor_needed");
    char body[300];
    char code[7];
    forget("api");
    code_at(person.secret, person.size, time(NULL), code);
    (void)snprintf(
        body, sizeof body,
        "{\"email\":\"api@test.example\",\"password\":\"" web_password "\",\"code\":\"%s\"}", code);
    struct web_answer answer = web("POST", "/api/v1/login", NULL, NULL, body);
    ck_assert_msg(answer.status / 100 == 2 && strstr(answer.body, "nrt_") != NULL, "%s",
                  answer.all);
    web_free(&answer);
    free(session);
    free(person.secret);
}
END_TEST

/* Who is logged in changes it with the password and the code (7.5.1); by an administrator it goes,
 * with every session (6.4.4). */
START_TEST(v6_4_4_a_lost_factor_is_removed_by_another_person) {
    web_account("mine", "officer", "Test OFII");
    web_answers("POST", "mine", "/second-factor/begin", "current_password=wrong+wrong+wrong", 422,
                "current_password-error");
    web_answers("POST", "mine", "/second-factor/begin",
                "current_password=correct+horse+battery+staple", 303, "");
    struct person person = {.name = "mine"};
    char cookie[100];
    char *value = web_cookie("mine");
    (void)snprintf(cookie, sizeof cookie, "__Host-noria=%s", value);
    free(value);
    person.size = shown_secret(cookie, &person.secret);
    char body[100];
    char code[7];
    code_at(person.secret, person.size, time(NULL), code);
    (void)snprintf(body, sizeof body, "code=%s", code);
    web_answers("POST", "mine", "/second-factor", body, 200, "class=\"secret\"");
    ck_assert_int_eq(leaves("account.factor", "mine"), 1);
    web_answers("POST", "mine", "/second-factor/begin",
                "current_password=correct+horse+battery+staple", 422, "old_code");
    char path[100];
    (void)snprintf(path, sizeof path, "/api/v1/accounts/%lld/second-factor/remove",
                   web_sql("SELECT id FROM account WHERE email = 'mine@test.example'"));
    web_posts("officer", path, "{}", 403, "forbidden");
    web_posts("admin", path, "{}", 200, "");
    ck_assert_int_eq(leaves("account.factor_remove", "mine"), 1);
    ck_assert_int_eq(page_status("/account", cookie), 303);
    web_posts("admin", path, "{}", 404, "");
    (void)snprintf(path, sizeof path, "/api/v1/accounts/%lld/second-factor/remove",
                   web_sql("SELECT id FROM account WHERE email = 'admin@test.example'"));
    web_posts("admin", path, "{}", 409, "conflict");
    free(person.secret);
}
END_TEST

/* Sealed, and bound to its account: a secret moved to another account opens nothing. */
START_TEST(a_secret_moved_to_another_account_opens_nothing) {
    web_account("thief", "desk", "Test OFII");
    web_account("owner", "desk", "Test OFII");
    struct person thief = {.name = "thief"};
    struct person owner = {.name = "owner"};
    char *one = enrol(&thief);
    char *two = enrol(&owner);
    char code[7];
    (void)web_sql("CREATE TABLE kept AS SELECT * FROM account_factor");
    (void)web_sql(
        "UPDATE account_factor f SET sealed = t.sealed, wrapped = t.wrapped, last_step = 0 "
        "FROM account_factor t, account a, account b WHERE a.email = 'owner@test.example' "
        "AND f.account_id = a.id AND b.email = 'thief@test.example' AND t.account_id = "
        "b.id");
    char *step = say_password("owner");
    code_at(thief.secret, thief.size, time(NULL), code);
    ck_assert_int_eq(say_code(step, code), 500);
    (void)web_sql("UPDATE account_factor f SET sealed = k.sealed, wrapped = k.wrapped FROM kept k "
                  "WHERE k.account_id = f.account_id"); /* the control */
    code_at(owner.secret, owner.size, time(NULL), code);
    ck_assert_int_eq(say_code(step, code), 303);
    free(step);
    free(one);
    free(two);
    free(thief.secret);
    free(owner.secret);
}
END_TEST

static void desks_must(struct server_config *config) {
    static struct app app;
    app = *config->app;
    app.factor_roles = DESK;
    config->app = &app;
}

WEB_MAIN_WITH(desks_must, "second factor", 120,
              v6_3_3_a_role_that_needs_one_gets_no_session_without, v6_5_1_a_code_is_taken_once,
              v6_5_1_a_code_is_taken_once_also_at_once, v6_5_1_a_recovery_code_opens_once,
              v6_3_1_codes_are_not_guessed, a_step_for_a_code_sets_nothing_up,
              the_api_asks_for_the_code_too, v6_4_4_a_lost_factor_is_removed_by_another_person,
              a_secret_moved_to_another_account_opens_nothing)
