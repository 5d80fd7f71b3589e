/* noria keys: makes and changes an issuer's keys. Every change is a new trust list, signed by the
 * root key, whose sequence only grows. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "../lib/base/arena.h"
#include "../lib/base/date.h"
#include "../lib/sw1/treehead.h"
#include "keys_dir.h"
#include "output.h"
#include "trust_print.h"

enum { DAY = 86400, TRUST_DAYS = 400, KEY_DAYS = 1100, OVERLAP_DAYS = 7, SEAL_KEY = 64 };

/* How long things are good for. */
struct terms {
    int64_t now;
    int64_t from;       /* keys may sign from here */
    int64_t key_days;   /* and for so long */
    int64_t trust_days; /* verifiers want a newer list after that */
    int64_t overlap;    /* days that a key which was replaced goes on being good for */
};

static int failed(struct keys_result result) {
    fprintf(stderr, "noria: %s\n", result.problem);
    return EXIT_UNREADABLE;
}

static bool option_days(struct cli *cli, const char *name, int64_t least, int64_t most,
                        int64_t *days) {
    const char *text = cli_option(cli, name);
    return text == NULL || (text_int(span_of(text), days) && *days >= least && *days <= most);
}

static bool read_terms(struct cli *cli, struct terms *terms) {
    *terms = (struct terms){time(NULL), 0, KEY_DAYS, TRUST_DAYS, OVERLAP_DAYS};
    terms->from = terms->now - DAY; /* clocks differ */
    const char *from = cli_option(cli, "from");
    date day;
    if (from != NULL) {
        if (!date_parse(span_of(from), &day) || day < 0) {
            return false;
        }
        terms->from = (int64_t)day * DAY;
    }
    return option_days(cli, "key-days", 1, 3660, &terms->key_days) &&
           option_days(cli, "trust-days", 1, 3660, &terms->trust_days) &&
           option_days(cli, "overlap-days", 0, 30, &terms->overlap);
}

/* A list later than all before it. */
static void renew(struct sw1_trust *trust, const struct terms *terms) {
    trust->sequence++;
    trust->iat = terms->now > trust->iat ? terms->now : trust->iat;
    trust->exp = trust->iat + terms->trust_days * DAY;
}

static const char *file_of(enum sw1_purpose purpose) {
    return purpose == SW1_FOR_DOCUMENTS ? "document.key" : "status.key";
}

/* Takes over the salt of a key that is there, so that the server stretches the passphrase once. */
static void share_salt(struct cli *cli, struct keys_dir *keys, enum sw1_purpose purpose) {
    struct sw1_key *other;
    struct span bytes;
    if (!keys->lock.stretched &&
        read_file(cli->arena, keys_path(cli, keys->dir, file_of(purpose)), &bytes) == OK &&
        sw1_keyfile_open(cli->arena, bytes, &keys->lock, &other) != OK) {
        sw1_lock_wipe(&keys->lock); /* of another passphrase: nothing is shared with it */
    }
}

/* A new active key of that purpose, in the list and in its file. */
static struct keys_result add_key(struct cli *cli, struct keys_dir *keys, const struct terms *terms,
                                  enum sw1_purpose purpose) {
    struct sw1_key *key;
    if (keys->trust.count == SW1_TRUST_KEYS_MAX || sw1_key_generate(cli->arena, &key) != OK) {
        return (struct keys_result){false, "no further key can be made"};
    }
    keys->trust.keys[keys->trust.count++] = (struct sw1_trust_key){
        key, purpose, terms->from, terms->from + terms->key_days * DAY, SW1_ACTIVE};
    share_salt(cli, keys, purpose);
    return keys_dir_put(cli, keys->dir, file_of(purpose), key, &keys->lock, SW1_SERVING);
}

/* The keys that seal identities: random bytes, made once; without them no identity is ever read. */
static struct keys_result make_seal(struct cli *cli, const struct keys_dir *keys) {
    const char *path = keys_path(cli, keys->dir, "seal.key");
    uint8_t bytes[SEAL_KEY];
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return (struct keys_result){errno == EEXIST, "cannot write seal.key"};
    }
    if (sodium_init() < 0) {
        close(fd);
        return (struct keys_result){false, "no random numbers"};
    }
    randombytes_buf(bytes, sizeof bytes);
    bool written = write(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes && fsync(fd) == 0;
    sodium_memzero(bytes, sizeof bytes);
    written = close(fd) == 0 && written;
    return (struct keys_result){written, "cannot write seal.key"};
}

