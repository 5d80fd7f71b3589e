-- Packs: a session carried to where there is no network, and brought back once.

-- Locked: no seat is given or released between what is sealed and what is written down as sealed.
-- name: pack_session
-- class: ofii, partner
SELECT s.id, s.org_id, s.state FROM test_session s WHERE s.id = :id::bigint AND s.state IN ('planned', 'running') FOR UPDATE

-- The accommodations only for who prepares the room.
-- name: pack_seats
-- class: ofii, partner
SELECT t.id, t.token, t.candidate_id, coalesce(a.accommodation, '') AS accommodation, coalesce(a.extra_percent, 0) AS extra_percent
FROM seat t LEFT JOIN seat_accommodations(:id::bigint, :reader::bigint) a ON a.seat_id = t.id WHERE t.session_id = :id::bigint AND t.attendance IN ('expected', 'present') ORDER BY t.id LIMIT 200

-- What the assessor needs of the session: the frozen profile, exercises, criteria.
-- name: pack_content
-- class: ofii, partner
SELECT jsonb_build_object('session', s.id, 'held_on', s.held_on, 'site', s.site, 'lang', s.lang, 'form', s.form,
    'profile', p.code, 'version', p.version, 'label', p.label, 'pass_total', s.pass_total, 'exercises', (
        SELECT jsonb_agg(jsonb_build_object('id', e.id, 'code', e.code, 'label', e.label, 'minutes', e.minutes,
            'instructions', e.instructions, 'safety', e.safety, 'form_note', coalesce(f.note, ''), 'criteria', (
                SELECT jsonb_agg(jsonb_build_object('id', c.id, 'label', c.label, 'kind', c.kind, 'max', c.max_points,
                                                    'anchors', c.anchors) ORDER BY c.seq)
                FROM criterion c WHERE c.exercise_id = e.id)) ORDER BY x.seq)
        FROM profile_exercise x JOIN exercise e ON e.id = x.exercise_id
        LEFT JOIN exercise_form f ON f.exercise_id = e.id AND f.form = s.form WHERE x.profile_id = p.id))::text AS content,
    extract(epoch FROM clock_timestamp())::bigint AS now
FROM test_session s JOIN profile p ON p.id = s.profile_id WHERE s.id = :id::bigint

-- name: pack_issue
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO session_pack (pack, session_id, org_id, account_id, digest)
    SELECT :pack::text, s.id, s.org_id, actor_account(), :digest::bytea FROM test_session s WHERE s.id = :id::bigint RETURNING id)
SELECT id, audit('session.pack', 'test_session', :id::bigint, NULL, jsonb_build_object('pack', :pack::text)) AS _leaf FROM fresh

-- name: pack_list
-- class: ofii, partner
SELECT k.id, k.pack, k.state, k.issued_at, k.ended_at, k.seats, k.marks, k.void_rows, k.clock_offset, cardinality(k.carried) AS carried, k.account_id = :reader::bigint AS mine, count(*) OVER () AS _all
FROM session_pack k WHERE k.session_id = :id::bigint ORDER BY k.id LIMIT 100

-- name: pack_revoke
-- class: ofii, partner
UPDATE session_pack SET state = 'revoked', ended_at = clock_timestamp() WHERE pack = :pack::text AND state = 'issued'
RETURNING session_id, state, audit('session.pack_revoke', 'test_session', session_id, NULL, jsonb_build_object('pack', pack)) AS _leaf

-- name: pack_faults
-- class: ofii, partner
SELECT f.list, f.place, f.field, f.code, f.detail
FROM pack_faults(:pack::text, :seats::jsonb, :marks::jsonb, (:clock::bigint - extract(epoch FROM clock_timestamp())::bigint)::int) f ORDER BY f.list DESC, f.place LIMIT 1000

-- name: pack_import
-- class: ofii, partner
SELECT i.given, i.void_rows, audit('session.import', 'session_pack', 0, NULL, jsonb_build_object('pack', :pack::text, 'void_rows', i.void_rows)) AS _leaf
FROM pack_import(:pack::text, :seats::jsonb, :marks::jsonb, (:clock::bigint - extract(epoch FROM clock_timestamp())::bigint)::int) i
