#include "matching.h"

#include <stddef.h>

#include "../../lib/base/arena.h"
#include "../db/db.h"
#include "../run/offload.h"
#include "exported.h"
#include "inputs.h"

static const char *const reasons[] = {"experience", "result",       "language",
                                      "dates",      "need_changed", NULL};

static const char *const returns[] = {"points", "first", NULL};

#define AT(member) offsetof(struct matching_choice, member)
const struct field matching_choice_fields[] = {
    {"returns", F_CHOICE, AT(returns), 0, 0, 0, returns, "Clean returns"},
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

static const char *const channels[] = {"on_site", "video", "phone", NULL};
const struct field proposal_interview_fields[] = {
    {"held_on", F_DATE, offsetof(struct proposal_interview, held_on), 0, 0, FIELD_REQUIRED, NULL,
     "Day"},
    {"channel", F_CHOICE, offsetof(struct proposal_interview, channel), 0, 0, FIELD_REQUIRED,
     channels, "How"},
    FIELD_END,
};

const struct field interview_seen_fields[] = {
    {"wrong", F_INT, offsetof(struct interview_seen, wrong), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "The entry that is corrected"},
    FIELD_END,
};

Err matching_inputs(struct db *db, int64_t campaign, const struct matching_choice *choice,
                    bool simulated, struct rows *rows) {
    TRY(db_one(db, Q_MATCHING_INPUTS,
               ARGS(arg_int("campaign", campaign), arg_int("per_candidate", choice->per_candidate),
                    arg_int("reserve", choice->reserve_per_place),
                    arg_text("returns", choice->returns), arg_bool("simulated", simulated)),
               rows));
    if (rows_int(rows, 0, "contracts") == 0 || rows_int(rows, 0, "candidates") == 0) {
        return fault(db_faults(db), "", ERR_NOTHING_TO_MATCH, NULL);
    }
    return OK;
}

Err matching_limit(struct db *db, Err err) {
    if (err != ERR_LIMIT) {
        return err;
    }
    return faultf(db_faults(db), "", ERR_MATCHING_TOO_LARGE, "%d candidates, %d contracts",
                  MATCH_CANDIDATES_MAX, MATCH_CONTRACTS_MAX);
}

/* ERR_RULE_NOT_CARRIED unless this program has the rule of the row. */
static Err carried(struct db *db, const struct rows *rows) {
    struct span rule = rows_span(rows, 0, "rule");
    if (match_rule_of(rule) == MATCH_RULE_NONE) {
        return faultf(db_faults(db), "", ERR_RULE_NOT_CARRIED, "%.*s", (int)rule.len, rule.ptr);
    }
    return OK;
}

Err matching_stored(struct db *db, const struct rows *rows, struct match_exported *run) {
    TRY(carried(db, rows));
    *run = (struct match_exported){.inputs = rows_span(rows, 0, "inputs"),
                                   .inputs_hash = rows_span(rows, 0, "inputs_hash"),
                                   .result_hash = rows_span(rows, 0, "result_hash")};
    return text_unhex(rows_span(rows, 0, "seed"), run->seed, sizeof run->seed) ? OK
                                                                               : ERR_UNREADABLE;
}

Err matching_texts(struct db *db, int64_t run, struct rows *rows) {
    Err err = db_one(db, Q_MATCHING_RUN_TEXT, ARGS(arg_int("id", run)), rows);
    if (err != ERR_NOT_FOUND) {
        return err;
    }
    struct rows known;
    TRY(db_one(db, Q_MATCHING_RUN_BY_ID, ARGS(arg_int("id", run)), &known));
    return ERR_NO_RESULT_YET;
}

Err matching_export(struct db *db, struct arena *arena, int64_t run, struct span *file) {
    struct rows rows;
    struct match_exported stored_run;
    TRY(matching_texts(db, run, &rows));
    TRY(matching_stored(db, &rows, &stored_run));
    *file = exported_write(arena, &stored_run);
    return OK;
}

struct why_work {
    struct arena *arena;
    struct span terms, own;
    struct match_why *why;
    Err err;
};

static void explain(void *arg) {
    struct why_work *work = arg;
    work->err = why_answer(work->arena, work->terms, work->own, work->why);
}

/* He can be told why no run has looked at him, too. */
static Err why_absent(struct db *db, int64_t candidate) {
    struct rows rows;
    TRY(db_one(db, Q_MATCHING_ABSENT, ARGS(arg_int("candidate", candidate)), &rows));
    struct span reason = rows_span(&rows, 0, "reason");
    return faultf(db_faults(db), "", ERR_NOT_IN_A_RUN, "%.*s", (int)reason.len, reason.ptr);
}

Err matching_why(struct db *db, struct arena *arena, int64_t candidate, struct match_why *why,
                 int64_t *run) {
    struct rows rows;
    Err err = db_one(db, Q_MATCHING_KEPT_FOR, ARGS(arg_int("candidate", candidate)), &rows);
    if (err == ERR_NOT_FOUND) {
        return why_absent(db, candidate);
    }
    TRY(err);
    TRY(carried(db, &rows));
    struct why_work work = {.arena = arena,
                            .terms = rows_span(&rows, 0, "terms"),
                            .own = rows_span(&rows, 0, "own"),
                            .why = why};
    if (work.own.len == 0) {
        return ERR_ANSWERS_NOT_KEPT;
    }
    offload(explain, &work);
    *run = rows_int(&rows, 0, "id");
    return work.err;
}
