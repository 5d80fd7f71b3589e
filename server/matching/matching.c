#include "matching.h"

#include <sodium.h>
#include <stddef.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../db/db.h"
#include "../run/offload.h"
#include "inputs.h"

static const char *const reasons[] = {"experience", "result",       "language",
                                      "dates",      "need_changed", NULL};

#define AT(member) offsetof(struct matching_choice, member)
const struct field matching_choice_fields[] = {
    {"per_candidate", F_INT, AT(per_candidate), 1, 10, 0, NULL, "Contracts per candidate at most"},
    {"reserve_per_place", F_INT, AT(reserve_per_place), 0, 5, 0, NULL, "Reserves per place"},
    FIELD_END,
};
#undef AT

const struct field proposal_refuse_fields[] = {
    {"reason", F_CHOICE, offsetof(struct proposal_answer, reason), 0, 0, FIELD_REQUIRED, reasons,
     "Reason"},
    FIELD_END,
};

enum { PER_CANDIDATE = 3, RESERVE_PER_PLACE = 1, SHA256 = crypto_hash_sha256_BYTES };

/* What a pool thread computes. */
struct work {
    struct arena *arena;
    struct span inputs;
    uint8_t seed[MATCH_SEED];
    Err err;
    int line;
    struct match_output output;
    struct span result;
};

static void run_rule(void *arg) {
    struct work *work = arg;
    struct match_input input;
    work->err = match_read(work->arena, work->inputs, &input, &work->line);
    if (work->err == OK) {
        match_run(work->arena, &input, work->seed, &work->output);
        work->result = match_write(work->arena, &work->output);
    }
}

static void sha256(struct span bytes, uint8_t hash[SHA256]) {
    crypto_hash_sha256(hash, (const unsigned char *)bytes.ptr, bytes.len);
}

static Err why_not(struct db *db, int64_t campaign) {
    struct rows rows;
    TRY(db_one(db, Q_MATCHING_STATE, ARGS(arg_int("campaign", campaign)), &rows));
    struct span state = rows_span(&rows, 0, "state");
    if (span_is(state, "matching") || span_is(state, "season")) {
        return fault(db_faults(db), "", ERR_NOTHING_TO_MATCH, NULL);
    }
    return faultf(db_faults(db), "", ERR_CAMPAIGN_NOT_MATCHING, "%.*s", (int)state.len, state.ptr);
}

static Err store(struct db *db, int64_t campaign, const struct work *work, const struct rows *made,
                 int64_t *run) {
    uint8_t inputs_hash[SHA256];
    uint8_t result_hash[SHA256];
    struct rows rows;
    sha256(work->inputs, inputs_hash);
    sha256(work->result, result_hash);
    TRY(db_one(
        db, Q_MATCHING_STORE,
        ARGS(arg_int("campaign", campaign), arg_text("rule", MATCH_RULE),
             arg_span("inputs", work->inputs),
             arg_bytes("inputs_hash", inputs_hash, sizeof inputs_hash),
             arg_bytes("seed", work->seed, sizeof work->seed), arg_span("result", work->result),
             arg_bytes("result_hash", result_hash, sizeof result_hash),
             arg_int("candidates", rows_int(made, 0, "candidates")),
             arg_int("contracts", rows_int(made, 0, "contracts")),
             arg_int("places", rows_int(made, 0, "places")),
             arg_int("assigned", work->output.assigned), arg_int("proposed", work->output.proposed),
             arg_int("reserve", work->output.reserve)),
        &rows));
    int64_t id = rows_int(&rows, 0, "id");
    TRY(db_run(db, Q_MATCHING_PROPOSE, ARGS(arg_int("run", id)), NULL));
    *run = id;
    return OK;
}

Err matching_create(struct db *db, struct arena *arena, int64_t campaign,
                    const struct matching_choice *choice, int64_t *run) {
    struct rows rows;
    int64_t most = choice->per_candidate == FIELD_NONE ? PER_CANDIDATE : choice->per_candidate;
    int64_t reserve =
        choice->reserve_per_place == FIELD_NONE ? RESERVE_PER_PLACE : choice->reserve_per_place;
    TRY(db_one(db, Q_MATCHING_INPUTS,
               ARGS(arg_int("campaign", campaign), arg_int("per_candidate", most),
                    arg_int("reserve", reserve)),
               &rows));
    if (rows_int(&rows, 0, "contracts") == 0 || rows_int(&rows, 0, "candidates") == 0) {
        return why_not(db, campaign);
    }
    struct work work = {.arena = arena, .inputs = rows_span(&rows, 0, "inputs")};
    randombytes_buf(work.seed, sizeof work.seed); /* only now: nobody could choose inputs to suit */
    offload(run_rule, &work);
    if (work.err == ERR_LIMIT) {
        return faultf(db_faults(db), "", ERR_MATCHING_TOO_LARGE, "%d candidates, %d contracts",
                      MATCH_CANDIDATES_MAX, MATCH_CONTRACTS_MAX);
    }
    TRY(work.err);
    return store(db, campaign, &work, &rows, run);
}

Err matching_replay(struct db *db, struct arena *arena, int64_t run,
                    struct matching_replay *replay) {
    struct rows rows;
    uint8_t hash[SHA256];
    TRY(db_one(db, Q_MATCHING_RUN_TEXT, ARGS(arg_int("id", run)), &rows));
    struct work work = {.arena = arena, .inputs = rows_span(&rows, 0, "inputs")};
    if (!span_is(rows_span(&rows, 0, "rule"), MATCH_RULE) ||
        !text_unhex(rows_span(&rows, 0, "seed"), work.seed, sizeof work.seed)) {
        return ERR_UNREADABLE;
    }
    offload(run_rule, &work);
    TRY(work.err);
    sha256(work.inputs, hash);
    bool inputs_same =
        span_is(rows_span(&rows, 0, "inputs_hash"), text_hex(arena, hash, sizeof hash));
    sha256(work.result, hash);
    *replay = (struct matching_replay){
        .inputs_same = inputs_same,
        .result_same = span_equal(rows_span(&rows, 0, "result"), work.result),
        .sha256 = text_hex(arena, hash, sizeof hash),
    };
    return OK;
}
