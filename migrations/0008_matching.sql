-- Matching: runs that can be replayed, and the proposals they made.

-- `inputs` is the canonical text that the engine read (server/matching/inputs.h), frozen before the
-- seed that breaks ties was drawn; `result` is what the engine wrote. Rule, inputs and seed give the
-- same result bytes at any time (domain: a selection answers to objective parameters only).
CREATE TABLE matching_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    rule text NOT NULL CHECK (rule ~ '^[a-z0-9.-]{1,32}$'),
    inputs text NOT NULL,
    inputs_hash bytea NOT NULL CHECK (length(inputs_hash) = 32), -- SHA-256
    seed bytea NOT NULL CHECK (length(seed) = 32),
    result text NOT NULL,
    result_hash bytea NOT NULL CHECK (length(result_hash) = 32),
    candidates int NOT NULL,
    contracts int NOT NULL,
    places int NOT NULL,
    assigned int NOT NULL, -- places that somebody suitable was found for
    proposed int NOT NULL,
    reserve int NOT NULL,
    run_by bigint NOT NULL REFERENCES account,
    run_on date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX matching_run_campaign ON matching_run (campaign_id, id);

-- A candidate shown to an employer for a contract, under his token. `first_choice`: the engine's own
-- assignment that leaves the fewest places empty. Reserves are not shown until they are called.
CREATE TABLE proposal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    run_id bigint NOT NULL REFERENCES matching_run,
    contract_id bigint NOT NULL REFERENCES contract,
    org_id bigint NOT NULL REFERENCES org, -- the employer
    candidate_id bigint NOT NULL REFERENCES candidate,
    rank int NOT NULL CHECK (rank >= 1),
    first_choice boolean NOT NULL,
    score int NOT NULL CHECK (score BETWEEN 0 AND 1000),
    result_points int NOT NULL,
    experience_points int NOT NULL,
    language_points int NOT NULL,
    return_points int NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'accepted', 'refused', 'reserve', 'lapsed')),
    reason text CHECK (reason IN ('experience', 'result', 'language', 'dates', 'need_changed', 'contract_full',
                                  'bound_elsewhere', 'new_run', 'withdrawn')),
    decided_by bigint REFERENCES account,
    decided_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT proposal_once UNIQUE (run_id, contract_id, candidate_id),
    CONSTRAINT refusal_needs_reason CHECK (state <> 'refused' OR reason IS NOT NULL)
);
CREATE UNIQUE INDEX proposal_live ON proposal (contract_id, candidate_id)
    WHERE state IN ('proposed', 'reserve', 'accepted');
CREATE INDEX proposal_contract ON proposal (contract_id, rank);
CREATE INDEX proposal_candidate ON proposal (candidate_id) WHERE state IN ('proposed', 'reserve');
CREATE INDEX proposal_org ON proposal (org_id, id) WHERE state = 'proposed';
CREATE INDEX proposal_campaign ON proposal (campaign_id, id);
