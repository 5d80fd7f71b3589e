/* output.h - what the client prints and keeps: answers, refusals, files. */
#ifndef NORIA_CLIENT_OUTPUT_H
#define NORIA_CLIENT_OUTPUT_H

#include <sys/types.h>

#include "commands.h"
#include "http.h"

/* Shows an answer on stdout (an object as "name: value" lines, a list as a table, --json as it
 * came) or a refusal on stderr, field by field. Gives the exit code. Text from the server is
 * printed without control characters, escapes and direction overrides. */
int show_answer(struct cli *cli, const struct call *call);

/* Says on stderr why there is no answer. Gives the exit code. */
int show_failure(Err err, const char *url);

/* Appends text that is safe for a terminal. */
void buf_safe(struct buf *out, struct span text);

/* The same of a whole text, as a name or an argument that is printed back. */
const char *text_safe(struct arena *arena, const char *text);

/* The whole file ("-": standard input), at most 1 GiB; ERR_IO when it cannot be read. */
Err CHECKED read_file(struct arena *arena, const char *path, struct span *content);

/* Writes a file whole or not at all (through a neighbour that is renamed); ERR_IO. */
Err CHECKED write_file(const char *path, struct span content, mode_t mode);

#endif
