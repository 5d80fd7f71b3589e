-- Steps of the method around the test: who may write one down, that it stays, and how it is corrected: by a row that
-- names the one it replaces. What counts is the last row of such a chain, unless it says that nothing was held.

-- Every fault that needs the database to be found, for the form and the trigger; NULL is told by the form. With the
-- owner's rights: whom a partner service diagnoses it does not see.
CREATE OR REPLACE FUNCTION diagnosis_faults(employer bigint, rome text, held_on date)
RETURNS TABLE (field text, code text, detail text) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.field, f.code, f.detail FROM (VALUES
        ('siret', 'unknown_reference', '', NOT EXISTS (SELECT FROM org o WHERE o.id = employer AND o.kind = 'employer')
                                           AND employer IS NOT NULL),
        ('rome', 'unknown_reference', rome, NOT EXISTS (SELECT FROM rome_code r WHERE r.code = diagnosis_faults.rome)
                                            AND rome IS NOT NULL),
        ('held_on', 'in_the_future', '', held_on > today())) AS f (field, code, detail, wrong) WHERE f.wrong
$$;

-- The meeting comes before the test that it tells of.
CREATE OR REPLACE FUNCTION meeting_faults(session bigint, day date)
RETURNS TABLE (field text, code text, detail text) LANGUAGE sql STABLE AS $$
    SELECT 'held_on', CASE WHEN day > today() THEN 'in_the_future' ELSE 'meeting_after_session' END,
           CASE WHEN day > today() THEN '' ELSE s.held_on::text END
    FROM test_session s WHERE s.id = session AND day > least(today(), s.held_on)
$$;

-- The day of the run that proposed, for who may note an interview: the employer whose proposal it is, and an officer.
CREATE OR REPLACE FUNCTION proposal_made(proposal bigint) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.run_on FROM proposal o JOIN matching_run r ON r.id = o.run_id
    WHERE o.id = proposal AND run_whole(o.run_id)
      AND ((o.org_id = actor_org() AND o.shown AND o.state <> 'reserve') OR actor_role() = 'officer')
$$;
CREATE OR REPLACE FUNCTION interview_faults(proposal bigint, held_on date)
RETURNS TABLE (field text, code text, detail text) LANGUAGE sql STABLE AS $$
    SELECT 'held_on', 'out_of_range', m.made || ' – ' || today()
    FROM proposal_made(proposal) AS m (made) WHERE held_on NOT BETWEEN m.made AND today()
$$;

-- By his name who writes it; a correction by who wrote the row that it replaces, or an officer, once, and of the same
-- employer, session or proposal. Argument: the column of that.
CREATE OR REPLACE FUNCTION step_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb;
    bad record;
    again boolean;
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'diagnosis' THEN SELECT f.* INTO bad FROM diagnosis_faults(NEW.org_id, NEW.rome, NEW.held_on) f LIMIT 1;
        WHEN 'session_meeting' THEN SELECT f.* INTO bad FROM meeting_faults(NEW.session_id, NEW.held_on) f LIMIT 1;
        ELSE SELECT f.* INTO bad FROM interview_faults(NEW.proposal_id, NEW.held_on) f LIMIT 1;
    END CASE;
    IF bad.code IS NOT NULL THEN
        PERFORM refuse(bad.code, bad.detail, bad.field);
    END IF;
    NEW.account_id := actor_account();
    IF NEW.supersedes IS NULL THEN
        RETURN NEW;
    END IF;
    EXECUTE format('SELECT to_jsonb(x) FROM %I x WHERE x.id = $1 FOR NO KEY UPDATE', TG_TABLE_NAME) INTO before USING NEW.supersedes;
    IF before IS NULL OR before -> TG_ARGV[0] IS DISTINCT FROM to_jsonb(NEW) -> TG_ARGV[0] THEN
        PERFORM refuse('not_found');
    ELSIF (before ->> 'account_id')::bigint <> actor_account() AND actor_role() IS DISTINCT FROM 'officer' THEN
        PERFORM refuse('step_of_another');
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM %I x WHERE x.supersedes = $1)', TG_TABLE_NAME) INTO again USING NEW.supersedes;
    IF again THEN
        PERFORM refuse('step_superseded');
    END IF;
    RETURN NEW;
END
$$;

