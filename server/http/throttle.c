#include "throttle.h"

#include <sodium.h>

#include "../../lib/base/arena.h"

/* 4096 addresses; of four places that an address may have, a new one takes the fullest bucket's:
 * who has tried least lately loses least. */
enum { SETS = 1024, WAYS = 4, MINUTE = 60000, SECOND = 1000 };

/* What is left is counted in attempts x MINUTE, so that a millisecond fills up `per_minute`. */
struct bucket {
    uint64_t hash; /* 0: free */
    int64_t left;
    int64_t at;
};

struct throttle {
    int64_t per_minute;
    unsigned char key[crypto_shorthash_KEYBYTES];
    struct bucket sets[SETS][WAYS];
};

struct throttle *throttle_new(struct arena *arena, int per_minute) {
    struct throttle *throttle = ARENA_NEW(arena, struct throttle);
    throttle->per_minute = per_minute;
    crypto_shorthash_keygen(throttle->key);
    return throttle;
}

static uint64_t hash_of(const struct throttle *throttle, struct span address) {
    uint64_t hash = 0;
    (void)crypto_shorthash((unsigned char *)&hash, (const unsigned char *)address.ptr, address.len,
                           throttle->key);
    return hash == 0 ? 1 : hash;
}

static void fill(const struct throttle *throttle, struct bucket *bucket, int64_t now) {
    int64_t full = throttle->per_minute * MINUTE;
    int64_t passed = now - bucket->at < MINUTE ? now - bucket->at : MINUTE;
    bucket->left += passed * throttle->per_minute;
    bucket->left = bucket->left > full ? full : bucket->left;
    bucket->at = now;
}

static struct bucket *find(struct throttle *throttle, uint64_t hash) {
    struct bucket *set = throttle->sets[hash % SETS];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].hash == hash) {
            return &set[i];
        }
    }
    return NULL;
}

static struct bucket *take_place(struct throttle *throttle, uint64_t hash, int64_t now) {
    struct bucket *set = throttle->sets[hash % SETS];
    struct bucket *best = NULL;
    for (int i = 0; i < WAYS; i++) {
        if (set[i].hash == 0) {
            best = &set[i];
            break;
        }
        fill(throttle, &set[i], now);
        best = best == NULL || set[i].left > best->left ? &set[i] : best;
    }
    *best = (struct bucket){hash, throttle->per_minute * MINUTE, now};
    return best;
}

int throttle_take(struct throttle *throttle, struct span address, int64_t now) {
    if (throttle->per_minute == 0) {
        return 0;
    }
    uint64_t hash = hash_of(throttle, address);
    struct bucket *bucket = find(throttle, hash);
    if (bucket == NULL) {
        bucket = take_place(throttle, hash, now);
    }
    fill(throttle, bucket, now);
    if (bucket->left >= MINUTE) {
        bucket->left -= MINUTE;
        return 0;
    }
    int64_t millis = (MINUTE - bucket->left + throttle->per_minute - 1) / throttle->per_minute;
    return (int)((millis + SECOND - 1) / SECOND);
}

void throttle_give(struct throttle *throttle, struct span address) {
    struct bucket *bucket =
        throttle->per_minute == 0 ? NULL : find(throttle, hash_of(throttle, address));
    int64_t full = throttle->per_minute * MINUTE;
    if (bucket != NULL) {
        bucket->left = bucket->left + MINUTE > full ? full : bucket->left + MINUTE;
    }
}
