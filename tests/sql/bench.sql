-- The simulation bench: calibration by two persons, forms, accommodation, sampled second marks, incidents,
-- appeals decided by others. Each guard has its control.
BEGIN;
\i tests/support/effect.sql
SELECT plan(132);
INSERT INTO org (kind, name, siret, country, naf, commune, hectares, active_from) VALUES
    ('employer', 'Farm', '73282932000074', 'FR', '01.24Z', '13004', 900, '2010-01-01');
INSERT INTO org (kind, name, country) VALUES ('partner', 'Service A', 'MA'), ('ofii', 'OFII', 'FR');
CREATE TEMP VIEW who AS SELECT (SELECT id FROM org WHERE name = 'Service A') AS a, (SELECT id FROM org WHERE name = 'OFII') AS ofii,
    (SELECT id FROM org WHERE name = 'Farm') AS farm;
GRANT SELECT ON who TO PUBLIC;
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT CASE r WHEN 'employer' THEN farm WHEN 'officer' THEN ofii ELSE a END, r, m || '@x.example', m, 'x'
FROM who, (VALUES ('employer', 'farm'), ('officer', 'lead'), ('officer', 'judge'), ('partner', 'service'), ('assessor', 'one'),
           ('assessor', 'two'), ('assessor', 'three')) AS v (r, m);
CREATE FUNCTION pg_temp.act(mail text, day date DEFAULT '2027-01-15') RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    SELECT act_as(a.id, a.org_id, a.role, day) FROM account a WHERE a.email = mail || '@x.example'
$$;
CREATE FUNCTION pg_temp.account(mail text) RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    SELECT a.id FROM account a WHERE a.email = mail || '@x.example'
$$;
INSERT INTO campaign (code, season, name, first_day, last_day, state, mrs_validity_days)
VALUES ('T-2027', 2027, 'Test', '2027-02-01', '2027-11-30', 'open', 365);
CREATE FUNCTION pg_temp.c() RETURNS bigint LANGUAGE sql AS $$SELECT id FROM campaign WHERE code = 'T-2027'$$;
INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT pg_temp.c(), a, 100 FROM who;
ALTER TABLE candidate DISABLE TRIGGER USER;
INSERT INTO worker (id) SELECT n FROM generate_series(9001, 9012) n;
INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key,
                       available_from, available_to, consent_at, entered_by)
SELECT pg_temp.c(), a, 9000 + n, 'TEST-' || lpad(n::text, 4, '0'), 'preselected', decode(lpad(n::text, 32, '0'), 'hex'),
       decode(lpad(n::text, 32, '0'), 'hex'), decode(lpad(n::text, 32, '0'), 'hex'), '2027-03-01', '2027-09-30', now(), 1
FROM who, generate_series(1, 6) n;
ALTER TABLE candidate ENABLE TRIGGER USER;
CREATE TEMP TABLE made (name text PRIMARY KEY, id bigint);
GRANT ALL ON made TO PUBLIC;
CREATE FUNCTION pg_temp.m(wanted text) RETURNS bigint LANGUAGE sql AS $$SELECT id FROM made WHERE name = wanted$$;

UPDATE assessment_setting SET value = 0 WHERE code = 'analysis_required'; -- tests/sql/job_analysis.sql is of that
-- A function without one of its conditions: what a defence is worth. Fails when the condition is not there.
CREATE FUNCTION pg_temp.without(fn text, condition text, instead text DEFAULT '') RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    body text := pg_get_functiondef(fn::regproc);
BEGIN
    IF strpos(body, condition) = 0 THEN
        RAISE EXCEPTION '% has no %', fn, condition;
    END IF;
    EXECUTE replace(body, condition, instead);
END
$$;

-- Calibration ---------------------------------------------------------------------------------------------------
SELECT pg_temp.act('one');
INSERT INTO made SELECT 'active', id FROM profile WHERE code = 'SERRE' AND state = 'active';
INSERT INTO made SELECT 'draft', profile_next(pg_temp.m('active'));
SET LOCAL ROLE noria_partner;
CREATE FUNCTION pg_temp.calibrate(profile bigint) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO calibration (profile_id, org_id, held_on, site, created_by)
    SELECT profile, employer_by_siret('73282932000074'), '2027-01-10', 'Farm', actor_account() RETURNING id
$$;
SELECT throws_ok($$SELECT pg_temp.calibrate(pg_temp.m('active'))$$, 'NR001', 'calibration_of_draft', 'a version in effect is not calibrated');
SELECT lives_ok($$INSERT INTO made SELECT 'cal', pg_temp.calibrate(pg_temp.m('draft'))$$, 'control: a draft is');
SELECT throws_ok($$SELECT pg_temp.calibrate(pg_temp.m('draft'))$$, '23505', NULL, 'one calibration at a time');
CREATE FUNCTION pg_temp.score(worker int, points int) RETURNS void LANGUAGE sql AS $$
    INSERT INTO calibration_score SELECT pg_temp.m('cal'), worker, x.exercise_id, points FROM profile_exercise x
    WHERE x.profile_id = pg_temp.m('draft')
