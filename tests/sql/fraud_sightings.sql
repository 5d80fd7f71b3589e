-- The patterns that need a look by somebody: each hits what was planted and leaves its neighbour.
BEGIN;
SELECT plan(72);
SELECT act_as(1, 1, 'officer', '2027-08-01');
CREATE TEMP TABLE ids (name text PRIMARY KEY, id bigint);
CREATE FUNCTION pg_temp.id(wanted text) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM ids WHERE name = wanted';
WITH o AS (INSERT INTO org (kind, name, siret, country, commune)
           VALUES ('employer', 'Farm', '11111111111111', 'FR', '84007'), ('employer', 'Quiet farm', '22222222222222', 'FR', '84007'),
                  ('partner', 'Service', NULL, 'MA', NULL), ('partner', 'Other service', NULL, 'TN', NULL), ('ofii', 'Office', NULL, 'FR', NULL)
           RETURNING id, name)
INSERT INTO ids SELECT name, id FROM o;
WITH a AS (INSERT INTO account (org_id, role, email, name, password_hash)
    SELECT pg_temp.id(o), r, replace(n, ' ', '.') || '@example.org', n, 'x'
    FROM (VALUES ('Service', 'partner', 'clerk'), ('Service', 'partner', 'quiet clerk'), ('Office', 'officer', 'owl'),
                 ('Office', 'desk', 'desk'), ('Office', 'desk', 'second desk')) v (o, r, n) RETURNING id, name)
INSERT INTO ids SELECT name, id FROM a;
WITH c AS (INSERT INTO campaign (code, season, name, first_day, last_day, state)
    VALUES ('L-2027', 2027, 'Looks', '2027-01-01', '2027-12-31', 'matching') RETURNING id, name)
INSERT INTO ids SELECT name, id FROM c;
CREATE FUNCTION pg_temp.contract(wanted text, farm text, at text DEFAULT '84007', home text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    WITH k AS (INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome, crop,
                   tasks, commune, weekly_hours, hourly_wage, housing_kind, housing_address, housing_commune, submitted_on, due_on)
               VALUES (pg_temp.id('Looks'), pg_temp.id(farm), wanted, 'AAAAAA', 'approved', 20, '2027-03-01', '2027-05-31',
                   'A1401', 'apples', 'picking', at, 35, 13, CASE WHEN home IS NULL THEN 'none' ELSE 'employer' END, home,
                   CASE WHEN home IS NOT NULL THEN '84007' END, '2027-01-01', '2027-02-01') RETURNING id)
    INSERT INTO ids SELECT wanted, id FROM k
$$;
CREATE FUNCTION pg_temp.candidate(n int, clerk text DEFAULT 'quiet clerk', fee boolean DEFAULT false, called text DEFAULT NULL,
                                  asked_in text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO worker (id) OVERRIDING SYSTEM VALUE VALUES (700000 + n);
    INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, passport_key, person_key, swapped_key, available_from,
        available_to, consent_at, entered_by, fee_asked, fee_phone_key, fee_place)
    VALUES (700000 + n, pg_temp.id('Looks'), pg_temp.id('Service'), 700000 + n, 'HHHH-' || lpad(n::text, 4, '0'),
        decode(md5('a' || n), 'hex'), decode(md5('b' || n), 'hex'), decode(md5('c' || n), 'hex'), '2027-01-01', '2027-12-31',
        now(), pg_temp.id(clerk), fee, decode(md5('tel' || called), 'hex'), asked_in)
$$;
CREATE FUNCTION pg_temp.placed(n int, at_contract text DEFAULT 'one', now_state text DEFAULT 'ended', left_on date DEFAULT '2027-03-01')
RETURNS void LANGUAGE sql AS $$
    SELECT pg_temp.candidate(n);
    INSERT INTO placement (campaign_id, contract_id, place_no, candidate_id, worker_id, org_id, service_id, first_day, last_day,
        return_due, departed_on, returned_on, state, bound_by)
    SELECT k.campaign_id, k.id, n, 700000 + n, 700000 + n, k.org_id, pg_temp.id('Service'), '2027-03-01', '2027-05-31', '2027-06-05',
        left_on, CASE WHEN now_state LIKE 'returned%' THEN date '2027-06-02' END, now_state, pg_temp.id('owl')
    FROM contract k WHERE k.id = pg_temp.id(at_contract);
    INSERT INTO ids SELECT 'p' || n, p.id FROM placement p WHERE p.candidate_id = 700000 + n
