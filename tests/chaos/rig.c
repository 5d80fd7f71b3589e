#include "rig.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/arena.h"

enum { PORT_FIRST = 23000, PORTS = 900 };

static const char *const PASSWORD = "nine slow rivers and a mill";

int rig_try(struct rig *rig, const char *command) {
    return system(arena_printf(rig->arena, "%s >>%s/log 2>&1", command, rig->folder));
}

void rig_run(struct rig *rig, const char *command) {
    int status = rig_try(rig, command);
    ck_assert_msg(status == 0, "%s gave %d; see %s/log", command, status, rig->folder);
}

/* In the new process, before it becomes the server. */
static void dress_server(const struct rig *rig) {
    if (rig->preload != NULL) {
        (void)setenv("LD_PRELOAD", rig->preload, 1);
    }
    if (rig->loops != NULL) {
        (void)setenv("NORIA_LOOPS", rig->loops, 1);
    }
    if (rig->descriptors > 0) {
        struct rlimit limit = {(rlim_t)rig->descriptors, (rlim_t)rig->descriptors};
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

void rig_spawn_server(struct rig *rig) {
    (void)fflush(NULL); /* or the new process prints it again */
    rig->server = fork();
    ck_assert_int_ge(rig->server, 0);
    if (rig->server == 0) {
        const char *log = arena_printf(rig->arena, "%s/server.log", rig->folder);
        if (freopen(log, "a", stderr) == NULL || freopen(log, "a", stdout) == NULL) {
            _exit(127);
        }
        dress_server(rig);
        execl("build/release/noria-server", "noria-server", "serve", (char *)NULL);
        _exit(127);
    }
}

/* The client itself waits and tries again until the server answers. */
static void wait_ready(struct rig *rig) {
    for (int i = 0; i < 3; i++) {
        struct arena *arena = arena_new();
        struct http *http;
        struct call call = {.verb = VERB_GET, .path = "/readyz"};
        bool ready = http_new(arena, rig->url, NULL, &http) == OK && http_send(http, &call) == OK &&
                     call.status == 200;
        arena_free(arena);
        if (ready) {
            return;
        }
    }
    ck_abort_msg("no server answers; see %s/server.log", rig->folder);
}

static void set_environment(struct rig *rig) {
    setenv("NORIA_PORT", arena_printf(rig->arena, "%d", rig->port), 1);
    setenv("NORIA_BIND", "127.0.0.1", 1);
    setenv("NORIA_BASE_URL", rig->url, 1);
    setenv("NORIA_KEYS", arena_printf(rig->arena, "%s/keys", rig->folder), 1);
    setenv("NORIA_SPOOL", rig->folder, 1);
    setenv("NORIA_PASSPHRASE_FILE", arena_printf(rig->arena, "%s/passphrase", rig->folder), 1);
    setenv("NORIA_PASSWORD", PASSWORD, 1);
    setenv("NORIA_SECOND_FACTOR", "none", 1);
    setenv("NORIA_LOG", "warn", 1);
}

static void log_in(struct rig *rig) {
    struct http *http;
    struct call call = {.verb = VERB_POST, .path = "/api/v1/login"};
    cJSON *body = cJSON_CreateObject();
    cJSON_AddStringToObject(body, "email", "admin@chaos.example");
    cJSON_AddStringToObject(body, "password", PASSWORD);
    call_json(rig->arena, &call, body);
    cJSON_Delete(body);
    ck_assert_int_eq(http_new(rig->arena, rig->url, NULL, &http), OK);
    ck_assert_int_eq(http_send(http, &call), OK);
    rig->token = json_text(call.json, "token");
    ck_assert_ptr_nonnull(rig->token);
}

static void settle(struct rig *rig) {
    rig_run(rig, "build/release/noria-server migrate");
    rig_run(rig, "build/release/noria-server account bootstrap admin@chaos.example");
    rig_start_server(rig);
    log_in(rig);
}

void rig_start(struct rig *rig, struct arena *arena) {
    *rig = (struct rig){.arena = arena, .port = PORT_FIRST + getpid() % PORTS};
    ck_assert_msg(getenv("NORIA_PG_DIR") != NULL, "run me with tools/with-postgres.sh");
    rig->folder = mkdtemp(arena_strdup(arena, "/tmp/noria-chaos.XXXXXX"));
    ck_assert_ptr_nonnull(rig->folder);
    ck_assert_int_eq(chmod(rig->folder, 0711), 0); /* PostgreSQL's user walks through */
    rig->url = arena_printf(arena, "http://127.0.0.1:%d", rig->port);
    set_environment(rig);
    rig_run(rig,
            arena_printf(arena, "echo 'a passphrase for chaos' | tee %s/passphrase", rig->folder));
    rig_run(rig, arena_printf(arena, "build/release/noria keys init %s/keys --root-dir %s/root",
                              rig->folder, rig->folder));
    settle(rig);
}

void rig_stop(struct rig *rig) {
    kill(rig->server, SIGTERM);
    int status;
    waitpid(rig->server, &status, 0);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the server did not end well");
    rig_run(rig, arena_printf(rig->arena, "rm -rf %s/keys %s/root", rig->folder, rig->folder));
}

static void end_server(struct rig *rig) {
    (void)kill(rig->server, SIGKILL);
    (void)waitpid(rig->server, NULL, 0);
}

void rig_kill_server(struct rig *rig) {
    end_server(rig);
    rig_start_server(rig);
}

void rig_start_server(struct rig *rig) {
    rig_spawn_server(rig);
    wait_ready(rig);
}

void rig_kill_database(struct rig *rig) {
    const char *folder = getenv("NORIA_PG_DIR");
    rig_run(rig, arena_printf(rig->arena, "tools/postgres.sh kill %s", folder));
    rig_run(rig, arena_printf(rig->arena, "tools/postgres.sh start %s", folder));
}

static void go_to(const struct rig_place *place) {
    (void)setenv("NORIA_PG_DIR", place->pg_dir, 1);
    (void)setenv("PGHOST", place->pg_host, 1);
    (void)setenv("NORIA_DATABASE_URL", place->database, 1);
}

void rig_enter(struct rig *rig, const char *dir, const char *env) {
    const char *host = arena_printf(rig->arena, "%s/sock", dir);
    struct rig_place place = {
        dir, host,
        arena_printf(rig->arena, "postgresql:///noria?host=%s&user=postgres&port=5432", host),
        NULL};
    end_server(rig);
    rig->before =
        (struct rig_place){arena_strdup(rig->arena, getenv("NORIA_PG_DIR")),
                           arena_strdup(rig->arena, getenv("PGHOST")),
                           arena_strdup(rig->arena, getenv("NORIA_DATABASE_URL")), rig->token};
    (void)setenv("NORIA_PG_ENV", env == NULL ? "" : env, 1);
    rig_run(rig, arena_printf(rig->arena, "tools/postgres.sh init %s", dir));
    go_to(&place);
    settle(rig);
}

void rig_leave(struct rig *rig) {
    const char *dir = getenv("NORIA_PG_DIR");
    end_server(rig);
    rig_run(rig, arena_printf(rig->arena, "tools/postgres.sh stop %s", dir));
    rig_run(rig, arena_printf(rig->arena, "rm -rf %s", dir));
    (void)unsetenv("NORIA_PG_ENV");
    go_to(&rig->before);
    rig->token = rig->before.token;
    rig->preload = NULL;
    rig->loops = NULL;
    rig->descriptors = 0;
    rig_start_server(rig);
}

struct http *rig_client(struct rig *rig, struct arena *arena) {
    struct http *http;
    ck_assert_int_eq(http_new(arena, rig->url, rig->token, &http), OK);
    return http;
}
