-- What takes longer than a request may is not refused but made in the background, as runs are: a run made again and
-- compared, and how many places would be filled under other terms. `kept`: what a run of before 0059 has to keep
-- (matching_run.terms, matching_share). What is asked and what came of it are here and nowhere else, so that a
-- server that dies loses nothing: what was not answered is computed again (replaceable/08_matching_calculation.sql).
CREATE TABLE matching_calculation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('replay', 'simulation', 'kept')),
    campaign_id bigint NOT NULL REFERENCES campaign,
    run_id bigint REFERENCES matching_run,
    days int CHECK (days BETWEEN 0 AND 60),
    account_id bigint NOT NULL REFERENCES account, -- in whose name
    org_id bigint NOT NULL REFERENCES org,
    role text NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'done', 'stopped')),
    stopped_by text CHECK (length(stopped_by) BETWEEN 1 AND 60), -- the code of a refusal
    -- a replay's answer
    inputs_same boolean, -- the stored inputs have their hash
    result_same boolean, -- run again, byte for byte
    kept_same boolean,   -- so does what the run kept for its answers; NULL: it kept nothing yet
    result_hash bytea CHECK (length(result_hash) = 32), -- SHA-256 of the new result
    -- a simulation's: free places, and those filled in each case of enum match_case (server/matching/suppose.h)
    places int CHECK (places >= 0),
    filled int[] CHECK (cardinality(filled) = 6),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    CHECK ((kind = 'simulation') = (run_id IS NULL) AND (kind = 'simulation') = (days IS NOT NULL)),
    CHECK ((state = 'stopped') = (stopped_by IS NOT NULL)),
    CHECK ((state = 'waiting') = (ended_at IS NULL)),
    CHECK ((num_nonnulls(inputs_same, result_same, result_hash) = 3) = (kind = 'replay' AND state = 'done')),
    CHECK (num_nonnulls(inputs_same, result_same, result_hash) IN (0, 3)),
    CHECK ((num_nonnulls(places, filled) = 2) = (kind = 'simulation' AND state = 'done')),
    CHECK (num_nonnulls(places, filled) IN (0, 2))
);
-- One of a kind at a time for a run, or a campaign.
CREATE UNIQUE INDEX calculation_under_way ON matching_calculation (campaign_id, kind, coalesce(run_id, 0))
    WHERE state = 'waiting';
CREATE INDEX matching_calculation_waiting ON matching_calculation (id) WHERE state = 'waiting';
CREATE INDEX matching_calculation_campaign ON matching_calculation (campaign_id, kind, id);
CREATE INDEX matching_calculation_run ON matching_calculation (run_id, id) WHERE run_id IS NOT NULL;

INSERT INTO matching_calculation (kind, campaign_id, run_id, account_id, org_id, role)
SELECT 'kept', r.campaign_id, r.id, a.id, a.org_id, a.role FROM matching_run r JOIN account a ON a.id = r.run_by
WHERE r.result <> '' ORDER BY r.id DESC;
