/* failover.c - the primary dies, its synchronous standby takes over, the server finds it. */
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "chaos.h"
#include "lib/base/arena.h"

static const char *twin(struct chaos *chaos, int which) {
    return arena_printf(chaos->arena, "%s/twin%d", chaos->rig.folder, which);
}

static int primary(void) {
    const char *dir = getenv("NORIA_PG_DIR");
    return dir[strlen(dir) - 1] - '0';
}

static void sql(struct chaos *chaos, int which, const char *statement) {
    rig_run(&chaos->rig, arena_printf(chaos->arena, "psql -qXAt -h %s/sock -c \"%s\"",
                                      twin(chaos, which), statement));
}

/* A standby that is waited for at each commit, or not. It waits for nobody when it takes over. */
static void add_standby(struct chaos *chaos, int of, bool waited_for) {
    rig_run(&chaos->rig, arena_printf(chaos->arena, "tools/postgres.sh standby %s %s",
                                      twin(chaos, 1 - of), twin(chaos, of)));
    sql(chaos, of,
        arena_printf(chaos->arena, "ALTER SYSTEM SET synchronous_standby_names = '%s'",
                     waited_for ? "standby" : ""));
    sql(chaos, of, "SELECT pg_reload_conf()");
    rig_run(&chaos->rig,
            arena_printf(chaos->arena,
                         "sh -c 'for i in $(seq 300); do psql -qXAt -h %s/sock -c \"SELECT "
                         "sync_state FROM pg_stat_replication\" | grep -qx %s && exit 0; sleep "
                         "0.1; done; exit 1'",
                         twin(chaos, of), waited_for ? "sync" : "async"));
}

static void enter_pair(struct chaos *chaos, bool waited_for) {
    const char *hosts =
        arena_printf(chaos->arena, "%s/sock,%s/sock", twin(chaos, 0), twin(chaos, 1));
    rig_enter(&chaos->rig, twin(chaos, 0), NULL);
    add_standby(chaos, 0, waited_for);
    (void)setenv("NORIA_DATABASE_URL",
                 arena_printf(chaos->arena,
                              "postgresql:///noria?host=%s&port=5432,5432&user=postgres&"
                              "target_session_attrs=read-write",
                              hosts),
                 1);
    rig_kill_server(&chaos->rig);
}

/* Whoever watches over a pair of servers does this. */
static void take_over(struct chaos *chaos) {
    int old = primary();
    const char *now = twin(chaos, 1 - old);
    rig_run(&chaos->rig, arena_printf(chaos->arena, "tools/postgres.sh kill %s", twin(chaos, old)));
    rig_run(&chaos->rig, arena_printf(chaos->arena, "tools/postgres.sh promote %s", now));
    (void)setenv("NORIA_PG_DIR", now, 1);
    (void)setenv("PGHOST", arena_printf(chaos->arena, "%s/sock", now), 1);
}

static void leave_pair(struct chaos *chaos) {
    const char *other = twin(chaos, 1 - primary());
    rig_leave(&chaos->rig);
    rig_run(&chaos->rig, arena_printf(chaos->arena, "tools/postgres.sh stop %s", other));
    rig_run(&chaos->rig, arena_printf(chaos->arena, "rm -rf %s", other));
}

void fail_over_begin(struct chaos *chaos) {
    enter_pair(chaos, true);
}

void fail_over(struct chaos *chaos) {
    take_over(chaos);
    add_standby(chaos, primary(), true);
}

void fail_over_end(struct chaos *chaos) {
    leave_pair(chaos);
}

/* The standby hears nothing more: who should tell it sleeps. */
static void silence(struct chaos *chaos) {
    rig_run(&chaos->rig,
            "sh -c 'kill -STOP $(psql -qXAtc \"SELECT pid FROM pg_stat_replication\")'");
}

static void must_have(struct chaos *chaos, const char *name, int count) {
    sql(chaos, primary(),
        arena_printf(chaos->arena, "SELECT 1 / (count(*) = %d)::int FROM org WHERE name = '%s'",
                     count, name));
}

/* One pair waits for its standby, which hears nothing: no write is acknowledged. The other does not
 * wait: it acknowledges, and after the fail-over the record is gone. */
void control_standby_not_waited_for(struct chaos *chaos) {
    const char *answer;
    for (int waited_for = 1; waited_for >= 0; waited_for--) {
        enter_pair(chaos, waited_for != 0);
        ck_assert_int_eq(chaos_write(chaos, "heard-1", &answer), 201);
        chaos_pause(waited_for ? 0 : 1000); /* it is not waited for */
        silence(chaos);
        int status = chaos_write(chaos, "unheard-1", &answer);
        ck_assert_msg((status == 201) == !waited_for, "answered %d: %s", status, answer);
        take_over(chaos);
        must_have(chaos, "heard-1", 1);
        must_have(chaos, "unheard-1", 0);
        leave_pair(chaos);
    }
}