$$;
CREATE FUNCTION pg_temp.screened() RETURNS int LANGUAGE sql AS $$SELECT screen_campaign(pg_temp.id('Looks'))$$;
-- What a rule has hit: names of organisations, contracts and placements, numbers of candidates.
CREATE FUNCTION pg_temp.hits(code text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(coalesce(p.name, k.name, o.name, (f.candidate_id - 700000)::text), ' '
                      ORDER BY coalesce(p.name, k.name, o.name, (f.candidate_id - 700000)::text))
    FROM fraud_case f LEFT JOIN ids p ON p.id = f.placement_id AND p.name ~ '^p[0-9]'
    LEFT JOIN ids k ON k.id = f.contract_id AND k.name IN ('one', 'two', 'three', 'four')
    LEFT JOIN ids o ON o.id = f.org_id AND o.name IN ('Farm', 'Quiet farm', 'Service', 'Office')
    WHERE f.rule = code AND f.campaign_id = pg_temp.id('Looks')
$$;
SET session_replication_role = replica; -- planted as it may have come about; the moves are tested elsewhere
SELECT pg_temp.contract('one', 'Farm'), pg_temp.contract('two', 'Quiet farm'), pg_temp.contract('three', 'Farm', home => '1 rue A'),
       pg_temp.contract('four', 'Quiet farm', home => '2 rue A');
INSERT INTO contract_site (contract_id, commune) VALUES (pg_temp.id('two'), '84031');
SELECT pg_temp.candidate(n) FROM generate_series(1, 9) n;
SELECT pg_temp.placed(n) FROM generate_series(20, 29) n;
SELECT pg_temp.placed(n, 'two') FROM generate_series(30, 39) n;
SET session_replication_role = origin;
SELECT is(pg_temp.screened(), 0, 'control: nothing is planted, nothing is found');

-- --- the document along the way ---------------------------------------------------------------------------
CREATE FUNCTION pg_temp.shows(n int, what text, at_moment text DEFAULT 'medical', replacing text DEFAULT NULL, holder boolean DEFAULT true,
                              photo boolean DEFAULT true) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made bigint := document_seen_record(700000 + n, at_moment, '2027-07-01', decode(md5(what), 'hex'), holder, photo, replacing);
BEGIN
    RETURN (SELECT f.rule || ' ' || (f.evidence ->> 'differs') FROM fraud_case f WHERE (f.evidence ->> 'look')::bigint = made);
END
$$;
SELECT is(pg_temp.shows(1, 'a1', 'test'), NULL, 'control: the document of the entry');
SELECT is(pg_temp.shows(1, 'x1'), 'document_changed ["number"]', 'another number at the medical examination');
SELECT is((SELECT (second_person, blocking, candidate_id) FROM fraud_case WHERE rule = 'document_changed'), (true, true, 700001::bigint),
          'two persons settle it');
SELECT is(candidate_held(700001), true, 'and it holds');
SELECT is(pg_temp.shows(2, 'x2', 'medical', 'renewed'), NULL, 'control: another one whose replacement was declared');
SELECT is(pg_temp.shows(2, 'x2', 'departure'), NULL, 'control: which counts from then on');
SELECT is(pg_temp.shows(2, 'a2', 'return'), 'document_changed ["number"]', 'so the one that was replaced does not any more');
SELECT is(pg_temp.shows(3, 'a3', holder => false), 'document_changed ["holder"]', 'another birth date or sex');
SELECT is(pg_temp.shows(4, 'a4', photo => false), 'document_changed ["photo"]', 'another face');
SELECT is(pg_temp.shows(5, 'a6', 'departure', 'lost'), 'document_changed ["another_person"]', 'a declared replacement that is somebody else''s');
SELECT is((SELECT evidence ->> 'other_candidate' FROM fraud_case WHERE rule = 'document_changed' AND candidate_id = 700005), '700006', 'whose');
UPDATE worker SET person_id = 700007 WHERE id = 700008;
SELECT is(pg_temp.shows(7, 'a8', 'departure', 'renewed'), NULL, 'control: the other one is he himself');
SELECT is(candidate_held(700006), false, 'control: whose document it is is not held');
SELECT throws_ok($$SELECT document_seen_record(700001, 'medical', '2027-08-02', '\x00', true, true, NULL)$$, NULL, 'fact_in_future', 'not before it happened');
SELECT throws_ok($$SELECT document_seen_record(700001, 'medical', '2027-08-01', '\x00', true, true, NULL)$$, '23514', NULL, 'a digest has sixteen bytes');
SELECT throws_ok($$SELECT document_seen_record(700001, 'elsewhere', '2027-08-01', decode(md5('a'), 'hex'), true, true, NULL)$$, '23514', NULL, 'four moments');
SELECT throws_ok('UPDATE document_seen SET photo_same = true', NULL, 'append_only', 'and it stays as it was seen');
SELECT act_as(pg_temp.id('clerk'), pg_temp.id('Service'), 'partner', '2027-08-01');
SELECT is(pg_temp.shows(9, 'a9', 'departure'), NULL, 'a service records what its own candidates show');
SELECT act_as(pg_temp.id('clerk'), pg_temp.id('Other service'), 'partner', '2027-08-01');
SELECT throws_ok($$SELECT document_seen_record(700009, 'departure', '2027-08-01', decode(md5('a9'), 'hex'), true, true, NULL)$$, NULL, 'not_found',
                 'and nobody else''s');
GRANT SELECT ON ids TO noria_partner, noria_employer;
SET SESSION AUTHORIZATION noria_partner;
SELECT is((SELECT count(*) FROM (SELECT moment FROM document_seen) s), 0::bigint, 'nor sees them');
SELECT throws_ok('SELECT document_key FROM document_seen', '42501', NULL, 'nor any digest');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION noria_employer;
SELECT throws_ok('SELECT moment FROM document_seen', '42501', NULL, 'an employer sees nothing of it');
SELECT throws_ok('SELECT commune FROM work_seen', '42501', NULL, 'nor where his workers were seen');
RESET SESSION AUTHORIZATION;
SELECT act_as(1, 1, 'officer', '2027-08-01');
SELECT is(pg_temp.screened(), 0, 'screening the campaign adds nothing: each was opened when it was seen');

-- --- where the work is done ---------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.seen(n int, at text, happened date DEFAULT '2027-04-01', seen_by text DEFAULT 'inspection') RETURNS bigint LANGUAGE sql AS $$
    SELECT work_seen_record(pg_temp.id('p' || n), happened, at, seen_by)
$$;
SELECT pg_temp.seen(20, '84007'), pg_temp.seen(30, '84031'), pg_temp.seen(30, '84007');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('work_seen_elsewhere'), NULL, 'control: in the contract''s commune, and at another site of it');
SELECT pg_temp.seen(20, '84031'), pg_temp.seen(20, '84031'), pg_temp.seen(21, '84031', '2027-04-02', 'worker');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('work_seen_elsewhere'), NULL, 'control: two days in the next commune, one of them told twice');
SELECT pg_temp.seen(22, '84031', '2027-04-03', 'desk');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('work_seen_elsewhere'), 'one', 'a third');
SELECT is((SELECT (blocking, org_id, evidence -> 'communes') FROM fraud_case WHERE rule = 'work_seen_elsewhere'),
          (false, pg_temp.id('Farm'), '["84031"]'::jsonb), 'of whose contract, and where; nothing is held');
