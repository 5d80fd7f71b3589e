/* stage_returns.c - who comes home and how that is known, lawful reasons not to, and the others. */
#include <string.h>

#include "season.h"

enum {
    WEEK = 7,
    LATE_DAYS = 9,
    OVER_DAYS = 190, /* after the first day: beyond six months */
    DESK_DAYS = 12,  /* between the last day and the desk */
    CONTACT_DAYS = 20,
    CARELESS = 6 /* returns of the careless desk; five are looked at */
};

/* Evidence of one worker, for one call. */
static void add_evidence(cJSON *list, const struct placement *p, const char *kind, date day,
                         date exit_day, bool desk) {
    cJSON *evidence = cJSON_CreateObject();
    add_int(evidence, "placement_id", p->id);
    add_text(evidence, "kind", kind);
    add_date(evidence, "day", day);
    if (exit_day != DATE_NONE) {
        add_date(evidence, "exit_day", exit_day);
    }
    cJSON_AddBoolToObject(evidence, "original", desk);
    cJSON_AddBoolToObject(evidence, "person_present", desk);
    cJSON_AddBoolToObject(evidence, "identity_checked", desk);
    if (desk) {
        add_text(evidence, "found_by", "document");
    }
    cJSON_AddItemToArray(list, evidence);
}

/* The evidence that has come in by today, by fate. */
static void tell_return(struct demo *demo, cJSON *list, struct placement *p) {
    date today = demo->today;
    date desk = p->last + DESK_DAYS;
    date over = p->first + OVER_DAYS > p->due + 1 ? p->first + OVER_DAYS : p->due + 1;
    if (p->excused != DATE_NONE && p->excused + WEEK <= today) {
        add_evidence(list, p, "ticket_copy", p->excused + 2, DATE_NONE, false);
        plant_add(demo->plants, "excused_but_active", ABOUT_PLACEMENT, p->id);
        p->excused = DATE_NONE;
    }
    if (p->settled || !p->ended) {
        return;
    }
    if (p->fate == FATE_VERIFIED && desk <= today) {
        add_evidence(list, p, "desk", desk, p->last + 2, true);
        p->settled = true;
    } else if (p->fate == FATE_LATE && p->due + LATE_DAYS + 3 <= today) {
        add_evidence(list, p, "desk", p->due + LATE_DAYS + 2, p->due + LATE_DAYS, true);
        p->settled = true;
    } else if (p->fate == FATE_OVER_LONG && over + 3 <= today) {
        add_evidence(list, p, "desk", over + 2, over, true);
        p->settled = true;
    } else if (p->fate == FATE_UNSTAMPED && desk + 10 <= today) {
        add_evidence(list, p, "ticket_copy", desk, DATE_NONE, false);
        add_evidence(list, p, "photo", desk + 1, DATE_NONE, false);
        plant_add(demo->plants, "exit_unproven", ABOUT_PLACEMENT, p->id);
        p->settled = true;
    } else if (p->fate == FATE_DECLARED && desk + 10 <= today) {
        add_evidence(list, p, "ticket_copy", desk, DATE_NONE, false);
        add_evidence(list, p, "entry_stamp_copy", desk + 1, DATE_NONE, false);
        p->settled = true;
    }
}

static Err send_evidence(struct demo *demo, const struct actor *desk, cJSON *body) {
    struct call call;
    return cJSON_GetArraySize(body->child) == 0
               ? OK
               : demo_post(demo, desk, body, &call, "/campaigns/%lld/evidence",
                           (long long)demo->campaign);
}

/* One desk never asks for the day of leaving France. */
static Err careless_evidence(struct demo *demo, const struct placements *all) {
    cJSON *body = demo_object(demo);
    cJSON *list = cJSON_AddArrayToObject(body, "evidence");
    for (int i = 0; i < all->count && demo->careless_returns < CARELESS; i++) {
        struct placement *p = &all->list[i];
        date desk = p->last + DESK_DAYS;
        if (p->fate == FATE_VERIFIED && p->ended && !p->settled && desk <= demo->today) {
            add_evidence(list, p, "desk", desk, DATE_NONE, true);
            p->settled = true;
            if (++demo->careless_returns == CARELESS) {
                plant_add(demo->plants, "exit_unproven_desk", ABOUT_ORG, demo->careless.org);
            }
        }
    }
    return send_evidence(demo, &demo->careless, body);
}

