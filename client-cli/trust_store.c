#include "trust_store.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../lib/base/arena.h"
#include "output.h"
#include "trust_print.h"

const char *store_folder(struct cli *cli) {
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

static void read_seen(struct cli *cli, struct store *store) {
    struct span all;
    if (store->folder == NULL || store->root == NULL ||
        read_file(cli->arena, seen_path(cli, store), &all) != OK) {
        return;
    }
    struct sw1_memory *memory = &store->before;
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

void store_remember(struct cli *cli, const struct store *store) {
    const struct sw1_memory *memory = sw1_verifier_memory(store->verifier);
    if (store->folder == NULL || store->root == NULL || memory_same(memory, &store->before)) {
        return;
    }
    struct buf out;
    buf_init(&out, cli->arena, 256);
    buf_printf(&out, "sequence %lld\nnewest %lld\n", (long long)memory->trust_sequence,
               (long long)memory->newest);
    for (int i = 0; i < memory->count; i++) {
        buf_printf(&out, "list %lld %.*s\n", (long long)memory->seen[i].iat,
                   (int)memory->seen[i].uri.len, memory->seen[i].uri.ptr);
    }
    if (!make_folders(cli, store->folder) ||
        write_file(seen_path(cli, store), (struct span){out.ptr, out.len}, 0600) != OK) {
        fprintf(stderr,
                "noria: what was seen cannot be kept in %s; old lists will not be noticed\n",
                store->folder);
    }
}

/* --- the lists
 * ------------------------------------------------------------------------------------ */

static bool is_folder(const char *path) {
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
    fprintf(stderr, "noria: cannot read %s\n", path);
    return false;
}

static bool take_status(struct cli *cli, struct store *store, const char *path) {
    struct span bytes;
    if (read_file(cli->arena, path, &bytes) != OK) {
        return false;
    }
    enum sw1_code code = sw1_verifier_status(store->verifier, bytes);
    store->status_good += code == SW1_VALID;
    store->status_bad += code != SW1_VALID;
    return true;
}

/* Every status*.cwt of a folder, which may hold other files. */
static void take_folder(struct cli *cli, struct store *store, const char *folder) {
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        size_t len = strlen(entry->d_name);
        if (len > 4 && strcmp(entry->d_name + len - 4, ".cwt") == 0 &&
            strncmp(entry->d_name, "status", 6) == 0) {
            take_status(cli, store, arena_printf(cli->arena, "%s/%s", folder, entry->d_name));
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
}

static bool take_statuses(struct cli *cli, struct store *store) {
    const char *path = cli_option(cli, "status");
    if (path == NULL && store->folder != NULL) {
        take_folder(cli, store, store->folder);
    }
    for (; path != NULL; path = cli_option(cli, "status")) {
        if (is_folder(path)) {
            take_folder(cli, store, path);
        } else if (!take_status(cli, store, path)) {
            fprintf(stderr, "noria: cannot read %s\n", path);
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
    read_seen(cli, store);
    store->verifier = sw1_verifier_new(cli->arena, key, settings, &store->before);
    store->trust_code = key != NULL && trust.ptr != NULL
                            ? sw1_verifier_trust(store->verifier, trust)
                            : SW1_TRUST_STALE;
    return take_statuses(cli, store);
}
