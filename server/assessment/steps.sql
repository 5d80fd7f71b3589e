-- Steps of the method around the test: diagnoses with employers, information meetings. A list shows what counts: of a
-- chain of corrections the last row, unless nothing was held.

-- name: diagnosis_list
-- class: ofii, partner, employer
SELECT d.id, d.held_on, o.name AS employer, d.org_id, d.rome, r.title AS rome_title, d.posts, d.source, d.finding,
       d.account_id, d.account_id = :reader::bigint AS by_me, d.supersedes IS NOT NULL AS corrected
FROM diagnosis d JOIN rome_code r ON r.code = d.rome LEFT JOIN org o ON o.id = d.org_id
WHERE (:after::bigint = 0 OR d.id < :after::bigint) AND (:rome::text IS NULL OR d.rome = upper(:rome::text))
  AND d.reason IS DISTINCT FROM 'not_held' AND NOT EXISTS (SELECT FROM diagnosis n WHERE n.supersedes = d.id)
ORDER BY d.id DESC LIMIT :limit::int

-- The entry and what it was corrected from and to, oldest first.
-- name: diagnosis_entries
-- class: ofii, partner, employer
WITH RECURSIVE chain AS (
    SELECT d.id, d.supersedes FROM diagnosis d WHERE d.id = :id::bigint
    UNION
    SELECT d.id, d.supersedes FROM diagnosis d JOIN chain c ON d.supersedes = c.id OR d.id = c.supersedes
)
SELECT d.id, d.held_on, o.name AS employer, d.org_id, d.rome, r.title AS rome_title, d.posts, d.source, d.finding,
       d.account_id, d.account_id = :reader::bigint AS by_me, d.created_at AS at, d.supersedes, d.reason, count(*) OVER () AS _all
FROM chain c JOIN diagnosis d ON d.id = c.id JOIN rome_code r ON r.code = d.rome LEFT JOIN org o ON o.id = d.org_id
ORDER BY d.id LIMIT 100

-- name: diagnosis_faults
-- class: ofii, partner
SELECT f.field, f.code, f.detail
FROM diagnosis_faults(CASE WHEN :siret::text IS NOT NULL THEN coalesce(employer_by_siret(:siret::text), 0) END,
                      upper(:rome::text), :held_on::date) f

-- A correction stays with the employer.
-- name: diagnosis_new
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO diagnosis (org_id, rome, held_on, posts, source, finding, supersedes, reason)
    SELECT CASE WHEN :wrong::bigint IS NULL THEN coalesce(employer_by_siret(:siret::text), 0)
                ELSE (SELECT d.org_id FROM diagnosis d WHERE d.id = :wrong::bigint) END,
           upper(:rome::text), :held_on::date, :posts::int, :source::text, :finding::text, :wrong::bigint, :reason::text
    RETURNING id, supersedes, reason
)
SELECT id, audit(CASE WHEN supersedes IS NULL THEN 'diagnosis.create' ELSE 'diagnosis.correct' END, 'diagnosis',
                 coalesce(supersedes, id), reason) AS _leaf FROM fresh

-- name: meeting_list
-- class: ofii, partner
SELECT m.id, m.held_on, m.site, m.came, m.employer_there, m.account_id, m.account_id = :reader::bigint AS by_me,
       m.supersedes IS NOT NULL AS corrected, count(*) OVER () AS _all
FROM session_meeting m WHERE m.session_id = :id::bigint
  AND m.reason IS DISTINCT FROM 'not_held' AND NOT EXISTS (SELECT FROM session_meeting n WHERE n.supersedes = m.id)
ORDER BY m.id LIMIT 50

-- name: meeting_entries
-- class: ofii, partner
WITH RECURSIVE chain AS (
    SELECT m.id, m.supersedes FROM session_meeting m WHERE m.id = :id::bigint
    UNION
    SELECT m.id, m.supersedes FROM session_meeting m JOIN chain c ON m.supersedes = c.id OR m.id = c.supersedes
)
SELECT m.id, m.session_id, m.held_on, m.site, m.came, m.employer_there, m.account_id,
       m.account_id = :reader::bigint AS by_me, m.at, m.supersedes, m.reason, count(*) OVER () AS _all
FROM chain c JOIN session_meeting m ON m.id = c.id ORDER BY m.id LIMIT 100

-- name: meeting_faults
-- class: ofii, partner
SELECT f.field, f.code, f.detail FROM meeting_faults(:session::bigint, :held_on::date) f

-- name: meeting_new
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO session_meeting (session_id, held_on, site, came, employer_there, supersedes, reason)
    SELECT s.id, :held_on::date, :site::text, :came::int, :employer_there::boolean, :wrong::bigint, :reason::text
    FROM test_session s WHERE s.id = :session::bigint
    RETURNING id, session_id, supersedes, reason
)
SELECT id AS meeting_id, session_id,
       audit(CASE WHEN supersedes IS NULL THEN 'session.meeting' ELSE 'session.meeting_correct' END, 'test_session', session_id, reason) AS _leaf
FROM fresh
