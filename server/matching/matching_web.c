#include "../assessment/assessment.h"
#include "../http/req.h"
#include "inputs.h"
#include "matching.h"

enum { ACCEPT_MAX = 500 };

struct proposal_filter {
    int64_t contract;
    int64_t campaign;
    const char *state;
    bool first;
};

static const char *const states[] = {"proposed", "accepted", "refused", "reserve", "lapsed", NULL};

#define AT(member) offsetof(struct proposal_filter, member)
static const struct field filter_fields[] = {
    {"contract", F_INT, AT(contract), 1, INT64_MAX, 0, NULL, "Contract"},
    {"campaign", F_INT, AT(campaign), 1, INT64_MAX, 0, NULL, "Campaign"},
    {"state", F_CHOICE, AT(state), 0, 0, 0, states, "State"},
    {"first", F_BOOL, AT(first), 0, 0, 0, NULL, "First choices only"},
    FIELD_END,
};
#undef AT

struct proposal_id {
    int64_t id;
};

static const struct field id_fields[] = {
    {"id", F_INT, offsetof(struct proposal_id, id), 1, INT64_MAX, FIELD_REQUIRED, NULL, "Proposal"},
    FIELD_END,
};

static Err runs(struct req *req) {
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(db_one(req->db, Q_MATCHING_STATE, ARGS(arg_int("campaign", id)), &rows));
    view_row(req->view, NULL, &rows, 0);
    view_int(req->view, "campaign_id", id);
    TRY(db_run(req->db, Q_MATCHING_RUN_LIST, ARGS(arg_int("campaign", id)), &rows));
    view_rows(req->view, "runs", &rows, -1);
    return OK;
}

static Err create(struct req *req) {
    struct matching_choice choice;
    int64_t id = 0;
    TRY(fields_read(req, matching_choice_fields, &choice));
    TRY(matching_create(req->db, req->arena, req_id(req, "id"), &choice, &id));
    view_int(req->view, "run_id", id);
    view_int(req->view, "id", id);
    view_text(req->view, "location",
              arena_printf(req->arena, "/matching-runs/%lld", (long long)id));
    return OK;
}

