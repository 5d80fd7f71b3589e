/* Memory that is there, or the end of the process. */
#include "lib/base/memory.h"

#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/check_main.h"

/* The address sanitizer would end the process itself, in its own words. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) {
    return "allocator_may_return_null=1";
}

START_TEST(nothing_is_nothing) {
    ck_assert_ptr_null(memory_take(0));
    ck_assert_ptr_null(memory_again(memory_take(8), 0));
    memory_give(NULL);
}
END_TEST

START_TEST(what_was_there_stays) {
    char *text = memory_take(6);
    memcpy(text, "noria", 6);
    text = memory_again(text, 4096);
    ck_assert_str_eq(text, "noria");
    memory_give(text);
}
END_TEST

/* What a process says and how it ends when `act` finds no memory. */
static void ends(void (*act)(void)) {
    int say[2];
    char said[512] = "";
    int status = 0;
    ck_assert_int_eq(pipe(say), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)dup2(say[1], STDERR_FILENO);
        act();
        _exit(EXIT_SUCCESS);
    }
    (void)close(say[1]);
    size_t length = 0;
    for (ssize_t n = 1; n > 0 && length<sizeof said - 1; length += n> 0 ? (size_t)n : 0) {
        n = read(say[0], said + length, sizeof said - 1 - length);
    }
    (void)close(say[0]);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    ck_assert_msg(strstr(said, "out_of_memory") != NULL, "%s", said);
}

static volatile size_t too_much = SIZE_MAX / 4;

static void takes(void) {
    memory_give(memory_take(too_much));
}

static void takes_more(void) {
    memory_give(memory_again(memory_take(8), too_much));
}

START_TEST(no_memory_is_the_end_and_says_so) {
    ends(memory_lacking);
    ends(takes);
    ends(takes_more);
}
END_TEST

CHECK_MAIN("memory", NULL, NULL, nothing_is_nothing, what_was_there_stays,
           no_memory_is_the_end_and_says_so)