SELECT pg_temp.seen(31, '13055');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('work_seen_elsewhere'), 'one two', 'in another department once is enough');
SELECT is(pg_temp.screened(), 0, 'again: nothing new');
SELECT throws_ok($$SELECT pg_temp.seen(20, '99999')$$, NULL, 'unknown_reference', 'a commune that there is');
SELECT throws_ok($$SELECT pg_temp.seen(20, '84007', '2027-02-28')$$, NULL, 'return_before_departure', 'not before he left');
SELECT throws_ok($$SELECT pg_temp.seen(20, '84007', '2027-08-02')$$, NULL, 'fact_in_future', 'nor in the future');

-- --- who asked for money, and where ------------------------------------------------------------------------
SET session_replication_role = replica;
SELECT pg_temp.candidate(100 + n, 'clerk', true, 'A' || n, 'Douar ' || n) FROM generate_series(1, 4) n;
SELECT pg_temp.candidate(105, 'clerk', false, 'A1', 'Douar 1'), pg_temp.candidate(106, 'quiet clerk', true, 'A1', 'Douar 1'),
       pg_temp.candidate(107, 'quiet clerk', true, 'B', 'douar  1 ');
SET session_replication_role = origin;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('fee_phone'), NULL, 'control: two name one number; a third did not say that money was asked');
SELECT is(pg_temp.hits('fee_place'), NULL, 'control: three in one place, by two accounts');
SELECT act_as(pg_temp.id('desk'), pg_temp.id('Office'), 'desk', '2027-08-01');
SELECT fee_answer_record(pg_temp.id('p20'), 'arrival', true, 900, 'somebody', decode(md5('telA1'), 'hex'), 'Douar 1');
SELECT fee_answer_record(pg_temp.id('p20'), 'return', true, 900, 'somebody', decode(md5('telA1'), 'hex'), 'DOUAR 1');
SELECT throws_ok($$SELECT fee_answer_record(pg_temp.id('p21'), 'return', false, NULL, NULL, decode(md5('telA1'), 'hex'))$$, '23514', NULL,
                 'nobody names a number that asked for nothing');