$$;
SELECT pg_temp.score(n, 10 + n) FROM generate_series(1, 4) n;
SELECT throws_ok($$SELECT pg_temp.score(5, 21)$$, 'NR001', 'out_of_range', 'no more points than the exercise has');
CREATE FUNCTION pg_temp.propose(total int) RETURNS text LANGUAGE sql AS $$
    UPDATE calibration SET state = 'proposed', pass_total = total, total_median = total, total_p25 = total
    WHERE id = pg_temp.m('cal') RETURNING state
$$;
SELECT throws_ok($$SELECT pg_temp.propose(77)$$, 'NR001', 'panel_too_small', 'four workers are too few');
INSERT INTO calibration_score SELECT pg_temp.m('cal'), 5, min(x.exercise_id), 9 FROM profile_exercise x WHERE x.profile_id = pg_temp.m('draft');
SELECT throws_ok($$SELECT pg_temp.propose(77)$$, 'NR001', 'panel_too_small', 'nor does one count who took one exercise only');
DELETE FROM calibration_score WHERE calibration_id = pg_temp.m('cal') AND worker_no = 5;
SELECT pg_temp.score(5, 15);
SELECT is(pg_temp.propose(77), 'proposed', 'control: five who took all of them are enough');
SELECT is((SELECT panel_size FROM calibration WHERE id = pg_temp.m('cal')), 5, 'and are counted');
SELECT throws_ok($$SELECT pg_temp.score(6, 15)$$, 'NR001', 'conflict', 'scores rest while a proposal stands');
SELECT is(calibration_sign(pg_temp.m('cal')), 'proposed', 'the assessor signs');
SELECT is(calibration_sign(pg_temp.m('cal')), 'proposed', 'twice is once');
RESET ROLE;
SELECT throws_ok($$UPDATE calibration SET employer_id = assessor_id WHERE id = pg_temp.m('cal')$$, '23514', NULL, 'one person is not two');
SELECT is((SELECT pass_total FROM profile WHERE id = pg_temp.m('draft')), 78, 'nothing has changed yet');
SELECT pg_temp.act('farm');
SET LOCAL ROLE noria_employer;
SELECT is((SELECT count(*) FROM calibration), 1::bigint, 'the employer sees the calibration of his workers');
SELECT throws_ok($$SELECT * FROM calibration_score$$, '42501', NULL, 'not their single scores');
SELECT is(calibration_sign(pg_temp.m('cal')), 'signed', 'and signs');
RESET ROLE;
SELECT results_eq($$SELECT pass_total, calibration_id FROM profile WHERE id = pg_temp.m('draft')$$, $$SELECT 77, pg_temp.m('cal')$$, 'which sets the threshold');
SELECT throws_ok($$UPDATE profile SET pass_total = 50 WHERE id = pg_temp.m('draft')$$, 'NR001', 'threshold_calibrated', 'that nobody changes by hand');
SELECT throws_ok($$UPDATE calibration SET pass_total = 1 WHERE id = pg_temp.m('cal')$$, 'NR001', 'reference_frozen', 'nor the calibration itself');
ALTER TABLE profile DISABLE TRIGGER profile_calibrated;
SELECT lives_ok($$UPDATE profile SET pass_total = 50 WHERE id = pg_temp.m('draft')$$, 'control: without its trigger it is changed');
UPDATE profile SET pass_total = 77 WHERE id = pg_temp.m('draft');
ALTER TABLE profile ENABLE TRIGGER profile_calibrated;
SELECT pg_temp.effect('profile', pg_temp.m('draft'));

-- Forms, sampling, accommodation -----------------------------------------------------------------------------------
SELECT pg_temp.act('lead');
CREATE FUNCTION pg_temp.session(letter text, day date DEFAULT '2027-02-01') RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO test_session (campaign_id, org_id, profile_id, held_on, site, capacity, pass_total, tolerance_percent, resit_days,
                              lead_account, form)
    VALUES (pg_temp.c(), (SELECT a FROM who), pg_temp.m('draft'), day, 'Tunis', 6, 1, 1, 1, pg_temp.account('lead'), letter) RETURNING id
$$;
SELECT throws_ok($$SELECT pg_temp.session('C')$$, 'NR001', 'form_unknown', 'a form that the exercises do not have');
UPDATE assessment_setting SET value = 0 WHERE code = 'second_mark_percent';
INSERT INTO made SELECT 's', pg_temp.session('A');
SELECT results_eq($$SELECT calibration_id, second_percent, borderline_percent FROM test_session WHERE id = pg_temp.m('s')$$,
                  $$SELECT pg_temp.m('cal'), 0, 5$$, 'the session keeps the calibration and the sample');
