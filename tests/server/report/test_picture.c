/* Where columns, bars and tiles of pictures stand. */
#include <stdbool.h>
#include <string.h>

#include "server/report/picture.h"
#include "tests/support/check_main.h"

static const char *const kinds[] = {"good", "bad"};

START_TEST(stacks_stand_on_each_other_and_the_highest_is_full) {
    struct picture picture = {.bins = 3, .kinds = 2, .kind = kinds};
    struct picture_part parts[PICTURE_BINS * PICTURE_KINDS];
    picture.count[0][0] = 30;
    picture.count[0][1] = 10;
    picture.count[2][1] = 20;
    ck_assert_int_eq(picture_columns(&picture, parts), 3);
    /* the first stack, full height: three quarters, then one */
    ck_assert_int_eq(parts[0].y + parts[0].height, PICTURE_HEIGHT);
    ck_assert_int_eq(parts[0].height, PICTURE_HEIGHT * 3 / 4);
    ck_assert_int_eq(parts[1].y + parts[1].height, parts[0].y);
    ck_assert_int_eq(parts[1].y, 0);
    ck_assert_int_eq(parts[1].kind, 1);
    ck_assert_int_eq(parts[0].x, parts[1].x);
    /* the third, half of it; the empty second has no part */
    ck_assert_int_eq(parts[2].height, PICTURE_HEIGHT / 2);
    ck_assert_int_eq(parts[2].x, PICTURE_WIDTH * 2 / 3 + 1);
    ck_assert_int_eq(parts[2].x + parts[2].width, PICTURE_WIDTH - 1);
}
END_TEST

START_TEST(one_among_a_million_is_seen) {
    struct picture picture = {.bins = 2, .kinds = 2, .kind = kinds};
    struct picture_part parts[PICTURE_BINS * PICTURE_KINDS];
    picture.count[0][0] = 1000000;
    picture.count[1][0] = 1;
    picture.count[1][1] = 1;
    ck_assert_int_eq(picture_columns(&picture, parts), 3);
    ck_assert_int_eq(parts[1].height, 1);
    ck_assert_int_eq(parts[2].height, 1);
    ck_assert_int_eq(picture_share(1, 1000000), 1);
    ck_assert_int_eq(picture_share(0, 1000000), 0);
    ck_assert_int_eq(picture_share(5, 0), 0);
    ck_assert_int_eq(picture_share(7, 5), 1000);
    ck_assert_int_eq(picture_share(1, 3), 333);
}
END_TEST

START_TEST(nothing_is_drawn_of_nothing) {
    struct picture picture = {.bins = PICTURE_BINS, .kinds = 2, .kind = kinds};
    struct picture_part parts[PICTURE_BINS * PICTURE_KINDS];
    ck_assert_int_eq(picture_columns(&picture, parts), 0);
}
END_TEST

/* Every department of mainland France, Corsica and the five overseas ones, each in a square of its
 * own. */
START_TEST(each_department_has_its_square) {
    bool taken[TILE_ROWS][TILE_COLUMNS] = {{false}};
    int n = 0;
    for (const struct tile *tile = picture_tiles; tile->department != NULL; tile++, n++) {
        ck_assert(tile->row >= 0 && tile->row < TILE_ROWS);
        ck_assert(tile->column >= 0 && tile->column < TILE_COLUMNS);
        ck_assert_msg(!taken[tile->row][tile->column], "%s", tile->department);
        taken[tile->row][tile->column] = true;
        for (const struct tile *other = picture_tiles; other != tile; other++) {
            ck_assert_str_ne(other->department, tile->department);
        }
    }
    ck_assert_int_eq(n, 101);
}
END_TEST

CHECK_MAIN("pictures", NULL, NULL, stacks_stand_on_each_other_and_the_highest_is_full,
           one_among_a_million_is_seen, nothing_is_drawn_of_nothing, each_department_has_its_square)
