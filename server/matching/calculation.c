#include "calculation.h"

#include <stddef.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../db/db.h"
#include "../run/job.h"
#include "../run/offload.h"
#include "exported.h"
#include "inputs.h"
#include "kept.h"
#include "matching.h"
#include "suppose.h"
#include "turn.h"

enum { DAYS = 7, HASH = 32 };

const struct field calculation_fields[] = {
    {"days", F_INT, offsetof(struct calculation_terms, days), 0, 60, 0, NULL,
     "Days earlier and later"},
    FIELD_END,
};

enum kind { REPLAY, SIMULATION, KEPT };

/* One calculation, from what it reads to what it stores. */
struct work {
    struct db *db;
    struct arena *arena;
    int64_t id;
    bool patient; /* in the background: may take longer than a request */
    enum kind kind;
    int64_t run;
    int days;
    struct rows rows; /* what it read: a run, or the inputs of today */
    /* computed on a pool thread */
    Err err;
    struct match_exported exported;
    struct match_again again;
    struct match_kept kept;
    struct match_filled filled[MATCH_CASES];
};

static enum kind kind_of(struct span word) {
    return span_is(word, "replay") ? REPLAY : span_is(word, "simulation") ? SIMULATION : KEPT;
}

static Err read_inputs(struct work *work, int64_t campaign) {
    static const struct matching_choice choice = {"points", MATCH_PER_CANDIDATE,
                                                  MATCH_RESERVE_PER_PLACE};
    TRY(matching_inputs(work->db, campaign, &choice, true, &work->rows));
    work->exported.inputs = rows_span(&work->rows, 0, "inputs");
    return OK;
}

/* What it is about, unless it waits no more (ERR_NOT_FOUND). */
static Err read_work(void *arg) {
    struct work *work = arg;
    struct rows row;
    if (work->patient) {
        TRY(db_run(work->db, Q_MATCHING_PATIENCE, ARGS(), NULL));
    }
    TRY(db_one(work->db, Q_CALCULATION_WAITING, ARGS(arg_int("id", work->id)), &row));
    work->kind = kind_of(rows_span(&row, 0, "kind"));
    if (work->kind == SIMULATION) {
        work->days = (int)rows_int(&row, 0, "days");
        return read_inputs(work, rows_int(&row, 0, "campaign_id"));
    }
    work->run = rows_int(&row, 0, "run_id");
    TRY(db_one(work->db, Q_CALCULATION_RUN, ARGS(arg_int("run", work->run)), &work->rows));
    return matching_stored(work->db, &work->rows, &work->exported);
}

static void suppose(struct work *work) {
    struct match_input input;
    int line = 0;
    work->err = match_read(work->arena, work->exported.inputs, &input, &line);
    for (int which = 0; which < MATCH_CASES && work->err == OK; which++) {
        struct arena *scratch = arena_new(); /* a case of a whole country takes 100 MB */
        match_suppose(scratch, &input, (enum match_case)which, work->days, &work->filled[which]);
        arena_free(scratch);
    }
}

static void run_again(struct work *work) {
    int line = 0;
    work->err = exported_run(work->arena, &work->exported, &work->again, &line);
    if (work->err == OK) {
        kept_make(work->arena, work->exported.inputs, &work->again.input, &work->again.output,
                  &work->kept);
    }
}

static void compute(void *arg) {
    struct work *work = arg;
    if (work->kind == SIMULATION) {
        suppose(work);
    } else {
        run_again(work);
    }
}

static Err keep_replay(struct work *work) {
    uint8_t hash[HASH];
    struct span kept = rows_span(&work->rows, 0, "kept_hash");
    bool kept_same = span_is(kept, text_hex(work->arena, work->kept.sha256, HASH));
    if (!text_unhex(span_of(work->again.result_hash), hash, HASH)) {
        return ERR_INTERNAL;
    }
    struct arg told = kept.len == 0 ? arg_null("kept_same") : arg_bool("kept_same", kept_same);
    return db_run(work->db, Q_CALCULATION_REPLAYED,
                  ARGS(arg_int("id", work->id), arg_bool("inputs_same", work->again.inputs_same),
                       arg_bool("result_same", work->again.result_same), told,
                       arg_bytes("result_hash", hash, HASH)),
                  NULL);
}

