-- Derogations from six months in twelve, transfers, corrections: the acts, what they cover, who is refused.
\i tests/support/season.sql
BEGIN;
SELECT plan(60);
SELECT act_as(1, 1, 'officer', '2027-01-15');
SELECT t_season();
CREATE FUNCTION pg_temp.be(who text, role text DEFAULT 'officer', day date DEFAULT '2027-05-01') RETURNS text LANGUAGE sql AS
    $$SELECT act_as(t_id(who), CASE role WHEN 'officer' THEN t_id('office') ELSE t_id('farm') END, role, day)$$;
CREATE FUNCTION pg_temp.keep(called text, made bigint) RETURNS bigint LANGUAGE sql AS
    $$INSERT INTO t_ids VALUES (called, made) RETURNING id$$;
WITH o AS (INSERT INTO org (kind, name, siret) VALUES ('employer', 'other farm', '33333333333333') RETURNING id)
INSERT INTO t_ids SELECT 'other farm', id FROM o;
-- A worker at work on a contract of March to June (122 days), by way of the acts themselves.
CREATE FUNCTION pg_temp.at_work(called text, contract bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    placed bigint;
BEGIN
    PERFORM pg_temp.be('farmer', 'employer', '2027-01-15');
    placed := proposal_accept(t_proposal(contract));
    PERFORM pg_temp.be('officer', day => '2027-03-01');
    PERFORM placement_record(placed, k, '2027-03-01', 'test', NULL)
    FROM unnest(ARRAY['authorised', 'fit', 'visa', 'departed', 'arrived', 'working']) k;
    RETURN pg_temp.keep(called, placed);
END
$$;
CREATE FUNCTION pg_temp.stay(called text) RETURNS worker_stay LANGUAGE sql AS
    $$SELECT s FROM worker_stay s WHERE s.placement_id = t_id(called)$$;
-- Recorded by one officer, confirmed by the other.
CREATE FUNCTION pg_temp.extend(called text, upto date) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.be('officer');
    PERFORM exception_record(t_id(called), 'extension', 'authorisation', 'prefecture', upto);
    PERFORM pg_temp.be('second');
    RETURN exception_decide((SELECT max(id) FROM return_exception), true);
END
$$;
SELECT pg_temp.keep('spring', t_contract(6));
SELECT pg_temp.at_work(n, t_id('spring')) FROM unnest(ARRAY['a', 'b', 'c', 'd', 'e']) n;

-- --- two officers, one text, which stays as it is -------------------------------------------------------
SELECT throws_ok($$SELECT pg_temp.extend('a', '2027-09-30')$$, 'NR001', 'six_months', 'without a derogation 214 days are too many');
SELECT pg_temp.be('officer');
SELECT pg_temp.keep('nine', derogation_propose('{"title": "Nine months", "legal_source": "Decision of 16 March",
    "from_day": "2027-05-01", "to_day": "2027-12-31", "most_months": 9}', NULL));
SELECT is((SELECT derogation_state(d) FROM derogation d WHERE d.id = t_id('nine')), 'proposed', 'one signature proposes');
SELECT throws_ok($$SELECT pg_temp.extend('a', '2027-09-30')$$, 'NR001', 'six_months', 'and covers nobody');
SELECT pg_temp.be('officer');
SELECT throws_ok($$SELECT derogation_sign(t_id('nine'), (SELECT sha256 FROM derogation))$$, '23514', NULL, 'the same officer does not sign twice');
SELECT pg_temp.be('farmer', 'employer');
SELECT throws_ok($$SELECT derogation_sign(t_id('nine'), (SELECT sha256 FROM derogation))$$, 'NR001', 'forbidden', 'nor an employer');
SELECT pg_temp.be('second');
SELECT throws_ok($$SELECT derogation_sign(t_id('nine'), sha256('another'))$$, 'NR001', 'derogation_other_text', 'nor another text');
SELECT lives_ok($$SELECT derogation_sign(t_id('nine'), (SELECT sha256 FROM derogation))$$, 'control: the second officer, this text');
SELECT throws_ok($$SELECT derogation_sign(t_id('nine'), (SELECT sha256 FROM derogation))$$, 'NR001', 'conflict', 'once');
SELECT is((SELECT derogation_state(d) FROM derogation d WHERE d.id = t_id('nine')), 'in_force', 'two put it in force');
SELECT is((SELECT string_agg(act, ' ' ORDER BY id) FROM audit_leaf WHERE object_kind = 'derogation'),
          'derogation.propose derogation.sign', 'each act has its leaf');
SELECT throws_ok($$UPDATE derogation SET most_months = 8$$, 'NR001', 'append_only', 'what it says stays');
SELECT throws_ok($$UPDATE derogation SET to_day = '2028-01-31'$$, 'NR001', 'append_only', 'and its days');
SELECT throws_ok($$UPDATE derogation SET signed_by = NULL, signed_at = NULL$$, 'NR001', 'append_only', 'and who signed');
SELECT throws_ok($$DELETE FROM derogation$$, 'NR001', 'append_only', 'and the row');
SELECT pg_temp.be('officer');
SELECT throws_ok($$SELECT derogation_propose('{"title": "t", "legal_source": "s", "from_day": "2027-05-01", "to_day": "2027-12-31",
    "most_months": 10}', NULL)$$, '23514', NULL, 'directive 2014/36/EU art. 14: at most nine months');
SELECT throws_ok($$SELECT derogation_propose('{"title": "t", "legal_source": "s", "from_day": "2027-05-01", "to_day": "2027-12-31",
    "most_months": 9, "most_days": 200}', NULL)$$, '23514', NULL, 'months or days');
SELECT throws_ok($$SELECT derogation_propose('{"title": "t", "legal_source": "s", "from_day": "2027-05-01", "to_day": "2030-12-31",
    "most_months": 9}', NULL)$$, '23514', NULL, 'it ends within two years');
SELECT throws_ok($$SELECT derogation_propose('{"title": "t", "legal_source": "s", "from_day": "2027-05-01", "to_day": "2027-12-31",
    "most_months": 9}', 'ZZZZ-ZZZZ')$$, 'NR001', 'unknown_token', 'it names workers that are known');

-- --- extensions: as long as it says, on its days ---------------------------------------------------------
SELECT throws_ok($$SELECT pg_temp.extend('a', '2027-11-30')$$, 'NR001', 'six_months', '275 days are more than nine months');
SELECT lives_ok($$SELECT pg_temp.extend('a', '2027-11-29')$$, 'control: 274 are not');
SELECT is((SELECT uses FROM derogation WHERE id = t_id('nine')) > 0, true, 'the derogation knows that a stay rests on it');
SELECT is((SELECT return_due FROM placement WHERE id = t_id('a')), '2027-11-29'::date, 'the return is due on the last lawful day');
SELECT pg_temp.extend('b', '2027-08-30');
SELECT is((SELECT return_due FROM placement WHERE id = t_id('b')), '2027-09-04'::date, 'whose days of travel it covers as well');

-- --- scope -----------------------------------------------------------------------------------------------
SELECT pg_temp.be('officer');
SELECT is(derogation_revoke(t_id('nine'), '2027-05-01', 'the text was repealed'), 1::bigint, 'who rested on it is over, who did not is not');
-- content, covers a stay of this contract (rome A1401, apples, Vaucluse), covers one known from elsewhere
CREATE TEMP TABLE scopes (content jsonb, here boolean, elsewhere boolean);
INSERT INTO scopes VALUES ('{}', true, true), ('{"rome": "A1401"}', true, false), ('{"rome": "A1402"}', false, false),
    ('{"crop": "Apples"}', true, false), ('{"crop": "pears"}', false, false), ('{"department": "84"}', true, false),
    ('{"department": "13"}', false, false), ('{"country": "FR"}', true, true), ('{"country": "MA"}', false, false),
    ('{"rome": "A1401", "crop": "pears"}', false, false);
WITH s AS (INSERT INTO worker_stay (worker_id, campaign_id, period, source)
           SELECT (pg_temp.stay('c')).worker_id, t_id('days_183'), '[2029-01-01,2029-02-01)', 'card' RETURNING id)
SELECT pg_temp.keep('known', id) FROM s;
SELECT is((SELECT string_agg(content::text, ' ' ORDER BY content) FROM scopes
           WHERE here <> derogation_covers(jsonb_populate_record(d, content), pg_temp.stay('c'))
              OR elsewhere <> derogation_covers(jsonb_populate_record(d, content), k)), NULL, 'each scope covers what it says')
FROM derogation d, worker_stay k WHERE d.id = t_id('nine') AND k.id = t_id('known');
SELECT is((SELECT derogation_covers(jsonb_populate_record(d, jsonb_build_object('campaign_id', t_id('calendar_months'))), pg_temp.stay('c'))
           FROM derogation d WHERE d.id = t_id('nine')), false, 'nor does that of another campaign');
SELECT pg_temp.keep('named', t_derogation('{"from_day": "2027-05-01", "to_day": "2027-12-31", "most_days": 200}',
    ARRAY[(pg_temp.stay('d')).worker_id]));
SELECT is((SELECT array_agg(DISTINCT n.called) FROM unnest(ARRAY['c', 'd', 'e']) n (called), LATERAL pg_temp.stay(n.called) s,
           LATERAL stay_leaves(s.id, 'days_183', lower(s.period), '2027-09-01') v WHERE v.derogation = t_id('named')),
          ARRAY['d'], 'one that names a worker covers him alone');
SELECT is((SELECT string_agg(v.most::text, ' ') FROM LATERAL pg_temp.stay('d') s,
           LATERAL stay_leaves(s.id, 'days_183', lower(s.period), '2027-09-01') v WHERE v.derogation = t_id('named')), '200', 'with its days');

-- --- days given back, and a revocation -------------------------------------------------------------------
SELECT lives_ok($$SELECT pg_temp.extend('d', '2027-09-16')$$, '200 days, by name');
SELECT throws_ok($$SELECT pg_temp.extend('e', '2027-12-02')$$, 'NR001', 'six_months', 'not for another');
SELECT pg_temp.be('officer');
SELECT throws_ok($$SELECT derogation_revoke(t_id('named'), '2027-04-30', 'yesterday is over')$$, 'NR001', 'derogation_past', 'nothing is revoked backwards');
SELECT throws_ok($$SELECT derogation_revoke(t_id('named'), '2028-01-01', 'after its last day')$$, 'NR001', 'derogation_past', 'nor after its last day');
SELECT is(derogation_revoke(t_id('named'), '2027-09-01', 'the text was repealed'), 1::bigint, 'one worker is over');
SELECT is((SELECT (placement_id, window_last, units, most) FROM derogation_over WHERE derogation_id = t_id('named')),
          (t_id('d'), '2027-09-16'::date, 200, 183), 'listed with the days');
SELECT is((SELECT upper(period) FROM worker_stay WHERE placement_id = t_id('d')), '2027-09-17'::date, 'his stay stands as it is');
SELECT throws_ok($$SELECT derogation_revoke(t_id('named'), '2027-09-02', 'once more than once')$$, 'NR001', 'conflict', 'it is revoked once');
SELECT throws_ok($$UPDATE derogation SET revoked_from = '2027-10-01' WHERE id = t_id('named')$$, 'NR001', 'append_only', 'for good');
SELECT throws_ok($$UPDATE worker_stay SET period = '[2027-03-01,2027-09-18)' WHERE placement_id = t_id('d')$$, 'NR001', 'six_months',
                 'a stay that is over is not lengthened');
SELECT lives_ok($$UPDATE worker_stay SET period = '[2027-03-01,2027-09-10)' WHERE placement_id = t_id('d')$$, 'it may be shortened step by step');
SELECT lives_ok($$UPDATE worker_stay SET period = '[2027-03-01,2027-08-31)' WHERE placement_id = t_id('d')$$, 'to what six months allow');
SELECT throws_ok($$DELETE FROM derogation_over$$, 'NR001', 'append_only', 'the list of those who were over stays');

-- --- transfer to another employer ------------------------------------------------------------------------
SELECT pg_temp.keep('summer', t_contract(1, '2027-05-15', '2027-08-31'));
SELECT pg_temp.keep('long', t_contract(1, '2027-05-15', '2027-10-31'));
SELECT pg_temp.keep('same', t_contract(1, '2027-05-15', '2027-08-30'));
UPDATE contract SET org_id = t_id('other farm') WHERE id IN (t_id('summer'), t_id('long'));
CREATE FUNCTION pg_temp.transfer(called text, contract text, last date) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_temp.be('officer');
    PERFORM exception_record(t_id(called), 'transfer', 'authorisation 2', 'prefecture', last, t_id(contract));
    PERFORM pg_temp.be('second');
    RETURN exception_decide((SELECT max(id) FROM return_exception), true);
END
$$;
SELECT throws_ok($$SELECT pg_temp.transfer('c', 'same', '2027-05-31')$$, 'NR001', 'transfer_same_employer', 'a transfer goes to another employer');
SELECT throws_ok($$SELECT pg_temp.transfer('c', 'summer', NULL)$$, 'NR001', 'required', 'with the last day at the first');
SELECT throws_ok($$SELECT pg_temp.transfer('c', 'summer', '2027-05-01')$$, 'NR001', 'transfer_dates', 'not before the contract begins');
SELECT throws_ok($$SELECT pg_temp.transfer('c', 'summer', '2027-08-01')$$, 'NR001', 'transfer_dates', 'nor after his stay ends');
SELECT throws_ok($$SELECT pg_temp.transfer('c', 'long', '2027-05-31')$$, 'NR001', 'six_months', 'both stays together keep six months');
SELECT is((SELECT (state, last_day) FROM placement WHERE id = t_id('c')), ('working'::text, '2027-06-30'::date), 'refused, nothing has changed');
SELECT throws_ok($$SELECT pg_temp.transfer('c', 'summer', '2027-05-31')$$, 'NR001', 'six_months', 'by one day');
UPDATE contract SET last_day = '2027-08-30' WHERE id = t_id('summer');
SELECT lives_ok($$SELECT pg_temp.transfer('c', 'summer', '2027-05-31')$$, 'control: 92 and 91 days are six months');
SELECT is((SELECT (state, last_day) FROM placement WHERE id = t_id('c')), ('transferred'::text, '2027-05-31'::date), 'the first ends there');
SELECT is((SELECT (p.state, p.first_day, p.org_id, p.departed_on) FROM placement p WHERE p.contract_id = t_id('summer')),
          ('arrived'::text, '2027-06-01'::date, t_id('other farm'), '2027-03-01'::date), 'the second begins the day after');
SELECT is((SELECT (taken, state) FROM contract WHERE id = t_id('summer')), (1, 'filled'::text), 'on a place of the contract');
SELECT is((SELECT used FROM campaign_service WHERE campaign_id = t_id('days_183')), 6, 'and the quota of the service');
SELECT throws_ok($$SELECT pg_temp.transfer('e', 'summer', '2027-05-31')$$, '23514', NULL, 'a full contract takes nobody more');

-- --- corrections -------------------------------------------------------------------------------------------
SELECT pg_temp.be('officer', day => '2027-09-30');
-- By who has seen the stays as they stand.
CREATE FUNCTION pg_temp.correct(stay bigint, first date, last date, why text) RETURNS bigint LANGUAGE sql AS $$
    SELECT stay_correct(stay, first, last, why, w.version) FROM worker_stay s JOIN worker w ON w.id = s.worker_id WHERE s.id = stay
$$;
CREATE TEMP TABLE seen_version AS SELECT w.version FROM worker_stay s JOIN worker w ON w.id = s.worker_id WHERE s.id = t_id('known');
SELECT pg_temp.correct(t_id('known'), '2029-01-01', '2029-01-20', 'the card says until the 20th');
SELECT is((SELECT (was, becomes) FROM stay_correction), ('[2029-01-01,2029-02-01)'::daterange, '[2029-01-01,2029-01-21)'::daterange),
          'what was recorded before is kept');
SELECT throws_ok($$SELECT stay_correct(t_id('known'), '2029-01-02', '2029-01-20', 'seen before that', (SELECT version FROM seen_version))$$,
                 'NR001', 'stale_edit', 'not by who saw the days before the correction');
SELECT throws_ok($$SELECT pg_temp.correct(t_id('known'), '2028-12-01', '2029-06-30', 'more than six months')$$, 'NR001', 'six_months',
                 'six months are asked again');
SELECT lives_ok($$SELECT pg_temp.correct(t_id('known'), NULL, NULL, 'another person''s card')$$, 'one that never was is struck out');
SELECT throws_ok($$SELECT pg_temp.correct((pg_temp.stay('e')).id, NULL, NULL, 'another person''s')$$, 'NR001', 'stay_of_placement', 'not that of a placement');
SELECT pg_temp.correct((pg_temp.stay('e')).id, '2027-03-03', '2027-06-28', 'he came two days later');
SELECT is((SELECT (first_day, last_day, return_due) FROM placement WHERE id = t_id('e')),
          ('2027-03-03'::date, '2027-06-28'::date, '2027-07-03'::date), 'a placement follows its stay');
SELECT * FROM finish();
ROLLBACK;
