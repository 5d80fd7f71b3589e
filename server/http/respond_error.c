/* respond_error.c - the only place where an Err becomes a status and words. */
#include <string.h>

#include "../../lib/base/log.h"
#include "../app.h"
#include "../view/json.h"
#include "../view/refusal.h"
#include "handler.h"
#include "loop_server.h"

enum { CLIENT_ERROR = 400, SERVER_ERROR = 500 };

/* --- words --------------------------------------------------------------------------------------
 */

static const char *sentence_of(const struct exchange *ex, Err err, const char *detail) {
    return refusal_sentence(ex->req.arena, ex->lang, err, detail);
}

static const char *say(struct arena *arena, int language, Err err, const char *detail) {
    return refusal_sentence(arena, (enum lang)language, err, detail);
}

struct err_voice req_voice(struct req *req) {
    const struct exchange *ex = exchange_of(req);
    return (struct err_voice){say, (int)ex->lang};
}

/* What fills {detail} of the refusal itself: given with the fault, or by the reading of the
 * request. */
static const char *detail_of(const struct exchange *ex, Err err) {
    const struct faults *faults = &ex->req.faults;
    for (size_t i = 0; i < faults->count && i < FAULTS_MAX; i++) {
        if (faults->list[i].err == err) {
            return faults->list[i].detail;
        }
    }
    return ex->refused_detail;
}

static const char *label_of(const struct exchange *ex, const char *name) {
    const char *end = strrchr(name, '[');
    struct span inner = span_of(name);
    if (end != NULL && inner.len > 0 && name[inner.len - 1] == ']') {
        inner = (struct span){end + 1, inner.len - (size_t)(end - name) - 2};
    }
    const char *word = arena_copy(ex->req.arena, inner.ptr, inner.len);
    for (int i = 0; i < ex->tables_count; i++) {
        const struct field *field = field_find(ex->tables[i], word);
        if (field != NULL && field->label != NULL) {
            return tr(ex->lang, field->label);
        }
    }
    return name;
}

/* --- problem+json (RFC 9457) --------------------------------------------------------------------
 */

static void put_errors(struct exchange *ex, struct view *problem) {
    const struct faults *faults = &ex->req.faults;
    struct view *errors = faults->count > 0 ? view_list(problem, "errors") : NULL;
    for (size_t i = 0; i < faults->count && i < FAULTS_MAX; i++) {
        const struct fault *f = &faults->list[i];
        struct view *item = view_item(errors);
        view_text(item, "field", f->field);
        view_text(item, "code", err_code(f->err));
        view_text(item, "detail", sentence_of(ex, f->err, f->detail));
    }
    if (faults->count > FAULTS_MAX) {
        view_int(problem, "errors_not_shown", (int64_t)faults->count - FAULTS_MAX);
    }
}

static void problem_json(struct exchange *ex, Err err) {
    struct buf out;
    struct view *problem = view_new(ex->req.arena);
    view_text(problem, "type", arena_printf(ex->req.arena, "/problems/%s", err_code(err)));
    view_text(problem, "title", MHD_get_reason_phrase_for((unsigned)err_status(err)));
    view_int(problem, "status", err_status(err));
    view_text(problem, "detail", sentence_of(ex, err, detail_of(ex, err)));
    view_text(problem, "code", err_code(err));
    view_text(problem, "request_id", ex->request_id);
    put_errors(ex, problem);
    buf_init(&out, ex->req.arena, 1024);
    json_view(&out, problem);
    ex->reply.type = "application/problem+json";
    ex->reply.bytes = (struct span){out.ptr, out.len};
}

/* --- pages --------------------------------------------------------------------------------------
 */

static void put_faults(struct exchange *ex, Err err, const struct faults *faults,
                       struct view *extra) {
    struct view *list = view_list(extra, "errors");
    struct view *by_field = view_object(extra, "error");
    bool told = err == ERR_INVALID_INPUT && faults->count > 0;
    for (size_t i = 0; i < faults->count && i < FAULTS_MAX; i++) {
        const struct fault *f = &faults->list[i];
        const char *message = sentence_of(ex, f->err, f->detail);
        struct view *item = view_item(list);
        view_text(item, "field", f->field);
        view_text(item, "label", label_of(ex, f->field));
        view_text(item, "message", message);
        view_text(by_field, f->field, message);
        told = told || f->err == err;
    }
    if (!told) {
        view_text(view_item(list), "message", sentence_of(ex, err, detail_of(ex, err)));
    }
    view_bool(extra, "has_errors", true);
}

