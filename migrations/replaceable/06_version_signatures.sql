-- References in versions (habiletés, exercises, analyses of jobs, profiles) decide what people are tested on, so two
-- officers put a version into effect: one proposes the edit that he has read, another one signs it. An edit, also of a
-- part, drops the proposal. `kind` is the table.

-- Refuses one that is not whole. A habileté is whole as it stands.
CREATE OR REPLACE FUNCTION version_whole(kind text, wanted bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    CASE kind
        WHEN 'job_analysis' THEN PERFORM job_analysis_whole(wanted);
        WHEN 'profile' THEN PERFORM profile_whole(wanted);
        WHEN 'exercise' THEN PERFORM exercise_whole(wanted);
        ELSE NULL;
    END CASE;
END
$$;

-- It takes effect when it is whole and by a second officer, as it was proposed; the one in effect retires.
CREATE OR REPLACE FUNCTION version_signatures() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    proposal CONSTANT text[] := ARRAY['proposed_by', 'proposed_at'];
BEGIN
    IF NEW.one_signature <> OLD.one_signature THEN
        PERFORM refuse('reference_frozen', OLD.state);
    ELSIF OLD.state = 'draft' AND NEW.state = 'active' THEN
        IF actor_role() IS DISTINCT FROM 'officer' THEN
            PERFORM refuse('forbidden');
        ELSIF to_jsonb(NEW) - 'state' <> to_jsonb(OLD) - 'state' THEN
            PERFORM refuse('reference_frozen', OLD.state);
        END IF;
        PERFORM version_whole(TG_TABLE_NAME, NEW.id);
        IF NEW.proposed_by IS NULL THEN
            PERFORM refuse('version_not_proposed');
        END IF;
        NEW.signed_by := actor_account(); -- CHECK second_person_needed
        NEW.signed_at := clock_timestamp();
        EXECUTE format('UPDATE %I SET state = ''retired'' WHERE code = $1 AND state = ''active''', TG_TABLE_NAME) USING NEW.code;
    ELSIF OLD.state = 'draft' AND to_jsonb(NEW) - proposal <> to_jsonb(OLD) - proposal THEN
        NEW.proposed_by := NULL; -- what was proposed is not what stands there now
        NEW.proposed_at := NULL;
    END IF;
    RETURN NEW;
END
$$;

-- Arguments: the table of the versions, the part's column that names one.
CREATE OR REPLACE FUNCTION version_part_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part jsonb := to_jsonb(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END);
BEGIN
    EXECUTE format('UPDATE %I SET proposed_by = NULL, proposed_at = NULL
                    WHERE id = $1 AND state = ''draft'' AND proposed_by IS NOT NULL', TG_ARGV[0])
    USING (part ->> TG_ARGV[1])::bigint;
    RETURN NULL;
END
$$;
DO $$
DECLARE
    name text;
    parts CONSTANT text[] := ARRAY['job_analysis_task', 'job_analysis', 'analysis_id', 'job_analysis_habilete', 'job_analysis', 'analysis_id',
        'profile_exercise', 'profile', 'profile_id', 'criterion', 'exercise', 'exercise_id',
        'exercise_habilete', 'exercise', 'exercise_id', 'exercise_form', 'exercise', 'exercise_id'];
BEGIN
    FOREACH name IN ARRAY ARRAY['habilete', 'exercise', 'job_analysis', 'profile'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER version_signatures BEFORE UPDATE ON %I
            FOR EACH ROW EXECUTE FUNCTION version_signatures()', name);
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON %I', name || '_activation', name);
    END LOOP;
    FOR i IN 1 .. cardinality(parts) BY 3 LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER version_part_moved AFTER INSERT OR UPDATE OR DELETE ON %I
            FOR EACH ROW EXECUTE FUNCTION version_part_moved(%L, %L)', parts[i], parts[i + 1], parts[i + 2]);
    END LOOP;
END
$$;

-- The version, locked, for an officer.
CREATE OR REPLACE FUNCTION version_locked(kind text, wanted bigint, OUT state text, OUT edit bigint, OUT proposed_by bigint)
LANGUAGE plpgsql AS $$
BEGIN
    IF actor_role() IS DISTINCT FROM 'officer' THEN
        PERFORM refuse('forbidden');
    ELSIF kind = ANY (ARRAY['habilete', 'exercise', 'job_analysis', 'profile']) THEN
        EXECUTE format('SELECT x.state, x.edit, x.proposed_by FROM %I x WHERE x.id = $1 FOR NO KEY UPDATE', kind)
        INTO state, edit, proposed_by USING wanted;
    END IF;
    IF state IS NULL THEN
        PERFORM refuse('not_found');
    END IF;
END
$$;

-- The same, of a draft; who proposed it. `seen`: the edit that the officer has read, or NULL.
CREATE OR REPLACE FUNCTION version_draft(kind text, wanted bigint, seen bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v record := version_locked(kind, wanted);
BEGIN
    IF v.state <> 'draft' THEN
        PERFORM refuse('conflict', 'version:' || v.state);
    ELSIF v.edit <> seen THEN
        PERFORM refuse('stale_edit');
    END IF;
    RETURN v.proposed_by;
END
$$;

-- A step's leaf. The area is called as its pages are.
CREATE OR REPLACE FUNCTION version_audit(kind text, step text, wanted bigint, reason text DEFAULT NULL) RETURNS void LANGUAGE sql AS $$
    SELECT audit(CASE kind WHEN 'job_analysis' THEN 'analysis' ELSE kind END || '.' || step, kind, wanted, reason)
$$;

-- The first signature.
CREATE OR REPLACE FUNCTION version_propose(kind text, wanted bigint, seen bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF version_draft(kind, wanted, seen) IS NOT NULL THEN
        PERFORM refuse('version_proposed');
    END IF;
    PERFORM version_whole(kind, wanted);
    EXECUTE format('UPDATE %I SET proposed_by = $2, proposed_at = clock_timestamp() WHERE id = $1', kind) USING wanted, actor_account();
    PERFORM version_audit(kind, 'propose', wanted);
    RETURN wanted;
END
$$;

-- Takes a proposal back, by whichever officer.
CREATE OR REPLACE FUNCTION version_drop(kind text, wanted bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF version_draft(kind, wanted, NULL) IS NULL THEN
        PERFORM refuse('version_not_proposed');
    END IF;
    EXECUTE format('UPDATE %I SET proposed_by = NULL, proposed_at = NULL WHERE id = $1', kind) USING wanted;
    PERFORM version_audit(kind, 'drop', wanted);
    RETURN wanted;
END
$$;

-- The second signature: version_signatures() has the rules.
CREATE OR REPLACE FUNCTION version_sign(kind text, wanted bigint, seen bigint) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM version_draft(kind, wanted, seen);
    EXECUTE format('UPDATE %I SET state = ''active'' WHERE id = $1', kind) USING wanted;
    PERFORM version_audit(kind, 'state', wanted, 'active');
    RETURN 'active';
END
$$;

-- One officer retires a version: from then on nobody is tested by it.
CREATE OR REPLACE FUNCTION version_retire(kind text, wanted bigint) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (version_locked(kind, wanted)).state = 'retired' THEN
        PERFORM refuse('conflict', 'version:retired');
    END IF;
    EXECUTE format('UPDATE %I SET state = ''retired'' WHERE id = $1', kind) USING wanted;
    PERFORM version_audit(kind, 'state', wanted, 'retired');
    RETURN 'retired';
END
$$;
REVOKE ALL ON FUNCTION version_locked(text, bigint), version_draft(text, bigint, bigint),
    version_audit(text, text, bigint, text), version_whole(text, bigint),
    version_propose(text, bigint, bigint), version_drop(text, bigint), version_sign(text, bigint, bigint), version_retire(text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION version_propose(text, bigint, bigint), version_drop(text, bigint), version_sign(text, bigint, bigint),
    version_retire(text, bigint) TO noria_ofii;

-- Of before analyses shared this with the others.
DROP TRIGGER IF EXISTS job_analysis_part_moved ON job_analysis_task;
DROP TRIGGER IF EXISTS job_analysis_part_moved ON job_analysis_habilete;
DROP TRIGGER IF EXISTS profile_grounds ON profile;
DROP FUNCTION IF EXISTS job_analysis_part_moved(), job_analysis_activation(), job_analysis_propose(bigint, bigint),
    job_analysis_drop(bigint), exercise_activation(), habilete_activation(), profile_activation(), profile_grounds();
