/* exchange.c - the six stops of a request, in order. */
#include "exchange.h"

#include <sodium.h>
#include <string.h>

#include "../../lib/base/blocked.h"
#include "../../lib/base/clock.h"
#include "../app.h"
#include "../run/offload.h"
#include "criteria.h"
#include "loop_server.h"
#include "session.h"

enum { KEY_MIN = 16, KEY_MAX = 64 };

const char *exchange_header(const struct exchange *ex, const char *name) {
    return MHD_lookup_connection_value(ex->connection, MHD_HEADER_KIND, name);
}

void reply_header(struct exchange *ex, const char *name, const char *value) {
    if (ex->reply.count < HEADERS_MAX) {
        ex->reply.headers[ex->reply.count++] = (struct header){name, value};
    }
}

/* --- who ----------------------------------------------------------------------------------------
 */

static void pick_language(struct exchange *ex) {
    const char *cookie = req_get_cookie(&ex->req, LANG_COOKIE);
    const char *accepted = exchange_header(ex, "Accept-Language");
    const char *code = cookie != NULL && !ex->req.api ? cookie : ex->who.lang;
    if (code == NULL && accepted == NULL && ex->req.api) {
        code = "en"; /* programs that say nothing */
    }
    ex->lang = lang_pick(code, accepted);
}

static Err find_who(struct exchange *ex) {
    struct req *req = &ex->req;
    Err err = session_find(ex);
    pick_language(ex);
    TRY(err);
    req->db = db_as(req->db, &ex->who.actor);
    req->account = ex->who.actor.account;
    req->org = ex->who.actor.org;
    req->role = ex->who.role;
    return OK;
}

static Err permit(const struct exchange *ex) {
    const struct route *route = ex->match.route;
    if (ex->who.read_only && route->method != GET) {
        return ERR_FORBIDDEN;
    }
    if ((route->allow & (unsigned)PUBLIC) != 0) {
        return OK;
    }
    if (ex->who.actor.account == 0) {
        return ERR_NOT_LOGGED_IN;
    }
    return (route->allow & ex->who.role) != 0 ? OK : ERR_FORBIDDEN;
}

/* --- the body -----------------------------------------------------------------------------------
 */

static void hash_text(crypto_hash_sha256_state *state, struct span text) {
    uint64_t size = text.len;
    crypto_hash_sha256_update(state, (const unsigned char *)&size, sizeof size);
    if (text.len > 0) {
        crypto_hash_sha256_update(state, (const unsigned char *)text.ptr, text.len);
    }
}

/* The same for what may lie in a mapped body. */
static void hash_bytes(crypto_hash_sha256_state *state, struct body *body, struct span bytes) {
    uint64_t size = bytes.len;
    crypto_hash_sha256_update(state, (const unsigned char *)&size, sizeof size);
    for (size_t at = 0; at < bytes.len; at += BODY_WINDOW) {
        size_t left = bytes.len - at;
        size_t step = left < BODY_WINDOW ? left : BODY_WINDOW;
        crypto_hash_sha256_update(state, (const unsigned char *)bytes.ptr + at, step);
        body_forget(body, bytes.ptr + at + step);
    }
}

/* SHA-256 of method, path and what was sent. A form is hashed by its fields, since the hidden value
 * and the multipart boundary change when the same form is sent again. */
static void hash_request(struct exchange *ex) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    hash_text(&state, span_of(method_name(ex->method)));
    hash_text(&state, span_of(ex->url));
    bool form = ex->body.kind == BODY_FORM || ex->body.kind == BODY_MULTIPART;
    for (int i = 0; form && i < ex->body.form.count; i++) {
        const struct pair *pair = &ex->body.form.list[i];
        if (strcmp(pair->name, "csrf") != 0) {
            hash_text(&state, span_of(pair->name));
            hash_text(&state, pair->value);
        }
    }
    for (int i = 0; i < ex->body.file_count; i++) {
        hash_bytes(&state, &ex->body, ex->body.files[i].bytes);
    }
    if (!form) {
        hash_bytes(&state, &ex->body, ex->body.all);
    }
    crypto_hash_sha256_final(&state, ex->hash);
    body_forget(&ex->body, NULL);
}

struct decoding {
    struct exchange *ex;
    Err err;
};

static void decode_work(void *arg) {
    struct decoding *decoding = arg;
    struct exchange *ex = decoding->ex;
    const char *why = "";
    bool raw = ex->req.api && (ex->match.route->flags & ROUTE_UPLOAD) != 0;
    decoding->err = body_finish(ex->req.arena, &ex->body);
    if (decoding->err == OK) {
        decoding->err =
            body_decode(ex->req.arena, exchange_header(ex, "Content-Type"), raw, &ex->body, &why);
        ex->refused_detail = why;
    }
    if (decoding->err == OK) {
        hash_request(ex);
    }
}

