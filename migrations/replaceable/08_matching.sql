-- Matching: who sees runs and proposals, and the two answers that an employer gives.

ALTER TABLE matching_run ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS matching_run_all ON matching_run;
CREATE POLICY matching_run_all ON matching_run TO noria_ofii, noria_system USING (true) WITH CHECK (true);
GRANT SELECT ON matching_run TO noria_ofii, noria_system;
REVOKE INSERT ON matching_run FROM noria_ofii, noria_system; -- 08_matching_job.sql makes them

ALTER TABLE proposal ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS proposal_all ON proposal;
CREATE POLICY proposal_all ON proposal TO noria_ofii, noria_system USING (true) WITH CHECK (true);
-- Employers and partner services: 08_matching_job.sql.
GRANT SELECT ON proposal TO noria_ofii, noria_system;
REVOKE INSERT, UPDATE ON proposal FROM noria_ofii, noria_system;
GRANT SELECT ON proposal TO noria_employer;
REVOKE SELECT ON proposal FROM noria_partner;
GRANT SELECT (id, campaign_id, contract_id, candidate_id, state, decided_at, version)
    ON proposal TO noria_partner;

-- Keeps candidate.shown_to, by which the employers' policy goes. Once the candidate is locked nobody else
-- changes it before this transaction ends, and a look at the proposals made after that sees what others did;
-- where it cannot (REPEATABLE READ), the row written by each, the same or not, makes the later one fail.
CREATE OR REPLACE FUNCTION candidate_shown() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who bigint[];
    orgs bigint[]; -- beside `who`
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(n.candidate_id), array_agg(n.org_id) INTO who, orgs FROM (
            SELECT DISTINCT candidate_id, org_id FROM fresh WHERE shown AND state <> 'reserve') n;
    ELSIF TG_OP = 'UPDATE' THEN -- nobody moves a proposal to another candidate or employer
        SELECT array_agg(n.candidate_id), array_agg(n.org_id) INTO who, orgs FROM (
            SELECT DISTINCT g.candidate_id, g.org_id FROM gone g JOIN fresh f USING (id)
            WHERE (g.shown AND g.state <> 'reserve') <> (f.shown AND f.state <> 'reserve')) n;
    ELSE
        SELECT array_agg(n.candidate_id), array_agg(n.org_id) INTO who, orgs FROM (
            SELECT DISTINCT candidate_id, org_id FROM gone) n;
    END IF;
    IF who IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM 1 FROM candidate c WHERE c.id = ANY (who) ORDER BY c.id FOR NO KEY UPDATE;
    UPDATE candidate c SET shown_to = n.shown
    FROM (SELECT w.id, nullif(array(
              SELECT o FROM unnest(k.shown_to) o WHERE o <> ALL (w.orgs)
              UNION
              SELECT o FROM unnest(w.orgs) o WHERE EXISTS (
                  SELECT FROM proposal p WHERE p.org_id = o AND p.candidate_id = w.id AND p.shown AND p.state <> 'reserve')
              ORDER BY 1), '{}') AS shown
          FROM (SELECT u.id, array_agg(u.org) AS orgs FROM unnest(who, orgs) AS u (id, org) GROUP BY u.id) w
          JOIN candidate k ON k.id = w.id) n
    WHERE c.id = n.id;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION candidate_shown() FROM PUBLIC;
DROP TRIGGER IF EXISTS candidate_shown_new ON proposal;
CREATE TRIGGER candidate_shown_new AFTER INSERT ON proposal REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_shown();
DROP TRIGGER IF EXISTS candidate_shown ON proposal;
CREATE TRIGGER candidate_shown AFTER UPDATE ON proposal REFERENCING OLD TABLE AS gone NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_shown();
DROP TRIGGER IF EXISTS candidate_shown_gone ON proposal;
CREATE TRIGGER candidate_shown_gone AFTER DELETE ON proposal REFERENCING OLD TABLE AS gone
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_shown();

DROP FUNCTION IF EXISTS matching_lapse(bigint); -- it was one statement for all of them

