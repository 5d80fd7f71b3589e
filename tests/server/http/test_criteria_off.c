/* The control of test_criteria.c: the same server, linked with a judge of names who finds nothing.
 * What is refused and recorded there passes here, so it is the judging of names that does it. */
#include <string.h>

#include "lib/base/blocked.h"
#include "tests/support/web.h"

/* In the place of lib/base/blocked.c, which the linker then leaves out of the archive. */
const char *blocked_criterion(struct span name) {
    (void)name;
    return NULL;
}

const char *blocked_in_list(struct span name, struct span value) {
    (void)name;
    (void)value;
    return NULL;
}

void blocked_unknown(struct faults *faults, const char *name, const char *told) {
    (void)name;
    (void)fault(faults, told, ERR_UNKNOWN_FIELD, NULL);
}

static void passes(const char *path) {
    struct web_answer answer = web("GET", path, "officer", NULL, NULL);
    ck_assert_msg(answer.status == 200, "%s: %s", path, answer.all);
    web_free(&answer);
}

START_TEST(names_pass_unjudged) {
    passes("/api/v1/candidates?sex=F");
    passes("/api/v1/candidates?sort=birth_date");
    passes("/api/v1/contracts?filter[nationality]=MAR");
    passes("/candidates?sex=F");
    web_posts("assessor", "/api/v1/profiles",
              "{\"code\": \"P-8\", \"label\": \"Taille\", \"pass_total\": 0, \"exercises\": "
              "[{\"exercise_id\": 1, \"max_age\": 30}]}",
              422, "unknown_field");
    ck_assert_int_eq(web_sql("SELECT count(*) FROM audit_leaf WHERE act = 'criterion.blocked'"), 0);
}
END_TEST

WEB_MAIN("blocked criteria, control", 60, names_pass_unjudged)
