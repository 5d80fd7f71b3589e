-- What people would rather look at than read, each with its table: places by department, the way of each
-- partner service's candidates, test scores, what employers answered, returns by week. Counts only.

-- name: picture_places
-- class: ofii
SELECT d.code, d.name, count(*) AS contracts, sum(k.places) AS places, sum(k.taken) AS taken,
       ntile(5) OVER (ORDER BY sum(k.places), d.code) AS level
FROM contract k JOIN commune m ON m.insee = k.commune JOIN department d ON d.code = m.department
WHERE k.campaign_id = :campaign::bigint AND k.state IN ('approved', 'filled')
GROUP BY d.code, d.name ORDER BY sum(k.places) DESC, d.code LIMIT 120;

-- A step counts persons who came so far; a placement that was replaced or withdrawn was one too.
-- name: picture_funnel
-- class: ofii
SELECT o.name, c.entered, c.preselected, coalesce(r.tested, 0) AS tested, coalesce(r.passed, 0) AS passed,
       coalesce(p.proposed, 0) AS proposed, coalesce(l.bound, 0) AS bound, coalesce(l.departed, 0) AS departed,
       coalesce(l.home, 0) AS home
FROM campaign_service s JOIN org o ON o.id = s.org_id
CROSS JOIN LATERAL (
    SELECT count(*) AS entered, count(*) FILTER (WHERE x.state = 'preselected' OR EXISTS (
               SELECT FROM result t WHERE t.candidate_id = x.id)) AS preselected
    FROM candidate x WHERE x.campaign_id = s.campaign_id AND x.org_id = s.org_id) c
LEFT JOIN LATERAL (
    SELECT count(DISTINCT t.candidate_id) FILTER (WHERE t.outcome IN ('pass', 'fail')) AS tested,
           count(DISTINCT t.candidate_id) FILTER (WHERE t.outcome = 'pass') AS passed
    FROM result t WHERE t.campaign_id = s.campaign_id AND t.service_id = s.org_id) r ON true
LEFT JOIN LATERAL (
    SELECT count(DISTINCT q.candidate_id) AS proposed FROM proposal q JOIN candidate x ON x.id = q.candidate_id
    WHERE q.campaign_id = s.campaign_id AND x.org_id = s.org_id AND q.state IN ('proposed', 'accepted', 'refused')) p ON true
LEFT JOIN LATERAL (
    SELECT count(DISTINCT b.candidate_id) AS bound, count(DISTINCT b.candidate_id) FILTER (WHERE b.departed_on IS NOT NULL) AS departed,
           count(DISTINCT b.candidate_id) FILTER (WHERE b.state IN ('returned_verified', 'returned_late')) AS home
    FROM placement b WHERE b.campaign_id = s.campaign_id AND b.service_id = s.org_id) l ON true
WHERE s.campaign_id = :campaign::bigint ORDER BY o.name LIMIT 200;

-- Totals in tenths of the maximum, by profile and by the threshold that its sessions froze.
-- name: picture_scores
-- class: ofii
SELECT f.id AS profile_id, f.code, f.label, f.version, s.pass_total, r.max_total,
       least(9, floor(10 * r.total / r.max_total))::int AS bin,
       count(*) FILTER (WHERE r.outcome = 'pass') AS passed,
       count(*) FILTER (WHERE r.outcome = 'fail' AND r.below_floor) AS below_floor,
       count(*) FILTER (WHERE r.outcome = 'fail' AND NOT r.below_floor) AS failed
FROM result r JOIN test_session s ON s.id = r.session_id JOIN profile f ON f.id = r.profile_id
WHERE r.campaign_id = :campaign::bigint AND r.outcome IN ('pass', 'fail')
GROUP BY f.id, f.code, f.label, f.version, s.pass_total, r.max_total, bin
ORDER BY f.code, f.version, s.pass_total, r.max_total, bin LIMIT 1000;

-- Scores of those whom employers were shown, in tenths, and what became of them.
-- name: picture_choices
-- class: ofii
SELECT least(9, p.score / 100) AS bin, count(*) FILTER (WHERE p.state = 'accepted') AS accepted,
       count(*) FILTER (WHERE p.state = 'refused') AS refused, count(*) FILTER (WHERE p.state = 'proposed') AS proposed,
       count(*) FILTER (WHERE p.state IN ('reserve', 'lapsed')) AS reserve
FROM proposal p WHERE p.campaign_id = :campaign::bigint GROUP BY bin ORDER BY bin;

-- name: picture_refusals
-- class: ofii
SELECT p.reason, count(*) AS count FROM proposal p
WHERE p.campaign_id = :campaign::bigint AND p.state = 'refused' GROUP BY p.reason ORDER BY count(*) DESC, p.reason;

-- Returns by the week they were due in. `week` counts from the first due week.
-- name: picture_returns
-- class: ofii
SELECT date_trunc('week', p.return_due)::date AS monday,
       ((date_trunc('week', p.return_due)::date - min(date_trunc('week', p.return_due)::date) OVER ()) / 7)::int AS week,
       count(*) FILTER (WHERE p.state IN ('returned_verified', 'returned_late')) AS verified,
       count(*) FILTER (WHERE p.state = 'returned_declared') AS declared,
       count(*) FILTER (WHERE p.state IN ('extended', 'transferred', 'status_changed', 'exception')) AS excepted,
       count(*) FILTER (WHERE p.state NOT IN ('returned_verified', 'returned_late', 'returned_declared', 'extended',
                                              'transferred', 'status_changed', 'exception')) AS missing
FROM placement p WHERE p.campaign_id = :campaign::bigint AND p.departed_on IS NOT NULL
GROUP BY date_trunc('week', p.return_due) ORDER BY monday LIMIT 120;

-- name: picture_markers
-- class: ofii
SELECT m.first, m.second, m.count FROM marks_beside(:campaign::bigint) m ORDER BY m.first, m.second;
