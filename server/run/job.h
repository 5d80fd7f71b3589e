/* job.h - work that comes back: a job is a row (server/routes.c), run as a task of one loop. */
#ifndef NORIA_RUN_JOB_H
#define NORIA_RUN_JOB_H

#include <stdint.h>

#include "../../lib/base/err.h"

struct app;
struct arena;
struct db;

enum { JOB_MEMORY = 4 };

/* What a run of a job has. */
struct job_desk {
    struct db *db; /* as the system's class */
    struct arena *arena;
    const struct app *app;
    int64_t now;     /* seconds */
    int64_t *memory; /* JOB_MEMORY numbers, zero at first, kept from run to run */
};

struct job {
    const char *name;
    int64_t every; /* milliseconds between the beginnings of two runs; they never overlap */
    Err (*run)(const struct job_desk *desk);
};

#endif