SELECT act_as(1, 1, 'officer', '2027-08-01');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('fee_phone'), '20', 'a third names it on arrival, and again at his return: three people');
SELECT is((SELECT evidence -> 'candidates' FROM fraud_case WHERE rule = 'fee_phone'), '[700020, 700101, 700106]'::jsonb, 'which');
SELECT is(pg_temp.hits('fee_place'), '20', 'three of the quiet clerk''s in one place, however it is written');
SELECT is((SELECT ((evidence ->> 'account')::bigint, evidence -> 'candidates') FROM fraud_case WHERE rule = 'fee_place'),
          (pg_temp.id('quiet clerk'), '[700020, 700106, 700107]'::jsonb), 'whose entries');
SELECT is((SELECT bool_and(second_person AND NOT blocking) FROM fraud_case WHERE rule IN ('fee_phone', 'fee_place')), true,
          'two persons settle it, nobody is held');
SELECT is((SELECT count(*) FROM fraud_case WHERE evidence::text ~* 'douar' OR evidence::text LIKE '%' || md5('telA1') || '%'), 0::bigint,
          'the evidence says neither place nor number');
INSERT INTO org_contact (org_id, phone_key, recorded_by) VALUES (pg_temp.id('Farm'), decode(md5('telA4'), 'hex'), pg_temp.id('owl'));
SELECT pg_temp.screened();
SELECT is((SELECT evidence -> 'employers' FROM fraud_case WHERE rule = 'fee_phone' AND candidate_id = 700104), jsonb_build_array(pg_temp.id('Farm')),
          'one is enough when the number is an employer''s');
SELECT act_as(pg_temp.id('clerk'), pg_temp.id('Service'), 'partner', '2027-08-01');
SET SESSION AUTHORIZATION noria_partner;
SELECT is((SELECT count(*) FROM fraud_case WHERE rule LIKE 'fee_%'), 0::bigint, 'the service sees none of these cases');
SELECT throws_ok('SELECT fee_place FROM candidate', '42501', NULL, 'nor reads the answer back');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION noria_employer;
SELECT throws_ok('SELECT fee_phone_key FROM candidate', '42501', NULL, 'an employer reads no answer');
SELECT throws_ok('SELECT place FROM fee_answer', '42501', NULL, 'nor where it was asked');
RESET SESSION AUTHORIZATION;
SELECT act_as(1, 1, 'officer', '2027-08-01');
DELETE FROM org_contact;

-- --- the office is recorded after the contract was screened -------------------------------------------------
INSERT INTO org_contact (org_id, msa_key, office_address, recorded_by)
VALUES (pg_temp.id('Farm'), decode(md5('m1'), 'hex'), '1 rue A', pg_temp.id('owl')), (pg_temp.id('Quiet farm'), decode(md5('m2'), 'hex'), '3 rue A', pg_temp.id('owl'));
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('housing_office'), 'three', 'lodged at the office; not next door');

