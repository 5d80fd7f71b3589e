-- The database of `make bench`: one campaign, 100,000 candidates, 100 employers with 20 proposals each.
-- Filled by SQL on purpose: what is measured is the service, not the way in.
\set ON_ERROR_STOP on
BEGIN;
INSERT INTO org (kind, name, country) VALUES ('ofii', 'OFII', 'FR'), ('partner', 'Service de test', 'MA');
INSERT INTO org (kind, name, siret) SELECT 'employer', 'Ferme ' || n, lpad(n::text, 14, '0')
FROM generate_series(1, 100) n;
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT id, CASE kind WHEN 'ofii' THEN 'officer' ELSE kind END, 'bench' || id || '@example.org', 'Bench', '!'
FROM org;
-- The token of account N is nrt_ and N in 43 digits; the table keeps its SHA-256.
INSERT INTO api_token (account_id, token_hash, label, scope, expires_at)
SELECT id, sha256(convert_to('nrt_' || lpad(id::text, 43, '0'), 'UTF8')), 'bench', 'write',
    clock_timestamp() + interval '1 day' FROM account;
INSERT INTO campaign (code, season, name, first_day, last_day, state)
VALUES ('BENCH', 2026, 'Bench', '2026-02-01', '2026-12-31', 'open');
INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT 1, id, 1000000 FROM org WHERE kind = 'partner';
INSERT INTO worker SELECT FROM generate_series(1, 100000);
INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key,
    experience_months, languages, permits, available_from, available_to, consent_at, entered_by)
SELECT 1, (SELECT id FROM org WHERE kind = 'partner'), n,
    overlay(lpad(upper(to_hex(n)), 8, '0') placing '-' from 5 for 0),
    'preselected', decode(md5('p' || n), 'hex'), decode(md5('q' || n), 'hex'), decode(md5('r' || n), 'hex'),
    n % 60, '{fr,ar}', '{B}', '2026-02-01', '2026-12-31', clock_timestamp(), 1
FROM generate_series(1, 100000) n;
INSERT INTO contract (campaign_id, org_id, serial, check_code, state, places, first_day, last_day, rome, crop,
    tasks, commune, weekly_hours, hourly_wage, submitted_on, due_on)
SELECT 1, id, 'AC-2026-' || lpad(id::text, 7, '0'), 'ABCDEF', 'approved', 10, '2026-03-01', '2026-06-30',
    (SELECT min(code) FROM rome_code), 'apple', 'picking', (SELECT min(insee) FROM commune), 35, 12.50,
    '2026-01-02', '2026-01-20'
FROM org WHERE kind = 'employer';
INSERT INTO matching_run (campaign_id, rule, inputs, inputs_hash, seed, result, result_hash, candidates,
    contracts, places, assigned, proposed, reserve, run_by, run_on)
VALUES (1, 'bench', '', sha256(''), sha256(''), '', sha256(''), 0, 0, 0, 0, 0, 0, 1, '2026-02-01');
INSERT INTO proposal (campaign_id, run_id, contract_id, org_id, candidate_id, rank, first_choice, score,
    result_points, experience_points, language_points, return_points, state, shown)
SELECT 1, 1, k.id, k.org_id, (SELECT min(id) FROM candidate) + (k.id * 20 + n) % 90000, n, false, 500, 0, 0, 0, 0,
    'proposed', true
FROM contract k, generate_series(1, 20) n;
COMMIT;
VACUUM (ANALYZE, FREEZE);
