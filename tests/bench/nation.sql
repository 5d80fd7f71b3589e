-- A matching for a whole country: :candidates people of ten services, :contracts contracts of ten places or so,
-- three quarters as many places as people at most, five tests, a test passed by nine of ten, an earlier stay of
-- one in ten. Filled by SQL on purpose: what is measured is the matching, not the way in.
\set ON_ERROR_STOP on
BEGIN;
SET LOCAL session_replication_role = replica; -- no trigger: the rows are sound
INSERT INTO org (id, kind, name, country, siret) OVERRIDING SYSTEM VALUE
SELECT 1000, 'ofii', 'OFII', 'FR', NULL
UNION ALL SELECT 1000 + n, 'partner', 'Service ' || n, 'MA', NULL FROM generate_series(1, 10) n
UNION ALL SELECT 1010 + n, 'employer', 'Ferme ' || n, 'FR', lpad(n::text, 14, '0')
FROM generate_series(1, greatest(:contracts / 5, 1)) n;
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT id, CASE kind WHEN 'ofii' THEN 'officer' ELSE kind END, 'bench' || id || '@example.org', 'Bench', '!'
FROM org ORDER BY id;
-- The token of account N is nrt_ and N in 43 digits; the table keeps its SHA-256.
INSERT INTO api_token (account_id, token_hash, label, scope, expires_at)
SELECT id, sha256(convert_to('nrt_' || lpad(id::text, 43, '0'), 'UTF8')), 'bench', 'write',
    clock_timestamp() + interval '1 day' FROM account;
INSERT INTO campaign (code, season, name, first_day, last_day, state)
VALUES ('NATION', extract(year FROM current_date) + 1, 'Nation', make_date(extract(year FROM current_date)::int + 1, 1, 15),
        make_date(extract(year FROM current_date)::int + 1, 12, 31), 'matching');
INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT 1, id, 1000000 FROM org WHERE kind = 'partner';
INSERT INTO profile (id, code, label, pass_total, state) OVERRIDING SYSTEM VALUE
SELECT 1000 + n, 'P-' || n, 'Test ' || n, 50, 'active' FROM generate_series(1, 5) n;
INSERT INTO worker (id) SELECT n FROM generate_series(1, :candidates) n;
INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key,
    experience_months, languages, permits, available_from, available_to, consent_at, entered_by)
SELECT n, 1, 1001 + n % 10, n, overlay(lpad(upper(to_hex(n)), 8, '0') placing '-' from 5 for 0),
    'preselected', decode(md5('p' || n), 'hex'), decode(md5('q' || n), 'hex'), decode(md5('r' || n), 'hex'),
    n * 7 % 97, CASE n % 3 WHEN 0 THEN '{fr,ar}'::text[] WHEN 1 THEN '{ar}' ELSE '{ar,es}' END,
    CASE n % 4 WHEN 0 THEN '{b}'::text[] ELSE '{}' END, c.first_day + n % 60, c.last_day - n % 45, clock_timestamp(), 2
FROM campaign c, generate_series(1, :candidates) n;
INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome, crop,
    tasks, commune, weekly_hours, hourly_wage, submitted_on, due_on, profile_id, experience_months, language, driving)
SELECT 1, 1011 + n % greatest(:contracts / 5, 1), 'AC-' || lpad(n::text, 7, '0'), 'ABCDEF', 'approved', 5 + n * 13 % 11,
    c.first_day + 30 + n % 90, c.first_day + 30 + n % 90 + 60 + n % 75, r.code, 'apple', 'picking', m.insee, 35, 12.50,
    c.first_day - 60, c.first_day - 30, 1001 + n % 5, n % 4 * 6, CASE n % 5 WHEN 0 THEN 'fr' WHEN 1 THEN 'ar' END, n % 10 = 0
FROM campaign c, (SELECT min(code) AS code FROM rome_code) r, (SELECT min(insee) AS insee FROM commune) m,
    generate_series(1, :contracts) n;
INSERT INTO contract_place (contract_id, campaign_id, place_no)
SELECT k.id, 1, g FROM contract k, generate_series(1, k.places) g;
INSERT INTO result (seat_id, session_id, campaign_id, service_id, candidate_id, profile_id, outcome, total, max_total,
    valid_until, digest, held_on, account_id)
SELECT n * 2 + g, 1, 1, 1001 + n % 10, n, 1001 + (n + g * 2) % 5, 'pass', 50 + (n * 31 + g) % 50, 100,
    current_date + 700, sha256(''), current_date, 1
FROM generate_series(1, :candidates) n, generate_series(0, 1) g WHERE n % 10 <> 0;
INSERT INTO worker_stay (worker_id, campaign_id, period, recorded_by, source)
SELECT n, 1, daterange(current_date - 200, current_date - 120 + n % 60), 1, 'declared'
FROM generate_series(1, :candidates, 10) n;
COMMIT;
VACUUM (ANALYZE, FREEZE);
