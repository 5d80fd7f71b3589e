#include "sweep.h"

#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "addresses.h"

static void finding(struct sweep *sweep, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void finding(struct sweep *sweep, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (sweep->found++ == 0) {
        (void)vsnprintf(sweep->first, sizeof sweep->first, format, args);
    }
    va_end(args);
}

static bool enough(const struct sweep *sweep) {
    return !sweep->whole && sweep->found > 0;
}

int sweep_total(const struct sweep *sweep) {
    int total = 0;
    for (int i = 0; i < CHANNELS; i++) {
        total += sweep->probes[i];
    }
    return total;
}

/* --- what an answer says ------------------------------------------------------------------------
 */

/* Copies `text`, leaving out every `cut`, in letters of any case. */
static char *without(struct arena *arena, const char *text, const char *cut) {
    struct buf out;
    size_t len = strlen(cut);
    buf_init(&out, arena, strlen(text) + 1);
    for (const char *at; len > 0 && (at = strcasestr(text, cut)) != NULL; text = at + len) {
        buf_add(&out, text, (size_t)(at - text));
        buf_char(&out, '*');
    }
    buf_text(&out, text);
    return out.ptr;
}

/* Leaves out what follows `before` up to `end`, each time. */
static char *without_after(struct arena *arena, const char *text, const char *before, char end) {
    struct buf out;
    buf_init(&out, arena, strlen(text) + 1);
    for (const char *at; (at = strstr(text, before)) != NULL;) {
        at += strlen(before);
        buf_add(&out, text, (size_t)(at - text));
        at += strcspn(at, (const char[]){end, '\0'});
        text = at;
    }
    buf_text(&out, text);
    return out.ptr;
}

/* The whole answer but what is new in each: the request's number, the time, the form's key, when
 * the asking session was last used. Bytes behind a NUL are not compared, only sought through. */
static char *said(struct arena *arena, const struct web_answer *answer) {
    char *number = web_header(answer, "X-Request-Id");
    char *text = without_after(arena, answer->all, "\r\nDate: ", '\r');
    text = without_after(arena, text, "name=\"key\" value=\"", '"');
    text = without_after(arena, text, "data-label=\"Dernière utilisation\">", '<');
    text = without_after(arena, text, "\"seen_at\":", ',');
    text = number == NULL ? text : without(arena, text, number);
    free(number);
    return text;
}

static const char *html(struct arena *arena, const char *text) {
    struct buf out;
    buf_init(&out, arena, 64);
    for (; *text != '\0'; text++) {
        buf_text(&out, *text == '<' ? "&lt;" : (const char[]){*text, '\0'});
    }
    buf_text(&out, "");
    return out.ptr;
}

/* As the name of a column of a file. */
static const char *column(struct arena *arena, const char *text) {
    char *name = arena_strdup(arena, text);
    for (char *at = name; *at != '\0'; at++) {
        *at = strchr(" -./+<", *at) == NULL ? *at : '_';
    }
    return name;
}

/* The answer without the value that was asked for, in the guises in which it comes back. */
static char *besides(struct arena *arena, const struct web_answer *answer, const char *value) {
    char *text = said(arena, answer);
    text = without(arena, text, percent(arena, value));
    text = without(arena, text, html(arena, value));
    text = without(arena, text, value);
    text = without(arena, text, column(arena, value));
    return without_after(arena, text, "\r\nContent-Length: ", '\r');
}

static void seek(struct sweep *sweep, const char *what, const char *path, const char *bytes,
                 size_t size) {
    const struct planted *shown = seeker_find(sweep->seeker, bytes, size);
    if (shown != NULL) {
        finding(sweep, "%s %s as %s shows %s", what, path, sweep->role, shown->field);
    }
}

/* --- probes -------------------------------------------------------------------------------------
 */

/* Two requests that differ in a value: nothing else may. Gives the status. */
static int compare(struct sweep *sweep, enum channel channel, const char *method, const char *path,
                   const char *const bodies[2], const char *const headers[2],
                   const char *const paths[2], const char *const values[2]) {
    struct arena *arena = arena_new();
    char *told[2];
    int status = 0;
    for (int i = 0; i < 2; i++) {
        struct web_answer answer =
            web(method, paths == NULL ? path : paths[i], sweep->role,
                headers == NULL ? NULL : headers[i], bodies == NULL ? NULL : bodies[i]);
        status = answer.status;
        told[i] = besides(arena, &answer, values[i]);
        seek(sweep, method, path, told[i], strlen(told[i]));
        web_free(&answer);
    }
    sweep->probes[channel]++;
    if (strcmp(told[0], told[1]) != 0) {
        finding(sweep, "%s %s as %s tells %s from %s", method, path, sweep->role, values[0],
                values[1]);
    }
    arena_free(arena);
    return status;
}

/* The value of a field that is known, and one of the same kind that is nowhere. */
static void ask_with(struct sweep *sweep, const char *path, const char *key, const char *known,
                     const char *unknown) {
    struct arena *arena = arena_new();
    const char *const values[2] = {known, unknown};
    const char *paths[2];
    for (int i = 0; i < 2; i++) {
        const char *value = percent(arena, values[i]);
        paths[i] = arena_printf(arena, "%s?%s=%s&q=%s", path, key, value, value);
    }
    (void)compare(sweep, CHANNEL_FILTER, "GET", path, NULL, NULL, paths, values);
    arena_free(arena);
}

/* In the order of each field: what comes first must not tell who is who. */
static void ask_orders(struct sweep *sweep, const char *path, bool again) {
    static const uint8_t key[crypto_shorthash_KEYBYTES];
    for (int i = 0; sweep->known[i].field != NULL && !enough(sweep); i++) {
        if (i > 0 && strcmp(sweep->known[i].field, sweep->known[i - 1].field) == 0) {
            continue;
        }
        struct arena *arena = arena_new();
        const char *field = sweep->known[i].field;
        const char *asked = arena_printf(arena, "%s?sort=%s&order=%s", path, field, field);
        struct web_answer answer = web("GET", asked, sweep->role, NULL, NULL);
        const char *told = said(arena, &answer);
        uint64_t hash = 0;
        (void)crypto_shorthash((unsigned char *)&hash, (const unsigned char *)told, strlen(told),
                               key);
        if (!again) {
            ck_assert_int_lt(sweep->orders, SWEEP_ORDERS);
            sweep->ordered[sweep->orders++] = hash;
            seek(sweep, "GET", asked, told, strlen(told));
        } else {
            sweep->probes[CHANNEL_SORT]++;
            if (sweep->ordered[sweep->orders_again++] != hash) {
                finding(sweep, "GET %s as %s depends on who it is", asked, sweep->role);
            }
        }
        web_free(&answer);
        arena_free(arena);
    }
}

bool sweep_tells(const char *role, const char *path, const char *key, const char *a,
                 const char *b) {
    struct arena *arena = arena_new();
    struct sweep sweep = {.role = role, .seeker = seeker_new(arena), .whole = true};
    ask_with(&sweep, path, key, a, b);
    arena_free(arena);
    return sweep.found > 0;
}

/* By each field as a filter and a search; by conditions on a hash of what is known. */
static void ask_fields(struct sweep *sweep, const char *path) {
    struct arena *arena = arena_new();
    for (int i = 0; sweep->known[i].field != NULL && !enough(sweep); i++) {
        const struct planted *known = &sweep->known[i];
        const char *unknown = sweep->unknown[i].value;
        if (i > 0 && strcmp(known->field, known[-1].field) == 0) {
            continue; /* the same in another writing */
        }
        ask_with(sweep, path, known->field, known->value, unknown);
    }
    const char *const values[2] = {sweep->known[0].value, sweep->unknown[0].value};
    const char *const headers[2] = {
        arena_printf(arena, "If-None-Match: \"%s\"\r\n", percent(arena, values[0])),
        arena_printf(arena, "If-None-Match: \"%s\"\r\n", percent(arena, values[1]))};
    (void)compare(sweep, CHANNEL_CONDITION, "GET", path, NULL, headers, NULL, values);
    arena_free(arena);
}

/* One that is nowhere first, so that what can be done once is done; then the known one and one that
 * is nowhere are told apart or not. */
static void write_field(struct sweep *sweep, const char *path, bool api, int field) {
    struct arena *arena = arena_new();
    const char *const values[2] = {sweep->known[field].value, sweep->unknown[field].value};
    const char *bodies[2];
    for (int i = 0; i < 2; i++) {
        bodies[i] =
            api ? arena_printf(arena, "{\"%s\": \"%s\"}", sweep->known[field].field, values[i])
                : arena_printf(arena, "%s=%s", sweep->known[field].field,
                               percent(arena, values[i]));
    }
    struct web_answer before = web("POST", path, sweep->role, NULL, bodies[1]);
    int status = before.status;
    web_free(&before);
    if (status != 401 && status != 403) {
        (void)compare(sweep, CHANNEL_WRITE, "POST", path, bodies, NULL, NULL, values);
    }
    arena_free(arena);
}

/* --- routes -------------------------------------------------------------------------------------
 */

struct paths {
    struct arena *arena;
    const struct addresses *all;
    bool open[ADDRESSES_MAX]; /* the role was let in */
    char *told[ADDRESSES_MAX];
};

static struct paths *all_paths(struct arena *arena, bool writes) {
    struct paths *paths = ARENA_NEW(arena, struct paths);
    paths->arena = arena;
    paths->all = addresses_of(arena, writes);
    return paths;
}

/* What changes with each request or second, whoever is behind the tokens; looks are counted. */
static bool moves(const char *path) {
    return strcmp(path, "/metrics") == 0 || strcmp(path, "/api/v1/clock") == 0 ||
           strstr(path, "/looks") != NULL;
}

static int ask(struct sweep *sweep, struct paths *paths, int i, bool again) {
    struct arena *arena = arena_new();
    struct web_answer answer = web("GET", paths->all->path[i], sweep->role, NULL, NULL);
    size_t size = (size_t)(answer.body - answer.all) + answer.body_len;
    int status = answer.status;
    ck_assert_msg(status != 0 && status / 100 != 5, "%s: %.300s", paths->all->path[i], answer.all);
    if (!again) {
        seek(sweep, "GET", paths->all->path[i], answer.all, size);
        sweep->probes[CHANNEL_ANSWER]++;
        paths->told[i] = said(paths->arena, &answer);
    } else if (!moves(paths->all->path[i])) {
        sweep->probes[CHANNEL_WORLD]++;
        const char *told = said(arena, &answer);
        if (strcmp(told, paths->told[i]) != 0) {
            size_t at = 0;
            while (told[at] == paths->told[i][at]) {
                at++;
            }
            finding(sweep, "GET %s as %s depends on who it is: %.*s / %.*s", paths->all->path[i],
                    sweep->role, (int)strcspn(paths->told[i] + at, "\r\n"), paths->told[i] + at,
                    (int)strcspn(told + at, "\r\n"), told + at);
        }
    }
    web_free(&answer);
    arena_free(arena);
    return status;
}

static void sweep_reads(struct sweep *sweep, struct arena *arena) {
    struct paths *paths = all_paths(arena, false);
    for (int i = 0; i < paths->all->count && !enough(sweep); i++) {
        int status = ask(sweep, paths, i, false);
        paths->open[i] = status != 401 && status != 403 && !moves(paths->all->path[i]);
        if (paths->open[i] && paths->all->whole[i]) {
            ask_fields(sweep, paths->all->path[i]);
            ask_orders(sweep, paths->all->path[i], false);
        }
    }
    sweep->change(1);
    for (int i = 0; i < paths->all->count && !enough(sweep); i++) {
        (void)ask(sweep, paths, i, true);
        if (paths->open[i] && paths->all->whole[i]) {
            ask_orders(sweep, paths->all->path[i], true);
        }
    }
    sweep->change(0);
}

static void sweep_writes(struct sweep *sweep, struct arena *arena) {
    struct paths *paths = all_paths(arena, true);
    for (int i = 0; i < paths->all->count && !enough(sweep); i++) {
        bool api = strncmp(paths->all->path[i], "/api/", 5) == 0;
        for (int field = 0; sweep->known[field].field != NULL && !enough(sweep); field++) {
            if (field > 0 && !paths->all->whole[i]) {
                break;
            }
            write_field(sweep, paths->all->path[i], api, field);
        }
    }
}

void sweep_run(struct sweep *sweep) {
    struct arena *arena = arena_new();
    sweep_reads(sweep, arena);
    sweep_writes(sweep, arena);
    if (sweep->role != NULL) { /* who was logged out would have learnt nothing */
        struct web_answer answer = web("GET", "/account", sweep->role, NULL, NULL);
        ck_assert_int_eq(answer.status, 200);
        web_free(&answer);
    }
    arena_free(arena);
}
