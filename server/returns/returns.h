/* returns.h - coming home: check-in at a desk with graded evidence, exceptions with a document and
 * a second person, non-return by two persons, the closing of a campaign.
 *
 * What evidence proves and who may decide is held by PostgreSQL (migrations/replaceable/11, 12);
 * stay.h is the pure model of six months in twelve. Nothing here happens by a date alone. */
#ifndef NORIA_RETURNS_H
#define NORIA_RETURNS_H

#include "../http/route.h"
#include "stay.h"

extern const struct route returns_routes[];

#endif
