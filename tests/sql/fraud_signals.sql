-- The patterns that show only beside each other: each hits what was planted and leaves its neighbour.
BEGIN;
SELECT plan(69);
SELECT act_as(1, 1, 'officer', '2027-06-01');
CREATE TEMP TABLE ids (name text PRIMARY KEY, id bigint);
CREATE FUNCTION pg_temp.id(wanted text) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM ids WHERE name = wanted';
WITH o AS (INSERT INTO org (kind, name, siret, country)
           VALUES ('employer', 'Farm', '11111111111111', 'FR'), ('employer', 'Quiet farm', '22222222222222', 'FR'),
                  ('partner', 'Service', NULL, 'MA'), ('partner', 'Other service', NULL, 'TN'), ('ofii', 'Office', NULL, 'FR')
           RETURNING id, name)
INSERT INTO ids SELECT name, id FROM o;
WITH a AS (INSERT INTO account (org_id, role, email, name, password_hash)
    SELECT pg_temp.id(o), r, n || '@example.org', n, 'x'
    FROM (VALUES ('Service', 'partner', 'clerk'), ('Service', 'partner', 'quiet clerk'), ('Office', 'officer', 'owl'),
                 ('Office', 'officer', 'lark'), ('Office', 'assessor', 'm1'), ('Office', 'assessor', 'm2')) v (o, r, n) RETURNING id, name)
INSERT INTO ids SELECT name, id FROM a;
WITH c AS (INSERT INTO campaign (code, season, name, first_day, last_day, state)
    VALUES ('S-2026', 2026, 'Before', '2026-01-01', '2026-12-31', 'closed'),
           ('S-2027', 2027, 'Signals', '2027-01-01', '2027-12-31', 'matching') RETURNING id, name)
INSERT INTO ids SELECT name, id FROM c;
SET session_replication_role = replica; -- planted as it may have come about; the rules of each act are tested elsewhere
INSERT INTO campaign_service (campaign_id, org_id, quota)
VALUES (pg_temp.id('Signals'), pg_temp.id('Service'), 100), (pg_temp.id('Signals'), pg_temp.id('Other service'), 100);
CREATE FUNCTION pg_temp.contract(wanted text, farm text, n int, at text DEFAULT '84007', home text DEFAULT NULL, beds int DEFAULT 0,
                                 season text DEFAULT 'Signals', first date DEFAULT '2027-03-01') RETURNS bigint LANGUAGE sql AS $$
    WITH k AS (INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome, crop,
                   tasks, commune, weekly_hours, hourly_wage, housing_kind, housing_address, housing_commune, submitted_on, due_on)
               VALUES (pg_temp.id(season), pg_temp.id(farm), wanted, 'AAAAAA', 'approved', n, first, first + 90,
                   'A1401', 'apples', 'picking', at, 35, 13, CASE WHEN home IS NULL THEN 'none' ELSE 'employer' END, home,
                   CASE WHEN home IS NOT NULL THEN '84031' END, '2027-01-01', '2027-02-01') RETURNING id),
    r AS (INSERT INTO contract_room (contract_id, seq, area_m2, occupants, sex) SELECT id, 1, 60, beds, 'men' FROM k WHERE beds > 0)
    INSERT INTO ids SELECT wanted, id FROM k RETURNING id
$$;
CREATE FUNCTION pg_temp.candidate(n int, clerk text DEFAULT 'quiet clerk', fee boolean DEFAULT false) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO worker (id) OVERRIDING SYSTEM VALUE VALUES (900000 + n);
    INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, passport_key, person_key, swapped_key, available_from,
        available_to, consent_at, entered_by, fee_asked)
    VALUES (900000 + n, pg_temp.id('Signals'), pg_temp.id('Service'), 900000 + n, 'GGGG-' || lpad(n::text, 4, '0'),
        decode(md5('a' || n), 'hex'), decode(md5('b' || n), 'hex'), decode(md5('c' || n), 'hex'), '2027-01-01', '2027-12-31',
        now(), pg_temp.id(clerk), fee)
    RETURNING id
