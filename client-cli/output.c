#include "output.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/arena.h"

enum { FILE_MAX = 1024 * 1024 * 1024, CHUNK = 64 * 1024, COLUMNS_MAX = 8, WIDTH_MAX = 32 };

void buf_safe(struct buf *out, struct span text) {
    size_t at = 0;
    while (at < text.len) {
        size_t start = at;
        uint32_t c = text_next(text, &at);
        struct span one = {text.ptr + start, at - start};
        if (c == UINT32_MAX || text_has_forbidden(one, false)) {
            buf_utf8(out, 0xfffd);
        } else {
            buf_add(out, one.ptr, one.len);
        }
    }
}

const char *text_safe(struct arena *arena, const char *text) {
    struct buf out;
    buf_init(&out, arena, 64);
    buf_text(&out, "");
    buf_safe(&out, span_of(text));
    return out.ptr;
}

/* A JSON value as one line of safe text. */
static struct span value_text(struct arena *arena, const cJSON *value) {
    struct buf out;
    buf_init(&out, arena, 64);
    buf_add(&out, "", 0);
    if (cJSON_IsString(value)) {
        buf_safe(&out, span_of(cJSON_GetStringValue(value)));
    } else if (!cJSON_IsNull(value)) {
        char *text = cJSON_PrintUnformatted(value);
        arena_defer(arena, cJSON_free, text);
        buf_safe(&out, span_of(text));
    }
    return (struct span){out.ptr, out.len};
}

static void print_padded(struct span text, size_t width) {
    size_t at = 0, shown = 0;
    while (at < text.len && shown < width) {
        text_next(text, &at);
        shown++;
    }
    printf("%.*s%*s", (int)at, text.ptr, (int)(width - shown) + 2, "");
}

/* A list of objects: the members of its first row that are not lists make the columns. */
static void print_table(struct arena *arena, const cJSON *list) {
    const char *names[COLUMNS_MAX];
    size_t widths[COLUMNS_MAX] = {0};
    int columns = 0;
    const cJSON *first = cJSON_GetArrayItem(list, 0);
    for (const cJSON *m = first != NULL ? first->child : NULL; m != NULL; m = m->next) {
        if (columns < COLUMNS_MAX && !cJSON_IsArray(m) && !cJSON_IsObject(m)) {
            names[columns] = m->string;
            widths[columns++] = text_length(span_of(m->string));
        }
    }
    const cJSON *row;
    cJSON_ArrayForEach(row, list) {
        for (int i = 0; i < columns; i++) {
            const cJSON *cell = cJSON_GetObjectItemCaseSensitive(row, names[i]);
            size_t width = text_length(value_text(arena, cell));
            width = width < WIDTH_MAX ? width : WIDTH_MAX;
            widths[i] = width > widths[i] ? width : widths[i];
        }
    }
    for (int i = 0; i < columns; i++) {
        print_padded(span_of(names[i]), widths[i]);
    }
    printf("\n");
    cJSON_ArrayForEach(row, list) {
        for (int i = 0; i < columns; i++) {
            print_padded(value_text(arena, cJSON_GetObjectItemCaseSensitive(row, names[i])),
                         widths[i]);
        }
        printf("\n");
    }
}

static void print_tree(struct arena *arena, const cJSON *tree) {
    if (cJSON_IsArray(tree)) {
        print_table(arena, tree);
        return;
    }
    const cJSON *member;
    cJSON_ArrayForEach(member, tree) {
        struct buf name;
        buf_init(&name, arena, 32);
        buf_safe(&name, span_of(member->string));
        if (cJSON_IsArray(member) && cJSON_IsObject(member->child)) {
            printf("%s (%d):\n", name.ptr, cJSON_GetArraySize(member));
            print_table(arena, member);
        } else if (cJSON_IsObject(member)) {
            printf("%s:\n", name.ptr);
            const cJSON *inner;
            cJSON_ArrayForEach(inner, member) {
                struct span text = value_text(arena, inner);
                printf("  %s: %.*s\n", inner->string, (int)text.len, text.ptr);
            }
        } else {
            struct span text = value_text(arena, member);
            printf("%s: %.*s\n", name.ptr, (int)text.len, text.ptr);
        }
    }
}

