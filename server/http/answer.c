#include "answer.h"

#include <string.h>
#include <strings.h>

#include "../../lib/base/clock.h"
#include "../../lib/base/log.h"
#include "../app.h"
#include "loop_server.h"
#include "session.h"

enum { MICROS = 1000 };

/* --- the head -----------------------------------------------------------------------------------
 */

static bool read_method(struct exchange *ex, const char *word) {
    static const struct {
        const char *word;
        enum method method;
    } words[] = {{"GET", GET}, {"HEAD", GET}, {"POST", POST}, {"PUT", PUT}, {"DELETE", DELETE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (span_is(span_of(word), words[i].word)) {
            ex->method = words[i].method;
            ex->method_word = words[i].word;
            return true;
        }
    }
    ex->method_word = "other";
    return false;
}

struct head {
    struct exchange *ex;
    int lengths, hosts, encodings;
    const char *why;
};

/* What nearly every byte of a header's name is. */
static bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

/* MHD hands on what it should not: folded lines, repeated framing headers. */
static enum MHD_Result look_at_header(void *arg, enum MHD_ValueKind kind, const char *name,
                                      const char *value) {
    struct head *head = arg;
    (void)kind;
    if (value != NULL && value < name) {
        head->why =
            "a header over several lines"; /* MHD glues such a line to the name, in a copy */
    }
    head->lengths += strcasecmp(name, "Content-Length") == 0;
    head->hosts += strcasecmp(name, "Host") == 0;
    if (strcasecmp(name, "Transfer-Encoding") == 0) {
        head->encodings++;
        if (value == NULL || strcasecmp(value, "chunked") != 0) {
            head->why = "an unknown Transfer-Encoding";
        }
    }
    for (const char *c = name; *c != '\0'; c++) {
        if (!is_plain(*c) &&
            (strchr("()<>@,;:\\\"/[]?={} \t", *c) != NULL || (unsigned char)*c <= 0x20)) {
            head->why = "a header's name";
        }
    }
    for (const char *c = value == NULL ? "" : value; *c != '\0'; c++) {
        if (((unsigned char)*c < 0x20 && *c != '\t') || *c == 0x7F) {
            head->why = "a control character in a header";
        }
    }
    return MHD_YES;
}

static Err check_headers(struct exchange *ex) {
    struct head head = {.ex = ex};
    (void)MHD_get_connection_values(ex->connection, MHD_HEADER_KIND, look_at_header, &head);
    const char *encoding = exchange_header(ex, "Content-Encoding");
    if (head.lengths > 1 || head.encodings > 1 || (head.lengths > 0 && head.encodings > 0)) {
        head.why = "the body's length is given twice";
    }
    if (head.hosts > 1) {
        head.why = "two Host headers";
    }
    if (head.why != NULL) {
        ex->at_once = true;
        ex->refused_detail = head.why;
        return ERR_BAD_REQUEST;
    }
    if (encoding != NULL && strcasecmp(encoding, "identity") != 0) {
        ex->refused_detail = "uncompressed";
        return ERR_UNSUPPORTED_MEDIA_TYPE;
    }
    return OK;
}

static Err prepare_body(struct exchange *ex) {
    const struct route *route = ex->match.route;
    bool upload = route != NULL && (route->flags & ROUTE_UPLOAD) != 0;
    /* Only who shows some credential may ask for more; stops_admit looks whether it is good. */
    bool known = exchange_header(ex, "Authorization") != NULL ||
                 req_get_cookie(&ex->req, SESSION_COOKIE) != NULL;
    ex->asks_upload = upload && known;
    if (ex->asks_upload) {
        return exchange_length(ex, UPLOAD_MAX, "256 MiB");
    }
    buf_init(&ex->body.memory, ex->req.arena, 0);
    return exchange_length(ex, BODY_MAX, "1 MiB");
}

static Err look(struct exchange *ex, const char *method) {
    static const char api[] = "/api/v1";
    size_t len = sizeof api - 1;
    const char *path = ex->path;
    ex->req.api = strncmp(path, api, len) == 0 && (path[len] == '/' || path[len] == '\0');
    if (!read_method(ex, method)) {
        return ERR_METHOD_NOT_ALLOWED;
    }
    TRY(check_headers(ex));
    (void)router_match(ex->server->router, ex->method, ex->req.api ? path + len : path, ex->req.api,
                       &ex->match);
    return prepare_body(ex);
}

void answer_head(struct exchange *ex, const char *method) {
    Err err = look(ex, method);
    if (ex->refused == OK) {
        ex->refused = err;
    }
}

/* --- the reply ----------------------------------------------------------------------------------
 */

static const struct header security[] = {
    {"Content-Security-Policy",
     "default-src 'none'; object-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; "
     "script-src 'self'; "
     "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"X-Frame-Options", "DENY"},
};

/* Of documents, which may open windows and use devices; the API's JSON is none. */
static const struct header of_documents[] = {
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"},
};

static void add_headers(struct MHD_Response *response, const struct header *headers, size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)MHD_add_response_header(response, headers[i].name, headers[i].value);
    }
}

