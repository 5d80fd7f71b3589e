/* The CSV reader: what spreadsheets write is read, what is broken is refused with its row. */
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/base/csv.h"
#include "../../support/check_main.h"

static struct arena *arena;
static struct faults faults;
static struct buf seen; /* every row as "number[a|b|c]" */

static void setup(void) {
    arena = arena_new();
    faults_init(&faults, arena);
    buf_init(&seen, arena, 256);
    buf_text(&seen, "");
}

static void teardown(void) {
    arena_free(arena);
}

static Err note_row(void *arg, const struct csv_row *row) {
    (void)arg;
    buf_printf(&seen, "%lld[", (long long)row->number);
    for (int i = 0; i < row->count; i++) {
        buf_printf(&seen, "%s%.*s", i > 0 ? "|" : "", (int)row->fields[i].len, row->fields[i].ptr);
    }
    buf_char(&seen, ']');
    return OK;
}

/* Reads `bytes` in pieces of `piece` bytes. */
static Err read_in(struct span bytes, size_t piece, struct csv_limits limits) {
    seen.len = 0;
    buf_text(&seen, "");
    faults_init(&faults, arena);
    struct csv *csv = csv_new(arena, &limits, &faults, "file", note_row, NULL);
    for (size_t at = 0; at < bytes.len; at += piece) {
        size_t size = bytes.len - at < piece ? bytes.len - at : piece;
        Err err = csv_feed(csv, (struct span){bytes.ptr + at, size});
        if (err != OK) {
            return err;
        }
    }
    return csv_end(csv);
}

/* The same rows whatever the pieces. */
static void expect(struct span bytes, const char *rows) {
    static const size_t pieces[] = {1, 2, 3, 7, 1000000};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        ck_assert_int_eq(read_in(bytes, pieces[i], (struct csv_limits){0}), OK);
        ck_assert_str_eq(seen.ptr, rows);
    }
}
#define EXPECT(literal, rows) expect(SPAN_LIT(literal), rows)

static void expect_broken(struct span bytes, Err err, const char *row) {
    static const size_t pieces[] = {1, 3, 1000000};
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        ck_assert_int_eq(read_in(bytes, pieces[i], (struct csv_limits){0}), err);
        ck_assert_uint_eq(faults.count, 1);
        ck_assert_int_eq(faults.list[0].err, err);
        ck_assert_str_eq(faults.list[0].field, "file");
        ck_assert_str_eq(faults.list[0].detail, row);
    }
}
#define EXPECT_BROKEN(literal, err, row) expect_broken(SPAN_LIT(literal), err, row)

START_TEST(rows_and_quotes) {
    EXPECT("", "");
    EXPECT("a,b,c\n1,2,3\n", "1[a|b|c]2[1|2|3]");
    EXPECT("a,b\r\n1,2", "1[a|b]2[1|2]");
    EXPECT("a,b\r1,2\r", "1[a|b]2[1|2]");
    EXPECT("a,b\n1,\"ha \"\"ha\"\" ha\"\n", "1[a|b]2[1|ha \"ha\" ha]");
    EXPECT("a,b\n\"x\ny\",2\n3,4\n", "1[a|b]2[x\ny|2]3[3|4]");
    EXPECT("a,b\n37 36'37.8\"N,2\n", "1[a|b]2[37 36'37.8\"N|2]");
    EXPECT("a,b\n\"1\" , 2 \n", "1[a|b]2[1|2]");
    EXPECT("a,b\n1,\"\"\n\"\",\n", "1[a|b]2[1|]");
}
END_TEST

START_TEST(empty_lines_keep_the_count) {
    EXPECT("\n\na,b\n\n1,2\r\n\r\n3,4", "3[a|b]5[1|2]7[3|4]");
    EXPECT("a;b\n;\n1;2\n ; \n", "1[a|b]3[1|2]");
}
END_TEST

START_TEST(separators) {
    EXPECT("a;b,c;d\n1;2;3\n", "1[a|b,c|d]2[1|2|3]");
    EXPECT("a\tb\n1\t2,5\n\t3\n", "1[a|b]2[1|2,5]3[|3]");
    EXPECT("\"x,y,z\";b\n1;2\n", "1[x,y,z|b]2[1|2]");
    EXPECT("sep=;\na;b,c,d\n", "2[a|b,c,d]");
    EXPECT("one\ntwo\n", "1[one]2[two]");
    EXPECT_BROKEN("sep=x\naxb\n", ERR_CSV_SEPARATOR, "1");
}
END_TEST

