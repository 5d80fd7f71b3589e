-- A matching run from its order to its last proposal, step by step; each step is a transaction, under the lock of
-- the run's row in matching_job, so that two servers never do the same one.

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['matching_job', 'matching_part'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', t || '_all', t);
        EXECUTE format('CREATE POLICY %I ON %I TO noria_ofii, noria_system USING (true) WITH CHECK (true)', t || '_all', t);
    END LOOP;
END
$$;
GRANT SELECT ON matching_job TO noria_ofii, noria_system;
-- The policies on proposal and candidate ask which runs are not whole.
DROP POLICY IF EXISTS matching_job_there ON matching_job;
CREATE POLICY matching_job_there ON matching_job FOR SELECT TO noria_employer, noria_partner USING (true);
GRANT SELECT (campaign_id, run_id) ON matching_job TO noria_employer, noria_partner;

-- An employer is not shown reserves, nor, when they have lapsed, those that he was never shown. Nobody is shown a run before it is whole: who
-- answered early would choose among a part.
DROP POLICY IF EXISTS proposal_employer ON proposal;
CREATE POLICY proposal_employer ON proposal FOR SELECT TO noria_employer
    USING (org_id = actor_org() AND shown AND state <> 'reserve' AND run_id <> ALL (ARRAY(SELECT j.run_id FROM matching_job j)));
DROP POLICY IF EXISTS proposal_partner ON proposal;
CREATE POLICY proposal_partner ON proposal FOR SELECT TO noria_partner
    USING (candidate_id = ANY (ARRAY(SELECT c.id FROM candidate c WHERE c.org_id = actor_org()))
           AND run_id <> ALL (ARRAY(SELECT j.run_id FROM matching_job j)));

-- The same for the candidates of a campaign while a run of it is stored: shown_to is ahead of it then.
CREATE OR REPLACE FUNCTION candidate_seen(candidate bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT FROM proposal p WHERE p.candidate_id = candidate_seen.candidate AND p.org_id = actor_org()
                      AND p.shown AND p.state <> 'reserve' AND run_whole(p.run_id));
END
$$;
REVOKE ALL ON FUNCTION candidate_seen(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION candidate_seen(bigint) TO noria_employer;
-- By the row itself, not by a look at its proposals (= ANY (ARRAY(SELECT …)), EXISTS): a second table costs as much
-- as the look at the candidate. The few runs under way cost a quarter of that, and lists begin with the proposals
-- (candidate.sql).
DROP POLICY IF EXISTS candidate_proposed ON candidate;
CREATE POLICY candidate_proposed ON candidate FOR SELECT TO noria_employer
    USING ((SELECT actor_org()) = ANY (shown_to)
           AND (campaign_id <> ALL (ARRAY(SELECT j.campaign_id FROM matching_job j)) OR candidate_seen(id)));

-- Orders a run of a campaign. Of few candidates (`small`) the request itself makes it, else the server's job.
DROP FUNCTION IF EXISTS matching_open(bigint, int, int, text, int);
CREATE FUNCTION matching_open(campaign bigint, most int, reserves int, clean text, few int)
RETURNS TABLE (id bigint, small boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    is_now text;
    people bigint;
BEGIN
    SELECT c.state INTO is_now FROM campaign c WHERE c.id = matching_open.campaign FOR SHARE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF is_now NOT IN ('matching', 'season') THEN
        PERFORM refuse('campaign_not_matching', is_now);
    END IF;
    SELECT count(*) INTO people FROM (SELECT FROM candidate c WHERE c.campaign_id = matching_open.campaign
                                      AND c.state = 'preselected' LIMIT few + 1) p;
    INSERT INTO matching_run (campaign_id, rule, inputs, inputs_hash, seed, result, result_hash, candidates, contracts,
                              places, assigned, proposed, reserve, run_by, run_on)
    VALUES (campaign, 'none', '', sha256(''), decode(repeat('00', 32), 'hex'), '', sha256(''), 0, 0, 0, 0, 0, 0,
            actor_account(), today())
    RETURNING matching_run.id INTO matching_open.id;
    INSERT INTO matching_job (campaign_id, run_id, account_id, org_id, role, per_candidate, reserve, returns)
    VALUES (campaign, id, actor_account(), actor_org(), actor_role(), most, reserves, clean);
    small := people <= few;
    RETURN NEXT;
END
$$;
REVOKE ALL ON FUNCTION matching_open(bigint, int, int, text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_open(bigint, int, int, text, int) TO noria_ofii;

-- The run that is next in line after the one that had its turn, so that one that fails holds up no other; its actor.
CREATE OR REPLACE FUNCTION matching_next(last bigint)
RETURNS TABLE (run_id bigint, phase text, account_id bigint, org_id bigint, role text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT j.run_id, CASE WHEN matching_cancelled(j.run_id) THEN 'cancelled' ELSE j.phase END, j.account_id, j.org_id, j.role
    FROM matching_job j
    ORDER BY j.run_id <= last, j.run_id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
$$;
REVOKE ALL ON FUNCTION matching_next(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_next(bigint) TO noria_system;

-- Takes a run that is in that phase for the rest of the transaction; no row when it is another's, or further on.
CREATE OR REPLACE FUNCTION matching_take(run bigint, at_phase text)
RETURNS TABLE (campaign_id bigint, per_candidate int, reserve int, returns text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT j.campaign_id, j.per_candidate, j.reserve, j.returns FROM matching_job j
    WHERE j.run_id = run AND j.phase = at_phase AND NOT matching_cancelled(run) FOR NO KEY UPDATE SKIP LOCKED
$$;
REVOKE ALL ON FUNCTION matching_take(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_take(bigint, text) TO noria_ofii;

-- Keeps a run's inputs and the seed that was drawn after them, for good.
CREATE OR REPLACE FUNCTION matching_freeze(run bigint, which_rule text, what text, hash bytea, drawn bytea,
                                           of_candidates int, of_contracts int, of_places int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE matching_job j SET phase = 'frozen' WHERE j.run_id = run AND j.phase = 'waiting';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'matching_run');
    END IF;
    UPDATE matching_run r SET rule = which_rule, inputs = what, inputs_hash = hash, seed = drawn,
        candidates = of_candidates, contracts = of_contracts, places = of_places WHERE r.id = run;
    PERFORM audit('matching.run', 'campaign', r.campaign_id, NULL,
                  jsonb_build_object('run', run, 'inputs', encode(hash, 'hex'))) FROM matching_run r WHERE r.id = run;
END
$$;
REVOKE ALL ON FUNCTION matching_freeze(bigint, text, text, bytea, bytea, int, int, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_freeze(bigint, text, text, bytea, bytea, int, int, int) TO noria_ofii;

-- Keeps a run's result and what it answers with, whose shares came before; its parts follow in the same transaction.
DROP FUNCTION IF EXISTS matching_keep(bigint, text, bytea, int, int, int, int, int); -- kept no answers
CREATE OR REPLACE FUNCTION matching_keep(run bigint, what text, hash bytea, n_assigned int, n_named int, n_held int,
                                         n_proposed int, n_reserve int, told text, told_hash bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE matching_job j SET phase = 'storing' WHERE j.run_id = run AND j.phase = 'frozen';
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'matching_run');
    END IF;
    UPDATE matching_run r SET result = what, result_hash = hash, assigned = n_assigned, named = n_named,
        held_back = n_held, proposed = n_proposed, reserve = n_reserve, terms = told, kept_hash = told_hash WHERE r.id = run;
END
$$;
REVOKE ALL ON FUNCTION matching_keep(bigint, text, bytea, int, int, int, int, int, text, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_keep(bigint, text, bytea, int, int, int, int, int, text, bytea) TO noria_ofii;
GRANT INSERT ON matching_part TO noria_ofii;

-- A run that comes to nothing, before anything of it is stored.
CREATE OR REPLACE FUNCTION matching_stop(run bigint, code text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE matching_run r SET stopped_by = code FROM matching_job j
    WHERE r.id = run AND j.run_id = run AND j.phase <> 'storing';
    DELETE FROM matching_job j WHERE j.run_id = run AND j.phase <> 'storing'
$$;
REVOKE ALL ON FUNCTION matching_stop(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_stop(bigint, text) TO noria_ofii;

-- The next `most` proposals of earlier runs that nobody answered lapse; false when there are none.
CREATE OR REPLACE FUNCTION matching_lapse(j matching_job, most int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last bigint;
BEGIN
    WITH old AS (SELECT p.id FROM proposal p WHERE p.campaign_id = j.campaign_id AND p.id > j.lapsed_to
                   AND p.run_id <> j.run_id AND p.state IN ('proposed', 'reserve') ORDER BY p.id LIMIT most),
    gone AS (UPDATE proposal p SET state = 'lapsed', reason = 'new_run', version = p.version + 1
             FROM old WHERE p.id = old.id AND p.state IN ('proposed', 'reserve'))
    SELECT max(old.id) INTO last FROM old;
    UPDATE matching_job m SET lapsed_to = last WHERE m.run_id = j.run_id;
    RETURN last IS NOT NULL;
END
$$;
REVOKE ALL ON FUNCTION matching_lapse(matching_job, int) FROM PUBLIC;

-- Lines of a result become proposals, if what the rule relied on still holds: a part may be stored minutes after
-- the inputs were read. Gives how many lines there were and the contracts of those that were dropped.
-- A stay that was recorded since asks again for the six months.
CREATE OR REPLACE FUNCTION matching_propose(j matching_job, lines text, OUT n int, OUT dropped bigint[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    WITH line AS MATERIALIZED (
        SELECT w[1]::bigint AS contract, w[3]::bigint AS candidate, w FROM string_to_table(rtrim(lines, E'\n'), E'\n') AS l
        CROSS JOIN LATERAL string_to_array(l, ' ') AS w),
    open AS MATERIALIZED (
        SELECT k.id, k.org_id, k.first_day, k.last_day, g.six_months_variant FROM contract k
        JOIN campaign g ON g.id = k.campaign_id
        WHERE k.id IN (SELECT contract FROM line) AND k.state = 'approved' AND k.last_day > today()
          AND g.state IN ('matching', 'season') AND NOT contract_held(k.id)),
    judged AS MATERIALIZED (
        SELECT l.contract, l.candidate, l.w, k.org_id,
            k.id IS NOT NULL AND c.state = 'preselected' AND NOT candidate_held(c.id)
            AND NOT EXISTS (SELECT FROM placement p WHERE p.candidate_id = c.id AND p.state IN
                ('bound', 'authorised', 'convoked', 'fit', 'visa', 'ready', 'departed', 'arrived', 'working',
                 'suspended', 'abandon_reported', 'missing'))
            AND NOT EXISTS (SELECT FROM proposal o WHERE o.contract_id = l.contract AND o.candidate_id = l.candidate
                              AND o.state = 'accepted')
            AND CASE WHEN EXISTS (SELECT FROM worker_stay s WHERE s.worker_id = c.worker_id AND s.at > j.created_at)
                     THEN NOT EXISTS (SELECT FROM six_months_windows(c.worker_id, k.six_months_variant, k.first_day, k.last_day, NULL))
                     ELSE true END AS fits
        FROM line l LEFT JOIN open k ON k.id = l.contract LEFT JOIN candidate c ON c.id = l.candidate),
    stored AS (
        INSERT INTO proposal (campaign_id, run_id, contract_id, org_id, candidate_id, rank, first_choice, score,
                              result_points, experience_points, language_points, return_points, state, shown, named)
        SELECT j.campaign_id, j.run_id, f.contract, f.org_id, f.candidate, f.w[2]::int, f.w[4] = '1', f.w[5]::int,
               f.w[6]::int, f.w[7]::int, f.w[8]::int, f.w[9]::int,
               CASE f.w[10] WHEN 'r' THEN 'reserve' ELSE 'proposed' END, f.w[10] <> 'r', f.w[10] = 'n'
        FROM judged f WHERE f.fits)
    SELECT count(*), coalesce(array_agg(f.contract) FILTER (WHERE f.fits IS NOT TRUE), '{}') INTO n, dropped FROM judged f;
END
$$;
REVOKE ALL ON FUNCTION matching_propose(matching_job, text) FROM PUBLIC;

-- One step of storing: earlier proposals lapse, then parts are stored, then the run is whole, and reserves are
-- called where somebody was dropped. False when nothing is left, or another server is at it.
CREATE OR REPLACE FUNCTION matching_step(run bigint, most int) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    j matching_job;
    part text;
    made record;
BEGIN
    SELECT * INTO j FROM matching_job m WHERE m.run_id = run AND m.phase = 'storing' AND NOT matching_cancelled(run)
    FOR NO KEY UPDATE SKIP LOCKED;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM 1 FROM campaign c WHERE c.id = j.campaign_id FOR SHARE; -- not while its season ends
    IF j.lapsed_to IS NOT NULL AND matching_lapse(j, most) THEN
        RETURN true;
    END IF;
    DELETE FROM matching_part p WHERE p.run_id = run
        AND p.no = (SELECT min(o.no) FROM matching_part o WHERE o.run_id = run) RETURNING p.lines INTO part;
    IF part IS NULL THEN
        UPDATE matching_run r SET dropped = j.dropped WHERE r.id = run;
        PERFORM reserve_call(k) FROM unnest(j.short) k;
        DELETE FROM matching_job m WHERE m.run_id = run;
        RETURN false;
    END IF;
    SELECT * INTO made FROM matching_propose(j, part);
    UPDATE matching_job m SET stored = m.stored + made.n, dropped = m.dropped + cardinality(made.dropped),
        short = m.short || made.dropped WHERE m.run_id = run;
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION matching_step(bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION matching_step(bigint, int) TO noria_ofii;
