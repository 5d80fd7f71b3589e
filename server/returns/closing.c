/* closing.c - the closing act: the frozen list gets its second signature and the office's. */
#include "../../lib/base/arena.h"
#include "../../lib/sw1/act.h"
#include "../db/db.h"
#include "../document/document.h"
#include "returns.h"

Err closing_countersign(const struct returns_desk *desk, int64_t campaign, const char **sha256) {
    struct rows rows;
    struct span signature;
    Err found = db_one(desk->db, Q_CLOSING_TEXT, ARGS(arg_int("campaign", campaign)), &rows);
    if (found == ERR_NOT_FOUND) {
        return fault(db_faults(desk->db), "", ERR_CLOSING_NOT_SIGNED, NULL);
    }
    TRY(found);
    struct document_desk office = {desk->db, desk->arena, desk->app, desk->now};
    TRY(document_sign_act(&office, SW1_ACT_CLOSING, rows_span(&rows, 0, "body"), &signature));
    struct rows signed_rows;
    TRY(db_one(desk->db, Q_CLOSING_COUNTERSIGN,
               ARGS(arg_int("campaign", campaign),
                    arg_span("sha256", rows_span(&rows, 0, "sha256")),
                    arg_bytes("signature", signature.ptr, signature.len)),
               &signed_rows));
    *sha256 = rows_text(&signed_rows, desk->arena, 0, "sha256");
    return OK;
}
