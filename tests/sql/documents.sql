-- Documents: who may be given one, one in force at a time, what is frozen, status lists, who sees what.
BEGIN;
SELECT plan(57);
SELECT act_as(1, 1, 'officer', '2027-02-01');

CREATE TEMP TABLE ids (name text PRIMARY KEY, id bigint);
GRANT SELECT ON ids TO noria_employer, noria_partner, noria_ofii, noria_public;
CREATE FUNCTION pg_temp.id(wanted text) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM ids WHERE name = wanted';
WITH o AS (INSERT INTO org (kind, name, siret) VALUES ('employer', 'Farm one', '11111111111111'),
           ('employer', 'Farm two', '22222222222222'), ('partner', 'Service', NULL), ('partner', 'Other', NULL),
           ('ofii', 'Office', NULL) RETURNING id, name)
INSERT INTO ids SELECT name, id FROM o;
WITH a AS (INSERT INTO account (org_id, role, email, name, password_hash)
    VALUES (pg_temp.id('Office'), 'officer', 'd@ofii.example', 'officer', 'x') RETURNING id)
INSERT INTO ids SELECT 'officer', id FROM a;
WITH c AS (INSERT INTO campaign (code, season, name, first_day, last_day)
    VALUES ('D-2027', 2027, 'Test', '2027-03-01', '2027-12-31') RETURNING id)
INSERT INTO ids SELECT 'campaign', id FROM c;
INSERT INTO campaign_service (campaign_id, org_id, quota) VALUES (pg_temp.id('campaign'), pg_temp.id('Service'), 9);
UPDATE campaign SET state = 'open' WHERE id = pg_temp.id('campaign');
ALTER TABLE contract DISABLE TRIGGER contract_terms_rules;
ALTER TABLE contract DISABLE TRIGGER contract_number;
WITH k AS (INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome, crop,
               tasks, commune, weekly_hours, hourly_wage, submitted_on, due_on)
           SELECT pg_temp.id('campaign'), pg_temp.id('Farm one'), v.serial, 'AAAAAA', v.state, 4, '2027-03-01',
                  '2027-06-30', 'A1401', 'apples', 'picking', '84007', 35, 13, '2027-01-01', '2027-02-01'
           FROM (VALUES ('approved', 'approved'), ('submitted', 'submitted')) AS v (serial, state)
           RETURNING id, serial)
INSERT INTO ids SELECT serial, id FROM k;
CREATE FUNCTION pg_temp.placement(wanted text, as_state text) RETURNS void LANGUAGE sql AS $$
    WITH w AS (INSERT INTO worker DEFAULT VALUES RETURNING id),
    s AS (INSERT INTO worker_identity SELECT id, repeat('x', 42)::bytea FROM w),
    c AS (INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key,
              available_from, available_to, consent_at, entered_by)
          SELECT pg_temp.id('campaign'), pg_temp.id('Service'), id, 'AAAA-000' || right(wanted, 1), 'preselected',
              decode(md5(wanted), 'hex'), decode(md5(wanted || 'p'), 'hex'), decode(md5(wanted || 's'), 'hex'),
              '2027-01-01', '2027-12-31', now(), 1 FROM w RETURNING id, worker_id),
    p AS (INSERT INTO placement (campaign_id, contract_id, place_no, candidate_id, worker_id, org_id, service_id, first_day,
              last_day, return_due, state, bound_by)
          SELECT pg_temp.id('campaign'), pg_temp.id('approved'), right(wanted, 1)::int, c.id, c.worker_id,
              pg_temp.id('Farm one'), pg_temp.id('Service'), '2027-03-01', '2027-06-30', '2027-07-05', as_state,
              pg_temp.id('officer') FROM c RETURNING id, candidate_id)
    INSERT INTO ids SELECT wanted, id FROM p UNION ALL SELECT 'c' || right(wanted, 1), candidate_id FROM p
