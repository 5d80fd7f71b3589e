-- What a run read, gave and keeps is written once and stays as it is (0008, 0059); a purge alone empties it.

-- Each part once: `UPDATE OF` asks only when the part is written at all, so that no other act reads megabytes.
CREATE OR REPLACE TRIGGER matching_run_ordered BEFORE UPDATE OF id, campaign_id, run_by, run_on, created_at OR DELETE
    ON matching_run FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE OR REPLACE TRIGGER matching_run_frozen
    BEFORE UPDATE OF rule, inputs, inputs_hash, seed, candidates, contracts, places ON matching_run
    FOR EACH ROW WHEN (OLD.rule <> 'none') EXECUTE FUNCTION append_only();
CREATE OR REPLACE TRIGGER matching_run_made
    BEFORE UPDATE OF result, result_hash, assigned, named, held_back, proposed, reserve ON matching_run
    FOR EACH ROW WHEN (OLD.result_hash <> sha256('')) EXECUTE FUNCTION append_only();
CREATE OR REPLACE TRIGGER matching_run_kept BEFORE UPDATE OF terms, kept_hash ON matching_run
    FOR EACH ROW WHEN (OLD.kept_hash IS NOT NULL) EXECUTE FUNCTION append_only();
CREATE OR REPLACE TRIGGER matching_run_no_truncate BEFORE TRUNCATE ON matching_run EXECUTE FUNCTION append_only();

-- A share belongs to what is hashed with it, in the same transaction.
CREATE OR REPLACE FUNCTION matching_share_in_time() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM matching_run r WHERE r.id = NEW.run_id AND r.kept_hash IS NOT NULL) THEN
        PERFORM refuse('append_only', TG_TABLE_NAME);
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION matching_share_in_time() FROM PUBLIC;
CREATE OR REPLACE TRIGGER matching_share_in_time BEFORE INSERT ON matching_share
    FOR EACH ROW EXECUTE FUNCTION matching_share_in_time();
CREATE OR REPLACE TRIGGER matching_share_append_only BEFORE UPDATE OR DELETE ON matching_share
    FOR EACH ROW EXECUTE FUNCTION append_only();
CREATE OR REPLACE TRIGGER matching_share_no_truncate BEFORE TRUNCATE ON matching_share EXECUTE FUNCTION append_only();

ALTER TABLE matching_share ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS matching_share_all ON matching_share;
CREATE POLICY matching_share_all ON matching_share TO noria_ofii, noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON matching_share TO noria_ofii;

-- A candidate's own lines out of a share; NULL when there are none.
CREATE OR REPLACE FUNCTION matching_own(lines text, candidate bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN at = 0 THEN NULL
                WHEN position(E'\nc ' IN substr(lines, at)) = 0 THEN substr(lines, at)
                ELSE left(substr(lines, at), position(E'\nc ' IN substr(lines, at))) END
    FROM position(E'\nc ' || candidate || ' ' IN E'\n' || lines) AS at
$$;
REVOKE ALL ON FUNCTION matching_own(text, bigint) FROM PUBLIC;

DROP FUNCTION IF EXISTS matching_run_for(bigint); -- gave all inputs of all candidates
-- What the last run that had a candidate among its inputs keeps of all and of him alone, for whoever may see him. `own`
-- is NULL when it cannot be told yet: a later run of before 0059 has still to be looked at (0060).
CREATE OR REPLACE FUNCTION matching_kept_for(candidate bigint) RETURNS TABLE (id bigint, rule text, terms text, own text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.id, r.rule, r.terms, o.own
    FROM candidate c JOIN matching_run r ON r.campaign_id = c.campaign_id
    LEFT JOIN LATERAL (SELECT matching_own(s.lines, c.id) AS own FROM matching_share s
                       WHERE s.run_id = r.id AND s.first_candidate <= c.id
                       ORDER BY s.first_candidate DESC LIMIT 1) o ON true
    WHERE c.id = candidate AND (actor_role() <> 'partner' OR c.org_id = actor_org())
      AND r.stopped_by IS NULL AND run_whole(r.id)
      AND (o.own IS NOT NULL OR (r.kept_hash IS NULL AND r.result <> ''))
    ORDER BY r.id DESC LIMIT 1
$$;
REVOKE ALL ON FUNCTION matching_kept_for(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_kept_for(bigint) TO noria_ofii, noria_partner;
