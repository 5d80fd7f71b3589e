-- Documents: what goes into them, issuing, changes of state, status lists, lists and pages.

-- name: document_check
-- class: ofii
SELECT document_check(:placement::bigint)

-- name: record_check
-- class: ofii
SELECT record_check(:placement::bigint)

-- What the document of a placement says, and the sealed identity; the look is audited by the issue's leaf.
-- name: document_subject
-- class: ofii
SELECT s.placement_id, s.worker_id, s.first_day, s.last_day, s.expires_on, s.employer, s.siret, s.commune, s.rome,
       s.serial, s.campaign, s.sealed, s.wrapped, s.authorisation, s.clean_seasons
FROM document_subjects(ARRAY[:placement::bigint], :kind::int) s

-- What can be issued in a campaign: documents before departure, records after return.
-- name: document_waiting
-- class: ofii
SELECT count(*) FILTER (WHERE p.state = 'ready' AND document_refusal(p, 1) IS NULL) AS left,
       count(*) FILTER (WHERE p.state = 'ready' AND document_refusal(p, 1) = 'document_held') AS held,
       count(*) FILTER (WHERE document_refusal(p, 3) IS NULL) AS records
FROM placement p
WHERE p.campaign_id = :campaign::bigint AND p.state IN ('ready', 'returned_verified', 'returned_late')

-- name: document_countries
-- class: ofii
SELECT code, alpha3 FROM country

-- name: document_slot
-- class: ofii
SELECT document_list() AS list_no

-- Issuing anew withdraws the former.
-- name: document_supersede
-- class: ofii
WITH gone AS (
    UPDATE document d SET state = 'revoked', reason = 'reissued'
    WHERE d.placement_id = :placement::bigint AND d.kind = :kind::int AND d.state <> 'revoked' RETURNING d.id)
SELECT g.id, audit('document.revoke', 'document', g.id, 'reissued') FROM gone g

-- No row when the index is taken: it is signed again with another.
-- name: document_issue
-- class: ofii
WITH new AS (
    INSERT INTO document (cti, number, kind, campaign_id, contract_id, placement_id, org_id, service_id, list_no, idx,
                          sealed, issued_at, expires_at, account_id)
    SELECT :cti::bytea, :number::text, :kind::int, p.campaign_id, p.contract_id, p.id, p.org_id, p.service_id, :list_no::int,
           :idx::int, :sealed::bytea, to_timestamp(:iat::bigint), to_timestamp(:exp::bigint), actor_account()
    FROM placement p WHERE p.id = :placement::bigint
    ON CONFLICT ON CONSTRAINT document_index DO NOTHING
    RETURNING id, placement_id)
SELECT n.id, audit('document.issue', 'document', n.id, NULL, jsonb_build_object('placement', n.placement_id)) AS _leaf
FROM new n

-- name: notice_check
-- class: ofii
SELECT notice_check(:contract::bigint)

-- name: notice_subject
-- class: ofii
SELECT k.id AS contract_id, k.campaign_id, k.org_id, k.first_day, k.last_day, k.commune, k.rome, k.serial, k.places,
       k.hourly_wage, o.name AS employer, o.siret, c.code AS campaign, k.last_day + c.document_days AS expires_on
FROM contract k JOIN org o ON o.id = k.org_id JOIN campaign c ON c.id = k.campaign_id
WHERE k.id = :contract::bigint

-- name: notice_supersede
-- class: ofii
WITH gone AS (
    UPDATE document d SET state = 'revoked', reason = 'reissued'
    WHERE d.contract_id = :contract::bigint AND d.kind = 2 AND d.state <> 'revoked' RETURNING d.id)
SELECT g.id, audit('document.revoke', 'document', g.id, 'reissued') FROM gone g

-- name: notice_issue
-- class: ofii
WITH new AS (
    INSERT INTO document (cti, number, kind, campaign_id, contract_id, org_id, list_no, idx, text, issued_at, expires_at,
                          account_id)
    SELECT :cti::bytea, :number::text, 2, k.campaign_id, k.id, k.org_id, :list_no::int, :idx::int, :text::text,
           to_timestamp(:iat::bigint), to_timestamp(:exp::bigint), actor_account()
    FROM contract k WHERE k.id = :contract::bigint
    ON CONFLICT ON CONSTRAINT document_index DO NOTHING
    RETURNING id)
SELECT n.id, audit('document.issue', 'document', n.id, NULL, jsonb_build_object('contract', :contract::bigint)) AS _leaf
FROM new n

-- name: document_revoke
-- class: ofii
SELECT r.id, r.state, r.proposed FROM document_revoke(:id::bigint, :ground::text, :reason::text) r

-- name: document_suspend
-- class: ofii
WITH done AS (
    UPDATE document d SET state = 'suspended', reason = :reason::text
    WHERE d.id = :id::bigint AND d.state = 'valid' RETURNING d.id, d.state)
SELECT n.id, n.state, audit('document.suspend', 'document', n.id, :reason::text) AS _leaf FROM done n

-- name: document_restore
-- class: ofii
SELECT r.id, r.state FROM document_restore(:id::bigint, :reason::text) r

-- name: document_state
-- class: ofii
SELECT d.state FROM document d WHERE d.id = :id::bigint

