/* Papers a second, on one thread and on all cores, and the building of a full status list. Prints
 * "name value ratio" lines: papers beside the QR matrix alone in the same rounds, all cores beside
 * one, the list beside its deflating alone. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    struct paper papers[SHEAF];
    int sheaves; /* a thread's share */
    enum paper_size size;
    int each; /* documents in a PDF */
};

static void fail_unless(bool good) {
    if (!good) {
        (void)fputs("bench_paper: an operation failed\n", stderr);
        exit(1);
    }
}

static double seconds(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
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

/* What issuing costs besides the database. */
static void *issue(void *arg) {
    const struct bench *b = arg;
    struct arena *arena = arena_new();
    for (int i = 0; i < b->sheaves * SHEAF; i++) {
        struct span text;
        fail_unless(sw1_issue(arena, b->fixture.document, &b->fixture.claims, &text) == OK);
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static double rate(struct bench *b, void *(*work)(void *), int threads) {
    pthread_t thread[CORES_MAX];
    double start = seconds();
    for (int i = 0; i < threads; i++) {
        fail_unless(pthread_create(&thread[i], NULL, work, b) == 0);
    }
    for (int i = 0; i < threads; i++) {
        fail_unless(pthread_join(thread[i], NULL) == 0);
    }
    return (double)(threads * b->sheaves * SHEAF) / (seconds() - start);
}

static double matrix_rate(struct bench *b) {
    struct arena *arena = arena_new();
    struct qr qr;
    double start = seconds();
    for (int i = 0; i < 4 * SHEAF; i++) {
        fail_unless(qr_make(arena, b->papers[i % SHEAF].text, &qr) == OK);
        arena_reset(arena);
    }
    arena_free(arena);
    return 4 * SHEAF / (seconds() - start);
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
        rates[i] = rate(b, draw, 1);
        ratios[i] = rates[i] / matrix_rate(b);
    }
    printf("%s %.0f %.3f\n", name, median(rates), median(ratios));
}

/* All cores beside one, in turns. */
static void cores(struct bench *b, const char *name, void *(*work)(void *), int sheaves) {
    double rates[ROUNDS];
    double ratios[ROUNDS];
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    int threads = count > CORES_MAX ? CORES_MAX : (int)count;
    b->size = PAPER_A4;
    b->each = SHEAF;
    b->sheaves = sheaves;
    for (int i = 0; i < ROUNDS; i++) {
        rates[i] = rate(b, work, threads);
        ratios[i] = rates[i] / rate(b, work, 1) / threads;
    }
    printf("%s %.0f %.3f\n", name, median(rates), median(ratios));
}

/* What issuing a batch costs the processor: sign, seal apart; the database is measured elsewhere.
 */
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
        double start = seconds();
        fail_unless(sw1_status_write(arena, &list, b->fixture.status, &bytes) == OK);
        times[i] = seconds() - start;
        uLongf size = compressBound(SW1_STATUS_PACKED);
        Bytef *out = arena_alloc(arena, size);
        start = seconds();
        fail_unless(compress2(out, &size, packed, SW1_STATUS_PACKED, 9) == Z_OK);
        ratios[i] = times[i] / (seconds() - start);
        arena_free(arena);
    }
    printf("status.list %.4f %.3f\n", median(times), median(ratios));
}

int main(void) {
    struct bench b = {.sheaves = 1, .each = SHEAF};
    struct arena *arena = arena_new();
    sw1_fixture_init(&b.fixture, arena);
    for (int i = 0; i < SHEAF; i++) {
        b.papers[i] = (struct paper){.text = sw1_fixture_text(&b.fixture),
                                     .number = "K7Q2-M9XD",
                                     .commune_name = "Carpentras",
                                     .rome_title = "Aide agricole de production fruitière",
                                     .return_due = 20960,
                                     .base_url = "https://noria.example",
                                     .second = "ar",
                                     .say = tr_code};
    }
    (void)draw(&b);
    papers(&b, "paper.one", PAPER_A4, 1);
    papers(&b, "paper.sheaf", PAPER_A4, SHEAF);
    papers(&b, "paper.cards", PAPER_CARD, SHEAF);
    cores(&b, "paper.cores", draw, 2);
    cores(&b, "issue.cores", issue, 60);
    status_list(&b);
    arena_free(arena);
    return 0;
}
