-- Contracts: terms, proof, states, places, the public question, and who sees what.
BEGIN;
SELECT plan(83);
SELECT act_as(1, 1, 'officer', '2027-01-15');

INSERT INTO org (kind, name, siret, country, naf, commune, hectares, active_from) VALUES
    ('employer', 'Farm', '73282932000074', 'FR', '01.24Z', '13004', 900, '2010-01-01'),
    ('employer', 'Other farm', '55208131766522', 'FR', '01.24Z', '13004', 900, '2010-01-01'),
    ('partner', 'ANAPEC', NULL, 'MA', NULL, NULL, NULL, NULL), ('partner', 'ANETI', NULL, 'TN', NULL, NULL, NULL, NULL);
CREATE TEMP VIEW who AS SELECT
    (SELECT id FROM org WHERE name = 'Farm') AS farm, (SELECT id FROM org WHERE name = 'Other farm') AS other,
    (SELECT id FROM org WHERE name = 'ANAPEC') AS anapec, (SELECT id FROM org WHERE name = 'ANETI') AS aneti;
GRANT SELECT ON who TO PUBLIC;
INSERT INTO account (org_id, role, email, name, password_hash) SELECT farm, 'employer', 'farm@x.example', 'F', 'x' FROM who;
INSERT INTO account (org_id, role, email, name, password_hash) SELECT anapec, 'partner', 'looks@x.example', 'L', 'x' FROM who;
INSERT INTO campaign (code, season, name, first_day, last_day) VALUES ('T-2027', 2027, 'Test', '2027-02-01', '2027-11-30');
INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT c.id, anapec, 10 FROM campaign c, who WHERE c.code = 'T-2027';
CREATE FUNCTION pg_temp.c() RETURNS bigint LANGUAGE sql AS $$SELECT id FROM campaign WHERE code = 'T-2027'$$;
CREATE TEMP TABLE made (name text PRIMARY KEY, id bigint);
GRANT ALL ON made TO PUBLIC;

-- A sound draft of the acting employer; each case below is this one with one thing changed.
CREATE FUNCTION pg_temp.draft(wanted text, change jsonb DEFAULT '{}') RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    k contract := jsonb_populate_record(NULL::contract, jsonb_build_object(
        'places', 5, 'first_day', '2027-04-01', 'last_day', '2027-08-31', 'rome', 'A1401', 'crop', 'apples',
        'tasks', 'picking', 'commune', '13004', 'weekly_hours', 35, 'hourly_wage', 12.02, 'proof_kind', 'offer',
        'proof_reference', '123', 'proof_from', '2026-11-01', 'proof_to', '2026-12-01') || change);
    made_id bigint;
BEGIN
    INSERT INTO contract (campaign_id, org_id, serial, check_code, state, taken, places, first_day, last_day, rome, crop,
                          tasks, commune, weekly_hours, hourly_wage, proof_kind, proof_reference, proof_from, proof_to,
                          employer_ref, named_returnees)
    VALUES (pg_temp.c(), coalesce(k.org_id, actor_org()), '', '', coalesce(k.state, 'draft'), coalesce(k.taken, 0),
            k.places, k.first_day, k.last_day, k.rome, k.crop, k.tasks, k.commune, k.weekly_hours, k.hourly_wage,
            k.proof_kind, k.proof_reference, k.proof_from, k.proof_to, k.employer_ref, coalesce(k.named_returnees, 0))
    RETURNING id INTO made_id;
    INSERT INTO made VALUES (wanted, made_id) ON CONFLICT (name) DO UPDATE SET id = excluded.id;
    RETURN made_id;
END
$$;
CREATE FUNCTION pg_temp.k(wanted text) RETURNS bigint LANGUAGE sql AS $$SELECT id FROM made WHERE name = wanted$$;
CREATE FUNCTION pg_temp.go(wanted text, to_state text, why text DEFAULT NULL) RETURNS text LANGUAGE sql AS
    $$UPDATE contract SET state = to_state, reason = coalesce(why, reason) WHERE id = pg_temp.k(wanted) RETURNING state$$;
