#include "contracts_csv.h"

#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/csv.h"

enum {
    PROOF_DAYS = 28,
    ROOM_PEOPLE = 4,
    HECTARES_A_PLACE = 4,
    GROUP_HECTARES = 2400,
    GROUP_HEADCOUNT = 60,
    GROUP_AGE_DAYS = 4000,
    OVER_LONG_DAYS = 200,
    AGENCY = 90 /* the number that makes its SIRET */
};

static const char *const HEADER[] = {
    "employer_ref",
    "places",
    "first_day",
    "last_day",
    "rome",
    "crop",
    "tasks",
    "commune",
    "weekly_hours",
    "hourly_wage",
    "experience_months",
    "hectares",
    "language",
    "profile_id",
    "housing_kind",
    "housing_address",
    "housing_commune",
    "housing_basins",
    "housing_showers",
    "housing_toilets",
    "housing_eating_m2",
    "rooms",
    "proof_kind",
    "proof_reference",
    "proof_publisher",
    "proof_from",
    "proof_to",
    "siret",
    "employer_name",
    "employer_naf",
    "employer_commune",
    "employer_hectares",
    "employer_headcount",
    "employer_active_from",
};

/* Thirteen digits and the one that makes the Luhn sum right. */
static const char *siret_of(struct arena *arena, int number) {
    for (int digit = 0; digit <= 9; digit++) {
        const char *siret = arena_printf(arena, "8%05d%07d%d", 12345 + number, 13, digit);
        if (text_luhn(span_of(siret))) {
            return siret;
        }
    }
    return "";
}

static const char *group_name(struct arena *arena, int department) {
    return arena_printf(arena, "Groupement d'employeurs agricoles - %s",
                        DEPARTMENTS[department][1]);
}

const char *group_siret(struct arena *arena, int department) {
    return siret_of(arena, department);
}

/* The right one with its last digit moved on: the Luhn sum says no. */
static const char *wrong_siret(struct arena *arena) {
    char *siret = arena_strdup(arena, siret_of(arena, AGENCY + 1));
    siret[13] = (char)('0' + (siret[13] - '0' + 1) % 10);
    return siret;
}

const char *agency_siret(struct arena *arena) {
    return siret_of(arena, AGENCY);
}

static const char *date_text(struct arena *arena, date day) {
    char text[DATE_TEXT];
    date_format(day, text);
    return arena_strdup(arena, text);
}

static void put(struct buf *out, const char *value) {
    if (out->len > 0 && out->ptr[out->len - 1] != '\n') {
        buf_char(out, ',');
    }
    csv_put(out, span_of(value), ',');
}

static void put_int(struct buf *out, int64_t value) {
    put(out, arena_printf(out->arena, "%lld", (long long)value));
}

/* Rooms for `people` of one sex: 9 m2 for the first, 7 for each other (R.716-7), one to spare. */
static void add_rooms(struct buf *rooms, const char *sex, int64_t people) {
    while (people > 0) {
        int64_t here = people < ROOM_PEOPLE ? people : ROOM_PEOPLE;
        buf_printf(rooms, "%s%s:%lld:%lld", rooms->len > 0 ? "|" : "", sex,
                   (long long)(10 + 7 * (here - 1)), (long long)here);
        people -= here;
    }
}

static void put_housing(struct buf *out, const struct order *order, int number) {
    struct arena *arena = out->arena;
    int64_t places = 1;
    if (!text_int(span_of(order->places), &places) || places < 1 || places > 500) {
        places = 1;
    }
    int64_t women = places / 2;
    int64_t men = places - women;
    struct buf rooms;
    buf_init(&rooms, arena, 64);
    buf_text(&rooms, "");
    add_rooms(&rooms, "women", women);
    add_rooms(&rooms, "men", men);
    put(out, "employer");
    put(out, arena_printf(arena, "%d chemin des Vergers", number + 1));
    put(out, order->commune->insee);
    put_int(out, women / 3 + men / 3 + 2);
    put_int(out, women / 6 + men / 6 + 2);
    put_int(out, women / 6 + men / 6 + 2);
    put_int(out, 7 + 2 * places);
    put(out, rooms.ptr);
}

/* Who sends it. */
struct sender {
    const char *siret;
    const char *name;
    const char *naf;
    const char *commune;
    int hectares; /* 0: not told */
    int headcount;
    date active_from;
};

/* What a contract of that occupation tests: fruit picking, greenhouse work, else packing. */
static int profile_of(const char *rome) {
    if (strcmp(rome, "A1401") == 0) {
        return 0;
    }
    return strcmp(rome, "A1402") == 0 || strcmp(rome, "A1414") == 0 ? 1 : 2;
}

