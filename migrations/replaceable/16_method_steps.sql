-- Steps of the method around the test: who may write one down, and that it stays.

CREATE OR REPLACE FUNCTION diagnosis_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM org o WHERE o.id = NEW.org_id AND o.kind = 'employer') THEN
        PERFORM refuse('unknown_reference', '', 'siret');
    ELSIF NOT EXISTS (SELECT FROM rome_code r WHERE r.code = NEW.rome) THEN
        PERFORM refuse('unknown_reference', NEW.rome, 'rome');
    ELSIF NEW.held_on > today() THEN
        PERFORM refuse('in_the_future', '', 'held_on');
    END IF;
    NEW.account_id := actor_account();
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER diagnosis_new BEFORE INSERT ON diagnosis FOR EACH ROW EXECUTE FUNCTION diagnosis_new();
CREATE OR REPLACE TRIGGER diagnosis_append_only BEFORE UPDATE OR DELETE ON diagnosis FOR EACH ROW EXECUTE FUNCTION append_only();

-- The meeting comes before the test that it tells of.
CREATE OR REPLACE FUNCTION session_meeting_new() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    sitting date := (SELECT s.held_on FROM test_session s WHERE s.id = NEW.session_id);
BEGIN
    IF NEW.held_on > today() THEN
        PERFORM refuse('in_the_future', '', 'held_on');
    ELSIF NEW.held_on > sitting THEN
        PERFORM refuse('meeting_after_session', sitting::text, 'held_on');
    END IF;
    NEW.account_id := actor_account();
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER session_meeting_new BEFORE INSERT ON session_meeting FOR EACH ROW EXECUTE FUNCTION session_meeting_new();
CREATE OR REPLACE TRIGGER session_meeting_append_only BEFORE UPDATE OR DELETE ON session_meeting
    FOR EACH ROW EXECUTE FUNCTION append_only();

-- The employer's interview with a candidate, under the token, while the proposal waits for his answer: the day and
-- the channel, no word of what was said. The employer notes his own, an officer any; once.
CREATE OR REPLACE FUNCTION proposal_interview(proposal bigint, day date, how text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p proposal%ROWTYPE;
    made date;
BEGIN
    SELECT o.* INTO p FROM proposal o WHERE o.id = proposal_interview.proposal AND run_whole(o.run_id)
        AND ((o.org_id = actor_org() AND o.shown AND o.state <> 'reserve') OR actor_role() = 'officer') FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF p.state <> 'proposed' THEN
        PERFORM refuse('conflict', 'proposal:' || p.state);
    ELSIF p.interviewed_on IS NOT NULL THEN
        PERFORM refuse('proposal_interviewed', p.interviewed_on::text);
    END IF;
    SELECT r.run_on INTO made FROM matching_run r WHERE r.id = p.run_id;
    IF day NOT BETWEEN made AND today() THEN
        PERFORM refuse('out_of_range', made || ' – ' || today(), 'held_on');
    END IF;
    UPDATE proposal o SET interviewed_on = day, interview_channel = how, interview_noted_by = actor_account(),
        version = o.version + 1 WHERE o.id = p.id;
    PERFORM audit('proposal.interview', 'proposal', p.id, how, jsonb_build_object('day', day));
    RETURN p.id;
END
$$;
REVOKE ALL ON FUNCTION proposal_interview(bigint, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION proposal_interview(bigint, date, text) TO noria_employer, noria_ofii;

-- --- policies and grants --------------------------------------------------------------------------------

-- As analyses: whoever tests may see diagnoses, an employer his own. Meetings as the session.
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['diagnosis', 'session_meeting'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_all', name);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', name || '_own', name);
        EXECUTE format('CREATE POLICY %I ON %I TO noria_ofii, noria_system USING (true) WITH CHECK (true)', name || '_all', name);
        EXECUTE format('GRANT SELECT ON %I TO noria_ofii, noria_partner', name);
    END LOOP;
END
$$;
DROP POLICY IF EXISTS diagnosis_employer ON diagnosis;
CREATE POLICY diagnosis_own ON diagnosis TO noria_partner USING (true) WITH CHECK (true);
CREATE POLICY diagnosis_employer ON diagnosis FOR SELECT TO noria_employer USING (org_id = actor_org());
GRANT SELECT ON diagnosis TO noria_employer;
GRANT INSERT (org_id, rome, held_on, posts, source, finding, account_id) ON diagnosis TO noria_ofii, noria_partner;
CREATE POLICY session_meeting_own ON session_meeting TO noria_partner
    USING (session_id = ANY (ARRAY(SELECT s.id FROM test_session s WHERE s.org_id = actor_org())))
    WITH CHECK (session_id = ANY (ARRAY(SELECT s.id FROM test_session s WHERE s.org_id = actor_org())));
GRANT INSERT (session_id, held_on, site, came, employer_there, account_id) ON session_meeting TO noria_ofii, noria_partner;
