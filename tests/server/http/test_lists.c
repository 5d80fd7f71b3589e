/* No list is cut in silence: what a handler shows is whole, comes in pages, or counts what its
 * LIMIT leaves out; pages put together are the list; what is left out is told in the API and on the
 * page.
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/db/describe.h"
#include "server/db/stmt_table.h"
#include "server/http/openapi_fields.h"
#include "server/http/route.h"
#include "server/routes.h"
#include "tests/support/web.h"

enum { WALK_MOST = 400, TEXT = 300 };

/* --- statements ---------------------------------------------------------------------------------
 */

/* Fixed limits that nothing can pass, and what holds them. */
static const struct {
    const char *name, *bound;
} bounded[] = {
    {"analysis_tasks", "TASKS_MAX"},
    {"analysis_habiletes", "DRAWN_MAX"},
    {"analysis_task_lines", "TASKS_MAX"},
    {"analysis_habilete_lines", "DRAWN_MAX"},
    {"calibration_exercises", "the exercises of a profile"},
    {"calibration_panel", "PANEL_MAX people, the exercises of a profile"},
    {"exercise_criteria", "CRITERIA_MAX"},
    {"exercise_observes", "HABILETES_MAX"},
    {"exercise_criterion_lines", "CRITERIA_MAX"},
    {"exercise_observed_lines", "HABILETES_MAX"},
    {"exercise_forms", "the letters"},
    {"exercise_form_lines", "FORMS_MAX"},
    {"marks_judge", "seats, exercises, criteria and markers of a session"},
    {"marks_exercises", "the exercises of a profile"},
    {"marks_criteria", "the exercises of a profile, CRITERIA_MAX"},
    {"browser_list", "login_arrived"},
    {"marks_sheet_exercises", "the exercises of a profile"},
    {"marks_sheet", "the exercises of a profile, CRITERIA_MAX"},
    {"pack_seats", "the capacity of a session"},
    {"pack_faults", "faults: the file is refused all the same"},
    {"profile_lines", "PROFILE_LINES_MAX"},
    {"profile_criteria", "PROFILE_LINES_MAX, CRITERIA_MAX"},
    {"profile_unseen", "DRAWN_MAX"},
    {"profile_form_lines", "PROFILE_LINES_MAX"},
    {"assessment_settings", "rows of migrations"},
    {"result_all", "the capacity of a session"},
    {"check_entries", "read in turns"},
    {"contract_room_list", "CONTRACT_ROOMS_MAX"},
    {"contract_site_list", "CONTRACT_SITES_MAX"},
    {"derogation_departments", "the departments of France"},
    {"document_setting_list", "rows of migrations"},
    {"status_lists", "three figures in their names"},
    {"privacy_limits", "rows of migrations"},
    {"privacy_held", "kinds of holds"},
    {"reference_region_list", "the regions of France"},
    {"reference_country_list", "ISO 3166-1"},
    {"picture_places", "the departments of France"},
    {"picture_funnel", "drawn, beside the list of services"},
    {"picture_scores", "drawn: a bar a figure"},
    {"picture_returns", "the weeks of a campaign"},
    {"returns_setting_list", "rows of migrations"},
    {"fee_answers", "one a moment"},
    {"case_counts", "the rules"},
    {"linkage_weights", "rows of migrations"},
    {"case_likeness", "the parts of an identity"},
    {"screening_settings", "rows of migrations"},
};
enum { BOUNDED = sizeof bounded / sizeof *bounded };

static bool is_bounded(enum stmt stmt) {
    for (int i = 0; i < BOUNDED; i++) {
        if (strcmp(bounded[i].name, stmt_table[stmt].name) == 0) {
            return true;
        }
    }
    return false;
}

static bool ours(enum stmt stmt) {
    return strncmp(stmt_table[stmt].where, "server/", strlen("server/")) == 0;
}

START_TEST(a_fixed_limit_counts_the_rest) {
    int counted = 0;
    int held = 0;
    for (int i = 0; i < stmt_count; i++) {
        enum stmt stmt = (enum stmt)i;
        if (ours(stmt) && describe_limit(stmt) > 1) {
            ck_assert_msg(describe_counts(stmt) != is_bounded(stmt),
                          "%s (%s): count(*) OVER () AS _all, or bounded[] with what holds it",
                          stmt_table[i].name, stmt_table[i].where);
            counted += describe_counts(stmt);
            held += is_bounded(stmt);
        }
    }
    ck_assert_int_eq(held, BOUNDED);
    ck_assert_int_gt(counted, 40);
}
END_TEST

