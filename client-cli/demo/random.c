#include "random.h"

static uint64_t dice_next(struct dice *dice) {
    dice->state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = dice->state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

int64_t dice_below(struct dice *dice, int64_t sides) {
    return (int64_t)(dice_next(dice) % (uint64_t)sides);
}

int64_t dice_between(struct dice *dice, int64_t low, int64_t high) {
    return low + dice_below(dice, high - low + 1);
}

bool dice_chance(struct dice *dice, int part, int whole) {
    return dice_below(dice, whole) < part;
}

uint64_t text_number(struct span text) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < text.len; i++) {
        hash = (hash ^ (unsigned char)text.ptr[i]) * UINT64_C(0x100000001b3);
    }
    return hash;
}
