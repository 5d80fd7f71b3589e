/* slow.c - clients that take their time (slowhttptest), and an honest one beside them. */
#include <check.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "chaos.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"

enum {
    SLOW = 2000,        /* connections of each kind */
    SECONDS = 30,       /* each kind goes on */
    EVERY_MS = 100,     /* the honest client asks */
    PATIENCE_MS = 1000, /* and waits so long */
    FEW = 700,          /* slow connections of the control, */
    DESCRIPTORS = 600,  /* more than its server has room for */
    CONNECT_MS = 20000, /* a loaded machine takes its time to open those; from then */
    AFTER_MS = 25000,   /* its deadlines have passed (READ_DEADLINE) */
    CONTROL_SECONDS = 60,
    READERS = 300,     /* that do not read what they asked for */
    READ_SECONDS = 12, /* for so long */
    READ_AFTER_MS = 8000
};

/* What the honest client has seen; shared memory. */
struct seen {
    _Atomic int asked, answered;
};

struct watch {
    struct seen *seen;
    pid_t child;
};

/* Asks the database for a page, again and again, until it is killed. */
static void probe(struct rig *rig, struct seen *seen) {
    for (;;) {
        struct arena *own = arena_new();
        struct question question = {
            .method = "GET", .path = "/api/v1/orgs?limit=5", .patience = PATIENCE_MS};
        int64_t begun = clock_ticks();
        ask(rig, own, &question);
        atomic_fetch_add(&seen->asked, 1);
        atomic_fetch_add(&seen->answered, question.status == 200);
        arena_free(own);
        int64_t left = EVERY_MS - (clock_ticks() - begun);
        chaos_pause(left > 0 ? (int)left : 0);
    }
}

