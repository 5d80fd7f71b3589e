/* web.h - a real server on a real database for tests over HTTP, and a client that sends any bytes.
 * Needs tools/with-postgres.sh. The server is a process of its own (serve.h), made before the
 * tests; Check's child processes are its clients. */
#ifndef NORIA_TESTS_WEB_H
#define NORIA_TESTS_WEB_H

#include <stdbool.h>
#include <stddef.h>

#include "check_main.h"

/* What came back. Texts live until web_free; `status` 0: closed without an answer. */
struct web_answer {
    int status;
    char *all;
    const char *body;
    size_t body_len;
};

/* Once a program, before its tests: database, schema, one organisation a kind, one account a role
 * (password web_password), the server. Ends all of it. */
void web_up(void);
struct server_config;
void web_up_with(void (*change)(struct server_config *config)); /* NULL: as web_up */
void web_down(void);

#define web_password "correct horse battery staple"

/* The port, and the database's URL as the schema's owner. */
int web_port(void);
const char *web_database(void);

/* What the server was started with: its clock, seal and signer. */
struct app;
const struct app *web_app(void);

/* A request as `role` ("employer" … "admin", NULL: nobody): with a Bearer token below /api/v1, else
 * with a session cookie. `headers`: more lines, each ended by CRLF, or NULL. A body that starts
 * with { or [ is sent as JSON, any other as a form. Writes carry a new Idempotency-Key unless
 * `headers` has one; forms carry csrf and key unless `headers` has "X-Bare: 1". */
struct web_answer web(const char *method, const char *path, const char *role, const char *headers,
                      const char *body);

/* From now on each write of this program that goes well through the API is sent again, with its key
 * and the same body (the first answer must come back) and another (it must be refused). */
void web_once(void);

/* Any bytes; waits for the end of the answer at most `seconds`. */
struct web_answer web_raw(const void *bytes, size_t size, int seconds);

/* A header of the answer, copied; NULL when it has none. */
char *web_header(const struct web_answer *answer, const char *name);

/* The text of a JSON member or of an attribute's value that follows `before` in the body, up to
 * `"`. */
char *web_after(const struct web_answer *answer, const char *before);

/* The hidden value of forms of a role's session; the cookie and the token themselves. */
char *web_csrf(const char *role);
char *web_cookie(const char *role);
char *web_token(const char *role);

/* One more account: then `name` stands wherever a role does. `org` is an organisation's name. */
void web_account(const char *name, const char *role, const char *org);

/* Opens a role's session again after it was closed. */
void web_session(const char *role);

void web_free(struct web_answer *answer);

/* A call that must be answered with `status` and, in the body, `wanted`; fails the test with the
 * whole answer otherwise. web_gets: with 200. */
void web_answers(const char *method, const char *role, const char *path, const char *body,
                 int status, const char *wanted);
void web_posts(const char *role, const char *path, const char *body, int status,
               const char *wanted);
void web_gets(const char *role, const char *path, const char *wanted);

/* Runs SQL as the schema's owner; the first value as a number. */
long long web_sql(const char *sql);

#define WEB_MAIN(name, seconds, ...) WEB_MAIN_WITH(NULL, name, seconds, __VA_ARGS__)

/* The same with each write sent again: web_once(). */
#define WEB_MAIN_ONCE(name, seconds, ...)                                                          \
    int main(void) {                                                                               \
        const TTest *const tests[] = {__VA_ARGS__, NULL};                                          \
        web_up();                                                                                  \
        web_once();                                                                                \
        int code = check_run((name), NULL, NULL, (seconds), tests);                                \
        web_down();                                                                                \
        return code;                                                                               \
    }

/* With a server_config that `change` has changed. */
#define WEB_MAIN_WITH(change, name, seconds, ...)                                                  \
    int main(void) {                                                                               \
        const TTest *const tests[] = {__VA_ARGS__, NULL};                                          \
        web_up_with(change);                                                                       \
        int code = check_run((name), NULL, NULL, (seconds), tests);                                \
        web_down();                                                                                \
        return code;                                                                               \
    }

#endif
