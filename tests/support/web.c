#include "web.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <poll.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/sw1/treehead.h"
#include "lib/sw1/trust.h"
#include "once.h"
#include "serve.h"
#include "server/app.h"
#include "server/candidate/seal.h"
#include "server/db/migrate.h"
#include "server/document/signer.h"
#include "server/http/server.h"
#include "server/http/session.h"
#include "server/routes.h"
#include "server/view/template.h"

/* Made once, before any test. */
static struct {
    char name[64];
    char url[600];
    struct arena *arena;
    struct app app;
    struct clock clock;
    pid_t server;
    int port;
    bool once;
} web_state;

static void must(bool good, const char *what) {
    if (!good) {
        (void)fprintf(stderr, "the server of the test: %s\n", what);
        abort();
    }
}

static char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
static char *text(const char *format, ...) {
    char *made = NULL;
    va_list args;
    va_start(args, format);
    must(vasprintf(&made, format, args) >= 0, "memory");
    va_end(args);
    return made;
}

int web_port(void) {
    return web_state.port;
}

const char *web_database(void) {
    return web_state.url;
}

/* --- the database -------------------------------------------------------------------------------
 */

static long long run_sql(const char *url, const char *sql) {
    PGconn *pg = PQconnectdb(url);
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    must(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, PQerrorMessage(pg));
    long long value = PQntuples(result) > 0 ? strtoll(PQgetvalue(result, 0, 0), NULL, 10) : 0;
    PQclear(result);
    PQfinish(pg);
    return value;
}

long long web_sql(const char *sql) {
    return run_sql(web_state.url, sql);
}

/* The secret of a role's session and token: its name, filled up. */
static void secret_of(const char *role, char secret[SESSION_SECRET + 1]) {
    size_t len = strlen(role);
    memset(secret, '0', SESSION_SECRET);
    memcpy(secret, role, len);
    secret[SESSION_SECRET] = '\0';
}

static char *hash_hex(const char *prefix, const char *role) {
    char secret[SESSION_SECRET + 1];
    uint8_t hash[SESSION_HASH];
    struct arena *arena = arena_new();
    secret_of(role, secret);
    must(secret_hash(prefix, arena_printf(arena, "%s%s", prefix, secret), hash), "hash");
    char *hex = text("%s", text_hex(arena, hash, sizeof hash));
    arena_free(arena);
    return hex;
}

void web_account(const char *name, const char *role, const char *org) {
    char hash[crypto_pwhash_STRBYTES];
    must(crypto_pwhash_str(hash, web_password, strlen(web_password), crypto_pwhash_OPSLIMIT_MIN,
                           crypto_pwhash_MEMLIMIT_MIN) == 0,
         "password");
    char *session = hash_hex("", name);
    char *token = hash_hex(TOKEN_PREFIX, name);
    char *sql =
        text("WITH a AS (INSERT INTO account (org_id, role, email, name, password_hash)"
             " SELECT id, '%s', '%s@test.example', 'Test %s', '%s' FROM org WHERE name = '%s'"
             " RETURNING id), s AS (INSERT INTO session (token_hash, account_id, expires_at)"
             " SELECT '\\x%s', id, clock_timestamp() + interval '12 hours' FROM a)"
             " INSERT INTO api_token (account_id, token_hash, label, scope, expires_at)"
             " SELECT id, '\\x%s', 'test', 'write', clock_timestamp() + interval '1 day' FROM a",
             role, name, name, hash, org, session, token);
    (void)web_sql(sql);
    free(sql);
    free(token);
    free(session);
}

static void make_role(const char *role, const char *org) {
    web_account(role, role, org);
}

void web_session(const char *role) {
    char *session = hash_hex("", role);
    char *sql = text("INSERT INTO session (token_hash, account_id, expires_at)"
                     " SELECT '\\x%s', id, clock_timestamp() + interval '12 hours' FROM account"
                     " WHERE email = '%s@test.example' ON CONFLICT DO NOTHING",
                     session, role);
    (void)web_sql(sql);
    free(sql);
    free(session);
}

