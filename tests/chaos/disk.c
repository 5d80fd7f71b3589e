/* disk.c - a disk without room, and one whose syncs fail. */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "chaos.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"

enum {
    PATIENCE_MS = 30000,
    SWITCHES = 12,
    UPLOAD = 3 * 1024 * 1024,
    SMALL_UPLOAD = 64 * 1024,
    GONE_MS = 3000
};

static const char *below(struct chaos *chaos, const char *name) {
    return arena_printf(chaos->arena, "%s/%s", chaos->rig.folder, name);
}

static bool mount_small(const char *folder, const char *options) {
    (void)mkdir(folder, 0755);
    return mount("noria-chaos", folder, "tmpfs", 0, options) == 0;
}

const char *no_mounts(struct chaos *chaos) {
    const char *folder = below(chaos, "try");
    if (!mount_small(folder, "size=64k")) {
        return "this machine does not let us mount a small disk";
    }
    (void)umount(folder);
    (void)rmdir(folder);
    return NULL;
}

/* --- PostgreSQL's disk is full -----------------------------------------------------------------
 */

void disk_full_begin(struct chaos *chaos) {
    ck_assert(mount_small(below(chaos, "small"), "size=700m,mode=0755"));
    rig_enter(&chaos->rig, below(chaos, "small/pg"), NULL);
    rig_run(&chaos->rig, "psql -qXc \"ALTER SYSTEM SET max_wal_size = '64MB'\" -c \"ALTER SYSTEM "
                         "SET min_wal_size = '32MB'\" -c 'SELECT pg_reload_conf()'");
    chaos->injected = 0;
}

/* To the last page. */
static void fill(const char *path) {
    static const char page[4096]; /* zeros */
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    while (write(fd, page, sizeof page) > 0) {
    }
    (void)close(fd);
}

/* Until a write is refused for want of room. Anything but that, a broken connection to PostgreSQL
 * or a record that still found its place is a wrong answer. */
static int full; /* process-wide: of all refusals, those that named the reason */

static bool refused_for_room(struct chaos *chaos) {
    int64_t until = clock_ticks() + PATIENCE_MS;
    for (int i = 0; clock_ticks() < until; i++) {
        const char *answer;
        int status = chaos_write(
            chaos, arena_printf(chaos->arena, "full-%d-%d", chaos->injected, i), &answer);
        if (status == 503) {
            full += strstr(answer, "\"storage_full\"") != NULL;
            return strstr(answer, "\"storage_full\"") != NULL ||
                   strstr(answer, "\"unavailable\"") != NULL ||
                   strstr(answer, "\"outcome_unknown\"") != NULL;
        }
        if (status != 201) {
            printf("  answered %d: %.200s\n", status, answer);
            return false;
        }
    }
    return false;
}

/* Every second time the log runs out of room as well, on which PostgreSQL gives up (PANIC). Its
 * supervisor starts it again; the server finds it by itself. */
void disk_full(struct chaos *chaos) {
    const char *ballast = below(chaos, "small/ballast");
    fill(ballast);
    if (!refused_for_room(chaos)) {
        chaos_breach(chaos, "a full disk is answered with 503 and a reason");
    }
    for (int i = 0; chaos->injected % 2 == 1 && i < SWITCHES; i++) {
        if (rig_try(&chaos->rig, "psql -qXAtc 'SELECT pg_switch_wal()'") != 0) {
            break;
        }
        chaos_pause(100);
    }
    (void)unlink(ballast);
    chaos->injected++;
    rig_run(&chaos->rig,
            arena_printf(chaos->arena, "tools/postgres.sh start %s", getenv("NORIA_PG_DIR")));
}

void disk_full_end(struct chaos *chaos) {
    if (full == 0) {
        chaos_breach(chaos, "a full disk is named as the reason");
    }
    rig_leave(&chaos->rig);
    ck_assert_int_eq(umount(below(chaos, "small")), 0);
}

/* --- the folder of uploads is full -------------------------------------------------------------
 */

void spool_full_begin(struct chaos *chaos) {
    const char *folder = below(chaos, "spool");
    ck_assert(mount_small(folder, "size=1m"));
    (void)setenv("NORIA_SPOOL", folder, 1);
    rig_kill_server(&chaos->rig);
}

