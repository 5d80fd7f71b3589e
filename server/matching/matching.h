/* matching.h - runs that propose candidates to employers, and the employers' answers.
 *
 * A run freezes its inputs as a canonical text, hashes it, only then draws the seed that breaks
 * ties, and stores rule, inputs, seed and result: rule, inputs and seed give the same result bytes
 * again (calculation_replay). Large runs are made in the background, step by step, and shown to
 * employers when they are whole (matching_job.c). The employer sees tokens and profiles. Accepting
 * binds: place, quota, days, placement and the leaf of the unsealing in one transaction
 * (proposal_accept() in migrations/replaceable/08_matching.sql). A proposal: proposed > accepted |
 * refused | lapsed; reserve > proposed. */
#ifndef NORIA_MATCHING_H
#define NORIA_MATCHING_H

#include <stdint.h>

#include "../../lib/base/err.h"
#include "../../lib/base/field.h"
#include "../http/route.h"
#include "engine.h"
#include "exported.h"
#include "kept.h"
#include "why.h"

struct arena;
struct db;

extern const struct route matching_routes[];
extern const struct shows matching_shows[];
extern const struct reads matching_reads[];

/* How a run is made; each has a default when absent (FIELD_NONE, NULL). */
struct matching_choice {
    const char *returns;       /* "points" (default): clean returns count 100 of 1000; "first" */
    int64_t per_candidate;     /* contracts one candidate may be proposed for, 1..10: 3 */
    int64_t reserve_per_place; /* 0..5: 1 */
};
extern const struct field matching_choice_fields[];

struct proposal_answer {
    const char *reason;
};
extern const struct field proposal_refuse_fields[];

/* The employer's interview with a candidate, step 7 of the method: when and how, nothing of what
 * was said. Between the day of the run and today, once, while the proposal waits; corrected as the
 * other steps are (assessment/steps.h), also afterwards. */
struct proposal_interview {
    date held_on;
    const char *channel; /* on_site, video, phone */
};
extern const struct field proposal_interview_fields[];

/* Which entry is corrected. */
struct interview_seen {
    int64_t wrong;
};
extern const struct field interview_seen_fields[];

enum { MATCH_PER_CANDIDATE = 3, MATCH_RESERVE_PER_PLACE = 1 }; /* when nothing is chosen */

/* Orders a run for a campaign; `run` gets its number. What earlier runs left undecided lapses. Of
 * at most MATCH_AT_ONCE candidates the run is whole, or nearly so, on return; of more, and what is
 * left then, the server makes it in the background (matching_jobs). ERR_NOT_FOUND,
 * ERR_CAMPAIGN_NOT_MATCHING, ERR_MATCHING_UNDER_WAY while another run of the campaign is made;
 * ERR_NOTHING_TO_MATCH, which stops a run in the background. */
enum { MATCH_AT_ONCE = 5000 };
Err CHECKED matching_create(struct db *db, struct arena *arena, int64_t campaign,
                            const struct matching_choice *choice, int64_t *run);

/* The job that makes runs: each call takes steps of one run for some seconds (run/job.h). */
struct job_desk;
Err CHECKED matching_jobs(const struct job_desk *desk);

/* What a run of the campaign, or a simulation of one from the day it opens, would read now: inputs
 * (inputs.h) and how many candidates, contracts and places. ERR_NOTHING_TO_MATCH. */
struct rows;
Err CHECKED matching_inputs(struct db *db, int64_t campaign, const struct matching_choice *choice,
                            bool simulated, struct rows *rows);

/* The refusal of inputs over the limits (ERR_LIMIT), which tells these; else what is given. */
Err CHECKED matching_limit(struct db *db, Err err);

/* A run's texts and hashes (matching_run_text). ERR_NOT_FOUND; ERR_NO_RESULT_YET. */
Err CHECKED matching_texts(struct db *db, int64_t run, struct rows *rows);

/* A run of those rows (rule, inputs, seed, hashes) as exported.h has it. ERR_RULE_NOT_CARRIED. */
Err CHECKED matching_stored(struct db *db, const struct rows *rows, struct match_exported *run);

/* Stores the shares of what a run keeps (kept.h), before its terms and in their transaction. */
Err CHECKED matching_keep_shares(struct db *db, int64_t run, const struct match_kept *kept);

/* A run as a file (exported.h). ERR_NOT_FOUND; ERR_NO_RESULT_YET; ERR_RULE_NOT_CARRIED. */
Err CHECKED matching_export(struct db *db, struct arena *arena, int64_t run, struct span *file);

/* Why the last run that had the candidate among its inputs gave him a place or none (why.h);
 * `run` gets its number. ERR_NOT_FOUND; ERR_NOT_IN_A_RUN, with what keeps him out;
 * ERR_RULE_NOT_CARRIED; ERR_ANSWERS_NOT_KEPT while the server fills in what the run, of before
 * migration 0059, has to keep (calculation.h). */
Err CHECKED matching_why(struct db *db, struct arena *arena, int64_t candidate,
                         struct match_why *why, int64_t *run);

#endif
