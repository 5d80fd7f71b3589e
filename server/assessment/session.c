#include "session.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "marking.h"

#define AT(type, member) offsetof(struct type, member)

static const char *const states[] = {"planned", "running", "marking", "closed", NULL};
static const char *const attendances[] = {"present", "absent", "void", NULL};

const struct field session_fields[] = {
    {"campaign_id", F_INT, AT(session_form, campaign_id), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "Campaign"},
    {"profile_id", F_INT, AT(session_form, profile_id), 1, INT64_MAX, FIELD_REQUIRED, NULL,
     "Profile"},
    {"held_on", F_DATE, AT(session_form, held_on), 0, 0, FIELD_REQUIRED, NULL, "Day"},
    {"site", F_TEXT, AT(session_form, site), 1, 200, FIELD_REQUIRED, NULL, "Site"},
    {"lang", F_TEXT, AT(session_form, lang), 2, 3, 0, NULL, "Language of the session"},
    {"interpreter", F_BOOL, AT(session_form, interpreter), 0, 0, 0, NULL, "With an interpreter"},
    {"capacity", F_INT, AT(session_form, capacity), 1, SESSION_SEATS_MAX, FIELD_REQUIRED, NULL,
     "Seats"},
    {"lead_email", F_EMAIL, AT(session_form, lead_email), 0, 0, 0, NULL, "Lead assessor's e-mail"},
    {"form", F_TEXT, AT(session_form, form), 1, 1, 0, NULL, "Form of the exercises"},
    FIELD_END};

const struct field session_filter_fields[] = {
    {"campaign_id", F_INT, AT(session_filter, campaign_id), 1, INT64_MAX, 0, NULL, "Campaign"},
    {"state", F_CHOICE, AT(session_filter, state), 0, 0, 0, states, "State"},
    FIELD_END};

const struct field seat_token_fields[] = {
    {"token", F_TEXT, AT(seat_token, token), 9, 9, FIELD_REQUIRED, NULL, "Token"}, FIELD_END};

const struct field seat_check_fields[] = {
    {"seat_id", F_INT, AT(seat_check, seat_id), 1, INT64_MAX, FIELD_REQUIRED, NULL, "Seat"},
    {"attendance", F_CHOICE, AT(seat_check, attendance), 0, 0, FIELD_REQUIRED, attendances,
     "Attendance"},
    {"document_seen", F_BOOL, AT(seat_check, document_seen), 0, 0, 0, NULL,
     "The document was seen and its number compared"},
    {"photo_match", F_BOOL, AT(seat_check, photo_match), 0, 0, 0, NULL,
     "The photo shows this person"},
    {"reason", F_TEXT, AT(seat_check, reason), 3, 500, 0, NULL, "Reason"},
    FIELD_END};

const struct field seat_reason_fields[] = {
    {"reason", F_TEXT, AT(seat_reason, reason), 3, 500, FIELD_REQUIRED, NULL, "Reason"}, FIELD_END};

const struct field judged_seat_fields[] = {
    {"seat_id", F_INT, AT(judged_seat, seat_id), 0, 0, 0, NULL, NULL},
    {"outcome", F_TEXT, AT(judged_seat, outcome), 0, 0, 0, NULL, NULL},
    {"total", F_DECIMAL, AT(judged_seat, total), 0, 0, 0, NULL, NULL},
    {"max_total", F_INT, AT(judged_seat, max_total), 0, 0, 0, NULL, NULL},
    {"below_floor", F_BOOL, AT(judged_seat, below_floor), 0, 0, 0, NULL, NULL},
    {"adjudicated", F_BOOL, AT(judged_seat, adjudicated), 0, 0, 0, NULL, NULL},
    {"digest", F_TEXT, AT(judged_seat, digest), 0, 0, 0, NULL, NULL},
    FIELD_END};

const struct field seat_number_fields[] = {
    {"seat_id", F_INT, AT(seat_number, seat_id), 0, 0, 0, NULL, NULL}, FIELD_END};

