/* respond.c - a view becomes a page or JSON. */
#include <sodium.h>
#include <string.h>

#include "../app.h"
#include "../view/json.h"
#include "../view/template.h"
#include "exchange.h"
#include "session.h"

enum { KEY_BYTES = 16, JSON_FIRST = 4096, PAGE_FIRST = 16384 };

static const char html_type[] = "text/html; charset=utf-8";
static const char json_type[] = "application/json";

/* --- the frame of every page --------------------------------------------------------------------
 */

static const char *new_key(struct arena *arena) {
    uint8_t bytes[KEY_BYTES];
    randombytes_buf(bytes, sizeof bytes);
    return text_hex(arena, bytes, sizeof bytes);
}

static void put_actor(struct exchange *ex, struct view *frame) {
    const struct who *who = &ex->who;
    view_bool(frame, arena_printf(ex->req.arena, "is_%s", role_word(who->role)), true);
    if (who->actor.account == 0) {
        return;
    }
    struct view *actor = view_object(frame, "actor");
    view_text(actor, "name", who->name);
    view_text(actor, "role", role_word(who->role));
    view_text(actor, "org_name", who->org_name);
}

/* A form that was not sent yet shows what the address asks for (/contracts/new?campaign_id=3). */
static void put_query(struct exchange *ex, struct view *frame) {
    struct view_value given;
    if (view_get(ex->req.view, "form", &given) || ex->args.count == 0) {
        return;
    }
    struct view *form = view_object(frame, "form");
    for (int i = 0; i < ex->args.count; i++) {
        view_span(form, ex->args.list[i].name, ex->args.list[i].value);
    }
}

/* The frame's names that every page has. */
static struct view *frame_of(struct exchange *ex) {
    struct arena *arena = ex->req.arena;
    struct view *frame = view_new(arena);
    struct view_value given;
    char day[DATE_TEXT];
    view_text(frame, "lang", lang_code(ex->lang));
    view_text(frame, "dir", lang_rtl(ex->lang) ? "rtl" : "ltr");
    const char *title = ex->req.route == NULL ? NULL : ex->req.route->title;
    if (title != NULL && !view_get(ex->req.view, "title", &given)) {
        view_text(frame, "title", tr(ex->lang, title));
    }
    view_text(frame, "path", ex->url);
    if (ex->req.today != 0) {
        date_format(ex->req.today, day);
        view_text(frame, "today", day);
        view_int(frame, "now", ex->req.now);
    }
    view_text(frame, "csrf", ex->who.csrf);
    view_text(frame, "key", new_key(arena));
    view_text(frame, "request_id", ex->request_id);
    put_actor(ex, frame);
    put_query(ex, frame);
    return frame;
}

Err respond_page(struct exchange *ex, const char *template, struct view *extra) {
    struct buf out;
    struct view *frame = frame_of(ex);
    view_outer(frame, ex->req.view);
    if (extra != NULL) {
        view_outer(extra, frame);
        frame = extra;
    }
    buf_init(&out, ex->req.arena, PAGE_FIRST);
    TRY(template_render(ex->req.app->templates, template, ex->lang, frame, &out));
    ex->reply.type = html_type;
    ex->reply.bytes = (struct span){out.ptr, out.len};
    reply_header(ex, "Content-Language", lang_code(ex->lang));
    reply_header(ex, "Vary", "Cookie, Accept-Language");
    return OK;
}

static struct span view_bytes(struct exchange *ex) {
    struct buf out;
    buf_init(&out, ex->req.arena, JSON_FIRST);
    json_view(&out, ex->req.view);
    return (struct span){out.ptr, out.len};
}

/* --- reads --------------------------------------------------------------------------------------
 */

/* RFC 9110 13.1.2: the client has it already. Pages carry fresh keys and are never compared. */
static bool unchanged(const struct exchange *ex) {
    const char *known = exchange_header(ex, "If-None-Match");
    if (known == NULL || (!ex->req.api && !ex->reply.own_bytes)) {
        return false;
    }
    for (int i = 0; i < ex->reply.count; i++) {
        if (span_is(span_of("ETag"), ex->reply.headers[i].name)) {
            return strstr(known, ex->reply.headers[i].value) != NULL;
        }
    }
    return false;
}