$$;
CREATE FUNCTION pg_temp.screened() RETURNS int LANGUAGE sql AS $$SELECT screen_campaign(pg_temp.id('Signals'))$$;
CREATE FUNCTION pg_temp.hits(code text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(coalesce(o.name, i.name, (f.candidate_id - 900000)::text), ' ' ORDER BY coalesce(o.name, i.name), f.candidate_id)
    FROM fraud_case f LEFT JOIN org o ON o.id = f.org_id LEFT JOIN contract k ON k.id = f.contract_id
    LEFT JOIN ids i ON i.id = f.contract_id AND i.name = k.serial
    WHERE f.rule = code AND f.campaign_id = pg_temp.id('Signals')
$$;
SELECT is(pg_temp.screened(), 0, 'control: nothing is planted, nothing is found');

-- --- false contracts: 20 questions of one country -----------------------------------------------------------
INSERT INTO contract_check (day, country, answer, count)
VALUES ('2027-02-01', 'MA', 'unknown', 12), ('2027-02-02', 'MA', 'unknown', 8), ('2027-02-01', 'TN', 'unknown', 19),
       ('2027-02-01', 'TN', 'real', 500), ('2025-02-01', 'TN', 'unknown', 500);
SELECT is(pg_temp.screened(), 1, 'one country');
SELECT is(pg_temp.hits('unknown_serials'), 'Service', 'its service is told; not that of 19 questions, of real contracts, of long ago');

-- --- places given on and on -----------------------------------------------------------------------------------
SELECT pg_temp.contract('one', 'Farm', 3), pg_temp.contract('two', 'Farm', 3), pg_temp.contract('q', 'Quiet farm', 9);
CREATE FUNCTION pg_temp.replaced(n int, farm text, at_contract text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_temp.candidate(n);
    WITH p AS (INSERT INTO placement (campaign_id, contract_id, place_no, candidate_id, worker_id, org_id, service_id, first_day,
                   last_day, return_due, state, bound_by)
               VALUES (pg_temp.id('Signals'), pg_temp.id(at_contract), n, 900000 + n, 900000 + n, pg_temp.id(farm),
                   pg_temp.id('Service'), '2027-03-01', '2027-05-31', '2027-06-05', 'replaced', 1) RETURNING id)
    INSERT INTO placement_fact (campaign_id, placement_id, kind, day, source, from_state, to_state, account_id)
    SELECT pg_temp.id('Signals'), id, 'replaced', '2027-02-01', 'test', 'bound', 'replaced', 1 FROM p
$$;
SELECT pg_temp.replaced(n, 'Farm', CASE WHEN n < 3 THEN 'one' ELSE 'two' END) FROM generate_series(1, 4) n;
SELECT pg_temp.replaced(n, 'Quiet farm', 'q') FROM generate_series(11, 14) n;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('rebound'), NULL, 'control: four each');
SELECT pg_temp.replaced(5, 'Farm', 'two');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('rebound'), 'Farm', 'a fifth over two contracts');

-- --- labour lent on --------------------------------------------------------------------------------------------
CREATE TEMP TABLE places AS SELECT insee, row_number() OVER (ORDER BY insee) AS n
FROM (SELECT DISTINCT ON (department) insee FROM commune WHERE department NOT IN ('84', '13') ORDER BY department, insee LIMIT 3) c;
INSERT INTO places SELECT insee, 3 + row_number() OVER (ORDER BY insee) FROM (SELECT insee FROM commune WHERE department = '84' AND insee <> '84007' LIMIT 9) c;
SELECT pg_temp.contract('site ' || n, 'Quiet farm', 1, insee) FROM places WHERE n NOT IN (1, 2);
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('many_work_places'), NULL, 'control: eleven communes in two departments');
INSERT INTO contract_site (contract_id, commune) SELECT pg_temp.id('site 3'), insee FROM places WHERE n IN (1, 2);
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('many_work_places'), 'Quiet farm', 'with the sites of a contract there are more');

-- --- a request grown many times -----------------------------------------------------------------------------------
SELECT pg_temp.contract('old', 'Farm', 2, season => 'Before'), pg_temp.contract('old q', 'Quiet farm', 1, season => 'Before');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('demand_grown'), 'Quiet farm', '19 places after one; not six after two');

