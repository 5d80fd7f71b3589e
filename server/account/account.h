/* account.h - */
#ifndef NORIA_ACCOUNT_H
#define NORIA_ACCOUNT_H

struct route;

extern const struct route account_routes[];

#endif
