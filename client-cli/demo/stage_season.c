/* stage_season.c - from the authorisation to the last day of work, told by those who know. */
#include <string.h>

#include "listing.h"
#include "season.h"
#include "stages.h"

enum { ILL_DAYS = 10, ILL_PERCENT = 3, LIMIT_DAYS = 183 };

static struct placement *find(struct placements *all, int64_t id) {
    for (int i = 0; i < all->count; i++) {
        if (all->list[i].id == id) {
            return &all->list[i];
        }
    }
    return NULL;
}

static Err list_own(struct demo *demo, const struct actor *actor, cJSON **list) {
    const char *path =
        arena_printf(demo->arena, "/placements?campaign=%lld", (long long)demo->campaign);
    return list_all(demo, actor, path, "placements", "id", list);
}

static date member_date(const cJSON *object, const char *name) {
    date day = DATE_NONE;
    return date_parse(span_of(json_text(object, name)), &day) ? day : DATE_NONE;
}

/* Out of a hundred; the rest come home and are verified. */
static const struct {
    enum fate fate;
    int percent;
} SHARES[] = {
    {FATE_UNFIT, 2},       {FATE_VISA_REFUSED, 2}, {FATE_WITHDRAWN, 1},      {FATE_NO_SHOW, 1},
    {FATE_LATE, 4},        {FATE_OVER_LONG, 1},    {FATE_DECLARED, 3},       {FATE_EXTENDED, 2},
    {FATE_TRANSFERRED, 2}, {FATE_EXCEPTION, 2},    {FATE_STATUS_CHANGED, 1}, {FATE_NON_RETURN, 2},
    {FATE_UNSTAMPED, 1},   {FATE_FALSE_EXCUSE, 1},
};
enum { SHARES_COUNT = sizeof SHARES / sizeof SHARES[0] };

/* The first placements get one fate each, so that even a small campaign has them all. */
static enum fate choose(struct demo *demo, int index, const struct placement *placement) {
    enum fate fate = FATE_VERIFIED;
    if (index < SHARES_COUNT) {
        fate = SHARES[index].fate;
    } else {
        int64_t roll = dice_below(&demo->dice, 100);
        for (int i = 0; i < SHARES_COUNT && roll >= 0; i++) {
            roll -= SHARES[i].percent;
            fate = roll < 0 ? SHARES[i].fate : fate;
        }
    }
    /* An extension must reach the present, inside six months; an over-long stay be over. */
    bool early = placement->first + LIMIT_DAYS < demo->now - 20;
    return (fate == FATE_EXTENDED && early) || (fate == FATE_OVER_LONG && !early) ? FATE_VERIFIED
                                                                                  : fate;
}

static Err load(struct demo *demo, struct placements *all) {
    cJSON *list;
    TRY(list_own(demo, &demo->officer, &list));
    all->list = arena_array(demo->arena, (size_t)cJSON_GetArraySize(list), sizeof *all->list);
    all->count = 0;
    const cJSON *row;
    cJSON_ArrayForEach(row, list) {
        struct placement *p = &all->list[all->count];
        if (strcmp(json_text(row, "state"), "bound") != 0) {
            continue; /* replaced already */
        }
        *p = (struct placement){.id = json_int(row, "id"),
                                .token = json_text(row, "token"),
                                .contract = json_int(row, "contract_id"),
                                .excused = DATE_NONE,
                                .first = member_date(row, "first_day"),
                                .last = member_date(row, "last_day"),
                                .due = member_date(row, "return_due"),
                                .ill = dice_chance(&demo->dice, ILL_PERCENT, 100)};
        p->waiting = demo->answer_before != DATE_NONE && p->first >= demo->answer_before;
        p->fate = demo->answer_before == DATE_NONE ? choose(demo, all->count, p) : FATE_VERIFIED;
        all->count++;
        demo->planted_over += p->fate == FATE_OVER_LONG ? 1 : 0;
    }
    for (int s = 0; s < SERVICES; s++) {
        TRY(list_own(demo, &demo->services[s].actor, &list));
        cJSON_ArrayForEach(row, list) {
            struct placement *p = find(all, json_int(row, "id"));
            if (p != NULL) {
                p->service = s;
            }
        }
    }
    for (int e = 0; e < demo->employers_count; e++) {
        TRY(list_own(demo, &demo->employers[e].actor, &list));
        cJSON_ArrayForEach(row, list) {
            struct placement *p = find(all, json_int(row, "id"));
            if (p != NULL) {
                p->employer = e;
            }
        }
    }
    return OK;
}

