-- Tests by simulation: frozen versions and thresholds, seats, append-only marks, blindness. Each guard
-- has its control.
BEGIN;
\i tests/support/effect.sql
SELECT plan(68);

INSERT INTO org (kind, name, country) VALUES ('partner', 'Service A', 'MA'), ('partner', 'Service B', 'TN'), ('ofii', 'OFII', 'FR');
CREATE TEMP VIEW who AS SELECT
    (SELECT id FROM org WHERE name = 'Service A') AS a, (SELECT id FROM org WHERE name = 'Service B') AS b,
    (SELECT id FROM org WHERE name = 'OFII') AS ofii;
GRANT SELECT ON who TO PUBLIC;
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT ofii, 'officer', 'lead@x.example', 'L', 'x' FROM who UNION ALL
SELECT ofii, 'officer', 'judge@x.example', 'J', 'x' FROM who UNION ALL
SELECT ofii, 'desk', 'desk@x.example', 'D', 'x' FROM who UNION ALL
SELECT a, 'assessor', 'one@x.example', '1', 'x' FROM who UNION ALL
SELECT a, 'assessor', 'two@x.example', '2', 'x' FROM who UNION ALL
SELECT a, 'assessor', 'three@x.example', '3', 'x' FROM who UNION ALL
SELECT b, 'assessor', 'b@x.example', 'B', 'x' FROM who;
CREATE FUNCTION pg_temp.act(mail text, day date DEFAULT '2027-01-15') RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    SELECT act_as(a.id, a.org_id, a.role, day) FROM account a WHERE a.email = mail || '@x.example'
$$;
CREATE FUNCTION pg_temp.account(mail text) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    SELECT a.id FROM account a WHERE a.email = mail || '@x.example'
$$;
INSERT INTO campaign (code, season, name, first_day, last_day, state, mrs_validity_days) VALUES
    ('T-2027', 2027, 'Test', '2027-02-01', '2027-11-30', 'open', 365),
    ('T-2026', 2027, 'Other', '2027-02-01', '2027-11-30', 'open', 365);
CREATE FUNCTION pg_temp.c() RETURNS bigint LANGUAGE sql AS $$SELECT id FROM campaign WHERE code = 'T-2027'$$;
INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT pg_temp.c(), s, 100 FROM who, unnest(ARRAY[a, b]) s;
ALTER TABLE candidate DISABLE TRIGGER USER; -- not the entry's own rules here
INSERT INTO worker (id) SELECT n FROM generate_series(9001, 9012) n;
INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key,
                       available_from, available_to, consent_at, entered_by)
SELECT CASE WHEN n = 12 THEN (SELECT id FROM campaign WHERE code = 'T-2026') ELSE pg_temp.c() END,
       CASE WHEN n = 11 THEN b ELSE a END, 9000 + n, 'TEST-' || lpad(n::text, 4, '0'),
       CASE WHEN n = 10 THEN 'entered' ELSE 'preselected' END, decode(lpad(n::text, 32, '0'), 'hex'),
       decode(lpad(n::text, 32, '0'), 'hex'), decode(lpad(n::text, 32, '0'), 'hex'), '2027-03-01', '2027-09-30', now(), 1
FROM who, generate_series(1, 12) n;
ALTER TABLE candidate ENABLE TRIGGER USER;
CREATE TEMP TABLE made (name text PRIMARY KEY, id bigint);
GRANT ALL ON made TO PUBLIC;
CREATE FUNCTION pg_temp.m(wanted text) RETURNS bigint LANGUAGE sql AS $$SELECT id FROM made WHERE name = wanted$$;
CREATE FUNCTION pg_temp.profile(wanted text) RETURNS bigint LANGUAGE sql AS
    $$SELECT id FROM profile WHERE code = wanted AND state = 'active'$$;

-- What ships ----------------------------------------------------------------------------------------------
SELECT is((SELECT count(*) FROM habilete WHERE basis = 'sourced'), 7::bigint, 'seven habiletes are sourced');
SELECT is((SELECT count(*) FROM habilete WHERE basis = 'sourced' AND source = ''), 0::bigint, 'and name their source');
SELECT is((SELECT count(*) FROM habilete WHERE basis <> 'sourced' AND basis <> 'unverified'), 0::bigint,
          'the others say that they are unverified');
SELECT is((SELECT string_agg(code, ' ' ORDER BY code) FROM profile WHERE basis = 'example' AND state = 'active'),
          'CONDITIONNEMENT CUEILLETTE-FRUITS SERRE TAILLE', 'four farm profiles, as examples');
SELECT is((SELECT count(*) FROM profile p WHERE p.pass_total > profile_max(p.id)), 0::bigint, 'every threshold can be reached');
SELECT is((SELECT count(*) FROM exercise_habilete o WHERE NOT EXISTS (SELECT FROM habilete h WHERE h.code = o.habilete)),
          0::bigint, 'every exercise observes a known habilete');

