-- Placements: one row per worker and contract place, the facts that moved it, and the worker's stays.

CREATE TABLE placement (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    contract_id bigint NOT NULL REFERENCES contract,
    place_no int NOT NULL,
    proposal_id bigint REFERENCES proposal,
    candidate_id bigint NOT NULL REFERENCES candidate,
    worker_id bigint NOT NULL REFERENCES worker,
    org_id bigint NOT NULL REFERENCES org, -- the employer
    service_id bigint NOT NULL REFERENCES org, -- the partner service, whose quota it uses
    first_day date NOT NULL,
    last_day date NOT NULL,
    return_due date NOT NULL, -- last day + travel days, never past six months in twelve
    ended_on date, -- the real last day of work
    departed_on date,
    returned_on date,
    excepted_until date, -- a confirmed exception holds until then
    state text NOT NULL DEFAULT 'bound' CHECK (state IN (
        'bound', 'authorised', 'convoked', 'fit', 'visa', 'ready',
        'departed', 'arrived', 'working', 'suspended', 'abandon_reported', 'missing', 'ended',
        'returned_verified', 'returned_late', 'returned_declared', 'extended', 'transferred',
        'status_changed', 'exception', 'non_return_proposed', 'non_return_confirmed',
        'unfit', 'visa_refused', 'withdrawn', 'replaced', 'lot_cancelled', 'no_show')),
    complaints_open int NOT NULL DEFAULT 0 CHECK (complaints_open >= 0),
    overstay_days int NOT NULL DEFAULT 0 CHECK (overstay_days >= 0),
    version bigint NOT NULL DEFAULT 1,
    bound_by bigint NOT NULL REFERENCES account,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ends_before_start CHECK (last_day >= first_day),
    CONSTRAINT returns_before_end CHECK (return_due >= last_day)
);
-- A candidate is bound once at a time.
CREATE UNIQUE INDEX candidate_bound ON placement (candidate_id) WHERE state IN (
    'bound', 'authorised', 'convoked', 'fit', 'visa', 'ready', 'departed', 'arrived', 'working',
    'suspended', 'abandon_reported', 'missing');
CREATE INDEX placement_campaign ON placement (campaign_id, id);
CREATE INDEX placement_org ON placement (org_id, campaign_id, id);
CREATE INDEX placement_service ON placement (service_id, campaign_id, id);
CREATE INDEX placement_contract ON placement (contract_id);
CREATE INDEX placement_candidate ON placement (candidate_id);
CREATE INDEX placement_worker ON placement (worker_id);
CREATE INDEX placement_state ON placement (campaign_id, state, return_due);
ALTER TABLE contract_place ADD CONSTRAINT contract_place_placement
    FOREIGN KEY (placement_id) REFERENCES placement;

-- What a fact does to a placement: (state, fact) -> state. server/placement/moves.c has the same
-- table; a test compares them. A fact that is in no row for a state is refused there.
CREATE TABLE placement_move (
    state text NOT NULL,
    kind text NOT NULL,
    next text NOT NULL,
    PRIMARY KEY (state, kind)
);

-- Which role may state which kind of fact.
CREATE TABLE placement_fact_kind (
    kind text PRIMARY KEY CHECK (kind ~ '^[a-z_]+$'),
    roles text[] NOT NULL,
    needs_note boolean NOT NULL DEFAULT false
);

-- Everything external is a recorded fact with its source, author and date (there is no live link to
-- the authorisation platform, the consulates or the carriers). Append-only: a wrong fact is answered
-- by another one.
CREATE TABLE placement_fact (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    placement_id bigint NOT NULL REFERENCES placement,
    kind text NOT NULL,
    day date NOT NULL, -- when it happened
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 80), -- who or what said so; a contact's channel
    note text CHECK (length(note) <= 500),
    from_state text NOT NULL,
    to_state text NOT NULL,
    account_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX placement_fact_placement ON placement_fact (placement_id, id);
CREATE INDEX placement_fact_campaign ON placement_fact (campaign_id, id);

-- The days a worker spends in France on seasonal work, with all employers and in all campaigns, also
-- those known from elsewhere (an earlier card). Six months in any twelve (CESEDA L.421-34; directive
-- 2014/36/EU art. 14): the exclusion constraint keeps stays apart, the trigger of 09_placements.sql
-- counts them.
CREATE TABLE worker_stay (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    worker_id bigint NOT NULL REFERENCES worker,
    campaign_id bigint NOT NULL REFERENCES campaign, -- whose variant of the rule is asked
    placement_id bigint CONSTRAINT stay_once UNIQUE REFERENCES placement, -- NULL: known from elsewhere
    period daterange NOT NULL CHECK (NOT isempty(period) AND lower(period) IS NOT NULL AND upper(period) IS NOT NULL),
    source text NOT NULL DEFAULT 'placement' CHECK (length(source) BETWEEN 1 AND 80),
    recorded_by bigint NOT NULL DEFAULT 0,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT stay_overlap EXCLUDE USING gist (worker_id WITH =, period WITH &&)
);
