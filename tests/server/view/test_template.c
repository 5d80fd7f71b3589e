#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../server/view/template_render.h"

static struct arena *arena;
static struct view *view;

static void set_up(void) {
    arena = arena_new();
    view = view_new(arena);
    view_text(view, "x", "<script>\"'&");
    view_text(view, "path", "//evil.example/a b?c=d&e");
    view_text(view, "js", "javascript:alert(1)");
    view_text(view, "day", "2026-03-01");
    view_text(view, "at", "2026-07-14 22:30:00+00");
    view_text(view, "sum", "1234567.50");
    view_text(view, "state", "approved");
    view_bool(view, "yes", true);
    view_int(view, "zero", 0);
    view_json(view, "json", SPAN_LIT("[{\"n\":\"1\"},{\"n\":\"<2>\"}]"));
    struct view *list = view_list(view, "list");
    view_text(view_item(list), "n", "a");
    view_text(view_item(list), "n", "b");
    struct view *words = view_list(view, "words");
    view_word(words, "p");
    view_word(words, "q");
    view_text(view_object(view, "o"), "inner", "deep");
}

static void tear_down(void) {
    arena_free(arena);
}

static const char *page(enum lang lang, const char *source) {
    struct template template;
    char error[256];
    if (template_compile(arena, "test", span_of(source), &template, error) != OK) {
        ck_abort_msg("%s: %s", source, error);
    }
    struct buf out;
    buf_init(&out, arena, 0);
    buf_text(&out, "");
    template_run(NULL, &template, lang, view, &out);
    return out.ptr;
}

static const struct {
    const char *source;
    const char *result;
} shown[] = {
    {"<p>{{x}}</p>", "<p>&lt;script&gt;&quot;&#39;&amp;</p>"},
    {"<p class=\"{{x}}\">", "<p class=\"&lt;script&gt;&quot;&#39;&amp;\">"},
    {"{{missing}}{{o.missing}}{{o}}{{list}}", ""},
    {"{{o.inner}} {{#o}}{{inner}}{{state}}{{/o}}", "deep deepapproved"},
    {"{{#list}}[{{n}}]{{/list}}{{^list}}none{{/list}}", "[a][b]"},
    {"{{#words}}{{.}},{{/words}}", "p,q,"},
    {"{{#json}}{{n}};{{/json}}", "1;&lt;2&gt;;"},
    {"{{#zero}}a{{/zero}}{{^zero}}b{{/zero}}{{#yes}}c{{/yes}}", "bc"},
    {"{{#state=approved}}a{{/state}}{{^state=approved}}b{{/state}}{{^state=x}}c{{/state}}", "ac"},
    {"<a href=\"/c/{{path}}\">", "<a href=\"/c/%2F%2Fevil.example%2Fa%20b%3Fc%3Dd%26e\">"},
    {"<a href=\"/{{path}}\">", "<a href=\"/evil.example/a%20b?c=d&amp;e\">"},
    {"<a href=\"?{{path}}\">", "<a href=\"?%2F%2Fevil.example%2Fa%20b%3Fc=d&amp;e\">"},
    {"<a href=\"#{{js}}\">", "<a href=\"#javascript%3Aalert%281%29\">"},
    {"<option{{#yes}} selected{{/yes}}>", "<option selected>"},
    {"<option {{#zero}}selected{{/zero}} value=\"{{state}}\">", "<option  value=\"approved\">"},
    {"{{_Hello {state} {nobody} and {x}.}}", "Hello approved  and &lt;script&gt;&quot;&#39;&amp;."},
    {"{{_It is {state}}}", "It is approved"},
    {"{{! nothing <script> }}<!-- a comment --><script src=\"/a.js\"></script>{{state}}",
     "<!-- a comment --><script src=\"/a.js\"></script>approved"},
    {"{{day|date}}", "1er\u00a0mars 2026"},
    {"{{at|time}}", "15\u00a0juillet 2026, 00:30"},
    {"{{sum|money}}", "1\u202f234\u202f567,50\u00a0€"},
    {"{{sum|number}}", "1\u202f234\u202f567,50"},
    {"{{x|date}}", "&lt;script&gt;&quot;&#39;&amp;"},
    {"{{state|label:nokind}}", "approved"},
};

