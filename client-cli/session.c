#include "session.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/base/arena.h"
#include "commands.h"
#include "http.h"
#include "output.h"

static const char *folder(struct arena *arena) {
    const char *config = getenv("XDG_CONFIG_HOME");
    if (config != NULL && config[0] == '/') {
        return arena_printf(arena, "%s/noria", config);
    }
    const char *home = getenv("HOME");
    return arena_printf(arena, "%s/.config/noria", home != NULL ? home : "");
}

static const char *path_of(struct arena *arena) {
    const char *path = getenv("NORIA_SESSION");
    return path != NULL ? path : arena_printf(arena, "%s/session.json", folder(arena));
}

static void free_json(void *tree) {
    cJSON_Delete(tree);
}

static const char *without_slash(struct arena *arena, const char *url) {
    size_t length = strlen(url);
    while (length > 0 && url[length - 1] == '/') {
        length--;
    }
    return arena_copy(arena, url, length);
}

Err session_load(struct cli *cli, struct session *session) {
    struct arena *arena = cli->arena;
    struct session found = {"http://127.0.0.1:8080", NULL, NULL, 0};
    struct span text;
    if (read_file(arena, path_of(arena), &text) == OK) {
        cJSON *tree = cJSON_ParseWithLength(text.ptr, text.len);
        arena_defer(arena, free_json, tree);
        if (json_text(tree, "url") != NULL) {
            found.url = json_text(tree, "url");
            found.email = json_text(tree, "email");
            found.token = json_text(tree, "token");
            found.token_id = json_int(tree, "token_id");
        }
    }
    const char *url = cli_option(cli, "url");
    url = url != NULL ? url : getenv("NORIA_URL");
    if (url != NULL) {
        /* A token is shown to the server that gave it and to no other. */
        if (strcmp(without_slash(arena, url), found.url) != 0) {
            found = (struct session){without_slash(arena, url), NULL, NULL, 0};
        }
    }
    if (getenv("NORIA_TOKEN") != NULL) {
        found.token = getenv("NORIA_TOKEN");
        found.email = NULL;
        found.token_id = 0;
    }
    *session = found;
    return OK;
}

/* Makes every folder above `path`. */
static void make_folders(struct arena *arena, const char *path) {
    char *copy = arena_strdup(arena, path);
    for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(copy, 0700);
        *slash = '/';
    }
}

Err session_save(struct arena *arena, const struct session *session) {
    cJSON *tree = cJSON_CreateObject();
    arena_defer(arena, free_json, tree);
    cJSON_AddStringToObject(tree, "url", session->url);
    if (session->email != NULL) {
        cJSON_AddStringToObject(tree, "email", session->email);
    }
    cJSON_AddStringToObject(tree, "token", session->token);
    cJSON_AddNumberToObject(tree, "token_id", (double)session->token_id);
    char *text = cJSON_Print(tree);
    arena_defer(arena, cJSON_free, text);
    const char *path = path_of(arena);
    make_folders(arena, path);
    return write_file(path, span_of(text), 0600);
}

void session_forget(struct arena *arena) {
    unlink(path_of(arena));
}
