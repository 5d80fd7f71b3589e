/* PostgreSQL's rule and the model give the same answer on random histories: stays of two campaigns
 * with different variants, extensions, early ends, corrections, transfers, and derogations that
 * come, end and are revoked meanwhile. The code of `noria-server check` then finds nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "server/check.h"
#include "server/returns/stay.h"
#include "tests/support/check_main.h"
#include "tests/support/season.h"

enum {
    HISTORIES = 1000,
    BATCH = 25,
    STAYS_MAX = 8,
    LEAVES = 5,
    LEAVES_MAX = 30,
    STEPS = 9,
    HOUR = 3600
};

/* NORIA_HISTORIES asks for more, for each variant, and NORIA_SEED for others (docs/measurements.md
 * has 50,000 a variant). */
static int setting(const char *name, int otherwise) {
    const char *asked = getenv(name);
    int64_t count = 0;
    return asked != NULL && text_int(span_of(asked), &count) && count > 0 ? (int)count : otherwise;
}

static const char *const campaigns[] = {"days_183", "calendar_months"};

/* A derogation as the test knows it. Its scope: a campaign (-1: both), a country (all candidates
 * are of the first campaign and of a French service), workers with even ids only. */
struct leave {
    long long id;
    date first, last; /* as cut by a revocation; none left: first > last */
    bool revoked;
    int months, days;
    int campaign;
    bool country, even;
};

struct known_stay {
    long long id;
    struct stay days;
    int campaign;
};

enum event { ENTER, LENGTHEN, SHORTEN, CORRECT, STRIKE, TRANSFER, REVOKE, EVENTS };

struct history {
    PGconn *pg;
    unsigned dice;
    long long worker;
    int first_campaign; /* that most stays are of */
    struct leave leaves[LEAVES_MAX];
    int nleaves;
    struct known_stay stays[STAYS_MAX];
    int count;
    int taken[EVENTS], refused[EVENTS];
    int by_leave;   /* taken, and refused by six months alone */
    int still_over; /* shortened, and over still */
    bool control;   /* differences are counted */
    int differences;
    bool lost; /* this history is given up */
};

static int roll(struct history *h, int sides) {
    h->dice = h->dice * 1664525U + 1013904223U;
    return (int)((h->dice >> 8) % (unsigned)sides);
}

static date any_day(struct history *h) {
    return date_of((struct civil){2026, 1, 1}) + roll(h, 700);
}

static int any_length(struct history *h) {
    static const int longest[] = {10, 40, 100, 185, 250};
    return roll(h, longest[roll(h, 5)]);
}

/* --- the database ------------------------------------------------------------------------------
 */

/* The first value of the answer as a number (0: none), or false and the SQLSTATE. */
__attribute__((format(printf, 4, 5))) static bool ask(PGconn *pg, char state[6], long long *number,
                                                      const char *format, ...) {
    char sql[1500];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sql, sizeof sql, format, args);
    va_end(args);
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    (void)snprintf(state, 6, "%s", good || code == NULL ? "" : code);
    *number = status == PGRES_TUPLES_OK && PQntuples(result) > 0
                  ? strtoll(PQgetvalue(result, 0, 0), NULL, 10)
                  : 0;
    PQclear(result);
    return good;
}

static void period(struct stay stay, char text[80]) {
    char first[DATE_TEXT];
    char last[DATE_TEXT];
    date_format(stay.first, first);
    date_format(stay.last, last);
    (void)snprintf(text, 80, "daterange('%s','%s','[]')", first, last);
}

static bool database_enters(struct history *h, struct known_stay *stay, char state[6]) {
    char days[80];
    period(stay->days, days);
    return ask(h->pg, state, &stay->id,
               "INSERT INTO worker_stay (worker_id, campaign_id, period) VALUES (%lld, t_id('%s'), "
               "%s) RETURNING id",
               h->worker, campaigns[stay->campaign], days);
}

