/* noria session pack|packed|check|mark|import: a test session where there is no network. The file
 * is sealed with a passphrase; what is noted is written back sealed, through a neighbour that is
 * renamed, so that a fall in the middle leaves the file as it was. */
#include <cjson/cJSON.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../lib/base/arena.h"
#include "../lib/base/csv.h"
#include "../lib/sw1/keyfile.h"
#include "../lib/sw1/pack.h"
#include "output.h"
#include "resource.h"
#include "session.h"
#include "trust_store.h"

struct carried {
    struct span passphrase;
    const char *path;
    cJSON *file;    /* what is in it */
    cJSON *content; /* the server's signed text, read */
};

static int fail(int code, const char *what) {
    fprintf(stderr, "noria session: %s\n", what);
    return code;
}

/* From a file or a descriptor, never from the command line. */
static int passphrase_read(struct cli *cli, struct carried *carried) {
    const char *file = cli_option(cli, "passphrase-file");
    const char *fd = cli_option(cli, "passphrase-fd");
    struct span content;
    if (cli_option(cli, "passphrase") != NULL) {
        return fail(EXIT_USAGE, "a passphrase on the command line is seen by everybody on the "
                                "machine; give --passphrase-file FILE or --passphrase-fd N");
    }
    if (fd != NULL) {
        file = arena_printf(cli->arena, "/dev/fd/%s", fd);
    }
    if (file == NULL) {
        return cli_usage("session", "give --passphrase-file FILE or --passphrase-fd N");
    }
    if (read_file(cli->arena, file, &content) != OK ||
        !sw1_passphrase(content, &carried->passphrase)) {
        return fail(EXIT_UNREADABLE, "a passphrase is one line of at least 12 bytes");
    }
    return EXIT_DONE;
}

static int carried_write(struct cli *cli, const struct carried *carried) {
    char *text = cJSON_PrintUnformatted(carried->file);
    struct span sealed;
    Err err = pack_seal(cli->arena, carried->passphrase, span_of(text), &sealed);
    sodium_memzero(text, strlen(text));
    cJSON_free(text);
    if (err != OK || write_file(carried->path, sealed, 0600) != OK) {
        return fail(EXIT_UNREADABLE, "the pack cannot be written");
    }
    return EXIT_DONE;
}

static int carried_read(struct cli *cli, const char *path, struct carried *carried) {
    struct span bytes, plain;
    int code = passphrase_read(cli, carried);
    if (code != EXIT_DONE) {
        return code;
    }
    carried->path = path;
    if (read_file(cli->arena, path, &bytes) != OK) {
        return fail(EXIT_UNREADABLE, "the pack cannot be read");
    }
    if (pack_open(cli->arena, carried->passphrase, bytes, &plain) != OK) {
        return fail(EXIT_REFUSED,
                    "this is no pack, or it was changed, or the passphrase is another one");
    }
    carried->file = cJSON_ParseWithLength(plain.ptr, plain.len);
    const char *content = json_text(carried->file, "content");
    carried->content = content == NULL ? NULL : cJSON_Parse(content);
    return carried->content != NULL ? EXIT_DONE : fail(EXIT_UNREADABLE, "the pack is not whole");
}

/* Whether the server's key signed the text, as far as this machine's trust list tells. */
static int signature_check(struct cli *cli, const struct carried *carried) {
    struct store store;
    const struct sw1_settings settings = {.skew = SW1_SKEW};
    uint8_t kid[SW1_KID];
    const char *named = json_text(carried->file, "kid");
    const char *signature = json_text(carried->file, "signature");
    if (!store_open(cli, &settings, &store) || store.root == NULL || store.verifier == NULL) {
        fputs("noria session: no trust list here (noria trust import); who signed the pack was not "
              "looked at\n",
              stderr);
        return EXIT_DONE;
    }
    const struct sw1_trust *trust = sw1_verifier_keys(store.verifier);
    const struct sw1_trust_key *key =
        trust != NULL && named != NULL && text_unhex(span_of(named), kid, sizeof kid)
            ? sw1_trust_find(trust, (struct span){(const char *)kid, sizeof kid})
            : NULL;
    if (key == NULL || signature == NULL || key->purpose != SW1_FOR_DOCUMENTS ||
        key->state == SW1_COMPROMISED ||
        !pack_signed(cli->arena, key->key, span_of(json_text(carried->file, "content")),
                     span_of(signature))) {
        return fail(EXIT_REFUSED, "the pack was not signed by the server of this trust list");
    }
    return EXIT_DONE;
}

