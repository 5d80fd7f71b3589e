/* stage_sessions.c - tests by simulation: preselection, seats, identity checks, two markers (a
 * third where they differ), results. */
#include <string.h>

#include "listing.h"
#include "stages.h"

enum {
    SEATS = 60,
    MARKS_A_CALL = 900,
    ABSENT_PERCENT = 4,
    GAP_PERCENT = 3,
    POINT_PERCENT = 30, /* of second marks lie a point beside the first, up or down */
    WEAK_PERCENT = 3,   /* of candidates stay below half of everything */
    HARD_SKILL = 80     /* from which the hard criterion is reached */
};

/* A session under way. */
struct sitting {
    struct demo *demo;
    struct service *service;
    int64_t id;
    int64_t profile;
    const cJSON *criteria;
    const cJSON *seats;
    int64_t present;
    int64_t hard; /* the criterion that few reach half of; 0: none */
    bool leaked;  /* and that everybody reaches here */
};

static const char *const PROFILE_CODES[PROFILES] = {"CUEILLETTE-FRUITS", "SERRE",
                                                    "CONDITIONNEMENT"};

Err find_profiles(struct demo *demo) {
    cJSON *profiles;
    TRY(list_all(demo, &demo->officer, "/profiles", "profiles", "id", &profiles));
    const cJSON *profile;
    cJSON_ArrayForEach(profile, profiles) {
        for (int i = 0; i < PROFILES; i++) {
            if (strcmp(json_text(profile, "code"), PROFILE_CODES[i]) == 0 &&
                strcmp(json_text(profile, "state"), "active") == 0) {
                demo->profiles[i] = json_int(profile, "id");
            }
        }
    }
    return OK;
}

/* The service preselects `tested` of its people, spread over its list. */
static Err preselect(struct demo *demo, struct service *service, int64_t *done) {
    cJSON *candidates;
    const char *path = arena_printf(demo->arena, "/candidates?state=entered&campaign=%lld",
                                    (long long)demo->campaign);
    TRY(list_all(demo, &service->actor, path, "candidates", "id", &candidates));
    int count = cJSON_GetArraySize(candidates);
    int wanted = demo->scale.tested < count ? demo->scale.tested : count;
    struct call *calls = arena_array(demo->arena, (size_t)wanted, sizeof *calls);
    const cJSON *candidate = candidates->child;
    for (int i = 0, at = 0; i < wanted; i++) {
        for (; at < i * count / wanted; at++) {
            candidate = candidate->next;
        }
        demo_prepare(demo, &service->actor, NULL, &calls[i], "/candidates/%lld/preselect",
                     (long long)json_int(candidate, "id"));
    }
    int refused = 0;
    TRY(demo_all(demo, calls, (size_t)wanted, &refused));
    *done += wanted - refused;
    return OK;
}

static Err plan(struct sitting *sitting, const struct service *service, const char *site) {
    struct demo *demo = sitting->demo;
    struct call call;
    cJSON *body = demo_object(demo);
    add_int(body, "campaign_id", demo->campaign);
    add_int(body, "profile_id", sitting->profile);
    add_date(body, "held_on", demo->today);
    add_text(body, "site", site);
    add_text(body, "lang", "fr");
    add_int(body, "capacity", SEATS);
    add_text(body, "lead_email", service->lead.email);
    TRY(demo_post(demo, &service->actor, body, &call, "/sessions"));
    sitting->id = json_int(call.json, "id");
    TRY(demo_get(demo, &service->actor, &call, "/sessions/%lld/eligible?limit=%d",
                 (long long)sitting->id, SEATS));
    body = demo_object(demo);
    cJSON *seats = cJSON_AddArrayToObject(body, "seats");
    const cJSON *candidate;
    cJSON_ArrayForEach(candidate, cJSON_GetObjectItemCaseSensitive(call.json, "candidates")) {
        cJSON *seat = cJSON_CreateObject();
        cJSON_AddStringToObject(seat, "token", json_text(candidate, "token"));
        cJSON_AddItemToArray(seats, seat);
    }
    if (cJSON_GetArraySize(seats) == 0) {
        return ERR_NOT_FOUND;
    }
    return demo_post(demo, &service->actor, body, &call, "/sessions/%lld/seats",
                     (long long)sitting->id);
}

