#include "picture.h"

static int64_t stack(const struct picture *picture, int bin) {
    int64_t sum = 0;
    for (int kind = 0; kind < picture->kinds; kind++) {
        sum += picture->count[bin][kind];
    }
    return sum;
}

static int64_t highest(const struct picture *picture) {
    int64_t top = 0;
    for (int bin = 0; bin < picture->bins; bin++) {
        int64_t sum = stack(picture, bin);
        top = sum > top ? sum : top;
    }
    return top;
}

int picture_columns(const struct picture *picture,
                    struct picture_part parts[PICTURE_BINS * PICTURE_KINDS]) {
    int64_t top = highest(picture);
    top = top > 0 ? top : 1; /* then there is no part at all */
    int n = 0;
    for (int bin = 0; bin < picture->bins; bin++) {
        int left = PICTURE_WIDTH * bin / picture->bins;
        int right = PICTURE_WIDTH * (bin + 1) / picture->bins;
        int64_t below = 0;
        for (int kind = 0; kind < picture->kinds; kind++) {
            int64_t count = picture->count[bin][kind];
            if (count == 0) {
                continue;
            }
            int foot = (int)(PICTURE_HEIGHT * below / top);
            int head = (int)(PICTURE_HEIGHT * (below + count) / top);
            int height = head > foot ? head - foot : 1;
            parts[n++] = (struct picture_part){
                left + 1, PICTURE_HEIGHT - foot - height, right - left - 2, height, kind, count};
            below += count;
        }
    }
    return n;
}

int picture_share(int64_t part, int64_t whole) {
    if (part <= 0 || whole <= 0) {
        return 0;
    }
    if (part >= whole) {
        return 1000;
    }
    int64_t share = part * 1000 / whole;
    return share > 0 ? (int)share : 1;
}
