-- Analyses of jobs where they are done: what one must hold before a profile rests on it, and what never changes then.

CREATE OR REPLACE FUNCTION job_analysis_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM org o WHERE o.id = NEW.org_id AND o.kind = 'employer') THEN
        PERFORM refuse('unknown_reference', '', 'siret');
    ELSIF NOT EXISTS (SELECT FROM commune m WHERE m.insee = NEW.commune) THEN
        PERFORM refuse('unknown_reference', NEW.commune, 'commune');
    ELSIF NOT EXISTS (SELECT FROM rome_code r WHERE r.code = NEW.rome) THEN
        PERFORM refuse('unknown_reference', NEW.rome, 'rome');
    ELSIF NEW.held_on > today() THEN
        PERFORM refuse('in_the_future', '', 'held_on');
    END IF;
    IF TG_OP = 'INSERT' THEN
        NEW.state := 'draft';
        NEW.account_id := actor_account();
    ELSIF (NEW.org_id, NEW.account_id) <> (OLD.org_id, OLD.account_id) THEN
        PERFORM refuse('reference_frozen', OLD.state);
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER job_analysis_new BEFORE INSERT OR UPDATE ON job_analysis
    FOR EACH ROW EXECUTE FUNCTION job_analysis_new();
CREATE OR REPLACE TRIGGER job_analysis_rules BEFORE UPDATE OR DELETE ON job_analysis
    FOR EACH ROW EXECUTE FUNCTION reference_rules();
CREATE OR REPLACE TRIGGER job_analysis_task_rules BEFORE INSERT OR UPDATE OR DELETE ON job_analysis_task
    FOR EACH ROW EXECUTE FUNCTION reference_part_rules('job_analysis', 'analysis_id');
CREATE OR REPLACE TRIGGER job_analysis_habilete_rules BEFORE INSERT OR UPDATE OR DELETE ON job_analysis_habilete
    FOR EACH ROW EXECUTE FUNCTION reference_part_rules('job_analysis', 'analysis_id');

-- The first habilete of an analysis that is not in effect, or NULL.
CREATE OR REPLACE FUNCTION job_analysis_unknown(analysis bigint) RETURNS text LANGUAGE sql STABLE
RETURN (SELECT h.habilete FROM job_analysis_habilete h WHERE h.analysis_id = analysis
           AND NOT EXISTS (SELECT FROM habilete a WHERE a.code = h.habilete AND a.state = 'active')
        ORDER BY h.habilete LIMIT 1);