-- --- one address, several employers -------------------------------------------------------------------------------
SELECT pg_temp.contract('h1', 'Farm', 5, home => '3 road', beds => 8), pg_temp.contract('h2', 'Quiet farm', 3, home => '3 Road');
SELECT pg_temp.contract('h3', 'Farm', 5, home => '4 road', beds => 6), pg_temp.contract('h4', 'Quiet farm', 5, home => '4 road', first => '2027-07-01');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('housing_overfilled'), NULL, 'control: eight in eight beds, and one after the other');
SELECT pg_temp.contract('h5', 'Quiet farm', 1, home => '3 road', first => '2027-04-01');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('housing_overfilled'), 'h1', 'a ninth on the days of both');
SELECT is((SELECT evidence ->> 'day' FROM fraud_case WHERE rule = 'housing_overfilled'), '2027-04-01', 'from that day on');
SELECT is(contract_held(pg_temp.id('h1')), true, 'and it holds');
SELECT is(contract_held(pg_temp.id('h3')), false, 'control: not the other address');

-- --- fees around one account ------------------------------------------------------------------------------------
SELECT pg_temp.candidate(100 + n, CASE WHEN n < 5 THEN 'clerk' ELSE 'quiet clerk' END, true) FROM generate_series(1, 8) n;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('fee_same_entry'), NULL, 'control: four each');
SELECT pg_temp.candidate(109, 'clerk', true);
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('fee_same_entry'), '101', 'five of one account');
SELECT is((SELECT (second_person, blocking) FROM fraud_case WHERE rule = 'fee_same_entry'), (true, false), 'two persons settle it, nobody is held');

-- --- marks --------------------------------------------------------------------------------------------------------
WITH e AS (INSERT INTO exercise (code, kind, label, minutes) VALUES ('SIG', 'paper', 'signal', 30) RETURNING id)
INSERT INTO ids SELECT 'exercise', id FROM e;
SELECT is((SELECT count(*) FROM ids WHERE name = 'exercise'), 1::bigint, 'an exercise');
WITH c AS (INSERT INTO criterion (exercise_id, seq, label, kind, max_points) VALUES (pg_temp.id('exercise'), 1, 'c', 'count', 10) RETURNING id)
INSERT INTO ids SELECT 'criterion', id FROM c;
CREATE FUNCTION pg_temp.session(called text, place text, held date) RETURNS void LANGUAGE sql AS $$
    WITH s AS (INSERT INTO test_session (campaign_id, org_id, profile_id, held_on, site, capacity, pass_total, tolerance_percent,
                   resit_days, lead_account)
               VALUES (pg_temp.id('Signals'), pg_temp.id('Service'), 1, held, place, 100, 0, 10, 30, 1) RETURNING id)
    INSERT INTO ids SELECT called, id FROM s
$$;
-- `n` seats, each with a mark of so many of ten points
CREATE FUNCTION pg_temp.marks(sitting text, marker text, n int, points int, apart interval DEFAULT '1 minute') RETURNS void LANGUAGE sql AS $$
    INSERT INTO mark (campaign_id, session_id, seat_id, exercise_id, criterion_id, mark_no, points, account_id, at)
    SELECT pg_temp.id('Signals'), pg_temp.id(sitting), 1000 * pg_temp.id(sitting) + coalesce((SELECT count(*) FROM mark), 0) + g,
           pg_temp.id('exercise'), pg_temp.id('criterion'), 1, marks.points, pg_temp.id(marker), '2027-02-01 10:00Z'::timestamptz + apart * g
    FROM generate_series(1, n) g
$$;
SELECT pg_temp.session('s1', 'Agadir', '2027-02-01'), pg_temp.session('s2', 'Agadir', '2027-02-08'), pg_temp.session('s3', 'Fes', '2027-02-08');
SELECT pg_temp.marks('s3', 'm1', 20, 6), pg_temp.marks('s3', 'm2', 20, 5);
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('marker_generous'), NULL, 'control: ten hundredths above the others');
SELECT pg_temp.marks('s3', 'm1', 20, 8);
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('marker_generous'), 'Office', 'a mean of 70 beside 50');
SELECT is((SELECT (evidence ->> 'account')::bigint FROM fraud_case WHERE rule = 'marker_generous'), pg_temp.id('m1'), 'his, who gives them');
SELECT is(pg_temp.hits('exercise_leaked'), NULL, 'control: one session at a site is compared with nothing');
SELECT pg_temp.marks('s1', 'm2', 8, 4), pg_temp.marks('s2', 'm2', 8, 6);
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('exercise_leaked'), NULL, 'control: twenty hundredths more');
SELECT pg_temp.marks('s2', 'm2', 4, 8);
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('exercise_leaked'), 'Service', 'at the same site a week later far better');
SELECT pg_temp.marks('s3', 'm2', 59, 5, '1 second');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('marks_too_fast'), NULL, 'control: 59 within a minute');
SELECT pg_temp.marks('s3', 'm2', 100, 5, '0.5 second');
SELECT pg_temp.screened();
SELECT ok(pg_temp.hits('marks_too_fast') LIKE 'Office%', 'two a second');

