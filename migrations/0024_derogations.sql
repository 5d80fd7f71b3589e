-- Derogations from six months in twelve, transfers to another employer, corrections of recorded days.

-- The register: a dated text of the authorities that lets some stays be longer for a while (2020: six months
-- became nine; directive 2014/36/EU art. 14 lets a state go up to nine). Two officers sign what it says. A row
-- is never changed; it ends by its last day, or is revoked from a day on.
CREATE TABLE derogation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    legal_source text NOT NULL CHECK (length(legal_source) BETWEEN 1 AND 1000),
    from_day date NOT NULL, -- days in France that it covers
    to_day date NOT NULL,
    most_months int CHECK (most_months BETWEEN 7 AND 9),
    most_days int CHECK (most_days BETWEEN 184 AND 274),
    -- scope: what is NULL is not asked
    campaign_id bigint REFERENCES campaign,
    country char(2) REFERENCES country, -- of the partner service
    rome text REFERENCES rome_code,
    crop text CHECK (length(crop) BETWEEN 1 AND 80),
    department text REFERENCES department, -- of the work place
    workers_named boolean NOT NULL DEFAULT false, -- only those of derogation_worker
    sha256 bytea NOT NULL CHECK (length(sha256) = 32), -- of derogation_text(): what is signed
    proposed_by bigint NOT NULL REFERENCES account,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    signed_by bigint REFERENCES account,
    signed_at timestamptz,
    revoked_from date, -- the first day that it covers no more
    revoke_reason text CHECK (length(revoke_reason) BETWEEN 1 AND 500),
    revoked_by bigint REFERENCES account,
    revoked_at timestamptz,
    -- How often a stay was found lawful by it alone. Moved in the stay's transaction, so that a revocation and
    -- a stay that rests on the derogation never miss each other, at any isolation level.
    uses bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT ends_before_start CHECK (to_day >= from_day),
    CONSTRAINT derogation_too_long CHECK (to_day - from_day < 731),
    CONSTRAINT derogation_most CHECK (num_nonnulls(most_months, most_days) = 1),
    CONSTRAINT second_person_needed CHECK (signed_by IS NULL OR signed_by <> proposed_by),
    CHECK ((signed_by IS NULL) = (signed_at IS NULL)),
    CHECK (num_nulls(revoked_from, revoke_reason, revoked_by, revoked_at) IN (0, 4))
);

-- The workers that a derogation names.
CREATE TABLE derogation_worker (
    derogation_id bigint NOT NULL REFERENCES derogation,
    worker_id bigint NOT NULL REFERENCES worker,
    candidate_id bigint NOT NULL REFERENCES candidate, -- by whose token he was named
    PRIMARY KEY (derogation_id, worker_id)
);
CREATE INDEX derogation_worker_worker ON derogation_worker (worker_id);

-- Whose stay was over six months on the day when a derogation was revoked: nobody's is broken silently.
CREATE TABLE derogation_over (
    derogation_id bigint NOT NULL REFERENCES derogation,
    stay_id bigint NOT NULL,
    worker_id bigint NOT NULL REFERENCES worker,
    campaign_id bigint NOT NULL REFERENCES campaign,
    placement_id bigint REFERENCES placement,
    window_first date NOT NULL,
    window_last date NOT NULL,
    units int NOT NULL, -- days, or thirtieths of a month
    most int NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (derogation_id, stay_id)
);
CREATE INDEX derogation_over_worker ON derogation_over (worker_id);

-- A transfer names the contract of the other employer.
ALTER TABLE return_exception ADD COLUMN to_contract_id bigint REFERENCES contract,
    ADD CONSTRAINT exception_contract CHECK (to_contract_id IS NULL OR (kind = 'transfer' AND until IS NOT NULL));

-- Recorded days that were wrong: what they were, what they are, who says so and why.
CREATE TABLE stay_correction (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    stay_id bigint NOT NULL,
    worker_id bigint NOT NULL REFERENCES worker,
    campaign_id bigint NOT NULL REFERENCES campaign,
    placement_id bigint REFERENCES placement,
    was daterange NOT NULL,
    becomes daterange, -- NULL: there was no such stay
    reason text NOT NULL CHECK (length(reason) BETWEEN 10 AND 500),
    account_id bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX stay_correction_stay ON stay_correction (stay_id, id);
CREATE INDEX stay_correction_worker ON stay_correction (worker_id, id);
