-- Campaigns and the partner services that recruit for them, each with its quota.

-- No source gives a legal figure for the return deadline, the validity of a test or the notices, so
-- they are parameters of the campaign, with bounds that only keep slips out.
CREATE TABLE campaign (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9-]{1,15}$'),
    season int NOT NULL CHECK (season BETWEEN 2000 AND 2199),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    first_day date NOT NULL, -- first day of work that a contract of the campaign may have
    last_day date NOT NULL, -- last one
    state text NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'open', 'matching', 'season', 'returns', 'closed')),
    candidates_per_place int NOT NULL DEFAULT 3 CHECK (candidates_per_place BETWEEN 1 AND 10),
    decision_days int NOT NULL DEFAULT 15 CHECK (decision_days BETWEEN 1 AND 90),
    checkin_days int NOT NULL DEFAULT 30 CHECK (checkin_days BETWEEN 1 AND 180),
    travel_days int NOT NULL DEFAULT 5 CHECK (travel_days BETWEEN 0 AND 30),
    notice_days int NOT NULL DEFAULT 30 CHECK (notice_days BETWEEN 1 AND 120),
    mrs_validity_days int NOT NULL DEFAULT 730 CHECK (mrs_validity_days BETWEEN 30 AND 1830),
    six_months_variant text NOT NULL DEFAULT 'days_183'
        CHECK (six_months_variant IN ('days_183', 'calendar_months')),
    non_return_after_days int NOT NULL DEFAULT 60 CHECK (non_return_after_days BETWEEN 1 AND 365),
    document_days int NOT NULL DEFAULT 60 CHECK (document_days BETWEEN 0 AND 365),
    opened_at timestamptz,
    closed_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT campaign_code_taken UNIQUE (code),
    CONSTRAINT ends_before_start CHECK (last_day >= first_day),
    CONSTRAINT campaign_too_long CHECK (last_day - first_day <= 400),
    CONSTRAINT non_return_before_checkin CHECK (non_return_after_days >= checkin_days)
);

-- How many placements a partner service may bring about in a campaign, and how many it has. `used` is
-- a counter with a CHECK, moved in the transaction that binds: counting rows in a trigger lets two
-- transactions that do not see each other pass the limit.
CREATE TABLE campaign_service (
    campaign_id bigint NOT NULL REFERENCES campaign,
    org_id bigint NOT NULL REFERENCES org,
    quota int NOT NULL CHECK (quota BETWEEN 0 AND 1000000),
    used int NOT NULL DEFAULT 0 CHECK (used >= 0),
    agreement_id bigint REFERENCES agreement,
    version bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (campaign_id, org_id),
    CONSTRAINT service_quota CHECK (used <= quota)
);
CREATE INDEX campaign_service_org ON campaign_service (org_id);

-- A file that was imported: the same file is not taken twice, and what was wrong with it is kept.
-- The error file repeats the columns of the bad rows; that of a candidate import is sealed.
CREATE TABLE import_batch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    org_id bigint NOT NULL REFERENCES org, -- of the account that sent it
    kind text NOT NULL CHECK (kind IN ('contract', 'candidate')),
    file_hash bytea NOT NULL CHECK (length(file_hash) = 32), -- SHA-256
    rows_ok int NOT NULL DEFAULT 0 CHECK (rows_ok >= 0), -- new records
    rows_same int NOT NULL DEFAULT 0 CHECK (rows_same >= 0), -- rows already there
    rows_bad int NOT NULL DEFAULT 0 CHECK (rows_bad >= 0),
    errors_csv bytea,
    account_id bigint NOT NULL REFERENCES account,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT import_same_file UNIQUE (kind, campaign_id, org_id, file_hash)
);
CREATE INDEX import_batch_campaign ON import_batch (campaign_id, org_id, id);
