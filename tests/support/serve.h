/* serve.h - servers for tests, each a process of its own: the test program never has threads while
 * it forks, as Check does for each test (a fork copies the locks that other threads hold, and
 * nobody opens them in the copy). Sanitizers and coverage see them. */
#ifndef NORIA_TESTS_SERVE_H
#define NORIA_TESTS_SERVE_H

#include <sys/types.h>

struct server_config;

/* Starts a server and waits until /readyz says 200, 20 s at most; `port` gets where, NULL: not
 * asked. It ends with the process that started it. Aborts the program when there is no server. */
pid_t serve(const struct server_config *config, int *port);

/* On web_up()'s database and app, one loop; `jobs` as of struct server_config, or NULL. */
struct job;
pid_t serve_again(const struct job *jobs, int *port);

/* Ends it in order (SIGTERM), waits, and aborts the program when a sanitizer had something to say.
 */
void serve_stop(pid_t server);

/* Ends it at once (SIGKILL) and waits. */
void serve_kill(pid_t server);

#endif
