-- Candidates and screening: who sees what, what opens a case, what holds. Each guard has its control.
BEGIN;
SELECT plan(59);

INSERT INTO org (kind, name, siret, naf, commune, hectares, active_from) VALUES
    ('employer', 'Farm', '55208131766522', '01.24Z', (SELECT min(insee) FROM commune), 40, '2010-01-01');
INSERT INTO org (kind, name, country) VALUES ('partner', 'Service A', 'MA'), ('partner', 'Service B', 'TN'),
    ('ofii', 'OFII', 'FR');
CREATE TEMP VIEW who AS SELECT
    (SELECT id FROM org WHERE name = 'Farm') AS farm, (SELECT id FROM org WHERE name = 'Service A') AS a,
    (SELECT id FROM org WHERE name = 'Service B') AS b, (SELECT id FROM org WHERE name = 'OFII') AS ofii;
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT ofii, 'officer', 'one@ofii.example', 'One', 'x' FROM who UNION ALL
SELECT ofii, 'officer', 'two@ofii.example', 'Two', 'x' FROM who UNION ALL
SELECT a, 'partner', 'a@service.example', 'A', 'x' FROM who;
INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES
    ('T-2026', 2026, 'Before', '2026-03-01', '2026-11-30', 'open'),
    ('T-2027', 2027, 'Now', '2027-03-01', '2027-11-30', 'open'),
    ('T-2028', 2028, 'Later', '2028-03-01', '2028-11-30', 'open');
INSERT INTO campaign_service (campaign_id, org_id, quota)
SELECT c.id, s, 100 FROM campaign c, who, unnest(ARRAY[a, b]) s;
ALTER TABLE campaign DISABLE TRIGGER USER; -- not the campaign's own rules here
UPDATE campaign SET state = 'season' WHERE code = 'T-2028';
ALTER TABLE campaign ENABLE TRIGGER USER;
GRANT SELECT ON who TO PUBLIC;

