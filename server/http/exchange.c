/* exchange.c - what every stop may ask of an exchange, and the headers of its reply. */
#include "exchange.h"

const char *exchange_header(const struct exchange *ex, const char *name) {
    return MHD_lookup_connection_value(ex->connection, MHD_HEADER_KIND, name);
}

void reply_header(struct exchange *ex, const char *name, const char *value) {
    if (ex->reply.count < HEADERS_MAX) {
        ex->reply.headers[ex->reply.count++] = (struct header){name, value};
    }
}

Err exchange_length(struct exchange *ex, size_t limit, const char *words) {
    const char *length = exchange_header(ex, "Content-Length");
    int64_t size = 0;
    if (length == NULL) {
        return OK;
    }
    if (!text_int(span_of(length), &size) || size < 0) {
        ex->refused_detail = "Content-Length";
        ex->at_once = true;
        return ERR_BAD_REQUEST;
    }
    ex->refused_detail = words;
    ex->at_once = (size_t)size > DISCARD_MAX && (size_t)size > limit;
    return (size_t)size <= limit ? OK : ERR_TOO_LARGE;
}
