#include "suppose.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "plan.h"

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
