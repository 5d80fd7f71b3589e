/* Documents issued to text and fully verified a second on one core, beside OpenSSL's bare sign and
 * verify on the same kind of key in the same run (what `openssl speed ecdsap256` measures). Prints
 * "name rate ratio" lines; rounds are interleaved and the median of the ratios is told. */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../support/sw1_fixture.h"

enum { ROUNDS = 41, ROUND_MS = 50 };

struct bench {
    struct sw1_fixture fixture;
    struct sw1_verifier *verifier;
    struct span text;
    struct arena *scratch;
    EVP_PKEY_CTX *sign;
    EVP_PKEY_CTX *verify;
    unsigned char digest[32];
    unsigned char der[80];
    size_t der_size;
};

static void fail_unless(int good) {
    if (!good) {
        fputs("bench_sw1: an operation failed\n", stderr);
        exit(1);
    }
}

static void issue_once(struct bench *b) {
    struct span text;
    fail_unless(sw1_issue(b->scratch, b->fixture.document, &b->fixture.claims, &text) == OK);
    arena_reset(b->scratch);
}

static void verify_once(struct bench *b) {
    struct sw1_answer answer;
    sw1_verify(b->verifier, b->scratch, b->text, FIXTURE_NOW, &answer);
    fail_unless(answer.code == SW1_VALID);
    arena_reset(b->scratch);
}

static void bare_sign(struct bench *b) {
    unsigned char der[80];
    size_t size = sizeof der;
    fail_unless(EVP_PKEY_sign(b->sign, der, &size, b->digest, 32) == 1);
}

static void bare_verify(struct bench *b) {
    fail_unless(EVP_PKEY_verify(b->verify, b->der, b->der_size, b->digest, 32) == 1);
}

/* Of this thread: what others do on the machine does not count. */
static double seconds(void) {
    struct timespec at;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static double rate(struct bench *b, void (*once)(struct bench *)) {
    long count = 0;
    double start = seconds();
    double end = start;
    while ((end - start) * 1000 < ROUND_MS) {
        for (int i = 0; i < 100; i++) {
            once(b);
        }
        count += 100;
        end = seconds();
    }
    return (double)count / (end - start);
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

static void compare(struct bench *b, const char *name, void (*ours)(struct bench *),
                    void (*bare)(struct bench *)) {
    double rates[ROUNDS];
    double ratios[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        rates[i] = rate(b, ours);
        ratios[i] = rates[i] / rate(b, bare);
    }
    printf("%s %.0f %.3f\n", name, median(rates), median(ratios));
}

int main(void) {
    struct bench b = {.scratch = arena_new()};
    struct arena *arena = arena_new();
    sw1_fixture_init(&b.fixture, arena);
    b.verifier = sw1_fixture_verifier(&b.fixture);
    b.text = sw1_fixture_text(&b.fixture);
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    b.sign = EVP_PKEY_CTX_new(pkey, NULL);
    b.verify = EVP_PKEY_CTX_new(pkey, NULL);
    b.der_size = sizeof b.der;
    fail_unless(EVP_PKEY_sign_init(b.sign) == 1 && EVP_PKEY_verify_init(b.verify) == 1 &&
                EVP_PKEY_sign(b.sign, b.der, &b.der_size, b.digest, 32) == 1);
    compare(&b, "sw1.issue", issue_once, bare_sign);
    compare(&b, "sw1.verify", verify_once, bare_verify);
    EVP_PKEY_CTX_free(b.sign);
    EVP_PKEY_CTX_free(b.verify);
    EVP_PKEY_free(pkey);
    arena_free(arena);
    arena_free(b.scratch);
    return 0;
}
