/* conn.c - one connection in pipeline mode: statements go out as they come, and `steps` remembers
 * what each answer belongs to. Every group ends with a Sync; outside BEGIN it is one implicit
 * transaction. */
#include "own.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/log.h"
#include "../../lib/base/memory.h"
#include "pgerr.h"

enum prepared_state { PREPARED_NO, PREPARED_SENT, PREPARED_YES };
enum { RETRY_FIRST_MS = 50, RETRY_MAX_MS = 1000, CONNECT_MS = 5000 };

/* libuv frees a handle later than we close it, so it lives apart from the connection. It watches a
 * descriptor of its own: libpq closes its socket by itself when the other side goes away, and the
 * number may be another thread's before libuv is told. */
struct poller {
    uv_poll_t handle;
    int fd;
    struct conn *conn;
};

static void on_poll(uv_poll_t *handle, int status, int events);

static void free_poller(uv_handle_t *handle) {
    free(handle->data);
}

static void poller_close(struct conn *conn) {
    if (conn->poller != NULL) {
        conn->poller->conn = NULL;
        uv_close((uv_handle_t *)&conn->poller->handle, free_poller);
        (void)close(conn->poller->fd);
        conn->poller = NULL;
    }
}

static void poller_watch(struct conn *conn, int events) {
    uv_poll_start(&conn->poller->handle, events, on_poll);
}

static bool poller_open(struct conn *conn, int events) {
    struct poller *poller = calloc(1, sizeof *poller);
    if (poller == NULL) {
        memory_lacking();
    }
    poller->conn = conn;
    poller->handle.data = poller;
    poller->fd = fcntl(PQsocket(conn->pg), F_DUPFD_CLOEXEC, 0);
    if (poller->fd < 0) {
        free(poller);
        return false;
    }
    if (uv_poll_init(loop_uv(conn->pool->loop), &poller->handle, poller->fd) != 0) {
        (void)close(poller->fd);
        free(poller);
        return false;
    }
    conn->poller = poller;
    poller_watch(conn, events);
    return true;
}

/* --- steps ----------------------------------------------------------------------------------- */

static void push(struct conn *conn, struct step step) {
    if (conn->count == conn->cap) {
        unsigned cap = conn->cap == 0 ? 64 : conn->cap * 2;
        struct step *steps = calloc(cap, sizeof *steps);
        if (steps == NULL) {
            memory_lacking();
        }
        for (unsigned i = 0; i < conn->count; i++) {
            steps[i] = conn->steps[(conn->head + i) & (conn->cap - 1)];
        }
        free(conn->steps);
        conn->steps = steps;
        conn->cap = cap;
        conn->head = 0;
    }
    conn->steps[(conn->head + conn->count++) & (conn->cap - 1)] = step;
    conn->calls += step.kind == STEP_CALL;
    conn->syncs += step.kind == STEP_SYNC;
}

static struct step pop(struct conn *conn) {
    struct step step = conn->steps[conn->head];
    conn->head = (conn->head + 1) & (conn->cap - 1);
    conn->count--;
    conn->calls -= step.kind == STEP_CALL;
    conn->syncs -= step.kind == STEP_SYNC;
    return step;
}

void conn_forget(struct conn *conn, const struct call *call) {
    for (unsigned i = 0; i < conn->count; i++) {
        struct step *step = &conn->steps[(conn->head + i) & (conn->cap - 1)];
        if (step->call == call) {
            step->call = NULL;
        }
    }
}

void call_end(struct pool *pool, struct call *call, Err err) {
    if (!call->wait.done) {
        call->err = err;
        wait_end(pool, &call->wait);
    }
}

/* --- ends ------------------------------------------------------------------------------------ */

struct cancel {
    uv_work_t work;
    PGcancel *cancel;
};

static void send_cancel(uv_work_t *work) {
    struct cancel *cancel = work->data;
    char ignored[256];
    (void)PQcancel(cancel->cancel, ignored, (int)sizeof ignored);
}

static void cancel_sent(uv_work_t *work, int status) {
    struct cancel *cancel = work->data;
    (void)status;
    PQfreeCancel(cancel->cancel);
    free(cancel);
}

/* PQcancel() opens a connection and blocks, so a pool thread does it. */
static void cancel_query(struct conn *conn) {
    struct cancel *cancel = calloc(1, sizeof *cancel);
    if (cancel == NULL) {
        memory_lacking();
    }
    cancel->work.data = cancel;
    cancel->cancel = PQgetCancel(conn->pg);
    if (cancel->cancel == NULL ||
        uv_queue_work(loop_uv(conn->pool->loop), &cancel->work, send_cancel, cancel_sent) != 0) {
        PQfreeCancel(cancel->cancel);
        free(cancel);
    }
}

static void close_session(struct conn *conn) {
    poller_close(conn);
    if (conn->pg != NULL) {
        PQfinish(conn->pg);
        conn->pg = NULL;
    }
    conn->state = CONN_DOWN;
    conn->dirty = false;
    conn->today = DATE_NONE;
    memset(conn->prepared, PREPARED_NO, (size_t)stmt_count);
    while (conn->count > 0) {
        struct step step = pop(conn);
        if (step.call != NULL) {
            call_end(conn->pool, step.call, ERR_UNAVAILABLE);
        }
    }
}

