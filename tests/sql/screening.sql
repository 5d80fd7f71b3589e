-- Screening of contracts and of imports: each rule hits what it should and leaves what it should not.
BEGIN;
SELECT plan(34);
SELECT act_as(1, 1, 'officer', '2027-01-15');

INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES
    ('S-2026', 2026, 'Before', '2026-03-01', '2026-11-30', 'open'),
    ('S-2027', 2027, 'Now', '2027-03-01', '2027-11-30', 'open');
CREATE TEMP TABLE made (name text PRIMARY KEY, org bigint, contract bigint);
ALTER TABLE contract DISABLE TRIGGER USER; -- the contract's own rules are tested elsewhere

-- A sound farm with a sound contract; each case below is this one with one thing changed.
CREATE FUNCTION pg_temp.farm(wanted text, org_change jsonb DEFAULT '{}', contract_change jsonb DEFAULT '{}')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    o org;
    k contract;
BEGIN
    o := jsonb_populate_record(NULL::org, jsonb_build_object('kind', 'employer', 'name', wanted, 'country', 'FR',
        'siret', lpad((SELECT count(*) FROM made)::text, 14, '7'), 'naf', '01.24Z', 'commune', '84007', 'hectares', 40,
        'headcount', 3, 'active_from', '2010-01-01') || org_change);
    INSERT INTO org (kind, name, country, siret, naf, commune, hectares, headcount, active_from, active_to)
    VALUES (o.kind, o.name, o.country, o.siret, o.naf, o.commune, o.hectares, o.headcount, o.active_from, o.active_to)
    RETURNING id INTO o.id;
    k := jsonb_populate_record(NULL::contract, jsonb_build_object('serial', 'AC-2027-' || wanted, 'state', 'submitted',
        'places', 5, 'first_day', '2027-04-01', 'last_day', '2027-08-31', 'commune', '84031', 'housing_kind', 'employer',
        'housing_address', wanted || ' road', 'housing_commune', '84031') || contract_change);
    INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome, crop, hectares,
                          tasks, commune, weekly_hours, hourly_wage, housing_kind, housing_address, housing_commune,
                          submitted_on, due_on)
    VALUES ((SELECT id FROM campaign WHERE code = 'S-2027'), o.id, k.serial, 'AAAAAA', k.state, k.places, k.first_day,
            k.last_day, 'A1401', 'apples', k.hectares, 'picking', k.commune, 35, 13, k.housing_kind,
            k.housing_address, k.housing_commune, '2027-01-15', '2027-02-15') RETURNING id INTO k.id;
    INSERT INTO made VALUES (wanted, o.id, k.id);
    PERFORM screen_contract(k.id);
    RETURN (SELECT string_agg(rule, ' ' ORDER BY rule) FROM fraud_case WHERE org_id = o.id);
END
$$;

SELECT is(pg_temp.farm('sound'), NULL, 'control: a sound farm opens nothing');
SELECT is(pg_temp.farm('gone', '{"active_to": "2026-12-31"}'), 'siret_inactive', 'closed establishment');
SELECT is(pg_temp.farm('unborn', '{"active_from": "2027-02-01"}'), 'siret_inactive young_employer', 'not yet created');
SELECT is(pg_temp.farm('young', '{"active_from": "2026-10-01"}'), 'young_employer', 'created within the year');
SELECT is(pg_temp.farm('a year old', '{"active_from": "2026-04-01"}'), NULL, 'control: created exactly a year before');
SELECT is(pg_temp.farm('shop', '{"naf": "47.11A"}'), 'not_a_farm', 'not agriculture');
SELECT is(pg_temp.farm('unknown', '{"naf": null}'), 'not_a_farm', 'activity not known');
SELECT is(pg_temp.farm('lender', '{"naf": "01.61Z"}'), 'labour_lender', 'a service company');
SELECT is(pg_temp.farm('agency', '{"naf": "78.20Z"}'), 'labour_lender not_a_farm', 'temporary work');
SELECT is(pg_temp.farm('no land', '{"hectares": null}'), 'no_land_declared', 'no land');
SELECT is(pg_temp.farm('land in the contract', '{"hectares": null}', '{"hectares": 12}'), NULL, 'control: land declared in the contract');
-- 46 places x 153 days x 5/7 = 5027 man-days > 40 ha x 120
SELECT is(pg_temp.farm('too many', '{}', '{"places": 46}'), 'disproportionate', 'too many man-days for the land');
SELECT is(pg_temp.farm('many', '{}', '{"places": 43}'), NULL, 'control: as many as the land takes');
SELECT is(pg_temp.farm('far', '{}', '{"commune": "13001"}'), 'workplace_elsewhere', 'work place in another department');
SELECT is(pg_temp.farm('long', '{}', '{"last_day": "2027-10-01"}'), 'stay_too_long', '184 days');
SELECT is(pg_temp.farm('half a year', '{}', '{"last_day": "2027-09-30"}'), NULL, 'control: 183 days');
SELECT is(pg_temp.farm('crowd', '{}', '{"housing_address": "SOUND road"}'), 'shared_address', 'another employer houses there');
SELECT is(pg_temp.farm('later', '{}', '{"housing_address": "sound road", "first_day": "2027-09-01", "last_day": "2027-09-30"}'),
          NULL, 'control: at other dates');
