/* test_canary.c - what was planted in any field, well or badly formed, through every route as every
 * role, also while the database fails, stands in no log of ours or of PostgreSQL, in no metric, and
 * in no answer to somebody whom it does not concern. Controls: the same search finds each guise in
 * our log, and PostgreSQL's settings loosened let the same refused write tell whom. */
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "server/routes.h"
#include "tests/server/anonymity/addresses.h"
#include "tests/server/anonymity/seek.h"
#include "tests/support/logs.h"
#include "tests/support/web.h"
#include "tests/support/wire.h"

enum { ROLES = 9, STATUSES = 600, LEAST_SENT = 3000 };

/* Officers, desks and the service itself may be shown who somebody is; the rest of the office what
 * stands beside the identity (the service's own number, who took what fee where). */
enum knows { NOBODY, BESIDE, WHO };
static const struct {
    const char *name;
    enum knows knows;
} roles[ROLES] = {{"officer", WHO},  {"desk", WHO},        {"partner", WHO},
                  {"admin", BESIDE}, {"auditor", BESIDE},  {"assessor", NOBODY},
                  {NULL, NOBODY},    {"employer", NOBODY}, {"stranger", NOBODY}};
enum { PARTNER_ROLE = 2, PUBLIC_ROLE = 6 };

/* Of whoever asked for money; nine figures are what is compared. */
#define STRAY_PHONE "697153317"

/* What is sent where it does not belong; "KQXFIELD" begins every value of every write's fields. */
static const struct planted strays[] = {{"field", "KQXFIELD"},
                                        {"query", "KQXQUERY"},
                                        {"path", "KQXPATH"},
                                        {"method", "KQXMETHOD"},
                                        {"Referer", "KQXREFERER"},
                                        {"User-Agent", "KQXAGENT"},
                                        {"X-Forwarded-For", "KQXFORWARDED"},
                                        {"Accept-Language", "KQXLANGUAGE"},
                                        {"If-None-Match", "KQXMATCH"},
                                        {"X-Request-Id", "KQXREQUEST"},
                                        {"Cookie", "KQXCOOKIE"},
                                        {"Authorization", "KQXBEARER"},
                                        {"Idempotency-Key", "KQXKEY"},
                                        {"file name", "KQXFILE"},
                                        {"cell of a file", "KQXCELL"},
                                        {"no request", "KQXGARBAGE"},
                                        {"password", "KQXPASSWORD"},
                                        {"telephone", STRAY_PHONE},
                                        {"member", "KQXMEMBER"},
                                        {"column of a file", "KQXCOLUMN"},
                                        {NULL, NULL}};

static const char headers[] = "X-Request-Id: KQXREQUEST-1\r\nReferer: http://x/?q=KQXREFERER\r\n"
                              "User-Agent: KQXAGENT\r\nX-Forwarded-For: KQXFORWARDED\r\n"
                              "Accept-Language: KQXLANGUAGE\r\nIf-None-Match: \"KQXMATCH\"\r\n";

struct walk {
    struct arena *arena;
    const struct seeker *everything; /* in no log */
    const struct seeker *people[2];  /* in no answer to NOBODY, to BESIDE */
    const struct seeker *stray;      /* in no answer that says that the server failed */
    struct logs logs;
    int sent;
    int statuses[STATUSES];
    int shown; /* answers that showed somebody to who may know */
};

/* --- the two logs -------------------------------------------------------------------------------
 */

static void log_everything(struct server_config *config) {
    (void)config;
    logs_to_file();
}

/* The field whose value a log tells; NULL when none. */
static const char *log_tells(const struct walk *walk, enum logs_which which) {
    struct span text = logs_text(walk->arena, &walk->logs, which);
    const struct planted *shown = seeker_find(walk->everything, text.ptr, text.len);
    for (const char *line = text.ptr; shown != NULL && *line != '\0';) {
        size_t len = strcspn(line, "\n");
        if (seeker_find(walk->everything, line, len) != NULL) {
            printf("%s: %.*s\n", which == LOGS_OURS ? "our log" : "PostgreSQL's log", (int)len,
                   line);
            break;
        }
        line += len + (line[len] == '\n');
    }
    return shown == NULL ? NULL : shown->field;
}