START_TEST(encodings) {
    EXPECT("\xEF\xBB\xBFnom;ville\nÉlie;Nîmes\n", "1[nom|ville]2[Élie|Nîmes]");
    EXPECT("nom;ville\nÉlie;Nîmes\n", "1[nom|ville]2[Élie|Nîmes]");
    EXPECT("nom\nعمر\n", "1[nom]2[عمر]");
    EXPECT("nom;prix\nFran\xE7ois;5 \x80\n", "1[nom|prix]2[François|5 €]");
    EXPECT("nom\n\xE9", "1[nom]2[é]");
    EXPECT("\xFF\xFEn\0;\0o\0\n\0\xE9\0;\0\x39\x06\n\0", "1[n|o]2[é|ع]");
    EXPECT("n\0;\0o\0\n\0\xE9\0;\0\x39\x06\n\0", "1[n|o]2[é|ع]");
    EXPECT("\xFE\xFF\0n\0\n\xD8\x3D\xDE\x00", "1[n]2[😀]");
}
END_TEST

/* A file that turns out Windows-1252 after 70,000 ASCII bytes is not taken for broken UTF-8. */
START_TEST(late_encoding) {
    struct buf file;
    buf_init(&file, arena, 70000);
    buf_text(&file, "n\n");
    while (file.len < 65535) {
        buf_text(&file, "x\n");
    }
    buf_text(&file, "\xE9t\xE9\n");
    ck_assert_int_eq(read_in((struct span){file.ptr, file.len}, 4096, (struct csv_limits){0}), OK);
    ck_assert_ptr_nonnull(strstr(seen.ptr, "[été]"));
}
END_TEST

START_TEST(broken_files) {
    EXPECT_BROKEN("a,b\n1,\"x\n3,4\n", ERR_CSV_QUOTE_OPEN, "2");
    EXPECT_BROKEN("a,b\n1,\"x\"y\n", ERR_CSV_QUOTE_TEXT, "2");
    EXPECT_BROKEN("a,b\n1,\"x\" \"y\"\n", ERR_CSV_QUOTE_TEXT, "2");
    EXPECT_BROKEN("aaaa,b\n1,x\0y\n", ERR_CSV_NUL, "2");
    EXPECT_BROKEN("\xEF\xBB\xBF"
                  "a\nb\nx\xE9y\n",
                  ERR_CSV_ENCODING, "3");
    ck_assert_int_eq(read_in(SPAN_LIT("a,b\n\x81\x8D,\xE9\n"), 99, (struct csv_limits){0}),
                     ERR_CSV_ENCODING);
    ck_assert_str_eq(faults.list[0].detail, "2");
    EXPECT_BROKEN("\xFF\xFEn\0\n\0x", ERR_CSV_ENCODING, "2");
}
END_TEST

/* The fuzzer's finds: which break is told, and the rows before it, do not depend on the cuts. */
START_TEST(first_break_is_told) {
    static const size_t pieces[] = {3, 64, 1000000};
    static const struct {
        struct span file;
        Err err;
        const char *row;
        const char *rows;
    } files[] = {
        /* half a UTF-16 character, behind whole rows of the same slice */
        {SPAN_LIT("a\0;\0b\0\n\0c\0;\0d\0\n\0e\0\x80\xD8\x80\0\n\0f\0\n\0"), ERR_CSV_ENCODING, "3",
         "1[a|b]2[c|d]"},
        /* a row that is too long before its quotes are wrong */
        {SPAN_LIT("a,b\n12345678,\"x\"y\n"), ERR_CSV_ROW_TOO_LONG, "2", "1[a|b]"},
        {SPAN_LIT("123456789,\"x\"y\n"), ERR_CSV_ROW_TOO_LONG, "1", ""},
        /* the separator of a first line that is too long is nobody's guess */
        {SPAN_LIT("\"x\";,,,,,;;;;;;;;\n"), ERR_CSV_ROW_TOO_LONG, "1", ""},
        {SPAN_LIT("a,\"x\"y,12345678\n"), ERR_CSV_ROW_TOO_LONG, "1", ""},
        {SPAN_LIT("a,\"x\"y\n"), ERR_CSV_QUOTE_TEXT, "1", ""},
    };
    for (size_t f = 0; f < sizeof files / sizeof files[0]; f++) {
        for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
            struct csv_limits limits = {.row_bytes = 8};
            ck_assert_int_eq(read_in(files[f].file, pieces[i], limits), files[f].err);
            ck_assert_uint_eq(faults.count, 1);
            ck_assert_str_eq(faults.list[0].detail, files[f].row);
            ck_assert_str_eq(seen.ptr, files[f].rows);
        }
    }
}
END_TEST

