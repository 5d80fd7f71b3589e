#include "serve.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "../lib/base/arena.h"
#include "../lib/base/clock.h"
#include "../lib/base/log.h"
#include "app.h"
#include "candidate/seal.h"
#include "db/migrate.h"
#include "document/signer.h"
#include "http/openapi.h"
#include "http/router.h"
#include "http/server.h"
#include "http/session.h"
#include "routes.h"
#include "settings.h"
#include "view/template.h"

enum { EXIT_REFUSED = 3 };

static int refuse(const char *why) {
    (void)fprintf(stderr, "noria-server: %s\n", why);
    return EXIT_REFUSED;
}

static Err load_keys(struct arena *arena, const struct settings *settings, struct app *app) {
    if (settings->keys == NULL) {
        return OK;
    }
    TRY(seal_load(arena, settings->keys, &app->seal));
    seal_request_key(app->seal, app->request_key);
    TRY(signer_load(arena, settings->keys, settings->passphrase_file, settings->issuer,
                    clock_now(app->clock), &app->signer));
    app->log_key = signer_log_key(app->signer, &app->log_certificate);
    return OK;
}

/* The roles of NORIA_SECOND_FACTOR; false when it names something else. */
static bool read_roles(struct arena *arena, const char *words, unsigned *roles) {
    *roles = 0;
    if (strcmp(words, "none") == 0) {
        return true;
    }
    while (*words != '\0') {
        size_t len = strcspn(words, ",");
        unsigned bit = role_bit(arena_copy(arena, words, len));
        if (bit == 0 || bit == PUBLIC) {
            return false;
        }
        *roles |= bit;
        words += len + (words[len] == ',');
    }
    return true;
}

static struct app *make_app(struct arena *arena, const struct settings *settings) {
    struct app *app = ARENA_NEW(arena, struct app);
    app->clock = ARENA_NEW(arena, struct clock);
    app->base_url = settings->base_url;
    app->issuer = settings->issuer;
    app->spool = settings->spool;
    app->keys = settings->keys;
    return app;
}

/* The signals wait in the mask of every thread until this one takes them. */
static sigset_t block_signals(void) {
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL);
    (void)signal(SIGPIPE, SIG_IGN);
    return set;
}

/* A connection is a descriptor: 12,000 a loop do not fit into the usual 1,024. */
static void allow_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* A crash leaves no core file and no other process of the user reads this one's memory: it holds
 * keys, and identities of requests under way. The limit alone does not bind a core_pattern that is
 * a program. */
static bool hide_memory(void) {
    return prctl(PR_SET_DUMPABLE, 0) == 0 &&
           setrlimit(RLIMIT_CORE, &(struct rlimit){.rlim_cur = 0, .rlim_max = 0}) == 0;
}

static int serve(struct arena *arena, const struct settings *settings, struct app *app) {
    struct server *server = NULL;
    sigset_t stop = block_signals();
    int got = 0;
    struct server_config config = {
        .bind = settings->bind,
        .port = settings->port,
        .loops = settings->loops,
        .database_url = settings->database_url,
        .database_password = settings->database_password,
        .app = app,
        .routes = all_routes,
        .jobs = all_jobs,
        .attempts = settings->attempts,
        .asks = settings->asks,
        .proxy = settings->proxy,
    };
    allow_descriptors();
    if (settings->core == 0 && !hide_memory()) {
        return refuse("this system does not let core files be forbidden");
    }
    if (!read_roles(arena, settings->factor, &app->factor_roles)) {
        return refuse("NORIA_SECOND_FACTOR names no role; say none, or some of employer, partner, "
                      "officer, desk, assessor, auditor, admin");
    }
    if (load_keys(arena, settings, app) != OK) {
        return refuse("NORIA_KEYS has no usable keys, or NORIA_PASSPHRASE_FILE does not open them; "
                      "make them with `noria keys init`");
    }
    app->templates = templates_compile(arena);
    if (app->templates == NULL) {
        return refuse("a template is wrong");
    }
    if (migrate_check(settings->database_url, settings->database_password) != OK) {
        return refuse("the database is not at this program's schema; run `noria-server migrate`");
    }
    if (server_start(&config, &server) != OK) {
        return refuse("cannot listen, or a route is wrong");
    }
    LOG(LOG_INFO, "serving", LOG_INT("port", server_port(server)), LOG_INT("loops", config.loops));
    printf("serving on port %d\n", server_port(server));
    (void)fflush(stdout);
    (void)sigwait(&stop, &got);
    server_stop(server);
    return 0;
}

int serve_run(const struct settings *settings, int argc, char **argv) {
    struct arena *arena = arena_new();
    struct app *app = make_app(arena, settings);
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--adjustable-clock") != 0) {
            arena_free(arena);
            return refuse("serve takes --adjustable-clock and nothing else");
        }
        app->adjustable_clock = true;
    }
    int code = serve(arena, settings, app);
    arena_free(arena);
    return code;
}

/* --- the table of routes ------------------------------------------------------------------------
 */

static void print_roles(unsigned allow) {
    const char *between = "";
    for (unsigned bit = EMPLOYER; bit <= (unsigned)PUBLIC; bit <<= 1) {
        if ((allow & bit) != 0) {
            printf("%s%s", between, role_word(bit));
            between = ",";
        }
    }
}

int serve_routes(const struct settings *settings, int argc, char **argv) {
    (void)settings;
    (void)argc;
    (void)argv;
    struct arena *arena = arena_new();
    const struct router *router = server_router(arena, all_routes);
    if (router == NULL) {
        arena_free(arena);
        return refuse("a route is wrong");
    }
    for (int i = 0; router_row(router, i) != NULL; i++) {
        const struct route *route = router_row(router, i);
        bool api = (route->flags & (ROUTE_PAGE_ONLY | ROUTE_RAW)) == 0;
        bool page = (route->flags & ROUTE_API_ONLY) == 0;
        printf("%-6s %-48s %-9s ", method_name(route->method), route->path,
               api && page ? "page+api"
               : api       ? "api"
                           : "page");
        print_roles(route->allow);
        printf("  %s\n", route->title == NULL ? "" : route->title);
    }
    arena_free(arena);
    return 0;
}

static Err openapi_write(struct arena *arena, const struct settings *settings,
                         const struct router *router) {
    struct openapi_source source = {all_reads, all_shows, NULL};
    struct buf out;
    TRY(describer_open(arena, settings->database_url, &source.describer));
    buf_init(&out, arena, 65536);
    openapi_text(router, &source, &out);
    return fwrite(out.ptr, 1, out.len, stdout) == out.len ? OK : ERR_INTERNAL;
}

int serve_openapi(const struct settings *settings, int argc, char **argv) {
    (void)argc;
    (void)argv;
    struct arena *arena = arena_new();
    const struct router *router = server_router(arena, all_routes);
    bool written = router != NULL && openapi_write(arena, settings, router) == OK;
    arena_free(arena);
    return written ? 0 : refuse("a route is wrong, or NORIA_DATABASE_URL not migrated");
}
