/* Contracts from a CSV file: read row by row, checked and written a chunk at a time. */
#include <sodium.h>
#include <stddef.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/csv.h"
#include "../../lib/base/pieces.h"
#include "../../lib/base/record_json.h"
#include "../db/db.h"
#include "../run/offload.h"
#include "contract.h"
#include "contract_lists.h"

enum {
    CHUNK = 500,
    ROWS_MAX = 20001,
    SLICE = 512,                 /* of the file, read at a time: the rows past CHUNK */
    PIECE = 65536,               /* of the file, hashed at a time */
    ERRORS_MAX = 2 * 1024 * 1024 /* past it, bad rows are only counted */
};

/* The columns about the employer, for officers' files. */
struct employer {
    const char *siret;
    const char *name;
    const char *naf;
    const char *commune;
    int64_t hectares;
    int64_t headcount;
    date active_from;
};

#define AT(member) offsetof(struct employer, member)
static const struct field employer_fields[] = {
    {"siret", F_DIGITS, AT(siret), 14, 14, 0, NULL, "SIRET"},
    {"employer_name", F_TEXT, AT(name), 1, 200, 0, NULL, "Employer"},
    {"employer_naf", F_TEXT, AT(naf), 6, 6, 0, NULL, "NAF code"},
    {"employer_commune", F_TEXT, AT(commune), 5, 5, 0, NULL, "Commune (INSEE code)"},
    {"employer_hectares", F_DECIMAL, AT(hectares), 0, 10000000, 0, NULL, "Area farmed (ha)"},
    {"employer_headcount", F_INT, AT(headcount), 0, 100000, 0, NULL, "Headcount"},
    {"employer_active_from", F_DATE, AT(active_from), 0, 0, 0, NULL, "Active since"},
    FIELD_END,
};
#undef AT

static const struct field *const tables[] = {contract_fields, employer_fields, contract_list_fields,
                                             NULL};

/* A row of the chunk under way. */
struct row {
    int64_t number;
    const char *json;     /* without braces; NULL when it is bad already */
    const char *original; /* the columns as they were, as a line of the error file */
    struct faults faults;
};

struct importing {
    struct db *db;
    struct arena *arena;
    struct arena *scratch; /* of one chunk */
    int64_t campaign;
    bool for_others;
    bool submit;
    struct err_voice voice;
    struct pieces file;
    struct csv *csv;
    bool ended;                /* the file was read to its end */
    struct csv_header *header; /* NULL until the first row */
    struct row rows[CHUNK + SLICE + 1];
    int count;
    int good;          /* rows that are not bad so far */
    const char *json;  /* they, as one JSON array */
    struct rows wrong; /* of them, what PostgreSQL says against */
    Err err;           /* of the work on the thread pool */
    struct buf errors;
    int64_t unlisted; /* bad rows past ERRORS_MAX */
    struct contract_import result;
};

/* --- the error file
 * --------------------------------------------------------------------------------- */

static void put_error(struct importing *import, const struct row *row, const struct fault *fault) {
    struct buf *out = &import->errors;
    if (row->number > 0) {
        buf_printf(out, "%lld", (long long)row->number);
    }
    buf_char(out, ',');
    csv_put(out, span_of(fault->field), ',');
    buf_printf(out, ",%s,", err_code(fault->err));
    csv_put(out,
            span_of(import->voice.say(import->scratch, import->voice.language, fault->err,
                                      fault->detail)),
            ',');
    buf_text(out, row->original);
    buf_text(out, "\r\n");
}

static void begin_errors(struct importing *import) {
    buf_init(&import->errors, import->arena, 4096);
    buf_text(&import->errors, "row,field,rule,message");
    for (int i = 0; i < csv_header_columns(import->header); i++) {
        buf_char(&import->errors, ',');
        csv_put(&import->errors, span_of(csv_header_name(import->header, i)), ',');
    }
    buf_text(&import->errors, "\r\n");
}