static Err read_body(struct exchange *ex) {
    struct decoding decoding = {ex, OK};
    if (ex->body.spool >= 0) {
        offload(decode_work, &decoding);
    } else {
        decode_work(&decoding);
    }
    if (decoding.err == OK && ex->req.api &&
        (ex->body.kind == BODY_FORM ||
         (ex->body.kind == BODY_MULTIPART && (ex->match.route->flags & ROUTE_UPLOAD) == 0))) {
        ex->refused_detail = "application/json";
        return ERR_UNSUPPORTED_MEDIA_TYPE;
    }
    if (decoding.err == OK && !ex->req.api && ex->body.kind == BODY_JSON) {
        ex->refused_detail = "application/x-www-form-urlencoded, multipart/form-data";
        return ERR_UNSUPPORTED_MEDIA_TYPE;
    }
    return decoding.err;
}

static Err read_key(struct exchange *ex) {
    const struct pair *hidden = pairs_find(&ex->body.form, "key");
    const char *key = ex->req.api ? exchange_header(ex, "Idempotency-Key")
                                  : (hidden == NULL ? NULL : hidden->value.ptr);
    if (key == NULL) {
        return ERR_IDEMPOTENCY_KEY_NEEDED;
    }
    size_t len = strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
    if (len < KEY_MIN || len > KEY_MAX || key[len] != '\0') {
        return ERR_IDEMPOTENCY_KEY_NEEDED;
    }
    ex->key = key;
    return OK;
}

Err req_once(const struct req *req, struct db_once *once) {
    const struct exchange *ex = exchange_in(req);
    if (ex->key == NULL) {
        return ERR_IDEMPOTENCY_KEY_NEEDED;
    }
    *once = (struct db_once){ex->key, ex->hash};
    return OK;
}

/* If-Match: "12" under the API, the hidden field `version` of a form. */
static Err read_version(struct exchange *ex) {
    if ((ex->match.route->flags & ROUTE_IF_MATCH) == 0) {
        return OK;
    }
    const struct pair *hidden = pairs_find(&ex->body.form, "version");
    struct span text = ex->req.api ? span_of(exchange_header(ex, "If-Match"))
                                   : (hidden == NULL ? (struct span){NULL, 0} : hidden->value);
    if (text.len >= 2 && text.ptr[0] == '"' && text.ptr[text.len - 1] == '"') {
        text = (struct span){text.ptr + 1, text.len - 2};
    }
    return text_int(text, &ex->version) && ex->version > 0 ? OK : ERR_IF_MATCH_NEEDED;
}

/* --- unknown names ------------------------------------------------------------------------------
 */

static bool known(const struct exchange *ex, const char *name) {
    static const char *const own[] = {"csrf", "key", "version", "back", NULL};
    size_t len = strcspn(name, "[");
    for (int i = 0; own[i] != NULL && !ex->req.api; i++) {
        if (strcmp(own[i], name) == 0) {
            return true;
        }
    }
    for (int i = 0; i < ex->tables_count; i++) {
        if (field_find(ex->tables[i], name) != NULL) {
            return true;
        }
    }
    for (int i = 0; i < ex->lists_count; i++) {
        if (strncmp(ex->lists[i], name, len) == 0 && ex->lists[i][len] == '\0') {
            return true;
        }
    }
    return false;
}

static void unknown(struct faults *faults, const char *name) {
    const char *blocked = blocked_criterion(span_of(name));
    (void)fault(faults, name, blocked != NULL ? ERR_CRITERION_BLOCKED : ERR_UNKNOWN_FIELD, blocked);
}

static Err refuse_unknown(struct exchange *ex) {
    struct faults *faults = &ex->req.faults;
    for (int i = 0; i < ex->body.form.count; i++) {
        const char *name = ex->body.form.list[i].name;
        if (!known(ex, name)) {
            unknown(faults, name);
        }
    }
    const struct view *object = ex->body.kind == BODY_JSON ? ex->body.json.node : NULL;
    for (int i = 0; object != NULL && i < view_count(object); i++) {
        if (!known(ex, view_name(object, i))) {
            unknown(faults, view_name(object, i));
        }
    }
    return faults_err(faults);
}

/* --- the handler --------------------------------------------------------------------------------
 */

