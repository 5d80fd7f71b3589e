#include "resource.h"

#include <string.h>

const struct resource resources[] = {
    {"campaign", "list", VERB_GET, "/campaigns", "the campaigns"},
    {"campaign", "show", VERB_GET, "/campaigns/:id", "one campaign with its services"},
    {"campaign", "create", VERB_POST, "/campaigns", "a new campaign"},
    {NULL, NULL, VERB_GET, NULL, NULL},
};

const struct resource *resource_find(const char *noun, const char *verb) {
    for (const struct resource *row = resources; row->noun != NULL; row++) {
        if (strcmp(row->noun, noun) == 0 && strcmp(row->verb, verb) == 0) {
            return row;
        }
    }
    return NULL;
}
