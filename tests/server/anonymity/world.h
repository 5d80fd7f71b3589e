/* world.h - a campaign before its first placement, with identities planted in it that are easily
 * recognised; and the same campaign with other people or other employers behind the same tokens,
 * contracts and numbers. Needs web_up(). */
#ifndef NORIA_TESTS_WORLD_H
#define NORIA_TESTS_WORLD_H

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "tests/support/web.h"

enum { PEOPLE = 4, WORLDS = 2 };

/* A planted value: the field that it was given for. */
struct planted {
    const char *field;
    const char *value;
};

/* Everything that would tell who the n-th candidate (from 0) of a world is: the fields of his
 * identity in both scripts, birth date in the forms it is written in, passport, readable zone,
 * telephone, family, what was asked of him, where and by whom (also in answers of later), the
 * telephone of that one, the service's own number for him, and the
 * digests that PostgreSQL compares. Ends with {NULL, NULL}. */
const struct planted *planted_person(struct arena *arena, int world, int n);

/* The same for the employer behind contract 1: name, number, addresses, references. */
const struct planted *planted_employer(struct arena *arena, int world);

/* Plays world 0 up to proposals: candidates 1 to 3 of "partner", 4 of "stranger" (another
 * service); contract 1 of "employer", 2 of another; a session with a first marker's marks; an
 * import with an error file; a case. No placement. */
void world_make(void);

/* Other people behind the candidates of "partner", other first marks. */
void world_people(int world);

/* Another employer behind the same contract. */
void world_employer(int world);

#endif
