/* contracts_csv.h - orders as the file of anonymous contracts that an officer imports. */
#ifndef NORIA_CLIENT_DEMO_CONTRACTS_CSV_H
#define NORIA_CLIENT_DEMO_CONTRACTS_CSV_H

#include "demand.h"

/* Of the employers' group of a department, with a right key (ISO 7812). */
const char *group_siret(struct arena *arena, int department);

/* What the reference of a lending contract begins with. */
#define LENDING_REF "CLIE"

/* Contracts planted beside the orders, to be caught. */
struct planted_contracts {
    int over_long;  /* over six months: refused by the import */
    int fictitious; /* of an employer whose SIRET is wrong: refused by the import */
    int suspicious; /* of a labour agency founded last month: taken, and held by screening */
    int lending;    /* of a farm whose tasks are at its clients': taken, and looked at */
};

/* The CSV text. The offer of each contract was out from `proof_from` for four weeks; `profiles` are
 * the tests of fruit picking, greenhouse and packing (0: none). */
struct span contracts_csv(struct arena *arena, const struct orders *orders,
                          const struct season *season, date proof_from, const int64_t *profiles,
                          const struct planted_contracts *planted);

/* The labour agency's SIRET. */
const char *agency_siret(struct arena *arena);

#endif