SELECT throws_ok($$UPDATE test_session SET second_percent = 100 WHERE id = pg_temp.m('s')$$, 'NR001', 'session_frozen', 'which do not change');
SELECT throws_ok($$UPDATE test_session SET pass_total = 1 WHERE id = pg_temp.m('s')$$, 'NR001', 'session_frozen', 'nor the threshold');
SAVEPOINT frozen;
ALTER TABLE test_session DISABLE TRIGGER test_session_rules;
SELECT lives_ok($$UPDATE test_session SET pass_total = 1, second_percent = 100 WHERE id = pg_temp.m('s')$$, 'control: without their trigger they do');
ROLLBACK TO frozen;
INSERT INTO seat (session_id, candidate_id) SELECT pg_temp.m('s'), id FROM candidate WHERE token IN ('TEST-0001', 'TEST-0002', 'TEST-0003');
CREATE FUNCTION pg_temp.seat(n int, session text DEFAULT 's') RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$
    SELECT t.id FROM seat t WHERE t.session_id = pg_temp.m(session) AND t.token = 'TEST-' || lpad(n::text, 4, '0')
$$;
SELECT is((SELECT count(*) FROM seat WHERE session_id = pg_temp.m('s') AND second_marked), 0::bigint, 'nobody is drawn at 0 %');
SELECT lives_ok($$UPDATE seat SET accommodation = 'extra_time', extra_percent = 33 WHERE id = pg_temp.seat(1)$$, 'an accommodation');
SELECT throws_ok($$UPDATE seat SET accommodation = 'extra_time', extra_percent = NULL WHERE id = pg_temp.seat(2)$$, '23514', NULL, 'more time says how much');
SELECT throws_ok($$UPDATE seat SET accommodation = 'lower_floor' WHERE id = pg_temp.seat(2)$$, '23514', NULL, 'it changes how one sits, not what is asked');
SAVEPOINT kinds;
ALTER TABLE seat DROP CONSTRAINT seat_accommodation_check;
SELECT lives_ok($$UPDATE seat SET accommodation = 'lower_floor' WHERE id = pg_temp.seat(2)$$, 'control: without its list it would take any word');
ROLLBACK TO kinds;
SELECT ok(NOT has_any_column_privilege('noria_employer', 'seat', 'SELECT') AND NOT has_any_column_privilege('noria_public', 'seat', 'SELECT'),
          'no employer can ask for it');
SAVEPOINT told;
GRANT SELECT (accommodation) ON seat TO noria_employer;
SELECT ok(has_any_column_privilege('noria_employer', 'seat', 'SELECT'), 'control: granted, it is seen by the same question');
ROLLBACK TO told;
SELECT ok(NOT has_column_privilege(r, 'seat', 'accommodation', 'SELECT') AND NOT has_column_privilege(r, 'seat', 'extra_percent', 'SELECT')
          AND has_column_privilege(r, 'seat', 'attendance', 'SELECT'), r || ' reads it by the function alone')
FROM unnest(ARRAY['noria_ofii', 'noria_partner']) r;
CREATE FUNCTION pg_temp.told(mail text) RETURNS bigint LANGUAGE sql AS
    $$SELECT count(*) FROM seat_accommodations(pg_temp.m('s'), pg_temp.account(mail))$$;
SELECT results_eq($$SELECT m, pg_temp.told(m) FROM unnest(ARRAY['lead', 'service', 'judge', 'one', 'farm']) m$$,
                  $$VALUES ('lead', 1::bigint), ('service', 1), ('judge', 0), ('one', 0), ('farm', 0)$$,
                  'which tells who prepares the room, no officer and no assessor beside');
SELECT pg_temp.without('seat_accommodations', 'AND session_prepared_by(session, reader)');
SELECT is(pg_temp.told('judge'), 1::bigint, 'control: without its condition an officer who may mark is told');
ROLLBACK TO told;
SELECT pg_temp.act('judge');
SELECT throws_ok($$UPDATE seat SET accommodation = 'breaks' WHERE id = pg_temp.seat(2)$$, 'NR001', 'accommodation_not_yours',
                 'nor does he set one, and learn of it so');
SELECT pg_temp.without('seat_rules', 'NOT session_prepared_by(NEW.session_id, actor_account())', 'false');
SELECT lives_ok($$UPDATE seat SET accommodation = 'breaks' WHERE id = pg_temp.seat(2)$$, 'control: without its condition he does');
ROLLBACK TO told;

-- What a pack carries stays as it was sealed, until it is back or revoked.
CREATE FUNCTION pg_temp.release(n int) RETURNS text LANGUAGE sql AS
    $$UPDATE seat SET attendance = 'released', reason = 'cannot come' WHERE id = pg_temp.seat(n) RETURNING attendance$$;
SELECT pg_temp.act('one');
SET LOCAL ROLE noria_partner;
INSERT INTO session_pack (pack, session_id, org_id, account_id, digest)
SELECT repeat('a', 32), pg_temp.m('s'), a, actor_account(), sha256('x') FROM who;
SELECT is((SELECT cardinality(carried) FROM session_pack), 3, 'a pack writes down its seats');
SELECT throws_ok($$UPDATE session_pack SET carried = '{}'$$, '42501', NULL, 'once for all');
SELECT throws_ok($$SELECT pg_temp.release(3)$$, 'NR001', 'seat_in_pack', 'a seat that a pack carries is not given up');
RESET ROLE;
SELECT pg_temp.act('lead');
SELECT throws_ok($$UPDATE seat SET accommodation = 'breaks' WHERE id = pg_temp.seat(2)$$, 'NR001', 'seat_in_pack',
                 'nor its accommodation changed');
