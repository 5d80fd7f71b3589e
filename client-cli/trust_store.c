#include "trust_store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/arena.h"
#include "output.h"
#include "trust_print.h"

/* --state DIR, else $XDG_STATE_HOME/noria, else ~/.local/state/noria; NULL when there is no home.
 */
static const char *store_folder(struct cli *cli) {
    const char *given = cli_option(cli, "state");
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (given != NULL) {
        return given;
    }
    if (state != NULL && *state == '/') {
        return arena_printf(cli->arena, "%s/noria", state);
    }
    return home != NULL && *home == '/' ? arena_printf(cli->arena, "%s/.local/state/noria", home)
                                        : NULL;
}

bool make_folders(struct cli *cli, const char *path) {
    char *copy = arena_strdup(cli->arena, path);
    for (char *at = copy + 1; *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            mkdir(copy, 0700);
            *at = '/';
        }
    }
    return mkdir(copy, 0700) == 0 || errno == EEXIST;
}

/* --- what was seen ------------------------------------------------------------------------------
 */

static const char *seen_path(struct cli *cli, const struct store *store) {
    return arena_printf(cli->arena, "%s/seen-%.16s", store->folder,
                        root_fingerprint(cli->arena, store->root));
}

/* "word number[ rest]"; false for another line. */
static bool seen_line(struct span line, const char *word, int64_t *number, struct span *rest) {
    size_t at = strlen(word);
    if (line.len <= at + 1 || memcmp(line.ptr, word, at) != 0 || line.ptr[at] != ' ') {
        return false;
    }
    struct span value = {line.ptr + at + 1, line.len - at - 1};
    const char *space = memchr(value.ptr, ' ', value.len);
    *rest = (struct span){0};
    if (space != NULL) {
        size_t used = (size_t)(space - value.ptr) + 1;
        *rest = (struct span){value.ptr + used, value.len - used};
        value.len = used - 1;
    }
    return text_int(value, number) && *number >= 0;
}

static void read_seen(struct cli *cli, const struct store *store, struct sw1_memory *memory) {
    struct span all;
    *memory = (struct sw1_memory){0};
    if (store->folder == NULL || store->root == NULL ||
        read_file(cli->arena, seen_path(cli, store), &all) != OK) {
        return;
    }
    while (all.len > 0) {
        const char *end = memchr(all.ptr, '\n', all.len);
        size_t len = end != NULL ? (size_t)(end - all.ptr) : all.len;
        struct span line = {all.ptr, len};
        int64_t number;
        struct span rest;
        if (seen_line(line, "sequence", &number, &rest)) {
            memory->trust_sequence = number;
        } else if (seen_line(line, "newest", &number, &rest)) {
            memory->newest = number;
        } else if (seen_line(line, "list", &number, &rest) && memory->count < SW1_LISTS_MAX) {
            memory->seen[memory->count++] = (struct sw1_seen){rest, number};
        }
        len += end != NULL;
        all = (struct span){all.ptr + len, all.len - len};
    }
}

static bool memory_same(const struct sw1_memory *a, const struct sw1_memory *b) {
    bool same =
        a->trust_sequence == b->trust_sequence && a->newest == b->newest && a->count == b->count;
    for (int i = 0; same && i < a->count; i++) {
        same = a->seen[i].iat == b->seen[i].iat && span_equal(a->seen[i].uri, b->seen[i].uri);
    }
    return same;
}

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* The most of both. */
static void merge_seen(struct sw1_memory *memory, const struct sw1_memory *other) {
    memory->trust_sequence = larger(memory->trust_sequence, other->trust_sequence);
    memory->newest = larger(memory->newest, other->newest);
    for (int i = 0; i < other->count; i++) {
        int at = 0;
        while (at < memory->count && !span_equal(memory->seen[at].uri, other->seen[i].uri)) {
            at++;
        }
        if (at < memory->count) {
            memory->seen[at].iat = larger(memory->seen[at].iat, other->seen[i].iat);
        } else if (at < SW1_LISTS_MAX) {
            memory->seen[memory->count++] = other->seen[i];
        }
    }
}

static bool write_seen(struct cli *cli, const struct store *store,
                       const struct sw1_memory *memory) {
    struct buf out;
    buf_init(&out, cli->arena, 256);
    buf_printf(&out, "sequence %lld\nnewest %lld\n", (long long)memory->trust_sequence,
               (long long)memory->newest);
    for (int i = 0; i < memory->count; i++) {
        buf_printf(&out, "list %lld %.*s\n", (long long)memory->seen[i].iat,
                   (int)memory->seen[i].uri.len, memory->seen[i].uri.ptr);
    }
    return write_file(seen_path(cli, store), (struct span){out.ptr, out.len}, 0600) == OK;
}

