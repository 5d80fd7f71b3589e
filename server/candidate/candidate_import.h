/* candidate_import.h - candidates from a CSV file: checked row by row, sealed, copied in one
 * transaction. Memory stays flat whatever the file's size. */
#ifndef NORIA_CANDIDATE_IMPORT_H
#define NORIA_CANDIDATE_IMPORT_H

#include "../../lib/base/pieces.h"
#include "candidate.h"

struct db_once;

struct candidate_import {
    int64_t id;    /* of the import_batch */
    int64_t ok;    /* entered */
    int64_t same;  /* their reference was there already (or twice in the file) */
    int64_t bad;   /* in the error file */
    bool known;    /* the very same file was taken before: nothing was done */
    bool replayed; /* by this very request */
};

/* Imports a file, from the request's task; the work runs on the thread pool on a connection of its
 * own, so the caller holds no transaction. A row that lacks something or cannot be read goes to the
 * error file; one whose document is doubtful is entered and held by a case. Sending a file again
 * adds only what is new by partner_ref; with the same key (`once`) it is told again what was done.
 * ERR_IDEMPOTENCY_MISMATCH when the key was another request's; ERR_CSV_… and ERR_INVALID_INPUT (the
 * header) with faults: nothing is kept. */
Err CHECKED candidate_import_csv(const struct candidate_desk *desk, int64_t campaign,
                                 struct pieces file, const struct db_once *once,
                                 struct candidate_import *result);

/* The error file of an import, opened; writes the audit leaf of the look. */
Err CHECKED candidate_import_errors(const struct candidate_desk *desk, int64_t id,
                                    struct span *csv);

#endif