-- name: document_list
-- class: ofii, partner, employer
SELECT d.id, d.number, d.kind, d.campaign_id, c.code AS campaign, d.contract_id, k.serial, d.placement_id, d.state,
       d.reason, d.issued_at, d.expires_at
FROM document d JOIN campaign c ON c.id = d.campaign_id JOIN contract k ON k.id = d.contract_id
WHERE d.id > :after::bigint
  AND (:campaign::bigint IS NULL OR d.campaign_id = :campaign::bigint)
  AND (:kind::int IS NULL OR d.kind = :kind::int)
  AND (:state::text IS NULL OR d.state = :state::text)
  AND (:placement::bigint IS NULL OR d.placement_id = :placement::bigint)
  AND (:contract::bigint IS NULL OR d.contract_id = :contract::bigint)
  AND (:number::text IS NULL OR d.number = upper(:number::text))
ORDER BY d.id LIMIT :limit::int

-- name: document_by_id
-- class: ofii, partner, employer
SELECT d.id, d.number, d.kind, d.campaign_id, c.code AS campaign, d.contract_id, k.serial, d.placement_id, d.org_id,
       o.name AS employer, d.state, d.reason, d.issued_at, d.expires_at, d.changed_at, d.list_no, d.version,
       d.kind = 2 OR current_user IN ('noria_ofii', 'noria_partner') AS printable, d.cause,
       b.proposed_ground, b.proposed_reason, b.proposed_by
FROM document d JOIN campaign c ON c.id = d.campaign_id JOIN contract k ON k.id = d.contract_id
LEFT JOIN org o ON o.id = d.org_id
LEFT JOIN LATERAL document_beside(d.id) b ON true
WHERE d.id = :id::bigint

-- A worker document's text is an identity: each look is a leaf.
-- name: document_text
-- class: ofii, partner
SELECT d.cti, d.kind, d.number, d.text, d.sealed, i.worker_id, i.wrapped,
       CASE WHEN d.kind <> 2 THEN audit('document.look', 'document', d.id, :reason::text) END AS _leaf
FROM document d LEFT JOIN placement p ON p.id = d.placement_id LEFT JOIN worker_identity i ON i.worker_id = p.worker_id
WHERE d.id = :id::bigint

-- A contract notice names nobody.
-- name: document_notice_text
-- class: employer
SELECT d.cti, d.kind, d.number, d.text FROM document d WHERE d.id = :id::bigint AND d.kind = 2

-- Names for what the paper shows in codes.
-- name: document_paper
-- class: ofii, partner, employer
SELECT m.name AS commune_name, r.title AS rome_title, CASE d.kind WHEN 1 THEN p.return_due END AS return_due,
       l.lang AS second
FROM document d
JOIN contract k ON k.id = d.contract_id
LEFT JOIN commune m ON m.insee = k.commune
LEFT JOIN rome_code r ON r.code = k.rome
LEFT JOIN placement p ON p.id = d.placement_id
LEFT JOIN org s ON s.id = p.service_id
LEFT JOIN document_language l ON l.country = s.country
WHERE d.id = :id::bigint

-- The placement of a worker document, by its cti.
-- name: document_placement
-- class: ofii
SELECT d.placement_id FROM document d WHERE d.cti = :cti::bytea AND d.kind = 1

-- name: status_version
-- class: public, ofii, partner, employer, system
SELECT l.version FROM status_list l WHERE l.list_no = :list::int

-- name: status_entries
-- class: public, ofii, partner, employer, system
SELECT e.idx, e.status FROM status_entries(:list::int) e

-- name: document_setting_list
-- class: ofii
SELECT s.code, s.value, s.meaning, s.version FROM document_setting s ORDER BY s.code LIMIT 50

-- One form, one version: the sum of the rows', which are locked before it is compared.
-- name: document_setting_put
-- class: ofii
WITH held AS (
    SELECT s.version FROM document_setting s ORDER BY s.code FOR UPDATE
), seen AS (
    SELECT sum(h.version) = :version::bigint AS current FROM held h
), done AS (
    UPDATE document_setting s SET value = v.value, version = s.version + 1
    FROM (VALUES ('day_limit', :day_limit::int), ('record_years', :record_years::int)) AS v (code, value)
    WHERE s.code = v.code AND s.value <> v.value AND (SELECT n.current FROM seen n) RETURNING s.code, s.value)
SELECT n.current, (SELECT count(audit('document.setting', 'document_setting', 0, d.code, jsonb_build_object('value', d.value)))
                   FROM done d) AS _leaf
FROM seen n

-- What the officer has issued today, beside the limit.
-- name: document_used
-- class: ofii
SELECT coalesce((SELECT q.used FROM document_quota q WHERE q.account_id = actor_account() AND q.day = today()), 0) AS used,
       (SELECT s.value FROM document_setting s WHERE s.code = 'day_limit') AS day_limit

-- --- what goes on by the clock ------------------------------------------------------------------------
-- name: document_round
-- class: system
SELECT document_expire() AS expired, document_hold_late() AS held

-- name: status_lists
-- class: system
SELECT l.list_no FROM status_list l ORDER BY l.list_no LIMIT 999
