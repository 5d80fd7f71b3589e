#include "agreement.h"

int64_t agreement_pairs(const struct agreement *agreement) {
    int64_t sum = 0;
    for (int i = 0; i < AGREEMENT_LEVELS; i++) {
        for (int j = 0; j < AGREEMENT_LEVELS; j++) {
            sum += agreement->times[i][j];
        }
    }
    return sum;
}

/* Rounded to the nearest, a half away from nought. */
static int64_t divide(int64_t a, int64_t b) {
    int64_t half = a < 0 ? -b / 2 : b / 2;
    return (a + half) / b;
}

bool agreement_kappa(const struct agreement *agreement, int *kappa) {
    int64_t rows[AGREEMENT_LEVELS] = {0}, columns[AGREEMENT_LEVELS] = {0};
    int64_t seen = 0, chance = 0;
    for (int i = 0; i < AGREEMENT_LEVELS; i++) {
        for (int j = 0; j < AGREEMENT_LEVELS; j++) {
            rows[i] += agreement->times[i][j];
            columns[j] += agreement->times[i][j];
            seen += (int64_t)(i - j) * (i - j) * agreement->times[i][j];
        }
    }
    for (int i = 0; i < AGREEMENT_LEVELS; i++) {
        for (int j = 0; j < AGREEMENT_LEVELS; j++) {
            chance += (int64_t)(i - j) * (i - j) * rows[i] * columns[j];
        }
    }
    if (chance == 0) {
        return false;
    }
    *kappa =
        (int)(AGREEMENT_ONE - divide(seen * agreement_pairs(agreement) * AGREEMENT_ONE, chance));
    return true;
}

int64_t agreement_gap(const struct agreement *agreement) {
    int64_t pairs = agreement_pairs(agreement);
    return pairs == 0 ? 0 : divide(agreement->gap, pairs);
}
