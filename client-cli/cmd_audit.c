/* noria audit: exports the audit log, checks an export offline, and keeps a pin: the newest tree
 * head that was seen, against which every later log is held. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../lib/base/arena.h"
#include "../lib/base/date.h"
#include "../lib/sw1/logfile.h"
#include "http.h"
#include "output.h"
#include "session.h"

enum { PAGE = 200, PIN_MAX = 4096 };

#define PIN_FIRST "noria-pin-1"

/* What a pin file holds: the log's key and the signed head, which is evidence of itself. */
struct pin {
    struct sw1_key *key; /* which signed the head; NULL: there is no pin yet */
    struct sw1_head head;
    struct span signed_head;
};

static int say(int code, const char *what, const char *detail) {
    fprintf(stderr, "noria: %s%s%s\n", what, detail != NULL ? " " : "",
            detail != NULL ? detail : "");
    return code;
}

/* --- pins --------------------------------------------------------------------------------------
 */

/* The bytes of "name HEX" as the next line of the file. */
static bool hex_line(struct cli *cli, struct span *file, const char *name, struct span *bytes) {
    const char *end = memchr(file->ptr, '\n', file->len);
    size_t head = strlen(name) + 1;
    if (end == NULL || (size_t)(end - file->ptr) < head || memcmp(file->ptr, name, head - 1) != 0 ||
        file->ptr[head - 1] != ' ') {
        return false;
    }
    struct span hex = {file->ptr + head, (size_t)(end - file->ptr) - head};
    char *raw = arena_alloc(cli->arena, hex.len / 2 + 1);
    *bytes = (struct span){raw, hex.len / 2};
    file->len -= (size_t)(end - file->ptr) + 1;
    file->ptr = end + 1;
    return hex.len % 2 == 0 && text_unhex(hex, raw, hex.len / 2);
}

/* An absent file is no pin; a broken one is refused, or a pin could be lost unseen. */
static bool pin_read(struct cli *cli, const char *path, struct pin *pin) {
    struct span file;
    struct span key;
    static const char first[] = PIN_FIRST "\n";
    struct sw1_logkeys keys;
    *pin = (struct pin){0};
    if (path == NULL || read_file(cli->arena, path, &file) != OK) {
        return true;
    }
    if (file.len < sizeof first - 1 || memcmp(file.ptr, first, sizeof first - 1) != 0) {
        return false;
    }
    file = (struct span){file.ptr + sizeof first - 1, file.len - (sizeof first - 1)};
    if (!hex_line(cli, &file, "key", &key) || !hex_line(cli, &file, "head", &pin->signed_head) ||
        !sw1_key_read(cli->arena, key, &pin->key)) {
        return false;
    }
    keys = sw1_logkeys_one(pin->key);
    return sw1_head_read(cli->arena, pin->signed_head, &keys, &pin->head);
}

static int pin_write(struct cli *cli, const char *path, const struct sw1_key *key,
                     struct span head) {
    struct span public;
    struct buf out;
    if (sw1_key_write(cli->arena, key, false, &public) != OK) {
        return EXIT_UNREADABLE;
    }
    buf_init(&out, cli->arena, PIN_MAX);
    buf_printf(&out, PIN_FIRST "\nkey %s\nhead %s\n", text_hex(cli->arena, public.ptr, public.len),
               text_hex(cli->arena, head.ptr, head.len));
    return write_file(path, (struct span){out.ptr, out.len}, 0644) == OK
               ? EXIT_DONE
               : say(EXIT_UNREADABLE, "cannot write", path);
}

static bool pin_key_among(const struct pin *pin, const struct sw1_logkeys *keys) {
    for (int i = 0; i < keys->count; i++) {
        if (pin->key == NULL || sw1_key_same(keys->of[i].key, pin->key)) {
            return true;
        }
    }
    return false;
}

/* The log's keys: those of --key FILE as certified by --root FILE, else the pin's alone. */
static int find_keys(struct cli *cli, const struct pin *pin, const char *key_path,
                     const char *root_path, struct sw1_logkeys *keys) {
    struct span bytes;
    struct sw1_key *root;
    if (pin->key != NULL && key_path == NULL && root_path == NULL) {
        *keys = sw1_logkeys_one(pin->key);
        return EXIT_DONE;
    }
    if (key_path == NULL || root_path == NULL) {
        return cli_usage("audit", "give --key FILE and --root FILE, or a --pin that exists");
    }
    if (read_file(cli->arena, root_path, &bytes) != OK || !sw1_key_read(cli->arena, bytes, &root)) {
        return say(EXIT_UNREADABLE, "there is no readable root key in", root_path);
    }
    if (read_file(cli->arena, key_path, &bytes) != OK) {
        return say(EXIT_UNREADABLE, "cannot read", key_path);
    }
    if (!sw1_logkeys_read(cli->arena, bytes, root, keys)) {
        return say(EXIT_REFUSED, "that root did not certify the log key in", key_path);
    }
    return pin_key_among(pin, keys)
               ? EXIT_DONE
               : say(EXIT_REFUSED, "the pinned key was never this log's, says", key_path);
}

