#include "report.h"

#include <stdio.h>

#include "../../lib/base/clock.h"
#include "../output.h"

static void add_row(cJSON *rows, const char *what, int planted, int caught) {
    cJSON *row = cJSON_CreateObject();
    cJSON_AddStringToObject(row, "what", what);
    cJSON_AddNumberToObject(row, "planted", planted);
    cJSON_AddNumberToObject(row, "caught", caught);
    cJSON_AddItemToArray(rows, row);
    printf("  %-44s planted %4d, caught %4d\n", what, planted, caught);
}

static void report_frauds(struct demo *demo) {
    cJSON *rows = cJSON_AddArrayToObject(demo->report, "planted");
    printf("frauds and mistakes planted:\n");
    for (int fraud = FRAUD_NONE + 1; fraud < FRAUDS; fraud++) {
        int planted = 0;
        for (int s = 0; s < SERVICES; s++) {
            planted += demo->services[s].people.planted[fraud];
        }
        add_row(rows, FRAUD_NAMES[fraud], planted, demo->caught[fraud]);
    }
    add_row(rows, "contract over six months, or no real employer", demo->planted_contracts,
            demo->caught_contracts);
    add_row(rows, "earlier stay: over six months in twelve", demo->planted_stays,
            demo->caught_stays);
    add_row(rows, "stayed on past six months", demo->planted_over, demo->caught_over);
}

/* Each rule that fired or should have: of the cases, which were of something planted; of what was
 * planted for one rule, how much it found. */
static void report_rules(struct demo *demo) {
    cJSON *rows = cJSON_AddArrayToObject(demo->report, "rules");
    int missed = 0;
    printf("cases by rule:\n");
    for (int i = 0; i < demo->plants->rules_count; i++) {
        const struct rule_count *count = &demo->plants->rules[i];
        cJSON *row = cJSON_CreateObject();
        int seen = 0;
        int planted = plants_of(demo->plants, count->rule, &seen);
        cJSON_AddStringToObject(row, "rule", count->rule);
        cJSON_AddNumberToObject(row, "cases", count->cases);
        cJSON_AddNumberToObject(row, "false", count->cases - count->planted);
        printf("  %-24s cases %4d, false alarms %4d", count->rule, count->cases,
               count->cases - count->planted);
        if (planted > 0) {
            cJSON_AddNumberToObject(row, "planted", planted);
            cJSON_AddNumberToObject(row, "caught", seen);
            printf(", planted %4d, caught %4d", planted, seen);
            missed += planted - seen;
        }
        printf("\n");
        cJSON_AddItemToArray(rows, row);
    }
    cJSON_AddNumberToObject(demo->report, "missed", missed);
}

static Err write_logins(struct demo *demo) {
    const struct actor *const actors[] = {
        &demo->employers[0].actor, &demo->services[0].actor, &demo->officer, &demo->officer2,
        &demo->desks[0],           &demo->services[1].lead,  &demo->auditor, &demo->admin};
    struct buf text;
    buf_init(&text, demo->arena, 1024);
    for (size_t i = 0; i < sizeof actors / sizeof actors[0]; i++) {
        buf_printf(&text, "  %-10s %s\n", actors[i]->role, actors[i]->email);
    }
    return write_file(arena_printf(demo->arena, "%s/logins.txt", demo->out),
                      (struct span){text.ptr, text.len}, 0644);
}

Err report_write(struct demo *demo) {
    report_frauds(demo);
    report_rules(demo);
    cJSON_AddNumberToObject(demo->report, "calls", demo->calls);
    cJSON_AddNumberToObject(demo->report, "seconds",
                            (double)(clock_ticks() - demo->began) / 1000.0);
    char *text = cJSON_Print(demo->report);
    arena_defer(demo->arena, cJSON_free, text);
    TRY(write_logins(demo));
    return write_file(arena_printf(demo->arena, "%s/report.json", demo->out), span_of(text), 0644);
}