static struct keys_result certify_log(struct cli *cli, const struct keys_dir *keys,
                                      const struct terms *terms, const struct sw1_logkeys *log) {
    struct span certificate;
    bool written = sw1_logkeys_write(cli->arena, keys->root, keys->trust.iss, terms->now, log,
                                     &certificate) == OK &&
                   write_file(keys_path(cli, keys->dir, "log.cwt"), certificate, 0644) == OK;
    return (struct keys_result){written, "cannot write log.cwt"};
}

/* The keys of the log as this root certified them. */
static bool read_log(struct cli *cli, const struct keys_dir *keys, struct sw1_logkeys *log) {
    struct span bytes;
    return read_file(cli->arena, keys_path(cli, keys->dir, "log.cwt"), &bytes) == OK &&
           sw1_logkeys_read(cli->arena, bytes, keys->root, log);
}

/* The key that signs the heads of the audit log, with the root's word for it. One that is there
 * stays, and gets the word of this root. */
static struct keys_result make_log(struct cli *cli, struct keys_dir *keys,
                                   const struct terms *terms) {
    struct sw1_key *key = NULL;
    struct span bytes;
    struct sw1_logkeys log;
    struct keys_result result = {true, NULL};
    if (read_file(cli->arena, keys_path(cli, keys->dir, "log.key"), &bytes) == OK) {
        if (sw1_keyfile_open(cli->arena, bytes, &keys->lock, &key) != OK) {
            return (struct keys_result){false, "the passphrase does not open log.key"};
        }
    } else if (sw1_key_generate(cli->arena, &key) != OK) {
        return (struct keys_result){false, "no log key could be made"};
    } else {
        result = keys_dir_put(cli, keys->dir, "log.key", key, &keys->lock, SW1_SERVING);
    }
    if (!read_log(cli, keys, &log) || !sw1_key_same(sw1_logkeys_newest(&log), key)) {
        log = sw1_logkeys_one(key);
    }
    return result.ok ? certify_log(cli, keys, terms, &log) : result;
}

/* A new key of the audit log. The one before it is certified until the server has the new one. */
static struct keys_result rotate_log(struct cli *cli, struct keys_dir *keys,
                                     const struct terms *terms) {
    struct sw1_key *key;
    struct sw1_logkeys log;
    if (!read_log(cli, keys, &log)) {
        return (struct keys_result){false, "there is no log key of this root: noria keys log"};
    }
    if (sw1_key_generate(cli->arena, &key) != OK ||
        sw1_logkeys_add(&log, key, terms->now + terms->overlap * DAY) != OK) {
        return (struct keys_result){false, "no further log key can be made"};
    }
    share_salt(cli, keys, SW1_FOR_DOCUMENTS);
    struct keys_result result =
        keys_dir_put(cli, keys->dir, "log.key", key, &keys->lock, SW1_SERVING);
    return result.ok ? certify_log(cli, keys, terms, &log) : result;
}

static struct keys_result write_root(struct cli *cli, struct keys_dir *keys) {
    struct span public;
    if (sw1_key_generate(cli->arena, &keys->root) != OK ||
        sw1_key_write(cli->arena, keys->root, false, &public) != OK) {
        return (struct keys_result){false, "no root key could be made"};
    }
    const char *folders[] = {keys->dir, keys->root_dir};
    for (int i = 0; i < 2; i++) {
        if ((mkdir(folders[i], 0700) != 0 && errno != EEXIST) ||
            write_file(keys_path(cli, folders[i], "root.cosekey"), public, 0644) != OK) {
            return (struct keys_result){
                false, arena_printf(cli->arena, "cannot write into %s", folders[i])};
        }
    }
    return keys_dir_put(cli, keys->root_dir, "root.key", keys->root, &keys->root_lock, SW1_OFFLINE);
}

static int print_trust(struct cli *cli, const struct keys_dir *keys) {
    trust_print(cli, keys->root, &keys->trust);
    return EXIT_DONE;
}