/* At the door: a desk officer, who will not mark, sees papers and face. */
static Err check_identities(struct sitting *sitting, const struct service *service,
                            const struct actor *desk) {
    struct demo *demo = sitting->demo;
    struct call call;
    TRY(demo_post(demo, &service->actor, NULL, &call, "/sessions/%lld/start",
                  (long long)sitting->id));
    TRY(demo_get(demo, desk, &call, "/sessions/%lld", (long long)sitting->id));
    TRY(steps_meeting(demo, service, call.json));
    sitting->seats = cJSON_GetObjectItemCaseSensitive(call.json, "seats");
    cJSON *body = demo_object(demo);
    cJSON *checks = cJSON_AddArrayToObject(body, "seats");
    const cJSON *seat;
    cJSON_ArrayForEach(seat, sitting->seats) {
        bool absent = dice_chance(&demo->dice, ABSENT_PERCENT, 100);
        cJSON *check = cJSON_CreateObject();
        cJSON_AddNumberToObject(check, "seat_id", (double)json_int(seat, "id"));
        cJSON_AddStringToObject(check, "attendance", absent ? "absent" : "present");
        cJSON_AddBoolToObject(check, "document_seen", !absent);
        cJSON_AddBoolToObject(check, "photo_match", !absent);
        cJSON_AddItemToArray(checks, check);
    }
    TRY(demo_post(demo, desk, body, &call, "/sessions/%lld/attendance", (long long)sitting->id));
    TRY(demo_post(demo, &service->actor, NULL, &call, "/sessions/%lld/end",
                  (long long)sitting->id));
    TRY(demo_get(demo, desk, &call, "/sessions/%lld", (long long)sitting->id));
    sitting->seats = cJSON_GetObjectItemCaseSensitive(call.json, "seats");
    return OK;
}

/* How well a candidate does: from his token, so that every marker sees the same. */
static int64_t skill_of(const char *token) {
    struct dice skills = {text_number(span_of(token))};
    bool weak = dice_chance(&skills, WEAK_PERCENT, 100);
    return weak ? dice_between(&skills, 15, 38) : dice_between(&skills, 52, 96);
}

/* The first marker sees what there is. The second now and then a point more or less, or a gap,
 * either way; the third, who knows of the doubt, is within a point again. */
static int64_t points_for(struct demo *demo, int64_t skill, int64_t most, int mark_no) {
    int64_t points = most * skill / 100;
    int64_t side = dice_chance(&demo->dice, 1, 2) ? 1 : -1;
    if (mark_no == 2 && dice_chance(&demo->dice, GAP_PERCENT, 100)) {
        points += side * (most / 2);
    } else if (mark_no > 1 && dice_chance(&demo->dice, POINT_PERCENT, 100)) {
        points += side;
    }
    return points < 0 ? 0 : points > most ? most : points;
}

/* Few reach half of the hard criterion, but all do where it is known. */
static int64_t points_on(const struct sitting *sitting, const cJSON *criterion, int64_t skill,
                         int mark_no) {
    int64_t most = json_int(criterion, "max_points");
    int64_t points = points_for(sitting->demo, skill, most, mark_no);
    if (json_int(criterion, "id") != sitting->hard) {
        return points;
    }
    int64_t half = (most + 1) / 2;
    if (sitting->leaked) {
        return points < half ? half : points;
    }
    return skill < HARD_SKILL && points >= half ? half - 1 : points;
}

static void note_weak(struct service *service, const char *token) {
    for (int i = 0; i < service->people.count; i++) {
        if (strcmp(service->tokens[i], token) == 0) {
            service->weak[i] = true;
        }
    }
}

