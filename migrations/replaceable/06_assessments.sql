-- Tests by simulation: what cannot be changed, who may mark what, and who sees which mark.

-- --- references: a version that left the draft state never changes --------------------------------

CREATE OR REPLACE FUNCTION reference_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    states CONSTANT text[] := ARRAY['draft', 'active', 'retired'];
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            PERFORM refuse('reference_frozen', OLD.state);
        END IF;
        RETURN OLD;
    END IF;
    IF NEW.code <> OLD.code OR NEW.version <> OLD.version
       OR (OLD.state <> 'draft' AND to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state') THEN
        PERFORM refuse('reference_frozen', OLD.state);
    END IF;
    IF array_position(states, NEW.state) < array_position(states, OLD.state) THEN
        PERFORM refuse('conflict', 'version:' || OLD.state || ' > version:' || NEW.state);
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER habilete_rules BEFORE UPDATE OR DELETE ON habilete
    FOR EACH ROW EXECUTE FUNCTION reference_rules();
CREATE OR REPLACE TRIGGER exercise_rules BEFORE UPDATE OR DELETE ON exercise
    FOR EACH ROW EXECUTE FUNCTION reference_rules();
CREATE OR REPLACE TRIGGER profile_rules BEFORE UPDATE OR DELETE ON profile
    FOR EACH ROW EXECUTE FUNCTION reference_rules();

-- The parts of an exercise, a profile or an analysis are part of its version, and of that one alone. A part whose
-- parent is gone is being deleted with it. Arguments: the table of the versions, the part's column that names one.
CREATE OR REPLACE FUNCTION reference_part_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    part jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
    parent text;
BEGIN
    EXECUTE format('SELECT x.state FROM %I x WHERE x.id = $1 FOR SHARE', TG_ARGV[0]) INTO parent USING (part ->> TG_ARGV[1])::bigint;
    IF parent <> 'draft' OR (TG_OP = 'UPDATE' AND part -> TG_ARGV[1] <> to_jsonb(OLD) -> TG_ARGV[1]) THEN
        PERFORM refuse('reference_frozen', parent);
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER criterion_rules BEFORE INSERT OR UPDATE OR DELETE ON criterion
    FOR EACH ROW EXECUTE FUNCTION reference_part_rules('exercise', 'exercise_id');
CREATE OR REPLACE TRIGGER exercise_habilete_rules BEFORE INSERT OR UPDATE OR DELETE ON exercise_habilete
    FOR EACH ROW EXECUTE FUNCTION reference_part_rules('exercise', 'exercise_id');
CREATE OR REPLACE TRIGGER exercise_form_rules BEFORE INSERT OR UPDATE OR DELETE ON exercise_form
    FOR EACH ROW EXECUTE FUNCTION reference_part_rules('exercise', 'exercise_id');
CREATE OR REPLACE TRIGGER profile_exercise_rules BEFORE INSERT OR UPDATE OR DELETE ON profile_exercise
    FOR EACH ROW EXECUTE FUNCTION reference_part_rules('profile', 'profile_id');

-- Points that an exercise can bring.
CREATE OR REPLACE FUNCTION exercise_max(exercise bigint) RETURNS int LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(c.max_points), 0)::int FROM criterion c WHERE c.exercise_id = exercise);

CREATE OR REPLACE FUNCTION profile_max(profile bigint) RETURNS int LANGUAGE sql STABLE
RETURN (SELECT coalesce(sum(x.weight * exercise_max(x.exercise_id)), 0)::int
        FROM profile_exercise x WHERE x.profile_id = profile);