$$;
SELECT pg_temp.placement('p1', 'ready'), pg_temp.placement('p2', 'bound'), pg_temp.placement('p3', 'ready'),
       pg_temp.placement('p4', 'ended');

-- --- who may be given one ---------------------------------------------------------------------------
SELECT lives_ok($$SELECT document_check(pg_temp.id('p1'))$$, 'control: a ready placement');
SELECT throws_ok($$SELECT document_check(pg_temp.id('p2'))$$, 'NR001', 'document_not_ready', 'not before it is ready');
SELECT throws_ok($$SELECT document_check(pg_temp.id('p4'))$$, 'NR001', 'document_not_ready', 'nor after the end');
SELECT throws_ok($$SELECT document_check(0)$$, 'NR001', 'not_found', 'an unknown placement');
INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, due_on)
VALUES ('mrz_check_digit', 'serious', true, false, pg_temp.id('c1'), today());
SELECT throws_ok($$SELECT document_check(pg_temp.id('p1'))$$, 'NR001', 'document_held', 'a held candidate gets none');
DELETE FROM fraud_case WHERE candidate_id = pg_temp.id('c1');
INSERT INTO fraud_case (rule, severity, blocking, second_person, org_id, due_on)
VALUES ('siret_inactive', 'grave', true, true, pg_temp.id('Farm one'), today());
SELECT throws_ok($$SELECT document_check(pg_temp.id('p1'))$$, 'NR001', 'document_held', 'nor one of a held employer');
SELECT throws_ok($$SELECT notice_check(pg_temp.id('approved'))$$, 'NR001', 'document_held', 'nor a notice of his');
DELETE FROM fraud_case WHERE org_id = pg_temp.id('Farm one');
SELECT lives_ok($$SELECT notice_check(pg_temp.id('approved'))$$, 'control: a notice of an approved contract');
SELECT throws_ok($$SELECT notice_check(pg_temp.id('submitted'))$$, 'NR001', 'notice_not_approved', 'not of a submitted one');
SELECT throws_ok($$SELECT notice_check(0)$$, 'NR001', 'not_found', 'an unknown contract');

-- --- one in force at a time -------------------------------------------------------------------------
CREATE FUNCTION pg_temp.issue(wanted text, p text, index int) RETURNS void LANGUAGE sql AS $$
    WITH d AS (INSERT INTO document (cti, number, kind, campaign_id, contract_id, placement_id, org_id, service_id, list_no,
                   idx, sealed, issued_at, expires_at, account_id)
               SELECT decode(md5(wanted), 'hex'), 'AAAA-' || upper(left(md5(wanted), 4)), 1, campaign_id, contract_id, id,
                      org_id, service_id, 1, index, repeat('y', 60)::bytea, now(), now() + interval '100 days', 1
               FROM placement WHERE id = pg_temp.id(p) RETURNING id)
    INSERT INTO ids SELECT wanted, id FROM d
$$;
SELECT lives_ok($$SELECT pg_temp.issue('d1', 'p1', 77)$$, 'control: a document is kept');
SELECT is((SELECT issued FROM status_list WHERE list_no = 1), 1, 'its list counts it');
SELECT throws_ok($$SELECT pg_temp.issue('d2', 'p1', 78)$$, '23505', NULL, 'a placement has one in force');
SELECT throws_ok($$SELECT pg_temp.issue('d3', 'p3', 77)$$, '23505', NULL, 'an index is given once');
SELECT is((SELECT version FROM status_list WHERE list_no = 1), 1::bigint, 'issuing does not change the list');
UPDATE document SET state = 'revoked', reason = 'reissued' WHERE id = pg_temp.id('d1');
SELECT is((SELECT version FROM status_list WHERE list_no = 1), 2::bigint, 'withdrawing does');
SELECT lives_ok($$SELECT pg_temp.issue('d4', 'p1', 79)$$, 'control: after withdrawing, another');

