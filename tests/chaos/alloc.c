/* alloc.c - allocations fail in the server. What it cannot do without memory it leaves: it ends by
 * abort() with a word of why, and is started again, or answers 5xx. It never answers wrongly, and
 * never touches what it did not get. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "ask.h"
#include "chaos.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"

enum { PATIENCE_MS = 15000, EACH = 60, STRIDE = 7, TURNS_MAX = 2000, PARALLEL = 6, DYING_MS = 300 };

enum end { ALIVE, GAVE_UP, CRASHED };

/* How the server is, without waiting. It gives up by abort(), or by its exit code at start. */
static enum end look(struct rig *rig) {
    int status = 0;
    if (waitpid(rig->server, &status, WNOHANG) != rig->server) {
        return ALIVE;
    }
    bool gave_up = WIFSIGNALED(status) ? WTERMSIG(status) == SIGABRT : WEXITSTATUS(status) != 0;
    if (!gave_up) {
        printf("  the server ended with status %#x\n", (unsigned)status);
    }
    return gave_up ? GAVE_UP : CRASHED;
}

static void breach(struct chaos *chaos, const char *what, int64_t number) {
    chaos_breach(chaos, arena_printf(chaos->arena, "%s, allocation %lld", what, (long long)number));
}

/* Starts it again when it has ended, which may take a moment to show; false when it crashed. */
static bool revive(struct chaos *chaos, bool doubtful) {
    enum end end = look(&chaos->rig);
    int64_t until = clock_ticks() + (doubtful ? DYING_MS : 0);
    chaos->control->allocations = 0;
    while (end == ALIVE && clock_ticks() < until) {
        chaos_pause(5);
        end = look(&chaos->rig);
    }
    if (end != ALIVE) {
        rig_start_server(&chaos->rig);
    }
    return end != CRASHED;
}

/* --- under load --------------------------------------------------------------------------------
 */

void fail_alloc_begin(struct chaos *chaos) {
    chaos->injected = 0;
    chaos->control->allocations = 0;
    chaos->rig.preload = chaos_preload(chaos, "fail_alloc");
    rig_kill_server(&chaos->rig);
}

void fail_alloc(struct chaos *chaos) {
    struct control *control = chaos->control;
    int64_t before = control->hits;
    int64_t until = clock_ticks() + PATIENCE_MS;
    int64_t number = 1 + chaos->injected * 37 % 400;
    control->allocations = number;
    while (control->hits == before && clock_ticks() < until) {
        chaos_pause(1);
    }
    if (!revive(chaos, true)) {
        breach(chaos, "the server crashed under load", number);
    }
    chaos->injected++;
}

void fail_alloc_end(struct chaos *chaos) {
    (void)revive(chaos, true);
    chaos->rig.preload = NULL;
    rig_kill_server(&chaos->rig);
    if (chaos_verify_log(chaos) != 0) {
        chaos_breach(chaos, "the audit log is whole after allocations have failed");
    }
}

/* --- each in its turn --------------------------------------------------------------------------
 */

/* The next one to fail: each of the first EACH, then each STRIDE-th. */
static int64_t after(int64_t number) {
    return number < EACH ? number + 1 : number + STRIDE;
}

/* Until it serves or has ended. */
static enum end wait_served(struct chaos *chaos) {
    int64_t until = clock_ticks() + PATIENCE_MS;
    while (clock_ticks() < until) {
        struct arena *own = arena_new();
        struct question ready = {.method = "GET", .path = "/readyz", .patience = 1000};
        enum end end = look(&chaos->rig);
        if (end == ALIVE) {
            ask(&chaos->rig, own, &ready);
        }
        arena_free(own);
        if (end != ALIVE || ready.status == 200) {
            return end;
        }
        chaos_pause(5);
    }
    return CRASHED; /* it hangs */
}

