/* stage_steps.c - the steps of the method around analysis and test: diagnoses with employers
 * before, information meetings at the sessions' places, interviews while a proposal waits. */
#include "contracts_csv.h"
#include "listing.h"
#include "stages.h"

enum {
    ASKED_BEFORE = 21, /* days: the diagnosis before the contract that follows from it */
    FIRST_TALK = 30,   /* days before it, when the employer had not decided yet */
    MET_BEFORE = 2,    /* days before the session */
    STAYED_AWAY = 4,   /* one in so many who came to the meeting takes no seat */
    INTERVIEWED = 3,   /* one in so many proposals */
    TALKS = 2          /* the most of an employer about one job, and one more about another */
};

static void prepare(struct demo *demo, const struct employer *employer, const char *rome,
                    date held_on, int64_t posts, const char *source, const char *finding,
                    struct call *call) {
    cJSON *body = demo_object(demo);
    bool there = source[0] == 'v'; /* an assessor visits the farm; the office does the rest */
    add_text(body, "siret", group_siret(demo->arena, employer->department));
    add_text(body, "rome", rome);
    add_date(body, "held_on", held_on);
    add_int(body, "posts", posts);
    add_text(body, "source", source);
    add_text(body, "finding", finding);
    demo_prepare(demo, there ? &demo->assessor : &demo->officer, body, call, "/diagnoses");
}

/* What one employer needs: the places of his contracts, of which a test by simulation finds the
 * people. Some decide a month later; driving takes a licence and no test. */
static Err diagnose(struct demo *demo, int which, struct call *calls, size_t *count) {
    static const char *const sources[] = {"visit", "meeting", "call", "letter"};
    const struct employer *employer = &demo->employers[which];
    const char *source = sources[which % 4];
    date held_on = demo->days.contracts - ASKED_BEFORE;
    cJSON *contracts;
    TRY(list_all(demo, &employer->actor,
                 arena_printf(demo->arena, "/contracts?campaign=%lld", (long long)demo->campaign),
                 "contracts", "id", &contracts));
    if (contracts->child == NULL) {
        return OK;
    }
    const char *rome = json_text(contracts->child, "rome");
    int64_t posts = 0;
    const cJSON *contract;
    cJSON_ArrayForEach(contract, contracts) {
        posts += json_int(contract, "places");
    }
    if (which % 6 == 3) {
        prepare(demo, employer, rome, held_on - FIRST_TALK, posts, "call", "later",
                &calls[(*count)++]);
    }
    prepare(demo, employer, rome, held_on, posts, source, "simulation", &calls[(*count)++]);
    if (which % 8 == 5) {
        prepare(demo, employer, "A1101", held_on, 1, source, "other_means", &calls[(*count)++]);
    }
    return OK;
}

Err stage_diagnoses(struct demo *demo) {
    struct call calls[DEPARTMENTS_COUNT * (TALKS + 1)];
    size_t count = 0;
    stage_begin(demo, "diagnoses with employers");
    for (int e = 0; e < demo->employers_count; e++) {
        TRY(diagnose(demo, e, calls, &count));
    }
    TRY(demo_all(demo, calls, count, NULL));
    stage_count(demo, "diagnoses", (int64_t)count);
    stage_end(demo);
    return OK;
}

Err steps_meeting(struct demo *demo, const struct service *service, const cJSON *session) {
    struct call call;
    int64_t id = json_int(session, "id");
    int seats = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(session, "seats"));
    cJSON *body = demo_object(demo);
    add_date(body, "held_on", demo->today - MET_BEFORE);
    add_text(body, "site", json_text(session, "site"));
    add_int(body, "came", seats + seats / STAYED_AWAY);
    cJSON_AddBoolToObject(body, "employer_there", id % 2 == 0);
    return demo_post(demo, &service->lead, body, &call, "/sessions/%lld/meetings", (long long)id);
}

Err steps_interviews(struct demo *demo, const struct employer *employer, const cJSON *proposals,
                     int64_t *noted) {
    static const char *const channels[] = {"phone", "video", "on_site"};
    struct call *calls =
        arena_array(demo->arena, (size_t)cJSON_GetArraySize(proposals) + 1, sizeof *calls);
    size_t count = 0;
    const cJSON *proposal;
    cJSON_ArrayForEach(proposal, proposals) {
        uint64_t number = text_number(span_of(json_text(proposal, "token")));
        if (number % INTERVIEWED != 0) {
            continue;
        }
        cJSON *body = demo_object(demo);
        add_date(body, "held_on",
                 demo->days.matching +
                     (date)(number / 9 % (uint64_t)(demo->today - demo->days.matching + 1)));
        add_text(body, "channel", channels[number / 3 % 3]);
        demo_prepare(demo, &employer->actor, body, &calls[count++], "/proposals/%lld/interview",
                     (long long)json_int(proposal, "id"));
    }
    *noted += (int64_t)count;
    return demo_all(demo, calls, count, NULL);
}