static int keys_init(struct cli *cli, const struct terms *terms) {
    struct keys_dir keys;
    const char *issuer = cli_option(cli, "issuer");
    struct keys_result result = keys_dir_arguments(cli, &keys, true);
    if (!result.ok) {
        return cli_usage("keys", result.problem);
    }
    if (access(keys_path(cli, keys.root_dir, "root.key"), F_OK) == 0 ||
        access(keys_path(cli, keys.dir, "trust.cwt"), F_OK) == 0) {
        fprintf(stderr, "noria: there are keys already; `noria keys rotate` makes new ones\n");
        return EXIT_REFUSED;
    }
    keys.trust.iss = span_of(issuer != NULL ? issuer : "FR:OFII");
    result = write_root(cli, &keys);
    if (result.ok) {
        result = make_seal(cli, &keys);
    }
    for (enum sw1_purpose p = SW1_FOR_DOCUMENTS; result.ok && p <= SW1_FOR_STATUS; p++) {
        result = add_key(cli, &keys, terms, p);
    }
    if (result.ok) {
        result = make_log(cli, &keys, terms);
    }
    renew(&keys.trust, terms);
    if (result.ok) {
        result = keys_dir_sign(cli, &keys);
    }
    return result.ok ? print_trust(cli, &keys) : failed(result);
}

/* Opens folder and root for a change of the list. */
static struct keys_result open_for_change(struct cli *cli, struct keys_dir *keys) {
    struct keys_result result = keys_dir_arguments(cli, keys, true);
    if (result.ok) {
        result = keys_dir_read(cli, keys);
    }
    return result.ok ? keys_dir_unlock(cli, keys) : result;
}

/* Says when the list leaves the server without a key to sign with. */
static void tell_missing(const struct sw1_trust *trust) {
    static const char *const words[] = {
        [SW1_FOR_DOCUMENTS] = "documents", [SW1_FOR_STATUS] = "status"};
    for (enum sw1_purpose p = SW1_FOR_DOCUMENTS; p <= SW1_FOR_STATUS; p++) {
        bool active = false;
        for (int i = 0; i < trust->count; i++) {
            active = active || (trust->keys[i].purpose == p && trust->keys[i].state == SW1_ACTIVE);
        }
        if (!active) {
            fprintf(stderr,
                    "noria: no key for %s is active now; `noria keys rotate --purpose %s` makes "
                    "one\n",
                    words[p], words[p]);
        }
    }
}

static int close_change(struct cli *cli, struct keys_dir *keys, const struct terms *terms,
                        struct keys_result result) {
    if (result.ok) {
        renew(&keys->trust, terms);
        result = keys_dir_sign(cli, keys);
    }
    if (!result.ok) {
        return failed(result);
    }
    tell_missing(&keys->trust);
    return print_trust(cli, keys);
}

/* The key of a purpose that signs now retires: what it signed stays good, and what it signs until
 * the server has the new key. */
static void retire_purpose(struct sw1_trust *trust, enum sw1_purpose purpose, int64_t until) {
    for (int i = 0; i < trust->count; i++) {
        struct sw1_trust_key *key = &trust->keys[i];
        if (key->purpose == purpose && key->state == SW1_ACTIVE) {
            key->state = SW1_RETIRED;
            key->not_after = until < key->not_after ? until : key->not_after;
        }
    }
}

static int keys_rotate(struct cli *cli, const struct terms *terms) {
    struct keys_dir keys;
    const char *word = cli_option(cli, "purpose");
    bool log = word != NULL && strcmp(word, "log") == 0;
    enum sw1_purpose purpose =
        word != NULL && strcmp(word, "status") == 0 ? SW1_FOR_STATUS : SW1_FOR_DOCUMENTS;
    if (word != NULL && purpose == SW1_FOR_DOCUMENTS && !log && strcmp(word, "documents") != 0) {
        return cli_usage("keys", "--purpose is documents, status or log");
    }
    struct keys_result result = open_for_change(cli, &keys);
    if (log) {
        result = result.ok ? rotate_log(cli, &keys, terms) : result;
        return result.ok ? print_trust(cli, &keys) : failed(result);
    }
    if (result.ok) {
        retire_purpose(&keys.trust, purpose, terms->now + terms->overlap * DAY);
        result = add_key(cli, &keys, terms, purpose);
    }
    return close_change(cli, &keys, terms, result);
}

static struct sw1_trust_key *find_key(struct sw1_trust *trust, const char *hex) {
    uint8_t kid[SW1_KID];
    if (hex == NULL || !text_unhex(span_of(hex), kid, SW1_KID)) {
        return NULL;
    }
    for (int i = 0; i < trust->count; i++) {
        if (memcmp(sw1_key_kid(trust->keys[i].key), kid, SW1_KID) == 0) {
            return &trust->keys[i];
        }
    }
    return NULL;
}

