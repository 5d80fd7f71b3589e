/* marking.c against worked examples, a plain second implementation, and shuffles. */
#include "server/assessment/marking.h"

#include <sodium.h>
#include <string.h>

#include "tests/support/check_main.h"

enum { A = 11, B = 12 };

/* Two exercises of two criteria: A counts once with a floor of 8 in 20, B twice without floor. */
static const struct marking_exercise exercises[] = {{A, 1, 8}, {B, 2, 0}};
static const struct marking_criterion criteria[] = {{1, A, 12}, {2, A, 8}, {3, B, 12}, {4, B, 8}};
static const struct marking_rule rule = {.pass_total = 36,
                                         .tolerance_percent = 10,
                                         .exercises = exercises,
                                         .nexercises = 2,
                                         .criteria = criteria,
                                         .ncriteria = 4};

struct sheet {
    struct marking_mark marks[64];
    int count;
};

/* The two criteria of an exercise under one number. */
static void give(struct sheet *sheet, int64_t exercise, int no, int first, int second) {
    int64_t criterion = exercise == A ? 1 : 3;
    sheet->marks[sheet->count++] = (struct marking_mark){criterion, no, first};
    sheet->marks[sheet->count++] = (struct marking_mark){criterion + 1, no, second};
}

static struct marking_result judged(const struct sheet *sheet) {
    struct marking_result result;
    ck_assert_int_eq(marking_judge(&rule, sheet->marks, sheet->count, &result), OK);
    return result;
}

START_TEST(passes_at_the_threshold_exactly) {
    struct sheet s = {0};
    give(&s, A, 1, 8, 4), give(&s, A, 2, 8, 4); /* 12 */
    give(&s, B, 1, 8, 4), give(&s, B, 2, 8, 4); /* 12 twice: 24; together 36 */
    struct marking_result r = judged(&s);
    ck_assert_int_eq(r.outcome, MARKING_PASS);
    ck_assert_int_eq(r.total, 3600);
    ck_assert_int_eq(r.max_total, 60);
    ck_assert(!r.adjudicated && !r.below_floor);
    s.marks[0].points = 7; /* half a point less */
    r = judged(&s);
    ck_assert_int_eq(r.total, 3550);
    ck_assert_int_eq(r.outcome, MARKING_FAIL);
}
END_TEST

START_TEST(floor_eliminates_whatever_the_total) {
    struct sheet s = {0};
    give(&s, A, 1, 4, 3), give(&s, A, 2, 4, 3);   /* 7 < 8 */
    give(&s, B, 1, 12, 8), give(&s, B, 2, 12, 8); /* 40 */
    struct marking_result r = judged(&s);
    ck_assert_int_eq(r.total, 4700);
    ck_assert(r.below_floor && r.parts[0].below_floor && !r.parts[1].below_floor);
    ck_assert_int_eq(r.outcome, MARKING_FAIL);
}
END_TEST

START_TEST(gap_above_tolerance_needs_a_third) {
    struct sheet s = {0};
    give(&s, A, 1, 10, 2), give(&s, A, 2, 10, 2);
    give(&s, B, 1, 10, 2), give(&s, B, 2, 8, 2); /* 12 and 10: exactly 10 % of 20 */
    ck_assert_int_eq(judged(&s).outcome, MARKING_FAIL);
    s.marks[6].points = 7; /* 9: one more */
    struct marking_result r = judged(&s);
    ck_assert_int_eq(r.outcome, MARKING_ADJUDICATION);
    ck_assert_int_eq(r.parts[1].need, MARKING_GAP);
    ck_assert_int_eq(r.parts[1].points, 0);
}
END_TEST

START_TEST(both_sides_of_a_floor_need_a_third) {
    struct sheet s = {0};
    give(&s, A, 1, 4, 4), give(&s, A, 2, 4, 3); /* 8 and 7: within tolerance, across the floor */
    give(&s, B, 1, 12, 8), give(&s, B, 2, 12, 8);
    struct marking_result r = judged(&s);
    ck_assert_int_eq(r.outcome, MARKING_ADJUDICATION);
    ck_assert_int_eq(r.parts[0].need, MARKING_FLOOR);
    give(&s, A, 3, 5, 4); /* 9: closest are none, 8 is in the middle */
    r = judged(&s);
    ck_assert(r.adjudicated);
    ck_assert_int_eq(r.parts[0].points, 800);
    ck_assert_int_eq(r.outcome, MARKING_PASS);
}
END_TEST

START_TEST(third_mark_joins_the_closest) {
    static const struct {
        int sums[3];
        int64_t points;
    } cases[] = {{{10, 16, 11}, 1050}, {{10, 16, 15}, 1550}, {{16, 10, 15}, 1550}, {{2, 8, 5}, 500},
                 {{8, 2, 5}, 500},     {{5, 2, 8}, 500},     {{4, 4, 9}, 400},     {{9, 4, 4}, 400},
                 {{20, 1, 19}, 1950},  {{1, 20, 1}, 100}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sheet s = {0};
        for (int no = 1; no <= 3; no++) {
            int sum = cases[i].sums[no - 1];
            int first = sum > 12 ? 12 : sum;
            give(&s, B, no, first, sum - first);
        }
        give(&s, A, 1, 12, 8), give(&s, A, 2, 12, 8);
        struct marking_result r = judged(&s);
        ck_assert_int_eq(r.parts[1].points, cases[i].points);
        ck_assert_int_eq(r.parts[1].markers, 3);
    }
}
END_TEST