-- Refuses one that is not whole.
CREATE OR REPLACE FUNCTION job_analysis_whole(wanted bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    unknown text := job_analysis_unknown(wanted);
BEGIN
    IF NOT EXISTS (SELECT FROM job_analysis_task t WHERE t.analysis_id = wanted)
       OR NOT EXISTS (SELECT FROM job_analysis_habilete h WHERE h.analysis_id = wanted) THEN
        PERFORM refuse('analysis_not_whole');
    ELSIF unknown IS NOT NULL THEN
        PERFORM refuse('habilete_not_active', unknown, 'habiletes');
    END IF;
END
$$;

-- The next version as a draft with the parts of this one, by whoever looks again.
CREATE OR REPLACE FUNCTION job_analysis_next(origin bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    fresh bigint;
BEGIN
    INSERT INTO job_analysis (code, version, label, org_id, commune, rome, crop, held_on, posts_seen, workers_seen, account_id)
    SELECT a.code, (SELECT max(b.version) + 1 FROM job_analysis b WHERE b.code = a.code), a.label, a.org_id, a.commune,
           a.rome, a.crop, a.held_on, a.posts_seen, a.workers_seen, actor_account()
    FROM job_analysis a WHERE a.id = origin
    RETURNING id INTO fresh;
    IF fresh IS NULL THEN
        PERFORM refuse('not_found');
    END IF;
    INSERT INTO job_analysis_task SELECT fresh, t.seq, t.task, t.constraints FROM job_analysis_task t WHERE t.analysis_id = origin;
    INSERT INTO job_analysis_habilete SELECT fresh, h.habilete, h.why FROM job_analysis_habilete h WHERE h.analysis_id = origin;
    RETURN fresh;
END
$$;

-- --- profiles -------------------------------------------------------------------------------------------

-- The first exercise of a profile that observes no habilete which the analysis found, or NULL.
CREATE OR REPLACE FUNCTION exercise_without_ground(profile bigint, analysis bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
RETURN (SELECT e.code FROM profile_exercise x JOIN exercise e ON e.id = x.exercise_id
        WHERE x.profile_id = profile
          AND NOT EXISTS (SELECT FROM exercise_habilete o JOIN job_analysis_habilete h ON h.habilete = o.habilete
                          WHERE o.exercise_id = e.id AND h.analysis_id = analysis)
        ORDER BY x.seq LIMIT 1);

-- A profile names an analysis in effect, which does not change any more.
CREATE OR REPLACE FUNCTION profile_rests() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a job_analysis;
BEGIN
    SELECT k.* INTO a FROM job_analysis k WHERE k.id = NEW.analysis_id FOR SHARE;
    IF a.state IS DISTINCT FROM 'active' THEN
        PERFORM refuse('analysis_not_active', coalesce(a.state, ''), 'analysis_id');
    ELSIF NEW.rome <> a.rome THEN
        PERFORM refuse('analysis_other_job', a.rome, 'analysis_id');
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER profile_rests BEFORE INSERT OR UPDATE OF analysis_id, rome, state ON profile FOR EACH ROW
    WHEN (NEW.analysis_id IS NOT NULL AND NEW.state <> 'retired') EXECUTE FUNCTION profile_rests();

-- Nothing is tested that the work does not ask: "exclusivement a des parametres objectifs en rapport avec les besoins
-- des entreprises" (convention of 18 May 2010, chapter 3, article 2.1).
CREATE OR REPLACE FUNCTION profile_grounds(profile bigint, analysis bigint) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    bad text := exercise_without_ground(profile, analysis);
BEGIN
    IF analysis IS NULL THEN
        IF assessment_value('analysis_required') > 0 THEN
            PERFORM refuse('profile_without_analysis', '', 'analysis_id');
        END IF;
    ELSIF bad IS NOT NULL THEN
        PERFORM refuse('exercise_without_ground', bad);
    END IF;
END
$$;

-- --- policies and grants --------------------------------------------------------------------------------

-- As calibrations: whoever tests may see them, an employer those of his own farm.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['job_analysis', 'job_analysis_task', 'job_analysis_habilete'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_all', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_employer', name);
        EXECUTE format('CREATE POLICY %I ON %I TO noria_ofii, noria_system, noria_partner USING (true) WITH CHECK (true)',
                       name || '_all', name);
        EXECUTE format('GRANT SELECT ON %I TO noria_ofii, noria_partner, noria_employer', name);
    END LOOP;
END
$$;
CREATE POLICY job_analysis_employer ON job_analysis FOR SELECT TO noria_employer USING (org_id = actor_org());
CREATE POLICY job_analysis_task_employer ON job_analysis_task FOR SELECT TO noria_employer
    USING (analysis_id = ANY (ARRAY(SELECT a.id FROM job_analysis a WHERE a.org_id = actor_org())));
CREATE POLICY job_analysis_habilete_employer ON job_analysis_habilete FOR SELECT TO noria_employer
    USING (analysis_id = ANY (ARRAY(SELECT a.id FROM job_analysis a WHERE a.org_id = actor_org())));
GRANT INSERT (code, version, label, org_id, commune, rome, crop, held_on, posts_seen, workers_seen, account_id),
    UPDATE (label, commune, rome, crop, held_on, posts_seen, workers_seen, edit) ON job_analysis TO noria_ofii, noria_partner;
REVOKE UPDATE (state) ON job_analysis FROM noria_ofii, noria_partner; -- by 06_version_signatures.sql alone
GRANT INSERT, DELETE ON job_analysis_task, job_analysis_habilete TO noria_ofii, noria_partner;