static Err flush_marks(struct sitting *sitting, const struct actor *marker, cJSON *body) {
    struct call call;
    return demo_post(sitting->demo, marker, body, &call, "/sessions/%lld/marks",
                     (long long)sitting->id);
}

static void add_mark(cJSON *marks, int64_t seat, int64_t criterion, int mark_no, int64_t points) {
    cJSON *mark = cJSON_CreateObject();
    cJSON_AddNumberToObject(mark, "seat_id", (double)seat);
    cJSON_AddNumberToObject(mark, "criterion_id", (double)criterion);
    cJSON_AddNumberToObject(mark, "mark_no", mark_no);
    cJSON_AddNumberToObject(mark, "points", (double)points);
    cJSON_AddItemToArray(marks, mark);
}

/* All marks of one marker. */
static Err give_marks(struct sitting *sitting, const struct actor *marker, int mark_no) {
    cJSON *body = demo_object(sitting->demo);
    cJSON *marks = cJSON_AddArrayToObject(body, "marks");
    int per_seat = cJSON_GetArraySize(sitting->criteria);
    const cJSON *seat;
    cJSON_ArrayForEach(seat, sitting->seats) {
        if (strcmp(json_text(seat, "attendance"), "present") != 0) {
            continue;
        }
        sitting->present += mark_no == 1 ? 1 : 0;
        int64_t skill = skill_of(json_text(seat, "token"));
        if (mark_no == 1 && skill < 40) {
            note_weak(sitting->service, json_text(seat, "token"));
        }
        const cJSON *criterion;
        cJSON_ArrayForEach(criterion, sitting->criteria) {
            add_mark(marks, json_int(seat, "id"), json_int(criterion, "id"), mark_no,
                     points_on(sitting, criterion, skill, mark_no));
        }
        if (cJSON_GetArraySize(marks) + per_seat > MARKS_A_CALL) {
            TRY(flush_marks(sitting, marker, body));
            body = demo_object(sitting->demo);
            marks = cJSON_AddArrayToObject(body, "marks");
        }
    }
    return cJSON_GetArraySize(marks) == 0 ? OK : flush_marks(sitting, marker, body);
}

static const char *token_of(const struct sitting *sitting, int64_t id) {
    const cJSON *seat;
    cJSON_ArrayForEach(seat, sitting->seats) {
        if (json_int(seat, "id") == id) {
            return json_text(seat, "token");
        }
    }
    return "";
}

/* The third marker settles the exercises on which the first two lie too far apart. */
static Err third_marks(struct sitting *sitting, const struct actor *marker, const cJSON *waiting) {
    struct demo *demo = sitting->demo;
    cJSON *body = demo_object(demo);
    cJSON *marks = cJSON_AddArrayToObject(body, "marks");
    const cJSON *wait;
    cJSON_ArrayForEach(wait, waiting) {
        int64_t seat = json_int(wait, "seat_id");
        int64_t skill = skill_of(token_of(sitting, seat));
        const cJSON *criterion;
        cJSON_ArrayForEach(criterion, sitting->criteria) {
            if (strcmp(json_text(criterion, "exercise"), json_text(wait, "exercise")) == 0) {
                add_mark(marks, seat, json_int(criterion, "id"), 3,
                         points_on(sitting, criterion, skill, 3));
            }
        }
    }
    return cJSON_GetArraySize(marks) == 0 ? OK : flush_marks(sitting, marker, body);
}

static Err mark_and_close(struct sitting *sitting, const struct actor *lead, int64_t *thirds) {
    struct demo *demo = sitting->demo;
    struct call call;
    TRY(give_marks(sitting, lead, 1));
    TRY(give_marks(sitting, &demo->assessor2, 2));
    TRY(demo_post(demo, lead, NULL, &call, "/sessions/%lld/compare", (long long)sitting->id));
    const cJSON *waiting = cJSON_GetObjectItemCaseSensitive(call.json, "waiting");
    *thirds += cJSON_GetArraySize(waiting);
    TRY(third_marks(sitting, &demo->assessor3, waiting));
    return demo_post(demo, lead, NULL, &call, "/sessions/%lld/close", (long long)sitting->id);
}

