-- From proposal to return: binding, moves, exits, six months in twelve, returns, closing.
BEGIN;
SELECT plan(79);
SELECT act_as(1, 1, 'officer', '2027-02-01');

-- --- a small season ---------------------------------------------------------------------------------
CREATE TEMP TABLE ids (name text PRIMARY KEY, id bigint);
GRANT SELECT ON ids TO noria_employer, noria_partner, noria_ofii;
CREATE FUNCTION pg_temp.id(wanted text) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM ids WHERE name = wanted';
WITH o AS (INSERT INTO org (kind, name, siret) VALUES ('employer', 'Farm one', '11111111111111'),
           ('employer', 'Farm two', '22222222222222'), ('partner', 'Service', NULL), ('partner', 'Other', NULL),
           ('ofii', 'Office', NULL) RETURNING id, name)
INSERT INTO ids SELECT name, id FROM o;
WITH a AS (INSERT INTO account (org_id, role, email, name, password_hash)
    VALUES (pg_temp.id('Farm one'), 'employer', 'one@farm.example', 'one', 'x'),
           (pg_temp.id('Farm two'), 'employer', 'two@farm.example', 'two', 'x'),
           (pg_temp.id('Service'), 'partner', 'partner@service.example', 'partner', 'x'),
           (pg_temp.id('Office'), 'officer', 'first@ofii.example', 'first', 'x'),
           (pg_temp.id('Office'), 'officer', 'second@ofii.example', 'second', 'x') RETURNING id, name)
INSERT INTO ids SELECT name, id FROM a;
WITH c AS (INSERT INTO campaign (code, season, name, first_day, last_day)
    VALUES ('P-2027', 2027, 'Test', '2027-03-01', '2027-12-31') RETURNING id)
INSERT INTO ids SELECT 'campaign', id FROM c;
INSERT INTO campaign_service (campaign_id, org_id, quota) VALUES (pg_temp.id('campaign'), pg_temp.id('Service'), 3);
ALTER TABLE contract DISABLE TRIGGER USER; -- the contract's own rules are tested elsewhere
CREATE FUNCTION pg_temp.contract(wanted text, farm text, n int, a date, b date) RETURNS void LANGUAGE sql AS $$
    WITH k AS (INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome,
                   crop, tasks, commune, weekly_hours, hourly_wage, submitted_on, due_on)
               VALUES (pg_temp.id('campaign'), pg_temp.id(farm), wanted, 'AAAAAA', 'approved', n, a, b, 'A1401', 'apples',
                       'picking', '84007', 35, 13, '2027-01-01', '2027-02-01') RETURNING id, campaign_id),
    i AS (INSERT INTO ids SELECT wanted, id FROM k)
    INSERT INTO contract_place (contract_id, campaign_id, place_no)
    SELECT k.id, k.campaign_id, g FROM k, generate_series(1, n) g
$$;
SELECT pg_temp.contract('spring', 'Farm one', 2, '2027-03-01', '2027-06-30');
SELECT pg_temp.contract('summer', 'Farm two', 2, '2027-07-01', '2027-10-31');
CREATE FUNCTION pg_temp.candidate(wanted text) RETURNS void LANGUAGE sql AS $$
    WITH w AS (INSERT INTO worker DEFAULT VALUES RETURNING id),
    s AS (INSERT INTO worker_identity SELECT id, repeat('x', 42)::bytea FROM w),
    c AS (INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key,
              available_from, available_to, consent_at, entered_by)
          SELECT pg_temp.id('campaign'), pg_temp.id('Service'), id, 'AAAA-000' || right(wanted, 1), 'preselected',
              decode(md5(wanted), 'hex'), decode(md5(wanted || 'p'), 'hex'), decode(md5(wanted || 's'), 'hex'),
              '2027-01-01', '2027-12-31', now(), 1 FROM w RETURNING id, worker_id)
    INSERT INTO ids SELECT wanted, id FROM c UNION ALL SELECT 'w' || right(wanted, 1), worker_id FROM c
