#include "candidate_import.h"

#include <sodium.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/csv.h"
#include "../../lib/base/pieces.h"
#include "../db/bulk.h"
#include "../run/offload.h"

enum {
    ROWS_MAX = 1000001,
    CHUNK = 4096,                 /* rows that PostgreSQL moves while the next are read */
    ERRORS_MAX = 2 * 1024 * 1024, /* past it, bad rows are only counted */
    COLUMNS = 25,
    PIECE = 65536 /* of the file, read at a time */
};

static const struct field *const tables[] = {entry_fields, identity_fields, NULL};

struct importing {
    const struct candidate_desk *desk;
    int64_t campaign;
    struct pieces file;
    struct bulk *reserving; /* ids, without the key */
    struct bulk *bulk;
    uint8_t hash[crypto_generichash_BYTES]; /* keyed, of the file */
    int64_t lines;                          /* rows that it can have */
    struct arena *scratch;                  /* of one row */
    struct faults faults;                   /* of one row */
    struct csv_header *header;              /* NULL until the first row */
    int64_t first_worker;
    int64_t first_candidate;
    bool again;     /* the last chunk had references that were there already */
    int64_t staged; /* rows handed over so far */
    int chunk;      /* of them, in the chunk under way */
    bool taking;    /* a chunk is being moved */
    struct buf errors;
    int64_t unlisted; /* bad rows past ERRORS_MAX */
    int digests;      /* version of the digest key, until the import ends */
    struct candidate_import result;
    Err err;
};

/* --- the error file -----------------------------------------------------------------------------
 */

static void begin_errors(struct importing *import) {
    buf_init(&import->errors, import->desk->arena, 4096);
    buf_text(&import->errors, "row,field,rule,message");
    for (int i = 0; i < csv_header_columns(import->header); i++) {
        buf_char(&import->errors, ',');
        csv_put(&import->errors, span_of(csv_header_name(import->header, i)), ',');
    }
    buf_text(&import->errors, "\r\n");
}

/* A line a fault: row, field, code, sentence, and the columns as they were. */
static void put_errors(struct importing *import, const struct csv_row *row) {
    const struct err_voice *voice = &import->desk->voice;
    struct buf *out = &import->errors;
    if (out->len >= ERRORS_MAX) {
        import->unlisted++;
        return;
    }
    for (size_t i = 0; i < import->faults.count && i < FAULTS_MAX; i++) {
        const struct fault *fault = &import->faults.list[i];
        buf_printf(out, "%lld,", (long long)row->number);
        csv_put(out, span_of(fault->field), ',');
        buf_printf(out, ",%s,", err_code(fault->err));
        csv_put(out,
                span_of(voice->say(import->scratch, voice->language, fault->err, fault->detail)),
                ',');
        for (int c = 0; c < csv_header_columns(import->header); c++) {
            buf_char(out, ',');
            csv_put(out, c < row->count ? row->fields[c] : SPAN_LIT(""), ',');
        }
        buf_text(out, "\r\n");
    }
}

static void end_errors(struct importing *import) {
    const struct err_voice *voice = &import->desk->voice;
    if (import->unlisted > 0) {
        const char *count = arena_printf(import->scratch, "%lld", (long long)import->unlisted);
        buf_printf(&import->errors, ",,%s,", err_code(ERR_CSV_MORE_BAD_ROWS));
        csv_put(&import->errors,
                span_of(voice->say(import->scratch, voice->language, ERR_CSV_MORE_BAD_ROWS, count)),
                ',');
        buf_text(&import->errors, "\r\n");
    }
}

/* --- one row ------------------------------------------------------------------------------------
 */

static void put_digest(struct importing *import, const uint8_t digest[SEAL_DIGEST]) {
    bulk_put(import->bulk, (struct span){(const char *)digest, SEAL_DIGEST});
}

/* Under the key that the database compares under. */
static Err digests_now(const struct importing *import, const struct entry *entry,
                       uint8_t now[3][SEAL_DIGEST]) {
    const struct seal *seal = import->desk->seal;
    TRY(seal_digest_again(seal, entry->passport, 1, import->digests, now[0]));
    TRY(seal_digest_again(seal, entry->person, 1, import->digests, now[1]));
    return seal_digest_again(seal, entry->swapped, 1, import->digests, now[2]);
}

