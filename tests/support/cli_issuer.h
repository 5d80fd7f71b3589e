/* cli_issuer.h - an issuer in a folder for tests of the client's commands, and the running of
 * commands. */
#ifndef NORIA_TESTS_CLI_ISSUER_H
#define NORIA_TESTS_CLI_ISSUER_H

#include <stdint.h>

#include "../../client-cli/commands.h"
#include "../../lib/sw1/act.h"
#include "../../lib/sw1/issue.h"
#include "../../lib/sw1/keyfile.h"

#define ISSUER_URI "https://noria.example/.well-known/noria/status-1.cwt"

/* A new folder with keys/ (and a status list), root/, pass and doc.txt in it, once a program: keys
 * cost seconds of Argon2. Tests work in copies of it: issuer_copy() makes one and goes there. */
void issuer_make(void);
void issuer_end(void);
struct arena *issuer_copy(void);
void issuer_leave(struct arena *arena);

/* Runs a command with its arguments (ended by NULL); what it prints goes to the file "out". */
int issuer_run(int (*command)(struct cli *cli), ...);

/* Files of the folder, as whole contents. */
void issuer_put(const char *name, struct span content);
struct span issuer_get(struct arena *arena, const char *name);

struct sw1_key *issuer_key(struct arena *arena, const char *name);
struct sw1_claims issuer_claims(void);
struct span issuer_text(struct arena *arena);

/* A status list made `age` seconds ago, in which the sample's entry has that status. */
void issuer_status(enum sw1_status status, int64_t age);

/* A PNG with the QR codes of `count` texts side by side, `scale` pixels a module. */
void issuer_png(struct arena *arena, const char *name, const struct span *texts, int count,
                int scale);

/* Their grey pixels. */
uint8_t *issuer_draw(struct arena *arena, const struct span *texts, int count, int scale,
                     int *width, int *height);

#endif
