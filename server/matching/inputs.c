#include "inputs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "lines.h"

enum { PER_CANDIDATE_RECORDS = 255 };

/* What each kind of line has; sections come in this order. */
static const struct {
    char kind;
    int words;
    int most;
} sections[] = {
    {'q', 3, ASSIGN_SERVICES_MAX}, {'k', 10, MATCH_CONTRACTS_MAX}, {'c', 9, MATCH_CANDIDATES_MAX},
    {'r', 4, MATCH_PAIRS_MAX},     {'s', 4, MATCH_PAIRS_MAX},      {'n', 3, MATCH_PAIRS_MAX},
    {'x', 3, MATCH_PAIRS_MAX},
};
enum { SERVICES, CONTRACTS, CANDIDATES, RESULTS, STAYS, NAMED, BARS, SECTIONS };

/* First pass: how many of each. */
static Err count_lines(struct span text, int counts[SECTIONS], int *line) {
    struct lines r = {.rest = text};
    bool over = false;
    int s = 0;
    memset(counts, 0, SECTIONS * sizeof *counts);
    (void)lines_next(&r); /* the head */
    while (lines_next(&r)) {
        while (s < SECTIONS && (r.word[0].len != 1 || r.word[0].ptr[0] != sections[s].kind)) {
            s++;
        }
        if (s == SECTIONS || r.words != sections[s].words) {
            r.bad = true;
            break;
        }
        over = over || ++counts[s] > sections[s].most;
    }
    *line = r.line;
    if (r.bad || r.line == 0) {
        return ERR_UNREADABLE;
    }
    return over ? ERR_LIMIT : OK;
}

static const char *const rules[] = {
    [MATCH_RULE_NONE] = "", [MATCH_RULE_2] = "noria-match-2", [MATCH_RULE_3] = MATCH_RULE};

enum match_rule match_rule_of(struct span name) {
    return span_is(name, rules[MATCH_RULE_3])   ? MATCH_RULE_3
           : span_is(name, rules[MATCH_RULE_2]) ? MATCH_RULE_2
                                                : MATCH_RULE_NONE;
}

const char *match_rule_name(enum match_rule rule) {
    return rules[rule];
}

static void read_head(struct lines *r, struct match_input *input) {
    if (!lines_next(r) || r->words != 6 || match_rule_of(r->word[0]) == MATCH_RULE_NONE) {
        r->bad = true;
        return;
    }
    input->rule = match_rule_of(r->word[0]);
    input->per_place = (int)lines_number(r, 1, 1, 100);
    input->per_candidate = (int)lines_number(r, 2, 1, MATCH_PER_CANDIDATE_MAX);
    input->reserve_per_place = lines_small(r, 3, 100);
    input->variant = span_is(r->word[4], "days_183") ? STAY_DAYS_183 : STAY_CALENDAR_MONTHS;
    r->bad =
        r->bad || (!span_is(r->word[4], "days_183") && !span_is(r->word[4], "calendar_months"));
    input->returns_first = span_is(r->word[5], "first");
    r->bad = r->bad || (!input->returns_first && !span_is(r->word[5], "points"));
}

static void read_services(struct lines *r, struct arena *arena, int count,
                          struct match_input *input) {
    struct match_service *list = arena_array(arena, (size_t)count, sizeof *list);
    for (int i = 0; i < count && lines_record(r, 'q'); i++) {
        bool unlimited = span_is(r->word[2], "-");
        list[i] = (struct match_service){lines_id(r, 1),
                                         unlimited ? ASSIGN_NO_QUOTA : lines_small(r, 2, 1000000)};
        r->bad = r->bad || (i > 0 && list[i].id <= list[i - 1].id);
    }
    input->services = list;
    input->nservices = count;
}

static int16_t need_of(struct lines *r, int i, bool permit, struct match_input *input) {
    struct span word = r->word[i];
    if (span_is(word, "-")) {
        return MATCH_NONE;
    }
    for (int n = 0; n < input->nneeds; n++) {
        if (input->needs[n].permit == permit && span_equal(input->needs[n].word, word)) {
            return (int16_t)n;
        }
    }
    if (input->nneeds == MATCH_NEEDS_MAX) {
        r->over = true;
        return MATCH_NONE;
    }
    input->needs[input->nneeds] = (struct match_need){word, permit};
    return (int16_t)input->nneeds++;
}