START_TEST(missing_marks_are_counted) {
    struct sheet s = {0};
    struct marking_result r = judged(&s);
    ck_assert_int_eq(r.outcome, MARKING_INCOMPLETE);
    ck_assert_int_eq(r.missing, 8);
    give(&s, A, 1, 12, 8), give(&s, A, 2, 2, 2), give(&s, B, 1, 12, 8);
    r = judged(&s); /* A waits for a third, but B's second is missing: that comes first */
    ck_assert_int_eq(r.outcome, MARKING_INCOMPLETE);
    ck_assert_int_eq(r.missing, 2);
    give(&s, B, 2, 12, 8);
    s.marks[s.count++] = (struct marking_mark){1, 3, 10}; /* a third begun must be finished */
    r = judged(&s);
    ck_assert_int_eq(r.outcome, MARKING_INCOMPLETE);
    ck_assert_int_eq(r.missing, 1);
}
END_TEST

START_TEST(broken_inputs_are_refused) {
    struct marking_result r;
    struct marking_mark unknown = {99, 1, 1};
    ck_assert_int_eq(marking_judge(&rule, &unknown, 1, &r), ERR_UNKNOWN_REFERENCE);
    const struct marking_mark wrong[] = {{1, 0, 1}, {1, 4, 1}, {1, 1, -1}, {1, 1, 13}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_int_eq(marking_judge(&rule, &wrong[i], 1, &r), ERR_OUT_OF_RANGE);
    }
    const struct marking_mark twice[] = {{1, 1, 5}, {1, 1, 5}};
    ck_assert_int_eq(marking_judge(&rule, twice, 2, &r), ERR_DUPLICATE);
    struct marking_rule none = rule;
    none.nexercises = 0;
    ck_assert_int_eq(marking_judge(&none, NULL, 0, &r), ERR_OUT_OF_RANGE);
    none.nexercises = MARKING_EXERCISES_MAX + 1;
    ck_assert_int_eq(marking_judge(&none, NULL, 0, &r), ERR_OUT_OF_RANGE);
    /* a criterion of an exercise that the profile does not have */
    const struct marking_criterion stray[] = {{1, 77, 5}};
    struct marking_rule other = rule;
    other.criteria = stray, other.ncriteria = 1;
    struct marking_mark mark = {1, 1, 1};
    ck_assert_int_eq(marking_judge(&other, &mark, 1, &r), ERR_UNKNOWN_REFERENCE);
}
END_TEST

START_TEST(outcomes_have_words) {
    ck_assert_str_eq(marking_word(MARKING_PASS), "pass");
    ck_assert_str_eq(marking_word(MARKING_FAIL), "fail");
    ck_assert_str_eq(marking_word(MARKING_INCOMPLETE), "incomplete");
    ck_assert_str_eq(marking_word(MARKING_ADJUDICATION), "adjudication");
}
END_TEST

static struct sheet random_sheet(void) {
    struct sheet s = {0};
    for (int no = 1; no <= 3; no++) {
        for (int c = 0; c < 4; c++) {
            /* now and then a mark is missing; a third marker takes all or nothing of an exercise */
            if (no == 3 ? c % 2 == 0 && randombytes_uniform(2) : randombytes_uniform(20) == 0) {
                c += no == 3 ? 1 : 0;
                continue;
            }
            uint32_t most = (uint32_t)criteria[c].max_points + 1;
            s.marks[s.count++] =
                (struct marking_mark){criteria[c].id, no, (int)randombytes_uniform(most)};
        }
    }
    return s;
}

static void shuffle(struct sheet *s) {
    for (int i = s->count - 1; i > 0; i--) {
        int j = (int)randombytes_uniform((uint32_t)i + 1);
        struct marking_mark swap = s->marks[i];
        s->marks[i] = s->marks[j];
        s->marks[j] = swap;
    }
}

START_TEST(order_of_marks_does_not_matter) {
    int outcomes[MARKING_PASS + 1] = {0};
    for (int round = 0; round < 3000; round++) {
        struct sheet s = random_sheet();
        struct marking_result before = judged(&s);
        shuffle(&s);
        struct marking_result after = judged(&s);
        ck_assert_mem_eq(&before, &after, sizeof before);
        outcomes[before.outcome]++;
    }
    for (int i = 0; i <= MARKING_PASS; i++) {
        bool once_only = i == MARKING_BORDERLINE; /* of seats with one marker */
        ck_assert_msg(once_only || outcomes[i] > 0, "no round ended as %s",
                      marking_word((enum marking_outcome)i));
    }
}
END_TEST

