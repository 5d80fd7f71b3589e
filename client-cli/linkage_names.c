/* linkage_names.c - the comparison of names measured on labelled pairs of spellings. */
#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/base/arena.h"
#include "demo/table.h"
#include "linkage_score.h"

/* A pair of spellings with its label and score. */
struct pair {
    double score;
    bool same;
    bool arabic;
    bool fitted; /* of the half on which the cut is set */
};

struct outcome {
    double cut;
    double recall;
    double wrong;   /* near names that pass, as a share */
    double at_five; /* recall where at most one in twenty of these near names passes */
    int same;
    int other;
};

/* Spellings linked by "same" pairs are one name, which is wholly of one half: a name's number is
 * the least row that leads to it. */
static int root(int *parent, int i) {
    while (parent[i] != i) {
        i = parent[i] = parent[parent[i]];
    }
    return i;
}

struct spelling {
    struct span text;
    int place; /* 2 * row, + 1 for the second name */
};

static int by_text(const void *a, const void *b) {
    const struct spelling *one = a;
    const struct spelling *two = b;
    int order = strcmp(one->text.ptr, two->text.ptr);
    return order != 0 ? order : one->place - two->place;
}

/* Marks the pairs of one half of the names. */
static void halve(struct arena *arena, const struct table *table, struct pair *pairs) {
    int count = 2 * table->count;
    int *parent = arena_array(arena, (size_t)count + 1, sizeof(int));
    struct spelling *spelling = arena_array(arena, (size_t)count + 1, sizeof(*spelling));
    for (int i = 0; i < count; i++) {
        parent[i] = i;
        spelling[i] =
            (struct spelling){table_cell(table, i / 2, i % 2 == 0 ? "name1" : "name2"), i};
    }
    qsort(spelling, (size_t)count, sizeof(*spelling), by_text);
    for (int i = 1; i < count; i++) {
        if (span_equal(spelling[i].text, spelling[i - 1].text)) {
            parent[root(parent, spelling[i].place)] = root(parent, spelling[i - 1].place);
        }
    }
    for (int row = 0; row < table->count; row++) {
        if (pairs[row].same) {
            parent[root(parent, 2 * row + 1)] = root(parent, 2 * row);
        }
    }
    for (int row = 0; row < table->count; row++) {
        unsigned name = (unsigned)root(parent, 2 * row);
        pairs[row].fitted = ((name * 2654435761U) >> 16 & 1) != 0;
    }
}

static int highest_first(const void *a, const void *b) {
    double one = ((const struct pair *)a)->score;
    double two = ((const struct pair *)b)->score;
    return one > two ? -1 : one < two;
}

/* The lowest cut that lets at most one in twenty pass of the near names of one half. */
static double cut_of(struct pair *pairs, int count, bool fitted, bool arabic) {
    int others = 0;
    int passed = 0;
    qsort(pairs, (size_t)count, sizeof(*pairs), highest_first);
    for (int i = 0; i < count; i++) {
        others += !pairs[i].same && pairs[i].fitted == fitted && (!arabic || pairs[i].arabic);
    }
    for (int i = 0; i < count; i++) {
        if (!pairs[i].same && pairs[i].fitted == fitted && (!arabic || pairs[i].arabic) &&
            ++passed * 20 > others) {
            return pairs[i].score + 1e-9;
        }
    }
    return 0;
}

/* The half that the cut was not set on. */
static struct outcome outcome_of(struct pair *pairs, int count, bool arabic) {
    struct outcome out = {.cut = cut_of(pairs, count, true, false)};
    double own = cut_of(pairs, count, false, arabic);
    int hits = 0;
    int wrong = 0;
    int at_five = 0;
    for (int i = 0; i < count; i++) {
        if (pairs[i].fitted || (arabic && !pairs[i].arabic)) {
            continue;
        }
        out.same += pairs[i].same;
        out.other += !pairs[i].same;
        hits += pairs[i].same && pairs[i].score >= out.cut;
        wrong += !pairs[i].same && pairs[i].score >= out.cut;
        at_five += pairs[i].same && pairs[i].score >= own;
    }
    out.at_five = out.same > 0 ? (double)at_five / out.same : 0;
    out.recall = out.same > 0 ? (double)hits / out.same : 0;
    out.wrong = out.other > 0 ? (double)wrong / out.other : 0;
    return out;
}

/* The score of two spellings; without the list of names, by sound alone. */
static double score_of(struct span one, struct span two, bool known) {
    struct names_heard a;
    struct names_heard b;
    names_hear(one, &a);
    names_hear(two, &b);
    for (int i = 0; i < NAMES_WORDS && !known; i++) {
        a.token[i].names = 0;
        b.token[i].names = 0;
    }
    return names_likeness_of(&a, &b);
}

static void show(const struct cli *cli, bool arabic, bool known, const struct outcome *out) {
    const char *names = arabic ? "Arabic origin" : "all";
    const char *by =
        known ? "with the list of names (written without these pairs)" : "by sound alone";
    double found = out->recall * out->same;
    double passed = found + out->wrong * out->other;
    double precision = passed > 0 ? found / passed : 1;
    double f1 = out->same + passed > 0 ? 2 * found / (out->same + passed) : 1;
    if (!cli->json) {
        printf("names, %s, %s: precision %.3f, recall %.3f, F1 %.3f at %.1f %% of %d near names "
               "passing (cut %.3f, %d pairs); recall %.3f where 5 %% pass\n",
               names, by, precision, out->recall, f1, 100 * out->wrong, out->other, out->cut,
               out->same, out->at_five);
        return;
    }
    cJSON *answer = cJSON_CreateObject();
    cJSON_AddStringToObject(answer, "names", names);
    cJSON_AddBoolToObject(answer, "list_of_names", known);
    cJSON_AddNumberToObject(answer, "precision", precision);
    cJSON_AddNumberToObject(answer, "recall", out->recall);
    cJSON_AddNumberToObject(answer, "f1", f1);
    cJSON_AddNumberToObject(answer, "recall_at_five_percent", out->at_five);
    cJSON_AddNumberToObject(answer, "false_positives", out->wrong);
    cJSON_AddNumberToObject(answer, "pairs", out->same);
    cJSON_AddNumberToObject(answer, "near_names", out->other);
    char *text = cJSON_PrintUnformatted(answer);
    puts(text);
    cJSON_free(text);
    cJSON_Delete(answer);
}

int link_names(struct cli *cli, const char *path) {
    struct table table;
    if (table_read(cli->arena, path, &table) != OK || table.count == 0 ||
        table_cell(&table, 0, "name1").len == 0 || table_cell(&table, 0, "is_match").len == 0) {
        fprintf(stderr,
                "noria linkage: cannot read %s as CSV with the columns name1, name2, is_match\n",
                path);
        return EXIT_UNREADABLE;
    }
    for (int turn = 0; turn < 4; turn++) {
        bool arabic = turn < 2;
        bool known = turn % 2 == 1;
        struct pair *pairs = arena_array(cli->arena, (size_t)table.count, sizeof(*pairs));
        for (int row = 0; row < table.count; row++) {
            pairs[row] = (struct pair){
                .score = score_of(table_cell(&table, row, "name1"),
                                  table_cell(&table, row, "name2"), known),
                .same = span_is(table_cell(&table, row, "is_match"), "true"),
                .arabic = span_is(table_cell(&table, row, "native_arabic_hint"), "true")};
        }
        halve(cli->arena, &table, pairs);
        struct outcome out = outcome_of(pairs, table.count, arabic);
        show(cli, arabic, known, &out);
    }
    return EXIT_DONE;
}
