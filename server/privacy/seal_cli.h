/* seal_cli.h - `noria-server seal`: the keys outside the database, by the hand of who runs it. */
#ifndef NORIA_PRIVACY_SEAL_CLI_H
#define NORIA_PRIVACY_SEAL_CLI_H

struct settings;

/* show: versions, and how much needs each. rotate: one more, for servers from their next start.
 * rewrap: every data key under the newest. drop VERSION: only when nothing needs it. */
int seal_command(const struct settings *settings, int argc, char **argv);

#endif