/* The object of form.list that name[index][field] belongs to; elements come in rising order. */
static struct view *element_of(struct view *form, const char *list, int index) {
    struct view_value value;
    struct view *node = NULL;
    if (view_get(form, list, &value) && value.kind == VIEW_LIST) {
        node = view_reopen(&value);
    } else {
        node = view_list(form, list);
    }
    if (view_count(node) > index) {
        struct view_value element =
            view_at(&(struct view_value){.kind = VIEW_LIST, .node = node}, index);
        return element.kind == VIEW_OBJECT ? view_reopen(&element) : NULL;
    }
    struct view *item = NULL;
    for (int i = view_count(node); i <= index && index < 100; i++) {
        item = view_item(node);
    }
    return item;
}

static void put_typed(struct exchange *ex, struct view *extra) {
    struct view *form = view_object(extra, "form");
    for (int i = 0; i < ex->body.form.count; i++) {
        const struct pair *pair = &ex->body.form.list[i];
        const char *open = strchr(pair->name, '[');
        const char *close = open == NULL ? NULL : strchr(open, ']');
        int64_t index = 0;
        bool secret = strstr(pair->name, "password") != NULL;
        if (secret) {
            continue;
        }
        if (close == NULL || close[1] != '[' || close[2] == '\0' || close[2] == ']' ||
            !text_int((struct span){open + 1, (size_t)(close - open) - 1}, &index) || index < 0 ||
            index >= 100) {
            view_span(form, pair->name, pair->value);
            continue;
        }
        struct arena *arena = ex->req.arena;
        const char *list = arena_copy(arena, pair->name, (size_t)(open - pair->name));
        const char *field = arena_copy(arena, close + 2, strcspn(close + 2, "]"));
        struct view *element = element_of(form, list, (int)index);
        if (element != NULL) { /* n and number: for the names and labels of its inputs */
            view_int(element, "n", index);
            view_int(element, "number", index + 1);
            view_span(element, field, pair->value);
        }
    }
}

static const struct route *row_at(const struct exchange *ex, const char *path) {
    size_t len = path == NULL ? 0 : strcspn(path, "?#");
    for (int i = 0; len > 0; i++) {
        const struct route *row = router_row(ex->server->router, i);
        if (row == NULL) {
            return NULL;
        }
        bool visible =
            row->method == GET && row->page != NULL && (row->flags & ROUTE_API_ONLY) == 0;
        if (visible && strlen(row->path) == len && strncmp(row->path, path, len) == 0) {
            return row;
        }
    }
    return NULL;
}

static const struct route *row_again(const struct exchange *ex) {
    const struct route *route = ex->match.route;
    const struct route *row = route->again != NULL ? row_at(ex, route->again) : NULL;
    row = row != NULL ? row : row_at(ex, route->path);
    return row != NULL ? row : row_at(ex, route->then);
}

/* A form that saw an older record keeps its version, so that saving it again is refused again until
 * its author has looked at what stands now. */
static void keep_stale(struct exchange *ex, const struct route *row, struct view *extra) {
    const struct pair *seen = pairs_find(&ex->body.form, "version");
    struct view_value value;
    if (seen != NULL) { /* references call the version of their drafts edit */
        view_span(extra, view_get(ex->req.view, "edit", &value) ? "edit" : "version", seen->value);
    }
    view_text(extra, "now_at", respond_address(ex, row->path));
}

/* The page of a refused form, with the faults and what was typed. */
static bool show_again(struct exchange *ex, Err err) {
    const struct route *route = ex->match.route;
    int status = err_status(err);
    bool shows = route != NULL && route->method != GET && status >= CLIENT_ERROR &&
                 status < SERVER_ERROR && err != ERR_NOT_LOGGED_IN && err != ERR_FORBIDDEN &&
                 err != ERR_NOT_FOUND && err != ERR_CSRF && ex->req.db != NULL;
    const struct route *row = shows ? row_again(ex) : NULL;
    if (row == NULL || (row->allow & (ex->who.role | PUBLIC)) == 0) {
        return false;
    }
    struct view *extra = view_new(ex->req.arena);
    struct faults *faults = ARENA_NEW(ex->req.arena, struct faults);
    *faults = ex->req.faults;
    put_faults(ex, err, faults, extra);
    put_typed(ex, extra);
    ex->req.route = row;
    if (handler_read(ex) != OK) {
        return false;
    }
    if (err == ERR_STALE_EDIT) {
        keep_stale(ex, row, extra);
    }
    return respond_page(ex, row->page, extra) == OK;
}

