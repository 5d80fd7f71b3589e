/* lanes.c - the read lane's batches, and the queue for connections that a task holds. */
#include "own.h"

#include <stdlib.h>

#include "../../lib/base/memory.h"

/* Above these, a request is refused at once rather than kept waiting. */
enum { READS_WAITING_MAX = 2000, HOLDERS_WAITING_MAX = 200 };
/* Calls under way on a read connection; the others wait for the next turn. */
enum { READS_SENT_MAX = 256 };
/* Groups under way on a read connection: one that is served and one that waits behind it. More
 * would make each smaller, and loop and PostgreSQL wake each other for every request. */
enum { GROUPS_SENT_MAX = 2 };

void lane_init(struct lane *lane, struct pool *pool, enum db_class class, enum lane_kind kind,
               int size) {
    lane->pool = pool;
    lane->class = class;
    lane->kind = kind;
    lane->size = size > CONNS_MAX ? CONNS_MAX : size;
    lane->last = &lane->first;
    lane->last_holder = &lane->first_holder;
    for (int i = 0; i < lane->size; i++) {
        struct conn *conn = &lane->conns[i];
        conn->pool = pool;
        conn->lane = lane;
        conn->today = DATE_NONE;
        conn->prepared = calloc((size_t)stmt_count + 1, 1);
        if (conn->prepared == NULL) {
            memory_lacking();
        }
    }
}

static bool due(const struct conn *conn) {
    return conn->state == CONN_DOWN && !conn->held && conn->retry_at <= clock_ticks();
}

/* False when every connection failed a moment ago: waiting would only fill the queues. */
static bool hopeful(const struct lane *lane) {
    for (int i = 0; i < lane->size; i++) {
        const struct conn *conn = &lane->conns[i];
        if (conn->state != CONN_DOWN || conn->held || conn->retry_at <= clock_ticks()) {
            return !lane->pool->closing;
        }
    }
    return false;
}

static void connect_one(struct lane *lane) {
    for (int i = 0; i < lane->size; i++) {
        if (due(&lane->conns[i])) {
            conn_connect(&lane->conns[i]);
            return;
        }
    }
}

/* Looked at after the attempts: one that failed at once (no socket there) must be made again. */
static bool reconnecting(const struct lane *lane) {
    bool wanted = lane->kind == LANE_READ || lane->waiting > 0;
    for (int i = 0; i < lane->size; i++) {
        enum conn_state state = lane->conns[i].state;
        if (state == CONN_CONNECTING || (wanted && state == CONN_DOWN)) {
            return true;
        }
    }
    return false;
}

bool lane_reconnect(struct lane *lane, int64_t now) {
    if (lane->pool->closing) {
        return false;
    }
    int wanted = lane->kind == LANE_READ ? lane->size : lane->waiting;
    for (int i = 0; i < lane->size; i++) {
        wanted -= lane->conns[i].state == CONN_CONNECTING;
    }
    for (int i = 0; i < lane->size; i++) {
        struct conn *conn = &lane->conns[i];
        if (conn->state == CONN_CONNECTING && now > conn->retry_at) {
            conn_break(conn, false);
        } else if (wanted > 0 && due(conn)) {
            wanted--;
            conn_connect(conn);
        }
    }
    return reconnecting(lane);
}

/* --- held connections ------------------------------------------------------------------------ */

static struct holder *take_holder(struct lane *lane) {
    struct holder *holder = lane->first_holder;
    lane->first_holder = holder->next;
    if (lane->first_holder == NULL) {
        lane->last_holder = &lane->first_holder;
    }
    lane->waiting--;
    return holder;
}

static void serve_holders(struct lane *lane) {
    for (int i = 0; i < lane->size && lane->first_holder != NULL; i++) {
        struct conn *conn = &lane->conns[i];
        if (conn->state == CONN_UP && !conn->held) {
            struct holder *holder = take_holder(lane);
            conn->held = true;
            holder->conn = conn;
            wait_end(lane->pool, &holder->wait);
        }
    }
}