static bool database_moves(struct history *h, const struct known_stay *stay, struct stay to,
                           char state[6]) {
    char days[80];
    long long none;
    period(to, days);
    return ask(h->pg, state, &none, "UPDATE worker_stay SET period = %s WHERE id = %lld", days,
               stay->id);
}

/* --- the model ---------------------------------------------------------------------------------
 */

static uint32_t covered(const struct history *h, int campaign) {
    uint32_t bits = 0;
    for (int k = 0; k < h->nleaves; k++) {
        const struct leave *leave = &h->leaves[k];
        bool covers = leave->first <= leave->last &&
                      (leave->campaign < 0 || leave->campaign == campaign) &&
                      (!leave->country || campaign == 0) && (!leave->even || h->worker % 2 == 0);
        bits |= covers ? UINT32_C(1) << k : 0;
    }
    return bits;
}

/* Whether stay number `self` (-1: a new one) may not be on these days. */
static bool model_exceeds(const struct history *h, int self, struct stay days, int campaign,
                          bool by_leave) {
    struct stay_leave leaves[LEAVES_MAX];
    struct stay others[STAYS_MAX];
    struct stay_excess excess;
    struct stay_rule rule = {campaign == 0 ? STAY_DAYS_183 : STAY_CALENDAR_MONTHS, leaves,
                             by_leave ? h->nleaves : 0};
    int n = 0;
    for (int k = 0; k < h->nleaves; k++) {
        const struct leave *leave = &h->leaves[k];
        leaves[k] = (struct stay_leave){leave->first, leave->last,
                                        stay_leave_most(rule.variant, leave->months, leave->days)};
    }
    for (int i = 0; i < h->count; i++) {
        if (i != self) {
            others[n] = h->stays[i].days;
            others[n++].leaves = covered(h, h->stays[i].campaign);
        }
    }
    days.leaves = covered(h, campaign);
    return stay_exceeds(&rule, others, n, days, &excess);
}

static bool overlaps(const struct history *h, int self, struct stay days) {
    for (int i = 0; i < h->count; i++) {
        if (i != self && h->stays[i].days.first <= days.last &&
            h->stays[i].days.last >= days.first) {
            return true;
        }
    }
    return false;
}

/* "": taken; else the SQLSTATE. Days may be given back also by a stay that is over. */
static const char *model_says(struct history *h, int self, struct stay days, int campaign) {
    if (overlaps(h, self, days)) {
        return "23P01";
    }
    if (!model_exceeds(h, self, days, campaign, true)) {
        h->by_leave += model_exceeds(h, self, days, campaign, false);
        return "";
    }
    const struct stay *now = self < 0 ? NULL : &h->stays[self].days;
    if (now != NULL && now->first <= days.first && days.last <= now->last &&
        model_exceeds(h, self, *now, campaign, true)) {
        h->still_over++;
        return "";
    }
    return "NR001";
}

/* --- events ------------------------------------------------------------------------------------
 */

static void compare(struct history *h, enum event event, const char *expected, const char *state) {
    if (h->control && strcmp(expected, state) != 0) {
        h->differences += !h->lost;
        h->lost = true;
        return;
    }
    ck_assert_msg(strcmp(expected, state) == 0,
                  "worker %lld, event %d: expected \"%s\", got \"%s\"", h->worker, event, expected,
                  state);
    h->taken[event] += expected[0] == '\0';
    h->refused[event] += strcmp(expected, "NR001") == 0;
}

static void enter(struct history *h) {
    char state[6];
    date first = any_day(h);
    struct known_stay stay = {0, {first, first + any_length(h), 0}, h->first_campaign};
    stay.campaign = roll(h, 4) == 0 ? 1 - h->first_campaign : h->first_campaign;
    const char *expected = model_says(h, -1, stay.days, stay.campaign);
    (void)database_enters(h, &stay, state);
    compare(h, ENTER, expected, state);
    if (expected[0] == '\0') {
        h->stays[h->count++] = stay;
    }
}

