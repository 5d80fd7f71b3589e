/* stage_close.c - documents, their lists, the closing act by two officers, and what is kept. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "../output.h"
#include "listing.h"
#include "stages.h"

enum { NOTICES = 15, KINDS_KEPT = 2, TRIES = 5 };

static Err issue_all(struct demo *demo, int64_t *issued) {
    struct call call;
    *issued = 0;
    TRY(demo_get(demo, &demo->officer, &call, "/campaigns/%lld/documents",
                 (long long)demo->campaign));
    if (json_int(call.json, "left") == 0) {
        return OK;
    }
    TRY(demo_post(demo, &demo->officer, NULL, &call, "/campaigns/%lld/documents",
                  (long long)demo->campaign));
    TRY(demo_done(demo, DEMO_BATCH, json_int(call.json, "id"), &call));
    *issued = json_int(call.json, "issued");
    return OK;
}

Err stage_documents(struct demo *demo) {
    struct call call;
    cJSON *contracts;
    int64_t issued = 0;
    stage_begin(demo, "worker documents and notices");
    TRY(issue_all(demo, &issued));
    TRY(list_all(demo, &demo->officer,
                 arena_printf(demo->arena, "/contracts?state=filled&campaign=%lld",
                              (long long)demo->campaign),
                 "contracts", "id", &contracts));
    const cJSON *contract;
    int notices = 0;
    cJSON_ArrayForEach(contract, contracts) {
        if (notices < NOTICES) {
            TRY(demo_post(demo, &demo->officer, NULL, &call, "/contracts/%lld/notice",
                          (long long)json_int(contract, "id")));
            notices++;
        }
    }
    stage_count(demo, "documents", issued);
    stage_count(demo, "contract notices", notices);
    stage_end(demo);
    return OK;
}

/* GET of a file, kept as out/name. `raw`: outside the API. */
static Err keep(struct demo *demo, const struct actor *actor, const char *path, bool raw,
                const char *name) {
    struct call call = {.verb = VERB_GET, .token = actor->token, .accept = "*/*"};
    call.path = raw ? path : arena_printf(demo->arena, "/api/v1%s", path);
    demo->calls++;
    TRY(http_send(demo->http, &call));
    if (!call_ok(&call)) {
        fprintf(stderr, "\ndemo: GET %s was answered %d\n%.*s\n", call.path, call.status,
                (int)call.reply.len, call.reply.ptr);
        return ERR_CONFLICT;
    }
    return write_file(arena_printf(demo->arena, "%s/%s", demo->out, name), call.reply, 0644);
}

static Err keep_document(struct demo *demo, const cJSON *document) {
    static const char *const parts[][2] = {{"text", "txt"}, {"qr.png", "png"}, {"pdf", "pdf"}};
    long long id = (long long)json_int(document, "id");
    for (int i = 0; i < 3; i++) {
        TRY(keep(demo, &demo->officer,
                 arena_printf(demo->arena, "/documents/%lld/%s", id, parts[i][0]), false,
                 arena_printf(demo->arena, "documents/%s.%s", json_text(document, "number"),
                              parts[i][1])));
    }
    return OK;
}

/* The documents that are kept of a campaign; `answers` gets what `noria verify` must say of each.
 */
static Err keep_documents(struct demo *demo, int kind, bool files, struct buf *answers) {
    cJSON *documents;
    TRY(list_all(demo, &demo->officer,
                 arena_printf(demo->arena, "/documents?kind=%d&campaign=%lld", kind,
                              (long long)demo->campaign),
                 "documents", "id", &documents));
    const cJSON *document;
    int most = kind == 1 ? demo->scale.documents_kept : NOTICES;
    int count = cJSON_GetArraySize(documents);
    int step = count > most ? count / most : 1;
    int index = 0;
    cJSON_ArrayForEach(document, documents) {
        if (index++ % step == 0 && index / step <= most) {
            TRY(files ? keep_document(demo, document) : OK);
            buf_printf(answers, "%s %s\n", json_text(document, "number"),
                       json_text(document, "state"));
        }
    }
    return OK;
}

static Err keep_all(struct demo *campaigns[2], bool files, struct buf *answers) {
    buf_init(answers, campaigns[0]->arena, 4096);
    for (int i = 0; i < 2 * KINDS_KEPT; i++) {
        TRY(keep_documents(campaigns[i / KINDS_KEPT], 1 + i % KINDS_KEPT, files, answers));
    }
    return OK;
}

static Err keep_lists(struct demo *demo) {
    static const char *const files[] = {"root.cosekey", "trust.cwt", "status-1.cwt"};
    for (int i = 0; i < 3; i++) {
        TRY(keep(demo, &demo->officer, arena_printf(demo->arena, "/.well-known/noria/%s", files[i]),
                 true, files[i]));
    }
    return OK;
}

/* Of the season that is over nearly all documents are withdrawn, its workers being home; of the one
 * under way they are good. The server withdraws them when it comes to it: the lists are those of a
 * moment in which nothing changed. */
Err stage_files(struct demo *demo, struct demo *next) {
    struct demo *campaigns[] = {demo, next};
    struct buf answers;
    struct buf after;
    bool same = false;
    stage_begin(demo, "files");
    mkdir(arena_printf(demo->arena, "%s/documents", demo->out), 0755);
    TRY(keep_all(campaigns, true, &answers));
    for (int tries = 0; tries < TRIES && !same; tries++, answers = after) {
        TRY(keep_lists(demo));
        TRY(keep_all(campaigns, false, &after));
        same = strcmp(answers.ptr, after.ptr) == 0;
    }
    TRY(same ? OK : ERR_CONFLICT);
    int kept = 0;
    for (const char *at = strchr(answers.ptr, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
        kept++;
    }
    stage_count(demo, "documents kept", kept);
    stage_end(demo);
    return write_file(arena_printf(demo->arena, "%s/answers.txt", demo->out),
                      (struct span){answers.ptr, answers.len}, 0644);
}

Err stage_close(struct demo *demo) {
    struct call call;
    long long id = (long long)demo->campaign;
    stage_begin(demo, "closing act");
    TRY(demo_post(demo, &demo->officer, NULL, &call, "/campaigns/%lld/closing/sign", id));
    TRY(demo_post(demo, &demo->officer2, NULL, &call, "/campaigns/%lld/closing/countersign", id));
    TRY(demo_get(demo, &demo->officer, &call, "/campaigns/%lld/closing", id));
    const cJSON *balance = cJSON_GetObjectItemCaseSensitive(call.json, "balance");
    cJSON_AddItemToObject(demo->report, "balance", cJSON_Duplicate(balance, true));
    TRY(keep(demo, &demo->auditor, arena_printf(demo->arena, "/campaigns/%lld/closing/act", id),
             false, "closing-act.json"));
    TRY(keep(demo, &demo->auditor,
             arena_printf(demo->arena, "/campaigns/%lld/closing/signature", id), false,
             "closing-act.cose"));
    stage_count(demo, "departed", json_int(balance, "departed"));
    stage_count(demo, "verified", json_int(balance, "returned_verified"));
    stage_count(demo, "unexplained", json_int(balance, "unexplained"));
    stage_end(demo);
    return OK;
}
