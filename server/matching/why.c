#include "why.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "plan.h"

struct asked {
    const struct match_input *input;
    struct match_plan plan;
    struct assign_result result;
    uint64_t *low; /* by class: the lowest holder's priority; UINT64_MAX: nobody */
    int candidate;
};

static bool leads(const struct match_input *input, int candidate) {
    return input->returns_first && input->candidates[candidate].returns > 0;
}

/* Points out of a priority, without the lead that clean returns may give. */
static int points_of(uint64_t priority) {
    int score = (int)(priority >> 32);
    return score > MATCH_SCORE_MAX ? score - MATCH_SCORE_MAX - 1 : score;
}

static enum why_verdict judge(const struct asked *a, int class, int score) {
    const struct match_input *in = a->input;
    int service = in->people[a->candidate].service;
    uint64_t low = a->low[class];
    if (a->result.where[a->candidate] != ASSIGN_NOBODY ||
        a->plan.named_for[a->candidate] != MATCH_NONE) {
        return WHY_ELSEWHERE;
    }
    if (a->result.used[service] >= a->plan.problem.quotas[service]) {
        return WHY_QUOTA;
    }
    if (low == UINT64_MAX) {
        return WHY_KEPT; /* nobody holds it and yet it is not open: the named have it */
    }
    bool low_leads = low >> 32 > MATCH_SCORE_MAX;
    if (low_leads && !leads(in, a->candidate)) {
        return WHY_RETURNS;
    }
    return points_of(low) > score ? WHY_BELOW : WHY_DRAW;
}

static struct why_line line_of(const struct asked *a, int contract) {
    const struct match_contract *what = &a->input->contracts[contract];
    int class = a->plan.class_of[contract];
    struct why_line line = {.contract = what->id, .cut_off = MATCH_NONE};
    (void)match_score(a->input, a->candidate, what->block, what->language != MATCH_NONE,
                      &line.points);
    line.score = match_total(&line.points);
    if (a->low[class] != UINT64_MAX) {
        line.cut_off = points_of(a->low[class]);
    }
    if (a->plan.named_for[a->candidate] == contract) {
        line.verdict = WHY_NAMED;
    } else if (a->result.where[a->candidate] == class) {
        line.verdict = WHY_FIRST;
    } else {
        line.verdict = judge(a, class, line.score);
    }
    return line;
}

/* His own place first, then by points. */
static int by_verdict(const void *left, const void *right) {
    const struct why_line *a = left;
    const struct why_line *b = right;
    bool mine = a->verdict <= WHY_FIRST;
    if (mine != (b->verdict <= WHY_FIRST)) {
        return mine ? -1 : 1;
    }
    if (a->score != b->score) {
        return b->score - a->score;
    }
    return a->contract < b->contract ? -1 : a->contract > b->contract;
}

Err match_explain(struct arena *arena, const struct match_input *input,
                  const uint8_t seed[MATCH_SEED], int64_t candidate, struct match_why *why) {
    struct asked a = {.input = input, .candidate = plan_candidate(input, candidate)};
    if (a.candidate == MATCH_NONE) {
        return ERR_NOT_FOUND;
    }
    plan_make(arena, input, seed, &a.plan);
    assign_run(arena, &a.plan.problem, ASSIGN_FAIR, &a.result);
    a.low = arena_array(arena, (size_t)a.plan.problem.nclasses, sizeof *a.low);
    memset(a.low, 0xff, (size_t)a.plan.problem.nclasses * sizeof *a.low);
    for (int i = 0; i < input->ncandidates; i++) {
        int class = a.result.where[i];
        if (class != ASSIGN_NOBODY) {
            uint64_t priority = assign_priority(&a.plan.problem, i, class);
            a.low[class] = priority < a.low[class] ? priority : a.low[class];
        }
    }
    *why = (struct match_why){.rule = input->rule, .contracts = input->ncontracts};
    struct why_line *lines = arena_array(arena, (size_t)input->ncontracts, sizeof *lines);
    int count = 0;
    for (int k = 0; k < input->ncontracts; k++) {
        enum match_obstacle obstacle = match_obstacle(input, a.candidate, k);
        why->obstacles[obstacle]++;
        if (obstacle == MATCH_FREE) {
            lines[count++] = line_of(&a, k);
        }
    }
    qsort(lines, (size_t)count, sizeof *lines, by_verdict);
    why->nlines = count < WHY_LINES ? count : WHY_LINES;
    memcpy(why->lines, lines, (size_t)why->nlines * sizeof *lines);
    return OK;
}

/* The contracts of the case; they stay in the order of their ids. */
static const struct match_contract *
contracts_if(struct arena *arena, const struct match_input *input, enum match_case which) {
    size_t n = (size_t)input->ncontracts;
    struct match_contract *list = arena_array(arena, n, sizeof *list);
    memcpy(list, input->contracts, n * sizeof *list);
    for (size_t k = 0; k < n; k++) {
        list[k].language = which == CASE_NO_LANGUAGE ? MATCH_NONE : list[k].language;
        list[k].permit = which == CASE_NO_PERMIT ? MATCH_NONE : list[k].permit;
        list[k].months = which == CASE_NO_EXPERIENCE ? 0 : list[k].months;
    }
    return list;
}

void match_suppose(struct arena *arena, const struct match_input *input, enum match_case which,
                   int days, struct match_filled *filled) {
    static const uint8_t seed[MATCH_SEED] = {0}; /* places filled do not depend on the draw */
    struct match_input changed = *input;
    struct match_plan plan;
    struct assign_result result;
    size_t n = (size_t)input->ncandidates;
    size_t services = (size_t)input->nservices;
    struct match_service *quotas = arena_array(arena, services, sizeof *quotas);
    memcpy(quotas, input->services, services * sizeof *quotas);
    for (size_t s = 0; s < services && which == CASE_NO_QUOTA; s++) {
        quotas[s].left = ASSIGN_NO_QUOTA;
    }
    changed.services = quotas;
    changed.contracts = contracts_if(arena, input, which);
    changed.people = arena_array(arena, n, sizeof *changed.people);
    memcpy(changed.people, input->people, n * sizeof *changed.people);
    for (size_t i = 0; i < n && which == CASE_LONGER; i++) {
        changed.people[i].from -= days;
        changed.people[i].to += days;
    }
    plan_make(arena, &changed, seed, &plan);
    assign_run(arena, &plan.problem, ASSIGN_LARGEST, &result);
    *filled = (struct match_filled){.filled = result.assigned + plan.named,
                                    .held_back = result.held_back};
    for (int k = 0; k < input->ncontracts; k++) {
        filled->places += input->contracts[k].places;
    }
}
