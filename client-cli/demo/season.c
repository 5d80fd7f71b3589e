#include "season.h"

bool placement_travels(const struct placement *p) {
    return p->fate > FATE_NO_SHOW;
}

struct facts facts_new(struct demo *demo) {
    struct facts facts = {.body = demo_object(demo)};
    facts.list = cJSON_AddArrayToObject(facts.body, "facts");
    return facts;
}

void facts_add(const struct facts *facts, int64_t placement, const char *kind, date day,
               const char *source, const char *note) {
    cJSON *fact = cJSON_CreateObject();
    add_int(fact, "placement_id", placement);
    add_text(fact, "kind", kind);
    add_date(fact, "day", day);
    add_text(fact, "source", source);
    add_text(fact, "note", note);
    cJSON_AddItemToArray(facts->list, fact);
}

Err facts_send(struct demo *demo, const struct actor *actor, const struct facts *facts) {
    struct call call;
    if (cJSON_GetArraySize(facts->list) == 0) {
        return OK;
    }
    return demo_post(demo, actor, facts->body, &call, "/campaigns/%lld/facts",
                     (long long)demo->campaign);
}
