/* `make chaos`: faults thrown at a server and its PostgreSQL in the middle of writes, one kind
 * after the other. Every acknowledged write must be there once. Prints a table and writes
 * var/chaos.json. CHAOS_ACKS: acknowledged writes for each fault (13,000). */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cutter.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "tests/support/check_main.h"
#include "writers.h"

enum { WRITERS = 8, ACKS = 13000, INJECTIONS = 12, STORM = 2000, SLOW = 400, PROXY_ABOVE = 1000 };

struct chaos {
    struct arena *arena;
    struct rig rig;
    int acks; /* wanted for each fault */
    int *cuts;
    int slow[SLOW];
    FILE *json;
    int total;
};

struct blow {
    const char *name;
    int times;
    void (*inject)(struct chaos *chaos);
    void (*begin)(struct chaos *chaos); /* NULL: nothing */
    void (*end)(struct chaos *chaos);
    const char *not_run; /* why, when it is not */
    int64_t gap;         /* ms: the longest wanted without an acknowledgement; 0: any */
};

/* --- the faults --------------------------------------------------------------------------------
 */

static void kill_server(struct chaos *chaos) {
    rig_kill_server(&chaos->rig);
}

static void kill_postmaster(struct chaos *chaos) {
    rig_kill_database(&chaos->rig);
}

/* One backend: PostgreSQL ends all others too and recovers. */
static void kill_backend(struct chaos *chaos) {
    rig_run(
        &chaos->rig,
        "sh -c 'until kill -KILL $(psql -qXAtc \"SELECT pid FROM pg_stat_activity WHERE usename = "
        "\\$\\$noria_ofii\\$\\$ LIMIT 1\"); do sleep 0.05; done'");
}

static void cut_connections(struct chaos *chaos) {
    rig_run(&chaos->rig, "psql -qXAtc \"SELECT count(pg_terminate_backend(pid)) FROM "
                         "pg_stat_activity WHERE usename LIKE 'noria_%'\"");
}

/* The cutter works by itself: an injection is the time that passes. */
static void wait_for_cuts(struct chaos *chaos) {
    (void)chaos;
}

static void storm(struct chaos *chaos) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)chaos->rig.port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    for (int i = 0; i < STORM; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        struct linger now = {1, 0};
        (void)connect(fd, (const struct sockaddr *)(const void *)&to, sizeof to);
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        (void)close(fd);
    }
}

/* Clients that say a byte of their headers now and then. */
static void slow_begin(struct chaos *chaos) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)chaos->rig.port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    for (int i = 0; i < SLOW; i++) {
        chaos->slow[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        ck_assert_int_eq(
            connect(chaos->slow[i], (const struct sockaddr *)(const void *)&to, sizeof to), 0);
        (void)send(chaos->slow[i], "GET / HTTP/1.1\r\nX-Slow: ", 24, MSG_NOSIGNAL);
    }
}

static void slow_byte(struct chaos *chaos) {
    for (int i = 0; i < SLOW; i++) {
        (void)send(chaos->slow[i], "a", 1, MSG_NOSIGNAL);
    }
}

static void slow_end(struct chaos *chaos) {
    for (int i = 0; i < SLOW; i++) {
        (void)close(chaos->slow[i]);
    }
}

/* --- cutters -----------------------------------------------------------------------------------
 */

struct proxy {
    pid_t child;
    const char *url; /* what it stands before */
};

static struct proxy proxy; /* process-wide: begin and end of a fault share it */

/* Between the writers and the server. */
static void cut_http_begin(struct chaos *chaos) {
    struct rig *rig = &chaos->rig;
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)(rig->port + PROXY_ABOVE)),
                               .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in to = from;
    to.sin_port = htons((uint16_t)rig->port);
    struct cutter cutter = {(const struct sockaddr *)(const void *)&from,
                            (const struct sockaddr *)(const void *)&to,
                            sizeof from,
                            sizeof to,
                            "HTTP/1.1 201",
                            50,
                            chaos->cuts};
    proxy = (struct proxy){cutter_start(&cutter), rig->url};
    rig->url = arena_printf(chaos->arena, "http://127.0.0.1:%d", rig->port + PROXY_ABOVE);
}