$$;
SELECT pg_temp.candidate('c' || n) FROM generate_series(1, 6) n;
UPDATE campaign SET state = 'open' WHERE id = pg_temp.id('campaign');
UPDATE campaign SET state = 'matching' WHERE id = pg_temp.id('campaign');
WITH r AS (INSERT INTO matching_run (campaign_id, rule, inputs, inputs_hash, seed, result, result_hash, candidates, contracts,
               places, assigned, proposed, reserve, run_by, run_on)
           VALUES (pg_temp.id('campaign'), 'test', '', sha256(''), sha256('s'), '', sha256(''), 0, 0, 0, 0, 0, 0,
                   pg_temp.id('first'), today()) RETURNING id)
INSERT INTO ids SELECT 'run', id FROM r;
CREATE FUNCTION pg_temp.propose(wanted text, contract text, farm text, who text, place int, as_state text DEFAULT 'proposed')
RETURNS void LANGUAGE sql AS $$
    WITH p AS (INSERT INTO proposal (campaign_id, run_id, contract_id, org_id, candidate_id, rank, first_choice, score,
                   result_points, experience_points, language_points, return_points, state, shown)
               VALUES (pg_temp.id('campaign'), pg_temp.id('run'), pg_temp.id(contract), pg_temp.id(farm), pg_temp.id(who),
                       place, false, 0, 0, 0, 0, 0, as_state, as_state <> 'reserve') RETURNING id)
    INSERT INTO ids SELECT wanted, id FROM p
$$;
SELECT pg_temp.propose('p1', 'spring', 'Farm one', 'c1', 1), pg_temp.propose('p2', 'spring', 'Farm one', 'c2', 2),
       pg_temp.propose('p3', 'spring', 'Farm one', 'c3', 3), pg_temp.propose('p4', 'spring', 'Farm one', 'c4', 4, 'reserve'),
       pg_temp.propose('q1', 'summer', 'Farm two', 'c1', 1), pg_temp.propose('q3', 'summer', 'Farm two', 'c3', 2),
       pg_temp.propose('q5', 'summer', 'Farm two', 'c5', 3), pg_temp.propose('q6', 'summer', 'Farm two', 'c6', 4, 'reserve');
CREATE FUNCTION pg_temp.be(who text, farm text, part text, day date DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    SELECT act_as(pg_temp.id(who), pg_temp.id(farm), part, coalesce(day, today()))
$$;
CREATE FUNCTION pg_temp.fact(p text, fact text, happened date DEFAULT NULL, said text DEFAULT 'test', remark text DEFAULT 'why')
RETURNS bigint LANGUAGE sql AS $$
    SELECT placement_record(pg_temp.id(p), fact, coalesce(happened, today()), said, remark)
$$;

-- --- binding ----------------------------------------------------------------------------------------
SELECT pg_temp.be('two', 'Farm two', 'employer');
SELECT throws_ok($$SELECT proposal_accept(pg_temp.id('p1'))$$, 'NR001', 'not_found', 'another employer cannot accept');
SELECT pg_temp.be('one', 'Farm one', 'employer');
SELECT throws_ok($$SELECT proposal_accept(pg_temp.id('p4'))$$, 'NR001', 'not_found', 'a reserve cannot be accepted');
INSERT INTO ids SELECT 'one_1', proposal_accept(pg_temp.id('p1'));
SELECT ok(pg_temp.id('one_1') IS NOT NULL, 'control: an offer is accepted');
SELECT is((SELECT taken FROM contract WHERE id = pg_temp.id('spring')), 1, 'the contract counts the place');
SELECT is((SELECT used FROM campaign_service WHERE campaign_id = pg_temp.id('campaign')), 1, 'the service counts its quota');
SELECT is((SELECT count(*) FROM contract_place WHERE placement_id = pg_temp.id('one_1')), 1::bigint, 'a place row is taken');
SELECT is((SELECT period FROM worker_stay WHERE placement_id = pg_temp.id('one_1')), '[2027-03-01,2027-07-01)'::daterange,
          'the days are counted');
SELECT is((SELECT state || ' ' || reason FROM proposal WHERE id = pg_temp.id('q1')), 'lapsed bound_elsewhere',
          'other offers of the bound candidate lapse');
SELECT is((SELECT state FROM proposal WHERE id = pg_temp.id('q6')), 'proposed', 'and a reserve is called there');
SELECT is((SELECT return_due FROM placement WHERE id = pg_temp.id('one_1')), '2027-07-05'::date,
          'the return is due after the travel days');
SELECT is((SELECT count(*) FROM audit_leaf WHERE act = 'candidate.unseal' AND object_id = pg_temp.id('c1')), 1::bigint,
          'the unsealing has its leaf');
SELECT throws_ok($$SELECT proposal_accept(pg_temp.id('p1'))$$, 'NR001', 'conflict', 'an offer is accepted once');
SELECT is((SELECT count(*) FROM placement_unseal(pg_temp.id('one_1'), 'test')), 1::bigint, 'the employer sees whom he bound');
SELECT pg_temp.be('two', 'Farm two', 'employer');
SELECT throws_ok($$SELECT placement_unseal(pg_temp.id('one_1'), 'test')$$, 'NR001', 'not_found', 'another employer does not');
SELECT pg_temp.be('one', 'Farm one', 'employer');

-- held
INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, due_on)
VALUES ('mrz_check_digit', 'serious', true, false, pg_temp.id('c2'), today());
SELECT throws_ok($$SELECT proposal_accept(pg_temp.id('p2'))$$, 'NR001', 'candidate_is_held', 'a held candidate is not bound');
DELETE FROM fraud_case WHERE candidate_id = pg_temp.id('c2');
SELECT is((SELECT string_agg(coalesce(code, 'bound'), ',' ORDER BY proposal_id)
           FROM proposal_accept_many(ARRAY[pg_temp.id('p2'), pg_temp.id('p3')])), 'bound,places_taken',
          'of two for one place one is bound; the other became a reserve');
