#include "document.h"

#include <sodium.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/sw1/issue.h"
#include "../app.h"
#include "../candidate/candidate.h"
#include "../db/db.h"
#include "../run/offload.h"
#include "../screening/screening.h"
#include "paper.h"
#include "signer.h"

enum { DAY = 86400, DRAWS_MAX = 8 };

/* A document before it has a row. */
struct draft {
    const struct document_desk *desk;
    struct rows *rows; /* what it is made from */
    int row;
    const struct rows *countries; /* NULL for a contract notice */
    int64_t list_no;
    Err err;
    struct sw1_claims claims;
    uint8_t cti[SW1_CTI];
    char number[10]; /* "K7Q2-M9XD" */
    struct span text;
    struct span sealed;
};

const char *status_list_uri(const struct document_desk *desk, int64_t list_no) {
    return arena_printf(desk->arena, "%s/.well-known/noria/status-%lld.cwt", desk->app->base_url,
                        (long long)list_no);
}

/* The row that a document's text is sealed for: its cti stands before the row exists. */
static int64_t seal_id(const uint8_t cti[SW1_CTI]) {
    uint64_t id = 0;
    for (int i = 0; i < 8; i++) {
        id = id << 8 | cti[i];
    }
    return (int64_t)(id & INT64_MAX);
}

