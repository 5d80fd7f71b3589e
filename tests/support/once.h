/* once.h - what web.c does with answers of the API: keeps them for tests/interop/answers.mjs, and
 * judges what a write that went well answers when it is sent again. */
#ifndef NORIA_TESTS_ONCE_H
#define NORIA_TESTS_ONCE_H

#include "web.h"

/* Adds an answer to the folder NORIA_ANSWERS, when there is one: a line "method path bytes", and
 * the bytes. */
void once_keep(const char *method, const char *path, const struct web_answer *answer);

/* Whether the server keeps the answer of a POST to this path below /api/v1: not of the rows that
 * manage their own transactions (ROUTE_NO_TX). */
bool once_kept(const char *path);

/* Fails the test unless `same` (its key and body again) is `first`, marked as replayed, and `other`
 * (its key, another body) is refused. */
void once_judge(const char *path, const struct web_answer *first, const struct web_answer *same,
                const struct web_answer *other);

#endif
