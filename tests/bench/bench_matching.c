/* bench_matching [--rows] [--data FILE] [NAME]: the assignment of matching against LEMON's network
 * simplex on the same problem, in one run. CPU seconds: ours from the frozen inputs to the first
 * choices (classes, draw, scores, tables, assignment), LEMON's of the simplex alone, its graph
 * being there.
 * `--rows` prints lines for tools/bench.sh. The largest is judged by a cut instead of by LEMON,
 * whose graph would have a thousand million arcs. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "lib/base/arena.h"
#include "server/matching/plan.h"
#include "tests/bench/match_orders.h"
#include "tests/support/match_check.h"

struct trial {
    const char *name;
    struct orders_wanted wanted;
    double most; /* of LEMON's CPU time; 0: LEMON is not asked */
};

static const struct trial trials[] = {
    {"100,000 x 5,000", {.contracts = 5000, .candidates = 100000}, 0.03},
    {"tight, 1.5 a place", {.contracts = 5000, .places_most = 66667, .per_ten_places = 15}, 0.2},
    {"tight, a quota binds",
     {.contracts = 5000, .places_most = 66667, .per_ten_places = 15, .quota_thousands = 300},
     0.2},
    {"1,000,000 x 50,000", {.contracts = 50000, .candidates = 1000000}, 0},
};

struct measured {
    int classes, places;
    struct assign_result ours;
    double cpu;
    long memory; /* KiB, the most so far */
    struct match_verdict verdict;
    struct lemon_answer lemon;
    int largest_envious;
};

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int envious_after(const struct assign_problem *problem, enum assign_step step) {
    struct arena *arena = arena_new();
    struct assign_result result;
    assign_run(arena, problem, step, &result);
    struct match_verdict verdict = match_judge(arena, problem, result.where, true);
    arena_free(arena);
    return verdict.envious;
}

/* The orders' file is given back before the clock starts: it is no part of a run's memory. */
static bool input_make(struct arena *arena, const char *data, const struct orders_wanted *wanted,
                       struct match_input *input) {
    struct arena *scratch = arena_new();
    struct table orders;
    bool there = table_read(scratch, data, &orders) == OK ||
                 table_read(scratch, "tests/data/demand/us_h2a_fy2017.csv", &orders) == OK;
    if (there) {
        orders_make(arena, &orders, wanted, input);
    }
    arena_free(scratch);
    return there;
}

static bool measure(const struct trial *trial, const char *data, struct measured *m) {
    static const uint8_t seed[MATCH_SEED] = "a seed that everybody may know";
    struct arena *arena = arena_new();
    struct match_input input;
    struct match_plan plan;
    struct rusage usage;
    *m = (struct measured){0};
    if (!input_make(arena, data, &trial->wanted, &input)) {
        arena_free(arena);
        return false;
    }
    double begin = cpu_seconds();
    plan_make(arena, &input, seed, &plan);
    assign_run(arena, &plan.problem, ASSIGN_FAIR, &m->ours);
    m->cpu = cpu_seconds() - begin;
    getrusage(RUSAGE_SELF, &usage);
    m->memory = usage.ru_maxrss;
    m->classes = plan.problem.nclasses;
    for (int k = 0; k < input.ncontracts; k++) {
        m->places += input.contracts[k].places;
    }
    struct arena *scratch = arena_new();
    m->verdict = match_judge(scratch, &plan.problem, m->ours.where, trial->most == 0);
    if (trial->most > 0) {
        m->largest_envious = envious_after(&plan.problem, ASSIGN_LARGEST);
        struct lemon_problem network = match_network(scratch, &plan.problem);
        m->lemon = lemon_best(&network);
    }
    arena_free(scratch);
    arena_free(arena);
    return true;
}

static bool fair(const struct measured *m) {
    return m->verdict.lawful && m->verdict.envious == 0 && m->verdict.cut == m->ours.assigned &&
           m->verdict.blocked == m->ours.held_back;
}

static void print(const struct trial *trial, const struct measured *m) {
    printf("%s: %d classes, %d places\n", trial->name, m->classes, m->places);
    printf("  places filled %d; a cut of the network allows %lld; greedy alone %d\n",
           m->ours.assigned, (long long)m->verdict.cut, m->ours.greedy);
    printf("  passed over unjustly %d (without repair %d); held back by a quota %d; %d rounds, %d "
           "repairs\n",
           m->verdict.envious, m->largest_envious, m->verdict.blocked, m->ours.rounds,
           m->ours.repairs);
    printf("  CPU %.3f s, memory %.0f MB\n", m->cpu, (double)m->memory / 1024);
    if (trial->most > 0) {
        printf(
            "  LEMON: %lld places, CPU %.2f s: ratio %.4f (at most %.2f); our score %.4f of its\n",
            (long long)m->lemon.assigned, m->lemon.seconds, m->cpu / m->lemon.seconds, trial->most,
            (double)m->ours.score / (double)m->lemon.score);
    }
}

static void row(const char *what, const char *name, double value, double ratio, const char *unit,
                const char *against, const char *target, bool pass) {
    printf("matching %s: %s\t%.3f\t%.4f\t%s\t%s\t%s\t%s\n", name, what, value, ratio, unit, against,
           target, pass ? "true" : "false");
}

static void print_rows(const struct trial *trial, const struct measured *m) {
    char target[32];
    char against[96];
    double full = (double)m->ours.assigned / (double)m->verdict.cut;
    snprintf(against, sizeof against, "capacity of a cut; %d passed over, %d held back by quota",
             m->verdict.envious, m->verdict.blocked);
    row("places", trial->name, m->ours.assigned, full, "places", against, "= 1, none passed over",
        fair(m) && (trial->most == 0 || m->lemon.assigned == m->ours.assigned));
    if (trial->most > 0) {
        double ratio = m->cpu / m->lemon.seconds;
        double score = (double)m->ours.score / (double)m->lemon.score;
        snprintf(target, sizeof target, "<= %.2f", trial->most);
        snprintf(against, sizeof against, "LEMON's network simplex: %.2f", m->lemon.seconds);
        row("CPU", trial->name, m->cpu, ratio, "s", against, target, ratio <= trial->most);
        row("score", trial->name, (double)m->ours.score, score, "points", "LEMON's best", ">= 0.98",
            score >= 0.98);
        return;
    }
    double memory = (double)m->memory / 1024;
    row("CPU", trial->name, m->cpu, m->cpu / 6, "s", "6 s", "<= 1", m->cpu <= 6);
    row("memory", trial->name, memory, memory / 150, "MB", "150 MB", "<= 1", memory <= 150);
}

int main(int argc, char **argv) {
    const char *data = "../shared/data/demand/us_h2a_fy2017.csv";
    const char *only = NULL;
    bool rows = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--rows") == 0) {
            rows = true;
        } else if (strcmp(argv[i], "--data") == 0 && i + 1 < argc) {
            data = argv[++i];
        } else {
            only = argv[i];
        }
    }
    if (sodium_init() < 0) {
        return EXIT_FAILURE;
    }
    /* The largest first: the memory measured is the most that the process ever had. */
    for (size_t i = sizeof trials / sizeof trials[0]; i-- > 0;) {
        struct measured m;
        if (only != NULL && strstr(trials[i].name, only) == NULL) {
            continue;
        }
        if (!measure(&trials[i], data, &m)) {
            fputs("bench_matching: no orders\n", stderr);
            return EXIT_FAILURE;
        }
        (rows ? print_rows : print)(&trials[i], &m);
        fflush(stdout);
    }
    return EXIT_SUCCESS;
}
