/* names2c FILE.names...: the table of names_known.c from lines `name: spelling spelling ...` of
 * this folder. A row for each way a name is heard: ROW(sounds, whether it is the first name to
 * think of, number of the name), in the order of strcmp, of one sound the first names first.
 *
 * Refused: a line of another form, a name that has two lines, a spelling of other than letters a to
 * z or of several words, and what is heard alike in more than NAMES_KNOWN names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../../lib/base/arena.h"
#include "../names_sound.h"

enum { LINE = 4096, NAMES = 8192, ROWS = 65536, SOUND = 15 };

struct row {
    char sound[SOUND];
    int name;
    int place; /* of the spelling in the line: the most usual ones come first */
};

struct list {
    struct arena *arena;
    char **names;
    int count;
    struct row *rows;
    int used;
    const char *file; /* being read */
    int line;
};

/* While the table is made nothing is known. */
void names_known(const char *sound, size_t size, struct names_token *token) {
    (void)sound;
    (void)size;
    token->names = 0;
}

static void refuse(const struct list *list, const char *text, const char *why) {
    fprintf(stderr, "%s:%d: %s: %s\n", list->file, list->line, text, why);
    exit(1);
}

static void add_spelling(struct list *list, const char *spelling, int place) {
    struct names_heard heard;
    names_hear(span_of(spelling), &heard);
    if (strspn(spelling, "abcdefghijklmnopqrstuvwxyz") != strlen(spelling) || heard.count != 1) {
        refuse(list, spelling, "not one word of the letters a to z");
    }
    if (strlen(heard.sound) >= SOUND || list->used == ROWS) {
        refuse(list, spelling, "too long, or too many spellings");
    }
    struct row *row = &list->rows[list->used++];
    *row = (struct row){.name = list->count, .place = place};
    memcpy(row->sound, heard.sound, strlen(heard.sound) + 1);
}

static void add_line(struct list *list, char *line) {
    char *colon = strstr(line, ": ");
    if (colon == NULL || list->count == NAMES) {
        refuse(list, line, "not of the form `name: spelling spelling`, or too many names");
    }
    *colon = '\0';
    for (int i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], line) == 0) {
            refuse(list, line, "has a line already");
        }
    }
    list->names[list->count] = arena_strdup(list->arena, line);
    int place = 0;
    char *rest = NULL;
    for (char *one = strtok_r(colon + 2, " ", &rest); one != NULL;
         one = strtok_r(NULL, " ", &rest)) {
        add_spelling(list, one, place++);
    }
    list->count++;
}

static void add_file(struct list *list, const char *path) {
    char line[LINE];
    list->file = path;
    list->line = 0;
    FILE *in = fopen(path, "r");
    if (in == NULL) {
        refuse(list, path, "cannot be read");
    }
    while (fgets(line, sizeof(line), in) != NULL) {
        char *end = strchr(line, '\n');
        list->line++;
        if (end == NULL) {
            refuse(list, line, "too long");
        }
        *end = '\0';
        if (line[0] != '#') {
            add_line(list, line);
        }
    }
    fclose(in);
}

static int by_name(const void *a, const void *b) {
    const struct row *one = a;
    const struct row *two = b;
    int order = strcmp(one->sound, two->sound);
    order = order != 0 ? order : one->name - two->name;
    return order != 0 ? order : one->place - two->place;
}

static int by_place(const void *a, const void *b) {
    const struct row *one = a;
    const struct row *two = b;
    int order = strcmp(one->sound, two->sound);
    order = order != 0 ? order : one->place - two->place;
    return order != 0 ? order : one->name - two->name;
}

/* Each name once a sound, with the most usual of its spellings heard so. */
static void settle(struct list *list) {
    int kept = 0;
    qsort(list->rows, (size_t)list->used, sizeof(*list->rows), by_name);
    for (int i = 0; i < list->used; i++) {
        const struct row *row = &list->rows[i];
        const struct row *last = kept > 0 ? &list->rows[kept - 1] : NULL;
        if (last == NULL || last->name != row->name || strcmp(last->sound, row->sound) != 0) {
            list->rows[kept++] = *row;
        }
    }
    list->used = kept;
    qsort(list->rows, (size_t)list->used, sizeof(*list->rows), by_place);
}

static void print(struct list *list) {
    int first = 0; /* row of the sound */
    for (int i = 0; i < list->used; i++) {
        const struct row *row = &list->rows[i];
        if (strcmp(row->sound, list->rows[first].sound) != 0) {
            first = i;
        }
        if (i - first >= NAMES_KNOWN) {
            list->file = "names2c";
            refuse(list, row->sound, "heard in too many names");
        }
        printf("ROW(\"%s\", %s, %d)\n", row->sound,
               row->place == list->rows[first].place ? "true" : "false", row->name);
    }
}

int main(int argc, char **argv) {
    struct list list = {.arena = arena_new()};
    list.names = arena_array(list.arena, NAMES, sizeof(*list.names));
    list.rows = arena_array(list.arena, ROWS, sizeof(*list.rows));
    for (int i = 1; i < argc; i++) {
        add_file(&list, argv[i]);
    }
    settle(&list);
    print(&list);
    arena_free(list.arena);
    return 0;
}