const struct field judged_part_fields[] = {
    {"seat_id", F_INT, AT(judged_part, seat_id), 0, 0, 0, NULL, NULL},
    {"exercise_id", F_INT, AT(judged_part, exercise_id), 0, 0, 0, NULL, NULL},
    {"points", F_DECIMAL, AT(judged_part, points), 0, 0, 0, NULL, NULL},
    {"max_points", F_INT, AT(judged_part, max_points), 0, 0, 0, NULL, NULL},
    {"markers", F_INT, AT(judged_part, markers), 0, 0, 0, NULL, NULL},
    {"sum1", F_INT, AT(judged_part, sum1), 0, 0, 0, NULL, NULL},
    {"sum2", F_INT, AT(judged_part, sum2), 0, 0, 0, NULL, NULL},
    {"sum3", F_INT, AT(judged_part, sum3), 0, 0, 0, NULL, NULL},
    {"below_floor", F_BOOL, AT(judged_part, below_floor), 0, 0, 0, NULL, NULL},
    FIELD_END};

const struct field judged_wait_fields[] = {
    {"seat_id", F_INT, AT(judged_wait, seat_id), 0, 0, 0, NULL, NULL},
    {"exercise_id", F_INT, AT(judged_wait, exercise_id), 0, 0, 0, NULL, NULL},
    {"why", F_TEXT, AT(judged_wait, why), 0, 0, 0, NULL, NULL},
    FIELD_END};

Err session_take(struct db *db, struct arena *arena, int64_t id) {
    struct rows rows;
    TRY(db_one(db, Q_SESSION_LOCK, ARGS(arg_int("id", id)), &rows));
    if (!span_is(rows_span(&rows, 0, "state"), "marking")) {
        return fault(db_faults(db), "", ERR_SESSION_NOT_MARKING,
                     rows_text(&rows, arena, 0, "state"));
    }
    return OK;
}

/* The frozen rule of a session, from its own columns and its profile version. */
static Err rule_load(struct db *db, struct arena *arena, int64_t id, struct marking_rule *rule) {
    struct rows session, rows;
    TRY(db_one(db, Q_SESSION_RULE, ARGS(arg_int("id", id)), &session));
    int64_t profile = rows_int(&session, 0, "profile_id");
    rule->pass_total = (int)rows_int(&session, 0, "pass_total");
    rule->tolerance_percent = (int)rows_int(&session, 0, "tolerance_percent");
    rule->borderline_percent = (int)rows_int(&session, 0, "borderline_percent");

    TRY(db_run(db, Q_MARKS_EXERCISES, ARGS(arg_int("profile_id", profile)), &rows));
    struct marking_exercise *exercises = arena_array(arena, (size_t)rows.count, sizeof *exercises);
    for (int i = 0; i < rows.count; i++) {
        exercises[i].id = rows_int(&rows, i, "exercise_id");
        exercises[i].weight = (int)rows_int(&rows, i, "weight");
        exercises[i].min_points = (int)rows_int(&rows, i, "min_points");
    }
    rule->exercises = exercises;
    rule->nexercises = rows.count;

    TRY(db_run(db, Q_MARKS_CRITERIA, ARGS(arg_int("profile_id", profile)), &rows));
    struct marking_criterion *criteria = arena_array(arena, (size_t)rows.count, sizeof *criteria);
    for (int i = 0; i < rows.count; i++) {
        criteria[i].id = rows_int(&rows, i, "id");
        criteria[i].exercise_id = rows_int(&rows, i, "exercise_id");
        criteria[i].max_points = (int)rows_int(&rows, i, "max_points");
    }
    rule->criteria = criteria;
    rule->ncriteria = rows.count;
    return OK;
}

/* The marks of one seat, from `*at` on in rows sorted by seat. */
static int seat_marks(const struct rows *rows, int *at, int64_t seat, struct marking_mark *marks) {
    int count = 0;
    while (*at < rows->count && rows_int(rows, *at, "seat_id") < seat) {
        (*at)++; /* a seat that is void by now */
    }
    for (; *at < rows->count && rows_int(rows, *at, "seat_id") == seat; (*at)++) {
        marks[count].criterion_id = rows_int(rows, *at, "criterion_id");
        marks[count].mark_no = (int)rows_int(rows, *at, "mark_no");
        marks[count].points = (int)rows_int(rows, *at, "points");
        count++;
    }
    return count;
}

