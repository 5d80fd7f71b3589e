/* noria keys and verify, as a person runs them: in a folder, by their exit codes and output. */
#include <cairo-pdf.h>
#include <stdio.h> /* jpeglib.h needs FILE */

#include <jpeglib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../../client-cli/commands.h"
#include "../../client-cli/http.h"
#include "../../lib/base/arena.h"
#include "../support/check_main.h"
#include "../support/cli_issuer.h"

#define URI ISSUER_URI
#define LISTS "--root", "keys", "--trust", "keys", "--state", "state"

static struct arena *arena;

static void setup(void) {
    arena = issuer_copy();
}

static void teardown(void) {
    issuer_leave(arena);
}

#define RUN(...) issuer_run(__VA_ARGS__, (const char *)NULL)

static const char *printed(void) {
    struct span out = issuer_get(arena, "out");
    return arena_copy(arena, out.ptr, out.len);
}

#define PRINTED(text) ck_assert_msg(strstr(printed(), (text)) != NULL, "%s", printed())

static struct span get(const char *name) {
    return issuer_get(arena, name);
}

#define VERIFY(...) RUN(cmd_verify, LISTS, "--status", "keys", __VA_ARGS__)

/* --- keys
 * --------------------------------------------------------------------------------------------- */

START_TEST(keys_are_made_apart) {
    static const char *const secret[] = {"keys/document.key", "keys/status.key", "keys/seal.key",
                                         "root/root.key"};
    struct stat at;
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(stat(secret[i], &at), 0);
        ck_assert_int_eq(at.st_mode & 0777, 0600);
    }
    ck_assert_int_ne(access("keys/root.key", F_OK), 0);
    ck_assert(span_equal(get("keys/root.cosekey"), get("root/root.cosekey")));
    ck_assert_uint_eq(get("keys/seal.key").len, 64);
    PRINTED("root SHA-256");
    ck_assert_int_eq(
        RUN(cmd_keys, "init", "keys", "--root-dir", "root", "--passphrase-file", "pass"),
        EXIT_REFUSED);
    ck_assert_int_eq(RUN(cmd_keys, "init", "k2", "--root-dir", "k2", "--passphrase-file", "pass"),
                     EXIT_USAGE);
    ck_assert_int_eq(RUN(cmd_keys, "init", "k2", "--root-dir", "r2"), EXIT_USAGE);
    issuer_put("weak", SPAN_LIT("short\n"));
    ck_assert_int_eq(RUN(cmd_keys, "init", "k2", "--root-dir", "r2", "--passphrase-file", "weak"),
                     EXIT_USAGE);
    ck_assert_int_eq(RUN(cmd_keys, "init", "k2", "--passphrase-file", "pass"), EXIT_USAGE);
    ck_assert_int_eq(RUN(cmd_keys, "melt", "keys"), EXIT_USAGE);
    ck_assert_int_ne(access("k2", F_OK), 0);
}
END_TEST

START_TEST(a_seal_key_is_never_replaced) {
    struct span before = get("keys/seal.key");
    unlink("keys/trust.cwt");
    ck_assert_int_eq(RUN(cmd_keys, "init", "keys", "--root-dir", "r2", "--passphrase-file", "pass"),
                     EXIT_DONE);
    ck_assert(span_equal(before, get("keys/seal.key")));
}
END_TEST

#define CHANGE "--root-dir", "root", "--passphrase-file", "pass"