SELECT is(screen_contract(contract), 0, 'screening again opens nothing new') FROM made WHERE name = 'crowd';
SELECT ok(contract_held(contract) AND org_held(org), 'an inactive employer holds itself and its contracts') FROM made WHERE name = 'gone';
SELECT ok(contract_held(contract) AND NOT org_held(org), 'a contract''s case holds the contract') FROM made WHERE name = 'long';
SELECT ok(NOT contract_held(contract), 'control: a note holds nothing') FROM made WHERE name = 'far';

-- Imports ---------------------------------------------------------------------------------------------
INSERT INTO org (kind, name, country) VALUES ('partner', 'Importer', 'MA');
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT id, 'partner', 'import@service.example', 'I', 'x' FROM org WHERE name = 'Importer';
INSERT INTO campaign_service (campaign_id, org_id, quota)
SELECT c.id, o.id, 100 FROM campaign c, org o WHERE o.name = 'Importer' AND c.code LIKE 'S-%';
SELECT act_as((SELECT id FROM account WHERE email = 'import@service.example'), o.id, 'partner', '2027-01-15')
FROM org o WHERE name = 'Importer';
CREATE FUNCTION pg_temp.import(code text, tail text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    camp bigint := (SELECT c.id FROM campaign c WHERE c.code = import.code);
    batch bigint;
    ids record;
    done record;
BEGIN
    INSERT INTO import_batch (campaign_id, org_id, kind, file_hash, account_id)
    VALUES (camp, actor_org(), 'candidate', sha256(convert_to(code || tail, 'UTF8')), actor_account()) RETURNING id INTO batch;
    PERFORM candidate_import_begin(camp);
    SELECT * INTO ids FROM candidate_ids(100);
    -- 10 rows: 3 = same passport and person as 2; 5 = same person as 4; 7 has a wrong digit; 9 repeats the ref of 8
    INSERT INTO candidate_stage SELECT n, ids.first_worker + n, ids.first_candidate + n,
        'BBBB-' || lpad((ids.first_candidate + n)::text, 4, '0'), 'R' || tail || CASE n WHEN 9 THEN 8 ELSE n END,
        decode(md5('p' || CASE n WHEN 3 THEN 2 ELSE n END), 'hex'), decode(md5('q' || CASE n WHEN 3 THEN 2 WHEN 5 THEN 4 ELSE n END), 'hex'),
        decode(md5('q' || CASE n WHEN 3 THEN 2 WHEN 5 THEN 4 ELSE n END), 'hex'), convert_to(repeat('s', 60), 'UTF8'), convert_to(repeat('k', 74), 'UTF8'), '2031-01-01', 0, '{fr}', '{}', '{}',
        '2027-03-01', '2027-09-30', false, NULL, NULL, NULL, NULL,
        CASE n WHEN 7 THEN ARRAY['check_digit:composite 2/44'] END, NULL, NULL
    FROM generate_series(1, 10) n;
    SELECT * INTO done FROM candidate_import_take(batch, camp, false, '2027-01-15');
    PERFORM candidate_screen_import(batch, camp, ids.first_candidate, ids.first_candidate + 100);
    RETURN done.added || '/' || done.same;
END
$$;
SELECT is(pg_temp.import('S-2027', 'a'), '9/1', 'an import adds its rows, a repeated reference once');
SELECT is((SELECT string_agg(rule, ' ' ORDER BY rule) FROM fraud_case f JOIN candidate c ON c.id = f.candidate_id AND c.token LIKE 'BBBB-%'),
          'mrz_check_digit same_passport same_person', 'and opens one case a finding');
SELECT throws_ok($$SELECT pg_temp.import('S-2027', 'a')$$, '23505', NULL, 'the same file is not taken twice');
SELECT is(pg_temp.import('S-2026', 'b'), '9/1', 'another campaign takes the same persons');
SELECT is((SELECT count(DISTINCT worker_id) FROM candidate WHERE token LIKE 'BBBB-%'), 10::bigint,
          'who are the same workers, but for the second entry of one passport in each');

-- A reference that an earlier chunk of the same file used.
CREATE FUNCTION pg_temp.chunk(again boolean, first int, last int, repeated text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    camp bigint := (SELECT c.id FROM campaign c WHERE c.code = 'S-2027');
    batch bigint := (SELECT max(b.id) FROM import_batch b WHERE b.campaign_id = camp AND b.kind = 'candidate');
    ids record;
    done record;
BEGIN
    PERFORM candidate_import_begin(camp);
    SELECT * INTO ids FROM candidate_ids(10);
    INSERT INTO candidate_stage SELECT n, ids.first_worker + n, ids.first_candidate + n,
        'CCCC-' || lpad((ids.first_candidate + n)::text, 4, '0'), CASE n WHEN last THEN repeated ELSE 'K' || n END,
        decode(md5('kp' || n), 'hex'), decode(md5('kq' || n), 'hex'), decode(md5('kq' || n), 'hex'),
        convert_to(repeat('s', 60), 'UTF8'), convert_to(repeat('k', 74), 'UTF8'), '2031-01-01', 0, '{fr}', '{}', '{}', '2027-03-01', '2027-09-30',
        false, NULL, NULL, NULL, NULL, NULL
    FROM generate_series(first, last) n;
    SELECT * INTO done FROM candidate_import_take(batch, camp, again, '2027-01-15');
    RETURN done.added || '/' || done.same;
END
$$;
SELECT is(pg_temp.chunk(false, 1, 3, 'K3'), '3/0', 'a chunk is taken');
SELECT is(pg_temp.chunk(false, 4, 6, 'K2'), '2/1', 'of the next one, a reference of the first is left');
SELECT is(pg_temp.chunk(true, 7, 9, 'K1'), '2/1', 'and so it is when references are looked for from the beginning');

-- 300 entries whose keys come from small pools, so that many look like another: what an import's screening opens is
-- what asking candidate_pairs() of every row gives, and it reads no table whole.
CREATE TEMP TABLE likely (batch bigint, camp bigint, first bigint, last bigint, opened bigint, reads bigint);
CREATE FUNCTION pg_temp.likely() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    l pg_temp.likely;
BEGIN
    SELECT id INTO l.camp FROM campaign WHERE code = 'S-2027';
    INSERT INTO import_batch (campaign_id, org_id, kind, file_hash, account_id)
    VALUES (l.camp, actor_org(), 'candidate', sha256('likely'), actor_account()) RETURNING id INTO l.batch;
    SELECT max(id) + 1, max(id) + 300 INTO l.first, l.last FROM candidate;
    INSERT INTO worker (id) SELECT (SELECT max(id) FROM worker) + n FROM generate_series(1, 300) n;
    -- a third in the other campaign, entered before
    INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, passport_key, person_key, swapped_key,
                           available_from, available_to, consent_at, entered_by, import_id)
    SELECT l.first + n - 1, CASE WHEN n <= 100 THEN (SELECT id FROM campaign WHERE code = 'S-2026') ELSE l.camp END,
           actor_org(), (SELECT max(id) FROM worker) - 300 + n, 'DDDD-' || lpad(n::text, 4, '0'),
           decode(md5('lp' || n % 120), 'hex'),
           decode(md5('lq' || CASE n % 3 WHEN 0 THEN n % 120 ELSE n * 7 % 97 END), 'hex'),
           decode(md5('lq' || n * 11 % 89), 'hex'), '2027-03-01', '2027-09-30', '2027-01-15', actor_account(),
           CASE WHEN n > 100 THEN l.batch END
    FROM generate_series(1, 300) n;
    l.first := l.first + 100;
    INSERT INTO likely VALUES (l.*);
END
$$;
SELECT pg_temp.likely();
CREATE FUNCTION pg_temp.read_whole() RETURNS bigint LANGUAGE sql AS
    'SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relid = ''candidate''::regclass';
CREATE FUNCTION pg_temp.screen_likely() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    before bigint := pg_temp.read_whole();
BEGIN
    UPDATE likely SET opened = candidate_screen_import(batch, camp, first, last);
    RETURN pg_temp.read_whole() - before;
END
$$;
SELECT is(pg_temp.screen_likely(), 0::bigint, 'the screening of an import reads by index only');
CREATE TEMP TABLE found AS
SELECT f.rule, f.candidate_id, f.other_candidate_id, f.evidence FROM fraud_case f, likely l
WHERE f.candidate_id BETWEEN l.first AND l.last AND f.other_candidate_id IS NOT NULL;
CREATE TEMP TABLE asked AS
SELECT p.rule, c.id AS candidate_id, p.other AS other_candidate_id, p.evidence
FROM likely l, candidate c, LATERAL candidate_pairs(c) p
WHERE c.id BETWEEN l.first AND l.last AND (p.other < c.id OR p.other > l.last);
SELECT is((SELECT count(*) FROM ((TABLE found EXCEPT TABLE asked) UNION ALL (TABLE asked EXCEPT TABLE found)) d), 0::bigint,
          'and opens what asking every row opens');
SELECT ok(min(n) >= 10 AND count(*) = 5, 'control: ten cases at least of each of the five rules')
FROM (SELECT count(*) AS n FROM found GROUP BY rule) r;
DELETE FROM fraud_case f USING likely l WHERE f.candidate_id BETWEEN l.first AND l.last;
ALTER FUNCTION candidate_screen_import(bigint, bigint, bigint, bigint) RESET enable_seqscan;
SELECT cmp_ok(pg_temp.screen_likely(), '>=', 300::bigint, 'control: without its setting it reads all there is');

SELECT finish();
ROLLBACK;
