/* What a handler asks of its request: path, query, fields, lists, versions. */
#include <string.h>

#include "../../lib/base/blocked.h"
#include "../view/json.h"
#include "exchange.h"

enum { QUERY_TEXT = 200, PAGE_DEFAULT = 50, PAGE_MAX = 200, ELEMENT_NAME = 160 };

/* --- path and query -----------------------------------------------------------------------------
 */

static struct span param(const struct req *req, const char *name) {
    const struct match *match = &exchange_in(req)->match;
    size_t len = strlen(name);
    for (int i = 0; i < match->count; i++) {
        const char *known = match->params[i].name;
        if (strncmp(known, name, len) == 0 && (known[len] == '/' || known[len] == '\0')) {
            return match->params[i].value;
        }
    }
    return (struct span){"", 0};
}

int64_t req_id(const struct req *req, const char *name) {
    int64_t id = 0;
    return text_int(param(req, name), &id) ? id : 0;
}

const char *req_word(const struct req *req, const char *name) {
    struct span word = param(req, name);
    return arena_copy(req->arena, word.ptr, word.len);
}

const char *req_query(struct req *req, const char *name) {
    const struct pair *pair = pairs_find(&exchange_of(req)->args, name);
    bool good = pair != NULL && pair->value.len > 0 && text_length(pair->value) <= QUERY_TEXT &&
                !text_has_forbidden(pair->value, false);
    return good ? pair->value.ptr : NULL;
}

const struct app *req_app(const struct req *req) {
    return req->app;
}

/* --- where fields come from
 * ----------------------------------------------------------------------*/

static bool pairs_get(const void *impl, const char *name, struct span *value) {
    const struct pair *pair = pairs_find(impl, name);
    if (pair != NULL) {
        *value = pair->value;
    }
    return pair != NULL;
}

static bool pairs_repeated(const void *impl, const char *name) {
    return pairs_times(impl, name) > 1;
}

/* A check box is preceded by nothing and sent as "on" or not at all; a JSON list or object where
 * one value belongs gives a text no field takes, so that the fault names the field. */
static bool json_get(const void *impl, const char *name, struct span *value) {
    struct view_value member;
    if (!view_member(impl, name, &member) || member.kind == VIEW_NULL) {
        return false;
    }
    bool scalar = member.kind != VIEW_LIST && member.kind != VIEW_OBJECT;
    *value = scalar ? member.text : SPAN_LIT("\x7F");
    return true;
}

static struct source source_of(const struct exchange *ex) {
    if (ex->body.kind == BODY_JSON) {
        return (struct source){&ex->body.json, json_get, NULL};
    }
    return (struct source){&ex->body.form, pairs_get, pairs_repeated};
}

static void remember_table(struct exchange *ex, const struct field *fields) {
    if (ex->tables_count < TABLES_MAX) {
        ex->tables[ex->tables_count++] = fields;
    }
}

Err fields_read(struct req *req, const struct field *fields, void *record) {
    struct exchange *ex = exchange_of(req);
    struct source source = source_of(ex);
    remember_table(ex, fields);
    return fields_parse(req->arena, fields, &source, record, &req->faults);
}

Err query_read(struct req *req, const struct field *fields, void *record) {
    struct source source = {&exchange_of(req)->args, pairs_get, pairs_repeated};
    return fields_parse(req->arena, fields, &source, record, &req->faults);
}

Err req_form(struct req *req) {
    (void)req;
    return OK;
}

/* --- lists --------------------------------------------------------------------------------------
 */

/* One element of a list: name[index][field] of a form, or an object of a JSON list. */
struct element {
    const struct exchange *ex;
    const char *list;
    int index; /* in the form's names or in the JSON list */
    struct view_value object;
};

static const char *element_name(const struct element *element, const char *field) {
    return arena_printf(element->ex->req.arena, "%s[%d][%s]", element->list, element->index, field);
}

static bool element_get(const void *impl, const char *name, struct span *value) {
    const struct element *element = impl;
    if (element->ex->body.kind == BODY_JSON) {
        return json_get(&element->object, name, value);
    }
    return pairs_get(&element->ex->body.form, element_name(element, name), value);
}

static bool element_repeated(const void *impl, const char *name) {
    const struct element *element = impl;
    return element->ex->body.kind != BODY_JSON &&
           pairs_repeated(&element->ex->body.form, element_name(element, name));
}

/* A spare line of a form, left blank. */
static bool is_blank(const struct element *element, const struct field *fields) {
    for (; fields->name != NULL; fields++) {
        struct span value = {NULL, 0};
        if (element_get(element, fields->name, &value) && text_trim(value).len > 0) {
            return false;
        }
    }
    return true;
}

