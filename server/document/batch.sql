-- Batches of documents: opening, the work of a runner, progress, and the paper of what was issued.

-- name: document_batch_open
-- class: ofii
SELECT document_batch_open(:campaign::bigint, :contract::bigint, :kind::int, :anew::boolean) AS id

-- name: document_batch_claim
-- class: system
SELECT b.id, b.campaign_id, b.kind, b.anew, b.account_id, b.org_id, b.role FROM document_batch_claim(:runner::text, :lease::int) b

-- One part's next placements: parts are worked at side by side.
-- name: document_batch_next
-- class: ofii
SELECT i.placement_id, document_refusal(p, b.kind, b.anew) AS refusal, s.worker_id, s.first_day, s.last_day, s.expires_on,
       s.employer, s.siret, s.commune, s.rome, s.serial, s.campaign, s.sealed, s.wrapped, s.authorisation, s.clean_seasons
FROM (SELECT w.placement_id, w.batch_id FROM document_batch_item w
      WHERE w.batch_id = :batch::bigint AND w.state = 'waiting' AND w.placement_id % :parts::int = :part::int
      ORDER BY w.placement_id LIMIT :limit::int) i
JOIN document_batch b ON b.id = i.batch_id
JOIN placement p ON p.id = i.placement_id,
LATERAL document_subjects(ARRAY[p.id], b.kind) s
ORDER BY i.placement_id

-- A batch of documents anew withdraws the former of its chunk, in the same transaction.
-- name: document_batch_supersede
-- class: ofii
WITH gone AS (
    UPDATE document d SET state = 'revoked', reason = 'reissued'
    FROM jsonb_to_recordset(:drafts::jsonb) AS n (placement bigint, refused text)
    WHERE d.placement_id = n.placement AND n.refused IS NULL AND d.kind = :kind::int AND d.state = 'valid' RETURNING d.id)
SELECT g.id, audit('document.revoke', 'document', g.id, 'reissued') FROM gone g

-- Keeps a chunk: documents, leaves, items and counters, all or nothing. No row when another runner took
-- the batch. An index that is taken leaves its item waiting: it is signed again with another.
-- name: document_batch_keep
-- class: ofii
WITH drafts AS (
    SELECT d.placement, d.cti, d.number, d.idx, d.sealed, d.iat, d.exp, d.refused
    FROM jsonb_to_recordset(:drafts::jsonb) AS d (placement bigint, cti text, number text, idx int, sealed text,
                                                  iat bigint, exp bigint, refused text)),
new AS (
    INSERT INTO document (cti, number, kind, campaign_id, contract_id, placement_id, org_id, service_id, list_no, idx,
                          sealed, issued_at, expires_at, account_id)
    SELECT decode(d.cti, 'hex'), d.number, :kind::int, p.campaign_id, p.contract_id, p.id, p.org_id, p.service_id,
           :list_no::int, d.idx, decode(d.sealed, 'hex'), to_timestamp(d.iat), to_timestamp(d.exp), actor_account()
    FROM drafts d JOIN placement p ON p.id = d.placement WHERE d.refused IS NULL
    ON CONFLICT ON CONSTRAINT document_index DO NOTHING
    RETURNING id, placement_id),
leaves AS (
    SELECT count(audit('document.issue', 'document', n.id, NULL,
                       jsonb_build_object('placement', n.placement_id, 'batch', :batch::bigint))) AS made FROM new n),
kept AS (
    UPDATE document_batch_item i SET state = 'issued', document_id = n.id FROM new n
    WHERE i.batch_id = :batch::bigint AND i.placement_id = n.placement_id RETURNING i.placement_id),
bad AS (
    UPDATE document_batch_item i SET state = 'refused', refused_by = d.refused FROM drafts d
    WHERE i.batch_id = :batch::bigint AND i.placement_id = d.placement AND d.refused IS NOT NULL RETURNING i.placement_id)
UPDATE document_batch b SET issued = b.issued + (SELECT count(*) FROM kept), refused = b.refused + (SELECT count(*) FROM bad),
    version = b.version + 1, lease_until = clock_timestamp() + make_interval(secs => :lease::int)
WHERE b.id = :batch::bigint AND b.runner = :runner::text AND b.state = 'running'
RETURNING b.issued, b.refused, (SELECT made FROM leaves) AS leaves

-- name: document_batch_end
-- class: ofii
UPDATE document_batch b SET state = CASE WHEN :stopped_by::text IS NULL THEN 'done' ELSE 'stopped' END,
    stopped_by = :stopped_by::text, ended_at = clock_timestamp(), lease_until = NULL, version = b.version + 1
WHERE b.id = :batch::bigint AND b.runner = :runner::text AND b.state = 'running'
  AND (:stopped_by::text IS NOT NULL OR NOT EXISTS (
      SELECT FROM document_batch_item i WHERE i.batch_id = b.id AND i.state = 'waiting'))
RETURNING b.state

-- name: document_batch_resume
-- class: ofii
SELECT document_batch_resume(:id::bigint)

-- name: document_batch_list
-- class: ofii
SELECT b.id, b.campaign_id, c.code AS campaign, b.kind, b.state, b.total, b.issued, b.refused, b.created_at, b.ended_at
FROM document_batch b JOIN campaign c ON c.id = b.campaign_id
WHERE b.id > :after::bigint AND (:campaign::bigint IS NULL OR b.campaign_id = :campaign::bigint)
ORDER BY b.id LIMIT :limit::int

-- name: document_batch_by_id
-- class: ofii
SELECT b.id, b.campaign_id, c.code AS campaign, b.contract_id, b.kind, b.state, b.total, b.issued, b.refused,
       b.issued + b.refused AS done, b.stopped_by, b.created_at, b.ended_at, a.name AS account, b.version,
       (b.issued + :size::int - 1) / :size::int AS parts
FROM document_batch b JOIN campaign c ON c.id = b.campaign_id JOIN account a ON a.id = b.account_id
WHERE b.id = :id::bigint

-- name: document_batch_refused
-- class: ofii
SELECT i.placement_id, i.refused_by, count(*) OVER () AS _all FROM document_batch_item i
WHERE i.batch_id = :id::bigint AND i.state = 'refused' ORDER BY i.placement_id LIMIT 200

-- The documents of one part of the paper, in the order of their placements; each look is a leaf.
-- name: document_batch_papers
-- class: ofii
SELECT d.cti, d.number, d.sealed, w.worker_id, w.wrapped, m.name AS commune_name, r.title AS rome_title,
       CASE d.kind WHEN 1 THEN p.return_due END AS return_due, l.lang AS second,
       audit('document.look', 'document', d.id, 'batch') AS _leaf
FROM (SELECT i.document_id FROM document_batch_item i WHERE i.batch_id = :id::bigint AND i.state = 'issued'
      ORDER BY i.placement_id OFFSET (:part::bigint - 1) * :size::int LIMIT :size::int) i
JOIN document d ON d.id = i.document_id
JOIN contract k ON k.id = d.contract_id
JOIN placement p ON p.id = d.placement_id
LEFT JOIN worker_identity w ON w.worker_id = p.worker_id
LEFT JOIN commune m ON m.insee = k.commune
LEFT JOIN rome_code r ON r.code = k.rome
LEFT JOIN org s ON s.id = p.service_id
LEFT JOIN document_language l ON l.country = s.country