static void error_page(struct exchange *ex, Err err) {
    struct view *extra = view_new(ex->req.arena);
    int status = err_status(err);
    const char *title = status == MHD_HTTP_NOT_FOUND   ? "Not found"
                        : status >= SERVER_ERROR       ? "Something is wrong on our side"
                        : status == MHD_HTTP_FORBIDDEN ? "Not allowed"
                                                       : "This cannot be done";
    view_text(extra, "title", tr(ex->lang, title));
    view_text(extra, "message", sentence_of(ex, err, detail_of(ex, err)));
    view_int(extra, "status", status);
    if (ex->req.faults.count > 0) {
        put_faults(ex, err, &ex->req.faults, extra);
    }
    ex->req.view = view_new(ex->req.arena);
    if (respond_page(ex, "error", extra) != OK) {
        problem_json(ex, err);
    }
}

/* --- headers of refusals ------------------------------------------------------------------------
 */

static void allow_header(struct exchange *ex) {
    struct buf out;
    buf_init(&out, ex->req.arena, 32);
    for (int method = GET; method < METHODS; method++) {
        if ((ex->match.methods & 1U << method) != 0) {
            buf_text(&out, out.len > 0 ? ", " : "");
            buf_text(&out, method == GET ? "GET, HEAD" : method_name((enum method)method));
        }
    }
    reply_header(ex, "Allow", out.len > 0 ? out.ptr : "GET, HEAD, POST");
}

static void refusal_headers(struct exchange *ex, Err err) {
    int status = err_status(err);
    if (status == MHD_HTTP_SERVICE_UNAVAILABLE) {
        reply_header(ex, "Retry-After", "2");
    } else if (err == ERR_TOO_MANY_REQUESTS) {
        const char *seconds = detail_of(ex, err);
        reply_header(ex, "Retry-After", seconds == NULL || seconds[0] == '\0' ? "60" : seconds);
    } else if (err == ERR_METHOD_NOT_ALLOWED) {
        allow_header(ex);
    } else if (status == MHD_HTTP_UNAUTHORIZED && ex->req.api) {
        reply_header(ex, "WWW-Authenticate", "Bearer realm=\"noria\"");
    }
}

/* Pages ask for a log-in instead of refusing. */
static bool go_to_login(struct exchange *ex, Err err) {
    bool page =
        !ex->req.api && ex->match.route != NULL && (ex->match.route->flags & ROUTE_RAW) == 0;
    if (err != ERR_NOT_LOGGED_IN || !page) {
        return false;
    }
    struct buf out;
    buf_init(&out, ex->req.arena, 128);
    buf_text(&out, "/login");
    if (ex->match.route->method == GET && ex->path[1] != '\0') {
        buf_printf(&out, "?next=%s", ex->path);
    }
    ex->reply.status = MHD_HTTP_SEE_OTHER;
    ex->reply.location = out.ptr;
    return true;
}

/* Log-ins that failed and acts that were not allowed: who looks for an attack needs them. The
 * account's number is 0 when nobody is logged in; whose password was tried is not told. */
static bool denied(Err err) {
    return err == ERR_BAD_CREDENTIALS || err == ERR_SECOND_FACTOR_WRONG || err == ERR_FORBIDDEN ||
           err == ERR_CSRF || err == ERR_TOO_MANY_REQUESTS;
}

void respond_error(struct exchange *ex, Err err) {
    err = err == OK || err >= ERR_COUNT ? ERR_INTERNAL : err;
    ex->reply.count = 0;
    ex->reply.own_bytes = false;
    ex->reply.max_age = -1;
    ex->reply.bytes = (struct span){NULL, 0};
    ex->reply.location = NULL;
    if (err_status(err) >= SERVER_ERROR) {
        LOG(LOG_WARN, "refused", LOG_WORD("code", err_code(err)),
            LOG_WORD("request", ex->request_id));
    }
    if (denied(err)) {
        LOG(LOG_INFO, "denied", LOG_WORD("code", err_code(err)),
            LOG_WORD("request", ex->request_id),
            LOG_WORD("route", ex->match.route == NULL ? "" : ex->match.route->path),
            LOG_INT("account", ex->req.account));
    }
    if (go_to_login(ex, err)) {
        return;
    }
    bool raw = ex->match.route != NULL && (ex->match.route->flags & ROUTE_RAW) != 0;
    if (ex->req.api || raw) {
        problem_json(ex, err);
    } else if (!show_again(ex, err)) {
        error_page(ex, err);
    }
    ex->reply.status = err_status(err);
    refusal_headers(ex, err);
}
