#include "turn.h"

#include "../../lib/base/arena.h"
#include "../run/job.h"

struct look {
    struct db *db;
    enum stmt next;
    int64_t last;
    struct rows rows;
};

static Err look(void *arg) {
    struct look *look = arg;
    return db_run(look->db, look->next, ARGS(arg_int("last", look->last)), &look->rows);
}

Err turn_next(const struct job_desk *desk, enum stmt next, struct turn *turn) {
    struct look found = {.db = desk->db, .next = next, .last = desk->memory[0]};
    TRY(db_tx(desk->db, NULL, look, &found, NULL, NULL));
    *turn = (struct turn){.row = found.rows};
    if (found.rows.count == 0) {
        return OK;
    }
    struct db_actor actor = {DB_OFII, rows_int(&found.rows, 0, "account_id"),
                             rows_int(&found.rows, 0, "org_id"),
                             rows_text(&found.rows, desk->arena, 0, "role")};
    turn->id = rows_int(&found.rows, 0, "id");
    turn->db = db_as(desk->db, &actor);
    desk->memory[0] = turn->id;
    return OK;
}

bool turn_over(Err why) {
    return why == ERR_NOTHING_TO_MATCH || why == ERR_MATCHING_TOO_LARGE || why == ERR_UNREADABLE ||
           why == ERR_RULE_NOT_CARRIED;
}

struct stopping {
    const struct turn *turn;
    enum stmt stop;
    Err why;
};

static Err stop(void *arg) {
    const struct stopping *stopping = arg;
    return db_run(
        stopping->turn->db, stopping->stop,
        ARGS(arg_int("id", stopping->turn->id), arg_text("code", err_code(stopping->why))), NULL);
}

Err turn_stop(const struct turn *turn, enum stmt stop_by, Err why) {
    struct stopping stopping = {turn, stop_by, why};
    return db_tx(turn->db, NULL, stop, &stopping, NULL, NULL);
}