/* What is planted of a person without what stands beside his identity. */
static const struct planted *identity_of(struct arena *arena, int n) {
    const struct planted *all = planted_person(arena, 0, n);
    struct planted *some = arena_array(arena, 100, sizeof *some);
    int count = 0;
    for (; all->field != NULL; all++) {
        bool beside = strcmp(all->field, "partner_ref") == 0 ||
                      strcmp(all->field, "fee_payee") == 0 ||
                      strcmp(all->field, "fee_place") == 0 || strcmp(all->field, "fee_amount") == 0;
        if (!beside) {
            ck_assert_int_lt(count, 99);
            some[count++] = *all;
        }
    }
    return some;
}

static struct walk walk_new(void) {
    struct walk walk = {.arena = arena_new()};
    struct seeker *everything = seeker_new(walk.arena);
    struct seeker *people = seeker_new(walk.arena);
    struct seeker *identities = seeker_new(walk.arena);
    struct seeker *stray = seeker_new(walk.arena);
    for (int n = 0; n < PEOPLE; n++) {
        seeker_add(everything, planted_person(walk.arena, 0, n));
        if (n < PEOPLE - 1) { /* the last is the stranger's own */
            seeker_add(people, planted_person(walk.arena, 0, n));
            seeker_add(identities, identity_of(walk.arena, n));
        }
    }
    seeker_add(everything, planted_employer(walk.arena, 0));
    seeker_add(everything, strays);
    seeker_add(stray, strays);
    walk.everything = everything;
    walk.people[NOBODY] = people;
    walk.people[BESIDE] = identities;
    walk.stray = stray;
    logs_begin(&walk.logs);
    return walk;
}

/* --- one request --------------------------------------------------------------------------------
 */

/* Sends it and judges the answer; gives the status. */
static int ask(struct walk *walk, const char *method, const char *path, int role, const char *more,
               const char *body) {
    struct web_answer answer = web(method, path, roles[role].name, more, body);
    const char *who = roles[role].name == NULL ? "nobody" : roles[role].name;
    size_t size = (size_t)(answer.body - answer.all) + answer.body_len;
    int status = answer.status;
    ck_assert_int_lt(status, STATUSES);
    walk->sent++;
    walk->statuses[status]++;
    enum knows knows = status >= 500 ? NOBODY : roles[role].knows;
    const struct planted *shown =
        seeker_find(walk->people[knows == NOBODY ? NOBODY : BESIDE], answer.all, size);
    ck_assert_msg(shown == NULL || knows == WHO, "%s %s tells %s the %s", method, path, who,
                  shown->field);
    walk->shown += shown != NULL;
    if (status >= 500) {
        shown = seeker_find(walk->stray, answer.all, size);
        ck_assert_msg(shown == NULL, "%s %s as %s repeats %s: %.600s", method, path, who,
                      shown->field, answer.all);
    }
    web_free(&answer);
    return status;
}

/* --- what is sent -------------------------------------------------------------------------------
 */

static void add_value(struct buf *out, const struct field *field, bool good, bool json) {
    const char *quote = json ? "\"" : "";
    if (!good || field->kind == F_TEXT || field->kind == F_NOTE) {
        char text[120];
        int most = good && field->max > 0 && field->max < 100 ? (int)field->max : 100;
        (void)snprintf(text, sizeof text, "KQXFIELD-%s", field->name);
        buf_printf(out, "%s%.*s%s", quote, most, text, quote);
    } else if (field->kind == F_EMAIL) {
        buf_printf(out, "%sKQXFIELD-%s@x.example%s", quote, field->name, quote);
    } else if (field->kind == F_CHOICE) {
        buf_printf(out, "%s%s%s", quote, field->choices[0], quote);
    } else if (field->kind == F_DATE) {
        buf_printf(out, "%s2027-03-01%s", quote, quote);
    } else if (field->kind == F_BOOL) {
        buf_text(out, "true");
    } else if (field->kind == F_DIGITS) {
        buf_printf(out, "%s%.*s%s", quote, (int)field->min, "11111111111111111111", quote);
    } else {
        buf_printf(out, "%d", field->min > 1 && field->kind == F_INT ? (int)field->min : 1);
    }
}

