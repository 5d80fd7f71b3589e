-- Marks: given in bulk or a seat at a time, seen by their own marker until the session closes.

-- name: marks_add
-- class: ofii, partner
SELECT marks_add(:id::bigint, :marks::jsonb) AS given

-- name: mark_correct
-- class: ofii, partner
SELECT mark_correct(:id::bigint, :points::int, :reason::text) AS id,
       audit('mark.correct', 'mark', :id::bigint, :reason::text) AS _leaf

-- name: marks_judge
-- class: ofii, partner
SELECT m.seat_id, m.criterion_id, m.mark_no, m.points FROM marks_to_judge(:id::bigint) m
ORDER BY m.seat_id, m.criterion_id, m.mark_no LIMIT 100000

-- name: marks_exercises
-- class: ofii, partner
SELECT x.exercise_id, x.weight, coalesce(x.min_points, 0) AS min_points
FROM profile_exercise x WHERE x.profile_id = :profile_id::bigint ORDER BY x.seq LIMIT 50

-- name: marks_criteria
-- class: ofii, partner
SELECT c.id, c.exercise_id, c.max_points FROM criterion c
JOIN profile_exercise x ON x.exercise_id = c.exercise_id
WHERE x.profile_id = :profile_id::bigint ORDER BY x.seq, c.seq LIMIT 2500

-- What a marker needs of a seat: no accommodation, no attendance's reason, no candidate.
-- name: marks_sheet_seat
-- class: ofii, partner
SELECT t.id, t.session_id, t.token, coalesce(:reader::bigint IN (t.checked_by, t.second_by), false) AS saw_identity,
       EXISTS (SELECT FROM seat_accommodations(t.session_id, :reader::bigint) a WHERE a.seat_id = t.id) AS prepared_it, s.state AS session_state, s.held_on, s.site, p.label AS profile, p.version AS profile_version
FROM seat t JOIN test_session s ON s.id = t.session_id JOIN profile p ON p.id = s.profile_id
WHERE t.id = :id::bigint

-- name: marks_sheet_exercises
-- class: ofii, partner
-- `turn` is the number under which the reader marks: his own, else the first that nobody has taken.
SELECT e.id AS exercise_id, e.code, e.label, e.kind, e.minutes, e.instructions, e.safety, mine.no AS mine,
       CASE WHEN mine.no > 0 THEN mine.no
            ELSE (SELECT min(d.mark_no) FROM marks_due(t.session_id, :reader::bigint) d
                  WHERE d.seat_id = t.id AND d.exercise_id = e.id
                    AND d.missing = (SELECT count(*) FROM criterion c WHERE c.exercise_id = e.id)) END AS turn
FROM seat t JOIN test_session s ON s.id = t.session_id
JOIN profile_exercise x ON x.profile_id = s.profile_id JOIN exercise e ON e.id = x.exercise_id
CROSS JOIN LATERAL (SELECT coalesce(max(d.mine), 0) AS no FROM marks_due(t.session_id, :reader::bigint) d
                    WHERE d.seat_id = t.id AND d.exercise_id = e.id) mine
WHERE t.id = :id::bigint ORDER BY x.seq LIMIT 50

-- name: marks_sheet
-- class: ofii, partner
SELECT c.id AS criterion_id, c.exercise_id, row_number() OVER (PARTITION BY c.exercise_id ORDER BY c.seq) - 1 AS n,
       c.label, c.kind, c.max_points, c.anchors, m.id AS mark_id, m.points, m.mark_no, m.reason
FROM seat t JOIN test_session s ON s.id = t.session_id
JOIN profile_exercise x ON x.profile_id = s.profile_id JOIN criterion c ON c.exercise_id = x.exercise_id
LEFT JOIN marks_seen(t.session_id, :reader::bigint) m
    ON m.seat_id = t.id AND m.criterion_id = c.id AND m.current AND m.reader_is_marker
WHERE t.id = :id::bigint ORDER BY x.seq, c.seq LIMIT 2500

-- name: marks_seen_list
-- class: ofii, partner
SELECT m.id, m.seat_id, m.exercise_id, m.criterion_id, m.mark_no, m.points, m.supersedes, m.reason, m.at, m.current
FROM marks_seen(:id::bigint, :reader::bigint) m WHERE m.id > :after::bigint ORDER BY m.id LIMIT :limit::int

-- name: marks_due_list
-- class: ofii, partner
SELECT d.seat_id, t.token, d.exercise_id, d.mark_no, d.missing
FROM marks_due(:id::bigint, :reader::bigint) d JOIN seat t ON t.id = d.seat_id
WHERE d.missing > 0 AND d.seat_id > :after::bigint ORDER BY d.seat_id, d.exercise_id, d.mark_no LIMIT :limit::int

-- name: mark_by_id
-- class: ofii, partner
SELECT k.id, k.seat_id, t.token, k.points AS given_points, k.mark_no, c.label, c.max_points, e.label AS exercise
FROM mark_own(:id::bigint, :reader::bigint) k JOIN seat t ON t.id = k.seat_id
JOIN criterion c ON c.id = k.criterion_id JOIN exercise e ON e.id = c.exercise_id
