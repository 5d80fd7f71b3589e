#include "world.h"

#include "../../lib/base/arena.h"

const char *const SERVICE_COUNTRIES[ORIGINS] = {"MA", "TN", "GE"};
const char *const SERVICE_NAMES[ORIGINS] = {"ANAPEC", "ANETI", "SESA"};

static const char *const MOROCCO[] = {"MA", "DZ", NULL};
static const char *const TUNISIA[] = {"TN", "DZ", NULL};
static const char *const GEORGIA[] = {"GE", NULL};
static const char *const *const NATIONS[ORIGINS] = {MOROCCO, TUNISIA, GEORGIA};

static const char *const MOROCCO_TOWNS[] = {"Larache",     "Kénitra",   "Berkane",
                                            "Béni Mellal", "Taroudant", NULL};
static const char *const TUNISIA_TOWNS[] = {"Béja", "Jendouba", "Kairouan", "Sidi Bouzid", NULL};
static const char *const GEORGIA_TOWNS[] = {"Kutaisi", "Zugdidi", "Telavi", "Gori", NULL};

Err world_read(struct arena *arena, const char *folder, struct world *world, const char **file) {
    struct world made = {
        .origins = {{"MAR", "MA", "ar fr", "ar es", MOROCCO_TOWNS, &world->names[0]},
                    {"TUN", "TN", "ar fr", "ar it", TUNISIA_TOWNS, &world->names[1]},
                    {"GEO", "GE", "ka fr", "ka ru", GEORGIA_TOWNS, &world->names[2]}},
    };
    *file = arena_printf(arena, "%s/demand/us_h2a_fy2017.csv", folder);
    TRY(table_read(arena, *file, &made.demand));
    *file = arena_printf(arena, "%s/geo/fr_communes.csv", folder);
    TRY(communes_read(arena, *file, &made.communes));
    *file = arena_printf(arena, "%s/names/names_by_country.csv", folder);
    struct table names;
    TRY(table_read(arena, *file, &names));
    for (int i = 0; i < ORIGINS; i++) {
        TRY(names_of(arena, &names, NATIONS[i], &made.names[i]));
    }
    *world = made;
    return OK;
}
