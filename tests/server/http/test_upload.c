/* Large uploads: memory stays flat, and nobody fills the spool who may not import. */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/web.h"
#include "tests/support/wire.h"

/* Sanitizers keep what was freed and take their time: under them the files are small and go
 * through, and memory is judged in the release build, which tools/test.sh runs as well. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { MIB = 1 << 20, SMALL = MIB, LARGE = 2 * MIB, GROWTH = 1024 * 1024 };
#else
enum { MIB = 1 << 20, SMALL = 12 * MIB, LARGE = 50 * MIB, GROWTH = 12 * 1024 };
#endif

enum { CHUNK = 64 * 1024, PATIENCE = 60000 };

static long long campaign(void) {
    (void)web_sql("INSERT INTO campaign (code, season, name, first_day, last_day, state)"
                  " VALUES ('UP-2027', 2027, 'Upload', '2027-03-01', '2027-11-30', 'open')"
                  " ON CONFLICT DO NOTHING");
    (void)web_sql("INSERT INTO campaign_service (campaign_id, org_id, quota)"
                  " SELECT c.id, a.org_id, 100 FROM campaign c, account a"
                  " WHERE c.code = 'UP-2027' AND a.role = 'partner' ON CONFLICT DO NOTHING");
    return web_sql("SELECT id FROM campaign WHERE code = 'UP-2027'");
}

/* Resident memory of a process, mapped files included, in KiB. */
static long memory_of(int pid) {
    char path[64];
    char line[200];
    long found = -1;
    (void)snprintf(path, sizeof path, "/proc/%d/status", pid);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "VmRSS:", 6) == 0) {
            found = strtol(line + 6, NULL, 10);
        }
    }
    (void)fclose(file);
    ck_assert_int_gt(found, 0);
    return found;
}

static long memory(void) {
    return memory_of((int)getppid());
}

static long most_memory(long before) {
    long now = memory();
    return now > before ? now : before;
}

static int begin(const char *kind, const char *authorization, long long size) {
    char head[700];
    int fd = wire_open(web_port(), 0);
    ck_assert_int_ge(fd, 0);
    (void)snprintf(head, sizeof head,
                   "POST /api/v1/campaigns/%lld/%s/import HTTP/1.1\r\nHost: x\r\n%s"
                   "Idempotency-Key: upload-%d-%lld-0123456789\r\nContent-Type: text/csv\r\n"
                   "Connection: close\r\nContent-Length: %lld\r\n\r\n",
                   campaign(), kind, authorization, (int)getpid(), size, size);
    ck_assert(wire_say(fd, head));
    return fd;
}

static void token_line(const char *role, char line[200]) {
    char *token = web_token(role);
    (void)snprintf(line, 200, "Authorization: Bearer %s\r\n", token);
    free(token);
}

static int begin_as(const char *role, const char *kind, long long size) {
    char line[200];
    token_line(role, line);
    return begin(kind, line, size);
}

/* Sends the header and then one bad row again and again up to `all` bytes; the most memory that the
 * server had until its answer came. */
static long send_file(int fd, size_t all, const char *header, const char *row) {
    long most = memory();
    static char chunk[CHUNK];
    size_t len = strlen(row);
    size_t sent = strlen(header);
    ck_assert(wire_say(fd, header));
    for (size_t i = 0; i < CHUNK; i++) {
        chunk[i] = row[i % len];
    }
    for (int i = 0; sent < all; i++) {
        size_t whole = CHUNK - CHUNK % len;
        size_t size = all - sent < whole ? all - sent : whole;
        ck_assert(wire_send(fd, chunk, size));
        sent += size;
        most = i % 16 == 0 ? most_memory(most) : most;
    }
    struct pollfd poller = {fd, POLLIN, 0};
    for (int64_t until = wire_now() + PATIENCE; poll(&poller, 1, 20) == 0 && wire_now() < until;) {
        most = most_memory(most);
    }
    return most;
}

#define LONG_TEXT                                                                                  \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "aaaa"                                                                                         \
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
    "aaaa"
#define LONGER LONG_TEXT LONG_TEXT LONG_TEXT LONG_TEXT

static long import_file(const char *role, const char *kind, size_t all, const char *header,
                        const char *row) {
    char text[2000];
    int fd = begin_as(role, kind, (long long)all);
    long most = send_file(fd, all, header, row);
    (void)wire_read(fd, PATIENCE, text, sizeof text);
    (void)close(fd);
    ck_assert_msg(strtol(text + 9, NULL, 10) == 201, "%s: %.1500s", kind, text);
    return most;
}

/* Both files have more than the 2 MiB of errors that are kept; beyond that, memory must not depend
 * on the size. A file kept whole would make the difference 38 MiB. */
static void import_both(const char *role, const char *kind, const char *header, const char *row) {
    long small = import_file(role, kind, SMALL, header, row);
    long large = import_file(role, kind, LARGE, header, row);
    /* What the allocator has not given back yet comes and goes; what is kept whole is always there.
     */
    for (int i = 0; i < 3 && large - small >= GROWTH; i++) {
        long again = import_file(role, kind, LARGE, header, row);
        large = again < large ? again : large;
    }
    ck_assert_msg(large - small < GROWTH, "%s: %ld KiB, then %ld", kind, small, large);
}

