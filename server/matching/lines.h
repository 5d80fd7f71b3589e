/* lines.h - the records of a run's texts (inputs.h, kept.h): one line a record, words parted by
 * single spaces, each line ended by LF. What is not so, or not a value that is asked for, sets
 * `bad`, and nothing is read after it. */
#ifndef NORIA_MATCHING_LINES_H
#define NORIA_MATCHING_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "../../lib/base/date.h"
#include "../../lib/base/text.h"

enum { LINE_WORDS_MAX = 10 };

struct lines {
    struct span rest;
    struct span word[LINE_WORDS_MAX];
    int words;
    int line;
    bool bad, over; /* not canonical; past a limit */
};

/* The next line's words; false at the end. */
bool lines_next(struct lines *r);

/* The next line, which has to begin with the word `kind`. */
bool lines_record(struct lines *r, char kind);

/* The word at `i` of the line; the least value where it is none. */
int64_t lines_number(struct lines *r, int i, int64_t least, int64_t most);
int lines_small(struct lines *r, int i, int most); /* 0..most */
int64_t lines_id(struct lines *r, int i);          /* 1.. */
date lines_day(struct lines *r, int i);

#endif
