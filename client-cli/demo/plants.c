#include "plants.h"

#include <string.h>

void plant_add(struct plants *plants, const char *rule, int64_t subject) {
    if (plants->count < PLANTS_MAX) {
        plants->list[plants->count++] = (struct plant){rule, subject, false};
    }
}

bool plant_seen(struct plants *plants, const char *rule, const int64_t *subjects, int count) {
    for (int i = 0; i < plants->count; i++) {
        struct plant *plant = &plants->list[i];
        for (int s = 0; s < count; s++) {
            if (subjects[s] == plant->subject && strcmp(rule, plant->rule) == 0) {
                plant->seen = true;
                return true;
            }
        }
    }
    return false;
}

void plant_case(struct plants *plants, const char *rule, bool planted) {
    int i = 0;
    while (i < plants->rules_count && strcmp(plants->rules[i].rule, rule) != 0) {
        i++;
    }
    if (i == plants->rules_count) {
        if (i == RULES_MAX) {
            return;
        }
        plants->rules[plants->rules_count++] = (struct rule_count){rule, 0, 0};
    }
    plants->rules[i].cases++;
    plants->rules[i].planted += planted;
}

int plants_of(const struct plants *plants, const char *rule, int *seen) {
    int planted = 0;
    *seen = 0;
    for (int i = 0; i < plants->count; i++) {
        bool his = strcmp(rule, plants->list[i].rule) == 0;
        planted += his;
        *seen += his && plants->list[i].seen;
    }
    return planted;
}
