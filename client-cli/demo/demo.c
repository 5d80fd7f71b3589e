#include "demo.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../../lib/base/clock.h"
#include "../output.h"

enum { ROUNDS_MAX = 6000, POLL_NANOS = 100000000 };

static void free_json(void *tree) {
    cJSON_Delete(tree);
}

cJSON *demo_object(struct demo *demo) {
    cJSON *object = cJSON_CreateObject();
    arena_defer(demo->arena, free_json, object);
    return object;
}

void add_text(cJSON *object, const char *name, const char *text) {
    if (text != NULL) {
        cJSON_AddStringToObject(object, name, text);
    }
}

void add_int(cJSON *object, const char *name, int64_t value) {
    cJSON_AddNumberToObject(object, name, (double)value);
}

void add_date(cJSON *object, const char *name, date day) {
    char text[DATE_TEXT];
    date_format(day, text);
    cJSON_AddStringToObject(object, name, text);
}

const char *day_text(struct demo *demo, date day) {
    char text[DATE_TEXT];
    date_format(day, text);
    return arena_strdup(demo->arena, text);
}

/* Says which call was refused and why. */
static Err refused(const struct call *call) {
    static const char *const verbs[] = {"GET", "POST", "PUT", "DELETE"};
    fprintf(stderr, "\ndemo: %s %s was answered %d\n%.*s\n%.*s\n", verbs[call->verb], call->path,
            call->status, (int)(call->body.len < 2000 ? call->body.len : 2000),
            call->body.ptr != NULL ? call->body.ptr : "",
            (int)(call->reply.len < 4000 ? call->reply.len : 4000), call->reply.ptr);
    return ERR_CONFLICT;
}

static Err send_one(struct demo *demo, struct call *call) {
    demo->calls++;
    TRY(http_send(demo->http, call));
    return call_ok(call) ? OK : refused(call);
}

static void prepare(struct demo *demo, enum verb verb, const struct actor *actor, cJSON *body,
                    struct call *call, const char *format, va_list args) {
    *call = (struct call){.verb = verb, .token = actor != NULL ? actor->token : NULL};
    call->path = arena_printf(demo->arena, "/api/v1%s", arena_vprintf(demo->arena, format, args));
    if (body != NULL) {
        call_json(demo->arena, call, body);
    }
}

Err demo_get(struct demo *demo, const struct actor *actor, struct call *call, const char *format,
             ...) {
    va_list args;
    va_start(args, format);
    prepare(demo, VERB_GET, actor, NULL, call, format, args);
    va_end(args);
    return send_one(demo, call);
}

Err demo_done(struct demo *demo, enum demo_work work, int64_t id, struct call *call) {
    static const char *const paths[] = {[DEMO_BATCH] = "/document-batches",
                                        [DEMO_RUN] = "/matching-runs",
                                        [DEMO_CALCULATION] = "/matching-calculations"};
    for (int round = 0; round < ROUNDS_MAX; round++) {
        TRY(demo_get(demo, &demo->officer, call, "%s/%lld", paths[work], (long long)id));
        const char *state = json_text(call->json, "state");
        if (strcmp(state, "waiting") != 0 && strcmp(state, "running") != 0) {
            return strcmp(state, "done") == 0 ? OK : ERR_CONFLICT;
        }
        (void)nanosleep(&(struct timespec){0, POLL_NANOS}, NULL);
    }
    return ERR_DEADLINE;
}

/* A write without fields sends an empty object. */
static cJSON *body_of(struct demo *demo, cJSON *body) {
    return body != NULL ? body : demo_object(demo);
}

Err demo_post(struct demo *demo, const struct actor *actor, cJSON *body, struct call *call,
              const char *format, ...) {
    va_list args;
    va_start(args, format);
    prepare(demo, VERB_POST, actor, body_of(demo, body), call, format, args);
    va_end(args);
    return send_one(demo, call);
}

Err demo_upload(struct demo *demo, const struct actor *actor, struct span bytes, const char *type,
                struct call *call, const char *format, ...) {
    va_list args;
    va_start(args, format);
    prepare(demo, VERB_POST, actor, NULL, call, format, args);
    va_end(args);
    call->body = bytes;
    call->type = type;
    return send_one(demo, call);
}

void demo_prepare(struct demo *demo, const struct actor *actor, cJSON *body, struct call *call,
                  const char *format, ...) {
    va_list args;
    va_start(args, format);
    prepare(demo, VERB_POST, actor, body_of(demo, body), call, format, args);
    va_end(args);
}

Err demo_all(struct demo *demo, struct call *calls, size_t count, int *refused_count) {
    if (count == 0) {
        return OK;
    }
    demo->calls += (int)count;
    TRY(http_send_all(demo->http, calls, count, PARALLEL));
    for (size_t i = 0; i < count; i++) {
        if (call_ok(&calls[i])) {
            continue;
        }
        if (refused_count == NULL || calls[i].status >= 500) {
            return refused(&calls[i]);
        }
        (*refused_count)++;
    }
    return OK;
}

Err demo_day(struct demo *demo, date day) {
    struct call call;
    cJSON *body = demo_object(demo);
    add_int(body, "at", (int64_t)day * DAY_SECONDS + MORNING);
    TRY(demo_post(demo, &demo->admin, body, &call, "/clock"));
    demo->today = day;
    return OK;
}

void stage_begin(struct demo *demo, const char *name) {
    cJSON *stage = cJSON_CreateObject();
    cJSON_AddStringToObject(stage, "stage", name);
    cJSON_AddItemToArray(demo->stages, stage);
    demo->stage_began = clock_ticks();
    printf("%-34s", name);
    fflush(stdout);
}

static cJSON *stage_now(struct demo *demo) {
    return cJSON_GetArrayItem(demo->stages, cJSON_GetArraySize(demo->stages) - 1);
}

void stage_count(struct demo *demo, const char *name, int64_t count) {
    cJSON_AddNumberToObject(stage_now(demo), name, (double)count);
}

void stage_end(struct demo *demo) {
    int64_t took = clock_ticks() - demo->stage_began;
    cJSON *stage = stage_now(demo);
    const cJSON *member;
    cJSON_ArrayForEach(member, stage) {
        if (cJSON_IsNumber(member)) {
            printf(" %s %.0f,", member->string, member->valuedouble);
        }
    }
    printf(" %.1f s\n", (double)took / 1000.0);
    fflush(stdout);
    cJSON_AddNumberToObject(stage, "seconds", (double)took / 1000.0);
}
