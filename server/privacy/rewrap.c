#include "rewrap.h"

#include "../../lib/base/arena.h"
#include "../../lib/base/record_json.h"
#include "../../lib/base/rows.h"
#include "../candidate/candidate.h"
#include "../db/db.h"

enum { CHUNK = 500 };

/* A key as it was and as it shall be, in hexadecimal digits. */
struct fresh {
    int64_t id;
    const char *was;
    const char *wrapped;
    const char *sealed; /* NULL: the record stays */
};

#define AT(member) offsetof(struct fresh, member)
static const struct field fresh_fields[] = {{"id", F_INT, AT(id), 0, INT64_MAX, 0, NULL, NULL},
                                            {"was", F_TEXT, AT(was), 0, 0, 0, NULL, NULL},
                                            {"wrapped", F_TEXT, AT(wrapped), 0, 0, 0, NULL, NULL},
                                            {"sealed", F_TEXT, AT(sealed), 0, 0, 0, NULL, NULL},
                                            FIELD_END};
#undef AT

static const struct table {
    const char *owner;
    enum stmt read;
    enum stmt put;
} tables[] = {{"worker", Q_REWRAP_WORKERS, Q_REWRAP_WORKERS_PUT},
              {"import", Q_REWRAP_IMPORTS, Q_REWRAP_IMPORTS_PUT},
              {"factor", Q_REWRAP_FACTORS, Q_REWRAP_FACTORS_PUT}};
enum { TABLES = sizeof tables / sizeof *tables };

struct pass {
    struct db *db;
    struct arena *arena;
    struct rewrap *work;
    const struct table *table;
    struct rewrap next; /* what the work is when the transaction is committed */
};

static void version_bytes(int version, uint8_t out[SEAL_VERSION_BYTES]) {
    out[0] = (uint8_t)(version >> 8);
    out[1] = (uint8_t)version;
}

static const char *hex(struct pass *pass, struct span bytes) {
    return bytes.ptr == NULL ? NULL : text_hex(pass->arena, bytes.ptr, bytes.len);
}

/* A record from before its worker had a key gets one. */
static Err seal_anew(struct pass *pass, int64_t id, struct span record, struct fresh *fresh) {
    struct identity identity;
    struct span sealed;
    uint8_t wrapped[SEAL_WRAPPED];
    TRY(identity_unseal(pass->work->seal, pass->arena, id, (struct span){0}, record, &identity));
    identity_seal(pass->work->seal, pass->arena, id, &identity, &sealed, wrapped);
    fresh->sealed = hex(pass, sealed);
    fresh->wrapped = text_hex(pass->arena, wrapped, sizeof wrapped);
    return OK;
}

static Err wrap_anew(struct pass *pass, const struct rows *rows, int row, struct fresh *fresh) {
    struct span wrapped = rows_bytes(rows, pass->arena, row, "wrapped");
    const struct seal_owner owner = {pass->table->owner, rows_int(rows, row, "id")};
    uint8_t again[SEAL_WRAPPED];
    *fresh = (struct fresh){.id = owner.id, .was = hex(pass, wrapped)};
    if (wrapped.ptr == NULL) {
        return seal_anew(pass, owner.id, rows_bytes(rows, pass->arena, row, "sealed"), fresh);
    }
    TRY(seal_wrap_again(pass->work->seal, &owner, wrapped, again));
    fresh->wrapped = text_hex(pass->arena, again, sizeof again);
    return OK;
}

static int newest(const struct seal *seal) {
    int versions[SEAL_VERSIONS];
    return versions[seal_versions(seal, versions) - 1];
}

/* What is put counts as done only where the row was still the same. */
static Err chunk(void *arg) {
    struct pass *pass = arg;
    uint8_t version[SEAL_VERSION_BYTES];
    struct rows rows;
    struct rows put;
    struct fresh list[CHUNK];
    int count = 0;
    int resealed = 0;
    version_bytes(newest(pass->work->seal), version);
    TRY(db_run(pass->db, pass->table->read,
               ARGS(arg_int("after", pass->work->after),
                    arg_bytes("version", version, sizeof version), arg_int("limit", CHUNK)),
               &rows));
    for (int i = 0; i < rows.count && i < CHUNK; i++) {
        bool good = wrap_anew(pass, &rows, i, &list[count]) == OK;
        resealed += good && list[count].sealed != NULL;
        count += good;
    }
    TRY(db_run(
        pass->db, pass->table->put,
        ARGS(arg_text("keys", records_json(pass->arena, fresh_fields, sizeof *list, list, count))),
        &put));
    int wrapped = put.count - resealed;
    TRY(db_run(pass->db, Q_REWRAP_LEAF,
               ARGS(arg_int("version", newest(pass->work->seal)), arg_int("keys", wrapped),
                    arg_int("sealed", resealed)),
               NULL));
    struct rewrap *next = &pass->next;
    *next = *pass->work;
    next->sealed += resealed;
    next->keys += wrapped;
    next->broken += rows.count - count;
    next->after = rows.count > 0 ? rows_int(&rows, rows.count - 1, "id") : 0;
    if (rows.count < CHUNK) {
        next->table++;
        next->after = 0;
    }
    next->ended = next->table == TABLES;
    return OK;
}

Err rewrap_some(struct db *db, struct rewrap *work) {
    struct pass pass = {.db = db, .work = work, .table = &tables[work->table]};
    pass.arena = arena_new();
    Err err = db_tx(db, NULL, chunk, &pass, NULL, NULL);
    arena_free(pass.arena);
    if (err == OK) {
        *work = pass.next;
    }
    return err;
}

Err rewrap_left(struct db *db, int version, int64_t *left) {
    uint8_t bytes[SEAL_VERSION_BYTES];
    struct rows rows;
    version_bytes(version, bytes);
    TRY(db_one(db, Q_REWRAP_LEFT,
               ARGS(arg_bytes("version", bytes, sizeof bytes), arg_bool("first", version == 1)),
               &rows));
    *left = rows_int(&rows, 0, "left");
    return OK;
}
