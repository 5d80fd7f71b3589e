#include "template.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/log.h"
#include "embed.h"
#include "template_render.h"

static const char prefix[] = "templates/";
static const char suffix[] = ".html";

/* The name of a page among the embedded files; false for any other file. */
static bool page_name(struct arena *arena, const char *file, const char **name) {
    size_t len = strlen(file);
    size_t head = sizeof prefix - 1;
    size_t tail = sizeof suffix - 1;
    if (len <= head + tail || strncmp(file, prefix, head) != 0 ||
        strcmp(file + len - tail, suffix) != 0) {
        return false;
    }
    *name = arena_copy(arena, file + head, len - head - tail);
    return true;
}

static int by_name(const void *a, const void *b) {
    const struct template *left = a;
    const struct template *right = b;
    return strcmp(left->name, right->name);
}

const struct template *templates_find(const struct templates *all, const char *name) {
    const struct template key = {.name = name};
    return bsearch(&key, all->list, (size_t)all->count, sizeof key, by_name);
}

static bool partials_exist(const struct templates *all, const struct template *template) {
    for (int i = 0; i < template->count; i++) {
        const struct op *op = &template->ops[i];
        if (op->kind == OP_PARTIAL && strcmp(op->text, TEMPLATE_CONTENT) != 0 &&
            templates_find(all, op->text) == NULL) {
            (void)fprintf(stderr, "templates/%s.html: no template %s\n", template->name, op->text);
            return false;
        }
    }
    return true;
}

const struct templates *templates_compile(struct arena *arena) {
    struct templates *all = ARENA_NEW(arena, struct templates);
    all->list = arena_array(arena, embedded_count + 1, sizeof *all->list);
    for (const struct embedded *file = embedded_files; file->name != NULL; file++) {
        char error[256];
        const char *name = NULL;
        struct span source = {(const char *)file->data, file->size};
        if (!page_name(arena, file->name, &name)) {
            continue;
        }
        if (template_compile(arena, name, source, &all->list[all->count], error) != OK) {
            (void)fprintf(stderr, "%s\n", error);
            LOG(LOG_ERROR, "template_broken", LOG_WORD("template", name));
            return NULL;
        }
        all->count++;
    }
    qsort(all->list, (size_t)all->count, sizeof *all->list, by_name);
    for (int i = 0; i < all->count; i++) {
        if (!partials_exist(all, &all->list[i])) {
            return NULL;
        }
    }
    return all;
}