-- --- what is frozen ---------------------------------------------------------------------------------
SELECT throws_ok($$UPDATE document SET state = 'valid' WHERE id = pg_temp.id('d1')$$, 'NR001', 'conflict',
                 'withdrawn is final');
SELECT throws_ok($$UPDATE document SET idx = 80 WHERE id = pg_temp.id('d4')$$, 'NR001', 'document_frozen', 'an index stays');
SELECT throws_ok($$UPDATE document SET sealed = repeat('z', 60)::bytea WHERE id = pg_temp.id('d4')$$, 'NR001',
                 'document_frozen', 'so does the text');
SELECT throws_ok($$DELETE FROM document WHERE id = pg_temp.id('d4')$$, 'NR001', 'document_frozen', 'nothing is deleted');
SELECT throws_ok($$INSERT INTO document (cti, number, kind, campaign_id, contract_id, org_id, list_no, idx, sealed, issued_at,
                       expires_at, account_id)
                   VALUES (decode(md5('n'), 'hex'), 'AAAA-BBBB', 2, pg_temp.id('campaign'), pg_temp.id('approved'),
                       pg_temp.id('Farm one'), 1, 5, repeat('y', 60)::bytea, now(), now() + interval '1 day', 1)$$,
                 '23514', NULL, 'a notice has no sealed text');

-- --- states and lists -------------------------------------------------------------------------------
UPDATE document SET state = 'suspended', reason = 'lost' WHERE id = pg_temp.id('d4');
SELECT results_eq('SELECT idx, status FROM status_entries(1) ORDER BY idx', 'VALUES (77, 1), (79, 2)',
                  'withdrawn is 1, suspended is 2');
UPDATE document SET state = 'valid', reason = 'found' WHERE id = pg_temp.id('d4');
SELECT results_eq('SELECT idx FROM status_entries(1)', 'VALUES (77)', 'a restored document leaves the list');
SELECT is((SELECT version FROM document WHERE id = pg_temp.id('d4')), 3::bigint, 'each change counts');
UPDATE status_list SET issued = 700000;
SELECT is(document_list(), 2, 'a nearly full list is followed by another');
SELECT is(document_list(), 2, 'which is then used');
UPDATE status_list SET issued = 1;

-- --- cases ------------------------------------------------------------------------------------------
SELECT pg_temp.issue('d7', 'p3', 90);
WITH d AS (INSERT INTO document (cti, number, kind, campaign_id, contract_id, placement_id, org_id, service_id, list_no, idx,
               sealed, issued_at, expires_at, account_id)
           SELECT decode(md5('record'), 'hex'), 'AAAA-DDDD', 3, campaign_id, contract_id, id, org_id, service_id, 1, 91,
               repeat('y', 60)::bytea, now(), now() + interval '1 year', 1
           FROM placement WHERE id = pg_temp.id('p3') RETURNING id)
INSERT INTO ids SELECT 'record', id FROM d;
CREATE FUNCTION pg_temp.state_of(wanted text) RETURNS text LANGUAGE sql
    AS $$SELECT state || coalesce(' ' || cause, '') FROM document WHERE id = pg_temp.id(wanted)$$;
INSERT INTO fraud_case (rule, severity, blocking, second_person, org_id, due_on)
VALUES ('siret_inactive', 'grave', true, false, pg_temp.id('Farm one'), today());
SELECT is(pg_temp.state_of('d7'), 'suspended hold', 'a case against the employer suspends at once');
SELECT is(pg_temp.state_of('record'), 'valid', 'but not the record, which is the worker''s own');
SELECT throws_ok($$SELECT document_restore(pg_temp.id('d7'), 'a friend')$$, 'NR001', 'document_held',
                 'nobody lifts it while the case stands');
