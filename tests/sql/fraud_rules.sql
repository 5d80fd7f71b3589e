-- The rules that see a whole campaign: each hits what was planted and leaves its neighbour.
BEGIN;
SELECT plan(40);
SELECT act_as(1, 1, 'officer', '2027-06-01');
CREATE TEMP TABLE ids (name text PRIMARY KEY, id bigint);
CREATE FUNCTION pg_temp.id(wanted text) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM ids WHERE name = wanted';
WITH o AS (INSERT INTO org (kind, name, siret, naf, commune, hectares, headcount, active_from)
           VALUES ('employer', 'Farm', '11111111111111', '01.24Z', '84007', 400, 3, '2010-01-01'),
                  ('employer', 'Quiet farm', '22222222222222', '01.24Z', '84007', 400, 3, '2010-01-01'),
                  ('partner', 'Service', NULL, NULL, NULL, NULL, NULL, NULL),
                  ('ofii', 'Office', NULL, NULL, NULL, NULL, NULL, NULL) RETURNING id, name)
INSERT INTO ids SELECT name, id FROM o;
WITH a AS (INSERT INTO account (org_id, role, email, name, password_hash)
    VALUES (pg_temp.id('Office'), 'desk', 'desk@ofii.example', 'desk', 'x'),
           (pg_temp.id('Office'), 'desk', 'second@ofii.example', 'second desk', 'x') RETURNING id, name)
INSERT INTO ids SELECT name, id FROM a;
WITH c AS (INSERT INTO campaign (code, season, name, first_day, last_day, state)
    VALUES ('F-2027', 2027, 'Fraud', '2027-01-01', '2027-12-31', 'matching') RETURNING id)
INSERT INTO ids SELECT 'campaign', id FROM c;
SET session_replication_role = replica; -- planted as it may have come about; the moves are tested elsewhere
CREATE FUNCTION pg_temp.contract(wanted text, farm text, change jsonb DEFAULT '{}') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    k contract := jsonb_populate_record(NULL::contract, jsonb_build_object('places', 20, 'housing_kind', 'employer',
        'housing_address', wanted || ' road', 'housing_commune', '84031', 'housing_rent', 20) || change);
BEGIN
    INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome, crop, tasks,
        commune, weekly_hours, hourly_wage, housing_kind, housing_address, housing_commune, housing_rent, submitted_on, due_on)
    VALUES (pg_temp.id('campaign'), pg_temp.id(farm), wanted, 'AAAAAA', 'submitted', k.places, '2027-03-01', '2027-05-31', 'A1401',
        'apples', 'picking', '84007', 35, 12, k.housing_kind, k.housing_address, k.housing_commune, k.housing_rent,
        '2027-01-01', '2027-02-01') RETURNING id INTO k.id;
    INSERT INTO ids VALUES (wanted, k.id);
    PERFORM screen_contract(k.id);
    RETURN (SELECT string_agg(rule, ' ' ORDER BY rule) FROM fraud_case WHERE contract_id = k.id);
END
$$;
-- contracts: 35 h x 12 euros = 420 euros a week
SELECT is(pg_temp.contract('plain', 'Farm'), NULL, 'control: a plain contract opens nothing');
SELECT is(pg_temp.contract('dear', 'Farm', '{"housing_rent": 127}'), 'rent_excessive', 'a rent of more than 30 %');
SELECT is(pg_temp.contract('thirty', 'Farm', '{"housing_rent": 126}'), NULL, 'control: a rent of 30 %');
SELECT is(pg_temp.contract('box', 'Farm', '{"housing_address": "BP 12"}'), 'housing_po_box', 'a post box');
SELECT is(pg_temp.contract('boite', 'Farm', '{"housing_address": "Boîte postale 4, mairie"}'), 'housing_po_box', 'in words');
SELECT is(pg_temp.contract('street', 'Farm', '{"housing_address": "12 rue B. Pascal"}'), NULL, 'control: a street named B. P…');
SELECT is(pg_temp.contract('crowd', 'Farm', '{"places": 121}'), 'headcount_small', '121 for 3 permanent workers');
SELECT is(pg_temp.contract('crew', 'Farm', '{"places": 120}'), NULL, 'control: 40 each');