-- --- lists changed after they were frozen ------------------------------------------------------------------
SET session_replication_role = replica;
WITH r AS (INSERT INTO matching_run (campaign_id, rule, inputs, inputs_hash, seed, result, result_hash, candidates, contracts, places,
               assigned, proposed, reserve, run_by, run_on, created_at)
           SELECT pg_temp.id('Looks'), 'noria-match-3', 'x', sha256('x'), sha256('y'), 'z', sha256('z'), 9, 2, 9, 9, 9, 0, pg_temp.id('owl'),
               '2027-02-01', m FROM unnest(ARRAY['2026-02-01 10:00Z', '2026-02-03 10:00Z']::timestamptz[]) m RETURNING id, created_at)
INSERT INTO ids SELECT 'run ' || row_number() OVER (ORDER BY id), id FROM r;
INSERT INTO proposal (campaign_id, run_id, contract_id, org_id, candidate_id, rank, first_choice, score, result_points, experience_points,
    language_points, return_points, state, shown)
SELECT pg_temp.id('Looks'), pg_temp.id('run ' || r), pg_temp.id('one'), pg_temp.id('Farm'), 700000 + n, n, true, 0, 0, 0, 0, 0,
    CASE r WHEN 1 THEN 'lapsed' ELSE 'proposed' END, true
FROM generate_series(1, 4) n, generate_series(1, 2) r;
SET session_replication_role = origin;
CREATE FUNCTION pg_temp.edited(who text, n int, moment timestamptz, changed text DEFAULT '["languages"]', done text DEFAULT 'candidate.edit')
RETURNS void LANGUAGE sql AS $$
    INSERT INTO audit_leaf (at, account_id, org_id, act, object_kind, object_id, detail)
    VALUES (moment, pg_temp.id(who), 1, done, 'candidate', 700000 + n, CASE done WHEN 'candidate.edit' THEN jsonb_build_object('changed', changed::jsonb) ELSE '{}' END)
$$;
SELECT pg_temp.edited('clerk', n, '2026-02-01 09:00Z') FROM generate_series(1, 3) n;
SELECT pg_temp.edited('clerk', n, '2026-02-01 11:00Z', '["habiletes"]') FROM generate_series(1, 4) n;
SELECT pg_temp.edited('clerk', n, '2026-02-01 11:00Z') FROM unnest(ARRAY[1, 1, 1, 2, 9]) n;
SELECT pg_temp.edited('quiet clerk', 3, '2026-02-01 11:00Z'), pg_temp.edited('clerk', 3, '2026-02-03 11:00Z');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('edited_after_seal'), NULL,
    'control: before the freeze, what matching does not read, two of the list and one of none, by another account, after the next run');
SELECT pg_temp.edited('clerk', 3, '2026-02-02 11:00Z', done => 'candidate.reject');
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('edited_after_seal'), 'Service', 'a third of one list');
SELECT is((SELECT ((evidence ->> 'account')::bigint, (evidence ->> 'run')::bigint, second_person, blocking) FROM fraud_case WHERE rule = 'edited_after_seal'),
          (pg_temp.id('clerk'), pg_temp.id('run 1'), true, false), 'whose list, by whom');
SET session_replication_role = replica;
INSERT INTO seat (id, session_id, campaign_id, org_id, service_id, candidate_id, token, open) OVERRIDING SYSTEM VALUE
SELECT 7000000 + n, 7, pg_temp.id('Looks'), pg_temp.id('Service'), pg_temp.id('Service'), 700000 + n, 'T', false FROM generate_series(1, 3) n;
INSERT INTO mark (campaign_id, session_id, seat_id, exercise_id, criterion_id, mark_no, points, account_id, supersedes, reason, at)
VALUES (pg_temp.id('Looks'), 7, 7000001, 1, 1, 1, 5, pg_temp.id('owl'), 1, 'again', '2026-02-04 10:00Z');
INSERT INTO session_incident (session_id, org_id, seat_id, kind, effect, note, account_id, at)
VALUES (7, pg_temp.id('Service'), 7000002, 'noise', 'void', 'noise at the door', pg_temp.id('owl'), '2026-02-04 10:00Z'),
       (7, pg_temp.id('Service'), 7000003, 'noise', 'noted', 'noise at the door', pg_temp.id('owl'), '2026-02-04 10:00Z');
