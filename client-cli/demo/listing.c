#include "listing.h"

#include <string.h>

enum { PAGE = 200 };

static void free_json(void *tree) {
    cJSON_Delete(tree);
}

Err list_all(struct demo *demo, const struct actor *actor, const char *path, const char *name,
             const char *key, cJSON **all) {
    cJSON *list = cJSON_CreateArray();
    arena_defer(demo->arena, free_json, list);
    const char *mark = strchr(path, '?') == NULL ? "?" : "&";
    int64_t after = 0;
    int count = PAGE;
    while (count == PAGE) {
        struct call call;
        TRY(demo_get(demo, actor, &call, "%s%slimit=%d&after=%lld", path, mark, PAGE,
                     (long long)after));
        const cJSON *page = cJSON_GetObjectItemCaseSensitive(call.json, name);
        const cJSON *element;
        cJSON_ArrayForEach(element, page) {
            cJSON_AddItemToArray(list, cJSON_Duplicate(element, true));
            after = json_int(element, key);
        }
        count = cJSON_GetArraySize(page);
    }
    *all = list;
    return OK;
}

bool find_token(const struct demo *demo, const char *token, int *service, int *person) {
    for (int s = 0; s < SERVICES; s++) {
        for (int i = 0; i < demo->services[s].people.count; i++) {
            if (strcmp(demo->services[s].tokens[i], token) == 0) {
                *service = s;
                *person = i;
                return true;
            }
        }
    }
    return false;
}