static Err show_run(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_MATCHING_RUN_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err cancel(struct req *req) {
    struct rows rows;
    int64_t id = req_id(req, "id");
    TRY(db_one(req->db, Q_MATCHING_CANCEL, ARGS(arg_int("run", id)), &rows));
    view_int(req->view, "id", id);
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err run_text(struct req *req, const char *column, const char *filename) {
    struct rows rows;
    TRY(matching_texts(req->db, req_id(req, "id"), &rows));
    req_bytes(req, "text/plain; charset=utf-8", rows_span(&rows, 0, column), filename, NULL, -1);
    return OK;
}

static Err run_inputs(struct req *req) {
    return run_text(req, "inputs", "matching-inputs.txt");
}

static Err run_result(struct req *req) {
    return run_text(req, "result", "matching-result.txt");
}

static Err export(struct req *req) {
    struct span file;
    TRY(matching_export(req->db, req->arena, req_id(req, "id"), &file));
    req_bytes(req, "text/plain; charset=utf-8", file, "matching-run.txt", NULL, -1);
    return OK;
}

static const char *const verdicts[] = {
    [WHY_NAMED] = "named", [WHY_FIRST] = "first", [WHY_ELSEWHERE] = "elsewhere",
    [WHY_BELOW] = "below", [WHY_DRAW] = "draw",   [WHY_RETURNS] = "returns",
    [WHY_QUOTA] = "quota", [WHY_KEPT] = "kept",
};

static const char *const obstacles[] = {
    [MATCH_FREE] = "none",
    [MATCH_NO_RESULT] = "no_result",
    [MATCH_COMES_LATE] = "comes_late",
    [MATCH_LEAVES_EARLY] = "leaves_early",
    [MATCH_EXPERIENCE] = "experience",
    [MATCH_LANGUAGE] = "language",
    [MATCH_PERMIT] = "permit",
    [MATCH_SIX_MONTHS] = "six_months",
    [MATCH_REFUSED] = "refused",
};

static void show_why(struct view *view, const struct match_why *why) {
    struct view *lines = view_list(view, "contracts");
    struct view *barred = view_list(view, "barred");
    for (int i = 0; i < why->nlines; i++) {
        const struct why_line *line = &why->lines[i];
        struct view *item = view_item(lines);
        view_int(item, "contract_id", line->contract);
        view_text(item, "verdict", verdicts[line->verdict]);
        view_int(item, "score", line->score);
        view_int(item, "result_points", line->points.result);
        view_int(item, "experience_points", line->points.experience);
        view_int(item, "language_points", line->points.language);
        view_int(item, "return_points", line->points.returns);
        if (line->cut_off != MATCH_NONE) {
            view_int(item, "cut_off", line->cut_off);
        }
    }
    for (int o = MATCH_FREE + 1; o < MATCH_OBSTACLES; o++) {
        if (why->obstacles[o] > 0) {
            struct view *item = view_item(barred);
            view_text(item, "obstacle", obstacles[o]);
            view_int(item, "contracts", why->obstacles[o]);
        }
    }
    view_int(view, "open_contracts", why->obstacles[MATCH_FREE]);
    view_int(view, "all_contracts", why->contracts);
}

static Err why(struct req *req) {
    struct match_why *answer = ARENA_NEW(req->arena, struct match_why);
    int64_t run = 0;
    int64_t id = req_id(req, "id");
    TRY(matching_why(req->db, req->arena, id, answer, &run));
    view_int(req->view, "candidate_id", id);
    view_int(req->view, "run_id", run);
    view_text(req->view, "rule", match_rule_name(answer->rule));
    show_why(req->view, answer);
    return OK;
}

struct returnee {
    int64_t placement_id;
};

static const struct field returnee_fields[] = {
    {"placement_id", F_INT, offsetof(struct returnee, placement_id), 1, INT64_MAX, FIELD_REQUIRED,
     NULL, "Earlier placement"},
    FIELD_END,
};

static Err name_returnee(struct req *req) {
    struct returnee named;
    struct rows rows;
    TRY(fields_read(req, returnee_fields, &named));
    TRY(db_one(
        req->db, Q_RETURNEE_NAME,
        ARGS(arg_int("contract", req_id(req, "id")), arg_int("placement", named.placement_id)),
        &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err list(struct req *req) {
    struct proposal_filter filter;
    struct page page = req_page(req);
    struct rows rows;
    TRY(query_read(req, filter_fields, &filter));
    TRY(db_run(req->db, Q_PROPOSAL_LIST,
               ARGS(arg_int("contract", filter.contract), arg_int("campaign", filter.campaign),
                    arg_text("state", filter.state), arg_bool("first", filter.first),
                    ARG_PAGE(page)),
               &rows));
    req_rows(req, "proposals", &page, &rows, "id");
    view_text(req->view, "state", filter.state);
    return OK;
}

static Err show(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_PROPOSAL_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    TRY(db_run(req->db, Q_PROPOSAL_INTERVIEWS,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &rows));
    view_rows(req->view, "interviews", &rows, -1);
    return OK;
}

static Err accept(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_PROPOSAL_ACCEPT, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    int64_t id = rows_int(&rows, 0, "placement_id");
    view_int(req->view, "id", id);
    view_int(req->view, "placement_id", id);
    view_text(req->view, "location", arena_printf(req->arena, "/placements/%lld", (long long)id));
    return OK;
}

static Err interview_note(struct req *req, Err read, const struct arg *args) {
    struct rows rows;
    TRY(db_check(req->db, read, Q_INTERVIEW_FAULTS, args));
    TRY(db_one(req->db, Q_PROPOSAL_INTERVIEW, args, &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err interview(struct req *req) {
    struct proposal_interview form;
    Err read = fields_read(req, proposal_interview_fields, &form);
    return interview_note(req, read,
                          ARGS(arg_int("id", req_id(req, "id")), arg_int("wrong", FIELD_NONE),
                               arg_null("reason"), arg_record(proposal_interview_fields, &form)));
}

static Err interview_correct(struct req *req) {
    struct proposal_interview form;
    struct interview_seen seen;
    struct step_correction why;
    Err read = fields_read(req, proposal_interview_fields, &form);
    read = err_first(read, fields_read(req, interview_seen_fields, &seen));
    read = err_first(read, fields_read(req, step_correction_fields, &why));
    return interview_note(req, read,
                          ARGS(arg_int("id", req_id(req, "id")),
                               arg_record(interview_seen_fields, &seen),
                               arg_record(step_correction_fields, &why),
                               arg_record(proposal_interview_fields, &form)));
}

/* Each on its own: `results` says which were bound, and why others were not. */
static Err accept_many(struct req *req) {
    void *array = NULL;
    int count = 0;
    struct rows rows;
    TRY(list_read(req, "proposals", id_fields, sizeof(struct proposal_id), ACCEPT_MAX, &array,
                  &count));
    const char *json = list_json(req->arena, id_fields, sizeof(struct proposal_id), array, count);
    TRY(db_run(req->db, Q_PROPOSAL_ACCEPT_MANY, ARGS(arg_text("proposals", json)), &rows));
    view_rows(req->view, "results", &rows, -1);
    return OK;
}

static Err refuse_it(struct req *req) {
    struct proposal_answer answer;
    struct rows rows;
    TRY(fields_read(req, proposal_refuse_fields, &answer));
    TRY(db_one(req->db, Q_PROPOSAL_REFUSE,
               ARGS(arg_int("id", req_id(req, "id")), arg_text("reason", answer.reason)), &rows));
    view_int(req->view, "id", req_id(req, "id"));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

#define RUN "/matching-runs/:id"

const struct route matching_routes[] = {
    {GET, "/campaigns/:id/matching-runs", runs, STAFF, "matching/runs", NULL, NULL, 0,
     "Matching runs"},
    {POST, "/campaigns/:id/matching-runs", create, OFFICER, NULL, "/matching-runs/:run_id",
     "/campaigns/:id/matching-runs", 0, "Match candidates and contracts"},
    {GET, RUN, show_run, STAFF, "matching/run", NULL, NULL, 0, "Matching run"},
    {POST, "/matching-runs/:id/cancel", cancel, OFFICER, NULL, RUN, RUN, 0,
     "Cancel a matching run under way"},
    {GET, "/matching-runs/:id/inputs", run_inputs, STAFF, NULL, NULL, NULL, 0,
     "Inputs of a matching run"},
    {GET, "/matching-runs/:id/result", run_result, STAFF, NULL, NULL, NULL, 0,
     "Result of a matching run"},
    {GET, "/matching-runs/:id/export", export, STAFF, NULL, NULL, NULL, 0,
     "A matching run as a file to run again"},
    {GET, "/candidates/:id/matching", why, STAFF | PARTNER, "matching/why", NULL, NULL, 0,
     "Why a candidate has a place or none"},
    {POST, "/contracts/:id/returnees", name_returnee, EMPLOYER, NULL, NULL, NULL, ROUTE_API_ONLY,
     "Name a returning worker"},
    {GET, "/proposals", list, EMPLOYER | STAFF, "matching/proposals", NULL, NULL, 0, "Proposals"},
    {POST, "/proposals/accept", accept_many, EMPLOYER, NULL, NULL, NULL, ROUTE_API_ONLY,
     "Accept several proposals"},
    {GET, "/proposals/:id", show, EMPLOYER | STAFF, "matching/proposal", NULL, NULL, 0, "Proposal"},
    {POST, "/proposals/:id/accept", accept, EMPLOYER, NULL, "/placements/:placement_id",
     "/proposals/:id", 0, "Accept the proposal"},
    {POST, "/proposals/:id/interview", interview, EMPLOYER | OFFICER, NULL, "/proposals/:id",
     "/proposals/:id", 0, "Note an interview with the candidate"},
    {POST, "/proposals/:id/interview/correct", interview_correct, EMPLOYER | OFFICER, NULL,
     "/proposals/:id", "/proposals/:id", 0, "Correct the interview with the candidate"},
    {POST, "/proposals/:id/refuse", refuse_it, EMPLOYER, NULL, "/proposals", "/proposals/:id", 0,
     "Refuse the proposal"},
    ROUTE_END,
};

const struct reads matching_reads[] = {
    {create, matching_choice_fields, NULL, 0},
    {name_returnee, returnee_fields, NULL, 0},
    {list, page_fields, NULL, 0},
    {list, filter_fields, NULL, 0},
    {accept_many, id_fields, "proposals", ACCEPT_MAX},
    {refuse_it, proposal_refuse_fields, NULL, 0},
    {interview, proposal_interview_fields, NULL, 0},
    {interview_correct, proposal_interview_fields, NULL, 0},
    {interview_correct, interview_seen_fields, NULL, 0},
    {interview_correct, step_correction_fields, NULL, 0},
    READS_END,
};

const struct shows matching_shows[] = {
    {runs, NULL, SHOWS_ROW, Q_MATCHING_STATE, NULL, 0},
    {runs, "campaign_id", SHOWS_INT, 0, NULL, 0},
    {runs, "runs", SHOWS_ROWS, Q_MATCHING_RUN_LIST, NULL, 0},
    {create, "run_id", SHOWS_INT, 0, NULL, 0},
    {create, "id", SHOWS_INT, 0, NULL, 0},
    {create, "location", SHOWS_TEXT, 0, NULL, 0},
    {show_run, NULL, SHOWS_ROW, Q_MATCHING_RUN_BY_ID, NULL, 0},
    {cancel, "id", SHOWS_INT, 0, NULL, 0},
    {cancel, NULL, SHOWS_ROW, Q_MATCHING_CANCEL, NULL, 0},
    {run_inputs, "text/plain", SHOWS_BYTES, 0, NULL, 0},
    {run_result, "text/plain", SHOWS_BYTES, 0, NULL, 0},
    {export, "text/plain", SHOWS_BYTES, 0, NULL, 0},
    {why, "candidate_id", SHOWS_INT, 0, NULL, 0},
    {why, "run_id", SHOWS_INT, 0, NULL, 0},
    {why, "rule", SHOWS_TEXT, 0, NULL, 0},
    {why, "contracts[].contract_id", SHOWS_INT, 0, NULL, 0},
    {why, "contracts[].verdict", SHOWS_TEXT, 0, NULL, 0},
    {why, "contracts[].score", SHOWS_INT, 0, NULL, 0},
    {why, "contracts[].result_points", SHOWS_INT, 0, NULL, 0},
    {why, "contracts[].experience_points", SHOWS_INT, 0, NULL, 0},
    {why, "contracts[].language_points", SHOWS_INT, 0, NULL, 0},
    {why, "contracts[].return_points", SHOWS_INT, 0, NULL, 0},
    {why, "contracts[].cut_off", SHOWS_INT, 0, NULL, SHOWS_SOMETIMES},
    {why, "barred[].obstacle", SHOWS_TEXT, 0, NULL, 0},
    {why, "barred[].contracts", SHOWS_INT, 0, NULL, 0},
    {why, "open_contracts", SHOWS_INT, 0, NULL, 0},
    {why, "all_contracts", SHOWS_INT, 0, NULL, 0},
    {name_returnee, NULL, SHOWS_ROW, Q_RETURNEE_NAME, NULL, 0},
    {list, "proposals", SHOWS_ROWS, Q_PROPOSAL_LIST, NULL, 0},
    {list, "state", SHOWS_TEXT, 0, NULL, SHOWS_OR_NULL},
    {accept_many, "results", SHOWS_ROWS, Q_PROPOSAL_ACCEPT_MANY, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_PROPOSAL_BY_ID, NULL, 0},
    {show, "interviews", SHOWS_ROWS, Q_PROPOSAL_INTERVIEWS, NULL, 0},
    {accept, "id", SHOWS_INT, 0, NULL, 0},
    {accept, "placement_id", SHOWS_INT, 0, NULL, 0},
    {accept, "location", SHOWS_TEXT, 0, NULL, 0},
    {interview, NULL, SHOWS_ROW, Q_PROPOSAL_INTERVIEW, NULL, 0},
    {interview_correct, NULL, SHOWS_ROW, Q_PROPOSAL_INTERVIEW, NULL, 0},
    {refuse_it, "id", SHOWS_INT, 0, NULL, 0},
    {refuse_it, NULL, SHOWS_ROW, Q_PROPOSAL_REFUSE, NULL, 0},
    SHOWS_END,
};