/* The key of the digests, which stays the same until the import ends: held by its transaction. */
static Err find_digest_key(struct importing *import) {
    struct rows rows;
    uint8_t id[SEAL_KEY_ID];
    TRY(bulk_run(import->bulk, Q_CANDIDATE_IMPORT_BEGIN,
                 ARGS(arg_int("campaign", import->campaign)), &rows));
    import->digests = (int)rows_int(&rows, 0, "version");
    TRY(seal_digest_key_id(import->desk->seal, import->digests, id));
    struct span known = rows_bytes(&rows, import->desk->arena, 0, "key_id");
    bool same = known.ptr == NULL || span_equal(known, (struct span){(const char *)id, sizeof id});
    return same ? OK : ERR_DIGEST_KEY_UNKNOWN;
}

/* Waits for the chunk that is being moved. */
static Err chunk_taken(struct importing *import) {
    struct rows rows;
    if (!import->taking) {
        return OK;
    }
    import->taking = false;
    TRY(bulk_wait(import->bulk, &rows));
    import->result.ok += rows_int(&rows, 0, "added");
    import->result.same += rows_int(&rows, 0, "same");
    import->again = rows_bool(&rows, 0, "again");
    return OK;
}

/* Hands the gathered rows over, once PostgreSQL is done with those before. */
static Err send_chunk(struct importing *import) {
    TRY(chunk_taken(import));
    if (import->chunk == 0) {
        return OK;
    }
    import->chunk = 0;
    TRY(bulk_copy(import->bulk, Q_CANDIDATE_IMPORT_COPY));
    import->taking = true;
    return bulk_start(import->bulk, Q_CANDIDATE_IMPORT_TAKE,
                      ARGS(arg_int("import", import->result.id),
                           arg_int("campaign", import->campaign), arg_bool("again", import->again),
                           arg_int("now", import->desk->now)));
}

static Err copy_row(struct importing *import, int64_t row, const struct entry_form *form,
                    const struct entry *entry) {
    struct bulk *bulk = import->bulk;
    int64_t worker = import->first_worker + import->staged;
    int64_t candidate = import->first_candidate + import->staged;
    char token[SEAL_TOKEN];
    struct span sealed;
    uint8_t wrapped[SEAL_WRAPPED];
    uint8_t digests[3][SEAL_DIGEST];
    TRY(digests_now(import, entry, digests));
    seal_token(import->desk->seal, candidate, token);
    identity_seal(import->desk->seal, import->scratch, worker, &entry->identity, &sealed, wrapped);
    bulk_copy_row(bulk, COLUMNS);
    bulk_put_bigint(bulk, row);
    bulk_put_bigint(bulk, worker);
    bulk_put_bigint(bulk, candidate);
    bulk_put_text(bulk, token);
    bulk_put_text(bulk, form->partner_ref);
    for (int i = 0; i < 3; i++) {
        put_digest(import, digests[i]);
    }
    bulk_put(bulk, sealed);
    bulk_put(bulk, (struct span){(const char *)wrapped, sizeof wrapped});
    bulk_put_date(bulk, entry->identity.document_expires);
    bulk_put_int(bulk,
                 form->experience_months == FIELD_NONE ? 0 : (int32_t)form->experience_months);
    bulk_put_words(bulk, entry->languages);
    bulk_put_words(bulk, entry->permits);
    bulk_put_words(bulk, entry->habiletes);
    bulk_put_date(bulk, form->available_from);
    bulk_put_date(bulk, form->available_to);
    bulk_put_bool(bulk, form->fee_asked);
    bulk_put_bigint(bulk, form->fee_amount);
    bulk_put_text(bulk, form->fee_payee);
    if (entry->fee_phone.ptr == NULL) {
        bulk_put_text(bulk, NULL);
    } else {
        uint8_t phone[SEAL_DIGEST];
        TRY(seal_digest_again(import->desk->seal, (const uint8_t *)entry->fee_phone.ptr, 1,
                              import->digests, phone));
        put_digest(import, phone);
    }
    bulk_put_text(bulk, form->fee_place);
    bulk_put_words(bulk, entry->zone_faults);
    bulk_put_words(bulk, entry->zone_doubts);
    bulk_put_words(bulk, entry->typed_differs);
    import->staged++;
    return ++import->chunk == CHUNK ? send_chunk(import) : OK;
}

/* Faults in import->faults mean that the row is bad, and say why. */
static Err check_row(struct importing *import, const struct csv_row *row, struct entry_form *form,
                     struct entry *entry) {
    struct identity identity;
    int hint = 0;
    struct csv_record record = {import->header, row, &hint};
    struct source source = csv_source(&record);
    Err read = fields_parse(import->scratch, entry_fields, &source, form, &import->faults);
    Err who = fields_parse(import->scratch, identity_fields, &source, &identity, &import->faults);
    if (row->count > csv_header_columns(import->header)) {
        (void)faultf(&import->faults, "", ERR_CSV_TOO_MANY_COLUMNS, "%lld", (long long)row->number);
    }
    TRY(read);
    TRY(who);
    TRY(entry_check(import->scratch, import->desk->seal, form, &identity, import->desk->today, true,
                    &import->faults, entry));
    return faults_err(&import->faults);
}

