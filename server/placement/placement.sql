-- Placements, their facts and stays. Row-level security leaves each organisation its own.

-- name: placement_list
-- class: ofii, employer, partner
SELECT p.id, p.campaign_id, p.contract_id, k.serial, k.crop, c.token, o.name AS employer, p.first_day, p.last_day,
       p.return_due, p.state, placement_standing(p.state, p.return_due, NULL, g.checkin_days) AS standing
FROM placement p
JOIN campaign g ON g.id = p.campaign_id
JOIN contract k ON k.id = p.contract_id
JOIN candidate c ON c.id = p.candidate_id
LEFT JOIN org o ON o.id = p.org_id
WHERE p.id > :after::bigint
  AND (:campaign::bigint IS NULL OR p.campaign_id = :campaign::bigint)
  AND (:contract::bigint IS NULL OR p.contract_id = :contract::bigint)
  AND (:state::text IS NULL OR p.state = :state::text)
ORDER BY p.id LIMIT :limit::int;

-- name: placement_by_id
-- class: ofii, employer, partner
SELECT p.id, p.campaign_id, g.name AS campaign, g.state AS campaign_state, p.contract_id, k.serial, k.crop, p.place_no,
       p.candidate_id, c.token, o.name AS employer, p.first_day, p.last_day, p.return_due, p.ended_on, p.departed_on,
       p.returned_on, p.state, placement_standing(p.state, p.return_due, NULL, g.checkin_days) AS standing,
       placement_term(p.state) <> 'left_before' AS live, p.departed_on IS NOT NULL AS gone, p.version
FROM placement p
JOIN campaign g ON g.id = p.campaign_id
JOIN contract k ON k.id = p.contract_id
JOIN candidate c ON c.id = p.candidate_id
LEFT JOIN org o ON o.id = p.org_id
WHERE p.id = :id::bigint;

-- name: placement_fact_list
-- class: ofii, employer, partner
SELECT f.id, f.kind, f.day, f.source, f.note, f.from_state, f.to_state, f.at, count(*) OVER () AS _all
FROM placement_fact f WHERE f.placement_id = :id::bigint ORDER BY f.id LIMIT 500;

-- What the acting role may state next.
-- name: placement_next
-- class: ofii, employer, partner
SELECT k.kind, k.needs_note
FROM placement p
JOIN placement_move m ON m.state IN (p.state, '*')
JOIN placement_fact_kind k ON k.kind = m.kind
WHERE p.id = :id::bigint AND actor_role() = ANY (k.roles)
ORDER BY m.state = '*', k.kind;

-- name: placement_record
-- class: ofii, employer, partner
SELECT placement_record(:placement::bigint, :kind, :day::date, :source, :note) AS fact_id;

-- name: placement_record_many
-- class: ofii, employer, partner
SELECT placement_record_many(:campaign::bigint, :facts::jsonb) AS recorded;

-- name: placement_unseal
-- class: ofii, employer, partner
SELECT u.worker_id, u.candidate_id, u.sealed, u.wrapped FROM placement_unseal(:id::bigint, :reason) u;

-- The balance of six months: every stay that is known.
-- name: stay_list
-- class: ofii, partner
SELECT s.id, lower(s.period) AS first_day, upper(s.period) - 1 AS last_day, upper(s.period) - lower(s.period) AS days,
       s.source, s.placement_id, c.id AS candidate_id, count(*) OVER () AS _all
FROM worker_stay s JOIN candidate c ON c.worker_id = s.worker_id
WHERE c.id = :candidate::bigint ORDER BY s.period LIMIT 200;

-- name: stay_candidate
-- class: ofii, partner
SELECT c.id, c.token, c.campaign_id FROM candidate c WHERE c.id = :candidate::bigint;

-- What a correction compares: moved by every change of the worker's stays.
-- name: stay_version
-- class: ofii
SELECT w.version FROM candidate c JOIN worker w ON w.id = c.worker_id WHERE c.id = :candidate::bigint;

-- name: stay_record
-- class: ofii, partner
SELECT stay_record(:candidate::bigint, :first_day::date, :last_day::date, :source) AS stay_id;

-- Corrections, also of stays that were struck out.
-- name: stay_correction_list
-- class: ofii
SELECT x.stay_id, lower(x.was) AS was_first, upper(x.was) - 1 AS was_last, lower(x.becomes) AS first_day,
       upper(x.becomes) - 1 AS last_day, x.becomes IS NULL AS struck, x.reason, a.name AS corrected_by, x.at, count(*) OVER () AS _all
FROM stay_correction x JOIN candidate c ON c.worker_id = x.worker_id JOIN account a ON a.id = x.account_id
WHERE c.id = :candidate::bigint ORDER BY x.id LIMIT 200;

-- name: stay_correct
-- class: ofii
SELECT stay_correct(s.id, :first_day::date, :last_day::date, :reason, :version::bigint) AS worker
FROM worker_stay s JOIN candidate c ON c.worker_id = s.worker_id
WHERE s.id = :stay::bigint AND c.id = :candidate::bigint;