SET session_replication_role = origin;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('edited_after_seal'), 'Service', 'control: a mark corrected and a seat void are two; what was only noted is none');
SET session_replication_role = replica;
INSERT INTO stay_correction (stay_id, worker_id, campaign_id, was, becomes, reason, account_id, at)
VALUES (1, 700003, pg_temp.id('Looks'), '[2027-01-01,2027-02-01)', '[2027-01-01,2027-01-05)', 'he was at home', pg_temp.id('owl'), '2026-02-04 10:00Z');
SET session_replication_role = origin;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('edited_after_seal'), 'Office Service', 'with a corrected stay there are three');

-- --- returns without a trace of leaving ----------------------------------------------------------------------
SET session_replication_role = replica;
SELECT pg_temp.placed(n, 'one', 'returned_declared') FROM generate_series(40, 43) n;
SELECT pg_temp.placed(n, 'one', 'returned_verified') FROM generate_series(50, 69) n;
CREATE FUNCTION pg_temp.proof(n int, what text, rank text, left_on date DEFAULT NULL, who text DEFAULT 'desk', happened date DEFAULT '2027-06-03')
RETURNS void LANGUAGE sql AS $$
    INSERT INTO return_evidence (campaign_id, placement_id, grade, kind, day, exit_day, person_present, identity_checked, org_id, account_id)
    VALUES (pg_temp.id('Looks'), pg_temp.id('p' || n), rank, what, happened, left_on, true, true, pg_temp.id('Office'), pg_temp.id(who))
$$;
SELECT pg_temp.proof(n, 'ticket_copy', 'C') FROM generate_series(40, 43) n;
SELECT pg_temp.proof(40, 'photo', 'C'), pg_temp.proof(41, 'entry_stamp_copy', 'C'), pg_temp.proof(42, 'photo', 'C', '2027-06-02'), pg_temp.proof(43, 'stamp_copy', 'C');
SELECT pg_temp.proof(n, 'desk', 'A') FROM generate_series(50, 53) n;
SELECT pg_temp.proof(54, 'desk', 'A', '2027-06-02');
SELECT pg_temp.proof(n, 'desk', 'A', NULL, 'second desk') FROM generate_series(55, 59) n;
SELECT pg_temp.proof(n, 'desk', 'A', '2027-06-02', 'second desk') FROM generate_series(60, 65) n;
SET session_replication_role = origin;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('exit_unproven'), 'p40', 'ticket and photograph; not with a stamp, nor with the day of leaving');
SELECT is(pg_temp.hits('exit_unproven_desk'), NULL, 'control: four of five at one desk, and five of eleven at the other');
SET session_replication_role = replica;
SELECT pg_temp.proof(66, 'desk', 'A', NULL, 'second desk');
SET session_replication_role = origin;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('exit_unproven_desk'), 'Office', 'six of twelve');
SELECT is((SELECT (evidence ->> 'account')::bigint FROM fraud_case WHERE rule = 'exit_unproven_desk'), pg_temp.id('second desk'), 'at whose desk');

-- --- excuses that cannot be --------------------------------------------------------------------------------------
SET session_replication_role = replica;
SELECT pg_temp.placed(n, 'one', 'exception') FROM generate_series(70, 79) n;
INSERT INTO return_exception (campaign_id, placement_id, kind, document, issuer, from_day, until, recorded_by, state, confirmed_by)
SELECT pg_temp.id('Looks'), pg_temp.id('p' || n), k, 'paper', 'hospital', '2027-04-10', '2027-05-20', pg_temp.id('desk'), s, pg_temp.id('owl')
FROM (VALUES (70, 'hospital', 'confirmed'), (71, 'hospital', 'confirmed'), (72, 'hospital', 'confirmed'), (73, 'hospital', 'rejected'),
             (74, 'lost_passport', 'confirmed'), (75, 'work_accident', 'confirmed'), (76, 'hospital', 'confirmed')) v (n, k, s);
CREATE FUNCTION pg_temp.fact(n int, what text, happened date) RETURNS void LANGUAGE sql AS $$
    INSERT INTO placement_fact (campaign_id, placement_id, kind, day, source, from_state, to_state, account_id)
    VALUES (pg_temp.id('Looks'), pg_temp.id('p' || n), what, happened, 'test', '', '', 1)
$$;
SELECT pg_temp.fact(70, 'working', '2027-04-10'), pg_temp.fact(70, 'resumed', '2027-05-13'), pg_temp.fact(70, 'contact', '2027-04-20'),
       pg_temp.fact(70, 'ended', '2027-05-01'), pg_temp.fact(73, 'working', '2027-04-20'), pg_temp.fact(74, 'working', '2027-04-20');
