#include <fcntl.h>
#include <string.h>

#include "lib/base/arena.h"
#include "server/http/body.h"
#include "tests/support/check_main.h"

static struct arena *arena;

static void set_up(void) {
    arena = arena_new();
}

static void tear_down(void) {
    arena_free(arena);
}

static const char *value(const struct pairs *pairs, const char *name) {
    const struct pair *pair = pairs_find(pairs, name);
    return pair == NULL ? NULL : arena_copy(arena, pair->value.ptr, pair->value.len);
}

START_TEST(forms_are_decoded) {
    struct pairs pairs = {0};
    const char *why = NULL;
    ck_assert_int_eq(
        form_decode(arena, span_of("a=1&b=x+y%20z&&c&a=2&d%5B0%5D=%C3%A9"), &pairs, &why), OK);
    ck_assert_str_eq(value(&pairs, "a"), "1");
    ck_assert_int_eq(pairs_times(&pairs, "a"), 2);
    ck_assert_str_eq(value(&pairs, "b"), "x y z");
    ck_assert_str_eq(value(&pairs, "c"), "");
    ck_assert_str_eq(value(&pairs, "d[0]"), "é");
    ck_assert_ptr_null(value(&pairs, "e"));
}
END_TEST

START_TEST(broken_forms_are_refused) {
    static const char *const broken[] = {"a=%",   "a=%4",  "a=%zz", "a=%00",
                                         "%00=a", "a=%ff", "%C3=a", "a=%ED%A0%80"};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        struct pairs pairs = {0};
        const char *why = NULL;
        ck_assert_msg(form_decode(arena, span_of(broken[i]), &pairs, &why) == ERR_BAD_REQUEST, "%s",
                      broken[i]);
        ck_assert_ptr_nonnull(why);
    }
}
END_TEST

static Err decode(const char *type, const char *text, struct body *body) {
    const char *why = NULL;
    *body = (struct body){.spool = -1, .size = strlen(text), .all = span_of(text)};
    return body_decode(arena, type, false, body, &why);
}

#define TYPE "multipart/form-data; boundary=\"b\""
#define PART(name) "--b\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n"

START_TEST(multipart_is_split) {
    struct body body;
    ck_assert_int_eq(
        decode(TYPE,
               PART("a") "1\r\n--b\r\ncontent-disposition: form-data; name=\"f\"; "
                         "filename=\"../x.csv\"\r\nContent-Type: text/csv\r\n\r\n"
                         "x;y\r\n--c\r\n--b\r\n"
                         "Content-Disposition: form-data; name=\"blank\"; filename=\"\"\r\n"
                         "\r\n\r\n--b--\r\n",
               &body),
        OK);
    ck_assert_str_eq(value(&body.form, "a"), "1");
    ck_assert_int_eq(body.file_count, 1);
    ck_assert_str_eq(body.files[0].name, "f");
    ck_assert_str_eq(body.files[0].type, "text/csv");
    ck_assert(span_is(body.files[0].bytes, "x;y\r\n--c"));
}
END_TEST

/* The boundary is looked for a window at a time: wherever it lies across the edge of one. */
START_TEST(a_boundary_across_windows_is_found) {
    static const char head[] =
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n";
    static const char tail[] = "\r\n--b--\r\n";
    static char text[sizeof head + 2 * BODY_WINDOW + 64];
    for (size_t size = 2 * BODY_WINDOW - 16; size <= 2 * BODY_WINDOW + 16; size++) {
        struct body body = {.spool = spool_open(arena, "/tmp")};
        memset(text, '-', sizeof text);
        memcpy(text, head, sizeof head - 1);
        memcpy(text + sizeof head - 1 + size, tail, sizeof tail - 1);
        ck_assert_int_eq(
            body_add(&body, text, sizeof head - 1 + size + sizeof tail - 1, sizeof text), OK);
        const char *why = NULL;
        ck_assert_int_eq(body_finish(arena, &body), OK);
        ck_assert_int_eq(body_decode(arena, TYPE, false, &body, &why), OK);
        ck_assert_int_eq(body.file_count, 1);
        ck_assert_uint_eq(body.files[0].bytes.len, size);
    }
}
END_TEST

START_TEST(broken_multipart_is_refused) {
    static const char *const broken[] = {
        "",
        "x",
        "--b",
        "--b\r\n",
        PART("a") "1",
        PART("a") "1\r\n--bx",
        "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--",
        "--b\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\n1\r\n--b--",
        "--b\r\nX: y\r\n\r\n1\r\n--b--",
        PART("\xff") "1\r\n--b--",
        PART("a") "\xff\r\n--b--",
    };
    struct body body;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        ck_assert_msg(decode(TYPE, broken[i], &body) == ERR_BAD_REQUEST, "%s", broken[i]);
    }
    ck_assert_int_eq(decode("multipart/form-data", PART("a") "1\r\n--b--", &body), ERR_BAD_REQUEST);
    ck_assert_int_eq(decode("text/xml", "x", &body), ERR_UNSUPPORTED_MEDIA_TYPE);
}
END_TEST

START_TEST(a_spool_is_mapped_and_limited) {
    struct body body = {.spool = spool_open(arena, "/tmp")};
    ck_assert_int_ge(body.spool, 0);
    ck_assert_int_eq(body_add(&body, "hello ", 6, 10), OK);
    ck_assert_int_eq(body_add(&body, "world", 5, 10), ERR_TOO_LARGE);
    ck_assert_int_eq(body_add(&body, "you", 3, 10), OK);
    ck_assert_int_eq(body_finish(arena, &body), OK);
    ck_assert(span_is(body.all, "hello you"));
    body_forget(&body, body.all.ptr + 3);
    body_forget(&body, NULL);
    ck_assert(span_is(body.all, "hello you"));
    ck_assert_int_eq(spool_open(arena, "/no/such/folder"), -1);
}
END_TEST

CHECK_MAIN("http/body", set_up, tear_down, forms_are_decoded, broken_forms_are_refused,
           multipart_is_split, a_boundary_across_windows_is_found, broken_multipart_is_refused,
           a_spool_is_mapped_and_limited)
