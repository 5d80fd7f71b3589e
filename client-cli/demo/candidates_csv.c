#include "candidates_csv.h"

#include "../../lib/base/arena.h"
#include "../../lib/base/csv.h"

static const char *const HEADER[] = {
    "partner_ref",
    "surname",
    "given_names",
    "native_surname",
    "native_given_names",
    "sex",
    "birth_date",
    "birth_place",
    "nationality",
    "document_issuer",
    "document_number",
    "document_expires",
    "mrz",
    "experience_months",
    "languages",
    "available_from",
    "available_to",
    "consent",
    "fee_asked",
    "fee_amount",
    "fee_payee",
};

static void put(struct buf *out, const char *value) {
    if (out->len > 0 && out->ptr[out->len - 1] != '\n') {
        buf_char(out, ',');
    }
    csv_put(out, span_of(value), ',');
}

static void put_date(struct buf *out, date day) {
    char text[DATE_TEXT];
    date_format(day, text);
    put(out, text);
}

static void put_row(struct buf *out, const struct person *person, const struct season *season) {
    bool fee = person->fraud == FRAUD_FEE_PAID;
    put(out, person->ref);
    put(out, person->surname);
    put(out, person->given);
    put(out, person->native_surname);
    put(out, person->native_given);
    put(out, person->sex);
    put_date(out, person->birth);
    put(out, person->birth_place);
    put(out, person->country);
    put(out, person->country);
    put(out, person->number);
    put_date(out, person->expires);
    put(out, person->mrz);
    put(out, arena_printf(out->arena, "%d", person->experience_months));
    put(out, person->languages);
    put_date(out, season->first);
    put_date(out, season->last);
    put(out, "true");
    put(out, fee ? "true" : "false");
    put(out, fee ? "900" : "");
    put(out, fee ? "intermediary in town" : "");
    buf_text(out, "\r\n");
}

struct span candidates_csv(struct arena *arena, const struct people *people, int from, int to,
                           const struct season *season) {
    struct buf out;
    buf_init(&out, arena, (size_t)(to - from + 1) * 384);
    buf_text(&out, "");
    for (size_t i = 0; i < sizeof HEADER / sizeof HEADER[0]; i++) {
        put(&out, HEADER[i]);
    }
    buf_text(&out, "\r\n");
    for (int i = from; i < to; i++) {
        put_row(&out, &people->list[i], season);
    }
    return (struct span){out.ptr, out.len};
}