UPDATE fraud_case SET state = 'cleared', settled_by = pg_temp.id('officer'), settled_at = now(), reason = 'active again'
WHERE org_id = pg_temp.id('Farm one');
SELECT is(pg_temp.state_of('d7'), 'valid', 'a cleared case gives it back');
UPDATE document SET state = 'suspended', reason = 'lost' WHERE id = pg_temp.id('d7');
INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, due_on)
VALUES ('mrz_check_digit', 'serious', true, false, pg_temp.id('c3'), today());
UPDATE fraud_case SET state = 'cleared', settled_by = pg_temp.id('officer'), settled_at = now(), reason = 'seen'
WHERE candidate_id = pg_temp.id('c3');
SELECT is(pg_temp.state_of('d7'), 'suspended person', 'what a person suspended stays a person''s to lift');
SELECT is(pg_temp.state_of('record'), 'valid', 'the record came back with the case');
INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, due_on)
VALUES ('mrz_doubtful', 'serious', true, false, pg_temp.id('c3'), today());
SELECT is(pg_temp.state_of('record'), 'suspended hold', 'a case against the worker suspends his record too');
UPDATE fraud_case SET state = 'confirmed', settled_by = pg_temp.id('officer'), settled_at = now(), reason = 'forged'
WHERE candidate_id = pg_temp.id('c3') AND rule = 'mrz_doubtful';
SELECT is(pg_temp.state_of('d7') || ' ' || pg_temp.state_of('record'), 'revoked revoked', 'confirmed, it withdraws');
-- Control: without the trigger a case changes nothing.
ALTER TABLE fraud_case DISABLE TRIGGER document_case_opened;
INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, due_on)
VALUES ('mrz_doubtful', 'serious', true, false, pg_temp.id('c1'), today());
SELECT is(pg_temp.state_of('d4'), 'valid', 'control: without the trigger it stays');
SELECT is(document_hold_late(), 1, 'until the round of the system finds it');
SELECT is(pg_temp.state_of('d4'), 'suspended hold', 'and suspends');
ALTER TABLE fraud_case ENABLE TRIGGER document_case_opened;
DELETE FROM fraud_case WHERE candidate_id = pg_temp.id('c1');
UPDATE document SET state = 'valid', reason = 'test' WHERE id = pg_temp.id('d4');
-- Cases come in one statement, too (an import): each is followed, also by the other entry that it names.
INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, other_candidate_id, due_on)
VALUES ('fee_asked', 'note', false, false, pg_temp.id('c1'), NULL, today()),
       ('mrz_doubtful', 'serious', true, false, pg_temp.id('c2'), NULL, today());
SELECT is(pg_temp.state_of('d4'), 'valid', 'control: of two cases the note holds nothing, the other is about somebody else');
INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, other_candidate_id, due_on)
VALUES ('mrz_doubtful', 'serious', true, false, pg_temp.id('c4'), NULL, today()),
       ('same_person', 'serious', true, false, pg_temp.id('c2'), pg_temp.id('c1'), today());
SELECT is(pg_temp.state_of('d4'), 'suspended hold', 'of two cases the one that names him as the other entry suspends');
DELETE FROM fraud_case WHERE candidate_id IN (pg_temp.id('c1'), pg_temp.id('c2'), pg_temp.id('c4'));
UPDATE document SET state = 'valid', reason = 'test' WHERE id = pg_temp.id('d4');

-- --- two persons ------------------------------------------------------------------------------------
SELECT throws_ok($$INSERT INTO document_withdrawal (document_id, ground, grave, reason, proposed_by, decision, decided_by,
                       decided_at) VALUES (pg_temp.id('d4'), 'fraud', true, 'alone', pg_temp.id('officer'), 'confirmed',
                       pg_temp.id('officer'), now())$$, '23514', NULL, 'nobody withdraws gravely alone');
ALTER TABLE document_withdrawal DROP CONSTRAINT second_person_needed;
SELECT lives_ok($$INSERT INTO document_withdrawal (document_id, ground, grave, reason, proposed_by, decision, decided_by,
                      decided_at) VALUES (pg_temp.id('d4'), 'fraud', true, 'alone', pg_temp.id('officer'), 'confirmed',
                      pg_temp.id('officer'), now())$$, 'control: without the constraint he would');

