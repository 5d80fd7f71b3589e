/* account_cli.h - `noria-server account`: accounts from the command line, for the first
 * administrator and for operators who are locked out. */
#ifndef NORIA_ACCOUNT_CLI_H
#define NORIA_ACCOUNT_CLI_H

struct settings;

/* bootstrap EMAIL: in a database without accounts, makes the organisation OFII and its first
 * administrator; nothing when there are accounts already.
 * add EMAIL ROLE ORG_ID NAME: makes an account.
 * The password comes from NORIA_PASSWORD, else from one line of standard input. */
int account_command(const struct settings *settings, int argc, char **argv);

#endif
