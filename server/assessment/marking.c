#include "marking.h"

#include <sodium.h>
#include <string.h>

static int exercise_index(const struct marking_rule *rule, int64_t id) {
    for (int i = 0; i < rule->nexercises; i++) {
        if (rule->exercises[i].id == id) {
            return i;
        }
    }
    return -1;
}

static const struct marking_criterion *criterion_by_id(const struct marking_rule *rule,
                                                       int64_t id) {
    for (int i = 0; i < rule->ncriteria; i++) {
        if (rule->criteria[i].id == id) {
            return &rule->criteria[i];
        }
    }
    return NULL;
}

/* The mark of a criterion under a number, or NULL; `*twice` when there is another one. */
static const struct marking_mark *mark_of(const struct marking_mark *marks, int nmarks,
                                          int64_t criterion, int no, bool *twice) {
    const struct marking_mark *found = NULL;
    for (int i = 0; i < nmarks; i++) {
        if (marks[i].criterion_id == criterion && marks[i].mark_no == no) {
            *twice = found != NULL;
            found = &marks[i];
        }
    }
    return found;
}

static Err marks_check(const struct marking_rule *rule, const struct marking_mark *marks,
                       int nmarks) {
    if (rule->nexercises < 1 || rule->nexercises > MARKING_EXERCISES_MAX) {
        return ERR_OUT_OF_RANGE;
    }
    for (int i = 0; i < nmarks; i++) {
        const struct marking_criterion *criterion = criterion_by_id(rule, marks[i].criterion_id);
        if (criterion == NULL || exercise_index(rule, criterion->exercise_id) < 0) {
            return ERR_UNKNOWN_REFERENCE;
        }
        if (marks[i].mark_no < 1 || marks[i].mark_no > MARKERS || marks[i].points < 0 ||
            marks[i].points > criterion->max_points) {
            return ERR_OUT_OF_RANGE;
        }
        bool twice = false;
        mark_of(marks, nmarks, marks[i].criterion_id, marks[i].mark_no, &twice);
        if (twice) {
            return ERR_DUPLICATE;
        }
    }
    return OK;
}

static int64_t distance(int64_t a, int64_t b) {
    return a > b ? a - b : b - a;
}

/* The mean of two sums, in hundredths: exact, because a half is 50. */
static int64_t mean(int64_t a, int64_t b) {
    return (a + b) * 100 / 2;
}

/* The mean of the two closest; the middle one when it is as far from both. */
static int64_t closest_two(const int sums[MARKERS]) {
    int64_t low = sums[0], middle = sums[1], high = sums[2];
    if (low > middle) {
        int64_t swap = low;
        low = middle;
        middle = swap;
    }
    if (middle > high) {
        int64_t swap = middle;
        middle = high;
        high = swap;
    }
    if (low > middle) {
        int64_t swap = low;
        low = middle;
        middle = swap;
    }
    if (middle - low == high - middle) {
        return middle * 100;
    }
    return middle - low < high - middle ? mean(low, middle) : mean(middle, high);
}

/* Adds up an exercise's marks under each number. */
static void part_sums(const struct marking_rule *rule, const struct marking_exercise *exercise,
                      const struct marking_mark *marks, int nmarks, struct marking_part *part) {
    int given[MARKERS] = {0};
    int criteria = 0;
    for (int i = 0; i < rule->ncriteria; i++) {
        const struct marking_criterion *criterion = &rule->criteria[i];
        if (criterion->exercise_id != exercise->id) {
            continue;
        }
        criteria++;
        part->max_points += criterion->max_points;
        for (int no = 1; no <= MARKERS; no++) {
            bool twice = false;
            const struct marking_mark *mark = mark_of(marks, nmarks, criterion->id, no, &twice);
            if (mark != NULL) {
                given[no - 1]++;
                part->sums[no - 1] += mark->points;
            }
        }
    }
    bool once = rule->one_marker && given[1] == 0 && given[2] == 0;
    part->missing = (once ? 1 : 2) * criteria - given[0] - given[1];
    if (given[2] > 0) {
        part->missing += criteria - given[2];
    }
    part->markers = given[2] > 0 ? 3 : once ? 1 : 2;
}

/* What the first two sums call for. */
static enum marking_need two_sums_need(const struct marking_part *part, int tolerance_percent,
                                       int floor) {
    if (floor > 0 && (part->sums[0] < floor) != (part->sums[1] < floor)) {
        return MARKING_FLOOR;
    }
    int64_t gap = distance(part->sums[0], part->sums[1]);
    return gap * 100 > (int64_t)tolerance_percent * part->max_points ? MARKING_GAP : MARKING_DONE;
}

