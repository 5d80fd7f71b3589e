/* noria mrz, as another program runs it: a JSON object a line in, one a line out. */
#include <string.h>

#include "../../client-cli/commands.h"
#include "../../client-cli/http.h"
#include "../../lib/base/arena.h"
#include "../support/check_main.h"
#include "../support/cli_issuer.h"

static struct arena *arena;

static void setup(void) {
    arena = issuer_copy();
}

static void teardown(void) {
    issuer_leave(arena);
}

#define GOOD                                                                                       \
    "\"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\","                                            \
    "\"L898902C36UTO7408122F1204159ZE184226B<<<<<10\""

/* The next line of the answer, parsed; NULL at the end. What is said on stderr stands in the same
 * file. `rest` goes on behind it. */
static const cJSON *next_answer(const char **rest) {
    while (**rest != '{' && **rest != '\0') {
        const char *end = strchr(*rest, '\n');
        *rest = end == NULL ? *rest + strlen(*rest) : end + 1;
    }
    if (**rest == '\0') {
        return NULL;
    }
    const char *end = strchr(*rest, '\n');
    ck_assert_ptr_nonnull(end);
    cJSON *answer = cJSON_ParseWithLength(*rest, (size_t)(end - *rest));
    ck_assert_msg(answer != NULL, "%s", *rest);
    arena_defer(arena, (void (*)(void *))cJSON_Delete, answer);
    *rest = end + 1;
    return answer;
}

static const char *only_reason(const cJSON *answer) {
    const cJSON *reasons = cJSON_GetObjectItem(answer, "reasons");
    ck_assert_int_eq(cJSON_GetArraySize(reasons), 1);
    return cJSON_GetStringValue(cJSON_GetArrayItem(reasons, 0));
}

START_TEST(every_line_has_its_answer) {
    issuer_put("zones", SPAN_LIT("{\"id\":\"a\",\"lines\":[" GOOD "]}\n"
                                 "{\"id\":7,\"lines\":[" GOOD ",\"\"]}\n"
                                 "{\"id\":\"c\",\"lines\":\"none\"}\n"
                                 "{\"id\":\"d\",\"lines\":[" GOOD "]}\n"));
    ck_assert_int_eq(issuer_run(cmd_mrz, "--json", "zones", (const char *)NULL), EXIT_UNREADABLE);
    struct span out = issuer_get(arena, "out");
    const char *rest = arena_copy(arena, out.ptr, out.len);
    const cJSON *answer = next_answer(&rest);
    ck_assert_str_eq(json_text(answer, "id"), "a");
    ck_assert(cJSON_IsTrue(cJSON_GetObjectItem(answer, "valid")));
    ck_assert_str_eq(json_text(answer, "format"), "TD3");
    ck_assert_int_eq(cJSON_GetArraySize(cJSON_GetObjectItem(answer, "reasons")), 0);
    ck_assert_str_eq(json_text(cJSON_GetObjectItem(answer, "fields"), "surname"), "ERIKSSON");
    answer = next_answer(&rest);
    ck_assert_int_eq(json_int(answer, "id"), 7);
    ck_assert_str_eq(only_reason(answer), "bad_line_lengths"); /* an empty line is a line */
    ck_assert(cJSON_IsNull(cJSON_GetObjectItem(answer, "format")));
    answer = next_answer(&rest);
    ck_assert_str_eq(json_text(answer, "id"), "c");
    ck_assert_str_eq(only_reason(answer), "unreadable");
    answer = next_answer(&rest);
    ck_assert_str_eq(json_text(answer, "id"), "d");
}
END_TEST

/* One line in, one answer out: the id that is given back, or nothing, and the only reason. */
struct hostile {
    const char *line, *id, *reason; /* reason NULL: valid */
    size_t size;                    /* of a line with a NUL in it; 0: up to its end */
};

#define FIRST "\"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\""
#define SECOND "L898902C36UTO7408122F1204159ZE184226B<<<<<10"

