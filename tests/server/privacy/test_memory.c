/* test_memory.c - the memory of the shipped server, searched for people whose requests have ended:
 * entered by API, form and file, looked at as JSON and as a page, refused. The control runs the
 * same server with a library before all others that makes wiping do nothing: they are found. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "tests/support/program.h"
#include "tests/support/web.h"
#include "tests/support/wire.h"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
enum { PEOPLE = 12, WORDS = 6, WORD = 16, BOUND = 30000 };
static const char *const kinds[WORDS] = {"surname", "given names", "passport",
                                         "phone",   "place",       "fee phone"};

/* Drawn anew each time, in this process alone: nothing of it stands in the program's own file. */
static char words[PEOPLE][WORDS][WORD];
static char folder[] = "/tmp/noria-memory-XXXXXX";
static struct arena *arena;

static void draw(void) {
    static const char letters[] = "BCDFGHJKLMNPQRSTVWXZ";
    for (int i = 0; i < PEOPLE * WORDS; i++) {
        char *word = words[i / WORDS][i % WORDS];
        for (int c = 0; c < 12; c++) {
            word[c] = letters[randombytes_uniform(20)];
        }
        word[12] = '\0';
        if (i % WORDS == 2) { /* a passport has nine */
            word[9] = '\0';
        } else if (i % WORDS == 3 || i % WORDS == 5) {
            (void)snprintf(word, WORD, "+2126%08u", randombytes_uniform(100000000));
        }
    }
}

/* --- a client of the program --------------------------------------------------------------------
 */

/* Sends a request and leaves the answer for later, so that many are under way at once and each has
 * memory of its own. */
static int send_to(int port, const char *method, const char *path, const char *who,
                   const char *type, const char *body) {
    static int turn;
    const char *request =
        arena_printf(arena,
                     "%s %s HTTP/1.1\r\nHost: x\r\n%s\r\nConnection: close\r\nIdempotency-Key: "
                     "memory-test-%d-%d\r\nContent-Type: %s\r\nContent-Length: "
                     "%zu\r\n\r\n%s",
                     method, path, who, (int)getpid(), turn++, type, strlen(body), body);
    int fd = wire_open(port, 0);
    ck_assert_int_ge(fd, 0);
    ck_assert(wire_say(fd, request));
    return fd;
}

static const char *token_of(const char *role) {
    return arena_printf(arena, "Authorization: Bearer %s", web_token(role));
}

/* The status of what was sent; `told` counts answers that name somebody. */
static int answered(int fd, int *told) {
    static char answer[200000];
    size_t got = wire_read(fd, BOUND, answer, sizeof answer);
    (void)close(fd);
    ck_assert_uint_gt(got, 12);
    for (int i = 0; i < PEOPLE; i++) {
        if (strstr(answer, words[i][0]) != NULL) {
            *told += 1;
            break;
        }
    }
    return (int)strtol(answer + 9, NULL, 10);
}

static char *entry_of(int person, const char *consent) {
    const char(*who)[WORD] = words[person];
    return arena_printf(
        arena,
        "{\"campaign_id\":%lld,\"surname\":\"%s\",\"given_names\":\"%s\",\"document_number\":\"%"
        "s\","
        "\"phone\":\"%s\",\"birth_place\":\"%s\",\"birth_date\":\"1990-05-0%d\",\"sex\":\"M\","
        "\"nationality\":\"MAR\",\"document_issuer\":\"MAR\",\"document_expires\":\"2035-01-01\","
        "\"available_from\":\"2027-03-01\",\"available_to\":\"2027-09-30\",\"fee_asked\":true,"
        "\"fee_phone\":\"%s\",\"consent\":%s}",
        web_sql("SELECT max(id) FROM campaign"), who[0], who[1], who[2], who[3], who[4],
        1 + person % 9, who[5], consent);
}

static bool is_refused(int person) {
    return person % 4 == 3; /* what is refused was read all the same */
}

static void enter_all(int port) {
    int fds[PEOPLE];
    int told = 0;
    for (int i = 0; i < PEOPLE; i++) {
        fds[i] = send_to(port, "POST", "/api/v1/candidates", token_of("partner"),
                         "application/json", entry_of(i, is_refused(i) ? "false" : "true"));
    }
    for (int i = 0; i < PEOPLE; i++) {
        ck_assert_int_eq(answered(fds[i], &told), is_refused(i) ? 422 : 201);
    }
}