static bool takes_limit(enum stmt stmt) {
    for (int i = 0; i < stmt_table[stmt].nparams; i++) {
        if (strcmp(stmt_table[stmt].params[i], "limit") == 0) {
            return true;
        }
    }
    return false;
}

/* The lists of a handler; how many of them come in pages. */
static int paged_lists(const struct route *route, int *all) {
    int paged = 0;
    for (int t = 0; all_shows[t] != NULL; t++) {
        for (const struct shows *row = all_shows[t]; row->handler != NULL; row++) {
            if (row->handler == route->handler && row->kind == SHOWS_ROWS) {
                paged += takes_limit((enum stmt)row->stmt);
                (*all)++;
            }
        }
    }
    return paged;
}

START_TEST(a_limit_that_is_asked_for_comes_in_pages) {
    int lists = 0;
    int pages = 0;
    for (int t = 0; all_routes[t] != NULL; t++) {
        for (const struct route *route = all_routes[t]; route->path != NULL; route++) {
            bool reads = openapi_paged(all_reads, route);
            int paged = paged_lists(route, &lists);
            ck_assert_msg((paged > 0) == reads, "%s: :limit and page_fields go together",
                          route->path);
            pages += reads;
        }
    }
    ck_assert_int_gt(lists, 80);
    ck_assert_int_gt(pages, 25);
}
END_TEST

/* --- pages --------------------------------------------------------------------------------------
 */

static void make_rows(void) {
    (void)web_sql(
        "INSERT INTO campaign (code, season, name, first_day, last_day, state) SELECT 'L-' || n, "
        "2099, 'Lists', '2099-02-01', '2099-11-30', 'open' FROM generate_series(1, 5) n; INSERT "
        "INTO org (kind, name, country) SELECT 'partner', 'Listed ' || n, 'MA' FROM "
        "generate_series(1, 5) n; INSERT INTO shortage_list (region, rome, from_day, to_day, "
        "source) SELECT '93', 'A1401', '2010-01-01'::date + n, '2010-01-01'::date + n, 'test' FROM "
        "generate_series(1, 5) n; ALTER TABLE contract DISABLE TRIGGER USER; INSERT INTO contract "
        "(campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome, crop, "
        "tasks, commune, weekly_hours, hourly_wage, submitted_on, due_on) SELECT 1, o.id, 'L-' || "
        "n, 'AAAAAA', 'submitted', 1, '2099-04-01', '2099-08-31', 'A1401', 'apples', 'picking', "
        "'84007', 35, 13, '2027-01-01', '2027-02-01'::date - n / 3 FROM org o, "
        "generate_series(1, 7) n WHERE o.kind = 'employer'; ALTER TABLE contract ENABLE TRIGGER "
        "USER; INSERT INTO fraud_case (campaign_id, rule, severity, blocking, second_person, "
        "org_id, due_on, evidence) SELECT 1, 'mrz_check_digit', 'serious', true, false, o.id, "
        "'2027-02-01'::date - n / 3, jsonb_build_object('n', n) FROM org o, "
        "generate_series(1, 7) n WHERE o.kind = 'employer'; SELECT 1");
}

/* The marks of a page's rows, in order: the ids, or what stands first in each. */
static void add_rows(struct buf *out, const char *body, const char *list) {
    const char *at = strstr(body, list);
    ck_assert_msg(at != NULL, "%s in %.900s", list, body);
    at += strlen(list);
    for (int depth = 0; *at != '\0' && !(*at == ']' && depth == 0); at++) {
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
        buf_char(out, *at);
        if (*at == '}' && depth == 0) {
            buf_char(out, ';');
            at += at[1] == ',';
        }
    }
}

/* The list of a path from its first page by pages of `limit`, put together. */
static int walk(struct arena *arena, const char *role, const char *path, const char *list,
                int limit, struct buf *out) {
    int pages = 0;
    const char *next = arena_printf(arena, "%s?limit=%d", path, limit);
    while (next != NULL && pages < WALK_MOST) {
        struct web_answer answer = web("GET", next, role, NULL, NULL);
        ck_assert_msg(answer.status == 200, "%s: %.900s", next, answer.all);
        add_rows(out, answer.body, list);
        char *link = web_header(&answer, "Link");
        next = NULL;
        if (link != NULL) {
            ck_assert_msg(link[0] == '<' && strstr(link, ">; rel=\"next\"") != NULL, "%s", link);
            next = arena_copy(arena, link + 1, strcspn(link + 1, ">"));
        }
        free(link);
        web_free(&answer);
        pages++;
    }
    return pages;
}

