/* `make chaos`: faults thrown at a server and its PostgreSQL in the middle of writes, one kind
 * after the other. Every acknowledged write must be there once. Then the controls: the same faults
 * with a defence removed do harm. Prints a table and writes var/chaos.json. CHAOS_ACKS:
 * acknowledged writes for each fault (9,000); CHAOS_ONLY: the one row that is run. */
#include "chaos.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "ask.h"
#include "lib/base/arena.h"
#include "tests/support/check_main.h"

enum {
    WRITERS = 8,
    ACKS = 9000,
    INJECTIONS = 12,
    RECORDS_MAX = 400000,
    SETTLE_TRIES = 300,
    PIPE = 1024 * 1024
};

/* --- what faults use ---------------------------------------------------------------------------
 */

void chaos_breach(struct chaos *chaos, const char *what) {
    printf("  does not hold: %s\n", what);
    (void)fflush(stdout);
    chaos->broken = true;
}

void chaos_pause(int milliseconds) {
    (void)nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000L}, NULL);
}

const char *chaos_preload(struct chaos *chaos, const char *name) {
    const char *path = arena_printf(chaos->arena, "%s/%s.so", chaos->rig.folder, name);
    rig_run(&chaos->rig,
            arena_printf(chaos->arena, "install -m 0755 build/release/tests/chaos/preload/%s.so %s",
                         name, path));
    return path;
}

const char *chaos_pg_env(struct chaos *chaos, const char *name) {
    return arena_printf(chaos->arena, "LD_PRELOAD=%s CHAOS_CONTROL=%s", chaos_preload(chaos, name),
                        chaos->control_path);
}

int chaos_write(struct chaos *chaos, const char *name, const char **answer) {
    struct question question = {.method = "POST",
                                .path = "/api/v1/orgs",
                                .key = http_key(chaos->arena),
                                .body = writer_body(chaos->arena, name),
                                .patience = 15000};
    ask(&chaos->rig, chaos->arena, &question);
    *answer = question.answer;
    return question.status;
}

void chaos_settle_log(struct chaos *chaos) {
    rig_run(
        &chaos->rig,
        arena_printf(chaos->arena,
                     "sh -c 'for i in $(seq %d); do psql -qXAtc \"SELECT (SELECT max(size) FROM "
                     "audit_head) = (SELECT count(*) FROM audit_leaf)\" | grep -qx t && exit "
                     "0; sleep 0.1; done; exit 1'",
                     SETTLE_TRIES));
}

int chaos_verify_log(struct chaos *chaos) {
    struct rig *rig = &chaos->rig;
    chaos_settle_log(chaos);
    rig_run(rig, arena_printf(chaos->arena,
                              "env NORIA_URL=%s NORIA_TOKEN=%s build/release/noria audit export "
                              "%s/audit.log",
                              rig->url, rig->token, rig->folder));
    return rig_try(rig, arena_printf(chaos->arena,
                                     "build/release/noria audit verify %s/audit.log --key "
                                     "%s/keys/log.cwt --root %s/keys/root.cosekey",
                                     rig->folder, rig->folder, rig->folder));
}

/* --- the table ---------------------------------------------------------------------------------
 */

