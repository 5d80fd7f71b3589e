-- Anonymous contracts: a number of places on terms, naming nobody. The person comes later, by binding.

CREATE SEQUENCE contract_serial AS bigint MAXVALUE 9999999 CYCLE;

CREATE TABLE contract (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    org_id bigint NOT NULL REFERENCES org, -- the employer
    import_id bigint REFERENCES import_batch,
    employer_ref text CHECK (length(employer_ref) BETWEEN 1 AND 60), -- the employer's own number
    serial text NOT NULL CONSTRAINT contract_serial_taken UNIQUE, -- AC-2027-0001234
    -- 6 random characters: who knows the serial cannot guess it, so the check page answers only to
    -- those who hold the contract.
    check_code text NOT NULL CHECK (check_code ~ '^[0-9A-HJKMNP-TV-Z]{6}$'),
    state text NOT NULL DEFAULT 'draft'
        CHECK (state IN ('draft', 'submitted', 'approved', 'refused', 'withdrawn', 'filled')),
    places int NOT NULL CHECK (places BETWEEN 1 AND 500),
    taken int NOT NULL DEFAULT 0 CHECK (taken >= 0),
    named_returnees int NOT NULL DEFAULT 0 CHECK (named_returnees >= 0), -- how many are wanted back

    first_day date NOT NULL,
    last_day date NOT NULL,
    tolerance_days int NOT NULL DEFAULT 0 CHECK (tolerance_days BETWEEN 0 AND 15), -- either side
    rome text NOT NULL REFERENCES rome_code,
    crop text NOT NULL CHECK (length(crop) BETWEEN 1 AND 60),
    variety text CHECK (length(variety) <= 60),
    hectares numeric(8, 2) CHECK (hectares BETWEEN 0 AND 100000),
    tasks text NOT NULL CHECK (length(tasks) BETWEEN 1 AND 2000),
    profile_id bigint, -- references profile since 0006
    experience_months int NOT NULL DEFAULT 0 CHECK (experience_months BETWEEN 0 AND 240),
    commune text NOT NULL REFERENCES commune, -- main work place
    site_address text CHECK (length(site_address) <= 200),
    weekly_hours numeric(4, 1) NOT NULL CHECK (weekly_hours BETWEEN 1 AND 48),
    work_pattern text CHECK (length(work_pattern) <= 200),
    night_work boolean NOT NULL DEFAULT false,
    sunday_work boolean NOT NULL DEFAULT false,
    pay_kind text NOT NULL DEFAULT 'hour' CHECK (pay_kind IN ('hour', 'month', 'piece')),
    hourly_wage numeric(12, 2) NOT NULL CHECK (hourly_wage BETWEEN 1 AND 200), -- the floor, whatever the kind
    piece_rate text CHECK (length(piece_rate) <= 120),
    collective_agreement text CHECK (length(collective_agreement) <= 120),
    language text CHECK (language ~ '^[a-z]{2}$'), -- of instruction on the farm, ISO 639-1
    meals text NOT NULL DEFAULT 'none' CHECK (meals IN ('none', 'provided', 'paid')),
    transport text NOT NULL DEFAULT 'none' CHECK (transport IN ('none', 'from_port', 'from_airport', 'both')),
    driving boolean NOT NULL DEFAULT false,
    demands text CHECK (length(demands) <= 500), -- physical demands
    equipment text CHECK (length(equipment) <= 500), -- protective equipment given

    housing_kind text NOT NULL DEFAULT 'none' CHECK (housing_kind IN ('none', 'employer', 'third_party')),
    housing_address text CHECK (length(housing_address) <= 200),
    housing_commune text REFERENCES commune,
    housing_basins int NOT NULL DEFAULT 0 CHECK (housing_basins BETWEEN 0 AND 500),
    housing_showers int NOT NULL DEFAULT 0 CHECK (housing_showers BETWEEN 0 AND 500),
    housing_toilets int NOT NULL DEFAULT 0 CHECK (housing_toilets BETWEEN 0 AND 500),
    housing_eating_m2 numeric(6, 2) NOT NULL DEFAULT 0 CHECK (housing_eating_m2 BETWEEN 0 AND 5000),
    housing_bunks boolean NOT NULL DEFAULT false,
    housing_rent numeric(12, 2) NOT NULL DEFAULT 0 CHECK (housing_rent BETWEEN 0 AND 2000), -- euros a week

    proof_kind text CHECK (proof_kind IN ('offer', 'shortage')),
    proof_reference text CHECK (length(proof_reference) <= 80), -- number of the published offer
    proof_publisher text CHECK (length(proof_publisher) <= 80),
    proof_from date,
    proof_to date,

    submitted_at timestamptz,
    submitted_on date,
    due_on date, -- the decision is due
    decided_by bigint, -- account
    decided_at timestamptz,
    reason text CHECK (length(reason) <= 1000), -- of a refusal or a withdrawal
    version bigint NOT NULL DEFAULT 1,
    created_by bigint, -- account
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),

    CONSTRAINT places_taken CHECK (taken <= places),
    CONSTRAINT more_returnees_than_places CHECK (named_returnees <= places),
    CONSTRAINT ends_before_start CHECK (last_day >= first_day),
    CONSTRAINT refused_needs_reason CHECK (state <> 'refused' OR reason IS NOT NULL),
    CONSTRAINT submitted_has_dates CHECK (state NOT IN ('submitted', 'approved', 'refused', 'filled')
        OR (submitted_on IS NOT NULL AND due_on IS NOT NULL))
);
CREATE INDEX contract_campaign ON contract (campaign_id, id);
CREATE INDEX contract_org ON contract (org_id, campaign_id, id);
CREATE INDEX contract_queue ON contract (due_on, id) WHERE state = 'submitted';
-- Re-import: the employer's own number names one contract of a campaign.
CREATE UNIQUE INDEX employer_ref_used ON contract (campaign_id, org_id, employer_ref);
-- Screening asks which contracts house their people at one address.
CREATE INDEX contract_housing_place ON contract (housing_commune, lower(housing_address))
    WHERE housing_kind <> 'none';

