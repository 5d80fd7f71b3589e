/* The tree of a growing log: known roots and proofs of Certificate Transparency, every proof of
 * every small tree against the definition, and every change of a proof refused. */
#include "lib/sw1/merkle.h"

#include <string.h>

#include "lib/base/arena.h"
#include "tests/support/check_main.h"

/* The eight leaves of the reference tests of Certificate Transparency, and the roots of their
 * trees. */
static const char *const leaf_hex[8] = {"",
                                        "00",
                                        "10",
                                        "2021",
                                        "3031",
                                        "40414243",
                                        "5051525354555657",
                                        "606162636465666768696a6b6c6d6e6f"};
static const char *const root_hex[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

enum { MOST = 33 };

struct log {
    uint64_t size;
    struct merkle_hash leaf[MOST];
};

static struct log make_log(uint64_t size) {
    struct log log = {.size = size};
    for (uint64_t i = 0; i < size; i++) {
        uint8_t bytes[16];
        size_t len = i < 8 ? strlen(leaf_hex[i]) / 2 : sizeof bytes;
        memset(bytes, (int)i, sizeof bytes);
        if (i < 8) {
            ck_assert(text_unhex(span_of(leaf_hex[i]), bytes, len));
        }
        log.leaf[i] = merkle_leaf((struct span){(const char *)bytes, len});
    }
    return log;
}

/* MTH of RFC 6962 section 2.1, word for word. */
static struct merkle_hash defined(const struct log *log, uint64_t first, uint64_t size) {
    uint64_t half = 1;
    if (size == 1) {
        return log->leaf[first];
    }
    while (half * 2 < size) {
        half *= 2;
    }
    struct merkle_hash left = defined(log, first, half);
    struct merkle_hash right = defined(log, first + half, size - half);
    return merkle_node(&left, &right);
}

static bool from_log(void *arg, int level, uint64_t index, struct merkle_hash *hash) {
    const struct log *log = arg;
    uint64_t size = (uint64_t)1 << level;
    ck_assert_uint_le((index + 1) * size, log->size); /* complete subtrees only */
    *hash = defined(log, index * size, size);
    return true;
}

static struct merkle grown(const struct log *log, uint64_t size) {
    struct merkle tree = {0};
    for (uint64_t i = 0; i < size; i++) {
        merkle_append(&tree, &log->leaf[i], NULL, NULL);
    }
    return tree;
}

static struct merkle_hash root_of(const struct log *log, uint64_t size) {
    struct merkle tree = grown(log, size);
    return merkle_root(&tree);
}

START_TEST(known_roots) {
    struct log log = make_log(8);
    for (uint64_t size = 0; size <= 8; size++) {
        struct merkle_hash known;
        struct merkle_hash root = root_of(&log, size);
        ck_assert(text_unhex(span_of(root_hex[size]), known.bytes, MERKLE_HASH));
        ck_assert_msg(merkle_same(&root, &known), "%d leaves", (int)size);
    }
}
END_TEST

/* Paths of the same reference tests: leaf 0 and 5 of 8 leaves, trees of 2 in 5 and of 6 in 8. */
START_TEST(known_proofs) {
    static const char *const leaf_5[] = {
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"};
    static const char *const two_in_five[] = {
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"};
    struct log log = make_log(8);
    struct merkle_path path;
    struct merkle_hash known;
    ck_assert(merkle_prove_inclusion(from_log, &log, 5, 8, &path));
    ck_assert_int_eq(path.count, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert(text_unhex(span_of(leaf_5[i]), known.bytes, MERKLE_HASH));
        ck_assert_msg(merkle_same(&path.hash[i], &known), "leaf 5, hash %d", i);
    }
    log = make_log(5);
    ck_assert(merkle_prove_consistency(from_log, &log, 2, 5, &path));
    ck_assert_int_eq(path.count, 2);
    for (int i = 0; i < 2; i++) {
        ck_assert(text_unhex(span_of(two_in_five[i]), known.bytes, MERKLE_HASH));
        ck_assert_msg(merkle_same(&path.hash[i], &known), "2 in 5, hash %d", i);
    }
}
END_TEST

/* A proof with one bit turned, one hash too few, too many or in another place. */
static int changed_paths(const struct merkle_path *path, struct merkle_path *changed) {
    int count = 0;
    for (int i = 0; i < path->count; i++) {
        changed[count] = *path;
        changed[count++].hash[i].bytes[i] ^= 1;
    }
    changed[count] = *path;
    changed[count].hash[changed[count].count] = (struct merkle_hash){{7}};
    changed[count++].count++;
    if (path->count > 0) {
        changed[count] = *path;
        changed[count++].count--;
    }
    if (path->count > 1) {
        changed[count] = *path;
        changed[count].hash[0] = path->hash[1];
        changed[count++].hash[1] = path->hash[0];
    }
    return count;
}

START_TEST(every_leaf_of_every_tree) {
    int refused = 0;
    for (uint64_t size = 1; size <= MOST; size++) {
        struct log log = make_log(size);
        struct merkle_hash root = root_of(&log, size);
        struct merkle_hash wanted = defined(&log, 0, size);
        ck_assert(merkle_same(&root, &wanted));
        for (uint64_t i = 0; i < size; i++) {
            struct merkle_path path;
            struct merkle_path changed[MERKLE_PATH + 3];
            ck_assert(merkle_prove_inclusion(from_log, &log, i, size, &path));
            ck_assert(merkle_included(&log.leaf[i], i, size, &path, &root));
            int count = changed_paths(&path, changed);
            for (int k = 0; k < count; k++, refused++) {
                ck_assert(!merkle_included(&log.leaf[i], i, size, &changed[k], &root));
            }
            for (uint64_t other = 0; other < size; other++) {
                ck_assert(other == i || !merkle_included(&log.leaf[other], i, size, &path, &root));
            }
        }
    }
    ck_assert_int_gt(refused, 1000);
}
END_TEST

START_TEST(every_older_tree) {
    int refused = 0;
    for (uint64_t size = 1; size <= MOST; size++) {
        struct log log = make_log(size);
        struct merkle_hash root = root_of(&log, size);
        for (uint64_t old = 1; old <= size; old++) {
            struct merkle_path path;
            struct merkle_path changed[MERKLE_PATH + 3];
            struct merkle_hash old_root = root_of(&log, old);
            ck_assert(merkle_prove_consistency(from_log, &log, old, size, &path));
            ck_assert(merkle_consistent(old, size, &old_root, &root, &path));
            int count = changed_paths(&path, changed);
            for (int k = 0; k < count; k++, refused++) {
                ck_assert(!merkle_consistent(old, size, &old_root, &root, &changed[k]));
            }
            /* another history of the same length */
            struct log fork = log;
            fork.leaf[old - 1].bytes[0] ^= 1;
            struct merkle_hash forked = root_of(&fork, old);
            ck_assert(!merkle_consistent(old, size, &forked, &root, &path));
        }
    }
    ck_assert_int_gt(refused, 1000);
}
END_TEST

struct told {
    int count;
    const struct log *log;
};

static void tell(void *arg, int level, uint64_t index, const struct merkle_hash *hash) {
    struct told *told = arg;
    uint64_t size = (uint64_t)1 << level;
    struct merkle_hash wanted = defined(told->log, index * size, size);
    ck_assert(merkle_same(hash, &wanted));
    told->count++;
}

START_TEST(complete_subtrees_are_told_once) {
    struct log log = make_log(MOST);
    struct told told = {0, &log};
    struct merkle tree = {0};
    for (uint64_t i = 0; i < MOST; i++) {
        merkle_append(&tree, &log.leaf[i], tell, &told);
    }
    ck_assert_int_eq(told.count, 33 + 16 + 8 + 4 + 2 + 1);
}
END_TEST

START_TEST(wrong_numbers) {
    struct log log = make_log(8);
    struct merkle_path path;
    struct merkle_hash root = root_of(&log, 8);
    ck_assert(!merkle_prove_inclusion(from_log, &log, 8, 8, &path));
    ck_assert(!merkle_prove_consistency(from_log, &log, 9, 8, &path));
    path.count = 0;
    ck_assert(!merkle_included(&log.leaf[0], 8, 8, &path, &root));
    ck_assert(!merkle_consistent(9, 8, &root, &root, &path));
    ck_assert(merkle_consistent(0, 8, &root, &root, &path)); /* nothing precedes everything */
}
END_TEST

CHECK_MAIN("sw1/merkle", NULL, NULL, known_roots, known_proofs, every_leaf_of_every_tree,
           every_older_tree, complete_subtrees_are_told_once, wrong_numbers)