-- A campaign past its season binds nobody: what was not answered lapses, and waits in nobody's queue.
CREATE OR REPLACE FUNCTION proposals_end() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE proposal p SET state = 'lapsed', reason = 'season_over', version = p.version + 1
    WHERE p.campaign_id = NEW.id AND p.state IN ('proposed', 'reserve');
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION proposals_end() FROM PUBLIC;
DROP TRIGGER IF EXISTS proposals_end ON campaign;
CREATE TRIGGER proposals_end AFTER UPDATE OF state ON campaign
    FOR EACH ROW WHEN (OLD.state = 'season' AND NEW.state <> 'season') EXECUTE FUNCTION proposals_end();

-- Shows the employer the next reserve while fewer candidates are before him than the campaign wants
-- for his free places.
CREATE OR REPLACE FUNCTION reserve_call(contract bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE proposal SET state = 'proposed', shown = true, version = version + 1
    WHERE id = (SELECT p.id FROM proposal p
                WHERE p.contract_id = contract AND p.state = 'reserve'
                  AND NOT EXISTS (SELECT FROM placement b WHERE b.candidate_id = p.candidate_id AND b.state IN
                      ('bound', 'authorised', 'convoked', 'fit', 'visa', 'ready', 'departed', 'arrived', 'working',
                       'suspended', 'abandon_reported', 'missing'))
                ORDER BY p.rank, p.id LIMIT 1 FOR UPDATE SKIP LOCKED)
      AND (SELECT count(*) FROM proposal o WHERE o.contract_id = contract AND o.state = 'proposed')
          < (SELECT (k.places - k.taken) * c.candidates_per_place FROM contract k
             JOIN campaign c ON c.id = k.campaign_id WHERE k.id = contract)
$$;
REVOKE ALL ON FUNCTION reserve_call(bigint) FROM PUBLIC;

-- False while the run is stored: nobody is shown its proposals yet, so nobody answers them (08_matching_job.sql).
CREATE OR REPLACE FUNCTION run_whole(run bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM matching_job j WHERE j.run_id = run)
$$;
REVOKE ALL ON FUNCTION run_whole(bigint) FROM PUBLIC;

-- What must hold of contract, candidate and campaign before a binding; refuses otherwise.
CREATE OR REPLACE FUNCTION binding_check(contract bigint, candidate bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    k contract%ROWTYPE;
    c candidate%ROWTYPE;
    g campaign%ROWTYPE;
BEGIN
    SELECT * INTO STRICT k FROM contract WHERE id = binding_check.contract;
    SELECT * INTO STRICT c FROM candidate WHERE id = binding_check.candidate;
    SELECT * INTO STRICT g FROM campaign WHERE id = k.campaign_id FOR KEY SHARE; -- not while it closes
    IF g.state NOT IN ('matching', 'season') THEN
        PERFORM refuse('campaign_not_matching', g.state);
    ELSIF k.state NOT IN ('approved', 'filled') THEN
        PERFORM refuse('conflict', 'contract:' || k.state);
    ELSIF k.last_day < today() THEN
        PERFORM refuse('contract_is_over', k.last_day::text);
    ELSIF contract_held(k.id) THEN
        PERFORM refuse('contract_is_held');
    ELSIF candidate_held(c.id) THEN
        PERFORM refuse('candidate_is_held');
    ELSIF c.state <> 'preselected' THEN
        PERFORM refuse('candidate_not_available', c.state);
    ELSIF k.profile_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM result r WHERE r.candidate_id = c.id AND r.profile_id = k.profile_id
                               AND result_counts(r.outcome, r.valid_until)) THEN
        PERFORM refuse('result_not_valid');
    END IF;
END
$$;
REVOKE ALL ON FUNCTION binding_check(bigint, bigint) FROM PUBLIC;

-- Acceptance binds a person: place, quota, stay (six months in twelve), placement, the other offers of
-- that candidate and the leaf of the unsealing, all or none. Gives the placement.
CREATE OR REPLACE FUNCTION proposal_accept(proposal bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p proposal%ROWTYPE;
    k contract%ROWTYPE;
    g campaign%ROWTYPE;
    c candidate%ROWTYPE;
    placed bigint;
    place int;
    other bigint;
    stay bigint;
BEGIN
    -- The contract's row first: whoever fills it then moves the other proposals of the contract, and must
    -- not find them held by somebody who waits for the contract.
    PERFORM 1 FROM contract x JOIN proposal o ON o.contract_id = x.id
    WHERE o.id = proposal_accept.proposal AND o.org_id = actor_org() FOR NO KEY UPDATE OF x;
    UPDATE proposal o SET state = 'accepted', decided_by = actor_account(), decided_at = clock_timestamp(),
                          version = version + 1
    WHERE o.id = proposal_accept.proposal AND o.org_id = actor_org() AND o.state = 'proposed' AND run_whole(o.run_id)
    RETURNING * INTO p;
    IF NOT FOUND THEN
        PERFORM proposal_refused_state(proposal_accept.proposal);
    END IF;
    PERFORM binding_check(p.contract_id, p.candidate_id);
    SELECT * INTO STRICT g FROM campaign WHERE id = p.campaign_id;
    SELECT * INTO STRICT c FROM candidate WHERE id = p.candidate_id;
    UPDATE contract SET taken = taken + 1, state = CASE WHEN taken + 1 = places THEN 'filled' ELSE state END
    WHERE id = p.contract_id RETURNING * INTO k; -- CHECK places_taken
    UPDATE campaign_service SET used = used + 1
    WHERE campaign_id = p.campaign_id AND org_id = c.org_id; -- CHECK service_quota
    IF NOT FOUND THEN
        PERFORM refuse('service_quota');
    END IF;
    SELECT f.place_no INTO place FROM contract_place f
    WHERE f.contract_id = p.contract_id AND f.placement_id IS NULL ORDER BY f.place_no LIMIT 1 FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('places_taken');
    END IF;
    INSERT INTO placement (campaign_id, contract_id, place_no, proposal_id, candidate_id, worker_id, org_id,
                           service_id, first_day, last_day, return_due, bound_by)
    VALUES (p.campaign_id, p.contract_id, place, p.id, p.candidate_id, c.worker_id, p.org_id, c.org_id,
            k.first_day, k.last_day, k.last_day, actor_account())
    RETURNING id INTO placed;
    UPDATE contract_place f SET placement_id = placed
    WHERE f.contract_id = p.contract_id AND f.place_no = place;
    INSERT INTO worker_stay (worker_id, campaign_id, placement_id, period, recorded_by)
    VALUES (c.worker_id, p.campaign_id, placed, daterange(k.first_day, k.last_day, '[]'), actor_account())
    RETURNING id INTO stay;
    UPDATE placement SET return_due = stay_limit(c.worker_id, g.six_months_variant, k.first_day, k.last_day,
                                                 k.last_day + g.travel_days, stay)
    WHERE id = placed;
    FOR other IN
        UPDATE proposal o SET state = 'lapsed', reason = 'bound_elsewhere', version = version + 1
        WHERE o.candidate_id = p.candidate_id AND o.id <> p.id AND o.state IN ('proposed', 'reserve')
        RETURNING o.contract_id
    LOOP
        PERFORM reserve_call(other);
    END LOOP;
    IF k.taken = k.places THEN -- those not chosen wait as reserves
        UPDATE proposal o SET state = 'reserve', version = version + 1
        WHERE o.contract_id = k.id AND o.state = 'proposed';
    END IF;
    PERFORM audit('placement.bind', 'placement', placed, NULL,
                  jsonb_build_object('contract', p.contract_id, 'candidate', p.candidate_id, 'proposal', p.id));
    PERFORM audit('candidate.unseal', 'candidate', p.candidate_id, 'bound',
                  jsonb_build_object('placement', placed, 'to_org', p.org_id));
    RETURN placed;
END
$$;
REVOKE ALL ON FUNCTION proposal_accept(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION proposal_accept(bigint) TO noria_employer;

-- Why a proposal could not be answered: not the actor's, or answered already.
CREATE OR REPLACE FUNCTION proposal_refused_state(proposal bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    now_is text;
BEGIN
    SELECT CASE WHEN o.shown AND o.state <> 'reserve' THEN o.state WHEN k.state = 'filled' THEN 'filled' END INTO now_is
    FROM proposal o JOIN contract k ON k.id = o.contract_id
    WHERE o.id = proposal_refused_state.proposal AND o.org_id = actor_org() AND run_whole(o.run_id);
    PERFORM refuse(CASE WHEN now_is = 'filled' THEN 'places_taken' WHEN now_is IS NULL THEN 'not_found'
                        ELSE 'conflict' END, coalesce(now_is, ''));
END
$$;
REVOKE ALL ON FUNCTION proposal_refused_state(bigint) FROM PUBLIC;

-- Accepts each of many on its own: one that is refused does not hold up the others.
CREATE OR REPLACE FUNCTION proposal_accept_many(proposals bigint[])
RETURNS TABLE (proposal_id bigint, placement_id bigint, code text, detail text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- services in one order, so that two employers' lists do not wait for each other in a circle
    FOR proposal_id IN
        SELECT u.id FROM unnest(proposals) AS u (id)
        LEFT JOIN proposal p ON p.id = u.id LEFT JOIN candidate c ON c.id = p.candidate_id
        GROUP BY u.id, c.org_id, p.contract_id, p.rank
        ORDER BY c.org_id, p.contract_id, p.rank, u.id
    LOOP
        placement_id := NULL;
        code := NULL;
        detail := NULL;
        BEGIN
            placement_id := proposal_accept(proposal_id);
        EXCEPTION WHEN SQLSTATE 'NR001' OR integrity_constraint_violation THEN
            GET STACKED DIAGNOSTICS code = CONSTRAINT_NAME;
            IF SQLSTATE = 'NR001' THEN
                GET STACKED DIAGNOSTICS detail = PG_EXCEPTION_DETAIL;
            END IF;
        END;
        RETURN NEXT;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION proposal_accept_many(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION proposal_accept_many(bigint[]) TO noria_employer;

CREATE OR REPLACE FUNCTION proposal_refuse(proposal bigint, why text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p proposal%ROWTYPE;
BEGIN
    UPDATE proposal o SET state = 'refused', reason = why, decided_by = actor_account(),
                          decided_at = clock_timestamp(), version = version + 1
    WHERE o.id = proposal_refuse.proposal AND o.org_id = actor_org() AND o.state = 'proposed' AND run_whole(o.run_id)
    RETURNING * INTO p;
    IF NOT FOUND THEN
        PERFORM proposal_refused_state(proposal_refuse.proposal);
    END IF;
    PERFORM audit('proposal.refuse', 'proposal', p.id, why);
    PERFORM reserve_call(p.contract_id);
    RETURN p.contract_id;
END
$$;
REVOKE ALL ON FUNCTION proposal_refuse(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION proposal_refuse(bigint, text) TO noria_employer;

-- Why no run has a candidate among its inputs, in the order in which matching_inputs asks; no row when he
-- is not the actor's to see.
CREATE OR REPLACE FUNCTION matching_absence(candidate bigint) RETURNS TABLE (reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN c.state <> 'preselected' THEN 'not_preselected'
                WHEN candidate_held(c.id) THEN 'held'
                WHEN EXISTS (SELECT FROM placement p WHERE p.candidate_id = c.id) THEN 'placed'
                WHEN NOT EXISTS (SELECT FROM campaign_service s WHERE (s.campaign_id, s.org_id) = (c.campaign_id, c.org_id))
                THEN 'no_quota'
                ELSE 'no_run' END
    FROM candidate c
    WHERE c.id = matching_absence.candidate AND (actor_role() <> 'partner' OR c.org_id = actor_org())
$$;
REVOKE ALL ON FUNCTION matching_absence(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_absence(bigint) TO noria_ofii, noria_partner;
