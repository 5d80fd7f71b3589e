#include "analysis.h"

#include <stdio.h>

#define AT(type, member) offsetof(struct type, member)

const struct field analysis_fields[] = {
    {"siret", F_DIGITS, AT(analysis, siret), 14, 14, FIELD_REQUIRED, NULL, "SIRET of the employer"},
    {"code", F_TEXT, AT(analysis, code), 2, 32, FIELD_REQUIRED, NULL, "Code"},
    {"label", F_TEXT, AT(analysis, label), 1, 120, FIELD_REQUIRED, NULL, "Label"},
    {"commune", F_TEXT, AT(analysis, commune), 5, 5, FIELD_REQUIRED, NULL, "Commune"},
    {"rome", F_TEXT, AT(analysis, rome), 5, 5, FIELD_REQUIRED, NULL, "ROME code"},
    {"crop", F_TEXT, AT(analysis, crop), 1, 80, 0, NULL, "Crop"},
    {"held_on", F_DATE, AT(analysis, held_on), 0, 0, FIELD_REQUIRED, NULL, "Day"},
    {"posts_seen", F_INT, AT(analysis, posts_seen), 1, 500, FIELD_REQUIRED, NULL, "Posts seen"},
    {"workers_seen", F_INT, AT(analysis, workers_seen), 1, 500, FIELD_REQUIRED, NULL,
     "Workers seen at work"},
    FIELD_END};

const struct field analysis_task_fields[] = {
    {"task", F_TEXT, AT(analysis_task, task), 3, 300, 0, NULL, "Task"},
    {"constraints", F_TEXT, AT(analysis_task, constraints), 1, 500, 0, NULL, "What makes it hard"},
    FIELD_END};

const struct field analysis_habilete_fields[] = {
    {"habilete", F_TEXT, AT(analysis_habilete, habilete), 2, 32, 0, NULL, "Habileté"},
    {"why", F_TEXT, AT(analysis_habilete, why), 10, 500, 0, NULL, "Why"},
    FIELD_END};

void tasks_pack(struct analysis_task *lines, int *count) {
    int kept = 0;
    for (int i = 0; i < *count; i++) {
        if (lines[i].task != NULL) {
            lines[kept++] = lines[i];
        }
    }
    *count = kept;
}

Err drawn_pack(struct faults *faults, struct analysis_habilete *lines, int *count) {
    int kept = 0;
    for (int i = 0; i < *count; i++) {
        if (lines[i].habilete == NULL) {
            continue;
        }
        if (lines[i].why == NULL) {
            char name[64];
            (void)snprintf(name, sizeof name, "habiletes[%d].why", i);
            (void)fault(faults, name, ERR_REQUIRED, NULL);
        }
        lines[kept++] = lines[i];
    }
    TRY(faults_err(faults));
    *count = kept;
    return OK;
}
