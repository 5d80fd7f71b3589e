-- How long data about people are kept, what people ask for, and who is erased.

-- The limits. Parameters of the controller, each with where the figure comes from; `days` NULL: no limit is
-- set and nothing is deleted by it. Codes are the retention words of the register (90_register.sql).
CREATE TABLE retention_limit (
    code text PRIMARY KEY CHECK (code ~ '^[a-z0-9 ]{2,20}$'),
    days int CHECK (days BETWEEN 1 AND 36500),
    begins text NOT NULL, -- what the days are counted from
    source text NOT NULL,
    version bigint NOT NULL DEFAULT 1
);
INSERT INTO retention_limit (code, days, begins, source) VALUES
    ('candidate', 730, 'last contact with a person who was never placed', 'CNIL as reported: at most two years after the last contact with an unsuccessful candidate; to be confirmed by the controller'),
    ('worker', 1826, 'end of the last placement', 'house value: as long as a clean return gives priority (five years); a French employment file is kept 3 years active and 5 archived; the controller decides'),
    ('case', 1826, 'the case was settled', 'house value, no law known'),
    ('import', 30, 'the file was taken', 'house value: the service has its own file'),
    ('30 days', 30, 'the request', 'house rule: a write may be sent again for 30 days'),
    ('session', 1, 'session or token ended', 'house value'),
    ('account', 365, 'the account was disabled', 'house value'),
    ('matching', 1096, 'the campaign was closed', 'house value: complaints about a selection must be answered'),
    ('request', 1826, 'the request was answered', 'house value: proof that a right was answered'),
    ('campaign', NULL, 'the campaign was closed', 'archive of the controller'),
    ('audit', NULL, 'the act', 'the log only grows: leaves hold numbers, acts and typed reasons, no identity'),
    ('party', NULL, 'the party left', 'organisations, not persons'),
    ('in force', NULL, 'replaced by another', 'reference data, not persons');

-- Who was erased, when and why: his rows stay for the balance and say nothing about him.
ALTER TABLE worker
    ADD COLUMN erased_at timestamptz,
    ADD COLUMN erased_for text CHECK (erased_for IN ('request', 'limit')),
    ADD CHECK ((erased_at IS NULL) = (erased_for IS NULL));

-- What a worker asks for, through a desk, a service or by letter. One records it, having made sure who asks;
-- another decides about an erasure.
CREATE TABLE privacy_request (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('access', 'erasure')),
    worker_id bigint NOT NULL REFERENCES worker,
    candidate_id bigint NOT NULL REFERENCES candidate, -- the entry that it was asked from
    received_on date NOT NULL,
    due_on date NOT NULL,
    identified text NOT NULL CHECK (identified IN ('passport', 'document', 'service')), -- how who asks was known
    recorded_by bigint NOT NULL REFERENCES account,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'done', 'refused')),
    rule text, -- of a refusal: the code that the person is told
    reason text CHECK (length(reason) BETWEEN 10 AND 500),
    decided_by bigint REFERENCES account,
    decided_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT erasure_second_person CHECK (kind <> 'erasure' OR decided_by IS NULL OR decided_by <> recorded_by),
    CHECK ((state = 'open') = (decided_by IS NULL) AND (state = 'open') = (decided_at IS NULL)),
    CHECK ((state = 'refused') = (rule IS NOT NULL))
);
CREATE UNIQUE INDEX privacy_request_open ON privacy_request (worker_id, kind) WHERE state = 'open';
CREATE INDEX privacy_request_queue ON privacy_request (due_on, id) WHERE state = 'open';
CREATE INDEX privacy_request_worker ON privacy_request (worker_id);
