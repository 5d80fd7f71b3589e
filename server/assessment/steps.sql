-- Steps of the method around the test: diagnoses with employers, information meetings.

-- name: diagnosis_list
-- class: ofii, partner, employer
SELECT d.id, d.held_on, o.name AS employer, d.org_id, d.rome, r.title AS rome_title, d.posts, d.source, d.finding,
       d.account_id, d.account_id = :reader::bigint AS by_me
FROM diagnosis d JOIN rome_code r ON r.code = d.rome LEFT JOIN org o ON o.id = d.org_id
WHERE (:after::bigint = 0 OR d.id < :after::bigint) AND (:rome::text IS NULL OR d.rome = upper(:rome::text))
ORDER BY d.id DESC LIMIT :limit::int

-- name: diagnosis_new
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO diagnosis (org_id, rome, held_on, posts, source, finding, account_id)
    SELECT coalesce(employer_by_siret(:siret::text), 0), upper(:rome::text), :held_on::date, :posts::int, :source::text,
           :finding::text, actor_account()
    RETURNING id
)
SELECT id, audit('diagnosis.create', 'diagnosis', id) AS _leaf FROM fresh

-- name: meeting_list
-- class: ofii, partner
SELECT m.id, m.held_on, m.site, m.came, m.employer_there, m.account_id, m.account_id = :reader::bigint AS by_me,
       count(*) OVER () AS _all
FROM session_meeting m WHERE m.session_id = :id::bigint ORDER BY m.id LIMIT 50

-- name: meeting_new
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO session_meeting (session_id, held_on, site, came, employer_there, account_id)
    SELECT s.id, :held_on::date, :site::text, :came::int, :employer_there::boolean, actor_account()
    FROM test_session s WHERE s.id = :id::bigint
    RETURNING id, session_id
)
SELECT id, session_id, audit('session.meeting', 'test_session', session_id) AS _leaf FROM fresh