static Err evidence(struct demo *demo, const struct placements *all) {
    TRY(careless_evidence(demo, all));
    for (int s = 0; s < SERVICES; s++) {
        cJSON *body = demo_object(demo);
        cJSON *list = cJSON_AddArrayToObject(body, "evidence");
        for (int i = 0; i < all->count; i++) {
            if (all->list[i].service == s) {
                tell_return(demo, list, &all->list[i]);
            }
        }
        TRY(send_evidence(demo, &demo->desks[s], body));
    }
    return OK;
}

/* A lawful reason: recorded by one officer, confirmed by another. */
static Err except(struct demo *demo, const struct placement *p, const char *kind,
                  const char *document, const char *issuer, date until) {
    struct call call;
    cJSON *body = demo_object(demo);
    add_text(body, "kind", kind);
    add_text(body, "document", document);
    add_text(body, "issuer", issuer);
    if (until != DATE_NONE) {
        add_date(body, "until", until);
    }
    TRY(demo_post(demo, &demo->officer, body, &call, "/placements/%lld/exceptions",
                  (long long)p->id));
    int64_t id = json_int(call.json, "exception_id");
    return demo_post(demo, &demo->officer2, NULL, &call, "/exceptions/%lld/confirm", (long long)id);
}

static Err tell_reason(struct demo *demo, struct placement *p) {
    if (p->settled || !p->at_work || p->last - WEEK > demo->today) {
        return OK;
    }
    date until = p->first + 180 < demo->now - 5 ? p->first + 180 : demo->now - 5;
    switch ((int)p->fate) {
    case FATE_EXTENDED:
        p->settled = true;
        return except(demo, p, "extension", "Avenant au contrat", "PFMOE", until);
    case FATE_TRANSFERRED:
        p->settled = true;
        return except(demo, p, "transfer", "Nouvelle autorisation", "PFMOE", DATE_NONE);
    case FATE_STATUS_CHANGED:
        p->settled = true;
        return except(demo, p, "status_change", "Récépissé", "Préfecture", DATE_NONE);
    case FATE_FALSE_EXCUSE:
        p->settled = true;
        p->excused = demo->today;
        return except(demo, p, "hospital", "Certificat d'hospitalisation", "Centre hospitalier",
                      demo->now + 20);
    case FATE_EXCEPTION:
        p->settled = true;
        return except(demo, p, p->id % 3 == 0 ? "death" : "hospital",
                      p->id % 3 == 0 ? "Acte de décès" : "Certificat d'hospitalisation",
                      p->id % 3 == 0 ? "Mairie" : "Centre hospitalier",
                      p->id % 3 == 0 ? DATE_NONE : demo->now + 20);
    default:
        return OK;
    }
}

Err returns_week(struct demo *demo, const struct placements *all) {
    for (int i = 0; i < all->count; i++) {
        TRY(tell_reason(demo, &all->list[i]));
    }
    return evidence(demo, all);
}

/* Three attempts by two channels before anybody may speak of a non-return. */
static Err contact(struct demo *demo, const struct placements *all) {
    struct facts facts = facts_new(demo);
    for (int i = 0; i < all->count; i++) {
        const struct placement *p = &all->list[i];
        if (p->fate == FATE_NON_RETURN) {
            facts_add(&facts, p->id, "contact", p->last + CONTACT_DAYS, "telephone", "No answer.");
            facts_add(&facts, p->id, "contact", p->last + CONTACT_DAYS + 3, "telephone",
                      "No answer.");
            facts_add(&facts, p->id, "contact", p->last + CONTACT_DAYS + 6, "letter",
                      "Came back undelivered.");
        }
    }
    return facts_send(demo, &demo->officer, &facts);
}

Err returns_missing(struct demo *demo, const struct placements *all, int64_t *found) {
    struct call call;
    TRY(contact(demo, all));
    for (int i = 0; i < all->count; i++) {
        struct placement *p = &all->list[i];
        if (p->fate != FATE_NON_RETURN) {
            continue;
        }
        cJSON *why = demo_object(demo);
        add_text(why, "reason", "No trace of a return; three attempts to reach the worker.");
        TRY(demo_post(demo, &demo->officer, why, &call, "/placements/%lld/non-return",
                      (long long)p->id));
        cJSON *decision = demo_object(demo);
        add_text(decision, "decision", "confirmed");
        add_text(decision, "reason", "Read by a second person; nothing speaks against it.");
        TRY(demo_post(demo, &demo->officer2, decision, &call, "/placements/%lld/non-return/decide",
                      (long long)p->id));
        (*found)++;
    }
    return OK;
}
