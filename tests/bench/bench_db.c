/* Reads by id and one-statement transactions through db.h on two loops, beside `pgbench -M
 * prepared` on the same SQL and the same database in the same run. Prints "name rate ratio p50_us
 * p99_us" lines; the rounds are interleaved, and the median ratio's round is told. Run it under
 * tools/with-postgres.sh. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../server/db/db_fixture.h"

enum { LOOPS = 2, ROUNDS = 3, ROUND_MS = 2000, SAMPLES_MAX = 400000 };

struct side { /* one loop and its tasks */
    struct bed bed;
    bool write;
    int tasks;
    int64_t end;
    int64_t done;
    int *samples; /* microseconds */
    uint32_t seed;
};

static uint32_t next_random(struct side *side) { /* xorshift32: Marsaglia 2003 */
    side->seed ^= side->seed << 13;
    side->seed ^= side->seed >> 17;
    side->seed ^= side->seed << 5;
    return side->seed;
}

struct act {
    struct db *db;
    int64_t id;
};

static Err write_one(void *arg) {
    struct act *act = arg;
    return db_run(act->db, Q_TEST_ADD, ARGS(arg_int("id", act->id), arg_int("by", 1)), NULL);
}

static void work(struct one *one) {
    struct side *side = one->bed->data;
    struct arena *arena = arena_new();
    struct db_actor actor = {DB_OFII, 1, 1, "officer"};
    while (clock_ticks() < side->end) {
        struct rows rows;
        uint64_t before = uv_hrtime();
        struct db *db = db_open(one->bed->pool, arena, NULL, &actor, clock_ticks() + 5000);
        struct act act = {db, 1 + next_random(side) % 10000};
        Err err = side->write ? db_tx(db, NULL, write_one, &act, NULL, NULL)
                              : db_one(db, Q_TEST_BY_ID, ARGS(arg_int("id", act.id)), &rows);
        if (err != OK) {
            fprintf(stderr, "bench_db: %s\n", err_code(err));
            exit(1);
        }
        if (side->done < SAMPLES_MAX) {
            side->samples[side->done] = (int)((uv_hrtime() - before) / 1000);
        }
        side->done++;
        arena_reset(arena);
    }
    arena_free(arena);
}

static void run_side(void *arg) {
    struct side *side = arg;
    side->bed.data = side;
    bed_run(&side->bed, side->tasks, work);
}

static int by_size(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

struct outcome {
    double rate, ratio;
    int p50, p99;
};

static struct outcome ours(bool write, int tasks) {
    struct side sides[LOOPS];
    uv_thread_t threads[LOOPS];
    memset(sides, 0, sizeof sides);
    for (int i = 0; i < LOOPS; i++) {
        sides[i] = (struct side){.write = write,
                                 .tasks = tasks / LOOPS,
                                 .end = clock_ticks() + ROUND_MS,
                                 .samples = calloc(SAMPLES_MAX, sizeof(int)),
                                 .seed = (uint32_t)(i + 1) * 2654435761U};
        uv_thread_create(&threads[i], run_side, &sides[i]);
    }
    int64_t done = 0;
    for (int i = 0; i < LOOPS; i++) {
        uv_thread_join(&threads[i]);
        done += sides[i].done;
    }
    size_t count = (size_t)(sides[0].done < SAMPLES_MAX ? sides[0].done : SAMPLES_MAX);
    qsort(sides[0].samples, count, sizeof(int), by_size);
    struct outcome outcome = {.rate = (double)done * 1000 / ROUND_MS,
                              .p50 = sides[0].samples[count / 2],
                              .p99 = sides[0].samples[count * 99 / 100]};
    for (int i = 0; i < LOOPS; i++) {
        free(sides[i].samples);
    }
    return outcome;
}

static double pgbench(bool write, int clients) {
    char command[1200], line[300];
    (void)snprintf(command, sizeof command,
                   "pgbench -n -M prepared -c %d -j %d -T %d -f tests/bench/db_%s.pgbench "
                   "'%s%suser=noria_ofii' 2>/dev/null",
                   clients, LOOPS, ROUND_MS / 1000, write ? "write" : "read", fixture_url(),
                   strchr(fixture_url(), '?') == NULL ? "?" : "&");
    double rate = 0;
    FILE *out = popen(command, "r");
    while (out != NULL && fgets(line, sizeof line, out) != NULL) {
        (void)sscanf(line, "tps = %lf", &rate);
    }
    if (out == NULL || pclose(out) != 0 || rate <= 0) {
        fputs("bench_db: pgbench failed\n", stderr);
        exit(1);
    }
    return rate;
}

static int by_ratio(const void *a, const void *b) {
    double x = ((const struct outcome *)a)->ratio, y = ((const struct outcome *)b)->ratio;
    return (x > y) - (x < y);
}

static void measure(bool write, int clients) {
    struct outcome rounds[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        double theirs = pgbench(write, clients);
        rounds[i] = ours(write, clients);
        rounds[i].ratio = rounds[i].rate / theirs;
    }
    qsort(rounds, ROUNDS, sizeof rounds[0], by_ratio);
    const struct outcome *median = &rounds[ROUNDS / 2];
    printf("db_%s_%d %.0f %.2f %d %d\n", write ? "tx" : "read", clients, median->rate,
           median->ratio, median->p50, median->p99);
    (void)fflush(stdout);
}

int main(int argc, char **argv) {
    fixture_up();
    bool only_reads = argc > 1 && strcmp(argv[1], "reads") == 0;
    measure(false, 32);
    measure(false, 128);
    if (!only_reads) {
        measure(true, 32);
    }
    fixture_down();
    return 0;
}