START_TEST(persons_may_change_places) {
    for (int round = 0; round < 2000; round++) {
        struct sheet s = random_sheet();
        struct marking_result before = judged(&s);
        struct sheet t = s;
        for (int i = 0; i < t.count; i++) { /* the first and the second marker swap numbers */
            t.marks[i].mark_no = t.marks[i].mark_no == 3 ? 3 : 3 - t.marks[i].mark_no;
        }
        struct marking_result after = judged(&t);
        ck_assert_int_eq(before.outcome, after.outcome);
        ck_assert_int_eq(before.total, after.total);
    }
}
END_TEST

START_TEST(digest_changes_with_every_input) {
    struct sheet s = {0};
    give(&s, A, 1, 8, 4), give(&s, A, 2, 8, 4), give(&s, B, 1, 8, 4), give(&s, B, 2, 8, 4);
    struct marking_result base = judged(&s);
    for (int i = 0; i < s.count; i++) {
        s.marks[i].points++;
        struct marking_result other = judged(&s);
        ck_assert_mem_ne(base.digest, other.digest, MARKING_DIGEST);
        s.marks[i].points--;
    }
    ck_assert_mem_eq(base.digest, judged(&s).digest, MARKING_DIGEST);
    struct marking_rule lower = rule;
    lower.pass_total--;
    struct marking_result other;
    ck_assert_int_eq(marking_judge(&lower, s.marks, s.count, &other), OK);
    ck_assert_mem_ne(base.digest, other.digest, MARKING_DIGEST);
}
END_TEST

static struct marking_result judged_once(const struct sheet *sheet, int borderline) {
    struct marking_rule once = rule;
    struct marking_result result;
    once.one_marker = true;
    once.borderline_percent = borderline;
    ck_assert_int_eq(marking_judge(&once, sheet->marks, sheet->count, &result), OK);
    return result;
}

/* A seat that was not drawn is judged by one marker, unless that is near the line: 5 % of 60 are 3
 * points around 36, and 5 % of 20 one point around the floor of 8. */
START_TEST(one_marker_away_from_the_line) {
    struct sheet s = {0};
    give(&s, A, 1, 12, 4), give(&s, B, 1, 12, 8); /* 16 + 2 * 20 = 56 */
    struct marking_result r = judged_once(&s, 5);
    ck_assert_int_eq(r.outcome, MARKING_PASS);
    ck_assert_int_eq(r.total, 5600);
    ck_assert_int_eq(r.parts[0].markers, 1);
    ck_assert_int_eq(judged(&s).outcome, MARKING_INCOMPLETE); /* control: drawn, it is not */
    struct sheet missing = {0};
    give(&missing, A, 1, 12, 4);
    ck_assert_int_eq(judged_once(&missing, 5).outcome, MARKING_INCOMPLETE);
    ck_assert_int_eq(judged_once(&missing, 5).missing, 2);
}
END_TEST

START_TEST(one_marker_near_the_line_needs_a_second) {
    struct sheet s = {0};
    give(&s, A, 1, 12, 0), give(&s, B, 1, 8, 5); /* 12 + 26 = 38, within 3 of 36 */
    ck_assert_int_eq(judged_once(&s, 5).outcome, MARKING_BORDERLINE);
    ck_assert_int_eq(judged_once(&s, 3).outcome, MARKING_PASS); /* 1.8 */
    s.marks[3].points = 7;                                      /* 42 */
    ck_assert_int_eq(judged_once(&s, 5).outcome, MARKING_PASS);
    s.marks[3].points = 8;
    s.marks[2].points = 12;
    s.marks[0].points = 7; /* 7 beside the floor of 8, whatever the total of 47 */
    ck_assert_int_eq(judged_once(&s, 5).outcome, MARKING_BORDERLINE);
    s.marks[0].points = 6;
    ck_assert_int_eq(judged_once(&s, 5).outcome, MARKING_FAIL);
    /* a second marker who began finishes, and then the two count as ever */
    s.marks[0].points = 7;
    give(&s, A, 2, 7, 0), give(&s, B, 2, 12, 8);
    ck_assert_int_eq(judged_once(&s, 5).outcome, MARKING_FAIL);
    ck_assert_int_eq(judged_once(&s, 5).parts[0].markers, 2);
    struct marking_result a = judged_once(&s, 5), b = judged(&s);
    ck_assert_int_eq(a.total, b.total);
    ck_assert_mem_ne(a.digest, b.digest, MARKING_DIGEST); /* another rule */
}
END_TEST

CHECK_MAIN("marking", NULL, NULL, passes_at_the_threshold_exactly,
           floor_eliminates_whatever_the_total, gap_above_tolerance_needs_a_third,
           both_sides_of_a_floor_need_a_third, third_mark_joins_the_closest,
           missing_marks_are_counted, broken_inputs_are_refused, outcomes_have_words,
           order_of_marks_does_not_matter, persons_may_change_places,
           digest_changes_with_every_input, one_marker_away_from_the_line,
           one_marker_near_the_line_needs_a_second)
