/* settings.h - what the environment says; one table, which `noria-server help` prints. */
#ifndef NORIA_SETTINGS_H
#define NORIA_SETTINGS_H

#include "../lib/base/err.h"

struct settings {
    const char *database_url;
    const char *database_password; /* NULL: none (trust or peer) */
    const char *bind;
    int port;
    const char *base_url;
    const char *issuer;
    const char *keys;            /* NULL: no keys; identities and documents are refused */
    const char *passphrase_file; /* of the signing keys; NULL: systemd's credential */
    const char *spool;
    int loops;
    int attempts;       /* log-ins a minute from one address; 0: any number */
    int asks;           /* questions of strangers a minute from one address; 0: any number */
    int core;           /* 1: a crash may leave a core file, and a debugger may look */
    const char *factor; /* roles that must have a second factor, or "none" */
    const char *proxy;  /* NULL: X-Forwarded-For is not believed */
};

/* Reads the environment; ERR_INVALID_INPUT after a line on stderr that names the wrong variable. */
Err CHECKED settings_read(struct settings *settings);

/* Prints the table: name, default, meaning. */
void settings_print(void);

#endif