void store_remember(struct cli *cli, const struct store *store) {
    struct sw1_memory memory = *sw1_verifier_memory(store->verifier);
    if (store->folder == NULL || store->root == NULL || memory_same(&memory, &store->before)) {
        return;
    }
    /* One verifier writes at a time, so that none forgets what another has just seen. */
    bool made = make_folders(cli, store->folder);
    int lock = open(arena_printf(cli->arena, "%s/lock", store->folder),
                    O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    bool locked = made && lock >= 0 && flock(lock, LOCK_EX) == 0;
    struct sw1_memory now;
    read_seen(cli, store, &now);
    merge_seen(&memory, &now);
    if (!locked || !write_seen(cli, store, &memory)) {
        fprintf(stderr,
                "noria: what was seen cannot be kept in %s; old lists will not be noticed\n",
                text_safe(cli->arena, store->folder));
    }
    if (lock >= 0) {
        close(lock);
    }
}

/* --- the lists
 * ------------------------------------------------------------------------------------ */

bool is_folder(const char *path) {
    struct stat at;
    return stat(path, &at) == 0 && S_ISDIR(at.st_mode);
}

/* The option's file, or `name` in the folder it names, or in the store's folder. False when a file
 * was named and cannot be read; `bytes` is left when there is none. */
static bool read_list(struct cli *cli, const struct store *store, const char *option,
                      const char *name, struct span *bytes) {
    const char *given = cli_option(cli, option);
    const char *path = given;
    if (given != NULL && is_folder(given)) {
        path = arena_printf(cli->arena, "%s/%s", given, name);
    } else if (given == NULL && store->folder != NULL) {
        path = arena_printf(cli->arena, "%s/%s", store->folder, name);
    }
    if (path == NULL || read_file(cli->arena, path, bytes) == OK || given == NULL) {
        return true;
    }
    fprintf(stderr, "noria: cannot read %s\n", text_safe(cli->arena, path));
    return false;
}

/* A list that is read but not usable is counted: the documents that need it will say so. */
struct taking {
    struct cli *cli;
    struct store *store;
};

static bool take_status(void *context, const char *path) {
    const struct taking *taking = context;
    struct span bytes;
    if (read_file(taking->cli->arena, path, &bytes) != OK) {
        fprintf(stderr, "noria: cannot read %s\n", text_safe(taking->cli->arena, path));
        return false;
    }
    enum sw1_code code = sw1_verifier_status(taking->store->verifier, bytes);
    taking->store->status_good += code == SW1_VALID;
    taking->store->status_bad += code != SW1_VALID;
    return true;
}

static bool is_status(const char *name) {
    size_t len = strlen(name);
    return len > 4 && strcmp(name + len - 4, ".cwt") == 0 && strncmp(name, "status", 6) == 0;
}

bool each_status(struct cli *cli, const char *folder, bool (*take)(void *context, const char *path),
                 void *context) {
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    bool good = dir != NULL;
    while (good && (entry = readdir(dir)) != NULL) {
        good = !is_status(entry->d_name) ||
               take(context, arena_printf(cli->arena, "%s/%s", folder, entry->d_name));
    }
    if (dir != NULL) {
        closedir(dir);
    }
    return good;
}

static bool take_statuses(struct cli *cli, struct store *store) {
    struct taking taking = {cli, store};
    const char *path = cli_option(cli, "status");
    if (path == NULL && store->folder != NULL) {
        (void)each_status(cli, store->folder, take_status, &taking); /* there may be none yet */
    }
    for (; path != NULL; path = cli_option(cli, "status")) {
        if (!(is_folder(path) ? each_status(cli, path, take_status, &taking)
                              : take_status(&taking, path))) {
            return false;
        }
    }
    return true;
}

bool store_open(struct cli *cli, const struct sw1_settings *settings, struct store *store) {
    *store = (struct store){.folder = store_folder(cli)};
    struct span root = {0};
    struct span trust = {0};
    if (!read_list(cli, store, "root", "root.cosekey", &root) ||
        !read_list(cli, store, "trust", "trust.cwt", &trust)) {
        return false;
    }
    struct sw1_key *key = NULL;
    if (root.ptr != NULL && !sw1_key_read(cli->arena, root, &key)) {
        fprintf(stderr, "noria: the root key is not a COSE_Key of P-256\n");
        return false;
    }
    store->root = key;
    read_seen(cli, store, &store->before);
    store->verifier = sw1_verifier_new(cli->arena, key, settings, &store->before);
    store->trust_code = key != NULL && trust.ptr != NULL
                            ? sw1_verifier_trust(store->verifier, trust)
                            : SW1_TRUST_STALE;
    return take_statuses(cli, store);
}
