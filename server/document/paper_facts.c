#include "paper_facts.h"

#include "../../lib/base/arena.h"
#include "../../lib/base/money.h"
#include "../../lib/sw1/base45.h"
#include "../../lib/sw1/cose.h"
#include "../../lib/sw1/issue.h"

Err document_claims(struct arena *arena, struct span text, struct sw1_claims *claims) {
    static const struct cbor_limits limits = {SW1_TEXT_MAX, 192, 6};
    enum { PREFIX = sizeof SW1_PREFIX - 1 };
    struct span bytes;
    struct cose cose;
    if (text.len < PREFIX ||
        !base45_decode(arena, (struct span){text.ptr + PREFIX, text.len - PREFIX}, &bytes) ||
        cose_read(arena, bytes, NULL, &limits, &cose) != SW1_VALID ||
        sw1_claims_read(&cose.claims, claims) != NULL) {
        return ERR_DOCUMENT_CLAIMS;
    }
    return OK;
}

/* On which papers a fact stands, and how many lines a card gives it. */
enum where { A4_ONLY = 0, CARD_LINE = 1, CARD_LINES = 2 };

static void add(struct facts *facts, enum where where, const char *label, const char *value) {
    if (value != NULL && facts->count < FACTS_MAX) {
        facts->list[facts->count++] =
            (struct fact){label, value, where != A4_ONLY, where == CARD_LINES ? 2 : 1};
    }
}

static const char *text_of(struct facts *facts, struct span text) {
    return text.ptr == NULL ? NULL : arena_copy(facts->arena, text.ptr, text.len);
}

static const char *day_of(struct facts *facts, int64_t day) {
    if (day == SW1_NONE || day == DATE_NONE) {
        return NULL;
    }
    struct civil civil = date_civil((date)day);
    return arena_printf(facts->arena, "%02d/%02d/%04d", civil.day, civil.month, civil.year);
}

/* With at least that many digits. */
static const char *number_of(struct facts *facts, int digits, int64_t value) {
    return value == SW1_NONE ? NULL
                             : arena_printf(facts->arena, "%0*lld", digits, (long long)value);
}

/* "Carpentras (84031)", or what there is of it. */
static const char *named(struct facts *facts, struct span code, const char *name) {
    return code.ptr != NULL && name != NULL
               ? arena_printf(facts->arena, "%s (%.*s)", name, (int)code.len, code.ptr)
               : text_of(facts, code);
}

static void add_person(struct facts *facts) {
    const struct sw1_claims *claims = &facts->claims;
    struct span born = claims->birth_date;
    add(facts, CARD_LINES, "Name", text_of(facts, claims->full_name));
    add(facts, CARD_LINES, "Name in the second script", text_of(facts, claims->second_name));
    if (born.ptr != NULL) {
        add(facts, CARD_LINE, "Born on",
            arena_printf(facts->arena, "%.2s/%.2s/%.4s", born.ptr + 6, born.ptr + 4, born.ptr));
    }
    add(facts, CARD_LINE, "Nationality", text_of(facts, claims->nationality));
    add(facts, CARD_LINE, "Passport", text_of(facts, claims->passport));
}

static void add_work(struct facts *facts, const struct paper *paper) {
    const struct sw1_claims *claims = &facts->claims;
    add(facts, CARD_LINES, "Employer", text_of(facts, claims->employer));
    add(facts, A4_ONLY, "SIRET", number_of(facts, 14, claims->siret));
    add(facts, CARD_LINE, "Place of work", named(facts, claims->commune, paper->commune_name));
    add(facts, CARD_LINE, "Occupation", named(facts, claims->rome, paper->rome_title));
    add(facts, CARD_LINE, "First day of work", day_of(facts, claims->first_day));
    add(facts, CARD_LINE, "Last day of work", day_of(facts, claims->last_day));
    if (claims->wage != SW1_NONE) {
        char money[MONEY_TEXT];
        money_format(claims->wage, money);
        add(facts, CARD_LINE, "Gross hourly wage in euros", arena_strdup(facts->arena, money));
    }
    add(facts, CARD_LINE, "Places", number_of(facts, 1, claims->places));
    add(facts, CARD_LINE, "Seasons without incident", number_of(facts, 1, claims->clean_seasons));
    add(facts, A4_ONLY, "Authorisation", text_of(facts, claims->authorisation));
    add(facts, CARD_LINE, "Contract", text_of(facts, claims->contract));
    add(facts, A4_ONLY, "Campaign", text_of(facts, claims->campaign));
    add(facts, CARD_LINE, "Report back to the return desk by", day_of(facts, paper->return_due));
    add(facts, A4_ONLY, "Issued on", day_of(facts, claims->iat / 86400));
    add(facts, CARD_LINE, "Valid until", day_of(facts, claims->exp / 86400));
}

Err facts_of(struct arena *arena, const struct paper *paper, struct facts *facts) {
    static const char *const titles[] = {"", "Seasonal worker's document", "Contract notice",
                                         "Season record"};
    static const char *const explains[] = {
        "", "The signed code at the right says the same as this page; the code alone counts.",
        "This notice names nobody. It says that the contract exists, so that anybody can check it "
        "free of charge.",
        "This record is the worker's own. It says that the season was worked and the return "
        "proven."};
    *facts = (struct facts){.arena = arena};
    TRY(document_claims(arena, paper->text, &facts->claims));
    TRY(qr_make(arena, paper->text, &facts->qr));
    facts->title = titles[facts->claims.kind];
    facts->explain = explains[facts->claims.kind];
    if (facts->claims.kind != SW1_NOTICE) {
        add_person(facts);
    }
    add_work(facts, paper);
    return OK;
}
