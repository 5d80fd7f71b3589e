-- Steps of the method around the test: diagnoses and information meetings stay as they were written, by their
-- author, in their order; the interview only while the proposal waits. Each guard has its control.
BEGIN;
SELECT plan(28);
INSERT INTO org (kind, name, siret, country, naf, commune, hectares, active_from) VALUES
    ('employer', 'Farm', '73282932000074', 'FR', '01.24Z', '13004', 900, '2010-01-01'),
    ('employer', 'Other farm', '44306184100047', 'FR', '01.24Z', '13004', 90, '2010-01-01');
INSERT INTO org (kind, name, country) VALUES ('partner', 'Service A', 'MA'), ('partner', 'Service B', 'TN'), ('ofii', 'OFII', 'FR');
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT o.id, v.r, v.m || '@x.example', v.m, 'x' FROM (VALUES ('Farm', 'employer', 'farm'), ('Other farm', 'employer', 'neighbour'),
    ('OFII', 'officer', 'lead'), ('Service A', 'assessor', 'one'), ('Service B', 'assessor', 'two')) AS v (o, r, m) JOIN org o ON o.name = v.o;
CREATE FUNCTION pg_temp.act(mail text, day date DEFAULT '2027-01-15') RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    SELECT act_as(a.id, a.org_id, a.role, day) FROM account a WHERE a.email = mail || '@x.example'
$$;
INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES ('T-2027', 2027, 'Test', '2027-02-01', '2027-11-30', 'open');
INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT c.id, o.id, 10 FROM campaign c, org o WHERE o.kind = 'partner';

-- Diagnoses -------------------------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.diagnose(siret text DEFAULT '73282932000074', rome text DEFAULT 'A1402', day date DEFAULT '2027-01-10')
RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO diagnosis (org_id, rome, held_on, posts, source, finding, account_id)
    VALUES (coalesce(employer_by_siret(siret), 0), rome, day, 12, 'visit', 'simulation', 0) RETURNING id
