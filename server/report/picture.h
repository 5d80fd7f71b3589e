/* picture.h - where the columns, bars and tiles of a picture stand; templates draw them as SVG.
 *
 * Whole numbers only, so that a picture is the same everywhere. Each picture stands beside a table
 * of the same figures (templates/partials/columns.html, templates/report/). Pure: tested without a
 * database. */
#ifndef NORIA_REPORT_PICTURE_H
#define NORIA_REPORT_PICTURE_H

#include <stdint.h>

/* The drawing's own units; the page scales it. */
enum { PICTURE_WIDTH = 600, PICTURE_HEIGHT = 160, PICTURE_BINS = 60, PICTURE_KINDS = 4 };

/* Columns side by side, each a stack of kinds. A kind's name is its colour (CSS class) and, behind
 * |label:, its word. */
struct picture {
    int bins;  /* 1..PICTURE_BINS */
    int kinds; /* 1..PICTURE_KINDS */
    const char *const *kind;
    int64_t count[PICTURE_BINS][PICTURE_KINDS]; /* >= 0 */
};

/* A part of a stack that is not empty, as a rectangle; the stacks' foot is at y = PICTURE_HEIGHT.
 * Never less than one unit high, so that a single person is still seen. */
struct picture_part {
    int x, y, width, height;
    int kind; /* of picture.kind */
    int64_t count;
};

/* The parts of all stacks from the left, each from its foot up; how many they are. */
int picture_columns(const struct picture *picture,
                    struct picture_part parts[PICTURE_BINS * PICTURE_KINDS]);

/* `part` of `whole` in thousandths, 0..1000, never 0 while there is a part; 0 of nothing is 0. */
int picture_share(int64_t part, int64_t whole);

/* A department's square on the map: column and row from the north-west, one square a department, so
 * that Paris is seen as well as Landes. False for a code that is not on it. */
struct tile {
    const char *department; /* INSEE code */
    int column;             /* 0..TILE_COLUMNS - 1 */
    int row;                /* 0..TILE_ROWS - 1 */
};
enum { TILE_COLUMNS = 13, TILE_ROWS = 12 };

/* All of them, ended by a NULL department. */
extern const struct tile picture_tiles[];

#endif