/* A head that no known key signed: it may be a new key's. */
static int say_new_key(void) {
    return say(EXIT_REFUSED,
               "if the log's key was replaced: --key log.cwt --root root.cosekey, from "
               "/.well-known/noria/log.cwt",
               NULL);
}

static void show_log(struct cli *cli, const char *verdict, uint64_t size, int64_t heads,
                     const struct merkle_hash *root, int64_t iat) {
    char day[DATE_TEXT];
    date_format((date)(iat / 86400), day);
    const char *hex = text_hex(cli->arena, root->bytes, MERKLE_HASH);
    if (cli->json) {
        cJSON *json = cJSON_CreateObject();
        cJSON_AddStringToObject(json, "verdict", verdict);
        cJSON_AddNumberToObject(json, "size", (double)size);
        cJSON_AddNumberToObject(json, "heads", (double)heads);
        cJSON_AddStringToObject(json, "root", hex);
        cJSON_AddNumberToObject(json, "at", (double)iat);
        char *text = cJSON_PrintUnformatted(json);
        printf("%s\n", text);
        cJSON_free(text);
        cJSON_Delete(json);
        return;
    }
    printf("%s: %llu leaves, %lld heads, the last of %s\nroot %s\n", verdict,
           (unsigned long long)size, (long long)heads, day, hex);
}

/* --- verify ------------------------------------------------------------------------------------
 */

/* The last head of the file as it stands there. */
static struct span last_head(struct cli *cli, struct span file) {
    size_t end = file.len - 1; /* the final line feed */
    size_t start = end;
    while (start > 0 && file.ptr[start - 1] != '\n') {
        start--;
    }
    struct span hex = {file.ptr + start + 5, end - start - 5};
    char *bytes = arena_alloc(cli->arena, hex.len / 2 + 1);
    return text_unhex(hex, bytes, hex.len / 2) ? (struct span){bytes, hex.len / 2}
                                               : (struct span){NULL, 0};
}

static int audit_verify(struct cli *cli) {
    const char *pin_path = cli_option(cli, "pin");
    const char *key_path = cli_option(cli, "key");
    const char *root_path = cli_option(cli, "root");
    struct pin pin;
    struct span file;
    struct sw1_logkeys keys;
    struct sw1_log log = {.keys = &keys};
    if (cli->argc != 1) {
        return cli_usage("audit", "name one exported log");
    }
    if (!pin_read(cli, pin_path, &pin)) {
        return say(EXIT_UNREADABLE, "this is not a pin:", pin_path);
    }
    int code = find_keys(cli, &pin, key_path, root_path, &keys);
    if (code != EXIT_DONE) {
        return code;
    }
    if (read_file(cli->arena, cli->argv[0], &file) != OK) {
        return say(EXIT_UNREADABLE, "cannot read", cli->argv[0]);
    }
    if (pin.key != NULL) {
        log.pin = (struct sw1_log_pin){pin.head.size, pin.head.root};
    }
    enum sw1_log_fault fault = sw1_log_verify(&log, file);
    struct merkle_hash root = merkle_root(&log.tree);
    show_log(cli, sw1_log_word(fault), log.tree.size, log.heads, &root, log.head.iat);
    if (fault != SW1_LOG_WHOLE) {
        fprintf(stderr, "noria: not whole at line %lld: %s\n", (long long)log.lines,
                sw1_log_word(fault));
        return fault == SW1_LOG_BAD_HEAD ? say_new_key() : EXIT_REFUSED;
    }
    return pin_path == NULL ? EXIT_DONE
                            : pin_write(cli, pin_path, log.head.by, last_head(cli, file));
}

/* --- over the network --------------------------------------------------------------------------
 */

static int open_server(struct cli *cli, struct session *session, struct http **http) {
    if (session_load(cli, session) != OK ||
        http_new(cli->arena, session->url, session->token, http) != OK) {
        return say(EXIT_UNREADABLE, "no usable server address", NULL);
    }
    return EXIT_DONE;
}

static int get(struct cli *cli, struct http *http, const struct session *session, const char *path,
               struct call *call) {
    *call = (struct call){.verb = VERB_GET, .path = path};
    Err err = http_send(http, call);
    if (err != OK) {
        return show_failure(err, session->url);
    }
    return call_ok(call) ? EXIT_DONE : show_answer(cli, call);
}

/* Appends a page's lines; `after` moves on, `more` tells whether there is another page. */
static void add_page(const struct call *call, struct buf *out, int64_t *after, bool *more) {
    const cJSON *entry;
    const cJSON *entries = cJSON_GetObjectItemCaseSensitive(call->json, "entries");
    cJSON_ArrayForEach(entry, entries) {
        const char *leaf = json_text(entry, "leaf");
        const char *head = json_text(entry, "head");
        buf_printf(out, "leaf %s\n", leaf != NULL ? leaf : "");
        if (head != NULL) {
            buf_printf(out, "head %s\n", head);
        }
        *after = json_int(entry, "id");
    }
    *more = cJSON_GetArraySize(entries) == PAGE;
}