void conn_break(struct conn *conn, bool cancel) {
    if (conn->state == CONN_DOWN) {
        return;
    }
    if (cancel && conn->state == CONN_UP) {
        cancel_query(conn);
    }
    bool was_up = conn->state == CONN_UP;
    close_session(conn);
    int64_t delay = 0;
    if (!was_up) {
        int doublings = conn->attempts < 6 ? conn->attempts : 6;
        delay = (int64_t)RETRY_FIRST_MS << doublings;
        delay = delay > RETRY_MAX_MS ? RETRY_MAX_MS : delay;
        conn->attempts++;
    }
    conn->retry_at = clock_ticks() + delay;
    if (!cancel) {
        LOG(LOG_WARN, was_up ? "db_connection_lost" : "db_connect_failed",
            LOG_WORD("class", class_login(conn->lane->class)), LOG_INT("attempts", conn->attempts));
    }
    lane_changed(conn->lane);
    pool_tick(conn->pool);
}

void conn_free(struct conn *conn) {
    close_session(conn);
    free(conn->prepared);
    free(conn->steps);
    conn->prepared = NULL;
    conn->steps = NULL;
    conn->cap = 0;
}

/* --- sending --------------------------------------------------------------------------------- */

static void flush(struct conn *conn) {
    int left = PQflush(conn->pg);
    if (left < 0) {
        conn_break(conn, false);
        return;
    }
    conn->dirty = left > 0;
    poller_watch(conn, left > 0 ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}

void conn_prepare(struct conn *conn, enum stmt stmt, struct call *call) {
    if (conn->state != CONN_UP || conn->prepared[stmt] != PREPARED_NO) {
        return;
    }
    const struct stmt_info *info = &stmt_table[stmt];
    if (PQsendPrepare(conn->pg, info->name, info->text, 0, NULL) == 0 ||
        PQpipelineSync(conn->pg) == 0) {
        conn_break(conn, false);
        return;
    }
    conn->prepared[stmt] = PREPARED_SENT;
    push(conn, (struct step){STEP_PREPARE, stmt, call});
    push(conn, (struct step){STEP_SYNC, stmt, NULL});
}

void conn_send(struct conn *conn, enum step_kind kind, enum stmt stmt, const struct params *params,
               struct call *call) {
    if (conn->state != CONN_UP) {
        return;
    }
    if (PQsendQueryPrepared(conn->pg, stmt_table[stmt].name, params == NULL ? 0 : params->count,
                            params == NULL ? NULL : (const char *const *)params->values,
                            params == NULL ? NULL : params->lengths,
                            params == NULL ? NULL : params->formats, 0) == 0) {
        conn_break(conn, false);
        return;
    }
    push(conn, (struct step){kind, stmt, call});
    if (call != NULL) {
        call->conn = conn;
    }
}

void conn_sync(struct conn *conn, struct call *wake) {
    if (conn->state != CONN_UP) {
        return;
    }
    if (PQpipelineSync(conn->pg) == 0) {
        conn_break(conn, false);
        return;
    }
    push(conn, (struct step){STEP_SYNC, Q_DB_BEGIN, wake});
    flush(conn);
}

/* --- receiving ------------------------------------------------------------------------------- */

static bool failed(const PGresult *result) {
    ExecStatusType status = PQresultStatus(result);
    return status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK;
}

/* Made by libpq itself, for want of memory: what the server said is lost, a statement may be
 * prepared there that we think is not. */
static bool made_here(const PGresult *result) {
    return PQresultStatus(result) == PGRES_FATAL_ERROR &&
           PQresultErrorField(result, PG_DIAG_SQLSTATE) == NULL;
}

/* Keeps the first failure of a call's steps: what came before it explains what came after. */
static void keep(struct call *call, PGresult *result) {
    if (call->result != NULL) {
        PQclear(result);
        return;
    }
    call->result = result;
}

/* The answer of a member of a batch on the read lane. */
static void read_answered(struct conn *conn, struct call *call, PGresult *result) {
    bool again = PQresultStatus(result) == PGRES_PIPELINE_ABORTED ||
                 (failed(result) && pgerr_is(result, "26000"));
    if (again && call->result == NULL && call->resent < 3) {
        PQclear(result);
        call->resent++;
        conn->pool->stats.resent++;
        lane_requeue(conn->lane, call);
        return;
    }
    keep(call, result);
    call_end(conn->pool, call, OK);
}

/* At a Sync the implicit transaction commits. What fails there (a deferred constraint) comes before
 * the Sync's own answer and takes the place of the statement's success. */
static void sync_answered(struct conn *conn, PGresult *result) {
    struct call *call = conn->steps[conn->head].call;
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        (void)pop(conn);
        if (call != NULL) {
            call_end(conn->pool, call, OK);
        }
    } else if (call != NULL && (call->result == NULL || !failed(call->result))) {
        PQclear(call->result);
        call->result = result;
        return;
    }
    PQclear(result);
}