static Err take_row(void *arg, const struct csv_row *row) {
    struct importing *import = arg;
    if (import->header == NULL) {
        TRY(csv_header_read(import->desk->arena, tables, row, db_faults(import->desk->db),
                            &import->header));
        begin_errors(import);
        return OK;
    }
    struct entry_form form;
    struct entry entry;
    Err err = OK;
    faults_init(&import->faults, import->scratch);
    if (check_row(import, row, &form, &entry) == OK) {
        err = copy_row(import, row->number, &form, &entry);
    } else {
        put_errors(import, row);
        import->result.bad++;
    }
    arena_reset(import->scratch);
    return err;
}

/* --- the file -----------------------------------------------------------------------------------
 */

static int64_t count_of(struct span piece, char byte) {
    int64_t count = 0;
    const char *end = piece.ptr + piece.len;
    for (const char *at = piece.ptr; at < end; at++) {
        at = memchr(at, byte, (size_t)(end - at));
        if (at == NULL) {
            return count;
        }
        count++;
    }
    return count;
}

/* The first pass: the file's hash, and how many rows it can have: its line ends (either byte of a
 * wide one counts) and one. An old Mac's file has no LF: then CR is counted. */
static Err weigh(struct importing *import) {
    struct pieces file = import->file;
    struct span piece;
    char room[PIECE];
    int64_t returns = 1;
    uint8_t key[SEAL_REQUEST_KEY];
    crypto_generichash_state state;
    seal_request_key(import->desk->seal, key);
    crypto_generichash_init(&state, key, sizeof key, sizeof import->hash);
    import->lines = 1;
    while (file.size > 0) {
        TRY(pieces_next(&file, room, sizeof(room), &piece));
        crypto_generichash_update(&state, (const unsigned char *)piece.ptr, piece.len);
        import->lines += count_of(piece, '\n');
        returns += count_of(piece, '\r');
    }
    crypto_generichash_final(&state, import->hash, sizeof import->hash);
    sodium_memzero(key, sizeof key);
    sodium_memzero(&state, sizeof state);
    import->lines = import->lines == 1 ? returns : import->lines;
    return OK;
}

/* Ids for every row that may come. */
static Err reserve(struct importing *import) {
    struct rows rows;
    TRY(bulk_run(import->reserving, Q_CANDIDATE_IMPORT_IDS, ARGS(arg_int("count", import->lines)),
                 &rows));
    import->first_worker = rows_int(&rows, 0, "first_worker");
    import->first_candidate = rows_int(&rows, 0, "first_candidate");
    return OK;
}

static Err read_file(struct importing *import) {
    const struct csv_limits limits = {.rows = ROWS_MAX};
    struct csv *csv = csv_new(import->desk->arena, &limits, db_faults(import->desk->db), "file",
                              take_row, import);
    struct pieces file = import->file;
    struct span piece;
    char room[PIECE];
    while (file.size > 0) {
        TRY(pieces_next(&file, room, sizeof(room), &piece));
        TRY(csv_feed(csv, piece));
    }
    TRY(csv_end(csv));
    if (import->header == NULL) {
        return fault(db_faults(import->desk->db), "file", ERR_CSV_EMPTY, NULL);
    }
    TRY(send_chunk(import));
    return chunk_taken(import);
}

/* What an import did that was done before: of the same file, or under the same key. */
static struct candidate_import done_before(const struct rows *rows, bool known, bool replayed) {
    return (struct candidate_import){.id = rows_int(rows, 0, "id"),
                                     .ok = rows_int(rows, 0, "rows_ok"),
                                     .same = rows_int(rows, 0, "rows_same"),
                                     .bad = rows_int(rows, 0, "rows_bad"),
                                     .known = known,
                                     .replayed = replayed};
}

/* Opens the batch; `known` when the same file has one already. */
static Err begin_batch(struct importing *import) {
    struct rows rows;
    struct arg campaign = arg_int("campaign", import->campaign);
    struct arg digest = arg_bytes("hash", import->hash, sizeof(import->hash));
    TRY(bulk_run(import->bulk, Q_CANDIDATE_IMPORT_BATCH, ARGS(campaign, digest), &rows));
    if (rows.count == 0) {
        TRY(bulk_run(import->bulk, Q_CANDIDATE_IMPORT_KNOWN, ARGS(campaign, digest), &rows));
        if (rows.count == 0) {
            return ERR_NOT_FOUND;
        }
        import->result = done_before(&rows, true, false);
        return OK;
    }
    import->result.id = rows_int(&rows, 0, "id");
    return OK;
}