CREATE FUNCTION pg_temp.worker(n int, payee text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    INSERT INTO worker (id) VALUES (800000 + n);
    INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, passport_key, person_key, swapped_key, available_from,
        available_to, consent_at, entered_by, fee_asked, fee_payee)
    VALUES (800000 + n, pg_temp.id('campaign'), pg_temp.id('Service'), 800000 + n, 'FFFF-' || lpad(n::text, 4, '0'),
        decode(md5('a' || n), 'hex'), decode(md5('b' || n), 'hex'), decode(md5('c' || n), 'hex'), '2027-01-01', '2027-12-31',
        now(), 1, payee IS NOT NULL, payee)
$$;
CREATE FUNCTION pg_temp.placed(n int, at_contract text, now_state text, left_on date, farm text DEFAULT 'Farm')
RETURNS void LANGUAGE sql AS $$
    SELECT pg_temp.worker(n);
    INSERT INTO placement (campaign_id, contract_id, place_no, candidate_id, worker_id, org_id, service_id, first_day, last_day,
        return_due, departed_on, state, bound_by)
    VALUES (pg_temp.id('campaign'), pg_temp.id(at_contract), n, 800000 + n, 800000 + n, pg_temp.id(farm), pg_temp.id('Service'),
        '2027-03-01', '2027-05-31', '2027-06-05', left_on, now_state, pg_temp.id('desk'));
    INSERT INTO ids SELECT 'p' || n, p.id FROM placement p WHERE p.candidate_id = 800000 + n
$$;
CREATE FUNCTION pg_temp.fact(n int, what text, happened date) RETURNS void LANGUAGE sql AS $$
    INSERT INTO placement_fact (campaign_id, placement_id, kind, day, source, from_state, to_state, account_id)
    VALUES (pg_temp.id('campaign'), pg_temp.id('p' || n), what, happened, 'test', '', '', 1)
$$;
CREATE FUNCTION pg_temp.stamp(n int, happened date, who text DEFAULT 'desk', moment timestamptz DEFAULT '2027-06-01 10:15Z')
RETURNS void LANGUAGE sql AS $$
    INSERT INTO return_evidence (campaign_id, placement_id, grade, kind, day, person_present, identity_checked, org_id, account_id, at)
    VALUES (pg_temp.id('campaign'), pg_temp.id('p' || n), 'A', 'desk', happened, true, true, pg_temp.id('Office'), pg_temp.id(who), moment)
$$;
CREATE FUNCTION pg_temp.hits(code text) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(coalesce(i.name, c.name, o.name, (f.candidate_id - 800000)::text), ' '
                      ORDER BY coalesce(i.name, c.name, o.name))
    FROM fraud_case f LEFT JOIN ids i ON i.id = f.placement_id AND i.name ~ '^p[0-9]'
    LEFT JOIN ids c ON c.id = f.contract_id AND c.name !~ '^p[0-9]' AND c.name !~ 'arm|Office|Service|desk|campaign'
    LEFT JOIN ids o ON o.id = f.org_id AND o.name ~ 'arm$'
    WHERE f.rule = code AND f.campaign_id = pg_temp.id('campaign')
      AND f.contract_id IS NULL = (code <> 'place_resold')
$$;

-- --- planted: fees -------------------------------------------------------------------------------------
SELECT pg_temp.worker(1, 'Uncle  Ali'), pg_temp.worker(2, 'uncle ali'), pg_temp.worker(3, 'UNCLE ALI'),
       pg_temp.worker(4, 'a clerk'), pg_temp.worker(5, 'a clerk');
-- --- vanishing: 10, 11, 12 of the Farm and 13 of the Quiet farm never came; 14 left last week; 15 was found ---
SELECT pg_temp.placed(n, 'plain', 'departed', '2027-05-01') FROM generate_series(10, 12) n;
SELECT pg_temp.placed(13, 'plain', 'departed', '2027-05-01', 'Quiet farm');
SELECT pg_temp.placed(14, 'plain', 'departed', '2027-05-25', 'Quiet farm');
SELECT pg_temp.placed(15, 'plain', 'missing', '2027-05-01', 'Quiet farm');
SELECT pg_temp.fact(15, 'found', '2027-05-20');
-- --- abandonment: 20 on the last day, 21 never worked, 22 in the middle of April after work ------------------
SELECT pg_temp.placed(n, 'plain', 'abandon_reported', '2027-03-01') FROM generate_series(20, 22) n;
SELECT pg_temp.placed(23, 'plain', 'abandon_reported', '2027-03-01', 'Quiet farm');
SELECT pg_temp.fact(n, 'working', '2027-03-02') FROM unnest(ARRAY[20, 22, 23]) n;
SELECT pg_temp.fact(20, 'abandon_reported', '2027-05-30'), pg_temp.fact(21, 'abandon_reported', '2027-03-20'),
       pg_temp.fact(22, 'abandon_reported', '2027-04-15'), pg_temp.fact(23, 'abandon_reported', '2027-04-15');