SAVEPOINT sealed;
SELECT pg_temp.without('seat_rules', 'NEW.id = ANY (k.carried)', 'false');
SELECT is(pg_temp.release(3), 'released', 'control: without the condition it is given up');
ROLLBACK TO sealed;
UPDATE session_pack SET state = 'revoked', ended_at = now();
SELECT is(pg_temp.release(3), 'released', 'control: when the pack is revoked too');
ROLLBACK TO told;
UPDATE test_session SET state = 'running' WHERE id = pg_temp.m('s');
SELECT pg_temp.act('judge');
UPDATE seat SET attendance = 'present', document_seen = true, photo_match = true, checked_by = pg_temp.account('service')
WHERE session_id = pg_temp.m('s');
CREATE FUNCTION pg_temp.again() RETURNS text LANGUAGE sql AS $$
    SELECT seats_check(pg_temp.m('s'), jsonb_build_array(jsonb_build_object('seat_id', pg_temp.seat(2), 'attendance', 'present')));
    SELECT a.name FROM seat t JOIN account a ON a.id = t.checked_by WHERE t.id = pg_temp.seat(2)$$;
SAVEPOINT again;
SELECT is(pg_temp.again(), 'service', 'who looks once more does not take the place of who looked first and may not mark');
SELECT pg_temp.without('seats_check', 'AND t.attendance <> ''present'' THEN actor_account()', 'THEN actor_account()');
SELECT is(pg_temp.again(), 'judge', 'control: without the condition he does');
ROLLBACK TO again;
SELECT throws_ok($$UPDATE seat SET accommodation = NULL, extra_percent = NULL WHERE id = pg_temp.seat(1)$$, 'NR001', 'accommodation_late', 'not after the check-in');
SAVEPOINT late;
ALTER TABLE seat DISABLE TRIGGER seat_rules;
SELECT lives_ok($$UPDATE seat SET accommodation = NULL, extra_percent = NULL WHERE id = pg_temp.seat(1)$$, 'control: without its trigger, later');
ROLLBACK TO late;
UPDATE test_session SET state = 'marking' WHERE id = pg_temp.m('s');
CREATE FUNCTION pg_temp.give(n int, no int, share int, session text DEFAULT 's') RETURNS int LANGUAGE sql AS $$
    SELECT marks_add(pg_temp.m(session), (SELECT jsonb_agg(jsonb_build_object('seat_id', pg_temp.seat(n, session), 'criterion_id', c.id,
        'mark_no', no, 'points', c.max_points * share / 100)) FROM profile_exercise x JOIN criterion c ON c.exercise_id = x.exercise_id
        WHERE x.profile_id = pg_temp.m('draft')))
$$;
SELECT pg_temp.act('lead');
SELECT throws_ok($$SELECT pg_temp.give(1, 1, 100)$$, 'NR001', 'marker_knows_accommodation', 'who prepared it does not mark this candidate');
SAVEPOINT knows;
SELECT lives_ok($$SELECT pg_temp.give(2, 1, 100)$$, 'control: but another one');
SELECT pg_temp.without('marker_rules', 't.accommodation IS NOT NULL', 'false');
SELECT lives_ok($$SELECT pg_temp.give(1, 1, 100)$$, 'control: and without the condition this one');
ROLLBACK TO knows;
SELECT pg_temp.act('one');
SELECT throws_ok($$SELECT pg_temp.give(1, 1, 133)$$, 'NR001', 'out_of_range', 'a third more time is not a third more points');
SAVEPOINT most;
SELECT pg_temp.without('marks_add', 'OR x.points > c.max_points');
SELECT lives_ok($$SELECT pg_temp.give(1, 1, 133)$$, 'control: without the maximum it would be');
ROLLBACK TO most;
SELECT is(pg_temp.give(1, 1, 90), 10, 'a first marker');
SELECT pg_temp.act('two');
SELECT throws_ok($$SELECT pg_temp.give(1, 2, 90)$$, 'NR001', 'second_not_needed', 'no second one where none was drawn');
UPDATE seat SET second_marked = true WHERE id = pg_temp.seat(1);
SELECT is(pg_temp.give(1, 2, 90), 10, 'control: drawn, he marks');
SELECT throws_ok($$UPDATE seat SET second_marked = false WHERE id = pg_temp.seat(1)$$, 'NR001', 'session_frozen', 'a draw is not taken back');

