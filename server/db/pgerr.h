/* pgerr.h - what PostgreSQL refuses, as an Err. Its messages are never kept: they hold values. */
#ifndef NORIA_DB_PGERR_H
#define NORIA_DB_PGERR_H

#include <libpq-fe.h>

#include "../../lib/base/err.h"

/* The Err of a failed result. A refusal that names a constraint of err.def, or that a rule raised
 * (SQLSTATE NR001), also adds a fault; `faults` may be NULL. */
Err pgerr(const PGresult *result, struct faults *faults);

/* True when the result carries that SQLSTATE. */
bool pgerr_is(const PGresult *result, const char *sqlstate);

#endif
