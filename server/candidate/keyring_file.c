/* keyring_file.c - seal.key: read, made, rotated (keyring.h says its two forms). */
#include "keyring_own.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "../../lib/base/arena.h"

enum {
    KEY = 32,
    MARK = 4,
    ENTRY = SEAL_VERSION_BYTES + KEY,
    SUM = 16,
    FILE_MAX = MARK + KEY + 1 + SEAL_DIGEST_KEYS * KEY + SEAL_VERSIONS * ENTRY + SUM,
    PATH_SIZE = 4096
};
static const uint8_t mark[MARK] = {'N', 'S', 'K', '1'};
static const uint8_t mark2[MARK] = {'N', 'S', 'K', '2'};
_Static_assert(SEAL_FIRST == 2 * KEY, "the file as it is made");

static void wipe_seal(void *object) {
    sodium_memzero(object, sizeof(struct seal));
}

static struct seal *new_seal(struct arena *arena) {
    struct seal *seal = ARENA_NEW(arena, struct seal);
    arena_defer(arena, wipe_seal, seal);
    return seal;
}

const struct seal *seal_from(struct arena *arena, const uint8_t bytes[SEAL_FIRST]) {
    struct seal *seal = new_seal(arena);
    seal->count = 1;
    seal->rings[0].version = 1;
    memcpy(seal->rings[0].key, bytes, KEY);
    memcpy(seal->blind, bytes + KEY, KEY);
    return seal;
}

/* The digest keys beyond the first; where they end, NULL when they do not end in time. */
static const uint8_t *parse_digests(const uint8_t *at, const uint8_t *end, struct seal *seal) {
    size_t room = (size_t)(end - at);
    if (room < 1 || at[0] > SEAL_DIGEST_KEYS || room - 1 < (size_t)at[0] * KEY) {
        return NULL;
    }
    seal->digests = at[0];
    memcpy(seal->digest, at + 1, (size_t)at[0] * KEY);
    return at + 1 + (size_t)at[0] * KEY;
}

static Err parse_rings(const uint8_t *at, const uint8_t *end, struct seal *seal) {
    size_t room = (size_t)(end - at);
    if (room < ENTRY || room % ENTRY != 0 || room / ENTRY > SEAL_VERSIONS) {
        return ERR_IO;
    }
    for (; at < end; at += ENTRY) {
        struct seal_ring *ring = &seal->rings[seal->count++];
        ring->version = at[0] << 8 | at[1];
        memcpy(ring->key, at + SEAL_VERSION_BYTES, KEY);
        if (ring->version == 0 || (seal->count > 1 && ring->version <= ring[-1].version)) {
            return ERR_IO;
        }
    }
    return OK;
}

/* A form with a mark: a file that lost a byte, or a key, is not taken. */
static Err parse(const uint8_t *bytes, size_t size, struct seal *seal) {
    uint8_t sum[SUM];
    if (size < MARK + KEY + ENTRY + SUM) {
        return ERR_IO;
    }
    const uint8_t *end = bytes + size - SUM;
    crypto_generichash(sum, SUM, bytes, size - SUM, NULL, 0);
    bool second = memcmp(bytes, mark2, MARK) == 0;
    if ((!second && memcmp(bytes, mark, MARK) != 0) || memcmp(end, sum, SUM) != 0) {
        return ERR_IO;
    }
    memcpy(seal->blind, bytes + MARK, KEY);
    const uint8_t *at = bytes + MARK + KEY;
    at = second ? parse_digests(at, end, seal) : at;
    return at == NULL ? ERR_IO : parse_rings(at, end, seal);
}

static bool path_of(const char *folder, const char *name, char path[PATH_SIZE]) {
    int length = snprintf(path, PATH_SIZE, "%s/%s", folder, name);
    return length > 0 && length < PATH_SIZE;
}

/* At most `size` bytes of a file; -1 when it cannot be read or is longer. */
static ssize_t read_up_to(int fd, uint8_t *bytes, size_t size) {
    size_t have = 0;
    for (;;) {
        uint8_t more;
        ssize_t got = have < size ? read(fd, bytes + have, size - have) : read(fd, &more, 1);
        if (got <= 0) {
            return got == 0 ? (ssize_t)have : -1;
        }
        if (have == size) {
            return -1;
        }
        have += (size_t)got;
    }
}

Err seal_load(struct arena *arena, const char *folder, const struct seal **seal) {
    char path[PATH_SIZE];
    uint8_t bytes[FILE_MAX];
    Err err = OK;
    if (sodium_init() < 0) {
        return ERR_CRYPTO;
    }
    int fd = path_of(folder, "seal.key", path) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0) {
        return ERR_IO;
    }
    ssize_t size = read_up_to(fd, bytes, sizeof bytes);
    close(fd);
    if (size == SEAL_FIRST && memcmp(bytes, mark, MARK) != 0 && memcmp(bytes, mark2, MARK) != 0) {
        *seal = seal_from(arena, bytes);
    } else {
        struct seal *ring = new_seal(arena);
        err = size < 0 ? ERR_IO : parse(bytes, (size_t)size, ring);
        if (err == OK) {
            *seal = ring;
        }
    }
    sodium_memzero(bytes, sizeof bytes);
    return err;
}

