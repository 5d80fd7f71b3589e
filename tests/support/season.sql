-- Functions that make a small season for the tests of binding and six months in twelve.
CREATE TABLE t_ids (name text PRIMARY KEY, id bigint);

CREATE FUNCTION t_id(wanted text) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM t_ids WHERE name = wanted';

CREATE FUNCTION t_season() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH o AS (INSERT INTO org (kind, name, siret) VALUES ('employer', 'farm', '11111111111111'),
               ('partner', 'service', NULL), ('ofii', 'office', NULL) RETURNING id, name)
    INSERT INTO t_ids SELECT name, id FROM o;
    WITH a AS (INSERT INTO account (org_id, role, email, name, password_hash)
        VALUES (t_id('farm'), 'employer', 'farmer@farm.example', 'farmer', 'x'),
               (t_id('office'), 'officer', 'first@ofii.example', 'officer', 'x'),
               (t_id('office'), 'officer', 'second@ofii.example', 'second', 'x') RETURNING id, name)
    INSERT INTO t_ids SELECT name, id FROM a;
    WITH c AS (INSERT INTO campaign (code, season, name, first_day, last_day, six_months_variant)
        VALUES ('D-2027', 2027, 'days_183', '2027-01-01', '2027-12-31', 'days_183'),
               ('M-2027', 2027, 'calendar_months', '2027-01-01', '2027-12-31', 'calendar_months') RETURNING id, name)
    INSERT INTO t_ids SELECT name, id FROM c;
    INSERT INTO campaign_service (campaign_id, org_id, quota)
    VALUES (t_id('days_183'), t_id('service'), 1000000), (t_id('calendar_months'), t_id('service'), 1000000);
    UPDATE campaign SET state = 'open';
    ALTER TABLE contract DISABLE TRIGGER USER; -- the contract's own rules are tested elsewhere
    PERFORM t_contract(1);
    UPDATE campaign SET state = 'matching' WHERE id = t_id('days_183');
    WITH r AS (INSERT INTO matching_run (campaign_id, rule, inputs, inputs_hash, seed, result, result_hash, candidates,
                   contracts, places, assigned, proposed, reserve, run_by, run_on)
               VALUES (t_id('days_183'), 'test', '', sha256(''), sha256('s'), '', sha256(''), 0, 0, 0, 0, 0, 0,
                       t_id('officer'), '2027-01-01') RETURNING id)
    INSERT INTO t_ids SELECT 'run', id FROM r;
END
$$;

CREATE FUNCTION t_contract(n int, a date DEFAULT '2027-03-01', b date DEFAULT '2027-06-30') RETURNS bigint
LANGUAGE sql AS $$
    WITH k AS (INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome,
                   crop, tasks, commune, weekly_hours, hourly_wage, submitted_on, due_on)
               VALUES (t_id('days_183'), t_id('farm'), 'T-' || nextval('contract_serial'), 'AAAAAA', 'approved', n, a, b,
                       'A1401', 'apples', 'picking', '84007', 35, 13, '2027-01-01', '2027-02-01') RETURNING id, campaign_id),
    p AS (INSERT INTO contract_place (contract_id, campaign_id, place_no)
          SELECT k.id, k.campaign_id, g FROM k, generate_series(1, n) g)
    SELECT id FROM k
$$;

-- A batch of workers, each entered in the campaign days_183; gives the first of their ids, which follow.
CREATE FUNCTION t_workers(n int) RETURNS bigint LANGUAGE sql AS $$
    WITH w AS (INSERT INTO worker (created_at) SELECT now() FROM generate_series(1, n) RETURNING id),
    c AS (INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key,
              available_from, available_to, consent_at, entered_by)
          SELECT t_id('days_183'), t_id('service'), id,
              regexp_replace(lpad(upper(to_hex(nextval('contract_serial'))), 8, '0'), '(.{4})(.{4})', '\1-\2'),
              'preselected', decode(md5(random()::text), 'hex'), decode(md5(random()::text), 'hex'),
              decode(md5(random()::text), 'hex'), '2027-01-01', '2027-12-31', now(), 1 FROM w RETURNING worker_id)
    SELECT min(worker_id) FROM c
$$;

-- A derogation signed by both officers; `named`: of those workers alone.
CREATE FUNCTION t_derogation(content jsonb, named bigint[] DEFAULT NULL) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM act_as(t_id('officer'), t_id('office'), 'officer', '2026-01-01');
    made := derogation_propose(content || '{"title": "test", "legal_source": "test"}', (SELECT string_agg(c.token, ' ')
        FROM candidate c WHERE c.worker_id = ANY (named)));
    PERFORM act_as(t_id('second'), t_id('office'), 'officer', '2026-01-01');
    PERFORM derogation_sign(made, (SELECT d.sha256 FROM derogation d WHERE d.id = made));
    RETURN made;
END
$$;

-- A proposal of a candidate nobody has seen; of the given worker when there is one.
CREATE FUNCTION t_proposal(contract bigint, known bigint DEFAULT NULL) RETURNS bigint LANGUAGE sql AS $$
    WITH w AS (INSERT INTO worker (id) SELECT nextval(pg_get_serial_sequence('worker', 'id')) WHERE known IS NULL
               RETURNING id),
    c AS (INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key,
              available_from, available_to, consent_at, entered_by)
          SELECT t_id('days_183'), t_id('service'), coalesce(known, (SELECT id FROM w)),
              regexp_replace(lpad(upper(to_hex(nextval('contract_serial'))), 8, '0'), '(.{4})(.{4})', '\1-\2'),
              'preselected', decode(md5(random()::text), 'hex'), decode(md5(random()::text), 'hex'),
              decode(md5(random()::text), 'hex'), '2027-01-01', '2027-12-31', now(), 1 RETURNING id)
    INSERT INTO proposal (campaign_id, run_id, contract_id, org_id, candidate_id, rank, first_choice, score,
        result_points, experience_points, language_points, return_points, state, shown)
    SELECT t_id('days_183'), t_id('run'), contract, t_id('farm'), id, 1, false, 0, 0, 0, 0, 0, 'proposed', true FROM c
    RETURNING id
$$;