START_TEST(keys_rotate_retire_and_fall) {
    struct span old = issuer_text(arena);
    issuer_put("old.txt", old);
    char *kid = text_hex(arena, sw1_key_kid(issuer_key(arena, "keys/document.key")), SW1_KID);
    ck_assert_int_eq(RUN(cmd_keys, "rotate", "keys", CHANGE), EXIT_DONE);
    issuer_put("new.txt", issuer_text(arena));
    ck_assert_int_eq(VERIFY("old.txt", "new.txt"), 0); /* retired still verifies what it signed */
    ck_assert_int_eq(RUN(cmd_keys, "compromise", "keys", kid, CHANGE), EXIT_DONE);
    ck_assert_int_eq(VERIFY("old.txt"), 1);
    PRINTED("KEY_COMPROMISED");
    ck_assert_int_eq(VERIFY("new.txt"), 0);
    ck_assert_int_eq(RUN(cmd_keys, "retire", "keys", kid, CHANGE), EXIT_REFUSED);
    ck_assert_int_eq(RUN(cmd_keys, "retire", "keys", "0000000000000000", CHANGE), EXIT_USAGE);
    ck_assert_int_eq(RUN(cmd_keys, "rotate", "keys", "--purpose", "status", CHANGE), EXIT_DONE);
    issuer_status(SW1_STATUS_VALID, 0);
    ck_assert_int_eq(VERIFY("new.txt"), 0);
    ck_assert_int_eq(RUN(cmd_keys, "rotate", "keys", "--purpose", "cake", CHANGE), EXIT_USAGE);
    ck_assert_int_eq(RUN(cmd_keys, "renew", "keys", "--trust-days", "30", CHANGE), EXIT_DONE);
    PRINTED("sequence      5");
    ck_assert_int_eq(RUN(cmd_keys, "renew", "keys", "--trust-days", "0", CHANGE), EXIT_USAGE);
    issuer_put("other", SPAN_LIT("another passphrase\n"));
    ck_assert_int_eq(
        RUN(cmd_keys, "renew", "keys", "--root-dir", "root", "--passphrase-file", "other"),
        EXIT_UNREADABLE);
    ck_assert_int_eq(RUN(cmd_keys, "show", "keys", "--json"), EXIT_DONE);
    PRINTED("\"sequence\":5");
    ck_assert_int_eq(RUN(cmd_keys, "export", "keys", "given"), EXIT_DONE);
    ck_assert_int_ne(access("given/document.key", F_OK), 0);
    ck_assert(span_equal(get("given/trust.cwt"), get("keys/trust.cwt")));
}
END_TEST

/* --- verify
 * ------------------------------------------------------------------------------------------- */

START_TEST(exit_codes_of_the_profile) {
    ck_assert_int_eq(VERIFY("doc.txt"), 0);
    PRINTED("EL AMRANI YOUSSEF");
    ck_assert_int_eq(VERIFY("doc.txt", "--expect-passport", "ab 1234567"), 0);
    ck_assert_int_eq(VERIFY("doc.txt", "--expect-passport", "AB1234568"), 1);
    PRINTED("HOLDER_MISMATCH");
    ck_assert_int_eq(VERIFY("nothing-there"), 3);
    ck_assert_int_eq(VERIFY("doc.txt", "nothing-there"), 3);
    issuer_put("bad.txt", SPAN_LIT("SW1:BB8"));
    ck_assert_int_eq(VERIFY("doc.txt", "bad.txt"), 1);
    issuer_put("high.txt", SPAN_LIT("SW1:\x80\x81\x82")); /* begins as a document: a damaged one */
    ck_assert_int_eq(VERIFY("high.txt"), 1);
    PRINTED("BAD_BASE45");
    issuer_put("noise", SPAN_LIT("\x80\x81\x82"));
    ck_assert_int_eq(VERIFY("noise"), 3);
    PRINTED("BAD_IMAGE");
    issuer_put("broken.png", SPAN_LIT("\x89PNG\r\n\x1a\nbroken"));
    issuer_put("broken.jpg", SPAN_LIT("\xff\xd8\xff broken"));
    issuer_put("broken.pdf", SPAN_LIT("%PDF-1.7 broken"));
    ck_assert_int_eq(VERIFY("broken.png"), 3);
    ck_assert_int_eq(VERIFY("broken.jpg"), 3);
    ck_assert_int_eq(VERIFY("broken.pdf"), 3);
    ck_assert_int_eq(VERIFY("doc.txt", "--frobnicate"), EXIT_USAGE);
    ck_assert_int_eq(VERIFY("doc.txt", "--at", "yesterday"), EXIT_USAGE);
    ck_assert_int_eq(VERIFY("doc.txt", "--skew", "-1"), EXIT_USAGE);
    ck_assert_int_eq(VERIFY("doc.txt", "--max-status-age", "0"), EXIT_USAGE);
    ck_assert_int_eq(RUN(cmd_verify, "--root", "absent", "doc.txt"), EXIT_USAGE);
    struct span text = get("doc.txt");
    ck_assert_int_eq(VERIFY(arena_copy(arena, text.ptr, text.len)), 0); /* the text itself */
}
END_TEST