static int audit_export(struct cli *cli) {
    struct session session;
    struct http *http;
    struct buf out;
    int64_t after = 0;
    bool more = true;
    int code = open_server(cli, &session, &http);
    if (cli->argc != 1) {
        return cli_usage("audit", "say where to: noria audit export FILE");
    }
    buf_init(&out, cli->arena, 65536);
    buf_text(&out, SW1_LOG_FIRST "\n");
    while (code == EXIT_DONE && more) {
        struct call call;
        code = get(cli, http, &session,
                   arena_printf(cli->arena, "/api/v1/audit/export?limit=%d&after=%lld", PAGE,
                                (long long)after),
                   &call);
        if (code == EXIT_DONE) {
            add_page(&call, &out, &after, &more);
        }
    }
    if (code != EXIT_DONE) {
        return code;
    }
    printf("%lld leaves\n", (long long)after);
    return write_file(cli->argv[0], (struct span){out.ptr, out.len}, 0600) == OK
               ? EXIT_DONE
               : say(EXIT_UNREADABLE, "cannot write", cli->argv[0]);
}

static bool read_path(const cJSON *json, struct merkle_path *path) {
    const cJSON *hash;
    path->count = 0;
    cJSON_ArrayForEach(hash, cJSON_GetObjectItemCaseSensitive(json, "path")) {
        if (!cJSON_IsString(hash) || path->count == MERKLE_PATH ||
            !text_unhex(span_of(hash->valuestring), path->hash[path->count++].bytes, MERKLE_HASH)) {
            return false;
        }
    }
    return true;
}

/* The server's newest head must be the pinned one, grown. */
static int follow(struct cli *cli, struct http *http, const struct session *session,
                  const struct pin *pin, const struct sw1_head *head) {
    struct call call;
    struct merkle_path path;
    if (pin->head.size > head->size) {
        return say(EXIT_REFUSED, "rollback: the log is shorter than what was pinned", NULL);
    }
    int code = get(cli, http, session,
                   arena_printf(cli->arena, "/api/v1/audit/consistency?from=%llu&size=%llu",
                                (unsigned long long)pin->head.size, (unsigned long long)head->size),
                   &call);
    if (code != EXIT_DONE) {
        return code;
    }
    if (!read_path(call.json, &path) ||
        !merkle_consistent(pin->head.size, head->size, &pin->head.root, &head->root, &path)) {
        return say(EXIT_REFUSED,
                   "fork: the log is another one than what was pinned; keep the pin, "
                   "its signed head is the evidence",
                   NULL);
    }
    return EXIT_DONE;
}

static int audit_pin(struct cli *cli) {
    const char *pin_path = cli_option(cli, "pin");
    const char *key_path = cli_option(cli, "key");
    const char *root_path = cli_option(cli, "root");
    struct pin pin;
    struct session session;
    struct http *http;
    struct call call;
    struct sw1_head head;
    struct sw1_logkeys keys;
    int opened = open_server(cli, &session, &http); /* takes --url */
    if (pin_path == NULL || cli->argc != 0) {
        return cli_usage("audit", "give --pin FILE");
    }
    if (!pin_read(cli, pin_path, &pin)) {
        return say(EXIT_UNREADABLE, "this is not a pin:", pin_path);
    }
    int code = opened == EXIT_DONE ? find_keys(cli, &pin, key_path, root_path, &keys) : opened;
    code = code == EXIT_DONE ? get(cli, http, &session, "/.well-known/noria/log-head.cwt", &call)
                             : code;
    if (code != EXIT_DONE) {
        return code;
    }
    if (!sw1_head_read(cli->arena, call.reply, &keys, &head)) {
        (void)say(EXIT_REFUSED, "the server's tree head is not signed by the log's key", NULL);
        return say_new_key();
    }
    struct span newest = call.reply;
    code = pin.key != NULL ? follow(cli, http, &session, &pin, &head) : EXIT_DONE;
    if (code != EXIT_DONE) {
        return code;
    }
    show_log(cli, "whole", head.size, 1, &head.root, head.iat);
    return pin_write(cli, pin_path, head.by, newest);
}

int cmd_audit(struct cli *cli) {
    static const struct {
        const char *name;
        int (*run)(struct cli *cli);
    } verbs[] = {{"export", audit_export}, {"verify", audit_verify}, {"pin", audit_pin}};
    const char *verb = cli->argc > 0 ? cli->argv[0] : "";
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verbs[i].name, verb) == 0) {
            cli->argc--;
            cli->argv++;
            return verbs[i].run(cli);
        }
    }
    return cli_usage("audit", "say export, verify or pin");
}
