/* Records as JSON text: what PostgreSQL's jsonb_to_recordset reads. */
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/base/record_json.h"
#include "../../support/check_main.h"

struct line {
    const char *name;
    int64_t count;
    bool open;
};
static const struct field fields[] = {
    {"name", F_TEXT, offsetof(struct line, name), 0, 0, 0, NULL, "Name"},
    {"count", F_INT, offsetof(struct line, count), 0, 9, 0, NULL, "Count"},
    {"open", F_BOOL, offsetof(struct line, open), 0, 0, 0, NULL, "Open"},
    FIELD_END,
};

static struct arena *arena;
static void setup(void) {
    arena = arena_new();
}
static void teardown(void) {
    arena_free(arena);
}

START_TEST(empty_list) {
    ck_assert_str_eq(records_json(arena, fields, sizeof(struct line), NULL, 0), "[]");
}
END_TEST

START_TEST(values_are_escaped) {
    struct line lines[] = {{"é \"q\" \\ \n\x01", 3, true}, {NULL, FIELD_NONE, false}};
    ck_assert_str_eq(records_json(arena, fields, sizeof lines[0], lines, 2),
                     "[{\"name\":\"é \\\"q\\\" \\\\ \\u000a\\u0001\","
                     "\"count\":\"3\",\"open\":\"true\"},"
                     "{\"name\":null,\"count\":null,\"open\":\"false\"}]");
}
END_TEST

CHECK_MAIN("record_json", setup, teardown, empty_list, values_are_escaped)
