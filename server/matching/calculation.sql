-- Calculations about matching (calculation.h): ordered, computed, told.

-- name: calculation_order
-- class: ofii
SELECT o.id, o.small FROM calculation_order(:kind::text, :campaign::bigint, :run::bigint, :days::int, :few::int) o;

-- name: calculation_next
-- class: system
SELECT n.id, n.account_id, n.org_id, n.role FROM calculation_next(:last::bigint) n;

-- name: calculation_waiting
-- class: ofii
SELECT q.kind, q.campaign_id, q.run_id, q.days FROM matching_calculation q WHERE q.id = :id::bigint AND q.state = 'waiting';

-- A run as it is stored now, and the hashes of what is stored of it now.
-- name: calculation_run
-- class: ofii
SELECT r.rule, r.inputs, encode(r.seed, 'hex') AS seed, encode(r.inputs_hash, 'hex') AS inputs_hash,
       encode(sha256(convert_to(r.result, 'UTF8')), 'hex') AS result_hash,
       CASE WHEN r.kept_hash IS NOT NULL THEN encode(sha256(convert_to(r.terms || coalesce(
           (SELECT string_agg(s.lines, '' ORDER BY s.first_candidate) FROM matching_share s WHERE s.run_id = r.id), ''),
           'UTF8')), 'hex') END AS kept_hash
FROM matching_run r WHERE r.id = :run::bigint AND matching_has_result(r.id);

-- name: calculation_replayed
-- class: ofii
SELECT calculation_replayed(:id::bigint, :inputs_same::boolean, :result_same::boolean, :kept_same::boolean,
                            :result_hash::bytea) AS _void;

-- name: calculation_supposed
-- class: ofii
SELECT calculation_supposed(:id::bigint, :places::int, :filled::int[]) AS _void;

-- name: calculation_kept
-- class: ofii
SELECT calculation_kept(:id::bigint, :terms::text, :kept_hash::bytea) AS _void;

-- name: calculation_stop
-- class: ofii
SELECT calculation_stop(:id::bigint, :code::text) AS _void;

-- name: calculation_cancel
-- class: ofii
SELECT calculation_cancel(:id::bigint) AS calculation_id;

-- name: calculation_by_id
-- class: ofii
SELECT q.id, q.kind, q.campaign_id, c.name AS campaign, q.run_id, q.days, q.state, q.stopped_by, q.inputs_same,
       q.result_same, q.kept_same, encode(q.result_hash, 'hex') AS result_hash, q.places, q.created_at, q.ended_at,
       a.name AS asked_by
FROM matching_calculation q JOIN campaign c ON c.id = q.campaign_id JOIN account a ON a.id = q.account_id
WHERE q.id = :id::bigint;

-- name: calculation_cases
-- class: ofii
SELECT f.case, f.filled, f.filled - q.filled[1] AS more
FROM matching_calculation q, unnest(ARRAY['as_is', 'no_language', 'no_experience', 'no_permit', 'no_quota', 'longer'], q.filled)
    WITH ORDINALITY AS f ("case", filled, no)
WHERE q.id = :id::bigint AND q.filled IS NOT NULL ORDER BY f.no;

-- name: calculation_list
-- class: ofii
SELECT q.id, q.days, q.state, q.places, q.filled[1] AS filled, q.created_at, q.ended_at, count(*) OVER () AS _all
FROM matching_calculation q WHERE q.campaign_id = :campaign::bigint AND q.kind = 'simulation' ORDER BY q.id DESC LIMIT 20;
