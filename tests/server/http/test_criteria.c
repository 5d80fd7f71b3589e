/* Blocked criteria over HTTP: no route takes sex, age, marital status, family or origin as a
 * filter, an order or a column, nor does a body; each attempt is recorded. */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/http/router.h"
#include "server/routes.h"
#include "tests/support/web.h"

static const struct {
    unsigned bit;
    const char *role;
} roles[] = {{OFFICER, "officer"},   {PARTNER, "partner"}, {EMPLOYER, "employer"}, {DESK, "desk"},
             {ASSESSOR, "assessor"}, {AUDITOR, "auditor"}, {ADMIN, "admin"}};

static const char *role_of(const struct route *route) {
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        if ((route->allow & roles[i].bit) != 0) {
            return roles[i].role;
        }
    }
    return NULL;
}

/* The path with numbers for its parameters, below the API where it has one. */
static const char *path_of(struct arena *arena, const struct route *route, const char *query) {
    struct buf out;
    buf_init(&out, arena, 128);
    bool bare = (route->flags & (ROUTE_RAW | ROUTE_PAGE_ONLY)) != 0;
    buf_text(&out, bare ? "" : "/api/v1");
    for (const char *c = route->path; *c != '\0'; c++) {
        if (*c == ':') {
            buf_text(&out, "999999999");
            c += strcspn(c, "/") - 1;
        } else {
            buf_char(&out, *c);
        }
    }
    buf_text(&out, query);
    return out.ptr;
}

static int asked(struct arena *arena, const struct route *route, const char *query, bool *blocked) {
    struct web_answer answer = web("GET", path_of(arena, route, query), role_of(route), NULL, NULL);
    int status = answer.status;
    *blocked = strstr(answer.body, "criterion_blocked") != NULL ||
               strstr(answer.body, "may not select candidates") != NULL ||
               strstr(answer.body, "ne peut s\u00e9lectionner") != NULL;
    web_free(&answer);
    return status;
}

/* Every GET row, pages and API alike; with a harmless name as control. */
START_TEST(no_route_takes_one) {
    static const char *const bad[] = {"?sex=F", "?sort=birth_date", "?filter[nationality]=MAR"};
    struct arena *arena = arena_new();
    int rows = 0;
    for (int t = 0; all_routes[t] != NULL; t++) {
        for (const struct route *route = all_routes[t]; route->path != NULL; route++) {
            if (route->method != GET || strcmp(route->path, "/logout") == 0) {
                continue;
            }
            bool blocked = false;
            for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
                int status = asked(arena, route, bad[i], &blocked);
                ck_assert_msg(status == 422 && blocked, "%s%s: %d", route->path, bad[i], status);
            }
            int status = asked(arena, route, "?limit=5", &blocked);
            ck_assert_msg(status != 422 || !blocked, "control: %s: %d", route->path, status);
            rows++;
        }
    }
    ck_assert_int_gt(rows, 80);
    arena_free(arena);
}
END_TEST

static void refused(const char *role, const char *method, const char *path, const char *body,
                    const char *code) {
    struct web_answer answer = web(method, path, role, NULL, body);
    ck_assert_msg(answer.status == 422 && strstr(answer.body, code) != NULL, "%s %s: %s", method,
                  path, answer.all);
    web_free(&answer);
}

static long long leaves(const char *criterion) {
    char sql[200];
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM audit_leaf WHERE act = 'criterion.blocked' AND detail ->> "
                   "'criterion' = '%s'",
                   criterion);
    return web_sql(sql);
}

START_TEST(attempts_are_recorded) {
    long long before = leaves("marital");
    refused("employer", "GET", "/api/v1/proposals?married=true", NULL, "criterion_blocked");
    ck_assert_int_eq(leaves("marital"), before + 1);
    refused("assessor", "POST", "/api/v1/profiles",
            "{\"code\": \"P-1\", \"label\": \"Taille\", \"pass_total\": 0, \"marital_status\": "
            "\"single\"}",
            "criterion_blocked");
    ck_assert_int_eq(leaves("marital"), before + 2);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM profile WHERE code = 'P-1'"), 0);
    before = leaves("sex");
    refused("assessor", "POST", "/api/v1/profiles",
            "{\"code\": \"P-1\", \"label\": \"Jeunes hommes\", \"pass_total\": 0}",
            "criterion_in_text");
    ck_assert_int_eq(leaves("sex"), before + 1);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM profile WHERE code = 'P-1'"), 0);
    /* what stands in the leaf: the names, never a value */
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'criterion.blocked' AND "
                             "(detail::text ~ 'Jeunes|single|true')"),
                     0);
    struct web_answer answer = web("GET", "/selection/attempts", "auditor", NULL, NULL);
    ck_assert(answer.status == 200 && strstr(answer.body, "marital_status") != NULL);
    web_free(&answer);
    answer = web("GET", "/metrics", NULL, NULL, NULL);
    ck_assert_ptr_nonnull(strstr(answer.body, "noria_criteria_blocked_total"));
    ck_assert_ptr_null(strstr(answer.body, "noria_criteria_blocked_total 0\n"));
    web_free(&answer);
}
END_TEST

