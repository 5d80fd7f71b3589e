/* check.c - the checks of check.sql, and those that C does better: six months in twelve by the pure
 * model, the audit log by its tree. */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "../lib/base/arena.h"
#include "../lib/sw1/merkle.h"
#include "db/snapshot.h"
#include "returns/stay.h"
#include "settings.h"

enum { FOUND = 1, CANNOT = 3, WORKERS = 20000, STAYS_MAX = 1000 };

struct look {
    const struct snapshot *snapshot;
    struct arena *arena; /* of one step */
    found_fn *found;
    void *arg;
    int64_t count;
};

static void tell(struct look *look, const char *check, const char *object, int64_t id,
                 const char *detail) {
    look->found(look->arg, &(struct finding){check, span_of(object), id, span_of(detail)});
    look->count++;
}

/* --- checks that are one query -----------------------------------------------------------------
 */

static const struct {
    const char *name;
    enum stmt stmt;
} queries[] = {
    {"places", Q_CHECK_PLACES},         {"quotas", Q_CHECK_QUOTAS},
    {"bound_once", Q_CHECK_BOUND_ONCE}, {"overlaps", Q_CHECK_OVERLAPS},
    {"moves", Q_CHECK_MOVES},           {"two_persons", Q_CHECK_TWO_PERSONS},
    {"doubts", Q_CHECK_DOUBTS},         {"marks", Q_CHECK_MARKS},
    {"bytes", Q_CHECK_BYTES},           {"closing", Q_CHECK_CLOSING},
    {"documents", Q_CHECK_DOCUMENTS},   {"references", Q_CHECK_REFERENCES},
    {"leaves", Q_CHECK_LEAVES},         {"retention", Q_CHECK_RETENTION},
    {"defences", Q_CHECK_DEFENCES},     {"derogations", Q_CHECK_DEROGATIONS},
    {"bench", Q_CHECK_BENCH},           {"waiting", Q_CHECK_WAITING},
    {"persons", Q_CHECK_PERSONS},
};

static Err look_by_query(struct look *look) {
    for (size_t q = 0; q < sizeof queries / sizeof *queries; q++) {
        struct rows rows;
        TRY(snapshot_run(look->snapshot, look->arena, queries[q].stmt, ARGS(), &rows));
        for (int i = 0; i < rows.count; i++) {
            look->found(look->arg,
                        &(struct finding){queries[q].name, rows_span(&rows, i, "object"),
                                          rows_int(&rows, i, "id"), rows_span(&rows, i, "detail")});
            look->count++;
        }
        arena_reset(look->arena);
    }
    return OK;
}

static Err use_indexes(struct look *look, const char *on) {
    return snapshot_run(look->snapshot, look->arena, Q_CHECK_SETTINGS,
                        ARGS(arg_text("indexes", on)), NULL);
}

/* Every declared constraint, by a count over the rows. */
static Err look_at_declared(struct look *look) {
    struct rows rows;
    TRY(snapshot_run(look->snapshot, look->arena, Q_CHECK_DECLARED, ARGS(), &rows));
    TRY(use_indexes(look, "off"));
    for (int i = 0; i < rows.count; i++) {
        const char *object = rows_text(&rows, look->arena, i, "object");
        int64_t bad = 0;
        TRY(snapshot_count(look->snapshot, object, rows_text(&rows, look->arena, i, "query"),
                           &bad));
        if (bad > 0) {
            tell(look, "declared", object, 0,
                 arena_printf(look->arena, "%lld rows break it", (long long)bad));
        }
    }
    arena_reset(look->arena);
    return use_indexes(look, "on");
}

/* --- six months in twelve ----------------------------------------------------------------------
 */

struct history {
    int64_t worker;
    int count;
    bool mixed;  /* stays of campaigns with different variants */
    bool beyond; /* more derogations than can be weighed */
    enum stay_variant variant;
    struct stay stays[STAYS_MAX];
    int nleaves;
    struct {
        int64_t id;
        date first, last; /* for a stay that is listed as over, as if it were not revoked */
        int months, days;
    } leaves[STAY_LEAVES];
};

/* A stay and what covers it, row by row of Q_CHECK_LEAVES_OF_STAYS. */
static uint32_t leaves_of(struct history *history, const struct rows *leaves, int64_t stay) {
    uint32_t bits = 0;
    for (int i = 0; i < leaves->count; i++) {
        if (rows_int(leaves, i, "stay_id") != stay) {
            continue;
        }
        int64_t id = rows_int(leaves, i, "derogation_id");
        date last = rows_date(leaves, i, "last_day");
        int k = 0;
        while (k < history->nleaves &&
               (history->leaves[k].id != id || history->leaves[k].last != last)) {
            k++;
        }
        if (k == STAY_LEAVES) {
            history->beyond = true;
            continue;
        }
        history->nleaves = k == history->nleaves ? k + 1 : history->nleaves;
        history->leaves[k].id = id;
        history->leaves[k].first = rows_date(leaves, i, "first_day");
        history->leaves[k].last = last;
        history->leaves[k].months = (int)rows_int(leaves, i, "months");
        history->leaves[k].days = (int)rows_int(leaves, i, "days");
        bits |= UINT32_C(1) << k;
    }
    return bits;
}

