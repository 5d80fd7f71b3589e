/* mrz_dates.c - the two-figure years of a machine readable zone in full. */
#include "mrz.h"

/* Two figures; -1 for anything else, as the filler of what is unknown. */
static int number(const char *text) {
    bool figures = text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9';
    return figures ? (text[0] - '0') * 10 + (text[1] - '0') : -1;
}

date mrz_birth_date(const struct mrz *mrz, date today) {
    int year = number(mrz->birth);
    struct civil civil = {2000 + year, number(mrz->birth + 2), number(mrz->birth + 4)};
    if (mrz->birth[0] == '\0' || year < 0 || civil.month < 1 || civil.day < 1) {
        return DATE_NONE;
    }
    if (civil_exists(civil) && date_of(civil) <= today) {
        return date_of(civil);
    }
    civil.year -= 100;
    return civil_exists(civil) ? date_of(civil) : DATE_NONE;
}

date mrz_expiry_date(const struct mrz *mrz, date today) {
    int year = number(mrz->expiry);
    struct civil civil = {2000 + year, number(mrz->expiry + 2), number(mrz->expiry + 4)};
    if (mrz->expiry[0] == '\0' || year < 0 || civil.month < 1 || civil.day < 1) {
        return DATE_NONE;
    }
    int now = date_civil(today).year;
    if (civil.year > now + 50) {
        civil.year -= 100;
    }
    return civil_exists(civil) ? date_of(civil) : DATE_NONE;
}
