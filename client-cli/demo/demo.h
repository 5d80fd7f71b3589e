/* demo.h - a whole campaign played through the API, stage after stage, on a fresh server whose
 * clock can be moved (`serve --adjustable-clock`). */
#ifndef NORIA_CLIENT_DEMO_DEMO_H
#define NORIA_CLIENT_DEMO_DEMO_H

#include <cjson/cJSON.h>
#include <stdarg.h>

#include "../../lib/base/arena.h"
#include "../../lib/base/date.h"
#include "../../lib/base/err.h"
#include "../http.h"
#include "communes.h"
#include "demand.h"
#include "people.h"
#include "plants.h"
#include "random.h"

enum { SERVICES = 3, DESKS = 3, PROFILES = 3, PARALLEL = 12, SEEN_MAX = 65536 };

/* The days on which a campaign's stages are played. */
struct calendar {
    date open;      /* the campaign opens; offers have been published */
    date contracts; /* contracts arrive and are submitted */
    date approved;
    date candidates;
    date sessions;
    date matching;
    date bound;
    date authorised;
    date medical;
    date visa;
    date first; /* first day of work of any contract */
    date last;  /* last one */
};

/* An account of the demo, logged in. */
struct actor {
    const char *email;
    const char *role;
    int64_t account;
    int64_t org;
    const char *token;
};

/* How much of everything; the shipped data set gives a small campaign. */
struct scale {
    int contracts;      /* clean orders wanted */
    int dirt;           /* dirty ones at most */
    int places_max;     /* of a contract */
    int candidates;     /* of each service */
    int tested;         /* of each service */
    int placements;     /* bound at most */
    int documents_kept; /* worker documents written to the output folder */
    int undecided;      /* contracts left waiting for a decision */
};

/* A partner service and its candidates. */
struct service {
    struct actor actor;
    struct actor lead; /* its assessor, who leads its sessions */
    struct people people;
    int64_t *ids; /* candidate id of each person; 0: refused by the import */
    const char **tokens;
    bool *weak; /* sat the test and did badly, as was planned for him */
};

struct employer {
    struct actor actor;
    int department;
};

struct demo {
    struct arena *arena;
    struct http *http;
    const char *data; /* folder of the data set */
    const char *out;  /* var/demo */
    const char *password;
    struct scale scale;
    struct dice dice;

    date now;   /* the last day that has begun: when the campaign must be over */
    date today; /* what the server's clock shows */
    struct calendar days;
    struct season season;
    int64_t campaign;
    const char *code; /* of the campaign */
    const char *title;
    const char *ref_prefix;     /* of the employers' references of an import */
    date answer_before;         /* work that begins later is left waiting; DATE_NONE: nothing is */
    int64_t profiles[PROFILES]; /* fruit picking, greenhouse, packing */

    struct actor admin, officer, officer2, auditor;
    struct actor assessor, assessor2, assessor3;
    struct actor desks[DESKS];
    struct actor hasty;    /* an officer who replaces people days after they were bound */
    struct actor careless; /* a desk that never asks for the stamp */
    struct service services[SERVICES];
    struct employer employers[DEPARTMENTS_COUNT];
    int employers_count;

    cJSON *report;
    cJSON *stages;
    int64_t began; /* clock_ticks() of the demo, and of the stage under way */
    int64_t stage_began;
    int calls;             /* requests sent so far */
    int64_t agency;        /* the planted labour agency's organisation */
    int caught[FRAUDS];    /* planted people that screening named */
    bool *seen;            /* candidates counted already, by id modulo SEEN_MAX */
    struct plants *plants; /* planted for a rule each, and all cases by rule */
    bool leaked;           /* a criterion is known at one site */
    int careless_returns;  /* recorded by the careless desk */
    int planted_stays;     /* earlier stays that make six months in twelve impossible */
    int caught_stays;
    int planted_contracts; /* over-long, fictitious, of the agency */
    int caught_contracts;
    int planted_over; /* left France after the six months were over */
    int caught_over;
};

/* Sends one call for an actor and insists on 2xx: otherwise prints method, path, status and answer
 * and gives ERR_CONFLICT. `body` (may be NULL) is taken over. */
Err CHECKED demo_get(struct demo *demo, const struct actor *actor, struct call *call,
                     const char *format, ...) __attribute__((format(printf, 4, 5)));
Err CHECKED demo_post(struct demo *demo, const struct actor *actor, cJSON *body, struct call *call,
                      const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Reads what the server works at in the background (a batch, a matching run), by `path` and its
 * number, until it is done; `call` has it then. ERR_CONFLICT when it was stopped, ERR_DEADLINE when
 * it does not end. */
enum demo_work { DEMO_BATCH, DEMO_RUN, DEMO_CALCULATION };
Err CHECKED demo_done(struct demo *demo, enum demo_work work, int64_t id, struct call *call);

/* Sends a file. */
Err CHECKED demo_upload(struct demo *demo, const struct actor *actor, struct span bytes,
                        const char *type, struct call *call, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Fills a call for demo_all(). */
void demo_prepare(struct demo *demo, const struct actor *actor, cJSON *body, struct call *call,
                  const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Sends many in parallel. Those refused are counted in `refused` when that is not NULL, else the
 * first refusal ends the demo as above. */
Err CHECKED demo_all(struct demo *demo, struct call *calls, size_t count, int *refused);

/* A day of the demo begins at 08:00 UTC. */
enum { DAY_SECONDS = 86400, MORNING = 8 * 3600 };

/* Moves the server's clock to 08:00 of that day. */
Err CHECKED demo_day(struct demo *demo, date day);

/* A JSON object, freed with the arena; and adding members to one. NULL texts are left out. */
cJSON *demo_object(struct demo *demo);
void add_text(cJSON *object, const char *name, const char *text);
void add_int(cJSON *object, const char *name, int64_t value);
void add_date(cJSON *object, const char *name, date day);

/* "2026-03-01", in the arena. */
const char *day_text(struct demo *demo, date day);

/* Progress: one line a stage, its counts in the report. */
void stage_begin(struct demo *demo, const char *name);
void stage_count(struct demo *demo, const char *name, int64_t count);
void stage_end(struct demo *demo);

#endif