static int upload(struct chaos *chaos, size_t size, const char **answer) {
    char *bytes = arena_alloc(chaos->arena, size);
    struct question question = {.method = "POST",
                                .path = "/api/v1/verify/photo",
                                .type = "image/png",
                                .body = {bytes, size},
                                .patience = PATIENCE_MS};
    ask(&chaos->rig, chaos->arena, &question);
    *answer = question.answer;
    return question.status;
}

void spool_full(struct chaos *chaos) {
    const char *answer;
    int status = upload(chaos, UPLOAD, &answer);
    if (status != 503 || strstr(answer, "\"storage_full\"") == NULL) {
        printf("  answered %d: %.200s\n", status, answer);
        chaos_breach(chaos, "an upload without room is answered with 503 storage_full");
    }
    int64_t until = clock_ticks() + GONE_MS; /* the room of the first comes back with its end */
    do {
        status = upload(chaos, SMALL_UPLOAD, &answer);
    } while (status == 503 && clock_ticks() < until);
    if (status == 0 || status >= 500) {
        printf("  answered %d: %.200s\n", status, answer);
        chaos_breach(chaos, "an upload that fits is taken after one that did not");
    }
}

void spool_full_end(struct chaos *chaos) {
    (void)setenv("NORIA_SPOOL", chaos->rig.folder, 1);
    rig_kill_server(&chaos->rig);
    ck_assert_int_eq(umount(below(chaos, "spool")), 0);
}

/* --- syncs fail --------------------------------------------------------------------------------
 */

void sync_error_begin(struct chaos *chaos) {
    rig_enter(&chaos->rig, below(chaos, "sync"), chaos_pg_env(chaos, "fail_sync"));
    chaos->injected = 0;
}

void elsewhere_end(struct chaos *chaos) {
    rig_leave(&chaos->rig);
}

/* Two of three hit the log at some commit, the third a data file at a checkpoint. */
void sync_error(struct chaos *chaos) {
    struct control *control = chaos->control;
    int64_t before = control->hits;
    int64_t until = clock_ticks() + PATIENCE_MS;
    bool data = chaos->injected % 3 == 2;
    control->data = data;
    control->syncs = 1 + chaos->injected * 7 % 40;
    if (data) {
        control->syncs = 1 + chaos->injected % 4;
        (void)rig_try(&chaos->rig, "psql -qXc CHECKPOINT");
    }
    while (control->hits == before && clock_ticks() < until) {
        chaos_pause(10);
    }
    if (control->hits == before) {
        chaos_breach(chaos, "the sync that was to fail was never made");
    }
    control->syncs = 0;
    chaos->injected++;
}

static int count_kept(struct chaos *chaos, const char *pattern) {
    const char *path = below(chaos, "counted");
    rig_run(&chaos->rig,
            arena_printf(chaos->arena,
                         "psql -qXAto %s -c \"SELECT count(*) FROM org WHERE name LIKE '%s'\"",
                         path, pattern));
    FILE *file = fopen(path, "r");
    int count = -1;
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &count), 1);
    (void)fclose(file);
    return count;
}

/* The same losses, not told to PostgreSQL: what it promised is gone once it has to read its log. */
void control_lying_disk(struct chaos *chaos) {
    struct rig *rig = &chaos->rig;
    const char *answer;
    enum { RECORDS = 20 };
    rig_enter(rig, below(chaos, "lying"), chaos_pg_env(chaos, "fail_sync"));
    ck_assert_int_eq(chaos_write(chaos, "honest-1", &answer), 201);
    chaos->control->lies = 1;
    for (int i = 0; i < RECORDS; i++) {
        ck_assert_int_eq(chaos_write(chaos, arena_printf(chaos->arena, "lied-%d", i), &answer),
                         201);
    }
    const char *dir = getenv("NORIA_PG_DIR");
    rig_run(rig, arena_printf(chaos->arena, "tools/postgres.sh kill %s", dir));
    chaos->control->lies = 0;
    rig_run(rig, arena_printf(chaos->arena, "tools/postgres.sh start %s", dir));
    ck_assert_int_eq(count_kept(chaos, "honest-%"), 1);
    ck_assert_msg(count_kept(chaos, "lied-%") < RECORDS, "the loss was not noticed");
    rig_leave(rig);
}
