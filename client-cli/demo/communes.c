#include "communes.h"

#include "../../lib/base/arena.h"
#include "random.h"
#include "table.h"

enum { POPULATION_MIN = 200, POPULATION_MAX = 20000 };

const char *const DEPARTMENTS[DEPARTMENTS_COUNT][2] = {
    {"05", "Hautes-Alpes"},
    {"07", "Ardèche"},
    {"11", "Aude"},
    {"13", "Bouches-du-Rhône"},
    {"24", "Dordogne"},
    {"26", "Drôme"},
    {"2B", "Haute-Corse"},
    {"29", "Finistère"},
    {"30", "Gard"},
    {"33", "Gironde"},
    {"34", "Hérault"},
    {"38", "Isère"},
    {"40", "Landes"},
    {"41", "Loir-et-Cher"},
    {"44", "Loire-Atlantique"},
    {"45", "Loiret"},
    {"47", "Lot-et-Garonne"},
    {"49", "Maine-et-Loire"},
    {"51", "Marne"},
    {"66", "Pyrénées-Orientales"},
    {"67", "Bas-Rhin"},
    {"82", "Tarn-et-Garonne"},
    {"83", "Var"},
    {"84", "Vaucluse"},
};

static int department_index(struct span code) {
    for (int i = 0; i < DEPARTMENTS_COUNT; i++) {
        if (span_is(code, DEPARTMENTS[i][0])) {
            return i;
        }
    }
    return -1;
}

static bool wanted(const struct table *table, int row) {
    int64_t population;
    return span_is(table_cell(table, row, "type"), "commune-actuelle") &&
           department_index(table_cell(table, row, "departement")) >= 0 &&
           text_int(table_cell(table, row, "population"), &population) &&
           population >= POPULATION_MIN && population <= POPULATION_MAX;
}

Err communes_read(struct arena *arena, const char *path, struct communes *communes) {
    struct table table;
    TRY(table_read(arena, path, &table));
    struct communes made = {arena_array(arena, (size_t)table.count, sizeof *made.list), 0};
    for (int row = 0; row < table.count; row++) {
        if (wanted(&table, row)) {
            made.list[made.count++] = (struct commune){
                table_cell(&table, row, "code_insee").ptr, table_cell(&table, row, "nom").ptr,
                department_index(table_cell(&table, row, "departement"))};
        }
    }
    if (made.count == 0) {
        return ERR_UNREADABLE;
    }
    *communes = made;
    return OK;
}

const struct commune *commune_of(const struct communes *communes, struct span town) {
    return &communes->list[text_number(town) % (uint64_t)communes->count];
}