INSERT INTO ids SELECT 'one_2', id FROM placement WHERE proposal_id = pg_temp.id('p2');
SELECT is((SELECT state FROM contract WHERE id = pg_temp.id('spring')), 'filled', 'a full contract is filled');
SELECT is((SELECT state FROM proposal WHERE id = pg_temp.id('p3')), 'reserve', 'who was not chosen waits as a reserve');

-- quota
UPDATE campaign_service SET quota = 2 WHERE campaign_id = pg_temp.id('campaign');
SELECT pg_temp.be('two', 'Farm two', 'employer');
SELECT throws_ok($$SELECT proposal_accept(pg_temp.id('q5'))$$, '23514', NULL, 'a service past its quota binds nobody');
UPDATE campaign_service SET quota = 9 WHERE campaign_id = pg_temp.id('campaign');

-- an employer's refusal
SELECT throws_ok($$SELECT proposal_refuse(pg_temp.id('q5'), 'too old')$$, '23514', NULL, 'a refusal has a reason of the list');
SELECT lives_ok($$SELECT proposal_refuse(pg_temp.id('q5'), 'dates')$$, 'control: a listed reason');

-- --- six months -------------------------------------------------------------------------------------
SELECT pg_temp.be('first', 'Office', 'officer');
SELECT throws_ok($$SELECT stay_record(pg_temp.id('c1'), '2027-06-30', '2027-07-10', 'card')$$, '23P01', NULL,
                 'stays do not overlap');
SELECT throws_ok($$SELECT stay_record(pg_temp.id('c1'), '2027-07-01', '2027-08-31', 'card')$$, 'NR001', 'six_months',
                 '122 and 62 days are one too many');
SELECT lives_ok($$SELECT stay_record(pg_temp.id('c1'), '2027-07-01', '2027-08-30', 'card')$$, 'control: 183 days are allowed');
SELECT throws_ok($$UPDATE worker_stay SET period = '[2027-07-01,2027-09-01)' WHERE worker_id = pg_temp.id('w1')
                   AND placement_id IS NULL$$, 'NR001', 'six_months', 'nor by lengthening one');
SELECT lives_ok($$SELECT stay_record(pg_temp.id('c1'), '2028-02-29', '2028-03-31', 'card')$$,
                'a year later the days are free again');