-- --- a criterion known at one site: the alarm of /quality becomes a case -------------------------------------------
SELECT pg_temp.session('k1', 'Oujda', '2027-02-09'), pg_temp.session('k2', 'Taza', '2027-02-09');
WITH e AS (INSERT INTO exercise (code, kind, label, minutes) VALUES ('KNOWN', 'paper', 'known', 30) RETURNING id),
c AS (INSERT INTO criterion (exercise_id, seq, label, kind, max_points) SELECT id, 1, 'k', 'count', 10 FROM e RETURNING id, exercise_id),
n AS (INSERT INTO ids SELECT 'known exercise', exercise_id FROM c)
INSERT INTO ids SELECT 'known', id FROM c;
CREATE FUNCTION pg_temp.sat(sitting text, n int, reached int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO mark (campaign_id, session_id, seat_id, exercise_id, criterion_id, mark_no, points, account_id, at)
    SELECT pg_temp.id('Signals'), pg_temp.id(sitting), 5000000 + 1000 * pg_temp.id(sitting) + g, pg_temp.id('known exercise'),
           pg_temp.id('known'), 1, CASE WHEN g <= reached THEN 5 ELSE 4 END, pg_temp.id('m1'), '2027-02-09 10:00Z'::timestamptz + interval '1 minute' * g
    FROM generate_series(1, n) g
$$;
-- 49 of 98 elsewhere; here 27 of 36 is three standard deviations, 28 is more (tests/sql/bench.sql)
SELECT pg_temp.sat('k2', 98, 49), pg_temp.sat('k1', 36, 28);
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('item_leaked'), NULL, 'control: sessions that are not closed are not compared');
UPDATE test_session SET state = 'closed' WHERE id IN (pg_temp.id('k1'), pg_temp.id('k2'));
UPDATE mark SET points = 4 WHERE seat_id = 5000000 + 1000 * pg_temp.id('k1') + 28;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('item_leaked'), NULL, 'control: at three standard deviations');
UPDATE mark SET points = 5 WHERE seat_id = 5000000 + 1000 * pg_temp.id('k1') + 28;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('item_leaked'), 'Service', 'above: a case, about who holds the sessions there');
SELECT is((SELECT (state, blocking, (evidence ->> 'criterion')::bigint, (evidence ->> 'session')::bigint) FROM fraud_case WHERE rule = 'item_leaked'),
          ('open'::text, false, pg_temp.id('known'), pg_temp.id('k1')), 'which criterion, which session; nobody is held');
SELECT is((SELECT count(*) FROM quality_items((SELECT code FROM profile WHERE id = 1)) WHERE leaked), 1::bigint, 'the page shows the same one');
SELECT is(pg_temp.screened(), 0, 'again: nothing new');

-- --- replaced by one hand soon after they were bound ---------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.swapped(n int, binder text, changer text, after int) RETURNS void LANGUAGE sql AS $$
    SELECT pg_temp.candidate(n);
    WITH p AS (INSERT INTO placement (campaign_id, contract_id, place_no, candidate_id, worker_id, org_id, service_id, first_day,
                   last_day, return_due, state, bound_by, created_at)
               VALUES (pg_temp.id('Signals'), pg_temp.id('q'), n, 900000 + n, 900000 + n, pg_temp.id('Quiet farm'),
                   pg_temp.id('Service'), '2027-03-01', '2027-05-31', '2027-06-05', 'replaced', pg_temp.id(binder), '2027-02-01 12:00Z') RETURNING id)
    INSERT INTO placement_fact (campaign_id, placement_id, kind, day, source, from_state, to_state, account_id)
    SELECT pg_temp.id('Signals'), id, 'replaced', '2027-02-01'::date + after, 'test', 'bound', 'replaced', pg_temp.id(changer) FROM p