/* Faults of an element bear its whole name. */
static void rename_faults(const struct element *element, struct faults *faults, size_t from) {
    for (size_t i = from; i < faults->count && i < FAULTS_MAX; i++) {
        faults->list[i].field = element_name(element, faults->list[i].field);
    }
}

/* Names of an element that nobody reads, as of the body itself (handler.c): a criterion is not let
 * in by the back door of a list. */
static void refuse_unread(const struct element *element, const struct field *fields,
                          struct faults *faults) {
    const struct exchange *ex = element->ex;
    const struct view *object = element->object.kind == VIEW_OBJECT ? element->object.node : NULL;
    for (int i = 0; object != NULL && i < view_count(object); i++) {
        const char *name = view_name(object, i);
        if (field_find(fields, name) == NULL) {
            blocked_unknown(faults, name, element_name(element, name));
        }
    }
    const char *start = arena_printf(ex->req.arena, "%s[%d][", element->list, element->index);
    size_t length = strlen(start);
    for (int i = 0; i < ex->body.form.count; i++) {
        const char *told = ex->body.form.list[i].name;
        if (strncmp(told, start, length) != 0) {
            continue;
        }
        const char *name = arena_copy(ex->req.arena, told + length, strcspn(told + length, "]"));
        if (field_find(fields, name) == NULL) {
            blocked_unknown(faults, name, told);
        }
    }
}

/* The JSON list, or how far a form's indexes go. */
static Err list_source(struct req *req, const char *name, int max, struct view_value *list,
                       int *indexes) {
    const struct exchange *ex = exchange_of(req);
    *indexes = max;
    if (ex->body.kind != BODY_JSON) {
        return OK;
    }
    bool given = view_member(&ex->body.json, name, list) && list->kind != VIEW_NULL;
    if (given && list->kind != VIEW_LIST) {
        return fault(&req->faults, name, ERR_WRONG_TYPE, "a list");
    }
    *indexes = given ? list->count : 0;
    if (*indexes > max) {
        return faultf(&req->faults, name, ERR_OUT_OF_RANGE, "0 – %d", max);
    }
    return OK;
}

Err list_read(struct req *req, const char *name, const struct field *fields, size_t size, int max,
              void **array, int *count) {
    struct exchange *ex = exchange_of(req);
    struct view_value list = {.kind = VIEW_NULL};
    int indexes = 0;
    int read = 0;
    size_t before = req->faults.count;
    if (ex->lists_count < TABLES_MAX) {
        ex->lists[ex->lists_count++] = name;
    }
    TRY(list_source(req, name, max, &list, &indexes));
    unsigned char *records = arena_array(req->arena, (size_t)max + 1, size);
    for (int i = 0; i < indexes; i++) {
        struct element element = {.ex = ex, .list = name, .index = i};
        if (ex->body.kind == BODY_JSON) {
            element.object = view_at(&list, i);
        } else if (is_blank(&element, fields)) {
            refuse_unread(&element, fields, &req->faults);
            continue;
        }
        struct source source = {&element, element_get, element_repeated};
        size_t from = req->faults.count;
        if (fields_parse(req->arena, fields, &source, records + (size_t)read * size,
                         &req->faults) != OK) {
            rename_faults(&element, &req->faults, from);
        }
        refuse_unread(&element, fields, &req->faults);
        read++;
    }
    *array = records;
    *count = read;
    return req->faults.count == before ? OK : ERR_INVALID_INPUT;
}

const char *list_json(struct arena *arena, const struct field *fields, size_t size,
                      const void *array, int count) {
    struct buf out;
    buf_init(&out, arena, 256);
    buf_char(&out, '[');
    for (int i = 0; i < count; i++) {
        const unsigned char *record = (const unsigned char *)array + (size_t)i * size;
        struct view *object = view_new(arena);
        for (const struct field *field = fields; field->name != NULL; field++) {
            view_text(object, field->name, field_text(arena, field, record));
        }
        buf_text(&out, i > 0 ? "," : "");
        json_view(&out, object);
    }
    buf_char(&out, ']');
    return out.ptr;
}

/* --- uploads ------------------------------------------------------------------------------------
 */

Err req_upload(struct req *req, const char *field, struct upload *upload) {
    struct exchange *ex = exchange_of(req);
    const struct body *body = &ex->body;
    struct upload found = {.fd = body->spool};
    if (body->kind == BODY_RAW || (body->kind == BODY_JSON && body->spool >= 0)) {
        found.name = "";
        found.type = body->type;
        found.bytes = body->all;
        found.size = body->size;
        *upload = found;
        return OK;
    }
    for (int i = 0; i < body->file_count; i++) {
        const struct part *part = &body->files[i];
        if (strcmp(part->name, field) == 0) {
            found.name = part->filename;
            found.type = part->type;
            found.bytes = part->bytes;
            found.size = part->bytes.len;
            found.offset = part->bytes.len == 0 ? 0 : part->bytes.ptr - body->all.ptr;
            *upload = found;
            return OK;
        }
    }
    return fault(&req->faults, field, ERR_REQUIRED, NULL);
}