static void end_proxy(void) {
    (void)kill(proxy.child, SIGKILL);
    (void)waitpid(proxy.child, NULL, 0);
}

static void cut_http_end(struct chaos *chaos) {
    end_proxy();
    chaos->rig.url = proxy.url;
}

/* Between the server and PostgreSQL: the answer to a COMMIT is lost, whose outcome the server must
 * not guess. */
static void cut_commit_begin(struct chaos *chaos) {
    struct rig *rig = &chaos->rig;
    struct sockaddr_un from = {.sun_family = AF_UNIX};
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const char *folder = arena_printf(chaos->arena, "%s/pg", rig->folder);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    (void)snprintf(from.sun_path, sizeof from.sun_path, "%s/.s.PGSQL.5432", folder);
    (void)snprintf(to.sun_path, sizeof to.sun_path, "%s/.s.PGSQL.5432", getenv("PGHOST"));
    struct cutter cutter = {(const struct sockaddr *)(const void *)&from,
                            (const struct sockaddr *)(const void *)&to,
                            sizeof from,
                            sizeof to,
                            "COMMIT",
                            50,
                            chaos->cuts};
    proxy = (struct proxy){cutter_start(&cutter),
                           arena_strdup(chaos->arena, getenv("NORIA_DATABASE_URL"))};
    (void)setenv("NORIA_DATABASE_URL",
                 arena_printf(chaos->arena, "postgresql:///noria?host=%s&user=postgres", folder),
                 1);
    rig_kill_server(rig);
}

static void cut_commit_end(struct chaos *chaos) {
    (void)setenv("NORIA_DATABASE_URL", proxy.url, 1);
    rig_kill_server(&chaos->rig);
    end_proxy();
}

static const struct blow faults[] = {
    {"kill_server", INJECTIONS, kill_server, NULL, NULL, NULL, 1000},
    {"kill_backend", INJECTIONS, kill_backend, NULL, NULL, NULL, 0},
    {"kill_postmaster", INJECTIONS, kill_postmaster, NULL, NULL, NULL, 5000},
    {"connections_cut", INJECTIONS, cut_connections, NULL, NULL, NULL, 0},
    {"answer_reset", INJECTIONS, wait_for_cuts, cut_http_begin, cut_http_end, NULL, 0},
    {"commit_answer_cut", INJECTIONS, wait_for_cuts, cut_commit_begin, cut_commit_end, NULL, 0},
    {"connection_storm", INJECTIONS, storm, NULL, NULL, NULL, 0},
    {"slow_clients", INJECTIONS, slow_byte, slow_begin, slow_end, NULL, 0},
    {"disk_full", 0, NULL, NULL, NULL, "nothing injects it yet", 0},
    {"fsync_error", 0, NULL, NULL, NULL, "nothing injects it yet", 0},
    {"allocation_fails", 0, NULL, NULL, NULL, "nothing injects it yet", 0},
    {"clock_jumps", 0, NULL, NULL, NULL, "nothing injects it yet", 0},
    {"failover", 0, NULL, NULL, NULL, "nothing injects it yet", 0},
};
enum { FAULTS = sizeof faults / sizeof *faults };