SELECT is((SELECT version FROM worker WHERE id = pg_temp.id('w1')) > 1, true, 'each change bumps the worker');

-- --- moves ------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT pg_temp.fact('one_1', 'departed')$$, 'NR001', 'fact_not_now', 'no departure out of the blue');
SELECT throws_ok($$SELECT pg_temp.fact('one_1', 'authorised', today() + 1)$$, 'NR001', 'fact_in_future', 'no fact of tomorrow');
SELECT pg_temp.be('one', 'Farm one', 'employer');
SELECT throws_ok($$SELECT pg_temp.fact('one_1', 'authorised')$$, 'NR001', 'fact_not_yours', 'an employer authorises nobody');
SELECT throws_ok($$SELECT pg_temp.fact('one_1', 'complaint')$$, 'NR001', 'fact_not_yours', 'nor files complaints');
SELECT pg_temp.be('first', 'Office', 'officer');
SELECT pg_temp.fact('one_1', k) FROM unnest(ARRAY['authorised', 'visa', 'fit']) k;
SELECT is((SELECT state FROM placement WHERE id = pg_temp.id('one_1')), 'ready', 'visa before medical is as good');
SELECT pg_temp.fact('one_2', k) FROM unnest(ARRAY['authorised', 'convoked', 'fit', 'visa']) k;
SELECT is((SELECT state FROM placement WHERE id = pg_temp.id('one_2')), 'ready', 'medical before visa too');
SELECT throws_ok($$UPDATE placement SET state = 'returned_verified' WHERE id = pg_temp.id('one_2')$$, 'NR001', 'fact_not_now',
                 'no state is jumped to, whoever writes');
SELECT throws_ok($$DELETE FROM placement_fact$$, 'NR001', 'append_only', 'facts stay');

-- a withdrawal before departure gives everything back
SELECT pg_temp.fact('one_2', 'withdrawn');
SELECT is((SELECT taken || state FROM contract WHERE id = pg_temp.id('spring')), '1approved', 'the place is free again');
SELECT is((SELECT used FROM campaign_service WHERE campaign_id = pg_temp.id('campaign')), 1, 'the quota too');
SELECT is((SELECT count(*) FROM worker_stay WHERE placement_id = pg_temp.id('one_2')), 0::bigint, 'and the days');
SELECT is((SELECT string_agg(state, ',' ORDER BY rank) FROM proposal WHERE contract_id = pg_temp.id('spring') AND rank > 2),
          'proposed,reserve', 'a reserve is called');
SELECT pg_temp.be('one', 'Farm one', 'employer');
INSERT INTO ids SELECT 'one_3', proposal_accept(pg_temp.id('p3'));
SELECT throws_ok($$SELECT placement_unseal(pg_temp.id('one_2'), 'test')$$, 'NR001', 'not_found',
                 'the identity of one who left is closed again');
SELECT pg_temp.be('first', 'Office', 'officer');
SELECT is(placement_record_many(pg_temp.id('campaign'), (SELECT jsonb_agg(jsonb_build_object('placement_id',
    pg_temp.id('one_3'), 'kind', k, 'day', '2027-02-01', 'source', 'list') ORDER BY n)
    FROM unnest(ARRAY['authorised', 'fit', 'visa']) WITH ORDINALITY x (k, n))), 3::bigint, 'many facts in one go');

-- --- returns ----------------------------------------------------------------------------------------
SELECT pg_temp.be('first', 'Office', 'officer', '2027-03-01');
SELECT pg_temp.fact('one_1', k), pg_temp.fact('one_3', k) FROM unnest(ARRAY['departed', 'arrived', 'working']) k;
SELECT is((SELECT (departed, present, unexplained) FROM campaign_balance(pg_temp.id('campaign'))), (2::bigint, 2::bigint, 0::bigint),
          'the balance holds in season');
