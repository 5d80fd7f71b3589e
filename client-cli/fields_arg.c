#include "fields_arg.h"

#include <string.h>

#include "../lib/base/arena.h"
#include "output.h"

static void free_json(void *tree) {
    cJSON_Delete(tree);
}

/* Adds one argument to the object; false when it has neither form. */
static bool add_field(struct arena *arena, cJSON *object, const char *argument) {
    const char *equals = strchr(argument, '=');
    if (equals == NULL || equals == argument) {
        return false;
    }
    bool json = equals[-1] == ':';
    const char *name = arena_copy(arena, argument, (size_t)(equals - argument) - (json ? 1 : 0));
    if (name[0] == '\0') {
        return false;
    }
    cJSON *value = json ? cJSON_Parse(equals + 1) : cJSON_CreateString(equals + 1);
    return value != NULL && cJSON_AddItemToObject(object, name, value);
}

static const char *type_of(const char *file) {
    static const char *const types[][2] = {
        {".csv", "text/csv"},  {".json", "application/json"}, {".pdf", "application/pdf"},
        {".png", "image/png"}, {".txt", "text/plain"},        {".jpg", "image/jpeg"},
    };
    size_t length = strlen(file);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        size_t end = strlen(types[i][0]);
        if (length > end && strcmp(file + length - end, types[i][0]) == 0) {
            return types[i][1];
        }
    }
    return "application/octet-stream";
}

static void to_query(struct arena *arena, const cJSON *object, struct call *call) {
    struct buf path;
    buf_init(&path, arena, 128);
    buf_text(&path, call->path);
    char mark = strchr(call->path, '?') == NULL ? '?' : '&';
    const cJSON *member;
    cJSON_ArrayForEach(member, object) {
        buf_char(&path, mark);
        mark = '&';
        buf_uri(&path, span_of(member->string));
        buf_char(&path, '=');
        if (cJSON_IsString(member)) {
            buf_uri(&path, span_of(cJSON_GetStringValue(member)));
        } else {
            char *text = cJSON_PrintUnformatted(member);
            arena_defer(arena, cJSON_free, text);
            buf_uri(&path, span_of(text));
        }
    }
    call->path = path.ptr;
}

Err fields_arg(struct cli *cli, int first, struct call *call) {
    const char *file = cli_option(cli, "file");
    cJSON *object = cJSON_CreateObject();
    arena_defer(cli->arena, free_json, object);
    for (int i = first; i < cli->argc; i++) {
        if (!add_field(cli->arena, object, cli->argv[i])) {
            return ERR_INVALID_INPUT;
        }
    }
    if (file != NULL) {
        TRY(read_file(cli->arena, file, &call->body));
        call->type = type_of(file);
        to_query(cli->arena, object, call);
    } else if (call->verb == VERB_GET) {
        to_query(cli->arena, object, call);
    } else {
        call_json(cli->arena, call, object);
    }
    return OK;
}
