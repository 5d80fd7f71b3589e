-- Documents, second part: settings of the office, daily limits, withdrawals by two persons, batches.

-- No source gives a figure for these: settings of the office, not law.
CREATE TABLE document_setting (
    code text PRIMARY KEY,
    value int NOT NULL CHECK (value BETWEEN 1 AND 1000000),
    meaning text NOT NULL,
    version bigint NOT NULL DEFAULT 1
);
INSERT INTO document_setting (code, value, meaning) VALUES
    ('day_limit', 2000, 'Documents that one officer may issue in a day, all kinds together'),
    ('record_years', 5, 'Years for which a season record is valid (directive 2014/36/EU art. 16 looks back five years)');

-- What each account issued in a day. A counter with a CHECK, moved in the transaction that issues:
-- counting documents instead lets two transactions that do not see each other pass the limit.
CREATE TABLE document_quota (
    account_id bigint NOT NULL,
    day date NOT NULL,
    used int NOT NULL CHECK (used >= 0),
    most int NOT NULL,
    PRIMARY KEY (account_id, day),
    CONSTRAINT document_limit CHECK (used <= most)
);

-- The second language of the paper, by the country of the service that presented the worker; French
-- alone where it is not named. The labels exist in these languages only.
CREATE TABLE document_language (
    country char(2) PRIMARY KEY,
    lang text NOT NULL CHECK (lang IN ('ar', 'en', 'ka')),
    version bigint NOT NULL DEFAULT 1
);
INSERT INTO document_language (country, lang) VALUES ('MA', 'ar'), ('TN', 'ar'), ('DZ', 'ar'), ('GE', 'ka'),
    ('AL', 'en'), ('AM', 'en'), ('AZ', 'en'), ('BA', 'en'), ('IN', 'en'), ('MD', 'en'), ('ME', 'en'), ('MK', 'en'),
    ('PH', 'en'), ('RS', 'en'), ('TR', 'en'), ('UA', 'en'), ('XK', 'en');

-- Why a document is suspended decides who lifts it: a person's suspension is a person's to lift, a
-- fraud case's ends with the case, a proposed withdrawal ends with the second person.
ALTER TABLE document ADD COLUMN cause text CHECK (cause IN ('person', 'hold', 'withdrawal')),
    ADD CONSTRAINT document_cause CHECK ((state = 'suspended') = (cause IS NOT NULL));
CREATE INDEX document_ends ON document (campaign_id, placement_id) WHERE kind = 1 AND state <> 'revoked';

-- Grounds for withdrawing. Grave ones say that somebody did wrong, so they need two persons.
CREATE TABLE document_ground (
    code text PRIMARY KEY CHECK (code ~ '^[a-z_]{3,40}$'),
    grave boolean NOT NULL
);
INSERT INTO document_ground (code, grave) VALUES
    ('wrong_data', false), ('lost', false), ('stolen', false), ('season_changed', false), ('other', false),
    ('forged_papers', true), ('fraud', true), ('employer_excluded', true);

CREATE TABLE document_withdrawal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    document_id bigint NOT NULL REFERENCES document,
    ground text NOT NULL REFERENCES document_ground,
    grave boolean NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 3 AND 500),
    proposed_by bigint NOT NULL REFERENCES account,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decision text CHECK (decision IN ('confirmed', 'dropped')),
    decided_by bigint REFERENCES account,
    decided_at timestamptz,
    CONSTRAINT second_person_needed
        CHECK (decision IS DISTINCT FROM 'confirmed' OR NOT grave OR decided_by <> proposed_by),
    CHECK (num_nonnulls(decision, decided_by, decided_at) IN (0, 3))
);
CREATE UNIQUE INDEX document_withdrawal_open ON document_withdrawal (document_id) WHERE decision IS NULL;
CREATE INDEX document_withdrawal_document ON document_withdrawal (document_id, id);

-- A batch: the documents of a campaign's (or one contract's) placements, issued by the server in the
-- background. What is left to do is here and nowhere else, so a server that dies loses nothing: the next
-- one takes the batch when the lease has run out.
CREATE TABLE document_batch (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    contract_id bigint REFERENCES contract,
    kind int NOT NULL CHECK (kind IN (1, 3)),
    account_id bigint NOT NULL REFERENCES account, -- in whose name it issues
    org_id bigint NOT NULL REFERENCES org,
    role text NOT NULL,
    anew boolean NOT NULL DEFAULT false, -- for those that have one: after a key was stolen
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done', 'stopped')),
    total int NOT NULL CHECK (total > 0),
    issued int NOT NULL DEFAULT 0 CHECK (issued >= 0),
    refused int NOT NULL DEFAULT 0 CHECK (refused >= 0),
    stopped_by text CHECK (length(stopped_by) BETWEEN 1 AND 60), -- the code of the refusal that stopped it
    runner text, -- who works at it, until lease_until by PostgreSQL's own clock
    lease_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT batch_counts CHECK (issued + refused <= total),
    CHECK ((state = 'stopped') = (stopped_by IS NOT NULL))
);
CREATE UNIQUE INDEX document_batch_open ON document_batch (campaign_id, kind) WHERE state IN ('waiting', 'running');
CREATE INDEX document_batch_campaign ON document_batch (campaign_id, id);

CREATE TABLE document_batch_item (
    batch_id bigint NOT NULL REFERENCES document_batch,
    placement_id bigint NOT NULL REFERENCES placement,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'issued', 'refused')),
    document_id bigint REFERENCES document,
    refused_by text CHECK (length(refused_by) BETWEEN 1 AND 60), -- the code of the refusal
    PRIMARY KEY (batch_id, placement_id),
    CONSTRAINT batch_item_once UNIQUE (document_id),
    CHECK ((state = 'issued') = (document_id IS NOT NULL)),
    CHECK ((state = 'refused') = (refused_by IS NOT NULL))
);
CREATE INDEX document_batch_waiting ON document_batch_item (batch_id, placement_id) WHERE state = 'waiting';
CREATE INDEX document_batch_item_placement ON document_batch_item (placement_id);
