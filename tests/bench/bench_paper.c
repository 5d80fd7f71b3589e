/* Papers a second of processor time, how a batch's work spreads over the cores, and the building of
 * a full status list. Prints "name value ratio" lines: papers beside the QR matrix alone in the
 * same rounds; all cores beside as many threads that only spin, and a document's processor time
 * there beside one thread's; the list beside its deflating alone. `bench_paper 10000` makes the
 * batch of so many documents (else 200 a core). */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

#include "lib/base/arena.h"
#include "lib/sw1/issue.h"
#include "lib/sw1/status.h"
#include "server/document/paper.h"
#include "server/document/qr.h"
#include "server/view/i18n.h"
#include "tests/support/sw1_fixture.h"

enum { ROUNDS = 5, SHEAF = 50, CORES_MAX = 64, WITHDRAWN = 10486 /* 1 % of 2^20 */ };

struct bench {
    struct sw1_fixture fixture;
    struct sw1_claims claims[SHEAF];
    struct paper papers[SHEAF];
    int sheaves; /* a thread's share */
    enum paper_size size;
    int each;  /* documents in a PDF */
    int batch; /* documents of the batch on all cores; 0: 200 a core */
};

static void fail_unless(bool good) {
    if (!good) {
        (void)fputs("bench_paper: an operation failed\n", stderr);
        exit(1);
    }
}