/* Authorisation by the office. */
static Err authorise(struct demo *demo, const struct placements *all) {
    struct facts facts = facts_new(demo);
    TRY(demo_day(demo, demo->days.authorised));
    for (int i = 0, left = 0; i < all->count; i++) {
        /* Half of those left waiting wait for the desk, half for the office. */
        left += all->list[i].waiting ? 1 : 0;
        if (!all->list[i].waiting || left % 2 == 1) {
            facts_add(&facts, all->list[i].id, "authorised", demo->today, "PFMOE", NULL);
        }
    }
    return facts_send(demo, &demo->officer, &facts);
}

/* Convocation and medical examination at the desks; some withdraw. */
static Err examine(struct demo *demo, const struct placements *all) {
    TRY(demo_day(demo, demo->days.medical));
    for (int s = 0; s < SERVICES; s++) {
        struct facts desk = facts_new(demo);
        struct facts service = facts_new(demo);
        for (int i = 0; i < all->count; i++) {
            const struct placement *p = &all->list[i];
            if (p->service != s || p->waiting) {
                continue;
            }
            if (p->fate == FATE_WITHDRAWN) {
                facts_add(&service, p->id, "withdrawn", demo->today, "partner service",
                          "Found work at home.");
                continue;
            }
            facts_add(&desk, p->id, "convoked", demo->today - 5, "OFII", NULL);
            facts_add(&desk, p->id, p->fate == FATE_UNFIT ? "unfit" : "fit", demo->today,
                      "OFII physician", NULL);
        }
        TRY(facts_send(demo, &demo->desks[s], &desk));
        TRY(facts_send(demo, &demo->services[s].actor, &service));
    }
    return OK;
}

static bool left_before(enum fate fate) {
    return fate == FATE_UNFIT || fate == FATE_WITHDRAWN;
}

static Err visas(struct demo *demo, const struct placements *all) {
    TRY(demo_day(demo, demo->days.visa));
    for (int s = 0; s < SERVICES; s++) {
        struct facts desk = facts_new(demo);
        for (int i = 0; i < all->count; i++) {
            const struct placement *p = &all->list[i];
            if (p->service == s && !p->waiting && !left_before(p->fate)) {
                facts_add(&desk, p->id, p->fate == FATE_VISA_REFUSED ? "visa_refused" : "visa",
                          demo->today, "consulate", NULL);
            }
        }
        TRY(facts_send(demo, &demo->desks[s], &desk));
    }
    return OK;
}

/* Departures of the week, told by the services; who did not show up, by the desk. */
Err season_departures(struct demo *demo, const struct placements *all) {
    for (int s = 0; s < SERVICES; s++) {
        struct facts service = facts_new(demo);
        for (int i = 0; i < all->count; i++) {
            struct placement *p = &all->list[i];
            date day = p->first - 2;
            if (p->service != s || p->departed || day > demo->today || p->fate < FATE_NO_SHOW ||
                p->waiting) {
                continue;
            }
            p->departed = true;
            facts_add(&service, p->id, placement_travels(p) ? "departed" : "no_show", day,
                      "carrier list", NULL);
        }
        TRY(facts_send(demo, &demo->services[s].actor, &service));
    }
    return OK;
}

/* What an employer tells of one worker up to today. */
static void tell_work(struct demo *demo, const struct facts *facts, struct placement *p) {
    if (!p->at_work && p->first <= demo->today) {
        p->at_work = true;
        facts_add(facts, p->id, "arrived", p->first - 1, "employer", NULL);
        facts_add(facts, p->id, "working", p->first, "employer", NULL);
    }
    date back = p->first + 30 + ILL_DAYS;
    if (p->at_work && p->ill && back <= demo->today && !p->ended) {
        p->ill = false;
        facts_add(facts, p->id, "suspended", back - ILL_DAYS, "employer", "Sick leave.");
        facts_add(facts, p->id, "resumed", back, "employer", NULL);
    }
    if (p->at_work && !p->ended && !p->settled && p->last <= demo->today) {
        p->ended = true;
        facts_add(facts, p->id, "ended", p->last, "employer", NULL);
    }
}

Err season_work(struct demo *demo, const struct placements *all) {
    for (int e = 0; e < demo->employers_count; e++) {
        struct facts facts = facts_new(demo);
        for (int i = 0; i < all->count; i++) {
            struct placement *p = &all->list[i];
            if (p->employer == e && p->departed && placement_travels(p)) {
                tell_work(demo, &facts, p);
            }
        }
        TRY(facts_send(demo, &demo->employers[e].actor, &facts));
    }
    return OK;
}

Err stage_departure(struct demo *demo, struct placements *all) {
    struct call call;
    stage_begin(demo, "authorisation, medical, visa");
    TRY(load(demo, all));
    TRY(authorise(demo, all));
    TRY(examine(demo, all));
    TRY(visas(demo, all));
    TRY(demo_post(demo, &demo->officer, NULL, &call, "/campaigns/%lld/season",
                  (long long)demo->campaign));
    stage_count(demo, "placements", all->count);
    stage_end(demo);
    return OK;
}