struct pieces upload_pieces(const struct upload *upload) {
    return (struct pieces){upload->fd, upload->offset, (int64_t)upload->size};
}

/* --- pages of a list, versions ------------------------------------------------------------------
 */

const struct field page_fields[] = {
    {"after", F_INT, 0, 1, INT64_MAX, 0, NULL, NULL},
    {"limit", F_INT, 0, 1, PAGE_MAX, 0, NULL, NULL},
    FIELD_END,
};

struct page req_page(struct req *req) {
    struct page page = {0, PAGE_DEFAULT};
    int64_t value = 0;
    const char *after = req_query(req, "after");
    const char *limit = req_query(req, "limit");
    if (after != NULL && text_int(span_of(after), &value) && value > 0) {
        page.after = value;
    }
    if (limit != NULL && text_int(span_of(limit), &value) && value >= 1 && value <= PAGE_MAX) {
        page.limit = (int)value;
    }
    return page;
}

static void put_escaped(struct buf *out, struct span text) {
    static const char hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain) {
            buf_char(out, (char)c);
        } else {
            buf_add(out, (char[]){'%', hex[c >> 4], hex[c & 15]}, 3);
        }
    }
}

/* The query of this request with another :after (0: from the start). */
static const char *page_query(struct exchange *ex, int64_t after) {
    struct buf out;
    buf_init(&out, ex->req.arena, 128);
    if (after > 0) {
        buf_printf(&out, "after=%lld", (long long)after);
    }
    for (int i = 0; i < ex->args.count; i++) {
        const struct pair *pair = &ex->args.list[i];
        if (strcmp(pair->name, "after") == 0) {
            continue;
        }
        buf_text(&out, out.len > 0 ? "&" : "");
        put_escaped(&out, span_of(pair->name));
        buf_char(&out, '=');
        put_escaped(&out, pair->value);
    }
    buf_text(&out, "");
    return out.ptr;
}

void req_rows(struct req *req, const char *name, const struct page *page, const struct rows *rows,
              const char *key) {
    struct exchange *ex = exchange_of(req);
    struct view *paging = view_object(req->view, "page");
    view_rows(req->view, name, rows, page->limit);
    view_int(paging, "limit", page->limit);
    if (page->after > 0) {
        const char *first = page_query(ex, 0);
        view_text(paging, "first", first[0] == '\0' ? "limit=50" : first);
    }
    if (rows->count > page->limit) {
        int64_t last = rows_int(rows, page->limit - 1, key);
        const char *next = page_query(ex, last);
        view_text(paging, "next", next);
        view_int(paging, "after", last);
        reply_header(ex, "Link", arena_printf(req->arena, "<%s?%s>; rel=\"next\"", ex->path, next));
    }
}

void req_etag(struct req *req, int64_t version) {
    reply_header(exchange_of(req), "ETag",
                 arena_printf(req->arena, "\"%lld\"", (long long)version));
}

int64_t req_version(const struct req *req) {
    return exchange_in(req)->version;
}

/* --- other answers ------------------------------------------------------------------------------
 */

Err req_once(const struct req *req, struct db_once *once) {
    const struct exchange *ex = exchange_in(req);
    if (ex->key == NULL) {
        return ERR_IDEMPOTENCY_KEY_NEEDED;
    }
    *once = (struct db_once){ex->key, ex->hash};
    return OK;
}

void req_replayed(struct req *req) {
    reply_header(exchange_of(req), "Idempotency-Replayed", "true");
}

void req_bytes(struct req *req, const char *type, struct span bytes, const char *filename,
               const char *etag, int max_age) {
    struct exchange *ex = exchange_of(req);
    ex->reply.own_bytes = true;
    ex->reply.type = type;
    ex->reply.bytes = bytes;
    ex->reply.max_age = max_age;
    if (filename != NULL) {
        reply_header(ex, "Content-Disposition",
                     arena_printf(req->arena, "attachment; filename=\"%s\"", filename));
    }
    if (etag != NULL) {
        reply_header(ex, "ETag", arena_printf(req->arena, "\"%s\"", etag));
    }
}

void req_cookie(struct req *req, const char *name, const char *value, int64_t max_age) {
    reply_header(exchange_of(req), "Set-Cookie",
                 arena_printf(req->arena,
                              "%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%lld", name,
                              value == NULL ? "" : value, value == NULL ? 0 : (long long)max_age));
}

const char *req_get_cookie(const struct req *req, const char *name) {
    const struct exchange *ex = exchange_in(req);
    return MHD_lookup_connection_value(ex->connection, MHD_COOKIE_KIND, name);
}