static void cache_header(const struct exchange *ex, struct MHD_Response *response) {
    const struct reply *reply = &ex->reply;
    bool etag = MHD_get_response_header(response, "ETag") != NULL;
    const char *value = "no-store";
    if (reply->max_age >= 0) {
        value = arena_printf(ex->req.arena, "public, max-age=%d", reply->max_age);
    } else if (etag && ex->req.api) {
        value = "private, no-cache";
    }
    (void)MHD_add_response_header(response, "Cache-Control", value);
}

enum MHD_Result answer_queue(struct exchange *ex) {
    const struct reply *reply = &ex->reply;
    union {
        const char *from;
        void *to;
    } bytes = {reply->bytes.ptr == NULL ? "" : reply->bytes.ptr}; /* MHD only reads it */
    struct MHD_Response *response =
        MHD_create_response_from_buffer(reply->bytes.len, bytes.to, MHD_RESPMEM_PERSISTENT);
    if (response == NULL) {
        return MHD_NO;
    }
    add_headers(response, security, sizeof security / sizeof *security);
    if (!ex->req.api || reply->own_bytes) {
        add_headers(response, of_documents, sizeof of_documents / sizeof *of_documents);
    }
    add_headers(response, reply->headers, (size_t)reply->count);
    if (reply->type != NULL) {
        (void)MHD_add_response_header(response, "Content-Type", reply->type);
    }
    if (reply->location != NULL) {
        (void)MHD_add_response_header(response, "Location", reply->location);
    }
    if (strncmp(ex->req.app->base_url, "https:", 6) == 0) {
        (void)MHD_add_response_header(response, "Strict-Transport-Security",
                                      "max-age=31536000; includeSubDomains");
    }
    cache_header(ex, response);
    (void)MHD_add_response_header(response, "X-Request-Id", ex->request_id);
    if (ex->server->stopping) {
        (void)MHD_add_response_header(response, "Connection", "close");
    }
    enum MHD_Result queued = MHD_queue_response(ex->connection, (unsigned)reply->status, response);
    MHD_destroy_response(response);
    return queued;
}

/* --- the record of it ---------------------------------------------------------------------------
 */

void answer_log(struct exchange *ex, bool complete) {
    if (!ex->head_seen) {
        return; /* MHD answered by itself: broken headers */
    }
    const struct route *route = ex->match.route;
    int64_t taken = clock_ticks() - ex->started;
    int row = route == NULL ? METRIC_ROUTES - 1 : ex->match.row;
    metrics_count(&ex->server->metrics, row, ex->reply.status, taken * MICROS);
    LOG(ex->reply.status >= 500 ? LOG_WARN : LOG_INFO, "request",
        LOG_WORD("method", ex->method_word), LOG_WORD("route", route == NULL ? "" : route->path),
        LOG_INT("api", ex->req.api), LOG_INT("status", ex->reply.status), LOG_INT("ms", taken),
        LOG_WORD("request", ex->request_id), LOG_INT("complete", complete));
}