static const struct hostile hostile[] = {
    {"{\"lines\":[" GOOD "],\"id\":\"x\"}", "x", NULL, 0},
    {"  {\"id\":\"x\",\"lines\":[" GOOD "]}  \r", "x", NULL, 0},
    {"{\"id\":\"x\",\"lin\\u0065s\":[" GOOD "]}", "x", NULL, 0},
    /* not JSON, not an object, more than one, cut off */
    {"nothing", NULL, "unreadable", 0},
    {"[" GOOD "]", NULL, "unreadable", 0},
    {"7", NULL, "unreadable", 0},
    {"null", NULL, "unreadable", 0},
    {"{\"id\":\"x\",\"lines\":[" GOOD, NULL, "unreadable", 0},
    {"{\"id\":\"x\",\"lines\":[" GOOD "]} x", NULL, "unreadable", 0},
    {"{\"id\":\"x\",\"lines\":[" GOOD "]}{\"id\":\"y\"}", NULL, "unreadable", 0},
    {"{\"id\":\"x\",\"lines\":[" GOOD ",]}", NULL, "unreadable", 0},
    {"{\"id\":\"\\ud800\",\"lines\":[" GOOD "]}", NULL, "unreadable", 0},
    {"{\"id\":\"\xff\",\"lines\":[" GOOD "]}", NULL, "unreadable", 0},
    /* another shape than a list of texts */
    {"{\"id\":\"x\"}", "x", "unreadable", 0},
    {"{\"id\":\"x\",\"Lines\":[" GOOD "]}", "x", "unreadable", 0},
    {"{\"id\":\"x\",\"lines\":" FIRST "}", "x", "unreadable", 0},
    {"{\"id\":\"x\",\"lines\":{\"1\":" FIRST "}}", "x", "unreadable", 0},
    {"{\"id\":\"x\",\"lines\":null}", "x", "unreadable", 0},
    {"{\"id\":\"x\",\"lines\":[" GOOD ",7]}", "x", "unreadable", 0},
    {"{\"id\":\"x\",\"lines\":[[" GOOD "]]}", "x", "unreadable", 0},
    /* twice: the first is good, the last is not */
    {"{\"id\":\"x\",\"lines\":[" GOOD "],\"lines\":[]}", "x", "unreadable", 0},
    {"{\"id\":\"y\",\"lines\":[" GOOD "],\"id\":\"x\"}", "x", "unreadable", 0},
    /* texts as they are: one too many, none, blanks, line ends, NUL behind and in the middle */
    {"{\"id\":\"x\",\"lines\":[]}", "x", "bad_line_lengths", 0},
    {"{\"id\":\"x\",\"lines\":[" GOOD "," GOOD "]}", "x", "bad_line_lengths", 0},
    {"{\"id\":\"x\",\"lines\":[" GOOD "," GOOD "," GOOD "]}", "x", "bad_line_lengths", 0},
    {"{\"id\":\"x\",\"lines\":[" FIRST ",\"" SECOND " \"]}", "x", "bad_line_lengths", 0},
    {"{\"id\":\"x\",\"lines\":[" FIRST ",\"" SECOND "\\r\"]}", "x", "bad_line_lengths", 0},
    {"{\"id\":\"x\",\"lines\":[" FIRST ",\"\xef\xbb\xbf" SECOND "\"]}", "x", "bad_line_lengths", 0},
    {"{\"id\":\"x\",\"lines\":[" FIRST ",\"" SECOND "\\u0000\"]}", "x", "bad_line_lengths", 0},
    {"{\"id\":\"x\",\"lines\":[" FIRST ",\"" SECOND "\\u0000<script>\"]}", "x", "bad_line_lengths",
     0},
    {"{\"id\":\"x\",\"lines\":[\"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<\\u0000\",\"" SECOND
     "\"]}",
     "x", "bad_characters", 0},
    {.id = "x",
     .reason = "bad_line_lengths",
     .line = "{\"id\":\"x\",\"lines\":[" FIRST ",\"" SECOND "\0\"]}",
     .size = sizeof "{\"id\":\"x\",\"lines\":[" FIRST ",\"" SECOND "\0\"]}" - 1},
    /* a backslash before the escape that is none */
    {"{\"id\":\"a\\\\u0000\",\"lines\":[" GOOD "]}", "a\\u0000", NULL, 0},
    /* small letters, and letters of other scripts that look the same */
    {"{\"id\":\"x\",\"lines\":[" FIRST ",\"l898902C36UTO7408122F1204159ZE184226B<<<<<10\"]}", "x",
     "bad_characters", 0},
    {"{\"id\":\"x\",\"lines\":[\"\\u0420<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\",\"" SECOND
     "\"]}",
     "x", "bad_characters", 0},
    {"{\"id\":\"x\",\"lines\":[" FIRST ",\"L898902C36UTO7408122F1204159ZE184226B\\uff1c<<<<10\"]}",
     "x", "bad_characters", 0},
    {"{\"id\":\"x\",\"lines\":[" FIRST ",\"L\\u0668989023UTO7408122F1204159ZE184226B<<<<<10\"]}",
     "x", "bad_line_lengths", 0},
};

