/* contract.h - */
#ifndef NORIA_CONTRACT_H
#define NORIA_CONTRACT_H

struct route;

extern const struct route contract_routes[];

#endif
