-- A run under way that an officer cancels: from then on no step of it is made but those that undo it.

ALTER TABLE matching_cancel ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS matching_cancel_all ON matching_cancel;
CREATE POLICY matching_cancel_all ON matching_cancel TO noria_ofii, noria_system USING (true) WITH CHECK (true);
GRANT SELECT ON matching_cancel TO noria_ofii, noria_system;

CREATE OR REPLACE FUNCTION matching_cancelled(run bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM matching_cancel c WHERE c.run_id = run)
$$;
REVOKE ALL ON FUNCTION matching_cancelled(bigint) FROM PUBLIC;

-- Waits for no step: the run's row is not locked. Of two who cancel at once the second is refused.
CREATE OR REPLACE FUNCTION matching_cancel(run bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    campaign bigint;
BEGIN
    SELECT r.campaign_id INTO campaign FROM matching_run r WHERE r.id = run;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF run_whole(run) THEN
        PERFORM refuse('matching_not_under_way');
    END IF;
    INSERT INTO matching_cancel (run_id, account_id) VALUES (run, actor_account());
    PERFORM audit('matching.cancel', 'campaign', campaign, NULL, jsonb_build_object('run', run));
    RETURN campaign;
EXCEPTION WHEN foreign_key_violation OR unique_violation THEN -- it became whole meanwhile; it is cancelled already
    PERFORM refuse('matching_not_under_way');
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION matching_cancel(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_cancel(bigint) TO noria_ofii;

-- The next `most` proposals of a cancelled run lapse; when there are none the run is stopped and out of the way.
-- False then, and when another server is at it.
CREATE OR REPLACE FUNCTION matching_undo(run bigint, most int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    j matching_job;
    last bigint;
BEGIN
    SELECT * INTO j FROM matching_job m WHERE m.run_id = run AND matching_cancelled(run) FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    WITH own AS (SELECT p.id FROM proposal p WHERE p.campaign_id = j.campaign_id AND p.id > j.undone_to AND p.run_id = run
                 ORDER BY p.id LIMIT most),
    gone AS (UPDATE proposal p SET state = 'lapsed', reason = 'run_cancelled', shown = false, version = p.version + 1
             FROM own WHERE p.id = own.id)
    SELECT max(own.id) INTO last FROM own;
    IF last IS NOT NULL THEN
        UPDATE matching_job m SET undone_to = last WHERE m.run_id = run;
        RETURN true;
    END IF;
    DELETE FROM matching_part p WHERE p.run_id = run;
    DELETE FROM matching_cancel c WHERE c.run_id = run;
    UPDATE matching_run r SET stopped_by = 'matching_cancelled' WHERE r.id = run;
    DELETE FROM matching_job m WHERE m.run_id = run;
    RETURN false;
END
$$;
REVOKE ALL ON FUNCTION matching_undo(bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_undo(bigint, int) TO noria_ofii;
