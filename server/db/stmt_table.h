/* stmt_table.h - the table that tools/sql2c.awk makes of all .sql files. Only for server/db. */
#ifndef NORIA_DB_STMT_TABLE_H
#define NORIA_DB_STMT_TABLE_H

#include "db.h"

enum {
    STMT_WRITES = 1, /* needs a connection that may write, and is atomic by itself */
    STMT_ACTOR = 2   /* reads the actor's settings, so they travel with it for every class */
};

struct stmt_info {
    const char *name;          /* "campaign_by_id" */
    const char *where;         /* "server/campaign/campaign.sql:12" */
    const char *text;          /* with $1, $2, ... */
    const char *const *params; /* names of $1, $2, ...; ends with NULL */
    int nparams;
    unsigned flags;
    unsigned classes; /* bits 1 << enum db_class that check-sql prepares it as */
};

/* Indexed by enum stmt. */
extern const struct stmt_info stmt_table[];
extern const int stmt_count;

#endif