CREATE FUNCTION pg_temp.k(n int) RETURNS bytea LANGUAGE sql AS $$SELECT decode(lpad(to_hex(n), 32, '0'), 'hex')$$;
CREATE FUNCTION pg_temp.act(org bigint, email text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    SELECT act_as(coalesce((SELECT id FROM account a WHERE a.email = act.email), 1), org, 'partner', '2027-01-15')
$$;
-- An entry as the program makes it, by the acting service.
CREATE FUNCTION pg_temp.enter(code text, passport int, person int, swapped int DEFAULT NULL,
                              expires date DEFAULT '2031-01-01', seen text[] DEFAULT NULL, ref text DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    camp bigint := (SELECT c.id FROM campaign c WHERE c.code = enter.code);
    d record;
BEGIN
    SELECT * INTO d FROM candidate_begin(camp, pg_temp.k(passport), pg_temp.k(person));
    INSERT INTO worker_identity VALUES (d.worker_id, convert_to(repeat('s', 50), 'UTF8')) ON CONFLICT DO NOTHING;
    INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, passport_key, person_key, swapped_key,
                           document_expires, available_from, available_to, consent_at, entered_by, partner_ref)
    VALUES (d.candidate_id, camp, actor_org(), d.worker_id, 'AAAA-' || lpad(d.candidate_id::text, 4, '0'),
            pg_temp.k(passport), pg_temp.k(person), pg_temp.k(coalesce(swapped, person)), expires,
            '2027-03-01', '2027-09-30', now(), 1, ref);
    PERFORM candidate_screen(d.candidate_id, seen, NULL, NULL);
    RETURN d.candidate_id;
END
$$;
CREATE FUNCTION pg_temp.rules(entry bigint) RETURNS text LANGUAGE sql AS
    $$SELECT string_agg(rule, ' ' ORDER BY rule) FROM fraud_case WHERE candidate_id = entry$$;
CREATE TEMP TABLE made (name text PRIMARY KEY, id bigint);
GRANT ALL ON made TO PUBLIC;

-- Entries ---------------------------------------------------------------------------------------------
SELECT pg_temp.act(a) FROM who;
SET LOCAL ROLE noria_partner;
SELECT lives_ok($$INSERT INTO made SELECT 'first', pg_temp.enter('T-2027', 1, 101)$$, 'a service enters a candidate');
SELECT throws_ok($$SELECT pg_temp.enter('T-2028', 2, 102)$$, 'NR001', 'campaign_not_taking', 'not once the season runs');
RESET ROLE;
SELECT is(pg_temp.rules(id), NULL, 'a first entry opens no case') FROM made WHERE name = 'first';
SELECT act_as(1, ofii, 'officer', '2027-01-15') FROM who;
SELECT throws_ok($$SELECT * FROM candidate_begin((SELECT id FROM campaign WHERE code = 'T-2027'), pg_temp.k(1), pg_temp.k(2))$$,
                 'NR001', 'service_not_in_campaign', 'only a service of the campaign enters candidates');

-- Likenesses ------------------------------------------------------------------------------------------
SELECT pg_temp.act(b) FROM who;
SET LOCAL ROLE noria_partner;
INSERT INTO made SELECT 'same both', pg_temp.enter('T-2027', 1, 101);
INSERT INTO made SELECT 'same passport', pg_temp.enter('T-2027', 1, 777);
INSERT INTO made SELECT 'person', pg_temp.enter('T-2027', 20, 120);
INSERT INTO made SELECT 'same person', pg_temp.enter('T-2027', 21, 120);
INSERT INTO made SELECT 'swapped', pg_temp.enter('T-2027', 30, 130, 120);
INSERT INTO made SELECT 'expiring', pg_temp.enter('T-2027', 40, 140, NULL, '2027-12-29');
INSERT INTO made SELECT 'lasting', pg_temp.enter('T-2027', 41, 141, NULL, '2027-12-30');
INSERT INTO made SELECT 'digit', pg_temp.enter('T-2027', 50, 150, NULL, '2031-01-01',
    ARRAY['check_digit:birth_date 2/20']);
INSERT INTO made SELECT 'clean', pg_temp.enter('T-2027', 60, 160);
RESET ROLE;
SELECT is(pg_temp.rules(id), 'same_passport', 'same passport, same person') FROM made WHERE name = 'same both';
SELECT is(pg_temp.rules(id), 'passport_two_persons passport_two_persons', 'one passport, two persons: a case for each other entry')
    FROM made WHERE name = 'same passport';
SELECT is(pg_temp.rules(id), 'same_person', 'same person, another passport') FROM made WHERE name = 'same person';
SELECT is(pg_temp.rules(id), 'same_person_swapped same_person_swapped', 'day and month swapped') FROM made WHERE name = 'swapped';
SELECT is(pg_temp.rules(id), 'document_expires', 'expires before stay end + 3 months') FROM made WHERE name = 'expiring';
SELECT is(pg_temp.rules(id), NULL, 'control: expires on the day that suffices') FROM made WHERE name = 'lasting';
SELECT is(pg_temp.rules(id), 'mrz_check_digit', 'what the program found becomes a case') FROM made WHERE name = 'digit';
SELECT ok(candidate_held(id), 'held: ' || name) FROM made WHERE name IN ('first', 'same both', 'same person', 'digit') ORDER BY name;
SELECT ok(NOT candidate_held(id), 'control: a clean entry is not held') FROM made WHERE name = 'clean';
SELECT ok(NOT evidence::text ~* 'token|name|number', 'evidence names nobody') FROM fraud_case WHERE rule = 'same_passport' LIMIT 1;

-- The same person of an earlier campaign is the same worker; another passport is not.
SELECT pg_temp.act(a) FROM who;
SET LOCAL ROLE noria_partner;
INSERT INTO made SELECT 'before', pg_temp.enter('T-2026', 200, 300);
INSERT INTO made SELECT 'returnee', pg_temp.enter('T-2027', 200, 300);
INSERT INTO made SELECT 'new passport', pg_temp.enter('T-2027', 201, 300);
RESET ROLE;
SELECT is((SELECT count(DISTINCT worker_id) FROM candidate JOIN made USING (id) WHERE name IN ('before', 'returnee')), 1::bigint,
          'a returnee keeps his worker');
SELECT is(pg_temp.rules(id), NULL, 'a returnee is no case') FROM made WHERE name = 'returnee';
SELECT is(pg_temp.rules(id), 'person_two_passports same_person', 'another passport is a case, not a merger') FROM made WHERE name = 'new passport';
SELECT isnt((SELECT worker_id FROM candidate JOIN made USING (id) WHERE name = 'new passport'),
            (SELECT worker_id FROM candidate JOIN made USING (id) WHERE name = 'before'), 'and another worker');

-- Who sees what ---------------------------------------------------------------------------------------
SELECT act_as(1, farm, 'employer', '2027-01-15') FROM who;
SET LOCAL ROLE noria_employer;
SELECT throws_ok('SELECT worker_id FROM worker_identity', '42501', NULL, 'an employer cannot select identities');
SELECT throws_ok('SELECT passport_key FROM candidate', '42501', NULL, 'nor digests');
SELECT throws_ok('SELECT fee_asked FROM candidate', '42501', NULL, 'nor the fee question');
SELECT throws_ok('SELECT org_id FROM candidate', '42501', NULL, 'nor the service');
SELECT throws_ok('SELECT id FROM fraud_case', '42501', NULL, 'nor cases');
SELECT is((SELECT count(id) FROM candidate), 0::bigint, 'and sees no candidate that was not proposed to it');
RESET ROLE;
SAVEPOINT control;
GRANT SELECT ON worker_identity TO noria_employer;
CREATE POLICY control ON worker_identity TO noria_employer USING (true);
SET LOCAL ROLE noria_employer;
SELECT isnt((SELECT count(worker_id) FROM worker_identity), 0::bigint, 'control: with grant and policy it would read them');
RESET ROLE;
ROLLBACK TO control;

SELECT pg_temp.act(a) FROM who;
SET LOCAL ROLE noria_partner;
SELECT is((SELECT count(id) FROM candidate), 4::bigint, 'a service sees its own candidates only');
SELECT is((SELECT count(*) FROM worker_identity), 3::bigint, 'and their identities only');
SELECT throws_ok('SELECT fee_asked FROM candidate', '42501', NULL, 'and cannot read the fee answer back');
SELECT throws_ok('UPDATE worker_identity SET sealed = sealed', '42501', NULL, 'nor change an identity');
SELECT throws_ok('SELECT evidence FROM fraud_case', '42501', NULL, 'nor read evidence about others');
RESET ROLE;
SAVEPOINT control;
ALTER TABLE candidate DISABLE ROW LEVEL SECURITY;
SET LOCAL ROLE noria_partner;
SELECT isnt((SELECT count(id) FROM candidate), 4::bigint, 'control: without row security it would see the others');
RESET ROLE;
ROLLBACK TO control;

-- Moves -----------------------------------------------------------------------------------------------
SET LOCAL ROLE noria_partner;
SELECT throws_ok($$SELECT candidate_move((SELECT id FROM made WHERE name = 'first'), 'preselected', NULL)$$,
                 'NR001', 'candidate_held', 'a held candidate is not preselected');
SELECT throws_ok($$SELECT candidate_move((SELECT id FROM made WHERE name = 'clean'), 'preselected', NULL)$$,
                 'NR001', 'not_found', 'nor another service''s');
SELECT lives_ok($$SELECT candidate_move((SELECT id FROM made WHERE name = 'before'), 'withdrawn', 'left')$$, 'one withdraws');
SELECT throws_ok($$SELECT candidate_move((SELECT id FROM made WHERE name = 'before'), 'preselected', NULL)$$,
                 'NR001', 'conflict', 'and is not preselected then');
RESET ROLE;

-- Settling --------------------------------------------------------------------------------------------
CREATE TEMP VIEW grave AS SELECT min(id) AS id FROM fraud_case WHERE rule = 'passport_two_persons';
GRANT SELECT ON grave TO PUBLIC;
SELECT pg_temp.act(ofii, 'one@ofii.example') FROM who;
SET LOCAL ROLE noria_ofii;
SELECT is((SELECT state FROM case_settle((SELECT id FROM grave), 'confirmed', 'photo differs')), 'open', 'one person only proposes on a grave case');
SELECT throws_ok($$SELECT case_settle((SELECT id FROM grave), 'confirmed', 'again')$$, 'NR001', 'second_person', 'and cannot be the second');
RESET ROLE;
SELECT pg_temp.act(ofii, 'two@ofii.example') FROM who;
SET LOCAL ROLE noria_ofii;
SELECT is((SELECT state FROM case_settle((SELECT id FROM grave), 'confirmed', 'seen too')), 'confirmed', 'a second person settles');
SELECT throws_ok($$SELECT case_settle((SELECT id FROM grave), 'cleared', 'no')$$, 'NR001', 'conflict', 'a settled case stays');
SELECT is((SELECT count(*) FROM audit_leaf WHERE object_kind = 'fraud_case' AND object_id = (SELECT id FROM grave)), 2::bigint, 'both acts are audited');
SELECT is((SELECT state FROM case_settle((SELECT f.id FROM fraud_case f JOIN made m ON m.id = f.candidate_id WHERE m.name = 'digit'), 'cleared', 'misread')), 'cleared', 'an ordinary case needs one person');
SELECT ok(NOT candidate_held(id), 'cleared: no longer held') FROM made WHERE name = 'digit';
RESET ROLE;

-- References -------------------------------------------------------------------------------------------
-- They are statement triggers, not foreign keys (05_candidates.sql): both sides hold.
SELECT is((SELECT count(*) FROM unnest(ARRAY['worker', 'worker_identity', 'candidate', 'campaign', 'org', 'import_batch']) t,
               unnest(ARRAY['noria_ofii', 'noria_system', 'noria_partner', 'noria_employer', 'noria_public']) login,
               unnest(ARRAY['DELETE', 'TRUNCATE']) act
           WHERE has_table_privilege(login, t, act)), 0::bigint, 'no login may delete what a candidate refers to');
SELECT throws_ok('DELETE FROM worker WHERE id = (SELECT min(worker_id) FROM candidate)', '23503', NULL,
                 'nor can an administrator, by a slip');
SELECT throws_ok('INSERT INTO worker_identity (worker_id, sealed) VALUES (-1, convert_to(repeat(''s'', 60), ''UTF8''))',
                 '23503', NULL, 'an identity needs its worker');
SELECT lives_ok('WITH w AS (INSERT INTO worker DEFAULT VALUES RETURNING id) SELECT id FROM w', 'a worker of nobody');
SELECT lives_ok('DELETE FROM worker w WHERE NOT EXISTS (SELECT FROM candidate c WHERE c.worker_id = w.id)
                 AND NOT EXISTS (SELECT FROM worker_identity i WHERE i.worker_id = w.id)', 'control: it may go');

-- A worker of each new row, also where the ids have gaps or a row stands for another's worker.
CREATE TEMP TABLE fresh_workers (id bigint);
WITH w AS (INSERT INTO worker SELECT FROM generate_series(1, 6) RETURNING id) INSERT INTO fresh_workers SELECT id FROM w;
SELECT lives_ok($$INSERT INTO worker_identity SELECT id, convert_to(repeat('s', 60), 'UTF8') FROM fresh_workers
                  WHERE id <= (SELECT min(id) + 1 FROM fresh_workers)$$, 'identities of a run of workers');
SELECT lives_ok($$INSERT INTO worker_identity SELECT id, convert_to(repeat('s', 60), 'UTF8') FROM fresh_workers
                  WHERE id IN (SELECT min(id) + n FROM fresh_workers, unnest(ARRAY[2, 5]) n GROUP BY n)$$, 'and of workers with a gap');
DELETE FROM worker WHERE id = (SELECT min(id) + 3 FROM fresh_workers);
SELECT throws_ok($$INSERT INTO worker_identity SELECT min(id) + n, convert_to(repeat('s', 60), 'UTF8')
                   FROM fresh_workers, generate_series(3, 4) n GROUP BY n$$, '23503', NULL, 'a run with a worker missing is refused');
SAVEPOINT control;
ALTER TABLE worker_identity DISABLE TRIGGER worker_referred;
SELECT lives_ok($$INSERT INTO worker_identity SELECT min(id) + n, convert_to(repeat('s', 60), 'UTF8')
                  FROM fresh_workers, generate_series(3, 4) n GROUP BY n$$, 'control: without the trigger it would be taken');
ROLLBACK TO control;

-- The same for cases: about somebody who is there, for ever about the same, and he stays.
SELECT throws_ok($$SELECT fraud_open('same_person', (SELECT min(id) FROM campaign), '{"n": 1}', -1)$$, '23503', NULL, 'a case about nobody');
SELECT throws_ok($$SELECT fraud_open('same_person', (SELECT min(id) FROM campaign), '{"n": 1}', (SELECT min(id) FROM candidate), -1)$$,
                 '23503', NULL, 'or likened to nobody');
SELECT throws_ok($$UPDATE fraud_case SET candidate_id = -1 WHERE candidate_id IS NOT NULL$$, '23503', NULL, 'nor moved to him');
SELECT throws_ok($$DELETE FROM candidate WHERE id = (SELECT min(candidate_id) FROM fraud_case)$$, '23503', NULL,
                 'and who has a case cannot be deleted');
SAVEPOINT control;
ALTER TABLE fraud_case DISABLE TRIGGER case_references;
SELECT lives_ok($$SELECT fraud_open('same_person', (SELECT min(id) FROM campaign), '{"n": 1}', -1)$$, 'control: without the trigger it would be opened');
ROLLBACK TO control;

SELECT finish();
ROLLBACK;