-- Incidents ----------------------------------------------------------------------------------------------------------
SELECT pg_temp.act('one');
SELECT pg_temp.give(3, 1, 50);
SELECT pg_temp.act('lead');
SELECT ok(incident_add(pg_temp.m('s'), pg_temp.seat(3), 'noise', 'noted', 'a tractor for ten minutes') > 0, 'noise is noted');
SELECT is((SELECT attendance FROM seat WHERE id = pg_temp.seat(3)), 'present', 'which changes nothing of the seat');
SELECT ok(incident_add(pg_temp.m('s'), pg_temp.seat(3), 'kit_broken', 'void', 'half of the marbles are missing') > 0, 'a kit broke');
SELECT is((SELECT attendance FROM seat WHERE id = pg_temp.seat(3)), 'void', 'which makes the seat void');
SELECT is((SELECT attendance FROM seat WHERE id = pg_temp.seat(2)), 'present', 'and no other');
SELECT throws_ok($$UPDATE session_incident SET note = 'nothing happened here'$$, 'NR001', 'append_only', 'an incident stays');
SELECT is((SELECT count(*) FROM mark WHERE seat_id = pg_temp.seat(3)), 10::bigint, 'so do the marks of a void seat');
SELECT pg_temp.act('three');
UPDATE seat SET second_marked = true WHERE id = pg_temp.seat(3);
SELECT throws_ok($$SELECT pg_temp.give(3, 2, 50)$$, 'NR001', 'mark_seat_not_present', 'but it gets no more of them');
SAVEPOINT void;
SELECT pg_temp.without('marks_add', 't.attendance IS DISTINCT FROM ''present'' OR');
SELECT lives_ok($$SELECT pg_temp.give(3, 2, 50)$$, 'control: without that condition it does');
ROLLBACK TO void;
SELECT throws_ok($$UPDATE seat SET attendance = 'present' WHERE id = pg_temp.seat(3)$$, 'NR001', 'conflict', 'and does not come back');
SELECT pg_temp.act('one');
SELECT pg_temp.give(2, 1, 10);
-- The closing as the server writes it: candidate 1 passes, 2 fails, 3 is void.
SELECT pg_temp.act('lead');
INSERT INTO result (seat_id, session_id, campaign_id, service_id, candidate_id, profile_id, outcome, total, max_total, valid_until, digest, held_on, account_id)
SELECT t.id, t.session_id, t.campaign_id, t.service_id, t.candidate_id, pg_temp.m('draft'), o.outcome,
       CASE WHEN o.n < 3 THEN 10 END, 140, CASE o.n WHEN 1 THEN date '2028-01-31' END, CASE WHEN o.n < 3 THEN decode(repeat('00', 32), 'hex') END,
       '2027-02-01', 1
FROM (VALUES (1, 'pass'), (2, 'fail'), (3, 'void')) AS o (n, outcome) JOIN seat t ON t.id = pg_temp.seat(o.n);

-- Recomputed by other code: what is stored above is made up, and found; what the marks give is not. By hand:
-- 90 % of 12, 8 and 10 are 10, 7 and 9, so 2 * 17 + 17 + 17 + 18 + 2 * 17 = 120; 10 % are 1, 0 and 1: 8.
SELECT is((SELECT count(*) FROM results_differing()), 2::bigint, 'control: results that the marks do not give are found');
ALTER TABLE result DISABLE TRIGGER USER;
UPDATE result SET total = 120 WHERE seat_id = pg_temp.seat(1);
UPDATE result SET total = 8 WHERE seat_id = pg_temp.seat(2);
SELECT is((SELECT count(*) FROM results_differing()), 0::bigint, 'those that they give are not');
UPDATE result SET outcome = 'fail', valid_until = NULL WHERE seat_id = pg_temp.seat(1);
SELECT matches((SELECT string_agg(detail, '') FROM results_differing()), 'fail with 120.00 points is stored, the marks give pass', 'a changed outcome is');
UPDATE result SET outcome = 'pass', valid_until = '2028-01-31' WHERE seat_id = pg_temp.seat(1);
UPDATE result SET total = 119.5 WHERE seat_id = pg_temp.seat(1);
SELECT is((SELECT count(*) FROM results_differing()), 1::bigint, 'and half a point is');
ALTER TABLE result ENABLE TRIGGER USER;

-- Two marks on both sides of a floor, or too far apart, are not for the mean of them.
SAVEPOINT floors;
SELECT pg_temp.act('three');
SELECT throws_ok($$SELECT pg_temp.give(1, 3, 50)$$, 'NR001', 'third_not_needed', 'no third mark where two agree');
ALTER TABLE mark DISABLE TRIGGER USER;
UPDATE result SET total = 120 WHERE false;
UPDATE mark m SET points = 0 FROM criterion c JOIN exercise e ON e.id = c.exercise_id
WHERE m.seat_id = pg_temp.seat(1) AND m.mark_no = 2 AND c.id = m.criterion_id AND e.code = 'EX-CONSIGNES';
ALTER TABLE mark ENABLE TRIGGER USER;
SELECT matches((SELECT string_agg(detail, ', ') FROM results_differing()), 'marks of 17 and 0 points .* want a third', 'the check finds a floor that was passed by a mean');
INSERT INTO adjudication (seat_id, exercise_id, why, account_id) SELECT pg_temp.seat(1), id, 'floor', pg_temp.account('lead')
FROM exercise WHERE code = 'EX-CONSIGNES' AND state = 'active';
SELECT lives_ok($$SELECT marks_add(pg_temp.m('s'), (SELECT jsonb_agg(jsonb_build_object('seat_id', pg_temp.seat(1), 'criterion_id', c.id, 'mark_no', 3, 'points', 5))
    FROM criterion c JOIN exercise e ON e.id = c.exercise_id WHERE e.code = 'EX-CONSIGNES'))$$, 'control: compared, a third person marks');