static void make_database(void) {
    const char *url = getenv("NORIA_DATABASE_URL");
    must(url != NULL, "run this under tools/with-postgres.sh");
    (void)snprintf(web_state.name, sizeof web_state.name, "noria_web_%d", (int)getpid());
    (void)snprintf(web_state.url, sizeof web_state.url, "%s%cdbname=%s", url,
                   strchr(url, '?') == NULL ? '?' : '&', web_state.name);
    char *sql = text("CREATE DATABASE %s", web_state.name);
    (void)run_sql(url, sql);
    free(sql);
    must(migrate_run(web_state.url, NULL) == OK, "migrations");
    (void)web_sql("INSERT INTO org (kind, name, country, siret) VALUES"
                  " ('ofii', 'Test OFII', 'FR', NULL), ('partner', 'Test partner', 'MA', NULL),"
                  " ('employer', 'Test employer', 'FR', '73282932000074')");
    make_role("employer", "Test employer");
    make_role("partner", "Test partner");
    static const char *const staff[] = {"officer", "desk", "assessor", "auditor", "admin"};
    for (size_t i = 0; i < sizeof staff / sizeof *staff; i++) {
        make_role(staff[i], "Test OFII");
    }
}

/* --- the server ---------------------------------------------------------------------------------
 */

/* An issuer of the test's own: root, document and status keys, a trust list for ten years. */
static const struct signer *make_signer(struct arena *arena) {
    /* Keys begin before the days that tests set the server's clock to, whenever they are run. */
    enum { YEAR = 366 * 86400, BEGIN = 1767225600 /* 2026-01-01 */ };
    struct sw1_key *root = NULL;
    struct sw1_key *keys[2] = {NULL, NULL};
    struct span root_bytes = {0};
    struct span trust_bytes = {0};
    must(sw1_key_generate(arena, &root) == OK && sw1_key_generate(arena, &keys[0]) == OK &&
             sw1_key_generate(arena, &keys[1]) == OK,
         "keys");
    int64_t now = (int64_t)time(NULL);
    struct sw1_trust trust = {.iss = SPAN_LIT("FR:TEST"),
                              .exp = now + 10 * (int64_t)YEAR,
                              .iat = BEGIN,
                              .sequence = 1,
                              .count = 2};
    for (int i = 0; i < 2; i++) {
        trust.keys[i] = (struct sw1_trust_key){keys[i], i == 0 ? SW1_FOR_DOCUMENTS : SW1_FOR_STATUS,
                                               BEGIN, now + 10 * (int64_t)YEAR, SW1_ACTIVE};
    }
    must(sw1_key_write(arena, root, false, &root_bytes) == OK &&
             sw1_trust_write(arena, &trust, root, &trust_bytes) == OK,
         "trust list");
    struct sw1_key *log = NULL;
    must(sw1_key_generate(arena, &log) == OK, "log key");
    struct sw1_logkeys log_keys = sw1_logkeys_one(log);
    must(sw1_logkeys_write(arena, root, SPAN_LIT("FR:TEST"), now, &log_keys,
                           &web_state.app.log_certificate) == OK,
         "certificate of the log key");
    web_state.app.log_key = log;
    return signer_from(arena, root_bytes, trust_bytes, keys[0], keys[1]);
}

const struct app *web_app(void) {
    return &web_state.app;
}

void web_up(void) {
    web_up_with(NULL);
}

void web_up_with(void (*change)(struct server_config *config)) {
    static const uint8_t key[SEAL_FIRST] = {1};
    must(sodium_init() >= 0, "sodium");
    log_set_level(LOG_ERROR);
    make_database();
    web_state.arena = arena_new();
    web_state.app = (struct app){
        .clock = &web_state.clock,
        .templates = templates_compile(web_state.arena),
        .seal = seal_from(web_state.arena, key),
        .base_url = "http://127.0.0.1",
        .issuer = "FR:TEST",
        .spool = "/tmp",
        .adjustable_clock = true,
    };
    seal_request_key(web_state.app.seal, web_state.app.request_key);
    web_state.app.signer = make_signer(web_state.arena);
    must(web_state.app.templates != NULL, "templates");
    struct server_config config = {
        .bind = "127.0.0.1",
        .port = 0,
        .loops = 2,
        .database_url = web_state.url,
        .app = &web_state.app,
        .routes = all_routes,
    };
    if (change != NULL) {
        change(&config);
    }
    web_state.server = serve(&config, &web_state.port);
}

