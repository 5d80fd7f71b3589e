/* faults.c - processes killed, connections cut, storms. */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "chaos.h"
#include "cutter.h"
#include "lib/base/arena.h"

enum { STORM = 2000, PROXY_ABOVE = 1000 };

void kill_server(struct chaos *chaos) {
    rig_kill_server(&chaos->rig);
}

void kill_postmaster(struct chaos *chaos) {
    rig_kill_database(&chaos->rig);
}

/* One backend: PostgreSQL ends all others too and recovers. */
void kill_backend(struct chaos *chaos) {
    rig_run(
        &chaos->rig,
        "sh -c 'until kill -KILL $(psql -qXAtc \"SELECT pid FROM pg_stat_activity WHERE usename = "
        "\\$\\$noria_ofii\\$\\$ LIMIT 1\"); do sleep 0.05; done'");
}

void cut_connections(struct chaos *chaos) {
    rig_run(&chaos->rig, "psql -qXAtc \"SELECT count(pg_terminate_backend(pid)) FROM "
                         "pg_stat_activity WHERE usename LIKE 'noria_%'\"");
}

/* The cutter works by itself: an injection is the time that passes. */
void wait_for_cuts(struct chaos *chaos) {
    (void)chaos;
}

void storm(struct chaos *chaos) {
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)chaos->rig.port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    for (int i = 0; i < STORM; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        struct linger now = {1, 0};
        (void)connect(fd, (const struct sockaddr *)(const void *)&to, sizeof to);
        (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
        (void)close(fd);
    }
}

/* --- cutters -----------------------------------------------------------------------------------
 */

struct proxy {
    pid_t child;
    const char *url; /* what it stands before */
};

static struct proxy proxy; /* process-wide: begin and end of a fault share it */

/* Between the writers and the server. */
void cut_http_begin(struct chaos *chaos) {
    struct rig *rig = &chaos->rig;
    struct sockaddr_in from = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)(rig->port + PROXY_ABOVE)),
                               .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in to = from;
    to.sin_port = htons((uint16_t)rig->port);
    struct cutter cutter = {(const struct sockaddr *)(const void *)&from,
                            (const struct sockaddr *)(const void *)&to,
                            sizeof from,
                            sizeof to,
                            "HTTP/1.1 201",
                            50,
                            chaos->cuts};
    proxy = (struct proxy){cutter_start(&cutter), rig->url};
    rig->url = arena_printf(chaos->arena, "http://127.0.0.1:%d", rig->port + PROXY_ABOVE);
}

static void end_proxy(void) {
    (void)kill(proxy.child, SIGKILL);
    (void)waitpid(proxy.child, NULL, 0);
}

void cut_http_end(struct chaos *chaos) {
    end_proxy();
    chaos->rig.url = proxy.url;
}

/* Between the server and PostgreSQL: the answer to a COMMIT is lost, whose outcome the server must
 * not guess. */
void cut_commit_begin(struct chaos *chaos) {
    struct rig *rig = &chaos->rig;
    struct sockaddr_un from = {.sun_family = AF_UNIX};
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    const char *folder = arena_printf(chaos->arena, "%s/pg", rig->folder);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    (void)snprintf(from.sun_path, sizeof from.sun_path, "%s/.s.PGSQL.5432", folder);
    (void)snprintf(to.sun_path, sizeof to.sun_path, "%s/.s.PGSQL.5432", getenv("PGHOST"));
    struct cutter cutter = {(const struct sockaddr *)(const void *)&from,
                            (const struct sockaddr *)(const void *)&to,
                            sizeof from,
                            sizeof to,
                            "COMMIT",
                            50,
                            chaos->cuts};
    proxy = (struct proxy){cutter_start(&cutter),
                           arena_strdup(chaos->arena, getenv("NORIA_DATABASE_URL"))};
    (void)setenv("NORIA_DATABASE_URL",
                 arena_printf(chaos->arena, "postgresql:///noria?host=%s&user=postgres", folder),
                 1);
    rig_kill_server(rig);
}

void cut_commit_end(struct chaos *chaos) {
    (void)setenv("NORIA_DATABASE_URL", proxy.url, 1);
    rig_kill_server(&chaos->rig);
    end_proxy();
}
