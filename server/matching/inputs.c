#include "inputs.h"

#include <limits.h>

#include "../../lib/base/arena.h"

enum { WORDS_MAX = 10, STAYS_MAX = 500000, RESULTS_MAX = 500000, BARS_MAX = 500000 };

struct reader {
    struct span rest;
    struct span word[WORDS_MAX];
    int words;
    int line;
    bool bad;
};

struct counts {
    int contracts, candidates, results, stays, bars;
};

/* The next line's words; false at the end. */
static bool next_line(struct reader *r) {
    if (r->rest.len == 0) {
        return false;
    }
    r->words = 0;
    r->line++;
    size_t start = 0;
    for (size_t i = 0; i < r->rest.len; i++) {
        char c = r->rest.ptr[i];
        if (c != ' ' && c != '\n') {
            continue;
        }
        if (i == start || r->words == WORDS_MAX) {
            r->bad = true;
            return false;
        }
        r->word[r->words++] = (struct span){r->rest.ptr + start, i - start};
        start = i + 1;
        if (c == '\n') {
            r->rest = (struct span){r->rest.ptr + start, r->rest.len - start};
            return true;
        }
    }
    r->bad = true; /* no line feed at the end */
    return false;
}

static int64_t number(struct reader *r, int i, int64_t least, int64_t most) {
    int64_t value = 0;
    if (!text_int(r->word[i], &value) || value < least || value > most) {
        r->bad = true;
        return least;
    }
    return value;
}

static int small(struct reader *r, int i, int most) {
    return (int)number(r, i, 0, most);
}

static date day(struct reader *r, int i) {
    date value = 0;
    if (!date_parse(r->word[i], &value)) {
        r->bad = true;
    }
    return value;
}

static bool is_kind(const struct reader *r, char kind, int words) {
    return r->words == words && r->word[0].len == 1 && r->word[0].ptr[0] == kind;
}

/* First pass: how many of each. */
static Err count_lines(struct span text, struct counts *counts, int *line) {
    struct reader r = {.rest = text};
    *counts = (struct counts){0};
    for (bool head = true; next_line(&r); head = false) {
        counts->contracts += !head && is_kind(&r, 'k', 9);
        counts->candidates += !head && is_kind(&r, 'c', 8);
        counts->results += !head && is_kind(&r, 'r', 4);
        counts->stays += !head && is_kind(&r, 's', 4);
        counts->bars += !head && is_kind(&r, 'x', 3);
    }
    *line = r.line;
    if (r.bad || r.line == 0 ||
        r.line - 1 != counts->contracts + counts->candidates + counts->results + counts->stays +
                          counts->bars) {
        return ERR_UNREADABLE;
    }
    return counts->contracts > MATCH_CONTRACTS_MAX || counts->candidates > MATCH_CANDIDATES_MAX ||
                   counts->results > RESULTS_MAX || counts->stays > STAYS_MAX ||
                   counts->bars > BARS_MAX
               ? ERR_LIMIT
               : OK;
}

static void read_head(struct reader *r, struct match_input *input) {
    if (!next_line(r) || r->words != 5 || !span_is(r->word[0], MATCH_RULE)) {
        r->bad = true;
        return;
    }
    input->per_place = small(r, 1, 100);
    input->per_candidate = small(r, 2, 1000);
    input->reserve_per_place = small(r, 3, 100);
    if (span_is(r->word[4], "days_183")) {
        input->variant = STAY_DAYS_183;
    } else if (span_is(r->word[4], "calendar_months")) {
        input->variant = STAY_CALENDAR_MONTHS;
    } else {
        r->bad = true;
    }
}

static struct match_contract *read_contracts(struct reader *r, struct arena *arena, int count) {
    struct match_contract *list = arena_array(arena, (size_t)count, sizeof *list);
    for (int i = 0; i < count && !r->bad; i++) {
        if (!next_line(r) || !is_kind(r, 'k', 9)) {
            r->bad = true;
            break;
        }
        list[i] = (struct match_contract){
            .id = number(r, 1, 1, INT64_MAX),
            .places = small(r, 2, 100000),
            .first = day(r, 3),
            .last = day(r, 4),
            .profile = number(r, 5, 0, INT64_MAX),
            .months = small(r, 6, 1000),
            .language = r->word[7],
            .permit = r->word[8],
        };
        r->bad = r->bad || list[i].last < list[i].first || (i > 0 && list[i].id <= list[i - 1].id);
    }
    return list;
}

