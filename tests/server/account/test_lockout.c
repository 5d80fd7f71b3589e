/* Who knows a person's address can neither guess the password nor keep the person out (OWASP ASVS
 * 5.0.0, 6.1.1 and 6.3.1; NIST SP 800-63B, 5.2.2). Clients say where they come from as a proxy
 * would; no limit of attempts a minute stands in front, so that what is seen here is the account's.
 */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/http/server.h"
#include "server/http/session.h"
#include "tests/support/web.h"

enum { STRANGERS = 20, ONE_NETWORK = 5, HOUR = 10, RACERS = 4 };

static struct arena *arena;

static void behind_proxy(struct server_config *config) {
    config->proxy = "127.0.0.1";
}

static void set_up(void) {
    arena = arena_new();
}

/* A log-in by page from an address, with cookies; 303 to the home page, else the form again. */
static bool comes_in(const char *who, const char *address, const char *cookie, const char *password,
                     char **device) {
    const char *headers =
        arena_printf(arena, "X-Bare: 1\r\nX-Forwarded-For: %s\r\nCookie: %s\r\n", address, cookie);
    const char *body =
        arena_printf(arena, "email=%s@test.example&password=%s&next=/account", who, password);
    struct web_answer answer = web("POST", "/login", NULL, headers, body);
    bool in = answer.status == 303 && strstr(answer.all, "Location: /account\r\n") != NULL;
    ck_assert_msg(in || answer.status == 401, "%s", answer.all);
    const char *set = strstr(answer.all, "__Host-noria-device=");
    ck_assert_int_eq(in, set != NULL);
    if (device != NULL) {
        ck_assert(in);
        *device = arena_copy(arena, set, strcspn(set, ";"));
    }
    web_free(&answer);
    return in;
}

#define RIGHT "correct+horse+battery+staple"
#define WRONG "not+the+password"

static long long of_account(const char *select, const char *who) {
    return web_sql(arena_printf(arena, "%s WHERE a.email = '%s@test.example'", select, who));
}

/* Passwords of strangers that were looked at, and not given back. */
static long long looked_at(const char *who) {
    return of_account("SELECT ceil(extract(epoch FROM coalesce(greatest(a.strangers_until - "
                      "clock_timestamp(), interval '0'), interval '0')) / 360) FROM account a",
                      who);
}

/* Many, each from an address of its own: most asked of the database directly, where no password
 * costs time, the last through the door. */
static void hammer(const char *who, int times, int by_door) {
    ck_assert_int_eq(of_account(arena_printf(arena,
                                             "SELECT count(*) FILTER (WHERE login_attempt(a.id, "
                                             "NULL, substring(sha256(i::text::bytea) FOR 16))) "
                                             "FROM generate_series(1, %d) i, account a",
                                             times - by_door),
                                who),
                     times - by_door);
    for (int i = 0; i < by_door; i++) {
        ck_assert(!comes_in(who, arena_printf(arena, "203.0.113.%d", i), "a=b", WRONG, NULL));
    }
}

START_TEST(an_owner_comes_in_while_many_addresses_hammer) {
    char *device = NULL;
    web_account("hammered", "officer", "Test OFII");
    ck_assert(comes_in("hammered", "192.0.2.1", "a=b", RIGHT, &device));
    ck_assert_int_eq(looked_at("hammered"), 0); /* a right one is given back */
    hammer("hammered", STRANGERS + 2, 4);
    ck_assert_int_eq(looked_at("hammered"), STRANGERS);
    ck_assert(comes_in("hammered", "192.0.2.1", device, RIGHT, NULL));
    ck_assert(comes_in("hammered", "198.51.100.9", device, RIGHT, NULL)); /* from anywhere */
    ck_assert_int_eq(looked_at("hammered"), STRANGERS); /* and gives no guesses back */
    /* the controls: not known, the same person with the same password waits */
    ck_assert(!comes_in("hammered", "192.0.2.1", "a=b", RIGHT, NULL));
    ck_assert(!comes_in("hammered", "192.0.2.1",
                        "__Host-noria-device=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", RIGHT,
                        NULL));
    ck_assert_int_eq(
        of_account("WITH gone AS (DELETE FROM login_client l USING account b WHERE "
                   "b.id = l.account_id AND b.email = 'hammered@test.example' AND "
                   "length(client) = 32 RETURNING 1) SELECT count(*) FROM gone, account a",
                   "hammered"),
        1);
    ck_assert(!comes_in("hammered", "192.0.2.1", device, RIGHT, NULL));
}
END_TEST