SELECT unalike((SELECT string_agg(detail, ', ') FROM results_differing()), '%want a third%', 'and the check asks for none');
ROLLBACK TO floors;
ALTER TABLE marker DISABLE TRIGGER marker_rules;
SELECT pg_temp.act('three');
SELECT lives_ok($$SELECT pg_temp.give(1, 3, 50)$$, 'control: without its trigger a third mark needs no reason');
ROLLBACK TO floors;

-- Appeals ------------------------------------------------------------------------------------------------------------
SELECT pg_temp.act('service', '2027-02-03');
SELECT throws_ok($$SELECT appeal_file(pg_temp.seat(2), 'procedure', 'nobody explained the sheet')$$, 'NR001', 'appeal_before_result', 'no appeal before the result');
UPDATE seat SET open = false WHERE session_id = pg_temp.m('s');
UPDATE test_session SET state = 'closed', closed_at = now(), closed_by = pg_temp.account('lead') WHERE id = pg_temp.m('s');
SELECT pg_temp.act('service', '2027-02-19');
SELECT throws_ok($$SELECT appeal_file(pg_temp.seat(2), 'procedure', 'nobody explained the sheet')$$, 'NR001', 'appeal_too_late', 'nor after fifteen days');
SELECT pg_temp.act('service', '2027-02-18');
SELECT lives_ok($$INSERT INTO made SELECT 'appeal', appeal_file(pg_temp.seat(2), 'procedure', 'nobody explained the sheet')$$, 'control: on the last day');
SELECT throws_ok($$SELECT appeal_file(pg_temp.seat(2), 'arithmetics', 'the sums are wrong too')$$, '23505', NULL, 'once');
CREATE FUNCTION pg_temp.decide(what text) RETURNS bigint LANGUAGE sql AS $$SELECT appeal_decide(pg_temp.m('appeal'), what, 'the sheet was not explained')$$;
SELECT pg_temp.act('one');
SELECT throws_ok($$SELECT pg_temp.decide('re_sit')$$, 'NR001', 'appeal_of_own_session', 'a marker of the session does not decide');
SELECT pg_temp.act('lead');
SELECT throws_ok($$SELECT pg_temp.decide('re_sit')$$, 'NR001', 'appeal_of_own_session', 'nor who led it');
SELECT pg_temp.act('service');
SELECT throws_ok($$SELECT pg_temp.decide('re_sit')$$, 'NR001', 'appeal_of_own_session', 'nor who checked a seat');
SAVEPOINT noted;
ALTER TABLE session_incident DISABLE TRIGGER USER;
UPDATE session_incident SET account_id = pg_temp.account('judge');
SELECT pg_temp.act('judge', '2027-02-20');
SELECT throws_ok($$SELECT pg_temp.decide('uphold')$$, 'NR001', 'appeal_of_own_session', 'nor who noted an incident of it');
ROLLBACK TO noted;
SELECT pg_temp.act('judge', '2027-02-20');
SAVEPOINT before;
ALTER TABLE appeal DISABLE TRIGGER appeal_rules;
SELECT pg_temp.act('one');
SELECT lives_ok($$SELECT pg_temp.decide('uphold')$$, 'control: without its trigger a marker decides');
ROLLBACK TO before;
SELECT lives_ok($$INSERT INTO made SELECT 'remark', pg_temp.decide('re_mark')$$, 'control: somebody else decides: to mark it again');
SELECT results_eq($$SELECT state, pass_total, seats_taken, remark_of FROM test_session WHERE id = pg_temp.m('remark')$$,
                  $$SELECT 'marking'::text, 77, 1, pg_temp.m('s')$$, 'in a session of its own with the same threshold');
SELECT pg_temp.act('one');
SELECT throws_ok($$SELECT pg_temp.give(2, 1, 60, 'remark')$$, 'NR001', 'marker_marked_before', 'who marked it before does not mark it again');
SELECT pg_temp.act('three');
SELECT is(pg_temp.give(2, 1, 60, 'remark'), 10, 'control: another does');
SELECT throws_ok($$UPDATE appeal SET outcome = 'uphold' WHERE id = pg_temp.m('appeal')$$, 'NR001', 'append_only', 'a decision stays');
UPDATE seat SET open = false WHERE session_id = pg_temp.m('remark');

-- Sitting again ------------------------------------------------------------------------------------------------------
SELECT pg_temp.act('lead', '2027-02-20');
INSERT INTO made SELECT 'soon', pg_temp.session('B', '2027-02-20');
SELECT is((seat_obstacle((SELECT candidate_id FROM seat WHERE id = pg_temp.seat(2)), pg_temp.m('soon'))).code, 'seat_too_soon', 'who failed waits');
ALTER TABLE appeal DISABLE TRIGGER USER;
UPDATE appeal SET outcome = 're_sit' WHERE id = pg_temp.m('appeal');
ALTER TABLE appeal ENABLE TRIGGER USER;
SELECT is((seat_obstacle((SELECT candidate_id FROM seat WHERE id = pg_temp.seat(2)), pg_temp.m('soon'))).code, NULL, 'unless an appeal lets him sit again');
INSERT INTO made SELECT 'same', pg_temp.session('A', '2027-06-01');
CREATE FUNCTION pg_temp.obstacle(n int, session text) RETURNS text LANGUAGE sql AS $$
    SELECT (seat_obstacle((SELECT id FROM candidate WHERE token = 'TEST-' || lpad(n::text, 4, '0')), pg_temp.m(session))).code
