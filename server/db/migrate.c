/* migrate.c - the migration runner. A numbered file is applied once, in a transaction with its row
 * of the ledger; the replaceable files are run every time, together in one transaction. */
#include "migrate.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../lib/base/log.h"
#include "direct.h"
#include "embed.h"

#define FOLDER "migrations/"
#define REPLACEABLE FOLDER "replaceable/"
#define ADVISORY_KEY "7236837105" /* any number, but always the same */

enum { DIGEST_TEXT = 2 * crypto_hash_sha256_BYTES + 1, PAUSE_NANOS = 500000000 };

struct files {
    const struct embedded *list;
    size_t count;
};

static bool starts_with(const char *text, const char *start) {
    return strncmp(text, start, strlen(start)) == 0;
}

static bool is_migration(const struct embedded *file) {
    return starts_with(file->name, FOLDER);
}

static bool is_replaceable(const struct embedded *file) {
    return starts_with(file->name, REPLACEABLE);
}

static void digest(const struct embedded *file, char out[DIGEST_TEXT]) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, file->data, file->size);
    sodium_bin2hex(out, DIGEST_TEXT, hash, sizeof hash);
}

static const struct embedded *find(const struct files *files, const char *name) {
    for (size_t i = 0; i < files->count; i++) {
        if (is_migration(&files->list[i]) &&
            strcmp(files->list[i].name + strlen(FOLDER), name) == 0) {
            return &files->list[i];
        }
    }
    return NULL;
}

/* --- the ledger ------------------------------------------------------------------------------ */

static const char *ledger_digest(const PGresult *ledger, const struct embedded *file) {
    for (int row = 0; row < PQntuples(ledger); row++) {
        if (strcmp(PQgetvalue(ledger, row, 0), file->name + strlen(FOLDER)) == 0) {
            return PQgetvalue(ledger, row, 1);
        }
    }
    return NULL;
}

static Err refuse(const char *why, const char *name) {
    LOG(LOG_ERROR, "schema_refused", LOG_WORD("why", why), LOG_WORD("file", name));
    return ERR_SCHEMA;
}

/* Nothing in the ledger may be unknown here, and no numbered file may have changed since. */
static Err check_ledger(const struct files *files, const PGresult *ledger) {
    for (int row = 0; row < PQntuples(ledger); row++) {
        const char *name = PQgetvalue(ledger, row, 0);
        const struct embedded *file = find(files, name);
        char now[DIGEST_TEXT];
        if (file == NULL) {
            return refuse("not a file of this program", name);
        }
        digest(file, now);
        if (!is_replaceable(file) && strcmp(now, PQgetvalue(ledger, row, 1)) != 0) {
            return refuse("edited after it was applied", name);
        }
    }
    return OK;
}

static Err record(PGconn *pg, const struct embedded *file) {
    char now[DIGEST_TEXT];
    digest(file, now);
    const char *const params[] = {file->name + strlen(FOLDER), now};
    return direct_do(pg, Q_MIGRATE_RECORD, params);
}

static Err run_file(PGconn *pg, const struct embedded *file) {
    TRY(direct_text(pg, file->name, (const char *)file->data));
    return record(pg, file);
}

/* --- running --------------------------------------------------------------------------------- */

struct stage {
    PGconn *pg;
    const struct files *files;
    int tries;
    Err (*act)(const struct stage *stage); /* what one transaction does */
    const struct embedded *file;           /* of run_numbered */
    const char *password;                  /* of set_passwords */
};

static Err run_numbered(const struct stage *stage) {
    return run_file(stage->pg, stage->file);
}

static Err run_replaceable(const struct stage *stage) {
    for (size_t i = 0; i < stage->files->count; i++) {
        if (is_replaceable(&stage->files->list[i])) {
            TRY(run_file(stage->pg, &stage->files->list[i]));
        }
    }
    return direct_do(stage->pg, Q_MIGRATE_OPEN_LEDGER, NULL);
}

/* Sends a SCRAM verifier, so that no password ever reaches the server or its log. */
static Err set_password(PGconn *pg, const char *role, const char *password) {
    char *verifier = PQencryptPasswordConn(pg, password, role, "scram-sha-256");
    const char *const params[] = {role, verifier};
    PGresult *made = verifier == NULL ? NULL : direct_run(pg, Q_MIGRATE_PASSWORD_STATEMENT, params);
    PQfreemem(verifier);
    Err err = made == NULL ? ERR_SCHEMA : direct_text(pg, role, PQgetvalue(made, 0, 0));
    PQclear(made);
    return err;
}

/* All at once: two databases of one cluster share the logins, and must not end with some of each.
 */
