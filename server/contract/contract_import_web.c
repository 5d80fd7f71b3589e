/* The import of contracts from a file, its error file, and the public check page. */
#include "../http/req.h"
#include "contract.h"

static Err form(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CAMPAIGN_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, "campaign", &rows, 0);
    struct view *columns = view_list(req->view, "columns");
    for (const struct field *field = contract_fields; field->name != NULL; field++) {
        struct view *column = view_item(columns);
        view_text(column, "name", field->name);
        view_text(column, "label", field->label);
        view_bool(column, "required", (field->flags & FIELD_REQUIRED) != 0);
    }
    return OK;
}

struct import_wish {
    bool submit;
};
static const struct field wish_fields[] = {
    {"submit", F_BOOL, offsetof(struct import_wish, submit), 0, 0, 0, NULL, "Submit them too"},
    FIELD_END,
};

static Err import(struct req *req, bool for_others) {
    struct upload upload;
    struct contract_import result;
    struct import_wish wish;
    TRY(query_read(req, wish_fields, &wish));
    TRY(req_upload(req, "file", &upload));
    TRY(contract_import_csv(req->db, req->arena, req_id(req, "id"), upload_pieces(&upload),
                            for_others, wish.submit, req_voice(req), &result));
    view_int(req->view, "import", result.id);
    view_int(req->view, "id", result.id);
    view_int(req->view, "rows_ok", result.ok);
    view_int(req->view, "rows_same", result.same);
    view_int(req->view, "rows_bad", result.bad);
    view_text(req->view, "location",
              arena_printf(req->arena, "/imports/%lld", (long long)result.id));
    return OK;
}

static Err import_own(struct req *req) {
    return import(req, false);
}

static Err import_for_others(struct req *req) {
    return import(req, true);
}

static Err show(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CONTRACT_IMPORT_BY_ID, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    view_row(req->view, NULL, &rows, 0);
    return OK;
}

static Err errors(struct req *req) {
    struct rows rows;
    TRY(db_one(req->db, Q_CONTRACT_IMPORT_ERRORS, ARGS(arg_int("id", req_id(req, "id"))), &rows));
    req_bytes(req, "text/csv; charset=utf-8", rows_span(&rows, 0, "errors"), "errors.csv", NULL,
              -1);
    return OK;
}

/* --- the check page: anybody who holds a contract asks whether it is real
 * ------------------------------- */

/* Capital letters without spaces, and the letters that are taken for digits as those. */
static const char *normal_code(struct arena *arena, const char *typed, bool digits) {
    char *code = arena_strdup(arena, typed);
    size_t length = 0;
    for (const char *c = typed; *c != '\0'; c++) {
        char up = *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
        up = digits && up == 'O' ? '0' : digits && (up == 'I' || up == 'L') ? '1' : up;
        if (up != ' ') {
            code[length++] = up;
        }
    }
    code[length] = '\0';
    return code;
}

struct check_question {
    const char *serial, *code;
};
#define AT(member) offsetof(struct check_question, member)
static const struct field question_fields[] = {
    {"serial", F_TEXT, AT(serial), 1, 200, 0, NULL, "Serial"},
    {"code", F_TEXT, AT(code), 1, 200, 0, NULL, "Check code"},
    FIELD_END,
};
#undef AT

static Err check(struct req *req) {
    struct check_question asked;
    TRY(query_read(req, question_fields, &asked));
    if (asked.serial == NULL || asked.code == NULL) {
        view_bool(req->view, "asked", false);
        return OK;
    }
    struct rows rows;
    TRY(req_ask(req));
    TRY(db_one(req->db, Q_CONTRACT_CHECK,
               ARGS(arg_text("serial", normal_code(req->arena, asked.serial, false)),
                    arg_text("code", normal_code(req->arena, asked.code, true))),
               &rows));
    view_bool(req->view, "asked", true);
    view_row(req->view, NULL, &rows, 0);
    struct view *typed = view_object(req->view, "typed"); /* to compare with the paper */
    view_text(typed, "serial", asked.serial);
    view_text(typed, "code", asked.code);
    return OK;
}

#define FORM "/campaigns/:id/contracts/import"
#define FORM_FOR_OTHERS "/campaigns/:id/contracts/import-for-employers"

const struct route contract_import_routes[] = {
    {GET, FORM, form, EMPLOYER, "contract/import", NULL, NULL, ROUTE_PAGE_ONLY,
     "Import contracts from a file"},
    {POST, FORM, import_own, EMPLOYER, NULL, "/imports/:import", FORM, ROUTE_UPLOAD,
     "Import contracts from a file"},
    {GET, FORM_FOR_OTHERS, form, OFFICER, "contract/import", NULL, NULL, ROUTE_PAGE_ONLY,
     "Import contracts for employers"},
    {POST, FORM_FOR_OTHERS, import_for_others, OFFICER, NULL, "/imports/:import", FORM_FOR_OTHERS,
     ROUTE_UPLOAD, "Import contracts for employers"},
    {GET, "/imports/:id", show, STAFF | EMPLOYER, "contract/imported", NULL, NULL, 0, "Import"},
    {GET, "/imports/:id/errors.csv", errors, STAFF | EMPLOYER, NULL, NULL, NULL, 0,
     "Rows of the file that were not taken"},
    {GET, "/check", check, PUBLIC, "contract/check", NULL, NULL, ROUTE_LOOK, "Check a contract"},
    ROUTE_END,
};

const struct reads contract_import_reads[] = {
    {import_own, wish_fields, NULL, 0},
    {import_for_others, wish_fields, NULL, 0},
    {check, question_fields, NULL, 0},
    READS_END,
};

const struct shows contract_import_shows[] = {
    {import_own, "import", SHOWS_INT, 0, NULL, 0},
    {import_own, "id", SHOWS_INT, 0, NULL, 0},
    {import_own, "rows_ok", SHOWS_INT, 0, NULL, 0},
    {import_own, "rows_same", SHOWS_INT, 0, NULL, 0},
    {import_own, "rows_bad", SHOWS_INT, 0, NULL, 0},
    {import_own, "location", SHOWS_TEXT, 0, NULL, 0},
    {import_for_others, "import", SHOWS_INT, 0, NULL, 0},
    {import_for_others, "id", SHOWS_INT, 0, NULL, 0},
    {import_for_others, "rows_ok", SHOWS_INT, 0, NULL, 0},
    {import_for_others, "rows_same", SHOWS_INT, 0, NULL, 0},
    {import_for_others, "rows_bad", SHOWS_INT, 0, NULL, 0},
    {import_for_others, "location", SHOWS_TEXT, 0, NULL, 0},
    {show, NULL, SHOWS_ROW, Q_CONTRACT_IMPORT_BY_ID, NULL, 0},
    {errors, "text/csv", SHOWS_BYTES, 0, NULL, 0},
    {check, "asked", SHOWS_BOOL, 0, NULL, 0},
    {check, NULL, SHOWS_ROW, Q_CONTRACT_CHECK, NULL, SHOWS_SOMETIMES},
    {check, "typed", SHOWS_TEXT, 0, NULL, SHOWS_SOMETIMES},
    {check, "typed.serial", SHOWS_TEXT, 0, NULL, 0},
    {check, "typed.code", SHOWS_TEXT, 0, NULL, 0},
    SHOWS_END,
};
