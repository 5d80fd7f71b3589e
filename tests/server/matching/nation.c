#include "nation.h"

#include "tests/support/web.h"

void nation_make(void) {
    (void)web_sql(
        "INSERT INTO campaign (code, season, name, first_day, last_day, state, "
        "candidates_per_place) VALUES ('J-2027', "
        "2027, 'Job', today() + 40, today() + 390, 'matching', 4); "
        "INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT 1, id, 100000 FROM org "
        "WHERE kind = 'partner'; ALTER TABLE contract DISABLE TRIGGER USER; "
        "INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, "
        "last_day, rome, crop, tasks, commune, weekly_hours, hourly_wage, submitted_on, due_on) "
        "SELECT 1, o.id, 'J-' || n, 'AAAAAA', 'approved', 150, today() + 60, today() + 150 + "
        "n, 'A1401', 'apples', 'picking', '84007', 35, 13, today() - 30, today() + 1 FROM org o, "
        "generate_series(1, 12) n WHERE o.kind = 'employer'; INSERT INTO contract_place "
        "(contract_id, campaign_id, place_no) SELECT k.id, 1, g FROM contract k, "
        "generate_series(1, 150) g; INSERT INTO worker (id) SELECT generate_series(1, 5400); "
        "INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, state, passport_key, "
        "person_key, swapped_key, experience_months, available_from, available_to, consent_at, "
        "entered_by) SELECT n, 1, o.id, n, overlay(lpad(n::text, 8, '0') placing '-' from 5 for "
        "0), 'preselected', decode(md5('p' || n), 'hex'), decode(md5('q' || n), 'hex'), "
        "decode(md5('r' || n), 'hex'), n % 60, today() + 40, today() + 390, now(), 1 FROM org o, "
        "generate_series(1, 5400) n WHERE o.kind = 'partner'; SELECT 1");
}