/* --- one fault ---------------------------------------------------------------------------------
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

static void report(struct chaos *chaos, const struct blow *fault, int injected,
                   const struct records *records, int lost, int doubled) {
    static const char *const words[] = {"false", "true"};
    if (fault->not_run != NULL) {
        printf("%-18s not run: %s\n", fault->name, fault->not_run);
    } else {
        printf("%-18s %8d %12d %5d %8d %8.2f%s\n", fault->name, injected, records->count, lost,
               doubled, (double)records->gap / 1000,
               fault->gap != 0 && records->gap > fault->gap ? "  longer than wanted" : "");
    }
    fprintf(chaos->json,
            "%s {\"fault\": \"%s\", \"run\": %s, \"injected\": %d, \"acknowledged\": %d, \"lost\": "
            "%d, \"doubled\": %d, \"gap_s\": %.3f}",
            fault == faults ? "" : ",\n", fault->name, words[fault->not_run == NULL], injected,
            records->count, lost, doubled, (double)records->gap / 1000);
    chaos->total += records->count;
    (void)fflush(NULL);
}

/* True when nothing was lost or doubled; how fast the service was back depends on the machine, and
 * is told. */
static bool run_fault(struct chaos *chaos, int run) {
    const struct blow *fault = &faults[run];
    int acks[2], stop[2];
    int lost = 0;
    int doubled = 0;
    bool good = true;
    pid_t writers[WRITERS];
    struct records records = {.max = chaos->acks * 4};
    if (fault->not_run != NULL) {
        report(chaos, fault, 0, &records, 0, 0);
        return true;
    }
    records.list = arena_array(chaos->arena, (size_t)records.max, sizeof(struct ack));
    /* before the pipes are made, which a cutter would keep open */
    *chaos->cuts = 0;
    if (fault->begin != NULL) {
        fault->begin(chaos);
    }
    ck_assert(pipe2(acks, O_CLOEXEC) == 0 && pipe2(stop, O_CLOEXEC) == 0);
    (void)fflush(stdout); /* or each writer prints it again */
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = writer_start(&chaos->rig, run, i, acks[1], stop[0], stop[1]);
    }
    close(acks[1]);
    for (int i = 0; i <= fault->times; i++) {
        for (int k = 0; k < chaos->acks / (fault->times + 1); k++) {
            ck_assert_msg(collect_one(acks[0], &records), "%s: the writers gave up", fault->name);
        }
        if (i < fault->times) {
            fault->inject(chaos);
        }
    }
    close(stop[1]);
    while (collect_one(acks[0], &records)) {
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        waitpid(writers[i], &status, 0);
        good = good && status == 0;
    }
    close(acks[0]);
    close(stop[0]);
    if (fault->end != NULL) {
        fault->end(chaos);
    }
    judge(chaos, run, &records, &lost, &doubled);
    report(chaos, fault, *chaos->cuts > 0 ? *chaos->cuts : fault->times, &records, lost, doubled);
    return good && lost == 0 && doubled == 0;
}

static struct chaos chaos; /* process-wide: the one run */

START_TEST(every_fault) {
    const char *asked = getenv("CHAOS_ACKS");
    int64_t acks = ACKS;
    bool good = true;
    ck_assert(asked == NULL || text_int(span_of(asked), &acks));
    chaos = (struct chaos){.arena = arena_new(), .acks = (int)acks};
    chaos.cuts = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(chaos.cuts, MAP_FAILED);
    (void)mkdir("var", 0755);
    chaos.json = fopen("var/chaos.json", "w");
    ck_assert_ptr_nonnull(chaos.json);
    fprintf(chaos.json, "[");
    (void)fflush(NULL);
    rig_start(&chaos.rig, chaos.arena);
    printf("%-18s %8s %12s %5s %8s %8s\n", "fault", "injected", "acknowledged", "lost", "doubled",
           "gap s");
    for (int i = 0; i < FAULTS; i++) {
        bool held = run_fault(&chaos, i);
        if (!held) {
            printf("%s did not hold\n", faults[i].name);
        }
        good = good && held;
    }
    fprintf(chaos.json, "]\n");
    (void)fclose(chaos.json);
    printf("%d acknowledged writes\n", chaos.total);
    rig_stop(&chaos.rig);
    ck_assert_msg(good, "a fault did not hold");
}
END_TEST

CHECK_MAIN_FOR("chaos", NULL, NULL, 3600, every_fault)