START_TEST(one_network_keeps_nobody_else_out) {
    web_account("watched", "officer", "Test OFII");
    for (int i = 0; i < ONE_NETWORK + 1; i++) {
        ck_assert(!comes_in("watched", "203.0.113.1", "a=b", WRONG, NULL));
    }
    ck_assert_int_eq(looked_at("watched"), ONE_NETWORK);
    ck_assert(!comes_in("watched", "203.0.113.1", "a=b", RIGHT, NULL)); /* rests */
    ck_assert(comes_in("watched", "192.0.2.7", "a=b", RIGHT, NULL));
    ck_assert_int_eq(looked_at("watched"), ONE_NETWORK);
}
END_TEST

START_TEST(a_known_browser_is_counted_by_itself) {
    char *device = NULL;
    char *other = NULL;
    web_account("typing", "officer", "Test OFII");
    ck_assert(comes_in("typing", "192.0.2.1", "a=b", RIGHT, &device));
    for (int i = 0; i < ONE_NETWORK; i++) {
        ck_assert(!comes_in("typing", "192.0.2.1", device, WRONG, NULL));
    }
    ck_assert(!comes_in("typing", "192.0.2.1", device, RIGHT, NULL)); /* rests */
    ck_assert_int_eq(looked_at("typing"), 0);
    ck_assert(comes_in("typing", "192.0.2.1", "a=b", RIGHT, &other));
    ck_assert_str_ne(device, other);
}
END_TEST

/* Two persons at one browser are both known by it; what somebody chose himself is not taken on. */
START_TEST(a_browser_keeps_its_secret_and_none_is_planted) {
    static const char planted[] = "__Host-noria-device=BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB";
    char *first = NULL;
    char *second = NULL;
    char *third = NULL;
    web_account("morning", "desk", "Test OFII");
    web_account("evening", "desk", "Test OFII");
    ck_assert(comes_in("morning", "192.0.2.1", planted, RIGHT, &first));
    ck_assert_str_ne(first, planted);
    ck_assert(comes_in("evening", "192.0.2.1", first, RIGHT, &second));
    ck_assert_str_eq(first, second);
    ck_assert(comes_in("morning", "192.0.2.1", second, RIGHT, &third));
    ck_assert_str_eq(first, third);
    ck_assert_uint_eq(strlen(first), strlen(planted)); /* random bits, of which we keep a hash */
    ck_assert_int_eq(web_sql(arena_printf(arena,
                                          "SELECT count(*) FROM login_client WHERE client = "
                                          "sha256(convert_to('%s', 'UTF8'))",
                                          strchr(first, '=') + 1)),
                     2);
}
END_TEST

START_TEST(an_account_knows_twenty_browsers) {
    long long known = 0;
    web_account("many", "desk", "Test OFII");
    known = of_account("SELECT count((login_arrived(a.id, NULL, '\\x00', sha256(i::text::"
                       "bytea)))) FROM account a, generate_series(1, 30) i",
                       "many");
    ck_assert_int_eq(known, 30);
    ck_assert_int_eq(of_account("SELECT count(*) FROM login_client l JOIN account a ON a.id = "
                                "l.account_id",
                                "many"),
                     20);
}
END_TEST

START_TEST(a_new_password_forgets_the_browsers) {
    static const char known[] =
        "SELECT count(*) FROM login_client l JOIN account a ON a.id = l.account_id";
    web_account("changed", "desk", "Test OFII");
    ck_assert(comes_in("changed", "192.0.2.1", "a=b", RIGHT, NULL));
    ck_assert_int_eq(of_account(known, "changed"), 1);
    web_posts("changed", "/api/v1/account/password",
              "{\"current_password\":\"" web_password "\",\"password\":\"seven oceans, 1 canoe\"}",
              200, "");
    ck_assert_int_eq(of_account(known, "changed"), 0);
}
END_TEST

/* --- what a person sees of them -----------------------------------------------------------------
 */

#define BROWSER "login_client l JOIN account a ON a.id = l.account_id AND length(l.client) = 32"

/* The page as the session of `who` with a browser's cookie, or the API; it must say `wanted`. */
static void sees(const char *who, const char *path, const char *device, const char *wanted) {
    char *secret = web_cookie(who);
    const char *cookies = device == NULL ? NULL
                                         : arena_printf(arena, "Cookie: %s=%s; %s\r\n",
                                                        SESSION_COOKIE, secret, device);
    struct web_answer answer = web("GET", path, device == NULL ? who : NULL, cookies, NULL);
    ck_assert_msg(answer.status == 200 && strstr(answer.body, wanted) != NULL, "%s in %.3000s",
                  wanted, answer.body);
    web_free(&answer);
    free(secret);
}

