/* One-time passwords and recovery codes, without a database: the vectors of RFC 4226 (appendix D),
 * RFC 6238 (appendix B) and RFC 4648 (section 10). */
#include <string.h>

#include "lib/base/arena.h"
#include "server/account/factor.h"
#include "tests/support/check_main.h"

static const char secret_text[] = "12345678901234567890";

static bool right(const char *code, int64_t now, int64_t *step) {
    return totp_step((const uint8_t *)secret_text, code, now, step);
}

START_TEST(rfc_4226_values_are_taken_at_their_counters) {
    static const char *const values[] = {"755224", "287082", "359152", "969429", "338314",
                                         "254676", "287922", "162583", "399871", "520489"};
    for (int i = 1; i < 10; i++) { /* 0 has no step before it */
        int64_t step = -1;
        ck_assert_msg(right(values[i], (int64_t)i * FACTOR_SECONDS + 7, &step), "%d", i);
        ck_assert_int_eq(step, i);
    }
}
END_TEST

START_TEST(rfc_6238_values_are_taken_at_their_times) {
    static const struct {
        int64_t now;
        const char *code; /* the last six of the eight digits that the RFC prints */
    } cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
                 {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t step = -1;
        ck_assert_msg(right(cases[i].code, cases[i].now, &step), "%s", cases[i].code);
        ck_assert_int_eq(step, cases[i].now / FACTOR_SECONDS);
    }
}
END_TEST

/* One step either way (RFC 6238, 5.2), no more: each second of five steps. */
START_TEST(v6_5_5_a_code_lives_one_step_and_the_drift) {
    enum { STEP = 1234567890 / FACTOR_SECONDS };
    for (int64_t now = (STEP - 2) * FACTOR_SECONDS; now < (STEP + 3) * FACTOR_SECONDS; now++) {
        int64_t step = -1;
        int64_t off = now / FACTOR_SECONDS - STEP;
        bool inside = off >= -FACTOR_DRIFT && off <= FACTOR_DRIFT;
        ck_assert_int_eq(right("005924", now, &step), inside);
        ck_assert(!inside || step == STEP);
    }
}
END_TEST

START_TEST(only_six_digits_are_a_code) {
    static const char *const bad[] = {"",       "28708",    "2870822", "28708a",
                                      "-87082", "287 08",   "+87082",  "28708\t2",
                                      "٢٨٧٠٨٢", "94287082", "0287082", " 287083 "};
    int64_t step = 0;
    ck_assert(right("287082", 59, &step));
    ck_assert(right(" 287 082 ", 59, &step));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!right(bad[i], 59, &step), "%s", bad[i]);
    }
}
END_TEST

START_TEST(base_32_is_rfc_4648) {
    struct arena *arena = arena_new();
    ck_assert_str_eq(base32(arena, (const uint8_t *)"fooba", 5, 0), "MZXW6YTB");
    ck_assert_str_eq(base32(arena, (const uint8_t *)secret_text, 20, 0),
                     "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    ck_assert_str_eq(base32(arena, (const uint8_t *)"fooba", 5, 3), "MZX-W6Y-TB");
    ck_assert_str_eq(totp_uri(arena, (const uint8_t *)secret_text, "a+b@x.example"),
                     "otpauth://totp/Noria:a%2Bb%40x.example?secret="
                     "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Noria");
    arena_free(arena);
}
END_TEST

/* ASVS 6.5.2 to 6.5.4: 160 random bits, so that a plain hash keeps them. */
START_TEST(recovery_codes_are_read_as_people_type_them) {
    struct arena *arena = arena_new();
    uint8_t drawn[RECOVERY_HASH];
    uint8_t typed[RECOVERY_HASH];
    const char *code = recovery_draw(arena, drawn);
    ck_assert_uint_eq(strlen(code), 39);
    ck_assert(recovery_hash(code, typed) && memcmp(drawn, typed, sizeof drawn) == 0);
    char sloppy[64] = " ";
    size_t len = 1;
    for (const char *c = code; *c != '\0'; c++) {
        char low = (char)(*c >= 'A' && *c <= 'Z' ? *c - 'A' + 'a' : *c);
        low = (char)(low == 'o' ? '0' : low == 'i' ? '1' : low == 'b' ? '8' : low);
        sloppy[len++] = (char)(*c == '-' ? ' ' : low);
    }
    ck_assert(recovery_hash(sloppy, typed) && memcmp(drawn, typed, sizeof drawn) == 0);
    char other[64];
    (void)strncpy(other, code, sizeof other - 1);
    other[26] = (char)(other[26] == 'A' ? 'C' : 'A');
    ck_assert(recovery_hash(other, typed) && memcmp(drawn, typed, sizeof drawn) != 0);
    other[26] = '\0';
    ck_assert(!recovery_hash(other, typed));
    ck_assert(!recovery_hash("", typed));
    ck_assert(!recovery_hash("287082", typed));
    ck_assert_str_ne(code, recovery_draw(arena, drawn));
    arena_free(arena);
}
END_TEST

CHECK_MAIN("one-time passwords", NULL, NULL, rfc_4226_values_are_taken_at_their_counters,
           rfc_6238_values_are_taken_at_their_times, v6_5_5_a_code_lives_one_step_and_the_drift,
           only_six_digits_are_a_code, base_32_is_rfc_4648,
           recovery_codes_are_read_as_people_type_them)