static struct match_candidate *read_candidates(struct reader *r, struct arena *arena, int count) {
    struct match_candidate *list = arena_array(arena, (size_t)count, sizeof *list);
    for (int i = 0; i < count && !r->bad; i++) {
        if (!next_line(r) || !is_kind(r, 'c', 8)) {
            r->bad = true;
            break;
        }
        list[i] = (struct match_candidate){
            .id = number(r, 1, 1, INT64_MAX),
            .from = day(r, 2),
            .to = day(r, 3),
            .months = small(r, 4, 1000),
            .returns = small(r, 5, 1000),
            .languages = r->word[6],
            .permits = r->word[7],
        };
        r->bad = r->bad || (i > 0 && list[i].id <= list[i - 1].id);
    }
    return list;
}

/* Moves `at` to the candidate that the line is about; they come in the candidates' order. */
static bool owner(struct reader *r, const struct match_candidate *list, int count, int *at) {
    int64_t id = number(r, 1, 1, INT64_MAX);
    while (*at < count && list[*at].id < id) {
        (*at)++;
    }
    if (*at == count || list[*at].id != id) {
        r->bad = true;
    }
    return !r->bad;
}

static struct match_result *read_results(struct reader *r, struct arena *arena, int count,
                                         struct match_candidate *candidates, int ncandidates) {
    struct match_result *list = arena_array(arena, (size_t)count, sizeof *list);
    int at = 0;
    for (int i = 0; i < count && !r->bad; i++) {
        if (!next_line(r) || !is_kind(r, 'r', 4) || !owner(r, candidates, ncandidates, &at)) {
            r->bad = true;
            break;
        }
        candidates[at].first_result = candidates[at].results == 0 ? i : candidates[at].first_result;
        candidates[at].results++;
        list[i] = (struct match_result){number(r, 2, 1, INT64_MAX), small(r, 3, 1000)};
    }
    return list;
}

static struct stay *read_stays(struct reader *r, struct arena *arena, int count,
                               struct match_candidate *candidates, int ncandidates) {
    struct stay *list = arena_array(arena, (size_t)count, sizeof *list);
    int at = 0;
    for (int i = 0; i < count && !r->bad; i++) {
        if (!next_line(r) || !is_kind(r, 's', 4) || !owner(r, candidates, ncandidates, &at)) {
            r->bad = true;
            break;
        }
        candidates[at].first_stay = candidates[at].stays == 0 ? i : candidates[at].first_stay;
        candidates[at].stays++;
        list[i] = (struct stay){day(r, 2), day(r, 3)};
        r->bad = r->bad || list[i].last < list[i].first;
    }
    return list;
}

static struct match_bar *read_bars(struct reader *r, struct arena *arena, int count) {
    struct match_bar *list = arena_array(arena, (size_t)count, sizeof *list);
    for (int i = 0; i < count && !r->bad; i++) {
        (void)next_line(r); /* only these are left: every line was counted */
        list[i] = (struct match_bar){number(r, 1, 1, INT64_MAX), number(r, 2, 1, INT64_MAX)};
    }
    return list;
}

Err match_read(struct arena *arena, struct span text, struct match_input *input, int *line) {
    struct counts counts;
    TRY(count_lines(text, &counts, line));
    struct reader r = {.rest = text};
    struct match_input in = {
        .ncontracts = counts.contracts, .ncandidates = counts.candidates, .nbars = counts.bars};
    read_head(&r, &in);
    in.contracts = read_contracts(&r, arena, counts.contracts);
    struct match_candidate *candidates = read_candidates(&r, arena, counts.candidates);
    in.results = read_results(&r, arena, counts.results, candidates, counts.candidates);
    in.stays = read_stays(&r, arena, counts.stays, candidates, counts.candidates);
    in.bars = read_bars(&r, arena, counts.bars);
    in.candidates = candidates;
    *line = r.line;
    if (r.bad) {
        return ERR_UNREADABLE;
    }
    *input = in;
    return OK;
}

struct span match_write(struct arena *arena, const struct match_output *output) {
    struct buf out;
    buf_init(&out, arena, (size_t)output->count * 48 + 64);
    for (int i = 0; i < output->count; i++) {
        const struct match_proposal *p = &output->list[i];
        buf_printf(&out, "%lld %d %lld %d %d %d %d %d %d %c\n", (long long)p->contract, p->rank,
                   (long long)p->candidate, p->first_choice, p->score, p->points.result,
                   p->points.experience, p->points.language, p->points.returns,
                   p->reserve ? 'r' : 'p');
    }
    return (struct span){out.ptr == NULL ? "" : out.ptr, out.len};
}
