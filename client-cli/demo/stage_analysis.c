/* stage_analysis.c - an assessor looks at pruning on a vine farm, writes down what it asks, and the
 * profile of that job gets a version that rests on it. */
#include <string.h>

#include "listing.h"
#include "stages.h"

enum { POSTS = 4, WORKERS = 13, LOOKED_BEFORE = 3 };

static const char PROFILE[] = "TAILLE";

static const char *const TASKS[][2] = {
    {"Choisir les bois à garder sur chaque cep",
     "Chaque cep est autre ; le choix ne se reprend pas"},
    {"Couper au sécateur à deux doigts de l'œil", "Gants, froid, 900 ceps par jour"},
    {"Tirer les bois et les ranger dans l'interligne", "Dos courbé, rang après rang"},
    {"Finir seul un rang, aller chercher liens et lames", "Le chef d'équipe est à 300 m"},
};
static const char *const DRAWN[][2] = {
    {"CONSIGNES", "La hauteur de coupe et le nombre d'yeux sont fixés par parcelle."},
    {"ESPACE", "La forme du cep se lit de face et se coupe de côté."},
    {"DEXTERITE", "900 coupes nettes par jour, à deux doigts de l'œil."},
    {"ATTENTION", "La dernière coupe du jour compte comme la première."},
    {"AUTONOMIE", "Chacun finit son rang et va chercher ce qui manque."},
    {"CONTRAINTE", "Dos courbé et froid, toute la journée."},
};
enum { TASKS_COUNT = sizeof TASKS / sizeof *TASKS, DRAWN_COUNT = sizeof DRAWN / sizeof *DRAWN };

static void add_pairs(cJSON *body, const char *list, const char *first, const char *second,
                      const char *const pairs[][2], int count) {
    cJSON *array = cJSON_AddArrayToObject(body, list);
    for (int i = 0; i < count; i++) {
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, first, pairs[i][0]);
        cJSON_AddStringToObject(item, second, pairs[i][1]);
        cJSON_AddItemToArray(array, item);
    }
}

/* A new version, by two officers. */
static Err into_effect(struct demo *demo, const char *folder, int64_t id) {
    struct call call;
    cJSON *read = demo_object(demo);
    add_int(read, "edit", 1);
    TRY(demo_post(demo, &demo->officer, read, &call, "/%s/%lld/propose", folder, (long long)id));
    return demo_post(demo, &demo->officer2, read, &call, "/%s/%lld/activate", folder,
                     (long long)id);
}

/* The analysis, in effect: on the farm of the demo's first employer, at the first contract's place.
 */
static Err analyse(struct demo *demo, int64_t *made) {
    struct call call;
    TRY(demo_get(demo, &demo->employers[0].actor, &call, "/contracts?limit=1"));
    const cJSON *contract = cJSON_GetObjectItemCaseSensitive(call.json, "contracts")->child;
    TRY(demo_get(demo, &demo->officer, &call, "/contracts/%lld",
                 (long long)json_int(contract, "id")));
    const char *commune = json_text(call.json, "commune");
    TRY(demo_get(demo, &demo->admin, &call, "/orgs/%lld", (long long)demo->employers[0].actor.org));
    cJSON *body = demo_object(demo);
    add_text(body, "code", "TAILLE-VIGNE");
    add_text(body, "label", "Taille de la vigne en Guyot");
    add_text(body, "siret", json_text(call.json, "siret"));
    add_text(body, "commune", commune);
    add_text(body, "rome", "A1405");
    add_text(body, "crop", "vigne");
    add_date(body, "held_on", demo->today - LOOKED_BEFORE);
    add_int(body, "posts_seen", POSTS);
    add_int(body, "workers_seen", WORKERS);
    add_pairs(body, "tasks", "task", "constraints", TASKS, TASKS_COUNT);
    add_pairs(body, "habiletes", "habilete", "why", DRAWN, DRAWN_COUNT);
    TRY(demo_post(demo, &demo->assessor, body, &call, "/analyses"));
    *made = json_int(call.json, "id");
    return into_effect(demo, "analyses", *made);
}

/* A version of the profile with the exercises of the one in effect. */
static Err rest_on(struct demo *demo, const cJSON *profile, int64_t analysis) {
    struct call call;
    cJSON *body = demo_object(demo);
    TRY(demo_get(demo, &demo->officer, &call, "/profiles/%lld",
                 (long long)json_int(profile, "id")));
    static const char *const same[] = {"code", "label", "rome", "crop"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        add_text(body, same[i], json_text(call.json, same[i]));
    }
    add_int(body, "pass_total", json_int(call.json, "pass_total"));
    add_int(body, "analysis_id", analysis);
    cJSON *lines = cJSON_AddArrayToObject(body, "exercises");
    const cJSON *exercise;
    cJSON_ArrayForEach(exercise, cJSON_GetObjectItemCaseSensitive(call.json, "exercises")) {
        cJSON *line = cJSON_CreateObject();
        static const char *const numbers[] = {"exercise_id", "weight", "min_points"};
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
            cJSON_AddItemToObject(
                line, numbers[i],
                cJSON_Duplicate(cJSON_GetObjectItemCaseSensitive(exercise, numbers[i]), true));
        }
        cJSON_AddItemToArray(lines, line);
    }
    TRY(demo_post(demo, &demo->assessor, body, &call, "/profiles"));
    return into_effect(demo, "profiles", json_int(call.json, "id"));
}

Err stage_analysis(struct demo *demo) {
    cJSON *profiles;
    int64_t analysis;
    stage_begin(demo, "analysis of a job");
    TRY(analyse(demo, &analysis));
    TRY(list_all(demo, &demo->officer, "/profiles?state=active", "profiles", "id", &profiles));
    const cJSON *profile;
    cJSON_ArrayForEach(profile, profiles) {
        if (strcmp(json_text(profile, "code"), PROFILE) == 0) {
            TRY(rest_on(demo, profile, analysis));
        }
    }
    stage_count(demo, "tasks", TASKS_COUNT);
    stage_count(demo, "habiletés", DRAWN_COUNT);
    stage_end(demo);
    return OK;
}
