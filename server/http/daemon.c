/* daemon.c - one libmicrohttpd daemon on a loop: its epoll descriptor is polled by libuv, requests
 * become tasks, connections that take too long are closed. See docs/adr/0004 for the pitfalls. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../lib/base/clock.h"
#include "../../lib/base/log.h"
#include "../../lib/base/memory.h"
#include "../app.h"
#include "../run/task.h"
#include "answer.h"
#include "loop_server.h"
#include "stops.h"

enum { BACKLOG = 1024, SWEEP_MILLIS = 1000 };
/* Bytes of an answer that wait in the kernel before the network takes them. Without it each client
 * that does not read keeps a whole answer there, and a few thousand of them all the memory that the
 * machine has for TCP. What is on its way is not limited by it. */
enum { UNSENT_MAX = 16 * 1024 };

/* --- running MHD --------------------------------------------------------------------------------
 */

static void on_timer(uv_timer_t *timer);

/* MHD_run until nothing is ready, then a timer for what MHD waits for. */
static void run_daemon(struct loop_server *server) {
    MHD_UNSIGNED_LONG_LONG wait = 0;
    if (server->daemon == NULL) {
        return;
    }
    server->wake = false;
    (void)MHD_run(server->daemon);
    if (MHD_get_timeout(server->daemon, &wait) != MHD_YES) {
        (void)uv_timer_stop(server->timer);
    } else {
        (void)uv_timer_start(server->timer, on_timer, wait, 0);
    }
}

static void on_timer(uv_timer_t *timer) {
    run_daemon(timer->data);
}

static void on_ready(uv_poll_t *poll, int status, int events) {
    (void)status;
    (void)events;
    run_daemon(poll->data);
}

/* Requests that ended in this turn of the loop are resumed together. */
static void on_turn(void *arg) {
    struct loop_server *server = arg;
    for (int rounds = 0; server->wake && rounds < 4; rounds++) {
        run_daemon(server);
    }
}

static void set_limit(struct exchange *ex, int64_t limit) {
    if (ex->peer != NULL) {
        ex->peer->since = limit == 0 ? 0 : clock_ticks();
        ex->peer->limit = limit;
    }
}

/* A task's end: a suspended request has its reply, or goes on to its body. */
static void finished(struct exchange *ex) {
    struct loop_server *server = ex->server;
    server->active--;
    atomic_fetch_sub_explicit(&server->metrics.active, 1, memory_order_relaxed);
    ex->running = false;
    if (!ex->done) { /* admitted or refused, before its body */
        set_limit(ex, ex->body.spool >= 0 ? server->limits.upload : server->limits.read);
    }
    if (ex->suspended) {
        ex->suspended = false;
        MHD_resume_connection(ex->connection);
        server->wake = true;
        loop_again(server->loop); /* on_turn may have run already */
    }
}

/* --- connections --------------------------------------------------------------------------------
 */

static void on_connection(void *arg, struct MHD_Connection *mhd, void **socket_context,
                          enum MHD_ConnectionNotificationCode code) {
    struct loop_server *server = arg;
    struct connection *connection = *socket_context;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *info =
            MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        connection = calloc(1, sizeof *connection);
        if (connection == NULL) {
            memory_lacking();
        }
        connection->server = server;
        connection->fd = info == NULL ? -1 : info->connect_fd;
        connection->since = clock_ticks();
        connection->limit = server->limits.idle;
        connection->next = server->connections;
        if (server->connections != NULL) {
            server->connections->previous = connection;
        }
        server->connections = connection;
        *socket_context = connection;
        atomic_fetch_add_explicit(&server->metrics.connections, 1, memory_order_relaxed);
        return;
    }
    if (connection->previous != NULL) {
        connection->previous->next = connection->next;
    } else {
        server->connections = connection->next;
    }
    if (connection->next != NULL) {
        connection->next->previous = connection->previous;
    }
    free(connection);
    *socket_context = NULL;
    atomic_fetch_sub_explicit(&server->metrics.connections, 1, memory_order_relaxed);
}

/* MHD's own timeout counts inactivity: one byte a second outlives it. These deadlines are absolute.
 */
static void sweep(void *arg) {
    struct loop_server *server = arg;
    int64_t now = clock_ticks();
    for (struct connection *c = server->connections; c != NULL; c = c->next) {
        if (c->limit > 0 && now - c->since > c->limit && c->fd >= 0) {
            (void)shutdown(c->fd, SHUT_RDWR);
            c->limit = 0;
        }
    }
    task_wipe_idle(server->loop);
}

static struct connection *connection_of(struct MHD_Connection *mhd) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info == NULL ? NULL : info->socket_context;
}

/* --- one request --------------------------------------------------------------------------------
 */

static struct arena *take_arena(struct loop_server *server) {
    return server->spare_count > 0 ? server->spare[--server->spare_count] : arena_new();
}

