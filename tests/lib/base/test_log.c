#include <string.h>
#include <unistd.h>

#include "../../../lib/base/log.h"
#include "../../support/check_main.h"

static int reader;

/* Standard error of the test's own process becomes a pipe. */
static void setup(void) {
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    reader = ends[0];
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
}

static const char *line(void) {
    static char text[4096];
    ssize_t size = read(reader, text, sizeof text - 1);
    ck_assert(size > 0);
    text[size] = '\0';
    return text;
}

START_TEST(a_line_is_one_json_object) {
    LOG(LOG_INFO, "request", LOG_INT("status", 200), LOG_WORD("route", "/contracts/:id"));
    const char *text = line();
    ck_assert_ptr_nonnull(strstr(text, "\"level\":\"info\",\"event\":\"request\",\"status\":200,"
                                       "\"route\":\"/contracts/:id\"}\n"));
    ck_assert_int_eq(strncmp(text, "{\"at\":\"2", 8), 0);
}
END_TEST

START_TEST(a_word_cannot_break_out) {
    LOG(LOG_ERROR, "x", LOG_WORD("word", "a\"\\\n\xC3z"));
    ck_assert_ptr_nonnull(strstr(line(), "\"word\":\"a????z\"}\n"));
}
END_TEST

START_TEST(a_long_line_is_cut_and_stays_whole_json) {
    char word[3000];
    memset(word, 'w', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    LOG(LOG_WARN, "x", LOG_WORD("word", word), LOG_INT("after", 1), LOG_INT("more", 2));
    const char *text = line();
    ck_assert_uint_le(strlen(text), 1024 + 1);
    ck_assert_str_eq(text + strlen(text) - 3, "\"}\n");
}
END_TEST

START_TEST(many_items_fit_or_are_left_out) {
    struct log_item items[80];
    for (int i = 0; i < 79; i++) {
        items[i] = LOG_INT("a_rather_long_key", i);
    }
    items[79] = (struct log_item){0};
    log_event(LOG_INFO, "x", items);
    const char *text = line();
    ck_assert_uint_le(strlen(text), 1024);
    ck_assert_str_eq(text + strlen(text) - 2, "}\n");
}
END_TEST

START_TEST(levels_below_the_threshold_are_silent) {
    log_set_level(LOG_WARN);
    LOG(LOG_INFO, "quiet");
    LOG(LOG_WARN, "loud");
    const char *text = line();
    ck_assert_ptr_null(strstr(text, "quiet"));
    ck_assert_ptr_nonnull(strstr(text, "loud"));
}
END_TEST

CHECK_MAIN("log", setup, NULL, a_line_is_one_json_object, a_word_cannot_break_out,
           a_long_line_is_cut_and_stays_whole_json, many_items_fit_or_are_left_out,
           levels_below_the_threshold_are_silent)
