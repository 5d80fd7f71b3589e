/* audit.c - the sequencer of the audit log, and proofs from what it wrote. */
#include "audit.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/clock.h"
#include "../../lib/sw1/treehead.h"
#include "../app.h"
#include "../db/db.h"

enum {
    BATCH = 5000, /* leaves a transaction */
    TILE = 8,     /* levels between the rows of audit_node */
    SETTLED = 20000,
    SWEEP = 300000
};

/* What a job remembers: leaves at or below the floor have their place, but for those of a
 * transaction that was open for longer than SETTLED ms, which the sweep from zero finds. */
enum { FLOOR, NEXT_FLOOR, FLOOR_SINCE, SWEPT };

/* --- sequencing --------------------------------------------------------------------------------
 */

struct pass {
    const struct job_desk *desk;
    int64_t floor;
    int64_t last; /* the highest leaf placed */
    int taken;
};

/* The nodes that became complete, as PostgreSQL's arrays. */
struct nodes {
    struct buf levels, indexes, hashes;
    struct arena *arena;
    int count;
};

static void nodes_init(struct nodes *nodes, struct arena *arena) {
    *nodes = (struct nodes){.arena = arena};
    buf_init(&nodes->levels, arena, 64);
    buf_init(&nodes->indexes, arena, 64);
    buf_init(&nodes->hashes, arena, 256);
}

static void keep_node(void *arg, int level, uint64_t index, const struct merkle_hash *hash) {
    struct nodes *nodes = arg;
    if (level == 0 || level % TILE != 0) {
        return;
    }
    const char *between = nodes->count++ == 0 ? "{" : ",";
    buf_printf(&nodes->levels, "%s%d", between, level);
    buf_printf(&nodes->indexes, "%s%llu", between, (unsigned long long)index);
    buf_printf(&nodes->hashes, "%s%s", between, text_hex(nodes->arena, hash->bytes, MERKLE_HASH));
}

static Err put_nodes(struct db *db, struct nodes *nodes) {
    if (nodes->count == 0) {
        return OK;
    }
    buf_char(&nodes->levels, '}');
    buf_char(&nodes->indexes, '}');
    buf_char(&nodes->hashes, '}');
    return db_run(db, Q_AUDIT_PUT_NODES,
                  ARGS(arg_text("levels", nodes->levels.ptr),
                       arg_text("indexes", nodes->indexes.ptr),
                       arg_text("hashes", nodes->hashes.ptr)),
                  NULL);
}

/* The tree as the last head left it: its frontier has one hash for each bit of its size. */
static Err last_tree(struct db *db, struct merkle *tree) {
    struct rows rows;
    TRY(db_run(db, Q_AUDIT_LAST, ARGS(), &rows));
    *tree = (struct merkle){0};
    if (rows.count == 0) {
        return OK;
    }
    struct span hex = rows_span(&rows, 0, "frontier");
    tree->size = (uint64_t)rows_int(&rows, 0, "size");
    size_t at = 0;
    for (int level = 0; level < MERKLE_LEVELS; level++) {
        if ((tree->size >> level & 1) == 0) {
            continue;
        }
        if (at + 2 * MERKLE_HASH > hex.len ||
            !text_unhex((struct span){hex.ptr + at, 2 * MERKLE_HASH}, tree->left[level].bytes,
                        MERKLE_HASH)) {
            return ERR_INTERNAL;
        }
        at += 2 * MERKLE_HASH;
    }
    return at == hex.len ? OK : ERR_INTERNAL;
}

static Err put_head(const struct job_desk *desk, const struct merkle *tree, int64_t now) {
    struct sw1_head head = {.iss = span_of(desk->app->issuer),
                            .iat = now,
                            .size = tree->size,
                            .root = merkle_root(tree)};
    struct span bytes;
    struct buf frontier;
    TRY(sw1_head_sign(desk->arena, desk->app->log_key, &head, &bytes));
    buf_init(&frontier, desk->arena, 512);
    for (int level = 0; level < MERKLE_LEVELS; level++) {
        if ((tree->size >> level & 1) != 0) {
            buf_add(&frontier, tree->left[level].bytes, MERKLE_HASH);
        }
    }
    return db_run(desk->db, Q_AUDIT_PUT_HEAD,
                  ARGS(arg_int("size", (int64_t)tree->size),
                       arg_bytes("root", head.root.bytes, MERKLE_HASH),
                       arg_bytes("frontier", frontier.ptr, frontier.len), arg_int("at", now),
                       arg_bytes("signed", bytes.ptr, bytes.len)),
                  NULL);
}

