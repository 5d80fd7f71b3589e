-- Matching by rule noria-match-2: quotas as capacities, returning workers whom an employer names.

-- Whom an employer wants back, for one of his contracts: somebody who worked for him before and came
-- home in time. By the earlier placement, which is how he knows him; the contract says how many.
CREATE TABLE contract_returnee (
    contract_id bigint NOT NULL REFERENCES contract,
    placement_id bigint NOT NULL REFERENCES placement, -- the earlier one
    worker_id bigint NOT NULL REFERENCES worker,
    org_id bigint NOT NULL REFERENCES org, -- the employer
    account_id bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT returnee_named_once PRIMARY KEY (contract_id, worker_id)
);
CREATE INDEX contract_returnee_worker ON contract_returnee (worker_id);

ALTER TABLE proposal ADD named boolean NOT NULL DEFAULT false;
-- `held_back`: candidates before whom others were taken because their service's quota was used up.
ALTER TABLE matching_run ADD named int NOT NULL DEFAULT 0, ADD held_back int NOT NULL DEFAULT 0;
