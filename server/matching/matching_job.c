/* matching_job.c - a run, step by step: inputs frozen and seed drawn; the rule run; the result kept
 * and cut into parts; then part after part, each step a transaction (08_matching_job.sql). What is
 * left to do stands in PostgreSQL, so a server that dies at any of them loses and doubles nothing:
 * a step that was not committed is done again, from the same bytes. */
#include <sodium.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/clock.h"
#include "../db/db.h"
#include "../run/job.h"
#include "../run/offload.h"
#include "inputs.h"
#include "kept.h"
#include "matching.h"
#include "turn.h"

enum {
    PART = 5000,       /* proposals that one transaction stores, or makes lapse */
    STEPS_AT_ONCE = 8, /* of storing, within the request */
    RUN_SECONDS = 20,  /* of the job's run: the next one follows at once */
    SHA256 = crypto_hash_sha256_BYTES
};

/* A step's run, and what a pool thread computes for it. */
struct step {
    struct db *db;
    struct arena *arena;
    int64_t run;
    bool patient;      /* in the background: may take longer than a request */
    enum stmt stretch; /* Q_MATCHING_STEP stores, Q_MATCHING_UNDO goes back the way it came */
    bool more;         /* stretches are left */
    struct span inputs;
    uint8_t seed[MATCH_SEED];
    Err err;
    struct match_output output;
    struct span result;
    struct match_kept kept;
};

static void sha256(struct span bytes, uint8_t hash[SHA256]) {
    crypto_hash_sha256(hash, (const unsigned char *)bytes.ptr, bytes.len);
}

/* The run in that phase, locked; ERR_CONFLICT when it is further on, or another server's now. */
static Err take(const struct step *step, const char *phase, struct rows *job) {
    if (step->patient) {
        TRY(db_run(step->db, Q_MATCHING_PATIENCE, ARGS(), NULL));
    }
    TRY(db_run(step->db, Q_MATCHING_TAKE, ARGS(arg_int("run", step->run), arg_text("phase", phase)),
               job));
    return job->count == 1 ? OK : ERR_CONFLICT;
}

static Err freeze(void *arg) {
    struct step *step = arg;
    struct rows job;
    struct rows rows;
    uint8_t hash[SHA256];
    TRY(take(step, "waiting", &job));
    struct matching_choice choice = {rows_text(&job, step->arena, 0, "returns"),
                                     rows_int(&job, 0, "per_candidate"),
                                     rows_int(&job, 0, "reserve")};
    TRY(matching_inputs(step->db, rows_int(&job, 0, "campaign_id"), &choice, false, &rows));
    struct span inputs = rows_span(&rows, 0, "inputs");
    sha256(inputs, hash);
    randombytes_buf(step->seed, MATCH_SEED); /* only now: nobody could choose inputs to suit */
    return db_run(step->db, Q_MATCHING_FREEZE,
                  ARGS(arg_int("run", step->run), arg_text("rule", MATCH_RULE),
                       arg_span("inputs", inputs), arg_bytes("inputs_hash", hash, sizeof hash),
                       arg_bytes("seed", step->seed, MATCH_SEED),
                       arg_int("candidates", rows_int(&rows, 0, "candidates")),
                       arg_int("contracts", rows_int(&rows, 0, "contracts")),
                       arg_int("places", rows_int(&rows, 0, "places"))),
                  NULL);
}

/* On a pool thread. */
static void run_rule(void *arg) {
    struct step *step = arg;
    struct match_input input;
    int line = 0;
    step->err = match_read(step->arena, step->inputs, &input, &line);
    if (step->err == OK) {
        match_run(step->arena, &input, step->seed, &step->output);
        step->result = match_write(step->arena, &step->output);
        kept_make(step->arena, step->inputs, &input, &step->output, &step->kept);
    }
}

/* From the frozen bytes, so that whoever does it gets the same; outside a transaction, which it
 * would keep open for seconds. */
static Err compute(struct step *step) {
    struct rows rows;
    TRY(db_run(step->db, Q_MATCHING_FROZEN, ARGS(arg_int("run", step->run)), &rows));
    if (rows.count == 0) {
        return ERR_CONFLICT;
    }
    step->inputs = rows_span(&rows, 0, "inputs");
    if (!text_unhex(rows_span(&rows, 0, "seed"), step->seed, MATCH_SEED)) {
        return ERR_UNREADABLE;
    }
    offload(run_rule, step);
    return matching_limit(step->db, step->err);
}

/* The next PART lines of `rest`. */
static struct span cut(struct span *rest) {
    size_t end = 0;
    for (int lines = 0; end < rest->len && lines < PART; end++) {
        lines += rest->ptr[end] == '\n';
    }
    struct span part = {rest->ptr, end};
    *rest = (struct span){rest->ptr + end, rest->len - end};
    return part;
}

