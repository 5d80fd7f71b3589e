-- A matching of a whole country is stored in the background: 200,000 proposals do not go into one statement, and a
-- server may die at any of them. What is left to do is here and nowhere else (replaceable/08_matching_job.sql).

-- Why a run came to nothing: the code of a refusal. `dropped`: what the run gave but could not be stored any more.
ALTER TABLE matching_run ADD stopped_by text CHECK (length(stopped_by) BETWEEN 1 AND 60),
    ADD dropped int NOT NULL DEFAULT 0 CHECK (dropped >= 0);

-- A run under way, one for a campaign at most. Until the row is gone nobody but the office sees a proposal of it.
CREATE TABLE matching_job (
    campaign_id bigint NOT NULL REFERENCES campaign CONSTRAINT matching_under_way PRIMARY KEY,
    run_id bigint NOT NULL CONSTRAINT matching_job_run UNIQUE REFERENCES matching_run,
    account_id bigint NOT NULL REFERENCES account, -- in whose name
    org_id bigint NOT NULL REFERENCES org,
    role text NOT NULL,
    -- waiting for its inputs; frozen: inputs and seed are there; storing: the result is there
    phase text NOT NULL DEFAULT 'waiting' CHECK (phase IN ('waiting', 'frozen', 'storing')),
    per_candidate int NOT NULL,
    reserve int NOT NULL,
    returns text NOT NULL CHECK (returns IN ('points', 'first')),
    lapsed_to bigint DEFAULT 0, -- earlier proposals up to this id have lapsed; NULL: all
    stored int NOT NULL DEFAULT 0 CHECK (stored >= 0), -- lines of the result that were dealt with
    dropped int NOT NULL DEFAULT 0 CHECK (dropped BETWEEN 0 AND stored),
    short bigint[] NOT NULL DEFAULT '{}', -- contracts whose candidate was dropped, once for each
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The lines of a result that are still to be stored; a part goes in the transaction that stores it.
CREATE TABLE matching_part (
    run_id bigint NOT NULL REFERENCES matching_job (run_id),
    no int NOT NULL CHECK (no >= 1),
    lines text NOT NULL,
    PRIMARY KEY (run_id, no)
);
