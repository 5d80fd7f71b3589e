/* What writes over what somebody typed: every statement and every function that does so asks for
 * the version that was seen (test_edits.c tries them), or stands here with the reason why not. */
#include <string.h>

#include "lib/base/text.h"
#include "server/db/stmt_table.h"
#include "tests/support/web.h"

/* Statements that write over columns with what came in, without a version, and why they may. */
static const struct {
    const char *name, *why;
} free_ones[] = {
    {"account_set_password", "whoever knows the old one"},
    {"account_reset", "a code replaces the last"},
    {"activation_use", "whoever holds the code"},
    {"account_disable", "an act: the same twice is the same"},
    {"factor_begin", "his own, until he confirms it"},
    {"factor_confirm", "whoever holds it"},
    {"factor_take", "a counter that only rises"},
    {"seat_release", "an act on a seat that waits"},
    {"candidate_import_end", "the server's own counts"},
    {"contract_import_end", "the server's own counts"},
    {"migrate_record", "not a request"},
    {"case_likeness_put", "computed, the same whoever asks"},
};

static bool is_free(const char *name) {
    for (size_t i = 0; i < sizeof free_ones / sizeof *free_ones; i++) {
        if (strcmp(free_ones[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* What stands between SET and the next WHERE, RETURNING or FROM. */
static struct span assignments(const char *set) {
    static const char *const ends[] = {"WHERE", "RETURNING", "FROM"};
    struct span span = {set, strlen(set)};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const char *end = strcasestr(set, ends[i]);
        span.len = end != NULL && (size_t)(end - set) < span.len ? (size_t)(end - set) : span.len;
    }
    return span;
}

static bool holds(struct span text, const char *what) {
    return memmem(text.ptr, text.len, what, strlen(what)) != NULL;
}

/* Writes what came in over what stood, except the state: an act, which its own state guards. */
static bool overwrites(const char *text) {
    for (const char *at = strcasestr(text, "UPDATE"); at != NULL;
         at = strcasestr(at + 1, "UPDATE")) {
        const char *set = strcasestr(at, "SET ");
        struct span to = set == NULL ? (struct span){"", 0} : assignments(set);
        if (!holds(to, "state =") &&
            (holds(to, "$") || holds(to, "excluded.") || holds(to, " v.") || holds(to, " x."))) {
            return true;
        }
    }
    return false;
}

static bool asks_version(const struct stmt_info *stmt) {
    for (int i = 0; i < stmt->nparams; i++) {
        if (strcmp(stmt->params[i], "version") == 0) {
            return true;
        }
    }
    return false;
}

START_TEST(no_statement_writes_over_the_unseen) {
    int asked = 0;
    int freed = 0;
    for (int i = 0; i < stmt_count; i++) {
        const struct stmt_info *stmt = &stmt_table[i];
        if (strncmp(stmt->where, "server/", 7) != 0 || !overwrites(stmt->text)) {
            continue;
        }
        ck_assert_msg(asks_version(stmt) || is_free(stmt->name),
                      "%s (%s) writes over what was typed: compare :version", stmt->name,
                      stmt->where);
        asked += asks_version(stmt);
        freed += is_free(stmt->name);
    }
    ck_assert_int_gt(asked, 12);
    ck_assert_int_eq(freed, sizeof free_ones / sizeof *free_ones);
    ck_assert(overwrites("UPDATE smic SET hourly = $1 WHERE from_day = $2"));
    ck_assert(!overwrites("UPDATE smic SET state = 'old' WHERE from_day = $2"));
}
END_TEST

/* Functions that a login may call and that change rows: acts, guarded by the state that they move,
 * and the two edits (stay_correct, assessment_propose), which take the version. */
#define ACTS                                                                                       \
    "'{contract_public,candidate_move,candidate_import_take,seats_check,worker_join,case_settle,"  \
    "proposal_accept,proposal_refuse,returnee_name,document_revoke,"                               \
    "document_restore,return_evidence_add,exception_decide,non_return_decide,closing_sign,"        \
    "closing_countersign,reopened_settle,document_batch_claim,document_batch_resume,"              \
    "derogation_sign,derogation_revoke,stay_correct,purge_rest,privacy_decide,calibration_sign,"   \
    "incident_add,appeal_decide,pack_import,assessment_propose,assessment_decide,own_file_try,"    \
    "own_file_answer,document_seen_record,digests_keep,digests_switch,login_arrived,login_"        \
    "attempt,matching_freeze,matching_keep,matching_next,matching_step,matching_stop,matching_"    \
    "take,matching_undo,calculation_next,calculation_replayed,calculation_supposed,calculation_"   \
    "kept,calculation_stop,calculation_cancel,version_propose,version_drop,version_sign,version_"  \
    "retire,proposal_interview}'"
#define CHANGERS                                                                                   \
    "SELECT count(DISTINCT p.proname) FROM pg_proc p WHERE p.pronamespace = "                      \
    "'public'::regnamespace AND p.prosrc ~* '\\mupdate\\M' AND p.prorettype <> "                   \
    "'trigger'::regtype AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname LIKE 'noria\\_%' AND "  \
    "has_function_privilege(r.oid, p.oid, 'EXECUTE'))"

START_TEST(no_function_writes_over_the_unseen) {
    ck_assert_msg(web_sql(CHANGERS " AND p.proname <> ALL (" ACTS ")") == 0,
                  "a new function changes rows: an edit takes the version; an act stands in ACTS");
    ck_assert_int_eq(web_sql(CHANGERS), web_sql("SELECT cardinality(" ACTS "::text[])"));
    ck_assert_int_eq(web_sql("SELECT count(*) FROM pg_proc WHERE proname IN ('stay_correct', "
                             "'assessment_propose') AND 'seen' = ANY (proargnames)"),
                     2);
}
END_TEST

WEB_MAIN("unseen", 60, no_statement_writes_over_the_unseen, no_function_writes_over_the_unseen)