-- What a version must have to take effect (06_version_signatures.sql).
CREATE OR REPLACE FUNCTION exercise_whole(exercise bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF exercise_max(exercise) = 0 THEN
        PERFORM refuse('exercise_without_criteria');
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION profile_whole(wanted bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    p profile;
    bad text;
BEGIN
    SELECT q.* INTO p FROM profile q WHERE q.id = wanted;
    IF NOT EXISTS (SELECT FROM profile_exercise x WHERE x.profile_id = wanted) THEN
        PERFORM refuse('profile_without_exercise');
    END IF;
    SELECT e.code || ' ' || e.version INTO bad FROM profile_exercise x JOIN exercise e ON e.id = x.exercise_id
    WHERE x.profile_id = wanted AND e.state <> 'active' ORDER BY x.seq LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('exercise_not_active', bad);
    END IF;
    SELECT e.code INTO bad FROM profile_exercise x JOIN exercise e ON e.id = x.exercise_id
    WHERE x.profile_id = wanted AND x.min_points > exercise_max(e.id) ORDER BY x.seq LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('floor_above_maximum', bad);
    END IF;
    IF p.pass_total > profile_max(wanted) THEN
        PERFORM refuse('threshold_above_maximum', profile_max(wanted)::text, 'pass_total');
    END IF;
    PERFORM profile_grounds(wanted, p.analysis_id);
END
$$;

-- The next version as a draft with the parts of this one; exercises and the analysis come in the version in effect.
CREATE OR REPLACE FUNCTION profile_next(origin bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    fresh bigint;
BEGIN
    INSERT INTO profile (code, version, label, rome, crop, pass_total, tolerance_percent, resit_days, basis,
                         analysis_id, account_id)
    SELECT p.code, (SELECT max(q.version) + 1 FROM profile q WHERE q.code = p.code), p.label, p.rome, p.crop,
           p.pass_total, p.tolerance_percent, p.resit_days, 'own',
           (SELECT b.id FROM job_analysis a JOIN job_analysis b ON b.code = a.code AND b.state = 'active' WHERE a.id = p.analysis_id),
           actor_account()
    FROM profile p WHERE p.id = origin
    RETURNING id INTO fresh;
    IF fresh IS NULL THEN
        PERFORM refuse('not_found');
    END IF;
    INSERT INTO profile_exercise (profile_id, exercise_id, seq, weight, min_points)
    SELECT fresh, coalesce((SELECT a.id FROM exercise a WHERE a.code = e.code AND a.state = 'active'), e.id),
           x.seq, x.weight, x.min_points
    FROM profile_exercise x JOIN exercise e ON e.id = x.exercise_id WHERE x.profile_id = origin;
    RETURN fresh;
END
$$;

CREATE OR REPLACE FUNCTION exercise_next(origin bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    fresh bigint;
BEGIN
    INSERT INTO exercise (code, version, label, kind, minutes, instructions, kit, safety, basis, account_id)
    SELECT e.code, (SELECT max(o.version) + 1 FROM exercise o WHERE o.code = e.code), e.label, e.kind,
           e.minutes, e.instructions, e.kit, e.safety, 'own', actor_account()
    FROM exercise e WHERE e.id = origin
    RETURNING id INTO fresh;
    IF fresh IS NULL THEN
        PERFORM refuse('not_found');
    END IF;
    INSERT INTO exercise_habilete SELECT fresh, h.habilete, h.weight FROM exercise_habilete h
    WHERE h.exercise_id = origin;
    INSERT INTO exercise_form SELECT fresh, f.form, f.note FROM exercise_form f WHERE f.exercise_id = origin;
    INSERT INTO criterion (exercise_id, seq, label, kind, max_points, anchors)
    SELECT fresh, c.seq, c.label, c.kind, c.max_points, c.anchors FROM criterion c
    WHERE c.exercise_id = origin;
    RETURN fresh;
END
$$;

-- The account behind a lead's address: a partner service may name an assessor of OFII, whose account it
-- cannot read; of no other organisation's, whose addresses it would learn by asking.
CREATE OR REPLACE FUNCTION lead_by_email(address text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT a.id FROM account a WHERE a.email = lower(address) AND a.role IN ('assessor', 'officer', 'partner')
                                     AND a.disabled_at IS NULL
                                     AND (session_user <> 'noria_partner' OR a.org_id = actor_org()
                                          OR EXISTS (SELECT FROM org o WHERE o.id = a.org_id AND o.kind = 'ofii')));

-- --- sessions: what decides is copied from the profile and frozen -----------------------------------

-- Whether every exercise of a profile that has forms has this one. An exercise without forms has form A.
CREATE OR REPLACE FUNCTION profile_has_form(profile bigint, wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN NOT EXISTS (
    SELECT FROM profile_exercise x WHERE x.profile_id = profile
       AND NOT EXISTS (SELECT FROM exercise_form f WHERE f.exercise_id = x.exercise_id AND f.form = wanted)
       AND (wanted <> 'A' OR EXISTS (SELECT FROM exercise_form f WHERE f.exercise_id = x.exercise_id)));

CREATE OR REPLACE FUNCTION test_session_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    chosen profile;
    before test_session;
BEGIN
    -- Marks the sheets of another session again, after an appeal: everything is that session's.
    IF NEW.remark_of IS NOT NULL AND EXISTS (SELECT FROM appeal a WHERE a.session_id = NEW.remark_of
                                             AND a.outcome = 're_mark' AND a.remark_session IS NULL) THEN
        SELECT s.* INTO before FROM test_session s WHERE s.id = NEW.remark_of;
        NEW.pass_total := before.pass_total;
        NEW.tolerance_percent := before.tolerance_percent;
        NEW.resit_days := before.resit_days;
        NEW.calibration_id := before.calibration_id;
        RETURN NEW;
    END IF;
    NEW.remark_of := NULL;
    SELECT p.* INTO chosen FROM profile p WHERE p.id = NEW.profile_id FOR SHARE;
    IF chosen.state IS DISTINCT FROM 'active' THEN
        PERFORM refuse('profile_not_active', coalesce(chosen.state, ''), 'profile_id');
    END IF;
    IF NOT EXISTS (SELECT FROM campaign c WHERE c.id = NEW.campaign_id
                                            AND c.state IN ('open', 'matching', 'season')) THEN
        PERFORM refuse('campaign_not_testing', '', 'campaign_id');
    END IF;
    IF NEW.held_on < today() THEN
        PERFORM refuse('session_in_past', today()::text, 'held_on');
    END IF;
    IF NOT EXISTS (SELECT FROM account a WHERE a.id = NEW.lead_account AND a.disabled_at IS NULL
                     AND a.role IN ('assessor', 'officer', 'partner')) THEN
        PERFORM refuse('lead_not_assessor', '', 'lead_email');
    END IF;
    NEW.pass_total := chosen.pass_total;
    NEW.tolerance_percent := chosen.tolerance_percent;
    NEW.resit_days := chosen.resit_days;
    NEW.calibration_id := chosen.calibration_id;
    NEW.second_percent := assessment_value('second_mark_percent');
    NEW.borderline_percent := assessment_value('borderline_percent');
    IF NOT profile_has_form(NEW.profile_id, NEW.form) THEN
        PERFORM refuse('form_unknown', NEW.form, 'form');
    END IF;
    NEW.state := 'planned';
    NEW.seats_taken := 0;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER test_session_new BEFORE INSERT ON test_session
    FOR EACH ROW EXECUTE FUNCTION test_session_new();

CREATE OR REPLACE FUNCTION test_session_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    states CONSTANT text[] := ARRAY['planned', 'running', 'marking', 'closed'];
    undecided bigint;
BEGIN
    IF (NEW.campaign_id, NEW.org_id, NEW.profile_id, NEW.pass_total, NEW.tolerance_percent, NEW.resit_days, NEW.form,
        NEW.second_percent, NEW.borderline_percent, NEW.calibration_id, NEW.remark_of)
       IS DISTINCT FROM
       (OLD.campaign_id, OLD.org_id, OLD.profile_id, OLD.pass_total, OLD.tolerance_percent, OLD.resit_days, OLD.form,
        OLD.second_percent, OLD.borderline_percent, OLD.calibration_id, OLD.remark_of)
       OR OLD.state = 'closed' THEN
        PERFORM refuse('session_frozen');
    END IF;
    IF NEW.state <> OLD.state
       AND array_position(states, NEW.state) <> array_position(states, OLD.state) + 1 THEN
        PERFORM refuse('conflict', 'session:' || OLD.state || ' > session:' || NEW.state);
    END IF;
    IF NEW.state = 'marking' AND OLD.state = 'running' THEN
        SELECT count(*) INTO undecided FROM seat t WHERE t.session_id = NEW.id AND t.attendance = 'expected';
        IF undecided > 0 THEN
            PERFORM refuse('seats_undecided', undecided::text);
        END IF;
    END IF;
    IF NEW.state = 'closed' THEN
        NEW.closed_on := today();
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER test_session_rules BEFORE UPDATE ON test_session
    FOR EACH ROW EXECUTE FUNCTION test_session_rules();

-- --- seats ----------------------------------------------------------------------------------------

-- Whether a result opens the way to a contract today: for matching and binding.
CREATE OR REPLACE FUNCTION result_counts(outcome text, valid_until date) RETURNS boolean LANGUAGE sql STABLE
RETURN outcome = 'pass' AND valid_until >= today();

-- Why a candidate may not take a seat of a session: a code of err.def, or NULL. `until` is the day that
-- fills the sentence. Not a form that he has sat, while there is one that he has not; never the last one, while
-- there is another.
CREATE OR REPLACE FUNCTION seat_obstacle(candidate bigint, session bigint, OUT code text, OUT until date)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sitting test_session;
    who candidate;
    last record;
    sat text[]; -- the forms that lay before him, the newest first: also where the seat became void
BEGIN
    SELECT s.* INTO sitting FROM test_session s WHERE s.id = session;
    SELECT c.* INTO who FROM candidate c WHERE c.id = seat_obstacle.candidate;
    SELECT array_agg(s.form ORDER BY s.held_on DESC, t.id DESC) INTO sat
    FROM seat t JOIN test_session s ON s.id = t.session_id JOIN profile p ON p.id = s.profile_id
    WHERE t.candidate_id = seat_obstacle.candidate AND t.session_id <> session AND t.remark_of IS NULL
      AND (t.attendance = 'present' OR (t.attendance = 'void' AND t.checked_by IS NOT NULL))
      AND p.code = (SELECT q.code FROM profile q WHERE q.id = sitting.profile_id);
    SELECT r.outcome, r.valid_until, r.held_on,
           EXISTS (SELECT FROM appeal a WHERE a.seat_id = r.seat_id AND a.outcome = 're_sit') AS again INTO last
    FROM result r JOIN profile p ON p.id = r.profile_id JOIN test_session s ON s.id = r.session_id
    WHERE r.candidate_id = seat_obstacle.candidate AND r.outcome IN ('pass', 'fail')
      AND p.code = (SELECT q.code FROM profile q WHERE q.id = sitting.profile_id)
    ORDER BY r.held_on DESC, r.seat_id DESC LIMIT 1;
    IF who.campaign_id IS DISTINCT FROM sitting.campaign_id THEN
        code := 'seat_other_campaign';
    ELSIF who.state <> 'preselected' THEN
        code := 'seat_not_preselected';
    ELSIF candidate_held(who.id) THEN
        code := 'candidate_held';
    ELSIF last.valid_until >= sitting.held_on THEN
        code := 'seat_result_valid';
        until := last.valid_until;
    ELSIF last.outcome = 'fail' AND NOT last.again AND last.held_on + sitting.resit_days > sitting.held_on THEN
        code := 'seat_too_soon';
        until := last.held_on + sitting.resit_days;
    ELSIF sitting.form = ANY (sat) AND EXISTS (SELECT FROM generate_series(65, 90) n
              WHERE chr(n) <> sat[1] AND (sitting.form = sat[1] OR chr(n) <> ALL (sat))
                AND profile_has_form(sitting.profile_id, chr(n))) THEN
        code := 'seat_same_form';
    END IF;
END
$$;

-- The counter is moved first: it locks the session's row, so that state and capacity hold until the
-- seat is committed. (Counting seats instead lets two transactions pass the limit together.)
CREATE OR REPLACE FUNCTION seat_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sitting test_session;
    who candidate;
    obstacle record;
    came record;
BEGIN
    UPDATE test_session SET seats_taken = seats_taken + 1 WHERE id = NEW.session_id RETURNING * INTO sitting;
    IF sitting.state IS DISTINCT FROM 'planned' AND sitting.state IS DISTINCT FROM 'running' THEN
        PERFORM refuse('session_takes_no_seats', coalesce(sitting.state, ''));
    END IF;
    SELECT c.* INTO who FROM candidate c WHERE c.id = NEW.candidate_id;
    SELECT * INTO obstacle FROM seat_obstacle(NEW.candidate_id, NEW.session_id);
    IF NEW.remark_of IS NOT NULL THEN -- its sheets are there already: who came and was checked is known
        SELECT t.document_seen, t.photo_match, t.checked_by, t.checked_at INTO came FROM seat t
        WHERE t.id = NEW.remark_of AND t.session_id = sitting.remark_of AND t.candidate_id = NEW.candidate_id
          AND t.attendance = 'present';
        IF NOT FOUND THEN
            PERFORM refuse('seat_unknown_candidate', who.token, 'token');
        END IF;
    ELSIF sitting.remark_of IS NOT NULL THEN
        PERFORM refuse('session_takes_no_seats', sitting.state);
    ELSIF obstacle.code IS NOT NULL THEN
        PERFORM refuse(obstacle.code, who.token || coalesce(', ' || obstacle.until, ''), 'token');
    END IF;
    NEW.campaign_id := sitting.campaign_id;
    NEW.org_id := sitting.org_id;
    NEW.service_id := who.org_id;
    NEW.token := who.token;
    NEW.attendance := 'expected';
    NEW.open := true;
    -- Who is marked twice is drawn, so that a first marker cannot know it.
    NEW.second_marked := sitting.second_percent = 100
        OR ('x' || left(replace(gen_random_uuid()::text, '-', ''), 6))::bit(24)::int % 100 < sitting.second_percent;
    IF NEW.remark_of IS NOT NULL THEN
        NEW.attendance := 'present';
        NEW.document_seen := came.document_seen;
        NEW.photo_match := came.photo_match;
        NEW.checked_by := came.checked_by;
        NEW.checked_at := came.checked_at;
        NEW.second_marked := true;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER seat_new BEFORE INSERT ON seat FOR EACH ROW EXECUTE FUNCTION seat_new();

-- Who prepares the room of a session and so is told of accommodations: its lead, a desk, a partner service.
CREATE OR REPLACE FUNCTION session_prepared_by(session bigint, person bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN EXISTS (SELECT FROM test_session s WHERE s.id = session AND s.lead_account = person)
    OR EXISTS (SELECT FROM account a WHERE a.id = person AND a.role IN ('desk', 'partner'));

-- The accommodations of a session, for who prepares it, and for nobody else: no class may read the two columns
-- itself, so that whoever marks learns of no handicap. (As marks_seen: OFII's reads carry no actor.)
CREATE OR REPLACE FUNCTION seat_accommodations(session bigint, reader bigint)
RETURNS TABLE (seat_id bigint, accommodation text, extra_percent int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.id, t.accommodation, t.extra_percent FROM seat t
    WHERE t.session_id = session AND t.accommodation IS NOT NULL AND session_prepared_by(session, reader)
      AND (session_user <> 'noria_partner'
           OR (reader = actor_account() AND actor_org() IN (t.org_id, t.service_id)))
$$;

CREATE OR REPLACE FUNCTION seat_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    step text := OLD.attendance || ' > ' || NEW.attendance;
    -- emptied after the worker's key was destroyed (15_privacy.sql)
    emptied boolean := coalesce(current_setting('noria.erasing', true), '') = 'on' AND NOT EXISTS (
        SELECT FROM worker_identity i JOIN candidate c ON c.worker_id = i.worker_id WHERE c.id = NEW.candidate_id);
    prepared boolean := (NEW.accommodation, NEW.extra_percent) IS DISTINCT FROM (OLD.accommodation, OLD.extra_percent)
                        AND NOT emptied;
    sitting text;
BEGIN
    SELECT s.state INTO sitting FROM test_session s WHERE s.id = NEW.session_id FOR SHARE;
    IF (NEW.session_id, NEW.candidate_id, NEW.campaign_id, NEW.org_id, NEW.service_id)
       IS DISTINCT FROM
       (OLD.session_id, OLD.candidate_id, OLD.campaign_id, OLD.org_id, OLD.service_id) THEN
        PERFORM refuse('session_frozen');
    END IF;
    IF (OLD.second_marked AND NOT NEW.second_marked) OR NEW.remark_of IS DISTINCT FROM OLD.remark_of THEN
        PERFORM refuse('session_frozen');
    END IF;
    IF prepared AND OLD.attendance <> 'expected' THEN
        PERFORM refuse('accommodation_late');
    ELSIF prepared AND NOT session_prepared_by(NEW.session_id, actor_account()) THEN
        PERFORM refuse('accommodation_not_yours');
    END IF;
    -- What was sealed is what comes back: the carrier learns of no change on his way.
    IF (prepared OR step = 'expected > released') AND EXISTS (
        SELECT FROM session_pack k WHERE k.session_id = NEW.session_id AND k.state = 'issued' AND NEW.id = ANY (k.carried)) THEN
        PERFORM refuse('seat_in_pack');
    END IF;
    IF NEW.attendance <> OLD.attendance
       AND NOT (CASE sitting
                   WHEN 'planned' THEN step = 'expected > released'
                   WHEN 'running' THEN step IN ('expected > present', 'expected > absent', 'absent > present',
                                                'expected > void', 'present > void')
                   WHEN 'marking' THEN step IN ('expected > absent', 'present > void')
                   ELSE false
               END) THEN
        PERFORM refuse('conflict', 'session:' || sitting || ': attendance:' || replace(step, ' > ', ' > attendance:'));
    END IF;
    IF NEW.attendance = 'released' AND OLD.attendance <> 'released' THEN
        NEW.open := false;
        UPDATE test_session SET seats_taken = seats_taken - 1 WHERE id = NEW.session_id;
    END IF;
    -- A seat made void after a look at the document that did not show this person: somebody sat for another.
    IF NEW.attendance = 'void' AND OLD.attendance <> 'void' AND NEW.document_seen AND NOT NEW.photo_match THEN
        PERFORM fraud_open('seat_identity', NEW.campaign_id,
            jsonb_build_object('session', NEW.session_id, 'seat', NEW.id, 'day', today()), NEW.candidate_id);
    END IF;
    NEW.version := OLD.version + 1;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER seat_rules BEFORE UPDATE ON seat FOR EACH ROW EXECUTE FUNCTION seat_rules();

-- Seats for a list of tokens, all or none. The reader's own class decides which candidates exist.
CREATE OR REPLACE FUNCTION seats_add(session bigint, tokens jsonb) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    stranger text;
    taken int;
BEGIN
    SELECT x.token INTO stranger FROM jsonb_to_recordset(tokens) AS x (token text)
    WHERE NOT EXISTS (SELECT FROM candidate c WHERE c.token = x.token) LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('seat_unknown_candidate', stranger, 'token');
    END IF;
    INSERT INTO seat (session_id, candidate_id)
    SELECT session, c.id FROM jsonb_to_recordset(tokens) AS x (token text) JOIN candidate c ON c.token = x.token
    ORDER BY c.id;
    GET DIAGNOSTICS taken = ROW_COUNT;
    RETURN taken;
END
$$;

-- Attendance and the identity check, for a list of seats of one session.
CREATE OR REPLACE FUNCTION seats_check(session bigint, rows jsonb) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    done int;
BEGIN
    UPDATE seat t SET attendance = x.attendance,
        document_seen = coalesce(x.document_seen, t.document_seen),
        photo_match = coalesce(x.photo_match, t.photo_match),
        checked_by = CASE WHEN x.attendance = 'present' AND t.attendance <> 'present' THEN actor_account() ELSE t.checked_by END,
        checked_at = CASE WHEN x.attendance = 'present' AND t.attendance <> 'present' THEN clock_timestamp() ELSE t.checked_at END,
        reason = coalesce(x.reason, t.reason)
    FROM jsonb_to_recordset(rows) AS x (seat_id bigint, attendance text, document_seen boolean,
                                        photo_match boolean, reason text)
    WHERE t.id = x.seat_id AND t.session_id = session;
    GET DIAGNOSTICS done = ROW_COUNT;
    IF done <> jsonb_array_length(rows) THEN
        PERFORM refuse('mark_unknown_seat', '', 'seat_id');
    END IF;
    RETURN done;
END
$$;

-- --- marks ----------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND erasing() THEN -- 15_privacy.sql
        RETURN NEW;
    END IF;
    PERFORM refuse('append_only', TG_TABLE_NAME);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER mark_append_only BEFORE UPDATE OR DELETE ON mark
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE OR REPLACE TRIGGER mark_no_truncate BEFORE TRUNCATE ON mark EXECUTE FUNCTION append_only();
CREATE OR REPLACE TRIGGER result_append_only BEFORE UPDATE OR DELETE ON result
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE OR REPLACE TRIGGER result_no_truncate BEFORE TRUNCATE ON result EXECUTE FUNCTION append_only();
CREATE OR REPLACE TRIGGER marker_append_only BEFORE UPDATE OR DELETE ON marker
    FOR EACH ROW EXECUTE FUNCTION append_only();

-- Who has seen the candidate's papers knows the name and does not mark, nor does who prepared his accommodation; a
-- third marker needs a reason.
CREATE OR REPLACE FUNCTION marker_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM seat t WHERE t.id = NEW.seat_id
                                    AND NEW.account_id IN (t.checked_by, t.second_by)) THEN
        PERFORM refuse('marker_saw_identity');
    END IF;
    IF EXISTS (SELECT FROM seat t WHERE t.id = coalesce((SELECT n.remark_of FROM seat n WHERE n.id = NEW.seat_id), NEW.seat_id)
                                    AND t.accommodation IS NOT NULL AND session_prepared_by(t.session_id, NEW.account_id)) THEN
        PERFORM refuse('marker_knows_accommodation');
    END IF;
    IF EXISTS (SELECT FROM seat t JOIN marker k ON k.seat_id = t.remark_of WHERE t.id = NEW.seat_id
                                                                         AND k.account_id = NEW.account_id) THEN
        PERFORM refuse('marker_marked_before');
    END IF;
    IF NEW.mark_no = 2 AND NOT EXISTS (SELECT FROM seat t WHERE t.id = NEW.seat_id AND t.second_marked) THEN
        PERFORM refuse('second_not_needed');
    END IF;
    IF NEW.mark_no = 3 AND NOT EXISTS (SELECT FROM adjudication a WHERE a.seat_id = NEW.seat_id
                                                                  AND a.exercise_id = NEW.exercise_id) THEN
        PERFORM refuse('third_not_needed');
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER marker_rules BEFORE INSERT ON marker FOR EACH ROW EXECUTE FUNCTION marker_rules();

-- The session, if the actor's organisation may act on it: its own, or any for OFII. Shared lock: it
-- cannot be closed while marks are being written.
CREATE OR REPLACE FUNCTION session_for_marks(session bigint) RETURNS test_session
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sitting test_session;
BEGIN
    SELECT s.* INTO sitting FROM test_session s
    WHERE s.id = session
      AND (s.org_id = actor_org() OR EXISTS (SELECT FROM org o WHERE o.id = actor_org() AND o.kind = 'ofii'))
    FOR SHARE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    IF sitting.state NOT IN ('running', 'marking') THEN
        PERFORM refuse('session_not_marking', sitting.state);
    END IF;
    RETURN sitting;
END
$$;

-- Marks in bulk, all or none: [{seat_id, criterion_id, mark_no, points}]. The first mark that an account
-- gives to an exercise of a seat makes it that exercise's marker of that number. `pack`: the pack they came in.
DROP FUNCTION IF EXISTS marks_add(bigint, jsonb);
CREATE OR REPLACE FUNCTION marks_add(session bigint, rows jsonb, pack bigint DEFAULT NULL) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sitting test_session := session_for_marks(session);
    bad record;
    given int;
BEGIN
    SELECT x.seat_id, t.id, t.attendance, c.id AS criterion, pe.exercise_id, c.max_points INTO bad
    FROM jsonb_to_recordset(rows) AS x (seat_id bigint, criterion_id bigint, points int)
    LEFT JOIN seat t ON t.id = x.seat_id AND t.session_id = sitting.id
    LEFT JOIN criterion c ON c.id = x.criterion_id
    LEFT JOIN profile_exercise pe ON pe.profile_id = sitting.profile_id AND pe.exercise_id = c.exercise_id
    WHERE t.attendance IS DISTINCT FROM 'present' OR pe.exercise_id IS NULL OR x.points > c.max_points
    LIMIT 1;
    IF FOUND THEN
        CASE
            WHEN bad.id IS NULL THEN PERFORM refuse('mark_unknown_seat', '', 'seat_id');
            WHEN bad.attendance <> 'present' THEN
                PERFORM refuse('mark_seat_not_present', bad.seat_id::text, 'seat_id');
            WHEN bad.exercise_id IS NULL THEN PERFORM refuse('mark_unknown_criterion', '', 'criterion_id');
            ELSE PERFORM refuse('out_of_range', '0 – ' || bad.max_points, 'points');
        END CASE;
    END IF;
    INSERT INTO marker (seat_id, exercise_id, mark_no, account_id)
    SELECT DISTINCT x.seat_id, c.exercise_id, x.mark_no, actor_account()
    FROM jsonb_to_recordset(rows) AS x (seat_id bigint, criterion_id bigint, mark_no int)
    JOIN criterion c ON c.id = x.criterion_id
    ORDER BY 1, 2, 3
    ON CONFLICT (seat_id, exercise_id, mark_no) DO NOTHING;
    INSERT INTO mark (campaign_id, session_id, seat_id, exercise_id, criterion_id, mark_no, points, account_id, pack_id)
    SELECT sitting.campaign_id, sitting.id, x.seat_id, c.exercise_id, c.id, x.mark_no, x.points, actor_account(), pack
    FROM jsonb_to_recordset(rows) AS x (seat_id bigint, criterion_id bigint, mark_no int, points int)
    JOIN criterion c ON c.id = x.criterion_id;
    GET DIAGNOSTICS given = ROW_COUNT;
    RETURN given;
END
$$;

-- A correction is a new row by the same marker, with a reason; the old one stays.
CREATE OR REPLACE FUNCTION mark_correct(wrong bigint, points int, reason text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    old mark;
    most int;
    fresh bigint;
BEGIN
    SELECT m.* INTO old FROM mark m WHERE m.id = wrong AND m.account_id = actor_account();
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    PERFORM session_for_marks(old.session_id);
    SELECT c.max_points INTO most FROM criterion c WHERE c.id = old.criterion_id;
    IF points > most THEN
        PERFORM refuse('out_of_range', '0 – ' || most, 'points');
    END IF;
    INSERT INTO mark (campaign_id, session_id, seat_id, exercise_id, criterion_id, mark_no, points, account_id,
                      supersedes, reason)
    VALUES (old.campaign_id, old.session_id, old.seat_id, old.exercise_id, old.criterion_id, old.mark_no, points,
            old.account_id, old.id, reason)
    RETURNING id INTO fresh;
    -- Two marks compared before may now agree, or differ: the comparison is made anew.
    DELETE FROM adjudication a WHERE a.seat_id = old.seat_id AND a.exercise_id = old.exercise_id
        AND NOT EXISTS (SELECT FROM marker k WHERE k.seat_id = a.seat_id AND k.exercise_id = a.exercise_id
                                               AND k.mark_no = 3);
    RETURN fresh;
END
$$;

-- The marks that `reader` may see: his own; everybody's once the session is closed. No class may read
-- the table's points itself, so a statement that forgets this filter fails instead of leaking. (OFII's
-- reads carry no actor, so the reader is handed in; a partner service's must be the actor.)
CREATE OR REPLACE FUNCTION marks_seen(session bigint, reader bigint)
RETURNS TABLE (id bigint, seat_id bigint, exercise_id bigint, criterion_id bigint, mark_no int, points int,
               supersedes bigint, reason text, at timestamptz, current boolean, reader_is_marker boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.id, m.seat_id, m.exercise_id, m.criterion_id, m.mark_no, m.points, m.supersedes, m.reason, m.at,
           NOT EXISTS (SELECT FROM mark n WHERE n.supersedes = m.id), m.account_id = reader
    FROM mark m JOIN test_session s ON s.id = m.session_id
    WHERE m.session_id = session AND (m.account_id = reader OR s.state = 'closed')
      AND (session_user <> 'noria_partner' OR (s.org_id = actor_org() AND reader = actor_account()))
$$;

-- One mark, for the person who gave it.
CREATE OR REPLACE FUNCTION mark_own(wanted bigint, reader bigint)
RETURNS TABLE (id bigint, seat_id bigint, criterion_id bigint, mark_no int, points int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.id, m.seat_id, m.criterion_id, m.mark_no, m.points FROM mark m
    WHERE m.id = wanted AND m.account_id = reader
      AND (session_user <> 'noria_partner' OR reader = actor_account())
$$;

-- All current marks, for the comparison and the result: only for who leads the session or an officer,
-- while it is being marked.
CREATE OR REPLACE FUNCTION marks_to_judge(session bigint)
RETURNS TABLE (seat_id bigint, exercise_id bigint, criterion_id bigint, mark_no int, points int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.seat_id, m.exercise_id, m.criterion_id, m.mark_no, m.points
    FROM mark m JOIN test_session s ON s.id = m.session_id
    WHERE m.session_id = session
      AND (session_user <> 'noria_partner' OR s.org_id = actor_org())
      AND (s.state = 'closed'
           OR (s.state = 'marking' AND (s.lead_account = actor_account() OR actor_role() = 'officer')))
      AND NOT EXISTS (SELECT FROM mark n WHERE n.supersedes = m.id)
    ORDER BY m.seat_id, m.exercise_id, m.criterion_id, m.mark_no
$$;

-- What is still to be marked, an exercise of a seat a row: which mark is missing, without its points.
-- `mine` tells the reader's own number (0: none yet).
CREATE OR REPLACE FUNCTION marks_due(session bigint, reader bigint)
RETURNS TABLE (seat_id bigint, exercise_id bigint, mark_no int, mine int, missing int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.id, pe.exercise_id, n.no,
           coalesce((SELECT k.mark_no FROM marker k WHERE k.seat_id = t.id AND k.exercise_id = pe.exercise_id
                                                      AND k.account_id = reader), 0),
           (SELECT count(*)::int FROM criterion c
            WHERE c.exercise_id = pe.exercise_id
              AND NOT EXISTS (SELECT FROM mark m WHERE m.seat_id = t.id AND m.criterion_id = c.id
                                                   AND m.mark_no = n.no AND m.supersedes IS NULL))
    FROM test_session s JOIN seat t ON t.session_id = s.id AND t.attendance = 'present'
    JOIN profile_exercise pe ON pe.profile_id = s.profile_id
    CROSS JOIN (VALUES (1), (2), (3)) AS n (no)
    WHERE s.id = session
      AND (n.no <> 2 OR t.second_marked)
      AND (n.no < 3 OR EXISTS (SELECT FROM adjudication a WHERE a.seat_id = t.id
                                                          AND a.exercise_id = pe.exercise_id))
      AND (session_user <> 'noria_partner' OR (s.org_id = actor_org() AND reader = actor_account()))
$$;

-- --- policies and grants --------------------------------------------------------------------------

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['habilete', 'exercise', 'exercise_habilete', 'criterion', 'profile',
                                'profile_exercise'] LOOP
        EXECUTE format('GRANT SELECT ON %I TO noria_ofii, noria_system, noria_partner, noria_employer', name);
        EXECUTE format('REVOKE INSERT, UPDATE ON %I FROM noria_ofii, noria_partner', name); -- of before they went by column
        EXECUTE format('GRANT DELETE ON %I TO noria_ofii, noria_partner', name);
    END LOOP;
    GRANT INSERT ON exercise_habilete, criterion, profile_exercise TO noria_ofii, noria_partner;
    GRANT INSERT (code, version, label, definition, basis, source, account_id), UPDATE (label, definition, basis, source, edit)
        ON habilete TO noria_ofii, noria_partner;
    GRANT INSERT (code, version, label, kind, minutes, instructions, kit, safety, basis, account_id),
        UPDATE (label, kind, minutes, instructions, kit, safety, edit) ON exercise TO noria_ofii, noria_partner;
    GRANT INSERT (code, version, label, rome, crop, pass_total, tolerance_percent, resit_days, basis, analysis_id, account_id),
        UPDATE (label, rome, crop, pass_total, tolerance_percent, resit_days, analysis_id, edit) ON profile TO noria_ofii, noria_partner;
    FOREACH name IN ARRAY ARRAY['test_session', 'seat', 'adjudication', 'marker', 'mark', 'result'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_all', name);
        EXECUTE format('CREATE POLICY %I ON %I TO noria_ofii, noria_system USING (true) WITH CHECK (true)',
                       name || '_all', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_own', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_service', name);
    END LOOP;
END
$$;

-- A partner service runs its own sessions, and sees those of its campaigns (they hold no person).
CREATE POLICY test_session_own ON test_session TO noria_partner
    USING (org_id = actor_org()) WITH CHECK (org_id = actor_org());
CREATE POLICY test_session_service ON test_session FOR SELECT TO noria_partner
    USING (campaign_id = ANY (ARRAY(SELECT s.campaign_id FROM campaign_service s WHERE s.org_id = actor_org())));
GRANT SELECT, INSERT, UPDATE ON test_session TO noria_ofii, noria_partner;
GRANT SELECT ON test_session TO noria_system;

CREATE POLICY seat_own ON seat TO noria_partner
    USING (org_id = actor_org() OR service_id = actor_org()) WITH CHECK (org_id = actor_org() OR service_id = actor_org());
REVOKE SELECT ON seat FROM noria_ofii, noria_partner;
GRANT SELECT (id, session_id, campaign_id, org_id, service_id, candidate_id, token, open, attendance, reason, document_seen,
              photo_match, checked_by, checked_at, second_by, second_at, version, second_marked, remark_of), INSERT, UPDATE
    ON seat TO noria_ofii, noria_partner; -- not accommodation, not extra_percent
GRANT SELECT ON seat TO noria_system;

CREATE POLICY adjudication_own ON adjudication TO noria_partner
    USING (seat_id = ANY (ARRAY(SELECT t.id FROM seat t WHERE t.org_id = actor_org())));
GRANT SELECT, INSERT ON adjudication TO noria_ofii, noria_partner;

CREATE POLICY result_own ON result TO noria_partner
    USING (service_id = actor_org()
           OR session_id = ANY (ARRAY(SELECT s.id FROM test_session s WHERE s.org_id = actor_org())))
    WITH CHECK (session_id = ANY (ARRAY(SELECT s.id FROM test_session s WHERE s.org_id = actor_org())));
GRANT SELECT, INSERT ON result TO noria_ofii, noria_partner;
GRANT SELECT ON result TO noria_system;

REVOKE ALL ON FUNCTION marks_add(bigint, jsonb, bigint), mark_correct(bigint, int, text), marks_seen(bigint, bigint), mark_own(bigint, bigint),
    marks_to_judge(bigint), marks_due(bigint, bigint), session_for_marks(bigint),
    seat_obstacle(bigint, bigint), session_prepared_by(bigint, bigint), seat_accommodations(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION marks_add(bigint, jsonb, bigint), mark_correct(bigint, int, text), marks_seen(bigint, bigint), mark_own(bigint, bigint),
    marks_to_judge(bigint), marks_due(bigint, bigint), seat_obstacle(bigint, bigint), session_prepared_by(bigint, bigint),
    seat_accommodations(bigint, bigint) TO noria_ofii, noria_partner;