/* One transaction: places, nodes and head together, or nothing. */
static Err sequence_batch(void *arg) {
    struct pass *pass = arg;
    const struct job_desk *desk = pass->desk;
    struct merkle tree;
    struct nodes nodes;
    struct rows rows;
    pass->taken = 0;
    TRY(db_one(desk->db, Q_AUDIT_LOCK, ARGS(), &rows));
    if (!rows_bool(&rows, 0, "held")) {
        return OK;
    }
    TRY(last_tree(desk->db, &tree));
    TRY(db_run(desk->db, Q_AUDIT_TAKE,
               ARGS(arg_int("size", (int64_t)tree.size), arg_int("floor", pass->floor),
                    arg_int("limit", BATCH)),
               &rows));
    if (rows.count == 0) {
        return OK;
    }
    nodes_init(&nodes, desk->arena);
    for (int i = 0; i < rows.count; i++) {
        struct merkle_hash hash;
        if (!text_unhex(rows_span(&rows, i, "hash"), hash.bytes, MERKLE_HASH)) {
            return ERR_INTERNAL;
        }
        merkle_append(&tree, &hash, keep_node, &nodes);
    }
    TRY(put_nodes(desk->db, &nodes));
    TRY(put_head(desk, &tree, rows_int(&rows, 0, "now")));
    pass->last = rows_int(&rows, rows.count - 1, "leaf_id");
    pass->taken = rows.count;
    return OK;
}

static int64_t floor_now(int64_t *memory) {
    int64_t now = clock_ticks();
    if (now - memory[FLOOR_SINCE] > SETTLED) {
        memory[FLOOR] = memory[NEXT_FLOOR];
        memory[FLOOR_SINCE] = now;
    }
    if (memory[SWEPT] == 0 || now - memory[SWEPT] > SWEEP) {
        memory[SWEPT] = now;
        return 0;
    }
    return memory[FLOOR];
}

Err audit_sequence(const struct job_desk *desk) {
    static const struct db_once none = {NULL, NULL};
    if (desk->app->log_key == NULL) {
        return OK;
    }
    struct pass pass = {.desk = desk, .floor = floor_now(desk->memory)};
    do {
        struct db_answer answer = {0};
        bool replayed = false;
        TRY(db_tx(desk->db, &none, sequence_batch, &pass, &answer, &replayed));
        if (pass.last > desk->memory[NEXT_FLOOR]) {
            desk->memory[NEXT_FLOOR] = pass.last;
        }
    } while (pass.taken == BATCH);
    return OK;
}

/* --- proofs ------------------------------------------------------------------------------------
 */

struct stored {
    struct db *db;
    Err err;
};

/* The hash of a complete subtree, from at most 128 rows of the tile below it. */
static bool stored_node(void *arg, int level, uint64_t index, struct merkle_hash *hash) {
    struct stored *stored = arg;
    int base = level - level % TILE;
    int64_t count = (int64_t)1 << (level - base);
    struct arg first = arg_int("first", (int64_t)index * count);
    struct rows rows;
    struct merkle tree = {0};
    stored->err =
        base == 0
            ? db_run(stored->db, Q_AUDIT_LEAF_HASHES, ARGS(first, arg_int("count", count)), &rows)
            : db_run(stored->db, Q_AUDIT_NODE_HASHES,
                     ARGS(arg_int("level", base), first, arg_int("count", count)), &rows);
    if (stored->err != OK || rows.count != count) {
        stored->err = stored->err == OK ? ERR_INTERNAL : stored->err;
        return false;
    }
    for (int i = 0; i < rows.count; i++) {
        struct merkle_hash part;
        if (!text_unhex(rows_span(&rows, i, "hash"), part.bytes, MERKLE_HASH)) {
            return false;
        }
        merkle_append(&tree, &part, NULL, NULL);
    }
    *hash = merkle_root(&tree);
    return true;
}

static Err proof_err(const struct stored *stored, bool proved) {
    return proved ? OK : stored->err != OK ? stored->err : ERR_NOT_FOUND;
}

Err audit_inclusion(struct db *db, int64_t position, int64_t size, struct merkle_path *path) {
    struct stored stored = {db, OK};
    struct rows rows;
    TRY(db_one(db, Q_AUDIT_HEAD_OF, ARGS(arg_int("size", size)), &rows));
    return proof_err(&stored, merkle_prove_inclusion(stored_node, &stored, (uint64_t)position,
                                                     (uint64_t)size, path));
}

Err audit_consistency(struct db *db, int64_t from, int64_t size, struct merkle_path *path) {
    struct stored stored = {db, OK};
    struct rows rows;
    TRY(db_one(db, Q_AUDIT_HEAD_OF, ARGS(arg_int("size", size)), &rows));
    return proof_err(&stored, merkle_prove_consistency(stored_node, &stored, (uint64_t)from,
                                                       (uint64_t)size, path));
}