static bool too_long(const struct history *history, enum stay_variant variant,
                     struct stay_excess *excess) {
    struct stay others[STAYS_MAX];
    struct stay_leave leaves[STAY_LEAVES];
    struct stay_rule rule = {variant, leaves, history->nleaves};
    for (int k = 0; k < history->nleaves; k++) {
        leaves[k] = (struct stay_leave){
            history->leaves[k].first, history->leaves[k].last,
            stay_leave_most(variant, history->leaves[k].months, history->leaves[k].days)};
    }
    for (int i = 0; i < history->count; i++) {
        memcpy(others, history->stays, sizeof(struct stay) * (size_t)i);
        memcpy(others + i, history->stays + i + 1,
               sizeof(struct stay) * (size_t)(history->count - i - 1));
        if (stay_exceeds(&rule, others, history->count - 1, history->stays[i], excess)) {
            return true;
        }
    }
    return false;
}

/* A stay is judged under its own campaign's variant when it is written, so a mixed history is wrong
 * only when both variants say so. */
static void judge_history(struct look *look, const struct history *history) {
    struct stay_excess excess;
    bool wrong = history->mixed ? too_long(history, STAY_DAYS_183, &excess) &&
                                      too_long(history, STAY_CALENDAR_MONTHS, &excess)
                                : too_long(history, history->variant, &excess);
    if (history->beyond) {
        tell(look, "six_months", "worker", history->worker, "more derogations than can be weighed");
    } else if (history->count > 0 && wrong) {
        char first[DATE_TEXT];
        char last[DATE_TEXT];
        date_format(excess.window_first, first);
        date_format(excess.window_last, last);
        tell(look, "six_months", "worker", history->worker,
             arena_printf(look->arena, "%s to %s holds %d", first, last, excess.units));
    }
}

static Err add_stays(struct look *look, const struct rows *rows, const struct rows *leaves,
                     struct history *history) {
    for (int i = 0; i < rows->count; i++) {
        enum stay_variant variant;
        if (rows_int(rows, i, "worker_id") != history->worker || history->count == STAYS_MAX) {
            judge_history(look, history);
            *history = (struct history){.worker = rows_int(rows, i, "worker_id")};
        }
        if (!stay_variant_of(rows_text(rows, look->arena, i, "variant"), &variant)) {
            return ERR_SCHEMA;
        }
        history->mixed = history->mixed || (history->count > 0 && variant != history->variant);
        history->variant = variant;
        history->stays[history->count++] =
            (struct stay){rows_date(rows, i, "first_day"), rows_date(rows, i, "last_day"),
                          leaves_of(history, leaves, rows_int(rows, i, "id"))};
    }
    return OK;
}

static Err look_at_stays(struct look *look) {
    struct arena *kept = arena_new();
    struct history *history = ARENA_NEW(kept, struct history);
    struct rows rows;
    struct rows leaves;
    Err err = snapshot_run(look->snapshot, kept, Q_CHECK_LAST_WORKER, ARGS(), &rows);
    int64_t last = err == OK ? rows_int(&rows, 0, "id") : 0;
    for (int64_t after = 0; err == OK && after < last; after += WORKERS) {
        struct arg from = arg_int("after", after);
        struct arg upto = arg_int("upto", after + WORKERS);
        err = snapshot_run(look->snapshot, look->arena, Q_CHECK_STAYS, ARGS(from, upto), &rows);
        err = err == OK ? snapshot_run(look->snapshot, look->arena, Q_CHECK_LEAVES_OF_STAYS,
                                       ARGS(from, upto), &leaves)
                        : err;
        err = err == OK ? add_stays(look, &rows, &leaves, history) : err;
        arena_reset(look->arena);
    }
    judge_history(look, history);
    arena_free(kept);
    return err;
}

/* --- the audit log -----------------------------------------------------------------------------
 */

/* The stored nodes, which the tree must make in its own order: level by level. */
struct audited {
    struct look *look;
    struct merkle tree;
    struct rows nodes;
    int64_t made; /* nodes that the tree has */
};

static void compare_node(void *arg, int level, uint64_t index, const struct merkle_hash *hash) {
    struct audited *audited = arg;
    struct merkle_hash stored;
    if (level == 0 || level % 8 != 0) {
        return;
    }
    audited->made++;
    for (int i = 0; i < audited->nodes.count; i++) {
        if (rows_int(&audited->nodes, i, "level") == level &&
            rows_int(&audited->nodes, i, "idx") == (int64_t)index) {
            bool same =
                text_unhex(rows_span(&audited->nodes, i, "hash"), stored.bytes, MERKLE_HASH) &&
                merkle_same(&stored, hash);
            if (!same) {
                tell(audited->look, "audit", "audit_node", (int64_t)index, "is another hash");
            }
            return;
        }
    }
    tell(audited->look, "audit", "audit_node", (int64_t)index, "is not there");
}