static int session_pack(struct cli *cli, struct http *http) {
    struct carried carried = {0};
    const char *out = cli_option(cli, "out");
    int code = passphrase_read(cli, &carried);
    if (code != EXIT_DONE) {
        return code;
    }
    if (cli->argc != 1 || out == NULL ||
        strspn(cli->argv[0], "0123456789") != strlen(cli->argv[0])) {
        return cli_usage("session", "say which session, and --out FILE");
    }
    struct call call = {.verb = VERB_POST,
                        .path = arena_printf(cli->arena, "/api/v1/sessions/%s/packs", cli->argv[0]),
                        .body = SPAN_LIT("{}"),
                        .type = "application/json"};
    Err err = http_send(http, &call);
    if (err != OK || !call_ok(&call) || call.json == NULL) {
        return err != OK ? show_failure(err, "the server") : show_answer(cli, &call);
    }
    carried.path = out;
    carried.file = cJSON_CreateObject();
    static const char *const kept[] = {"pack", "content", "signature", "kid"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        cJSON_AddStringToObject(carried.file, kept[i], json_text(call.json, kept[i]));
    }
    cJSON_AddArrayToObject(carried.file, "seats");
    cJSON_AddArrayToObject(carried.file, "marks");
    code = signature_check(cli, &carried);
    code = code == EXIT_DONE ? carried_write(cli, &carried) : code;
    if (code == EXIT_DONE) {
        printf("pack %s\n", json_text(carried.file, "pack"));
    }
    cJSON_Delete(carried.file);
    return code;
}

/* The seat of a token in the signed text. */
static const cJSON *seat_of(const struct carried *carried, const char *token) {
    const cJSON *seat;
    cJSON_ArrayForEach(seat, cJSON_GetObjectItemCaseSensitive(carried->content, "seats")) {
        const char *known = json_text(seat, "token");
        if (known != NULL && strcmp(known, token) == 0) {
            return seat;
        }
    }
    return NULL;
}

/* Drops what was noted of a seat (and criterion) before: the newest counts until the import. */
static void forget(cJSON *list, int64_t seat, int64_t criterion) {
    for (int i = cJSON_GetArraySize(list) - 1; i >= 0; i--) {
        const cJSON *row = cJSON_GetArrayItem(list, i);
        if (json_int(row, "seat_id") == seat &&
            (criterion == 0 || json_int(row, "criterion_id") == criterion)) {
            cJSON_DeleteItemFromArray(list, i);
        }
    }
}

static int session_check(struct cli *cli, struct carried *carried) {
    const char *number = cli_option(cli, "document");
    const char *reason = cli_option(cli, "reason");
    bool photo = cli_flag(cli, "photo");
    const cJSON *seat = cli->argc == 2 ? seat_of(carried, cli->argv[0]) : NULL;
    if (seat == NULL) {
        return fail(EXIT_REFUSED, "name a token of the pack, and present, absent or void");
    }
    const char *how = cli->argv[1];
    bool present = strcmp(how, "present") == 0;
    if (!present && strcmp(how, "absent") != 0 && strcmp(how, "void") != 0) {
        return cli_usage("session", "a candidate is present, absent or void");
    }
    char print[PACK_PRINT] = "";
    if (number != NULL) {
        pack_print(json_text(carried->content, "pack"), number, print);
    }
    bool same = number != NULL && strcmp(print, json_text(seat, "document")) == 0;
    if (present && (!same || !photo)) {
        return fail(EXIT_REFUSED,
                    !same ? "the document's number is not this candidate's; void the seat, "
                            "or type it again (--document NUMBER)"
                          : "somebody must compare the photo (--photo)");
    }
    cJSON *list = cJSON_GetObjectItemCaseSensitive(carried->file, "seats");
    forget(list, json_int(seat, "id"), 0);
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "seat_id", (double)json_int(seat, "id"));
    cJSON_AddStringToObject(row, "attendance", how);
    cJSON_AddBoolToObject(row, "document_seen", number != NULL);
    cJSON_AddBoolToObject(row, "photo_match", photo);
    if (reason != NULL) {
        cJSON_AddStringToObject(row, "reason", reason);
    }
    cJSON_AddNumberToObject(row, "at", (double)time(NULL));
    cJSON_AddItemToArray(list, row);
    return carried_write(cli, carried);
}

