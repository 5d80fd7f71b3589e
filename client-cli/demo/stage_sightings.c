/* stage_sightings.c - what desks and inspectors saw and heard of the workers of the first campaign:
 * the documents that they showed, where they worked, whether money was asked. Most of it is in
 * order; a known part is not. */
#include <string.h>

#include "listing.h"
#include "season.h"
#include "stages.h"

enum {
    SHOWN_EACH =
        3,         /* one in so many shows his document at the medical examination and his return */
    CHANGED = 2,   /* with another number: at most, of those who came home late */
    RENEWED = 2,   /* with another number, and the paper that says why */
    SEEN_EACH = 5, /* one in so many was seen at work */
    ELSEWHERE = 2,
    ASKED = 40, /* say no */
    FEE_SAME = 3,
    MEDICAL_DAYS = 20, /* before the first day */
    WORK_DAYS = 10     /* after it */
};
static const char FAR_COMMUNE[] = "97411"; /* Saint-Denis: no contract of the demo is there */

/* Of those who left, one after the other. */
struct walk {
    const struct placements *all;
    int at;
};

static const struct placement *next_gone(struct walk *walk) {
    while (walk->at < walk->all->count) {
        const struct placement *p = &walk->all->list[walk->at++];
        if (p->departed && p->fate > FATE_NO_SHOW) {
            return p;
        }
    }
    return NULL;
}

/* The candidate of a placement and what is known of him. */
static int64_t whose(const struct demo *demo, const struct placement *p,
                     const struct person **person) {
    int service = 0;
    int index = 0;
    if (!find_token(demo, p->token, &service, &index)) {
        return 0;
    }
    *person = &demo->services[service].people.list[index];
    return demo->services[service].ids[index];
}

static Err show(struct demo *demo, const struct placement *p, const char *moment, date day,
                const char *number, const char *replaces) {
    struct call call;
    const struct person *person = NULL;
    int64_t candidate = whose(demo, p, &person);
    if (candidate == 0) {
        return ERR_NOT_FOUND;
    }
    cJSON *body = demo_object(demo);
    add_text(body, "moment", moment);
    add_date(body, "day", day);
    add_text(body, "document_issuer", person->country);
    add_text(body, "document_number", number != NULL ? number : person->number);
    add_text(body, "holder_same", "yes");
    add_text(body, "photo_same", "yes");
    add_text(body, "replaces", replaces);
    return demo_post(demo, &demo->desks[p->service], body, &call, "/candidates/%lld/documents-seen",
                     (long long)candidate);
}

/* Whoever is held by a case gets no papers any more: only who came home late is. */
static Err documents(struct demo *demo, const struct placements *all, int64_t *shown) {
    struct walk walk = {all, 0};
    const struct placement *p;
    const struct person *person = NULL;
    int planted = 0;
    for (int n = 0; (p = next_gone(&walk)) != NULL;) {
        bool late = p->fate == FATE_LATE;
        if (!p->settled || (!late && p->fate != FATE_VERIFIED)) {
            continue;
        }
        bool changed = late && planted < CHANGED;
        bool renewed = !late && n < RENEWED;
        if (n++ % SHOWN_EACH != 0 && !changed && !renewed) {
            continue;
        }
        const char *other = arena_printf(demo->arena, "QX%07d", n);
        TRY(show(demo, p, "medical", p->first - MEDICAL_DAYS, NULL, NULL));
        TRY(show(demo, p, "return", demo->today, changed || renewed ? other : NULL,
                 renewed ? "renewed" : NULL));
        (*shown) += 2;
        if (changed) {
            planted++;
            plant_add(demo->plants, "document_changed", ABOUT_CANDIDATE, whose(demo, p, &person));
        }
    }
    return OK;
}