static void move(struct history *h, enum event event, int i) {
    char state[6];
    struct stay to = h->stays[i].days;
    if (event == LENGTHEN) {
        to.last += 1 + roll(h, 120);
    } else if (event == SHORTEN) {
        int longest = to.last - to.first + 1;
        to.last -= roll(h, longest > 4 && roll(h, 2) == 0 ? 4 : longest);
    } else {
        to.first += roll(h, 60) - 30;
        to.last = to.first + any_length(h);
    }
    const char *expected = model_says(h, i, to, h->stays[i].campaign);
    (void)database_moves(h, &h->stays[i], to, state);
    compare(h, event, expected, state);
    if (expected[0] == '\0') {
        h->stays[i].days = to;
    }
}

static void strike(struct history *h) {
    char state[6];
    long long none;
    int i = roll(h, h->count);
    (void)ask(h->pg, state, &none, "DELETE FROM worker_stay WHERE id = %lld", h->stays[i].id);
    compare(h, STRIKE, "", state);
    h->stays[i] = h->stays[--h->count];
}

/* One transaction: the stay is cut, and another begins the day after. Both or neither. */
static void transfer(struct history *h) {
    char state[6];
    long long none;
    int i = roll(h, h->count);
    struct stay before = h->stays[i].days;
    struct stay cut = {before.first, before.last - roll(h, before.last - before.first + 1), 0};
    struct known_stay next = {0, {cut.last + 1, cut.last + 1 + any_length(h), 0}, 0};
    next.campaign = h->stays[i].campaign;
    ck_assert(ask(h->pg, state, &none, "BEGIN"));
    const char *expected = model_says(h, i, cut, h->stays[i].campaign);
    bool good = database_moves(h, &h->stays[i], cut, state);
    if (expected[0] == '\0' && good) {
        h->stays[i].days = cut;
        expected = model_says(h, -1, next.days, next.campaign);
        good = database_enters(h, &next, state);
    }
    compare(h, TRANSFER, expected, state);
    ck_assert(ask(h->pg, state, &none, good ? "COMMIT" : "ROLLBACK"));
    if (good) {
        h->stays[h->count++] = next;
    } else {
        h->stays[i].days = before;
    }
}

static void revoke(struct history *h, struct leave *leave, date from) {
    char state[6];
    char day[DATE_TEXT];
    long long over;
    date_format(from, day);
    ck_assert_msg(
        ask(h->pg, state, &over, "SELECT derogation_revoke(%lld, '%s', 'no more')", leave->id, day),
        "%s %s", state, PQerrorMessage(h->pg));
    leave->last = from - 1;
    leave->revoked = true;
    h->taken[REVOKE]++;
}

static void revoke_any(struct history *h) {
    struct leave *leave = &h->leaves[roll(h, h->nleaves)];
    if (!leave->revoked) {
        revoke(h, leave, leave->first + roll(h, leave->last - leave->first + 1));
    }
}

/* What the end of the stay rests on, if anything, ends a few days before it. */
static void revoke_under(struct history *h, const struct known_stay *stay) {
    uint32_t bits = covered(h, stay->campaign);
    for (int k = 0; k < h->nleaves; k++) {
        struct leave *leave = &h->leaves[k];
        if ((bits >> k & 1U) != 0 && !leave->revoked && leave->first < stay->days.last &&
            stay->days.last <= leave->last) {
            date from = stay->days.last - roll(h, 9);
            revoke(h, leave, from > leave->first ? from : leave->first);
        }
    }
}

/* Somebody is there by a derogation alone, which is revoked; then he leaves some days earlier. */
static void lose_leave(struct history *h) {
    int i = roll(h, h->count);
    const struct known_stay *stay = &h->stays[i];
    if (model_exceeds(h, i, stay->days, stay->campaign, false)) {
        revoke_under(h, stay);
        move(h, SHORTEN, i);
    }
}

