#include "reindex.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/record_json.h"
#include "../../lib/base/rows.h"
#include "../candidate/candidate.h"
#include "../db/db.h"

enum { CHANGE_MOST = 3600 * 1000 /* ms */, CHUNK = 500, KINDS = 4, HEX = 2 * SEAL_DIGEST };
static const char *const kinds[KINDS] = {"candidate", "contact", "document", "fee"};

/* A row's digests as PostgreSQL writes them: {"\\\\x…",NULL,…}. */
struct fresh {
    int64_t id;
    const char *was;
    const char *next;
};

#define AT(member) offsetof(struct fresh, member)
static const struct field fresh_fields[] = {{"id", F_INT, AT(id), 0, INT64_MAX, 0, NULL, NULL},
                                            {"was", F_TEXT, AT(was), 0, 0, 0, NULL, NULL},
                                            {"next", F_TEXT, AT(next), 0, 0, 0, NULL, NULL},
                                            FIELD_END};
#undef AT

struct pass {
    struct db *db;
    struct arena *arena;
    const struct reindex *work;
    struct reindex next; /* what the work is when the transaction is committed */
    int to;
    uint8_t key[SEAL_KEY_ID];
};

/* Each digest of the text is replaced by the one made from it; the rest stays. */
static Err make_next(struct pass *pass, struct span was, const char **next) {
    static const char before[] = "\\\\x";
    char *text = arena_copy(pass->arena, was.ptr, was.len);
    for (char *at = text; (at = strstr(at, before)) != NULL; at += HEX) {
        uint8_t digest[SEAL_DIGEST];
        at += sizeof before - 1;
        if (!text_unhex((struct span){at, HEX}, digest, sizeof digest)) {
            return ERR_INTERNAL;
        }
        TRY(seal_digest_again(pass->work->seal, digest, pass->work->from, pass->to, digest));
        memcpy(at, text_hex(pass->arena, digest, sizeof digest), HEX);
    }
    *next = text;
    return OK;
}

/* Up to CHUNK rows of a kind after one that lack their next digests; how many there were, and the
 * last. */
static Err make_some(struct pass *pass, const char *kind, int64_t *after, int *count) {
    struct arg key = arg_bytes("key", pass->key, sizeof pass->key);
    struct rows rows;
    struct fresh list[CHUNK];
    TRY(db_run(pass->db, Q_DIGESTS_LACKING,
               ARGS(arg_text("kind", kind), key, arg_int("after", *after), arg_int("limit", CHUNK)),
               &rows));
    for (int i = 0; i < rows.count; i++) {
        struct span was = rows_span(&rows, i, "digests");
        list[i].id = rows_int(&rows, i, "id");
        list[i].was = arena_copy(pass->arena, was.ptr, was.len);
        TRY(make_next(pass, was, &list[i].next));
        *after = list[i].id;
    }
    *count = rows.count;
    if (rows.count == 0) {
        return OK;
    }
    const char *next = records_json(pass->arena, fresh_fields, sizeof *list, list, rows.count);
    TRY(db_one(pass->db, Q_DIGESTS_KEEP, ARGS(arg_text("kind", kind), key, arg_text("next", next)),
               &rows));
    pass->next.made += rows_int(&rows, 0, "kept");
    return OK;
}

static Err chunk(void *arg) {
    struct pass *pass = arg;
    int count = 0;
    pass->next = *pass->work;
    TRY(make_some(pass, kinds[pass->work->kind], &pass->next.after, &count));
    if (count < CHUNK) {
        pass->next.kind++;
        pass->next.after = 0;
    }
    return OK;
}

/* Those that were entered since are made while nobody enters another. */
static Err change(void *arg) {
    struct pass *pass = arg;
    struct rows rows;
    pass->next = *pass->work;
    TRY(db_one(pass->db, Q_DIGESTS_CLOSE, ARGS(), &rows));
    if (rows_int(&rows, 0, "version") != pass->work->from) {
        return ERR_CONFLICT; /* another run was faster */
    }
    db_patience(pass->db, CHANGE_MOST); /* broken off, it would only be begun again */
    for (int kind = 0; kind < KINDS; kind++) {
        int64_t after = 0;
        for (int count = CHUNK; count == CHUNK;) {
            TRY(make_some(pass, kinds[kind], &after, &count));
        }
    }
    pass->next.ended = true;
    return db_one(pass->db, Q_DIGESTS_SWITCH,
                  ARGS(arg_int("version", pass->to), arg_bytes("key", pass->key, sizeof pass->key)),
                  &rows);
}

Err reindex_version(struct db *db, const struct seal *seal, int *version) {
    struct rows rows;
    uint8_t id[SEAL_KEY_ID];
    struct arena *arena = arena_new();
    Err err = db_one(db, Q_DIGEST_KEY_NOW, ARGS(), &rows);
    if (err == OK) {
        *version = (int)rows_int(&rows, 0, "version");
        struct span known = rows_bytes(&rows, arena, 0, "key_id");
        err = seal_digest_key_id(seal, *version, id);
        bool same = known.ptr == NULL || span_equal(known, (struct span){(char *)id, sizeof id});
        err = err == OK && !same ? ERR_DIGEST_KEY_UNKNOWN : err;
    }
    arena_free(arena);
    return err;
}

Err reindex_some(struct db *db, struct reindex *work) {
    struct pass pass = {.db = db, .work = work, .to = seal_digest_version(work->seal)};
    TRY(work->from == 0 ? reindex_version(db, work->seal, &work->from) : OK);
    if (work->from == pass.to) {
        work->ended = true;
        return OK;
    }
    TRY(seal_digest_key_id(work->seal, pass.to, pass.key));
    pass.arena = arena_new();
    Err err = db_tx(db, NULL, work->kind < KINDS ? chunk : change, &pass, NULL, NULL);
    arena_free(pass.arena);
    if (err == OK) {
        *work = pass.next;
    }
    return err;
}