static void part_judge(const struct marking_rule *rule, const struct marking_exercise *exercise,
                       struct marking_part *part) {
    if (part->missing > 0) {
        part->need = MARKING_MISSING;
        return;
    }
    if (part->markers == 2) {
        part->need = two_sums_need(part, rule->tolerance_percent, exercise->min_points);
        if (part->need != MARKING_DONE) {
            return;
        }
    }
    part->points = part->markers == 3   ? closest_two(part->sums)
                   : part->markers == 2 ? mean(part->sums[0], part->sums[1])
                                        : (int64_t)part->sums[0] * 100;
    part->below_floor = part->points < (int64_t)exercise->min_points * 100;
}

/* Numbers in fixed width, so that no two inputs give the same bytes. */
static void digest_number(crypto_hash_sha256_state *state, int64_t number) {
    uint8_t bytes[8];
    for (int i = 0; i < 8; i++) {
        bytes[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
    }
    crypto_hash_sha256_update(state, bytes, sizeof bytes);
}

/* Walks rule and criteria, not the marks as they came, so that their order does not matter. */
static void inputs_digest(const struct marking_rule *rule, const struct marking_mark *marks,
                          int nmarks, uint8_t digest[MARKING_DIGEST]) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    digest_number(&state, rule->pass_total);
    digest_number(&state, rule->tolerance_percent);
    if (rule->one_marker) { /* the digests of seats marked twice are what they always were */
        digest_number(&state, -2);
        digest_number(&state, rule->borderline_percent);
    }
    for (int e = 0; e < rule->nexercises; e++) {
        digest_number(&state, rule->exercises[e].id);
        digest_number(&state, rule->exercises[e].weight);
        digest_number(&state, rule->exercises[e].min_points);
        for (int c = 0; c < rule->ncriteria; c++) {
            if (rule->criteria[c].exercise_id != rule->exercises[e].id) {
                continue;
            }
            digest_number(&state, rule->criteria[c].id);
            digest_number(&state, rule->criteria[c].max_points);
            for (int no = 1; no <= MARKERS; no++) {
                bool twice = false;
                const struct marking_mark *mark =
                    mark_of(marks, nmarks, rule->criteria[c].id, no, &twice);
                digest_number(&state, mark != NULL ? mark->points : -1);
            }
        }
    }
    crypto_hash_sha256_final(&state, digest);
}

/* One marker's word does not do this near to the line: |total - threshold| or |sum - floor| within
 * the per cent of the maximum, with all of it marked by one. */
static bool is_borderline(const struct marking_rule *rule, const struct marking_result *result) {
    bool near = distance(result->total, (int64_t)rule->pass_total * 100) <=
                (int64_t)rule->borderline_percent * result->max_total;
    bool once = false;
    for (int i = 0; i < rule->nexercises; i++) {
        const struct marking_part *part = &result->parts[i];
        int floor = rule->exercises[i].min_points;
        once = once || part->markers == 1;
        near = near || (floor > 0 && part->markers == 1 &&
                        distance(part->points, (int64_t)floor * 100) <=
                            (int64_t)rule->borderline_percent * part->max_points);
    }
    return once && near;
}

static enum marking_outcome outcome_of(const struct marking_rule *rule,
                                       const struct marking_result *result) {
    bool waits = false;
    for (int i = 0; i < rule->nexercises; i++) {
        if (result->parts[i].need == MARKING_MISSING) {
            return MARKING_INCOMPLETE;
        }
        waits = waits || result->parts[i].need != MARKING_DONE;
    }
    if (waits) {
        return MARKING_ADJUDICATION;
    }
    if (is_borderline(rule, result)) {
        return MARKING_BORDERLINE;
    }
    bool enough = result->total >= (int64_t)rule->pass_total * 100;
    return enough && !result->below_floor ? MARKING_PASS : MARKING_FAIL;
}

Err marking_judge(const struct marking_rule *rule, const struct marking_mark *marks, int nmarks,
                  struct marking_result *result) {
    TRY(marks_check(rule, marks, nmarks));
    memset(result, 0, sizeof *result);
    for (int i = 0; i < rule->nexercises; i++) {
        const struct marking_exercise *exercise = &rule->exercises[i];
        struct marking_part *part = &result->parts[i];
        part_sums(rule, exercise, marks, nmarks, part);
        part_judge(rule, exercise, part);
        result->total += part->points * exercise->weight;
        result->max_total += part->max_points * exercise->weight;
        result->missing += part->missing;
        result->below_floor = result->below_floor || part->below_floor;
        result->adjudicated = result->adjudicated || part->markers == 3;
    }
    result->outcome = outcome_of(rule, result);
    inputs_digest(rule, marks, nmarks, result->digest);
    return OK;
}

const char *marking_word(enum marking_outcome outcome) {
    static const char *const words[] = {[MARKING_INCOMPLETE] = "incomplete",
                                        [MARKING_BORDERLINE] = "borderline",
                                        [MARKING_ADJUDICATION] = "adjudication",
                                        [MARKING_FAIL] = "fail",
                                        [MARKING_PASS] = "pass"};
    return words[outcome];
}