static int set_state(struct cli *cli, const struct terms *terms, enum sw1_key_state state) {
    struct keys_dir keys;
    struct keys_result result = open_for_change(cli, &keys);
    if (!result.ok) {
        return failed(result);
    }
    struct sw1_trust_key *key = find_key(&keys.trust, cli->argc > 0 ? cli->argv[0] : NULL);
    if (key == NULL) {
        return cli_usage("keys", "name a key of the list by its 16 digits (`noria keys show`)");
    }
    if (key->state == SW1_COMPROMISED && state == SW1_RETIRED) {
        fprintf(stderr, "noria: a compromised key stays compromised\n");
        return EXIT_REFUSED;
    }
    key->state = state;
    if (state == SW1_RETIRED && terms->now < key->not_after) {
        key->not_after = terms->now;
    }
    return close_change(cli, &keys, terms, result);
}

static int keys_retire(struct cli *cli, const struct terms *terms) {
    return set_state(cli, terms, SW1_RETIRED);
}

static int keys_compromise(struct cli *cli, const struct terms *terms) {
    return set_state(cli, terms, SW1_COMPROMISED);
}

static int keys_renew(struct cli *cli, const struct terms *terms) {
    struct keys_dir keys;
    struct keys_result result = open_for_change(cli, &keys);
    return close_change(cli, &keys, terms, result);
}

/* For a folder made before there was an audit log, or a root that has changed. */
static int keys_log(struct cli *cli, const struct terms *terms) {
    struct keys_dir keys;
    struct keys_result result = open_for_change(cli, &keys);
    if (result.ok) {
        result = make_log(cli, &keys, terms);
    }
    return result.ok ? print_trust(cli, &keys) : failed(result);
}

static int keys_show(struct cli *cli, const struct terms *terms) {
    (void)terms;
    struct keys_dir keys;
    struct keys_result result = keys_dir_arguments(cli, &keys, false);
    if (result.ok) {
        result = keys_dir_read(cli, &keys);
    }
    return result.ok ? print_trust(cli, &keys) : failed(result);
}

static int keys_export(struct cli *cli, const struct terms *terms) {
    (void)terms;
    struct keys_dir keys;
    const char *to = cli_option(cli, "to");
    struct keys_result result = keys_dir_arguments(cli, &keys, false);
    if (result.ok) {
        result = keys_dir_read(cli, &keys);
    }
    if (to == NULL && cli->argc > 0) {
        to = cli->argv[0];
    }
    if (to == NULL) {
        return cli_usage("keys", "say where to: noria keys export DIR TO");
    }
    struct span public;
    if (!result.ok || sw1_key_write(cli->arena, keys.root, false, &public) != OK) {
        return failed(result);
    }
    if ((mkdir(to, 0755) != 0 && errno != EEXIST) ||
        write_file(keys_path(cli, to, "root.cosekey"), public, 0644) != OK ||
        write_file(keys_path(cli, to, "trust.cwt"), keys.trust_bytes, 0644) != OK) {
        return failed((struct keys_result){false, "cannot write there"});
    }
    return print_trust(cli, &keys);
}

static const struct {
    const char *name;
    int (*run)(struct cli *cli, const struct terms *terms);
} verbs[] = {{"init", keys_init},   {"rotate", keys_rotate},         {"retire", keys_retire},
             {"renew", keys_renew}, {"compromise", keys_compromise}, {"log", keys_log},
             {"show", keys_show},   {"export", keys_export},         {NULL, NULL}};

int cmd_keys(struct cli *cli) {
    struct terms terms;
    if (!read_terms(cli, &terms)) {
        return cli_usage("keys",
                         "days are 1 to 3660 (--overlap-days 0 to 30), --from is YYYY-MM-DD");
    }
    const char *verb = cli->argc > 0 ? cli->argv[0] : "";
    for (int i = 0; verbs[i].name != NULL; i++) {
        if (strcmp(verbs[i].name, verb) == 0) {
            cli->argc--;
            cli->argv++;
            return verbs[i].run(cli, &terms);
        }
    }
    return cli_usage("keys", "say init, rotate, retire, compromise, renew, log, show or export");
}
