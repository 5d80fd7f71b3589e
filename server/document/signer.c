#include "signer.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/log.h"
#include "../../lib/sw1/keyfile.h"
#include "../../lib/sw1/treehead.h"

/* A signed list. Its bytes have an arena of their own, so that they can be replaced. */
struct kept {
    struct arena *arena;
    int64_t version;
    int64_t made_at;
    struct span bytes;
};

/* The one part of a signer that changes. */
struct lists {
    pthread_mutex_t lock;
    struct kept kept[SIGNER_LIST_MAX];
};

struct signer {
    struct span root_bytes;
    struct span trust_bytes;
    const struct sw1_key *root;
    const struct sw1_key *document;
    const struct sw1_key *status;
    const struct sw1_key *log;
    struct span log_bytes; /* its certificate */
    struct lists *lists;
};

enum { FILE_MAX = 64 * 1024 };

static Err read_small(struct arena *arena, const char *path, struct span *content) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return ERR_IO;
    }
    char *bytes = arena_alloc(arena, FILE_MAX);
    size_t len = 0;
    ssize_t got = 0;
    while (len < FILE_MAX && (got = read(fd, bytes + len, FILE_MAX - len)) > 0) {
        len += (size_t)got;
    }
    close(fd);
    if (got != 0) {
        return ERR_IO;
    }
    *content = (struct span){bytes, len};
    return OK;
}

static Err refuse(const char *why, Err err) {
    LOG(LOG_ERROR, "keys_refused", LOG_WORD("reason", why));
    return err;
}

static void lists_release(void *object) {
    struct lists *lists = object;
    for (int i = 0; i < SIGNER_LIST_MAX; i++) {
        arena_free(lists->kept[i].arena);
    }
    pthread_mutex_destroy(&lists->lock);
}

static struct lists *lists_new(struct arena *arena) {
    struct lists *lists = ARENA_NEW(arena, struct lists);
    pthread_mutex_init(&lists->lock, NULL);
    arena_defer(arena, lists_release, lists);
    return lists;
}

static Err read_passphrase(struct arena *arena, const char *path, struct span *passphrase) {
    const char *credentials = getenv("CREDENTIALS_DIRECTORY");
    if (path == NULL && credentials != NULL) {
        path = arena_printf(arena, "%s/noria-passphrase", credentials);
    }
    struct span content;
    if (path == NULL || read_small(arena, path, &content) != OK) {
        return refuse("passphrase_file", ERR_IO);
    }
    return sw1_passphrase(content, passphrase) ? OK : refuse("passphrase_form", ERR_CRYPTO);
}

static Err open_key(struct arena *arena, const char *folder, const char *name,
                    struct sw1_lock *lock, const struct sw1_key **key) {
    struct span bytes;
    struct sw1_key *opened;
    if (read_small(arena, arena_printf(arena, "%s/%s", folder, name), &bytes) != OK) {
        return refuse(name, ERR_IO);
    }
    if (sw1_keyfile_open(arena, bytes, lock, &opened) != OK) {
        return refuse(name, ERR_CRYPTO);
    }
    *key = opened;
    return OK;
}

/* The trust list lets the key sign that at `now`. */
static bool may_sign(const struct sw1_trust *trust, const struct sw1_key *key,
                     enum sw1_purpose purpose, int64_t now) {
    struct span kid = {(const char *)sw1_key_kid(key), SW1_KID};
    const struct sw1_trust_key *entry = sw1_trust_find(trust, kid);
    return entry != NULL && entry->state == SW1_ACTIVE &&
           sw1_trust_allows(entry, purpose, now) == SW1_VALID;
}

static Err check_trust(struct arena *arena, const struct signer *signer, const char *issuer,
                       int64_t now) {
    struct sw1_trust trust;
    if (!sw1_trust_read(arena, signer->trust_bytes, signer->root, &trust)) {
        return refuse("trust_not_of_root", ERR_CRYPTO);
    }
    if (trust.exp < now) {
        return refuse("trust_expired", ERR_CRYPTO);
    }
    if (!span_is(trust.iss, issuer)) {
        return refuse("trust_of_another_issuer", ERR_CRYPTO);
    }
    if (!may_sign(&trust, signer->document, SW1_FOR_DOCUMENTS, now)) {
        return refuse("document_key_not_in_trust", ERR_CRYPTO);
    }
    return may_sign(&trust, signer->status, SW1_FOR_STATUS, now)
               ? OK
               : refuse("status_key_not_in_trust", ERR_CRYPTO);
}

