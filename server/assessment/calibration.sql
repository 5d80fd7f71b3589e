-- Calibration of a draft profile with workers in post.

-- name: calibration_list
-- class: ofii, partner, employer
SELECT c.id, c.profile_id, p.code AS profile, p.label, p.version AS profile_version, o.name AS employer, c.held_on, c.site,
       c.panel_size, c.pass_total, c.state
FROM calibration c JOIN profile p ON p.id = c.profile_id LEFT JOIN org o ON o.id = c.org_id
WHERE (:after::bigint = 0 OR c.id < :after::bigint) ORDER BY c.id DESC LIMIT :limit::int

-- name: calibration_by_id
-- class: ofii, partner, employer
SELECT c.id, c.profile_id, p.code AS profile, p.label, p.version AS profile_version, o.name AS employer, c.org_id, c.held_on,
       c.site, c.min_panel, c.panel_size, c.total_median, c.total_p25, c.pass_total, profile_max(c.profile_id) AS max_total,
       c.state, c.assessor_at, c.employer_at, c.version, assessment_value('calibration_min_panel') AS wanted_panel
FROM calibration c JOIN profile p ON p.id = c.profile_id LEFT JOIN org o ON o.id = c.org_id WHERE c.id = :id::bigint

-- name: calibration_exercises
-- class: ofii, partner, employer
SELECT x.exercise_id, e.code, e.label, x.weight, x.min_points, exercise_max(e.id) AS max_points, k.median, k.p25
FROM calibration c JOIN profile_exercise x ON x.profile_id = c.profile_id JOIN exercise e ON e.id = x.exercise_id
LEFT JOIN calibration_exercise k ON k.calibration_id = c.id AND k.exercise_id = x.exercise_id
WHERE c.id = :id::bigint ORDER BY x.seq LIMIT 50

-- The panel, a line a worker and exercise, with room for three workers more than there are.
-- name: calibration_lines
-- class: ofii, partner
SELECT row_number() OVER (ORDER BY w.no, x.seq) - 1 AS n, w.no AS worker_no, x.exercise_id, e.label,
       exercise_max(e.id) AS max_points, s.points, x.seq = min(x.seq) OVER () AS first, count(*) OVER () AS _all
FROM calibration c JOIN profile_exercise x ON x.profile_id = c.profile_id JOIN exercise e ON e.id = x.exercise_id
CROSS JOIN LATERAL generate_series(1, least(60, greatest(assessment_value('calibration_min_panel'),
    (SELECT coalesce(max(k.worker_no), 0) FROM calibration_score k WHERE k.calibration_id = c.id) + 1))) AS w (no)
LEFT JOIN calibration_score s ON s.calibration_id = c.id AND s.worker_no = w.no AND s.exercise_id = x.exercise_id
WHERE c.id = :id::bigint ORDER BY w.no, x.seq LIMIT 1000

-- name: calibration_choices
-- class: ofii, partner
SELECT p.id, p.code, p.version, p.label, count(*) OVER () AS _all FROM profile p WHERE p.state = 'draft' ORDER BY p.code LIMIT 200

-- name: calibration_new
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO calibration (profile_id, org_id, held_on, site, created_by)
    SELECT :profile_id::bigint, coalesce(employer_by_siret(:siret::text), 0), :held_on::date, :site::text, actor_account()
    RETURNING id)
SELECT id, audit('calibration.create', 'calibration', id) AS _leaf FROM fresh

-- Scores are set as a whole; a proposal that stood is taken back.
-- name: calibration_reopen
-- class: ofii, partner
UPDATE calibration SET state = 'open' WHERE id = :id::bigint AND state IN ('open', 'proposed') RETURNING id

-- name: calibration_clear
-- class: ofii, partner
DELETE FROM calibration_score WHERE calibration_id = :id::bigint

-- name: calibration_clear_exercises
-- class: ofii, partner
DELETE FROM calibration_exercise WHERE calibration_id = :id::bigint

-- name: calibration_set
-- class: ofii, partner
WITH given AS (
    INSERT INTO calibration_score (calibration_id, worker_no, exercise_id, points)
    SELECT :id::bigint, x.worker_no, x.exercise_id, x.points
    FROM jsonb_to_recordset(:scores::jsonb) AS x (worker_no int, exercise_id bigint, points int) RETURNING worker_no)
SELECT count(*) AS scores, count(DISTINCT worker_no) AS workers, audit('calibration.scores', 'calibration', :id::bigint) AS _leaf FROM given

-- The weighted scores of the workers who took every exercise.
-- name: calibration_panel
-- class: ofii, partner
SELECT s.worker_no, s.exercise_id, s.points, x.weight
FROM calibration c JOIN calibration_score s ON s.calibration_id = c.id
JOIN profile_exercise x ON x.profile_id = c.profile_id AND x.exercise_id = s.exercise_id
WHERE c.id = :id::bigint
  AND (SELECT count(*) FROM calibration_score k WHERE k.calibration_id = c.id AND k.worker_no = s.worker_no)
      = (SELECT count(*) FROM profile_exercise y WHERE y.profile_id = c.profile_id)
ORDER BY s.worker_no, x.seq LIMIT 3000

-- name: calibration_propose
-- class: ofii, partner
WITH parts AS (
    INSERT INTO calibration_exercise (calibration_id, exercise_id, median, p25)
    SELECT :id::bigint, x.exercise_id, x.median::numeric, x.p25::numeric
    FROM jsonb_to_recordset(:exercises::jsonb) AS x (exercise_id bigint, median text, p25 text) RETURNING 1)
UPDATE calibration SET state = 'proposed', total_median = :total_median::numeric, total_p25 = :total_p25::numeric,
       pass_total = :pass_total::int
WHERE id = :id::bigint AND state = 'open' AND (SELECT count(*) FROM parts) > 0
RETURNING id, state, panel_size, pass_total, audit('calibration.propose', 'calibration', id) AS _leaf

-- name: calibration_sign
-- class: ofii, partner, employer
SELECT calibration_sign(:id::bigint) AS state, audit('calibration.sign', 'calibration', :id::bigint) AS _leaf

-- name: calibration_drop
-- class: ofii, partner
UPDATE calibration SET state = 'dropped' WHERE id = :id::bigint AND state IN ('open', 'proposed')
RETURNING id, state, audit('calibration.drop', 'calibration', id) AS _leaf
