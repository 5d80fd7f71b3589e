-- Sessions, their seats, and the closing.

-- name: session_list
-- class: ofii, partner
SELECT s.id, s.held_on, s.site, s.state, s.capacity, s.seats_taken, p.label AS profile, p.version AS profile_version,
       c.code AS campaign
FROM test_session s JOIN profile p ON p.id = s.profile_id JOIN campaign c ON c.id = s.campaign_id
WHERE (:after::bigint = 0 OR s.id < :after::bigint)
  AND (:campaign_id::bigint IS NULL OR s.campaign_id = :campaign_id::bigint)
  AND (:state::text IS NULL OR s.state = :state::text)
ORDER BY s.id DESC LIMIT :limit::int

-- Not `lang`: on a page that is the reader's language.
-- name: session_by_id
-- class: ofii, partner
SELECT s.id, s.campaign_id, c.code AS campaign, s.org_id, s.profile_id, p.code AS profile_code, p.label AS profile,
       p.version AS profile_version, s.held_on, s.site, s.lang AS spoken, s.interpreter, s.capacity, s.seats_taken,
       s.capacity - s.seats_taken AS seats_free, s.pass_total, profile_max(s.profile_id) AS max_total,
       s.tolerance_percent, s.resit_days, s.form, s.second_percent, s.borderline_percent, s.calibration_id, s.remark_of,
       s.lead_account, s.lead_account = :reader::bigint AS is_lead,
       s.state, s.version, s.closed_at,
       (SELECT count(*) FROM seat t WHERE t.session_id = s.id AND t.attendance = 'present') AS present,
       (SELECT count(*) FROM seat t WHERE t.session_id = s.id AND t.attendance = 'expected') AS expected,
       (SELECT count(*) FROM adjudication a JOIN seat t ON t.id = a.seat_id WHERE t.session_id = s.id) AS adjudications
FROM test_session s JOIN profile p ON p.id = s.profile_id JOIN campaign c ON c.id = s.campaign_id
WHERE s.id = :id::bigint

-- name: session_new
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO test_session (campaign_id, org_id, profile_id, held_on, site, lang, interpreter, capacity,
                              pass_total, tolerance_percent, resit_days, form, lead_account)
    SELECT :campaign_id::bigint, actor_org(), :profile_id::bigint, :held_on::date, :site::text,
           coalesce(:lang::text, 'fr'), :interpreter::boolean, :capacity::int, 0, 0, 0,
           upper(coalesce(:form::text, 'A')),
           CASE WHEN :lead_email::text IS NULL THEN actor_account()
                ELSE lead_by_email(:lead_email::text) END
    RETURNING id
)
SELECT id, audit('session.create', 'test_session', id) AS _leaf FROM fresh

-- name: session_choices_campaign
-- class: ofii, partner
SELECT c.id, c.code, c.name, count(*) OVER () AS _all FROM campaign c WHERE c.state IN ('open', 'matching', 'season')
ORDER BY c.id DESC LIMIT 50

-- name: session_choices_profile
-- class: ofii, partner
SELECT p.id, p.code, p.version, p.label, p.basis, count(*) OVER () AS _all FROM profile p WHERE p.state = 'active'
ORDER BY p.code LIMIT 200

-- name: session_start
-- class: ofii, partner
UPDATE test_session SET state = 'running', started_at = clock_timestamp(), version = version + 1
WHERE id = :id::bigint AND state = 'planned'
RETURNING id, state, audit('session.start', 'test_session', id) AS _leaf

-- name: session_end
-- class: ofii, partner
UPDATE test_session SET state = 'marking', version = version + 1
WHERE id = :id::bigint AND state = 'running'
RETURNING id, state, audit('session.end', 'test_session', id) AS _leaf

-- An accommodation is told to whoever prepares the room: lead, desk, partner service. Others of the session may mark.
-- name: session_seats
-- class: ofii, partner
SELECT t.id, t.token, t.candidate_id, t.attendance, t.reason, a.accommodation, a.extra_percent,
       session_prepared_by(s.id, :reader::bigint) AS prepares, t.document_seen, t.photo_match, t.checked_at,
       t.second_at, t.version, s.state AS session_state,
       (SELECT count(*) FROM marks_due(:id::bigint, :reader::bigint) d
        WHERE d.seat_id = t.id AND d.missing > 0 AND a.seat_id IS NULL
          AND (d.mine = d.mark_no
               OR (d.mine = 0 AND t.checked_by IS DISTINCT FROM :reader::bigint
                   AND t.second_by IS DISTINCT FROM :reader::bigint))) AS open_to_me,
       (SELECT coalesce(sum(d.missing), 0) FROM marks_due(:id::bigint, :reader::bigint) d
        WHERE d.seat_id = t.id) AS missing,
       r.outcome, r.total, r.max_total, count(*) OVER () AS _all