static void put_row(struct buf *out, const struct order *order, int number, date proof_from,
                    const int64_t *profiles, const struct sender *sender) {
    struct arena *arena = out->arena;
    int64_t places = 1;
    (void)text_int(span_of(order->places), &places);
    int64_t profile = profiles[profile_of(order->crop->rome)];
    put(out, order->ref);
    put(out, order->places);
    put(out, order->first_day);
    put(out, order->last_day);
    put(out, order->crop->rome);
    put(out, order->crop->name);
    put(out, order->crop->task);
    put(out, order->commune->insee);
    put(out, order->weekly_hours);
    put(out, order->hourly_wage);
    put(out, order->experience_months);
    put_int(out, places * HECTARES_A_PLACE);
    put(out, "fr");
    put(out, profile > 0 ? arena_printf(arena, "%lld", (long long)profile) : "");
    put_housing(out, order, number);
    put(out, "offer");
    put(out, arena_printf(arena, "%06d%s", number, "XKD"));
    put(out, "France Travail");
    put(out, date_text(arena, proof_from));
    put(out, date_text(arena, proof_from + PROOF_DAYS - 1));
    put(out, sender->siret);
    put(out, sender->name);
    put(out, sender->naf);
    put(out, sender->commune);
    put(out, sender->hectares > 0 ? arena_printf(arena, "%d", sender->hectares) : "");
    put_int(out, sender->headcount);
    put(out, date_text(arena, sender->active_from));
    buf_text(out, "\r\n");
}

static struct sender group_of(struct arena *arena, const struct orders *orders, int department,
                              date proof_from) {
    const struct commune *seat = NULL;
    for (int i = 0; i < orders->count && seat == NULL; i++) {
        seat = orders->list[i].department == department ? orders->list[i].commune : NULL;
    }
    return (struct sender){group_siret(arena, department),
                           group_name(arena, department),
                           "01.24Z",
                           seat != NULL ? seat->insee : "",
                           GROUP_HECTARES,
                           GROUP_HEADCOUNT,
                           proof_from - GROUP_AGE_DAYS};
}

/* A row made after a clean order, with another reference. */
static struct order after(struct arena *arena, const struct orders *orders, int *from,
                          const char *kind) {
    while (orders->list[*from].dirty) {
        *from = (*from + 1) % orders->count;
    }
    struct order order = orders->list[*from];
    *from = (*from + 1) % orders->count;
    order.ref = arena_printf(arena, "%s-%s", kind, order.ref);
    return order;
}

static void put_planted(struct buf *out, const struct orders *orders, const struct season *season,
                        date proof_from, const int64_t *profiles,
                        const struct planted_contracts *planted) {
    struct arena *arena = out->arena;
    int from = 0;
    int number = orders->count;
    for (int i = 0; i < planted->over_long; i++) {
        struct order order = after(arena, orders, &from, "LONG");
        struct sender sender = group_of(arena, orders, order.department, proof_from);
        order.first_day = date_text(arena, season->first);
        order.last_day = date_text(arena, season->first + OVER_LONG_DAYS - 1);
        put_row(out, &order, number++, proof_from, profiles, &sender);
    }
    for (int i = 0; i < planted->fictitious; i++) {
        struct order order = after(arena, orders, &from, "FICT");
        struct sender sender = group_of(arena, orders, order.department, proof_from);
        sender.siret = wrong_siret(arena);
        sender.name = "Domaine des Mirages";
        put_row(out, &order, number++, proof_from, profiles, &sender);
    }
    for (int i = 0; i < planted->suspicious; i++) {
        struct order order = after(arena, orders, &from, "AGEN");
        struct sender sender = {
            agency_siret(arena), "Prest'Agri Services", "78.20Z", order.commune->insee, 0, 0,
            proof_from - 5};
        put_row(out, &order, number++, proof_from, profiles, &sender);
    }
    for (int i = 0; i < planted->lending; i++) {
        struct order order = after(arena, orders, &from, LENDING_REF);
        struct sender sender = group_of(arena, orders, order.department, proof_from);
        struct crop *crop = ARENA_NEW(arena, struct crop);
        *crop = *order.crop;
        crop->task = "Récolte et tri chez nos clients de la plaine.";
        order.crop = crop;
        put_row(out, &order, number++, proof_from, profiles, &sender);
    }
}

struct span contracts_csv(struct arena *arena, const struct orders *orders,
                          const struct season *season, date proof_from, const int64_t *profiles,
                          const struct planted_contracts *planted) {
    struct buf out;
    buf_init(&out, arena, (size_t)(orders->count + 50) * 512);
    buf_text(&out, "");
    for (size_t i = 0; i < sizeof HEADER / sizeof HEADER[0]; i++) {
        put(&out, HEADER[i]);
    }
    buf_text(&out, "\r\n");
    for (int i = 0; i < orders->count; i++) {
        struct sender sender = group_of(arena, orders, orders->list[i].department, proof_from);
        put_row(&out, &orders->list[i], i, proof_from, profiles, &sender);
    }
    put_planted(&out, orders, season, proof_from, profiles, planted);
    return (struct span){out.ptr, out.len};
}
