#include "settings.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../lib/base/log.h"
#include "../lib/base/text.h"

enum kind { WORD, NUMBER };

struct setting {
    const char *name;
    enum kind kind;
    size_t offset;
    const char *absent; /* the default; NULL: none */
    int min, max;
    const char *meaning;
};

#define S(member) offsetof(struct settings, member)

static const struct setting table[] = {
    {"NORIA_DATABASE_URL", WORD, S(database_url), "dbname=noria", 0, 0,
     "PostgreSQL, as libpq takes it; `migrate` uses its user, the server its own log-ins"},
    {"NORIA_DB_PASSWORD", WORD, S(database_password), NULL, 0, 0,
     "password of the log-ins noria_employer, noria_partner, noria_ofii, noria_system, "
     "noria_public"},
    {"NORIA_BIND", WORD, S(bind), "127.0.0.1", 0, 0, "IPv4 or IPv6 address to listen on"},
    {"NORIA_PORT", NUMBER, S(port), "8080", 0, 65535, "port to listen on; 0 takes any free one"},
    {"NORIA_BASE_URL", WORD, S(base_url), "http://127.0.0.1:8080", 0, 0,
     "public address, without a final slash; stands in documents"},
    {"NORIA_ISSUER", WORD, S(issuer), "FR:OFII", 0, 0, "issuer named in signed documents"},
    {"NORIA_KEYS", WORD, S(keys), NULL, 0, 0,
     "folder with seal.key, document.key, status.key, root.cosekey, trust.cwt"},
    {"NORIA_PASSPHRASE_FILE", WORD, S(passphrase_file), NULL, 0, 0,
     "file with the passphrase of document.key and status.key (else systemd's noria-passphrase)"},
    {"NORIA_SPOOL", WORD, S(spool), "/tmp", 0, 0, "folder for uploads under way (never kept)"},
    {"NORIA_LOOPS", NUMBER, S(loops), "0", 0, 64, "event loops; 0: one a processor core"},
    {"NORIA_PUBLIC_ASKS", NUMBER, S(asks), "60", 0, 100000,
     "questions a minute of strangers (verify and check pages) from one address on each loop; 0: "
     "any number"},
    {"NORIA_LOGIN_ATTEMPTS", NUMBER, S(attempts), "60", 0, 100000,
     "wrong passwords a minute from one address, for each loop; 0: no limit"},
    {"NORIA_SECOND_FACTOR", WORD, S(factor), "officer,desk,auditor,admin", 0, 0,
     "roles that must log in with a second factor, separated by commas; none: nobody must"},
    {"NORIA_CORE", NUMBER, S(core), "0", 0, 1,
     "1: a crash may leave a core file, which holds keys and identities (developers only)"},
    {"NORIA_PROXY", WORD, S(proxy), NULL, 0, 0,
     "address of the reverse proxy; only from there X-Forwarded-For is believed"},
    {"NORIA_LOG", WORD, SIZE_MAX, "info", 0, 0, "least level logged: debug, info, warn, error"},
};
enum { SETTINGS = sizeof table / sizeof *table };

static Err read_number(const struct setting *setting, const char *value, int *number) {
    int64_t parsed = 0;
    if (!text_int(span_of(value), &parsed) || parsed < setting->min || parsed > setting->max) {
        (void)fprintf(stderr, "%s must be a number between %d and %d\n", setting->name,
                      setting->min, setting->max);
        return ERR_INVALID_INPUT;
    }
    *number = (int)parsed;
    return OK;
}

static Err read_level(const struct setting *setting, const char *value) {
    static const char *const levels[] = {"debug", "info", "warn", "error"}; /* enum log_level */
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        if (strcmp(value, levels[i]) == 0) {
            log_set_level((enum log_level)i);
            return OK;
        }
    }
    (void)fprintf(stderr, "%s must be debug, info, warn or error\n", setting->name);
    return ERR_INVALID_INPUT;
}

Err settings_read(struct settings *settings) {
    for (int i = 0; i < SETTINGS; i++) {
        const struct setting *setting = &table[i];
        const char *value = getenv(setting->name);
        value = value == NULL || value[0] == '\0' ? setting->absent : value;
        unsigned char *member = (unsigned char *)settings + setting->offset;
        if (setting->offset == SIZE_MAX) {
            TRY(read_level(setting, value));
            continue;
        }
        if (setting->kind == WORD) {
            memcpy(member, &value, sizeof value);
        } else {
            int number = 0;
            TRY(read_number(setting, value, &number));
            memcpy(member, &number, sizeof number);
        }
    }
    if (settings->loops == 0) {
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        settings->loops = cores < 1 ? 1 : cores > 64 ? 64 : (int)cores;
    }
    return OK;
}

void settings_print(void) {
    for (int i = 0; i < SETTINGS; i++) {
        printf("  %-21s %s (default: %s)\n", table[i].name, table[i].meaning,
               table[i].absent == NULL ? "none" : table[i].absent);
    }
}
