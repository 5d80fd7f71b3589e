/* stage_contracts.c - the campaign, and the anonymous contracts that employers send. */
#include <stdio.h>
#include <string.h>

#include "../output.h"
#include "contracts_csv.h"
#include "listing.h"
#include "stages.h"

enum { PAGE = 200, DOCUMENT_DAYS = 300, CHECKIN_DAYS = 30, NON_RETURN_DAYS = 40, QUOTA = 5000 };

Err stage_campaign(struct demo *demo) {
    struct call call;
    stage_begin(demo, "campaign and partner services");
    TRY(demo_day(demo, demo->days.open));
    cJSON *body = demo_object(demo);
    int season = date_civil(demo->days.first).year;
    add_text(body, "code", demo->code);
    add_int(body, "season", season);
    add_text(body, "name", demo->title);
    add_date(body, "first_day", demo->days.first);
    add_date(body, "last_day", demo->days.last);
    add_int(body, "document_days", DOCUMENT_DAYS);
    add_int(body, "checkin_days", CHECKIN_DAYS);
    add_int(body, "non_return_after_days", NON_RETURN_DAYS);
    TRY(demo_post(demo, &demo->officer, body, &call, "/campaigns"));
    demo->campaign = json_int(call.json, "id");
    for (int i = 0; i < SERVICES; i++) {
        body = demo_object(demo);
        add_int(body, "org_id", demo->services[i].actor.org);
        add_int(body, "quota", QUOTA);
        TRY(demo_post(demo, &demo->officer, body, &call, "/campaigns/%lld/services",
                      (long long)demo->campaign));
    }
    TRY(demo_post(demo, &demo->officer, NULL, &call, "/campaigns/%lld/open",
                  (long long)demo->campaign));
    stage_count(demo, "services", SERVICES);
    stage_end(demo);
    return OK;
}

/* The first one has the address that the README names. */
static const char *employer_email(struct demo *demo, int department) {
    if (demo->employers_count == 0) {
        return "employer@farm.example";
    }
    char *email = arena_printf(demo->arena, "employer.%s@farm.example", DEPARTMENTS[department][0]);
    for (char *c = email; *c != '\0'; c++) {
        *c = *c == 'B' ? 'b' : *c;
    }
    return email;
}

/* The organisations that the import made, found by their SIRET, get an account each. */
static Err make_employers(struct demo *demo) {
    struct call call;
    struct actor *actors[DEPARTMENTS_COUNT];
    int64_t after = 0;
    do {
        TRY(demo_get(demo, &demo->admin, &call, "/orgs?kind=employer&limit=%d&after=%lld", PAGE,
                     (long long)after));
        const cJSON *org;
        after = 0;
        cJSON_ArrayForEach(org, cJSON_GetObjectItemCaseSensitive(call.json, "orgs")) {
            const char *siret = json_text(org, "siret");
            after = json_int(org, "id");
            if (siret != NULL && strcmp(siret, agency_siret(demo->arena)) == 0) {
                demo->agency = after;
            }
            for (int d = 0; siret != NULL && d < DEPARTMENTS_COUNT; d++) {
                if (strcmp(siret, group_siret(demo->arena, d)) != 0) {
                    continue;
                }
                struct employer *employer = &demo->employers[demo->employers_count];
                employer->department = d;
                employer->actor = (struct actor){
                    .email = employer_email(demo, d), .role = "employer", .org = after};
                actors[demo->employers_count++] = &employer->actor;
            }
        }
        if (cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(call.json, "orgs")) < PAGE) {
            break;
        }
    } while (after != 0);
    return make_actors(demo, actors, demo->employers_count);
}

static bool starts(struct span text, const char *prefix) {
    size_t length = strlen(prefix);
    return text.len >= length && memcmp(text.ptr, prefix, length) == 0;
}

/* Planted rows that the import refused; a row with several faults has several lines in a row. */
static Err count_refused(struct demo *demo, struct span errors) {
    struct table table;
    TRY(table_parse(demo->arena, errors, &table));
    struct span last = SPAN_LIT("");
    for (int row = 0; row < table.count; row++) {
        struct span ref = table_cell(&table, row, "employer_ref");
        if ((starts(ref, "LONG-") || starts(ref, "FICT-")) && !span_equal(ref, last)) {
            demo->caught_contracts++;
        }
        last = ref;
    }
    return OK;
}

/* The contracts whose tasks are at clients'. */
static Err note_lending(struct demo *demo) {
    cJSON *contracts;
    TRY(list_all(demo, &demo->officer,
                 arena_printf(demo->arena, "/contracts?campaign=%lld", (long long)demo->campaign),
                 "contracts", "id", &contracts));
    const cJSON *contract;
    cJSON_ArrayForEach(contract, contracts) {
        const char *ref = json_text(contract, "employer_ref");
        if (ref != NULL && starts(span_of(ref), LENDING_REF "-")) {
            plant_add(demo->plants, "clients_in_tasks", ABOUT_CONTRACT, json_int(contract, "id"));
        }
    }
    return OK;
}

/* The file of the rows that were not taken. */
static Err keep_errors(struct demo *demo, int64_t import) {
    struct call call;
    TRY(demo_get(demo, &demo->officer, &call, "/imports/%lld/errors.csv", (long long)import));
    TRY(count_refused(demo, call.reply));
    const char *path =
        arena_printf(demo->arena, "%s/%scontract-errors.csv", demo->out, demo->ref_prefix);
    return write_file(path, call.reply, 0644);
}

Err stage_contracts(struct demo *demo, const struct world *world) {
    struct call call;
    struct orders orders;
    struct planted_contracts planted = {3, 2, 4, 2};
    if (demo->employers_count > 0) { /* the next campaign: one doubt, left open */
        planted = (struct planted_contracts){0, 0, 1, 0};
    }
    stage_begin(demo, "anonymous contracts");
    TRY(orders_of(demo->arena, &world->demand, &world->communes, &demo->season,
                  demo->scale.places_max, demo->scale.contracts, demo->scale.dirt, &orders));
    for (int i = 0; i < orders.count; i++) {
        orders.list[i].ref =
            arena_printf(demo->arena, "%s%s", demo->ref_prefix, orders.list[i].ref);
    }
    TRY(find_profiles(demo));
    TRY(demo_day(demo, demo->days.contracts));
    struct span csv = contracts_csv(demo->arena, &orders, &demo->season, demo->today - 40,
                                    demo->profiles, &planted);
    TRY(demo_upload(demo, &demo->officer, csv, "text/csv", &call,
                    "/campaigns/%lld/contracts/import-for-employers?submit=1",
                    (long long)demo->campaign));
    stage_count(demo, "rows",
                orders.count + planted.over_long + planted.fictitious + planted.suspicious +
                    planted.lending);
    stage_count(demo, "imported", json_int(call.json, "rows_ok"));
    stage_count(demo, "refused rows", json_int(call.json, "rows_bad"));
    if (json_int(call.json, "rows_bad") > 0) {
        TRY(keep_errors(demo, json_int(call.json, "id")));
    }
    if (demo->employers_count == 0) {
        demo->planted_contracts = planted.over_long + planted.fictitious + planted.suspicious;
    }
    if (demo->employers_count == 0) {
        TRY(make_employers(demo));
        TRY(note_lending(demo));
    }
    stage_count(demo, "employers", demo->employers_count);
    stage_end(demo);
    return OK;
}
