#include "lines.h"

bool lines_next(struct lines *r) {
    if (r->rest.len == 0) {
        return false;
    }
    r->words = 0;
    r->line++;
    size_t start = 0;
    for (size_t i = 0; i < r->rest.len; i++) {
        char c = r->rest.ptr[i];
        if (c != ' ' && c != '\n') {
            continue;
        }
        if (i == start || r->words == LINE_WORDS_MAX) {
            r->bad = true;
            return false;
        }
        r->word[r->words++] = (struct span){r->rest.ptr + start, i - start};
        start = i + 1;
        if (c == '\n') {
            r->rest = (struct span){r->rest.ptr + start, r->rest.len - start};
            return true;
        }
    }
    r->bad = true; /* no line feed at the end */
    return false;
}

bool lines_record(struct lines *r, char kind) {
    r->bad = r->bad || !lines_next(r) || r->word[0].len != 1 || r->word[0].ptr[0] != kind;
    return !r->bad;
}

int64_t lines_number(struct lines *r, int i, int64_t least, int64_t most) {
    int64_t value = 0;
    if (!text_int(r->word[i], &value) || value < least || value > most) {
        r->bad = true;
        return least;
    }
    return value;
}

int lines_small(struct lines *r, int i, int most) {
    return (int)lines_number(r, i, 0, most);
}

int64_t lines_id(struct lines *r, int i) {
    return lines_number(r, i, 1, INT64_MAX);
}

date lines_day(struct lines *r, int i) {
    date value = 0;
    if (!date_parse(r->word[i], &value)) {
        r->bad = true;
    }
    return value;
}