/* ",a,b,c": the columns of the row, all that the header has. */
static const char *original_of(struct importing *import, const struct csv_row *row) {
    struct buf out;
    buf_init(&out, import->scratch, 256);
    buf_text(&out, "");
    for (int i = 0; i < csv_header_columns(import->header); i++) {
        buf_char(&out, ',');
        if (i < row->count) {
            csv_put(&out, row->fields[i], ',');
        }
    }
    return out.ptr;
}

/* --- one row
 * ------------------------------------------------------------------------------------------ */

static void check_employer(const struct employer *employer, const struct contract *terms,
                           struct faults *faults) {
    if (terms->employer_ref == NULL) { /* what makes sending the file again harmless */
        (void)fault(faults, "employer_ref", ERR_REQUIRED, NULL);
    }
    if (employer->siret != NULL && !siret_valid(span_of(employer->siret))) {
        (void)fault(faults, "siret", ERR_BAD_SIRET, NULL);
    }
    if (employer->naf != NULL && !naf_valid(span_of(employer->naf))) {
        (void)fault(faults, "employer_naf", ERR_BAD_NAF, NULL);
    }
}

static const char *row_json(struct importing *import, int64_t number,
                            const struct employer *employer, const struct contract_form *form) {
    struct arena *scratch = import->scratch;
    struct buf out;
    buf_init(&out, scratch, 2048);
    record_members(&out, contract_fields, &form->terms);
    buf_char(&out, ',');
    record_members(&out, employer_fields, employer);
    struct contract_list_texts lists = {
        arena_printf(scratch, "%lld", (long long)number),
        records_json(scratch, contract_room_fields, sizeof *form->rooms, form->rooms,
                     form->room_count),
        records_json(scratch, contract_site_fields, sizeof *form->sites, form->sites,
                     form->site_count)};
    contract_put_lists(&out, &lists);
    return out.ptr;
}

static void read_row(struct importing *import, const struct csv_row *csv, struct row *row) {
    struct contract_form form = {0};
    struct employer employer;
    struct contract_list_columns lists;
    int hint = 0;
    struct csv_record record = {import->header, csv, &hint};
    struct source source = csv_source(&record);
    struct arena *scratch = import->scratch;
    Err terms = fields_parse(scratch, contract_fields, &source, &form.terms, &row->faults);
    Err rest = fields_parse(scratch, employer_fields, &source, &employer, &row->faults);
    Err list = fields_parse(scratch, contract_list_fields, &source, &lists, &row->faults);
    if (csv->count > csv_header_columns(import->header)) {
        (void)faultf(&row->faults, "", ERR_CSV_TOO_MANY_COLUMNS, "%lld", (long long)csv->number);
    }
    contract_defaults(&form.terms);
    if (list == OK) {
        contract_read_lists(scratch, &lists, &form, &row->faults);
    }
    if (terms == OK && rest == OK) {
        check_employer(&employer, &form.terms, &row->faults);
    }
    Err rules = contract_check(&form, &row->faults);
    if (terms == OK && rest == OK && rules == OK && row->faults.count == 0) {
        row->json = row_json(import, csv->number, &employer, &form);
    }
}

/* --- a chunk
 * ------------------------------------------------------------------------------------------ */

/* The rows that are still good, as one JSON array. */
static void put_good(struct importing *import) {
    struct buf out;
    buf_init(&out, import->scratch, (size_t)import->count * 2048);
    import->good = 0;
    buf_char(&out, '[');
    for (int i = 0; i < import->count; i++) {
        const struct row *row = &import->rows[i];
        if (row->json != NULL) {
            buf_text(&out, import->good++ > 0 ? ",{" : "{");
            buf_text(&out, row->json);
            buf_char(&out, '}');
        }
    }
    buf_char(&out, ']');
    import->json = out.ptr;
}