static bool takes_json(const struct exchange *ex) {
    const char *accept = exchange_header(ex, "Accept");
    return accept == NULL || strstr(accept, "*/*") != NULL || strstr(accept, "json") != NULL ||
           strstr(accept, "application/*") != NULL;
}

Err respond_read(struct exchange *ex) {
    struct reply *reply = &ex->reply;
    const struct route *route = ex->req.route;
    reply->status = MHD_HTTP_OK;
    if (unchanged(ex)) {
        reply->status = MHD_HTTP_NOT_MODIFIED;
        reply->bytes = (struct span){NULL, 0};
        reply->type = NULL;
        return OK;
    }
    if (reply->own_bytes) {
        return OK;
    }
    if (!ex->req.api && route->page != NULL) {
        return respond_page(ex, route->page, NULL) == OK ? OK : ERR_INTERNAL;
    }
    if (!takes_json(ex)) {
        return ERR_NOT_ACCEPTABLE;
    }
    reply->type = json_type;
    reply->bytes = view_bytes(ex);
    return OK;
}

/* --- writes -------------------------------------------------------------------------------------
 */

/* :name is the view's member, else the path's parameter, of that name. */
static struct span named(struct exchange *ex, const char *name) {
    struct view_value value;
    if (view_get(ex->req.view, name, &value) && value.text.ptr != NULL) {
        return value.text;
    }
    return span_of(req_word(&ex->req, name));
}

const char *respond_address(struct exchange *ex, const char *path) {
    struct buf out;
    buf_init(&out, ex->req.arena, 128);
    while (*path != '\0') {
        size_t plain = strcspn(path, ":");
        buf_add(&out, path, plain);
        path += plain;
        if (*path == ':') {
            size_t len = strspn(path + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
            buf_uri(&out, named(ex, arena_copy(ex->req.arena, path + 1, len)));
            path += len + 1;
        }
    }
    return out.ptr;
}

static const char *view_location(const struct exchange *ex) {
    struct view_value value;
    bool given = view_get(ex->req.view, "location", &value) && value.kind == VIEW_TEXT;
    return given ? arena_copy(ex->req.arena, value.text.ptr, value.text.len) : NULL;
}

/* What was ordered is made in the background. */
static bool view_waits(const struct exchange *ex) {
    struct view_value value;
    return view_get(ex->req.view, "waits", &value) && value.kind == VIEW_BOOL &&
           span_is(value.text, "true");
}

void respond_prepare(struct exchange *ex) {
    struct db_answer *answer = &ex->answer;
    const struct route *route = ex->req.route;
    const char *created = view_location(ex);
    memset(answer, 0, sizeof *answer);
    if (!ex->req.api) {
        answer->location = route->then != NULL ? respond_address(ex, route->then) : created;
        answer->status = answer->location != NULL ? MHD_HTTP_SEE_OTHER : MHD_HTTP_OK;
        return;
    }
    answer->status = created == NULL  ? MHD_HTTP_OK
                     : view_waits(ex) ? MHD_HTTP_ACCEPTED
                                      : MHD_HTTP_CREATED;
    answer->location = created == NULL ? NULL : arena_printf(ex->req.arena, "/api/v1%s", created);
    if (!ex->reply.own_bytes) {
        answer->body = view_bytes(ex).ptr;
    }
}

Err respond_write(struct exchange *ex, bool replayed) {
    struct reply *reply = &ex->reply;
    const struct db_answer *answer = &ex->answer;
    reply->status = answer->status;
    reply->location = answer->location;
    if (replayed) {
        reply->own_bytes = false;
        req_replayed(&ex->req);
    }
    if (reply->own_bytes) {
        return OK;
    }
    if (ex->req.api) {
        reply->type = json_type;
        reply->bytes = answer->body == NULL ? SPAN_LIT("{}") : span_of(answer->body);
        return OK;
    }
    if (answer->location == NULL && ex->req.route->page != NULL) {
        return respond_page(ex, ex->req.route->page, NULL) == OK ? OK : ERR_INTERNAL;
    }
    return OK;
}
