/* screening.h - fraud screening: pure readers and rules, and the queue of cases that persons
 * settle.
 *
 * Entries and submitted contracts are screened in SQL (candidate_screen, screen_contract); every
 * hit is a case with evidence. Nothing binding happens to its subject while a blocking case stands.
 */
#ifndef NORIA_SCREENING_H
#define NORIA_SCREENING_H

#include "../http/route.h"
#include "mrz.h"
#include "names.h"
#include "rules.h"

extern const struct route screening_routes[];

#endif
