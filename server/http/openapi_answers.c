#include "openapi_answers.h"

#include <stdbool.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/field.h"
#include "openapi_fields.h"

enum { STEP = 2, MEMBERS_AT = 14 }; /* columns of YAML */

/* --- the shape of an answer ---------------------------------------------------------------------
 */

/* A value: an object when it has members, a list of what `type` says when `list`. */
struct shape {
    const char *name;
    const char *type; /* "integer", "string, format: date" …; NULL: any value, or an object */
    bool list, object, sometimes, nullable;
    int most; /* elements of a list; 0: not said */
    struct shape *first, *last, *next;
};

static struct shape *member(struct arena *arena, struct shape *object, const char *name,
                            size_t len) {
    for (struct shape *known = object->first; known != NULL; known = known->next) {
        if (strlen(known->name) == len && strncmp(known->name, name, len) == 0) {
            return known;
        }
    }
    struct shape *made = ARENA_NEW(arena, struct shape);
    made->name = arena_copy(arena, name, len);
    object->object = true;
    if (object->last == NULL) {
        object->first = made;
    } else {
        object->last->next = made;
    }
    object->last = made;
    return made;
}

/* "people[].name" in the answer: the list and its elements are made on the way. */
static struct shape *place(struct arena *arena, struct shape *at, const char *path) {
    while (path != NULL && *path != '\0') {
        size_t len = strcspn(path, ".[");
        at = member(arena, at, path, len);
        path += len;
        if (*path == '[') {
            at->list = at->object = true;
            path += strlen("[]");
        }
        path += *path == '.';
    }
    return at;
}

static const char *column_type(enum column_kind kind) {
    static const char *const types[] = {
        [COL_TEXT] = "string",
        [COL_INT] = "integer",
        [COL_BOOL] = "boolean",
        [COL_DATE] = "string, format: date",
        [COL_TIME] = "string, format: date-time",
        [COL_NUMBER] = "number",
        [COL_JSON] = NULL,
    };
    return types[kind];
}

static void add_columns(struct arena *arena, struct shape *object, struct describer *describer,
                        const struct shows *row) {
    const struct described *column = describe(describer, (enum stmt)row->stmt);
    object->object = true;
    for (; column->name != NULL; column++) {
        struct shape *cell = member(arena, object, column->name, strlen(column->name));
        cell->type = column_type(column->kind);
        cell->nullable = column->nullable;
        cell->sometimes = row->name == NULL && (row->flags & SHOWS_SOMETIMES) != 0;
    }
}

static void add_record(struct arena *arena, struct shape *object, const struct field *fields) {
    object->object = true;
    for (const struct field *field = fields; field->name != NULL; field++) {
        struct shape *text = member(arena, object, field->name, strlen(field->name));
        text->type = "string";
        text->nullable = true;
    }
}

static void add(struct arena *arena, struct shape *answer, const struct shows *row,
                struct describer *describer) {
    static const char *const types[] = {[SHOWS_TEXT] = "string",
                                        [SHOWS_INT] = "integer",
                                        [SHOWS_BOOL] = "boolean",
                                        [SHOWS_WORDS] = "string",
                                        [SHOWS_JSON] = NULL};
    if (row->kind == SHOWS_ETAG || row->kind == SHOWS_BYTES) {
        return;
    }
    struct shape *at = place(arena, answer, row->name);
    at->sometimes = (row->flags & SHOWS_SOMETIMES) != 0;
    at->nullable = (row->flags & SHOWS_OR_NULL) != 0;
    at->list = at->list || row->kind == SHOWS_ROWS || row->kind == SHOWS_WORDS;
    at->most = row->kind == SHOWS_ROWS ? describe_limit((enum stmt)row->stmt) : 0;
    if (row->kind == SHOWS_ROW || row->kind == SHOWS_ROWS) {
        add_columns(arena, at, describer, row);
    } else if (row->kind == SHOWS_RECORD) {
        add_record(arena, at, row->fields);
    } else {
        at->type = types[row->kind];
    }
}

