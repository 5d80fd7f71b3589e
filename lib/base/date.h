/* date.h - calendar days (proleptic Gregorian), as days since 1970-01-01. */
#ifndef NORIA_BASE_DATE_H
#define NORIA_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

typedef int32_t date;

#define DATE_NONE INT32_MIN
/* Days that an input may name: 1900-01-01 to 2199-12-31. */
#define DATE_MIN (-25567)
#define DATE_MAX 84005

struct civil {
    int year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
};

date date_of(struct civil civil);
struct civil date_civil(date day);
bool civil_exists(struct civil civil);

/* "YYYY-MM-DD" exactly, a day that exists, within DATE_MIN..DATE_MAX. */
bool date_parse(struct span text, date *day);

/* Writes "YYYY-MM-DD" and a NUL. */
enum { DATE_TEXT = 11 };
void date_format(date day, char out[DATE_TEXT]);

/* The same day `months` calendar months later (or earlier), or the month's last day. */
date date_add_months(date day, int months);

/* 1 Monday .. 7 Sunday (ISO 8601). */
int date_weekday(date day);

#endif