static void step(struct history *h) {
    static const enum event events[] = {ENTER,    ENTER,   ENTER,   ENTER,    LENGTHEN, LENGTHEN,
                                        LENGTHEN, SHORTEN, CORRECT, TRANSFER, TRANSFER, STRIKE};
    enum event event = h->count == 0 ? ENTER : events[roll(h, 12)];
    if (roll(h, 40) == 0) {
        revoke_any(h);
    }
    if (h->count > 0 && roll(h, 3) == 0) {
        lose_leave(h);
    }
    if (event == STRIKE) {
        strike(h);
    } else if (event == TRANSFER && h->count < STAYS_MAX) {
        transfer(h);
    } else if (event == ENTER && h->count < STAYS_MAX) {
        enter(h);
    } else {
        move(h, event == ENTER || event == TRANSFER ? LENGTHEN : event, roll(h, h->count));
    }
}

/* --- batches -----------------------------------------------------------------------------------
 */

static void sign_leave(struct history *h, struct leave *leave) {
    char state[6];
    char days[80];
    date first = any_day(h);
    *leave = (struct leave){0, first, first + 60 + roll(h, 400), false, 0, 0, 0, false, false};
    leave->months = roll(h, 2) == 0 ? 7 + roll(h, 3) : 0;
    leave->days = leave->months == 0 ? 184 + roll(h, 91) : 0;
    leave->campaign = roll(h, 3) - 1;
    leave->country = roll(h, 3) == 0;
    leave->even = roll(h, 3) == 0;
    period((struct stay){leave->first, leave->last, 0}, days);
    ck_assert_msg(
        ask(h->pg, state, &leave->id,
            "SELECT t_derogation(jsonb_strip_nulls(jsonb_build_object('from_day', lower(%s), "
            "'to_day', upper(%s) - 1, 'most_months', nullif(%d, 0), 'most_days', nullif(%d, 0), "
            "'campaign_id', t_id('%s'), 'country', %s)), %s)",
            days, days, leave->months, leave->days,
            leave->campaign < 0 ? "none" : campaigns[leave->campaign],
            leave->country ? "'FR'" : "NULL",
            leave->even ? "ARRAY(SELECT w.id FROM worker w WHERE "
                          "w.id % 2 = 0 AND w.id >= (SELECT max(id) - 60 FROM worker))"
                        : "NULL"),
        "%s %s", state, PQerrorMessage(h->pg));
}

static long long begin_batch(struct history *h) {
    (void)season_number(h->pg, "SET session_replication_role = replica; DELETE FROM worker_stay;"
                               "DELETE FROM derogation_over; DELETE FROM derogation_worker;"
                               "DELETE FROM derogation; SET session_replication_role = origin;"
                               "SELECT 1");
    char sql[80];
    (void)snprintf(sql, sizeof sql, "SELECT t_workers(%d)", BATCH);
    long long first = season_number(h->pg, sql);
    for (h->nleaves = 0; h->nleaves < LEAVES; h->nleaves++) {
        sign_leave(h, &h->leaves[h->nleaves]);
    }
    return first;
}

static void on_finding(void *arg, const struct finding *finding) {
    (void)arg;
    ck_assert_msg(
        strcmp(finding->check, "six_months") != 0 && strcmp(finding->check, "derogations") != 0,
        "%s: %.*s %lld: %.*s", finding->check, (int)finding->object.len, finding->object.ptr,
        (long long)finding->id, (int)finding->detail.len, finding->detail.ptr);
}

static void play(struct history *h, int wanted) {
    long long first = 0;
    (void)season_number(h->pg, "SET synchronous_commit = off; SELECT 1");
    (void)season_number(h->pg, "SELECT set_config('noria.actor', t_id('officer') || '|' || "
                               "t_id('office') || '|officer|2026-01-01', false)");
    for (int n = 0; n < wanted; n++) {
        first = n % BATCH == 0 ? begin_batch(h) : first;
        h->worker = first + n % BATCH;
        h->count = 0;
        h->lost = false;
        if (roll(h, 6) == 0 && h->nleaves < LEAVES_MAX) {
            sign_leave(h, &h->leaves[h->nleaves++]);
        }
        for (int i = 0; i < STEPS && !h->lost; i++) {
            step(h);
        }
    }
}