SELECT pg_temp.be('first', 'Office', 'officer', '2027-07-20');
SELECT pg_temp.fact('one_1', 'ended', '2027-06-30'), pg_temp.fact('one_3', 'ended', '2027-06-30');
SELECT throws_ok($$SELECT return_evidence_add(pg_temp.id('one_1'), 'desk', today(), NULL, true, false, true, 'list', NULL)$$,
                 '23514', NULL, 'a desk check-in needs the person');
SELECT return_evidence_add(pg_temp.id('one_1'), 'phone_call', today(), NULL, true, false, false, NULL, NULL);
SELECT return_evidence_add(pg_temp.id('one_1'), 'ticket_copy', today(), NULL, false, false, false, NULL, NULL) FROM generate_series(1, 2);
SELECT is((SELECT state FROM placement WHERE id = pg_temp.id('one_1')), 'ended', 'one kind of copy and a call prove nothing');
SELECT return_evidence_add(pg_temp.id('one_1'), 'photo', today(), NULL, false, false, false, NULL, NULL);
SELECT is((SELECT state FROM placement WHERE id = pg_temp.id('one_1')), 'returned_declared', 'two kinds of copies make it declared');
SELECT return_evidence_add(pg_temp.id('one_1'), 'exit_stamp', '2027-07-04', NULL, false, false, false, NULL, NULL);
SELECT is((SELECT state FROM placement WHERE id = pg_temp.id('one_1')), 'returned_declared', 'a stamp that is no original verifies nothing');
SELECT pg_temp.be('partner', 'Service', 'partner', '2027-08-01');
SELECT return_evidence_add(pg_temp.id('one_1'), 'desk', today(), NULL, true, true, true, 'passport', NULL);
SELECT is((SELECT state FROM placement WHERE id = pg_temp.id('one_1')), 'returned_verified', 'presence at the partner desk does');
SELECT is((SELECT grade FROM return_evidence WHERE placement_id = pg_temp.id('one_1') ORDER BY id DESC LIMIT 1), 'A-', 'with grade A-');

-- non-return
SELECT pg_temp.be('first', 'Office', 'officer', '2027-08-04');
SELECT throws_ok($$SELECT non_return_propose(pg_temp.id('one_3'), 'gone')$$, 'NR001', 'non_return_too_early', 'not within the time to check in');
SELECT pg_temp.be('first', 'Office', 'officer', '2027-08-06');
SELECT is((SELECT (overdue, unexplained) FROM campaign_balance(pg_temp.id('campaign'))), (1::bigint, 0::bigint), 'he is overdue');
SELECT throws_ok($$SELECT non_return_propose(pg_temp.id('one_3'), 'gone')$$, 'NR001', 'contact_attempts_missing', 'not unsought');
SELECT pg_temp.fact('one_3', 'contact', NULL, c) FROM unnest(ARRAY['phone', 'phone', 'letter']) c;
SELECT pg_temp.fact('one_3', 'complaint');
SELECT throws_ok($$SELECT non_return_propose(pg_temp.id('one_3'), 'gone')$$, 'NR001', 'complaint_open', 'not while he complains');
SELECT pg_temp.fact('one_3', 'complaint_settled');
SELECT non_return_propose(pg_temp.id('one_3'), 'gone');
SELECT pg_temp.be('second', 'Office', 'officer');
SELECT throws_ok($$SELECT non_return_decide(pg_temp.id('one_3'), 'confirmed', 'yes')$$, 'NR001', 'non_return_too_early', 'not decided before its day');
SELECT pg_temp.be('first', 'Office', 'officer', '2027-09-04');
SELECT throws_ok($$SELECT non_return_decide(pg_temp.id('one_3'), 'confirmed', 'yes')$$, '23514', NULL, 'not by the same person');

-- closing
UPDATE campaign SET state = 'season' WHERE id = pg_temp.id('campaign');
-- what nobody answered ends with the season
CREATE TEMP TABLE waiting AS
SELECT id, version FROM proposal WHERE campaign_id = pg_temp.id('campaign') AND state IN ('proposed', 'reserve');
SELECT cmp_ok((SELECT count(*) FROM waiting), '>', 0::bigint, 'control: some wait while the season lasts');
ALTER TABLE campaign DISABLE TRIGGER proposals_end;
SAVEPOINT unguarded;
UPDATE campaign SET state = 'returns' WHERE id = pg_temp.id('campaign');
SELECT is((SELECT count(*) FROM proposal p JOIN waiting USING (id) WHERE p.state IN ('proposed', 'reserve')),
          (SELECT count(*) FROM waiting), 'control: without the trigger they would wait for ever');