static bool same_hex(struct span hex, const struct merkle_hash *hash) {
    struct merkle_hash read;
    return text_unhex(hex, read.bytes, MERKLE_HASH) && merkle_same(&read, hash);
}

/* The roots of the complete subtrees, from the smallest. */
static bool same_frontier(struct span hex, const struct merkle *tree) {
    size_t at = 0;
    for (int level = 0; level < MERKLE_LEVELS; level++) {
        if ((tree->size >> level & 1) != 0) {
            if (at + 64 > hex.len ||
                !same_hex((struct span){hex.ptr + at, 64}, &tree->left[level])) {
                return false;
            }
            at += 64;
        }
    }
    return at == hex.len;
}

static void look_at_entry(struct audited *audited, const struct rows *rows, int row) {
    struct look *look = audited->look;
    int64_t position = rows_int(rows, row, "position");
    struct span hex = rows_span(rows, row, "line");
    char *line = arena_alloc(look->arena, hex.len / 2 + 1);
    if (position != (int64_t)audited->tree.size) {
        tell(look, "audit", "audit_entry", position, "is not in its place");
    }
    if (hex.ptr == NULL || !text_unhex(hex, line, hex.len / 2)) {
        tell(look, "audit", "audit_entry", position, "has lost its leaf");
        hex.len = 0;
    }
    struct merkle_hash hash = merkle_leaf((struct span){line, hex.len / 2});
    if (!same_hex(rows_span(rows, row, "hash"), &hash)) {
        tell(look, "audit", "audit_entry", position, "is not the hash of its leaf");
    }
    merkle_append(&audited->tree, &hash, compare_node, audited);
    if (!rows_null(rows, row, "root")) {
        struct merkle_hash root = merkle_root(&audited->tree);
        if (!same_hex(rows_span(rows, row, "root"), &root) ||
            !same_frontier(rows_span(rows, row, "frontier"), &audited->tree)) {
            tell(look, "audit", "audit_head", position + 1, "is not the head of its leaves");
        }
    }
}

static Err look_at_entries(struct audited *audited) {
    struct look *look = audited->look;
    struct rows rows = {.count = 1};
    int64_t after = 0;
    while (rows.count > 0) {
        TRY(snapshot_run(look->snapshot, look->arena, Q_CHECK_ENTRIES,
                         ARGS(arg_int("after", after)), &rows));
        for (int i = 0; i < rows.count; i++) {
            look_at_entry(audited, &rows, i);
            after = rows_int(&rows, i, "position") + 1;
        }
        arena_reset(look->arena);
    }
    return OK;
}

static Err look_at_audit(struct look *look) {
    struct arena *kept = arena_new();
    struct audited audited = {.look = look};
    struct rows heads;
    Err err = snapshot_run(look->snapshot, kept, Q_CHECK_NODES, ARGS(), &audited.nodes);
    err = err == OK ? snapshot_run(look->snapshot, kept, Q_CHECK_HEADS, ARGS(), &heads) : err;
    err = err == OK ? look_at_entries(&audited) : err;
    if (err == OK && rows_int(&heads, 0, "size") != (int64_t)audited.tree.size) {
        tell(look, "audit", "audit_head", rows_int(&heads, 0, "size"),
             "the newest does not cover the log");
    }
    if (err == OK && audited.made != audited.nodes.count) {
        tell(look, "audit", "audit_node", 0, "there are others than the tree has");
    }
    arena_free(kept);
    return err;
}

/* --- all of it ---------------------------------------------------------------------------------
 */

static Err look_everywhere(struct look *look) {
    TRY(use_indexes(look, "on"));
    TRY(look_by_query(look));
    TRY(look_at_declared(look));
    TRY(look_at_stays(look));
    return look_at_audit(look);
}

Err check_database(const char *url, found_fn *found, void *arg, int64_t *count) {
    struct arena *arena = arena_new();
    struct look look = {.arena = arena_new(), .found = found, .arg = arg};
    Err err = snapshot_open(arena, url, &look.snapshot);
    err = err == OK ? look_everywhere(&look) : err;
    *count = look.count;
    arena_free(look.arena);
    arena_free(arena);
    return err;
}

static void print_finding(void *arg, const struct finding *finding) {
    (void)arg;
    printf("%s: %.*s %lld: %.*s\n", finding->check, (int)finding->object.len, finding->object.ptr,
           (long long)finding->id, (int)finding->detail.len, finding->detail.ptr);
}

int check_command(const struct settings *settings, int argc, char **argv) {
    int64_t count = 0;
    (void)argc;
    (void)argv;
    if (check_database(settings->database_url, print_finding, NULL, &count) != OK) {
        return CANNOT;
    }
    printf("%lld findings\n", (long long)count);
    return count == 0 ? 0 : FOUND;
}
