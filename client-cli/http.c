#include "http.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

#include "../lib/base/arena.h"
#include "../lib/base/clock.h"
#include "curl_late.h"

enum { PARALLEL_MAX = 64, PATIENCE_MS = 10000, PAUSE_MS = 200, ROUNDS_MIN = 3, TIMEOUT_S = 120 };

struct http {
    struct arena *arena;
    const struct curl_late *curl;
    const char *url;
    const char *token;
    CURLM *multi;
    CURL *handles[PARALLEL_MAX];
};

/* A call under way. */
struct flight {
    struct http *http;
    struct call *call;
    CURL *handle;
    struct curl_slist *headers;
    struct buf body;
};

static void close_multi(void *multi) {
    curl_late()->multi_cleanup(multi);
}

static void close_handle(void *handle) {
    curl_late()->easy_cleanup(handle);
}

static void free_json(void *tree) {
    cJSON_Delete(tree);
}

Err http_new(struct arena *arena, const char *url, const char *token, struct http **http) {
    const struct curl_late *curl = curl_late();
    if (sodium_init() < 0 || curl == NULL || curl->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        return ERR_INTERNAL;
    }
    struct http *made = ARENA_NEW(arena, struct http);
    made->arena = arena;
    made->curl = curl;
    made->url = arena_strdup(arena, url);
    made->token = arena_strdup(arena, token);
    made->multi = curl->multi_init();
    if (made->multi == NULL) {
        return ERR_INTERNAL;
    }
    arena_defer(arena, close_multi, made->multi);
    *http = made;
    return OK;
}

const char *http_key(struct arena *arena) {
    unsigned char bytes[16];
    randombytes_buf(bytes, sizeof bytes);
    return text_hex(arena, bytes, sizeof bytes);
}

bool call_ok(const struct call *call) {
    return call->status >= 200 && call->status < 300;
}

void call_json(struct arena *arena, struct call *call, const cJSON *body) {
    char *text = cJSON_PrintUnformatted(body);
    arena_defer(arena, cJSON_free, text);
    call->body = span_of(text);
    call->type = "application/json";
}

const char *json_text(const cJSON *object, const char *name) {
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, name));
}

int64_t json_int(const cJSON *object, const char *name) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsNumber(item) ? (int64_t)item->valuedouble : 0;
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user) {
    struct flight *flight = user;
    buf_add(&flight->body, bytes, size * count);
    return size * count;
}

/* Keeps the headers that callers ask for. */
static size_t on_header(char *bytes, size_t size, size_t count, void *user) {
    struct flight *flight = user;
    struct arena *arena = flight->http->arena;
    size_t length = size * count;
    const char *colon = memchr(bytes, ':', length);
    if (colon == NULL) {
        return length;
    }
    size_t name = (size_t)(colon - bytes);
    struct span value = text_trim((struct span){colon + 1, length - name - 1});
    if (name == 8 && strncasecmp(bytes, "Location", 8) == 0) {
        flight->call->location = arena_copy(arena, value.ptr, value.len);
    } else if (name == 4 && strncasecmp(bytes, "ETag", 4) == 0) {
        flight->call->etag = arena_copy(arena, value.ptr, value.len);
    } else if (name == 12 && strncasecmp(bytes, "Content-Type", 12) == 0) {
        flight->call->reply_type = arena_copy(arena, value.ptr, value.len);
    }
    return length;
}

static void add_header(struct flight *flight, const char *name, const char *value) {
    if (value == NULL) {
        return;
    }
    const char *line = arena_printf(flight->http->arena, "%s: %s", name, value);
    flight->headers = flight->http->curl->slist_append(flight->headers, line);
}

static const char *const VERBS[] = {"GET", "POST", "PUT", "DELETE"};

static void set_headers(struct flight *flight) {
    struct call *call = flight->call;
    struct arena *arena = flight->http->arena;
    const char *token = call->token != NULL ? call->token : flight->http->token;
    if (call->verb != VERB_GET && call->key == NULL) {
        call->key = http_key(arena);
    }
    add_header(flight, "Accept", call->accept != NULL ? call->accept : "application/json");
    add_header(flight, "Authorization",
               token != NULL ? arena_printf(arena, "Bearer %s", token) : NULL);
    add_header(flight, "Idempotency-Key", call->verb != VERB_GET ? call->key : NULL);
    add_header(flight, "If-Match", call->match);
    add_header(flight, "Content-Type", call->body.ptr != NULL ? call->type : NULL);
    /* No pause for a "100 Continue". */
    flight->headers = flight->http->curl->slist_append(flight->headers, "Expect:");
}