START_TEST(states_and_times) {
    issuer_status(SW1_STATUS_REVOKED, 8);
    ck_assert_int_eq(VERIFY("doc.txt"), 1);
    PRINTED("REVOKED");
    issuer_status(SW1_STATUS_SUSPENDED, 6);
    ck_assert_int_eq(VERIFY("doc.txt"), 1);
    PRINTED("SUSPENDED");
    issuer_status(SW1_STATUS_VALID, 4);
    int64_t now = time(NULL);
    ck_assert_int_eq(VERIFY("doc.txt", "--at", arena_printf(arena, "%lld", (long long)now + 3600)),
                     0);
    ck_assert_int_eq(VERIFY("doc.txt", "--max-status-age", "1h", "--at",
                            arena_printf(arena, "%lld", (long long)now + 7000)),
                     2);
    PRINTED("STATUS_STALE");
    ck_assert_int_eq(VERIFY("doc.txt", "--at", "2099-01-01"), 1); /* whatever the lists say */
    PRINTED("EXPIRED");
    ck_assert_int_eq(VERIFY("doc.txt", "--at", "2001-01-01T10:00:00Z"), 2);
    PRINTED("CLOCK_DOUBTFUL");
    unlink("keys/status-1.cwt");
    ck_assert_int_eq(VERIFY("doc.txt"), 2);
    PRINTED("STATUS_MISSING");
    PRINTED(URI);
    ck_assert_int_eq(RUN(cmd_verify, "--state", "empty", "doc.txt"), 2);
    PRINTED("TRUST_STALE");
}
END_TEST

/* Clocks may differ by --skew: a document that ended 100 seconds ago is not yet called expired by
 * whoever allows 200 (then the list of today is too old to say more). */
START_TEST(clocks_may_differ_by_skew) {
    const char *at = arena_printf(arena, "%lld", (long long)issuer_claims().exp + 100);
    ck_assert_int_eq(VERIFY("doc.txt", "--at", at, "--skew", "0"), 1);
    PRINTED("EXPIRED");
    ck_assert_int_eq(VERIFY("doc.txt", "--at", at, "--skew", "200"), 2);
    PRINTED("STATUS_STALE");
}
END_TEST

START_TEST(lists_are_not_played_back) {
    struct span old_trust = get("keys/trust.cwt");
    struct span old_status = get("keys/status-1.cwt");
    ck_assert_int_eq(RUN(cmd_keys, "renew", "keys", CHANGE), EXIT_DONE);
    issuer_status(SW1_STATUS_REVOKED, 1);
    ck_assert_int_eq(VERIFY("doc.txt"), 1);
    issuer_put("keys/status-1.cwt", old_status);
    ck_assert_int_eq(VERIFY("doc.txt"), 2); /* the older list, in which it is valid, is refused */
    issuer_status(SW1_STATUS_VALID, 0);
    issuer_put("keys/trust.cwt", old_trust);
    ck_assert_int_eq(VERIFY("doc.txt"), 2);
    PRINTED("TRUST_STALE");
    /* Control: a verifier that has seen nothing takes them. */
    ck_assert_int_eq(RUN(cmd_verify, "--root", "keys", "--trust", "keys", "--status", "keys",
                         "--state", "fresh", "doc.txt"),
                     0);
    /* Nothing of the holder was written. */
    ck_assert_int_eq(system("grep -rqE 'AMRANI|AB1234567|SW1:' state"), 256);
}
END_TEST