FROM seat t JOIN test_session s ON s.id = t.session_id LEFT JOIN result r ON r.seat_id = t.id
LEFT JOIN seat_accommodations(:id::bigint, :reader::bigint) a ON a.seat_id = t.id
WHERE t.session_id = :id::bigint AND t.attendance <> 'released' ORDER BY t.id LIMIT 200

-- name: session_eligible
-- class: ofii, partner
SELECT row_number() OVER (ORDER BY c.id) - 1 AS n, c.id, c.token, c.experience_months, c.languages
FROM test_session s JOIN candidate c ON c.campaign_id = s.campaign_id AND c.state = 'preselected'
CROSS JOIN LATERAL seat_obstacle(c.id, s.id) o
WHERE s.id = :id::bigint AND c.id > :after::bigint AND o.code IS NULL
  AND NOT EXISTS (SELECT FROM seat t WHERE t.candidate_id = c.id AND t.open)
ORDER BY c.id LIMIT :limit::int

-- name: session_take_seats
-- class: ofii, partner
SELECT seats_add(:id::bigint, :tokens::jsonb) AS taken, audit('session.seat', 'test_session', :id::bigint) AS _leaf

-- name: session_check_seats
-- class: ofii, partner
SELECT seats_check(:id::bigint, :seats::jsonb) AS checked, audit('session.check', 'test_session', :id::bigint) AS _leaf

-- name: session_lock
-- class: ofii, partner
SELECT s.id, s.state, s.profile_id, s.pass_total, s.tolerance_percent,
       (SELECT count(*) FROM seat t WHERE t.session_id = s.id AND t.attendance = 'expected') AS expected
FROM test_session s
WHERE s.id = :id::bigint AND (s.lead_account = actor_account() OR actor_role() = 'officer')
FOR UPDATE

-- name: session_rule
-- class: ofii, partner
SELECT s.id, s.state, s.profile_id, s.pass_total, s.tolerance_percent, s.borderline_percent
FROM test_session s WHERE s.id = :id::bigint

-- name: session_present
-- class: ofii, partner
SELECT t.id, t.token, t.second_marked, count(*) OVER () AS _all FROM seat t WHERE t.session_id = :id::bigint AND t.attendance = 'present' ORDER BY t.id LIMIT 200

-- name: session_adjudicate
-- class: ofii, partner
WITH fresh AS (
    INSERT INTO adjudication (seat_id, exercise_id, why, account_id)
    SELECT x.seat_id, x.exercise_id, x.why, actor_account()
    FROM jsonb_to_recordset(:parts::jsonb) AS x (seat_id bigint, exercise_id bigint, why text)
    ON CONFLICT DO NOTHING RETURNING seat_id
), twice AS (
    UPDATE seat t SET second_marked = true FROM jsonb_to_recordset(:seats::jsonb) AS x (seat_id bigint)
    WHERE t.id = x.seat_id AND t.session_id = :id::bigint AND NOT t.second_marked RETURNING t.id
)
SELECT (SELECT count(*) FROM fresh) + (SELECT count(*) FROM twice) AS added, audit('session.compare', 'test_session', :id::bigint) AS _leaf

-- name: session_adjudications
-- class: ofii, partner
SELECT t.id AS seat_id, t.token, e.code AS exercise, e.label, a.why, count(*) OVER () AS _all
FROM adjudication a JOIN seat t ON t.id = a.seat_id JOIN exercise e ON e.id = a.exercise_id
WHERE t.session_id = :id::bigint ORDER BY t.id, e.code LIMIT 1000