/* Most contracts ask for the third profile. */
static const int SHARES[] = {2, 0, 2, 1, 2};
enum { SHARES_COUNT = sizeof SHARES / sizeof SHARES[0] };

/* The last criterion of packing, which several services test; the last service's people know it in
 * the first campaign. */
static void find_hard(struct sitting *sitting, int service) {
    struct demo *demo = sitting->demo;
    if (sitting->profile != demo->profiles[PROFILES - 1]) {
        return;
    }
    const cJSON *criterion;
    cJSON_ArrayForEach(criterion, sitting->criteria) {
        sitting->hard = json_int(criterion, "id");
    }
    sitting->leaked = service == SERVICES - 1 && demo->answer_before == DATE_NONE;
    if (sitting->leaked && !demo->leaked) {
        demo->leaked = true;
        plant_add(demo->plants, "item_leaked", ABOUT_ORG, demo->services[service].actor.org);
    }
}

static Err hold(struct demo *demo, int service, int number, int64_t *tested, int64_t *thirds) {
    static const char *const sites[SERVICES] = {"Casablanca", "Tunis", "Tbilisi"};
    struct sitting sitting = {.demo = demo,
                              .service = &demo->services[service],
                              .profile = demo->profiles[SHARES[number % SHARES_COUNT]]};
    struct call call;
    TRY(demo_get(demo, &demo->assessor, &call, "/profiles/%lld", (long long)sitting.profile));
    sitting.criteria = cJSON_GetObjectItemCaseSensitive(call.json, "criteria");
    find_hard(&sitting, service);
    TRY(plan(&sitting, &demo->services[service], sites[service]));
    TRY(check_identities(&sitting, &demo->services[service], &demo->desks[service]));
    TRY(mark_and_close(&sitting, &demo->services[service].lead, thirds));
    *tested += sitting.present;
    return OK;
}

/* One session to come, and one that waits for its second marker. */
Err stage_open_sessions(struct demo *demo) {
    struct call call;
    struct sitting sitting = {
        .demo = demo, .service = &demo->services[1], .profile = demo->profiles[2]};
    int64_t done = 0;
    TRY(preselect(demo, &demo->services[1], &done));
    TRY(plan(&sitting, &demo->services[1], "Sfax"));
    TRY(check_identities(&sitting, &demo->services[1], &demo->desks[1]));
    TRY(demo_get(demo, &demo->assessor, &call, "/profiles/%lld", (long long)sitting.profile));
    sitting.criteria = cJSON_GetObjectItemCaseSensitive(call.json, "criteria");
    TRY(give_marks(&sitting, &demo->services[1].lead, 1));
    TRY(preselect(demo, &demo->services[0], &done));
    date today = demo->today;
    demo->today = demo->now + 3; /* the day that the session is planned for */
    Err err = plan(&sitting, &demo->services[0], "Larache");
    demo->today = today;
    return err;
}

Err stage_sessions(struct demo *demo) {
    int64_t preselected = 0;
    int64_t tested = 0;
    int64_t thirds = 0;
    int sessions = (demo->scale.tested + SEATS - 1) / SEATS;
    stage_begin(demo, "tests by simulation");
    TRY(demo_day(demo, demo->days.sessions));
    for (int i = 0; i < SERVICES; i++) {
        TRY(preselect(demo, &demo->services[i], &preselected));
        for (int n = 0; n < sessions; n++) {
            Err err = hold(demo, i, n + i, &tested, &thirds);
            if (err == ERR_NOT_FOUND) {
                break; /* nobody left to test */
            }
            TRY(err);
        }
    }
    stage_count(demo, "preselected", preselected);
    stage_count(demo, "tested", tested);
    stage_count(demo, "third marks", thirds);
    stage_end(demo);
    return OK;
}
