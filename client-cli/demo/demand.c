#include "demand.h"

#include <string.h>

#include "../../lib/base/arena.h"

enum { YEAR = 365, WEEKLY_MAX = 48, WEEKS_A_YEAR = 52, MONTHS_A_YEAR = 12 };

/* The start of a contract: the source's day of the year carried into the season. */
static date season_start(const struct season *season, date start, int length) {
    struct civil civil = date_civil(start);
    int day = start - date_of((struct civil){civil.year, 1, 1});
    int room = season->last - season->first + 1 - length;
    return season->first + (room > 0 ? day * room / (YEAR + 1) : 0);
}

cents season_wage(const struct season *season, struct span rate, struct span unit,
                  struct span hours) {
    cents amount;
    int64_t weekly;
    if (!money_parse(rate, &amount) || !text_int(hours, &weekly) || weekly < 1) {
        return -1;
    }
    if (span_is(unit, "Month")) {
        amount = amount * MONTHS_A_YEAR / (weekly * WEEKS_A_YEAR);
    } else if (span_is(unit, "Week")) {
        amount = amount / weekly;
    } else if (span_is(unit, "Bi-Weekly")) {
        amount = amount / (2 * weekly);
    } else if (!span_is(unit, "Hour")) {
        return -1;
    }
    return amount > season->smic ? amount : season->smic;
}

static bool seen(const struct orders *orders, struct span ref) {
    for (int i = 0; i < orders->count; i++) {
        if (span_is(ref, orders->list[i].ref)) {
            return true;
        }
    }
    return false;
}

static const char *date_text(struct arena *arena, date day) {
    char text[DATE_TEXT];
    date_format(day, text);
    return arena_strdup(arena, text);
}

static const char *keep(struct arena *arena, struct span text) {
    return arena_copy(arena, text.ptr, text.len);
}

/* Dates into the season; an end before the start stays that way, a missing one missing. */
static void take_dates(struct arena *arena, const struct season *season, struct span from,
                       struct span to, struct order *order) {
    date start, end;
    bool has_start = date_parse(from, &start);
    bool has_end = date_parse(to, &end);
    if (!has_start) {
        order->first_day = keep(arena, from);
        order->last_day = keep(arena, to);
        order->dirty = true;
        return;
    }
    int length = has_end ? end - start + 1 : season->days_min;
    int bounded = length < season->days_min ? season->days_min : length;
    bounded = bounded > season->days_max ? season->days_max : bounded;
    date first = season_start(season, start, bounded);
    order->first_day = date_text(arena, first);
    if (!has_end) {
        order->last_day = "";
    } else {
        order->last_day = date_text(arena, length >= 1 ? first + bounded - 1 : first + length - 1);
    }
    order->dirty = order->dirty || !has_end || length < 1;
}

static void take_work(struct arena *arena, const struct season *season, const struct table *source,
                      int row, struct order *order) {
    struct span hours = table_cell(source, row, "basic_number_of_hours");
    cents wage = season_wage(season, table_cell(source, row, "basic_rate_of_pay"),
                             table_cell(source, row, "basic_unit_of_pay"), hours);
    int64_t weekly;
    order->weekly_hours = keep(arena, hours);
    if (!text_int(hours, &weekly) || weekly < 1 || weekly > WEEKLY_MAX) {
        order->dirty = true;
    }
    order->hourly_wage = "";
    if (wage >= 0) {
        char text[MONEY_TEXT];
        money_format(wage, text);
        order->hourly_wage = arena_strdup(arena, text);
    } else {
        order->dirty = true;
    }
    int64_t months;
    struct span experience = table_cell(source, row, "emp_exp_num_months");
    order->experience_months =
        text_int(experience, &months) && months <= 24 ? keep(arena, experience) : "0";
}

static void convert(struct arena *arena, const struct table *source,
                    const struct communes *communes, const struct season *season, int row,
                    struct order *order) {
    const char *town = arena_printf(arena, "%s, %s", table_cell(source, row, "worksite_city").ptr,
                                    table_cell(source, row, "worksite_state").ptr);
    order->ref = keep(arena, table_cell(source, row, "case_number"));
    order->crop = crop_of(table_cell(source, row, "primary_crop"));
    order->commune = commune_of(communes, span_of(town));
    order->department = order->commune->department;
    order->places = keep(arena, table_cell(source, row, "nbr_workers_certified"));
    take_dates(arena, season, table_cell(source, row, "requested_start_date_of_need"),
               table_cell(source, row, "requested_end_date_of_need"), order);
    take_work(arena, season, source, row, order);
}

/* A decided case of a size that the demo can fill. */
static bool fits(const struct table *source, int row, int places_max) {
    int64_t places;
    struct span status = table_cell(source, row, "case_status");
    return span_is(table_cell(source, row, "primary_sub"), "PRI") &&
           memmem(status.ptr, status.len, "CERTIFICATION", strlen("CERTIFICATION")) != NULL &&
           text_int(table_cell(source, row, "nbr_workers_certified"), &places) && places >= 1 &&
           places <= places_max;
}

Err orders_of(struct arena *arena, const struct table *source, const struct communes *communes,
              const struct season *season, int places_max, int wanted, int dirt_max,
              struct orders *orders) {
    struct orders made = {arena_array(arena, (size_t)(wanted + dirt_max), sizeof *made.list), 0, 0};
    for (int row = 0; row < source->count; row++) {
        if (!fits(source, row, places_max)) {
            continue;
        }
        struct order order = {0};
        order.dirty = seen(&made, table_cell(source, row, "case_number"));
        convert(arena, source, communes, season, row, &order);
        bool room = order.dirty ? made.dirty < dirt_max : made.count - made.dirty < wanted;
        if (room) {
            made.list[made.count++] = order;
            made.dirty += order.dirty ? 1 : 0;
        }
    }
    if (made.count == made.dirty) {
        return ERR_UNREADABLE;
    }
    *orders = made;
    return OK;
}