static const struct {
    const char *path, *list, *role;
    int rows; /* at least */
} walks[] = {
    {"/cases", "\"cases\":[", "officer", 7},
    {"/cases/all", "\"cases\":[", "officer", 7},
    {"/contracts/queue", "\"contracts\":[", "officer", 7},
    {"/contracts", "\"contracts\":[", "officer", 7},
    {"/campaigns", "\"campaigns\":[", "officer", 5},
    {"/orgs", "\"orgs\":[", "admin", 8},
    {"/accounts", "\"accounts\":[", "admin", 7},
    {"/habiletes", "\"habiletes\":[", "officer", 5},
    {"/exercises", "\"exercises\":[", "officer", 5},
    {"/profiles", "\"profiles\":[", "officer", 3},
    {"/references/shortages", "\"shortages\":[", "officer", 5},
};

START_TEST(pages_put_together_are_the_list) {
    make_rows();
    for (size_t i = 0; i < sizeof walks / sizeof *walks; i++) {
        struct arena *arena = arena_new();
        struct buf whole;
        struct buf parts;
        buf_init(&whole, arena, 4096);
        buf_init(&parts, arena, 4096);
        const char *path = arena_printf(arena, "/api/v1%s", walks[i].path);
        int once = walk(arena, walks[i].role, path, walks[i].list, 200, &whole);
        int pages = walk(arena, walks[i].role, path, walks[i].list, 2, &parts);
        ck_assert_int_eq(once, 1);
        ck_assert_msg(pages >= (walks[i].rows + 1) / 2, "%s: %d pages", path, pages);
        ck_assert_msg(strcmp(whole.ptr, parts.ptr) == 0, "%s:\n%.900s\n%.900s", path, whole.ptr,
                      parts.ptr);
        struct web_answer page =
            web("GET", arena_printf(arena, "%s?limit=2", walks[i].path), walks[i].role, NULL, NULL);
        ck_assert_msg(page.status == 200 && strstr(page.body, "rel=\"next\"") != NULL, "%.900s",
                      page.all);
        web_free(&page);
        arena_free(arena);
    }
}
END_TEST

/* The most urgent first, each once, also where days are the same. */
START_TEST(queues_go_by_their_day) {
    struct arena *arena = arena_new();
    struct buf parts;
    buf_init(&parts, arena, 4096);
    (void)walk(arena, "officer", "/api/v1/cases", "\"cases\":[", 1, &parts);
    const char *before = "";
    int rows = 0;
    for (const char *at = strstr(parts.ptr, "\"due_on\":\""); at != NULL;
         at = strstr(at + 1, "\"due_on\":\""), rows++) {
        const char *day = arena_copy(arena, at + strlen("\"due_on\":\""), strlen("2027-02-01"));
        ck_assert_msg(strcmp(before, day) <= 0, "%s after %s", day, before);
        before = day;
    }
    ck_assert_int_eq(rows, 7);
    arena_free(arena);
}
END_TEST

/* --- what is left out ---------------------------------------------------------------------------
 */

static void tokens(int count) {
    char sql[TEXT];
    (void)snprintf(sql, sizeof sql,
                   "DELETE FROM api_token WHERE label = 'listed'; INSERT INTO api_token "
                   "(account_id, token_hash, label, scope, expires_at) SELECT a.id, "
                   "sha256(('t' || n)::bytea), 'listed', 'read', now() + interval '1 day' FROM "
                   "account a, generate_series(1, %d) n WHERE a.role = 'desk'; SELECT 1",
                   count);
    (void)web_sql(sql);
}

START_TEST(what_is_left_out_is_told) {
    static const char note[] = "3 autres n&#39;y figurent pas";
    tokens(102); /* and the test's own */
    web_gets("desk", "/api/v1/tokens", "\"left_out\":3");
    web_gets("desk", "/account", note);
    tokens(99);
    struct web_answer api = web("GET", "/api/v1/tokens", "desk", NULL, NULL);
    struct web_answer page = web("GET", "/account", "desk", NULL, NULL);
    ck_assert(api.status == 200 && strstr(api.body, "left_out") == NULL);
    ck_assert(page.status == 200 && strstr(page.body, "figurent pas") == NULL);
    web_free(&api);
    web_free(&page);
}
END_TEST

WEB_MAIN("lists", 120, a_fixed_limit_counts_the_rest, a_limit_that_is_asked_for_comes_in_pages,
         pages_put_together_are_the_list, queues_go_by_their_day, what_is_left_out_is_told)