static Err set_passwords(const struct stage *stage) {
    for (int class = 0; class < DB_CLASSES; class ++) {
        TRY(set_password(stage->pg, class_login((enum db_class) class), stage->password));
    }
    return OK;
}

static Err run_once(const struct stage *stage) {
    TRY(direct_do(stage->pg, Q_DB_BEGIN, NULL));
    Err err = direct_do(stage->pg, Q_MIGRATE_PATIENCE, NULL);
    err = err == OK ? stage->act(stage) : err;
    Err ended = direct_do(stage->pg, err == OK ? Q_DB_COMMIT : Q_DB_ROLLBACK, NULL);
    return err == OK ? ended : err;
}

/* A server that works takes its locks in another order than files do, and another database of the
 * cluster may be at the logins. So that none stands for long, the transaction gives up and is run
 * again from its start, after a pause in which what queued behind it goes on. */
static Err run_stage(struct stage *stage, Err (*act)(const struct stage *stage)) {
    stage->act = act;
    Err err = run_once(stage);
    for (int tries = 1; err == ERR_SERIALIZATION && tries < stage->tries; tries++) {
        (void)fprintf(stderr, "  others are at work; trying again (%d of %d)\n", tries + 1,
                      stage->tries);
        (void)nanosleep(&(struct timespec){0, PAUSE_NANOS}, NULL);
        err = run_once(stage);
    }
    return err == ERR_SERIALIZATION ? ERR_UNAVAILABLE : err;
}

static Err run_stages(struct stage *stage, const PGresult *ledger) {
    const struct files *files = stage->files;
    int replaced = 0;
    for (size_t i = 0; i < files->count; i++) {
        stage->file = &files->list[i];
        replaced += is_replaceable(stage->file);
        if (is_migration(stage->file) && !is_replaceable(stage->file) &&
            ledger_digest(ledger, stage->file) == NULL) {
            TRY(run_stage(stage, run_numbered));
            printf("applied %s\n", stage->file->name);
        }
    }
    TRY(run_stage(stage, run_replaceable));
    printf("replaced %d files\n", replaced);
    return OK;
}

static Err run_locked(struct stage *stage) {
    const char *const key[] = {ADVISORY_KEY};
    PGconn *pg = stage->pg;
    TRY(direct_do(pg, Q_MIGRATE_LOCK, key)); /* until the session ends */
    TRY(direct_do(pg, Q_MIGRATE_CREATE_LEDGER, NULL));
    PGresult *ledger = direct_run(pg, Q_MIGRATE_LEDGER, NULL);
    Err err = ledger == NULL ? ERR_SCHEMA : check_ledger(stage->files, ledger);
    if (err == OK) {
        err = run_stages(stage, ledger);
    }
    PQclear(ledger);
    TRY(err);
    return stage->password == NULL ? OK : run_stage(stage, set_passwords);
}

Err migrate_run_files(const char *url, const char *password, const struct embedded *files,
                      size_t count, int tries) {
    const struct files list = {files, count};
    struct stage stage = {.files = &list, .tries = tries, .password = password};
    TRY(direct_open(url, &stage.pg));
    Err err = run_locked(&stage);
    PQfinish(stage.pg);
    return err;
}

Err migrate_run(const char *url, const char *password) {
    return migrate_run_files(url, password, embedded_files, embedded_count, MIGRATE_TRIES);
}

/* --- checking -------------------------------------------------------------------------------- */

static Err check_exactly(const struct files *files, const PGresult *ledger) {
    TRY(check_ledger(files, ledger));
    for (size_t i = 0; i < files->count; i++) {
        const struct embedded *file = &files->list[i];
        char now[DIGEST_TEXT];
        if (!is_migration(file)) {
            continue;
        }
        const char *applied = ledger_digest(ledger, file);
        digest(file, now);
        if (applied == NULL) {
            return refuse("not yet applied", file->name);
        }
        if (strcmp(applied, now) != 0) {
            return refuse("applied in another version", file->name);
        }
    }
    return OK;
}

Err migrate_check_files(const char *url, const char *password, const struct embedded *files,
                        size_t count) {
    PGconn *pg = NULL;
    TRY(direct_open_class(url, password, DB_SYSTEM, LANE_SLOW, &pg));
    PGresult *ledger = direct_run(pg, Q_MIGRATE_LEDGER, NULL);
    Err err = ledger == NULL ? refuse("no ledger", "")
                             : check_exactly(&(struct files){files, count}, ledger);
    PQclear(ledger);
    PQfinish(pg);
    return err;
}

Err migrate_check(const char *url, const char *password) {
    return migrate_check_files(url, password, embedded_files, embedded_count);
}
