#include "candidate.h"

#include <stddef.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/rows.h"
#include "../db/db.h"

static const char *const states[] = {"entered", "preselected", "withdrawn", "rejected", NULL};

const struct field candidate_filter_fields[] = {
    {"campaign", F_INT, offsetof(struct candidate_filter, campaign), 1, INT64_MAX, 0, NULL,
     "Campaign"},
    {"state", F_CHOICE, offsetof(struct candidate_filter, state), 0, 0, 0, states, "State"},
    FIELD_END,
};

const struct field candidate_reason_fields[] = {
    {"reason", F_TEXT, offsetof(struct candidate_reason, reason), 10, 500, FIELD_REQUIRED, NULL,
     "Reason"},
    FIELD_END,
};

const struct field candidate_look_fields[] = {
    {"reason", F_TEXT, offsetof(struct candidate_reason, reason), 10, 500, 0, NULL, "Reason"},
    FIELD_END,
};

Err identity_open(struct db *db, struct arena *arena, const struct seal *seal, int64_t worker_id,
                  struct identity *identity) {
    struct rows rows;
    TRY(db_one(db, Q_IDENTITY_BY_WORKER, ARGS(arg_int("worker", worker_id)), &rows));
    return identity_unseal(seal, arena, worker_id, rows_bytes(&rows, arena, 0, "wrapped"),
                           rows_bytes(&rows, arena, 0, "sealed"), identity);
}

static struct arg digest_arg(const struct candidate_desk *desk, const char *name,
                             const uint8_t digest[SEAL_DIGEST]) {
    return arg_bytes(name, seal_digest_sent(desk->seal, desk->arena, digest), SEAL_SENT);
}

static Err store(const struct candidate_desk *desk, const struct entry_form *form,
                 const struct entry *entry, const struct rows *begun, struct rows *rows) {
    int64_t worker = rows_int(begun, 0, "worker_id");
    int64_t id = rows_int(begun, 0, "candidate_id");
    struct span sealed;
    uint8_t wrapped[SEAL_WRAPPED];
    identity_seal(desk->seal, desk->arena, worker, &entry->identity, &sealed, wrapped);
    char token[SEAL_TOKEN];
    seal_token(desk->seal, id, token);
    return db_one(
        desk->db, Q_CANDIDATE_CREATE,
        ARGS(arg_int("candidate_id", id), arg_int("worker_id", worker), arg_text("token", token),
             arg_int("campaign_id", form->campaign_id), arg_int("now", desk->now),
             digest_arg(desk, "passport", entry->passport),
             digest_arg(desk, "person", entry->person), digest_arg(desk, "swapped", entry->swapped),
             arg_bytes("sealed", sealed.ptr, sealed.len),
             arg_bytes("wrapped", wrapped, sizeof wrapped),
             entry->fee_phone.ptr == NULL
                 ? arg_null("fee_phone_key")
                 : digest_arg(desk, "fee_phone_key", (const uint8_t *)entry->fee_phone.ptr),
             arg_date("document_expires", entry->identity.document_expires),
             arg_text("languages", entry->languages), arg_text("permits", entry->permits),
             arg_text("habiletes", entry->habiletes), arg_text("zone_faults", entry->zone_faults),
             arg_text("zone_doubts", entry->zone_doubts),
             arg_text("typed_differs", entry->typed_differs), arg_record(entry_fields, form)),
        rows);
}

Err candidate_create(const struct candidate_desk *desk, const struct entry_form *form,
                     const struct identity *identity, struct rows *rows) {
    struct entry entry;
    struct rows begun;
    TRY(entry_check(desk->arena, desk->seal, form, identity, desk->today, false,
                    db_faults(desk->db), &entry));
    TRY(db_one(desk->db, Q_CANDIDATE_BEGIN,
               ARGS(arg_int("campaign_id", form->campaign_id),
                    digest_arg(desk, "passport", entry.passport),
                    digest_arg(desk, "person", entry.person)),
               &begun));
    return store(desk, form, &entry, &begun, rows);
}

Err candidate_edit(struct db *db, struct arena *arena, int64_t id, int64_t version,
                   const struct profile_form *form) {
    struct faults *faults = db_faults(db);
    size_t before = faults->count;
    const char *languages = NULL;
    const char *permits = NULL;
    const char *habiletes = NULL;
    struct rows rows;
    entry_words(arena, "languages", form->languages, 2, faults, &languages);
    entry_words(arena, "permits", form->permits, 30, faults, &permits);
    entry_words(arena, "habiletes", form->habiletes, 40, faults, &habiletes);
    if (form->available_to < form->available_from) {
        (void)fault(faults, "available_to", ERR_ENDS_BEFORE_START, NULL);
    }
    if (faults->count > before) {
        return ERR_INVALID_INPUT;
    }
    TRY(db_run(db, Q_CANDIDATE_EDIT,
               ARGS(arg_int("id", id), arg_int("version", version),
                    arg_text("languages", languages), arg_text("permits", permits),
                    arg_text("habiletes", habiletes), arg_record(candidate_profile_fields, form)),
               &rows));
    if (rows.count == 0) {
        TRY(db_one(db, Q_CANDIDATE_BY_ID, ARGS(arg_int("id", id)), &rows));
        return ERR_STALE_EDIT;
    }
    return OK;
}

Err candidate_move(struct db *db, int64_t id, const char *state, const char *reason,
                   struct rows *rows) {
    return db_one(db, Q_CANDIDATE_MOVE,
                  ARGS(arg_int("id", id), arg_text("state", state), arg_text("reason", reason)),
                  rows);
}

Err candidate_unseal(struct db *db, struct arena *arena, const struct seal *seal, int64_t id,
                     const char *reason, struct rows *rows, struct identity *identity) {
    TRY(db_one(db, Q_CANDIDATE_LOOK, ARGS(arg_int("id", id), arg_text("reason", reason)), rows));
    return identity_open(db, arena, seal, rows_int(rows, 0, "worker_id"), identity);
}
