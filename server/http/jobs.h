/* jobs.h - runs the rows of a table of jobs (run/job.h) on a loop of the server. */
#ifndef NORIA_HTTP_JOBS_H
#define NORIA_HTTP_JOBS_H

#include "../run/job.h"

struct loop_server;

/* Starts the timers of the jobs (ends with a row without a name), from any thread before
 * loop_start. A run counts as a request under way, so that the server's end waits for it. */
void jobs_start(struct arena *arena, struct loop_server *server, const struct job *jobs);

#endif