static long long leaves(const char *act, const char *who) {
    return of_account(arena_printf(arena,
                                   "SELECT count(*) FROM audit_leaf l JOIN account a ON a.id = "
                                   "l.account_id AND l.object_id = a.id AND l.act = '%s'",
                                   act),
                      who);
}

START_TEST(a_forgotten_browser_is_a_stranger_again) {
    char *old = NULL;
    char *kept = NULL;
    web_account("leaving", "officer", "Test OFII");
    sees("leaving", "/api/v1/account/browsers", NULL, "{\"browsers\":[]}");
    ck_assert(comes_in("leaving", "192.0.2.1", "a=b", RIGHT, &old));
    long long id = of_account("SELECT l.id FROM " BROWSER, "leaving");
    ck_assert(comes_in("leaving", "192.0.2.2", "a=b", RIGHT, &kept));
    hammer("leaving", STRANGERS, 0);
    ck_assert(comes_in("leaving", "192.0.2.1", old, RIGHT, NULL)); /* the control: known yet */
    ck_assert(comes_in("leaving", "192.0.2.2", kept, RIGHT, NULL));
    const char *path = arena_printf(arena, "/api/v1/account/browsers/%lld/forget", id);
    web_posts("officer", path, "{}", 404, ""); /* not his */
    ck_assert(comes_in("leaving", "192.0.2.1", old, RIGHT, NULL));
    web_posts("leaving", path, "{}", 200, arena_printf(arena, "{\"id\":%lld", id));
    web_posts("leaving", path, "{}", 404, "");
    ck_assert(!comes_in("leaving", "192.0.2.1", old, RIGHT, NULL));
    ck_assert(comes_in("leaving", "192.0.2.2", kept, RIGHT, NULL));
    ck_assert_int_eq(leaves("account.forget_browser", "leaving"), 1);
    web_posts("leaving", "/account/browsers/forget", "", 303, "");
    ck_assert(!comes_in("leaving", "192.0.2.2", kept, RIGHT, NULL));
    web_posts("leaving", "/api/v1/account/browsers/forget", "{}", 200, "{\"known\":0}");
    ck_assert_int_eq(leaves("account.forget_browsers", "leaving"), 1);
    /* what an account takes of strangers is not emptied by it, nor are sessions ended */
    ck_assert_int_eq(looked_at("leaving"), STRANGERS);
    sees("leaving", "/account", "a=b", "Aucun navigateur n&#39;est connu.");
}
END_TEST

/* Days, and nothing of the browser but that it is the one that asks. */
START_TEST(a_person_sees_since_when_a_browser_is_known) {
    char *device = NULL;
    web_account("looking", "desk", "Test OFII");
    ck_assert(comes_in("looking", "192.0.2.1", "a=b", RIGHT, &device));
    hammer("looking", 1, 1); /* a network: not a browser */
    ck_assert_int_eq(of_account("WITH l AS (UPDATE login_client SET known_since = '2026-03-05', "
                                "expires_at = '2126-06-30 23:00+00' WHERE length(client) = 32 "
                                "AND account_id = (SELECT id FROM account WHERE email = "
                                "'looking@test.example') RETURNING 1) SELECT count(*) FROM l, "
                                "account a",
                                "looking"),
                     1);
    sees("looking", "/account", device, "(ce navigateur)");
    sees("looking", "/api/v1/account/browsers", NULL,
         arena_printf(arena,
                      "{\"browsers\":[{\"id\":%lld,\"known_since\":\"2026-03-05\","
                      "\"last_login\":\"2126-01-01\",\"here\":false}]}",
                      of_account("SELECT l.id FROM " BROWSER, "looking")));
    /* known goes on while it logs in, and begins anew once it was forgotten by time */
    ck_assert(comes_in("looking", "192.0.2.1", device, RIGHT, NULL));
    static const char since[] = "SELECT (l.known_since = '2026-03-05')::int FROM " BROWSER;
    ck_assert_int_eq(of_account(since, "looking"), 1);
    (void)web_sql("UPDATE login_client SET expires_at = clock_timestamp() RETURNING 1");
    sees("looking", "/api/v1/account/browsers", NULL, "{\"browsers\":[]}");
    ck_assert_int_eq(of_account("SELECT count((login_arrived(a.id, l.client, '\\x00', l.client))) "
                                "FROM " BROWSER,
                                "looking"),
                     1);
    ck_assert_int_eq(of_account(since, "looking"), 0);
}
END_TEST

