/* seek.h - finds planted values in an answer, in whatever guise: as they are (letters of any case),
 * percent-encoded, in UTF-16 of either byte order,
 * escaped for JSON or HTML, in hexadecimal, in base64 at any alignment, backwards,
 * or as a SHA-256 of them (an ETag made of an identity). */
#ifndef NORIA_TESTS_SEEK_H
#define NORIA_TESTS_SEEK_H

#include "world.h"

struct seeker;

/* Knows nothing yet. */
struct seeker *seeker_new(struct arena *arena);

/* Adds values; the list ends with {NULL, NULL}. */
void seeker_add(struct seeker *seeker, const struct planted *planted);

/* The first planted value that the bytes show; NULL when none. */
const struct planted *seeker_find(const struct seeker *seeker, const char *bytes, size_t size);

/* How many guises are looked for. */
int seeker_guises(const struct seeker *seeker);

/* `text` percent-encoded, as in a query. */
const char *percent(struct arena *arena, const char *text);

#endif
