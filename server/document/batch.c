#include "batch.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/record_json.h"
#include "../app.h"
#include "../candidate/candidate.h"
#include "../db/db.h"
#include "../run/offload.h"
#include "draft.h"
#include "zip.h"

Err batch_open(const struct document_desk *desk, int64_t campaign, int64_t contract, int64_t kind,
               bool anew, int64_t *id) {
    struct rows rows;
    if (desk->app->signer == NULL || desk->app->seal == NULL) {
        return ERR_UNAVAILABLE;
    }
    TRY(db_one(desk->db, Q_DOCUMENT_BATCH_OPEN,
               ARGS(arg_int("campaign", campaign), arg_int("contract", contract),
                    arg_int("kind", kind), arg_bool("anew", anew)),
               &rows));
    *id = rows_int(&rows, 0, "id");
    return OK;
}

/* --- issuing a chunk ----------------------------------------------------------------------------
 */

/* A draft as it goes to PostgreSQL: either made or refused. */
struct kept {
    int64_t placement;
    const char *cti;
    const char *number;
    int64_t idx;
    const char *sealed;
    int64_t iat;
    int64_t exp;
    const char *refused;
};
#define AT(member) offsetof(struct kept, member)
static const struct field kept_fields[] = {
    {"placement", F_INT, AT(placement), 0, 0, 0, NULL, NULL},
    {"cti", F_TEXT, AT(cti), 0, 0, 0, NULL, NULL},
    {"number", F_TEXT, AT(number), 0, 0, 0, NULL, NULL},
    {"idx", F_INT, AT(idx), 0, 0, 0, NULL, NULL},
    {"sealed", F_TEXT, AT(sealed), 0, 0, 0, NULL, NULL},
    {"iat", F_INT, AT(iat), 0, 0, 0, NULL, NULL},
    {"exp", F_INT, AT(exp), 0, 0, 0, NULL, NULL},
    {"refused", F_TEXT, AT(refused), 0, 0, 0, NULL, NULL},
    FIELD_END,
};
#undef AT

struct chunk {
    const struct document_desk *desk;
    struct document_desk own; /* with the chunk's own arena: other parts use the desk's meanwhile */
    const struct batch_work *work;
    int part;
    struct rows rows;
    struct rows countries;
    int64_t list_no;
    const char *json; /* of the drafts */
    bool left;
};

static struct kept make_one(const struct chunk *chunk, int row) {
    struct arena *arena = chunk->own.arena;
    struct kept kept = {.placement = rows_int(&chunk->rows, row, "placement_id"),
                        .refused = rows_text(&chunk->rows, arena, row, "refusal"),
                        .idx = FIELD_NONE,
                        .iat = FIELD_NONE,
                        .exp = FIELD_NONE};
    struct draft draft = {.desk = &chunk->own,
                          .rows = &chunk->rows,
                          .row = row,
                          .countries = &chunk->countries,
                          .list_no = chunk->list_no,
                          .kind = (enum sw1_kind)chunk->work->kind};
    if (kept.refused != NULL) {
        return kept;
    }
    Err err = draft_person(&draft);
    if (err != OK) {
        kept.refused = err_code(err);
        return kept;
    }
    kept.cti = text_hex(arena, draft.cti, SW1_CTI);
    kept.number = arena_strdup(arena, draft.number);
    kept.idx = draft.claims.status_idx;
    kept.sealed = text_hex(arena, draft.sealed.ptr, draft.sealed.len);
    kept.iat = draft.claims.iat;
    kept.exp = draft.claims.exp;
    return kept;
}

/* On a pool thread. */
static void make_chunk(void *arg) {
    struct chunk *chunk = arg;
    struct arena *arena = chunk->own.arena;
    int count = chunk->rows.count;
    struct kept *kept = arena_array(arena, (size_t)count + 1, sizeof *kept);
    for (int i = 0; i < count; i++) {
        kept[i] = make_one(chunk, i);
    }
    chunk->json = records_json(arena, kept_fields, sizeof *kept, kept, count);
}

