/* pgerr.c - SQLSTATE and constraint names to Err. */
#include "pgerr.h"

#include <string.h>

#include "../../lib/base/log.h"

struct state {
    const char *sqlstate; /* five characters, or the two of a class */
    Err err;
};

/* The first row that fits counts. SQLSTATEs: PostgreSQL 15 manual, appendix A. */
static const struct state states[] = {
    {"40001", ERR_SERIALIZATION},     /* serialization_failure */
    {"40P01", ERR_SERIALIZATION},     /* deadlock_detected */
    {"23505", ERR_DUPLICATE},         /* unique_violation */
    {"23P01", ERR_DUPLICATE},         /* exclusion_violation */
    {"23503", ERR_UNKNOWN_REFERENCE}, /* foreign_key_violation */
    {"23514", ERR_CHECK_VIOLATION},   /* check_violation */
    {"23502", ERR_CHECK_VIOLATION},   /* not_null_violation */
    {"22", ERR_CHECK_VIOLATION},      /* data exceptions: out of range, bad text */
    {"42501", ERR_FORBIDDEN},         /* insufficient_privilege, row-level security */
    {"57014", ERR_DEADLINE},          /* query_canceled: statement_timeout */
    {"55P03", ERR_DEADLINE},          /* lock_not_available: lock_timeout */
    {"25P03", ERR_DEADLINE},          /* idle_in_transaction_session_timeout */
    {"25P04", ERR_DEADLINE},          /* transaction_timeout */
    {"57", ERR_UNAVAILABLE},          /* shutdown, crash, starting up */
    {"53100", ERR_STORAGE_FULL},      /* disk_full */
    {"53", ERR_UNAVAILABLE},          /* out of resources */
    {"58", ERR_UNAVAILABLE},          /* system errors */
    {"08", ERR_UNAVAILABLE},          /* connection exceptions */
    {"28", ERR_UNAVAILABLE},          /* the login is refused */
};

static Err by_sqlstate(const char *sqlstate) {
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        if (strncmp(sqlstate, states[i].sqlstate, strlen(states[i].sqlstate)) == 0) {
            return states[i].err;
        }
    }
    return ERR_INTERNAL;
}

static const char *part(const PGresult *result, int code) {
    const char *text = PQresultErrorField(result, code);
    return text == NULL ? "" : text;
}

bool pgerr_is(const PGresult *result, const char *sqlstate) {
    return strcmp(part(result, PG_DIAG_SQLSTATE), sqlstate) == 0;
}

Err pgerr(const PGresult *result, struct faults *faults) {
    const char *sqlstate = part(result, PG_DIAG_SQLSTATE);
    const char *constraint = part(result, PG_DIAG_CONSTRAINT_NAME);
    Err named = constraint[0] == '\0' ? ERR_COUNT : err_by_code(constraint);
    if (named == ERR_COUNT) {
        Err err = sqlstate[0] == '\0' ? ERR_UNAVAILABLE : by_sqlstate(sqlstate);
        if (err == ERR_INTERNAL || err == ERR_FORBIDDEN) {
            LOG(LOG_ERROR, "sql_error", LOG_WORD("sqlstate", sqlstate),
                LOG_WORD("constraint", constraint));
        }
        if (faults != NULL && err == ERR_CHECK_VIOLATION) {
            return fault(faults, part(result, PG_DIAG_COLUMN_NAME), err, constraint);
        }
        return err;
    }
    if (faults != NULL) {
        const char *detail =
            pgerr_is(result, "NR001") ? part(result, PG_DIAG_MESSAGE_DETAIL) : NULL;
        (void)fault(faults, part(result, PG_DIAG_COLUMN_NAME), named, detail);
    }
    return named;
}