/* A name that would paint the terminal: it cannot be issued, but somebody's key could sign it. */
START_TEST(names_do_not_reach_the_terminal_raw) {
    struct sw1_claims claims = issuer_claims();
    claims.full_name = SPAN_LIT("A\x1b[2J\xe2\x80\xaeZ\xc2\x9b");
    struct span cose;
    ck_assert_int_eq(cose_sign(arena, issuer_key(arena, "keys/document.key"), NULL,
                               sw1_claims_write(arena, &claims), &cose),
                     OK);
    static const char signs[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    struct buf text;
    buf_init(&text, arena, 2048);
    buf_text(&text, "SW1:");
    for (size_t i = 0; i < cose.len; i += 2) {
        bool pair = i + 1 < cose.len;
        unsigned value = (unsigned char)cose.ptr[i];
        value = pair ? value << 8 | (unsigned char)cose.ptr[i + 1] : value;
        buf_char(&text, signs[value % 45]);
        buf_char(&text, signs[value / 45 % 45]);
        if (pair) {
            buf_char(&text, signs[value / 2025]);
        }
    }
    issuer_put("evil.txt", (struct span){text.ptr, text.len});
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(VERIFY("evil.txt", i == 0 ? "--quiet=" : "--json"), i == 0 ? 64 : 0);
    }
    ck_assert_int_eq(VERIFY("evil.txt"), 0);
    ck_assert_ptr_null(strchr(printed(), '\x1b'));
    ck_assert_ptr_null(strstr(printed(), "\xe2\x80\xae"));
    ck_assert_ptr_null(strstr(printed(), "\xc2\x9b"));
    ck_assert_int_eq(VERIFY("evil.txt", "--json"), 0);
    ck_assert_ptr_null(strstr(printed(), "\xe2\x80\xae"));
}
END_TEST

START_TEST(languages_and_json) {
    ck_assert_int_eq(VERIFY("doc.txt", "--lang", "fr"), 0);
    PRINTED("authentique");
    ck_assert_int_eq(VERIFY("doc.txt", "--lang", "ar"), 0);
    PRINTED("صالحة");
    setenv("LC_ALL", "fr_FR.UTF-8", 1);
    ck_assert_int_eq(VERIFY("doc.txt"), 0);
    PRINTED("authentique");
    ck_assert_int_eq(VERIFY("doc.txt", "--json", "--lang", "en"), 0);
    PRINTED("\"code\":\"VALID\"");
    PRINTED("\"full_name\":\"EL AMRANI YOUSSEF\"");
    PRINTED("\"siret\":12345678900011");
    ck_assert_int_eq(VERIFY("doc.txt", "--quiet"), 0);
    ck_assert_str_eq(printed(), "");
    ck_assert_int_eq(VERIFY("nothing-there", "--json"), 3);
    PRINTED("\"code\":\"NO_FILE\"");
}
END_TEST

/* --- pictures
 * ------------------------------------------------------------------------------------------ */

START_TEST(pictures_are_read) {
    struct span texts[2] = {get("doc.txt"), SPAN_LIT("SW1:OTHER")};
    static const int scales[] = {1, 2, 4, 8};
    for (int i = 0; i < 4; i++) {
        issuer_png(arena, "doc.png", texts, 1, scales[i]);
        ck_assert_msg(VERIFY("doc.png") == 0, "scale %d: %s", scales[i], printed());
    }
    issuer_png(arena, "two.png", texts, 2, 4);
    ck_assert_int_eq(VERIFY("two.png"), 3);
    PRINTED("SEVERAL_QR");
    issuer_png(arena, "none.png", texts, 0, 4);
    ck_assert_int_eq(VERIFY("none.png"), 3);
    PRINTED("NO_QR");
    texts[1] = texts[0];
    issuer_png(arena, "twice.png", texts, 2, 4); /* several is several, even of one document */
    ck_assert_int_eq(VERIFY("twice.png"), 3);
    PRINTED("SEVERAL_QR");
}
END_TEST

