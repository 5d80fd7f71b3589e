#include "why.h"

#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "inputs.h"
#include "lines.h"
#include "plan.h"

enum { HIM = 0 }; /* the only candidate of what is read */

struct asked {
    struct match_input input;
    struct match_cut_off *cut_offs; /* by contract */
    bool quota_used;                /* his service's */
    struct match_first first;
};

static enum why_verdict judge(const struct asked *a, int contract, int score) {
    const struct match_cut_off *cut = &a->cut_offs[contract];
    if (a->first.contract != MATCH_NONE) {
        return WHY_ELSEWHERE;
    }
    if (a->quota_used) {
        return WHY_QUOTA;
    }
    if (cut->points == MATCH_NONE) {
        return WHY_KEPT; /* nobody holds it and yet it is not open: the named have it */
    }
    if (cut->returns && a->input.candidates[HIM].returns == 0) {
        return WHY_RETURNS;
    }
    return cut->points > score ? WHY_BELOW : WHY_DRAW;
}

/* A named place is the one; any of the class is his otherwise. */
static bool is_his(const struct asked *a, int contract) {
    int first = a->first.contract;
    return first != MATCH_NONE &&
           (contract == first ||
            (!a->first.named && a->cut_offs[contract].class == a->cut_offs[first].class));
}

static struct why_line line_of(const struct asked *a, int contract) {
    const struct match_contract *what = &a->input.contracts[contract];
    struct why_line line = {.contract = what->id, .cut_off = a->cut_offs[contract].points};
    (void)match_score(&a->input, HIM, what->block, what->language != MATCH_NONE, &line.points);
    line.score = match_total(&line.points);
    if (is_his(a, contract)) {
        line.verdict = a->first.named ? WHY_NAMED : WHY_FIRST;
    } else {
        line.verdict = judge(a, contract, line.score);
    }
    return line;
}

/* His own place first, then by points. */
static int by_verdict(const void *left, const void *right) {
    const struct why_line *a = left;
    const struct why_line *b = right;
    bool mine = a->verdict <= WHY_FIRST;
    if (mine != (b->verdict <= WHY_FIRST)) {
        return mine ? -1 : 1;
    }
    if (a->score != b->score) {
        return b->score - a->score;
    }
    return a->contract < b->contract ? -1 : a->contract > b->contract;
}

static void answer(struct arena *arena, const struct asked *a, struct match_why *why) {
    const struct match_input *input = &a->input;
    *why = (struct match_why){.rule = input->rule, .contracts = input->ncontracts};
    struct why_line *lines = arena_array(arena, (size_t)input->ncontracts, sizeof *lines);
    int count = 0;
    for (int k = 0; k < input->ncontracts; k++) {
        enum match_obstacle obstacle = match_obstacle(input, HIM, k);
        why->obstacles[obstacle]++;
        if (obstacle == MATCH_FREE) {
            lines[count++] = line_of(a, k);
        }
    }
    qsort(lines, (size_t)count, sizeof *lines, by_verdict);
    why->nlines = count < WHY_LINES ? count : WHY_LINES;
    memcpy(why->lines, lines, (size_t)why->nlines * sizeof *lines);
}

/* Cuts a text before its first line of that kind. */
static struct span cut_before(struct span *text, const char *begin) {
    size_t length = strlen(begin);
    size_t at = 0;
    while (at + length <= text->len && memcmp(text->ptr + at, begin, length) != 0) {
        const char *end = memchr(text->ptr + at, '\n', text->len - at);
        at = end == NULL ? text->len : (size_t)(end - text->ptr) + 1;
    }
    at = at + length > text->len ? text->len : at;
    struct span before = {text->ptr, at};
    *text = (struct span){text->ptr + at, text->len - at};
    return before;
}

/* The lines u and l. */
static void read_terms(struct lines *r, struct arena *arena, struct asked *a) {
    const struct match_input *in = &a->input;
    int service = in->people[HIM].service;
    for (int s = 0; s < in->nservices && lines_record(r, 'u'); s++) {
        r->bad = r->bad || r->words != 3 || lines_id(r, 1) != in->services[s].id;
        bool full = lines_small(r, 2, INT32_MAX) >= in->services[s].left;
        a->quota_used = s == service ? full : a->quota_used;
    }
    a->cut_offs = arena_array(arena, (size_t)in->ncontracts, sizeof *a->cut_offs);
    for (int k = 0; k < in->ncontracts && lines_record(r, 'l'); k++) {
        bool nobody = r->words == 5 && span_is(r->word[3], "-");
        a->cut_offs[k] = (struct match_cut_off){
            .class = lines_small(r, 2, in->ncontracts - 1),
            .points = nobody ? MATCH_NONE : lines_small(r, 3, MATCH_SCORE_MAX),
            .returns = lines_small(r, 4, 1) == 1,
        };
        r->bad = r->bad || r->words != 5 || lines_id(r, 1) != in->contracts[k].id;
    }
    r->bad = r->bad || r->rest.len > 0;
}

/* The line p, if there is one. */
static void read_first(struct lines *r, struct asked *a) {
    a->first = (struct match_first){MATCH_NONE, false};
    if (r->rest.len == 0 || !lines_record(r, 'p')) {
        return;
    }
    a->first = (struct match_first){plan_contract(&a->input, lines_id(r, 1)),
                                    r->words == 3 && span_is(r->word[2], "n")};
    r->bad = r->bad || r->words != 3 || (!a->first.named && !span_is(r->word[2], "p")) ||
             a->first.contract == MATCH_NONE || r->rest.len > 0;
}

Err why_answer(struct arena *arena, struct span terms, struct span own, struct match_why *why) {
    struct asked asked = {.quota_used = false};
    struct buf inputs;
    int line = 0;
    struct span asks = cut_before(&terms, "u ");
    struct span his = cut_before(&own, "p ");
    buf_init(&inputs, arena, asks.len + his.len + 1);
    buf_add(&inputs, asks.ptr, asks.len);
    buf_add(&inputs, his.ptr, his.len);
    TRY(match_read(arena, (struct span){inputs.ptr, inputs.len}, &asked.input, &line));
    struct lines rest = {.rest = terms};
    struct lines first = {.rest = own};
    if (asked.input.ncandidates != 1) {
        return ERR_UNREADABLE;
    }
    read_terms(&rest, arena, &asked);
    read_first(&first, &asked);
    if (rest.bad || first.bad) {
        return ERR_UNREADABLE;
    }
    answer(arena, &asked, why);
    return OK;
}
