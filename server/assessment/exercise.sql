-- Habiletes and exercises, in versions.

-- name: habilete_list
-- class: ofii, partner
SELECT h.id, h.code, h.version, h.label, h.basis, h.source, h.state FROM habilete h
WHERE h.id > :after::bigint AND (:state::text IS NULL OR h.state = :state::text)
ORDER BY h.id LIMIT :limit::int

-- name: habilete_by_id
-- class: ofii, partner
SELECT h.id, h.code, h.version, h.label, h.definition, h.basis, h.source, h.state, h.edit,
       h.proposed_by, h.proposed_by = :reader::bigint AS proposed_by_me, h.proposed_at, h.signed_by,
       h.signed_by = :reader::bigint AS signed_by_me, h.signed_at, h.one_signature
FROM habilete h WHERE h.id = :id::bigint

-- name: habilete_new
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO habilete (code, version, label, definition, basis, source, account_id)
    SELECT upper(:code::text), coalesce((SELECT max(h.version) FROM habilete h WHERE h.code = upper(:code::text)), 0) + 1,
           :label::text, coalesce(:definition::text, ''), coalesce(:basis::text, 'own'), coalesce(:source::text, ''),
           actor_account()
    RETURNING id
)
SELECT id, audit('habilete.create', 'habilete', id) AS _leaf FROM fresh

-- name: habilete_edit
-- class: ofii, partner
UPDATE habilete SET label = :label::text, definition = coalesce(:definition::text, ''),
       basis = coalesce(:basis::text, basis), source = coalesce(:source::text, ''), edit = edit + 1
WHERE id = :id::bigint AND edit = :version::bigint
RETURNING id, audit('habilete.edit', 'habilete', id) AS _leaf

-- name: exercise_list
-- class: ofii, partner
SELECT e.id, e.code, e.version, e.label, e.kind, e.minutes, e.basis, e.state, exercise_max(e.id) AS max_points
FROM exercise e WHERE e.id > :after::bigint AND (:state::text IS NULL OR e.state = :state::text)
ORDER BY e.id LIMIT :limit::int

-- name: exercise_by_id
-- class: ofii, partner
SELECT e.id, e.code, e.version, e.label, e.kind, e.minutes, e.instructions, e.kit, e.safety, e.basis, e.state, e.edit,
       exercise_max(e.id) AS max_points,
       e.proposed_by, e.proposed_by = :reader::bigint AS proposed_by_me, e.proposed_at, e.signed_by,
       e.signed_by = :reader::bigint AS signed_by_me, e.signed_at, e.one_signature
FROM exercise e WHERE e.id = :id::bigint

-- name: exercise_criteria
-- class: ofii, partner
SELECT c.id, c.seq, c.label, c.kind, c.max_points, c.anchors FROM criterion c
WHERE c.exercise_id = :id::bigint ORDER BY c.seq LIMIT 50

-- name: exercise_observes
-- class: ofii, partner
SELECT o.habilete, o.weight, coalesce(h.label, o.habilete) AS label, coalesce(h.basis, 'own') AS basis
FROM exercise_habilete o LEFT JOIN habilete h ON h.code = o.habilete AND h.state = 'active'
WHERE o.exercise_id = :id::bigint ORDER BY o.habilete LIMIT 50

-- name: exercise_criterion_lines
-- class: ofii, partner
SELECT n - 1 AS n, n AS line, c.label, c.kind, c.max_points, c.anchors
FROM generate_series(1, greatest(4, 2 + (SELECT count(*) FROM criterion k WHERE k.exercise_id = :id::bigint))::int) n
LEFT JOIN criterion c ON c.exercise_id = :id::bigint AND c.seq = n ORDER BY n LIMIT 20

-- name: exercise_observed_lines
-- class: ofii, partner
SELECT n - 1 AS n, n AS line, o.habilete, o.weight
FROM generate_series(1, 3) n
LEFT JOIN (SELECT x.habilete, x.weight, row_number() OVER (ORDER BY x.habilete) AS seq
           FROM exercise_habilete x WHERE x.exercise_id = :id::bigint) o ON o.seq = n
ORDER BY n LIMIT 10

-- name: exercise_forms
-- class: ofii, partner
SELECT f.form, f.note FROM exercise_form f WHERE f.exercise_id = :id::bigint ORDER BY f.form LIMIT 26

-- name: exercise_form_lines
-- class: ofii, partner
SELECT n - 1 AS n, n AS line, f.form, f.note
FROM generate_series(1, 3) n
LEFT JOIN (SELECT x.form, x.note, row_number() OVER (ORDER BY x.form) AS seq FROM exercise_form x
           WHERE x.exercise_id = :id::bigint) f ON f.seq = n ORDER BY n LIMIT 10

-- name: exercise_new
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO exercise (code, version, label, kind, minutes, instructions, kit, safety, account_id)
    SELECT upper(:code::text), coalesce((SELECT max(e.version) FROM exercise e WHERE e.code = upper(:code::text)), 0) + 1,
           :label::text, :kind::text, :minutes::int, coalesce(:instructions::text, ''), coalesce(:kit::text, ''),
           coalesce(:safety::text, ''), actor_account()
    RETURNING id
)
SELECT id, audit('exercise.create', 'exercise', id) AS _leaf FROM fresh

-- name: exercise_edit
-- class: ofii, partner
UPDATE exercise SET label = :label::text, kind = :kind::text, minutes = :minutes::int,
       instructions = coalesce(:instructions::text, ''), kit = coalesce(:kit::text, ''),
       safety = coalesce(:safety::text, ''), edit = edit + 1
WHERE id = :id::bigint AND edit = :version::bigint
RETURNING id, audit('exercise.edit', 'exercise', id) AS _leaf

-- name: exercise_parts_clear
-- class: ofii, partner
WITH gone AS (DELETE FROM criterion WHERE exercise_id = :id::bigint RETURNING id),
     left_out AS (DELETE FROM exercise_habilete WHERE exercise_id = :id::bigint RETURNING habilete),
     other AS (DELETE FROM exercise_form WHERE exercise_id = :id::bigint RETURNING form)
SELECT (SELECT count(*) FROM other) + (SELECT count(*) FROM gone) + (SELECT count(*) FROM left_out) AS removed

-- name: exercise_parts_set
-- class: ofii, partner
WITH lines AS (
    INSERT INTO criterion (exercise_id, seq, label, kind, max_points, anchors)
    SELECT :id::bigint, x.seq, x.label, x.kind, x.max_points, coalesce(x.anchors, '')
    FROM ROWS FROM (jsonb_to_recordset(:criteria::jsonb) AS (label text, kind text, max_points int, anchors text))
         WITH ORDINALITY AS x (label, kind, max_points, anchors, seq)
    RETURNING id
), observed AS (
    INSERT INTO exercise_habilete (exercise_id, habilete, weight)
    SELECT :id::bigint, upper(x.habilete), x.weight
    FROM jsonb_to_recordset(:observes::jsonb) AS x (habilete text, weight int)
    RETURNING habilete
), other AS (
    INSERT INTO exercise_form (exercise_id, form, note)
    SELECT :id::bigint, upper(x.form), x.note FROM jsonb_to_recordset(:forms::jsonb) AS x (form text, note text)
    RETURNING form
)
SELECT (SELECT count(*) FROM other) AS forms, (SELECT count(*) FROM lines) AS criteria, (SELECT count(*) FROM observed) AS observed

-- name: exercise_next
-- class: ofii, partner
SELECT exercise_next(:id::bigint) AS id, audit('exercise.next', 'exercise', :id::bigint) AS _leaf