/* The body of a write: every field that its handler reads, all of them badly formed or texts
 * planted among values that can be right; and a member that nobody reads. */
static const char *body_of(struct arena *arena, const struct route *route, bool good, bool json) {
    struct buf out;
    buf_init(&out, arena, 1024);
    buf_text(&out, json ? "{" : "");
    for (int t = 0; all_reads[t] != NULL; t++) {
        for (const struct reads *reads = all_reads[t]; reads->handler != NULL; reads++) {
            if (reads->handler != route->handler || (reads->list != NULL && !json)) {
                continue;
            }
            if (reads->list != NULL) {
                buf_printf(&out, "\"%s\": [{", reads->list);
            }
            for (const struct field *field = reads->fields; field->name != NULL; field++) {
                buf_printf(&out, json ? "\"%s\": " : "%s=", field->name);
                add_value(&out, field, good, json);
                buf_text(&out, !json ? "&" : field[1].name == NULL && reads->list ? "" : ", ");
            }
            buf_text(&out, reads->list != NULL ? "}], " : "");
        }
    }
    buf_text(&out, !json ? "reason=KQXFIELD-reason&KQXMEMBER=1" : "\"KQXMEMBER\": \"KQXMEMBER\"}");
    return out.ptr;
}

/* A query of strays, and of what is known of the first person: not by others, to whom forms would
 * give back what they asked for. */
static const char *question(struct arena *arena, const char *path, bool knows) {
    struct buf out;
    const struct planted *known = planted_person(arena, 0, 0);
    buf_init(&out, arena, 1024);
    buf_printf(&out, "%s?q=KQXQUERY&page=KQXQUERY&sort=KQXQUERY&reason=KQXQUERY", path);
    for (int i = 0; knows && known[i].field != NULL; i++) {
        buf_printf(&out, "&%s=%s", known[i].field, percent(arena, known[i].value));
    }
    return out.ptr;
}

/* --- the walk -----------------------------------------------------------------------------------
 */

static void read_everything(struct walk *walk) {
    const struct addresses *all = addresses_of(walk->arena, false);
    for (int i = 0; i < all->count; i++) {
        for (int role = 0; role < ROLES; role++) {
            struct arena *arena = arena_new();
            int status = ask(walk, "GET", all->path[i], role, NULL, NULL);
            if (status != 401 && status != 403 && all->whole[i]) {
                (void)ask(walk, "GET", question(arena, all->path[i], roles[role].knows == WHO),
                          role, headers, NULL);
            }
            arena_free(arena);
        }
    }
}

/* One write as everybody. */
static void write_one(struct walk *walk, const char *path, const struct route *route) {
    bool json = strncmp(path, "/api/", 5) == 0;
    for (int role = ROLES - 1; role >= 0; role--) {
        struct arena *arena = arena_new();
        int status = ask(walk, "POST", path, role, headers, body_of(arena, route, false, json));
        if (status != 401 && status != 403) {
            (void)ask(walk, "POST", path, role, NULL, body_of(arena, route, true, json));
        }
        arena_free(arena);
    }
}

/* What ends accounts, and with them the sessions of the rest, comes last; the world's day stays. */
static void write_everything(struct walk *walk) {
    const struct addresses *all = addresses_of(walk->arena, true);
    for (int last = 0; last < 2; last++) {
        for (int i = 0; i < all->count; i++) {
            const char *path = all->route[i]->path;
            bool ends = strncmp(path, "/accounts/", 10) == 0;
            if (ends == (last == 1) && strcmp(path, "/clock") != 0) {
                write_one(walk, all->path[i], all->route[i]);
            }
        }
    }
}