/* A grey JPEG of the first `count` texts, as a scanner makes it. */
static void make_jpeg(const char *name, const struct span *texts, int count) {
    struct jpeg_error_mgr errors;
    struct jpeg_compress_struct jpeg = {.err = jpeg_std_error(&errors)};
    int width;
    int height;
    uint8_t *grey = issuer_draw(arena, texts, count, 4, &width, &height);
    FILE *file = fopen(name, "wb");
    ck_assert_ptr_nonnull(file);
    jpeg_create_compress(&jpeg);
    jpeg_stdio_dest(&jpeg, file);
    jpeg.image_width = (JDIMENSION)width;
    jpeg.image_height = (JDIMENSION)height;
    jpeg.input_components = 1;
    jpeg.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&jpeg);
    jpeg_start_compress(&jpeg, TRUE);
    for (int y = 0; y < height; y++) {
        JSAMPROW row = grey + y * width;
        (void)jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    ck_assert_int_eq(fclose(file), 0);
}

START_TEST(jpegs_are_read) {
    struct span texts[2] = {get("doc.txt"), SPAN_LIT("SW1:OTHER")};
    make_jpeg("doc.jpg", texts, 1);
    ck_assert_msg(VERIFY("doc.jpg") == 0, "%s", printed());
    make_jpeg("two.jpg", texts, 2);
    ck_assert_int_eq(VERIFY("two.jpg"), 3);
    PRINTED("SEVERAL_QR");
    struct span whole = get("doc.jpg");
    issuer_put("cut.jpg", (struct span){whole.ptr, whole.len / 3});
    ck_assert_int_eq(VERIFY("cut.jpg"), 3);
}
END_TEST

/* A page with the code of each text. */
static void make_pdf(const char *name, const struct span *texts, int pages) {
    cairo_surface_t *surface = cairo_pdf_surface_create(name, 595, 842);
    cairo_t *cairo = cairo_create(surface);
    for (int page = 0; page < pages; page++) {
        int width;
        int height;
        uint8_t *grey = issuer_draw(arena, &texts[page], 1, 1, &width, &height);
        for (int i = 0; i < width * height; i++) {
            if (grey[i] == 0) {
                cairo_rectangle(cairo, 100 + i % width * 1.5, 100 + (int)(i / width) * 1.5, 1.5,
                                1.5);
            }
        }
        cairo_fill(cairo);
        cairo_show_page(cairo);
    }
    cairo_destroy(cairo);
    cairo_surface_destroy(surface);
}

START_TEST(pdf_pages_are_read) {
    struct span text = get("doc.txt");
    make_pdf("doc.pdf", &text, 1);
    make_pdf("pages.pdf", (struct span[]){text, text}, 2);
    make_pdf("two.pdf", (struct span[]){text, SPAN_LIT("SW1:OTHER")}, 2);
    /* noria-pdf is built two folders up from this test. */
    char self[4096];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    ck_assert(len > 0);
    self[len] = '\0';
    char *tests = strstr(self, "/tests/client-cli/");
    ck_assert_ptr_nonnull(tests);
    *tests = '\0';
    setenv("NORIA_PDF", arena_printf(arena, "%s/noria-pdf", self), 1);
    ck_assert_msg(VERIFY("doc.pdf") == 0, "%s", printed());
    ck_assert_int_eq(VERIFY("pages.pdf"), 0); /* the same document on two pages */
    ck_assert_int_eq(VERIFY("two.pdf"), 3);
    PRINTED("SEVERAL_QR");
    setenv("NORIA_PDF", "/nowhere", 1);
    ck_assert_int_eq(VERIFY("doc.pdf"), 3);
}
END_TEST