UPDATE assessment_setting SET value = 0 WHERE code = 'analysis_required'; -- tests/sql/job_analysis.sql is of that
-- Versions ------------------------------------------------------------------------------------------------
SELECT pg_temp.act('lead');
SELECT throws_ok($$UPDATE profile SET pass_total = 1 WHERE code = 'SERRE'$$, 'NR001', 'reference_frozen', 'a version in effect is not edited');
SELECT throws_ok($$UPDATE profile_exercise SET min_points = 1 WHERE profile_id = pg_temp.profile('SERRE')$$, 'NR001',
                 'reference_frozen', 'nor its floors');
SELECT throws_ok($$DELETE FROM profile_exercise WHERE profile_id = pg_temp.profile('SERRE')$$, 'NR001', 'reference_frozen', 'nor its exercises');
SELECT throws_ok($$UPDATE criterion SET max_points = 99 WHERE exercise_id = (SELECT id FROM exercise WHERE code = 'EX-TENSION')$$,
                 'NR001', 'reference_frozen', 'nor what an exercise marks');
SELECT throws_ok($$DELETE FROM exercise WHERE code = 'EX-TENSION'$$, 'NR001', 'reference_frozen', 'nor is it removed');
SELECT lives_ok($$INSERT INTO made SELECT 'next', profile_next(pg_temp.profile('SERRE'))$$, 'a change makes the next version');
SELECT throws_ok($$SELECT profile_next(pg_temp.profile('SERRE'))$$, '23505', NULL, 'one draft at a time');
SELECT results_eq($$SELECT version, state, basis FROM profile WHERE id = pg_temp.m('next')$$,
                  $$VALUES (2, 'draft'::text, 'own'::text)$$, 'it is a draft');
SELECT is((SELECT count(*) FROM profile_exercise WHERE profile_id = pg_temp.m('next')), 5::bigint, 'with the same exercises');
SELECT lives_ok($$UPDATE profile SET pass_total = 141 WHERE id = pg_temp.m('next')$$, 'control: a draft is edited');
SELECT throws_ok($$SELECT pg_temp.effect('profile', pg_temp.m('next'))$$, 'NR001', 'threshold_above_maximum',
                 'a threshold above the maximum does not take effect');
UPDATE profile SET pass_total = 80 WHERE id = pg_temp.m('next');
INSERT INTO made SELECT 'serre1', pg_temp.profile('SERRE');

-- Sessions ------------------------------------------------------------------------------------------------
SELECT pg_temp.act('one');
CREATE FUNCTION pg_temp.session(profile bigint, seats int, day date DEFAULT '2027-02-01') RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO test_session (campaign_id, org_id, profile_id, held_on, site, capacity, pass_total, tolerance_percent,
                              resit_days, lead_account)
    VALUES (pg_temp.c(), actor_org(), profile, day, 'Casablanca', seats, 1, 99, 0, pg_temp.account('lead')) RETURNING id
$$;
SET LOCAL ROLE noria_partner;
SELECT throws_ok($$SELECT pg_temp.session(pg_temp.m('next'), 3)$$, 'NR001', 'profile_not_active', 'a session needs a version in effect');
SELECT throws_ok($$SELECT pg_temp.session(pg_temp.m('serre1'), 3, '2027-01-14')$$, 'NR001', 'session_in_past', 'and a day to come');
SELECT lives_ok($$INSERT INTO made SELECT 's', pg_temp.session(pg_temp.m('serre1'), 4)$$, 'control: a session is planned');
SELECT results_eq($$SELECT pass_total, tolerance_percent, resit_days FROM test_session WHERE id = pg_temp.m('s')$$,
                  $$VALUES (78, 10, 30)$$, 'the threshold is the profile''s, whatever was sent');
SELECT throws_ok($$UPDATE test_session SET pass_total = 1 WHERE id = pg_temp.m('s')$$, 'NR001', 'session_frozen', 'and does not change');
SELECT throws_ok($$UPDATE test_session SET tolerance_percent = 50 WHERE id = pg_temp.m('s')$$, 'NR001', 'session_frozen', 'nor the tolerance');
RESET ROLE;
SELECT throws_ok($$UPDATE test_session SET pass_total = 1 WHERE id = pg_temp.m('s')$$, 'NR001', 'session_frozen', 'not even for the owner');
SELECT pg_temp.effect('profile', pg_temp.m('next'));
SELECT is((SELECT state FROM profile WHERE id = pg_temp.m('serre1')), 'retired', 'the next version retires the one before');
SELECT is((SELECT pass_total FROM test_session WHERE id = pg_temp.m('s')), 78, 'and a planned session keeps its threshold');