/* problem+json (RFC 9457) with our list of faults by field. */
static void print_problem(struct arena *arena, const struct call *call) {
    const char *detail = json_text(call->json, "detail");
    const char *title = json_text(call->json, "title");
    struct buf out;
    buf_init(&out, arena, 256);
    buf_printf(&out, "noria: %d ", call->status);
    buf_safe(&out, span_of(detail != NULL ? detail : title != NULL ? title : "refused"));
    fprintf(stderr, "%s\n", out.ptr);
    const cJSON *error;
    cJSON_ArrayForEach(error, cJSON_GetObjectItemCaseSensitive(call->json, "errors")) {
        struct buf line;
        buf_init(&line, arena, 128);
        const char *field = json_text(error, "field");
        const char *fault = json_text(error, "detail");
        if (field == NULL || field[0] == '\0') {
            continue; /* of the whole record: said above */
        }
        buf_safe(&line, span_of(field));
        buf_text(&line, ": ");
        buf_safe(&line, span_of(fault != NULL ? fault : ""));
        fprintf(stderr, "  %s\n", line.ptr);
    }
}

int show_answer(struct cli *cli, const struct call *call) {
    if (!call_ok(call)) {
        print_problem(cli->arena, call);
        return call->status >= 500 ? EXIT_TRY_LATER : EXIT_REFUSED;
    }
    if (call->json == NULL || cli->json) {
        fwrite(call->reply.ptr, 1, call->reply.len, stdout);
        if (call->json != NULL) {
            printf("\n");
        }
        return EXIT_DONE;
    }
    print_tree(cli->arena, call->json);
    return EXIT_DONE;
}

int show_failure(Err err, const char *url) {
    if (err == ERR_UNAVAILABLE) {
        fprintf(stderr, "noria: no answer from %s; is the server running?\n", url);
        return EXIT_TRY_LATER;
    }
    const char *sentence = err_sentence(err);
    struct err_hole hole;
    if (err_hole(sentence, &hole)) { /* no detail is at hand: what stands before it says enough */
        while (hole.at > 0 && strchr(" :(", sentence[hole.at - 1]) != NULL) {
            hole.at--;
        }
        fprintf(stderr, "noria: %.*s.\n", (int)hole.at, sentence);
    } else {
        fprintf(stderr, "noria: %s\n", sentence);
    }
    return err == ERR_IO || err == ERR_UNREADABLE ? EXIT_UNREADABLE : EXIT_REFUSED;
}

Err read_file(struct arena *arena, const char *path, struct span *content) {
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return ERR_IO;
    }
    struct buf all;
    buf_init(&all, arena, CHUNK);
    buf_add(&all, "", 0);
    char *chunk = arena_alloc(arena, CHUNK);
    ssize_t got;
    while ((got = read(fd, chunk, CHUNK)) > 0 && all.len < FILE_MAX) {
        buf_add(&all, chunk, (size_t)got);
    }
    close(fd);
    if (got != 0) {
        return ERR_IO;
    }
    *content = (struct span){all.ptr, all.len};
    return OK;
}

static bool write_all(int fd, struct span content) {
    size_t done = 0;
    while (done < content.len) {
        ssize_t put = write(fd, content.ptr + done, content.len - done);
        if (put <= 0) {
            return false;
        }
        done += (size_t)put;
    }
    return true;
}

Err write_file(const char *path, struct span content, mode_t mode) {
    struct arena *arena = arena_new();
    const char *neighbour = arena_printf(arena, "%s.new", path);
    int fd = open(neighbour, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    bool good = fd >= 0 && write_all(fd, content) && fsync(fd) == 0;
    if (fd >= 0) {
        good = close(fd) == 0 && good;
    }
    good = good && rename(neighbour, path) == 0;
    if (!good) {
        unlink(neighbour);
    }
    arena_free(arena);
    return good ? OK : ERR_IO;
}
