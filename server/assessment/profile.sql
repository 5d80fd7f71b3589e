-- Job profiles, in versions.

-- name: profile_list
-- class: ofii, partner, employer
SELECT p.id, p.code, p.version, p.label, p.rome, p.crop, p.pass_total, profile_max(p.id) AS max_total, p.basis, p.state
FROM profile p WHERE p.id > :after::bigint AND (:state::text IS NULL OR p.state = :state::text)
ORDER BY p.id LIMIT :limit::int

-- name: profile_by_id
-- class: ofii, partner, employer
SELECT p.id, p.code, p.version, p.label, p.rome, p.crop, p.pass_total, profile_max(p.id) AS max_total,
       p.tolerance_percent, p.resit_days, p.basis, p.state, p.edit, p.calibration_id, p.analysis_id,
       a.code AS analysis_code, a.version AS analysis_version, a.label AS analysis_label,
       p.proposed_by, p.proposed_by = :reader::bigint AS proposed_by_me, p.proposed_at, p.signed_by,
       p.signed_by = :reader::bigint AS signed_by_me, p.signed_at, p.one_signature
FROM profile p LEFT JOIN job_analysis a ON a.id = p.analysis_id WHERE p.id = :id::bigint

-- The calibration of a version that has none yet, as far as it has come: what it still misses.
-- name: profile_calibration
-- class: ofii, partner, employer
SELECT c.id, c.state, c.min_panel, c.panel_size, c.assessor_at IS NOT NULL AS assessor_signed, c.employer_at IS NOT NULL AS employer_signed
FROM profile p JOIN calibration c ON c.profile_id = p.id
WHERE p.id = :id::bigint AND p.calibration_id IS NULL AND c.state IN ('open', 'proposed') ORDER BY c.id DESC LIMIT 1

-- Habiletes that the analysis found and no exercise of the profile observes.
-- name: profile_unseen
-- class: ofii, partner, employer
SELECT d.habilete, coalesce(h.label, d.habilete) AS label
FROM profile p JOIN job_analysis_habilete d ON d.analysis_id = p.analysis_id
LEFT JOIN habilete h ON h.code = d.habilete AND h.state = 'active'
WHERE p.id = :id::bigint AND NOT EXISTS (
    SELECT FROM profile_exercise x JOIN exercise_habilete o ON o.exercise_id = x.exercise_id
    WHERE x.profile_id = p.id AND o.habilete = d.habilete)
ORDER BY d.habilete LIMIT 50

-- name: profile_lines
-- class: ofii, partner, employer
SELECT x.seq, x.exercise_id, e.code, e.version, e.label, e.state, x.weight, x.min_points,
       exercise_max(e.id) AS max_points,
       (SELECT string_agg(coalesce(h.label, o.habilete), ', ' ORDER BY o.habilete) FROM exercise_habilete o
        LEFT JOIN habilete h ON h.code = o.habilete AND h.state = 'active' WHERE o.exercise_id = e.id) AS habiletes
FROM profile_exercise x JOIN exercise e ON e.id = x.exercise_id
WHERE x.profile_id = :id::bigint ORDER BY x.seq LIMIT 50

-- name: profile_criteria
-- class: ofii, partner, employer
SELECT c.id, c.exercise_id, e.code AS exercise, c.seq, c.label, c.kind, c.max_points
FROM profile_exercise x JOIN criterion c ON c.exercise_id = x.exercise_id JOIN exercise e ON e.id = x.exercise_id
WHERE x.profile_id = :id::bigint ORDER BY x.seq, c.seq LIMIT 1000

-- name: profile_form_lines
-- class: ofii, partner
SELECT n - 1 AS n, n AS line, x.exercise_id, e.code, e.label, e.version, x.weight, x.min_points
FROM generate_series(1, greatest(6, 2 + (SELECT count(*) FROM profile_exercise k WHERE k.profile_id = :id::bigint))::int) n
LEFT JOIN profile_exercise x ON x.profile_id = :id::bigint AND x.seq = n
LEFT JOIN exercise e ON e.id = x.exercise_id ORDER BY n LIMIT 20

-- name: profile_exercise_choices
-- class: ofii, partner
SELECT e.id, e.code, e.version, e.label, exercise_max(e.id) AS max_points, count(*) OVER () AS _all FROM exercise e
WHERE e.state = 'active' ORDER BY e.code LIMIT 200

-- name: profile_new
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO profile (code, version, label, rome, crop, pass_total, tolerance_percent, resit_days, analysis_id, account_id)
    SELECT upper(:code::text), coalesce((SELECT max(p.version) FROM profile p WHERE p.code = upper(:code::text)), 0) + 1,
           :label::text, :rome::text, coalesce(:crop::text, ''), :pass_total::int,
           coalesce(:tolerance_percent::int, 10), coalesce(:resit_days::int, 30),
           :analysis_id::bigint, actor_account()
    RETURNING id
)
SELECT id, audit('profile.create', 'profile', id) AS _leaf FROM fresh

-- name: profile_edit
-- class: ofii, partner
UPDATE profile SET label = :label::text, rome = :rome::text, crop = coalesce(:crop::text, ''),
       pass_total = :pass_total::int, tolerance_percent = coalesce(:tolerance_percent::int, tolerance_percent),
       resit_days = coalesce(:resit_days::int, resit_days), analysis_id = :analysis_id::bigint, edit = edit + 1
WHERE id = :id::bigint AND edit = :version::bigint
RETURNING id, audit('profile.edit', 'profile', id) AS _leaf

-- name: profile_lines_clear
-- class: ofii, partner
DELETE FROM profile_exercise WHERE profile_id = :id::bigint

-- name: profile_lines_set
-- class: ofii, partner
INSERT INTO profile_exercise (profile_id, exercise_id, seq, weight, min_points)
SELECT :id::bigint, x.exercise_id, x.seq, x.weight, x.min_points
FROM ROWS FROM (jsonb_to_recordset(:lines::jsonb) AS (exercise_id bigint, weight int, min_points int))
     WITH ORDINALITY AS x (exercise_id, weight, min_points, seq)

-- name: profile_next
-- class: ofii, partner
SELECT profile_next(:id::bigint) AS id, audit('profile.next', 'profile', :id::bigint) AS _leaf