-- --- following --------------------------------------------------------------------------------------
WITH d AS (INSERT INTO document (cti, number, kind, campaign_id, contract_id, org_id, list_no, idx, text, issued_at,
               expires_at, account_id)
           VALUES (decode(md5('notice'), 'hex'), 'AAAA-CCCC', 2, pg_temp.id('campaign'), pg_temp.id('approved'),
               pg_temp.id('Farm one'), 1, 6, 'SW1:X', now(), now() + interval '1 day', 1) RETURNING id)
INSERT INTO ids SELECT 'notice', id FROM d;
ALTER TABLE placement DISABLE TRIGGER USER;
ALTER TABLE placement ENABLE TRIGGER document_follow;
UPDATE placement SET state = 'departed' WHERE id = pg_temp.id('p1');
SELECT is((SELECT state FROM document WHERE id = pg_temp.id('d4')), 'valid', 'control: a departure leaves it in force');
UPDATE placement SET state = 'withdrawn' WHERE id = pg_temp.id('p1');
SELECT is((SELECT state || ' ' || reason FROM document WHERE id = pg_temp.id('d4')), 'revoked withdrawn',
          'a placement that is withdrawn takes its document with it');
SELECT is((SELECT count(*) FROM audit_leaf WHERE act = 'document.revoke' AND object_id = pg_temp.id('d4')), 1::bigint,
          'with a leaf');
SELECT is((SELECT state FROM document WHERE id = pg_temp.id('notice')), 'valid', 'the notice stays');
ALTER TABLE contract DISABLE TRIGGER USER;
ALTER TABLE contract ENABLE TRIGGER document_follow;
UPDATE contract SET state = 'withdrawn' WHERE id = pg_temp.id('approved');
SELECT is((SELECT state FROM document WHERE id = pg_temp.id('notice')), 'revoked', 'until its contract is withdrawn');

-- --- who sees what ----------------------------------------------------------------------------------
SELECT act_as(0, pg_temp.id('Farm one'), 'employer', today());
SET ROLE noria_employer;
SELECT is((SELECT count(*) FROM (SELECT id, text FROM document) d), 5::bigint, 'the employer sees its own');
SELECT throws_ok('SELECT sealed FROM document', '42501', NULL, 'but never the sealed text');
SELECT throws_ok('UPDATE document SET state = ''valid''', '42501', NULL, 'and changes nothing');
RESET ROLE;
SELECT act_as(0, pg_temp.id('Farm two'), 'employer', today());
SET ROLE noria_employer;
SELECT is((SELECT count(*) FROM (SELECT id FROM document) d), 0::bigint, 'another employer sees none');
RESET ROLE;
SELECT act_as(0, pg_temp.id('Other'), 'partner', today());
SET ROLE noria_partner;
SELECT is((SELECT count(*) FROM document WHERE kind = 1), 0::bigint, 'another service sees no worker document');
RESET ROLE;
SELECT act_as(0, pg_temp.id('Service'), 'partner', today());
SET ROLE noria_partner;
SELECT is((SELECT count(sealed) FROM document), 4::bigint, 'control: his own service does');
RESET ROLE;
SET ROLE noria_public;
SELECT throws_ok('SELECT id FROM document', '42501', NULL, 'the public sees no document');
SELECT is((SELECT count(*) FROM status_entries(1)), 5::bigint, 'but every status');
SELECT throws_ok('SELECT document_list()', '42501', NULL, 'and draws no places in lists');
RESET ROLE;
SET ROLE noria_ofii;
SELECT throws_ok('UPDATE document SET text = NULL', '42501', NULL, 'an officer changes states only');
RESET ROLE;
SELECT * FROM finish();
ROLLBACK;
