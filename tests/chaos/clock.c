/* clock.c - the machine's clock is set forward and back under server and PostgreSQL. */
#include <check.h>
#include <stdlib.h>

#include "ask.h"
#include "chaos.h"
#include "lib/base/arena.h"

enum {
    HOUR = 3600,
    DAY = 86400,
};

/* Seconds off the true time, one after the other. */
static const int jumps[] = {DAY, 0, -DAY, 0, HOUR, -HOUR, 60, -60, DAY, -DAY, 4 * HOUR, 0};
enum { JUMPS = sizeof jumps / sizeof *jumps };

void jump_clock_begin(struct chaos *chaos) {
    struct rig *rig = &chaos->rig;
    chaos->injected = 0;
    chaos->control->offset = 0;
    const char *env = chaos_pg_env(chaos, "shift_clock");
    rig->preload = chaos_preload(chaos, "shift_clock");
    rig_enter(rig, arena_printf(chaos->arena, "%s/clock", rig->folder), env);
}

void jump_clock(struct chaos *chaos) {
    chaos->control->offset = jumps[chaos->injected++ % JUMPS];
}

void jump_clock_end(struct chaos *chaos) {
    if (chaos_verify_log(chaos) != 0) {
        chaos_breach(chaos, "the audit log is whole after the clock has jumped");
    }
    chaos->control->offset = 0;
    rig_leave(&chaos->rig);
}

/* Leaves that bear the clock's time as it comes: after a clock was put back, whoever checks the log
 * must say that it was backdated. */
void control_log_follows_the_clock(struct chaos *chaos) {
    const char *answer;
    jump_clock_begin(chaos);
    rig_run(&chaos->rig, "psql -qXc 'CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql AS "
                         "$$BEGIN NEW.at := clock_timestamp(); RETURN NEW; END$$' "
                         "-c 'CREATE TRIGGER follow BEFORE INSERT ON audit_leaf FOR EACH ROW "
                         "EXECUTE FUNCTION follow()'");
    ck_assert_int_eq(chaos_write(chaos, "before-1", &answer), 201);
    ck_assert_int_eq(chaos_verify_log(chaos), 0);
    chaos->control->offset = DAY;
    ck_assert_int_eq(chaos_write(chaos, "forward-1", &answer), 201);
    chaos_settle_log(chaos);
    chaos->control->offset = 0;
    ck_assert_int_eq(chaos_write(chaos, "back-1", &answer), 201);
    ck_assert_msg(chaos_verify_log(chaos) != 0, "a log that goes back was not noticed");
    rig_leave(&chaos->rig);
}
