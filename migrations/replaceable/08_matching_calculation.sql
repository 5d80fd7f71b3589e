-- Calculations about matching that are made at once of few candidates and in the background of more (0060). A run made
-- again and a simulation change nothing, so one that two servers make is made once in vain and kept once: whoever ends
-- it finds it waiting, or not any more.

ALTER TABLE matching_calculation ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS matching_calculation_all ON matching_calculation;
CREATE POLICY matching_calculation_all ON matching_calculation TO noria_ofii, noria_system USING (true) WITH CHECK (true);
GRANT SELECT ON matching_calculation TO noria_ofii, noria_system;

-- A run that has a result: it was not stopped, and is at least so far.
CREATE OR REPLACE FUNCTION matching_has_result(run bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM matching_run r LEFT JOIN matching_job j ON j.run_id = r.id
                   WHERE r.id = run AND r.stopped_by IS NULL AND coalesce(j.phase = 'storing', true))
$$;
REVOKE ALL ON FUNCTION matching_has_result(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_has_result(bigint) TO noria_ofii;

-- Orders one; `small`: the request itself makes it. A second one while the first waits: calculation_under_way.
CREATE OR REPLACE FUNCTION calculation_order(what text, of_campaign bigint, of_run bigint, of_days int, few int)
RETURNS TABLE (id bigint, small boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    people bigint;
    campaign bigint;
BEGIN
    IF what = 'replay' THEN
        SELECT r.campaign_id, r.candidates INTO campaign, people FROM matching_run r WHERE r.id = of_run;
        IF FOUND AND NOT matching_has_result(of_run) THEN
            PERFORM refuse('no_result_yet');
        END IF;
    ELSE
        SELECT c.id INTO campaign FROM campaign c WHERE c.id = of_campaign;
        SELECT count(*) INTO people FROM (SELECT FROM candidate c WHERE c.campaign_id = of_campaign
                                          AND c.state = 'preselected' LIMIT few + 1) p;
    END IF;
    IF campaign IS NULL THEN
        PERFORM refuse('not_found');
    END IF;
    INSERT INTO matching_calculation (kind, campaign_id, run_id, days, account_id, org_id, role)
    VALUES (what, campaign, of_run, of_days, actor_account(), actor_org(), actor_role())
    RETURNING matching_calculation.id INTO calculation_order.id;
    small := people <= few;
    RETURN NEXT;
END
$$;

-- The one that is next in line after the one that had its turn, so that one that fails holds up no other; its actor.
CREATE OR REPLACE FUNCTION calculation_next(last bigint)
RETURNS TABLE (id bigint, account_id bigint, org_id bigint, role text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT q.id, q.account_id, q.org_id, q.role FROM matching_calculation q WHERE q.state = 'waiting'
    ORDER BY q.id <= last, q.id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
$$;
REVOKE ALL ON FUNCTION calculation_next(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION calculation_next(bigint) TO noria_system;

CREATE OR REPLACE FUNCTION calculation_replayed(calculation bigint, inputs boolean, made boolean, kept boolean, hash bytea)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE matching_calculation q SET state = 'done', ended_at = clock_timestamp(), inputs_same = inputs,
        result_same = made, kept_same = kept, result_hash = hash
    WHERE q.id = calculation AND q.state = 'waiting' AND q.kind = 'replay';
    IF NOT FOUND THEN
        PERFORM refuse('calculation_ended');
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION calculation_supposed(calculation bigint, free int, fill int[]) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE matching_calculation q SET state = 'done', ended_at = clock_timestamp(), places = free, filled = fill
    WHERE q.id = calculation AND q.state = 'waiting' AND q.kind = 'simulation';
    IF NOT FOUND THEN
        PERFORM refuse('calculation_ended');
    END IF;
END
$$;

-- What a run of before 0059 keeps; its shares were added before, in the same transaction.
CREATE OR REPLACE FUNCTION calculation_kept(calculation bigint, what text, hash bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    run bigint;
BEGIN
    UPDATE matching_calculation q SET state = 'done', ended_at = clock_timestamp()
    WHERE q.id = calculation AND q.state = 'waiting' AND q.kind = 'kept' RETURNING q.run_id INTO run;
    IF NOT FOUND THEN
        PERFORM refuse('calculation_ended');
    END IF;
    UPDATE matching_run r SET terms = what, kept_hash = hash WHERE r.id = run;
END
$$;

-- One that comes to nothing.
CREATE OR REPLACE FUNCTION calculation_stop(calculation bigint, code text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE matching_calculation q SET state = 'stopped', stopped_by = code, ended_at = clock_timestamp()
    WHERE q.id = calculation AND q.state = 'waiting'
$$;

-- One that nobody waits for any more: what comes of it is not kept.
CREATE OR REPLACE FUNCTION calculation_cancel(calculation bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE matching_calculation q SET state = 'stopped', stopped_by = 'calculation_cancelled', ended_at = clock_timestamp()
    WHERE q.id = calculation AND q.state = 'waiting' AND q.kind <> 'kept';
    IF NOT FOUND THEN
        PERFORM refuse(CASE WHEN EXISTS (SELECT FROM matching_calculation q WHERE q.id = calculation AND q.kind <> 'kept')
                            THEN 'calculation_ended' ELSE 'not_found' END);
    END IF;
    RETURN calculation;
END
$$;

DO $$
DECLARE
    f text;
BEGIN
    FOREACH f IN ARRAY ARRAY['calculation_order(text, bigint, bigint, int, int)', 'calculation_stop(bigint, text)',
        'calculation_cancel(bigint)', 'calculation_kept(bigint, text, bytea)', 'calculation_supposed(bigint, int, int[])',
        'calculation_replayed(bigint, boolean, boolean, boolean, bytea)'] LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO noria_ofii', f);
    END LOOP;
END
$$;