$$;
SELECT is(pg_temp.obstacle(2, 'same'), 'seat_same_form', 'never on the same form');
SELECT throws_ok($$INSERT INTO seat (session_id, candidate_id) SELECT pg_temp.m('same'), id FROM candidate WHERE token = 'TEST-0002'$$, 'NR001',
                 'seat_same_form', 'for which no seat is given');
SELECT is(pg_temp.obstacle(3, 'soon'), NULL, 'a void seat waits for nothing');
SELECT is(pg_temp.obstacle(3, 'same'), 'seat_same_form', 'but what lay before him there has been seen');
SELECT is(pg_temp.obstacle(4, 'same'), NULL, 'control: who never sat takes any form');
SAVEPOINT again;
SELECT pg_temp.without('seat_obstacle', 'sitting.form = ANY (sat)', 'false');
SELECT lives_ok($$INSERT INTO seat (session_id, candidate_id) SELECT pg_temp.m('same'), id FROM candidate WHERE token = 'TEST-0002'$$,
                'control: without that condition he sits it again');
ROLLBACK TO again;
-- A, then B: with a third form he sits that one, without it any but the last.
INSERT INTO seat (session_id, candidate_id) SELECT pg_temp.m('soon'), id FROM candidate WHERE token = 'TEST-0002';
UPDATE test_session SET state = 'running' WHERE id = pg_temp.m('soon');
UPDATE seat SET attendance = 'present', document_seen = true, photo_match = true, checked_by = pg_temp.account('service'), open = false
WHERE id = pg_temp.seat(2, 'soon');
INSERT INTO made SELECT 'b', pg_temp.session('B', '2027-07-01');
SELECT is(pg_temp.obstacle(2, 'b') || ' ' || coalesce(pg_temp.obstacle(2, 'same'), 'none'), 'seat_same_form none', 'of two forms the older one');
ALTER TABLE exercise_form DISABLE TRIGGER USER;
INSERT INTO exercise_form SELECT x.exercise_id, 'C', 'a third one' FROM profile_exercise x WHERE x.profile_id = pg_temp.m('draft');
SELECT is(pg_temp.obstacle(2, 'same'), 'seat_same_form', 'of three the one that he has not sat');
ROLLBACK TO again;

-- Validity -----------------------------------------------------------------------------------------------------------
-- Candidate 1 passed; the result is valid until 2028-01-31.
INSERT INTO made SELECT 'last', pg_temp.session('B', '2028-01-31');
INSERT INTO made SELECT 'after', pg_temp.session('B', '2028-02-01');
SELECT is(pg_temp.obstacle(1, 'last'), 'seat_result_valid', 'who has passed does not sit while the result is valid');
SELECT is(pg_temp.obstacle(1, 'after'), NULL, 'control: and may the day after');
ALTER TABLE contract DISABLE TRIGGER USER;
INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome, crop, tasks, commune,
                      weekly_hours, hourly_wage, submitted_on, due_on, profile_id)
SELECT pg_temp.c(), farm, 'AAAA-0001', 'AAAAAA', 'approved', 1, '2027-03-01', '2028-06-30', 'A1402', 'tomatoes', 'picking', '13004', 35, 13,
       '2027-01-01', '2027-02-01', pg_temp.m('draft') FROM who;
ALTER TABLE contract ENABLE TRIGGER USER;
UPDATE campaign SET state = 'matching' WHERE id = pg_temp.c();
CREATE FUNCTION pg_temp.bind(n int, day date) RETURNS void LANGUAGE sql AS $$
    SELECT pg_temp.act('lead', day);
    SELECT binding_check((SELECT id FROM contract WHERE serial = 'AAAA-0001'), (SELECT id FROM candidate WHERE token = 'TEST-' || lpad(n::text, 4, '0')))
