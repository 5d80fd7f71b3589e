#include "record_json.h"

#include "arena.h"

static void put_string(struct buf *out, const char *text) {
    buf_char(out, '"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            buf_char(out, '\\');
            buf_char(out, (char)c);
        } else if (c < 0x20) {
            buf_printf(out, "\\u%04x", c);
        } else {
            buf_char(out, (char)c);
        }
    }
    buf_char(out, '"');
}

void record_members(struct buf *out, const struct field *fields, const void *record) {
    for (const struct field *field = fields; field->name != NULL; field++) {
        if (field != fields) {
            buf_char(out, ',');
        }
        const char *value = field_text(out->arena, field, record);
        put_string(out, field->name);
        buf_char(out, ':');
        if (value == NULL) {
            buf_text(out, "null");
        } else {
            put_string(out, value);
        }
    }
}

const char *records_json(struct arena *arena, const struct field *fields, size_t size,
                         const void *array, int count) {
    struct buf out;
    buf_init(&out, arena, 64 + (size_t)count * 64);
    buf_char(&out, '[');
    for (int i = 0; i < count; i++) {
        buf_text(&out, i > 0 ? ",{" : "{");
        record_members(&out, fields, (const unsigned char *)array + (size_t)i * size);
        buf_char(&out, '}');
    }
    buf_char(&out, ']');
    return out.ptr;
}