/* Writes a new file; ERR_CONFLICT when it is there. */
static Err write_new(const char *path, const uint8_t *bytes, size_t size) {
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        return errno == EEXIST ? ERR_CONFLICT : ERR_IO;
    }
    bool written = write(fd, bytes, size) == (ssize_t)size && fsync(fd) == 0;
    written = close(fd) == 0 && written;
    if (!written) {
        unlink(path);
    }
    return written ? OK : ERR_IO;
}

Err seal_create(const char *folder) {
    char path[PATH_SIZE];
    uint8_t bytes[SEAL_FIRST];
    if (sodium_init() < 0) {
        return ERR_CRYPTO;
    }
    if (!path_of(folder, "seal.key", path)) {
        return ERR_IO;
    }
    randombytes_buf(bytes, sizeof bytes);
    Err err = write_new(path, bytes, sizeof bytes);
    sodium_memzero(bytes, sizeof bytes);
    return err == ERR_CONFLICT ? OK : err;
}

/* The folder's own entries reach the disk with the new name. */
static Err sync_folder(const char *folder) {
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) {
        close(fd);
    }
    return done ? OK : ERR_IO;
}

/* The bytes of the file with their sum; how many without it. */
static size_t form(const struct seal *seal, uint8_t bytes[FILE_MAX]) {
    size_t size = MARK + KEY;
    memcpy(bytes, seal->digests > 0 ? mark2 : mark, MARK);
    memcpy(bytes + MARK, seal->blind, KEY);
    if (seal->digests > 0) {
        bytes[size++] = (uint8_t)seal->digests;
        memcpy(bytes + size, seal->digest, (size_t)seal->digests * KEY);
        size += (size_t)seal->digests * KEY;
    }
    for (int i = 0; i < seal->count; i++, size += ENTRY) {
        bytes[size] = (uint8_t)(seal->rings[i].version >> 8);
        bytes[size + 1] = (uint8_t)seal->rings[i].version;
        memcpy(bytes + size + SEAL_VERSION_BYTES, seal->rings[i].key, KEY);
    }
    crypto_generichash(bytes + size, SUM, bytes, size, NULL, 0);
    return size;
}

/* Puts the ring in the file's place: a crash leaves the old or the new one, never half of one. A
 * second command at the same time finds the new name taken (ERR_IO). */
static Err replace(const char *folder, const struct seal *seal) {
    char path[PATH_SIZE];
    char fresh[PATH_SIZE];
    uint8_t bytes[FILE_MAX];
    if (!path_of(folder, "seal.key", path) || !path_of(folder, "seal.key.new", fresh)) {
        return ERR_IO;
    }
    size_t size = form(seal, bytes);
    Err err = write_new(fresh, bytes, size + SUM);
    sodium_memzero(bytes, sizeof bytes);
    if (err != OK) {
        return ERR_IO;
    }
    if (rename(fresh, path) != 0) {
        unlink(fresh);
        return ERR_IO;
    }
    return sync_folder(folder);
}

Err seal_rotate(const char *folder, int *version) {
    struct arena *arena = arena_new();
    struct seal *ring = new_seal(arena);
    const struct seal *old = NULL;
    Err err = seal_load(arena, folder, &old);
    if (err == OK && (old->count == SEAL_VERSIONS || old->rings[old->count - 1].version == 65535)) {
        err = ERR_LIMIT;
    }
    if (err == OK) {
        *ring = *old;
        ring->rings[ring->count].version = old->rings[old->count - 1].version + 1;
        randombytes_buf(ring->rings[ring->count++].key, KEY);
        err = replace(folder, ring);
    }
    if (err == OK) {
        *version = ring->rings[ring->count - 1].version;
    }
    arena_free(arena);
    return err;
}

Err seal_rotate_digests(const char *folder, int *version) {
    struct arena *arena = arena_new();
    struct seal *ring = new_seal(arena);
    const struct seal *old = NULL;
    Err err = seal_load(arena, folder, &old);
    if (err == OK && old->digests == SEAL_DIGEST_KEYS) {
        err = ERR_LIMIT;
    }
    if (err == OK) {
        *ring = *old;
        randombytes_buf(ring->digest[ring->digests++], KEY);
        err = replace(folder, ring);
    }
    if (err == OK) {
        *version = seal_digest_version(ring);
    }
    arena_free(arena);
    return err;
}

Err seal_drop(const char *folder, int version) {
    struct arena *arena = arena_new();
    struct seal *ring = new_seal(arena);
    const struct seal *old = NULL;
    Err err = seal_load(arena, folder, &old);
    if (err == OK &&
        (seal_ring(old, version) == NULL || old->rings[old->count - 1].version == version)) {
        err = ERR_NOT_FOUND;
    }
    if (err == OK) {
        *ring = *old;
        ring->count = 0;
        for (int i = 0; i < old->count; i++) {
            if (old->rings[i].version != version) {
                ring->rings[ring->count++] = old->rings[i];
            }
        }
        err = replace(folder, ring);
    }
    arena_free(arena);
    return err;
}