void web_down(void) {
    serve_stop(web_state.server);
    char *sql = text("DROP DATABASE %s WITH (FORCE)", web_state.name);
    (void)run_sql(getenv("NORIA_DATABASE_URL"), sql);
    free(sql);
    arena_free(web_state.arena);
}

/* --- the client ---------------------------------------------------------------------------------
 */

static int connect_to_server(void) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)web_state.port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    must(fd >= 0 && connect(fd, (const void *)&address, sizeof address) == 0, "connect");
    return fd;
}

static bool wait_for(int fd, short events, int seconds) {
    struct pollfd poller = {fd, events, 0};
    return poll(&poller, 1, seconds * 1000) > 0;
}

static void send_all(int fd, const char *bytes, size_t size, int seconds) {
    while (size > 0 && wait_for(fd, POLLOUT, seconds)) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
        if (sent <= 0) {
            return; /* the server had enough */
        }
        bytes += sent;
        size -= (size_t)sent;
    }
}

struct web_answer web_raw(const void *bytes, size_t size, int seconds) {
    struct web_answer answer = {0};
    int fd = connect_to_server();
    size_t len = 0;
    size_t cap = 65536;
    answer.all = malloc(cap + 1);
    must(answer.all != NULL, "memory");
    send_all(fd, bytes, size, seconds);
    if (!wait_for(fd, POLLIN, 1)) {
        (void)shutdown(fd, SHUT_WR); /* what was sent is not a whole request */
    }
    while (wait_for(fd, POLLIN, seconds)) {
        ssize_t got = recv(fd, answer.all + len, cap - len, 0);
        if (got <= 0) {
            break;
        }
        len += (size_t)got;
        if (len == cap) {
            cap *= 2;
            answer.all = realloc(answer.all, cap + 1);
            must(answer.all != NULL, "memory");
        }
    }
    (void)close(fd);
    answer.all[len] = '\0';
    const char *end = strstr(answer.all, "\r\n\r\n");
    answer.body = end == NULL ? answer.all + len : end + 4;
    answer.body_len = len - (size_t)(answer.body - answer.all);
    if (strncmp(answer.all, "HTTP/1.", 7) == 0) {
        answer.status = (int)strtol(answer.all + 9, NULL, 10);
    }
    return answer;
}

void web_free(struct web_answer *answer) {
    free(answer->all);
    *answer = (struct web_answer){0};
}

char *web_header(const struct web_answer *answer, const char *name) {
    size_t len = strlen(name);
    for (const char *line = strstr(answer->all, "\r\n"); line != NULL && line + 2 < answer->body;
         line = strstr(line + 2, "\r\n")) {
        if (strncasecmp(line + 2, name, len) == 0 && line[2 + len] == ':') {
            const char *value = line + 2 + len + 1 + strspn(line + 2 + len + 1, " ");
            return text("%.*s", (int)strcspn(value, "\r"), value);
        }
    }
    return NULL;
}

char *web_after(const struct web_answer *answer, const char *before) {
    const char *at = strstr(answer->body, before);
    if (at == NULL) {
        return NULL;
    }
    at += strlen(before);
    return text("%.*s", (int)strcspn(at, "\""), at);
}

char *web_cookie(const char *role) {
    char secret[SESSION_SECRET + 1];
    secret_of(role, secret);
    return text("%s", secret);
}

char *web_token(const char *role) {
    char secret[SESSION_SECRET + 1];
    secret_of(role, secret);
    return text("%s%s", TOKEN_PREFIX, secret);
}

char *web_csrf(const char *role) {
    struct arena *arena = arena_new();
    char *cookie = web_cookie(role);
    char *value = text("%s", csrf_value(arena, cookie));
    free(cookie);
    arena_free(arena);
    return value;
}