CREATE FUNCTION pg_temp.as_farm() RETURNS void LANGUAGE sql AS
    $$SELECT act_as((SELECT id FROM account WHERE email = 'farm@x.example'), farm, 'employer', '2027-01-15') FROM who$$;

-- Terms -------------------------------------------------------------------------------------------------
SELECT pg_temp.as_farm();
SELECT throws_ok($$SELECT pg_temp.draft('early')$$, 'NR001', 'campaign_not_open', 'not before the campaign opens');
UPDATE campaign SET state = 'open' WHERE code = 'T-2027';
SET LOCAL ROLE noria_employer;
SELECT lives_ok($$SELECT pg_temp.draft('sound')$$, 'control: a sound draft');
SELECT matches((SELECT serial FROM contract WHERE id = pg_temp.k('sound')), '^AC-2027-[0-9]{7}$', 'its serial');
SELECT matches((SELECT check_code FROM contract WHERE id = pg_temp.k('sound')), '^[0-9A-HJKMNP-TV-Z]{6}$', 'its check code');
SELECT throws_ok(format($$SELECT pg_temp.draft('x', %L)$$, change), 'NR001', code, change::text)
FROM (VALUES ('{"hourly_wage": 12.01}', 'below_smic'), ('{"rome": "A9999"}', 'unknown_reference'),
    ('{"commune": "99999"}', 'unknown_reference'), ('{"last_day": "2027-12-01", "first_day": "2027-10-01"}', 'outside_campaign'),
    ('{"first_day": "2027-01-31", "last_day": "2027-03-01"}', 'outside_campaign'),
    ('{"last_day": "2027-10-01"}', 'longer_than_six_months')) AS t (change, code);
-- blocked criteria: what is typed is refused when it says nothing else; the rest waits for a person
SELECT throws_ok($$SELECT pg_temp.draft('x', '{"tasks": "Cueillette, jeunes hommes mariés uniquement"}')$$, 'NR001', 'criterion_in_text', 'young married men');
SELECT throws_ok($$SELECT pg_temp.draft('x', '{"crop": "fraises, femmes uniquement"}')$$, 'NR001', 'criterion_in_text', 'only women');
SELECT lives_ok($$SELECT pg_temp.draft('plants', '{"tasks": "repiquage de jeunes plants"}')$$, 'control: young plants are accepted');
-- an anonymous contract does not say whose it is
RESET ROLE;
UPDATE org SET name = 'EARL Vergers Martin' WHERE name = 'Farm';
SET LOCAL ROLE noria_employer;
SELECT throws_ok(format($$SELECT pg_temp.draft('x', %L)$$, jsonb_build_object(field, said)), 'NR001', 'names_employer', field || ': ' || said)
FROM (VALUES ('tasks', 'Cueillette chez EARL Vergers Martin'), ('tasks', 'pour les Vergers  MARTIN, au bord du Rhône'),
    ('crop', 'pommes 732 829 320 00074'), ('tasks', 'SIREN 732829320'), ('tasks', 'écrire à pommes@verger.example'),
    ('tasks', 'appeler le 06 12 34 56 78'), ('crop', '+212 6 12 34 56 78'), ('tasks', 'voir www.verger-martin.fr'),
    ('tasks', 'vergermartin.com')) AS t (field, said);
SELECT lives_ok(format($$SELECT pg_temp.draft('plain', %L)$$, jsonb_build_object('tasks', said)), 'control: ' || said)
FROM (VALUES ('Cueillette des pommes dans les vergers, 8 h 30 à 16 h 30, 35 h'), ('Saint-Martin : taille, 120 arbres par jour'),
    ('du 01/04/2027 au 31/08/2027, 2 500 m2, lots 12 34 56')) AS t (said);
