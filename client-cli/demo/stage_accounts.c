/* stage_accounts.c - who plays: the office's people, three partner services, later the employers.
 */
#include <string.h>

#include "stages.h"

enum { ACTORS_MAX = 40 };

static void set(struct actor *actor, const char *email, const char *role, int64_t org) {
    *actor = (struct actor){.email = email, .role = role, .org = org};
}

static void prepare_login(struct demo *demo, const char *email, struct call *call) {
    cJSON *body = demo_object(demo);
    add_text(body, "email", email);
    add_text(body, "password", demo->password);
    add_text(body, "label", "demo");
    demo_prepare(demo, NULL, body, call, "/login");
}

Err make_actors(struct demo *demo, struct actor *const *actors, int count) {
    struct call calls[ACTORS_MAX];
    for (int i = 0; i < count; i++) {
        cJSON *body = demo_object(demo);
        add_int(body, "org_id", actors[i]->org);
        add_text(body, "role", actors[i]->role);
        add_text(body, "email", actors[i]->email);
        add_text(body, "name", actors[i]->email);
        demo_prepare(demo, &demo->admin, body, &calls[i], "/accounts");
    }
    TRY(demo_all(demo, calls, (size_t)count, NULL));
    for (int i = 0; i < count; i++) {
        actors[i]->account = json_int(calls[i].json, "id");
        cJSON *body = demo_object(demo);
        add_text(body, "code", json_text(calls[i].json, "code"));
        add_text(body, "password", demo->password);
        demo_prepare(demo, NULL, body, &calls[i], "/activation");
    }
    TRY(demo_all(demo, calls, (size_t)count, NULL));
    for (int i = 0; i < count; i++) {
        prepare_login(demo, actors[i]->email, &calls[i]);
    }
    TRY(demo_all(demo, calls, (size_t)count, NULL));
    for (int i = 0; i < count; i++) {
        actors[i]->token = json_text(calls[i].json, "token");
    }
    return OK;
}

static Err log_admin_in(struct demo *demo) {
    struct call call;
    set(&demo->admin, "admin@ofii.example", "admin", 0);
    prepare_login(demo, demo->admin.email, &call);
    TRY(demo_all(demo, &call, 1, NULL));
    demo->admin.token = json_text(call.json, "token");
    TRY(demo_get(demo, &demo->admin, &call, "/me"));
    demo->admin.account = json_int(call.json, "id");
    demo->admin.org = json_int(call.json, "org_id");
    return OK;
}

static Err make_services(struct demo *demo) {
    static const char *const emails[SERVICES] = {"partner@anapec.example", "partner@aneti.example",
                                                 "partner@sesa.example"};
    static const char *const leads[SERVICES] = {"assessor@anapec.example", "assessor@aneti.example",
                                                "assessor@sesa.example"};
    for (int i = 0; i < SERVICES; i++) {
        struct call call;
        cJSON *body = demo_object(demo);
        add_text(body, "kind", "partner");
        add_text(body, "name", SERVICE_NAMES[i]);
        add_text(body, "country", SERVICE_COUNTRIES[i]);
        TRY(demo_post(demo, &demo->admin, body, &call, "/orgs"));
        int64_t org = json_int(call.json, "id");
        set(&demo->services[i].actor, emails[i], "partner", org);
        set(&demo->services[i].lead, leads[i], "assessor", org);
    }
    return OK;
}

Err stage_accounts(struct demo *demo) {
    stage_begin(demo, "organisations and accounts");
    TRY(log_admin_in(demo));
    TRY(make_services(demo));
    int64_t office = demo->admin.org;
    set(&demo->officer, "officer@ofii.example", "officer", office);
    set(&demo->officer2, "officer2@ofii.example", "officer", office);
    set(&demo->auditor, "auditor@ofii.example", "auditor", office);
    set(&demo->assessor, "assessor@ofii.example", "assessor", office);
    set(&demo->assessor2, "assessor2@ofii.example", "assessor", office);
    set(&demo->assessor3, "assessor3@ofii.example", "assessor", office);
    set(&demo->hasty, "officer.hasty@ofii.example", "officer", office);
    set(&demo->careless, "desk.careless@ofii.example", "desk", office);
    set(&demo->desks[0], "desk@ofii.example", "desk", office);
    set(&demo->desks[1], "desk.tunis@ofii.example", "desk", office);
    set(&demo->desks[2], "desk.tbilisi@ofii.example", "desk", office);
    struct actor *const actors[] = {
        &demo->officer,           &demo->officer2,
        &demo->auditor,           &demo->assessor,
        &demo->assessor2,         &demo->desks[0],
        &demo->desks[1],          &demo->desks[2],
        &demo->services[0].actor, &demo->services[1].actor,
        &demo->services[2].actor, &demo->assessor3,
        &demo->services[0].lead,  &demo->services[1].lead,
        &demo->services[2].lead,  &demo->hasty,
        &demo->careless,
    };
    int count = (int)(sizeof actors / sizeof actors[0]);
    TRY(make_actors(demo, actors, count));
    stage_count(demo, "accounts", count + 1);
    stage_end(demo);
    return OK;
}
