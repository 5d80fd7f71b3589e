/* static.c - style sheet, icons and script, carried inside the program. */
#include <sodium.h>
#include <string.h>

#include "embed.h"
#include "exchange.h"

enum { STATIC_AGE = 86400, ETAG_BYTES = 8 };

static const char *type_of(const char *name) {
    static const struct {
        const char *suffix;
        const char *type;
    } types[] = {{".css", "text/css; charset=utf-8"},
                 {".js", "text/javascript; charset=utf-8"},
                 {".svg", "image/svg+xml"},
                 {".png", "image/png"},
                 {".ico", "image/x-icon"},
                 {".woff2", "font/woff2"},
                 {".txt", "text/plain; charset=utf-8"}};
    size_t len = strlen(name);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        size_t tail = strlen(types[i].suffix);
        if (len > tail && strcmp(name + len - tail, types[i].suffix) == 0) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

/* The address is the name of an embedded file below static/: no file system, so no way out of it.
 */
bool static_file(struct exchange *ex) {
    static const char folder[] = "/static/";
    if (ex->method != GET || strncmp(ex->path, folder, sizeof folder - 1) != 0) {
        return false;
    }
    const struct embedded *file = embedded_find(ex->path + 1);
    if (file == NULL) {
        return false;
    }
    uint8_t hash[crypto_generichash_BYTES_MIN];
    (void)crypto_generichash(hash, sizeof hash, file->data, file->size, NULL, 0);
    const char *etag = text_hex(ex->req.arena, hash, ETAG_BYTES);
    struct span bytes = {(const char *)file->data, file->size};
    req_bytes(&ex->req, type_of(file->name), bytes, NULL, etag, STATIC_AGE);
    ex->req.route = NULL;
    const char *known = exchange_header(ex, "If-None-Match");
    if (known != NULL && strstr(known, etag) != NULL) {
        ex->reply.status = MHD_HTTP_NOT_MODIFIED;
        ex->reply.bytes = (struct span){NULL, 0};
    }
    return true;
}
