/* answer.h - the first and last steps of a request, where MHD's words become ours and back. */
#ifndef NORIA_HTTP_ANSWER_H
#define NORIA_HTTP_ANSWER_H

#include "exchange.h"

/* Looks at the first line and the headers: method, what must be refused, where the body goes. */
void answer_head(struct exchange *ex, const char *method);

/* Queues the reply with the security headers. */
enum MHD_Result answer_queue(struct exchange *ex);

/* One line of log and the counters, without address or identity. */
void answer_log(struct exchange *ex, bool complete);

#endif
