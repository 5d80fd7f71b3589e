-- A small season of the test's own organisations: placements in any state, with a sealed identity.
CREATE FUNCTION t_org(wanted text) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM org WHERE name = wanted';
CREATE TABLE t_ids (name text PRIMARY KEY, id bigint);
CREATE FUNCTION t_id(wanted text) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM t_ids WHERE name = wanted';
WITH c AS (INSERT INTO campaign (code, season, name, first_day, last_day)
    VALUES ('DOC-1', 2027, 'Test', today(), today() + 300) RETURNING id)
INSERT INTO t_ids SELECT 'campaign', id FROM c;
INSERT INTO campaign_service (campaign_id, org_id, quota) VALUES (t_id('campaign'), t_org('Test partner'), 1000);
UPDATE campaign SET state = 'open';
ALTER TABLE contract DISABLE TRIGGER contract_terms_rules;
WITH k AS (INSERT INTO contract (campaign_id, org_id, serial, check_code, places, first_day, last_day, rome, crop, tasks,
               commune, weekly_hours, hourly_wage, submitted_on, due_on)
           VALUES (t_id('campaign'), t_org('Test employer'), 'x', 'AAAAAA', 50, today() + 10, today() + 100, 'A1401',
                   'apples', 'picking', '84007', 35, 13.5, today(), today()) RETURNING id)
INSERT INTO t_ids SELECT 'contract', id FROM k;
ALTER TABLE contract DISABLE TRIGGER USER;
UPDATE contract SET state = 'approved';

-- A worker's id, for which the identity is sealed.
CREATE FUNCTION t_worker() RETURNS bigint LANGUAGE sql AS 'INSERT INTO worker DEFAULT VALUES RETURNING id';
CREATE FUNCTION t_placement(worker bigint, identity bytea, key bytea, as_state text) RETURNS bigint LANGUAGE sql AS $$
    WITH s AS (INSERT INTO worker_identity VALUES (worker, identity, key)),
    c AS (INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key,
              available_from, available_to, consent_at, entered_by)
          VALUES (t_id('campaign'), t_org('Test partner'), worker, 'AAAA-' || lpad(worker::text, 4, '0'), 'preselected',
              decode(md5(worker || 'a'), 'hex'), decode(md5(worker || 'b'), 'hex'), decode(md5(worker || 'c'), 'hex'),
              today(), today() + 200, now(), 1) RETURNING id)
    INSERT INTO placement (campaign_id, contract_id, place_no, candidate_id, worker_id, org_id, service_id, first_day,
        last_day, return_due, state, bound_by)
    SELECT t_id('campaign'), t_id('contract'), worker, c.id, worker, t_org('Test employer'), t_org('Test partner'),
        today() + 10, today() + 100, today() + 105, as_state, 1 FROM c RETURNING id
$$;
