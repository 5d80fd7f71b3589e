#include "stay.h"

#include <string.h>

enum {
    YEAR_DAYS = 365,
    MONTH_UNITS = 30,
    DAYS_MOST = 183,
    MONTHS_MOST = 6,
    LEAVE_MONTHS_MOST = 9,
    YEAR_MONTHS = 12
};

bool stay_variant_of(const char *word, enum stay_variant *variant) {
    if (strcmp(word, "days_183") == 0) {
        *variant = STAY_DAYS_183;
        return true;
    }
    *variant = STAY_CALENDAR_MONTHS;
    return strcmp(word, "calendar_months") == 0;
}

/* What a window may hold: 183 days or 180 thirtieths. */
static int variant_most(enum stay_variant variant) {
    return variant == STAY_DAYS_183 ? DAYS_MOST : MONTHS_MOST * MONTH_UNITS;
}

/* Months are twelfths of 365 days, rounded up: six are 183, nine are 274. */
int stay_leave_most(enum stay_variant variant, int months, int days) {
    if (variant == STAY_DAYS_183) {
        return months == 0 ? days : (months * YEAR_DAYS + YEAR_MONTHS - 1) / YEAR_MONTHS;
    }
    int units = months == 0 ? days : months * MONTH_UNITS;
    return units < LEAVE_MONTHS_MOST * MONTH_UNITS ? units : LEAVE_MONTHS_MOST * MONTH_UNITS;
}

int stay_units(enum stay_variant variant, date first, date last) {
    date after = last + 1;
    if (variant == STAY_DAYS_183) {
        return after - first;
    }
    struct civil from = date_civil(first);
    struct civil to = date_civil(after);
    int months = (to.year - from.year) * YEAR_MONTHS + to.month - from.month;
    if (date_add_months(first, months) > after) {
        months--;
    }
    return months * MONTH_UNITS + (after - date_add_months(first, months));
}

static date later(date a, date b) {
    return a > b ? a : b;
}

static date earlier(date a, date b) {
    return a < b ? a : b;
}

/* The search for the earliest window that holds too much. `wanted` is stay number -1. */
struct search {
    const struct stay_rule *rule;
    const struct stay *stays;
    int count;
    struct stay wanted;
    struct stay_excess *excess;
    bool found;
};

static const struct stay *stay_at(const struct search *search, int i) {
    return i < 0 ? &search->wanted : &search->stays[i];
}

/* What a window may hold whose last day of presence is `day`. */
static int most_on(const struct search *search, date day) {
    int most = variant_most(search->rule->variant);
    for (int i = -1; i < search->count; i++) {
        const struct stay *stay = stay_at(search, i);
        for (int k = 0; k < search->rule->count; k++) {
            const struct stay_leave *leave = &search->rule->leaves[k];
            if ((stay->leaves >> k & 1U) != 0 && stay->first <= day && day <= stay->last &&
                leave->first <= day && day <= leave->last && leave->most > most) {
                most = leave->most;
            }
        }
    }
    return most;
}

static void judge(struct search *search, date first, date last) {
    int units = 0;
    date there = first;
    if (first > search->wanted.last || last < search->wanted.first) {
        return;
    }
    for (int i = -1; i < search->count; i++) {
        date from = later(stay_at(search, i)->first, first);
        date to = earlier(stay_at(search, i)->last, last);
        if (from <= to) {
            units += stay_units(search->rule->variant, from, to);
            there = later(there, to);
        }
    }
    struct stay_excess *excess = search->excess;
    bool comes_first = !search->found || last < excess->window_last ||
                       (last == excess->window_last && first < excess->window_first);
    if (comes_first && units > most_on(search, there)) {
        *excess = (struct stay_excess){first, last, units};
        search->found = true;
    }
}

static void judge_window_to(struct search *search, date last) {
    judge(search,
          search->rule->variant == STAY_DAYS_183 ? last - YEAR_DAYS + 1
                                                 : date_add_months(last + 1, -YEAR_MONTHS),
          last);
}

/* The windows of one stay: to its last day, to where a derogation begins or ends within it, and
 * from its first day where months differ in length. */
static void judge_windows_of(struct search *search, const struct stay *stay) {
    judge_window_to(search, stay->last);
    if (search->rule->variant == STAY_CALENDAR_MONTHS) {
        judge(search, stay->first, date_add_months(stay->first, YEAR_MONTHS) - 1);
    }
    for (int k = 0; k < search->rule->count; k++) {
        if ((stay->leaves >> k & 1U) == 0) {
            continue;
        }
        const date ends[] = {search->rule->leaves[k].first - 1, search->rule->leaves[k].last};
        for (int e = 0; e < 2; e++) {
            if (stay->first <= ends[e] && ends[e] < stay->last) {
                judge_window_to(search, ends[e]);
            }
        }
    }
}

bool stay_exceeds(const struct stay_rule *rule, const struct stay *stays, int count,
                  struct stay wanted, struct stay_excess *excess) {
    struct search search = {rule, stays, count, wanted, excess, false};
    for (int i = -1; i < count; i++) {
        judge_windows_of(&search, stay_at(&search, i));
    }
    return search.found;
}

/* With everything behind it, only the window that ends with `wanted` counts. */
bool stay_allows(enum stay_variant variant, const struct stay *stays, int count,
                 struct stay wanted) {
    struct stay_excess excess;
    date year = wanted.last - YEAR_DAYS + 1;
    int days = wanted.last - wanted.first + 1;
    bool behind = true;
    for (int i = 0; i < count; i++) {
        if (stays[i].first <= wanted.last && stays[i].last >= wanted.first) {
            return false;
        }
        behind = behind && stays[i].last < wanted.first;
        date from = later(stays[i].first, year);
        days += stays[i].last >= from ? stays[i].last - from + 1 : 0;
    }
    if (variant == STAY_DAYS_183 && behind) {
        return days <= DAYS_MOST;
    }
    struct stay_rule rule = {variant, NULL, 0};
    return !stay_exceeds(&rule, stays, count, wanted, &excess);
}