-- --- places: three of one contract replaced, two of another ---------------------------------------------------
SELECT pg_temp.placed(n, 'thirty', 'replaced', NULL) FROM generate_series(30, 32) n;
SELECT pg_temp.placed(n, 'street', 'replaced', NULL) FROM generate_series(33, 34) n;
SELECT pg_temp.fact(n, 'replaced', '2027-02-10') FROM generate_series(30, 34) n;
-- --- returns: 40 stamped in May and at work later; 41 stamped after; 42 dead and heard of; 43 dead -------------
SELECT pg_temp.placed(n, 'crew', 'returned_verified', '2027-03-01') FROM generate_series(40, 43) n;
SELECT pg_temp.fact(40, 'working', '2027-05-20'), pg_temp.fact(41, 'working', '2027-05-20');
SELECT pg_temp.stamp(40, '2027-05-10'), pg_temp.stamp(41, '2027-06-02');
INSERT INTO return_exception (campaign_id, placement_id, kind, document, issuer, recorded_by, recorded_at)
SELECT pg_temp.id('campaign'), pg_temp.id('p' || n), 'death', 'record', 'town hall', pg_temp.id('desk'), now() - interval '1 day'
FROM unnest(ARRAY[42, 43]) n;
SELECT pg_temp.fact(42, 'contact', '2027-05-25');
-- --- stamps: 40 in one hour by one account (with the two above), 39 by another -----------------------------------
SELECT pg_temp.placed(n, 'crew', 'returned_verified', '2027-03-01') FROM generate_series(50, 126) n;
SELECT pg_temp.stamp(n, '2027-06-01') FROM generate_series(50, 87) n;
SELECT pg_temp.stamp(n, '2027-06-01', 'second desk') FROM generate_series(88, 126) n;
-- --- seats: 40 seen once only, 41 seen twice, 10 void; 42 seen once where nobody is seen twice ---------------------------------------------------------------
INSERT INTO seat (session_id, campaign_id, org_id, service_id, candidate_id, token, open, attendance, reason, document_seen,
                  photo_match, checked_by, second_by)
SELECT CASE n WHEN 42 THEN 2 ELSE 1 END, pg_temp.id('campaign'), pg_temp.id('Service'), pg_temp.id('Service'), 800000 + n, 'T', false, a, 'test', true, true,
       pg_temp.id('desk'), CASE n WHEN 41 THEN pg_temp.id('second desk') END
FROM (VALUES (40, 'present'), (41, 'present'), (42, 'present'), (10, 'void')) v (n, a);
SET session_replication_role = origin;

SELECT cmp_ok(screen_campaign(pg_temp.id('campaign')), '>', 0, 'findings become cases');
SELECT is(screen_campaign(pg_temp.id('campaign')), 0, 'again: nothing new');
SELECT is(pg_temp.hits('fee_cluster'), '1', 'three name one payee, however spelled; two with another are left');
SELECT ok(evidence::text !~* 'ali', 'the evidence does not say who') FROM fraud_case WHERE rule = 'fee_cluster';
SELECT is(pg_temp.hits('never_started'), 'p10 p11 p12 p13', 'not who left last week, nor who was found');
SELECT is(pg_temp.hits('vanish_cluster'), 'Farm', 'three of one employer; one of the other is no cluster');
SELECT is(pg_temp.hits('abandon_doubtful'), 'p20 p21', 'on the last day, and who never worked; not in the middle of the season');
SELECT is(pg_temp.hits('abandon_cluster'), 'Farm', 'three reports of one employer; one of the other is none');
SELECT is(pg_temp.hits('place_resold'), 'thirty', 'three replaced; two are left');
SELECT is(pg_temp.hits('stamp_before_end'), 'p40', 'stamped before he was last seen; not after');
SELECT is(pg_temp.hits('dead_but_active'), 'p42', 'heard of later; not the one of whom nothing came');
SELECT is(pg_temp.hits('stamp_burst'), 'p40', '40 in an hour; 39 are left');
SELECT is(pg_temp.hits('identity_chain'), 'p10 p40', 'a void seat, and one look only; not who was seen twice, nor where nobody is');
SELECT is((SELECT count(*) FROM fraud_case f JOIN fraud_rule r ON r.code = f.rule
           WHERE f.campaign_id = pg_temp.id('campaign') AND f.second_person <> r.second_person), 0::bigint, 'grave ones need two persons');