/* A mark stands at a file's beginning only; elsewhere it is a character. */
START_TEST(mark_inside_a_file) {
    EXPECT("\xFF\xFE"
           "a\0\n\0b\0\xFF\xFE"
           "c\0\n\0",
           "1[a]2[b\uFEFFc]");
}
END_TEST

START_TEST(size_limits) {
    struct csv_limits rows = {.rows = 2};
    ck_assert_int_eq(read_in(SPAN_LIT("a\n1\n"), 99, rows), OK);
    ck_assert_int_eq(read_in(SPAN_LIT("a\n1\n2\n"), 99, rows), ERR_CSV_TOO_MANY_ROWS);
    ck_assert_str_eq(faults.list[0].detail, "2");
    struct csv_limits columns = {.columns = 2};
    ck_assert_int_eq(read_in(SPAN_LIT("a,b\n1,2\n"), 99, columns), OK);
    ck_assert_int_eq(read_in(SPAN_LIT("a,b\n1,2,3\n"), 99, columns), ERR_CSV_TOO_MANY_COLUMNS);
    struct csv_limits bytes = {.row_bytes = 8};
    ck_assert_int_eq(read_in(SPAN_LIT("a,b\n123,456\n"), 99, bytes), OK);
    ck_assert_int_eq(read_in(SPAN_LIT("a,b\n1234,4567\n"), 99, bytes), ERR_CSV_ROW_TOO_LONG);
    ck_assert_int_eq(read_in(SPAN_LIT("a,b\n\"1234\n\n\n\n\n\n"), 3, bytes), ERR_CSV_ROW_TOO_LONG);
}
END_TEST

static Err stop_at_two(void *arg, const struct csv_row *row) {
    (*(int *)arg)++;
    return row->number == 2 ? ERR_LIMIT : OK;
}

START_TEST(caller_stops) {
    int calls = 0;
    struct csv_limits limits = {0};
    struct csv *csv = csv_new(arena, &limits, &faults, "", stop_at_two, &calls);
    ck_assert_int_eq(csv_feed(csv, SPAN_LIT("a\n1\n2\n")), ERR_LIMIT);
    ck_assert_int_eq(csv_feed(csv, SPAN_LIT("3\n")), ERR_LIMIT);
    ck_assert_int_eq(csv_end(csv), ERR_LIMIT);
    ck_assert_int_eq(calls, 2);
}
END_TEST

struct person {
    const char *name;
    int64_t age;
};
static const struct field person_fields[] = {
    {"name", F_TEXT, offsetof(struct person, name), 1, 20, FIELD_REQUIRED, NULL, "Name"},
    {"age", F_INT, offsetof(struct person, age), 0, 120, 0, NULL, "Age"},
    FIELD_END,
};
static const struct field *const person_tables[] = {person_fields, NULL};

static Err read_header(const char *names[], int count, struct csv_header **header) {
    struct span spans[8];
    for (int i = 0; i < count; i++) {
        spans[i] = span_of(names[i]);
    }
    struct csv_row row = {1, count, spans};
    return csv_header_read(arena, person_tables, &row, &faults, header);
}

START_TEST(header_maps_fields) {
    struct csv_header *header = NULL;
    ck_assert_int_eq(read_header((const char *[]){" Age ", "NAME"}, 2, &header), OK);
    ck_assert_int_eq(csv_header_columns(header), 2);
    ck_assert_str_eq(csv_header_name(header, 0), "age");
    struct span values[] = {SPAN_LIT("31"), SPAN_LIT(" Fatima ")};
    for (int count = 2; count >= 1; count--) {
        struct csv_row row = {2, count, values};
        int hint = 0;
        struct csv_record record = {header, &row, &hint};
        struct source source = csv_source(&record);
        struct person person;
        Err err = fields_parse(arena, person_fields, &source, &person, &faults);
        ck_assert_int_eq(err, count == 2 ? OK : ERR_INVALID_INPUT);
        ck_assert_int_eq(person.age, 31);
        if (count == 2) {
            ck_assert_str_eq(person.name, "Fatima");
        }
    }
    ck_assert_uint_eq(faults.count, 1);
    ck_assert_str_eq(faults.list[0].field, "name");
    ck_assert_int_eq(faults.list[0].err, ERR_REQUIRED);
}
END_TEST

