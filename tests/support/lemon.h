/* lemon.h - the same problem given to LEMON (liblemon, Boost licence), for tests and benches only:
 * what the largest assignment is, and the best-scored of those. */
#ifndef NORIA_TESTS_LEMON_H
#define NORIA_TESTS_LEMON_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A pair that is allowed; pairs of one candidate stand together. */
struct lemon_pair {
    int32_t candidate, place_class;
    int32_t score;
};

struct lemon_problem {
    const struct lemon_pair *pairs;
    size_t npairs;
    const int32_t *service; /* by candidate */
    int ncandidates;
    const int32_t *places; /* by class */
    int nclasses;
    const int32_t *quotas; /* by service */
    int nservices;
};

/* Places filled by the push-relabel method. */
int64_t lemon_largest(const struct lemon_problem *problem);

struct lemon_answer {
    int64_t assigned, score;
    double seconds; /* CPU of the network simplex alone, the graph being there */
};

/* The best-scored of the largest assignments, by the network simplex. */
struct lemon_answer lemon_best(const struct lemon_problem *problem);

#ifdef __cplusplus
}
#endif

#endif