static void give_arena(struct loop_server *server, struct arena *arena) {
    if (server->spare_count == SPARE_ARENAS) {
        arena_free(arena);
        return;
    }
    arena_reset(arena);
    server->spare[server->spare_count++] = arena;
}

_Static_assert(REQUEST_ID == 2 * ID_BYTES + 1, "two digits a byte");

/* Its bytes come from a stock, so that the kernel is not asked for each request. */
static void new_request_id(struct loop_server *server, char id[REQUEST_ID]) {
    if (server->ids_left == 0) {
        randombytes_buf(server->ids, sizeof server->ids);
        server->ids_left = IDS_STOCK;
    }
    (void)sodium_bin2hex(id, REQUEST_ID, server->ids[--server->ids_left], ID_BYTES);
}

/* Called with the raw URL as soon as the first line is there: the exchange begins. A NUL in the
 * first line ends the C string before its version word. */
static void *on_uri(void *arg, const char *uri, struct MHD_Connection *mhd) {
    struct loop_server *server = arg;
    struct arena *arena = take_arena(server);
    struct exchange *ex = ARENA_NEW(arena, struct exchange);
    size_t len = strnlen(uri, URL_MAX + 1);
    ex->req.arena = arena;
    ex->req.app = server->app;
    ex->server = server;
    ex->connection = mhd;
    ex->peer = connection_of(mhd);
    ex->started = clock_ticks();
    ex->body.spool = -1;
    ex->reply.status = MHD_HTTP_OK;
    ex->reply.max_age = -1;
    ex->who.csrf = "";
    ex->who.actor = (struct db_actor){DB_PUBLIC, 0, 0, ""};
    ex->who.role = PUBLIC;
    ex->url = arena_copy(arena, uri, len);
    ex->path = arena_copy(arena, uri, strcspn(ex->url, "?"));
    ex->query = ex->url[strlen(ex->path)] == '?' ? ex->url + strlen(ex->path) + 1 : "";
    if (len > URL_MAX) {
        ex->refused = ERR_URI_TOO_LONG;
        ex->refused_detail = "4096 bytes";
    } else {
        char after = uri[len + 1];
        bool version = after == 'H' || after == ' ' || after == '\t' || after == '\0';
        ex->refused = version ? OK : ERR_BAD_REQUEST;
        ex->refused_detail = "a NUL in the address";
    }
    new_request_id(server, ex->request_id);
    set_limit(ex, server->limits.read);
    return ex;
}

/* Percent-escapes are read by our own code only. */
static size_t keep_escapes(void *arg, struct MHD_Connection *mhd, char *text) {
    (void)arg;
    (void)mhd;
    return strlen(text);
}

static void run(void *exchange) {
    stops_run(exchange);
    finished(exchange);
}

static void admit(void *exchange) {
    stops_admit(exchange);
    finished(exchange);
}

/* The connection rests while a task is under way for it. */
static void run_task(struct exchange *ex, void (*work)(void *exchange)) {
    struct loop_server *server = ex->server;
    server->active++;
    atomic_fetch_add_explicit(&server->metrics.active, 1, memory_order_relaxed);
    set_limit(ex, 0);
    ex->running = true;
    task_spawn(server->loop, work, ex);
    if (ex->running) {
        ex->suspended = true;
        MHD_suspend_connection(ex->connection);
    }
}

static void dispatch(struct exchange *ex) {
    struct loop_server *server = ex->server;
    if (server->active >= ACTIVE_MAX && ex->refused == OK) {
        ex->refused = ERR_OVERLOADED;
        atomic_fetch_add_explicit(&server->metrics.shed, 1, memory_order_relaxed);
    }
    ex->leaving = true;
    server->leaving++;
    run_task(ex, run);
}

static enum MHD_Result send_answer(struct exchange *ex) {
    set_limit(ex, ex->server->limits.write);
    return answer_queue(ex);
}

static enum MHD_Result take_body(struct exchange *ex, const char *data, size_t *size) {
    if (ex->refused == OK) {
        bool spooled = ex->body.spool >= 0;
        ex->refused = body_add(&ex->body, data, *size, spooled ? UPLOAD_MAX : BODY_MAX);
        ex->refused_detail = spooled ? "256 MiB" : "1 MiB";
    } else {
        ex->body.size += *size; /* thrown away, up to a point */
        if (ex->body.size > DISCARD_MAX) {
            return MHD_NO;
        }
    }
    *size = 0;
    return MHD_YES;
}

/* Goes on to the body; or answers already, which closes the connection. */
static enum MHD_Result after_head(struct exchange *ex) {
    if (!ex->at_once || ex->refused == OK) {
        return MHD_YES;
    }
    dispatch(ex);
    return ex->done ? send_answer(ex) : MHD_YES;
}

static enum MHD_Result take_head(struct exchange *ex, const char *method) {
    ex->head_seen = true;
    answer_head(ex, method);
    set_limit(ex, ex->server->limits.read);
    if (ex->asks_upload && ex->refused == OK) {
        run_task(ex, admit);
        if (ex->running) {
            ex->head_again = true;
            return MHD_YES;
        }
    }
    return after_head(ex);
}