/* The control: an uploaded file that is mapped and read as a whole would be seen. */
START_TEST(a_mapped_file_would_be_seen) {
    size_t size = (size_t)(LARGE - SMALL);
    int fd = memfd_create("upload", MFD_CLOEXEC);
    ck_assert_int_eq(ftruncate(fd, (off_t)size), 0);
    long before = memory_of((int)getpid());
    const char *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    ck_assert_ptr_ne(bytes, MAP_FAILED);
    ck_assert_ptr_null(memchr(bytes, 'x', size));
    long after = memory_of((int)getpid());
    ck_assert_int_gt(after - before, (long)(size / 1024 * 9 / 10));
    (void)munmap((void *)(uintptr_t)bytes, size);
    (void)close(fd);
}
END_TEST

START_TEST(a_large_file_of_candidates_leaves_memory_flat) {
    import_both("partner", "candidates",
                "partner_ref,mrz,surname,available_from,available_to,consent\r\n",
                "T1,not a zone," LONGER ",2027-03-01,2027-09-30,1\r\n");
}
END_TEST

START_TEST(a_large_file_of_contracts_leaves_memory_flat) {
    import_both("employer", "contracts",
                "employer_ref;places;first_day;last_day;rome;crop;tasks;commune;weekly_hours;"
                "hourly_wage\r\n",
                "A;none;2027-04-01;2027-08-31;A1401;x;" LONGER LONGER LONGER LONGER
                ";13004;35;13\r\n");
}
END_TEST

/* --- who may
 * ------------------------------------------------------------------------------------- */

/* Only the head is sent: an answer to it is one that nobody had to send 200 MB for. */
static int answer_to_head(const char *kind, const char *authorization) {
    int fd = begin(kind, authorization, 200 * (long long)MIB);
    int status = wire_status(fd, 2000);
    (void)close(fd);
    return status;
}

START_TEST(who_may_not_import_is_told_before_the_file_comes) {
    static const char *const wrong[] = {"employer", "officer",  "desk",
                                        "auditor",  "assessor", "admin"};
    char line[200];
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        token_line(wrong[i], line);
        ck_assert_int_eq(answer_to_head("candidates", line), 403);
        ck_assert_int_eq(answer_to_head("candidates", line), 403); /* now from the cache */
    }
    ck_assert_int_eq(answer_to_head("candidates", "Authorization: Bearer nrt_000\r\n"), 401);
    ck_assert_int_eq(answer_to_head("candidates",
                                    "Authorization: Bearer "
                                    "nrt_0123456789012345678901234567890123456789012\r\n"),
                     401);
    ck_assert_int_eq(answer_to_head("candidates", ""), 413);
    token_line("partner", line);
    ck_assert_int_eq(answer_to_head("contracts", line), 403);
}
END_TEST

/* The control: who may is waited for. */
START_TEST(who_may_import_is_waited_for) {
    char line[200];
    token_line("partner", line);
    ck_assert_int_eq(answer_to_head("candidates", line), 0);
    ck_assert_int_eq(answer_to_head("candidates", line), 0);
}
END_TEST

/* A revoked session counts at the end, too. */
START_TEST(who_is_shut_out_meanwhile_imports_nothing) {
    static const char file[] = "partner_ref,mrz\r\n1,2\r\n";
    long long before = web_sql("SELECT count(*) FROM import_batch");
    int fd = begin_as("partner", "candidates", (long long)sizeof file - 1);
    wire_rest(500);
    (void)web_sql("UPDATE api_token SET revoked_at = clock_timestamp() FROM account a"
                  " WHERE a.id = account_id AND a.role = 'partner'");
    wire_rest(2500);
    ck_assert(wire_say(fd, file));
    ck_assert_int_eq(wire_status(fd, 10000), 401);
    (void)close(fd);
    (void)web_sql("UPDATE api_token SET revoked_at = NULL");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM import_batch"), before);
}
END_TEST

/* A small file of somebody else's is read to its end, so that the refusal surely arrives. */
START_TEST(a_small_file_is_refused_politely) {
    char line[200];
    static const char file[] = "partner_ref,mrz\r\n1,2\r\n";
    token_line("officer", line);
    int fd = begin("candidates", line, (long long)sizeof file - 1);
    ck_assert_int_eq(wire_status(fd, 300), 0);
    ck_assert(wire_say(fd, file));
    ck_assert_int_eq(wire_status(fd, 5000), 403);
    (void)close(fd);
}
END_TEST

WEB_MAIN("upload", 150, a_mapped_file_would_be_seen, a_large_file_of_candidates_leaves_memory_flat,
         a_large_file_of_contracts_leaves_memory_flat,
         who_may_not_import_is_told_before_the_file_comes, who_may_import_is_waited_for,
         who_is_shut_out_meanwhile_imports_nothing, a_small_file_is_refused_politely)