START_TEST(separator_is_told) {
    struct csv *csv = csv_new(arena, &(struct csv_limits){0}, &faults, "", note_row, NULL);
    ck_assert_int_eq(csv_separator(csv), '\0');
    ck_assert_int_eq(csv_feed(csv, SPAN_LIT("a;b\n1;2\n")), OK);
    ck_assert_int_eq(csv_separator(csv), ';');
}
END_TEST

static const struct field odd_fields[] = {
    {"birth_day", F_INT, 0, 0, 9, 0, NULL, "Birth day"},
    FIELD_END,
};

START_TEST(header_names_are_normalised) {
    static const struct field *const odd_tables[] = {odd_fields, NULL};
    struct csv_header *header = NULL;
    struct span names[] = {SPAN_LIT(" Birth-Day ")};
    struct csv_row row = {1, 1, names};
    ck_assert_int_eq(csv_header_read(arena, odd_tables, &row, &faults, &header), OK);
    ck_assert_str_eq(csv_header_name(header, 0), "birth_day");
    int hint = 0;
    struct csv_record record = {header, &row, &hint};
    struct source source = csv_source(&record);
    struct span value;
    ck_assert(source.get(source.impl, "birth_day", &value));
    ck_assert(!source.get(source.impl, "other", &value));
    /* A name far too long is cut between two characters before it is told as unknown. */
    names[0] = SPAN_LIT("aéééééééééééééééééééééééééééééééééééééééé");
    ck_assert_int_eq(csv_header_read(arena, odd_tables, &row, &faults, &header), ERR_INVALID_INPUT);
    ck_assert_uint_eq(strlen(faults.list[0].field), 59);
}
END_TEST

START_TEST(header_refusals) {
    struct csv_header *header = NULL;
    ck_assert_int_eq(read_header((const char *[]){"age", "age", "sex", ""}, 4, &header),
                     ERR_INVALID_INPUT);
    ck_assert_ptr_null(header);
    ck_assert_uint_eq(faults.count, 4);
    ck_assert_int_eq(faults.list[0].err, ERR_REPEATED_FIELD);
    ck_assert_int_eq(faults.list[1].err, ERR_CRITERION_BLOCKED);
    ck_assert_str_eq(faults.list[1].field, "sex");
    ck_assert_int_eq(faults.list[2].err, ERR_UNKNOWN_FIELD);
    ck_assert_int_eq(faults.list[3].err, ERR_REQUIRED);
    ck_assert_str_eq(faults.list[3].field, "name");
}
END_TEST

static const char *put(const char *value) {
    struct buf out;
    buf_init(&out, arena, 16);
    buf_text(&out, "");
    csv_put(&out, span_of(value), ',');
    return out.ptr;
}

START_TEST(writing) {
    ck_assert_str_eq(put(""), "");
    ck_assert_str_eq(put("plain"), "plain");
    ck_assert_str_eq(put("a,b"), "\"a,b\"");
    ck_assert_str_eq(put("say \"x\""), "\"say \"\"x\"\"\"");
    ck_assert_str_eq(put("two\nlines"), "\"two\nlines\"");
    ck_assert_str_eq(put("-12.5"), "-12.5");
    ck_assert_str_eq(put("+212 6 12"), "\"+212 6 12\"");
    ck_assert_str_eq(put("=1+1"), "\"'=1+1\"");
    ck_assert_str_eq(put("@x"), "\"'@x\"");
    ck_assert_str_eq(put("-2+cmd|x"), "\"'-2+cmd|x\"");
}
END_TEST

CHECK_MAIN("csv", setup, teardown, rows_and_quotes, empty_lines_keep_the_count, separators,
           encodings, late_encoding, broken_files, first_break_is_told, mark_inside_a_file,
           size_limits, caller_stops, header_maps_fields, separator_is_told,
           header_names_are_normalised, header_refusals, writing)