$$;
SELECT pg_temp.act('one');
SET LOCAL ROLE noria_partner;
SELECT throws_ok($$SELECT pg_temp.diagnose('00000000000000')$$, 'NR001', 'unknown_reference', 'with an employer that there is');
SELECT throws_ok($$SELECT pg_temp.diagnose(rome => 'Z9999')$$, 'NR001', 'unknown_reference', 'of a job that there is');
SELECT throws_ok($$SELECT pg_temp.diagnose(day => '2027-01-16')$$, 'NR001', 'in_the_future', 'that has been made');
SELECT lives_ok($$SELECT pg_temp.diagnose()$$, 'control: an assessor writes one down');
RESET ROLE;
SELECT is((SELECT a.email FROM diagnosis d JOIN account a ON a.id = d.account_id), 'one@x.example', 'by his name, whatever was sent');
SELECT throws_ok($$UPDATE diagnosis SET posts = 99$$, 'NR001', 'append_only', 'which stays');
SELECT throws_ok($$DELETE FROM diagnosis$$, 'NR001', 'append_only', 'and is not taken away');
SAVEPOINT kept;
ALTER TABLE diagnosis DISABLE TRIGGER diagnosis_append_only;
SELECT lives_ok($$UPDATE diagnosis SET posts = 99$$, 'control: without its trigger it changes');
ROLLBACK TO kept;
CREATE FUNCTION pg_temp.seen(mail text, class text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM pg_temp.act(mail);
    EXECUTE format('SET LOCAL ROLE %I', class);
    SELECT count(*) INTO n FROM diagnosis;
    RESET ROLE;
    RETURN n;
END
$$;
SELECT is(pg_temp.seen('farm', 'noria_employer'), 1::bigint, 'the employer sees his own');
SELECT is(pg_temp.seen('neighbour', 'noria_employer'), 0::bigint, 'another one does not');
SELECT is(pg_temp.seen('lead', 'noria_ofii'), 1::bigint, 'control: the office does');
SELECT throws_ok($$SELECT pg_temp.seen('lead', 'noria_public')$$, '42501', NULL, 'the public reads none');
RESET ROLE;

-- Information meetings --------------------------------------------------------------------------------------------
SELECT pg_temp.act('one');
INSERT INTO test_session (campaign_id, org_id, profile_id, held_on, site, capacity, pass_total, tolerance_percent, resit_days, lead_account)
SELECT c.id, o.id, p.id, '2027-01-20', 'Tunis', 6, 1, 1, 1, a.id FROM campaign c, org o, profile p, account a
WHERE o.name = 'Service A' AND p.code = 'SERRE' AND p.state = 'active' AND a.email = 'one@x.example';
CREATE FUNCTION pg_temp.meet(day date) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO session_meeting (session_id, held_on, site, came, employer_there, account_id)
    SELECT s.id, day, 'Tunis', 40, true, 0 FROM test_session s RETURNING id
$$;
SELECT pg_temp.act('one', '2027-01-25');
SET LOCAL ROLE noria_partner;
SELECT throws_ok($$SELECT pg_temp.meet('2027-01-21')$$, 'NR001', 'meeting_after_session', 'a meeting comes before the test');
SELECT throws_ok($$SELECT pg_temp.meet('2027-01-26')$$, 'NR001', 'in_the_future', 'and has been held');
SELECT lives_ok($$SELECT pg_temp.meet('2027-01-20')$$, 'control: on its day, for the service that runs the session');
RESET ROLE;
SELECT pg_temp.act('two', '2027-01-25');
SET LOCAL ROLE noria_partner;
SELECT throws_ok($$SELECT pg_temp.meet('2027-01-19')$$, '42501', NULL, 'not for another service');
SELECT is((SELECT count(*) FROM session_meeting), 0::bigint, 'which sees none');
RESET ROLE;
SELECT throws_ok($$UPDATE session_meeting SET came = 1$$, 'NR001', 'append_only', 'it stays');
SAVEPOINT met;
ALTER TABLE session_meeting DISABLE TRIGGER session_meeting_new;
SELECT lives_ok($$INSERT INTO session_meeting (session_id, held_on, site, came, employer_there, account_id)
    SELECT s.id, '2027-01-21', 'Tunis', 40, true, a.id FROM test_session s, account a WHERE a.email = 'two@x.example'$$,
    'control: without its trigger also after the test');
ROLLBACK TO met;

-- The employer's interview ----------------------------------------------------------------------------------------
SET LOCAL session_replication_role = replica;
INSERT INTO matching_run (id, campaign_id, rule, inputs, inputs_hash, seed, result, result_hash, candidates, contracts, places, assigned,
                          proposed, reserve, run_by, run_on)
OVERRIDING SYSTEM VALUE SELECT 1, c.id, 'r', '', sha256('x'), sha256('x'), '', sha256('x'), 1, 1, 1, 1, 1, 0, 1, '2027-01-15' FROM campaign c;
INSERT INTO proposal (id, campaign_id, run_id, contract_id, org_id, candidate_id, rank, first_choice, score, result_points, experience_points,
                      language_points, return_points, state, shown)
OVERRIDING SYSTEM VALUE SELECT 1, c.id, 1, 1, o.id, 1, 1, true, 1, 1, 1, 1, 1, 'proposed', true FROM campaign c, org o WHERE o.name = 'Farm';
SET LOCAL session_replication_role = origin;
ALTER TABLE proposal DISABLE TRIGGER USER, -- of a candidate and a contract who are not there
    DROP CONSTRAINT proposal_contract_whose, DROP CONSTRAINT proposal_candidate_id_fkey;
CREATE FUNCTION pg_temp.interview(day date) RETURNS bigint LANGUAGE sql AS $$SELECT proposal_interview(1, day, 'video')$$;
SELECT pg_temp.act('farm', '2027-01-25');
SET LOCAL ROLE noria_employer;
SELECT throws_ok($$SELECT pg_temp.interview('2027-01-26')$$, 'NR001', 'out_of_range', 'an interview has been held');
SELECT throws_ok($$SELECT pg_temp.interview('2027-01-14')$$, 'NR001', 'out_of_range', 'of somebody who was proposed');
SELECT is(pg_temp.interview('2027-01-20'), 1::bigint, 'control: between, the employer notes it');
RESET ROLE;
SELECT results_eq($$SELECT p.interviewed_on, p.interview_channel, a.email FROM proposal p JOIN account a ON a.id = p.interview_noted_by$$,
                  $$VALUES ('2027-01-20'::date, 'video', 'farm@x.example')$$, 'its day, how, and who noted it');
SELECT is((SELECT count(*) FROM audit_leaf WHERE act = 'proposal.interview'), 1::bigint, 'with a leaf');
SELECT throws_ok($$SELECT pg_temp.interview('2027-01-21')$$, 'NR001', 'proposal_interviewed', 'once: nobody writes over it');
SELECT pg_temp.act('neighbour', '2027-01-25');
SET LOCAL ROLE noria_employer;
SELECT throws_ok($$SELECT pg_temp.interview('2027-01-20')$$, 'NR001', 'not_found', 'another employer''s proposal is not his');
RESET ROLE;
UPDATE proposal SET state = 'refused', reason = 'dates';
SELECT pg_temp.act('farm', '2027-01-25');
SELECT throws_ok($$SELECT pg_temp.interview('2027-01-20')$$, 'NR001', 'conflict', 'nor is one noted after the answer');
SELECT throws_ok($$UPDATE proposal SET interviewed_on = NULL$$, '23514', NULL, 'and none is half noted');
SELECT finish(true);
ROLLBACK;
