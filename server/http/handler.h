/* handler.h - runs a row's handler. */
#ifndef NORIA_HTTP_HANDLER_H
#define NORIA_HTTP_HANDLER_H

#include "exchange.h"

/* Runs a GET row for the view: plain, or in a transaction when it leaves an audit leaf. Errors of
 * the handler. */
Err CHECKED handler_read(struct exchange *ex);

/* Runs a write whose body, key and version are read (sent.h), in a transaction with its key, and
 * fills ex->answer; refuses names that no table or list of the handler has. `replayed`: the answer
 * is the stored one of an earlier request. Errors of the handler and of db_tx. */
Err CHECKED handler_write(struct exchange *ex, bool *replayed);

#endif