static void mark_bad(struct importing *import, const struct rows *rows) {
    int at = 0;
    for (int i = 0; i < rows->count; i++) {
        int64_t number = rows_int(rows, i, "row");
        while (at < import->count && import->rows[at].number != number) {
            at++;
        }
        if (at == import->count) {
            return; /* the query gives rows of this chunk only, in their order */
        }
        Err err = err_by_code(rows_text(rows, import->scratch, i, "code"));
        (void)fault(&import->rows[at].faults, rows_text(rows, import->scratch, i, "field"),
                    err == ERR_COUNT ? ERR_INTERNAL : err,
                    rows_text(rows, import->scratch, i, "detail"));
        import->rows[at].json = NULL;
    }
}

static Err take_row(void *arg, const struct csv_row *csv) {
    struct importing *import = arg;
    if (import->header == NULL) {
        TRY(csv_header_read(import->arena, tables, csv, db_faults(import->db), &import->header));
        begin_errors(import);
        return OK;
    }
    struct row *row = &import->rows[import->count++];
    row->number = csv->number;
    row->json = NULL;
    row->original = original_of(import, csv);
    faults_init(&row->faults, import->scratch);
    read_row(import, csv, row);
    return OK;
}

static Err read_rows(struct importing *import) {
    char room[SLICE];
    struct span slice;
    while (import->count < CHUNK && import->file.size > 0) {
        TRY(pieces_next(&import->file, room, sizeof room, &slice));
        TRY(csv_feed(import->csv, slice));
    }
    if (import->file.size == 0 && !import->ended) {
        import->ended = true;
        TRY(csv_end(import->csv));
    }
    put_good(import);
    return OK;
}

/* Work of the thread pool: while it reads and checks, the loop serves others. */
static void read_chunk(void *arg) {
    struct importing *import = arg;
    import->count = 0;
    arena_reset(import->scratch);
    import->err = read_rows(import);
}

/* The same, once PostgreSQL has looked at the good rows. */
static void judge_chunk(void *arg) {
    struct importing *import = arg;
    if (import->wrong.count > 0) {
        mark_bad(import, &import->wrong);
        put_good(import);
    }
    for (int i = 0; i < import->count; i++) {
        const struct row *row = &import->rows[i];
        bool listed = import->errors.len < ERRORS_MAX;
        for (size_t f = 0; f < row->faults.count && f < FAULTS_MAX && listed; f++) {
            put_error(import, row, &row->faults.list[f]);
        }
        import->result.bad += row->faults.count > 0 ? 1 : 0;
        import->unlisted += row->faults.count > 0 && !listed ? 1 : 0;
    }
}

static Err check_chunk(struct importing *import) {
    struct arg json = arg_text("rows", import->json);
    import->wrong = (struct rows){0};
    if (import->good == 0) {
        return OK;
    }
    if (import->for_others) {
        TRY(db_run(import->db, Q_CONTRACT_IMPORT_EMPLOYERS, ARGS(json), NULL));
    }
    return db_run(import->db, Q_CONTRACT_IMPORT_CHECK,
                  ARGS(json, arg_int("campaign", import->campaign),
                       arg_bool("others", import->for_others), arg_bool("submit", import->submit)),
                  &import->wrong);
}

/* "{1,2,3}", an array of PostgreSQL. */
static const char *ids_of(struct arena *arena, const struct rows *rows) {
    struct buf out;
    buf_init(&out, arena, 16 * (size_t)(rows->count + 1));
    for (int i = 0; i < rows->count; i++) {
        buf_printf(&out, "%c%lld", i == 0 ? '{' : ',', (long long)rows_int(rows, i, "id"));
    }
    buf_char(&out, '}');
    return out.ptr;
}

