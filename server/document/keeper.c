/* keeper.c - what documents need by the clock: batches worked at, status lists signed anew before
 * anybody waits for them, documents of ended work withdrawn. */
#include <sodium.h>
#include <unistd.h>

#include "../../lib/base/arena.h"
#include "../app.h"
#include "../db/db.h"
#include "../run/crew.h"
#include "../run/job.h"
#include "batch.h"

/* Chunks of one part in one run: a run stays short, the next follows at once. */
enum { RUN_CHUNKS = 20, TRIES = 5 };

/* --- batches ------------------------------------------------------------------------------------
 */

struct part {
    struct document_desk desk;
    const struct batch_work *work;
    int number;
    bool left;
    Err err;
};

/* Chunk after chunk. A document that somebody else issues meanwhile makes its chunk fail; the next
 * reading sees it. */
static void work_part(void *arg) {
    struct part *part = arg;
    int failed = 0;
    part->left = true;
    for (int i = 0; part->left && i < RUN_CHUNKS; i++) {
        part->err = batch_chunk(&part->desk, part->work, part->number, &part->left);
        failed = part->err == ERR_DUPLICATE ? failed + 1 : 0;
        if (part->err != OK && (part->err != ERR_DUPLICATE || failed == TRIES)) {
            return;
        }
    }
}

struct ending {
    struct db *db;
    const struct batch_work *work;
    const char *stopped_by;
};

static Err end_batch(void *arg) {
    const struct ending *ending = arg;
    return db_run(ending->db, Q_DOCUMENT_BATCH_END,
                  ARGS(arg_int("batch", ending->work->id), arg_text("runner", ending->work->runner),
                       arg_text("stopped_by", ending->stopped_by)),
                  NULL);
}

/* A refusal stops the batch until an officer resumes it; what may pass (no connection, a deadline)
 * leaves it to the next claim. */
static bool stops(Err err) {
    return err == ERR_DOCUMENT_LIMIT || err == ERR_FORBIDDEN || err == ERR_CHECK_VIOLATION;
}

static Err work_batch(const struct job_desk *desk, const struct db_actor *actor,
                      struct batch_work *work) {
    struct part parts[BATCH_PARTS];
    struct ending ending = {db_as(desk->db, actor), work, NULL};
    for (int i = 0; i < work->parts; i++) {
        struct document_desk own = {db_as(desk->db, actor), desk->arena, desk->app, desk->now};
        parts[i] = (struct part){own, work, i, true, OK};
    }
    crew_run(work_part, parts, sizeof *parts, work->parts);
    for (int i = 0; i < work->parts; i++) {
        ending.stopped_by = stops(parts[i].err) ? err_code(parts[i].err) : ending.stopped_by;
        if (parts[i].err != OK && !stops(parts[i].err)) {
            return parts[i].err;
        }
    }
    return db_tx(ending.db, NULL, end_batch, &ending, NULL, NULL);
}

/* Who this server is among those that may work at batches: random, new at each start. */
static const char *runner_name(const struct job_desk *desk) {
    if (desk->memory[0] == 0) {
        randombytes_buf(desk->memory, 2 * sizeof *desk->memory);
    }
    return text_hex(desk->arena, desk->memory, 2 * sizeof *desk->memory);
}

struct claim {
    struct db *db;
    const char *runner;
    struct rows rows;
};

static Err claim_batch(void *arg) {
    struct claim *claim = arg;
    return db_run(claim->db, Q_DOCUMENT_BATCH_CLAIM,
                  ARGS(arg_text("runner", claim->runner), arg_int("lease", BATCH_LEASE)),
                  &claim->rows);
}

Err document_batches(const struct job_desk *desk) {
    struct claim claim = {.db = desk->db, .runner = runner_name(desk)};
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (desk->app->signer == NULL || desk->app->seal == NULL) {
        return OK;
    }
    TRY(db_tx(desk->db, NULL, claim_batch, &claim, NULL, NULL));
    if (claim.rows.count == 0) {
        return OK;
    }
    struct batch_work work = {rows_int(&claim.rows, 0, "id"), rows_int(&claim.rows, 0, "kind"),
                              rows_bool(&claim.rows, 0, "anew"), claim.runner,
                              cores < 1             ? 1
                              : cores > BATCH_PARTS ? BATCH_PARTS
                                                    : (int)cores};
    struct db_actor actor = {DB_OFII, rows_int(&claim.rows, 0, "account_id"),
                             rows_int(&claim.rows, 0, "org_id"),
                             rows_text(&claim.rows, desk->arena, 0, "role")};
    return work_batch(desk, &actor, &work);
}

/* --- the round ----------------------------------------------------------------------------------
 */

static Err expire(void *arg) {
    return db_run(arg, Q_DOCUMENT_ROUND, ARGS(), NULL);
}

/* Signed lists grow old after an hour (STATUS_AGE) and move with each withdrawal; a round makes
 * those that need it, so that no verifier waits and none is ever older than its expiry. */
Err document_round(const struct job_desk *desk) {
    struct document_desk own = {desk->db, desk->arena, desk->app, desk->now};
    struct rows lists;
    TRY(db_tx(desk->db, NULL, expire, desk->db, NULL, NULL));
    if (desk->app->signer == NULL) {
        return OK;
    }
    TRY(db_run(desk->db, Q_STATUS_LISTS, ARGS(), &lists));
    for (int i = 0; i < lists.count; i++) {
        struct span bytes;
        TRY(status_list_bytes(&own, rows_int(&lists, i, "list_no"), &bytes));
    }
    return OK;
}