$$;
SELECT pg_temp.swapped(200 + n, 'owl', 'owl', 3) FROM generate_series(1, 4) n;
SELECT pg_temp.swapped(205, 'owl', 'lark', 1), pg_temp.swapped(206, 'owl', 'owl', 4);
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('rebound_agent'), NULL, 'control: four; one replaced by another hand, one after more than three days');
SELECT pg_temp.swapped(207, 'lark', 'owl', 0);
SELECT pg_temp.screened();
SELECT is((SELECT (evidence ->> 'account')::bigint FROM fraud_case WHERE rule = 'rebound_agent'), pg_temp.id('owl'), 'the fifth, whoever had bound him');

-- --- one employer behind several names ------------------------------------------------------------------------------
WITH o AS (INSERT INTO org (kind, name, siret, country, commune)
           VALUES ('employer', 'Verger du Lac', '33333333333333', 'FR', '84031'), ('employer', 'Les Serres', '44444444444444', 'FR', '84031'),
                  ('employer', 'La Vigne', '55555555555555', 'FR', '84031'), ('employer', 'Ail', '66666666666666', 'FR', '84031') RETURNING id, name)
INSERT INTO ids SELECT name, id FROM o;
CREATE FUNCTION pg_temp.known(who text, phone text, email text, iban text, msa text, office text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO org_contact (org_id, phone_key, email_key, iban_key, msa_key, office_address, recorded_by)
    VALUES (pg_temp.id(who), decode(md5('p' || phone), 'hex'), decode(md5('e' || email), 'hex'), decode(md5('i' || iban), 'hex'),
            decode(md5('m' || msa), 'hex'), office, pg_temp.id('owl'))
$$;
SELECT pg_temp.contract('v1', 'Verger du Lac', 1), pg_temp.contract('s9', 'Les Serres', 1), pg_temp.contract('lv', 'La Vigne', 1);
SELECT pg_temp.known('Verger du Lac', '1', '1', '1', '1', '1 rue A'), pg_temp.known('Les Serres', '2', '2', '2', '2', '2 rue A'),
       pg_temp.known('La Vigne', '3', '3', '3', '3', NULL);
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('shared_contact'), NULL, 'control: three employers, nothing in common, and nothing unknown is in common');
SELECT is(pg_temp.hits('no_social_number'), NULL, 'control: each has a number; who was not asked is left');
CREATE FUNCTION pg_temp.shares(what text, key bytea) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    old bytea;
BEGIN
    EXECUTE format('SELECT %I FROM org_contact WHERE org_id = $1', what) INTO old USING pg_temp.id('Les Serres');
    EXECUTE format('UPDATE org_contact SET %I = $1 WHERE org_id = $2', what) USING key, pg_temp.id('Les Serres');
    PERFORM pg_temp.screened();
    EXECUTE format('UPDATE org_contact SET %I = $1 WHERE org_id = $2', what) USING old, pg_temp.id('Les Serres');
    RETURN (SELECT string_agg(o.name || ' ' || (f.evidence ->> 'shared'), ', ' ORDER BY o.name) FROM fraud_case f JOIN org o ON o.id = f.org_id
            WHERE f.rule = 'shared_contact' AND f.evidence ->> 'shared' LIKE '%' || replace(what, '_key', '') || '%');
END
$$;
SELECT is(pg_temp.shares('phone_key', decode(md5('p1'), 'hex')), 'Les Serres ["phone"], Verger du Lac ["phone"]', 'one telephone: a case of each');
SELECT is(pg_temp.shares('email_key', decode(md5('e1'), 'hex')), 'Les Serres ["email"], Verger du Lac ["email"]', 'one e-mail address');
SELECT is(pg_temp.shares('iban_key', decode(md5('i1'), 'hex')), 'Les Serres ["iban"], Verger du Lac ["iban"]', 'one IBAN');
SELECT is(pg_temp.shares('msa_key', decode(md5('m1'), 'hex')), 'Les Serres ["msa"], Verger du Lac ["msa"]', 'one social insurance number');
SELECT is(pg_temp.shares('msa_key', decode(md5('i1'), 'hex')), 'Les Serres ["msa"], Verger du Lac ["msa"]', 'control: a number that is another thing''s is no case more');
UPDATE org_contact SET office_address = '1 RUE a' WHERE org_id = pg_temp.id('Les Serres');
SELECT pg_temp.screened();
SELECT is((SELECT count(*) FROM fraud_case WHERE rule = 'shared_contact' AND evidence ->> 'shared' = '["address"]'), 2::bigint, 'one office');
UPDATE org SET commune = '84007' WHERE id = pg_temp.id('Les Serres');
DELETE FROM fraud_case WHERE rule = 'shared_contact';
SELECT is(pg_temp.screened(), 0, 'control: the same street in another commune');
SELECT is(org_held(pg_temp.id('La Vigne')), false, 'control: who shares nothing is not held');
UPDATE org_contact SET phone_key = decode(md5('p3'), 'hex') WHERE org_id = pg_temp.id('Les Serres');
SELECT is(screen_contract(pg_temp.id('s9')) > 0, true, 'seen when a contract is submitted, too');
SELECT is(contract_held(pg_temp.id('s9')), true, 'and it holds his contracts: nothing is published');
UPDATE org_contact SET phone_key = decode(md5('p2'), 'hex'), msa_key = NULL WHERE org_id = pg_temp.id('Les Serres');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('no_social_number'), 'Les Serres', 'no social insurance number');

