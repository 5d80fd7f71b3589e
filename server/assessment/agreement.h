/* agreement.h - how far two markers agree: pure, integer.
 *
 * Cohen's kappa with quadratic weights (Cohen 1968) on five levels: a criterion's points in fifths,
 * points * 4 / max, so that criteria of different maxima count alike. 1 - sum(w o) / sum(w e),
 * where o is how often level i of one marker met level j of the other, e how often it would by
 * chance (row total * column total / all), and w = (i - j)^2. 1: always the same; 0: as by chance.
 */
#ifndef NORIA_ASSESSMENT_AGREEMENT_H
#define NORIA_ASSESSMENT_AGREEMENT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    AGREEMENT_LEVELS = 5,
    AGREEMENT_ONE = 10000, /* kappa is in ten-thousandths */
    AGREEMENT_FEWEST = 5   /* fewer pairs, seats or marks are not shown: they would be persons */
};

struct agreement {
    int64_t times[AGREEMENT_LEVELS][AGREEMENT_LEVELS]; /* level of the first, of the second */
    int64_t gap; /* sum of |difference|, in hundredths of a per cent of a criterion's points */
};

/* How many pairs of marks were counted. */
int64_t agreement_pairs(const struct agreement *agreement);

/* Kappa in ten-thousandths, rounded to the nearest, -10000..10000. False when it is not defined:
 * no pairs, or both gave one and the same level throughout. */
bool agreement_kappa(const struct agreement *agreement, int *kappa);

/* Mean gap in hundredths of a per cent, rounded; 0 without pairs. */
int64_t agreement_gap(const struct agreement *agreement);

#endif