/* --- acts and batches
 * -------------------------------------------------------------------------------------- */

START_TEST(a_closing_act_is_verified) {
    struct span signature;
    issuer_put("act.json", SPAN_LIT("{\"campaign\":1}"));
    ck_assert_int_eq(sw1_act_sign(arena, issuer_key(arena, "keys/document.key"), SW1_ACT_CLOSING,
                                  SPAN_LIT("FR:OFII"), time(NULL), get("act.json"), &signature),
                     OK);
    ck_assert_int_eq(VERIFY("act.json"), 3);
    PRINTED("NO_SIGNATURE");
    ck_assert_int_eq(VERIFY("act.json", "--signature", "absent.cose"), 3);
    PRINTED("NO_SIGNATURE");
    issuer_put("act.cose", signature);
    ck_assert_int_eq(VERIFY("act.json"), 0);
    PRINTED("FR:OFII");
    ck_assert_int_eq(VERIFY("act.json", "--json"), 0);
    issuer_put("act.json", SPAN_LIT("{\"campaign\":2}"));
    ck_assert_int_eq(VERIFY("act.json"), 1);
    PRINTED("BAD_SIGNATURE");
    ck_assert_int_eq(VERIFY("act.json", "--signature", "doc.txt"), 1);
}
END_TEST

/* Every answer in its line, in the order of the inputs, one JSON object each. */
START_TEST(batches_answer_in_order) {
    issuer_put("bad.txt", SPAN_LIT("SW1:BB8"));
    struct span good = get("doc.txt");
    issuer_put("three.txt", span_of(arena_printf(arena, "%.*s\r\n\nHC1:X\n%.*s", (int)good.len,
                                                 good.ptr, (int)good.len, good.ptr)));
    ck_assert_int_eq(VERIFY("--json", "bad.txt", "doc.txt", "absent", "three.txt"), 3);
    static const char *const codes[] = {"BAD_COSE", "VALID",      "NO_FILE",
                                        "VALID",    "BAD_PREFIX", "VALID"};
    static const double lines[] = {0, 0, 0, 1, 3, 4};
    const char *rest = printed();
    for (int i = 0; i < 6; i++) {
        const char *end = strchr(rest, '\n');
        ck_assert_ptr_nonnull(end);
        cJSON *answer = cJSON_ParseWithLength(rest, (size_t)(end - rest));
        arena_defer(arena, (void (*)(void *))cJSON_Delete, answer);
        ck_assert_str_eq(json_text(answer, "code"), codes[i]);
        ck_assert_int_eq(json_int(answer, "line"), (int64_t)lines[i]);
        ck_assert_int_eq(cJSON_IsTrue(cJSON_GetObjectItem(answer, "valid")),
                         strcmp(codes[i], "VALID") == 0);
        rest = end + 1;
    }
    ck_assert_str_eq(rest, "");
    ck_assert_int_eq(VERIFY("bad.txt", "doc.txt"), 1); /* the worst of them */
    ck_assert_int_eq(VERIFY("doc.txt", "--max-status-age", "1", "--skew", "0"), 2);
    ck_assert_int_eq(VERIFY("bad.txt", "absent", "--no-such-option"), 64);
}
END_TEST

int main(void) {
    const TTest *const tests[] = {keys_are_made_apart,
                                  a_seal_key_is_never_replaced,
                                  keys_rotate_retire_and_fall,
                                  exit_codes_of_the_profile,
                                  states_and_times,
                                  lists_are_not_played_back,
                                  names_do_not_reach_the_terminal_raw,
                                  languages_and_json,
                                  pictures_are_read,
                                  jpegs_are_read,
                                  clocks_may_differ_by_skew,
                                  pdf_pages_are_read,
                                  a_closing_act_is_verified,
                                  batches_answer_in_order,
                                  NULL};
    issuer_make();
    int code = check_run("verify", setup, teardown, 120, tests);
    issuer_end();
    return code;
}
