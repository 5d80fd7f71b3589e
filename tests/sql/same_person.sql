-- A renewed passport makes a second worker; once a person has settled that both are one, their stays count
-- together. Each test runs beside its control: the same without the settling.
BEGIN;
SELECT plan(16);
SELECT act_as(1, 1, 'officer', '2027-02-01');
CREATE TEMP TABLE ids (name text PRIMARY KEY, id bigint);
CREATE FUNCTION pg_temp.id(wanted text) RETURNS bigint LANGUAGE sql AS 'SELECT id FROM ids WHERE name = wanted';
WITH o AS (INSERT INTO org (kind, name, country) VALUES ('partner', 'Service', 'MA'), ('ofii', 'Office', 'FR') RETURNING id, name)
INSERT INTO ids SELECT name, id FROM o;
WITH a AS (INSERT INTO account (org_id, role, email, name, password_hash)
    VALUES (pg_temp.id('Office'), 'officer', 'first@ofii.example', 'first', 'x'),
           (pg_temp.id('Office'), 'officer', 'second@ofii.example', 'second', 'x') RETURNING id, name)
INSERT INTO ids SELECT name, id FROM a;
WITH c AS (INSERT INTO campaign (code, season, name, first_day, last_day, state)
    VALUES ('W-2027', 2027, 'Now', '2027-01-01', '2027-12-31', 'open') RETURNING id)
INSERT INTO ids SELECT 'campaign', id FROM c;

-- Four workers with an entry each; two cases: (1, 2) and (3, 4), the second grave.
INSERT INTO ids SELECT 'w' || n, n + 900000 FROM generate_series(1, 4) n;
INSERT INTO worker (id) SELECT id FROM ids WHERE name ~ '^w[1-4]$';
WITH c AS (INSERT INTO candidate (campaign_id, org_id, worker_id, token, passport_key, person_key, swapped_key,
               available_from, available_to, consent_at, entered_by)
           SELECT pg_temp.id('campaign'), pg_temp.id('Service'), id, 'WWWW-000' || right(name, 1), decode(md5(name), 'hex'),
               decode(md5('p' || name), 'hex'), decode(md5('s' || name), 'hex'), '2027-01-01', '2027-12-31', now(), 1
           FROM ids WHERE name ~ '^w[1-4]$' RETURNING id, worker_id)
INSERT INTO ids SELECT 'c' || worker_id - 900000, id FROM c;
CREATE FUNCTION pg_temp.doubt(one text, other text, code text) RETURNS bigint LANGUAGE sql AS $$
    SELECT fraud_open(code, pg_temp.id('campaign'), '{}', pg_temp.id(one), pg_temp.id(other));
    SELECT max(id) FROM fraud_case
$$;
INSERT INTO ids SELECT 'renewed', pg_temp.doubt('c2', 'c1', 'person_two_passports');
INSERT INTO ids SELECT 'grave', pg_temp.doubt('c4', 'c3', 'passport_two_persons');
INSERT INTO ids SELECT 'alone', pg_temp.doubt('c1', NULL, 'mrz_check_digit');
CREATE FUNCTION pg_temp.stay(worker text, a date, b date) RETURNS void LANGUAGE sql AS $$
    INSERT INTO worker_stay (worker_id, campaign_id, period, source)
    VALUES (pg_temp.id(worker), pg_temp.id('campaign'), daterange(a, b, '[]'), 'test entry')
$$;

-- --- before: two persons, each with six months of his own ---------------------------------------------
SELECT pg_temp.stay('w1', '2027-01-01', '2027-05-31'); -- five months
SAVEPOINT before;
SELECT lives_ok($$SELECT pg_temp.stay('w2', '2027-07-01', '2027-10-31')$$,
                'control: unsettled, the second worker has his own six months');
ROLLBACK TO before;

-- --- settled: one person ------------------------------------------------------------------------------
SELECT act_as(pg_temp.id('first'), pg_temp.id('Office'), 'officer', '2027-02-01');
SELECT throws_ok(format($$SELECT case_settle(%s, 'cleared', 'nobody beside him', NULL, true)$$, pg_temp.id('alone')),
                 NULL, NULL, 'a case of one entry joins nobody');
SELECT is((SELECT state FROM case_settle(pg_temp.id('renewed'), 'cleared', 'renewed passport seen', NULL, true)), 'cleared',
          'a renewed passport is no fraud, and one person');
SELECT is((SELECT person_id FROM worker WHERE id = pg_temp.id('w2')), pg_temp.id('w1'), 'the later worker is the earlier one');
SELECT set_eq(format('SELECT same_workers(%s)', pg_temp.id('w1')), format('VALUES (%s), (%s)', pg_temp.id('w1'), pg_temp.id('w2')),
              'seen from the first');
SELECT set_eq(format('SELECT same_workers(%s)', pg_temp.id('w2')), format('VALUES (%s), (%s)', pg_temp.id('w1'), pg_temp.id('w2')),
              'and from the second');
SELECT throws_ok($$SELECT pg_temp.stay('w2', '2027-07-01', '2027-10-31')$$, 'NR001', NULL,
                 'his stays count together: nine months are refused');
SELECT lives_ok($$SELECT pg_temp.stay('w2', '2027-07-01', '2027-07-29')$$, 'what is left of the six months is his');
SELECT is((SELECT version FROM worker WHERE id = pg_temp.id('w1')), 4::bigint,
          'a stay of the second takes the lock of the first too');
SELECT ok(NOT EXISTS (SELECT FROM candidate a JOIN candidate b ON a.worker_id = b.worker_id AND a.id <> b.id
                      WHERE a.id IN (SELECT id FROM ids WHERE name ~ '^c[1-4]$')), 'entries and identities stay apart: nothing is merged');

-- --- a grave case joins nobody before the second person says the same -----------------------------------
SELECT is((SELECT proposed FROM case_settle(pg_temp.id('grave'), 'confirmed', 'same photo on both', NULL, true)), 'confirmed',
          'the first person proposes');
SELECT is((SELECT person_id FROM worker WHERE id = pg_temp.id('w4')), NULL, 'control: a proposal joins nobody');
SELECT act_as(pg_temp.id('second'), pg_temp.id('Office'), 'officer', '2027-02-01');
SELECT is((SELECT state FROM case_settle(pg_temp.id('grave'), 'confirmed', 'same photo on both', NULL, false)), 'open',
          'who does not say that they are one person says something else: it is a new proposal');
SELECT act_as(pg_temp.id('first'), pg_temp.id('Office'), 'officer', '2027-02-01');
SELECT is((SELECT state FROM case_settle(pg_temp.id('grave'), 'confirmed', 'same photo on both', NULL, false)), 'confirmed',
          'two persons who say that they are two');
SELECT is((SELECT person_id FROM worker WHERE id = pg_temp.id('w4')), NULL, 'join nobody');

-- --- persons joined twice ----------------------------------------------------------------------------------
INSERT INTO ids SELECT 'again', pg_temp.doubt('c3', 'c2', 'same_person');
SELECT case_settle(pg_temp.id('again'), 'confirmed', 'one face, three passports', pg_temp.id('c2'), true);
SELECT set_eq(format('SELECT same_workers(%s)', pg_temp.id('w3')),
              format('VALUES (%s), (%s), (%s)', pg_temp.id('w1'), pg_temp.id('w2'), pg_temp.id('w3')),
              'all that were joined before have one first worker');
SELECT finish();
ROLLBACK;