-- --- the contract itself --------------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.says(farm text, what text, home text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    k contract;
    o org;
BEGIN
    SELECT * INTO k FROM contract WHERE id = pg_temp.id('v1');
    SELECT * INTO o FROM org WHERE id = pg_temp.id(farm);
    k.tasks := what;
    k.housing_kind := CASE WHEN home IS NULL THEN 'none' ELSE 'employer' END;
    k.housing_address := home;
    k.housing_commune := '84031';
    RETURN (SELECT string_agg(f.rule || coalesce(' ' || (f.evidence ->> 'employers'), ''), ' ') FROM contract_findings(k, o) f);
END
$$;
SELECT is(pg_temp.says('Verger du Lac', 'Cueillette au verger du lac, chez nous'), NULL, 'control: his own name');
SELECT is(pg_temp.says('Verger du Lac', 'Cueillette aux LES SERRES puis retour'), 'clients_in_tasks [' || pg_temp.id('Les Serres') || ']', 'another''s name');
SELECT is(pg_temp.says('La Vigne', 'Cueillette de l''ail'), NULL, 'control: a name of three letters is a word');
SELECT is(pg_temp.says('La Vigne', 'Travaux chez nos clients de la plaine'), 'clients_in_tasks []', 'at clients''');
SELECT is(pg_temp.says('La Vigne', 'Cueillette ; vente au client sur le marché'), NULL, 'control: who sells has customers');
SELECT is(pg_temp.says('Verger du Lac', 'Cueillette', '1 Rue A'), 'housing_office', 'lodged at the office');
SELECT is(pg_temp.says('Verger du Lac', 'Cueillette', '3 rue A'), NULL, 'control: next door');

-- --- two entries that turn out to be one person: their stays to come together -----------------------------------------
CREATE FUNCTION pg_temp.stays(n int, first date, last date) RETURNS void LANGUAGE sql AS $$
    SELECT pg_temp.candidate(n);
    WITH p AS (INSERT INTO placement (campaign_id, contract_id, place_no, candidate_id, worker_id, org_id, service_id, first_day,
                   last_day, return_due, state, bound_by)
               VALUES (pg_temp.id('Signals'), pg_temp.id('q'), n, 900000 + n, 900000 + n, pg_temp.id('Quiet farm'),
                   pg_temp.id('Service'), first, last, last + 5, 'bound', pg_temp.id('owl')) RETURNING id)
    INSERT INTO worker_stay (worker_id, campaign_id, period, source, placement_id)
    SELECT 900000 + n, pg_temp.id('Signals'), daterange(first, last, '[]'), 'test', id FROM p
$$;
SELECT pg_temp.stays(301, '2027-05-01', '2027-07-31'), pg_temp.stays(302, '2027-08-01', '2027-10-15'), pg_temp.stays(303, '2027-11-01', '2027-12-31');
SELECT worker_join(900301, 900302);
SELECT is(pg_temp.hits('six_months_together'), NULL, 'control: five months and a half together');
SELECT worker_join(900302, 900303);
SELECT ok(pg_temp.hits('six_months_together') IS NOT NULL, 'with a third stay more than six months');
SELECT is((SELECT bool_and(second_person AND blocking) FROM fraud_case WHERE rule = 'six_months_together'), true, 'grave: it holds, and two persons settle it');

-- --- what the program reads in a document -----------------------------------------------------------------------------
SELECT results_eq($$SELECT rule FROM document_findings('{number}', '{nationality}', '{birth_date}')$$,
                  $$VALUES ('mrz_check_digit'), ('mrz_doubtful'), ('mrz_typed_differs')$$, 'a wrong digit, a doubt, a difference');
SELECT is_empty($$SELECT rule FROM document_findings('{}', '{}', '{}')$$, 'control: none');

-- --- approvals at night ---------------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.approved(who text, n int, moment timestamptz) RETURNS void LANGUAGE sql AS $$
    INSERT INTO audit_leaf (at, account_id, org_id, act, object_kind, object_id)
    SELECT moment + interval '1 minute' * g, pg_temp.id(who), 1, 'contract.approve', 'contract', pg_temp.id('one') FROM generate_series(1, n) g
$$;
SELECT pg_temp.approved('lark', 50, '2027-02-01 10:00 Europe/Paris'), pg_temp.approved('lark', 4, '2027-02-02 23:00 Europe/Paris');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('approvals_at_night'), NULL, 'control: by day, and four late in the evening');
SELECT pg_temp.approved('owl', 3, '2027-02-02 23:50 Europe/Paris'), pg_temp.approved('owl', 2, '2027-02-03 01:00 Europe/Paris');
SELECT pg_temp.screened();
SELECT is((SELECT (evidence ->> 'account')::bigint FROM fraud_case WHERE rule = 'approvals_at_night'), pg_temp.id('owl'), 'five in one night, over midnight');

