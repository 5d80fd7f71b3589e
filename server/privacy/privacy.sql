-- Data requests of workers, their answers, the limits, the purge.

-- name: privacy_request_list
-- class: ofii
SELECT r.id, r.kind, r.candidate_id, c.token, r.received_on, r.due_on, r.state, r.due_on < today() AND r.state = 'open' AS late
FROM privacy_request r JOIN candidate c ON c.id = r.candidate_id
WHERE r.id > :after::bigint
ORDER BY r.id
LIMIT :limit::int;

-- name: privacy_request_by_id
-- class: ofii
SELECT r.id, r.kind, r.candidate_id, c.token, r.received_on, r.due_on, r.identified, r.state, r.rule, r.reason,
    a.name AS recorded_name, r.recorded_at, d.name AS decided_name, r.decided_at, r.version, r.state = 'open' AS open,
    r.kind = 'access' AS access,
    CASE WHEN r.kind = 'erasure' AND r.state = 'open' THEN erasure_refusal(r.worker_id) END AS forbidden,
    worker_keep_until(r.worker_id) AS keep_until
FROM privacy_request r JOIN candidate c ON c.id = r.candidate_id JOIN account a ON a.id = r.recorded_by
LEFT JOIN account d ON d.id = r.decided_by
WHERE r.id = :id::bigint;

-- name: privacy_record
-- class: ofii
SELECT n.id, '/privacy/requests/' || n.id AS location
FROM privacy_record(:candidate::bigint, :kind::text, :received_on::date, :identified::text) AS n (id);

-- name: privacy_decide
-- class: ofii
SELECT privacy_decide(:id::bigint, :reason::text) AS state;

-- name: privacy_export
-- class: ofii
SELECT e.relation, e.rows FROM privacy_export(:id::bigint, :fields::boolean) e;

-- What only the key opens: the identity, and the texts of documents.
-- name: privacy_sealed
-- class: ofii
SELECT i.worker_id, i.wrapped, i.sealed
FROM privacy_request r JOIN worker_identity i ON i.worker_id = r.worker_id
WHERE r.id = :id::bigint AND r.kind = 'access';

-- name: privacy_documents
-- class: ofii
SELECT d.id, d.cti, d.sealed, i.worker_id, i.wrapped, count(*) OVER () AS _all
FROM privacy_request r
JOIN worker_identity i ON i.worker_id = r.worker_id
JOIN placement p ON p.worker_id = r.worker_id
JOIN document d ON d.placement_id = p.id AND d.sealed IS NOT NULL
WHERE r.id = :id::bigint AND r.kind = 'access'
ORDER BY d.id
LIMIT 200;

-- name: privacy_limits
-- class: ofii
SELECT l.code, replace(l.code, ' ', '-') AS word, l.days, l.begins, l.source, l.version > 1 AS edited, l.version FROM retention_limit l ORDER BY l.days IS NULL, l.code LIMIT 100;

-- name: privacy_limit_by_code
-- class: ofii
SELECT l.version FROM retention_limit l WHERE l.code = :code::text;

-- name: privacy_limit_edit
-- class: ofii
WITH edited AS (
    UPDATE retention_limit l SET days = :days::int, source = :source::text, version = l.version + 1
    WHERE l.code = :code::text AND l.version = :version::bigint RETURNING l.code, l.version)
SELECT e.code, e.version, audit('retention.edit', 'retention', 0, :source::text,
    jsonb_build_object('code', e.code, 'days', :days::int)) AS _leaf
FROM edited e;

-- Past their limit and not gone: those that are held, and what the next purge takes.
-- name: privacy_held
-- class: ofii, system
SELECT d.held, count(*) AS count, min(d.keep_until) AS since
FROM purge_due(0, NULL) d
GROUP BY d.held
ORDER BY d.held NULLS FIRST
LIMIT 20;

-- name: purge_counts
-- class: ofii, system
SELECT p.code, replace(p.code, ' ', '-') AS word, p.relation, p.past FROM purge_counts() p WHERE p.past > 0;

-- name: purge_workers
-- class: system
SELECT p.last, p.erased, p.held FROM purge_workers(:after::bigint, :most::int) p;

-- name: purge_rest
-- class: system
SELECT purge_rest() AS gone;
