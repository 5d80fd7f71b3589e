/* match_orders.h - a matching of any size made of real job orders (dates, places, experience and
 * crop of the H-2A file, client-cli/demo/demand.h) and of made-up candidates. The same for the same
 * sizes. */
#ifndef NORIA_BENCH_MATCH_ORDERS_H
#define NORIA_BENCH_MATCH_ORDERS_H

#include "client-cli/demo/table.h"
#include "server/matching/engine.h"

struct orders_wanted {
    int contracts;
    int places_most;     /* contracts are taken until they hold so many; 0: no such end */
    int candidates;      /* 0: by `per_ten_places` */
    int per_ten_places;  /* candidates for ten places */
    int quota_thousands; /* of the candidates' number, the first service's quota; 0: none */
};

/* Makes the input in `arena`; `table` is the H-2A file. */
void orders_make(struct arena *arena, const struct table *table, const struct orders_wanted *wanted,
                 struct match_input *input);

#endif
