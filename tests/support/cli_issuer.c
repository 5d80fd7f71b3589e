#include "cli_issuer.h"

#include <fcntl.h>
#include <png.h>
#include <qrencode.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../client-cli/output.h"
#include "../../lib/base/arena.h"

/* The folder that tests copy. */
static char made[64];

static void must(bool good, const char *what) {
    if (!good) {
        (void)fprintf(stderr, "the issuer of the test: %s\n", what);
        abort();
    }
}

int issuer_run(int (*command)(struct cli *cli), ...) {
    char *argv[40];
    struct arena *arena = arena_new();
    struct cli cli = {.arena = arena, .argv = argv};
    va_list args;
    va_start(args, command);
    const char *word;
    while ((word = va_arg(args, const char *)) != NULL) {
        argv[cli.argc++] = arena_strdup(arena, word);
    }
    va_end(args);
    cli.json = cli_flag(&cli, "json");
    (void)fflush(NULL);
    int out = dup(STDOUT_FILENO);
    int err = dup(STDERR_FILENO);
    int file = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
    must(file >= 0 && dup2(file, STDOUT_FILENO) >= 0 && dup2(file, STDERR_FILENO) >= 0, "out");
    int code = command(&cli);
    (void)fflush(NULL);
    must(dup2(out, STDOUT_FILENO) >= 0 && dup2(err, STDERR_FILENO) >= 0, "back");
    close(out);
    close(err);
    close(file);
    arena_free(arena);
    return code;
}

void issuer_put(const char *name, struct span content) {
    must(write_file(name, content, 0600) == OK, name);
}

struct span issuer_get(struct arena *arena, const char *name) {
    struct span content = {0};
    must(read_file(arena, name, &content) == OK, name);
    return content;
}

struct sw1_key *issuer_key(struct arena *arena, const char *name) {
    struct sw1_key *key = NULL;
    must(sw1_keyfile_open(arena, issuer_get(arena, name),
                          &(struct sw1_lock){.passphrase = SPAN_LIT("a long passphrase")},
                          &key) == OK,
         name);
    return key;
}

struct sw1_claims issuer_claims(void) {
    struct sw1_claims claims = sw1_claims_none();
    claims.iss = SPAN_LIT("FR:OFII");
    claims.iat = claims.nbf = time(NULL);
    claims.exp = claims.iat + 86400;
    claims.cti = SPAN_LIT("0123456789abcdef");
    claims.full_name = SPAN_LIT("EL AMRANI YOUSSEF");
    claims.status_uri = SPAN_LIT(ISSUER_URI);
    claims.status_idx = 9;
    claims.kind = SW1_WORKER;
    claims.passport = SPAN_LIT("AB1234567");
    claims.siret = 12345678900011;
    return claims;
}

struct span issuer_text(struct arena *arena) {
    struct sw1_claims claims = issuer_claims();
    struct span text = {0};
    must(sw1_issue(arena, issuer_key(arena, "keys/document.key"), &claims, &text) == OK, "issue");
    return text;
}

void issuer_status(enum sw1_status status, int64_t age) {
    struct arena *arena = arena_new();
    uint8_t *packed = arena_alloc(arena, SW1_STATUS_PACKED);
    sw1_status_set(packed, 9, status);
    struct sw1_status_list list = {.uri = SPAN_LIT(ISSUER_URI),
                                   .iat = time(NULL) - age,
                                   .exp = time(NULL) + 7200,
                                   .ttl = 3600,
                                   .packed = {(const char *)packed, SW1_STATUS_PACKED}};
    struct span bytes = {0};
    must(sw1_status_write(arena, &list, issuer_key(arena, "keys/status.key"), &bytes) == OK,
         "status list");
    issuer_put("keys/status-1.cwt", bytes);
    arena_free(arena);
}

static void run_program(const char *program, const char *a, const char *b, const char *c) {
    struct arena *arena = arena_new();
    char *const argv[] = {arena_strdup(arena, program), arena_strdup(arena, a),
                          arena_strdup(arena, b), arena_strdup(arena, c), NULL};
    pid_t child = fork();
    if (child == 0) {
        execv(program, argv);
        _exit(1);
    }
    int status = 1;
    must(waitpid(child, &status, 0) == child && status == 0, program);
    arena_free(arena);
}

static void enter(char name[64]) {
    memcpy(name, "/tmp/noria-verify-XXXXXX", 25);
    must(mkdtemp(name) != NULL && chdir(name) == 0, "folder");
}

void issuer_make(void) {
    struct arena *arena = arena_new();
    enter(made);
    unsetenv("NORIA_PASSPHRASE_FILE");
    unsetenv("NORIA_KEYS");
    setenv("LC_ALL", "C", 1);
    issuer_put("pass", SPAN_LIT("a long passphrase\n"));
    must(issuer_run(cmd_keys, "init", "keys", "--root-dir", "root", "--passphrase-file", "pass",
                    (const char *)NULL) == EXIT_DONE,
         "keys");
    issuer_status(SW1_STATUS_VALID, 60);
    issuer_put("doc.txt", issuer_text(arena));
    arena_free(arena);
}

static void leave(const char *folder) {
    must(chdir("/") == 0, "folder");
    run_program("/bin/rm", "-rf", "--", folder);
}

void issuer_end(void) {
    leave(made);
}

struct arena *issuer_copy(void) {
    char folder[64];
    enter(folder);
    run_program("/bin/cp", "-rT", made, folder);
    return arena_new();
}

void issuer_leave(struct arena *arena) {
    char folder[64];
    must(getcwd(folder, sizeof folder) != NULL, "folder");
    leave(folder);
    arena_free(arena);
}

uint8_t *issuer_draw(struct arena *arena, const struct span *texts, int count, int scale,
                     int *width, int *height) {
    QRcode *codes[2] = {NULL, NULL};
    *width = *height = 0;
    for (int i = 0; i < count; i++) {
        QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
        QRinput_append(input, QR_MODE_AN, (int)texts[i].len, (const unsigned char *)texts[i].ptr);
        codes[i] = QRcode_encodeInput(input);
        QRinput_free(input);
        *width += (codes[i]->width + 8) * scale;
        *height = (codes[i]->width + 8) * scale > *height ? (codes[i]->width + 8) * scale : *height;
    }
    uint8_t *grey = arena_alloc(arena, (size_t)(*width * *height) + 1);
    memset(grey, 255, (size_t)(*width * *height));
    int left = 0;
    for (int i = 0; i < count; i++) {
        int side = codes[i]->width;
        for (int p = 0; p < side * side * scale * scale; p++) {
            int x = p % (side * scale);
            int y = p / (side * scale);
            if (codes[i]->data[y / scale * side + x / scale] & 1) {
                grey[(y + 4 * scale) * *width + left + x + 4 * scale] = 0;
            }
        }
        left += (side + 8) * scale;
        QRcode_free(codes[i]);
    }
    return grey;
}

void issuer_png(struct arena *arena, const char *name, const struct span *texts, int count,
                int scale) {
    int width;
    int height;
    uint8_t *grey = issuer_draw(arena, texts, count, scale, &width, &height);
    png_image image = {.version = PNG_IMAGE_VERSION,
                       .width = (png_uint_32)(count > 0 ? width : 64),
                       .height = (png_uint_32)(count > 0 ? height : 64),
                       .format = PNG_FORMAT_GRAY};
    if (count == 0) {
        grey = arena_alloc(arena, 64 * 64);
    }
    must(png_image_write_to_file(&image, name, 0, grey, 0, NULL) != 0, name);
}
