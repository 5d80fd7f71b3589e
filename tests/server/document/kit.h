/* kit.h - what tests of documents share: a server with a small season
 * (tests/support/documents.sql), placements whose identities are sealed, and a verifier that has
 * the published files only. */
#ifndef NORIA_TESTS_DOCUMENT_KIT_H
#define NORIA_TESTS_DOCUMENT_KIT_H

#include "server/document/document.h"
#include "tests/support/web.h"

/* A test's own arena. */
extern struct arena *kit_arena;

/* Brings the server up, runs the tests, brings it down. */
int kit_run(const char *name, const TTest *const *tests);

/* The same with a server that does nothing by the clock; `change` as of web_up_with(). */
int kit_run_with(void (*change)(struct server_config *config), const char *name,
                 const TTest *const *tests);

/* A placement in that state of a worker who was never seen before; his passport AB1234567 expires
 * on 2031-01-01. */
long long named_placement(const char *surname, const char *native, const char *state);
long long new_placement(const char *state);
void new_placements(int count, const char *state);

/* web() with a path by printf. */
struct web_answer call(const char *method, const char *role, const char *body, const char *format,
                       ...) __attribute__((format(printf, 4, 5)));

/* Issues a "placements" document or a "contracts" notice; its id. */
long long issued(const char *format, long long id);

struct span text_of(long long document, const char *role);
struct span fetch(const char *path);

/* What a verifier says that has nothing but the published files and the root. */
enum sw1_code offline(struct span text, struct sw1_answer *answer);

/* Checks what the server's own page says. */
void server_says(struct span text, const char *code);

#endif