static void launch(struct flight *flight) {
    struct call *call = flight->call;
    struct http *http = flight->http;
    CURL *easy = flight->handle;
    const struct curl_late *curl = http->curl;
    curl->easy_reset(easy);
    buf_init(&flight->body, http->arena, 512);
    flight->headers = NULL;
    call->status = 0;
    call->reply_type = "";
    set_headers(flight);
    curl->easy_setopt(easy, CURLOPT_URL, arena_printf(http->arena, "%s%s", http->url, call->path));
    curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl->easy_setopt(easy, CURLOPT_CUSTOMREQUEST, VERBS[call->verb]);
    if (call->verb != VERB_GET) {
        curl->easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
        curl->easy_setopt(easy, CURLOPT_POSTFIELDS, call->body.ptr != NULL ? call->body.ptr : "");
    }
    curl->easy_setopt(easy, CURLOPT_HTTPHEADER, flight->headers);
    curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl->easy_setopt(easy, CURLOPT_WRITEDATA, flight);
    curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl->easy_setopt(easy, CURLOPT_HEADERDATA, flight);
    curl->easy_setopt(easy, CURLOPT_PRIVATE, flight);
    curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(easy, CURLOPT_TIMEOUT, (long)TIMEOUT_S);
    curl->multi_add_handle(http->multi, easy);
}

/* Takes the answer in; false when the call should be sent again. */
static bool land(struct flight *flight, CURLcode result) {
    struct call *call = flight->call;
    struct arena *arena = flight->http->arena;
    const struct curl_late *curl = flight->http->curl;
    long status = 0;
    curl->easy_getinfo(flight->handle, CURLINFO_RESPONSE_CODE, &status);
    curl->multi_remove_handle(flight->http->multi, flight->handle);
    curl->slist_free_all(flight->headers);
    if (result != CURLE_OK) {
        return false;
    }
    call->status = (int)status;
    buf_add(&flight->body, "", 0);
    call->reply = (struct span){flight->body.len > 0 ? flight->body.ptr : "", flight->body.len};
    if (strstr(call->reply_type, "json") != NULL) {
        cJSON *tree = cJSON_ParseWithLength(call->reply.ptr, call->reply.len);
        arena_defer(arena, free_json, tree);
        call->json = tree;
    }
    return status != 503;
}

/* The calls that are waiting to be sent (again). */
struct queue {
    struct call **calls;
    size_t count;
};

static void collect(struct http *http, struct queue *again, int *flying, bool *idle,
                    struct flight *flights) {
    CURLMsg *message;
    int left;
    while ((message = http->curl->multi_info_read(http->multi, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        struct flight *flight;
        http->curl->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&flight);
        if (!land(flight, message->data.result)) {
            again->calls[again->count++] = flight->call;
        }
        (*flying)--;
        idle[flight - flights] = true;
    }
}

/* One pass over `todo`; those to be repeated end up in `again`. */
static void fly(struct http *http, const struct queue *todo, struct queue *again, int parallel) {
    struct flight *flights = arena_array(http->arena, (size_t)parallel, sizeof *flights);
    bool idle[PARALLEL_MAX];
    size_t next = 0;
    int flying = 0;
    for (int i = 0; i < parallel; i++) {
        flights[i] = (struct flight){.http = http, .handle = http->handles[i]};
        idle[i] = true;
    }
    while (next < todo->count || flying > 0) {
        for (int i = 0; i < parallel && next < todo->count; i++) {
            if (idle[i]) {
                flights[i].call = todo->calls[next++];
                launch(&flights[i]);
                idle[i] = false;
                flying++;
            }
        }
        int running;
        http->curl->multi_perform(http->multi, &running);
        collect(http, again, &flying, idle, flights);
        if (flying > 0 && running > 0) {
            http->curl->multi_poll(http->multi, NULL, 0, 1000, NULL);
        }
    }
}

static Err open_handles(struct http *http, int parallel) {
    for (int i = 0; i < parallel; i++) {
        if (http->handles[i] == NULL) {
            http->handles[i] = http->curl->easy_init();
            if (http->handles[i] == NULL) {
                return ERR_INTERNAL;
            }
            arena_defer(http->arena, close_handle, http->handles[i]);
        }
    }
    return OK;
}

Err http_send_all(struct http *http, struct call *calls, size_t count, int parallel) {
    if (parallel < 1 || parallel > PARALLEL_MAX) {
        parallel = PARALLEL_MAX;
    }
    TRY(open_handles(http, parallel));
    struct queue todo = {arena_array(http->arena, count, sizeof(struct call *)), count};
    struct queue again = {arena_array(http->arena, count, sizeof(struct call *)), 0};
    for (size_t i = 0; i < count; i++) {
        todo.calls[i] = &calls[i];
    }
    int64_t give_up = 0; /* counted from the first failure: a long list takes longer than that */
    for (int round = 1;; round++) {
        fly(http, &todo, &again, parallel);
        give_up = round == 1 ? clock_ticks() + PATIENCE_MS : give_up;
        if (again.count == 0) {
            return OK;
        }
        if (round >= ROUNDS_MIN && clock_ticks() > give_up) {
            break;
        }
        http->curl->multi_poll(http->multi, NULL, 0, PAUSE_MS, NULL);
        struct queue swap = todo;
        todo = again;
        again = (struct queue){swap.calls, 0};
    }
    for (size_t i = 0; i < again.count; i++) {
        if (again.calls[i]->status == 0) {
            return ERR_UNAVAILABLE;
        }
    }
    return OK;
}

Err http_send(struct http *http, struct call *call) {
    return http_send_all(http, call, 1, 1);
}
