/* db_main.h - the main() of a database test program: DB_MAIN("tx", test_a, test_b). */
#ifndef NORIA_TESTS_DB_MAIN_H
#define NORIA_TESTS_DB_MAIN_H

#include <stdlib.h>

#include "../../support/check_main.h"
#include "db_fixture.h"

#define DB_MAIN(name, ...)                                                                         \
    int main(void) {                                                                               \
        const TTest *const tests[] = {__VA_ARGS__};                                                \
        Suite *suite = suite_create(name);                                                         \
        TCase *tcase = tcase_create(name);                                                         \
        tcase_set_timeout(tcase, 60);                                                              \
        tcase_add_unchecked_fixture(tcase, fixture_up, fixture_down);                              \
        for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {                              \
            tcase_add_test(tcase, tests[i]);                                                       \
        }                                                                                          \
        suite_add_tcase(suite, tcase);                                                             \
        return check_end(suite);                                                                   \
    }

#endif
