/* handler.c - runs a row's handler: a read, or a write that is done once. */
#include "handler.h"

#include <string.h>

#include "../../lib/base/blocked.h"

static void start_over(struct exchange *ex) {
    ex->req.view = view_new(ex->req.arena);
    ex->tables_count = 0;
    ex->lists_count = 0;
    ex->reply.count = 0;
    ex->reply.own_bytes = false;
    faults_init(&ex->req.faults, ex->req.arena);
}

static Err read_act(void *arg) {
    struct exchange *ex = arg;
    start_over(ex);
    return ex->req.route->handler(&ex->req);
}

Err handler_read(struct exchange *ex) {
    struct db_answer answer = {0};
    bool replayed = false;
    if ((ex->req.route->flags & ROUTE_LOOK) == 0) {
        return read_act(ex);
    }
    return db_tx(ex->req.db, &(struct db_once){NULL, NULL}, read_act, ex, &answer, &replayed);
}

/* --- names that the handler did not read --------------------------------------------------------
 */

static bool known(const struct exchange *ex, const char *name) {
    static const char *const own[] = {"csrf", "key", "version", "back", NULL};
    size_t len = strcspn(name, "[");
    for (int i = 0; own[i] != NULL && !ex->req.api; i++) {
        if (strcmp(own[i], name) == 0) {
            return true;
        }
    }
    for (int i = 0; i < ex->tables_count; i++) {
        if (field_find(ex->tables[i], name) != NULL) {
            return true;
        }
    }
    for (int i = 0; i < ex->lists_count; i++) {
        if (strncmp(ex->lists[i], name, len) == 0 && ex->lists[i][len] == '\0') {
            return true;
        }
    }
    return false;
}

static Err refuse_unknown(struct exchange *ex) {
    struct faults *faults = &ex->req.faults;
    for (int i = 0; i < ex->body.form.count; i++) {
        const char *name = ex->body.form.list[i].name;
        if (!known(ex, name)) {
            blocked_unknown(faults, name, name);
        }
    }
    const struct view *object = ex->body.kind == BODY_JSON ? ex->body.json.node : NULL;
    for (int i = 0; object != NULL && i < view_count(object); i++) {
        if (!known(ex, view_name(object, i))) {
            const char *name = view_name(object, i);
            blocked_unknown(faults, name, name);
        }
    }
    return faults_err(faults);
}

/* --- writes -------------------------------------------------------------------------------------
 */

static Err write_act(void *arg) {
    struct exchange *ex = arg;
    start_over(ex);
    TRY(ex->req.route->handler(&ex->req));
    TRY(refuse_unknown(ex));
    respond_prepare(ex);
    return OK;
}

Err handler_write(struct exchange *ex, bool *replayed) {
    *replayed = false;
    if ((ex->req.route->flags & ROUTE_NO_TX) != 0) {
        return write_act(ex);
    }
    struct db_once once = {ex->key, ex->hash};
    return db_tx(ex->req.db, &once, write_act, ex, &ex->answer, replayed);
}
