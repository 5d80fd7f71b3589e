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

bool match_in_list(struct span list, struct span word) {
    size_t start = 0;
    for (size_t i = 0; i <= list.len; i++) {
        if (i == list.len || list.ptr[i] == ',') {
            if (span_equal((struct span){list.ptr + start, i - start}, word)) {
                return true;
            }
            start = i + 1;
        }
    }
    return false;
}

static int least(int a, int b) {
    return a < b ? a : b;
}

static int language_points(struct span spoken, struct span asked) {
    bool french = match_in_list(spoken, SPAN_LIT("fr"));
    bool own = span_is(asked, "-") ? french : match_in_list(spoken, asked);
    return (french ? LANGUAGE_HALF : 0) + (own ? LANGUAGE_HALF : 0);
}

bool match_score(const struct match_input *input, const struct match_candidate *candidate,
                 const struct match_contract *contract, struct match_points *points) {
    int thousandths = contract->profile == 0 ? 0 : -1;
    for (int i = 0; i < candidate->results; i++) {
        const struct match_result *result = &input->results[candidate->first_result + i];
        if (contract->profile != 0 && result->profile == contract->profile &&
            result->thousandths > thousandths) {
            thousandths = result->thousandths;
        }
    }
    if (thousandths < 0) {
        return false;
    }
    *points = (struct match_points){
        .result = thousandths * RESULT_FULL / THOUSAND,
        .experience =
            least(candidate->months, EXPERIENCE_MONTHS) * EXPERIENCE_FULL / EXPERIENCE_MONTHS,
        .language = language_points(candidate->languages, contract->language),
        .returns = least(candidate->returns, RETURNS_FULL) * RETURN_POINTS,
    };
    return true;
}

int match_total(const struct match_points *points) {
    return points->result + points->experience + points->language + points->returns;
}

bool match_eligible(const struct match_input *input, const struct match_candidate *candidate,
                    const struct match_contract *contract) {
    if (candidate->from > contract->first || candidate->to < contract->last ||
        candidate->months < contract->months) {
        return false;
    }
    if (!span_is(contract->language, "-") &&
        !match_in_list(candidate->languages, contract->language)) {
        return false;
    }
    if (!span_is(contract->permit, "-") && !match_in_list(candidate->permits, contract->permit)) {
        return false;
    }
    const struct stay *stays = &input->stays[candidate->first_stay];
    struct stay wanted = {contract->first, contract->last};
    for (int i = 0; i < candidate->stays; i++) {
        if (stays[i].first <= wanted.last && stays[i].last >= wanted.first) {
            return false;
        }
    }
    struct stay_excess excess;
    return !stay_exceeds(input->variant, stays, candidate->stays, wanted, &excess);
}
