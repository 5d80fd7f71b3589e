#include <check.h>
#include <stdlib.h>

#include "../../../lib/base/arena.h"
#include "../../../server/view/json.h"
#include "../../../server/view/json_read.h"

static struct arena *arena;

static void set_up(void) {
    arena = arena_new();
}

static void tear_down(void) {
    arena_free(arena);
}

static const char *written(const struct view *view) {
    struct buf out;
    buf_init(&out, arena, 0);
    json_view(&out, view);
    return out.ptr;
}

START_TEST(writes_every_kind) {
    struct view *view = view_new(arena);
    view_text(view, "t", "a\"b\\\n\x01é");
    view_text(view, "none", NULL);
    view_int(view, "n", INT64_MIN);
    view_bool(view, "b", true);
    view_json(view, "j", SPAN_LIT("[1,2]"));
    struct view *list = view_list(view, "l");
    view_word(list, "x");
    view_text(view_item(list), "y", "z");
    view_object(view, "o");
    view_int(view, "n", 7);
    ck_assert_str_eq(written(view),
                     "{\"t\":\"a\\\"b\\\\\\n\\u0001é\",\"none\":null,\"n\":7,\"b\":true,"
                     "\"j\":[1,2],\"l\":[\"x\",{\"y\":\"z\"}],\"o\":{}}");
}
END_TEST

static struct span cell(const void *impl, int row, int col) {
    (void)impl;
    static const char *const cells[2][5] = {
        {"12", "2026-03-01 10:00:00.5+00", "t", "NaN", "2026-03-01"},
        {NULL, NULL, "f", "12.10", NULL}};
    return span_of(cells[row][col]);
}

static const struct column columns[] = {
    {"id", COL_INT}, {"at", COL_TIME}, {"ok", COL_BOOL}, {"sum", COL_NUMBER}, {"day", COL_DATE}};
static const struct rows rows = {2, 5, columns, NULL, cell, 0};

START_TEST(writes_rows) {
    struct view *view = view_new(arena);
    view_rows(view, "r", &rows, -1);
    view_rows(view, "first", &rows, 0);
    ck_assert_str_eq(
        written(view),
        "{\"r\":[{\"id\":12,\"at\":\"2026-03-01T10:00:00.5Z\",\"ok\":true,\"sum\":null,"
        "\"day\":\"2026-03-01\"},{\"id\":null,\"at\":null,\"ok\":false,\"sum\":12.10,"
        "\"day\":null}],\"first\":[]}");
    view = view_new(arena);
    view_row(view, NULL, &rows, 0);
    ck_assert_str_eq(written(view),
                     "{\"id\":12,\"at\":\"2026-03-01T10:00:00.5Z\",\"ok\":true,\"sum\":null,"
                     "\"day\":\"2026-03-01\"}");
}
END_TEST

static Err read(const char *text, struct view_value *value) {
    const char *why = NULL;
    return json_read(arena, span_of(text), value, &why);
}

START_TEST(reads_what_it_writes) {
    const char *text =
        "{\"a\":[1,2.50,-0,1e5,true,false,null],\"b\":{\"c\":\"x\\\"\\u00e9\\ud83d\\ude00\"}}";
    struct view_value value = {0};
    ck_assert_int_eq(read(text, &value), OK);
    ck_assert_str_eq(written(value.node),
                     "{\"a\":[1,2.50,-0,1e5,true,false,null],\"b\":{\"c\":\"x\\\"é😀\"}}");
}
END_TEST

static const char *const broken[] = {"",
                                     "{",
                                     "{}x",
                                     "[1,]",
                                     "[,1]",
                                     "{\"a\":1,}",
                                     "{\"a\" 1}",
                                     "{a:1}",
                                     "{\"a\":1,\"a\":2}",
                                     "[01]",
                                     "[1.]",
                                     "[.5]",
                                     "[-]",
                                     "[1e]",
                                     "[+1]",
                                     "[\"\\u0000\"]",
                                     "[\"\\ud800\"]",
                                     "[\"\\udc00\"]",
                                     "[\"\\ud800\\u0041\"]",
                                     "[\"\\x\"]",
                                     "[\"\t\"]",
                                     "[\"a]",
                                     "[tru]",
                                     "nul",
                                     "[\"\xff\"]",
                                     "\xEF\xBB\xBF[]",
                                     "[NaN]",
                                     "'a'",
                                     "[1 2]",
                                     "[\"\xED\xA0\x80\"]"};

START_TEST(refuses_broken_json) {
    struct view_value value = {.kind = VIEW_TEXT};
    ck_assert_msg(read(broken[_i], &value) == ERR_JSON, "accepted: %s", broken[_i]);
    ck_assert_int_eq(value.kind, VIEW_TEXT);
}
END_TEST

START_TEST(depth_is_limited) {
    char text[2 * (JSON_DEPTH + 1) + 1] = {0};
    struct view_value value;
    for (int deep = JSON_DEPTH; deep <= JSON_DEPTH + 1; deep++) {
        for (int i = 0; i < deep; i++) {
            text[i] = '[';
            text[deep + i] = ']';
        }
        ck_assert_int_eq(read(text, &value), deep <= JSON_DEPTH ? OK : ERR_JSON);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("view/json");
    TCase *tcase = tcase_create("json");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, writes_every_kind);
    tcase_add_test(tcase, writes_rows);
    tcase_add_test(tcase, reads_what_it_writes);
    tcase_add_loop_test(tcase, refuses_broken_json, 0, (int)(sizeof broken / sizeof *broken));
    tcase_add_test(tcase, depth_is_limited);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
