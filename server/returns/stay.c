#include "stay.h"

#include <string.h>

enum { YEAR_DAYS = 365, MONTH_UNITS = 30, DAYS_MOST = 183, MONTHS_MOST = 6, YEAR_MONTHS = 12 };

bool stay_variant_of(const char *word, enum stay_variant *variant) {
    if (strcmp(word, "days_183") == 0) {
        *variant = STAY_DAYS_183;
        return true;
    }
    *variant = STAY_CALENDAR_MONTHS;
    return strcmp(word, "calendar_months") == 0;
}

int stay_most(enum stay_variant variant) {
    return variant == STAY_DAYS_183 ? DAYS_MOST : MONTHS_MOST * MONTH_UNITS;
}

int stay_units(enum stay_variant variant, struct stay stay) {
    date after = stay.last + 1;
    if (variant == STAY_DAYS_183) {
        return after - stay.first;
    }
    struct civil from = date_civil(stay.first);
    struct civil to = date_civil(after);
    int months = (to.year - from.year) * YEAR_MONTHS + to.month - from.month;
    if (date_add_months(stay.first, months) > after) {
        months--;
    }
    return months * MONTH_UNITS + (after - date_add_months(stay.first, months));
}

static date later(date a, date b) {
    return a > b ? a : b;
}

static date earlier(date a, date b) {
    return a < b ? a : b;
}

static int clipped(enum stay_variant variant, struct stay stay, struct stay window) {
    struct stay part = {later(stay.first, window.first), earlier(stay.last, window.last)};
    return part.first > part.last ? 0 : stay_units(variant, part);
}

/* The rule's windows of one stay; gives how many. */
static int windows_of(enum stay_variant variant, struct stay stay, struct stay windows[2]) {
    if (variant == STAY_DAYS_183) {
        windows[0] = (struct stay){stay.last - YEAR_DAYS + 1, stay.last};
        return 1;
    }
    windows[0] = (struct stay){date_add_months(stay.last + 1, -YEAR_MONTHS), stay.last};
    windows[1] = (struct stay){stay.first, date_add_months(stay.first, YEAR_MONTHS) - 1};
    return 2;
}

static bool comes_first(struct stay a, struct stay b) {
    return a.last < b.last || (a.last == b.last && a.first < b.first);
}

bool stay_exceeds(enum stay_variant variant, const struct stay *stays, int count,
                  struct stay wanted, struct stay_excess *excess) {
    bool found = false;
    for (int i = -1; i < count; i++) {
        struct stay windows[2];
        int n = windows_of(variant, i < 0 ? wanted : stays[i], windows);
        for (int w = 0; w < n; w++) {
            if (windows[w].first > wanted.last || windows[w].last < wanted.first) {
                continue;
            }
            int units = clipped(variant, wanted, windows[w]);
            for (int k = 0; k < count; k++) {
                units += clipped(variant, stays[k], windows[w]);
            }
            if (units > stay_most(variant) && (!found || comes_first(windows[w], excess->window))) {
                *excess = (struct stay_excess){windows[w], units};
                found = true;
            }
        }
    }
    return found;
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
    return !stay_exceeds(variant, stays, count, wanted, &excess);
}