/* The names inside a list are judged as those of the body: JSON and form. */
START_TEST(elements_name_none) {
    long long before = leaves("age");
    refused("assessor", "POST", "/api/v1/profiles",
            "{\"code\": \"P-8\", \"label\": \"Taille\", \"pass_total\": 0, \"exercises\": "
            "[{\"exercise_id\": 1}, {\"exercise_id\": 2, \"max_age\": 30}]}",
            "criterion_blocked");
    ck_assert_int_eq(leaves("age"), before + 1);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'criterion.blocked' AND "
                             "detail ->> 'name' = 'exercises[1][max_age]'"),
                     1);
    refused("assessor", "POST", "/profiles",
            "code=P-8&label=Taille&pass_total=0&exercises[0][exercise_id]=1&exercises[0][max_age]="
            "30",
            "");
    ck_assert_int_eq(leaves("age"), before + 2);
    refused("assessor", "POST", "/api/v1/profiles",
            "{\"code\": \"P-8\", \"label\": \"Taille\", \"pass_total\": 0, \"exercises\": "
            "[{\"exercise_id\": 1, \"colour\": 1}]}",
            "unknown_field");
    ck_assert_int_eq(leaves("age"), before + 2);
    ck_assert_int_eq(web_sql("SELECT count(*) FROM profile WHERE code = 'P-8'"), 0);
    struct web_answer answer = web("POST", "/api/v1/profiles", "assessor", NULL,
                                   "{\"code\": \"P-8\", \"label\": \"Taille\", \"pass_total\": 0, "
                                   "\"exercises\": [{\"exercise_id\": 1}]}");
    ck_assert_msg(answer.status == 201, "control: %s", answer.all);
    web_free(&answer);
}
END_TEST

/* A stranger's attempt is refused and counted, but fills no log. Control: the same as somebody. */
START_TEST(strangers_fill_no_log) {
    long long before = web_sql("SELECT count(*) FROM audit_leaf");
    refused(NULL, "GET", "/api/v1/check?sex=F", NULL, "criterion_blocked");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf"), before);
    refused("officer", "GET", "/api/v1/check?sex=F", NULL, "criterion_blocked");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf"), before + 1);
}
END_TEST

START_TEST(files_name_none) {
    struct web_answer answer =
        web("POST", "/api/v1/contracts/import?campaign_id=1", "employer",
            "Content-Type: text/csv\r\n", "employer_ref,places,max_age\nA,5,35\n");
    ck_assert_msg(answer.status != 200 && answer.status != 201, "%s", answer.all);
    web_free(&answer);
}
END_TEST

START_TEST(the_list_and_flags) {
    (void)web_sql("UPDATE assessment_setting SET value = 0 WHERE code = 'analysis_required'; "
                  "SELECT 1"); /* of analyses: tests/server/assessment/test_analysis.c */
    struct web_answer answer =
        web("POST", "/api/v1/profiles", "assessor", NULL,
            "{\"code\": \"P-2\", \"label\": \"Jeunes plants\", \"pass_total\": 0, \"exercises\": "
            "[{\"exercise_id\": 1}]}");
    ck_assert_int_eq(answer.status, 201);
    web_free(&answer);
    web_account("second", "officer", "Test OFII");
    char path[80];
    long long made = web_sql("SELECT id FROM profile WHERE code = 'P-2'");
    (void)snprintf(path, sizeof path, "/api/v1/profiles/%lld/propose", made);
    web_posts("officer", path, "{\"edit\": 1}", 200, "\"proposed_by_me\":true");
    (void)snprintf(path, sizeof path, "/api/v1/profiles/%lld/activate", made);
    web_posts("second", path, "{\"edit\": 1}", 409, "criterion_flagged");
    answer = web("GET", "/selection/flags", "officer", NULL, NULL);
    ck_assert(answer.status == 200 && strstr(answer.body, "jeunes") != NULL);
    web_free(&answer);
    char keep[80];
    (void)snprintf(keep, sizeof keep, "/api/v1/selection/flags/%lld/keep",
                   web_sql("SELECT max(id) FROM blocked_flag"));
    refused("officer", "POST", keep, "{\"reason\": \"no\"}", "too_short");
    answer = web("POST", keep, "officer", NULL, "{\"reason\": \"plants and not people\"}");
    ck_assert_int_eq(answer.status, 200);
    web_free(&answer);
    web_posts("second", path, "{\"edit\": 1}", 200, "\"state\":\"active\"");
    answer = web("POST", "/api/v1/selection/words", "officer", NULL,
                 "{\"lang\": \"fr\", \"phrase\": \"gaillards\", \"criterion\": \"sex\", \"kind\": "
                 "\"refuse\"}");
    ck_assert_int_eq(answer.status, 201);
    web_free(&answer);
    refused("assessor", "POST", "/api/v1/profiles",
            "{\"code\": \"P-3\", \"label\": \"Gaillards\", \"pass_total\": 0}",
            "criterion_in_text");
}
END_TEST

WEB_MAIN("blocked criteria over HTTP", 240, no_route_takes_one, attempts_are_recorded,
         elements_name_none, strangers_fill_no_log, files_name_none, the_list_and_flags)