static const char *candidate(struct arena *arena, const char *surname, const char *reference) {
    return arena_printf(
        arena,
        "{\"campaign_id\": 1, \"surname\": \"%s\", \"given_names\": \"KQXFIELD\", \"birth_date\": "
        "\"1990-01-07\", \"sex\": \"F\", \"nationality\": \"MAR\", \"document_issuer\": \"MAR\", "
        "\"document_number\": \"KQXFIELD9\", \"document_expires\": \"2031-01-01\", "
        "\"partner_ref\": \"%s\", \"available_from\": \"2027-01-01\", \"available_to\": "
        "\"2027-12-31\", \"languages\": \"ar\", \"consent\": true, \"fee_asked\": true, "
        "\"fee_payee\": \"KQXFIELD\", \"fee_phone\": \"+212 " STRAY_PHONE
        "\", \"fee_place\": \"KQXFIELD\"}",
        surname, reference);
}

/* Files, log-ins, broken requests: what no table of fields describes. */
static void send_the_rest(struct walk *walk) {
    static const char import[] = "/api/v1/campaigns/1/candidates/import";
    static const char garbage[] = "GET /KQXGARBAGE\xff KQXGARBAGE\r\nKQXGARBAGE\r\n\r\n";
    struct arena *arena = walk->arena;
    char *csrf = web_csrf("partner");
    const char *csv = "partner_ref,surname,KQXCOLUMN\nKQXCELL-1,KQXCELL,KQXCELL\n";
    const char *form = arena_printf(
        arena,
        "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n%s\r\n--b\r\n"
        "Content-Disposition: form-data; name=\"key\"\r\n\r\nKQXKEY-0123456789abcdef\r\n--b\r\n"
        "Content-Disposition: form-data; name=\"file\"; filename=\"KQXFILE.csv\"\r\n"
        "Content-Type: text/csv\r\n\r\n%s\r\n--b--\r\n",
        csrf, csv);
    free(csrf);
    (void)ask(walk, "POST", import, PARTNER_ROLE, "Content-Type: text/csv\r\n", csv);
    (void)ask(walk, "POST", import + strlen("/api/v1"), PARTNER_ROLE,
              "Content-Type: multipart/form-data; boundary=b\r\n", form);
    (void)ask(walk, "POST", "/api/v1/login", PUBLIC_ROLE,
              "Idempotency-Key: KQXKEY-0123456789abcde\r\n",
              "{\"email\": \"KQXFIELD@x.example\", \"password\": \"KQXPASSWORD\"}");
    (void)ask(walk, "POST", "/login", PUBLIC_ROLE, NULL,
              "email=KQXFIELD%40x.example&password=KQXPASSWORD");
    (void)ask(walk, "POST", "/api/v1/candidates", PARTNER_ROLE, NULL,
              "{\"surname\": \"KQXFIELD\", broken");
    (void)ask(walk, "GET", "/api/v1/KQXPATH", PUBLIC_ROLE, "Authorization: Bearer KQXBEARER\r\n",
              NULL);
    (void)ask(walk, "GET", "/candidates/KQXPATH", PUBLIC_ROLE, "Cookie: noria=KQXCOOKIE\r\n", NULL);
    (void)ask(walk, "KQXMETHOD", "/candidates", PARTNER_ROLE, NULL, NULL);
    struct web_answer answer = web_raw(garbage, sizeof garbage - 1, 5);
    web_free(&answer);
    /* the same reference and passport again: PostgreSQL's own error has the key in its detail */
    const struct planted *known = planted_person(arena, 0, 0);
    while (strcmp(known->field, "partner_ref") != 0) {
        known++;
    }
    ck_assert_int_eq(ask(walk, "POST", "/api/v1/candidates", PARTNER_ROLE, NULL,
                         candidate(arena, "KQXFIELD", known->value)),
                     409);
}

/* --- the database fails -------------------------------------------------------------------------
 */

/* No row of this name can be written: the detail of PostgreSQL's error is the row. */
static void forbid_rows(bool forbidden) {
    (void)web_sql(forbidden ? "ALTER TABLE candidate ADD CONSTRAINT t_never CHECK (partner_ref "
                              "NOT LIKE 'KQX%') NOT VALID; SELECT 1"
                            : "ALTER TABLE candidate DROP CONSTRAINT t_never; SELECT 1");
}

