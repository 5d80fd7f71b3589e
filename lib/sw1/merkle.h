/* merkle.h - the tree of a log that only grows: RFC 6962 section 2, RFC 9162 section 2.1.
 *
 * A leaf's hash is SHA-256(0x00 || leaf), a node's SHA-256(0x01 || left || right), so that no node
 * is ever taken for a leaf. A tree of `size` leaves is cut at the largest power of two below
 * `size`. */
#ifndef NORIA_SW1_MERKLE_H
#define NORIA_SW1_MERKLE_H

#include <stdbool.h>
#include <stdint.h>

#include "../base/text.h"

/* No tree is larger than 2^62 leaves; a path has at most so many hashes. */
enum { MERKLE_HASH = 32, MERKLE_LEVELS = 62, MERKLE_PATH = 64 };

struct merkle_hash {
    uint8_t bytes[MERKLE_HASH];
};

struct merkle_hash merkle_leaf(struct span leaf);
struct merkle_hash merkle_node(const struct merkle_hash *left, const struct merkle_hash *right);
bool merkle_same(const struct merkle_hash *a, const struct merkle_hash *b);

/* A tree that grows: only the roots of its complete subtrees are kept, one for each bit of `size`.
 */
struct merkle {
    uint64_t size;
    struct merkle_hash left[MERKLE_LEVELS]; /* by level, where size has a bit */
};

/* Appends a leaf's hash. `done`, when given, is told of each subtree that became complete: 2^level
 * leaves, the index-th of its level; level 0 is the leaf itself. */
typedef void merkle_done(void *arg, int level, uint64_t index, const struct merkle_hash *hash);
void merkle_append(struct merkle *tree, const struct merkle_hash *leaf, merkle_done *done,
                   void *arg);

/* The root; of an empty tree SHA-256 of nothing (RFC 6962). */
struct merkle_hash merkle_root(const struct merkle *tree);

/* Hashes from a leaf (or an older tree) to the root. */
struct merkle_path {
    int count;
    struct merkle_hash hash[MERKLE_PATH];
};

/* Gives the hash of a complete subtree; false when it has none. */
typedef bool merkle_get(void *arg, int level, uint64_t index, struct merkle_hash *hash);

/* The proof that the leaf at `index` is in the tree of `size` leaves (index < size), and that the
 * tree of `old` leaves is the beginning of it (old <= size). False when `get` fails, or the numbers
 * are wrong. */
bool merkle_prove_inclusion(merkle_get *get, void *arg, uint64_t index, uint64_t size,
                            struct merkle_path *path);
bool merkle_prove_consistency(merkle_get *get, void *arg, uint64_t old, uint64_t size,
                              struct merkle_path *path);

/* RFC 9162 sections 2.1.3.2 and 2.1.4.2. A path that is too long or too short proves nothing. */
bool merkle_included(const struct merkle_hash *leaf, uint64_t index, uint64_t size,
                     const struct merkle_path *path, const struct merkle_hash *root);
bool merkle_consistent(uint64_t old, uint64_t size, const struct merkle_hash *old_root,
                       const struct merkle_hash *root, const struct merkle_path *path);

#endif
