/* stage_weeks.c - week after week from the first day of work to the last return: who leaves, works
 * and comes home. Some come home while others still leave, and the next season begins before this
 * one is over. */
#include "season.h"
#include "stages.h"

enum { WEEK = 7 };

/* Of the season under way nobody has come home yet. */
static Err week(struct demo *demo, const struct placements *all) {
    TRY(season_departures(demo, all));
    if (demo->answer_before == DATE_NONE) {
        TRY(returns_week(demo, all));
    }
    return season_work(demo, all);
}

Err stage_season(struct demo *demo, const struct placements *all) {
    stage_begin(demo, "departures and season");
    int64_t departed = 0;
    for (date day = demo->days.first; day < demo->days.last + WEEK; day += WEEK) {
        TRY(demo_day(demo, day));
        TRY(week(demo, all));
    }
    for (int i = 0; i < all->count; i++) {
        departed += all->list[i].departed && placement_travels(&all->list[i]) ? 1 : 0;
    }
    stage_count(demo, "departed", departed);
    stage_end(demo);
    return OK;
}

Err stage_returns_begin(struct demo *demo, const struct placements *all, date until) {
    struct call call;
    stage_begin(demo, "returns, the first weeks");
    TRY(demo_post(demo, &demo->officer, NULL, &call, "/campaigns/%lld/returns",
                  (long long)demo->campaign));
    for (date day = demo->today + WEEK; day < until; day += WEEK) {
        TRY(demo_day(demo, day));
        TRY(returns_week(demo, all));
    }
    stage_end(demo);
    return OK;
}

/* A week on, at most to the last day; past it when that was reached. */
static date week_after(date day, date last) {
    return day == last || day + WEEK < last ? day + WEEK : last;
}

Err stage_returns(struct demo *demo, const struct placements *all, struct demo *next,
                  const struct placements *leaving) {
    int64_t found = 0;
    int64_t open = 0;
    stage_begin(demo, "returns");
    for (date day = next->today + 1; day <= demo->now; day = week_after(day, demo->now)) {
        TRY(demo_day(demo, day));
        TRY(returns_week(demo, all));
        next->today = day;
        TRY(week(next, leaving));
    }
    TRY(returns_missing(demo, all, &found));
    for (int i = 0; i < all->count; i++) {
        const struct placement *p = &all->list[i];
        bool home = p->settled || p->fate == FATE_NON_RETURN;
        open += placement_travels(p) && !home ? 1 : 0;
    }
    stage_count(demo, "non-returns", found);
    stage_count(demo, "open", open);
    stage_end(demo);
    return OK;
}