START_TEST(same_answers) {
    int wanted = setting("NORIA_HISTORIES", HISTORIES);
    int64_t findings = 0;
    struct history h = {.pg = season_connect(),
                        .dice = (unsigned)_i + 7U * (unsigned)setting("NORIA_SEED", 1),
                        .first_campaign = _i};
    play(&h, wanted);
    ck_assert_int_eq(check_database(getenv("NORIA_SEASON_URL"), on_finding, NULL, &findings), OK);
    PQfinish(h.pg);
    printf("%d histories, taken/refused: entered %d/%d, lengthened %d/%d, shortened %d/%d, "
           "corrected %d/%d, transferred %d/%d, struck %d; revoked %d; lawful by a derogation "
           "alone %d, shortened and still over %d\n",
           wanted, h.taken[ENTER], h.refused[ENTER], h.taken[LENGTHEN], h.refused[LENGTHEN],
           h.taken[SHORTEN], h.refused[SHORTEN], h.taken[CORRECT], h.refused[CORRECT],
           h.taken[TRANSFER], h.refused[TRANSFER], h.taken[STRIKE], h.taken[REVOKE], h.by_leave,
           h.still_over);
    /* the histories try the rule from both sides, in every kind of event */
    ck_assert_int_gt(h.taken[ENTER], wanted);
    ck_assert_int_gt(h.refused[ENTER], wanted / 10);
    for (enum event e = LENGTHEN; e <= TRANSFER; e++) {
        ck_assert_int_gt(h.taken[e], wanted / 20);
        ck_assert(e == SHORTEN || e == STRIKE || h.refused[e] > wanted / 100);
    }
    ck_assert_int_gt(h.by_leave, wanted / 20);
    ck_assert(h.still_over > 0 || wanted < HISTORIES); /* that one is rare */
}
END_TEST

/* A defence taken away is a difference in the first histories: the trigger, the derogations, their
 * scope with their revocations. */
static const char *const removals[][2] = {
    {"ALTER TABLE worker_stay DISABLE TRIGGER six_months",
     "ALTER TABLE worker_stay ENABLE TRIGGER six_months"},
    {"ALTER FUNCTION stay_leaves RENAME TO t_leaves; CREATE FUNCTION stay_leaves(stay bigint, "
     "variant text, first date, last date) RETURNS TABLE (derogation bigint, first_day date, "
     "last_day date, most int) LANGUAGE sql AS 'SELECT 0::bigint, NULL::date, NULL::date, 0 WHERE "
     "false'",
     "DROP FUNCTION stay_leaves; ALTER FUNCTION t_leaves RENAME TO stay_leaves"},
    {"ALTER FUNCTION stay_leaves RENAME TO t_leaves; CREATE FUNCTION stay_leaves(stay bigint, "
     "variant text, first date, last date) RETURNS TABLE (derogation bigint, first_day date, "
     "last_day date, most int) LANGUAGE sql AS 'SELECT d.id, d.from_day, d.to_day, 270 FROM "
     "derogation d WHERE d.signed_by IS NOT NULL'",
     "DROP FUNCTION stay_leaves; ALTER FUNCTION t_leaves RENAME TO stay_leaves"},
};

START_TEST(control_without_a_defence) {
    PGconn *pg = season_connect();
    struct history h = {.pg = season_connect(), .dice = 7U, .control = true};
    char sql[800];
    (void)snprintf(sql, sizeof sql, "%s; SELECT 1", removals[_i][0]);
    (void)season_number(pg, sql);
    play(&h, 2 * BATCH);
    (void)snprintf(sql, sizeof sql, "%s; SELECT 1", removals[_i][1]);
    (void)season_number(pg, sql);
    PQfinish(pg);
    PQfinish(h.pg);
    ck_assert_int_gt(h.differences, 0);
}
END_TEST

int main(void) {
    const struct check_rounds tests[] = {
        {same_answers, 2},
        {control_without_a_defence, 3},
        {NULL, 0},
    };
    return check_shared("six months in SQL and C", season_up, season_down, 3 * HOUR, tests);
}