-- Notes the employer's interview with a candidate, under the token, while the proposal waits for his answer: the day
-- and the channel, no word of what was said. `wrong`: the entry that this one corrects, for `why`; also afterwards.
DROP FUNCTION IF EXISTS proposal_interview(bigint, date, text);
CREATE OR REPLACE FUNCTION proposal_interview(proposal bigint, day date, how text, wrong bigint, why text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    waits text;
    noted date;
    made bigint;
BEGIN
    IF proposal_made(proposal) IS NULL THEN
        PERFORM refuse('not_found');
    END IF;
    SELECT o.state INTO waits FROM proposal o WHERE o.id = proposal_interview.proposal FOR NO KEY UPDATE;
    SELECT i.held_on INTO noted FROM interview i WHERE i.proposal_id = proposal_interview.proposal ORDER BY i.id DESC LIMIT 1;
    IF wrong IS NULL AND waits <> 'proposed' THEN
        PERFORM refuse('conflict', 'proposal:' || waits);
    ELSIF wrong IS NULL AND noted IS NOT NULL THEN
        PERFORM refuse('proposal_interviewed', noted::text);
    END IF;
    INSERT INTO interview (proposal_id, held_on, channel, supersedes, reason) VALUES (proposal, day, how, wrong, why)
    RETURNING id INTO made;
    UPDATE proposal o SET version = o.version + 1 WHERE o.id = proposal_interview.proposal;
    PERFORM audit(CASE WHEN wrong IS NULL THEN 'proposal.interview' ELSE 'proposal.interview_correct' END, 'proposal', proposal,
                  coalesce(why, how), jsonb_build_object('day', day));
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION diagnosis_faults(bigint, text, date), proposal_made(bigint), proposal_interview(bigint, date, text, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION diagnosis_faults(bigint, text, date) TO noria_partner, noria_ofii;
GRANT EXECUTE ON FUNCTION proposal_made(bigint), proposal_interview(bigint, date, text, bigint, text) TO noria_employer, noria_ofii;

-- --- policies and grants --------------------------------------------------------------------------------

-- As analyses: whoever tests may see diagnoses, an employer his own. Meetings as the session, interviews as the proposal.
DO $$
DECLARE
    name text;
    steps CONSTANT text[] := ARRAY['diagnosis', 'org_id', 'session_meeting', 'session_id', 'interview', 'proposal_id'];
BEGIN
    FOR i IN 1 .. cardinality(steps) BY 2 LOOP
        name := steps[i];
        EXECUTE format('CREATE OR REPLACE TRIGGER step_new BEFORE INSERT ON %I FOR EACH ROW EXECUTE FUNCTION step_new(%L)', name, steps[i + 1]);
        EXECUTE format('CREATE OR REPLACE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION append_only()',
                       name || '_append_only', name);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_all', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_own', name);
        EXECUTE format('CREATE POLICY %I ON %I TO noria_ofii, noria_system USING (true) WITH CHECK (true)', name || '_all', name);
        EXECUTE format('GRANT SELECT ON %I TO noria_ofii', name);
    END LOOP;
END
$$;
DROP POLICY IF EXISTS diagnosis_employer ON diagnosis;
CREATE POLICY diagnosis_own ON diagnosis TO noria_partner USING (true) WITH CHECK (true);
CREATE POLICY diagnosis_employer ON diagnosis FOR SELECT TO noria_employer USING (org_id = actor_org());
GRANT SELECT ON diagnosis TO noria_partner, noria_employer;
REVOKE INSERT (account_id) ON diagnosis FROM noria_ofii, noria_partner; -- step_new() sets it
GRANT INSERT (org_id, rome, held_on, posts, source, finding, supersedes, reason) ON diagnosis TO noria_ofii, noria_partner;
CREATE POLICY session_meeting_own ON session_meeting TO noria_partner
    USING (session_id = ANY (ARRAY(SELECT s.id FROM test_session s WHERE s.org_id = actor_org())))
    WITH CHECK (session_id = ANY (ARRAY(SELECT s.id FROM test_session s WHERE s.org_id = actor_org())));
GRANT SELECT ON session_meeting TO noria_partner;
REVOKE INSERT (account_id) ON session_meeting FROM noria_ofii, noria_partner;
GRANT INSERT (session_id, held_on, site, came, employer_there, supersedes, reason) ON session_meeting TO noria_ofii, noria_partner;
CREATE POLICY interview_own ON interview FOR SELECT TO noria_employer
    USING (proposal_id = ANY (ARRAY(SELECT p.id FROM proposal p WHERE p.org_id = actor_org())));
GRANT SELECT ON interview TO noria_employer;

-- Of before the three shared theirs.
DROP TRIGGER IF EXISTS diagnosis_new ON diagnosis;
DROP TRIGGER IF EXISTS session_meeting_new ON session_meeting;
DROP FUNCTION IF EXISTS diagnosis_new(), session_meeting_new();