CREATE TABLE contract_room (
    contract_id bigint NOT NULL REFERENCES contract ON DELETE CASCADE,
    seq int NOT NULL CHECK (seq BETWEEN 1 AND 200),
    area_m2 numeric(6, 2) NOT NULL CHECK (area_m2 BETWEEN 1 AND 1000),
    occupants int NOT NULL CHECK (occupants BETWEEN 1 AND 50),
    sex text NOT NULL CHECK (sex IN ('women', 'men')),
    PRIMARY KEY (contract_id, seq)
);

-- Work places besides contract.commune: the law wants each of them.
CREATE TABLE contract_site (
    contract_id bigint NOT NULL REFERENCES contract ON DELETE CASCADE,
    commune text NOT NULL REFERENCES commune,
    PRIMARY KEY (contract_id, commune)
);

-- One row a place, made on approval; binding takes a row, so a place cannot be taken twice.
CREATE TABLE contract_place (
    contract_id bigint NOT NULL REFERENCES contract,
    campaign_id bigint NOT NULL REFERENCES campaign,
    place_no int NOT NULL CHECK (place_no >= 1),
    placement_id bigint,
    PRIMARY KEY (contract_id, place_no),
    CONSTRAINT place_taken UNIQUE (placement_id)
);
CREATE INDEX contract_place_free ON contract_place (contract_id, place_no) WHERE placement_id IS NULL;

-- How often the public check page was asked, by day and answer: many unknown serials in a region are
-- the trace of sold false contracts. No address, no person.
CREATE TABLE contract_check (
    day date NOT NULL,
    country char(2) NOT NULL DEFAULT 'ZZ', -- as the asker says
    answer text NOT NULL CHECK (answer IN ('real', 'withdrawn', 'unknown')),
    count bigint NOT NULL DEFAULT 1,
    PRIMARY KEY (day, country, answer)
);
