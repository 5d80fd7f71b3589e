-- Screening: a rule that hits opens a case with its evidence; a person settles it. Nothing binding
-- happens to a candidate, contract or employer while a blocking case stands.

-- What screening/rules.c declares, for SQL to join (07_screening.sql writes it, a test compares).
CREATE TABLE fraud_rule (
    code text PRIMARY KEY CHECK (code ~ '^[a-z_]+$'),
    severity text NOT NULL CHECK (severity IN ('note', 'serious', 'grave')),
    blocking boolean NOT NULL, -- holds its subject while open or confirmed
    due_days int NOT NULL CHECK (due_days > 0),
    second_person boolean NOT NULL -- settled by two different accounts
);

-- Thresholds are settings of the office, not law.
CREATE TABLE screening_setting (
    code text PRIMARY KEY,
    value int NOT NULL CHECK (value > 0),
    meaning text NOT NULL
);
INSERT INTO screening_setting (code, value, meaning) VALUES
    ('man_days_per_hectare', 120, 'Man-days asked per declared hectare above which a request is disproportionate'),
    ('young_employer_days', 365, 'An employer created fewer days than this before the contract is looked at'),
    ('shared_address_orgs', 1, 'Other employers housing at the same address from which a case opens'),
    ('document_margin_months', 3, 'Months that a passport must outlive the end of the stay'),
    ('stay_days_max', 183, 'Longest stay in days that a contract may ask for');

CREATE TABLE fraud_case (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint REFERENCES campaign,
    rule text NOT NULL REFERENCES fraud_rule,
    severity text NOT NULL CHECK (severity IN ('note', 'serious', 'grave')),
    blocking boolean NOT NULL,
    second_person boolean NOT NULL,
    candidate_id bigint REFERENCES candidate,
    other_candidate_id bigint REFERENCES candidate, -- the second entry of a duplicate
    contract_id bigint REFERENCES contract,
    org_id bigint REFERENCES org,
    placement_id bigint, -- placement comes later
    evidence jsonb NOT NULL DEFAULT '{}', -- codes, ids, dates and numbers; never an identity
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'cleared', 'confirmed')),
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    due_on date NOT NULL,
    owner_id bigint REFERENCES account, -- who took it
    -- a grave case: the first person's proposal, which another must repeat
    proposed text CHECK (proposed IN ('cleared', 'confirmed')),
    proposed_by bigint REFERENCES account,
    proposed_reason text,
    settled_by bigint REFERENCES account,
    settled_at timestamptz,
    reason text,
    kept_id bigint REFERENCES candidate, -- of a confirmed duplicate: the entry that stays
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT kept_is_one_of_two CHECK (kept_id IS NULL OR kept_id IN (candidate_id, other_candidate_id)),
    CONSTRAINT case_has_subject CHECK (num_nonnulls(candidate_id, contract_id, org_id, placement_id) > 0),
    CONSTRAINT case_settled CHECK ((state = 'open') = (settled_by IS NULL) AND (state = 'open') = (reason IS NULL)),
    CONSTRAINT second_person_needed
        CHECK (state = 'open' OR NOT second_person OR (proposed_by IS NOT NULL AND proposed_by <> settled_by))
);
-- One case a finding: the same evidence is not opened again, also after it was cleared.
CREATE UNIQUE INDEX fraud_case_once ON fraud_case
    (rule, coalesce(candidate_id, 0), coalesce(other_candidate_id, 0), coalesce(contract_id, 0),
     coalesce(org_id, 0), coalesce(placement_id, 0), md5(evidence::text));
CREATE INDEX fraud_case_queue ON fraud_case (due_on, id) WHERE state = 'open';
CREATE INDEX fraud_case_candidate ON fraud_case (candidate_id) WHERE candidate_id IS NOT NULL;
CREATE INDEX fraud_case_other ON fraud_case (other_candidate_id) WHERE other_candidate_id IS NOT NULL;
CREATE INDEX fraud_case_contract ON fraud_case (contract_id) WHERE contract_id IS NOT NULL;
CREATE INDEX fraud_case_org ON fraud_case (org_id) WHERE org_id IS NOT NULL;
CREATE INDEX fraud_case_placement ON fraud_case (placement_id) WHERE placement_id IS NOT NULL;