SELECT throws_ok($$UPDATE contract SET tasks = 'chez Vergers Martin' WHERE id = pg_temp.k('sound')$$, 'NR001', 'names_employer', 'nor by an edit');
RESET ROLE;
ALTER TABLE contract DISABLE TRIGGER contract_anonymous;
SET LOCAL ROLE noria_employer;
SELECT lives_ok($$SELECT pg_temp.draft('named', '{"tasks": "Cueillette chez EARL Vergers Martin, 06 12 34 56 78"}')$$, 'control: without the trigger it stands');
RESET ROLE;
ALTER TABLE contract ENABLE TRIGGER contract_anonymous;
DELETE FROM contract WHERE id IN (pg_temp.k('named'), pg_temp.k('plain'));
UPDATE org SET name = 'Farm' WHERE siret = '73282932000074';
SET LOCAL ROLE noria_employer;
SELECT lives_ok($$SELECT pg_temp.draft('longest', '{"last_day": "2027-09-30"}')$$, 'control: 183 days are six months');
SELECT throws_ok($$SELECT pg_temp.draft('x', '{"named_returnees": 6}')$$, '23514', NULL, 'more returnees than places');
SELECT throws_ok($$SELECT pg_temp.draft('x', '{"last_day": "2027-03-31"}')$$, '23514', NULL, 'ends before it starts');
SELECT throws_ok($$SELECT pg_temp.draft('x', '{"weekly_hours": 48.5}')$$, '23514', NULL, 'more than 48 hours');
SELECT pg_temp.draft('sly', '{"state": "approved", "taken": 3}') > 0;
SELECT results_eq($$SELECT state, taken FROM contract WHERE id = pg_temp.k('sly')$$, $$VALUES ('draft', 0)$$,
                  'a new contract is a draft whatever is asked');
SELECT throws_ok(format($$SELECT pg_temp.draft('x', '{"org_id": %s}')$$, other), '42501', NULL, 'nobody writes for another') FROM who;
SELECT lives_ok($$SELECT pg_temp.draft('ref', '{"employer_ref": "A-1"}')$$, 'an own reference');
SELECT throws_ok($$SELECT pg_temp.draft('x', '{"employer_ref": "A-1"}')$$, '23505', NULL, 'names one contract of the campaign');

-- Submission and proof ------------------------------------------------------------------------------------
SELECT pg_temp.draft('unproved', '{"proof_kind": null}');
SELECT throws_ok($$SELECT pg_temp.go('unproved', 'submitted')$$, 'NR001', 'proof_missing', 'proof is needed');
SELECT throws_ok(format($$SELECT pg_temp.draft('t', %L); SELECT pg_temp.go('t', 'submitted')$$, change), 'NR001', 'proof_too_short', change)
FROM (VALUES ('{"proof_from": "2026-11-01", "proof_to": "2026-11-20"}'), -- 20 days
    ('{"proof_from": "2026-12-27", "proof_to": "2027-02-01"}'), -- 20 days until today
    ('{"proof_from": "2026-06-01", "proof_to": "2026-08-03"}')) AS t (change); -- 20 days within six months
SELECT lives_ok(format($$SELECT pg_temp.draft('t', %L); SELECT pg_temp.go('t', 'submitted')$$, change), 'control: ' || change)
FROM (VALUES ('{"proof_from": "2026-11-01", "proof_to": "2026-11-21"}'), ('{"proof_from": "2026-12-26", "proof_to": "2027-02-01"}'),
    ('{"proof_from": "2026-06-01", "proof_to": "2026-08-04"}')) AS t (change);
