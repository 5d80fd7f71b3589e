#include "returns.h"

#include <stddef.h>

#include "../../lib/base/arena.h"
#include "../app.h"
#include "../candidate/candidate.h"
#include "../db/db.h"
#include "../document/document.h"

static const char *const evidence_kinds[] = {"desk",
                                             "exit_stamp",
                                             "border_certificate",
                                             "carrier_manifest",
                                             "stamp_copy",
                                             "ticket_copy",
                                             "entry_stamp_copy",
                                             "photo",
                                             "employer_statement",
                                             "family_statement",
                                             "association_statement",
                                             "phone_call",
                                             NULL};
static const char *const found_words[] = {"document", "serial", "passport", "list", NULL};
static const char *const exception_kinds[] = {
    "extension",  "transfer",      "status_change", "pending_application", "other_legal_stay",
    "protection", "hospital",      "work_accident", "maternity",           "death",
    "detention",  "force_majeure", "lost_passport", "returned_elsewhere",  "left_early",
    NULL};
static const char *const decisions[] = {"confirmed", "rejected", NULL};

#define AT(member) offsetof(struct return_lookup, member)
const struct field return_lookup_fields[] = {
    {"text", F_NOTE, AT(text), 1, 8000, 0, NULL, "Text of the code"},
    {"number", F_TEXT, AT(number), 9, 9, 0, NULL, "Number of the document"},
    {"issuer", F_TEXT, AT(issuer), 3, 3, 0, NULL, "Issuing state"},
    {"passport", F_TEXT, AT(passport), 3, 32, 0, NULL, "Passport number"},
    FIELD_END,
};
#undef AT

#define AT(member) offsetof(struct return_evidence, member)
#define EVIDENCE_FIELDS                                                                            \
    {"kind", F_CHOICE, AT(kind), 0, 0, FIELD_REQUIRED, evidence_kinds, "Kind of evidence"},        \
        {"day", F_DATE, AT(day), 0, 0, FIELD_REQUIRED, NULL, "Day"},                               \
        {"exit_day", F_DATE, AT(exit_day), 0, 0, 0, NULL, "Day of leaving France"},                \
        {"original", F_BOOL, AT(original), 0, 0, 0, NULL, "Seen in the original"},                 \
        {"person_present", F_BOOL, AT(person_present), 0, 0, 0, NULL, "The person is present"},    \
        {"identity_checked", F_BOOL, AT(identity_checked), 0, 0, 0, NULL, "Identity checked"},     \
        {"found_by", F_CHOICE, AT(found_by), 0, 0, 0, found_words, "Found by"},                    \
        {"note", F_TEXT, AT(note), 1, 500, 0, NULL, "Note"}, FIELD_END

const struct field return_evidence_fields[] = {EVIDENCE_FIELDS};
const struct field return_evidence_row_fields[] = {
    {"placement_id", F_INT, AT(placement_id), 1, INT64_MAX, FIELD_REQUIRED, NULL, "Placement"},
    EVIDENCE_FIELDS};
#undef AT

#define AT(member) offsetof(struct return_exception, member)
const struct field return_exception_fields[] = {
    {"kind", F_CHOICE, AT(kind), 0, 0, FIELD_REQUIRED, exception_kinds, "Kind of exception"},
    {"document", F_TEXT, AT(document), 1, 200, FIELD_REQUIRED, NULL, "Document"},
    {"issuer", F_TEXT, AT(issuer), 1, 200, FIELD_REQUIRED, NULL, "Issued by"},
    {"from_day", F_DATE, AT(from_day), 0, 0, 0, NULL, "Since"},
    {"until", F_DATE, AT(until), 0, 0, 0, NULL, "Until"},
    {"to_contract_id", F_INT, AT(to_contract_id), 1, INT64_MAX, 0, NULL,
     "Contract of the other employer"},
    FIELD_END,
};
#undef AT

#define AT(member) offsetof(struct return_reason, member)
const struct field return_reason_fields[] = {
    {"reason", F_TEXT, AT(reason), 1, 500, FIELD_REQUIRED, NULL, "Reason"},
    FIELD_END,
};
const struct field non_return_decision_fields[] = {
    {"decision", F_CHOICE, AT(decision), 0, 0, FIELD_REQUIRED, decisions, "Decision"},
    {"reason", F_TEXT, AT(reason), 1, 500, FIELD_REQUIRED, NULL, "Reason"},
    FIELD_END,
};
#undef AT

static Err find_text(const struct returns_desk *desk, const char *text, int64_t *placement) {
    struct document_desk documents = {desk->db, desk->arena, desk->app, desk->now};
    struct sw1_answer answer;
    TRY(document_verify(&documents, text_trim(span_of(text)), &answer));
    if (!answer.shown) {
        return fault(db_faults(desk->db), "text", ERR_DOCUMENT_UNREADABLE,
                     sw1_code_name(answer.code));
    }
    /* An expired or withdrawn document still says whose it is; what it proves is another question.
     */
    return document_placement(&documents, answer.claims.cti, placement);
}

static Err find_number(const struct returns_desk *desk, const char *number, int64_t *placement) {
    struct rows rows;
    TRY(db_one(desk->db, Q_RETURN_BY_NUMBER, ARGS(arg_text("number", number)), &rows));
    *placement = rows_int(&rows, 0, "placement_id");
    return OK;
}

static Err find_passport(const struct returns_desk *desk, const struct return_lookup *lookup,
                         int64_t *placement) {
    struct rows rows;
    uint8_t digest[SEAL_DIGEST];
    if (lookup->issuer == NULL) {
        return fault(db_faults(desk->db), "issuer", ERR_REQUIRED, NULL);
    }
    seal_passport(desk->app->seal, lookup->issuer, lookup->passport, digest);
    const uint8_t *sent = seal_digest_sent(desk->app->seal, desk->arena, digest);
    TRY(db_one(desk->db, Q_RETURN_BY_PASSPORT, ARGS(arg_bytes("digest", sent, SEAL_SENT)), &rows));
    *placement = rows_int(&rows, 0, "placement_id");
    return OK;
}

Err return_find(const struct returns_desk *desk, const struct return_lookup *lookup,
                int64_t *placement, const char **found_by) {
    if (lookup->text != NULL) {
        TRY(find_text(desk, lookup->text, placement));
        *found_by = found_words[0];
    } else if (lookup->number != NULL) {
        TRY(find_number(desk, lookup->number, placement));
        *found_by = found_words[1];
    } else if (lookup->passport != NULL) {
        TRY(find_passport(desk, lookup, placement));
        *found_by = found_words[2];
    } else {
        return fault(db_faults(desk->db), "text", ERR_REQUIRED, NULL);
    }
    return OK;
}
