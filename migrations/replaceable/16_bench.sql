-- The simulation bench beyond a sitting: calibration, incidents, appeals, agreement between markers, packs.

CREATE OR REPLACE FUNCTION assessment_value(wanted text) RETURNS int LANGUAGE sql STABLE
RETURN (SELECT s.value FROM assessment_setting s WHERE s.code = wanted);

-- --- calibration --------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION calibration_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    chosen profile;
BEGIN
    SELECT p.* INTO chosen FROM profile p WHERE p.id = NEW.profile_id FOR SHARE;
    IF TG_OP = 'INSERT' THEN
        IF chosen.state IS DISTINCT FROM 'draft' THEN
            PERFORM refuse('calibration_of_draft', coalesce(chosen.state, ''), 'profile_id');
        END IF;
        IF NOT EXISTS (SELECT FROM org o WHERE o.id = NEW.org_id AND o.kind = 'employer') THEN
            PERFORM refuse('unknown_reference', '', 'org_id');
        END IF;
        IF NEW.held_on > today() THEN
            PERFORM refuse('in_the_future', '', 'held_on');
        END IF;
        NEW.state := 'open';
        NEW.created_by := actor_account();
        RETURN NEW;
    END IF;
    IF OLD.state IN ('signed', 'dropped') OR NEW.profile_id <> OLD.profile_id OR NEW.org_id <> OLD.org_id THEN
        PERFORM refuse('reference_frozen', OLD.state);
    END IF;
    IF NEW.state <> OLD.state AND OLD.state || '>' || NEW.state NOT IN
       ('open>proposed', 'proposed>open', 'proposed>signed', 'open>dropped', 'proposed>dropped') THEN
        PERFORM refuse('conflict', 'calibration:' || OLD.state || ' > calibration:' || NEW.state);
    END IF;
    IF NEW.state = 'proposed' AND OLD.state = 'open' THEN
        NEW.min_panel := assessment_value('calibration_min_panel');
        SELECT count(*) INTO NEW.panel_size FROM (
            SELECT s.worker_no FROM calibration_score s WHERE s.calibration_id = NEW.id GROUP BY s.worker_no
            HAVING count(*) = (SELECT count(*) FROM profile_exercise x WHERE x.profile_id = NEW.profile_id)) whole;
        IF NEW.panel_size < NEW.min_panel THEN
            PERFORM refuse('panel_too_small', NEW.panel_size || ', ' || NEW.min_panel);
        END IF;
    ELSIF NEW.state = 'open' THEN -- scores are changed: nobody has signed what will come out
        NEW.assessor_id := NULL;
        NEW.assessor_at := NULL;
        NEW.employer_id := NULL;
        NEW.employer_at := NULL;
    END IF;
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER calibration_rules BEFORE INSERT OR UPDATE ON calibration
    FOR EACH ROW EXECUTE FUNCTION calibration_rules();

CREATE OR REPLACE FUNCTION calibration_score_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c calibration;
    most int;
BEGIN
    SELECT k.* INTO c FROM calibration k WHERE k.id = coalesce(NEW.calibration_id, OLD.calibration_id) FOR SHARE;
    IF c.state <> 'open' THEN
        PERFORM refuse('conflict', 'calibration:' || c.state);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    SELECT exercise_max(x.exercise_id) INTO most FROM profile_exercise x
    WHERE x.profile_id = c.profile_id AND x.exercise_id = NEW.exercise_id;
    IF NOT FOUND THEN
        PERFORM refuse('mark_unknown_criterion', '', 'exercise_id');
    ELSIF NEW.points > most THEN
        PERFORM refuse('out_of_range', '0 – ' || most, 'points');
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER calibration_score_rules BEFORE INSERT OR UPDATE OR DELETE ON calibration_score
    FOR EACH ROW EXECUTE FUNCTION calibration_score_rules();