static void import_all(int port) {
    struct buf csv;
    int told = 0;
    buf_init(&csv, arena, 4096);
    buf_text(&csv,
             "surname,given_names,document_number,phone,birth_place,birth_date,sex,nationality,"
             "document_issuer,document_expires,fee_asked,fee_phone,available_from,"
             "available_to,consent\r\n");
    for (int i = 0; i < PEOPLE; i++) {
        const char(*who)[WORD] = words[i];
        buf_printf(
            &csv, "%s,%s,%s,%s,%s,1991-05-06,F,MAR,MAR,%s,true,%s,2027-03-01,2027-09-30,true\r\n",
            who[0], who[1], who[2], who[3], who[4], is_refused(i) ? "never" : "2035-01-01", who[5]);
    }
    const char *path = arena_printf(arena, "/api/v1/campaigns/%lld/candidates/import",
                                    web_sql("SELECT max(id) FROM campaign"));
    int fd = send_to(port, "POST", path, token_of("partner"), "text/csv", csv.ptr);
    ck_assert_int_lt(answered(fd, &told), 300);
}

/* As JSON by the service and the office, and as a page. */
static void look_at_all(int port) {
    int fds[PEOPLE];
    int told = 0;
    for (int reader = 0; reader < 3; reader++) {
        const char *role = reader == 0 ? "partner" : "officer";
        for (int i = 0; i < PEOPLE; i++) {
            const char *path = arena_printf(
                arena, "%s/candidates/%lld/identity?reason=a%%20test%%20of%%20memory",
                reader == 2 ? "" : "/api/v1",
                web_sql(arena_printf(
                    arena, "SELECT id FROM candidate ORDER BY id DESC LIMIT 1 OFFSET %d", i)));
            fds[i] = send_to(port, "GET", path,
                             reader == 2
                                 ? arena_printf(arena, "Cookie: __Host-noria=%s", web_cookie(role))
                                 : token_of(role),
                             "text/plain", "");
        }
        for (int i = 0; i < PEOPLE; i++) {
            ck_assert_int_eq(answered(fds[i], &told), 200);
        }
    }
    ck_assert_int_eq(told, 3 * PEOPLE);
}

/* A browser keeps its connection: the HTTP library its memory. What the answer leaves behind there
 * is searched while the connection is open. */
static int look_and_stay(int port) {
    static char answer[20000];
    int fd = wire_open(port, 0);
    ck_assert(wire_say(
        fd, arena_printf(arena,
                         "GET /api/v1/candidates/%lld/identity HTTP/1.1\r\nHost: x\r\n%s\r\n\r\n",
                         web_sql("SELECT max(id) FROM candidate"), token_of("partner"))));
    ck_assert_uint_gt(wire_read(fd, 1000, answer, sizeof answer), 12);
    ck_assert_msg(strstr(answer, " 200 ") != NULL && strstr(answer, "\"surname\"") != NULL, "%s",
                  answer);
    return fd;
}

/* --- its memory ---------------------------------------------------------------------------------
 */

struct found {
    int words; /* of PEOPLE * WORDS */
    int places;
    size_t read;
};

static void search(const char *bytes, size_t size, const char *name, bool seen[PEOPLE][WORDS],
                   struct found *found) {
    for (int i = 0; i < PEOPLE * WORDS; i++) {
        const char *word = words[i / WORDS][i % WORDS];
        const char *at = bytes;
        while ((at = memmem(at, size - (size_t)(at - bytes), word, strlen(word))) != NULL) {
            found->words += !seen[i / WORDS][i % WORDS];
            seen[i / WORDS][i % WORDS] = true;
            if (found->places++ < 8) {
                printf("  %s of person %d in %s\n", kinds[i % WORDS], i / WORDS, name);
            }
            at++;
        }
    }
}

