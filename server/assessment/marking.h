/* marking.h - from marks to a result: pure, integer, the same for every order of the marks.
 *
 * Each exercise of a profile is marked by two persons who do not see each other's marks. Where the
 * two sums differ by more than the tolerance, or lie on both sides of an eliminatory floor, a third
 * person marks. A seat that was not drawn for a second marker is judged by one, unless its total
 * lies near the threshold or a sum near its floor: then it is marked twice like the others. The
 * exercise's points are the mean of the two sums, or of the two closest of three (the middle one
 * when both gaps are equal). A candidate passes with the profile's total, and every floor reached.
 * (Double marking and floors after the method's practice: a total of 180 in 326 and at least 40 of
 * 60 on one exercise, failing which eliminates whatever the total.) */
#ifndef NORIA_ASSESSMENT_MARKING_H
#define NORIA_ASSESSMENT_MARKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../lib/base/err.h"

enum { MARKERS = 3, MARKING_EXERCISES_MAX = 50, MARKING_DIGEST = 32 };

/* An exercise of the profile, in the profile's order. */
struct marking_exercise {
    int64_t id;
    int weight;     /* 1..10 */
    int min_points; /* eliminatory floor, unweighted; 0: none */
};

/* What is marked, 0..max_points each. */
struct marking_criterion {
    int64_t id;
    int64_t exercise_id;
    int max_points; /* 1..1000 */
};

/* The newest version of each mark; a corrected one is left out. */
struct marking_mark {
    int64_t criterion_id;
    int mark_no; /* 1..MARKERS */
    int points;
};

/* A session's frozen rule. */
struct marking_rule {
    int pass_total;        /* whole points */
    int tolerance_percent; /* of an exercise's maximum */
    const struct marking_exercise *exercises;
    int nexercises;         /* 1..MARKING_EXERCISES_MAX */
    bool one_marker;        /* the seat was not drawn for a second marker */
    int borderline_percent; /* of the maximum; counts with one_marker only */
    const struct marking_criterion *criteria;
    int ncriteria;
};

/* What an exercise still needs. */
enum marking_need { MARKING_DONE, MARKING_MISSING, MARKING_GAP, MARKING_FLOOR };

struct marking_part {
    enum marking_need need;
    int max_points; /* sum of the criteria */
    int missing;    /* marks still to be given: of the first two, and of a third that was begun */
    int sums[MARKERS];
    int markers;    /* how many of the sums are complete */
    int64_t points; /* hundredths of a point, unweighted; 0 unless need is MARKING_DONE */
    bool below_floor;
};

enum marking_outcome {
    MARKING_INCOMPLETE,
    MARKING_BORDERLINE, /* marked once, and too near the line for that */
    MARKING_ADJUDICATION,
    MARKING_FAIL,
    MARKING_PASS
};

struct marking_result {
    enum marking_outcome outcome;
    int64_t total; /* hundredths, weighted; meaningful for FAIL and PASS */
    int max_total; /* whole points, weighted */
    int missing;   /* marks, over all exercises */
    bool below_floor;
    bool adjudicated; /* a third marker took part */
    struct marking_part parts[MARKING_EXERCISES_MAX];
    uint8_t digest[MARKING_DIGEST]; /* SHA-256 of rule and marks, in an order of their own */
};

/* Judges one candidate's marks.
 * ERR_UNKNOWN_REFERENCE: a criterion outside the rule; ERR_OUT_OF_RANGE: points, a mark number, or
 * too many exercises; ERR_DUPLICATE: a criterion marked twice under one number. */
Err CHECKED marking_judge(const struct marking_rule *rule, const struct marking_mark *marks,
                          int nmarks, struct marking_result *result);

/* "pass", "fail", "incomplete", "borderline", "adjudication". */
const char *marking_word(enum marking_outcome outcome);

#endif