-- The signature of the acting person: an assessor's, or one of the employer whose workers took part. With
-- both the threshold is the profile's.
CREATE OR REPLACE FUNCTION calibration_sign(wanted bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c calibration;
BEGIN
    SELECT k.* INTO c FROM calibration k WHERE k.id = wanted
        AND (actor_role() = 'assessor' OR k.org_id = actor_org()) FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF c.state <> 'proposed' THEN
        PERFORM refuse('conflict', 'calibration:' || c.state);
    END IF;
    IF actor_role() = 'assessor' THEN
        c.assessor_id := coalesce(c.assessor_id, actor_account());
    ELSE
        c.employer_id := coalesce(c.employer_id, actor_account());
    END IF;
    UPDATE calibration k SET assessor_id = c.assessor_id, employer_id = c.employer_id,
        assessor_at = CASE WHEN c.assessor_id IS NOT NULL THEN coalesce(k.assessor_at, clock_timestamp()) END,
        employer_at = CASE WHEN c.employer_id IS NOT NULL THEN coalesce(k.employer_at, clock_timestamp()) END,
        state = CASE WHEN c.assessor_id IS NOT NULL AND c.employer_id IS NOT NULL THEN 'signed' ELSE k.state END
    WHERE k.id = wanted RETURNING k.* INTO c;
    IF c.state = 'signed' THEN
        UPDATE profile SET pass_total = c.pass_total, calibration_id = c.id, basis = 'own', edit = edit + 1
        WHERE id = c.profile_id;
    END IF;
    RETURN c.state;
END
$$;

-- A threshold that two persons signed is changed by another calibration only, and so are the exercises
-- under it.
CREATE OR REPLACE FUNCTION profile_calibrated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.calibration_id IS NOT NULL AND NEW.pass_total <> OLD.pass_total AND NEW.calibration_id = OLD.calibration_id THEN
        PERFORM refuse('threshold_calibrated', '', 'pass_total');
    END IF;
    IF NEW.calibration_id IS DISTINCT FROM OLD.calibration_id AND NOT EXISTS (
        SELECT FROM calibration c WHERE c.id = NEW.calibration_id AND c.profile_id = NEW.id AND c.state = 'signed') THEN
        PERFORM refuse('threshold_calibrated', '', 'pass_total');
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER profile_calibrated BEFORE UPDATE ON profile FOR EACH ROW EXECUTE FUNCTION profile_calibrated();

-- --- incidents ----------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION incident_add(session bigint, seat bigint, kind text, effect text, note text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sitting test_session := session_for_marks(session);
    fresh bigint;
BEGIN
    IF seat IS NOT NULL AND NOT EXISTS (SELECT FROM seat t WHERE t.id = incident_add.seat AND t.session_id = sitting.id) THEN
        PERFORM refuse('mark_unknown_seat', '', 'seat_id');
    END IF;
    INSERT INTO session_incident (session_id, org_id, seat_id, kind, effect, note, account_id)
    VALUES (sitting.id, sitting.org_id, seat, kind, effect, note, actor_account()) RETURNING id INTO fresh;
    IF effect = 'void' THEN
        UPDATE seat t SET attendance = 'void', reason = note
        WHERE t.session_id = sitting.id AND (incident_add.seat IS NULL OR t.id = incident_add.seat)
          AND t.attendance IN ('present', 'expected');
    END IF;
    RETURN fresh;
END
$$;
CREATE OR REPLACE TRIGGER incident_append_only BEFORE UPDATE OR DELETE ON session_incident
    FOR EACH ROW EXECUTE FUNCTION append_only();

-- --- appeals ------------------------------------------------------------------------------------------

-- Files an appeal for the seat of a candidate of the actor's service, or for any as an officer.
CREATE OR REPLACE FUNCTION appeal_file(seat bigint, ground text, note text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t record;
    last date;
    fresh bigint;
BEGIN
    SELECT k.id, k.session_id, k.campaign_id, k.org_id, k.service_id, k.token, s.state,
           coalesce(s.closed_on, s.closed_at::date) AS closed_on INTO t
    FROM seat k JOIN test_session s ON s.id = k.session_id
    WHERE k.id = appeal_file.seat AND k.attendance <> 'released'
      AND (k.service_id = actor_org() OR actor_role() = 'officer');
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF t.state <> 'closed' THEN
        PERFORM refuse('appeal_before_result', t.state);
    END IF;
    last := t.closed_on + assessment_value('appeal_days');
    IF today() > last THEN
        PERFORM refuse('appeal_too_late', last::text);
    END IF;
    INSERT INTO appeal (seat_id, session_id, campaign_id, org_id, service_id, token, ground, note, filed_on, filed_by, due_by)
    VALUES (t.id, t.session_id, t.campaign_id, t.org_id, t.service_id, t.token, ground, note, today(), actor_account(), last)
    RETURNING id INTO fresh;
    RETURN fresh;
END
$$;

-- Who led, closed, checked, marked or noted anything of the session does not decide about it; nor who filed.
CREATE OR REPLACE FUNCTION session_had(session bigint, person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM test_session s WHERE s.id = session AND person IN (s.lead_account, s.closed_by))
        OR EXISTS (SELECT FROM seat t WHERE t.session_id = session AND person IN (t.checked_by, t.second_by))
        OR EXISTS (SELECT FROM session_incident i WHERE i.session_id = session AND i.account_id = person)
        OR EXISTS (SELECT FROM marker k JOIN seat t ON t.id = k.seat_id WHERE t.session_id = session AND k.account_id = person)
$$;

CREATE OR REPLACE FUNCTION appeal_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('noria.erasing', true) = 'on' AND NOT EXISTS (
        SELECT FROM worker_identity i JOIN candidate c ON c.worker_id = i.worker_id JOIN seat s ON s.candidate_id = c.id
        WHERE s.id = NEW.seat_id) THEN
        RETURN NEW; -- emptied after the worker's key was destroyed (15_privacy.sql)
    END IF;
    IF OLD.state = 'decided' AND (to_jsonb(NEW) - 'remark_session' <> to_jsonb(OLD) - 'remark_session' OR OLD.remark_session IS NOT NULL) THEN
        PERFORM refuse('append_only', 'appeal');
    END IF;
    IF NEW.state = 'decided' AND OLD.state = 'filed' THEN
        IF session_had(NEW.session_id, NEW.decided_by) THEN
            PERFORM refuse('appeal_of_own_session');
        ELSIF NEW.decided_by = NEW.filed_by THEN
            PERFORM refuse('second_person_needed');
        END IF;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER appeal_rules BEFORE UPDATE ON appeal FOR EACH ROW EXECUTE FUNCTION appeal_rules();
CREATE OR REPLACE TRIGGER appeal_stays BEFORE DELETE ON appeal FOR EACH ROW EXECUTE FUNCTION append_only();

-- Decides. A re-mark makes a session of the sheets alone: same profile, threshold and day, one seat, for
-- markers who have not marked it.
CREATE OR REPLACE FUNCTION appeal_decide(wanted bigint, outcome text, reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a appeal;
    s test_session;
    again bigint;
BEGIN
    UPDATE appeal k SET state = 'decided', outcome = appeal_decide.outcome, reason = appeal_decide.reason,
        decided_by = actor_account(), decided_on = today(), version = version + 1
    WHERE k.id = wanted AND k.state = 'filed'
      AND (k.org_id = actor_org() OR EXISTS (SELECT FROM org o WHERE o.id = actor_org() AND o.kind = 'ofii'))
    RETURNING k.* INTO a;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    IF outcome = 're_mark' THEN
        IF NOT EXISTS (SELECT FROM result r WHERE r.seat_id = a.seat_id AND r.outcome IN ('pass', 'fail')) THEN
            PERFORM refuse('appeal_nothing_marked', '', 'outcome');
        END IF;
        SELECT o.* INTO s FROM test_session o WHERE o.id = a.session_id;
        INSERT INTO test_session (campaign_id, org_id, profile_id, held_on, site, lang, interpreter, capacity, pass_total,
                                  tolerance_percent, resit_days, lead_account, form, remark_of)
        VALUES (s.campaign_id, s.org_id, s.profile_id, s.held_on, s.site, s.lang, s.interpreter, 1, 0, 0, 0,
                actor_account(), s.form, s.id)
        RETURNING id INTO again;
        INSERT INTO seat (session_id, candidate_id, remark_of)
        SELECT again, t.candidate_id, t.id FROM seat t WHERE t.id = a.seat_id;
        UPDATE test_session SET state = 'running', started_at = clock_timestamp() WHERE id = again;
        UPDATE test_session SET state = 'marking' WHERE id = again;
        UPDATE appeal SET remark_session = again WHERE id = a.id;
    END IF;
    RETURN coalesce(again, 0);
END
$$;

-- --- results, once more ------------------------------------------------------------------------------------

-- Every stored result that the marks do not give, or that two marks too far apart gave alone: worked out here from the sums, by other code than the
-- server's (assessment/marking.c). For noria-server check.
CREATE OR REPLACE FUNCTION results_differing() RETURNS TABLE (seat_id bigint, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH sums AS (
        SELECT m.seat_id, m.exercise_id, sum(m.points) FILTER (WHERE m.mark_no = 1) AS a,
               sum(m.points) FILTER (WHERE m.mark_no = 2) AS b, sum(m.points) FILTER (WHERE m.mark_no = 3) AS c
        FROM mark m WHERE NOT EXISTS (SELECT FROM mark n WHERE n.supersedes = m.id) GROUP BY 1, 2
    ), ordered AS (
        SELECT s.seat_id, s.exercise_id, a, b, c, least(a, b, c) AS low, greatest(a, b, c) AS high, a + b + c - least(a, b, c) - greatest(a, b, c) AS middle FROM sums s
    ), points AS (
        SELECT o.seat_id, o.exercise_id,
               CASE WHEN b IS NULL THEN a WHEN c IS NULL THEN (a + b) / 2.0
                    WHEN middle - low = high - middle THEN middle
                    WHEN middle - low < high - middle THEN (low + middle) / 2.0 ELSE (middle + high) / 2.0 END AS points
        FROM ordered o
    ), found AS (
        SELECT r.seat_id, r.total, r.outcome, round(sum(p.points * x.weight), 2) AS again,
               sum(p.points * x.weight) >= s.pass_total AND bool_and(p.points >= coalesce(x.min_points, 0)) AS passes
        FROM result r JOIN test_session s ON s.id = r.session_id
        JOIN profile_exercise x ON x.profile_id = s.profile_id
        LEFT JOIN points p ON p.seat_id = r.seat_id AND p.exercise_id = x.exercise_id
        WHERE r.outcome IN ('pass', 'fail') GROUP BY r.seat_id, r.total, r.outcome, s.pass_total
    )
    SELECT f.seat_id, format('%s with %s points is stored, the marks give %s with %s', f.outcome, f.total,
                             CASE WHEN f.passes THEN 'pass' ELSE 'fail' END, f.again)
    FROM found f WHERE f.total IS DISTINCT FROM f.again OR (f.outcome = 'pass') IS DISTINCT FROM f.passes
    UNION ALL
    SELECT o.seat_id, format('marks of %s and %s points in exercise %s want a third', o.a, o.b, o.exercise_id)
    FROM ordered o JOIN result r ON r.seat_id = o.seat_id AND r.outcome IN ('pass', 'fail')
    JOIN test_session s ON s.id = r.session_id
    JOIN profile_exercise x ON x.profile_id = s.profile_id AND x.exercise_id = o.exercise_id
    WHERE o.c IS NULL AND o.b IS NOT NULL
      AND ((o.a < x.min_points) IS DISTINCT FROM (o.b < x.min_points) OR abs(o.a - o.b) * 100 > s.tolerance_percent * exercise_max(o.exercise_id))
$$;
REVOKE ALL ON FUNCTION results_differing() FROM PUBLIC;

-- --- agreement between markers ----------------------------------------------------------------------------

-- First and second marks of closed sessions, side by side: the newest of each, of one profile (all its
-- versions), never with the seat.
CREATE OR REPLACE FUNCTION quality_marks(code text)
RETURNS TABLE (first_by bigint, second_by bigint, first_points int, second_points int, max_points int, month date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.account_id, b.account_id, a.points, b.points, c.max_points, date_trunc('month', s.held_on)::date
    FROM test_session s JOIN profile p ON p.id = s.profile_id AND p.code = quality_marks.code
    JOIN mark a ON a.session_id = s.id AND a.mark_no = 1
    JOIN mark b ON b.seat_id = a.seat_id AND b.criterion_id = a.criterion_id AND b.mark_no = 2
    JOIN criterion c ON c.id = a.criterion_id
    WHERE s.state = 'closed' AND NOT EXISTS (SELECT FROM mark n WHERE n.supersedes IN (a.id, b.id))
$$;

-- Per pair of markers, lower id first, how often which two levels met: 0..4 fifths of a criterion's points.
CREATE OR REPLACE FUNCTION quality_pairs(code text)
RETURNS TABLE (marker_a bigint, marker_b bigint, level_a int, level_b int, times bigint, gap bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT least(first_by, second_by), greatest(first_by, second_by), level_a, level_b, count(*), sum(gap)
    FROM (SELECT q.first_by, q.second_by,
                 CASE WHEN first_by < second_by THEN first_points ELSE second_points END * 4 / max_points AS level_a,
                 CASE WHEN first_by < second_by THEN second_points ELSE first_points END * 4 / max_points AS level_b,
                 (abs(first_points - second_points) * 10000 / max_points)::bigint AS gap
          FROM quality_marks(quality_pairs.code) q) m
    GROUP BY 1, 2, 3, 4
$$;

-- Per marker and month, how far above (+) or below (-) the other marker he was: marks and hundredths of a
-- per cent of the criterion's points, summed.
CREATE OR REPLACE FUNCTION quality_drift(code text)
RETURNS TABLE (marker bigint, month date, times bigint, gap bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.marker, m.month, count(*), sum(m.gap)
    FROM quality_marks(quality_drift.code) q
    CROSS JOIN LATERAL (VALUES (q.first_by, q.month, ((q.first_points - q.second_points) * 10000 / q.max_points)::bigint),
                               (q.second_by, q.month, ((q.second_points - q.first_points) * 10000 / q.max_points)::bigint))
        AS m (marker, month, gap)
    GROUP BY 1, 2
$$;

-- Whether `reached` of `seats` at a site lies three standard deviations above what the other sites let expect
-- (`others_reached` of `others`): (r/n - p)^2 > 9 p (1 - p) / n with p = k/m, multiplied out. The others' rate
-- is (reached + 1) / (seats + 2), so that a rate of 0 or 1 from few seats is not believed. False below `fewest`
-- seats on either side.
CREATE OR REPLACE FUNCTION item_leaked(reached numeric, seats numeric, others_reached numeric, others numeric, fewest int)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT seats >= fewest AND others >= fewest AND reached * m > k * seats
       AND (reached * m - k * seats) ^ 2 > 9 * k * (m - k) * seats
    FROM (SELECT others_reached + 1 AS k, others + 2 AS m) p
$$;

-- Seats of a site below which no rate is told (they would be persons) or compared.
CREATE OR REPLACE FUNCTION quality_fewest() RETURNS int LANGUAGE sql STABLE
RETURN greatest(assessment_value('leak_min_seats'), 5);

-- Per criterion, form and site: how many seats were marked, how many reached half of the points (first marks),
-- the same of the other sites, and whether it may be known there.
DROP FUNCTION IF EXISTS quality_items(text);
CREATE FUNCTION quality_items(code text)
RETURNS TABLE (criterion_id bigint, exercise text, criterion text, form text, site text, first_session bigint, last_session bigint,
               seats bigint, reached bigint, others numeric, leaked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH sites AS (
        SELECT c.id AS criterion_id, e.code AS exercise, c.label AS criterion, s.form, s.site, min(s.id) AS first_session,
               max(s.id) AS last_session, count(*) AS seats, count(*) FILTER (WHERE m.points * 2 >= c.max_points) AS reached
        FROM test_session s JOIN profile p ON p.id = s.profile_id AND p.code = quality_items.code
        JOIN mark m ON m.session_id = s.id AND m.mark_no = 1
        JOIN criterion c ON c.id = m.criterion_id JOIN exercise e ON e.id = c.exercise_id
        WHERE s.state = 'closed' AND s.remark_of IS NULL AND NOT EXISTS (SELECT FROM mark n WHERE n.supersedes = m.id)
        GROUP BY 1, 2, 3, 4, 5
    ), beside AS (
        SELECT t.criterion_id, t.form, t.site, sum(t.seats) OVER w - t.seats AS seats, sum(t.reached) OVER w - t.reached AS reached
        FROM sites t WINDOW w AS (PARTITION BY t.criterion_id, t.form)
    )
    SELECT i.criterion_id, i.exercise, i.criterion, i.form, i.site, i.first_session, i.last_session, i.seats, i.reached, o.seats,
           item_leaked(i.reached, i.seats, o.reached, o.seats, quality_fewest())
    FROM sites i JOIN beside o USING (criterion_id, form, site)
$$;

-- --- packs -----------------------------------------------------------------------------------------------

-- The seats that it carries, written down while the session is locked: from here on they are not released.
CREATE OR REPLACE FUNCTION pack_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Changes nothing; but a release that waited for it is refused at every level, where after a lock alone one with
    -- an older snapshot would not see the pack.
    UPDATE test_session SET seats_taken = seats_taken WHERE id = NEW.session_id;
    NEW.carried := ARRAY(SELECT t.id FROM seat t WHERE t.session_id = NEW.session_id AND t.attendance IN ('expected', 'present') ORDER BY t.id);
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER pack_new BEFORE INSERT ON session_pack FOR EACH ROW EXECUTE FUNCTION pack_new();

CREATE OR REPLACE FUNCTION pack_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state <> 'issued' THEN
        PERFORM refuse('pack_ended', OLD.state);
    END IF;
    IF (NEW.pack, NEW.session_id, NEW.account_id, NEW.digest, NEW.issued_at, NEW.carried) IS DISTINCT FROM
       (OLD.pack, OLD.session_id, OLD.account_id, OLD.digest, OLD.issued_at, OLD.carried) THEN
        PERFORM refuse('append_only', 'session_pack');
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER pack_rules BEFORE UPDATE ON session_pack FOR EACH ROW EXECUTE FUNCTION pack_rules();
CREATE OR REPLACE TRIGGER pack_stays BEFORE DELETE ON session_pack FOR EACH ROW EXECUTE FUNCTION append_only();

-- The pack that the actor brings back, locked: a second import waits for the first, and is refused then.
CREATE OR REPLACE FUNCTION pack_take(wanted text) RETURNS session_pack
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p session_pack;
BEGIN
    SELECT k.* INTO p FROM session_pack k WHERE k.pack = wanted AND k.account_id = actor_account() FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF p.state <> 'issued' THEN
        PERFORM refuse('pack_ended', p.state);
    END IF;
    RETURN p;
END
$$;

-- What is wrong with the rows of a pack, a row each: list, place in it, field, code, detail. `ahead` is by
-- how many seconds the device's clock was ahead; times are the device's.
CREATE OR REPLACE FUNCTION pack_faults(wanted text, seats jsonb, marks jsonb, ahead int)
RETURNS TABLE (list text, place bigint, field text, code text, detail text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p session_pack := pack_take(wanted);
    s test_session;
    first timestamptz;
    last timestamptz;
BEGIN
    SELECT o.* INTO s FROM test_session o WHERE o.id = p.session_id;
    first := greatest(p.issued_at, s.held_on::timestamptz - interval '12 hours')
             - make_interval(mins => assessment_value('clock_minutes'));
    last := least(clock_timestamp() + make_interval(mins => assessment_value('clock_minutes')),
                  s.held_on::timestamptz + interval '24 hours' + make_interval(hours => assessment_value('pack_hours')));
    RETURN QUERY
    WITH x AS (
        SELECT 'seats' AS list, row_number() OVER () - 1 AS place, r.seat_id, NULL::bigint AS criterion_id,
               to_timestamp(r.at) - make_interval(secs => ahead) AS at, count(*) OVER (PARTITION BY r.seat_id) AS times, 0 AS points
        FROM jsonb_to_recordset(seats) AS r (seat_id bigint, at bigint)
        UNION ALL
        SELECT 'marks', row_number() OVER () - 1, r.seat_id, r.criterion_id, to_timestamp(r.at) - make_interval(secs => ahead),
               count(*) OVER (PARTITION BY r.seat_id, r.criterion_id), r.points
        FROM jsonb_to_recordset(marks) AS r (seat_id bigint, criterion_id bigint, at bigint, points int)
    )
    SELECT x.list, x.place, f.field, f.code, f.detail
    FROM x LEFT JOIN seat t ON t.id = x.seat_id AND t.session_id = s.id AND t.attendance <> 'released'
    LEFT JOIN criterion c ON c.id = x.criterion_id
        AND EXISTS (SELECT FROM profile_exercise e WHERE e.profile_id = s.profile_id AND e.exercise_id = c.exercise_id)
    CROSS JOIN LATERAL (VALUES
        ('seat_id', 'mark_unknown_seat', '', t.id IS NULL),
        ('seat_id', 'seat_not_in_pack', '', x.seat_id <> ALL (p.carried)),
        ('seat_id', 'duplicate', '', x.times > 1),
        ('criterion_id', 'mark_unknown_criterion', '', x.list = 'marks' AND c.id IS NULL),
        ('points', 'out_of_range', '0 – ' || c.max_points, x.points > c.max_points OR x.points < 0),
        ('at', 'outside_session', first::date || ' – ' || last::date, x.at IS NULL OR x.at < first OR x.at > last)
    ) AS f (field, code, detail, wrong)
    WHERE f.wrong ORDER BY 1 DESC, 2 LIMIT 1000;
END
$$;

-- Brings a pack back: identity checks, then marks under the first number that nobody has, and its end, in
-- one transaction. What it says of a seat that has become void since it was made counts for nothing: it is left out,
-- and how many rows that were is told.
DROP FUNCTION IF EXISTS pack_import(text, jsonb, jsonb, int);
CREATE FUNCTION pack_import(wanted text, seats jsonb, marks jsonb, ahead int, OUT given int, OUT void_rows int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p session_pack := pack_take(wanted);
    void bigint[];
BEGIN
    IF abs(ahead) > assessment_value('clock_minutes') * 60 THEN
        PERFORM refuse('clock_wrong', ahead::text, 'clock');
    END IF;
    UPDATE test_session SET state = 'running', started_at = clock_timestamp(), version = version + 1
    WHERE id = p.session_id AND state = 'planned';
    void := ARRAY(SELECT t.id FROM seat t WHERE t.session_id = p.session_id AND t.attendance = 'void' FOR SHARE);
    void_rows := jsonb_array_length(seats) + jsonb_array_length(marks);
    seats := coalesce((SELECT jsonb_agg(r) FROM jsonb_array_elements(seats) r WHERE (r ->> 'seat_id')::bigint <> ALL (void)), '[]');
    IF jsonb_array_length(seats) > 0 THEN
        PERFORM seats_check(p.session_id, seats);
    END IF;
    marks := coalesce((
        SELECT jsonb_agg(jsonb_build_object('seat_id', r.seat_id, 'criterion_id', r.criterion_id, 'points', r.points,
            'mark_no', coalesce((SELECT k.mark_no FROM marker k WHERE k.seat_id = r.seat_id AND k.exercise_id = c.exercise_id
                                                                  AND k.account_id = actor_account()),
                                (SELECT min(n) FROM generate_series(1, 3) n WHERE NOT EXISTS (
                                    SELECT FROM marker k WHERE k.seat_id = r.seat_id AND k.exercise_id = c.exercise_id
                                                           AND k.mark_no = n)))))
        FROM jsonb_to_recordset(marks) AS r (seat_id bigint, criterion_id bigint, points int)
        JOIN criterion c ON c.id = r.criterion_id WHERE r.seat_id <> ALL (void)), '[]');
    given := CASE WHEN jsonb_array_length(marks) > 0 THEN marks_add(p.session_id, marks, p.id) ELSE 0 END;
    void_rows := void_rows - jsonb_array_length(seats) - jsonb_array_length(marks);
    UPDATE session_pack k SET state = 'imported', ended_at = clock_timestamp(), seats = jsonb_array_length(pack_import.seats),
        marks = given, void_rows = pack_import.void_rows, clock_offset = ahead WHERE k.id = p.id;
END
$$;

-- --- policies and grants --------------------------------------------------------------------------------

DO $$
DECLARE
    name text;
BEGIN
    GRANT SELECT ON assessment_setting, exercise_form TO noria_ofii, noria_system, noria_partner, noria_employer;
    REVOKE UPDATE ON exercise_form FROM noria_ofii, noria_partner;
    GRANT INSERT, DELETE ON exercise_form TO noria_ofii, noria_partner;
    FOREACH name IN ARRAY ARRAY['calibration', 'calibration_score', 'calibration_exercise', 'session_incident', 'appeal',
                                'session_pack'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_all', name);
        EXECUTE format('CREATE POLICY %I ON %I TO noria_ofii, noria_system USING (true) WITH CHECK (true)', name || '_all', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_own', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_employer', name);
        EXECUTE format('GRANT SELECT ON %I TO noria_ofii, noria_partner', name);
    END LOOP;
END
$$;
-- References: whoever tests may see them; an employer those of his own workers.
CREATE POLICY calibration_own ON calibration TO noria_partner USING (true) WITH CHECK (true);
CREATE POLICY calibration_employer ON calibration FOR SELECT TO noria_employer USING (org_id = actor_org());
CREATE POLICY calibration_score_own ON calibration_score TO noria_partner USING (true) WITH CHECK (true);
CREATE POLICY calibration_exercise_own ON calibration_exercise TO noria_partner USING (true) WITH CHECK (true);
CREATE POLICY calibration_exercise_employer ON calibration_exercise FOR SELECT TO noria_employer
    USING (calibration_id = ANY (ARRAY(SELECT c.id FROM calibration c WHERE c.org_id = actor_org())));
GRANT SELECT ON calibration, calibration_exercise TO noria_employer;
GRANT INSERT (profile_id, org_id, held_on, site, created_by), UPDATE (state, pass_total, total_median, total_p25, min_panel, panel_size)
    ON calibration TO noria_ofii, noria_partner;
GRANT INSERT, UPDATE, DELETE ON calibration_score TO noria_ofii, noria_partner;
GRANT INSERT, DELETE ON calibration_exercise TO noria_ofii, noria_partner;
CREATE POLICY session_incident_own ON session_incident FOR SELECT TO noria_partner USING (org_id = actor_org());
CREATE POLICY appeal_own ON appeal FOR SELECT TO noria_partner USING (service_id = actor_org() OR org_id = actor_org());
GRANT UPDATE (state, outcome, reason, decided_by, decided_on, version) ON appeal TO noria_ofii;
CREATE POLICY session_pack_own ON session_pack TO noria_partner USING (org_id = actor_org()) WITH CHECK (org_id = actor_org());
GRANT INSERT (pack, session_id, org_id, account_id, digest), UPDATE (state, ended_at) ON session_pack TO noria_ofii, noria_partner;

REVOKE ALL ON FUNCTION calibration_sign(bigint), incident_add(bigint, bigint, text, text, text), appeal_file(bigint, text, text),
    session_had(bigint, bigint), appeal_decide(bigint, text, text), quality_marks(text), quality_pairs(text), quality_drift(text),
    quality_items(text), pack_take(text), pack_faults(text, jsonb, jsonb, int), pack_import(text, jsonb, jsonb, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION calibration_sign(bigint) TO noria_ofii, noria_partner, noria_employer;
GRANT EXECUTE ON FUNCTION incident_add(bigint, bigint, text, text, text), appeal_file(bigint, text, text),
    appeal_decide(bigint, text, text), pack_faults(text, jsonb, jsonb, int), pack_import(text, jsonb, jsonb, int)
    TO noria_ofii, noria_partner;
GRANT EXECUTE ON FUNCTION quality_pairs(text), quality_drift(text), quality_items(text) TO noria_ofii;

CREATE OR REPLACE FUNCTION employer_by_siret(number text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT o.id FROM org o WHERE o.kind = 'employer' AND o.siret = number);
CREATE OR REPLACE FUNCTION appeal_decidable(wanted bigint, person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT a.state = 'filed' AND a.filed_by <> person AND NOT session_had(a.session_id, person) FROM appeal a WHERE a.id = wanted);
REVOKE ALL ON FUNCTION employer_by_siret(text), appeal_decidable(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION employer_by_siret(text), appeal_decidable(bigint, bigint) TO noria_ofii, noria_partner;

-- --- the figures of the bench ---------------------------------------------------------------------------

ALTER TABLE assessment_change ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS assessment_change_office ON assessment_change;
CREATE POLICY assessment_change_office ON assessment_change FOR SELECT TO noria_ofii USING (true);
GRANT SELECT ON assessment_change TO noria_ofii;
REVOKE UPDATE ON assessment_setting FROM noria_ofii; -- by the two functions below alone
DROP TRIGGER IF EXISTS append_only ON assessment_change;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON assessment_change
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- Proposes another value of the version that was seen; one that waited is dropped.
CREATE OR REPLACE FUNCTION assessment_propose(wanted text, new_value int, why text, seen int) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    s assessment_setting;
    made bigint;
BEGIN
    SELECT x.* INTO s FROM assessment_setting x WHERE x.code = wanted FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF s.version <> seen THEN
        PERFORM refuse('stale_edit');
    ELSIF s.value = new_value THEN
        PERFORM refuse('conflict', new_value::text, 'value');
    ELSIF new_value > s.most THEN
        PERFORM refuse('out_of_range', '0 – ' || s.most, 'value');
    END IF;
    UPDATE assessment_change c SET state = 'dropped', decided_by = actor_account(), decided_at = clock_timestamp()
    WHERE c.code = wanted AND c.state = 'proposed';
    INSERT INTO assessment_change (code, version, value_before, value, reason, proposed_by)
    VALUES (wanted, s.version, s.value, new_value, why, actor_account()) RETURNING id INTO made;
    PERFORM audit('assessment.propose', 'assessment_change', made, why, jsonb_build_object('code', wanted, 'value', new_value));
    RETURN made;
END
$$;

-- Another person takes the proposal that he saw, or anybody of the office drops it.
CREATE OR REPLACE FUNCTION assessment_decide(wanted bigint, take boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c assessment_change;
BEGIN
    -- the setting first, as assessment_propose() locks
    PERFORM 1 FROM assessment_setting s WHERE s.code = (SELECT x.code FROM assessment_change x WHERE x.id = wanted) FOR UPDATE;
    SELECT x.* INTO c FROM assessment_change x WHERE x.id = wanted FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF c.state <> 'proposed' THEN
        PERFORM refuse('conflict', c.state);
    END IF;
    UPDATE assessment_change x SET state = CASE WHEN take THEN 'taken' ELSE 'dropped' END, decided_by = actor_account(),
        decided_at = clock_timestamp() WHERE x.id = wanted;
    IF take THEN
        UPDATE assessment_setting s SET value = c.value, version = s.version + 1 WHERE s.code = c.code;
    END IF;
    PERFORM audit(CASE WHEN take THEN 'assessment.set' ELSE 'assessment.drop' END, 'assessment_change', wanted, NULL,
                  jsonb_build_object('code', c.code, 'value', c.value));
    RETURN wanted;
END
$$;
REVOKE ALL ON FUNCTION assessment_propose(text, int, text, int), assessment_decide(bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION assessment_propose(text, int, text, int), assessment_decide(bigint, boolean) TO noria_ofii;