/* What req_rows() adds to a page of a list. */
static void add_paging(struct arena *arena, struct shape *answer) {
    static const struct shows paging[] = {
        {NULL, "page.limit", SHOWS_INT, 0, NULL, 0},
        {NULL, "page.first", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
        {NULL, "page.next", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
        {NULL, "page.after", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    };
    for (size_t i = 0; i < sizeof paging / sizeof *paging; i++) {
        add(arena, answer, &paging[i], NULL);
    }
}

/* The rows of one handler; the next after `row`, from the first when it is NULL. */
static const struct shows *next_row(const struct shows *const *tables, const struct route *route,
                                    const struct shows *row) {
    bool past = row == NULL;
    for (; *tables != NULL; tables++) {
        for (const struct shows *at = *tables; at->handler != NULL; at++) {
            if (past && at->handler == route->handler) {
                return at;
            }
            past = past || at == row;
        }
    }
    return NULL;
}

static struct shape *shape_of(struct arena *arena, const struct openapi_source *source,
                              const struct route *route) {
    struct shape *answer = ARENA_NEW(arena, struct shape);
    static const struct shows left_out = {NULL, "left_out", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES};
    bool counts = false;
    answer->object = true;
    const struct shows *row = NULL;
    while ((row = next_row(source->shows, route, row)) != NULL) {
        add(arena, answer, row, source->describer);
        counts = counts || (row->kind == SHOWS_ROWS && describe_counts((enum stmt)row->stmt));
    }
    if (counts) {
        add(arena, answer, &left_out, NULL);
    }
    if (openapi_paged(source->reads, route)) {
        add_paging(arena, answer);
    }
    return answer;
}

/* The handler's row of a kind, or NULL. */
static const struct shows *row_of_kind(const struct openapi_source *source,
                                       const struct route *route, enum shows_kind kind) {
    const struct shows *row = NULL;
    while ((row = next_row(source->shows, route, row)) != NULL && row->kind != kind) {
    }
    return row;
}

bool openapi_etag(const struct openapi_source *source, const struct route *route) {
    return row_of_kind(source, route, SHOWS_ETAG) != NULL;
}

/* --- its schema ---------------------------------------------------------------------------------
 */

static void put_object(struct buf *out, const struct shape *object, int indent);

/* "{type: [string, 'null'], format: date}" */
static void put_leaf(struct buf *out, const struct shape *leaf) {
    if (leaf->type == NULL) {
        buf_text(out, "{description: \"Any JSON value\"}");
        return;
    }
    int len = (int)strcspn(leaf->type, ",");
    buf_printf(out, leaf->nullable ? "{type: [%.*s, 'null']%s}" : "{type: %.*s%s}", len, leaf->type,
               leaf->type + len);
}

static void put_member(struct buf *out, const struct shape *shape, int indent) {
    buf_printf(out, "%*s%s:", indent, "", shape->name);
    if (!shape->object && !shape->list) {
        buf_text(out, " ");
        put_leaf(out, shape);
        buf_text(out, "\n");
        return;
    }
    buf_text(out, "\n");
    indent += STEP;
    if (shape->list) {
        buf_printf(out, "%*stype: array\n", indent, "");
        if (shape->most > 0) {
            buf_printf(out, "%*smaxItems: %d\n", indent, "", shape->most);
        }
        buf_printf(out, "%*sitems:", indent, "");
        indent += STEP;
        if (!shape->object) {
            buf_printf(out, " {type: %s}\n", shape->type);
            return;
        }
        buf_text(out, "\n");
    }
    put_object(out, shape, indent);
}

static void put_object(struct buf *out, const struct shape *object, int indent) {
    const char *between = "";
    buf_printf(out,
               object->nullable && !object->list ? "%*stype: [object, 'null']\n"
                                                 : "%*stype: object\n",
               indent, "");
    buf_printf(out, "%*sadditionalProperties: false\n%*srequired: [", indent, "", indent, "");
    for (const struct shape *at = object->first; at != NULL; at = at->next) {
        if (!at->sometimes) {
            buf_printf(out, "%s%s", between, at->name);
            between = ", ";
        }
    }
    buf_text(out, "]\n");
    buf_printf(out, object->first == NULL ? "%*sproperties: {}\n" : "%*sproperties:\n", indent, "");
    for (const struct shape *at = object->first; at != NULL; at = at->next) {
        put_member(out, at, indent + STEP);
    }
}

/* --- the answers --------------------------------------------------------------------------------
 */

static void put_headers(struct buf *out, const struct openapi_source *source,
                        const struct route *route, bool created) {
    bool paged = openapi_paged(source->reads, route);
    bool etag = openapi_etag(source, route);
    bool write = route->method != GET && (route->flags & (ROUTE_NO_TX | ROUTE_KEPT)) != ROUTE_NO_TX;
    buf_text(out, paged || etag || write || created ? "          headers:\n" : "");
    buf_text(out, paged ? "            Link: {$ref: '#/components/headers/Link'}\n" : "");
    buf_text(out, !etag   ? ""
                  : write ? "            ETag: {$ref: '#/components/headers/ETagOfWrite'}\n"
                          : "            ETag: {$ref: '#/components/headers/ETag'}\n");
    buf_text(out, created ? "            Location: {$ref: '#/components/headers/Location'}\n" : "");
    buf_text(out, write ? "            Idempotency-Replayed: "
                          "{$ref: '#/components/headers/IdempotencyReplayed'}\n"
                        : "");
}

static void put_success(struct buf *out, const struct openapi_source *source,
                        const struct route *route, const struct shape *answer, int status) {
    static const char *const words[] = {"Done", "Created", "Accepted"};
    buf_printf(out, "        '%d':\n          description: %s\n", status, words[status - 200]);
    put_headers(out, source, route, status > 200);
    const struct shows *bytes = row_of_kind(source, route, SHOWS_BYTES);
    if (bytes != NULL) {
        buf_printf(out, "          content:\n            %s:\n              schema: {}\n",
                   bytes->name);
        return;
    }
    buf_text(out, "          content:\n            application/json:\n              schema:\n");
    put_object(out, answer, MEMBERS_AT + STEP);
}

static const struct shape *member_named(const struct shape *answer, const char *name) {
    const struct shape *at = answer->first;
    while (at != NULL && strcmp(at->name, name) != 0) {
        at = at->next;
    }
    return at;
}

void openapi_answers(struct buf *out, const struct openapi_source *source,
                     const struct route *route) {
    struct arena *arena = arena_new();
    struct shape *answer = shape_of(arena, source, route);
    const struct shape *location = member_named(answer, "location");
    bool write = route->method != GET;
    buf_text(out, "      responses:\n");
    if (!write || location == NULL || location->sometimes) {
        put_success(out, source, route, answer, 200);
    }
    if (write && location != NULL) {
        put_success(out, source, route, answer, 201);
    }
    if (write && location != NULL && member_named(answer, "waits") != NULL) {
        put_success(out, source, route, answer, 202);
    }
    arena_free(arena);
}