/* The most points of a criterion of the profile, -1 when it has none of that number. */
static int64_t most_points(cJSON *profile, int64_t wanted) {
    const cJSON *exercise, *criterion;
    cJSON_ArrayForEach(exercise, cJSON_GetObjectItemCaseSensitive(profile, "exercises")) {
        cJSON_ArrayForEach(criterion, cJSON_GetObjectItemCaseSensitive(exercise, "criteria")) {
            if (json_int(criterion, "id") == wanted) {
                return json_int(criterion, "max");
            }
        }
    }
    return -1;
}

static int mark_one(const struct carried *carried, cJSON *profile, int64_t seat, char *argument) {
    char *equals = strchr(argument, '=');
    int64_t criterion = 0, points = 0;
    if (equals == NULL ||
        !text_int((struct span){argument, (size_t)(equals - argument)}, &criterion) ||
        !text_int(span_of(equals + 1), &points)) {
        return cli_usage("session", "marks are written CRITERION=POINTS");
    }
    int64_t most = most_points(profile, criterion);
    if (most < 0 || points < 0 || points > most) {
        fprintf(stderr, "noria session: criterion %lld %s\n", (long long)criterion,
                most < 0 ? "is not of this profile" : "takes no such number of points");
        return EXIT_REFUSED;
    }
    cJSON *list = cJSON_GetObjectItemCaseSensitive(carried->file, "marks");
    forget(list, seat, criterion);
    cJSON *row = cJSON_CreateObject();
    cJSON_AddNumberToObject(row, "seat_id", (double)seat);
    cJSON_AddNumberToObject(row, "criterion_id", (double)criterion);
    cJSON_AddNumberToObject(row, "points", (double)points);
    cJSON_AddNumberToObject(row, "at", (double)time(NULL));
    cJSON_AddItemToArray(list, row);
    return EXIT_DONE;
}

static int session_mark(struct cli *cli, struct carried *carried) {
    const cJSON *seat = cli->argc >= 2 ? seat_of(carried, cli->argv[0]) : NULL;
    const char *text = json_text(carried->content, "profile");
    cJSON *profile = text == NULL ? NULL : cJSON_Parse(text);
    int code = seat == NULL ? fail(EXIT_REFUSED, "name a token of the pack, and CRITERION=POINTS")
                            : EXIT_DONE;
    for (int i = 1; i < cli->argc && code == EXIT_DONE; i++) {
        code = mark_one(carried, profile, json_int(seat, "id"), cli->argv[i]);
    }
    cJSON_Delete(profile);
    return code == EXIT_DONE ? carried_write(cli, carried) : code;
}

static void show_profile(struct cli *cli, const struct carried *carried) {
    const char *text = json_text(carried->content, "profile");
    cJSON *profile = text == NULL ? NULL : cJSON_Parse(text);
    const cJSON *exercise, *criterion;
    cJSON_ArrayForEach(exercise, cJSON_GetObjectItemCaseSensitive(profile, "exercises")) {
        printf("%s (%lld min)\n", text_safe(cli->arena, json_text(exercise, "label")),
               (long long)json_int(exercise, "minutes"));
        cJSON_ArrayForEach(criterion, cJSON_GetObjectItemCaseSensitive(exercise, "criteria")) {
            printf("  %lld: %s (0-%lld) %s\n", (long long)json_int(criterion, "id"),
                   text_safe(cli->arena, json_text(criterion, "label")),
                   (long long)json_int(criterion, "max"),
                   text_safe(cli->arena, json_text(criterion, "anchors")));
        }
    }
    cJSON_Delete(profile);
}

