#include "../../../lib/sw1/claims.h"

#include <string.h>

#include "../../../lib/base/arena.h"
#include "../../../lib/base/date.h"
#include "../../support/check_main.h"
#include "../../support/sw1_fixture.h"

static struct sw1_fixture fixture;

static void setup(void) {
    sw1_fixture_init(&fixture, arena_new());
}

static void teardown(void) {
    arena_free(fixture.arena);
}

static const struct cbor_limits limits = {4300, 192, 6};

static struct cbor encode(const struct sw1_claims *claims) {
    struct cbor doc;
    ck_assert(cbor_read(fixture.arena, sw1_claims_write(fixture.arena, claims), &limits, &doc));
    return doc;
}

static struct sw1_claims notice(void) {
    struct sw1_claims claims = fixture.claims;
    claims.kind = SW1_NOTICE;
    claims.document_number = claims.full_name = claims.birth_date = claims.nationality =
        claims.passport = claims.second_name = (struct span){0};
    claims.gender = SW1_NONE;
    claims.places = 12;
    claims.wage = 1202;
    return claims;
}

START_TEST(claims_come_back) {
    struct sw1_claims kinds[3] = {fixture.claims, notice(), fixture.claims};
    kinds[2].kind = SW1_RECORD;
    kinds[2].clean_seasons = 4;
    for (int i = 0; i < 3; i++) {
        struct sw1_claims back;
        ck_assert_ptr_null(sw1_claims_check(&kinds[i]));
        struct cbor doc = encode(&kinds[i]);
        ck_assert_ptr_null(sw1_claims_read(&doc, &back));
        struct span again = sw1_claims_write(fixture.arena, &back);
        ck_assert(span_equal(again, doc.items->encoded));
        ck_assert(span_equal(back.full_name, kinds[i].full_name));
        ck_assert_int_eq(back.last_day, kinds[i].last_day);
        ck_assert_int_eq(back.wage, kinds[i].wage);
    }
}
END_TEST

/* A change to a good document, and the row that must be named. */
#define TEXT(field, value, row)                                                                    \
    do {                                                                                           \
        struct sw1_claims claims = fixture.claims;                                                 \
        claims.field = SPAN_LIT(value);                                                            \
        ck_assert_str_eq(sw1_claims_check(&claims), row);                                          \
    } while (0)
#define NUMBER(base, field, value, row)                                                            \
    do {                                                                                           \
        struct sw1_claims claims = base;                                                           \
        claims.field = (value);                                                                    \
        ck_assert_str_eq(sw1_claims_check(&claims), row);                                          \
        struct cbor doc = encode(&claims);                                                         \
        struct sw1_claims back;                                                                    \
        ck_assert_str_eq(sw1_claims_read(&doc, &back), row);                                       \
    } while (0)

START_TEST(values_out_of_range_are_named) {
    TEXT(iss, "", "iss");
    TEXT(cti, "fifteen bytes..", "cti");
    TEXT(full_name, "", "full_name");
    TEXT(full_name, "A\x1b[2J", "full_name");
    TEXT(full_name, "A\xff", "full_name");
    TEXT(full_name, "A\xe2\x80\xae", "full_name"); /* right-to-left override */
    TEXT(birth_date, "19900229", "birth_date");
    TEXT(birth_date, "1990-2-1", "birth_date");
    TEXT(birth_date, "1990021", "birth_date");
    TEXT(nationality, "MAR", "nationality");
    TEXT(nationality, "ma", "nationality");
    TEXT(nationality, "M1", "nationality");
    TEXT(nationality, "[A", "nationality");
    TEXT(nationality, "M[", "nationality");
    NUMBER(fixture.claims, gender, 0, "gender");
    NUMBER(fixture.claims, gender, 4, "gender");
    NUMBER(fixture.claims, siret, INT64_C(100000000000000), "siret");
    NUMBER(fixture.claims, last_day, fixture.claims.first_day - 1, "last_day");
    NUMBER(fixture.claims, places, 3, "places");
    NUMBER(fixture.claims, wage, 1300, "wage");
    NUMBER(fixture.claims, clean_seasons, 3, "clean_seasons");
    NUMBER(notice(), clean_seasons, 3, "clean_seasons");
    NUMBER(fixture.claims, iat, SW1_NONE, "iat");
    NUMBER(fixture.claims, kind, 4, "kind");
    NUMBER(fixture.claims, kind, 0, "kind");
}
END_TEST