static const struct blow faults[] = {
    {"kill_server", INJECTIONS, kill_server, NULL, NULL, NULL, 1000},
    {"kill_backend", INJECTIONS, kill_backend, NULL, NULL, NULL, 0},
    {"kill_postmaster", INJECTIONS, kill_postmaster, NULL, NULL, NULL, 5000},
    {"connections_cut", INJECTIONS, cut_connections, NULL, NULL, NULL, 0},
    {"answer_reset", INJECTIONS, wait_for_cuts, cut_http_begin, cut_http_end, NULL, 0},
    {"commit_answer_cut", INJECTIONS, wait_for_cuts, cut_commit_begin, cut_commit_end, NULL, 0},
    {"connection_storm", INJECTIONS, storm, NULL, NULL, NULL, 0},
    {"slow_clients", 3, slow_clients, slow_clients_begin, slow_clients_end, no_slowhttptest, 0},
    {"disk_full", 6, disk_full, disk_full_begin, disk_full_end, no_mounts, 0},
    {"spool_full", INJECTIONS, spool_full, spool_full_begin, spool_full_end, no_mounts, 0},
    {"fsync_error", INJECTIONS, sync_error, sync_error_begin, elsewhere_end, NULL, 0},
    {"clock_jumps", INJECTIONS, jump_clock, jump_clock_begin, jump_clock_end, NULL, 2000},
    {"failover", 4, fail_over, fail_over_begin, fail_over_end, NULL, 0},
    {"allocation_fails", 60, fail_alloc, fail_alloc_begin, fail_alloc_end, NULL, 0},
};
enum { FAULTS = sizeof faults / sizeof *faults };

static const struct {
    const char *name;
    void (*run)(struct chaos *chaos);
    const char *(*forbidden)(struct chaos *chaos);
} controls[] = {
    {"control: a disk that lies about its syncs", control_lying_disk, NULL},
    {"control: a standby that is not waited for", control_standby_not_waited_for, NULL},
    {"control: an audit log that follows the clock", control_log_follows_the_clock, NULL},
    {"control: readers whose answers wait in the kernel", control_unsent, no_slowhttptest},
    {"control: slow clients without a deadline", control_no_deadline, no_slowhttptest},
};
enum { CONTROLS = sizeof controls / sizeof *controls };

/* --- judging -----------------------------------------------------------------------------------
 */

struct records {
    struct ack *list;
    int count;
    int max;
    int64_t gap; /* ms: the longest time without an acknowledgement */
};

static bool collect_one(int acks, struct records *records) {
    if (records->count == records->max ||
        read(acks, &records->list[records->count], sizeof(struct ack)) != sizeof(struct ack)) {
        return false;
    }
    if (records->count > 0) {
        int64_t pause = records->list[records->count].at - records->list[records->count - 1].at;
        records->gap = pause > records->gap ? pause : records->gap;
    }
    records->count++;
    return true;
}

