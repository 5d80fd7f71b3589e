-- Analyses of jobs, in versions. An employer sees those of his own farm.

-- name: analysis_list
-- class: ofii, partner, employer
SELECT a.id, a.code, a.version, a.label, a.rome, a.crop, a.held_on, m.name AS commune, a.posts_seen, a.workers_seen, a.state
FROM job_analysis a JOIN commune m ON m.insee = a.commune
WHERE a.id > :after::bigint AND (:state::text IS NULL OR a.state = :state::text)
ORDER BY a.id LIMIT :limit::int

-- name: analysis_by_id
-- class: ofii, partner, employer
SELECT a.id, a.code, a.version, a.label, a.org_id, o.name AS employer, a.commune, m.name AS place, a.rome, r.title AS rome_title,
       a.crop, a.held_on, a.posts_seen, a.workers_seen, a.account_id, a.account_id = :reader::bigint AS by_me, a.state, a.edit,
       a.proposed_by, a.proposed_by = :reader::bigint AS proposed_by_me, a.proposed_at, a.signed_by,
       a.signed_by = :reader::bigint AS signed_by_me, a.signed_at, a.one_signature
FROM job_analysis a JOIN commune m ON m.insee = a.commune JOIN rome_code r ON r.code = a.rome LEFT JOIN org o ON o.id = a.org_id
WHERE a.id = :id::bigint

-- name: analysis_tasks
-- class: ofii, partner, employer
SELECT t.seq, t.task, t.constraints FROM job_analysis_task t WHERE t.analysis_id = :id::bigint ORDER BY t.seq LIMIT 20

-- name: analysis_habiletes
-- class: ofii, partner, employer
SELECT h.habilete, coalesce(a.label, h.habilete) AS label, coalesce(a.basis, 'own') AS basis, h.why
FROM job_analysis_habilete h LEFT JOIN habilete a ON a.code = h.habilete AND a.state = 'active'
WHERE h.analysis_id = :id::bigint ORDER BY h.habilete LIMIT 12

-- name: analysis_profiles
-- class: ofii, partner, employer
SELECT p.id, p.code, p.version, p.label, p.state, count(*) OVER () AS _all FROM profile p WHERE p.analysis_id = :id::bigint ORDER BY p.id LIMIT 200

-- name: analysis_task_lines
-- class: ofii, partner
SELECT n - 1 AS n, n AS line, t.task, t.constraints
FROM generate_series(1, least(20, greatest(5, 2 + (SELECT count(*) FROM job_analysis_task k WHERE k.analysis_id = :id::bigint)))::int) n
LEFT JOIN job_analysis_task t ON t.analysis_id = :id::bigint AND t.seq = n ORDER BY n LIMIT 20

-- name: analysis_habilete_lines
-- class: ofii, partner
SELECT n - 1 AS n, n AS line, h.habilete, h.why
FROM generate_series(1, least(12, greatest(5, 2 + (SELECT count(*) FROM job_analysis_habilete k WHERE k.analysis_id = :id::bigint)))::int) n
LEFT JOIN (SELECT x.habilete, x.why, row_number() OVER (ORDER BY x.habilete) AS seq
           FROM job_analysis_habilete x WHERE x.analysis_id = :id::bigint) h ON h.seq = n
ORDER BY n LIMIT 12

-- name: analysis_choices
-- class: ofii, partner
SELECT a.id, a.code, a.version, a.label, a.rome, count(*) OVER () AS _all FROM job_analysis a WHERE a.state = 'active' ORDER BY a.code LIMIT 200

-- name: analysis_new
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO job_analysis (code, version, label, org_id, commune, rome, crop, held_on, posts_seen, workers_seen, account_id)
    SELECT upper(:code::text), coalesce((SELECT max(a.version) FROM job_analysis a WHERE a.code = upper(:code::text)), 0) + 1,
           :label::text, coalesce(employer_by_siret(:siret::text), 0), upper(:commune::text), upper(:rome::text),
           coalesce(:crop::text, ''), :held_on::date, :posts_seen::int, :workers_seen::int, actor_account()
    RETURNING id
)
SELECT id, audit('analysis.create', 'job_analysis', id) AS _leaf FROM fresh

-- name: analysis_edit
-- class: ofii, partner
UPDATE job_analysis SET label = :label::text, commune = upper(:commune::text), rome = upper(:rome::text),
       crop = coalesce(:crop::text, ''), held_on = :held_on::date, posts_seen = :posts_seen::int,
       workers_seen = :workers_seen::int, edit = edit + 1
WHERE id = :id::bigint AND edit = :version::bigint
RETURNING id, audit('analysis.edit', 'job_analysis', id) AS _leaf

-- name: analysis_parts_clear
-- class: ofii, partner
WITH tasks AS (DELETE FROM job_analysis_task WHERE analysis_id = :id::bigint RETURNING seq),
     drawn AS (DELETE FROM job_analysis_habilete WHERE analysis_id = :id::bigint RETURNING habilete)
SELECT (SELECT count(*) FROM tasks) + (SELECT count(*) FROM drawn) AS removed

-- name: analysis_parts_set
-- class: ofii, partner
WITH lines AS (
    INSERT INTO job_analysis_task (analysis_id, seq, task, constraints)
    SELECT :id::bigint, x.seq, x.task, coalesce(x.constraints, '')
    FROM ROWS FROM (jsonb_to_recordset(:tasks::jsonb) AS (task text, constraints text)) WITH ORDINALITY AS x (task, constraints, seq)
    RETURNING seq
), drawn AS (
    INSERT INTO job_analysis_habilete (analysis_id, habilete, why)
    SELECT :id::bigint, upper(x.habilete), x.why FROM jsonb_to_recordset(:habiletes::jsonb) AS x (habilete text, why text)
    RETURNING habilete
)
SELECT (SELECT count(*) FROM lines) AS tasks, (SELECT count(*) FROM drawn) AS habiletes

-- name: analysis_next
-- class: ofii, partner
SELECT job_analysis_next(:id::bigint) AS id, audit('analysis.next', 'job_analysis', :id::bigint) AS _leaf
