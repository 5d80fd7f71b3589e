/* trust_print.h - a trust list as people compare it. */
#ifndef NORIA_CLIENT_TRUST_PRINT_H
#define NORIA_CLIENT_TRUST_PRINT_H

#include "../lib/sw1/trust.h"
#include "commands.h"

/* Prints the root's SHA-256 (of its COSE_Key file: compare it over another channel) and the keys;
 * as one JSON object with --json. */
void trust_print(struct cli *cli, const struct sw1_key *root, const struct sw1_trust *trust);

/* The 64 hexadecimal digits of that SHA-256. */
const char *root_fingerprint(struct arena *arena, const struct sw1_key *root);

/* "2026-11-23T14:05:00Z". */
const char *time_text(struct arena *arena, int64_t seconds);

#endif
