/* The arithmetic of housing for farm workers (Code rural R.716-7 to R.716-11). A pure core. */
#include <stddef.h>
#include <string.h>

#include "contract.h"

enum {
    ROOM_MAX = 6,
    FIRST_M2 = 900, /* hundredths of a square metre */
    FURTHER_M2 = 700,
    PER_BASIN = 3,
    PER_SHOWER = 6,
    PER_TOILET = 6,
    EATING_FIRST_M2 = 700,
    EATING_FURTHER_M2 = 200,
    SMALL_GROUP = 3, /* may eat in a room of their own */
    SMALL_GROUP_M2 = 1200
};

static const char *const sexes[] = {"women", "men", NULL};

#define AT(member) offsetof(struct contract_room, member)
const struct field contract_room_fields[] = {
    {"area_m2", F_DECIMAL, AT(area_m2), 100, 100000, FIELD_REQUIRED, NULL, "Area (m2)"},
    {"occupants", F_INT, AT(occupants), 1, 50, FIELD_REQUIRED, NULL, "Persons"},
    {"sex", F_CHOICE, AT(sex), 0, 0, FIELD_REQUIRED, sexes, "Women or men"},
    FIELD_END,
};
#undef AT

/* People by sex, which share no sanitary installations. */
struct heads {
    int64_t women;
    int64_t men;
};

static struct heads count_heads(const struct contract_room *rooms, int count) {
    struct heads heads = {0, 0};
    for (int i = 0; i < count; i++) {
        bool women = rooms[i].sex != NULL && strcmp(rooms[i].sex, "women") == 0;
        heads.women += women ? rooms[i].occupants : 0;
        heads.men += women ? 0 : rooms[i].occupants;
    }
    return heads;
}

/* "12.50" of 1250, for details. */
static void area_text(int64_t hundredths, char out[MONEY_TEXT]) {
    money_format(hundredths, out);
}

static void check_room(int number, const struct contract_room *room, struct faults *faults) {
    if (room->occupants > ROOM_MAX) {
        (void)faultf(faults, "rooms", ERR_HOUSING_ROOM_FULL, "%d: %lld", number,
                     (long long)room->occupants);
    }
    int64_t needed = FIRST_M2 + FURTHER_M2 * (room->occupants - 1);
    if (room->area_m2 < needed) {
        char has[MONEY_TEXT];
        char needs[MONEY_TEXT];
        area_text(room->area_m2, has);
        area_text(needed, needs);
        (void)faultf(faults, "rooms", ERR_HOUSING_ROOM_SMALL, "%d: %s < %s", number, has, needs);
    }
}

static int64_t groups(int64_t people, int64_t size) {
    return (people + size - 1) / size;
}

static void check_shared(const char *field, Err err, int64_t has, struct heads heads, int64_t per,
                         struct faults *faults) {
    int64_t needed = groups(heads.women, per) + groups(heads.men, per);
    if (has < needed) {
        (void)faultf(faults, field, err, "%lld < %lld", (long long)has, (long long)needed);
    }
}

static bool eats_in_room(const struct contract_room *rooms, int count, int64_t people) {
    for (int i = 0; i < count; i++) {
        if (people <= SMALL_GROUP && rooms[i].area_m2 >= SMALL_GROUP_M2) {
            return true;
        }
    }
    return false;
}

static void check_eating(const struct contract_housing *housing, const struct contract_room *rooms,
                         int count, int64_t people, struct faults *faults) {
    int64_t needed = EATING_FIRST_M2 + EATING_FURTHER_M2 * (people - 1);
    if (housing->eating_m2 >= needed || eats_in_room(rooms, count, people)) {
        return;
    }
    char has[MONEY_TEXT];
    char needs[MONEY_TEXT];
    area_text(housing->eating_m2, has);
    area_text(needed, needs);
    (void)faultf(faults, "housing_eating_m2", ERR_HOUSING_EATING_SMALL, "%s < %s", has, needs);
}

Err contract_housing_check(const struct contract_housing *housing,
                           const struct contract_room *rooms, int count, int64_t places,
                           struct faults *faults) {
    size_t before = faults->count;
    if (housing->kind == NULL || strcmp(housing->kind, "none") == 0) {
        return OK;
    }
    const char *missing = housing->address == NULL   ? "housing_address"
                          : housing->commune == NULL ? "housing_commune"
                          : count == 0               ? "rooms"
                                                     : NULL;
    if (missing != NULL) {
        (void)fault(faults, missing, ERR_HOUSING_MISSING, NULL);
        return ERR_INVALID_INPUT;
    }
    for (int i = 0; i < count; i++) {
        if (rooms[i].area_m2 == FIELD_NONE || rooms[i].occupants == FIELD_NONE) {
            return OK; /* told when it was read; the sums below need every room */
        }
        check_room(i + 1, &rooms[i], faults);
    }
    struct heads heads = count_heads(rooms, count);
    int64_t people = heads.women + heads.men;
    if (people < places) {
        (void)faultf(faults, "rooms", ERR_HOUSING_TOO_FEW_BEDS, "%lld < %lld", (long long)people,
                     (long long)places);
    }
    if (housing->bunks) {
        (void)fault(faults, "housing_bunks", ERR_HOUSING_BUNKS, NULL);
    }
    check_shared("housing_basins", ERR_HOUSING_BASINS, housing->basins, heads, PER_BASIN, faults);
    check_shared("housing_showers", ERR_HOUSING_SHOWERS, housing->showers, heads, PER_SHOWER,
                 faults);
    check_shared("housing_toilets", ERR_HOUSING_TOILETS, housing->toilets, heads, PER_TOILET,
                 faults);
    check_eating(housing, rooms, count, people, faults);
    return faults->count == before ? OK : ERR_INVALID_INPUT;
}
