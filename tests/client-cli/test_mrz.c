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

/* The line of the answer, parsed; `rest` goes on behind it. */
static const cJSON *next_answer(const char **rest) {
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
    /* What is said on stderr stands in the same file: only the answers are looked at. */
    ck_assert_int_eq(issuer_run(cmd_mrz, "--json", "zones", (const char *)NULL), EXIT_UNREADABLE);
    struct span out = issuer_get(arena, "out");
    const char *rest = strchr(arena_copy(arena, out.ptr, out.len), '{');
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

/* For people, blanks around a pasted line are none of the zone. */
START_TEST(a_pasted_zone) {
    issuer_put("zone", SPAN_LIT("  P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\r\n\r\n"
                                "L898902C36UTO7408122F1204159ZE184226B<<<<<10 \r\n"));
    ck_assert_int_eq(issuer_run(cmd_mrz, "zone", (const char *)NULL), EXIT_DONE);
    ck_assert_int_eq(issuer_run(cmd_mrz, "absent", (const char *)NULL), EXIT_REFUSED);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {every_line_has_its_answer, a_pasted_zone, NULL};
    issuer_make();
    int code = check_run("mrz", setup, teardown, 60, tests);
    issuer_end();
    return code;
}
