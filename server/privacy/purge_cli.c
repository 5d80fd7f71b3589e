/* purge_cli.c - `noria-server purge`: what the daily job does, now; or only what it would do. */
#include <stdio.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../db/command.h"
#include "../settings.h"
#include "privacy.h"

enum { USAGE = 64, REFUSED = 3 };

static Err purge_on(struct db *db, void *arg, bool *more) {
    struct purge *purge = arg;
    TRY(purge_some(db, purge));
    *more = !purge->ended;
    return OK;
}

static Err tell(struct db *db, void *arg, bool *more) {
    struct rows rows;
    (void)arg;
    (void)more;
    TRY(db_run(db, Q_PRIVACY_HELD, ARGS(), &rows));
    for (int i = 0; i < rows.count; i++) {
        struct span held = rows_span(&rows, i, "held");
        struct span since = rows_span(&rows, i, "since");
        printf("worker: %lld past the limit, the first since %.*s: %s%.*s\n",
               (long long)rows_int(&rows, i, "count"), (int)since.len, since.ptr,
               held.ptr == NULL ? "would be erased" : "held by ", (int)held.len,
               held.ptr == NULL ? "" : held.ptr);
    }
    TRY(db_run(db, Q_PURGE_COUNTS, ARGS(), &rows));
    for (int i = 0; i < rows.count; i++) {
        struct span code = rows_span(&rows, i, "code");
        struct span relation = rows_span(&rows, i, "relation");
        printf("%.*s: %lld of %.*s past the limit\n", (int)code.len, code.ptr,
               (long long)rows_int(&rows, i, "past"), (int)relation.len, relation.ptr);
    }
    return OK;
}

int purge_command(const struct settings *settings, int argc, char **argv) {
    struct purge purge = {0};
    bool dry = argc == 1 && strcmp(argv[0], "--dry-run") == 0;
    if (argc > 0 && !dry) {
        (void)fputs("usage: noria-server purge [--dry-run]\n", stderr);
        return USAGE;
    }
    struct arena *arena = arena_new();
    struct faults faults;
    faults_init(&faults, arena);
    Err err = db_command(settings->database_url, settings->database_password, NULL, &faults,
                         dry ? tell : purge_on, &purge);
    arena_free(arena);
    if (err != OK) {
        (void)fprintf(stderr, "noria-server: %s\n", err_sentence(err));
        return REFUSED;
    }
    if (!dry) {
        printf("%lld workers erased, %lld held, %lld other rows gone\n", (long long)purge.erased,
               (long long)purge.held, (long long)purge.rest);
    }
    return 0;
}
