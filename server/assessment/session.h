/* session.h - a sitting: planned > running > marking > closed.
 *
 * Profile version, threshold and tolerance are copied into the session when it is created and never
 * change. A seat is taken by a preselected candidate of the campaign who is not held, has no valid
 * result of the profile, and has waited after a failure; the session's counter keeps the capacity.
 * Absent is not failed. The database enforces all of this (replaceable/06_assessments.sql). */
#ifndef NORIA_ASSESSMENT_SESSION_H
#define NORIA_ASSESSMENT_SESSION_H

#include "../../lib/base/field.h"
#include "../db/db.h"

enum { SESSION_SEATS_MAX = 200 };

struct session_form {
    int64_t campaign_id;
    int64_t profile_id;
    date held_on;
    const char *site;
    const char *lang; /* NULL: fr */
    bool interpreter;
    int64_t capacity;
    const char *lead_email; /* NULL: who creates it */
    const char *form;       /* of the exercises, "A".."Z"; NULL: A */
};
extern const struct field session_fields[];

/* Filters of the list. */
struct session_filter {
    int64_t campaign_id;
    const char *state;
};
extern const struct field session_filter_fields[];

/* A seat asked for. */
struct seat_token {
    const char *token;
};
extern const struct field seat_token_fields[];

/* Who came, and whether the papers were seen and the photo compared. */
struct seat_check {
    int64_t seat_id;
    const char *attendance; /* present, absent, void */
    bool document_seen;
    bool photo_match;
    const char *reason; /* needed for void */
};
extern const struct field seat_check_fields[];

struct seat_reason {
    const char *reason;
};
extern const struct field seat_reason_fields[];

/* What closing a session would write, as records for session_results and session_adjudicate. */
struct judged_seat {
    int64_t seat_id;
    const char *outcome; /* pass or fail */
    int64_t total;       /* hundredths */
    int64_t max_total;
    bool below_floor;
    bool adjudicated;
    const char *digest; /* hexadecimal */
};
extern const struct field judged_seat_fields[];

struct judged_part {
    int64_t seat_id;
    int64_t exercise_id;
    int64_t points; /* hundredths */
    int64_t max_points;
    int64_t markers;
    int64_t sum1, sum2, sum3;
    bool below_floor;
};
extern const struct field judged_part_fields[];

struct judged_wait {
    int64_t seat_id;
    int64_t exercise_id;
    const char *why; /* gap or floor */
};
extern const struct field judged_wait_fields[];

struct seat_number {
    int64_t seat_id;
};
extern const struct field seat_number_fields[];

struct judgement {
    struct judged_seat *seats;
    int nseats;
    struct judged_part *parts;
    int nparts;
    struct judged_wait *waits; /* exercises that need a third marker */
    int nwaits;
    struct seat_number *borderline; /* marked once, too near the line */
    int nborderline;
    int64_t missing; /* marks */
};

/* Takes the session alone for who leads it or an officer (ERR_NOT_FOUND otherwise), in the state
 * `marking` (ERR_SESSION_NOT_MARKING), inside a write. */
Err CHECKED session_take(struct db *db, struct arena *arena, int64_t id);

/* Judges every present seat's marks. */
Err CHECKED session_judge(struct db *db, struct arena *arena, int64_t id, struct judgement *out);

/* OK when nothing is missing and nothing waits, else ERR_MARKS_MISSING, ERR_SECOND_MARK_NEEDED or
 * ERR_THIRD_MARK_NEEDED. */
Err CHECKED session_closable(struct db *db, const struct judgement *judgement);

/* Hands the token of each seat whose stored result (rows of result_all) differs from `found` to
 * `tell(out, token)`, and gives their number. */
struct view;
int session_differences(struct arena *arena, const struct rows *stored,
                        const struct judgement *found, struct view *out,
                        void (*tell)(struct view *out, const char *token));

#endif