static Err keep_filled(struct work *work) {
    struct buf filled;
    buf_init(&filled, work->arena, 64);
    for (int which = 0; which < MATCH_CASES; which++) {
        buf_printf(&filled, "%c%d", which == 0 ? '{' : ',', work->filled[which].filled);
    }
    buf_text(&filled, "}");
    return db_run(work->db, Q_CALCULATION_SUPPOSED,
                  ARGS(arg_int("id", work->id), arg_int("places", work->filled[CASE_AS_IS].places),
                       arg_text("filled", filled.ptr)),
                  NULL);
}

static Err keep(void *arg) {
    struct work *work = arg;
    if (work->kind == REPLAY) {
        return keep_replay(work);
    }
    if (work->kind == SIMULATION) {
        return keep_filled(work);
    }
    TRY(matching_keep_shares(work->db, work->run, &work->kept));
    return db_run(work->db, Q_CALCULATION_KEPT,
                  ARGS(arg_int("id", work->id), arg_span("terms", work->kept.terms),
                       arg_bytes("kept_hash", work->kept.sha256, HASH)),
                  NULL);
}

static Err computed(struct work *work) {
    offload(compute, work);
    return matching_limit(work->db, work->err);
}

/* Ordered, and within the request when it is small. */
static Err order(struct db *db, struct arena *arena, const struct arg *args,
                 struct calculation *made) {
    struct rows rows;
    TRY(db_one(db, Q_CALCULATION_ORDER, args, &rows));
    *made = (struct calculation){rows_int(&rows, 0, "id"), !rows_bool(&rows, 0, "small")};
    if (made->waits) {
        return OK;
    }
    struct work *work = ARENA_NEW(arena, struct work);
    work->db = db;
    work->arena = arena;
    work->id = made->id;
    TRY(read_work(work));
    TRY(computed(work));
    return keep(work);
}

Err calculation_replay(struct db *db, struct arena *arena, int64_t run, struct calculation *made) {
    return order(db, arena,
                 ARGS(arg_text("kind", "replay"), arg_null("campaign"), arg_int("run", run),
                      arg_null("days"), arg_int("few", MATCH_AT_ONCE)),
                 made);
}

Err calculation_suppose(struct db *db, struct arena *arena, int64_t campaign, int64_t days,
                        struct calculation *made) {
    return order(db, arena,
                 ARGS(arg_text("kind", "simulation"), arg_int("campaign", campaign),
                      arg_null("run"), arg_int("days", days == FIELD_NONE ? DAYS : days),
                      arg_int("few", MATCH_AT_ONCE)),
                 made);
}

/* --- in the background --------------------------------------------------------------------------
 */

static Err do_work(struct work *work) {
    TRY(db_tx(work->db, NULL, read_work, work, NULL, NULL));
    TRY(computed(work));
    return db_tx(work->db, NULL, keep, work, NULL, NULL);
}

Err calculation_jobs(const struct job_desk *desk) {
    struct turn turn;
    TRY(turn_next(desk, Q_CALCULATION_NEXT, &turn));
    if (turn.db == NULL) {
        return OK;
    }
    struct work *work = ARENA_NEW(desk->arena, struct work);
    work->db = turn.db;
    work->arena = desk->arena;
    work->id = turn.id;
    work->patient = true;
    Err err = do_work(work);
    if (turn_over(err)) {
        return turn_stop(&turn, Q_CALCULATION_STOP, err);
    }
    /* cancelled, or another server's */
    return err == ERR_NOT_FOUND || err == ERR_CALCULATION_ENDED ? OK : err;
}
