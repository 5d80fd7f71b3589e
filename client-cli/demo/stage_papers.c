/* stage_papers.c - what employers and candidates show: contacts and certificates, a known share of
 * them false. */
#include <string.h>

#include "listing.h"
#include "stages.h"

enum { ISSUERS = 5, ONE_IN = 4, FALSE_ONE_IN = 15, LONG_MONTHS = 36, WORK_DAYS = 300, YEAR = 365 };

static const char *const ISSUER_NAMES[ISSUERS] = {"Domaine des Oliviers", "Coopérative du Fleuve",
                                                  "Pépinière de la Plaine", "Ferme école",
                                                  "Vergers réunis"};
static const char *const COUNTRIES[SERVICES] = {"MA", "TN", "GE"};

/* What the papers of one candidate say. */
struct paper {
    const char *issuer;
    const char *serial;
    date first;
    date last;
    int months;
};

static const char *issuer_name(struct demo *demo, int service, int issuer) {
    return arena_printf(demo->arena, "%s, %s", ISSUER_NAMES[issuer], COUNTRIES[service]);
}

static Err add_issuers(struct demo *demo) {
    for (int s = 0; s < SERVICES; s++) {
        for (int i = 0; i < ISSUERS; i++) {
            struct call call;
            cJSON *body = demo_object(demo);
            add_text(body, "country", COUNTRIES[s]);
            add_text(body, "name", issuer_name(demo, s, i));
            add_text(body, "source", "list of the service");
            TRY(demo_post(demo, &demo->officer, body, &call, "/cases/issuers"));
        }
    }
    return OK;
}

static void prepare(struct demo *demo, int service, int person, const struct paper *paper,
                    struct call *call) {
    cJSON *body = demo_object(demo);
    add_text(body, "kind", "work");
    add_text(body, "issuer", paper->issuer);
    add_text(body, "serial", paper->serial);
    add_date(body, "first_day", paper->first);
    add_date(body, "last_day", paper->last);
    add_int(body, "months", paper->months);
    demo_prepare(demo, &demo->services[service].actor, body, call, "/candidates/%lld/certificates",
                 (long long)demo->services[service].ids[person]);
}

static struct paper honest(struct demo *demo, int service, int person) {
    struct dice *dice = &demo->dice;
    date first = demo->today - (date)dice_between(dice, 2 * YEAR, 6 * YEAR);
    return (struct paper){
        .issuer = issuer_name(demo, service, (int)dice_below(dice, ISSUERS)),
        .serial = arena_printf(demo->arena, "%s/%06d", COUNTRIES[service], person),
        .first = first,
        .last = first + (date)dice_between(dice, 60, WORK_DAYS),
        .months = (int)dice_between(dice, 2, 60),
    };
}

/* Makes one paper false in one of two ways; a copy, of the papers that were sent before. */
static void falsify(struct demo *demo, int64_t candidate, const struct paper *before,
                    struct paper *paper) {
    switch (dice_below(&demo->dice, 2)) {
    case 0:
        paper->issuer = before->issuer;
        paper->serial = before->serial;
        plant_add(demo->plants, "certificate_copied", ABOUT_CANDIDATE, candidate);
        break;
    default:
        paper->issuer = arena_printf(demo->arena, "Bureau %lld", (long long)candidate);
        plant_add(demo->plants, "certificate_issuer", ABOUT_CANDIDATE, candidate);
    }
}

/* One candidate's: honest, false, or a second one of the same days. Adds calls to `calls`. */
static size_t papers_of(struct demo *demo, int service, int person, struct paper *before,
                        struct call *first, struct call *second) {
    const struct service *from = &demo->services[service];
    int64_t id = from->ids[person];
    struct paper paper = honest(demo, service, person);
    bool fake = before->serial != NULL && dice_chance(&demo->dice, 1, FALSE_ONE_IN);
    bool twice = !fake && dice_chance(&demo->dice, 1, FALSE_ONE_IN);
    if (fake) {
        falsify(demo, id, before, &paper);
    }
    if (from->weak[person] && paper.months >= LONG_MONTHS) {
        plant_add(demo->plants, "certificate_level", ABOUT_CANDIDATE, id);
    }
    prepare(demo, service, person, &paper, first);
    if (!fake) {
        *before = paper;
    }
    if (!twice) {
        return 1;
    }
    struct paper other = paper;
    other.issuer = issuer_name(demo, (service + 1) % SERVICES, 0); /* never his first one's */
    other.serial = arena_printf(demo->arena, "%s/X%05d", COUNTRIES[service], person);
    other.first += 10;
    other.last += 10;
    other.months = 6;
    plant_add(demo->plants, "certificate_dates", ABOUT_CANDIDATE, id);
    prepare(demo, service, person, &other, second);
    return 2;
}