static double seconds(clockid_t clock) {
    struct timespec at;
    clock_gettime(clock, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static void *draw(void *arg) {
    const struct bench *b = arg;
    struct arena *arena = arena_new();
    for (int i = 0; i < b->sheaves; i++) {
        struct span pdf;
        for (int at = 0; at < SHEAF; at += b->each) {
            fail_unless(papers_pdf(arena, b->size, b->papers + at, b->each, &pdf) == OK);
            arena_reset(arena);
        }
    }
    arena_free(arena);
    return NULL;
}

/* What a batch costs besides the database: documents signed, then drawn. */
static void *issue_and_draw(void *arg) {
    const struct bench *b = arg;
    struct arena *arena = arena_new();
    for (int i = 0; i < b->sheaves * SHEAF; i++) {
        struct span text;
        fail_unless(sw1_issue(arena, b->fixture.document, &b->claims[i % SHEAF], &text) == OK);
        arena_reset(arena);
    }
    arena_free(arena);
    return draw(arg);
}

/* The control: as long as a share of documents takes, and nothing to wait for. */
static void *spin(void *arg) {
    const struct bench *b = arg;
    double end = seconds(CLOCK_THREAD_CPUTIME_ID) + b->sheaves * SHEAF * 0.004;
    while (seconds(CLOCK_THREAD_CPUTIME_ID) < end) {
    }
    return NULL;
}

struct cost {
    double cpu; /* seconds of all threads */
    double wall;
    double waits; /* times that a thread gave its core up, for a lock or a page */
};

static struct cost cost(struct bench *b, void *(*work)(void *), int threads) {
    pthread_t thread[CORES_MAX];
    struct rusage before;
    struct rusage after;
    struct cost spent = {seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC), 0};
    fail_unless(getrusage(RUSAGE_SELF, &before) == 0);
    for (int i = 0; i < threads; i++) {
        fail_unless(pthread_create(&thread[i], NULL, work, b) == 0);
    }
    for (int i = 0; i < threads; i++) {
        fail_unless(pthread_join(thread[i], NULL) == 0);
    }
    fail_unless(getrusage(RUSAGE_SELF, &after) == 0);
    return (struct cost){seconds(CLOCK_PROCESS_CPUTIME_ID) - spent.cpu,
                         seconds(CLOCK_MONOTONIC) - spent.wall,
                         (double)(after.ru_nvcsw - before.ru_nvcsw)};
}

/* QR matrices a second of processor time. */
static double matrix_rate(struct bench *b) {
    struct arena *arena = arena_new();
    struct qr qr;
    double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (int i = 0; i < 4 * SHEAF; i++) {
        fail_unless(qr_make(arena, b->papers[i % SHEAF].text, &qr) == OK);
        arena_reset(arena);
    }
    arena_free(arena);
    return 4 * SHEAF / (seconds(CLOCK_PROCESS_CPUTIME_ID) - start);
}

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double median(double *values) {
    qsort(values, ROUNDS, sizeof *values, by_size);
    return values[ROUNDS / 2];
}

static void papers(struct bench *b, const char *name, enum paper_size size, int each) {
    double rates[ROUNDS];
    double ratios[ROUNDS];
    b->size = size;
    b->each = each;
    b->sheaves = 2;
    for (int i = 0; i < ROUNDS; i++) {
        double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
        (void)draw(b);
        rates[i] = b->sheaves * SHEAF / (seconds(CLOCK_PROCESS_CPUTIME_ID) - start);
        ratios[i] = rates[i] / matrix_rate(b);
    }
    printf("%s %.0f %.3f\n", name, median(rates), median(ratios));
}

/* All cores: how many of them the work keeps busy beside threads that only spin, in turns; what a
 * document costs there beside one thread alone; and how often a document made its thread wait. */
static void cores(struct bench *b) {
    double busy[ROUNDS];
    double spread[ROUNDS];
    double costs[ROUNDS];
    double waits[ROUNDS];
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    int threads = count > CORES_MAX ? CORES_MAX : (int)count;
    b->size = PAPER_A4;
    b->each = SHEAF;
    b->sheaves = b->batch > 0 ? (b->batch + threads * SHEAF - 1) / (threads * SHEAF) : 4;
    for (int i = 0; i < ROUNDS; i++) {
        struct cost all = cost(b, issue_and_draw, threads);
        struct cost control = cost(b, spin, threads);
        struct cost one = cost(b, issue_and_draw, 1);
        busy[i] = all.cpu / all.wall;
        spread[i] = busy[i] / (control.cpu / control.wall);
        costs[i] = all.cpu / threads / one.cpu;
        waits[i] = all.waits / (threads * b->sheaves * SHEAF);
    }
    printf("batch.cores %.2f %.3f\n", median(busy), median(spread));
    printf("batch.cost %.3f %.3f\n", median(waits), median(costs));
}

static void status_list(struct bench *b) {
    double times[ROUNDS];
    double ratios[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        struct arena *arena = arena_new();
        uint8_t *packed = arena_alloc(arena, SW1_STATUS_PACKED);
        unsigned seed = (unsigned)i;
        for (int n = 0; n < WITHDRAWN; n++) {
            sw1_status_set(packed, rand_r(&seed) % SW1_STATUS_ENTRIES, SW1_STATUS_REVOKED);
        }
        struct sw1_status_list list = {.uri = SPAN_LIT("https://noria.example/status-1.cwt"),
                                       .exp = FIXTURE_NOW + 172800,
                                       .iat = FIXTURE_NOW,
                                       .ttl = 43200,
                                       .packed = {(const char *)packed, SW1_STATUS_PACKED}};
        struct span bytes;
        double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
        fail_unless(sw1_status_write(arena, &list, b->fixture.status, &bytes) == OK);
        times[i] = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
        uLongf size = compressBound(SW1_STATUS_PACKED);
        Bytef *out = arena_alloc(arena, size);
        start = seconds(CLOCK_PROCESS_CPUTIME_ID);
        fail_unless(compress2(out, &size, packed, SW1_STATUS_PACKED, 9) == Z_OK);
        ratios[i] = times[i] / (seconds(CLOCK_PROCESS_CPUTIME_ID) - start);
        arena_free(arena);
    }
    printf("status.list %.4f %.3f\n", median(times), median(ratios));
}

/* A person's own document, for glyphs and codes of each. */
static void make_paper(struct bench *b, struct arena *arena, int i) {
    static const char *const latin[] = {"EL AMRANI YOUSSEF", "BENKIRANE FATIMA ZAHRA",
                                        "OUAZZANI HICHAM", "CHRAIBI KHADIJA", "JEBLI MUSTAPHA"};
    static const char *const arabic[] = {"يوسف العمراني", "فاطمة الزهراء بنكيران", "هشام الوزاني",
                                         "خديجة الشرايبي", "مصطفى الجبلي"};
    static const char *const employers[] = {"EARL Les Vergers du Comtat", "SCEA Domaine Quéribus",
                                            "GAEC de la Plaine"};
    struct sw1_claims *claims = &b->claims[i];
    struct span text;
    *claims = b->fixture.claims;
    claims->full_name = span_of(latin[i % 5]);
    claims->second_name = span_of(arabic[i % 5]);
    claims->employer = span_of(employers[i % 3]);
    claims->passport = span_of(arena_printf(arena, "AB%07d", 1234567 + 7919 * i));
    claims->status_idx = 104729 * i % SW1_STATUS_ENTRIES;
    fail_unless(sw1_issue(arena, b->fixture.document, claims, &text) == OK);
    b->papers[i] = (struct paper){.text = text,
                                  .number = "K7Q2-M9XD",
                                  .commune_name = "Carpentras",
                                  .rome_title = "Aide agricole de production fruitière",
                                  .return_due = 20960,
                                  .base_url = "https://noria.example",
                                  .second = "ar",
                                  .say = tr_code};
}

int main(int argc, char **argv) {
    struct bench b = {
        .sheaves = 1, .each = SHEAF, .batch = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 0};
    struct arena *arena = arena_new();
    sw1_fixture_init(&b.fixture, arena);
    for (int i = 0; i < SHEAF; i++) {
        make_paper(&b, arena, i);
    }
    (void)draw(&b);
    papers(&b, "paper.one", PAPER_A4, 1);
    papers(&b, "paper.sheaf", PAPER_A4, SHEAF);
    papers(&b, "paper.cards", PAPER_CARD, SHEAF);
    cores(&b);
    status_list(&b);
    arena_free(arena);
    return 0;
}
