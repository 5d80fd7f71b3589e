/* wire.h - a client that holds a connection open and sends bytes when it likes. */
#ifndef NORIA_TESTS_WIRE_H
#define NORIA_TESTS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A connection to 127.0.0.1; -1 when it is refused. `window`: bytes that may come unread, 0: as the
 * system likes. */
int wire_open(int port, int window);

/* Sends all; false when the other end is gone. */
bool wire_send(int fd, const char *bytes, size_t size);
bool wire_say(int fd, const char *text);

/* Reads up to the end, or what comes within `millis`; how many bytes. `text` (may be NULL) keeps
 * the first `size` - 1 of them. */
size_t wire_read(int fd, int millis, char *text, size_t size);

/* The status of the next answer, which is read to its first `\n`; 0 when none comes within
 * `millis`. */
int wire_status(int fd, int millis);

/* True when the other end closes within `millis`; what comes before is thrown away. */
bool wire_closes(int fd, int millis);

/* Ends it with a reset, as a client that vanished. */
void wire_vanish(int fd);

/* Milliseconds of a clock that only goes on; and a rest. */
int64_t wire_now(void);
void wire_rest(int millis);

/* One request on a connection of its own ("GET /healthz", no body): its status. */
int wire_get(int port, const char *path);

/* A number of /metrics ("noria_connections"); -1 when it is not there. */
long wire_metric(int port, const char *name);

#endif