SELECT pg_temp.proof(76, 'phone_call', 'D', happened => '2027-04-20');
SET session_replication_role = origin;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('excused_but_active'), NULL,
    'control: on the first day, in the last seven, a call, the end of a contract; a rejected excuse, and one that keeps nobody from work');
SET session_replication_role = replica;
SELECT pg_temp.fact(71, 'working', '2027-04-11'), pg_temp.fact(75, 'resumed', '2027-05-12');
SELECT pg_temp.proof(72, 'ticket_copy', 'C', happened => '2027-04-20');
UPDATE worker SET person_id = 700076 WHERE id = 700077;
SELECT pg_temp.fact(77, 'arrived', '2027-04-25');
SET session_replication_role = origin;
SELECT pg_temp.screened();
SELECT is(pg_temp.hits('excused_but_active'), 'p71 p72 p75 p76', 'work, a journey, work after an accident; the same person under another entry');
SELECT is((SELECT evidence ->> 'seen' FROM fraud_case WHERE rule = 'excused_but_active' AND placement_id = pg_temp.id('p72')), '2027-04-20', 'on which day');
SELECT is(pg_temp.screened(), 0, 'again: nothing new');
SELECT act_as(pg_temp.id('desk'), pg_temp.id('Office'), 'desk', '2027-08-01');
SELECT isnt(exception_record(pg_temp.id('p29'), 'hospital', 'paper', 'hospital', '2027-09-01', since => '2027-07-01'), NULL, 'an excuse since a day');
SELECT is((SELECT from_day FROM return_exception WHERE placement_id = pg_temp.id('p29')), '2027-07-01'::date, 'which is kept');
SELECT throws_ok($$SELECT exception_record(pg_temp.id('p28'), 'hospital', 'paper', 'hospital', '2027-09-01', since => '2027-08-02')$$, NULL, 'fact_in_future', 'not to come');
SELECT throws_ok($$SELECT exception_record(pg_temp.id('p28'), 'hospital', 'paper', 'hospital', '2027-06-01', since => '2027-07-01')$$, NULL, 'ends_before_start', 'nor after its end');

-- --- the digests follow a replaced key (18_digest_keys.sql) ------------------------------------------------------
CREATE FUNCTION pg_temp.made_ready(of_kind text) RETURNS bigint LANGUAGE sql AS $$
    SELECT digests_keep(of_kind, '\x0102030405060708', coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'was', l.digests::text, 'next',
        (SELECT array_agg(decode(md5('next' || encode(d, 'hex')), 'hex') ORDER BY n) FROM unnest(l.digests) WITH ORDINALITY u (d, n))::text)), '[]'))
    FROM digests_lacking(of_kind, '\x0102030405060708', 0, 1000000) l
$$;
-- Looks at the document of the entry, and answers that name one number, told by comparing.
CREATE FUNCTION pg_temp.alike() RETURNS text LANGUAGE sql AS $$
    SELECT (SELECT count(*) FROM document_seen s JOIN candidate c ON c.id = s.candidate_id AND c.passport_key = s.document_key) || ' '
        || (SELECT count(*) FROM fee_answer a JOIN candidate c ON c.fee_phone_key = a.phone_key)
$$;
CREATE TEMP TABLE before_change AS SELECT pg_temp.alike() AS alike, (SELECT min(document_key::text) FROM document_seen) AS key;
SELECT isnt((SELECT alike FROM before_change), '0 0', 'some are alike');
SELECT pg_temp.made_ready('candidate'), pg_temp.made_ready('contact'), pg_temp.made_ready('fee');
SELECT throws_ok($$SELECT digests_switch(2, '\x0102030405060708')$$, NULL, 'digests_switch() before all digests are made',
                 'the key is not replaced while a look lacks its next digest');
SELECT cmp_ok(pg_temp.made_ready('document'), '>', 0::bigint, 'which is made');
SELECT lives_ok($$SELECT digests_switch(2, '\x0102030405060708')$$, 'then it is');
SELECT is(pg_temp.alike(), (SELECT alike FROM before_change), 'and what was alike is, under the new key');
SELECT isnt((SELECT min(document_key::text) FROM document_seen), (SELECT key FROM before_change), 'control: the digests are others');
SELECT * FROM finish();
ROLLBACK;