static void wait_until_ready(void) {
    for (int i = 0; i < 400; i++) {
        struct web_answer answer = web("GET", "/readyz", NULL, NULL, NULL);
        int status = answer.status;
        web_free(&answer);
        if (status == 200) {
            return;
        }
        wire_rest(25);
    }
    ck_abort_msg("the server does not come back");
}

/* Ends the sessions of the server's log-ins, so that new ones read the database's settings. */
static void end_sessions(void) {
    (void)web_sql("SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE "
                  "datname = current_database() AND usename LIKE 'noria\\_%'");
}

static int refused_write(struct walk *walk) {
    return ask(walk, "POST", "/api/v1/candidates", PARTNER_ROLE, headers,
               candidate(walk->arena, "KQXFIELD", "KQXFIELD-REF"));
}

static void everybody_looks(struct walk *walk) {
    for (int role = 0; role < ROLES; role++) {
        /* a page's form for another language carries the page's whole address, so only the API is
         * asked with what the asker knows */
        const char *path = "/api/v1/candidates/1/identity";
        (void)ask(walk, "GET", "/candidates/1/identity", role, headers, NULL);
        (void)ask(walk, "GET", question(walk->arena, path, roles[role].knows == WHO), role, headers,
                  NULL);
    }
}

static void while_the_database_fails(struct walk *walk) {
    forbid_rows(true);
    ck_assert_int_eq(refused_write(walk), 422);
    forbid_rows(false);
    (void)web_sql("ALTER TABLE worker_identity RENAME TO t_away; SELECT 1");
    ck_assert_int_eq(refused_write(walk), 500);
    everybody_looks(walk);
    (void)web_sql("ALTER TABLE t_away RENAME TO worker_identity; SELECT 1");
    (void)web_sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT 0', "
                  "current_database()); END $$; SELECT 1");
    end_sessions();
    ck_assert_int_eq(refused_write(walk), 503);
    everybody_looks(walk);
    (void)web_sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I CONNECTION LIMIT -1', "
                  "current_database()); END $$; SELECT 1");
    wait_until_ready();
}

/* --- the tests ----------------------------------------------------------------------------------
 */

static int of_class(const struct walk *walk, int hundred) {
    int count = 0;
    for (int status = hundred; status < hundred + 100; status++) {
        count += walk->statuses[status];
    }
    return count;
}

START_TEST(planted_values_stand_in_no_log_metric_or_error) {
    struct walk walk = walk_new();
    read_everything(&walk);
    send_the_rest(&walk);
    while_the_database_fails(&walk);
    write_everything(&walk);
    struct web_answer metrics = web("GET", "/metrics", NULL, NULL, NULL);
    ck_assert_int_eq(metrics.status, 200);
    ck_assert_ptr_null(seeker_find(walk.everything, metrics.body, metrics.body_len));
    web_free(&metrics);
    const char *ours = log_tells(&walk, LOGS_OURS);
    const char *postgres = log_tells(&walk, LOGS_POSTGRES);
    printf("canaries: %d guises; %d requests: 2xx %d, 3xx %d, 4xx %d (401: %d), 5xx %d; logs of "
           "%zu and %zu "
           "bytes tell: %s, %s\n",
           seeker_guises(walk.everything), walk.sent, of_class(&walk, 200), of_class(&walk, 300),
           of_class(&walk, 400), walk.statuses[401], of_class(&walk, 500),
           logs_text(walk.arena, &walk.logs, LOGS_OURS).len,
           logs_text(walk.arena, &walk.logs, LOGS_POSTGRES).len, ours == NULL ? "nothing" : ours,
           postgres == NULL ? "nothing" : postgres);
    ck_assert_msg(ours == NULL, "the server's log tells %s", ours);
    ck_assert_msg(postgres == NULL, "PostgreSQL's log tells %s", postgres);
    ck_assert_int_ge(walk.sent, LEAST_SENT);
    ck_assert_int_ge(of_class(&walk, 200), LEAST_SENT / 10);
    ck_assert_int_ge(of_class(&walk, 400), LEAST_SENT / 10);
    ck_assert_int_ge(walk.statuses[500], 2);
    ck_assert_int_ge(walk.statuses[503], ROLES);
    ck_assert_int_ge(walk.shown, 1);
    ck_assert_uint_ge(logs_text(walk.arena, &walk.logs, LOGS_OURS).len,
                      (size_t)LEAST_SENT * 100); /* a line a request */
    ck_assert_uint_gt(logs_text(walk.arena, &walk.logs, LOGS_POSTGRES).len, 0);
    arena_free(walk.arena);
}
END_TEST

