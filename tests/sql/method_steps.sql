-- Steps of the method around the test: diagnoses and information meetings stay as they were written, by their
-- author, in their order; the interview only while the proposal waits; corrections. Each guard has its control.
BEGIN;
SELECT plan(57);
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
    INSERT INTO diagnosis (org_id, rome, held_on, posts, source, finding)
    VALUES (coalesce(employer_by_siret(siret), 0), rome, day, 12, 'visit', 'simulation') RETURNING id
$$;
SELECT pg_temp.act('one');
SET LOCAL ROLE noria_partner;
SELECT throws_ok($$SELECT pg_temp.diagnose('00000000000000')$$, 'NR001', 'unknown_reference', 'with an employer that there is');
SELECT throws_ok($$SELECT pg_temp.diagnose(rome => 'Z9999')$$, 'NR001', 'unknown_reference', 'of a job that there is');
SELECT throws_ok($$SELECT pg_temp.diagnose(day => '2027-01-16')$$, 'NR001', 'in_the_future', 'that has been made');
SELECT lives_ok($$SELECT pg_temp.diagnose()$$, 'control: an assessor writes one down');
SELECT results_eq($$SELECT f.field FROM diagnosis_faults(0, 'Z9999', '2027-01-16') f$$, $$VALUES ('siret'), ('rome'), ('held_on')$$,
                  'his form names all that is wrong');
SELECT is_empty($$SELECT f.field FROM diagnosis_faults(employer_by_siret('73282932000074'), 'A1402', '2027-01-10') f$$, 'control: and nothing that is right');
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
    INSERT INTO session_meeting (session_id, held_on, site, came, employer_there)
    SELECT s.id, day, 'Tunis', 40, true FROM test_session s RETURNING id
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
ALTER TABLE session_meeting DISABLE TRIGGER step_new;
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
CREATE FUNCTION pg_temp.interview(day date, wrong bigint DEFAULT NULL, why text DEFAULT NULL) RETURNS bigint LANGUAGE sql AS
    $$SELECT proposal_interview(1, day, 'video', wrong, why)$$;
SELECT pg_temp.act('farm', '2027-01-25');
SET LOCAL ROLE noria_employer;
SELECT throws_ok($$SELECT pg_temp.interview('2027-01-26')$$, 'NR001', 'out_of_range', 'an interview has been held');
SELECT throws_ok($$SELECT pg_temp.interview('2027-01-14')$$, 'NR001', 'out_of_range', 'of somebody who was proposed');
SELECT lives_ok($$SELECT pg_temp.interview('2027-01-20')$$, 'control: between, the employer notes it');
RESET ROLE;
SELECT results_eq($$SELECT i.held_on, i.channel, a.email FROM interview i JOIN account a ON a.id = i.account_id$$,
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

-- Corrections: the same of the three ----------------------------------------------------------------------------------
CREATE TEMP TABLE step AS SELECT * FROM (VALUES
    ('diagnosis', 'one', 'noria_partner', 'posts, source, finding, rome, org_id', 'org_id'),
    ('session_meeting', 'one', 'noria_partner', 'site, came, employer_there, session_id', 'session_id'),
    ('interview', 'farm', 'noria_employer', 'channel, proposal_id', 'proposal_id')) AS t (name, author, class, same, of);
GRANT SELECT ON step TO PUBLIC;
-- As the login that the step is written by; the interview by its function.
CREATE FUNCTION pg_temp.last(t text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    id bigint;
BEGIN
    EXECUTE format('SELECT max(id) FROM %I', t) INTO id;
    RETURN id;
END
$$;
CREATE FUNCTION pg_temp.correct(t text, wrong bigint, why text, day date DEFAULT '2027-01-19') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    s record;
    made bigint;
BEGIN
    SELECT * INTO s FROM step WHERE name = t;
    IF t = 'interview' AND session_user <> current_user THEN
        RETURN pg_temp.interview(day, wrong, why);
    END IF;
    EXECUTE format('INSERT INTO %I (%s, held_on, supersedes, reason) SELECT %2$s, $1, $2, $3 FROM %1$I WHERE id = $2 RETURNING id', t, s.same)
    INTO made USING day, wrong, why;
    RETURN made;
END
$$;
CREATE FUNCTION pg_temp.corrections(t text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    s record;
    first bigint := pg_temp.last(t);
    n bigint;
BEGIN
    SELECT * INTO s FROM step WHERE name = t;
    PERFORM pg_temp.act(s.author, '2027-01-25');
    EXECUTE format('SET LOCAL ROLE %I', s.class);
    RETURN NEXT throws_ok(format('SELECT pg_temp.correct(%L, %s, NULL)', t, first), '23514', NULL, t || ': a correction has its reason');
    RETURN NEXT throws_ok(format('SELECT pg_temp.correct(%L, %s, ''mistyped'', ''2027-01-26'')', t, first), 'NR001', NULL, 'and a day that has been');
    RETURN NEXT lives_ok(format('SELECT pg_temp.correct(%L, %s, ''mistyped'')', t, first), 'control: who wrote it corrects it');
    RETURN NEXT throws_ok(format('SELECT pg_temp.correct(%L, %s, ''mistyped'')', t, first), 'NR001', 'step_superseded', 'once');
    RESET ROLE;
    EXECUTE format('SELECT count(*) FROM %I WHERE id = %s AND held_on <> ''2027-01-19''', t, first) INTO n;
    RETURN NEXT is(n, 1::bigint, 'what was written stays');
    RETURN NEXT throws_ok(format('UPDATE %I SET held_on = ''2027-01-18''', t), 'NR001', 'append_only', 'and the correction too');
    PERFORM pg_temp.act('two', '2027-01-25');
    RETURN NEXT throws_ok(format('SELECT pg_temp.correct(%L, %s, ''misinformed'')', t, pg_temp.last(t)), 'NR001', 'step_of_another', 'another does not');
    PERFORM pg_temp.act('lead', '2027-01-25');
    RETURN NEXT lives_ok(format('SELECT pg_temp.correct(%L, %s, ''not_held'')', t, pg_temp.last(t)), 'control: an officer does');
END
$$;
SELECT x FROM step s, pg_temp.corrections(s.name) x;
CREATE FUNCTION pg_temp.seen_interviews(mail text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    n bigint;
BEGIN
    PERFORM pg_temp.act(mail);
    SET LOCAL ROLE noria_employer;
    SELECT count(*) INTO n FROM interview;
    RESET ROLE;
    RETURN n;
END
$$;
SELECT is(pg_temp.seen_interviews('farm'), 3::bigint, 'the employer sees what was noted and how it was corrected');
SELECT is(pg_temp.seen_interviews('neighbour'), 0::bigint, 'another one does not');
CREATE FUNCTION pg_temp.twice() RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO diagnosis (org_id, rome, held_on, posts, source, finding, account_id, supersedes, reason)
    SELECT d.org_id, d.rome, d.held_on, 13, d.source, d.finding, d.account_id, d.supersedes, d.reason
    FROM diagnosis d WHERE d.supersedes IS NOT NULL LIMIT 1 RETURNING id
$$;
ALTER TABLE diagnosis DISABLE TRIGGER step_new;
SELECT throws_ok($$SELECT pg_temp.twice()$$, '23505', NULL, 'the table itself holds one correction of an entry');
ALTER TABLE diagnosis DROP CONSTRAINT diagnosis_superseded_once;
SELECT lives_ok($$SELECT pg_temp.twice()$$, 'control: without its constraint it holds two');
SELECT finish(true);
ROLLBACK;