static void is_answered(const cJSON *answer, const struct hostile *want) {
    const cJSON *id = cJSON_GetObjectItem(answer, "id");
    bool same =
        want->id == NULL ? cJSON_IsNull(id) : strcmp(cJSON_GetStringValue(id), want->id) == 0;
    ck_assert_msg(same, "%s", want->line);
    ck_assert_msg(cJSON_IsTrue(cJSON_GetObjectItem(answer, "valid")) == (want->reason == NULL),
                  "%s", want->line);
    if (want->reason != NULL) {
        ck_assert_msg(strcmp(only_reason(answer), want->reason) == 0, "%s", want->line);
    }
}

/* A byte order mark, blank lines and Windows' line ends change nothing; every line has its own
 * answer in its place, whatever the line before was. */
START_TEST(no_line_spoils_another) {
    struct buf file;
    buf_init(&file, arena, 1 << 14);
    buf_text(&file, "\xef\xbb\xbf\n \t\r\n");
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0]; i++) {
        size_t size = hostile[i].size > 0 ? hostile[i].size : strlen(hostile[i].line);
        buf_add(&file, hostile[i].line, size);
        buf_text(&file, i % 2 == 0 ? "\n" : "\r\n\r\n");
    }
    char *deep = arena_alloc(arena, 200001);
    memset(deep, '[', 200000);
    buf_printf(&file, "{\"id\":\"x\",\"lines\":%s\n", deep);
    memset(deep, '<', 200000);
    buf_printf(&file, "{\"id\":\"x\",\"lines\":[\"%s\",\"" SECOND "\"]}", deep);
    issuer_put("zones", (struct span){file.ptr, file.len});
    ck_assert_int_eq(issuer_run(cmd_mrz, "--json", "zones", (const char *)NULL), EXIT_UNREADABLE);
    struct span out = issuer_get(arena, "out");
    const char *rest = arena_copy(arena, out.ptr, out.len);
    const cJSON *answer = NULL;
    const char *reason = NULL;
    size_t answers = 0;
    for (; (answer = next_answer(&rest)) != NULL; answers++) {
        if (answers < sizeof hostile / sizeof hostile[0]) {
            is_answered(answer, &hostile[answers]);
        } else {
            reason = only_reason(answer);
        }
    }
    ck_assert_uint_eq(answers, sizeof hostile / sizeof hostile[0] + 2);
    ck_assert_str_eq(reason, "bad_line_lengths");
}
END_TEST

/* For people, blanks around a pasted line are none of the zone. */
START_TEST(a_pasted_zone) {
    issuer_put("zone", SPAN_LIT("  P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\n\r\n"
                                "L898902C36UTO7408122F1204159ZE184226B<<<<<10 \r\n"));
    ck_assert_int_eq(issuer_run(cmd_mrz, "zone", (const char *)NULL), EXIT_DONE);
    ck_assert_int_eq(issuer_run(cmd_mrz, "absent", (const char *)NULL), EXIT_REFUSED);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {every_line_has_its_answer, no_line_spoils_another, a_pasted_zone,
                                  NULL};
    issuer_make();
    int code = check_run("mrz", setup, teardown, 60, tests);
    issuer_end();
    return code;
}