/* Control: a value in our log is found, in whatever form. */
START_TEST(control_a_line_of_ours_is_found) {
    static const char value[] = "KQXGARBAGE";
    char wide[2][2 * (sizeof value - 1)];
    char hex[2 * sizeof value + 1];
    char base64[40];
    for (size_t i = 0; i < sizeof value - 1; i++) {
        wide[0][2 * i] = wide[1][2 * i + 1] = value[i];
        wide[0][2 * i + 1] = wide[1][2 * i] = '\0';
    }
    (void)sodium_bin2hex(hex, sizeof hex, (const unsigned char *)value, sizeof value - 1);
    (void)sodium_bin2base64(base64, sizeof base64, (const unsigned char *)value, sizeof value - 1,
                            sodium_base64_VARIANT_ORIGINAL);
    const struct span forms[] = {{value, sizeof value - 1},
                                 {wide[0], sizeof wide[0]},
                                 {wide[1], sizeof wide[1]},
                                 span_of(hex),
                                 span_of(base64)};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct walk walk = walk_new();
        ck_assert_ptr_null(log_tells(&walk, LOGS_OURS));
        ck_assert_int_eq(write(STDERR_FILENO, forms[i].ptr, forms[i].len), (ssize_t)forms[i].len);
        ck_assert_str_eq(log_tells(&walk, LOGS_OURS), "no request");
        arena_free(walk.arena);
    }
    struct walk walk = walk_new();
    LOG(LOG_DEBUG, "planted", LOG_WORD("word", planted_person(walk.arena, 0, 1)->value));
    ck_assert_str_eq(log_tells(&walk, LOGS_OURS), "surname");
    arena_free(walk.arena);
}
END_TEST

/* Control: with PostgreSQL's own settings of its log the same refused write of the same server is
 * found there; and with ours it is not. */
START_TEST(control_a_loosened_log_of_postgresql_is_found) {
    struct walk walk = walk_new();
    forbid_rows(true);
    ck_assert_int_eq(refused_write(&walk), 422);
    ck_assert_ptr_null(log_tells(&walk, LOGS_POSTGRES));
    (void)web_sql("DO $$ DECLARE s text; BEGIN FOREACH s IN ARRAY ARRAY['log_error_verbosity = "
                  "verbose', 'log_min_error_statement = error', "
                  "'log_parameter_max_length_on_error = -1'] LOOP EXECUTE format('ALTER DATABASE "
                  "%I SET %s', current_database(), s); END LOOP; END $$; SELECT 1");
    end_sessions();
    wait_until_ready();
    ck_assert_int_eq(refused_write(&walk), 422);
    ck_assert_str_eq(log_tells(&walk, LOGS_POSTGRES), "field");
    forbid_rows(false);
    (void)web_sql("DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET ALL', current_database()); "
                  "END $$; SELECT 1");
    end_sessions();
    wait_until_ready();
    arena_free(walk.arena);
}
END_TEST

START_TEST(a_campaign_before_its_first_placement) {
    world_make();
}
END_TEST

WEB_MAIN_WITH(log_everything, "canaries", 280, a_campaign_before_its_first_placement,
              control_a_line_of_ours_is_found, control_a_loosened_log_of_postgresql_is_found,
              planted_values_stand_in_no_log_metric_or_error)
