/* contract_lists.h - a contract's rooms and other work places as columns of a CSV file:
 * rooms "men:23.5:3|women:9:1" (sex, area in m2, persons), sites "13004|84007" (INSEE codes). */
#ifndef NORIA_CONTRACT_LISTS_H
#define NORIA_CONTRACT_LISTS_H

#include "contract.h"

struct contract_list_columns {
    const char *rooms; /* NULL: none */
    const char *sites;
};
extern const struct field contract_list_fields[];

/* Reads both columns into the form's lists; what is wrong becomes a fault of the column. */
void contract_read_lists(struct arena *arena, const struct contract_list_columns *columns,
                         struct contract_form *form, struct faults *faults);

/* A row's number and lists as JSON texts, and their members appended to an object under way. */
struct contract_list_texts {
    const char *row;
    const char *rooms;
    const char *sites;
};
void contract_put_lists(struct buf *out, const struct contract_list_texts *texts);

#endif