static void each_of_the_start(struct chaos *chaos, struct tally *tally) {
    struct rig *rig = &chaos->rig;
    struct control *control = chaos->control;
    int served = 0;
    rig_kill_server(rig);
    for (int64_t number = 1;; number = number < 2 * EACH ? number + 1 : number * 21 / 20) {
        (void)kill(rig->server, SIGKILL);
        (void)waitpid(rig->server, NULL, 0);
        int64_t hits = control->hits;
        control->allocations = number;
        rig_spawn_server(rig);
        enum end end = wait_served(chaos);
        control->allocations = 0;
        if (end == CRASHED) {
            breach(chaos, "the start crashed or hung", number);
        }
        served += end == ALIVE;
        tally->injected += control->hits > hits;
        if (control->hits == hits) {
            printf("  start: allocations 1 to %lld failed one at a time, it served all the same "
                   "%d times\n",
                   (long long)number - 1, served - 1);
            return;
        }
        if (end != ALIVE) {
            rig_start_server(rig);
        }
    }
}

/* A request that is made again and again; `good` says whether an answer of 200 or 201 is right. */
struct trial {
    const char *name;
    struct question question;
    bool (*good)(const struct trial *trial, const char *answer);
    const char *reference; /* what it is held against */
    bool writes;
};

static bool same(const struct trial *trial, const char *answer) {
    return strcmp(answer, trial->reference) == 0;
}

static bool holds(const struct trial *trial, const char *answer) {
    return strstr(answer, trial->reference) != NULL;
}

/* Right, or honestly refused. */
static bool acceptable(const struct trial *trial, const struct question *question) {
    if (question->status == 200 || question->status == 201) {
        return trial->good(trial, question->answer);
    }
    return question->status == 0 || question->status >= 500;
}

/* What was not acknowledged is sent again under its key. */
static void insist(struct chaos *chaos, struct question *question) {
    for (int i = 0; question->status != 201 && i < 20; i++) {
        chaos_pause(i * 10);
        ask(&chaos->rig, chaos->arena, question);
    }
    ck_assert_int_eq(question->status, 201);
}

static bool try_one(struct chaos *chaos, struct trial *trial, int64_t number, struct tally *tally) {
    struct control *control = chaos->control;
    struct arena *own = arena_new();
    struct question question = trial->question;
    int64_t hits = control->hits;
    if (trial->writes) {
        question.key = http_key(own);
        question.body =
            writer_body(own, arena_printf(own, "each-%s-%lld", trial->name, (long long)number));
    }
    control->allocations = number;
    ask(&chaos->rig, own, &question);
    control->allocations = 0;
    bool hit = control->hits > hits;
    if (!acceptable(trial, &question)) {
        printf("  %s answered %d: %.300s\n", trial->name, question.status, question.answer);
        breach(chaos, "a wrong answer", number);
    }
    if (!revive(chaos, question.status == 0)) {
        breach(chaos, arena_printf(own, "the server crashed in %s", trial->name), number);
    }
    if (trial->writes) {
        insist(chaos, &question);
        tally->acknowledged++;
    }
    tally->injected += hit;
    arena_free(own);
    return hit;
}

static void each_of(struct chaos *chaos, struct trial *trial, struct tally *tally) {
    int64_t number = 1;
    int turns = 0;
    struct question warm = trial->question;
    warm.key = trial->writes ? http_key(chaos->arena) : NULL;
    if (trial->writes) {
        warm.body = writer_body(chaos->arena, arena_printf(chaos->arena, "warm-%s", trial->name));
    }
    for (int i = 0; i < 20 && warm.status != 200 && warm.status != 201; i++) {
        chaos_pause(i * 10);
        ask(&chaos->rig, chaos->arena, &warm);
    }
    ck_assert_msg(warm.status == 200 || warm.status == 201, "%s answered %d: %s", trial->name,
                  warm.status, warm.answer);
    if (trial->good == same) {
        trial->reference = warm.answer;
    }
    while (turns++ < TURNS_MAX && try_one(chaos, trial, number, tally)) {
        number = after(number);
    }
    printf("  %s: allocations 1 to %lld failed one at a time\n", trial->name,
           (long long)number - 1);
    (void)fflush(stdout);
}