/* Every mapping that can be read. */
static struct found search_memory(pid_t pid) {
    char line[PATH_MAX + 200];
    bool seen[PEOPLE][WORDS] = {{false}};
    struct found found = {0};
    FILE *maps = fopen(arena_printf(arena, "/proc/%d/maps", (int)pid), "r");
    int memory = open(arena_printf(arena, "/proc/%d/mem", (int)pid), O_RDONLY | O_CLOEXEC);
    ck_assert_ptr_nonnull(maps);
    ck_assert_msg(memory >= 0, "the memory of a child cannot be read here");
    while (fgets(line, sizeof line, maps) != NULL) {
        /* "from-to rights offset device inode   name" */
        char *at;
        unsigned long from = strtoul(line, &at, 16);
        unsigned long to = strtoul(at + 1, &at, 16);
        const char *name = strpbrk(at, "/[");
        line[strcspn(line, "\n")] = '\0';
        name = name == NULL ? "memory without a name" : name;
        if (at[1] != 'r' || strcmp(name, "[vvar]") == 0 || strcmp(name, "[vsyscall]") == 0) {
            continue;
        }
        char *copy = malloc(to - from);
        ck_assert_ptr_nonnull(copy);
        ssize_t got = pread(memory, copy, to - from, (off_t)from);
        if (got > 0) {
            found.read += (size_t)got;
            search(copy, (size_t)got, name, seen, &found);
        }
        free(copy);
    }
    (void)fclose(maps);
    (void)close(memory);
    return found;
}

/* --- the two runs -------------------------------------------------------------------------------
 */

static void prepare(const char *preload) {
    setenv("NORIA_CORE", "1", 1); /* else nobody but root reads it */
    setenv("NORIA_KEYS", arena_printf(arena, "%s/keys", folder), 1);
    setenv("NORIA_PASSPHRASE_FILE", arena_printf(arena, "%s/passphrase", folder), 1);
    if (preload != NULL) {
        setenv("LD_PRELOAD", preload, 1);
    }
}

static struct found run(const char *preload) {
    draw();
    struct program program = program_start(prepare, preload);
    enter_all(program.port);
    import_all(program.port);
    look_at_all(program.port);
    int fd = look_and_stay(program.port);
    while (wire_metric(program.port, "noria_requests_active") > 1) {
        wire_rest(20);
    }
    struct found found = search_memory(program.pid);
    for (int tries = 0; found.words > 0 && tries < 3; tries++) {
        wire_rest(1000); /* deep pages of stacks go back once a second */
        found = search_memory(program.pid);
    }
    (void)close(fd);
    printf("memory %s wiping: %zu MB read, %d of %d words of finished requests in %d places\n",
           preload == NULL ? "with" : "without", found.read >> 20, found.words, PEOPLE * WORDS,
           found.places);
    ck_assert_int_eq(kill(program.pid, SIGTERM), 0);
    ck_assert_int_eq(program_end(&program, BOUND), 0);
    return found;
}

/* The folder that this program was built into. */
static const char *build_folder(void) {
    static char self[PATH_MAX];
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    ck_assert_int_gt(len, 0);
    self[len] = '\0';
    *strstr(self, "/tests/server/") = '\0';
    return self;
}

static void make_keys(const char *build) {
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(
        system(arena_printf(arena,
                            "umask 077; echo a passphrase of this test > %s/passphrase; "
                            "NORIA_PASSPHRASE_FILE=%s/passphrase %s/noria keys init %s/keys "
                            "--root-dir %s/root --issuer FR:OFII >/dev/null",
                            folder, folder, build, folder, folder)),
        0);
}

START_TEST(who_was_seen_is_not_remembered) {
    const char *build = build_folder();
    arena = arena_new();
    make_keys(build);
    (void)web_sql("INSERT INTO campaign (code, season, name, first_day, last_day, state)"
                  " VALUES ('MEM-2027', 2027, 'Web', '2027-03-01', '2027-11-30', 'open')");
    (void)web_sql(
        "INSERT INTO campaign_service (campaign_id, org_id, quota)"
        " SELECT c.id, a.org_id, 100 FROM campaign c, account a WHERE a.role = 'partner'");
    struct found wiped = run(NULL);
    ck_assert_uint_gt(wiped.read, 5 << 20);
    const char *preload = arena_printf(arena, "%s/tests/chaos/preload/keep_freed.so", build);
    ck_assert_int_eq(access(preload, R_OK), 0);
    struct found kept = run(preload);
    ck_assert_int_gt(kept.words, PEOPLE); /* the control sees them */
    ck_assert_int_eq(wiped.words, 0);
    ck_assert_int_eq(system(arena_printf(arena, "rm -r %s", folder)), 0);
    arena_free(arena);
}
END_TEST

WEB_MAIN("memory", 120, who_was_seen_is_not_remembered)
#else
int main(void) {
    (void)puts("not run: the sanitizers' allocator keeps what is freed");
    return 0;
}
#endif