-- Seats ---------------------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.seat(n int) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    SELECT t.id FROM seat t WHERE t.token = 'TEST-' || lpad(n::text, 4, '0')
$$;
CREATE FUNCTION pg_temp.take(VARIADIC n int[]) RETURNS int LANGUAGE sql AS $$
    SELECT seats_add(pg_temp.m('s'), (SELECT jsonb_agg(jsonb_build_object('token', 'TEST-' || lpad(x::text, 4, '0'))) FROM unnest(n) x))
$$;
SET LOCAL ROLE noria_partner;
SELECT throws_ok($$SELECT pg_temp.take(10)$$, 'NR001', 'seat_not_preselected', 'only preselected candidates');
SELECT throws_ok($$SELECT pg_temp.take(11)$$, 'NR001', 'seat_unknown_candidate', 'another service''s candidate is unknown');
SELECT throws_ok($$SELECT pg_temp.take(12)$$, 'NR001', 'seat_other_campaign', 'of this campaign');
SELECT throws_ok($$SELECT pg_temp.take(1, 2, 3, 5, 6)$$, '23514', NULL, 'not more than the capacity');
RESET ROLE;
INSERT INTO made SELECT 'held', fraud_open('same_passport', pg_temp.c(), '{}', (SELECT id FROM candidate WHERE token = 'TEST-0004'));
SET LOCAL ROLE noria_partner;
SELECT throws_ok($$SELECT pg_temp.take(4)$$, 'NR001', 'candidate_held', 'a held candidate takes no seat');
SELECT is(pg_temp.take(1, 2, 3), 3, 'control: three seats of four');
SELECT is((SELECT seats_taken FROM test_session WHERE id = pg_temp.m('s')), 3, 'the counter moved');
SELECT throws_ok($$SELECT pg_temp.take(1)$$, '23505', NULL, 'one open seat a candidate');
UPDATE test_session SET state = 'running' WHERE id = pg_temp.m('s');
CREATE FUNCTION pg_temp.came(n int, how text, seen boolean, why text DEFAULT NULL) RETURNS int LANGUAGE sql AS $$
    SELECT seats_check(pg_temp.m('s'), jsonb_build_array(jsonb_build_object('seat_id', pg_temp.seat(n), 'attendance', how,
        'document_seen', seen, 'photo_match', true, 'reason', why)))
$$;
SELECT throws_ok($$SELECT pg_temp.came(1, 'present', false)$$, '23514', NULL, 'nobody is present whose document was not seen');
RESET ROLE;
SELECT pg_temp.act('desk');
SET LOCAL ROLE noria_ofii;
SELECT is(pg_temp.came(1, 'present', true), 1, 'control: with the document seen');
SELECT throws_ok($$SELECT pg_temp.came(1, 'absent', true)$$, 'NR001', 'conflict', 'who was present does not become absent');
SELECT is(pg_temp.came(2, 'absent', false), 1, 'one did not come');
SELECT throws_ok($$SELECT pg_temp.came(3, 'void', false)$$, '23514', NULL, 'void needs a reason');
SELECT throws_ok($$UPDATE test_session SET state = 'marking' WHERE id = pg_temp.m('s')$$, 'NR001', 'seats_undecided', 'no end before every seat is decided');
SELECT is(pg_temp.came(3, 'void', false, 'the kit broke'), 1, 'one seat is void');
SELECT is((SELECT count(*) FROM fraud_case WHERE rule = 'seat_identity'), 0::bigint, 'a broken kit is no fraud');
RESET ROLE;
-- The same seat, had the document been seen and shown somebody else.
ALTER TABLE seat DISABLE TRIGGER seat_rules;
UPDATE seat SET attendance = 'expected', reason = NULL WHERE id = pg_temp.seat(3);
ALTER TABLE seat ENABLE TRIGGER seat_rules;
SELECT is(seats_check(pg_temp.m('s'), jsonb_build_array(jsonb_build_object('seat_id', pg_temp.seat(3), 'attendance', 'void',
    'document_seen', true, 'photo_match', false, 'reason', 'another person came'))), 1, 'another person is at the seat');
SELECT is((SELECT f.evidence ->> 'seat' FROM fraud_case f WHERE f.rule = 'seat_identity'), pg_temp.seat(3)::text,
    'which opens a case that names the seat');
SELECT ok(candidate_held((SELECT candidate_id FROM seat WHERE id = pg_temp.seat(3))), 'and holds the candidate');
DELETE FROM fraud_case WHERE rule = 'seat_identity';
SELECT lives_ok($$UPDATE test_session SET state = 'marking' WHERE id = pg_temp.m('s')$$, 'control: the exercises end');
RESET ROLE;

