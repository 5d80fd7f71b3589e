-- Closing: the balance equation, what is still open, and the act.

-- DEPARTED = returned (verified + late + declared) + extended + transferred + status changed + exceptions
--            + overdue + non-returns + still present (in season, before the return is due) + UNEXPLAINED.
-- Departed is counted from the departure facts, the other terms from where each placement stands, so
-- that a case that fell out of the ledger shows.
CREATE OR REPLACE FUNCTION campaign_balance(campaign bigint)
RETURNS TABLE (bound bigint, left_before bigint, to_depart bigint, departed bigint, present bigint, return_due bigint,
               returned_verified bigint, returned_late bigint, returned_declared bigint, extended bigint,
               transferred bigint, status_changed bigint, exceptions bigint, overdue bigint, non_return bigint,
               unexplained bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH stands AS (
        SELECT placement_standing(p.state, p.return_due, p.excepted_until, c.checkin_days) AS term,
               p.departed_on IS NOT NULL AS gone
        FROM placement p JOIN campaign c ON c.id = p.campaign_id WHERE p.campaign_id = campaign),
    n AS (
        SELECT count(*) AS bound,
            count(*) FILTER (WHERE term = 'left_before') AS left_before,
            count(*) FILTER (WHERE term = 'to_depart') AS to_depart,
            count(*) FILTER (WHERE term = 'present' AND gone) AS present,
            count(*) FILTER (WHERE term = 'return_due' AND gone) AS return_due,
            count(*) FILTER (WHERE term = 'returned_verified' AND gone) AS returned_verified,
            count(*) FILTER (WHERE term = 'returned_late' AND gone) AS returned_late,
            count(*) FILTER (WHERE term = 'returned_declared' AND gone) AS returned_declared,
            count(*) FILTER (WHERE term = 'extended' AND gone) AS extended,
            count(*) FILTER (WHERE term = 'transferred' AND gone) AS transferred,
            count(*) FILTER (WHERE term = 'status_changed' AND gone) AS status_changed,
            count(*) FILTER (WHERE term = 'exception' AND gone) AS exceptions,
            count(*) FILTER (WHERE term = 'overdue' AND gone) AS overdue,
            count(*) FILTER (WHERE term = 'non_return' AND gone) AS non_return
        FROM stands),
    d AS (SELECT count(DISTINCT f.placement_id) AS departed FROM placement_fact f
          WHERE f.campaign_id = campaign AND f.kind = 'departed')
    SELECT n.bound, n.left_before, n.to_depart, d.departed, n.present, n.return_due, n.returned_verified,
        n.returned_late, n.returned_declared, n.extended, n.transferred, n.status_changed, n.exceptions, n.overdue,
        n.non_return,
        d.departed - n.present - n.return_due - n.returned_verified - n.returned_late - n.returned_declared
            - n.extended - n.transferred - n.status_changed - n.exceptions - n.overdue - n.non_return
    FROM n, d
$$;
REVOKE ALL ON FUNCTION campaign_balance(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION campaign_balance(bigint) TO noria_ofii;

-- What stands in the way of closing: kind, how many, the first of them.
CREATE OR REPLACE FUNCTION closing_open(campaign bigint) RETURNS TABLE (what text, count bigint, first_ids bigint[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH found (what, id) AS (
        SELECT CASE term WHEN 'present' THEN 'still_present' ELSE term END, x.id
        FROM (SELECT placement_standing(p.state, p.return_due, p.excepted_until, c.checkin_days) AS term, p.id
              FROM placement p JOIN campaign c ON c.id = p.campaign_id WHERE p.campaign_id = closing_open.campaign) x
        WHERE term IN ('to_depart', 'present', 'return_due', 'overdue', 'unexplained')
        UNION ALL SELECT 'complaint', p.id FROM placement p
            WHERE p.campaign_id = closing_open.campaign AND p.complaints_open > 0
        UNION ALL SELECT 'exception_recorded', e.placement_id FROM return_exception e
            WHERE e.campaign_id = closing_open.campaign AND e.state = 'recorded'
        UNION ALL SELECT 'fraud_case', f.id FROM fraud_case f
            WHERE f.campaign_id = closing_open.campaign AND f.state = 'open'
        UNION ALL SELECT 'contract_submitted', k.id FROM contract k
            WHERE k.campaign_id = closing_open.campaign AND k.state = 'submitted'
        UNION ALL SELECT 'balance', NULL FROM campaign_balance(closing_open.campaign) b, generate_series(1, abs(b.unexplained)))
    SELECT f.what, count(*), (array_agg(f.id ORDER BY f.id))[1:20] FROM found f GROUP BY f.what ORDER BY f.what
$$;
REVOKE ALL ON FUNCTION closing_open(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION closing_open(bigint) TO noria_ofii;

-- The frozen list as canonical JSON (fixed member order, placements by id): tokens and states, no
-- identity. `as_of` is the day that the first person signed.
CREATE OR REPLACE FUNCTION closing_body(campaign bigint, as_of date) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT json_build_object(
        'act', 'noria-closing-act', 'version', 1, 'campaign', g.code, 'season', g.season, 'as_of', as_of,
        'parameters', json_build_object('six_months', g.six_months_variant, 'checkin_days', g.checkin_days,
            'travel_days', g.travel_days, 'non_return_after_days', g.non_return_after_days),
        'balance', (SELECT row_to_json(b) FROM campaign_balance(g.id) b),
        'evidence', (SELECT coalesce(json_object_agg(e.grade, e.n ORDER BY e.grade), '{}')
                     FROM (SELECT x.best AS grade, count(*) AS n FROM
                              (SELECT min(r.grade COLLATE "C") AS best FROM return_evidence r
                               WHERE r.campaign_id = g.id GROUP BY r.placement_id) x GROUP BY x.best) e),
        'placements', (SELECT coalesce(json_agg(json_build_object(
                'id', p.id, 'contract', k.serial, 'token', c.token, 'service', p.service_id, 'employer', p.org_id,
                'state', p.state, 'first_day', p.first_day, 'last_day', p.last_day, 'departed_on', p.departed_on,
                'return_due', p.return_due, 'returned_on', p.returned_on) ORDER BY p.id), '[]')
            FROM placement p JOIN contract k ON k.id = p.contract_id JOIN candidate c ON c.id = p.candidate_id
            WHERE p.campaign_id = g.id))::text
    FROM campaign g WHERE g.id = closing_body.campaign
$$;
REVOKE ALL ON FUNCTION closing_body(bigint, date) FROM PUBLIC;

-- Refuses unless the campaign is ready to be closed.
CREATE OR REPLACE FUNCTION closing_check(campaign bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    -- alone: facts and closings of one campaign do not cross
    state_now text := (SELECT c.state FROM campaign c WHERE c.id = closing_check.campaign FOR UPDATE);
    open_now text;
BEGIN
    IF state_now IS NULL THEN
        PERFORM refuse('not_found');
    ELSIF state_now <> 'returns' THEN
        PERFORM refuse('conflict', 'campaign:' || state_now);
    END IF;
    SELECT string_agg(o.count || ' ' || o.what, ', ') INTO open_now FROM closing_open(closing_check.campaign) o;
    IF open_now IS NOT NULL THEN
        PERFORM refuse('campaign_not_settled', open_now);
    END IF;
END
$$;
REVOKE ALL ON FUNCTION closing_check(bigint) FROM PUBLIC;

-- The first signature freezes the list. Made anew while nobody countersigned.
CREATE OR REPLACE FUNCTION closing_sign(campaign bigint) RETURNS bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    list text;
    hash bytea;
BEGIN
    PERFORM closing_check(campaign);
    list := closing_body(campaign, today());
    hash := sha256(convert_to(list, 'UTF8'));
    INSERT INTO closing_act (campaign_id, body, sha256, signed_by_1) VALUES (campaign, list, hash, actor_account())
    ON CONFLICT (campaign_id) DO UPDATE SET body = excluded.body, sha256 = excluded.sha256,
        signed_by_1 = excluded.signed_by_1, signed_at_1 = clock_timestamp();
    PERFORM audit('campaign.close_sign', 'campaign', campaign, encode(hash, 'hex'));
    RETURN hash;
END
$$;
REVOKE ALL ON FUNCTION closing_sign(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION closing_sign(bigint) TO noria_ofii;

-- The second signature, by another person, of the same list; then the campaign is closed.
CREATE OR REPLACE FUNCTION closing_countersign(campaign bigint, hash bytea, sealed bytea) RETURNS bytea
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    a closing_act%ROWTYPE;
BEGIN
    PERFORM closing_check(campaign);
    SELECT * INTO a FROM closing_act x WHERE x.campaign_id = closing_countersign.campaign;
    IF NOT FOUND THEN
        PERFORM refuse('closing_not_signed');
    ELSIF a.sha256 <> hash OR a.body <> closing_body(campaign, (a.body::json ->> 'as_of')::date) THEN
        PERFORM refuse('closing_list_changed');
    END IF;
    UPDATE closing_act x SET signed_by_2 = actor_account(), signed_at_2 = clock_timestamp(), signature = sealed
    WHERE x.campaign_id = closing_countersign.campaign; -- CHECK second_person_needed
    UPDATE campaign c SET state = 'closed', closed_at = clock_timestamp(), version = version + 1
    WHERE c.id = closing_countersign.campaign;
    PERFORM audit('campaign.close', 'campaign', campaign, encode(a.sha256, 'hex'));
    RETURN a.sha256;
END
$$;
REVOKE ALL ON FUNCTION closing_countersign(bigint, bytea, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION closing_countersign(bigint, bytea, bytea) TO noria_ofii;

-- A campaign is closed by its act only.
CREATE OR REPLACE FUNCTION campaign_closes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM closing_act a WHERE a.campaign_id = NEW.id AND a.signed_by_2 IS NOT NULL) THEN
        PERFORM refuse('closing_not_signed');
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS campaign_closes ON campaign;
CREATE TRIGGER campaign_closes BEFORE UPDATE OF state ON campaign
    FOR EACH ROW WHEN (NEW.state = 'closed' AND OLD.state <> 'closed') EXECUTE FUNCTION campaign_closes();

DROP TRIGGER IF EXISTS closing_act_frozen ON closing_act;
CREATE OR REPLACE FUNCTION closing_act_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('append_only', 'closing_act');
    RETURN NULL;
END
$$;
CREATE TRIGGER closing_act_frozen BEFORE UPDATE OR DELETE ON closing_act
    FOR EACH ROW WHEN (OLD.signed_by_2 IS NOT NULL) EXECUTE FUNCTION closing_act_frozen();

-- After the act: one case is reopened with a reason; the act stays as signed.
CREATE OR REPLACE FUNCTION reopened_open(placement bigint, why text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
    p placement%ROWTYPE;
BEGIN
    SELECT * INTO p FROM placement x WHERE x.id = reopened_open.placement;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF (SELECT c.state FROM campaign c WHERE c.id = p.campaign_id) <> 'closed' THEN
        PERFORM refuse('campaign_not_closed');
    END IF;
    INSERT INTO closing_reopen (campaign_id, placement_id, reason, state_then, opened_by)
    VALUES (p.campaign_id, p.id, why, p.state, actor_account()) RETURNING id INTO made;
    PERFORM placement_fact_add(p.id, 'reopened', today(), 'officer', NULL);
    PERFORM audit('placement.reopen', 'placement', p.id, why);
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION reopened_open(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reopened_open(bigint, text) TO noria_ofii;

CREATE OR REPLACE FUNCTION reopened_settle(placement bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    UPDATE closing_reopen r SET settled_by = actor_account(), settled_at = clock_timestamp(),
        state_now = (SELECT p.state FROM placement p WHERE p.id = r.placement_id)
    WHERE r.placement_id = reopened_settle.placement AND r.settled_at IS NULL RETURNING r.id INTO made;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    PERFORM audit('placement.settle', 'placement', placement);
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION reopened_settle(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reopened_settle(bigint) TO noria_ofii;

ALTER TABLE closing_act ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS closing_act_all ON closing_act;
CREATE POLICY closing_act_all ON closing_act FOR SELECT TO noria_ofii, noria_system USING (true);
GRANT SELECT ON closing_act TO noria_ofii, noria_system;
ALTER TABLE closing_reopen ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS closing_reopen_all ON closing_reopen;
CREATE POLICY closing_reopen_all ON closing_reopen FOR SELECT TO noria_ofii, noria_system USING (true);
GRANT SELECT ON closing_reopen TO noria_ofii, noria_system;
