/* check_main.h - the main() of a test program: one suite, one case, its tests.
 *
 *     CHECK_MAIN("text", setup, teardown, spans_compare, utf8_is_strict)
 *
 * `setup` and `teardown` run around each test in its own process; NULL for none. check_shared() is
 * for tests that share one set-up, a database or a server. */
#ifndef NORIA_TESTS_CHECK_MAIN_H
#define NORIA_TESTS_CHECK_MAIN_H

#include <check.h>
#include <stdlib.h>

/* Runs a suite and frees it; EXIT_SUCCESS when nothing failed. */
static inline int check_end(Suite *suite) {
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* Runs the tests (ends with NULL), `seconds` at most each; EXIT_SUCCESS when none failed. */
static inline int check_run(const char *name, SFun setup, SFun teardown, double seconds,
                            const TTest *const *tests) {
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, seconds);
    tcase_add_checked_fixture(tcase, setup, teardown);
    for (; *tests != NULL; tests++) {
        tcase_add_test(tcase, *tests);
    }
    suite_add_tcase(suite, tcase);
    return check_end(suite);
}

struct check_rounds {
    const TTest *test;
    int rounds; /* how often, each with its number in _i; 0: once, without one */
};

/* The same of tests (end with a NULL) between one `up` and one `down` in the program's own process.
 */
static inline int check_shared(const char *name, SFun up, SFun down, double seconds,
                               const struct check_rounds *tests) {
    Suite *suite = suite_create(name);
    TCase *tcase = tcase_create(name);
    tcase_set_timeout(tcase, seconds);
    tcase_add_unchecked_fixture(tcase, up, down);
    for (; tests->test != NULL; tests++) {
        if (tests->rounds > 0) {
            tcase_add_loop_test(tcase, tests->test, 0, tests->rounds);
        } else {
            tcase_add_test(tcase, tests->test);
        }
    }
    suite_add_tcase(suite, tcase);
    return check_end(suite);
}

#define CHECK_MAIN_FOR(name, setup, teardown, seconds, ...)                                        \
    int main(void) {                                                                               \
        const TTest *const tests[] = {__VA_ARGS__, NULL};                                          \
        return check_run((name), (setup), (teardown), (seconds), tests);                           \
    }

#define CHECK_MAIN(name, setup, teardown, ...)                                                     \
    CHECK_MAIN_FOR(name, setup, teardown, 60, __VA_ARGS__)

#endif