static void part_take(struct judgement *out, int64_t seat, int64_t exercise,
                      const struct marking_part *part) {
    if (part->need == MARKING_GAP || part->need == MARKING_FLOOR) {
        out->waits[out->nwaits++] =
            (struct judged_wait){seat, exercise, part->need == MARKING_GAP ? "gap" : "floor"};
    }
    out->parts[out->nparts++] = (struct judged_part){.seat_id = seat,
                                                     .exercise_id = exercise,
                                                     .points = part->points,
                                                     .max_points = part->max_points,
                                                     .markers = part->markers,
                                                     .sum1 = part->sums[0],
                                                     .sum2 = part->sums[1],
                                                     .sum3 = part->sums[2],
                                                     .below_floor = part->below_floor};
}

static void seat_take(struct arena *arena, struct judgement *out, int64_t seat,
                      const struct marking_rule *rule, const struct marking_result *result) {
    out->missing += result->missing;
    if (result->outcome == MARKING_BORDERLINE) {
        out->borderline[out->nborderline++] = (struct seat_number){seat};
    }
    for (int i = 0; i < rule->nexercises; i++) {
        part_take(out, seat, rule->exercises[i].id, &result->parts[i]);
    }
    out->seats[out->nseats++] =
        (struct judged_seat){.seat_id = seat,
                             .outcome = marking_word(result->outcome),
                             .total = result->total,
                             .max_total = result->max_total,
                             .below_floor = result->below_floor,
                             .adjudicated = result->adjudicated,
                             .digest = text_hex(arena, result->digest, sizeof result->digest)};
}

Err session_judge(struct db *db, struct arena *arena, int64_t id, struct judgement *out) {
    struct marking_rule rule = {0};
    struct rows seats, marks;
    TRY(rule_load(db, arena, id, &rule));
    TRY(db_run(db, Q_SESSION_PRESENT, ARGS(arg_int("id", id)), &seats));
    TRY(db_run(db, Q_MARKS_JUDGE, ARGS(arg_int("id", id)), &marks));

    struct judgement made = {0};
    size_t nparts = (size_t)seats.count * (size_t)rule.nexercises;
    made.seats = arena_array(arena, (size_t)seats.count, sizeof *made.seats);
    made.borderline = arena_array(arena, (size_t)seats.count, sizeof *made.borderline);
    made.parts = arena_array(arena, nparts, sizeof *made.parts);
    made.waits = arena_array(arena, nparts, sizeof *made.waits);
    struct marking_mark *sheet = arena_array(arena, (size_t)marks.count, sizeof *sheet);
    struct marking_result *result = ARENA_NEW(arena, struct marking_result);
    int at = 0;
    for (int i = 0; i < seats.count; i++) {
        int64_t seat = rows_int(&seats, i, "id");
        rule.one_marker = !rows_bool(&seats, i, "second_marked");
        int count = seat_marks(&marks, &at, seat, sheet);
        TRY(marking_judge(&rule, sheet, count, result));
        seat_take(arena, &made, seat, &rule, result);
    }
    *out = made;
    return OK;
}

Err session_closable(struct db *db, const struct judgement *judgement) {
    if (judgement->missing > 0) {
        return faultf(db_faults(db), "", ERR_MARKS_MISSING, "%lld", (long long)judgement->missing);
    }
    if (judgement->nborderline > 0) {
        return faultf(db_faults(db), "", ERR_SECOND_MARK_NEEDED, "%d", judgement->nborderline);
    }
    if (judgement->nwaits > 0) {
        return faultf(db_faults(db), "", ERR_THIRD_MARK_NEEDED, "%d", judgement->nwaits);
    }
    return OK;
}

/* True when the stored row is what the marks give today. */
static bool same_result(struct arena *arena, const struct rows *stored, int row,
                        const struct judged_seat *seat) {
    char total[MONEY_TEXT];
    money_format(seat->total, total);
    return span_is(rows_span(stored, row, "outcome"), seat->outcome) &&
           strcmp(rows_text(stored, arena, row, "total"), total) == 0 &&
           span_is(rows_span(stored, row, "digest"), seat->digest);
}

int session_differences(struct arena *arena, const struct rows *stored,
                        const struct judgement *found, struct view *out,
                        void (*tell)(struct view *out, const char *token)) {
    int count = 0;
    for (int row = 0; row < stored->count; row++) {
        int64_t id = rows_int(stored, row, "seat_id");
        bool same = false;
        for (int i = 0; i < found->nseats && !same; i++) {
            same =
                found->seats[i].seat_id == id && same_result(arena, stored, row, &found->seats[i]);
        }
        if (!same) {
            tell(out, rows_text(stored, arena, row, "token"));
            count++;
        }
    }
    return count;
}
