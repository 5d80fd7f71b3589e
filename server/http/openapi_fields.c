#include "openapi_fields.h"

#include <inttypes.h>
#include <stdbool.h>

#include "../../lib/base/field.h"
#include "req.h"

/* --- the rows of one handler --------------------------------------------------------------------
 */

struct walk {
    const struct reads *const *table;
    const struct reads *row;
};

/* The handler's next row; NULL past the last. */
static const struct reads *next(struct walk *walk, const struct route *route) {
    while (*walk->table != NULL) {
        const struct reads *row = walk->row == NULL ? *walk->table : walk->row + 1;
        walk->row = row;
        if (row->handler == NULL) {
            walk->table++;
            walk->row = NULL;
        } else if (row->handler == route->handler) {
            return row;
        }
    }
    return NULL;
}

bool openapi_reads(const struct reads *const *tables, const struct route *route) {
    struct walk walk = {tables, NULL};
    return next(&walk, route) != NULL;
}

bool openapi_paged(const struct reads *const *tables, const struct route *route) {
    struct walk walk = {tables, NULL};
    const struct reads *row;
    while ((row = next(&walk, route)) != NULL) {
        if (row->fields == page_fields) {
            return true;
        }
    }
    return false;
}

/* --- one field ----------------------------------------------------------------------------------
 */

/* Hundredths as a decimal number. */
static void put_hundredths(struct buf *out, int64_t value) {
    buf_printf(out, "%" PRId64 ".%02" PRId64, value / 100, value % 100);
}

static void put_length(struct buf *out, const struct field *field) {
    buf_text(out, "type: string");
    if (field->min > 0) {
        buf_printf(out, ", minLength: %" PRId64, field->min);
    }
    if (field->max > 0) {
        buf_printf(out, ", maxLength: %" PRId64, field->max);
    }
}

static void put_choices(struct buf *out, const struct field *field) {
    buf_text(out, "type: string, enum: [");
    for (int i = 0; field->choices[i] != NULL; i++) {
        buf_printf(out, "%s\"%s\"", i == 0 ? "" : ", ", field->choices[i]);
    }
    buf_text(out, "]");
}

static void put_int(struct buf *out, const struct field *field) {
    buf_printf(out, "type: integer, minimum: %" PRId64, field->min);
    if (field->max != INT64_MAX) {
        buf_printf(out, ", maximum: %" PRId64, field->max);
    }
}

static void put_amount(struct buf *out, const struct field *field) {
    buf_text(out, "type: number, multipleOf: 0.01, minimum: ");
    put_hundredths(out, field->min);
    buf_text(out, ", maximum: ");
    put_hundredths(out, field->max);
}

static void put_kind(struct buf *out, const struct field *field) {
    switch (field->kind) {
    case F_TEXT:
    case F_NOTE:
        put_length(out, field);
        break;
    case F_INT:
        put_int(out, field);
        break;
    case F_MONEY:
    case F_DECIMAL:
        put_amount(out, field);
        break;
    case F_DATE:
        buf_text(out, "type: string, format: date");
        break;
    case F_BOOL:
        buf_text(out, "type: boolean, default: false");
        break;
    case F_CHOICE:
        put_choices(out, field);
        break;
    case F_EMAIL:
        buf_text(out, "type: string, format: email, maxLength: 254");
        break;
    case F_DIGITS:
        buf_printf(out, "type: string, pattern: '^[0-9]{%" PRId64 ",%" PRId64 "}$'", field->min,
                   field->max);
        break;
    }
}

/* "{type: …, description: "…"}"; a description in a schema or, of a parameter, beside it. */
static void put_schema(struct buf *out, const struct field *field, bool described) {
    buf_text(out, "{");
    put_kind(out, field);
    if (described && field->label != NULL) {
        buf_printf(out, ", description: \"%s\"", field->label);
    }
    buf_text(out, "}");
}

/* --- query and body -----------------------------------------------------------------------------
 */

void openapi_query(struct buf *out, const struct reads *const *tables, const struct route *route) {
    struct walk walk = {tables, NULL};
    const struct reads *row;
    while ((row = next(&walk, route)) != NULL) {
        for (const struct field *field = row->fields; field->name != NULL; field++) {
            buf_printf(out, "        - {name: %s, in: query, required: %s, ", field->name,
                       (field->flags & FIELD_REQUIRED) != 0 ? "true" : "false");
            if (field->label != NULL) {
                buf_printf(out, "description: \"%s\", ", field->label);
            }
            buf_text(out, "schema: ");
            put_schema(out, field, false);
            buf_text(out, "}\n");
        }
    }
}

static void put_properties(struct buf *out, const struct field *fields, const char *indent) {
    for (const struct field *field = fields; field->name != NULL; field++) {
        buf_printf(out, "%s%s: ", indent, field->name);
        put_schema(out, field, true);
        buf_text(out, "\n");
    }
}

/* "required: [a, b]" of one more table; gives how many there are by now. */
static int put_required(struct buf *out, const struct field *fields, const char *indent,
                        int count) {
    for (const struct field *field = fields; field->name != NULL; field++) {
        if ((field->flags & FIELD_REQUIRED) != 0) {
            if (count++ == 0) {
                buf_printf(out, "%srequired: [%s", indent, field->name);
            } else {
                buf_printf(out, ", %s", field->name);
            }
        }
    }
    return count;
}

static void put_list(struct buf *out, const struct reads *row) {
    buf_printf(
        out,
        "                %s:\n                  type: array\n"
        "                  maxItems: %d\n                  items:\n"
        "                    type: object\n                    additionalProperties: false\n",
        row->list, row->max);
    if (put_required(out, row->fields, "                    ", 0) > 0) {
        buf_text(out, "]\n");
    }
    buf_text(out, "                    properties:\n");
    put_properties(out, row->fields, "                      ");
}

void openapi_body(struct buf *out, const struct reads *const *tables, const struct route *route) {
    struct walk walk = {tables, NULL};
    const struct reads *row;
    int required = 0;
    buf_text(out, "              type: object\n              additionalProperties: false\n");
    while ((row = next(&walk, route)) != NULL) {
        required = row->list != NULL ? required
                                     : put_required(out, row->fields, "              ", required);
    }
    buf_text(out, required > 0 ? "]\n" : "");
    buf_text(out, "              properties:\n");
    walk = (struct walk){tables, NULL};
    while ((row = next(&walk, route)) != NULL) {
        if (row->list != NULL) {
            put_list(out, row);
        } else {
            put_properties(out, row->fields, "                ");
        }
    }
}