/* One after the other: a copy is known by what came before it. */
static Err certificates(struct demo *demo, int64_t *sent) {
    for (int s = 0; s < SERVICES; s++) {
        struct paper before = {NULL};
        const struct service *service = &demo->services[s];
        for (int i = 0; i < service->people.count; i++) {
            const struct person *person = &service->people.list[i];
            /* of the planted people the papers say nothing: each fraud is counted alone */
            if (person->fraud != FRAUD_NONE || !dice_chance(&demo->dice, 1, ONE_IN)) {
                continue;
            }
            struct call calls[2];
            size_t count = papers_of(demo, s, i, &before, &calls[0], &calls[1]);
            TRY(demo_all(demo, calls, 1, NULL));
            TRY(count == 2 ? demo_all(demo, &calls[1], 1, NULL) : OK);
            *sent += (int64_t)count;
        }
    }
    return OK;
}

/* One employer's office is where the people of one of his contracts sleep. */
static Err lodge_at_office(struct demo *demo, const struct employer *employer, cJSON *contacts,
                           bool *lodged) {
    struct call org;
    cJSON *contracts;
    TRY(demo_get(demo, &demo->officer, &org, "/orgs/%lld", (long long)employer->actor.org));
    TRY(list_all(demo, &employer->actor,
                 arena_printf(demo->arena, "/contracts?campaign=%lld", (long long)demo->campaign),
                 "contracts", "id", &contracts));
    const cJSON *contract;
    cJSON_ArrayForEach(contract, contracts) {
        struct call one;
        if (*lodged || strcmp(json_text(contract, "state"), "approved") != 0) {
            continue;
        }
        TRY(demo_get(demo, &employer->actor, &one, "/contracts/%lld",
                     (long long)json_int(contract, "id")));
        if (strcmp(json_text(one.json, "housing_commune"), json_text(org.json, "commune")) == 0) {
            add_text(contacts, "office_address", json_text(one.json, "housing_address"));
            plant_add(demo->plants, "housing_office", ABOUT_CONTRACT, json_int(contract, "id"));
            *lodged = true;
        }
    }
    return OK;
}

/* Each employer has his own telephone, address and number; the labour agency has that of a farm,
 * and no social insurance number. */
static Err contacts(struct demo *demo, bool *lodged) {
    for (int i = 0; i <= demo->employers_count; i++) {
        bool agency = i == demo->employers_count;
        int64_t org = agency ? demo->agency : demo->employers[i].actor.org;
        int number = agency ? 0 : i;
        struct call call;
        TRY(demo_get(demo, &demo->officer, &call, "/orgs/%lld/contacts", (long long)org));
        cJSON *body = demo_object(demo);
        add_text(body, "phone", arena_printf(demo->arena, "+33 6 12 34 50 %02d", number));
        add_text(body, "email", agency ? "agency@farm.example" : demo->employers[i].actor.email);
        add_text(body, "msa", agency ? NULL : arena_printf(demo->arena, "MSA%06d", number + 1));
        if (i == 1 || (i > 1 && !agency && !*lodged)) {
            TRY(lodge_at_office(demo, &demo->employers[i], body, lodged));
        }
        const char *version = call.etag;
        demo_prepare(demo, &demo->officer, body, &call, "/orgs/%lld/contacts", (long long)org);
        call.match = version;
        TRY(demo_all(demo, &call, 1, NULL));
    }
    plant_add(demo->plants, "shared_contact", ABOUT_ORG, demo->agency);
    plant_add(demo->plants, "shared_contact", ABOUT_ORG, demo->employers[0].actor.org);
    plant_add(demo->plants, "no_social_number", ABOUT_ORG, demo->agency);
    return OK;
}

Err stage_papers(struct demo *demo) {
    int64_t sent = 0;
    bool lodged = false;
    stage_begin(demo, "contacts and certificates");
    TRY(add_issuers(demo));
    TRY(contacts(demo, &lodged));
    TRY(certificates(demo, &sent));
    stage_count(demo, "certificates", sent);
    stage_end(demo);
    return OK;
}