ROLLBACK TO unguarded;
ALTER TABLE campaign ENABLE TRIGGER proposals_end;
UPDATE campaign SET state = 'returns' WHERE id = pg_temp.id('campaign');
SELECT is((SELECT count(*) FROM proposal p JOIN waiting w USING (id)
           WHERE (p.state, p.reason, p.version) = ('lapsed', 'season_over', w.version + 1)),
          (SELECT count(*) FROM waiting), 'all of them lapse with the season');
SELECT is((SELECT count(*) FROM proposal WHERE campaign_id <> pg_temp.id('campaign') AND reason = 'season_over'), 0::bigint,
          'and nobody else''s');
SELECT throws_ok($$SELECT closing_sign(pg_temp.id('campaign'))$$, 'NR001', 'campaign_not_settled', 'no closing while one is open');
SELECT throws_ok($$UPDATE campaign SET state = 'closed' WHERE id = pg_temp.id('campaign')$$, 'NR001', 'closing_not_signed', 'nor without an act');
SELECT pg_temp.be('second', 'Office', 'officer', '2027-09-04');
SELECT non_return_decide(pg_temp.id('one_3'), 'confirmed', 'yes');
SELECT is((SELECT (departed, returned_verified, non_return, unexplained) FROM campaign_balance(pg_temp.id('campaign'))),
          (2::bigint, 1::bigint, 1::bigint, 0::bigint), 'the balance is zero');
CREATE TEMP TABLE act (hash bytea);
INSERT INTO act SELECT closing_sign(pg_temp.id('campaign'));
SELECT throws_ok($$SELECT closing_countersign(pg_temp.id('campaign'), (SELECT hash FROM act), '\x00')$$, '23514', NULL,
                 'the first signer does not countersign');
SELECT pg_temp.be('first', 'Office', 'officer', '2027-09-05');
SELECT throws_ok($$SELECT closing_countersign(pg_temp.id('campaign'), sha256('other'), '\x00')$$, 'NR001', 'closing_list_changed',
                 'only the list that was signed');
SELECT closing_countersign(pg_temp.id('campaign'), (SELECT hash FROM act), '\x00');
SELECT is((SELECT state FROM campaign WHERE id = pg_temp.id('campaign')), 'closed', 'two signatures close it');
SELECT throws_ok($$UPDATE closing_act SET body = '{}'$$, 'NR001', 'append_only', 'the act stays as signed');
SELECT throws_ok($$SELECT pg_temp.fact('one_3', 'contact')$$, 'NR001', 'campaign_closed', 'a closed campaign takes no facts');
SELECT reopened_open(pg_temp.id('one_3'), 'came home in October');
SELECT lives_ok($$SELECT return_evidence_add(pg_temp.id('one_3'), 'desk', today(), NULL, true, true, true, 'list', NULL)$$,
                'a reopened case does');
SELECT is((SELECT state FROM placement WHERE id = pg_temp.id('one_3')), 'returned_late', 'late, but home');

-- --- exceptions, extensions and over-long stays, in a campaign of their own ---------------------------
ALTER TABLE placement DISABLE TRIGGER placement_release;
SELECT pg_temp.be('first', 'Office', 'officer', '2027-02-01');
WITH c AS (INSERT INTO campaign (code, season, name, first_day, last_day, state)
    VALUES ('P-2028', 2027, 'Second', '2027-03-01', '2027-12-31', 'season') RETURNING id)