-- --- certificates -----------------------------------------------------------------------------------------------------
SET session_replication_role = origin;
CREATE FUNCTION pg_temp.certificate(n int, issued_by text, serial text DEFAULT NULL, first date DEFAULT '2020-01-01',
    last date DEFAULT '2020-12-31', months int DEFAULT 12, scan text DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made bigint := certificate_record(900000 + n, 'work', issued_by, serial, first, last, months, sha256(convert_to(scan, 'UTF8')));
BEGIN
    RETURN (SELECT string_agg(rule, ' ' ORDER BY rule) FROM fraud_case WHERE (evidence ->> 'certificate')::bigint = made);
END
$$;
SELECT is(pg_temp.certificate(1, 'Domaine A', 'N1', scan => 'a'), NULL, 'control: a certificate');
SELECT is(pg_temp.certificate(2, 'Domaine A', 'N2', scan => 'b'), NULL, 'control: another person, another number');
SELECT is(pg_temp.certificate(3, 'domaine a', 'N1'), 'certificate_copied', 'another person''s number');
SELECT is(pg_temp.certificate(4, 'Domaine B', scan => 'a'), 'certificate_copied', 'another person''s scan');
SELECT is(pg_temp.certificate(2, 'Domaine B', first => '2020-06-01'), 'certificate_dates', 'at work in two places at once');
INSERT INTO worker_stay (worker_id, campaign_id, period, source) VALUES (900003, pg_temp.id('Signals'), '[2022-05-01,2022-06-01)', 'card');
SELECT is(pg_temp.certificate(3, 'Domaine C', first => '2022-05-15', last => '2022-09-01'), 'certificate_dates', 'while he was in France');
INSERT INTO certificate_issuer (country, name, source) VALUES ('MA', 'Domaine A', 'test');
SELECT is(pg_temp.certificate(5, 'Domaine D'), 'certificate_issuer', 'an issuer that is not in the list');
SET session_replication_role = replica;
INSERT INTO result (seat_id, session_id, campaign_id, service_id, candidate_id, profile_id, outcome, total, max_total, digest, held_on, account_id)
VALUES (1, pg_temp.id('s1'), pg_temp.id('Signals'), pg_temp.id('Service'), 900011, 1, 'fail', 49, 100, sha256('x'), '2027-02-01', 1);
SET session_replication_role = origin;
SELECT is(pg_temp.certificate(11, 'Domaine A', months => 35), NULL, 'control: below the months that are looked at');
SELECT is(pg_temp.certificate(11, 'Domaine A', first => '2015-01-01', last => '2018-12-31', months => 36), 'certificate_level',
          'three years claimed, less than half in the test');
SELECT finish();
ROLLBACK;
