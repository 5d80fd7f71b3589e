#include "contract.h"

#include <stddef.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/record_json.h"
#include "../db/db.h"

/* --- the lists of a contract as JSON for jsonb_to_recordset
 * ---------------------------------------- */

static const char *rooms_json(struct arena *arena, const struct contract_form *form) {
    return records_json(arena, contract_room_fields, sizeof *form->rooms, form->rooms,
                        form->room_count);
}

static const char *sites_json(struct arena *arena, const struct contract_form *form) {
    return records_json(arena, contract_site_fields, sizeof *form->sites, form->sites,
                        form->site_count);
}

/* Every kind of fault is told at once, those of the reading too. */
static Err check_all(struct db *db, struct arena *arena, int64_t campaign,
                     struct contract_form *form) {
    contract_defaults(&form->terms);
    return db_check(db, contract_check(form, db_faults(db)), Q_CONTRACT_FAULTS,
                    ARGS(arg_int("campaign", campaign), arg_text("sites", sites_json(arena, form)),
                         arg_record(contract_fields, &form->terms)));
}

static Err write_lists(struct db *db, struct arena *arena, int64_t id,
                       const struct contract_form *form) {
    struct arg key = arg_int("id", id);
    TRY(db_run(db, Q_CONTRACT_PUT_ROOMS, ARGS(key, arg_text("rooms", rooms_json(arena, form))),
               NULL));
    return db_run(db, Q_CONTRACT_PUT_SITES, ARGS(key, arg_text("sites", sites_json(arena, form))),
                  NULL);
}

Err contract_create(struct db *db, struct arena *arena, int64_t campaign,
                    struct contract_form *form, int64_t *id) {
    struct rows rows;
    TRY(db_one(db, Q_CAMPAIGN_STATE, ARGS(arg_int("id", campaign)), NULL));
    TRY(check_all(db, arena, campaign, form));
    TRY(db_one(db, Q_CONTRACT_CREATE,
               ARGS(arg_int("campaign", campaign), arg_record(contract_fields, &form->terms)),
               &rows));
    *id = rows_int(&rows, 0, "id");
    return write_lists(db, arena, *id, form);
}

Err contract_edit(struct db *db, struct arena *arena, int64_t id, int64_t version,
                  struct contract_form *form) {
    struct rows rows;
    TRY(db_one(db, Q_CONTRACT_STATE, ARGS(arg_int("id", id)), &rows));
    if (!span_is(rows_span(&rows, 0, "state"), "draft")) {
        return fault(db_faults(db), "", ERR_CONTRACT_FROZEN, rows_text(&rows, arena, 0, "state"));
    }
    TRY(check_all(db, arena, rows_int(&rows, 0, "campaign_id"), form));
    TRY(db_run(db, Q_CONTRACT_EDIT,
               ARGS(arg_int("id", id), arg_int("version", version),
                    arg_record(contract_fields, &form->terms)),
               &rows));
    if (rows.count == 0) {
        return ERR_STALE_EDIT;
    }
    TRY(db_run(db, Q_CONTRACT_DROP_ROOMS, ARGS(arg_int("id", id)), NULL));
    TRY(db_run(db, Q_CONTRACT_DROP_SITES, ARGS(arg_int("id", id)), NULL));
    return write_lists(db, arena, id, form);
}

/* --- states
 * ----------------------------------------------------------------------------------------- */

/* A conditional UPDATE that changed nothing: the contract is not there, or in another state. */
static Err not_in_state(struct db *db, int64_t id, const char *wanted) {
    struct rows rows;
    TRY(db_one(db, Q_CONTRACT_STATE, ARGS(arg_int("id", id)), &rows));
    struct span now = rows_span(&rows, 0, "state");
    return faultf(db_faults(db), "", ERR_CONFLICT, "contract:%.*s > contract:%s", (int)now.len,
                  now.ptr, wanted);
}

static Err load_rooms(struct db *db, struct arena *arena, int64_t id, struct contract_room **rooms,
                      int *count) {
    struct rows rows;
    TRY(db_run(db, Q_CONTRACT_ROOM_LIST, ARGS(arg_int("id", id)), &rows));
    struct contract_room *list = arena_array(arena, (size_t)rows.count + 1, sizeof *list);
    for (int i = 0; i < rows.count; i++) {
        fields_load(arena, contract_room_fields, &rows, i, &list[i]);
    }
    *rooms = list;
    *count = rows.count;
    return OK;
}

Err contract_submit(struct db *db, struct arena *arena, int64_t id) {
    struct rows rows;
    struct contract terms;
    struct contract_room *rooms = NULL;
    int count = 0;
    TRY(db_one(db, Q_CONTRACT_TERMS, ARGS(arg_int("id", id)), &rows));
    fields_load(arena, contract_fields, &rows, 0, &terms);
    int64_t version = rows_int(&rows, 0, "version");
    TRY(load_rooms(db, arena, id, &rooms, &count));
    TRY(contract_housing_check(&terms.housing, rooms, count, terms.places, db_faults(db)));
    TRY(db_run(db, Q_CONTRACT_SUBMIT, ARGS(arg_int("id", id), arg_int("version", version)), &rows));
    if (rows.count == 0) {
        return not_in_state(db, id, "submitted");
    }
    return db_run(db, Q_CONTRACT_SCREEN, ARGS(arg_int("id", id)), NULL);
}

Err contract_approve(struct db *db, int64_t id) {
    struct rows rows;
    TRY(db_run(db, Q_CONTRACT_APPROVE, ARGS(arg_int("id", id)), &rows));
    return rows.count == 1 ? OK : not_in_state(db, id, "approved");
}

Err contract_refuse(struct db *db, int64_t id, const char *reason) {
    struct rows rows;
    TRY(db_run(db, Q_CONTRACT_REFUSE, ARGS(arg_int("id", id), arg_text("reason", reason)), &rows));
    return rows.count == 1 ? OK : not_in_state(db, id, "refused");
}

Err contract_withdraw(struct db *db, int64_t id, const char *reason) {
    struct rows rows;
    TRY(db_run(db, Q_CONTRACT_WITHDRAW, ARGS(arg_int("id", id), arg_text("reason", reason)),
               &rows));
    return rows.count == 1 ? OK : not_in_state(db, id, "withdrawn");
}