/* The profile gives no greatest time, index or length: what another issuer may sign is well-typed,
 * though we would not issue it. */
START_TEST(values_past_ours_are_well_typed) {
    struct sw1_claims claims = fixture.claims;
    struct sw1_claims back;
    claims.exp = claims.status_idx = INT64_MAX;
    claims.last_day = SW1_DAY_MAX + 1;
    char *name = arena_alloc(fixture.arena, 500);
    memset(name, 'A', 500);
    claims.full_name = (struct span){name, 500};
    struct cbor doc = encode(&claims);
    ck_assert_ptr_null(sw1_claims_read(&doc, &back));
    ck_assert_int_eq(back.exp, SW1_TIME_MAX);
    ck_assert_int_eq(back.status_idx, UINT32_MAX); /* past the end of any list */
    ck_assert_int_eq(back.last_day, SW1_DAY_MAX);
    ck_assert_uint_eq(back.full_name.len, 500);
    ck_assert_str_eq(sw1_claims_check(&claims), "exp");
}
END_TEST

START_TEST(what_is_absent) {
    struct sw1_claims bare = sw1_claims_none();
    ck_assert_str_eq(sw1_claims_check(&bare), "kind");
    bare.kind = SW1_WORKER;
    ck_assert_str_eq(sw1_claims_check(&bare), "iss");
    bare.iss = fixture.claims.iss;
    bare.exp = bare.nbf = bare.iat = 0;
    bare.cti = fixture.claims.cti;
    bare.status_idx = 0;
    bare.status_uri = fixture.claims.status_uri;
    ck_assert_str_eq(sw1_claims_check(&bare), "full_name");
    bare.full_name = fixture.claims.full_name;
    ck_assert_ptr_null(sw1_claims_check(&bare)); /* all else may be unknown */
    struct cbor doc = encode(&bare);
    struct sw1_claims back;
    ck_assert_ptr_null(sw1_claims_read(&doc, &back));
    ck_assert_ptr_null(back.passport.ptr);
    ck_assert_int_eq(back.first_day, SW1_NONE);
    bare.first_day = 20000;
    ck_assert_ptr_null(sw1_claims_check(&bare));
}
END_TEST

START_TEST(a_notice_names_nobody) {
    struct sw1_claims claims = notice();
    claims.passport = SPAN_LIT("AB1234567");
    ck_assert_str_eq(sw1_claims_check(&claims), "passport");
    claims = notice();
    claims.second_name = SPAN_LIT("x");
    ck_assert_str_eq(sw1_claims_check(&claims), "second_name");
    claims = notice();
    claims.full_name = SPAN_LIT("x");
    ck_assert_str_eq(sw1_claims_check(&claims), "full_name");
}
END_TEST

/* {1:"i",4:2,5:0,6:0,7:cti,[169: identity,]65535:{"status_list":status},-70001:work} by hand. */
static const char *read_raw(const char *identity, const char *status, const char *work,
                            const char *more) {
    struct arena *arena = fixture.arena;
    char *hex =
        arena_printf(arena, "%s0161690402050006000750%s%s%s19ffff%s3a00011170%s%s",
                     identity == NULL ? (more == NULL ? "a7" : "a8") : (more == NULL ? "a8" : "a9"),
                     "00112233445566778899aabbccddeeff", identity == NULL ? "" : "18a9",
                     identity == NULL ? "" : identity, status, work, more == NULL ? "" : more);
    size_t size = strlen(hex) / 2;
    char *bytes = arena_alloc(arena, size);
    ck_assert_msg(text_unhex(span_of(hex), bytes, size), "%s", hex);
    struct cbor doc;
    ck_assert_msg(cbor_read(arena, (struct span){bytes, size}, &limits, &doc), "%s", hex);
    struct sw1_claims claims;
    return sw1_claims_read(&doc, &claims);
}

#define NAME "a1046158"
#define STATUS "a16b7374617475735f6c697374a26369647800637572696175"
#define WORK "a10101"

