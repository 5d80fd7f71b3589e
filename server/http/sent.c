/* sent.c - what a write must bring: a body that can be read, our own form, a key, a version. */
#include "sent.h"

#include <sodium.h>
#include <string.h>

#include "../app.h"
#include "../run/offload.h"

enum { KEY_MIN = 16, KEY_MAX = 64 };

/* --- the body -----------------------------------------------------------------------------------
 */

static void hash_text(crypto_generichash_state *state, struct span text) {
    uint64_t size = text.len;
    crypto_generichash_update(state, (const unsigned char *)&size, sizeof size);
    if (text.len > 0) {
        crypto_generichash_update(state, (const unsigned char *)text.ptr, text.len);
    }
}

/* The same for what may lie in a mapped body. */
static void hash_bytes(crypto_generichash_state *state, struct body *body, struct span bytes) {
    uint64_t size = bytes.len;
    crypto_generichash_update(state, (const unsigned char *)&size, sizeof size);
    for (size_t at = 0; at < bytes.len; at += BODY_WINDOW) {
        size_t left = bytes.len - at;
        size_t step = left < BODY_WINDOW ? left : BODY_WINDOW;
        crypto_generichash_update(state, (const unsigned char *)bytes.ptr + at, step);
        body_forget(body, bytes.ptr + at + step);
    }
}

/* Keyed BLAKE2b-256 of method, path and what was sent: the database keeps it, and has not the key.
 * A form is hashed by its fields, since the hidden value and the multipart boundary change when the
 * same form is sent again. */
static void hash_request(struct exchange *ex) {
    crypto_generichash_state state;
    const struct app *app = req_app(&ex->req);
    crypto_generichash_init(&state, app->request_key, sizeof app->request_key, sizeof ex->hash);
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
    crypto_generichash_final(&state, ex->hash, sizeof ex->hash);
    sodium_memzero(&state, sizeof state);
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

/* --- key and version ----------------------------------------------------------------------------
 */

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

Err sent_read(struct exchange *ex) {
    TRY(read_body(ex));
    TRY(csrf_check(ex));
    TRY(read_version(ex));
    Err key = read_key(ex);
    return (ex->req.route->flags & ROUTE_NO_TX) != 0 ? OK : key;
}
