#include "merkle.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "../base/memory.h"
#include "key.h"

enum { LEAF_MARK = 0, NODE_MARK = 1 };

struct merkle_hash merkle_leaf(struct span leaf) {
    static const uint8_t mark = LEAF_MARK;
    struct merkle_hash hash;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    if (context == NULL || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1 ||
        EVP_DigestUpdate(context, &mark, 1) != 1 ||
        EVP_DigestUpdate(context, leaf.ptr, leaf.len) != 1 ||
        EVP_DigestFinal_ex(context, hash.bytes, NULL) != 1) {
        memory_lacking();
    }
    EVP_MD_CTX_free(context);
    return hash;
}

struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right) {
    uint8_t both[1 + 2 * MERKLE_HASH];
    struct merkle_hash hash;
    both[0] = NODE_MARK;
    memcpy(both + 1, left->bytes, MERKLE_HASH);
    memcpy(both + 1 + MERKLE_HASH, right->bytes, MERKLE_HASH);
    sw1_sha256((struct span){(const char *)both, sizeof both}, hash.bytes);
    return hash;
}

bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b) {
    return memcmp(a->bytes, b->bytes, MERKLE_HASH) == 0;
}

void merkle_append(struct merkle *tree, const struct merkle_hash *leaf, merkle_done *done,
                   void *arg) {
    struct merkle_hash hash = *leaf;
    int level = 0;
    if (done != NULL) {
        done(arg, 0, tree->size, &hash);
    }
    for (; (tree->size >> level & 1) != 0; level++) {
        hash = merkle_node(&tree->left[level], &hash);
        if (done != NULL) {
            done(arg, level + 1, tree->size >> (level + 1), &hash);
        }
    }
    tree->left[level] = hash;
    tree->size++;
}

struct merkle_hash merkle_root(const struct merkle *tree) {
    struct merkle_hash root;
    bool any = false;
    if (tree->size == 0) {
        sw1_sha256((struct span){"", 0}, root.bytes);
        return root;
    }
    for (int level = 0; level < MERKLE_LEVELS; level++) {
        if ((tree->size >> level & 1) != 0) {
            root = any ? merkle_node(&tree->left[level], &root) : tree->left[level];
            any = true;
        }
    }
    return root;
}

/* --- proofs ----------------------------------------------------------------------------------- */

struct prover {
    merkle_get *get;
    void *arg;
    struct merkle_path *path;
};

/* The level of the largest complete subtree that a tree of `size` > 1 leaves begins with. */
static int split_level(uint64_t size) {
    int level = 0;
    while ((uint64_t)2 << level < size) {
        level++;
    }
    return level;
}

/* The hash of the tree over leaves first .. first + size - 1; `first` is where such a subtree lies.
 */
static bool range_hash(const struct prover *prover, uint64_t first, uint64_t size,
                       struct merkle_hash *hash) {
    struct merkle whole = {.size = size};
    uint64_t at = first;
    for (int level = MERKLE_LEVELS - 1; level >= 0; level--) {
        if ((size >> level & 1) != 0) {
            if (!prover->get(prover->arg, level, at >> level, &whole.left[level])) {
                return false;
            }
            at += (uint64_t)1 << level;
        }
    }
    *hash = merkle_root(&whole);
    return true;
}

static bool path_add(const struct prover *prover, uint64_t first, uint64_t size) {
    struct merkle_path *path = prover->path;
    return path->count < MERKLE_PATH && range_hash(prover, first, size, &path->hash[path->count++]);
}

/* What was gathered from the root down is given from the leaf up. */
static void path_turn(struct merkle_path *path) {
    for (int a = 0, b = path->count - 1; a < b; a++, b--) {
        struct merkle_hash kept = path->hash[a];
        path->hash[a] = path->hash[b];
        path->hash[b] = kept;
    }
}

bool merkle_prove_inclusion(merkle_get *get, void *arg, uint64_t index, uint64_t size,
                            struct merkle_path *path) {
    struct prover prover = {get, arg, path};
    uint64_t first = 0;
    path->count = 0;
    if (index >= size) {
        return false;
    }
    while (size > 1) {
        uint64_t half = (uint64_t)1 << split_level(size);
        bool right = index - first >= half;
        if (!path_add(&prover, right ? first : first + half, right ? half : size - half)) {
            return false;
        }
        first = right ? first + half : first;
        size = right ? size - half : half;
    }
    path_turn(path);
    return true;
}

/* RFC 9162 section 2.1.4.1: SUBPROOF(old, D[size], true). */
bool merkle_prove_consistency(merkle_get *get, void *arg, uint64_t old, uint64_t size,
                              struct merkle_path *path) {
    struct prover prover = {get, arg, path};
    uint64_t first = 0;
    bool whole = true; /* the old tree is a subtree whose root the verifier has */
    path->count = 0;
    if (old > size) {
        return false;
    }
    if (old == 0 || old == size) {
        return true;
    }
    while (old != size) {
        uint64_t half = (uint64_t)1 << split_level(size);
        bool right = old > half;
        if (!path_add(&prover, right ? first : first + half, right ? half : size - half)) {
            return false;
        }
        first = right ? first + half : first;
        size = right ? size - half : half;
        old = right ? old - half : old;
        whole = whole && !right;
    }
    if (!whole && !path_add(&prover, first, size)) {
        return false;
    }
    path_turn(path);
    return true;
}

/* --- verifying -------------------------------------------------------------------------------- */

bool merkle_included(const struct merkle_hash *leaf, uint64_t index, uint64_t size,
                     const struct merkle_path *path, const struct merkle_hash *root) {
    struct merkle_hash hash = *leaf;
    uint64_t at = index;
    uint64_t last = size - 1;
    if (index >= size) {
        return false;
    }
    for (int i = 0; i < path->count; i++) {
        if (last == 0) {
            return false;
        }
        if ((at & 1) != 0 || at == last) {
            hash = merkle_node(&path->hash[i], &hash);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = merkle_node(&hash, &path->hash[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && merkle_same(&hash, root);
}

bool merkle_consistent(uint64_t old, uint64_t size, const struct merkle_hash *old_root,
                       const struct merkle_hash *root, const struct merkle_path *path) {
    if (old > size || old == size || old == 0) {
        return old <= size && path->count == 0 && (old == 0 || merkle_same(old_root, root));
    }
    uint64_t at = old - 1;
    uint64_t last = size - 1;
    int i = 0;
    while ((at & 1) != 0) {
        at >>= 1;
        last >>= 1;
    }
    if (path->count == 0) {
        return false;
    }
    /* A complete old tree is its own first hash. */
    struct merkle_hash was = at == 0 ? *old_root : path->hash[i++];
    struct merkle_hash is = was;
    for (; i < path->count; i++) {
        if (last == 0) {
            return false;
        }
        if ((at & 1) != 0 || at == last) {
            was = merkle_node(&path->hash[i], &was);
            is = merkle_node(&path->hash[i], &is);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            is = merkle_node(&is, &path->hash[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && merkle_same(&was, old_root) && merkle_same(&is, root);
}