$$;
SELECT lives_ok($$SELECT pg_temp.bind(1, '2028-01-31')$$, 'on its last day a result binds');
SELECT throws_ok($$SELECT pg_temp.bind(1, '2028-02-01')$$, 'NR001', 'result_not_valid', 'the day after it does not');
SELECT throws_ok($$SELECT pg_temp.bind(2, '2027-05-01')$$, 'NR001', 'result_not_valid', 'nor does a failed one');
SAVEPOINT expired;
SELECT pg_temp.without('result_counts', 'AND (valid_until >= today())');
SELECT lives_ok($$SELECT pg_temp.bind(1, '2028-02-01')$$, 'control: without that condition it would');
ROLLBACK TO expired;
SELECT pg_temp.act('lead', '2027-02-20');
-- The figures change by two persons ----------------------------------------------------------------------------
SELECT pg_temp.act('lead');
CREATE FUNCTION pg_temp.change() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS $$SELECT max(id) FROM assessment_change$$;
SET LOCAL ROLE noria_ofii;
SELECT throws_ok($$UPDATE assessment_setting SET value = 30 WHERE code = 'appeal_days'$$, '42501', NULL, 'nobody changes a figure alone');
SELECT throws_ok($$SELECT assessment_propose('appeal_days', 15, 'because of the post', 1)$$, 'NR001', 'conflict', 'the same figure is no proposal');
SELECT throws_ok($$SELECT assessment_propose('appeal_days', 30, 'because of the post', 2)$$, 'NR001', 'stale_edit', 'nor one for a version that was not seen');
SELECT lives_ok($$SELECT assessment_propose('appeal_days', 30, 'because of the post', 1)$$, 'one officer proposes');
SELECT is(assessment_value('appeal_days'), 15, 'which changes nothing yet');
SELECT throws_ok($$SELECT assessment_decide(pg_temp.change(), true)$$, '23514', NULL, 'and does not take it himself');
RESET ROLE;
SAVEPOINT alone;
ALTER TABLE assessment_change DROP CONSTRAINT second_person_needed;
SELECT lives_ok($$SELECT assessment_decide(pg_temp.change(), true)$$, 'control: without the constraint he does');
ROLLBACK TO alone;
SELECT pg_temp.act('judge');
SET LOCAL ROLE noria_ofii;
SELECT lives_ok($$SELECT assessment_decide(pg_temp.change(), true)$$, 'another officer does');
SELECT is(assessment_value('appeal_days'), 30, 'from then on it counts');
SELECT is((SELECT version FROM assessment_setting WHERE code = 'appeal_days'), 2, 'as the next version');
SELECT throws_ok($$SELECT assessment_decide(pg_temp.change(), true)$$, 'NR001', 'conflict', 'once');
RESET ROLE;
SELECT is((SELECT string_agg(act, ' ' ORDER BY id) FROM audit_leaf WHERE act LIKE 'assessment.%'), 'assessment.propose assessment.set', 'both acts are leaves');

-- The leak alarm. Others 49 of 98: p = 50/100. 3 sigma of 36 seats = 3 * sqrt(0.25/36) = 0.25: 27 of 36 is at it, 28 above.
SELECT is(item_leaked(28, 36, 49, 98, 5), true, 'above three standard deviations');
SELECT is(item_leaked(27, 36, 49, 98, 5), false, 'control: at three');
SELECT is(item_leaked(0, 36, 49, 98, 5), false, 'far below is no leak');
SELECT is(item_leaked(4, 4, 0, 98, 5), false, 'too few seats, here');
SELECT is(item_leaked(36, 36, 1, 4, 5), false, 'and there');
SELECT is(item_leaked(5, 5, 9, 98, 5), true, 'p = 0.1: 0.9 > 3 * 0.134');
SELECT is(item_leaked(5, 5, 97, 98, 5), false, 'everybody passes everywhere');
SELECT is(item_leaked(2::numeric ^ 30, 2::numeric ^ 30, 2::numeric ^ 29, 2::numeric ^ 30, 5), true, 'large counts');
SELECT results_eq($$SELECT level_a, level_b, times FROM quality_pairs('SERRE')$$, $$VALUES (3, 3, 10::bigint)$$, 'the two markers of seat 1 agree ten times');

-- Drift: per marker, against the other. Sheets of seat 1 as a second marker who gives a tenth less would have left them.
SELECT results_eq($$SELECT marker, times, gap FROM quality_drift('SERRE') ORDER BY marker$$,
                  $$SELECT pg_temp.account(m), 10::bigint, 0::bigint FROM unnest(ARRAY['one', 'two']) m ORDER BY 1$$, 'control: two who agree do not drift');
ALTER TABLE mark DISABLE TRIGGER USER;
UPDATE mark m SET points = m.points - 1 WHERE m.seat_id = pg_temp.seat(1) AND m.mark_no = 2;
SELECT results_eq($$SELECT gap > 0, gap FROM quality_drift('SERRE') WHERE marker = pg_temp.account('one')$$,
                  $$SELECT true, sum((10000 / c.max_points)::bigint)::bigint FROM mark m JOIN criterion c ON c.id = m.criterion_id
                    WHERE m.seat_id = pg_temp.seat(1) AND m.mark_no = 2$$, 'who gives a point more everywhere is above the other');
SELECT is((SELECT sum(gap) FROM quality_drift('SERRE')), 0::numeric, 'as far as the other is below');
ALTER TABLE test_session DISABLE TRIGGER USER;
UPDATE test_session SET state = 'marking' WHERE id = pg_temp.m('s');
SELECT is_empty($$SELECT * FROM quality_drift('SERRE')$$, 'an open session tells a second marker nothing');
SELECT pg_temp.without('quality_marks', 's.state = ''closed'' AND');
SELECT isnt_empty($$SELECT * FROM quality_drift('SERRE')$$, 'control: without that condition it would');
SELECT finish(true);
ROLLBACK;
