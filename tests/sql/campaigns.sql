-- Campaigns and reference tables: steps, frozen parameters, quotas, who sees what.
BEGIN;
SELECT plan(30);
SELECT act_as(1, 1, 'officer', '2027-01-15');

INSERT INTO org (kind, name, siret, country) VALUES
    ('employer', 'Farm', '73282932000074', 'FR'), ('partner', 'ANAPEC', NULL, 'MA'), ('partner', 'ANETI', NULL, 'TN');
CREATE TEMP VIEW who AS SELECT
    (SELECT id FROM org WHERE name = 'Farm') AS farm, (SELECT id FROM org WHERE name = 'ANAPEC') AS anapec,
    (SELECT id FROM org WHERE name = 'ANETI') AS aneti;
GRANT SELECT ON who TO PUBLIC;
INSERT INTO campaign (code, season, name, first_day, last_day) VALUES
    ('T-2027', 2027, 'Test', '2027-02-01', '2027-11-30');
CREATE FUNCTION pg_temp.c() RETURNS bigint LANGUAGE sql AS $$SELECT id FROM campaign WHERE code = 'T-2027'$$;

-- Steps -------------------------------------------------------------------------------------------------
SELECT throws_ok($$UPDATE campaign SET state = 'open' WHERE id = pg_temp.c()$$, 'NR001', 'campaign_without_service',
                 'a campaign without a service does not open');
SELECT throws_ok($$INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT pg_temp.c(), farm, 10 FROM who$$,
                 'NR001', 'not_a_partner', 'an employer is not a partner service');
SELECT throws_ok($$INSERT INTO campaign_service (campaign_id, org_id, quota, agreement_id)
    SELECT pg_temp.c(), anapec, 10, (SELECT id FROM agreement WHERE country = 'TN' AND signed_year = 2008) FROM who$$,
                 'NR001', 'agreement_of_other_country', 'an agreement of another country');
SELECT lives_ok($$INSERT INTO campaign_service (campaign_id, org_id, quota, agreement_id)
    SELECT pg_temp.c(), anapec, 10, (SELECT id FROM agreement WHERE country = 'MA' AND signed_year = 1963) FROM who$$,
                'control: an agreement of its own country');
SELECT throws_ok($$UPDATE campaign SET state = 'matching' WHERE id = pg_temp.c()$$, 'NR001', 'conflict',
                 'no step is skipped');
SELECT lives_ok($$UPDATE campaign SET state = 'open' WHERE id = pg_temp.c()$$, 'draft > open');
SELECT isnt((SELECT opened_at FROM campaign WHERE id = pg_temp.c()), NULL, 'the opening is dated');
SELECT throws_ok($$UPDATE campaign SET state = 'draft' WHERE id = pg_temp.c()$$, 'NR001', 'conflict', 'no step back');
SELECT throws_ok($$UPDATE campaign SET state = 'matching' WHERE id = pg_temp.c()$$, 'NR001', 'campaign_without_contract',
                 'matching needs an approved contract');
SELECT lives_ok($$UPDATE campaign SET checkin_days = 40 WHERE id = pg_temp.c()$$, 'parameters change while open');
ALTER TABLE contract DISABLE TRIGGER USER;
INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome, crop, tasks,
                      commune, weekly_hours, hourly_wage, submitted_on, due_on)
SELECT pg_temp.c(), farm, 'AC-2027-9999999', 'AAAAAA', 'approved', 2, '2027-04-01', '2027-08-31', 'A1401', 'apples', 'picking',
       '13004', 35, 13, '2027-01-15', '2027-02-01' FROM who;
ALTER TABLE contract ENABLE TRIGGER USER;
SELECT lives_ok($$UPDATE campaign SET state = 'matching' WHERE id = pg_temp.c()$$, 'open > matching');
SELECT throws_ok($$UPDATE campaign SET checkin_days = 41 WHERE id = pg_temp.c()$$, 'NR001', 'campaign_frozen',
                 'parameters are frozen from matching on');
SELECT lives_ok($$UPDATE campaign SET name = 'Renamed' WHERE id = pg_temp.c()$$, 'control: the name is not a parameter');
SELECT lives_ok($$UPDATE campaign SET state = 'season' WHERE id = pg_temp.c()$$, 'matching > season');
SELECT lives_ok($$UPDATE campaign SET state = 'returns' WHERE id = pg_temp.c()$$, 'season > returns');

-- Limits ------------------------------------------------------------------------------------------------
SELECT throws_ok($$INSERT INTO campaign (code, season, name, first_day, last_day)
    VALUES ('T-2027', 2027, 'Twice', '2027-02-01', '2027-11-30')$$, '23505', NULL, 'a code is given once');
SELECT throws_ok($$INSERT INTO campaign (code, season, name, first_day, last_day)
    VALUES ('T-1', 2027, 'Wrong', '2027-02-02', '2027-02-01')$$, '23514', NULL, 'dates in order');
SELECT throws_ok($$INSERT INTO campaign (code, season, name, first_day, last_day, checkin_days, non_return_after_days)
    VALUES ('T-1', 2027, 'Wrong', '2027-02-02', '2027-03-01', 30, 29)$$, '23514', NULL, 'non-return after check-in');
SELECT throws_ok($$UPDATE campaign_service SET used = 11 WHERE campaign_id = pg_temp.c()$$, '23514', NULL,
                 'a quota is not passed');
SELECT throws_ok($$UPDATE campaign_service SET used = 5, quota = 4 WHERE campaign_id = pg_temp.c()$$, '23514', NULL,
                 'nor lowered below what is used');

-- Reference tables ----------------------------------------------------------------------------------------
SELECT is(smic_highest('2025-12-20', '2025-12-31'), 11.88::numeric, 'the wage of 2025');
SELECT is(smic_highest('2025-12-20', '2026-01-01'), 12.02::numeric, 'the highest wage of the days');
SELECT is(smic_highest('2024-10-31', '2026-01-01'), NULL::numeric, 'no wage is known before November 2024');
SELECT ok(shortage_listed(ARRAY['13004'], 'A1401', '2024-06-01'), 'listed for the region and day');
SELECT ok(NOT shortage_listed(ARRAY['13004'], 'A1401', '2026-06-01'), 'control: the list has ended');
SELECT ok(NOT shortage_listed(ARRAY['13004', '97101'], 'A1401', '2024-06-01'), 'every region counts');
SELECT throws_ok($$INSERT INTO shortage_list (region, rome, from_day, to_day, source)
    VALUES ('93', 'A1401', '2025-01-01', '2025-12-31', 'x')$$, '23P01', NULL, 'periods of a list do not overlap');

-- Who sees what -------------------------------------------------------------------------------------------
INSERT INTO campaign (code, season, name, first_day, last_day) VALUES ('T-2028', 2028, 'Draft', '2028-02-01', '2028-11-30');
SELECT act_as(2, anapec, 'partner', '2027-01-15') FROM who;
SET LOCAL ROLE noria_partner;
SELECT results_eq($$SELECT code FROM campaign WHERE code LIKE 'T-%' ORDER BY 1$$, ARRAY['T-2027'], 'outsiders see no draft');
SELECT is((SELECT count(*) FROM campaign_service)::int, 1, 'a service sees its own quota');
RESET ROLE;
SELECT act_as(2, aneti, 'partner', '2027-01-15') FROM who;
SET LOCAL ROLE noria_partner;
SELECT is((SELECT count(*) FROM campaign_service)::int, 0, 'control: not another''s');
RESET ROLE;

SELECT * FROM finish();
ROLLBACK;