static void answered(struct conn *conn, PGresult *result) {
    bool at_sync = conn->count > 0 && conn->steps[conn->head].kind == STEP_SYNC;
    if (made_here(result)) {
        PQclear(result);
        conn_break(conn, false);
        return;
    }
    if (at_sync) {
        sync_answered(conn, result);
        return;
    }
    if (conn->count == 0 || PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        PQclear(result);
        conn_break(conn, false); /* we lost count: nothing from here on can be trusted */
        return;
    }
    struct step step = pop(conn);
    struct call *call = step.call;
    switch (step.kind) {
    case STEP_PREPARE:
        conn->prepared[step.stmt] = failed(result) ? PREPARED_NO : PREPARED_YES;
        break;
    case STEP_TODAY:
        if (failed(result)) {
            conn->today = DATE_NONE;
        }
        break;
    case STEP_SET:
        if (step.stmt == Q_DB_ROLLBACK && failed(result)) {
            PQclear(result);
            conn_break(conn, false); /* its next holder must not find a transaction open */
            return;
        }
        break;
    case STEP_CALL:
        if (call == NULL) {
            break;
        }
        if (conn->lane->kind == LANE_READ) {
            read_answered(conn, call, result);
        } else {
            keep(call, result);
        }
        return;
    case STEP_SYNC:
        break;
    }
    if (call != NULL && failed(result) && PQresultStatus(result) != PGRES_PIPELINE_ABORTED) {
        keep(call, result);
        return;
    }
    PQclear(result);
}

/* FATAL ends the session: whatever holds the connection must not go on with it. */
static bool fatal(const PGresult *result) {
    const char *severity = PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
    return severity != NULL && (strcmp(severity, "FATAL") == 0 || strcmp(severity, "PANIC") == 0);
}

static void receive(struct conn *conn) {
    if (PQconsumeInput(conn->pg) == 0) {
        conn_break(conn, false);
        return;
    }
    int empty = 0;
    bool ended = false;
    while (conn->state == CONN_UP && !PQisBusy(conn->pg) && empty < 2) {
        PGresult *result = PQgetResult(conn->pg); /* NULL between two statements */
        empty = result == NULL ? empty + 1 : 0;
        if (result != NULL) {
            ended = ended || fatal(result);
            answered(conn, result);
        }
    }
    if (conn->state == CONN_UP && (ended || PQstatus(conn->pg) == CONNECTION_BAD)) {
        conn_break(conn, false);
    }
}

/* --- connecting ------------------------------------------------------------------------------ */

static void on_notice(void *arg, const PGresult *notice) {
    struct conn *conn = arg;
    if (pgerr_is(notice, "01000") || pgerr_is(notice, "57P01")) {
        conn->warned = true;
    }
}

static void connected(struct conn *conn) {
    if (PQsetnonblocking(conn->pg, 1) != 0 || PQenterPipelineMode(conn->pg) == 0) {
        conn_break(conn, false);
        return;
    }
    if (conn->attempts > 0) {
        conn->pool->stats.reconnects++;
        pool_hopes(conn->pool);
    }
    conn->state = CONN_UP;
    conn->attempts = 0;
    poller_watch(conn, UV_READABLE);
    lane_changed(conn->lane);
}

/* libpq may have changed its socket, so it is watched anew. */
static void go_on_connecting(struct conn *conn) {
    PostgresPollingStatusType status = PQconnectPoll(conn->pg);
    poller_close(conn);
    int events = status == PGRES_POLLING_WRITING ? UV_WRITABLE : UV_READABLE;
    if (status == PGRES_POLLING_FAILED || !poller_open(conn, events)) {
        conn_break(conn, false);
    } else if (status == PGRES_POLLING_OK) {
        connected(conn);
    }
}

void conn_connect(struct conn *conn) {
    struct arena *arena = arena_new();
    struct conninfo info;
    Err err = conninfo_for(arena, conn->pool->url, conn->pool->password, conn->lane->class,
                           conn->lane->kind, &info);
    conn->state = CONN_CONNECTING;
    conn->retry_at = clock_ticks() + CONNECT_MS;
    if (err == OK) {
        conn->pg = PQconnectStartParams(info.keys, info.values, 0);
    }
    arena_free(arena);
    if (conn->pg == NULL || PQstatus(conn->pg) == CONNECTION_BAD ||
        !poller_open(conn, UV_WRITABLE)) {
        conn_break(conn, false);
        return;
    }
    PQsetNoticeReceiver(conn->pg, on_notice, conn);
    pool_tick(conn->pool);
}

static void on_poll(uv_poll_t *handle, int status, int events) {
    struct poller *poller = handle->data;
    struct conn *conn = poller->conn;
    if (conn == NULL) {
        return;
    }
    struct pool *pool = conn->pool;
    if (status < 0) {
        conn_break(conn, false);
    } else if (conn->state == CONN_CONNECTING) {
        go_on_connecting(conn);
    } else {
        if ((events & UV_READABLE) != 0) {
            receive(conn);
        }
        if (conn->state == CONN_UP && conn->dirty) {
            flush(conn);
        }
    }
    pool_drain(pool);
}