SELECT throws_ok('SELECT screen_campaign(-1)', NULL, NULL, 'a campaign that is not there is refused');

-- --- the question at arrival and return ------------------------------------------------------------------------------
SELECT pg_temp.worker(6, 'Cousin B'), pg_temp.worker(7, 'cousin  b');
SELECT is(screen_campaign(pg_temp.id('campaign')), 0, 'control: two name him at entry');
SELECT act_as(pg_temp.id('desk'), pg_temp.id('Office'), 'desk', '2027-06-01');
SELECT lives_ok($$SELECT fee_answer_record(pg_temp.id('p41'), 'arrival', false, NULL, NULL)$$, 'at arrival he says no');
SELECT is((SELECT count(*) FROM fraud_case WHERE rule = 'fee_asked' AND candidate_id = 800041), 0::bigint, 'control: a no is no case');
SELECT lives_ok($$SELECT fee_answer_record(pg_temp.id('p41'), 'return', true, 3000, 'COUSIN B')$$, 'at return he says yes');
SELECT is((SELECT (evidence ->> 'moment', blocking) FROM fraud_case WHERE rule = 'fee_asked' AND candidate_id = 800041), ('return'::text, false), 'a case, which holds nobody');
SELECT throws_ok($$SELECT fee_answer_record(pg_temp.id('p41'), 'return', false, NULL, NULL)$$, '23505', NULL, 'an answer is given once');
SELECT throws_ok($$SELECT fee_answer_record(pg_temp.id('p40'), 'return', false, 10, NULL)$$, '23514', NULL, 'nobody names a sum that nobody asked');
SELECT throws_ok($$UPDATE fee_answer SET asked = false$$, NULL, NULL, 'and it stays as it was given');
SELECT is((SELECT count(*) FROM audit_leaf WHERE act = 'fee.ask' AND (detail::text ~* 'cousin|3000' OR reason ~* 'cousin|3000')), 0::bigint, 'the leaf says that he was asked, not what he said');
SELECT screen_campaign(pg_temp.id('campaign'));
SELECT is((SELECT evidence -> 'candidates' FROM fraud_case WHERE rule = 'fee_cluster' ORDER BY id DESC LIMIT 1), '[800006, 800007, 800041]'::jsonb,
          'his payee counts with those named at entry');
GRANT SELECT ON ids TO noria_employer;
SET SESSION AUTHORIZATION noria_employer;
SELECT throws_ok('SELECT asked FROM fee_answer', '42501', NULL, 'no employer reads an answer');
RESET SESSION AUTHORIZATION;
SELECT act_as(1, 1, 'officer', '2027-06-01');

-- --- thresholds are the office's -----------------------------------------------------------------------------------
UPDATE screening_setting SET value = 2 WHERE code = 'fee_same_payee';
SELECT is(screen_campaign(pg_temp.id('campaign')), 1, 'a lower threshold finds the two');

-- --- fee answers reach neither employer nor service -------------------------------------------------------------------
GRANT SELECT ON ids TO noria_partner, noria_employer, noria_ofii;
SELECT act_as(1, pg_temp.id('Service'), 'partner', '2027-06-01');
SELECT fraud_open('document_expires', pg_temp.id('campaign'), '{}', 800001);
SET SESSION AUTHORIZATION noria_partner;
SELECT is((SELECT string_agg(rule, ' ') FROM candidate_cases(800001)), 'document_expires',
          'the service sees what else there is of its own candidate, and no fee case');
SELECT is((SELECT count(*) FROM fraud_case WHERE rule LIKE 'fee_%'), 0::bigint, 'nor any row of one');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION noria_employer;
SELECT throws_ok('SELECT count(*) FROM fraud_case', '42501', NULL, 'an employer sees no case at all');
SELECT throws_ok('SELECT fee_payee FROM candidate', '42501', NULL, 'nor an answer');
RESET SESSION AUTHORIZATION;
SET SESSION AUTHORIZATION noria_ofii;
SELECT is((SELECT count(*) FROM candidate_cases(800001) WHERE rule = 'fee_cluster'), 1::bigint, 'control: the office sees it');
RESET SESSION AUTHORIZATION;
SELECT finish();
ROLLBACK;