static Err keep_chunk(void *arg) {
    struct chunk *chunk = arg;
    const struct batch_work *work = chunk->work;
    struct db *db = chunk->desk->db;
    struct rows done;
    chunk->left = false;
    TRY(db_run(db, Q_DOCUMENT_BATCH_NEXT,
               ARGS(arg_int("batch", work->id), arg_int("parts", work->parts),
                    arg_int("part", chunk->part), arg_int("limit", BATCH_CHUNK)),
               &chunk->rows));
    if (chunk->rows.count == 0) {
        return OK;
    }
    TRY(db_run(db, Q_DOCUMENT_COUNTRIES, ARGS(), &chunk->countries));
    TRY(document_list_open(chunk->desk, &chunk->list_no));
    offload(make_chunk, chunk);
    if (work->anew) {
        TRY(db_run(db, Q_DOCUMENT_BATCH_SUPERSEDE,
                   ARGS(arg_int("kind", work->kind), arg_text("drafts", chunk->json)), NULL));
    }
    TRY(db_run(db, Q_DOCUMENT_BATCH_KEEP,
               ARGS(arg_int("batch", work->id), arg_int("kind", work->kind),
                    arg_int("list_no", chunk->list_no), arg_text("runner", work->runner),
                    arg_int("lease", BATCH_LEASE), arg_text("drafts", chunk->json)),
               &done));
    chunk->left = true;
    return done.count == 1 ? OK : ERR_CONFLICT;
}

Err batch_chunk(const struct document_desk *desk, const struct batch_work *work, int part,
                bool *left) {
    struct chunk chunk = {.desk = desk, .own = *desk, .work = work, .part = part};
    chunk.own.arena = arena_new();
    Err err = db_tx(desk->db, NULL, keep_chunk, &chunk, NULL, NULL);
    arena_free(chunk.own.arena);
    *left = chunk.left;
    return err;
}

/* --- the paper ----------------------------------------------------------------------------------
 */

/* Some documents of a part, drawn on one thread into one PDF. */
struct sheaf {
    const struct document_desk *desk;
    const struct rows *rows;
    int first;
    int count;
    enum paper_size size;
    const char *(*say)(const char *lang, const char *msgid);
    struct arena *arena; /* that thread's own */
    Err err;
    struct span pdf;
};

static Err draw_sheaf(struct sheaf *sheaf) {
    struct document_desk own = *sheaf->desk;
    struct paper *papers = arena_array(sheaf->arena, (size_t)sheaf->count, sizeof *papers);
    own.arena = sheaf->arena;
    for (int i = 0; i < sheaf->count; i++) {
        int row = sheaf->first + i;
        papers[i] = document_paper_of(&own, sheaf->rows, row,
                                      rows_text(sheaf->rows, own.arena, row, "number"));
        papers[i].say = sheaf->say;
        TRY(document_open(own.app->seal, own.arena, sheaf->rows, row, &papers[i].text));
    }
    return papers_pdf(sheaf->arena, sheaf->size, papers, sheaf->count, &sheaf->pdf);
}

static void draw_one(void *arg) {
    struct sheaf *sheaf = arg;
    sheaf->err = draw_sheaf(sheaf);
}

static void release(void *arg) {
    arena_free(arg);
}

Err batch_papers(const struct document_desk *desk, int64_t batch, int64_t part,
                 enum paper_size size, const char *(*say)(const char *lang, const char *msgid),
                 struct span *zip) {
    struct rows rows;
    struct sheaf sheaves[BATCH_PAPERS / BATCH_SHEAF];
    struct zip_entry entries[BATCH_PAPERS / BATCH_SHEAF];
    int count = 0;
    TRY(db_run(desk->db, Q_DOCUMENT_BATCH_PAPERS,
               ARGS(arg_int("id", batch), arg_int("part", part), arg_int("size", BATCH_PAPERS)),
               &rows));
    if (rows.count == 0) {
        return ERR_NOT_FOUND;
    }
    for (int first = 0; first < rows.count; first += BATCH_SHEAF) {
        int left = rows.count - first;
        struct arena *own = arena_new();
        arena_defer(desk->arena, release, own);
        sheaves[count++] = (struct sheaf){.desk = desk,
                                          .rows = &rows,
                                          .first = first,
                                          .count = left < BATCH_SHEAF ? left : BATCH_SHEAF,
                                          .size = size,
                                          .say = say,
                                          .arena = own};
    }
    offload_all(draw_one, sheaves, sizeof *sheaves, count);
    for (int i = 0; i < count; i++) {
        TRY(sheaves[i].err);
        int64_t first = (part - 1) * BATCH_PAPERS + sheaves[i].first + 1;
        entries[i] = (struct zip_entry){
            arena_printf(desk->arena, "noria-%lld-%05lld.pdf", (long long)batch, (long long)first),
            sheaves[i].pdf};
    }
    return zip_store(desk->arena, entries, count, zip);
}