/* The database's own list of this run's records, counted by SQL: lost, doubled and unknown ones. */
static void judge(struct chaos *chaos, int run, const struct records *records, int *lost,
                  int *doubled) {
    const char *path = arena_printf(chaos->arena, "%s/acks", chaos->rig.folder);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    for (int i = 0; i < records->count; i++) {
        const struct ack *ack = &records->list[i];
        fprintf(file, "chaos-%d-%d-%d\t%lld\n", run, ack->writer, ack->number, (long long)ack->id);
    }
    (void)fclose(file);
    const char *answer = arena_printf(chaos->arena, "%s/judged", chaos->rig.folder);
    const char *line = arena_printf(
        chaos->arena,
        "psql -qXAt -F' ' -o %s -c 'CREATE TEMP TABLE a (name text, id bigint)' -c '\\copy a FROM "
        "%s' -c \"SELECT (SELECT count(*) FROM a WHERE NOT EXISTS (SELECT FROM org o WHERE o.id = "
        "a.id AND o.name = a.name)), (SELECT count(*) FROM (SELECT FROM org WHERE name LIKE "
        "'chaos-%d-%%' GROUP BY name HAVING count(*) > 1) d)\"",
        answer, path, run);
    ck_assert_int_eq(system(line), 0);
    file = fopen(answer, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d %d", lost, doubled), 2);
    (void)fclose(file);
}

static const char *word(bool yes) {
    return yes ? "true" : "false";
}

static void put_row(struct chaos *chaos, const char *fault, bool run, const struct tally *tally,
                    int64_t gap) {
    fprintf(chaos->json,
            "%s {\"fault\": \"%s\", \"run\": %s, \"injected\": %d, \"acknowledged\": %d, \"lost\": "
            "%d, \"doubled\": %d, \"gap_s\": %.3f}",
            chaos->rows++ == 0 ? "" : ",\n", fault, word(run), tally->injected, tally->acknowledged,
            tally->lost, tally->doubled, (double)gap / 1000);
    chaos->total += tally->acknowledged;
    if (tally->lost != 0 || tally->doubled != 0) {
        chaos_breach(chaos, "something was lost or doubled");
    }
    (void)fflush(NULL);
}

/* A row that was not run says so: it has neither passed nor failed. */
static void report(struct chaos *chaos, const struct blow *fault, const char *forbidden,
                   const struct records *records, struct tally tally) {
    tally.injected = *chaos->cuts > 0 ? *chaos->cuts : chaos->injected;
    tally.acknowledged = records->count;
    if (forbidden != NULL) {
        printf("%-18s not run: %s\n", fault->name, forbidden);
    } else {
        printf("%-18s %8d %12d %5d %8d %8.2f%s", fault->name, tally.injected, records->count,
               tally.lost, tally.doubled, (double)records->gap / 1000,
               fault->gap != 0 && records->gap > fault->gap ? "  longer than wanted" : "");
        if (chaos->available >= 0) {
            printf("  available %.1f %%", 100 * chaos->available);
        }
        printf("\n");
    }
    put_row(chaos, fault->name, forbidden == NULL, &tally, records->gap);
}

/* --- one fault ---------------------------------------------------------------------------------
 */

struct crowd {
    pid_t writers[WRITERS];
    int acks[2], stop[2];
};

static void crowd_start(struct chaos *chaos, struct crowd *crowd, int run) {
    ck_assert(pipe2(crowd->acks, O_CLOEXEC) == 0 && pipe2(crowd->stop, O_CLOEXEC) == 0);
    ck_assert_int_ge(fcntl(crowd->acks[1], F_SETPIPE_SZ, PIPE),
                     PIPE); /* while a fault takes its time, all go on */
    (void)fflush(NULL);     /* or each writer prints it again */
    for (int i = 0; i < WRITERS; i++) {
        crowd->writers[i] =
            writer_start(&chaos->rig, run, i, crowd->acks[1], crowd->stop[0], crowd->stop[1]);
    }
    close(crowd->acks[1]);
}

static void crowd_end(struct chaos *chaos, struct crowd *crowd, struct records *records) {
    close(crowd->stop[1]);
    while (collect_one(crowd->acks[0], records)) {
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        waitpid(crowd->writers[i], &status, 0);
        if (status != 0) {
            chaos_breach(chaos, "a writer gave up");
        }
    }
    close(crowd->acks[0]);
    close(crowd->stop[0]);
}

/* What came in meanwhile, so that no writer ever waits for us. */
static void drain(int acks, struct records *records) {
    struct pollfd ready = {acks, POLLIN, 0};
    while (poll(&ready, 1, 0) == 1 && collect_one(acks, records)) {
    }
}

static void throw(struct chaos * chaos, int run, struct records *records) {
    const struct blow *fault = &faults[run];
    struct crowd crowd;
    crowd_start(chaos, &crowd, run);
    for (int i = 0; i <= fault->times; i++) {
        for (int k = 0; k < chaos->acks / (fault->times + 1); k++) {
            ck_assert_msg(collect_one(crowd.acks[0], records), "%s: the writers gave up",
                          fault->name);
        }
        if (i < fault->times) {
            fault->inject(chaos);
            drain(crowd.acks[0], records);
        }
    }
    crowd_end(chaos, &crowd, records);
}

static void run_fault(struct chaos *chaos, int run) {
    const struct blow *fault = &faults[run];
    struct arena *own = arena_new();
    struct records records = {.max = RECORDS_MAX};
    const char *forbidden = fault->forbidden == NULL ? NULL : fault->forbidden(chaos);
    struct tally tally = {0};
    *chaos->cuts = 0;
    chaos->injected = forbidden == NULL ? fault->times : 0;
    chaos->available = -1;
    if (forbidden == NULL) {
        records.list = arena_array(own, (size_t)records.max, sizeof(struct ack));
        /* before the pipes are made, which a cutter would keep open */
        if (fault->begin != NULL) {
            fault->begin(chaos);
        }
        throw(chaos, run, &records);
        judge(chaos, run, &records, &tally.lost, &tally.doubled);
        if (fault->end != NULL) {
            fault->end(chaos);
        }
    }
    report(chaos, fault, forbidden, &records, tally);
    arena_free(own);
}

static void run_each(struct chaos *chaos) {
    struct tally tally = {0};
    alloc_each(chaos, &tally);
    printf("%-18s %8d %12d %5d %8d\n", "allocation_each_n", tally.injected, tally.acknowledged,
           tally.lost, tally.doubled);
    put_row(chaos, "allocation_each_n", true, &tally, 0);
}

/* --- all ---------------------------------------------------------------------------------------
 */

static void share_memory(struct chaos *chaos) {
    chaos->cuts =
        mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(chaos->cuts, MAP_FAILED);
    chaos->control_path = arena_printf(chaos->arena, "%s/control", chaos->rig.folder);
    int fd = open(chaos->control_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    ck_assert(fd >= 0 && fchmod(fd, 0666) == 0 && ftruncate(fd, sizeof(struct control)) == 0);
    (void)close(fd);
    chaos->control = control_map(chaos->control_path);
    ck_assert_ptr_nonnull(chaos->control);
    (void)setenv("CHAOS_CONTROL", chaos->control_path, 1);
}

static bool is_wanted(const char *name) {
    const char *only = getenv("CHAOS_ONLY");
    return only == NULL || strstr(name, only) != NULL;
}

static void run_controls(struct chaos *chaos) {
    for (int i = 0; i < CONTROLS; i++) {
        const char *forbidden = controls[i].forbidden == NULL ? NULL : controls[i].forbidden(chaos);
        if (!is_wanted(controls[i].name)) {
            continue;
        }
        if (forbidden != NULL) {
            printf("%s: not run: %s\n", controls[i].name, forbidden);
        } else {
            controls[i].run(chaos);
            printf("%s: does its harm, as it must\n", controls[i].name);
        }
        (void)fflush(stdout);
    }
}

static struct chaos chaos; /* process-wide: the one run */

START_TEST(every_fault) {
    const char *asked = getenv("CHAOS_ACKS");
    int64_t acks = ACKS;
    ck_assert(asked == NULL || text_int(span_of(asked), &acks));
    chaos = (struct chaos){.arena = arena_new(), .acks = (int)acks};
    (void)mkdir("var", 0755);
    chaos.json = fopen("var/chaos.json", "w");
    ck_assert_ptr_nonnull(chaos.json);
    fprintf(chaos.json, "[");
    (void)fflush(NULL);
    rig_start(&chaos.rig, chaos.arena);
    share_memory(&chaos);
    printf("%-18s %8s %12s %5s %8s %8s\n", "fault", "injected", "acknowledged", "lost", "doubled",
           "gap s");
    for (int i = 0; i < FAULTS; i++) {
        if (is_wanted(faults[i].name)) {
            run_fault(&chaos, i);
        }
    }
    if (is_wanted("allocation_each_n")) {
        run_each(&chaos);
    }
    fprintf(chaos.json, "]\n");
    (void)fclose(chaos.json);
    printf("%d acknowledged writes\n", chaos.total);
    run_controls(&chaos);
    ck_assert_msg(!chaos.broken, "a fault did not hold; logs in %s", chaos.rig.folder);
    rig_stop(&chaos.rig);
}
END_TEST

CHECK_MAIN_FOR("chaos", NULL, NULL, 7200, every_fault)