static void start_over(struct exchange *ex) {
    ex->req.view = view_new(ex->req.arena);
    ex->tables_count = 0;
    ex->lists_count = 0;
    ex->reply.count = 0;
    ex->reply.own_bytes = false;
    faults_init(&ex->req.faults, ex->req.arena);
}

static Err read_act(void *arg) {
    struct exchange *ex = arg;
    start_over(ex);
    return ex->req.route->handler(&ex->req);
}

Err exchange_read(struct exchange *ex) {
    struct db_answer answer = {0};
    bool replayed = false;
    if ((ex->req.route->flags & ROUTE_LOOK) == 0) {
        return read_act(ex);
    }
    return db_tx(ex->req.db, &(struct db_once){NULL, NULL}, read_act, ex, &answer, &replayed);
}

static Err write_act(void *arg) {
    struct exchange *ex = arg;
    start_over(ex);
    TRY(ex->req.route->handler(&ex->req));
    TRY(refuse_unknown(ex));
    respond_prepare(ex);
    return OK;
}

static Err serve_write(struct exchange *ex) {
    bool replayed = false;
    TRY(read_body(ex));
    TRY(csrf_check(ex));
    TRY(read_version(ex));
    Err key = read_key(ex);
    if ((ex->req.route->flags & ROUTE_NO_TX) != 0) {
        TRY(write_act(ex));
    } else {
        TRY(key);
        struct db_once once = {ex->key, ex->hash};
        TRY(db_tx(ex->req.db, &once, write_act, ex, &ex->answer, &replayed));
    }
    respond_write(ex, replayed);
    return OK;
}

/* The request as nobody's, with its day. */
static void begin(struct exchange *ex) {
    struct req *req = &ex->req;
    req->now = clock_now(req->app->clock);
    req->today = clock_today(req->app->clock);
    req->route = ex->match.route;
    req->role = PUBLIC;
    req->db = db_open(ex->server->pool, req->arena, &req->faults, &ex->who.actor,
                      clock_ticks() + ex->server->limits.request);
}

static Err serve(struct exchange *ex) {
    struct req *req = &ex->req;
    const struct route *route = ex->match.route;
    const char *why = "";
    if (ex->refused != OK) {
        pick_language(ex);
        return ex->refused;
    }
    if (static_file(ex)) {
        return OK;
    }
    begin(ex);
    bool bare = route != NULL && (route->flags & ROUTE_RAW) != 0 && route->allow == PUBLIC;
    Err who = bare ? OK : find_who(ex);
    if (route == NULL) {
        return ex->match.methods == 0 ? ERR_NOT_FOUND : ERR_METHOD_NOT_ALLOWED;
    }
    TRY(who);
    TRY(permit(ex));
    Err query = form_decode(req->arena, span_of(ex->query), &ex->args, &why);
    ex->refused_detail = why;
    TRY(query);
    TRY(criteria_query(ex));
    if (route->method != GET) {
        return serve_write(ex);
    }
    TRY(exchange_read(ex));
    TRY(faults_err(&req->faults));
    respond_read(ex);
    return OK;
}

void exchange_run(void *arg) {
    struct exchange *ex = arg;
    faults_init(&ex->req.faults, ex->req.arena);
    ex->req.view = view_new(ex->req.arena);
    Err err = serve(ex);
    if (err != OK && criteria_refused(ex, err)) {
        Err recorded = criteria_record(ex); /* unrecorded, it would be another fault's answer */
        err = recorded == OK ? err : recorded;
    }
    if (err != OK) {
        respond_error(ex, err);
    }
    ex->done = true;
    daemon_finished(ex);
}

/* --- before an upload ---------------------------------------------------------------------------
 */

static Err admit(struct exchange *ex) {
    begin(ex);
    TRY(find_who(ex));
    TRY(permit(ex));
    if (ex->who.actor.account == 0) {
        return exchange_length(ex, BODY_MAX, "1 MiB");
    }
    ex->body.spool = spool_open(ex->req.arena, ex->req.app->spool);
    ex->refused_detail = "the spool";
    return ex->body.spool >= 0 ? OK : spool_failed();
}

void exchange_admit(void *arg) {
    struct exchange *ex = arg;
    faults_init(&ex->req.faults, ex->req.arena);
    buf_init(&ex->body.memory, ex->req.arena, 0);
    ex->refused = admit(ex);
    if (ex->refused != OK) { /* so that nobody sends hundreds of megabytes for a refusal */
        int64_t size = 0;
        const char *length = exchange_header(ex, "Content-Length");
        ex->at_once = !text_int(span_of(length), &size) || size > DISCARD_MAX;
    }
    daemon_finished(ex);
}
