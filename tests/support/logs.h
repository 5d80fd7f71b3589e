/* logs.h - what the server of web.h and PostgreSQL write into their logs. */
#ifndef NORIA_TESTS_LOGS_H
#define NORIA_TESTS_LOGS_H

#include <sys/types.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"

enum logs_which { LOGS_OURS, LOGS_POSTGRES };

/* A place in both. */
struct logs {
    off_t from[2];
};

/* From now on stderr, our log with every level of it, is a file without a name, shared with
 * children; what a sanitizer says still comes out. Once, before the server starts. */
void logs_to_file(void);

/* Remembers where both end now. Needs tools/with-postgres.sh. */
void logs_begin(struct logs *logs);

/* What one of them says since then; a NUL follows. */
struct span logs_text(struct arena *arena, const struct logs *logs, enum logs_which which);

#endif