START_TEST(shapes_are_checked) {
    ck_assert_ptr_null(read_raw(NAME, STATUS, WORK, NULL));             /* control */
    ck_assert_ptr_null(read_raw(NAME, STATUS, WORK, "3a0001117100"));   /* an unknown claim */
    ck_assert_ptr_null(read_raw(NAME, STATUS, "a201011863f5", NULL));   /* and in a map */
    ck_assert_str_eq(read_raw(NAME, STATUS, WORK, "617800"), "claims"); /* not an integer key */
    ck_assert_str_eq(read_raw(NULL, STATUS, WORK, NULL), "full_name");
    ck_assert_ptr_null(read_raw(NULL, STATUS, "a10102", NULL));
    ck_assert_str_eq(read_raw("a0", STATUS, "a10102", NULL), "identity");
    ck_assert_str_eq(read_raw("80", STATUS, WORK, NULL), "identity");
    ck_assert_str_eq(read_raw("a1617800", STATUS, WORK, NULL), "identity");
    ck_assert_str_eq(read_raw(NAME, "00", WORK, NULL), "status");
    ck_assert_str_eq(read_raw(NAME, "a0", WORK, NULL), "status");
    ck_assert_str_eq(read_raw(NAME, "a16b7374617475735f6c69737400", WORK, NULL), "status");
    ck_assert_str_eq(read_raw(NAME, "a16b7374617475735f6c697374a10000", WORK, NULL), "status");
    ck_assert_str_eq(read_raw(NAME, "a16b7374617475735f6c697374a0", WORK, NULL), "status_idx");
    ck_assert_str_eq(read_raw(NAME, STATUS, "00", NULL), "work");
    ck_assert_str_eq(read_raw(NAME, STATUS, "a0", NULL), "kind");
    ck_assert_str_eq(read_raw(NAME, STATUS, "a10120", NULL), "kind");           /* negative */
    ck_assert_str_eq(read_raw("a104415a", STATUS, WORK, NULL), "full_name");    /* bytes */
    ck_assert_str_eq(read_raw("a204615809617a", STATUS, WORK, NULL), "gender"); /* text */
    ck_assert_str_eq(read_raw("a2046158086331323a", STATUS, WORK, NULL), "birth_date");
    ck_assert_str_eq(read_raw(NAME, STATUS, "a2010105f6", NULL), "commune"); /* null */
    struct cbor doc;
    struct sw1_claims claims;
    ck_assert(cbor_read(fixture.arena, SPAN_LIT("\x80"), &limits, &doc));
    ck_assert_str_eq(sw1_claims_read(&doc, &claims), "claims");
}
END_TEST

START_TEST(the_time_of_issue_alone) {
    struct cbor doc = encode(&fixture.claims);
    int64_t iat;
    ck_assert(sw1_claims_iat(&doc, &iat));
    ck_assert_int_eq(iat, fixture.claims.iat);
    ck_assert(cbor_read(fixture.arena, SPAN_LIT("\xa1\x06\x20"), &limits, &doc));
    ck_assert(!sw1_claims_iat(&doc, &iat));
    ck_assert(cbor_read(fixture.arena, SPAN_LIT("\x80"), &limits, &doc));
    ck_assert(!sw1_claims_iat(&doc, &iat));
}
END_TEST

START_TEST(all_claims_can_be_shown) {
    int seen = 0;
    for (int i = 0; i < sw1_claims_rows(); i++) {
        struct sw1_shown shown;
        if (!sw1_claims_show(&fixture.claims, i, &shown)) {
            continue;
        }
        seen++;
        if (strcmp(shown.name, "iat") == 0) {
            ck_assert(shown.number && shown.time && shown.value == fixture.claims.iat);
        } else if (strcmp(shown.name, "first_day") == 0) {
            ck_assert(shown.number && shown.day && !shown.time && shown.value == 20800);
        } else if (strcmp(shown.name, "birth_date") == 0) {
            struct civil born = date_civil((date)shown.value);
            ck_assert(shown.number && shown.day);
            ck_assert_str_eq(
                arena_printf(fixture.arena, "%04d%02d%02d", born.year, born.month, born.day),
                arena_copy(fixture.arena, fixture.claims.birth_date.ptr, 8));
        } else if (strcmp(shown.name, "cti") == 0) {
            ck_assert(shown.binary && shown.text.len == SW1_CTI);
        } else if (strcmp(shown.name, "full_name") == 0) {
            ck_assert(!shown.number && span_is(shown.text, "EL AMRANI YOUSSEF"));
        }
    }
    ck_assert_int_eq(seen, 24);
}
END_TEST

CHECK_MAIN("claims", setup, teardown, claims_come_back, values_out_of_range_are_named,
           values_past_ours_are_well_typed, what_is_absent, a_notice_names_nobody,
           shapes_are_checked, the_time_of_issue_alone, all_claims_can_be_shown)