static Err write_chunk(struct importing *import) {
    struct rows rows;
    struct arg json = arg_text("rows", import->json);
    struct arg campaign = arg_int("campaign", import->campaign);
    struct arg batch = arg_int("import", import->result.id);
    if (import->good == 0) {
        return OK;
    }
    TRY(db_run(import->db, Q_CONTRACT_IMPORT_WRITE, ARGS(json, campaign, batch), &rows));
    import->result.ok += rows.count;
    import->result.same += import->good - rows.count;
    if (rows.count == 0) {
        return OK;
    }
    struct arg ids = arg_text("ids", ids_of(import->scratch, &rows));
    TRY(db_run(import->db, Q_CONTRACT_IMPORT_ROOMS, ARGS(json, campaign, batch, ids), NULL));
    TRY(db_run(import->db, Q_CONTRACT_IMPORT_SITES, ARGS(json, campaign, batch, ids), NULL));
    if (!import->submit) {
        return OK;
    }
    TRY(db_run(import->db, Q_CONTRACT_IMPORT_SUBMIT, ARGS(ids), NULL));
    return db_run(import->db, Q_CONTRACT_IMPORT_SCREEN, ARGS(ids), NULL);
}

static Err import_chunk(struct importing *import) {
    offload(read_chunk, import);
    TRY(import->err);
    TRY(check_chunk(import));
    offload(judge_chunk, import);
    return write_chunk(import);
}

/* --- the file
 * ------------------------------------------------------------------------------------------ */

struct hashing {
    struct pieces file;
    unsigned char hash[crypto_hash_sha256_BYTES];
    Err err;
};

static void hash_file(void *arg) {
    struct hashing *hashing = arg;
    struct span piece;
    char room[PIECE];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    while (hashing->err == OK && hashing->file.size > 0) {
        hashing->err = pieces_next(&hashing->file, room, sizeof room, &piece);
        if (hashing->err == OK) {
            crypto_hash_sha256_update(&state, (const unsigned char *)piece.ptr, piece.len);
        }
    }
    crypto_hash_sha256_final(&state, hashing->hash);
}

static Err begin_batch(struct importing *import) {
    struct hashing hashing = {.file = import->file};
    struct rows rows;
    offload(hash_file, &hashing);
    TRY(hashing.err);
    TRY(db_one(import->db, Q_CAMPAIGN_STATE, ARGS(arg_int("id", import->campaign)), NULL));
    TRY(db_one(import->db, Q_CONTRACT_IMPORT_BEGIN,
               ARGS(arg_int("campaign", import->campaign),
                    arg_bytes("hash", hashing.hash, sizeof hashing.hash)),
               &rows));
    import->result.id = rows_int(&rows, 0, "id");
    return OK;
}

static Err end_batch(struct importing *import) {
    if (import->unlisted > 0) {
        struct fault more = {"", ERR_CSV_MORE_BAD_ROWS,
                             arena_printf(import->scratch, "%lld", (long long)import->unlisted)};
        put_error(import, &(struct row){.original = ""}, &more);
    }
    const struct contract_import *r = &import->result;
    return db_one(import->db, Q_CONTRACT_IMPORT_END,
                  ARGS(arg_int("import", r->id), arg_int("ok", r->ok), arg_int("same", r->same),
                       arg_int("bad", r->bad),
                       arg_bytes("errors", import->errors.ptr, import->errors.len)),
                  NULL);
}

static void release_arena(void *arena) {
    arena_free(arena);
}

Err contract_import_csv(struct db *db, struct arena *arena, int64_t campaign, struct pieces file,
                        bool for_others, bool submit, struct err_voice voice,
                        struct contract_import *out) {
    struct importing *import = ARENA_NEW(arena, struct importing);
    import->db = db;
    import->arena = arena;
    import->scratch = arena_new();
    arena_defer(arena, release_arena, import->scratch);
    import->campaign = campaign;
    import->for_others = for_others;
    import->submit = submit;
    import->voice = voice;
    struct csv_limits limits = {.rows = ROWS_MAX};
    import->file = file;
    import->csv = csv_new(arena, &limits, db_faults(db), "file", take_row, import);
    TRY(begin_batch(import));
    while (!import->ended) {
        TRY(import_chunk(import));
    }
    if (import->header == NULL) {
        return fault(db_faults(db), "file", ERR_CSV_EMPTY, NULL);
    }
    TRY(end_batch(import));
    *out = import->result;
    return OK;
}
