/* The comparison of the two entries of a case, inside the server: both identities are opened,
 * compared part by part and wiped; levels and weights are kept, no value of either side. */
#include <math.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../candidate/candidate.h"
#include "../db/db.h"
#include "linkage.h"
#include "screening.h"

enum { SHARE = 100000 /* weights come as this part of one */ };

/* The weights of the table; parts that it lacks are those shipped. */
static Err weights_read(struct db *db, struct arena *arena, struct link_weights *weights) {
    struct rows rows;
    *weights = link_weights_default;
    TRY(db_run(db, Q_LINKAGE_WEIGHTS, ARGS(), &rows));
    for (int row = 0; row < rows.count; row++) {
        const char *name = rows_text(&rows, arena, row, "part");
        const char *step = rows_text(&rows, arena, row, "level");
        for (enum link_part part = 0; part < LINK_PARTS; part++) {
            for (enum link_level level = 0; level < LINK_LEVELS; level++) {
                if (strcmp(name, link_part_name(part)) == 0 &&
                    strcmp(step, link_level_name(level)) == 0) {
                    weights->m[part][level] = (double)rows_int(&rows, row, "m") / SHARE;
                    weights->u[part][level] = (double)rows_int(&rows, row, "u") / SHARE;
                }
            }
        }
    }
    return OK;
}

/* A name in its own script, when both entries give it: offices write Hamid and Hamed for one
 * another in Latin letters, and the two are written otherwise in Arabic. Else in Latin letters. */
static const char *name_of(const char *latin, const char *native, const char *other_native) {
    return native != NULL && other_native != NULL ? native : latin;
}

static void parts_of(struct arena *arena, const struct identity *who, const struct identity *other,
                     struct link_value value[LINK_PARTS]) {
    char birth[DATE_TEXT] = "";
    if (who->birth_date != DATE_NONE) {
        date_format(who->birth_date, birth);
    }
    const char *text[LINK_PARTS] = {
        [LINK_GIVEN] =
            name_of(who->given_names, who->native_given_names, other->native_given_names),
        [LINK_SURNAME] = name_of(who->surname, who->native_surname, other->native_surname),
        [LINK_FATHER] = who->father_name,
        [LINK_BIRTH] = birth,
        [LINK_PLACE] = who->birth_place,
        [LINK_PHONE] = who->phone,
        [LINK_DOCUMENT] = who->document_number,
    };
    for (enum link_part part = 0; part < LINK_PARTS; part++) {
        link_value_of(arena, part, span_of(text[part]), &value[part]);
    }
}

static Err keep(struct db *db, struct arena *arena, int64_t id, const struct link_score *score) {
    struct buf parts;
    struct buf levels;
    struct buf bits;
    struct rows rows;
    buf_init(&parts, arena, 200);
    buf_init(&levels, arena, 200);
    buf_init(&bits, arena, 200);
    for (enum link_part part = 0; part < LINK_PARTS; part++) {
        if (score->level[part] != LINK_UNKNOWN) {
            buf_printf(&parts, "%s,", link_part_name(part));
            buf_printf(&levels, "%s,", link_level_name(score->level[part]));
            buf_printf(&bits, "%.2f,", score->bits[part]);
        }
    }
    return db_run(db, Q_CASE_LIKENESS_PUT,
                  ARGS(arg_int("id", id),
                       arg_text("parts", arena_printf(arena, "{%stotal}", parts.ptr)),
                       arg_text("levels", arena_printf(arena, "{%sunknown}", levels.ptr)),
                       arg_text("bits", arena_printf(arena, "{%s%.2f}", bits.ptr, score->total))),
                  &rows);
}

Err case_compare(struct db *db, struct arena *arena, const struct seal *seal, int64_t id) {
    struct rows rows;
    struct link_weights weights;
    struct link_score score;
    struct link_value value[2][LINK_PARTS];
    const struct link_value *side[2][LINK_PARTS];
    TRY(db_run(db, Q_CASE_SEALED, ARGS(arg_int("id", id)), &rows));
    if (rows.count != 2) {
        return ERR_NOT_FOUND;
    }
    TRY(weights_read(db, arena, &weights));
    struct identity who[2];
    for (int i = 0; i < 2; i++) {
        TRY(identity_open(db, arena, seal, rows_int(&rows, i, "worker_id"), &who[i]));
    }
    for (int i = 0; i < 2; i++) {
        parts_of(arena, &who[i], &who[1 - i], value[i]);
        for (int part = 0; part < LINK_PARTS; part++) {
            side[i][part] = &value[i][part];
        }
    }
    link_compare(&weights, side[0], side[1], 0, &score);
    return keep(db, arena, id, &score);
}
