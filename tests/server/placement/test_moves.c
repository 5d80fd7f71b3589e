/* The table of moves that pages offer is the one that PostgreSQL enforces. */
#include <stdio.h>
#include <string.h>

#include "server/placement/placement.h"
#include "tests/support/check_main.h"
#include "tests/support/season.h"

static PGresult *database_moves(PGconn *pg) {
    PGresult *result = PQexec(pg, "SELECT state, kind, next FROM placement_move "
                                  "ORDER BY state COLLATE \"C\", kind COLLATE \"C\"");
    ck_assert_int_eq(PQresultStatus(result), PGRES_TUPLES_OK);
    return result;
}

START_TEST(same_table) {
    PGconn *pg = season_connect();
    PGresult *rows = database_moves(pg);
    int n = 0;
    for (const struct placement_move *move = placement_moves; move->state != NULL; move++, n++) {
        ck_assert_int_lt(n, PQntuples(rows));
        ck_assert_str_eq(move->state, PQgetvalue(rows, n, 0));
        ck_assert_str_eq(move->kind, PQgetvalue(rows, n, 1));
        ck_assert_str_eq(move->next, PQgetvalue(rows, n, 2));
    }
    ck_assert_int_eq(n, PQntuples(rows));
    PQclear(rows);
    PQfinish(pg);
}
END_TEST

/* Every state that a move names is one that the table of placements takes, and the other way round:
 * none is out of reach from "bound". */
START_TEST(every_state_can_be_reached) {
    const char *reached[64] = {"bound"};
    int count = 1;
    for (int i = 0; i < count; i++) {
        for (const struct placement_move *move = placement_moves; move->state != NULL; move++) {
            bool known = strcmp(move->state, reached[i]) != 0;
            for (int k = 0; k < count && !known; k++) {
                known = strcmp(move->next, reached[k]) == 0;
            }
            if (!known) {
                ck_assert_int_lt(count, 64);
                reached[count++] = move->next;
            }
        }
    }
    PGconn *pg = season_connect();
    ck_assert_int_eq(season_number(pg, "SELECT count(DISTINCT s) FROM placement_move, "
                                       "LATERAL (VALUES (state), (next)) AS v (s) WHERE s <> '*'"),
                     count);
    for (int i = 0; i < count; i++) {
        char sql[200];
        (void)snprintf(sql, sizeof sql, "SELECT (placement_term('%s') IS NOT NULL)::int",
                       reached[i]);
        ck_assert_int_eq(season_number(pg, sql), 1);
    }
    PQfinish(pg);
}
END_TEST

int main(void) {
    const struct check_rounds tests[] = {
        {same_table, 0},
        {every_state_can_be_reached, 0},
        {NULL, 0},
    };
    return check_shared("moves", season_up, season_down, 60, tests);
}