SELECT pg_temp.draft('short', '{"proof_kind": "shortage"}');
SELECT throws_ok($$SELECT pg_temp.go('short', 'submitted')$$, 'NR001', 'not_on_shortage_list', 'not on the list');
RESET ROLE;
INSERT INTO shortage_list (region, rome, from_day, source) VALUES ('93', 'A1401', '2027-01-01', 'test');
SET LOCAL ROLE noria_employer;
INSERT INTO contract_site VALUES (pg_temp.k('short'), '34172');
SELECT throws_ok($$SELECT pg_temp.go('short', 'submitted')$$, 'NR001', 'not_on_shortage_list', 'not in every region');
DELETE FROM contract_site WHERE contract_id = pg_temp.k('short');
SELECT is(pg_temp.go('short', 'submitted'), 'submitted', 'control: on the list');
SELECT is(pg_temp.go('sound', 'submitted'), 'submitted', 'submitted');
SELECT is((SELECT due_on FROM contract WHERE id = pg_temp.k('sound')), '2027-01-30'::date, 'the decision is due in 15 days');
SELECT throws_ok($$UPDATE contract SET places = 6 WHERE id = pg_temp.k('sound')$$, 'NR001', 'contract_frozen', 'terms are frozen');
SELECT throws_ok($$INSERT INTO contract_room VALUES (pg_temp.k('sound'), 1, 20, 2, 'men')$$, 'NR001', 'contract_frozen', 'rooms too');
SELECT throws_ok($$SELECT pg_temp.go('sound', 'approved')$$, 'NR001', 'forbidden', 'the employer does not decide');
SELECT throws_ok($$UPDATE contract SET taken = 1 WHERE id = pg_temp.k('sound')$$, '42501', NULL, 'nor counts');
SELECT pg_temp.draft('late', '{"first_day": "2027-02-02", "last_day": "2027-03-01"}');
SELECT set_config('noria.today', '2027-02-02', true);
SELECT throws_ok($$SELECT pg_temp.go('late', 'submitted')$$, 'NR001', 'starts_in_the_past', 'work has begun');
RESET ROLE;

-- Decision ------------------------------------------------------------------------------------------------
SELECT act_as(1, 1, 'officer', '2027-01-20');
INSERT INTO fraud_case (campaign_id, rule, severity, blocking, second_person, contract_id, org_id, due_on)
SELECT pg_temp.c(), 'not_a_farm', 'serious', true, false, pg_temp.k('short'), farm, '2027-02-01' FROM who;
SET LOCAL ROLE noria_ofii;
SELECT throws_ok($$SELECT pg_temp.go('short', 'approved')$$, 'NR001', 'contract_is_held', 'held by a fraud case');
SELECT is((SELECT count(*) FROM contract_place)::int, 0, 'no place yet');
SELECT pg_temp.go('plants', 'submitted');
SELECT throws_ok($$SELECT pg_temp.go('plants', 'approved')$$, 'NR001', 'criterion_flagged', 'a word of it waits for a person');
UPDATE blocked_flag SET state = 'kept', decided_by = (SELECT id FROM account WHERE email = 'looks@x.example'), decided_at = now(), reason = 'plants, not people'
WHERE object_kind = 'contract' AND object_id = pg_temp.k('plants');
SELECT is((SELECT state FROM blocked_flag WHERE object_kind = 'contract' AND object_id = pg_temp.k('plants')), 'kept', 'who looked');
SELECT is(pg_temp.go('plants', 'approved'), 'approved', 'control: then it is approved');
UPDATE contract SET state = 'withdrawn', reason = 'of this test' WHERE id = pg_temp.k('plants');
SELECT is((SELECT count(*) FROM blocked_flag WHERE object_id = pg_temp.k('sound') AND object_kind = 'contract'), 0::bigint, 'control: a sound contract has no flag');
SELECT is(pg_temp.go('sound', 'approved'), 'approved', 'approved');
SELECT results_eq($$SELECT place_no FROM contract_place WHERE contract_id = pg_temp.k('sound') ORDER BY 1$$,
                  ARRAY[1, 2, 3, 4, 5], 'one row a place');
SELECT throws_ok($$SELECT pg_temp.go('sound', 'submitted')$$, 'NR001', 'conflict', 'no way back');
SELECT throws_ok($$SELECT pg_temp.go('t', 'refused')$$, '23514', NULL, 'a refusal has a reason');
SELECT is(pg_temp.go('t', 'refused', 'not this year'), 'refused', 'control: with a reason');
INSERT INTO smic (from_day, hourly, source) VALUES ('2027-05-01', 12.30, 'test');
SELECT pg_temp.as_farm();
SET LOCAL ROLE noria_employer;
SELECT throws_ok($$SELECT pg_temp.draft('x')$$, 'NR001', 'below_smic', 'the wage of each work date counts');
SELECT lives_ok($$SELECT pg_temp.draft('before', '{"last_day": "2027-04-30"}')$$, 'control: ended before the raise');
RESET ROLE;
DELETE FROM smic WHERE from_day = '2027-05-01';