static enum MHD_Result on_request(void *arg, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *size, void **context) {
    struct exchange *ex = *context;
    (void)arg;
    (void)mhd;
    (void)url;
    (void)version;
    if (!ex->head_seen) {
        return take_head(ex, method);
    }
    if (ex->running) {
        return MHD_YES;
    }
    if (ex->head_again) { /* suspended in its first call, MHD makes that call once more */
        ex->head_again = false;
        return after_head(ex);
    }
    if (*size > 0) {
        return take_body(ex, data, size);
    }
    if (!ex->done) {
        dispatch(ex);
    }
    return ex->done ? send_answer(ex) : MHD_YES;
}

static void on_completed(void *arg, struct MHD_Connection *mhd, void **context,
                         enum MHD_RequestTerminationCode code) {
    struct exchange *ex = *context;
    (void)arg;
    (void)mhd;
    if (ex == NULL) {
        return;
    }
    answer_log(ex, code == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    set_limit(ex, ex->server->limits.idle);
    *context = NULL;
    ex->server->leaving -= ex->leaving;
    give_arena(ex->server, ex->req.arena);
}

/* --- starting and stopping ----------------------------------------------------------------------
 */

static int listen_on(const char *bind_to, int port, int *bound) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
    bool six = inet_pton(AF_INET6, bind_to, &v6.sin6_addr) == 1;
    if (!six && inet_pton(AF_INET, bind_to, &v4.sin_addr) != 1) {
        return -1;
    }
    const struct sockaddr *address = six ? (const void *)&v6 : (const void *)&v4;
    socklen_t size = six ? sizeof v6 : sizeof v4;
    int fd = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int on = 1;
    struct sockaddr_in6 got = {0};
    socklen_t got_size = sizeof got;
    if (fd < 0) {
        return -1;
    }
    int unsent = UNSENT_MAX; /* accepted connections inherit it */
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0 ||
        bind(fd, address, size) != 0 || listen(fd, BACKLOG) != 0 ||
        getsockname(fd, (struct sockaddr *)(void *)&got, &got_size) != 0) {
        (void)close(fd);
        return -1;
    }
    *bound = ntohs(got.sin6_port); /* in the same place for both families */
    return fd;
}

static void quiet(void *arg, const char *format, va_list args) {
    (void)arg;
    (void)format; /* MHD's words hold addresses and headers: counted elsewhere, never logged */
    (void)args;
}

Err daemon_start(struct loop_server *server, const char *bind_to, int port, int *bound) {
    server->listening = listen_on(bind_to, port, bound);
    if (server->listening < 0) {
        return ERR_IO;
    }
    server->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request,
        server, MHD_OPTION_EXTERNAL_LOGGER, quiet, NULL, MHD_OPTION_LISTEN_SOCKET,
        server->listening, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_URI_LOG_CALLBACK, on_uri, server, MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes,
        server, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, server, MHD_OPTION_END);
    if (server->daemon == NULL) {
        (void)close(server->listening);
        return ERR_IO;
    }
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    uv_loop_t *uv = loop_uv(server->loop);
    server->poll = calloc(1, sizeof *server->poll);
    server->timer = calloc(1, sizeof *server->timer);
    if (info == NULL || server->poll == NULL || server->timer == NULL ||
        uv_poll_init(uv, server->poll, info->epoll_fd) != 0 ||
        uv_timer_init(uv, server->timer) != 0) {
        return ERR_IO;
    }
    server->poll->data = server;
    server->timer->data = server;
    (void)uv_poll_start(server->poll, UV_READABLE, on_ready);
    loop_on_turn(server->loop, on_turn, server);
    loop_after(server->loop, SWEEP_MILLIS, true, sweep, server);
    return OK;
}

void daemon_quiesce(struct loop_server *server) {
    server->stopping = true;
    MHD_socket fd = MHD_quiesce_daemon(server->daemon);
    if (fd != MHD_INVALID_SOCKET) {
        (void)close(fd);
    }
    for (struct connection *c = server->connections; c != NULL; c = c->next) {
        c->limit =
            c->limit == server->limits.idle ? 1 : c->limit; /* between requests: closed at once */
    }
    sweep(server);
}

bool daemon_idle(const struct loop_server *server) {
    return server->active == 0 && server->leaving == 0;
}

static void free_handle(uv_handle_t *handle) {
    free(handle);
}

void daemon_close(struct loop_server *server) {
    (void)uv_poll_stop(server->poll);
    (void)uv_timer_stop(server->timer);
    uv_close((uv_handle_t *)server->poll, free_handle);
    uv_close((uv_handle_t *)server->timer, free_handle);
    MHD_stop_daemon(server->daemon);
    server->daemon = NULL;
    while (server->spare_count > 0) {
        arena_free(server->spare[--server->spare_count]);
    }
}
