/* stops.c - the six stops of a request, in order. */
#include "stops.h"

#include "../../lib/base/clock.h"
#include "../app.h"
#include "criteria.h"
#include "handler.h"
#include "loop_server.h"
#include "sent.h"
#include "session.h"

/* --- who ----------------------------------------------------------------------------------------
 */

static void pick_language(struct exchange *ex) {
    const char *cookie = req_get_cookie(&ex->req, LANG_COOKIE);
    const char *accepted = exchange_header(ex, "Accept-Language");
    const char *code = cookie != NULL && !ex->req.api ? cookie : ex->who.lang;
    if (code == NULL && accepted == NULL && ex->req.api) {
        code = "en"; /* programs that say nothing */
    }
    ex->lang = lang_pick(code, accepted);
}

static Err find_who(struct exchange *ex) {
    struct req *req = &ex->req;
    Err err = session_find(ex);
    pick_language(ex);
    TRY(err);
    req->db = db_as(req->db, &ex->who.actor);
    req->account = ex->who.actor.account;
    req->org = ex->who.actor.org;
    req->role = ex->who.role;
    return OK;
}

static Err permit(const struct exchange *ex) {
    const struct route *route = ex->match.route;
    if (ex->who.read_only && route->method != GET) {
        return ERR_FORBIDDEN;
    }
    if ((route->allow & (unsigned)PUBLIC) != 0) {
        return OK;
    }
    if (ex->who.actor.account == 0) {
        return ERR_NOT_LOGGED_IN;
    }
    return (route->allow & ex->who.role) != 0 ? OK : ERR_FORBIDDEN;
}

/* --- all of them --------------------------------------------------------------------------------
 */

/* The request as nobody's, with its day. */
static void begin(struct exchange *ex) {
    struct req *req = &ex->req;
    req->now = clock_now(req->app->clock);
    req->today = clock_today(req->app->clock);
    req->route = ex->match.route;
    req->role = PUBLIC;
    req->db = db_open(ex->server->pool, req->arena, &req->faults, &ex->who.actor,
                      clock_ticks() + ex->server->limits.request);
}

static Err serve_read(struct exchange *ex) {
    TRY(handler_read(ex));
    TRY(faults_err(&ex->req.faults));
    return respond_read(ex);
}

static Err serve_write(struct exchange *ex) {
    bool replayed = false;
    TRY(sent_read(ex));
    TRY(handler_write(ex, &replayed));
    return respond_write(ex, replayed);
}

static Err serve(struct exchange *ex) {
    struct req *req = &ex->req;
    const struct route *route = ex->match.route;
    const char *why = "";
    if (ex->refused != OK) {
        pick_language(ex);
        return ex->refused;
    }
    if (static_file(ex)) {
        return OK;
    }
    begin(ex);
    bool bare = route != NULL && (route->flags & ROUTE_RAW) != 0 && route->allow == PUBLIC;
    Err who = bare ? OK : find_who(ex);
    if (route == NULL) {
        return ex->match.methods == 0 ? ERR_NOT_FOUND : ERR_METHOD_NOT_ALLOWED;
    }
    TRY(who);
    TRY(permit(ex));
    Err query = form_decode(req->arena, span_of(ex->query), &ex->args, &why);
    ex->refused_detail = why;
    TRY(query);
    TRY(criteria_query(ex));
    return route->method == GET ? serve_read(ex) : serve_write(ex);
}

void stops_run(struct exchange *ex) {
    faults_init(&ex->req.faults, ex->req.arena);
    ex->req.view = view_new(ex->req.arena);
    Err err = serve(ex);
    if (err != OK && criteria_refused(ex, err)) {
        Err recorded = criteria_record(ex); /* unrecorded, it would be another fault's answer */
        err = recorded == OK ? err : recorded;
    }
    if (err != OK) {
        respond_error(ex, err);
    }
    ex->done = true;
}

/* --- before an upload ---------------------------------------------------------------------------
 */

static Err admit(struct exchange *ex) {
    begin(ex);
    TRY(find_who(ex));
    TRY(permit(ex));
    if (ex->who.actor.account == 0) {
        return exchange_length(ex, BODY_MAX, "1 MiB");
    }
    ex->body.spool = spool_open(ex->req.arena, ex->req.app->spool);
    ex->refused_detail = "the spool";
    return ex->body.spool >= 0 ? OK : spool_failed();
}

void stops_admit(struct exchange *ex) {
    faults_init(&ex->req.faults, ex->req.arena);
    buf_init(&ex->body.memory, ex->req.arena, 0);
    ex->refused = admit(ex);
    if (ex->refused != OK) { /* so that nobody sends hundreds of megabytes for a refusal */
        int64_t size = 0;
        const char *length = exchange_header(ex, "Content-Length");
        ex->at_once = !text_int(span_of(length), &size) || size > DISCARD_MAX;
    }
}
