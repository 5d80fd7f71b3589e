/* serve.h - `noria-server serve` and the commands that print the table of routes. */
#ifndef NORIA_SERVE_H
#define NORIA_SERVE_H

struct settings;

/* Serves until SIGTERM or SIGINT; 0 after a clean stop. Refuses to start (3) when the database has
 * another schema than this program's, a template or route is wrong, or the port is taken. */
int serve_run(const struct settings *settings, int argc, char **argv);

/* One line a route: method, path, who may, flags, title. */
int serve_routes(const struct settings *settings, int argc, char **argv);

/* The OpenAPI document of the routes, for docs/openapi.yaml. */
int serve_openapi(const struct settings *settings, int argc, char **argv);

#endif