Err matching_keep_shares(struct db *db, int64_t run, const struct match_kept *kept) {
    for (int i = 0; i < kept->nshares; i++) {
        TRY(db_run(db, Q_MATCHING_SHARE,
                   ARGS(arg_int("run", run), arg_int("first", kept->shares[i].first),
                        arg_span("lines", kept->shares[i].lines)),
                   NULL));
    }
    return OK;
}

static Err keep(void *arg) {
    struct step *step = arg;
    const struct match_output *output = &step->output;
    struct rows job;
    uint8_t hash[SHA256];
    TRY(take(step, "frozen", &job));
    sha256(step->result, hash);
    TRY(matching_keep_shares(step->db, step->run, &step->kept));
    TRY(db_run(step->db, Q_MATCHING_KEEP,
               ARGS(arg_int("run", step->run), arg_span("result", step->result),
                    arg_bytes("result_hash", hash, sizeof hash),
                    arg_int("assigned", output->assigned), arg_int("named", output->named),
                    arg_int("held_back", output->held_back), arg_int("proposed", output->proposed),
                    arg_int("reserve", output->reserve), arg_span("terms", step->kept.terms),
                    arg_bytes("kept_hash", step->kept.sha256, SHA256)),
               NULL));
    struct span rest = step->result;
    for (int no = 1; rest.len > 0; no++) {
        TRY(db_run(
            step->db, Q_MATCHING_PART,
            ARGS(arg_int("run", step->run), arg_int("no", no), arg_span("lines", cut(&rest))),
            NULL));
    }
    return OK;
}

/* The next PART proposals of a run that is stored, or of a cancelled one. */
static Err stretch(void *arg) {
    struct step *step = arg;
    struct rows rows;
    TRY(db_one(step->db, step->stretch, ARGS(arg_int("run", step->run), arg_int("most", PART)),
               &rows));
    step->more = rows_bool(&rows, 0, "more");
    return OK;
}

Err matching_create(struct db *db, struct arena *arena, int64_t campaign,
                    const struct matching_choice *choice, int64_t *run) {
    struct rows rows;
    int64_t most =
        choice->per_candidate == FIELD_NONE ? MATCH_PER_CANDIDATE : choice->per_candidate;
    int64_t reserve = choice->reserve_per_place == FIELD_NONE ? MATCH_RESERVE_PER_PLACE
                                                              : choice->reserve_per_place;
    TRY(db_one(db, Q_MATCHING_OPEN,
               ARGS(arg_int("campaign", campaign), arg_int("per_candidate", most),
                    arg_int("reserve", reserve),
                    arg_text("returns", choice->returns == NULL ? "points" : choice->returns),
                    arg_int("few", MATCH_AT_ONCE)),
               &rows));
    *run = rows_int(&rows, 0, "id");
    struct step step = {.db = db,
                        .arena = arena,
                        .run = *run,
                        .stretch = Q_MATCHING_STEP,
                        .more = rows_bool(&rows, 0, "small")};
    if (step.more) {
        TRY(freeze(&step));
        TRY(compute(&step));
        TRY(keep(&step));
    }
    for (int i = 0; i < STEPS_AT_ONCE && step.more; i++) {
        TRY(stretch(&step));
    }
    return OK;
}

/* --- in the background --------------------------------------------------------------------------
 */

/* One phase up to its end, or for RUN_SECONDS. */
static Err advance(struct step *step, struct span phase) {
    if (span_is(phase, "waiting")) {
        return db_tx(step->db, NULL, freeze, step, NULL, NULL);
    }
    if (span_is(phase, "frozen")) {
        TRY(compute(step));
        return db_tx(step->db, NULL, keep, step, NULL, NULL);
    }
    int64_t until = clock_ticks() + RUN_SECONDS * INT64_C(1000);
    step->stretch = span_is(phase, "cancelled") ? Q_MATCHING_UNDO : Q_MATCHING_STEP;
    step->more = true;
    while (step->more && clock_ticks() < until) {
        TRY(db_tx(step->db, NULL, stretch, step, NULL, NULL));
    }
    return OK;
}

/* Before anything is stored a refusal is the run's end; while storing none comes that is one, and
 * the run goes on at the next call until it is whole or an officer cancels it. */
Err matching_jobs(const struct job_desk *desk) {
    struct turn turn;
    TRY(turn_next(desk, Q_MATCHING_NEXT, &turn));
    if (turn.db == NULL) {
        return OK;
    }
    struct step step = {.db = turn.db, .arena = desk->arena, .run = turn.id, .patient = true};
    Err err = advance(&step, rows_span(&turn.row, 0, "phase"));
    if (turn_over(err)) {
        return turn_stop(&turn, Q_MATCHING_STOP, err);
    }
    return err == ERR_CONFLICT ? OK : err; /* another server took it */
}