-- name: session_results
-- class: ofii, partner
WITH part AS (
    SELECT x.seat_id, jsonb_agg(jsonb_build_object('exercise', e.code, 'points', x.points::numeric(10, 2),
               'max', x.max_points, 'weight', pe.weight, 'floor', pe.min_points, 'below_floor', x.below_floor,
               'marks', CASE x.markers WHEN 3 THEN jsonb_build_array(x.sum1, x.sum2, x.sum3)
                             WHEN 1 THEN jsonb_build_array(x.sum1)
                             ELSE jsonb_build_array(x.sum1, x.sum2) END) ORDER BY pe.seq) AS parts
    FROM jsonb_to_recordset(:parts::jsonb) AS x (seat_id bigint, exercise_id bigint, points text, max_points int,
             markers int, sum1 int, sum2 int, sum3 int, below_floor boolean)
    JOIN test_session s ON s.id = :id::bigint
    JOIN profile_exercise pe ON pe.profile_id = s.profile_id AND pe.exercise_id = x.exercise_id
    JOIN exercise e ON e.id = x.exercise_id
    GROUP BY x.seat_id
), judged AS (
    SELECT x.seat_id, x.outcome, x.total, x.max_total, x.below_floor, x.adjudicated, x.digest
    FROM jsonb_to_recordset(:results::jsonb) AS x (seat_id bigint, outcome text, total text,
        max_total int, below_floor boolean, adjudicated boolean, digest text)
), fresh AS (
    INSERT INTO result (seat_id, session_id, campaign_id, service_id, candidate_id, profile_id, outcome, total,
                        max_total, below_floor, adjudicated, parts, valid_until, digest, held_on, account_id)
    SELECT t.id, s.id, s.campaign_id, t.service_id, t.candidate_id, s.profile_id, coalesce(j.outcome, t.attendance),
           j.total::numeric, j.max_total, coalesce(j.below_floor, false), coalesce(j.adjudicated, false),
           coalesce(part.parts, '[]'),
           CASE WHEN j.outcome = 'pass' THEN s.held_on + c.mrs_validity_days END, decode(j.digest, 'hex'), s.held_on,
           actor_account()
    FROM test_session s JOIN campaign c ON c.id = s.campaign_id
    JOIN seat t ON t.session_id = s.id AND t.attendance IN ('present', 'absent', 'void')
    LEFT JOIN judged j ON j.seat_id = t.id LEFT JOIN part ON part.seat_id = t.id
    WHERE s.id = :id::bigint
    RETURNING outcome
)
SELECT count(*) AS results, count(*) FILTER (WHERE outcome = 'pass') AS passed,
       count(*) FILTER (WHERE outcome = 'fail') AS failed, count(*) FILTER (WHERE outcome = 'absent') AS absent
FROM fresh

-- name: session_close
-- class: ofii, partner
WITH seats AS (UPDATE seat SET open = false WHERE session_id = :id::bigint AND open RETURNING id)
UPDATE test_session SET state = 'closed', closed_at = clock_timestamp(), closed_by = actor_account(),
       version = version + 1
WHERE id = :id::bigint AND state = 'marking'
RETURNING id, state, (SELECT count(*) FROM seats) AS seats, audit('session.close', 'test_session', id) AS _leaf

-- name: result_list
-- class: ofii, partner
SELECT r.seat_id, t.token, r.outcome, r.total, r.max_total, r.below_floor, r.adjudicated, r.valid_until, r.parts,
       encode(r.digest, 'hex') AS digest, (SELECT a.id FROM appeal a WHERE a.seat_id = r.seat_id) AS appeal_id,
       (SELECT string_agg(format('%s %s / %s%s', coalesce(e.label, x.exercise), x.points, x.max, CASE WHEN x.floor > 0 THEN format(' (≥ %s)', x.floor) END), ' · ' ORDER BY pe.seq)
        FROM jsonb_to_recordset(r.parts) AS x (exercise text, points numeric, max int, floor int)
        LEFT JOIN (profile_exercise pe JOIN exercise e ON e.id = pe.exercise_id) ON pe.profile_id = r.profile_id AND e.code = x.exercise) AS per_exercise
FROM result r JOIN seat t ON t.id = r.seat_id
WHERE r.session_id = :id::bigint AND r.seat_id > :after::bigint ORDER BY r.seat_id LIMIT :limit::int

-- name: result_all
-- class: ofii, partner
SELECT r.seat_id, t.token, r.outcome, r.total, encode(r.digest, 'hex') AS digest
FROM result r JOIN seat t ON t.id = r.seat_id
WHERE r.session_id = :id::bigint AND r.outcome IN ('pass', 'fail') ORDER BY r.seat_id LIMIT 200

-- name: seat_by_id
-- class: ofii, partner
SELECT t.id, t.session_id, t.token, t.candidate_id, t.attendance, t.reason, a.accommodation, a.extra_percent,
       session_prepared_by(t.session_id, :reader::bigint) AS prepares, t.document_seen, t.photo_match, t.checked_at, t.checked_by = :reader::bigint AS checked_by_me,
       coalesce(:reader::bigint IN (t.checked_by, t.second_by), false) AS saw_identity, t.second_at, t.version,
       s.state AS session_state, s.held_on, s.site, p.label AS profile, p.version AS profile_version
FROM seat t JOIN test_session s ON s.id = t.session_id JOIN profile p ON p.id = s.profile_id
LEFT JOIN LATERAL seat_accommodations(t.session_id, :reader::bigint) a ON a.seat_id = t.id
WHERE t.id = :id::bigint

-- name: seat_release
-- class: ofii, partner
UPDATE seat SET attendance = 'released', reason = :reason::text WHERE id = :id::bigint AND attendance = 'expected'
RETURNING id, session_id, audit('session.release', 'seat', id, :reason::text) AS _leaf

-- name: seat_second_check
-- class: ofii, partner
UPDATE seat SET second_by = actor_account(), second_at = clock_timestamp()
WHERE id = :id::bigint AND attendance = 'present' AND second_by IS NULL
RETURNING id, session_id, audit('session.second_check', 'seat', id) AS _leaf
