#include "exercise.h"

#include <stdio.h>

#define AT(type, member) offsetof(struct type, member)

static const char *const bases[] = {"sourced", "unverified", "example", "own", NULL};
static const char *const kinds[] = {"paper", "manual", "group", NULL};
static const char *const criterion_kinds[] = {"count",   "time",      "error",
                                              "ordinal", "checklist", NULL};

const struct field habilete_fields[] = {
    {"code", F_TEXT, AT(habilete, code), 2, 32, FIELD_REQUIRED, NULL, "Code"},
    {"label", F_TEXT, AT(habilete, label), 1, 120, FIELD_REQUIRED, NULL, "Label"},
    {"definition", F_NOTE, AT(habilete, definition), 0, 1000, 0, NULL, "Definition"},
    {"basis", F_CHOICE, AT(habilete, basis), 0, 0, 0, bases, "Basis"},
    {"source", F_TEXT, AT(habilete, source), 0, 300, 0, NULL, "Source"},
    FIELD_END};

const struct field exercise_fields[] = {
    {"code", F_TEXT, AT(exercise, code), 2, 32, FIELD_REQUIRED, NULL, "Code"},
    {"label", F_TEXT, AT(exercise, label), 1, 120, FIELD_REQUIRED, NULL, "Label"},
    {"kind", F_CHOICE, AT(exercise, kind), 0, 0, FIELD_REQUIRED, kinds, "Kind"},
    {"minutes", F_INT, AT(exercise, minutes), 1, 480, FIELD_REQUIRED, NULL, "Minutes"},
    {"instructions", F_NOTE, AT(exercise, instructions), 0, 4000, 0, NULL, "Instructions"},
    {"kit", F_NOTE, AT(exercise, kit), 0, 1000, 0, NULL, "Material"},
    {"safety", F_NOTE, AT(exercise, safety), 0, 1000, 0, NULL, "Safety"},
    FIELD_END};

const struct field criterion_fields[] = {
    {"label", F_TEXT, AT(criterion, label), 1, 200, 0, NULL, "Criterion"},
    {"kind", F_CHOICE, AT(criterion, kind), 0, 0, 0, criterion_kinds, "Kind"},
    {"max_points", F_INT, AT(criterion, max_points), 1, 1000, 0, NULL, "Most points"},
    {"anchors", F_NOTE, AT(criterion, anchors), 0, 2000, 0, NULL, "Anchors"},
    FIELD_END};

const struct field observed_fields[] = {
    {"habilete", F_TEXT, AT(observed, habilete), 2, 32, 0, NULL, "Habileté"},
    {"weight", F_INT, AT(observed, weight), 1, 10, 0, NULL, "Weight"},
    FIELD_END};

const struct field exercise_form_fields[] = {
    {"form", F_TEXT, AT(exercise_form, form), 1, 1, FIELD_REQUIRED, NULL, "Form"},
    {"note", F_TEXT, AT(exercise_form, note), 3, 500, FIELD_REQUIRED, NULL, "What is other in it"},
    FIELD_END};

static void missing(struct faults *faults, const char *list, int line, const char *member) {
    char name[64];
    (void)snprintf(name, sizeof name, "%s[%d].%s", list, line, member);
    (void)fault(faults, name, ERR_REQUIRED, NULL);
}

Err criteria_pack(struct faults *faults, struct criterion *lines, int *count) {
    int kept = 0;
    for (int i = 0; i < *count; i++) {
        if (lines[i].label == NULL) {
            continue;
        }
        if (lines[i].kind == NULL) {
            missing(faults, "criteria", i, "kind");
        }
        if (lines[i].max_points == FIELD_NONE) {
            missing(faults, "criteria", i, "max_points");
        }
        lines[kept++] = lines[i];
    }
    TRY(faults_err(faults));
    *count = kept;
    return OK;
}

Err observed_pack(struct faults *faults, struct observed *lines, int *count) {
    int kept = 0;
    for (int i = 0; i < *count; i++) {
        if (lines[i].habilete != NULL) {
            lines[kept] = lines[i];
            lines[kept].weight = lines[kept].weight == FIELD_NONE ? 1 : lines[kept].weight;
            kept++;
        }
    }
    TRY(faults_err(faults));
    *count = kept;
    return OK;
}