-- The counter and the places --------------------------------------------------------------------------------
SET LOCAL ROLE noria_system;
SELECT throws_ok($$UPDATE contract SET taken = 6 WHERE id = pg_temp.k('sound')$$, '23514', NULL, 'no more than the places');
UPDATE contract SET taken = 5 WHERE id = pg_temp.k('sound');
SELECT is((SELECT state FROM contract WHERE id = pg_temp.k('sound')), 'filled', 'the last place fills it');
UPDATE contract SET taken = 4 WHERE id = pg_temp.k('sound');
SELECT is((SELECT state FROM contract WHERE id = pg_temp.k('sound')), 'approved', 'a place given back opens it');
SELECT throws_ok($$UPDATE contract SET taken = 1 WHERE id = pg_temp.k('ref')$$, 'NR001', 'conflict', 'a draft has no places');
RESET ROLE;
SET LOCAL ROLE noria_employer;
SELECT throws_ok($$SELECT pg_temp.go('sound', 'withdrawn', 'frost')$$, 'NR001', 'contract_is_bound', 'bound workers keep their contract');
RESET ROLE;
UPDATE contract SET taken = 0 WHERE id = pg_temp.k('sound');

-- The public question ---------------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.ask(wanted text, right_code boolean) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE k contract;
BEGIN
    SELECT * INTO k FROM contract WHERE id = (SELECT id FROM made WHERE name = wanted);
    RETURN (SELECT answer || coalesce(' ' || places_left, '') FROM contract_public(lower(k.serial),
        CASE WHEN right_code THEN lower(k.check_code) ELSE 'AAAAA' || CASE right(k.check_code, 1) WHEN 'A' THEN 'B' ELSE 'A' END END));
END
$$;
SELECT is(pg_temp.ask('sound', true), 'real 5', 'who holds it learns that it is real');
SELECT is(pg_temp.ask('sound', false), 'unknown', 'a guess learns nothing');
SELECT is(pg_temp.ask('ref', true), 'unknown', 'a draft is no contract');
SELECT is((SELECT count FROM contract_check WHERE day = today() AND answer = 'unknown'), 2::bigint, 'asking is counted');
SET LOCAL ROLE noria_public;
SELECT throws_ok($$SELECT serial FROM contract$$, '42501', NULL, 'the public reads no contract');
SELECT lives_ok($$SELECT answer FROM contract_public('AC-2027-0000000', 'AAAAAA')$$, 'control: it may ask');
RESET ROLE;

-- Who sees what -----------------------------------------------------------------------------------------------
SELECT act_as(9, other, 'employer', '2027-01-20') FROM who;
SET LOCAL ROLE noria_employer;
SELECT is((SELECT count(*) FROM contract WHERE campaign_id = pg_temp.c())::int, 0, 'an employer sees no other''s contract');
SELECT is((SELECT count(*) FROM contract_place)::int, 0, 'nor its places');
UPDATE contract SET state = 'withdrawn' WHERE id = pg_temp.k('ref');
RESET ROLE;
SELECT is((SELECT state FROM contract WHERE id = pg_temp.k('ref')), 'draft', 'nor changes it');
SELECT act_as(9, anapec, 'partner', '2027-01-20') FROM who;
SET LOCAL ROLE noria_partner;
SELECT results_eq($$SELECT state FROM contract WHERE campaign_id = pg_temp.c()$$, ARRAY['approved'], 'a service sees approved ones');
RESET ROLE;
SELECT act_as(9, aneti, 'partner', '2027-01-20') FROM who;
SET LOCAL ROLE noria_partner;
SELECT is((SELECT count(*) FROM contract WHERE campaign_id = pg_temp.c())::int, 0, 'control: of its own campaigns only');
RESET ROLE;
SELECT pg_temp.as_farm();
SET LOCAL ROLE noria_employer;
SELECT is(pg_temp.go('sound', 'withdrawn', 'frost'), 'withdrawn', 'withdrawn while nobody is bound');
RESET ROLE;
SELECT is((SELECT count(*) FROM contract_place)::int, 0, 'its places are gone');

SELECT * FROM finish();
ROLLBACK;
