#include "date.h"

#include <stdio.h>

/* Days from civil and back: H. Hinnant's published algorithms over eras of 400 years. */
date date_of(struct civil c) {
    int year = c.month <= 2 ? c.year - 1 : c.year;
    int era = (year >= 0 ? year : year - 399) / 400;
    int year_of_era = year - era * 400;
    int month = c.month > 2 ? c.month - 3 : c.month + 9;
    int day_of_year = (153 * month + 2) / 5 + c.day - 1;
    int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct civil date_civil(date day) {
    int z = day + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int day_of_era = z - era * 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month = (5 * day_of_year + 2) / 153;
    struct civil c;
    c.day = day_of_year - (153 * month + 2) / 5 + 1;
    c.month = month < 10 ? month + 3 : month - 9;
    c.year = year_of_era + era * 400 + (c.month <= 2 ? 1 : 0);
    return c;
}

static bool leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_days(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && leap(year) ? 29 : days[month - 1];
}

bool civil_exists(struct civil c) {
    return c.month >= 1 && c.month <= 12 && c.day >= 1 && c.day <= month_days(c.year, c.month);
}

static bool digits(const char *text, int count, int *value) {
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

bool date_parse(struct span text, date *day) {
    struct civil c;
    if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-' ||
        !digits(text.ptr, 4, &c.year) || !digits(text.ptr + 5, 2, &c.month) ||
        !digits(text.ptr + 8, 2, &c.day) || !civil_exists(c)) {
        return false;
    }
    date value = date_of(c);
    if (value < DATE_MIN || value > DATE_MAX) {
        return false;
    }
    *day = value;
    return true;
}

void date_format(date day, char out[DATE_TEXT]) {
    struct civil c = date_civil(day);
    unsigned year = (unsigned)c.year % 10000;
    unsigned month = (unsigned)c.month % 100;
    unsigned of_month = (unsigned)c.day % 100;
    snprintf(out, DATE_TEXT, "%04u-%02u-%02u", year, month, of_month);
}

date date_add_months(date day, int months) {
    struct civil c = date_civil(day);
    int index = c.year * 12 + (c.month - 1) + months;
    c.year = index / 12;
    c.month = index % 12 + 1;
    int last = month_days(c.year, c.month);
    c.day = c.day > last ? last : c.day;
    return date_of(c);
}

int date_weekday(date day) {
    /* 1970-01-01 was a Thursday (4). */
    int since_monday = (day + 3) % 7;
    return (since_monday < 0 ? since_monday + 7 : since_monday) + 1;
}
