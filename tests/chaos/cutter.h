/* cutter.h - a small proxy in a process of its own that breaks a connection at the worst moment:
 * when the answer comes. What it stood for is done, and whoever asked does not hear of it. */
#ifndef NORIA_TESTS_CHAOS_CUTTER_H
#define NORIA_TESTS_CHAOS_CUTTER_H

#include <sys/socket.h>
#include <sys/types.h>

struct cutter {
    const struct sockaddr *from; /* listens here */
    const struct sockaddr *to;   /* and passes on to here */
    socklen_t from_size, to_size;
    const char *mark; /* an answer that holds this text may be cut */
    int every;        /* each so many-th of them is, by a reset */
    int *cuts;        /* shared memory: how many were */
};

/* Starts it; the process to be ended with SIGKILL. */
pid_t cutter_start(const struct cutter *cutter);

#endif
