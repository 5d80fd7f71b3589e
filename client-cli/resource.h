/* resource.h - the commands on records: a noun, a verb and the API address behind them. */
#ifndef NORIA_CLIENT_RESOURCE_H
#define NORIA_CLIENT_RESOURCE_H

#include "http.h"

struct resource {
    const char *noun;
    const char *verb;
    enum verb method;
    const char *path;    /* :name stands for the next positional argument */
    const char *summary; /* one line */
};

/* Ended by a row without a noun. */
extern const struct resource resources[];

/* The row of a noun and a verb, or NULL. */
const struct resource *resource_find(const char *noun, const char *verb);

#endif
