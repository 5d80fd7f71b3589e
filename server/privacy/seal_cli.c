#include "seal_cli.h"

#include <stdio.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../candidate/candidate.h"
#include "../db/command.h"
#include "../run/loop.h"
#include "../settings.h"
#include "reindex.h"
#include "rewrap.h"

enum { USAGE = 64, REFUSED = 3, BROKEN = 1, CHANGE_TRIES = 600, CHANGE_PAUSE = 2000 };

struct job {
    const struct settings *settings;
    struct arena *arena;
    const struct seal *seal;
    struct rewrap work;
    struct reindex index;
    int tries; /* of the change of digests, while others are at work */
    int version;
    int64_t left;
};

static int refused(Err err) {
    (void)fprintf(stderr, "noria-server: %s\n", err_sentence(err));
    return REFUSED;
}

static Err load(struct job *job) {
    return job->settings->keys == NULL ? ERR_IO
                                       : seal_load(job->arena, job->settings->keys, &job->seal);
}

static Err run(struct job *job, Err (*act)(struct db *db, void *arg, bool *more)) {
    struct faults faults;
    faults_init(&faults, job->arena);
    return db_command(job->settings->database_url, job->settings->database_password, NULL, &faults,
                      act, job);
}

static Err count_left(struct db *db, void *arg, bool *more) {
    struct job *job = arg;
    (void)more;
    return rewrap_left(db, job->version, &job->left);
}

static Err rewrap(struct db *db, void *arg, bool *more) {
    struct job *job = arg;
    TRY(rewrap_some(db, &job->work));
    *more = !job->work.ended;
    return OK;
}

static Err find_digest_version(struct db *db, void *arg, bool *more) {
    struct job *job = arg;
    (void)more;
    return reindex_version(db, job->seal, &job->version);
}

static int show(struct job *job) {
    int versions[SEAL_VERSIONS];
    Err err = load(job);
    int count = err == OK ? seal_versions(job->seal, versions) : 0;
    for (int i = 0; err == OK && i < count; i++) {
        job->version = versions[i];
        err = run(job, count_left);
        if (err == OK) {
            printf("wrapping key %d: %lld keys%s\n", versions[i], (long long)job->left,
                   i == count - 1 ? " (the one in use)" : "");
        }
    }
    err = err == OK ? run(job, find_digest_version) : err;
    if (err == OK) {
        printf("digest keys: %d, the database compares under number %d\n",
               seal_digest_version(job->seal), job->version);
    }
    return err == OK ? 0 : refused(err);
}

static int rotate(struct job *job) {
    int version = 0;
    Err err = load(job);
    err = err == OK ? seal_rotate(job->settings->keys, &version) : err;
    if (err != OK) {
        return refused(err);
    }
    printf("wrapping key %d made: back the folder up, restart every server, then "
           "`noria-server seal rewrap`\n",
           version);
    return 0;
}

static int rewrap_keys(struct job *job) {
    Err err = load(job);
    job->work.seal = job->seal;
    err = err == OK ? run(job, rewrap) : err;
    if (err != OK) {
        return refused(err);
    }
    printf("%lld keys wrapped anew, %lld older records given a key, %lld that do not open\n",
           (long long)job->work.keys, (long long)job->work.sealed, (long long)job->work.broken);
    return job->work.broken == 0 ? 0 : BROKEN;
}

static int drop(struct job *job) {
    Err err = load(job);
    err = err == OK ? run(job, count_left) : err;
    if (err == OK && job->left > 0) {
        (void)fprintf(stderr,
                      "noria-server: %lld keys or records need wrapping key %d; run "
                      "`noria-server seal rewrap` first\n",
                      (long long)job->left, job->version);
        return REFUSED;
    }
    err = err == OK ? seal_drop(job->settings->keys, job->version) : err;
    if (err != OK) {
        return refused(err);
    }
    printf("wrapping key %d is gone: backups from before the last rewrap name nobody any more, "
           "once its copies are destroyed too\n",
           job->version);
    return 0;
}

static int digest_key(struct job *job) {
    Err err = load(job);
    err = err == OK ? run(job, find_digest_version) : err;
    if (err == OK && job->version != seal_digest_version(job->seal)) {
        (void)fputs("noria-server: the newest digest key is not in use yet; run "
                    "`noria-server seal reindex` first\n",
                    stderr);
        return REFUSED;
    }
    err = err == OK ? seal_rotate_digests(job->settings->keys, &job->version) : err;
    if (err != OK) {
        return refused(err);
    }
    printf("digest key %d made: back the folder up, restart every server, then "
           "`noria-server seal reindex`\n",
           job->version);
    return 0;
}

/* While others are at work (an import), the change waits for them with pauses. */
static Err reindex(struct db *db, void *arg, bool *more) {
    struct job *job = arg;
    Err err = reindex_some(db, &job->index);
    if (err == ERR_DEADLINE && ++job->tries < CHANGE_TRIES) {
        task_sleep(CHANGE_PAUSE);
        err = OK;
    }
    *more = !job->index.ended;
    return err;
}

static int reindex_digests(struct job *job) {
    Err err = load(job);
    job->index.seal = job->seal;
    err = err == OK ? run(job, reindex) : err;
    if (err != OK) {
        return refused(err);
    }
    printf("%lld rows made ready; the database compares under digest key %d\n",
           (long long)job->index.made, seal_digest_version(job->seal));
    return 0;
}

static const struct {
    const char *name;
    int words; /* after the name */
    int (*run)(struct job *job);
} verbs[] = {{"show", 0, show}, {"rotate", 0, rotate},         {"rewrap", 0, rewrap_keys},
             {"drop", 1, drop}, {"digest-key", 0, digest_key}, {"reindex", 0, reindex_digests}};

int seal_command(const struct settings *settings, int argc, char **argv) {
    struct job job = {.settings = settings};
    int64_t version = 0;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        bool known = argc >= 1 && strcmp(argv[0], verbs[i].name) == 0;
        bool good = known && argc - 1 == verbs[i].words;
        if (good && argc == 2) {
            good = text_int(span_of(argv[1]), &version) && version > 0 && version <= 65535;
            job.version = (int)version;
        }
        if (good) {
            job.arena = arena_new();
            int code = verbs[i].run(&job);
            arena_free(job.arena);
            return code;
        }
    }
    (void)fputs("usage: noria-server seal show | rotate | rewrap | drop VERSION | digest-key | "
                "reindex\n",
                stderr);
    return USAGE;
}
