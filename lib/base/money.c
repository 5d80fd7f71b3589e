#include "money.h"

#include <inttypes.h>
#include <stdio.h>

bool money_parse(struct span text, cents *amount) {
    size_t point = 0;
    while (point < text.len && text.ptr[point] != '.' && text.ptr[point] != ',') {
        point++;
    }
    size_t decimals = point < text.len ? text.len - point - 1 : 0;
    if (point == 0 || point > 13 || decimals > 2 || (point < text.len && decimals == 0)) {
        return false;
    }
    cents sum = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (i == point) {
            continue;
        }
        if (text.ptr[i] < '0' || text.ptr[i] > '9') {
            return false;
        }
        sum = sum * 10 + (text.ptr[i] - '0');
    }
    for (; decimals < 2; decimals++) {
        sum *= 10;
    }
    *amount = sum;
    return true;
}

void money_format(cents amount, char out[MONEY_TEXT]) {
    uint64_t size = amount < 0 ? 0 - (uint64_t)amount : (uint64_t)amount;
    snprintf(out, MONEY_TEXT, "%s%" PRIu64 ".%02u", amount < 0 ? "-" : "", size / 100,
             (unsigned)(size % 100));
}