/* --- how many guesses ---------------------------------------------------------------------------
 */

struct racer {
    pthread_t thread;
    int first;
    long long taken;
};

/* Attempts from many networks, asked of the database directly: no password costs time here. */
static void *guess(void *arg) {
    struct racer *racer = arg;
    char sql[400];
    PGconn *pg = PQconnectdb(web_database());
    for (int i = 0; i < 40; i++) {
        (void)snprintf(sql, sizeof sql,
                       "SELECT login_attempt(a.id, NULL, substring(sha256('%d') FOR 16))::int FROM "
                       "account a WHERE a.email = 'guessed@test.example'",
                       racer->first + i);
        PGresult *result = PQexec(pg, sql);
        racer->taken += PQntuples(result) == 1 && PQgetvalue(result, 0, 0)[0] == '1';
        PQclear(result);
    }
    PQfinish(pg);
    return NULL;
}

static long long guesses(void) {
    struct racer racers[RACERS];
    long long taken = 0;
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.first = 1000 * i};
        ck_assert_int_eq(pthread_create(&racers[i].thread, NULL, guess, &racers[i]), 0);
    }
    for (int i = 0; i < RACERS; i++) {
        (void)pthread_join(racers[i].thread, NULL);
        taken += racers[i].taken;
    }
    return taken;
}

/* As if that time had passed since. */
static void pass(const char *time) {
    (void)web_sql(arena_printf(arena,
                               "WITH l AS (UPDATE login_client SET rest_until = rest_until - "
                               "interval '%s') UPDATE account "
                               "SET strangers_until = strangers_until - interval '%s' RETURNING 1",
                               time, time));
}

START_TEST(however_many_addresses_guess_they_get_ten_an_hour) {
    web_account("guessed", "officer", "Test OFII");
    ck_assert_int_eq(guesses(), STRANGERS); /* at once, from 160 networks and 4 connections */
    for (int hour = 0; hour < 3; hour++) {
        pass("1 hour");
        ck_assert_int_eq(guesses(), HOUR);
    }
    /* the control: without the account's own limit each network gets its own */
    (void)web_sql("CREATE OR REPLACE FUNCTION strangers_wait(strangers_until timestamptz) RETURNS "
                  "boolean LANGUAGE sql AS 'SELECT false'");
    pass("1 hour");
    ck_assert_int_eq(guesses(), 40 * RACERS); /* one each, as many as there are networks */
}
END_TEST

/* One network, asking whenever it may, each minute of six hours; nothing of it is given back. */
START_TEST(one_network_gets_twelve_in_an_hour_and_four_in_the_next) {
    web_account("slowly", "officer", "Test OFII");
    (void)web_sql(
        "CREATE FUNCTION six_hours() RETURNS text LANGUAGE plpgsql AS $$ DECLARE hours int[] := "
        "array_fill(0, ARRAY[6]); who bigint := (SELECT id FROM account WHERE email = "
        "'slowly@test.example'); BEGIN FOR minute IN 0..359 LOOP WHILE login_attempt(who, NULL, "
        "substring(sha256('one') FOR 16)) LOOP hours[minute / 60 + 1] := hours[minute / 60 + 1] + "
        "1; END LOOP; UPDATE login_client SET rest_until = rest_until - interval '1 minute' WHERE "
        "account_id = who; UPDATE account SET strangers_until = strangers_until - interval "
        "'1 minute' WHERE id = who; END LOOP; RETURN hours; END $$");
    ck_assert_int_eq(
        web_sql("SELECT (six_hours() = (ARRAY[12] || array_fill(4, ARRAY[5]))::text)::int"), 1);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {an_owner_comes_in_while_many_addresses_hammer,
                                  one_network_keeps_nobody_else_out,
                                  a_known_browser_is_counted_by_itself,
                                  a_browser_keeps_its_secret_and_none_is_planted,
                                  an_account_knows_twenty_browsers,
                                  a_new_password_forgets_the_browsers,
                                  a_forgotten_browser_is_a_stranger_again,
                                  a_person_sees_since_when_a_browser_is_known,
                                  one_network_gets_twelve_in_an_hour_and_four_in_the_next,
                                  however_many_addresses_guess_they_get_ten_an_hour,
                                  NULL};
    web_up_with(behind_proxy);
    int code = check_run("account/lockout", set_up, NULL, 120, tests);
    web_down();
    return code == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