static int session_packed(struct cli *cli, const struct carried *carried) {
    const cJSON *seat;
    if (signature_check(cli, carried) != EXIT_DONE) {
        return EXIT_REFUSED;
    }
    if (cli->json) {
        puts(json_text(carried->file, "content"));
        return EXIT_DONE;
    }
    show_profile(cli, carried);
    cJSON_ArrayForEach(seat, cJSON_GetObjectItemCaseSensitive(carried->content, "seats")) {
        printf("%s %s\n", text_safe(cli->arena, json_text(seat, "token")),
               text_safe(cli->arena, json_text(seat, "accommodation")));
    }
    printf("%d checks and %d marks noted\n",
           cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(carried->file, "seats")),
           cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(carried->file, "marks")));
    return EXIT_DONE;
}

/* The rows that were refused, beside the pack. */
static void errors_write(struct cli *cli, const char *path, const struct call *call) {
    const cJSON *row;
    const cJSON *errors = cJSON_GetObjectItemCaseSensitive(call->json, "errors");
    struct buf out;
    buf_init(&out, cli->arena, 1024);
    buf_text(&out, "row,code,detail\n");
    cJSON_ArrayForEach(row, errors) {
        static const char *const columns[] = {"field", "code", "detail"};
        for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
            const char *value = json_text(row, columns[i]);
            buf_text(&out, i > 0 ? "," : "");
            csv_put(&out, span_of(value == NULL ? "" : value), ',');
        }
        buf_text(&out, "\n");
    }
    const char *name = arena_printf(cli->arena, "%s.errors.csv", path);
    if (cJSON_GetArraySize(errors) > 0 &&
        write_file(name, (struct span){out.ptr, out.len}, 0600) == OK) {
        fprintf(stderr, "noria session: the rows that were refused are in %s\n", name);
    }
}

/* The key of the act is the pack's own number: sent again, it is the same act. */
static int session_import(struct cli *cli, struct carried *carried, struct http *http) {
    const char *pack = json_text(carried->file, "pack");
    cJSON *body = cJSON_CreateObject();
    cJSON_AddNumberToObject(body, "clock", (double)time(NULL));
    cJSON_AddItemReferenceToObject(body, "seats",
                                   cJSON_GetObjectItemCaseSensitive(carried->file, "seats"));
    cJSON_AddItemReferenceToObject(body, "marks",
                                   cJSON_GetObjectItemCaseSensitive(carried->file, "marks"));
    struct call call = {.verb = VERB_POST,
                        .path = arena_printf(cli->arena, "/api/v1/packs/%s/import", pack)};
    call_json(cli->arena, &call, body);
    cJSON_Delete(body);
    Err err = http_send(http, &call);
    if (err != OK) {
        return show_failure(err, "the server");
    }
    if (!call_ok(&call)) {
        errors_write(cli, carried->path, &call);
    }
    return show_answer(cli, &call);
}

static int with_file(struct cli *cli, const char *verb, struct http *http) {
    struct carried carried = {0};
    if (cli->argc < 1) {
        return cli_usage("session", "name the pack's file");
    }
    const char *path = cli->argv[0];
    cli->argc--;
    cli->argv++;
    int code = carried_read(cli, path, &carried);
    if (code == EXIT_DONE) {
        code = strcmp(verb, "check") == 0    ? session_check(cli, &carried)
               : strcmp(verb, "mark") == 0   ? session_mark(cli, &carried)
               : strcmp(verb, "packed") == 0 ? session_packed(cli, &carried)
                                             : session_import(cli, &carried, http);
    }
    cJSON_Delete(carried.content);
    cJSON_Delete(carried.file);
    return code;
}

int cmd_session(struct cli *cli) {
    static const char *const offline[] = {"packed", "check", "mark"};
    const char *verb = cli->argc > 0 ? cli->argv[0] : "";
    bool here = false;
    for (size_t i = 0; i < sizeof offline / sizeof *offline; i++) {
        here = here || strcmp(verb, offline[i]) == 0;
    }
    if (!here && strcmp(verb, "pack") != 0 && strcmp(verb, "import") != 0) {
        cli->argc++;
        cli->argv--;
        return cmd_resource(cli);
    }
    struct session session;
    struct http *http = NULL;
    if (sodium_init() < 0 ||
        (!here && (session_load(cli, &session) != OK ||
                   http_new(cli->arena, session.url, session.token, &http) != OK))) {
        return fail(EXIT_TRY_LATER, "cannot begin");
    }
    cli->argc--;
    cli->argv++;
    return strcmp(verb, "pack") == 0 ? session_pack(cli, http) : with_file(cli, verb, http);
}
