#include "draft.h"

#include <sodium.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/sw1/issue.h"
#include "../app.h"
#include "../candidate/candidate.h"
#include "../screening/screening.h"
#include "signer.h"

enum { DAY = 86400 };

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

Err document_open(const struct seal *seal, struct arena *arena, const struct rows *rows, int row,
                  struct span *text) {
    const struct seal_owner owner = {"worker", rows_int(rows, row, "worker_id")};
    struct span cti = rows_bytes(rows, arena, row, "cti");
    if (cti.len != SW1_CTI) {
        return ERR_CRYPTO;
    }
    return seal_open(seal, &owner, rows_bytes(rows, arena, row, "wrapped"), "document",
                     seal_id((const uint8_t *)cti.ptr), rows_bytes(rows, arena, row, "sealed"),
                     arena, text);
}

/* Under the same key as the worker's identity. */
static Err seal_text(struct draft *draft, int64_t worker, struct span wrapped) {
    const struct seal_owner owner = {"worker", worker};
    struct seal_key key;
    struct buf sealed;
    TRY(seal_key_open(draft->desk->app->seal, &owner, wrapped, &key));
    buf_init(&sealed, draft->desk->arena, draft->text.len + SEAL_OVERHEAD);
    seal_put(&key, "document", seal_id(draft->cti), draft->text, &sealed);
    seal_key_wipe(&key);
    draft->sealed = (struct span){sealed.ptr, sealed.len};
    return OK;
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
    claims->exp = ((int64_t)rows_date(draft->rows, draft->row, "expires_on") + 1) * DAY - 1;
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
    draft->wrong = sw1_claims_check(&draft->claims);
    if (draft->wrong != NULL) {
        return ERR_DOCUMENT_CLAIMS;
    }
    return sw1_issue(draft->desk->arena, signer_document_key(draft->desk->app->signer),
                     &draft->claims, &draft->text);
}

Err draft_person(struct draft *draft) {
    const struct document_desk *desk = draft->desk;
    int64_t worker = rows_int(draft->rows, draft->row, "worker_id");
    struct span wrapped = rows_bytes(draft->rows, desk->arena, draft->row, "wrapped");
    struct span record = rows_bytes(draft->rows, desk->arena, draft->row, "sealed");
    struct identity identity;
    TRY(identity_unseal(desk->app->seal, desk->arena, worker, wrapped, record, &identity));
    claim_work(draft);
    draw(draft);
    draft->claims.kind = draft->kind;
    draft->claims.authorisation = row_claim(draft, "authorisation");
    if (draft->kind == SW1_RECORD) {
        draft->claims.clean_seasons = rows_int(draft->rows, draft->row, "clean_seasons");
    }
    claim_person(draft, &identity);
    TRY(sign(draft));
    return seal_text(draft, worker, wrapped);
}

Err draft_notice(struct draft *draft) {
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
