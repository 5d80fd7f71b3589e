/* What the log keeps of failed log-ins and of acts that were not allowed (OWASP ASVS 5.0.0, 16.2.1,
 * 16.3.1, 16.3.2, 16.4.1): code, request, route and the account's number; nothing that was sent. */
#include <stdio.h>
#include <string.h>

#include "server/http/server.h"
#include "tests/support/logs.h"
#include "tests/support/web.h"

/* The lines of our log that `act` makes; each test has its own arena. */
static const char *logged(struct arena *arena, const char *path, const char *role,
                          const char *body) {
    struct logs logs;
    logs_begin(&logs);
    struct web_answer answer = web("POST", path, role, NULL, body);
    web_free(&answer);
    return logs_text(arena, &logs, LOGS_OURS).ptr;
}

START_TEST(v16_3_1_failed_log_ins_are_logged_without_what_was_typed) {
    struct arena *arena = arena_new();
    static const char wrong[] =
        "{\"email\":\"desk@test.example\",\"password\":\"typed\\u000a by a guesser\"}";
    static const char right[] =
        "{\"email\":\"desk@test.example\",\"password\":\"" web_password "\"}";
    const char *line =
        logged(arena, "/api/v1/login", NULL,
               "{\"email\":\"desk@test.example\",\"password\":\"typed by a guesser\"}");
    ck_assert_msg(strstr(line, "denied") != NULL && strstr(line, "bad_credentials") != NULL &&
                      strstr(line, "/login") != NULL,
                  "%s", line);
    ck_assert_ptr_null(strstr(line, "desk@"));
    ck_assert_ptr_null(strstr(line, "guesser"));
    line = logged(arena, "/api/v1/login", NULL, wrong);
    ck_assert_ptr_null(strstr(line, "guesser"));
    line = logged(arena, "/api/v1/login", NULL, right); /* the control */
    ck_assert_msg(strstr(line, "denied") == NULL, "%s", line);
    arena_free(arena);
}
END_TEST

START_TEST(v16_3_2_what_was_not_allowed_is_logged_with_who) {
    struct arena *arena = arena_new();
    char account[60];
    (void)snprintf(account, sizeof account, "\"account\":%lld",
                   web_sql("SELECT id FROM account WHERE email = 'desk@test.example'"));
    const char *line = logged(arena, "/api/v1/orgs", "desk", "{}");
    ck_assert_msg(strstr(line, "forbidden") != NULL && strstr(line, account) != NULL, "%s", line);
    line = logged(arena, "/api/v1/orgs", "admin", "{}"); /* the control: allowed, if wrong */
    ck_assert_msg(strstr(line, "denied") == NULL, "%s", line);
    arena_free(arena);
}
END_TEST

static void with_logs(struct server_config *config) {
    (void)config;
    logs_to_file();
}

WEB_MAIN_WITH(with_logs, "denied", 60, v16_3_1_failed_log_ins_are_logged_without_what_was_typed,
              v16_3_2_what_was_not_allowed_is_logged_with_who)
