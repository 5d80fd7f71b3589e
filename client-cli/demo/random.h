/* random.h - the demo's dice: the same seed gives the same campaign on every machine. */
#ifndef NORIA_CLIENT_DEMO_RANDOM_H
#define NORIA_CLIENT_DEMO_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/text.h"

/* SplitMix64 (Steele, Lea, Flood 2014). Never for secrets. */
struct dice {
    uint64_t state;
};

/* 0..sides-1; `sides` > 0. */
int64_t dice_below(struct dice *dice, int64_t sides);

/* low..high, both included. */
int64_t dice_between(struct dice *dice, int64_t low, int64_t high);

/* True `part` times in `whole`. */
bool dice_chance(struct dice *dice, int part, int whole);

/* A stable number for a text (FNV-1a, 64 bits): the same town always becomes the same commune. */
uint64_t text_number(struct span text);

#endif