/* The log's key and what the root says of it. */
static Err open_log_key(struct arena *arena, const char *folder, struct sw1_lock *lock,
                        struct signer *made) {
    struct sw1_logkeys certified;
    TRY(open_key(arena, folder, "log.key", lock, &made->log));
    if (read_small(arena, arena_printf(arena, "%s/log.cwt", folder), &made->log_bytes) != OK) {
        return refuse("log.cwt", ERR_IO);
    }
    return sw1_logkeys_read(arena, made->log_bytes, made->root, &certified) &&
                   sw1_key_same(sw1_logkeys_newest(&certified), made->log)
               ? OK
               : refuse("log_key_not_of_root", ERR_CRYPTO);
}

static Err open_keys(struct arena *arena, const char *folder, struct sw1_lock *lock,
                     struct signer *made) {
    TRY(open_key(arena, folder, "document.key", lock, &made->document));
    TRY(open_key(arena, folder, "status.key", lock, &made->status));
    return open_log_key(arena, folder, lock, made);
}

Err signer_load(struct arena *arena, const char *folder, const char *passphrase_file,
                const char *issuer, int64_t now, const struct signer **signer) {
    struct signer made = {.lists = lists_new(arena)};
    struct sw1_lock lock = {.stretched = false};
    struct sw1_key *root;
    if (read_small(arena, arena_printf(arena, "%s/root.cosekey", folder), &made.root_bytes) != OK ||
        read_small(arena, arena_printf(arena, "%s/trust.cwt", folder), &made.trust_bytes) != OK) {
        return refuse("root_or_trust_file", ERR_IO);
    }
    if (!sw1_key_read(arena, made.root_bytes, &root)) {
        return refuse("root_key", ERR_CRYPTO);
    }
    made.root = root;
    TRY(read_passphrase(arena, passphrase_file, &lock.passphrase));
    Err opened = open_keys(arena, folder, &lock, &made);
    sw1_lock_wipe(&lock);
    TRY(opened);
    TRY(check_trust(arena, &made, issuer, now));
    struct signer *kept = ARENA_NEW(arena, struct signer);
    *kept = made;
    *signer = kept;
    return OK;
}

const struct signer *signer_from(struct arena *arena, struct span root, struct span trust,
                                 const struct sw1_key *document, const struct sw1_key *status) {
    struct signer *signer = ARENA_NEW(arena, struct signer);
    struct sw1_key *key;
    *signer = (struct signer){.root_bytes = root,
                              .trust_bytes = trust,
                              .root = sw1_key_read(arena, root, &key) ? key : NULL,
                              .document = document,
                              .status = status,
                              .lists = lists_new(arena)};
    return signer;
}

const struct sw1_key *signer_document_key(const struct signer *signer) {
    return signer->document;
}

const struct sw1_key *signer_status_key(const struct signer *signer) {
    return signer->status;
}

const struct sw1_key *signer_log_key(const struct signer *signer, struct span *certificate) {
    *certificate = signer->log_bytes;
    return signer->log;
}

struct span signer_root(const struct signer *signer) {
    return signer->root_bytes;
}

struct span signer_trust(const struct signer *signer) {
    return signer->trust_bytes;
}

struct sw1_verifier *signer_verifier(const struct signer *signer, struct arena *arena) {
    static const struct sw1_settings settings = {SW1_SKEW, 0};
    struct sw1_verifier *verifier = sw1_verifier_new(arena, signer->root, &settings, NULL);
    if (sw1_verifier_trust(verifier, signer->trust_bytes) != SW1_VALID) {
        LOG(LOG_ERROR, "own_trust_list_refused");
    }
    return verifier;
}

bool signer_status_get(const struct signer *signer, struct arena *arena, int list_no,
                       int64_t version, int64_t now, struct span *bytes) {
    if (list_no < 1 || list_no > SIGNER_LIST_MAX) {
        return false;
    }
    struct kept *kept = &signer->lists->kept[list_no - 1];
    pthread_mutex_lock(&signer->lists->lock);
    bool good = kept->arena != NULL && kept->version == version && now >= kept->made_at &&
                now - kept->made_at < STATUS_AGE;
    if (good) {
        *bytes =
            (struct span){arena_copy(arena, kept->bytes.ptr, kept->bytes.len), kept->bytes.len};
    }
    pthread_mutex_unlock(&signer->lists->lock);
    return good;
}

void signer_status_put(const struct signer *signer, int list_no, int64_t version, int64_t now,
                       struct span bytes) {
    if (list_no < 1 || list_no > SIGNER_LIST_MAX) {
        return;
    }
    struct kept *kept = &signer->lists->kept[list_no - 1];
    pthread_mutex_lock(&signer->lists->lock);
    if (kept->arena == NULL) {
        kept->arena = arena_new();
    }
    arena_reset(kept->arena);
    kept->version = version;
    kept->made_at = now;
    kept->bytes = (struct span){arena_copy(kept->arena, bytes.ptr, bytes.len), bytes.len};
    pthread_mutex_unlock(&signer->lists->lock);
}