static void refuse_all(struct lane *lane) {
    while (lane->first_holder != NULL) {
        struct holder *holder = take_holder(lane);
        holder->err = ERR_UNAVAILABLE;
        wait_end(lane->pool, &holder->wait);
    }
    while (lane->first != NULL) {
        struct call *call = lane->first;
        lane->first = call->next;
        call_end(lane->pool, call, ERR_UNAVAILABLE);
    }
    lane->last = &lane->first;
    lane->waiting = 0;
}

/* For pool_ready(). */
static void tell_ready(const struct lane *lane) {
    bool up = false;
    for (int i = 0; i < lane->size; i++) {
        up = up || lane->conns[i].state == CONN_UP;
    }
    if (up) {
        atomic_fetch_or(&lane->pool->ready, 1U << lane->class);
    } else {
        atomic_fetch_and(&lane->pool->ready, ~(1U << lane->class));
    }
}

void lane_changed(struct lane *lane) {
    if (lane->kind == LANE_READ) {
        tell_ready(lane);
    } else {
        serve_holders(lane);
    }
    if (!hopeful(lane)) {
        refuse_all(lane);
    }
    loop_again(lane->pool->loop);
}

static void leave_holders(struct lane *lane, struct holder *gone) {
    struct holder **at = &lane->first_holder;
    while (*at != gone) {
        at = &(*at)->next;
    }
    *at = gone->next;
    if (*at == NULL) {
        lane->last_holder = at;
    }
    lane->waiting--;
}

Err lane_hold(struct lane *lane, int64_t deadline, struct conn **conn) {
    if (lane->pool->closing) {
        return ERR_UNAVAILABLE;
    }
    for (int i = 0; i < lane->size && lane->first_holder == NULL; i++) {
        if (lane->conns[i].state == CONN_UP && !lane->conns[i].held) {
            *conn = &lane->conns[i];
            (*conn)->held = true;
            return OK;
        }
    }
    connect_one(lane);
    if (!hopeful(lane)) {
        return ERR_UNAVAILABLE;
    }
    if (lane->waiting >= HOLDERS_WAITING_MAX) {
        return ERR_OVERLOADED;
    }
    struct holder holder = {.err = OK};
    *lane->last_holder = &holder;
    lane->last_holder = &holder.next;
    lane->waiting++;
    Err err = wait_for(lane->pool, &holder.wait, deadline);
    if (err != OK) {
        leave_holders(lane, &holder);
        return err;
    }
    TRY(holder.err);
    *conn = holder.conn;
    return OK;
}

void lane_release(struct conn *conn) {
    conn->held = false;
    conn->warned = false;
    lane_changed(conn->lane);
}

Err lane_finish(struct conn *conn, struct call *last, int64_t deadline) {
    conn_sync(conn, last);
    if (conn->state != CONN_UP) {
        conn_forget(conn, last);
        return ERR_UNAVAILABLE;
    }
    Err err = wait_for(conn->pool, &last->wait, deadline);
    if (err != OK) {
        conn_forget(conn, last);
        conn_break(conn, true);
        return err;
    }
    return last->err;
}

/* --- the read lane --------------------------------------------------------------------------- */

static void enqueue(struct lane *lane, struct call *call) {
    call->next = NULL;
    *lane->last = call;
    lane->last = &call->next;
    lane->waiting++;
    loop_again(lane->pool->loop);
}

void lane_requeue(struct lane *lane, struct call *call) {
    call->alone = true;
    call->conn = NULL;
    enqueue(lane, call);
    if (!hopeful(lane)) {
        refuse_all(lane);
    }
}

static void leave_queue(struct lane *lane, const struct call *gone) {
    struct call **at = &lane->first;
    while (*at != NULL && *at != gone) {
        at = &(*at)->next;
    }
    if (*at == NULL) {
        return;
    }
    *at = gone->next;
    if (*at == NULL) {
        lane->last = at;
    }
    lane->waiting--;
}

