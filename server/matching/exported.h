/* exported.h - a run as a file that anybody can run again, without the server:
 *
 *   noria-matching-run 1
 *   seed <64 hexadecimal digits>
 *   inputs <SHA-256>
 *   result <SHA-256>
 *   <the canonical inputs, inputs.h>
 *
 * The inputs name candidates and contracts by number only. */
#ifndef NORIA_MATCHING_EXPORTED_H
#define NORIA_MATCHING_EXPORTED_H

#include "engine.h"

struct match_exported {
    uint8_t seed[MATCH_SEED];
    struct span inputs;
    struct span inputs_hash, result_hash; /* as stated, hexadecimal */
};

struct span exported_write(struct arena *arena, const struct match_exported *run);

/* ERR_UNREADABLE when it is no such file. */
Err CHECKED exported_read(struct span text, struct match_exported *run);

struct match_again {
    const char *rule; /* its name */
    struct span result;
    bool inputs_same; /* they have the hash that is stated */
    bool result_same;
    const char *result_hash; /* of the new result */
    struct match_input input;
    struct match_output output;
};

/* Runs it again. ERR_UNREADABLE (`line`) and ERR_LIMIT as match_read(). */
Err CHECKED exported_run(struct arena *arena, const struct match_exported *run,
                         struct match_again *again, int *line);

#endif