UPDATE ids SET id = (SELECT id FROM c) WHERE name = 'campaign';
SELECT pg_temp.contract('late', 'Farm one', 3, '2027-03-01', '2027-06-30');
WITH p AS (INSERT INTO placement (campaign_id, contract_id, place_no, candidate_id, worker_id, org_id, service_id, first_day,
               last_day, return_due, bound_by, state, departed_on)
    SELECT pg_temp.id('campaign'), pg_temp.id('late'), n, pg_temp.id('c' || n + 3), pg_temp.id('w' || n + 3),
           pg_temp.id('Farm one'), pg_temp.id('Service'), '2027-03-01', '2027-06-30', '2027-07-05', pg_temp.id('one'),
           'working', '2027-03-01' FROM generate_series(1, 3) n RETURNING id, place_no, worker_id, campaign_id, first_day, last_day),
s AS (INSERT INTO worker_stay (worker_id, campaign_id, placement_id, period)
      SELECT worker_id, campaign_id, id, daterange(first_day, last_day, '[]') FROM p)
INSERT INTO ids SELECT 'late_' || place_no, id FROM p;
SELECT pg_temp.be('first', 'Office', 'officer', '2027-06-15');
SELECT throws_ok($$SELECT exception_record(pg_temp.id('late_1'), 'hospital', 'certificate', 'hospital', NULL)$$, '23514', NULL,
                 'an exception that can end needs its end');
SELECT exception_record(pg_temp.id('late_1'), 'extension', 'authorisation 2', 'prefecture', '2027-08-31');
SELECT is((SELECT state FROM placement WHERE id = pg_temp.id('late_1')), 'working', 'one person alone extends nothing');
SELECT throws_ok($$SELECT exception_decide((SELECT max(id) FROM return_exception), true)$$, '23514', NULL, 'nor twice the same person');
SELECT pg_temp.be('second', 'Office', 'officer', '2027-06-15');
SELECT throws_ok($$SELECT exception_decide((SELECT max(id) FROM return_exception), true)$$, 'NR001', 'six_months',
                 'an extension past six months is refused');
SELECT exception_decide((SELECT max(id) FROM return_exception), false);
SELECT pg_temp.be('first', 'Office', 'officer', '2027-06-15');
SELECT exception_record(pg_temp.id('late_1'), 'extension', 'authorisation 2', 'prefecture', '2027-08-30');
SELECT pg_temp.be('second', 'Office', 'officer', '2027-06-15');
SELECT exception_decide((SELECT max(id) FROM return_exception), true);
SELECT is((SELECT (state, last_day, return_due) FROM placement WHERE id = pg_temp.id('late_1')),
          ('extended'::text, '2027-08-30'::date, '2027-08-30'::date),
          'control: to the 183rd day it holds, and the return is due that very day');
-- leaving early frees days; leaving late is flagged
SELECT pg_temp.be('first', 'Office', 'officer', '2027-10-20');
SELECT pg_temp.fact('late_2', 'ended', '2027-05-31');
SELECT is((SELECT upper(period) FROM worker_stay WHERE placement_id = pg_temp.id('late_2')), '2027-06-01'::date, 'ending early frees days');
SELECT is((SELECT return_due FROM placement WHERE id = pg_temp.id('late_2')), '2027-06-05'::date, 'and brings the return forward');
SELECT pg_temp.fact('late_3', 'ended', '2027-06-30');
SELECT return_evidence_add(pg_temp.id('late_3'), 'desk', '2027-10-15', '2027-10-10', true, true, true, 'list', NULL);
SELECT is((SELECT (state, overstay_days) FROM placement WHERE id = pg_temp.id('late_3')), ('returned_late'::text, 41),
          'home late, and 41 days past the last lawful one');
SELECT is((SELECT count(*) FROM fraud_case WHERE rule = 'stay_too_long' AND placement_id = pg_temp.id('late_3')), 1::bigint,
          'a person is asked to judge it');
SELECT is((SELECT upper(period) FROM worker_stay WHERE placement_id = pg_temp.id('late_3')), '2027-08-31'::date,
          'the lawful days are all used up');
SELECT is((SELECT (departed, unexplained) FROM campaign_balance(pg_temp.id('campaign'))), (0::bigint, -3::bigint),
          'control: departures that nobody stated show in the balance');
SELECT * FROM finish();
ROLLBACK;
