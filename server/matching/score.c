#include "score.h"

enum {
    RESULT_FULL = 600,
    EXPERIENCE_FULL = 200,
    EXPERIENCE_MONTHS = 60,
    LANGUAGE_HALF = 50,
    RETURN_POINTS = 50,
    RETURNS_FULL = 2,
    THOUSAND = 1000
};

static int least(int a, int b) {
    return a < b ? a : b;
}

/* Whoever may have a contract with a language speaks it. */
static int language_points(bool french, bool in_language) {
    return (french ? LANGUAGE_HALF : 0) + (french || in_language ? LANGUAGE_HALF : 0);
}

static int thousandths_of(const struct match_input *input, const struct match_candidate *who,
                          int block) {
    if (input->profiles[block] == 0) {
        return 0;
    }
    for (int i = 0; i < who->results; i++) {
        const struct match_result *result = &input->results[who->first_result + i];
        if (result->block == block) {
            return result->thousandths;
        }
    }
    return MATCH_NONE;
}

bool match_score(const struct match_input *input, int candidate, int block, bool in_language,
                 struct match_points *points) {
    const struct match_candidate *who = &input->candidates[candidate];
    int thousandths = thousandths_of(input, who, block);
    if (thousandths < 0) {
        return false;
    }
    *points = (struct match_points){
        .result = thousandths * RESULT_FULL / THOUSAND,
        .experience = least(input->people[candidate].months, EXPERIENCE_MONTHS) * EXPERIENCE_FULL /
                      EXPERIENCE_MONTHS,
        .language = language_points(who->french, in_language),
        .returns = least(who->returns, RETURNS_FULL) * RETURN_POINTS,
    };
    return true;
}

int match_total(const struct match_points *points) {
    return points->result + points->experience + points->language + points->returns;
}

bool match_stays_allow(const struct match_input *input, int candidate, date first, date last) {
    const struct match_candidate *who = &input->candidates[candidate];
    /* by six months alone: whoever needs a derogation is bound by a person, not by a run */
    return stay_allows(input->variant, &input->stays[who->first_stay], who->stays,
                       (struct stay){first, last, 0});
}

bool match_barred(const struct match_input *input, int64_t contract, int64_t candidate) {
    int low = 0;
    int high = input->nbars;
    while (low < high) {
        int middle = low + (high - low) / 2;
        const struct match_pair *pair = &input->bars[middle];
        if (pair->contract < contract ||
            (pair->contract == contract && pair->candidate < candidate)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < input->nbars && input->bars[low].contract == contract &&
           input->bars[low].candidate == candidate;
}

static bool lacks(const struct assign_candidate *who, int need) {
    return need != MATCH_NONE && (who->skills >> need & 1U) == 0;
}

enum match_obstacle match_obstacle(const struct match_input *input, int candidate, int contract) {
    const struct assign_candidate *who = &input->people[candidate];
    const struct match_contract *what = &input->contracts[contract];
    if (thousandths_of(input, &input->candidates[candidate], what->block) < 0) {
        return MATCH_NO_RESULT;
    }
    if (who->from > what->first) {
        return MATCH_COMES_LATE;
    }
    if (who->to < what->last) {
        return MATCH_LEAVES_EARLY;
    }
    if (who->months < what->months) {
        return MATCH_EXPERIENCE;
    }
    if (lacks(who, what->language)) {
        return MATCH_LANGUAGE;
    }
    if (lacks(who, what->permit)) {
        return MATCH_PERMIT;
    }
    if (!match_stays_allow(input, candidate, what->first, what->last)) {
        return MATCH_SIX_MONTHS;
    }
    return match_barred(input, what->id, input->candidates[candidate].id) ? MATCH_REFUSED
                                                                          : MATCH_FREE;
}