/* The first two of different contracts were seen far away. */
static Err work_places(struct demo *demo, const struct placements *all, int64_t *seen) {
    struct walk walk = {all, 0};
    const struct placement *p;
    int64_t far = 0;
    int planted = 0;
    for (int n = 0; (p = next_gone(&walk)) != NULL; n++) {
        struct call call;
        bool elsewhere = planted < ELSEWHERE && p->contract != far;
        if (!elsewhere && n % SEEN_EACH != 0) {
            continue;
        }
        TRY(demo_get(demo, &demo->desks[0], &call, "/placements/%lld/work-seen", (long long)p->id));
        cJSON *body = demo_object(demo);
        add_date(body, "day", p->first + WORK_DAYS);
        add_text(body, "commune", elsewhere ? FAR_COMMUNE : json_text(call.json, "commune"));
        add_text(body, "source", elsewhere ? "inspection" : "worker");
        TRY(demo_post(demo, &demo->desks[0], body, &call, "/placements/%lld/work-seen",
                      (long long)p->id));
        (*seen)++;
        if (elsewhere) {
            far = p->contract;
            planted++;
            plant_add(demo->plants, "work_seen_elsewhere", ABOUT_CONTRACT, p->contract);
        }
    }
    return OK;
}

/* What one worker says: no, or who asked and where. */
static Err answer(struct demo *demo, const struct placement *p, const char *phone,
                  const char *place) {
    struct call call;
    const struct person *person = NULL;
    bool yes = phone != NULL || place != NULL;
    cJSON *body = demo_object(demo);
    add_text(body, "moment", "arrival");
    add_text(body, "asked", yes ? "yes" : "no");
    add_text(body, "phone", phone);
    add_text(body, "place", place);
    if (yes) {
        plant_add(demo->plants, "fee_asked", ABOUT_CANDIDATE, whose(demo, p, &person));
    }
    return demo_post(demo, &demo->desks[p->service], body, &call, "/placements/%lld/fee",
                     (long long)p->id);
}

/* The service of which most left. */
static int largest(const struct placements *all) {
    struct walk walk = {all, 0};
    const struct placement *p;
    int gone[SERVICES] = {0};
    int most = 0;
    while ((p = next_gone(&walk)) != NULL) {
        gone[p->service]++;
    }
    for (int s = 0; s < SERVICES; s++) {
        most = gone[s] > gone[most] ? s : most;
    }
    return most;
}

/* Of one service, whose people one account entered, three name one telephone, three one village and
 * two another one; all others say no. */
static Err fees(struct demo *demo, const struct placements *all, int64_t *asked) {
    static const char *const rules[] = {"fee_phone", "fee_place"};
    static const char *const phones[] = {"+212 6 99 88 77 66", NULL, NULL, NULL};
    static const char *const places[] = {NULL, "Douar Sidi Ali", "Ville Nouvelle", NULL};
    enum { NO = 3, HONEST = 2 * FEE_SAME + FEE_SAME - 1 };
    struct walk walk = {all, 0};
    const struct placement *p;
    const struct person *person = NULL;
    int64_t first[] = {INT64_MAX, INT64_MAX};
    int service = largest(all);
    int told = 0;
    while ((p = next_gone(&walk)) != NULL && *asked < ASKED + HONEST) {
        int kind = p->service == service && told < HONEST ? told++ / FEE_SAME : NO;
        int64_t candidate = whose(demo, p, &person);
        if (kind < 2) {
            first[kind] = candidate < first[kind] ? candidate : first[kind];
        }
        TRY(answer(demo, p, phones[kind], places[kind]));
        (*asked)++;
    }
    for (int kind = 0; kind < 2 && told >= (kind + 1) * FEE_SAME; kind++) {
        plant_add(demo->plants, rules[kind], ABOUT_CANDIDATE, first[kind]);
    }
    return OK;
}

Err stage_sightings(struct demo *demo, const struct placements *all) {
    int64_t shown = 0;
    int64_t seen = 0;
    int64_t asked = 0;
    stage_begin(demo, "documents, work places, fees");
    TRY(documents(demo, all, &shown));
    TRY(work_places(demo, all, &seen));
    TRY(fees(demo, all, &asked));
    stage_count(demo, "documents shown", shown);
    stage_count(demo, "seen at work", seen);
    stage_count(demo, "asked about money", asked);
    stage_end(demo);
    return OK;
}
