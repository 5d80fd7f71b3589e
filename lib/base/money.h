/* money.h - euros as int64 cents; never floating point. */
#ifndef NORIA_BASE_MONEY_H
#define NORIA_BASE_MONEY_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

typedef int64_t cents;

/* "12", "12.5", "12.02" or the French "12,02"; not negative, at most 2 decimals, below 10^13. */
bool money_parse(struct span text, cents *amount);

/* Writes "12.02" and a NUL. */
enum { MONEY_TEXT = 24 };
void money_format(cents amount, char out[MONEY_TEXT]);

#endif
