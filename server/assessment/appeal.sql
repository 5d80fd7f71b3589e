-- Appeals against a result, and incidents of a session.

-- name: appeal_list
-- class: ofii, partner
SELECT a.id, a.token, a.session_id, s.held_on, s.site, p.label AS profile, a.ground, a.filed_on, a.due_by, a.state, a.outcome
FROM appeal a JOIN test_session s ON s.id = a.session_id JOIN profile p ON p.id = s.profile_id
WHERE (:after::bigint = 0 OR a.id < :after::bigint) AND (:state::text IS NULL OR a.state = :state::text)
ORDER BY a.id DESC LIMIT :limit::int

-- `may_decide`: nothing of the session went through the reader's hands.
-- name: appeal_by_id
-- class: ofii, partner
SELECT a.id, a.seat_id, a.token, a.session_id, s.held_on, s.site, p.label AS profile, p.version AS profile_version,
       r.outcome AS result, r.total, r.max_total, s.pass_total, a.ground, a.note, a.filed_on, a.due_by, a.state, a.outcome,
       a.reason, a.decided_on, a.remark_session, a.version, appeal_decidable(a.id, :reader::bigint) AS may_decide
FROM appeal a JOIN test_session s ON s.id = a.session_id JOIN profile p ON p.id = s.profile_id
LEFT JOIN result r ON r.seat_id = a.seat_id WHERE a.id = :id::bigint

-- name: appeal_file
-- class: ofii, partner
WITH fresh AS (SELECT appeal_file(:id::bigint, :ground::text, :note::text) AS id)
SELECT id, audit('appeal.file', 'appeal', id) AS _leaf FROM fresh

-- name: appeal_decide
-- class: ofii, partner
SELECT appeal_decide(:id::bigint, :outcome::text, :reason::text) AS remark_session,
       audit('appeal.decide', 'appeal', :id::bigint, :reason::text) AS _leaf

-- name: incident_new
-- class: ofii, partner
WITH fresh AS (SELECT incident_add(:id::bigint, :seat_id::bigint, :kind::text, :effect::text, :note::text) AS id)
SELECT id, audit('session.incident', 'test_session', :id::bigint) AS _leaf FROM fresh

-- name: incident_list
-- class: ofii, partner
SELECT i.id, i.kind, i.effect, i.note, i.at, t.token, count(*) OVER () AS _all FROM session_incident i LEFT JOIN seat t ON t.id = i.seat_id
WHERE i.session_id = :id::bigint ORDER BY i.id LIMIT 200

-- name: seat_accommodate
-- class: ofii, partner
UPDATE seat SET accommodation = :accommodation::text, extra_percent = :extra_percent::int
WHERE id = :id::bigint AND attendance = 'expected' AND version = :version::bigint
RETURNING id, session_id, version, audit('session.accommodation', 'seat', id) AS _leaf