/* Eight characters of Crockford's base 32 from the other half of the cti. */
static void make_number(const uint8_t cti[SW1_CTI], char number[10]) {
    static const char signs[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (int i = 0; i < 8; i++) {
        number[i + (i >= 4)] = signs[cti[8 + i] % 32];
    }
    number[4] = '-';
    number[9] = '\0';
}

/* Absent when empty: the format knows no empty texts. */
static struct span text_claim(const char *text) {
    struct span span = span_of(text);
    return span.len > 0 ? span : (struct span){0};
}

static struct span row_claim(const struct draft *draft, const char *column) {
    return text_claim(rows_text(draft->rows, draft->desk->arena, draft->row, column));
}

/* A bytea column: PostgreSQL gives it as "\\x" and hexadecimal digits. */
static struct span row_bytes(struct arena *arena, const struct rows *rows, int row,
                             const char *column) {
    struct span text = rows_span(rows, row, column);
    size_t size = text.len >= 2 ? text.len / 2 - 1 : 0;
    char *bytes = arena_alloc(arena, size + 1);
    bool good = size > 0 && text_unhex((struct span){text.ptr + 2, text.len - 2}, bytes, size);
    return good ? (struct span){bytes, size} : (struct span){0};
}

/* "A B", or the one that is there. */
static struct span joined(struct arena *arena, const char *a, const char *b) {
    if (a == NULL || b == NULL) {
        return text_claim(a != NULL ? a : b);
    }
    return text_claim(arena_printf(arena, "%s %s", a, b));
}

/* The name as the machine readable zone has it, else as it was entered. */
static struct span full_name(struct arena *arena, const struct identity *identity) {
    struct mrz mrz;
    if (identity->mrz != NULL && mrz_read(span_of(identity->mrz), &mrz) && mrz.surname[0] != '\0') {
        return joined(arena, arena_strdup(arena, mrz.surname),
                      mrz.given[0] != '\0' ? arena_strdup(arena, mrz.given) : NULL);
    }
    return joined(arena, identity->surname, identity->given_names);
}

/* ISO 3166-1 alpha-2 of the passport's three letters. */
static struct span country_code(const struct draft *draft, const char *alpha3) {
    for (int i = 0; alpha3 != NULL && i < draft->countries->count; i++) {
        if (span_is(rows_span(draft->countries, i, "alpha3"), alpha3)) {
            return rows_span(draft->countries, i, "code");
        }
    }
    return (struct span){0};
}

static void claim_person(struct draft *draft, const struct identity *identity) {
    struct arena *arena = draft->desk->arena;
    struct sw1_claims *claims = &draft->claims;
    claims->document_number = span_of(draft->number);
    claims->full_name = full_name(arena, identity);
    claims->second_name = joined(arena, identity->native_surname, identity->native_given_names);
    claims->passport = text_claim(identity->document_number);
    claims->nationality = country_code(draft, identity->nationality);
    if (identity->birth_date != DATE_NONE) {
        struct civil born = date_civil(identity->birth_date);
        claims->birth_date =
            span_of(arena_printf(arena, "%04d%02d%02d", born.year, born.month, born.day));
    }
    const char *sexes = "MFX";
    const char *sex = identity->sex != NULL ? strchr(sexes, identity->sex[0]) : NULL;
    if (sex != NULL && *sex != '\0') {
        claims->gender = 1 + (sex - sexes);
    }
}

/* What every document says: issuer, dates, employer, work. */
static void claim_work(struct draft *draft) {
    const struct document_desk *desk = draft->desk;
    struct sw1_claims *claims = &draft->claims;
    int64_t siret;
    *claims = sw1_claims_none();
    claims->iss = span_of(desk->app->issuer);
    claims->iat = claims->nbf = desk->now;
    claims->first_day = rows_date(draft->rows, draft->row, "first_day");
    claims->last_day = rows_date(draft->rows, draft->row, "last_day");
    /* To the end of that day: a document serves at the return desk too. */
    int64_t days = claims->last_day + rows_int(draft->rows, draft->row, "document_days");
    claims->exp = (days + 1) * DAY - 1;
    claims->status_uri = span_of(status_list_uri(desk, draft->list_no));
    claims->employer = row_claim(draft, "employer");
    if (text_int(rows_span(draft->rows, draft->row, "siret"), &siret)) {
        claims->siret = siret;
    }
    claims->commune = row_claim(draft, "commune");
    claims->rome = row_claim(draft, "rome");
    claims->contract = row_claim(draft, "serial");
    claims->campaign = row_claim(draft, "campaign");
}

/* A new identity and place in the status list: at each attempt, so that nothing of a text that was
 * not kept comes again. */
static void draw(struct draft *draft) {
    randombytes_buf(draft->cti, sizeof draft->cti);
    make_number(draft->cti, draft->number);
    draft->claims.cti = (struct span){(const char *)draft->cti, SW1_CTI};
    draft->claims.status_idx = randombytes_uniform(SW1_STATUS_ENTRIES);
}

static Err sign(struct draft *draft) {
    return sw1_issue(draft->desk->arena, signer_document_key(draft->desk->app->signer),
                     &draft->claims, &draft->text);
}

/* Opens the identity, fills the claims, signs and seals: may run on a pool thread. */
static Err make_worker(struct draft *draft) {
    const struct document_desk *desk = draft->desk;
    struct span plain;
    struct identity identity;
    TRY(seal_open(desk->app->seal, "identity", rows_int(draft->rows, draft->row, "worker_id"),
                  row_bytes(desk->arena, draft->rows, draft->row, "sealed"), desk->arena, &plain));
    TRY(identity_unpack(plain, &identity));
    claim_work(draft);
    draw(draft);
    draft->claims.kind = SW1_WORKER;
    draft->claims.authorisation = row_claim(draft, "authorisation");
    claim_person(draft, &identity);
    TRY(sign(draft));
    struct buf sealed;
    buf_init(&sealed, desk->arena, draft->text.len + SEAL_OVERHEAD);
    seal_put(desk->app->seal, "document", seal_id(draft->cti), draft->text, &sealed);
    draft->sealed = (struct span){sealed.ptr, sealed.len};
    return OK;
}

/* Writes the row; `*id` is 0 when the index was taken. */
static Err insert_worker(struct draft *draft, int64_t *id) {
    struct rows done;
    TRY(db_run(draft->desk->db, Q_DOCUMENT_ISSUE,
               ARGS(arg_int("placement", rows_int(draft->rows, draft->row, "placement_id")),
                    arg_bytes("cti", draft->cti, SW1_CTI), arg_text("number", draft->number),
                    arg_int("list_no", draft->list_no), arg_int("idx", draft->claims.status_idx),
                    arg_bytes("sealed", draft->sealed.ptr, draft->sealed.len),
                    arg_int("iat", draft->claims.iat), arg_int("exp", draft->claims.exp)),
               &done));
    *id = done.count == 1 ? rows_int(&done, 0, "id") : 0;
    return OK;
}

/* Inserts a signed draft; an index that is taken is drawn again. */
static Err keep_worker(struct draft *draft, int64_t *id) {
    for (int turn = 0; turn < DRAWS_MAX; turn++) {
        TRY(insert_worker(draft, id));
        if (*id != 0) {
            return OK;
        }
        TRY(make_worker(draft));
    }
    return ERR_UNAVAILABLE;
}

/* The list that takes new documents. A server without keys (NORIA_KEYS) issues nothing. */
static Err current_list(const struct document_desk *desk, int64_t *list_no) {
    struct rows rows;
    if (desk->app->signer == NULL || desk->app->seal == NULL) {
        return ERR_UNAVAILABLE;
    }
    TRY(db_one(desk->db, Q_DOCUMENT_SLOT, ARGS(), &rows));
    *list_no = rows_int(&rows, 0, "list_no");
    return OK;
}

Err document_issue(const struct document_desk *desk, int64_t placement, int64_t *id) {
    struct arg which = arg_int("placement", placement);
    struct draft draft = {.desk = desk, .rows = ARENA_NEW(desk->arena, struct rows)};
    struct rows countries;
    TRY(db_run(desk->db, Q_DOCUMENT_CHECK, ARGS(which), NULL));
    TRY(db_one(desk->db, Q_DOCUMENT_SUBJECT, ARGS(which), draft.rows));
    TRY(db_run(desk->db, Q_DOCUMENT_COUNTRIES, ARGS(), &countries));
    TRY(current_list(desk, &draft.list_no));
    draft.countries = &countries;
    TRY(make_worker(&draft));
    TRY(db_run(desk->db, Q_DOCUMENT_SUPERSEDE, ARGS(which), NULL));
    return keep_worker(&draft, id);
}

/* --- a campaign's documents
 * ------------------------------------------------------------------------ */

struct batch {
    int count;
    struct draft *drafts;
};

static void make_batch(void *arg) {
    const struct batch *batch = arg;
    for (int i = 0; i < batch->count; i++) {
        batch->drafts[i].err = make_worker(&batch->drafts[i]);
    }
}

Err document_issue_all(const struct document_desk *desk, int64_t campaign,
                       struct document_batch *done) {
    struct rows ready;
    struct rows countries;
    int64_t list_no;
    TRY(db_run(desk->db, Q_DOCUMENT_READY,
               ARGS(arg_int("campaign", campaign), arg_int("limit", DOCUMENT_BATCH)), &ready));
    TRY(db_run(desk->db, Q_DOCUMENT_COUNTRIES, ARGS(), &countries));
    TRY(current_list(desk, &list_no));
    struct batch batch = {ready.count,
                          arena_array(desk->arena, (size_t)ready.count + 1, sizeof(struct draft))};
    for (int i = 0; i < batch.count; i++) {
        batch.drafts[i] = (struct draft){
            .desk = desk, .rows = &ready, .row = i, .countries = &countries, .list_no = list_no};
    }
    offload(make_batch, &batch);
    *done = (struct document_batch){0};
    for (int i = 0; i < batch.count; i++) {
        int64_t id;
        if (batch.drafts[i].err == ERR_DOCUMENT_CLAIMS) {
            done->refused++; /* one record that does not fit must not stop the others */
            continue;
        }
        TRY(batch.drafts[i].err);
        TRY(keep_worker(&batch.drafts[i], &id));
        done->issued++;
    }
    return OK;
}

/* --- contract notices
 * -------------------------------------------------------------------------------- */

static Err make_notice(struct draft *draft) {
    int64_t wage = 0;
    claim_work(draft);
    draw(draft);
    draft->claims.kind = SW1_NOTICE;
    draft->claims.places = rows_int(draft->rows, draft->row, "places");
    if (money_parse(rows_span(draft->rows, draft->row, "hourly_wage"), &wage)) {
        draft->claims.wage = wage;
    }
    return sign(draft);
}

static Err insert_notice(struct draft *draft, int64_t contract, int64_t *id) {
    struct rows done;
    TRY(db_run(draft->desk->db, Q_NOTICE_ISSUE,
               ARGS(arg_int("contract", contract), arg_bytes("cti", draft->cti, SW1_CTI),
                    arg_text("number", draft->number), arg_int("list_no", draft->list_no),
                    arg_int("idx", draft->claims.status_idx), arg_span("text", draft->text),
                    arg_int("iat", draft->claims.iat), arg_int("exp", draft->claims.exp)),
               &done));
    *id = done.count == 1 ? rows_int(&done, 0, "id") : 0;
    return OK;
}

Err notice_issue(const struct document_desk *desk, int64_t contract, int64_t *id) {
    struct arg which = arg_int("contract", contract);
    struct draft draft = {.desk = desk, .rows = ARENA_NEW(desk->arena, struct rows)};
    TRY(db_run(desk->db, Q_NOTICE_CHECK, ARGS(which), NULL));
    TRY(db_one(desk->db, Q_NOTICE_SUBJECT, ARGS(which), draft.rows));
    TRY(current_list(desk, &draft.list_no));
    TRY(db_run(desk->db, Q_NOTICE_SUPERSEDE, ARGS(which), NULL));
    for (int turn = 0; turn < DRAWS_MAX; turn++) {
        TRY(make_notice(&draft));
        TRY(insert_notice(&draft, contract, id));
        if (*id != 0) {
            return OK;
        }
    }
    return ERR_UNAVAILABLE;
}

/* --- showing
 * ------------------------------------------------------------------------------------------ */

Err document_text(const struct document_desk *desk, int64_t id, const char *reason,
                  struct span *text, const char **number) {
    struct rows rows;
    if (desk->app->seal == NULL) {
        return ERR_UNAVAILABLE;
    }
    bool employer = db_actor(desk->db)->class == DB_EMPLOYER;
    if (employer) {
        TRY(db_one(desk->db, Q_DOCUMENT_NOTICE_TEXT, ARGS(arg_int("id", id)), &rows));
    } else {
        TRY(db_one(desk->db, Q_DOCUMENT_TEXT, ARGS(arg_int("id", id), arg_text("reason", reason)),
                   &rows));
    }
    *number = rows_text(&rows, desk->arena, 0, "number");
    if (rows_int(&rows, 0, "kind") == SW1_NOTICE) {
        *text = rows_span(&rows, 0, "text");
        return OK;
    }
    struct span cti = row_bytes(desk->arena, &rows, 0, "cti");
    if (cti.len != SW1_CTI) {
        return ERR_CRYPTO;
    }
    return seal_open(desk->app->seal, "document", seal_id((const uint8_t *)cti.ptr),
                     row_bytes(desk->arena, &rows, 0, "sealed"), desk->arena, text);
}

Err document_paper(const struct document_desk *desk, int64_t id, const char *number,
                   struct paper *paper) {
    struct rows rows;
    TRY(db_one(desk->db, Q_DOCUMENT_PAPER, ARGS(arg_int("id", id)), &rows));
    struct span country = rows_span(&rows, 0, "country");
    bool arabic = span_is(country, "MA") || span_is(country, "TN") || span_is(country, "DZ");
    *paper = (struct paper){.number = number,
                            .commune_name = rows_text(&rows, desk->arena, 0, "commune_name"),
                            .rome_title = rows_text(&rows, desk->arena, 0, "rome_title"),
                            .return_due = rows_date(&rows, 0, "return_due"),
                            .base_url = desk->app->base_url,
                            .second = arabic ? "ar" : "en"};
    return OK;
}