-- Marks -----------------------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.criterion(n int) RETURNS bigint LANGUAGE sql AS $$
    SELECT c.id FROM profile_exercise x JOIN criterion c ON c.exercise_id = x.exercise_id
    WHERE x.profile_id = pg_temp.m('serre1') ORDER BY x.seq, c.seq OFFSET n - 1 LIMIT 1
$$;
CREATE FUNCTION pg_temp.give(n int, criterion int, no int, points int) RETURNS int LANGUAGE sql AS $$
    SELECT marks_add(pg_temp.m('s'), jsonb_build_array(jsonb_build_object('seat_id', pg_temp.seat(n),
        'criterion_id', pg_temp.criterion(criterion), 'mark_no', no, 'points', points)))
$$;
SELECT pg_temp.act('desk');
SELECT throws_ok($$SELECT pg_temp.give(1, 1, 1, 6)$$, 'NR001', 'marker_saw_identity', 'who saw the papers does not mark');
SELECT pg_temp.act('b');
SELECT throws_ok($$SELECT pg_temp.give(1, 1, 1, 6)$$, 'NR001', 'not_found', 'nor an assessor of another service');
SELECT pg_temp.act('one');
SELECT throws_ok($$SELECT pg_temp.give(1, 1, 1, 13)$$, 'NR001', 'out_of_range', 'not above the maximum');
SELECT throws_ok($$SELECT pg_temp.give(2, 1, 1, 6)$$, 'NR001', 'mark_seat_not_present', 'not for who did not come');
SELECT throws_ok($$SELECT pg_temp.give(1, 1, 3, 6)$$, 'NR001', 'third_not_needed', 'no third mark without need');
SELECT is(pg_temp.give(1, 1, 1, 6), 1, 'control: a first mark');
SELECT throws_ok($$SELECT pg_temp.give(1, 2, 2, 6)$$, '23505', NULL, 'the first marker of an exercise is not its second');
SELECT throws_ok($$SELECT pg_temp.give(1, 1, 1, 7)$$, '23505', NULL, 'a mark is given once');
SELECT pg_temp.act('two');
SELECT throws_ok($$SELECT pg_temp.give(1, 2, 1, 6)$$, '23503', NULL, 'nobody else goes on under the first number');
SELECT is(pg_temp.give(1, 1, 2, 9), 1, 'control: a second mark by another person');
SELECT throws_ok($$UPDATE mark SET points = 12$$, 'NR001', 'append_only', 'a mark is not changed, not even by the owner');
SELECT throws_ok($$DELETE FROM mark$$, 'NR001', 'append_only', 'nor removed');
SELECT throws_ok($$TRUNCATE mark$$, 'NR001', 'append_only', 'nor all of them');

-- Blindness -------------------------------------------------------------------------------------------------
SELECT is((SELECT string_agg(points::text, ' ') FROM marks_seen(pg_temp.m('s'), pg_temp.account('two'))), '9',
          'the second marker sees his own mark only');
SELECT is((SELECT string_agg(points::text, ' ') FROM marks_seen(pg_temp.m('s'), pg_temp.account('one'))), '6', 'and the first his');
SET LOCAL ROLE noria_ofii;
SELECT throws_ok($$SELECT points FROM mark$$, '42501', NULL, 'no class reads the table past that filter');
RESET ROLE;
SET SESSION AUTHORIZATION noria_partner;
SELECT is_empty(format($$SELECT points FROM marks_seen(%s, %s)$$, (SELECT id FROM made WHERE name = 's'), 0),
                'nor does a partner service by handing in another reader');
RESET SESSION AUTHORIZATION;
SELECT throws_ok($$SELECT mark_correct((SELECT id FROM mark WHERE mark_no = 1), 5, 'slip of the pen')$$, 'NR001', 'not_found',
                 'nobody corrects another''s mark');
SELECT pg_temp.act('one');
SELECT lives_ok($$SELECT mark_correct((SELECT id FROM mark WHERE mark_no = 1), 5, 'slip of the pen')$$, 'control: one''s own, with a reason');

-- Pictures of marks: of closed sessions, with corrections ---------------------------------------------------
SELECT is_empty($$SELECT * FROM marks_beside((SELECT campaign_id FROM test_session WHERE id = pg_temp.m('s')))$$,
                'no picture tells a second marker the first mark while the session is open');
ALTER TABLE test_session DISABLE TRIGGER USER;
UPDATE test_session SET state = 'closed' WHERE id = pg_temp.m('s');
SELECT results_eq($$SELECT first, second, count FROM marks_beside((SELECT campaign_id FROM test_session WHERE id = pg_temp.m('s')))$$,
                  $$VALUES (2, 4, 1::bigint)$$, 'control: closed, the corrected first mark beside the second');
SET LOCAL ROLE noria_partner;
SELECT throws_ok($$SELECT * FROM marks_beside(1)$$, '42501', NULL, 'for OFII only');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
