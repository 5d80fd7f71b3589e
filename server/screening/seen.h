/* seen.h - what somebody saw of a worker on his way: the document that he showed at the test, the
 * medical examination, departure and return, and the place where he was at work. The rules
 * document_changed and work_seen_elsewhere look at them. Of a document the number is kept as the
 * digest that the entry has, so that the two can be compared and not read. */
#ifndef NORIA_SCREENING_SEEN_H
#define NORIA_SCREENING_SEEN_H

#include "../../lib/base/date.h"
#include "../../lib/base/field.h"
#include "../http/route.h"

extern const struct route seen_routes[];
extern const struct reads seen_reads[];
extern const struct shows seen_shows[];

struct document_seen {
    const char *moment; /* "test", "medical", "departure", "return" */
    date day;
    const char *document_issuer; /* ISO 3166-1 alpha-3 */
    const char *document_number;
    const char *holder_same; /* "yes", "no": name, birth date and sex are those of the file */
    const char *photo_same;  /* "yes", "no": the photograph shows the person */
    const char *replaces;    /* why it is another document; NULL: no replacement was declared */
};
extern const struct field document_seen_fields[];

struct work_seen {
    date day;
    const char *commune; /* INSEE code */
    const char *source;  /* "inspection", "desk", "worker" */
};
extern const struct field work_seen_fields[];

#endif
