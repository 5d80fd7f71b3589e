#include "criteria.h"

#include "../../lib/base/blocked.h"
#include "loop_server.h"

enum { NAME_KEPT = 40 };

Err criteria_query(struct exchange *ex) {
    for (int i = 0; i < ex->args.count; i++) {
        const struct pair *pair = &ex->args.list[i];
        const char *criterion = blocked_criterion(span_of(pair->name));
        if (criterion == NULL) {
            criterion = blocked_in_list(span_of(pair->name), pair->value);
        }
        if (criterion != NULL) {
            (void)fault(&ex->req.faults, pair->name, ERR_CRITERION_BLOCKED, criterion);
        }
    }
    return ex->req.faults.count == 0 ? OK : ERR_CRITERION_BLOCKED;
}

static bool is_blocked(Err err) {
    return err == ERR_CRITERION_BLOCKED || err == ERR_CRITERION_IN_TEXT;
}

bool criteria_refused(const struct exchange *ex, Err err) {
    const struct faults *faults = &ex->req.faults;
    bool found = is_blocked(err);
    for (size_t i = 0; i < faults->count && i < FAULTS_MAX; i++) {
        found = found || is_blocked(faults->list[i].err);
    }
    return found;
}

/* What the name was, as far as it may be kept: the letters of a field's name, never what was
 * typed. */
static const char *name_kept(struct exchange *ex, const char *name) {
    size_t len = 0;
    for (; name[len] != '\0' && len < NAME_KEPT; len++) {
        char c = name[len];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     c == '_' || c == '[' || c == ']' || c == '.' || c == '-';
        if (!plain) {
            break;
        }
    }
    return arena_copy(ex->req.arena, name, len);
}

static Err record_act(void *arg) {
    struct exchange *ex = arg;
    const struct faults *refused = &ex->req.faults;
    size_t count = refused->count < FAULTS_MAX ? refused->count : FAULTS_MAX;
    for (size_t i = 0; i < count; i++) {
        const struct fault *f = &refused->list[i];
        if (is_blocked(f->err)) {
            struct rows rows;
            TRY(db_run(
                ex->req.db, Q_CRITERIA_ATTEMPT,
                ARGS(arg_text("criterion", f->detail), arg_text("name", name_kept(ex, f->field)),
                     arg_text("method", ex->method_word), arg_text("route", ex->match.route->path)),
                &rows));
        }
    }
    return OK;
}

Err criteria_record(struct exchange *ex) {
    struct db_answer answer = {0};
    bool replayed = false;
    atomic_fetch_add_explicit(&ex->server->metrics.blocked, 1, memory_order_relaxed);
    if (ex->who.actor.account == 0) {
        return OK; /* a stranger can fill no log */
    }
    return db_tx(ex->req.db, &(struct db_once){NULL, NULL}, record_act, ex, &answer, &replayed);
}