/* Several reads in one batch of statements: an answer must never be another's. */
static void each_of_a_batch(struct chaos *chaos, struct tally *tally) {
    struct question questions[PARALLEL];
    int fds[PARALLEL];
    bool hit = true;
    int64_t number = 1;
    for (; hit; number = after(number)) {
        struct arena *own = arena_new();
        int64_t hits = chaos->control->hits;
        bool whole = true;
        chaos->control->allocations = number;
        for (int i = 0; i < PARALLEL; i++) {
            questions[i] = (struct question){.method = "GET",
                                             .path = arena_printf(own, "/api/v1/orgs/%d", i + 1),
                                             .patience = PATIENCE_MS};
            fds[i] = ask_send(&chaos->rig, own, &questions[i]);
        }
        for (int i = 0; i < PARALLEL; i++) {
            ask_answer(own, fds[i], &questions[i]);
            const char *id = arena_printf(own, "\"id\":%d,", i + 1);
            whole = whole && questions[i].status != 0;
            if (questions[i].status == 200
                    ? strstr(questions[i].answer, id) == NULL
                    : questions[i].status != 0 && questions[i].status < 500) {
                printf("  organisation %d answered %d: %.300s\n", i + 1, questions[i].status,
                       questions[i].answer);
                breach(chaos, "another's answer", number);
            }
        }
        hit = chaos->control->hits > hits;
        tally->injected += hit;
        if (!revive(chaos, !whole)) {
            breach(chaos, "the server crashed in a batch", number);
        }
        arena_free(own);
    }
    printf("  %d reads at a time: allocations 1 to %lld failed one at a time\n", PARALLEL,
           (long long)number - 1);
}

static int count_rows(struct chaos *chaos, const char *statement) {
    const char *path = arena_printf(chaos->arena, "%s/counted", chaos->rig.folder);
    int count = -1;
    rig_run(&chaos->rig, arena_printf(chaos->arena, "psql -qXAto %s -c \"%s\"", path, statement));
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &count), 1);
    (void)fclose(file);
    return count;
}

void alloc_each(struct chaos *chaos, struct tally *tally) {
    struct rig *rig = &chaos->rig;
    struct trial trials[] = {
        {"health", {.method = "GET", .path = "/healthz", .patience = PATIENCE_MS}, same, "", false},
        {"page",
         {.method = "GET", .path = "/login", .patience = PATIENCE_MS},
         holds,
         "</html>",
         false},
        {"list",
         {.method = "GET", .path = "/api/v1/orgs?limit=3", .patience = PATIENCE_MS},
         same,
         "",
         false},
        {"write",
         {.method = "POST", .path = "/api/v1/orgs", .patience = PATIENCE_MS},
         holds,
         "\"location\":\"/orgs/",
         true},
        {"login",
         {
             .method = "POST",
             .path = "/api/v1/login",
             .patience = PATIENCE_MS,
             .body = span_of("{\"email\":\"admin@chaos.example\",\"password\":\"nine slow rivers "
                             "and a mill\"}"),
         },
         holds,
         "\"token\"",
         false},
    };
    rig->loops = "1"; /* all requests to one loop */
    fail_alloc_begin(chaos);
    for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
        each_of(chaos, &trials[i], tally);
    }
    each_of_a_batch(chaos, tally);
    each_of_the_start(chaos, tally);
    rig->loops = NULL;
    fail_alloc_end(chaos);
    int kept = count_rows(chaos, "SELECT count(DISTINCT name) FROM org WHERE name LIKE 'each-%'");
    tally->lost = tally->acknowledged - kept;
    tally->doubled = count_rows(chaos, "SELECT count(*) FROM org WHERE name LIKE 'each-%'") - kept;
}