START_TEST(shows) {
    ck_assert_str_eq(page(LANG_FR, shown[_i].source), shown[_i].result);
}
END_TEST

START_TEST(shows_in_other_languages) {
    ck_assert_str_eq(page(LANG_EN, "{{day|date}} {{sum|money}}"),
                     "1\u00a0March 2026 €1,234,567.50");
    ck_assert_str_eq(page(LANG_AR, "{{day|date}}"), "1\u00a0مارس 2026");
    ck_assert_str_eq(page(LANG_AR, "{{at|time}}"), "15\u00a0يوليوز 2026، 00:30");
}
END_TEST

static const char *const refused[] = {
    "<{{x}}>",
    "<a {{x}}>",
    "<a {{x}}=\"1\">",
    "<a class={{x}}>",
    "<a class='{{x}}'>",
    "<a class=b>",
    "<a href=\"{{x}}\">",
    "<a href=\"//{{x}}\">",
    "<a href=\"javascript:{{x}}\">",
    "<a HREF=\"https://{{x}}\">",
    "<form action=\"{{x}}\">",
    "<button formaction=\"{{x}}\">",
    "<p onclick=\"{{x}}\">",
    "<p style=\"{{x}}\">",
    "<iframe srcdoc=\"{{x}}\">",
    "<img srcset=\"{{x}}\">",
    "<script>{{x}}</script>",
    "<style>{{x}}</style>",
    "<SCRIPT>a</scr{{x}}</script>",
    "<!-- {{x}} -->",
    "<!doctype {{x}}>",
    "<a{{#yes}}b{{/yes}}c>",
    "{{#yes}}<p class=\"{{/yes}}\">",
    "<a href=\"{{#yes}}/b/{{/yes}}{{x}}\">",
    "{{#yes}}<script>{{/yes}}x</script>",
    "<a href=\"/{{#yes}}/{{/yes}}{{x}}\">",
    "<p {{> partials/x}}>",
    "{{{x}}}",
    "{{&x}}",
    "{{}}",
    "{{x",
    "{{x|nofilter}}",
    "{{a..b}}",
    "{{a b}}",
    "{{#a}}",
    "{{/a}}",
    "{{#a}}{{/b}}",
    "<p",
    "a < b",
    "{{_two\nlines}}",
    "<a href=\"/{{_sentence}}\">",
    "\xff",
    "a\x01",
};

START_TEST(refuses) {
    char error[256] = "";
    ck_assert_msg(template_check("t", span_of(refused[_i]), error) == ERR_UNREADABLE,
                  "compiled: %s", refused[_i]);
    ck_assert_msg(strncmp(error, "t:", 2) == 0, "%s", error);
}
END_TEST

START_TEST(names_the_line) {
    char error[256] = "";
    ck_assert_int_eq(template_check("t", span_of("a\nb\n{{/x}}"), error), ERR_UNREADABLE);
    ck_assert(strncmp(error, "t:3: ", 5) == 0);
}
END_TEST

START_TEST(every_embedded_template_compiles) {
    const struct templates *all = templates_compile(arena);
    ck_assert_ptr_nonnull(all);
    struct buf out;
    buf_init(&out, arena, 0);
    ck_assert_int_eq(template_render(all, "no/such/page", LANG_FR, view, &out), ERR_NOT_FOUND);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("view/template");
    TCase *tcase = tcase_create("template");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_loop_test(tcase, shows, 0, (int)(sizeof shown / sizeof *shown));
    tcase_add_test(tcase, shows_in_other_languages);
    tcase_add_loop_test(tcase, refuses, 0, (int)(sizeof refused / sizeof *refused));
    tcase_add_test(tcase, names_the_line);
    tcase_add_test(tcase, every_embedded_template_compiles);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
