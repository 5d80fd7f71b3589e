/* body.c - the whole body, read by its media type. */
#include "body.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "../view/json_read.h"

static Err json_decode(struct arena *arena, struct body *body, const char **why) {
    TRY(json_read(arena, body->all, &body->json, why));
    if (body->json.kind != VIEW_OBJECT) {
        *why = "the body is not an object";
        return ERR_JSON;
    }
    return OK;
}

static const char *media_type(struct arena *arena, const char *content_type) {
    struct span text = text_trim((struct span){content_type, strcspn(content_type, ";")});
    char *type = arena_copy(arena, text.ptr, text.len);
    for (char *c = type; *c != '\0'; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
    }
    return type;
}

Err body_decode(struct arena *arena, const char *content_type, bool raw, struct body *body,
                const char **why) {
    if (content_type == NULL || content_type[0] == '\0') {
        body->kind = BODY_NONE;
        *why = "application/json, application/x-www-form-urlencoded, multipart/form-data";
        return body->size == 0 ? OK : ERR_UNSUPPORTED_MEDIA_TYPE;
    }
    body->type = media_type(arena, content_type);
    struct span type = span_of(body->type);
    if (span_is(type, "multipart/form-data")) {
        body->kind = BODY_MULTIPART;
        return multipart_decode(arena, content_type, body, why);
    }
    if (span_is(type, "application/x-www-form-urlencoded")) {
        body->kind = BODY_FORM;
        return form_decode(arena, body->all, &body->form, why);
    }
    if (span_is(type, "application/json") && !raw) {
        body->kind = BODY_JSON;
        return json_decode(arena, body, why);
    }
    body->kind = raw ? BODY_RAW : BODY_NONE;
    if (!raw) {
        *why = "application/json, application/x-www-form-urlencoded, multipart/form-data";
        return ERR_UNSUPPORTED_MEDIA_TYPE;
    }
    return OK;
}
