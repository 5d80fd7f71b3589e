#include "serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/app.h"
#include "server/http/server.h"
#include "server/routes.h"
#include "web.h"
#include "wire.h"

enum { TRIES = 800, REST_MS = 25 };

static void must(bool good, const char *what) {
    if (!good) {
        (void)fprintf(stderr, "a server of the test: %s\n", what);
        abort();
    }
}

/* The server's process: tells its port, ends on SIGTERM. */
static void run_server(const struct server_config *config, int told) {
    sigset_t stop;
    int got;
    struct server *made;
    (void)sigemptyset(&stop);
    (void)sigaddset(&stop, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &stop, NULL); /* in its threads as well */
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    must(server_start(config, &made) == OK, "does not start");
    int port = server_port(made);
    must(write(told, &port, sizeof port) == sizeof port, "cannot tell its port");
    (void)close(told);
    (void)sigwait(&stop, &got);
    server_stop(made);
    exit(EXIT_SUCCESS);
}

pid_t serve(const struct server_config *config, int *port) {
    int told[2];
    int at = 0;
    must(pipe(told) == 0, "no pipe");
    (void)fflush(NULL);
    pid_t server = fork();
    must(server >= 0, "no process");
    if (server == 0) {
        (void)close(told[0]);
        run_server(config, told[1]);
    }
    (void)close(told[1]);
    must(read(told[0], &at, sizeof at) == sizeof at, "did not start");
    (void)close(told[0]);
    for (int i = 0; wire_get(at, "/readyz") != 200; i++) {
        must(i < TRIES, "not ready");
        wire_rest(REST_MS);
    }
    if (port != NULL) {
        *port = at;
    }
    return server;
}

pid_t serve_again(const struct job *jobs, int *port) {
    struct server_config config = {.bind = "127.0.0.1",
                                   .loops = 1,
                                   .database_url = web_database(),
                                   .app = web_app(),
                                   .routes = all_routes,
                                   .jobs = jobs};
    return serve(&config, port);
}

static int end_by(pid_t server, int signal) {
    int status = 0;
    (void)kill(server, signal);
    must(waitpid(server, &status, 0) == server, "is not there");
    return status;
}

void serve_stop(pid_t server) {
    int status = end_by(server, SIGTERM);
    must(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS, "did not end well");
}

void serve_kill(pid_t server) {
    must(WIFSIGNALED(end_by(server, SIGKILL)), "had ended before");
}
