#include "contract_lists.h"

#include <stddef.h>
#include <string.h>

#include "../../lib/base/arena.h"

const struct field contract_list_fields[] = {
    {"rooms", F_TEXT, offsetof(struct contract_list_columns, rooms), 0, 2000, 0, NULL, "Rooms"},
    {"sites", F_TEXT, offsetof(struct contract_list_columns, sites), 0, 200, 0, NULL,
     "Other work places"},
    FIELD_END,
};

/* Cuts the text before `separator` off `rest`; false when nothing is left. */
static bool cut(struct span *rest, char separator, struct span *part) {
    if (rest->ptr == NULL) {
        return false;
    }
    const char *end = memchr(rest->ptr, separator, rest->len);
    size_t size = end == NULL ? rest->len : (size_t)(end - rest->ptr);
    *part = (struct span){rest->ptr, size};
    *rest = end == NULL ? (struct span){NULL, 0} : (struct span){end + 1, rest->len - size - 1};
    return true;
}

/* The parts of "men:23.5:3", in this order, as a source for the room's field table. */
struct room_parts {
    struct span sex;
    struct span area;
    struct span occupants;
};

static bool get_part(const void *impl, const char *name, struct span *value) {
    const struct room_parts *parts = impl;
    *value = strcmp(name, "sex") == 0       ? parts->sex
             : strcmp(name, "area_m2") == 0 ? parts->area
                                            : parts->occupants;
    return value->ptr != NULL;
}

static bool read_room(struct arena *arena, struct span text, struct contract_room *room) {
    struct room_parts parts = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    struct faults faults; /* of the parts: told as one fault of the column */
    (void)(cut(&text, ':', &parts.sex) && cut(&text, ':', &parts.area) &&
           cut(&text, ':', &parts.occupants));
    faults_init(&faults, arena);
    struct source source = {&parts, get_part, NULL};
    return fields_parse(arena, contract_room_fields, &source, room, &faults) == OK &&
           text.ptr == NULL;
}

static void read_rooms(struct arena *arena, struct span text, struct contract_form *form,
                       struct faults *faults) {
    struct span part;
    form->rooms = arena_array(arena, CONTRACT_ROOMS_MAX, sizeof *form->rooms);
    while (cut(&text, '|', &part)) {
        if (form->room_count == CONTRACT_ROOMS_MAX) {
            (void)faultf(faults, "rooms", ERR_LIMIT, "%d", CONTRACT_ROOMS_MAX);
            return;
        }
        if (!read_room(arena, text_trim(part), &form->rooms[form->room_count])) {
            (void)fault(faults, "rooms", ERR_WRONG_TYPE, "women:16:2|men:23.5:3");
            return;
        }
        form->room_count++;
    }
}

static void read_sites(struct arena *arena, struct span text, struct contract_form *form,
                       struct faults *faults) {
    struct span part;
    form->sites = arena_array(arena, CONTRACT_SITES_MAX, sizeof *form->sites);
    while (cut(&text, '|', &part)) {
        part = text_trim(part);
        if (form->site_count == CONTRACT_SITES_MAX) {
            (void)faultf(faults, "sites", ERR_LIMIT, "%d", CONTRACT_SITES_MAX);
            return;
        }
        if (part.len != 5) {
            (void)fault(faults, "sites", ERR_WRONG_TYPE, "13004|84007");
            return;
        }
        form->sites[form->site_count++].commune = arena_copy(arena, part.ptr, part.len);
    }
}

void contract_read_lists(struct arena *arena, const struct contract_list_columns *columns,
                         struct contract_form *form, struct faults *faults) {
    if (columns->rooms != NULL) {
        read_rooms(arena, span_of(columns->rooms), form, faults);
    }
    if (columns->sites != NULL) {
        read_sites(arena, span_of(columns->sites), form, faults);
    }
}

static void put_member(struct buf *out, const char *name, const char *json) {
    buf_printf(out, ",%c%s%c:", '"', name, '"');
    buf_text(out, json);
}

void contract_put_lists(struct buf *out, const struct contract_list_texts *texts) {
    put_member(out, "row", texts->row);
    put_member(out, "rooms", texts->rooms);
    put_member(out, "sites", texts->sites);
}
