#include "../http/req.h"
#include "version.h"

#define AT(type, member) offsetof(struct type, member)

const char *const reference_states[] = {"draft", "active", "retired", NULL};

const struct field reference_filter_fields[] = {
    {"state", F_CHOICE, AT(reference_filter, state), 0, 0, 0, reference_states, "State"},
    FIELD_END};

const struct field version_signature_fields[] = {{"edit", F_INT, AT(version_signature, edit), 1,
                                                  INT64_MAX, FIELD_REQUIRED, NULL,
                                                  "The edit that was read"},
                                                 FIELD_END};

Err version_load(struct req *req, const struct version_kind *kind) {
    struct rows rows;
    TRY(db_one(req->db, kind->by_id,
               ARGS(arg_int("id", req_id(req, "id")), arg_int("reader", req->account)), &rows));
    req_etag(req, rows_int(&rows, 0, "edit"));
    view_row(req->view, NULL, &rows, 0);
    if (!req->api) {
        view_row(req->view, "form", &rows, 0);
        view_text(req->view, "folder", kind->folder);
    }
    return OK;
}

Err version_list(struct req *req, enum stmt stmt, const char *name) {
    struct rows rows;
    TRY(db_run(req->db, stmt, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_rows(req->view, name, &rows, -1);
    return OK;
}

Err version_made(struct req *req, const struct version_kind *kind, int64_t id) {
    view_int(req->view, "id", id);
    view_text(req->view, "location",
              arena_printf(req->arena, "/%s/%lld", kind->folder, (long long)id));
    return OK;
}

Err version_next(struct req *req, const struct version_kind *kind, enum stmt stmt) {
    struct rows rows;
    TRY(db_one(req->db, stmt, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    return version_made(req, kind, rows_int(&rows, 0, "id"));
}

static Err step(struct req *req, const struct version_kind *kind, enum stmt stmt) {
    struct rows rows;
    TRY(db_one(req->db, stmt, ARGS(arg_text("kind", kind->table), arg_int("id", req_id(req, "id"))),
               &rows));
    return version_load(req, kind);
}

static Err signature(struct req *req, const struct version_kind *kind, enum stmt stmt,
                     const struct field *fields) {
    struct version_signature form;
    struct rows rows;
    TRY(fields_read(req, fields, &form));
    TRY(db_one(req->db, stmt,
               ARGS(arg_text("kind", kind->table), arg_int("id", req_id(req, "id")),
                    arg_record(fields, &form)),
               &rows));
    return version_load(req, kind);
}

Err version_propose(struct req *req, const struct version_kind *kind) {
    return signature(req, kind, Q_VERSION_PROPOSE, version_signature_fields);
}

Err version_drop(struct req *req, const struct version_kind *kind) {
    return step(req, kind, Q_VERSION_DROP);
}

Err version_sign(struct req *req, const struct version_kind *kind) {
    return signature(req, kind, Q_VERSION_SIGN, version_signature_fields);
}

Err version_retire(struct req *req, const struct version_kind *kind) {
    return step(req, kind, Q_VERSION_RETIRE);
}
