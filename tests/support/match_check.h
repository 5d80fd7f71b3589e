/* match_check.h - an assignment judged by somebody else: not by the code that made it. */
#ifndef NORIA_TESTS_MATCH_CHECK_H
#define NORIA_TESTS_MATCH_CHECK_H

#include "server/matching/assign.h"
#include "tests/support/lemon.h"

struct arena;

struct match_verdict {
    bool lawful; /* only allowed pairs, places and quotas kept */
    int64_t assigned;
    int64_t
        cut; /* capacity of a cut behind which nobody is left: equal to `assigned` at a maximum */
    int envious; /* candidates passed over unjustly */
    int blocked; /* passed over because their service's quota is used up */
};

/* Looks at every pair with assign_may(), or, when `rows` is set (for the largest), goes by the
 * tables of bits. */
struct match_verdict match_judge(struct arena *arena, const struct assign_problem *problem,
                                 const int32_t *where, bool rows);

/* All allowed pairs, for LEMON. */
struct lemon_problem match_network(struct arena *arena, const struct assign_problem *problem);

#endif
