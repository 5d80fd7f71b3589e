/* planted - a server with two holes that the shipped one must not have, for tests/attack/run.sh:
 * an SQL injection and a cross-site scripting, planted in routes of this program alone, beside all
 * the real ones. It shows that the attack tools find what is there. Prints its port, its database's
 * URL and, for each role, a session's cookie; serves until its input ends. */
#include <libpq-fe.h>
#include <stdio.h>

#include "server/http/req.h"
#include "server/http/server.h"
#include "server/http/session.h"
#include "server/routes.h"
#include "tests/server/anonymity/world.h"

enum { TABLES_MAX = 64 };

static void answer(struct req *req, const char *body) {
    const char *page = arena_printf(req->arena,
                                    "<!doctype html><html lang=\"en\"><title>Planted</title><body>"
                                    "%s</body></html>",
                                    body);
    req_bytes(req, "text/html; charset=utf-8", span_of(page), NULL, NULL, 0);
}

static Err holes(struct req *req) {
    answer(req, "<a href=\"/planted/candidate?id=1\">one</a> "
                "<a href=\"/planted/hello?name=you\">two</a>");
    return OK;
}

/* What the caller sends is SQL. */
static Err sql_hole(struct req *req) {
    const char *id = req_query(req, "id");
    PGconn *pg = PQconnectdb(web_database());
    PGresult *result =
        PQexec(pg, arena_printf(req->arena, "SELECT token FROM candidate WHERE id = %s", id));
    bool found = PQresultStatus(result) == PGRES_TUPLES_OK;
    answer(req, arena_printf(req->arena, "<p>%s%s</p>", found ? "" : "PostgreSQL says: ",
                             !found                   ? PQresultErrorMessage(result)
                             : PQntuples(result) == 0 ? "nobody"
                                                      : PQgetvalue(result, 0, 0)));
    PQclear(result);
    PQfinish(pg);
    return OK;
}

/* What the caller sends is HTML. */
static Err script_hole(struct req *req) {
    const char *name = req_query(req, "name");
    answer(req, arena_printf(req->arena, "<p>Hello %s</p>", name == NULL ? "" : name));
    return OK;
}

#define HOLE(path, handler)                                                                        \
    { GET, path, handler, PUBLIC | ANYBODY, NULL, NULL, NULL, ROUTE_PAGE_ONLY, "Planted" }
static const struct route planted_routes[] = {HOLE("/planted", holes),
                                              HOLE("/planted/candidate", sql_hole),
                                              HOLE("/planted/hello", script_hole), ROUTE_END};

static void plant(struct server_config *config) {
    static const struct route *tables[TABLES_MAX];
    int count = 0;
    while (all_routes[count] != NULL && count < TABLES_MAX - 2) {
        tables[count] = all_routes[count];
        count++;
    }
    tables[count] = planted_routes;
    config->routes = tables;
}

START_TEST(a_campaign) {
    world_make();
}
END_TEST

int main(void) {
    static const char *const roles[] = {"employer", "partner", "officer", "desk",
                                        "assessor", "auditor", "admin"};
    const TTest *const tests[] = {a_campaign, NULL};
    web_up_with(plant);
    if (check_run("a campaign to attack", NULL, NULL, 60, tests) != EXIT_SUCCESS) {
        web_down();
        return 1;
    }
    printf("port %d\ndatabase %s\n", web_port(), web_database());
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        char *cookie = web_cookie(roles[i]);
        printf("%s %s=%s\n", roles[i], SESSION_COOKIE, cookie);
        free(cookie);
    }
    printf("ready\n");
    (void)fflush(stdout);
    while (getchar() != EOF) {
    }
    web_down();
    return 0;
}