static Err end_batch(struct importing *import) {
    struct candidate_import *r = &import->result;
    struct seal_key key;
    uint8_t wrapped[SEAL_WRAPPED];
    struct buf box;
    TRY(bulk_run(import->bulk, Q_CANDIDATE_IMPORT_SCREEN,
                 ARGS(arg_int("import", r->id), arg_int("campaign", import->campaign),
                      arg_int("first", import->first_candidate),
                      arg_int("last", import->first_candidate + import->staged)),
                 NULL));
    end_errors(import);
    buf_init(&box, import->desk->arena, import->errors.len + SEAL_OVERHEAD);
    seal_key_new(import->desk->seal, &(struct seal_owner){"import", r->id}, &key, wrapped);
    seal_put(&key, "import", r->id, (struct span){import->errors.ptr, import->errors.len}, &box);
    seal_key_wipe(&key);
    sodium_memzero(import->errors.ptr, import->errors.len);
    return bulk_run(import->bulk, Q_CANDIDATE_IMPORT_END,
                    ARGS(arg_int("import", r->id), arg_int("ok", r->ok), arg_int("same", r->same),
                         arg_int("bad", r->bad), arg_bytes("errors", box.ptr, box.len),
                         arg_bytes("errors_key", wrapped, sizeof wrapped)),
                    NULL);
}

static Err run(struct importing *import) {
    TRY(begin_batch(import));
    if (import->result.known) {
        return OK;
    }
    TRY(find_digest_key(import));
    TRY(read_file(import));
    return end_batch(import);
}

/* In a transaction of its own: its lock keeps single entries from drawing ids, and must not last as
 * long as the import. */
static Err reserve_alone(struct importing *import) {
    TRY(bulk_begin(import->reserving));
    Err err = reserve(import);
    if (err != OK) {
        bulk_abort(import->reserving);
        return err;
    }
    return bulk_commit(import->reserving, NULL);
}

static void work(void *arg) {
    struct importing *import = arg;
    import->scratch = arena_new();
    import->err = weigh(import);
    if (import->err == OK) {
        import->err = reserve_alone(import);
    }
    if (import->err == OK) {
        import->err = bulk_begin(import->bulk);
    }
    if (import->err == OK) {
        import->err = run(import);
        if (import->err == OK) {
            const char *id =
                arena_printf(import->desk->arena, "%lld", (long long)import->result.id);
            import->err =
                bulk_commit(import->bulk, &(struct db_answer){import->result.known, NULL, id});
        } else {
            bulk_abort(import->bulk);
        }
    }
    arena_free(import->scratch);
}

/* What the import under this key did: its number is the answer that was kept, and whether the file
 * was known. */
static Err again(const struct candidate_desk *desk, const struct db_once *once,
                 struct candidate_import *result) {
    struct db_answer answer;
    struct rows rows;
    int64_t id = 0;
    db_faults(desk->db)->count = 0; /* that it is a repeat is no fault of the file */
    TRY(db_stored(desk->db, once, &answer));
    if (!text_int(span_of(answer.body == NULL ? "" : answer.body), &id)) {
        return ERR_IDEMPOTENCY_MISMATCH;
    }
    TRY(db_one(desk->db, Q_CANDIDATE_IMPORT_BY_ID, ARGS(arg_int("id", id)), &rows));
    *result = done_before(&rows, answer.status != 0, true);
    return OK;
}

Err candidate_import_csv(const struct candidate_desk *desk, int64_t campaign, struct pieces file,
                         const struct db_once *once, struct candidate_import *result) {
    struct importing *import = ARENA_NEW(desk->arena, struct importing);
    import->desk = desk;
    import->campaign = campaign;
    import->file = file;
    import->reserving = bulk_new(desk->db, NULL);
    import->bulk = bulk_new(desk->db, once);
    offload(work, import);
    if (import->err == ERR_IDEMPOTENCY_REPLAY) {
        return again(desk, once, result);
    }
    if (import->err == OK) {
        *result = import->result;
    }
    return import->err;
}

Err candidate_import_errors(const struct candidate_desk *desk, int64_t id, struct span *csv) {
    struct rows rows;
    TRY(db_one(desk->db, Q_CANDIDATE_IMPORT_ERRORS, ARGS(arg_int("id", id)), &rows));
    return seal_open(desk->seal, &(struct seal_owner){"import", id},
                     rows_bytes(&rows, desk->arena, 0, "errors_key"), "import", id,
                     rows_bytes(&rows, desk->arena, 0, "errors_csv"), desk->arena, csv);
}