static char *new_key(void) {
    uint8_t bytes[16];
    char hex[33];
    randombytes_buf(bytes, sizeof bytes);
    return text("%s", sodium_bin2hex(hex, sizeof hex, bytes, sizeof bytes));
}

static char *who_header(const char *role, bool api) {
    if (role == NULL) {
        return text("%s", "");
    }
    char *secret = api ? web_token(role) : web_cookie(role);
    char *line = api ? text("Authorization: Bearer %s\r\n", secret)
                     : text("Cookie: %s=%s\r\n", SESSION_COOKIE, secret);
    free(secret);
    return line;
}

/* The body with the hidden fields of a page's form. */
static char *form_body(const char *role, const char *key, const char *body) {
    char *csrf = role == NULL ? text("%s", "") : web_csrf(role);
    char *whole = text("%s%scsrf=%s&key=%s", body, body[0] == '\0' ? "" : "&", csrf, key);
    free(csrf);
    return whole;
}

static struct web_answer say(const char *method, const char *path, const char *lines,
                             const char *body) {
    char *request =
        text("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n%sContent-Length: "
             "%zu\r\n\r\n%s",
             method, path, lines, strlen(body), body);
    struct web_answer answer = web_raw(request, strlen(request), 30);
    once_keep(method, path, &answer);
    free(request);
    return answer;
}

void web_once(void) {
    web_state.once = true;
}

static void say_again(const char *path, const char *lines, const char *body,
                      const struct web_answer *first) {
    bool empty = body[0] == '\0';
    char *other_body = text("%s ", empty ? "{}" : body);
    char *other_lines = text("%s%s", lines, empty ? "Content-Type: application/json\r\n" : "");
    struct web_answer same = say("POST", path, lines, body);
    struct web_answer other = say("POST", path, other_lines, other_body);
    once_judge(path, first, &same, &other);
    web_free(&same);
    web_free(&other);
    free(other_lines);
    free(other_body);
}

struct web_answer web(const char *method, const char *path, const char *role, const char *headers,
                      const char *body) {
    bool api = strncmp(path, "/api/", 5) == 0;
    bool json = body != NULL && (body[0] == '{' || body[0] == '[' || api);
    bool bare = headers != NULL && strstr(headers, "X-Bare: 1") != NULL;
    bool keyed = headers != NULL && strstr(headers, "Idempotency-Key:") != NULL;
    bool typed = headers != NULL && strstr(headers, "Content-Type:") != NULL;
    char *key = new_key();
    char *who = who_header(role, api);
    char *sent = body == NULL || json || bare || typed ? text("%s", body == NULL ? "" : body)
                                                       : form_body(role, key, body);
    char *lines = text("%s%s%s%s%s%s%s%s", who, headers == NULL ? "" : headers,
                       keyed ? "" : "Idempotency-Key: ", keyed ? "" : key, keyed ? "" : "\r\n",
                       body == NULL || typed ? "" : "Content-Type: ",
                       body == NULL || typed ? ""
                       : json                ? "application/json"
                                             : "application/x-www-form-urlencoded",
                       body == NULL || typed ? "" : "\r\n");
    struct web_answer answer = say(method, path, lines, sent);
    bool done = web_state.once && api && strcmp(method, "POST") == 0 && answer.status / 100 == 2;
    if (done && !keyed && once_kept(path)) {
        say_again(path, lines, sent, &answer);
    }
    free(lines);
    free(sent);
    free(who);
    free(key);
    return answer;
}

void web_answers(const char *method, const char *role, const char *path, const char *body,
                 int status, const char *wanted) {
    struct web_answer answer = web(method, path, role, NULL, body);
    ck_assert_msg(answer.status == status && strstr(answer.body, wanted) != NULL,
                  "%s %s as %s: wanted %d %s, got %s", method, path, role, status, wanted,
                  answer.all);
    web_free(&answer);
}

void web_posts(const char *role, const char *path, const char *body, int status,
               const char *wanted) {
    web_answers("POST", role, path, body, status, wanted);
}

void web_gets(const char *role, const char *path, const char *wanted) {
    web_answers("GET", role, path, NULL, 200, wanted);
}
