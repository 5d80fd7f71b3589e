-- How the bench itself does: agreement between markers, drift, pass rates per item and site.

-- name: quality_profiles
-- class: ofii
SELECT p.code, max(p.label) AS label, count(s.id) AS sessions, count(*) OVER () AS _all
FROM profile p LEFT JOIN test_session s ON s.profile_id = p.id AND s.state = 'closed' GROUP BY p.code ORDER BY p.code LIMIT 200

-- name: quality_pairs
-- class: ofii
-- `cells`: level, level and times, for each two levels that met.
SELECT q.marker_a, q.marker_b, a.name AS name_a, b.name AS name_b, q.cells, q.gap, count(*) OVER () AS _all
FROM (SELECT p.marker_a, p.marker_b, string_agg(concat_ws(' ', p.level_a, p.level_b, p.times), ' ') AS cells, sum(p.gap)::bigint AS gap
      FROM quality_pairs(:profile::text) p GROUP BY p.marker_a, p.marker_b) q
LEFT JOIN account a ON a.id = q.marker_a LEFT JOIN account b ON b.id = q.marker_b
ORDER BY q.marker_a, q.marker_b LIMIT 1000

-- name: quality_drift
-- class: ofii
SELECT q.marker, a.name, q.month, q.times, q.gap, count(*) OVER () AS _all FROM quality_drift(:profile::text) q LEFT JOIN account a ON a.id = q.marker
ORDER BY q.marker, q.month LIMIT 1000

-- name: quality_items
-- class: ofii
SELECT q.criterion_id, q.exercise, q.criterion, q.form, q.site, q.seats, q.reached, q.leaked, quality_fewest() AS fewest,
       count(*) FILTER (WHERE q.leaked) OVER () AS alarms, count(*) OVER () AS _all
FROM quality_items(:profile::text) q
ORDER BY q.exercise, q.criterion_id, q.form, q.site LIMIT 5000

-- name: assessment_settings
-- class: ofii
SELECT s.code, s.value, s.version, c.id AS change_id, c.value AS proposed, c.reason, p.name AS proposed_by,
       c.proposed_by = actor_account() AS proposed_by_me
FROM assessment_setting s LEFT JOIN assessment_change c ON c.code = s.code AND c.state = 'proposed'
LEFT JOIN account p ON p.id = c.proposed_by ORDER BY s.code LIMIT 50

-- name: assessment_changes
-- class: ofii
SELECT c.id, c.code, c.value_before, c.value, c.state, c.reason, p.name AS proposed_by, d.name AS decided_by, c.decided_at, count(*) OVER () AS _all
FROM assessment_change c JOIN account p ON p.id = c.proposed_by JOIN account d ON d.id = c.decided_by
ORDER BY c.id DESC LIMIT 100

-- name: assessment_propose
-- class: ofii
SELECT assessment_propose(:code, :value::int, :reason, :version::int) AS id

-- name: assessment_decide
-- class: ofii
SELECT assessment_decide(:id::bigint, :outcome = 'take') AS id