Err lane_read(struct lane *lane, struct call *call, int64_t deadline) {
    connect_one(lane);
    if (!hopeful(lane)) {
        return ERR_UNAVAILABLE;
    }
    if (lane->waiting >= READS_WAITING_MAX) {
        return ERR_OVERLOADED;
    }
    enqueue(lane, call);
    Err err = wait_for(lane->pool, &call->wait, deadline);
    if (err != OK) {
        leave_queue(lane, call);
        if (call->conn != NULL) {
            conn_forget(call->conn, call);
        }
        PQclear(call->result);
        return err;
    }
    return call->err;
}

/* The session's day, for calls without settings of their own. */
static void send_today(struct conn *conn, date today) {
    if (conn->today == today) {
        return;
    }
    char day[DATE_TEXT];
    date_format(today, day);
    const struct params params = {1, (const char *[]){day}, (int[]){0}, (int[]){0}};
    conn_prepare(conn, Q_DB_SET_TODAY, NULL);
    conn_send(conn, STEP_TODAY, Q_DB_SET_TODAY, &params, NULL);
    conn_sync(conn, NULL);
    conn->today = today;
}

static void send_call(struct conn *conn, struct call *call) {
    if (call->act_as != NULL) {
        conn_send(conn, STEP_SET, Q_DB_ACT_AS, call->act_as, call);
    }
    conn_send(conn, STEP_CALL, call->stmt, call->params, call);
}

static struct conn *least_busy(struct lane *lane) {
    struct conn *best = NULL;
    for (int i = 0; i < lane->size; i++) {
        struct conn *conn = &lane->conns[i];
        if (conn->state == CONN_UP && (best == NULL || conn->calls < best->calls)) {
            best = conn;
        }
    }
    return best;
}

/* The batch's calls of one kind, with one Sync: an implicit transaction. A call's own settings come
 * right before it and take the place of those before; when they fail, nothing behind them in the
 * group is run. So nobody is served under another's settings, and the Sync ends the last ones. */
static void send_group(struct conn *conn, struct call *batch, bool with_actor) {
    bool any = false;
    for (struct call *call = batch; call != NULL; call = call->next) {
        if (!call->alone && (call->act_as != NULL) == with_actor) {
            send_call(conn, call);
            any = true;
        }
    }
    if (any) {
        conn_sync(conn, NULL);
    }
}

/* Sends the batch: what is not yet prepared, the lone ones, and the others in two groups. */
static void send_batch(struct conn *conn, struct call *batch) {
    send_today(conn, clock_today(conn->pool->clock));
    for (struct call *call = batch; call != NULL; call = call->next) {
        if (call->act_as != NULL) {
            conn_prepare(conn, Q_DB_ACT_AS, call);
        }
        conn_prepare(conn, call->stmt, call);
    }
    for (struct call *call = batch; call != NULL; call = call->next) {
        if (call->alone) {
            send_call(conn, call);
            conn_sync(conn, NULL);
        }
    }
    send_group(conn, batch, false);
    send_group(conn, batch, true);
}

void lane_flush(struct lane *lane) {
    struct conn *conn = lane->first == NULL ? NULL : least_busy(lane);
    if (conn == NULL || conn->calls >= READS_SENT_MAX || conn->syncs >= GROUPS_SENT_MAX) {
        return;
    }
    struct call *batch = lane->first;
    struct call **end = &batch;
    for (unsigned room = READS_SENT_MAX - conn->calls; room > 0 && *end != NULL; room--) {
        end = &(*end)->next;
        lane->waiting--;
    }
    lane->first = *end;
    if (*end == NULL) {
        lane->last = &lane->first;
    }
    *end = NULL;
    send_batch(conn, batch);
    for (struct call *call = batch; conn->state != CONN_UP && call != NULL; call = call->next) {
        call_end(lane->pool, call, ERR_UNAVAILABLE);
    }
}