static int by_id(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

static int profile_at(const struct match_input *input, int64_t profile) {
    const int64_t *found =
        input->nprofiles == 0
            ? NULL
            : bsearch(&profile, input->profiles, (size_t)input->nprofiles, sizeof profile, by_id);
    return found == NULL ? MATCH_NONE : (int)(found - input->profiles);
}

/* The profiles that contracts ask for, each once; contracts then know them by their place. */
static void profiles_number(struct lines *r, struct arena *arena, const int64_t *asked, int count,
                            struct match_contract *contracts, struct match_input *input) {
    int64_t *list = arena_array(arena, (size_t)count, sizeof *list);
    int kept = 0;
    for (int i = 0; i < count; i++) {
        list[i] = asked[i];
    }
    qsort(list, (size_t)count, sizeof *list, by_id);
    for (int i = 0; i < count; i++) {
        if (kept == 0 || list[kept - 1] != list[i]) {
            list[kept++] = list[i];
        }
    }
    input->profiles = list;
    input->nprofiles = kept;
    r->over = r->over || kept > MATCH_PROFILES_MAX;
    for (int i = 0; i < count && !r->bad; i++) {
        contracts[i].block = (uint16_t)profile_at(input, asked[i]);
    }
}

static void read_contracts(struct lines *r, struct arena *arena, int count,
                           struct match_input *input) {
    struct match_contract *list = arena_array(arena, (size_t)count, sizeof *list);
    int64_t *asked = arena_array(arena, (size_t)count, sizeof *asked);
    for (int i = 0; i < count && lines_record(r, 'k'); i++) {
        list[i] = (struct match_contract){
            .id = lines_id(r, 1),
            .places = lines_small(r, 2, 100000),
            .named = lines_small(r, 3, 100000),
            .first = lines_day(r, 4),
            .last = lines_day(r, 5),
            .months = (uint16_t)lines_small(r, 7, 1000),
            .language = need_of(r, 8, false, input),
            .permit = need_of(r, 9, true, input),
        };
        asked[i] = lines_number(r, 6, 0, INT64_MAX);
        r->bad = r->bad || list[i].last < list[i].first || (i > 0 && list[i].id <= list[i - 1].id);
    }
    input->contracts = list;
    input->ncontracts = count;
    profiles_number(r, arena, asked, count, list, input);
}

/* The bits of those words of a comma list that contracts ask for. */
static uint64_t skills_of(const struct match_input *input, struct span list, bool permits) {
    uint64_t skills = 0;
    size_t start = 0;
    for (size_t i = 0; i <= list.len; i++) {
        if (i < list.len && list.ptr[i] != ',') {
            continue;
        }
        struct span word = {list.ptr + start, i - start};
        for (int n = 0; n < input->nneeds; n++) {
            bool same = input->needs[n].permit == permits && span_equal(input->needs[n].word, word);
            skills |= same ? UINT64_C(1) << n : 0;
        }
        start = i + 1;
    }
    return skills;
}

static bool has_french(struct span list) {
    for (size_t i = 0; i + 2 <= list.len; i++) {
        bool begins = i == 0 || list.ptr[i - 1] == ',';
        bool ends = i + 2 == list.len || list.ptr[i + 2] == ',';
        if (begins && ends && list.ptr[i] == 'f' && list.ptr[i + 1] == 'r') {
            return true;
        }
    }
    return false;
}

static uint16_t service_at(struct lines *r, int i, const struct match_input *input) {
    int64_t service = lines_id(r, i);
    for (int s = 0; s < input->nservices; s++) {
        if (input->services[s].id == service) {
            return (uint16_t)s;
        }
    }
    r->bad = true;
    return 0;
}

static struct match_candidate *read_candidates(struct lines *r, struct arena *arena, int count,
                                               struct match_input *input) {
    struct match_candidate *list = arena_array(arena, (size_t)count, sizeof *list);
    struct assign_candidate *people = arena_array(arena, (size_t)count, sizeof *people);
    for (int i = 0; i < count && lines_record(r, 'c'); i++) {
        int returns = lines_small(r, 6, 1000);
        list[i] = (struct match_candidate){
            .id = lines_id(r, 1),
            .returns = (uint8_t)(returns > UINT8_MAX ? UINT8_MAX : returns),
            .french = has_french(r->word[7]),
        };
        people[i] = (struct assign_candidate){
            .from = lines_day(r, 3),
            .to = lines_day(r, 4),
            .skills = skills_of(input, r->word[7], false) | skills_of(input, r->word[8], true),
            .months = (uint16_t)lines_small(r, 5, 1000),
            .service = service_at(r, 2, input),
        };
        r->bad = r->bad || (i > 0 && list[i].id <= list[i - 1].id);
    }
    input->candidates = list;
    input->people = people;
    input->ncandidates = count;
    return list;
}

/* Moves `at` to the candidate that the line is about; they come in the candidates' order. */
static bool owner(struct lines *r, const struct match_input *input, int *at) {
    int64_t candidate = lines_id(r, 1);
    while (*at < input->ncandidates && input->candidates[*at].id < candidate) {
        (*at)++;
    }
    r->bad = r->bad || *at == input->ncandidates || input->candidates[*at].id != candidate;
    return !r->bad;
}

static void read_results(struct lines *r, struct arena *arena, int count,
                         struct match_candidate *candidates, struct match_input *input) {
    struct match_result *list = arena_array(arena, (size_t)count, sizeof *list);
    int at = 0;
    int kept = 0;
    int before = -1;
    int64_t last = 0;
    for (int i = 0; i < count && lines_record(r, 'r') && owner(r, input, &at); i++) {
        int64_t profile = lines_id(r, 2);
        int thousandths = lines_small(r, 3, 1000);
        r->bad = r->bad || (at == before && profile <= last);
        int block = profile_at(input, profile);
        if (block != MATCH_NONE) { /* what no contract asks for does not count */
            struct match_candidate *who = &candidates[at];
            who->first_result = who->results == 0 ? kept : who->first_result;
            r->over = r->over || who->results == PER_CANDIDATE_RECORDS;
            who->results++;
            list[kept++] = (struct match_result){(uint16_t)block, (uint16_t)thousandths};
        }
        before = at;
        last = profile;
    }
    input->results = list;
}

static void read_stays(struct lines *r, struct arena *arena, int count,
                       struct match_candidate *candidates, struct match_input *input) {
    struct stay *list = arena_array(arena, (size_t)count, sizeof *list);
    int at = 0;
    for (int i = 0; i < count && lines_record(r, 's') && owner(r, input, &at); i++) {
        struct match_candidate *who = &candidates[at];
        who->first_stay = who->stays == 0 ? i : who->first_stay;
        r->over = r->over || who->stays == PER_CANDIDATE_RECORDS;
        who->stays++;
        list[i] = (struct stay){lines_day(r, 2), lines_day(r, 3), 0};
        r->bad = r->bad || list[i].last < list[i].first;
    }
    input->stays = list;
}

static const struct match_pair *read_pairs(struct lines *r, struct arena *arena, char kind,
                                           int count) {
    struct match_pair *list = arena_array(arena, (size_t)count, sizeof *list);
    for (int i = 0; i < count && lines_record(r, kind); i++) {
        list[i] = (struct match_pair){lines_id(r, 1), lines_id(r, 2)};
        r->bad = r->bad || (i > 0 && (list[i].contract < list[i - 1].contract ||
                                      (list[i].contract == list[i - 1].contract &&
                                       list[i].candidate <= list[i - 1].candidate)));
    }
    return list;
}

Err match_read(struct arena *arena, struct span text, struct match_input *input, int *line) {
    int counts[SECTIONS];
    TRY(count_lines(text, counts, line));
    struct lines r = {.rest = text};
    struct match_input in = {.nnamed = counts[NAMED], .nbars = counts[BARS]};
    read_head(&r, &in);
    read_services(&r, arena, counts[SERVICES], &in);
    read_contracts(&r, arena, counts[CONTRACTS], &in);
    struct match_candidate *candidates = read_candidates(&r, arena, counts[CANDIDATES], &in);
    read_results(&r, arena, counts[RESULTS], candidates, &in);
    read_stays(&r, arena, counts[STAYS], candidates, &in);
    in.named = read_pairs(&r, arena, 'n', counts[NAMED]);
    in.bars = read_pairs(&r, arena, 'x', counts[BARS]);
    *line = r.line;
    if (r.bad || r.over) {
        return r.bad ? ERR_UNREADABLE : ERR_LIMIT;
    }
    *input = in;
    return OK;
}

struct span match_write(struct arena *arena, const struct match_output *output) {
    static const char letters[] = {
        [MATCH_PROPOSED] = 'p', [MATCH_NAMED] = 'n', [MATCH_RESERVE] = 'r'};
    struct buf out;
    buf_init(&out, arena, (size_t)output->count * 48 + 64);
    for (int i = 0; i < output->count; i++) {
        const struct match_proposal *p = &output->list[i];
        buf_printf(&out, "%lld %d %lld %d %d %d %d %d %d %c\n", (long long)p->contract, p->rank,
                   (long long)p->candidate, p->first_choice, p->score, p->points.result,
                   p->points.experience, p->points.language, p->points.returns, letters[p->kind]);
    }
    return (struct span){out.ptr == NULL ? "" : out.ptr, out.len};
}
