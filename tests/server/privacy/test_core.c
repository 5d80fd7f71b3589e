/* test_core.c - a crash of the shipped server leaves no core file, and where core files are allowed
 * to it all the same (the control) it leaves one that holds what the server knew. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fcntl.h>

#include "tests/support/program.h"
#include "tests/support/web.h"
#include "tests/support/wire.h"

/* A setting that the server holds as long as it runs, as it holds its keys. */
#define HELD "FR:HELDFORGOOD"
enum { BOUND = 30000 };

static char folder[] = "/tmp/noria-core-XXXXXX";

/* Core files of any size are allowed to who comes next, and would be written into the folder. */
static void allow(const char *core) {
    struct rlimit limit = {0, 0};
    const char *options = getenv("ASAN_OPTIONS");
    char all[500];
    (void)getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_CORE, &limit);
    (void)snprintf(all, sizeof all, "%s:disable_coredump=0", options == NULL ? "" : options);
    setenv("ASAN_OPTIONS", all, 1);
    setenv("NORIA_ISSUER", HELD, 1);
    setenv("NORIA_CORE", core, 1);
    if (chdir(folder) != 0) {
        _exit(2);
    }
}

/* Whether this machine writes a core file of a program at all. */
static bool machine_dumps(void) {
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        allow("0");
        (void)prctl(PR_SET_DUMPABLE, 1);
        (void)signal(SIGABRT, SIG_DFL);
        (void)raise(SIGABRT);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFSIGNALED(status));
    return WCOREDUMP(status);
}

/* Removes the core files of the folder; how many, and whether one held `HELD` (NULL: not asked). */
static int core_files(bool *told) {
    int count = 0;
    DIR *dir = opendir(folder);
    ck_assert_ptr_nonnull(dir);
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        int fd = openat(dirfd(dir), entry->d_name, O_RDONLY | O_CLOEXEC);
        struct stat is;
        ck_assert(fd >= 0 && fstat(fd, &is) == 0);
        if (told != NULL && is.st_size > 0) {
            void *all = mmap(NULL, (size_t)is.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
            ck_assert_ptr_ne(all, MAP_FAILED);
            *told = *told || memmem(all, (size_t)is.st_size, HELD, strlen(HELD)) != NULL;
            (void)munmap(all, (size_t)is.st_size);
        }
        (void)close(fd);
        ck_assert_int_eq(unlinkat(dirfd(dir), entry->d_name, 0), 0);
        count++;
    }
    (void)closedir(dir);
    return count;
}

/* Ends it as a failed assertion would; whether its core was written. */
static bool crash(const struct program *program) {
    ck_assert_int_eq(kill(program->pid, SIGABRT), 0);
    int status = program_end(program, BOUND);
    ck_assert_msg(status != -1 && WIFSIGNALED(status), "it ended with %d", status);
    return WCOREDUMP(status);
}

/* The soft and the hard limit of core files as the kernel has them. */
static void limits_of(pid_t pid, char *out, size_t size) {
    char path[64];
    char line[200];
    (void)snprintf(path, sizeof path, "/proc/%d/limits", (int)pid);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    out[0] = '\0';
    while (fgets(line, sizeof line, file) != NULL) {
        char soft[40];
        char hard[40];
        if (sscanf(line, "Max core file size %39s %39s", soft, hard) == 2) {
            (void)snprintf(out, size, "%s %s", soft, hard);
        }
    }
    (void)fclose(file);
}

START_TEST(a_crash_leaves_no_core_file) {
    char limits[100];
    ck_assert_ptr_nonnull(mkdtemp(folder));
    struct program program = program_start(allow, "0");
    limits_of(program.pid, limits, sizeof limits);
    ck_assert_str_eq(limits, "0 0");
    ck_assert(!crash(&program));
    ck_assert_int_eq(core_files(NULL), 0);
    (void)rmdir(folder);
}
END_TEST

/* Somebody else's limit, or a core_pattern that is a program and asks no limit. */
START_TEST(nor_where_the_limit_was_raised_from_outside) {
    ck_assert_ptr_nonnull(mkdtemp(folder));
    struct program program = program_start(allow, "0");
    struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};
    bool raised = prlimit(program.pid, RLIMIT_CORE, &any, NULL) == 0;
    if (!raised) {
        printf("not run: this user cannot raise the limit of another process\n");
    }
    ck_assert(!crash(&program));
    ck_assert_int_eq(core_files(NULL), 0);
    (void)rmdir(folder);
}
END_TEST

START_TEST(control_where_it_is_allowed_one_is_left_and_tells) {
    bool told = false;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    bool dumps = machine_dumps();
    bool here = core_files(NULL) > 0;
    struct program program = program_start(allow, "1");
    ck_assert_int_eq(crash(&program), dumps);
    ck_assert_int_eq(core_files(&told) > 0, here);
    ck_assert_int_eq(told, here);
    if (!dumps || !here) {
        printf("not run: this machine leaves no core files of any program in its folder\n");
    }
    (void)rmdir(folder);
}
END_TEST

WEB_MAIN("core files", 60, a_crash_leaves_no_core_file, nor_where_the_limit_was_raised_from_outside,
         control_where_it_is_allowed_one_is_left_and_tells)
