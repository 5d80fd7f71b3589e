/* multipart/form-data by hand: MHD's post processor folds parts of one name together and takes much
 * that RFC 7578 does not. */
#include <string.h>
#include <strings.h>

#include "../../lib/base/arena.h"
#include "body.h"
#include "pairs.h"

enum { PART_HEADERS = 2048 };

struct multipart {
    struct arena *arena;
    struct body *body;
    struct span boundary; /* with its leading CRLF "--" */
    size_t at;
    const char *why;
};

static Err refuse(struct multipart *m, const char *why) {
    m->why = why;
    return ERR_BAD_REQUEST;
}

/* The value of a header's parameter: name="…" or name=token; ptr NULL when absent. */
static struct span parameter(struct span header, const char *name) {
    size_t len = strlen(name);
    bool quoted = false;
    for (size_t i = 0; i + len + 1 < header.len; i++) {
        quoted = header.ptr[i] == '"' ? !quoted : quoted;
        bool starts = i > 0 && (header.ptr[i - 1] == ';' || header.ptr[i - 1] == ' ');
        if (quoted || !starts || strncasecmp(header.ptr + i, name, len) != 0 ||
            header.ptr[i + len] != '=') {
            continue;
        }
        const char *value = header.ptr + i + len + 1;
        size_t rest = header.len - i - len - 1;
        if (*value == '"') {
            const char *end = memchr(value + 1, '"', rest - 1);
            return end == NULL ? (struct span){NULL, 0}
                               : (struct span){value + 1, (size_t)(end - value) - 1};
        }
        size_t size = 0;
        while (size < rest && value[size] != ';' && value[size] != ' ') {
            size++;
        }
        return (struct span){value, size};
    }
    return (struct span){NULL, 0};
}

static bool good_boundary(struct span boundary) {
    static const char allowed[] = "'()+_,-./:=? ";
    if (boundary.ptr == NULL || boundary.len == 0 || boundary.len > BOUNDARY_MAX) {
        return false;
    }
    for (size_t i = 0; i < boundary.len; i++) {
        char c = boundary.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (c == '\0' || strchr(allowed, c) == NULL)) {
            return false;
        }
    }
    return true;
}

static struct span rest_of(const struct multipart *m) {
    return (struct span){m->body->all.ptr + m->at, m->body->all.len - m->at};
}

static bool eat(struct multipart *m, struct span text) {
    struct span rest = rest_of(m);
    if (rest.len < text.len || memcmp(rest.ptr, text.ptr, text.len) != 0) {
        return false;
    }
    m->at += text.len;
    return true;
}

static struct span header_value(struct span headers, const char *name) {
    size_t len = strlen(name);
    for (size_t at = 0; at < headers.len;) {
        const char *line = headers.ptr + at;
        const char *end = memmem(line, headers.len - at, "\r\n", 2);
        size_t size = end == NULL ? headers.len - at : (size_t)(end - line);
        if (size > len && line[len] == ':' && strncasecmp(line, name, len) == 0) {
            return text_trim((struct span){line + len + 1, size - len - 1});
        }
        at += size + 2;
    }
    return (struct span){NULL, 0};
}

static Err add_file(struct multipart *m, struct span name, struct span filename, struct span type,
                    struct span bytes) {
    struct body *body = m->body;
    if (!text_is_utf8(name) || !text_is_utf8(filename) || name.len > NAME_MAX_BYTES ||
        filename.len > 255) {
        return refuse(m, "a part's name");
    }
    if (body->files == NULL) {
        body->files = arena_array(m->arena, PARTS_MAX, sizeof *body->files);
    }
    body->files[body->file_count++] = (struct part){
        .name = arena_copy(m->arena, name.ptr, name.len),
        .filename = arena_copy(m->arena, filename.ptr, filename.len),
        .type = type.ptr == NULL ? "application/octet-stream"
                                 : arena_copy(m->arena, type.ptr, type.len),
        .bytes = bytes,
    };
    return OK;
}

static Err add_part(struct multipart *m, struct span headers, struct span bytes) {
    struct span disposition = header_value(headers, "Content-Disposition");
    struct span name = {NULL, 0};
    if (disposition.ptr != NULL && disposition.len >= 9 &&
        strncasecmp(disposition.ptr, "form-data", 9) == 0) {
        name = parameter(disposition, "name");
    }
    if (name.ptr == NULL || name.len == 0) {
        return refuse(m, "a part without a name");
    }
    struct span filename = parameter(disposition, "filename");
    if (filename.ptr != NULL) {
        struct span type = header_value(headers, "Content-Type");
        bool empty = filename.len == 0 && bytes.len == 0; /* a file field left blank */
        return empty ? OK : add_file(m, name, filename, type, bytes);
    }
    return pairs_add(m->arena, &m->body->form, name, bytes, &m->why);
}

/* The next boundary, looked for window by window; NULL when there is none. */
static const char *find_boundary(const struct multipart *m) {
    struct span rest = rest_of(m);
    size_t overlap = m->boundary.len - 1;
    for (size_t at = 0; rest.len - at > overlap; at += BODY_WINDOW) {
        size_t left = rest.len - at;
        size_t size = left < BODY_WINDOW + overlap ? left : BODY_WINDOW + overlap;
        const char *found = memmem(rest.ptr + at, size, m->boundary.ptr, m->boundary.len);
        if (found != NULL || size == left) {
            return found;
        }
        body_forget(m->body, rest.ptr + at);
    }
    return NULL;
}

static Err read_part(struct multipart *m) {
    struct span rest = rest_of(m);
    size_t window = rest.len < PART_HEADERS ? rest.len : PART_HEADERS;
    const char *end = memmem(rest.ptr, window, "\r\n\r\n", 4);
    if (end == NULL) {
        return refuse(m, "a part's headers have no end");
    }
    struct span headers = {rest.ptr, (size_t)(end - rest.ptr)};
    m->at += headers.len + 4;
    rest = rest_of(m);
    const char *next = find_boundary(m);
    if (next == NULL) {
        return refuse(m, "a part has no end");
    }
    struct span bytes = {rest.ptr, (size_t)(next - rest.ptr)};
    m->at += bytes.len + m->boundary.len;
    return add_part(m, headers, bytes);
}

static Err read_parts(struct multipart *m) {
    struct span first = {m->boundary.ptr + 2, m->boundary.len - 2};
    if (!eat(m, first)) {
        return refuse(m, "the multipart body does not start with its boundary");
    }
    for (int parts = 0; !eat(m, SPAN_LIT("--")); parts++) {
        if (parts == PARTS_MAX) {
            return refuse(m, "too many parts");
        }
        if (!eat(m, SPAN_LIT("\r\n"))) {
            return refuse(m, "a broken boundary");
        }
        TRY(read_part(m));
    }
    return OK;
}

Err multipart_decode(struct arena *arena, const char *content_type, struct body *body,
                     const char **why) {
    struct multipart m = {.arena = arena, .body = body};
    struct span boundary = parameter(span_of(content_type), "boundary");
    if (!good_boundary(boundary)) {
        *why = "a multipart body without a good boundary";
        return ERR_BAD_REQUEST;
    }
    m.boundary = span_of(arena_printf(arena, "\r\n--%.*s", (int)boundary.len, boundary.ptr));
    Err err = read_parts(&m);
    if (err != OK) {
        *why = m.why;
    }
    body_forget(body, NULL);
    return err;
}