static struct watch watch_start(struct chaos *chaos) {
    struct watch watch = {
        mmap(NULL, sizeof(struct seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0),
        0};
    ck_assert_ptr_ne(watch.seen, MAP_FAILED);
    watch.child = fork();
    ck_assert_int_ge(watch.child, 0);
    if (watch.child == 0) {
        probe(&chaos->rig, watch.seen);
    }
    return watch;
}

static double watch_end(struct watch *watch, int *asked) {
    (void)kill(watch->child, SIGKILL);
    (void)waitpid(watch->child, NULL, 0);
    *asked = watch->seen->asked;
    double share = *asked == 0 ? 0 : (double)watch->seen->answered / *asked;
    (void)munmap(watch->seen, sizeof(struct seen));
    return share;
}

const char *no_slowhttptest(struct chaos *chaos) {
    return rig_try(&chaos->rig, "sh -c 'command -v slowhttptest'") == 0
               ? NULL
               : "slowhttptest is not installed (make deps)";
}

/* Headers, a body, and the taking of an answer. */
static const struct {
    const char *how, *path;
} kinds[] = {
    {"-H -i 5 -x 24 -t GET", "/"},
    {"-B -i 5 -s 8192 -x 10 -t POST", "/api/v1/verify"},
    {"-X -k 5 -w 1 -y 8 -n 5 -z 1", "/api/v1/openapi.yaml"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void attack(struct chaos *chaos, int kind, int connections, int seconds) {
    (void)rig_try(
        &chaos->rig,
        arena_printf(
            chaos->arena, "slowhttptest -c %d -r %d -l %d -p 3 -v 1 %s -u http://127.0.0.1:%d%s",
            connections, connections, seconds, kinds[kind].how, chaos->rig.port, kinds[kind].path));
}

void slow_clients_begin(struct chaos *chaos) {
    chaos->injected = 0;
}

/* The next kind; the worst availability of the three is the fault's. */
void slow_clients(struct chaos *chaos) {
    int kind = chaos->injected / SLOW % KINDS;
    int asked;
    struct watch watch = watch_start(chaos);
    attack(chaos, kind, SLOW, SECONDS);
    double share = watch_end(&watch, &asked);
    chaos->injected += SLOW;
    chaos->available = chaos->available < 0 || share < chaos->available ? share : chaos->available;
}

void slow_clients_end(struct chaos *chaos) {
    if (chaos->available < 0.9) {
        chaos_breach(chaos, "available at least 90 % of the time under slow clients");
    }
}

/* What /proc/net/tcp says of the server's connections: how many are open, and tx_queue, the bytes
 * that wait in the kernel. */
struct sockets {
    int open;
    long unsent;
};

static struct sockets sockets_of(int port) {
    enum { ESTABLISHED = 1 };
    char line[512];
    struct sockets all = {0};
    FILE *file = fopen("/proc/net/tcp", "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned local = 0;
        unsigned state = 0;
        unsigned long queued = 0;
        if (sscanf(line, " %*d: %*x:%x %*x:%*x %x %lx:", &local, &state, &queued) == 3 &&
            local == (unsigned)port) {
            all.open += state == ESTABLISHED;
            all.unsent += (long)queued;
        }
    }
    (void)fclose(file);
    return all;
}

/* How available a server with little room is once its deadlines have passed. */
static double after_deadlines(struct chaos *chaos) {
    int asked;
    (void)fflush(NULL);
    pid_t attacker = fork();
    ck_assert_int_ge(attacker, 0);
    if (attacker == 0) {
        attack(chaos, 0, FEW, CONTROL_SECONDS);
        _exit(0);
    }
    int64_t begun = clock_ticks();
    while (sockets_of(chaos->rig.port).open < FEW) {
        ck_assert_msg(clock_ticks() - begun < CONNECT_MS, "the slow clients did not all connect");
        chaos_pause(EVERY_MS);
    }
    chaos_pause(AFTER_MS);
    struct watch watch = watch_start(chaos);
    (void)waitpid(attacker, NULL, 0);
    double share = watch_end(&watch, &asked);
    ck_assert_int_gt(asked, 10);
    return share;
}

/* Where slow clients take all the room there is, only the absolute deadline gives it back. */
void control_no_deadline(struct chaos *chaos) {
    struct rig *rig = &chaos->rig;
    rig->descriptors = DESCRIPTORS;
    rig_kill_server(rig);
    double with = after_deadlines(chaos);
    rig->preload = chaos_preload(chaos, "keep_open");
    rig_kill_server(rig);
    double without = after_deadlines(chaos);
    printf("  available with the deadline %.1f %%, without %.1f %%\n", 100 * with, 100 * without);
    rig->preload = NULL;
    rig->descriptors = 0;
    rig_kill_server(rig);
    ck_assert_msg(with >= 0.9 && without < 0.5, "the deadline made no difference");
}

/* What slow readers make the kernel keep. */
static long bytes_kept(struct chaos *chaos) {
    (void)fflush(NULL);
    pid_t attacker = fork();
    ck_assert_int_ge(attacker, 0);
    if (attacker == 0) {
        attack(chaos, KINDS - 1, READERS, READ_SECONDS);
        _exit(0);
    }
    chaos_pause(READ_AFTER_MS);
    long kept = sockets_of(chaos->rig.port).unsent;
    (void)waitpid(attacker, NULL, 0);
    return kept;
}

/* Without the limit on what is not yet sent, the memory of the machine's TCP is the clients'. */
void control_unsent(struct chaos *chaos) {
    struct rig *rig = &chaos->rig;
    long with = bytes_kept(chaos);
    rig->preload = chaos_preload(chaos, "keep_unsent");
    rig_kill_server(rig);
    long without = bytes_kept(chaos);
    printf("  bytes kept for %d clients that do not read: %ld with the limit, %ld without\n",
           READERS, with, without);
    rig->preload = NULL;
    rig_kill_server(rig);
    ck_assert_msg(without > 2 * with && without > READERS * 64L * 1024,
                  "the limit made no difference");
}
