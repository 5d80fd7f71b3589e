#include "matching.h"

#include <stddef.h>
#include <string.h>

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

const struct field matching_suppose_fields[] = {
    {"days", F_INT, offsetof(struct matching_supposed, days), 0, 60, 0, NULL,
     "Days earlier and later"},
    FIELD_END,
};

/* A stored run, when this program still carries its rule. */
static Err stored(struct db *db, const struct rows *rows, struct match_exported *run) {
    struct span rule = rows_span(rows, 0, "rule");
    if (match_rule_of(rule) == MATCH_RULE_NONE) {
        return faultf(db_faults(db), "", ERR_RULE_NOT_CARRIED, "%.*s", (int)rule.len, rule.ptr);
    }
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

struct replay_work {
    struct arena *arena;
    struct match_exported run;
    struct match_again again;
    Err err;
};

static void run_again(void *arg) {
    struct replay_work *work = arg;
    int line = 0;
    work->err = exported_run(work->arena, &work->run, &work->again, &line);
}

Err matching_replay(struct db *db, struct arena *arena, int64_t run,
                    struct matching_replay *replay) {
    struct rows rows;
    struct replay_work work = {.arena = arena};
    TRY(db_one(db, Q_MATCHING_RUN_BY_ID, ARGS(arg_int("id", run)), &rows));
    if (rows_int(&rows, 0, "candidates") > MATCH_WHILE_WAITING) {
        return faultf(db_faults(db), "", ERR_REPLAY_TOO_LARGE, "%d", MATCH_WHILE_WAITING);
    }
    TRY(matching_texts(db, run, &rows));
    TRY(stored(db, &rows, &work.run));
    offload(run_again, &work);
    TRY(work.err);
    *replay = (struct matching_replay){
        .inputs_same = work.again.inputs_same,
        .result_same = span_equal(rows_span(&rows, 0, "result"), work.again.result),
        .sha256 = work.again.result_hash,
    };
    return OK;
}

Err matching_export(struct db *db, struct arena *arena, int64_t run, struct span *file) {
    struct rows rows;
    struct match_exported stored_run;
    TRY(matching_texts(db, run, &rows));
    TRY(stored(db, &rows, &stored_run));
    *file = exported_write(arena, &stored_run);
    return OK;
}

struct why_work {
    struct arena *arena;
    struct match_exported run;
    int64_t candidate;
    struct match_why *why;
    Err err;
};

static void explain(void *arg) {
    struct why_work *work = arg;
    struct match_input input;
    int line = 0;
    work->err = match_read(work->arena, work->run.inputs, &input, &line);
    if (work->err == OK) {
        work->err = match_explain(work->arena, &input, work->run.seed, work->candidate, work->why);
    }
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
    struct why_work work = {.arena = arena, .candidate = candidate, .why = why};
    Err err = db_one(db, Q_MATCHING_RUN_FOR, ARGS(arg_int("candidate", candidate)), &rows);
    if (err == ERR_NOT_FOUND) {
        return why_absent(db, candidate);
    }
    TRY(err);
    TRY(stored(db, &rows, &work.run));
    offload(explain, &work);
    *run = rows_int(&rows, 0, "id");
    return work.err;
}

struct suppose_work {
    struct arena *arena;
    struct span inputs;
    int days;
    struct match_filled *filled;
    Err err;
};

static void suppose(void *arg) {
    struct suppose_work *work = arg;
    struct match_input input;
    int line = 0;
    work->err = match_read(work->arena, work->inputs, &input, &line);
    for (int which = 0; which < MATCH_CASES && work->err == OK; which++) {
        match_suppose(work->arena, &input, (enum match_case)which, work->days,
                      &work->filled[which]);
    }
}

Err matching_suppose(struct db *db, struct arena *arena, int64_t campaign, int days,
                     struct match_filled filled[MATCH_CASES]) {
    struct rows rows;
    TRY(db_one(db, Q_MATCHING_MANY,
               ARGS(arg_int("campaign", campaign), arg_int("few", MATCH_WHILE_WAITING)), &rows));
    if (rows_bool(&rows, 0, "many")) {
        return faultf(db_faults(db), "", ERR_SIMULATION_TOO_LARGE, "%d", MATCH_WHILE_WAITING);
    }
    TRY(db_one(db, Q_MATCHING_INPUTS,
               ARGS(arg_int("campaign", campaign), arg_int("per_candidate", MATCH_PER_CANDIDATE),
                    arg_int("reserve", MATCH_RESERVE_PER_PLACE), arg_text("returns", "points"),
                    arg_bool("simulated", true)),
               &rows));
    if (rows_int(&rows, 0, "contracts") == 0 || rows_int(&rows, 0, "candidates") == 0) {
        return fault(db_faults(db), "", ERR_NOTHING_TO_MATCH, NULL);
    }
    struct suppose_work work = {
        .arena = arena, .inputs = rows_span(&rows, 0, "inputs"), .days = days, .filled = filled};
    offload(suppose, &work);
    return work.err;
}
