-- Returns: evidence with its grade, exceptions, and the finding of non-return.

-- No source gives a figure for these: settings of the office, not law.
CREATE TABLE returns_setting (
    code text PRIMARY KEY,
    value int NOT NULL CHECK (value >= 0),
    meaning text NOT NULL
);
INSERT INTO returns_setting (code, value, meaning) VALUES
    ('contact_attempts', 3, 'Attempts to reach a worker before his non-return may be proposed'),
    ('contact_channels', 2, 'Different channels that these attempts must have used'),
    ('priority_years', 5, 'Years for which a clean return gives priority (directive 2014/36/EU art. 16)');

-- Grades: A in person at an OFII desk, A- in person at a partner service's desk, B border or carrier
-- record, C copy sent from afar, D somebody's word. Only A, A- and an original B verify a return; two
-- C of different kinds make it declared; D never does anything but be kept.
CREATE TABLE return_evidence (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    placement_id bigint NOT NULL REFERENCES placement,
    grade text NOT NULL CHECK (grade IN ('A', 'A-', 'B', 'C', 'D')),
    kind text NOT NULL,
    day date NOT NULL, -- of the presence, the stamp, the journey
    exit_day date, -- of leaving France, when the evidence shows it
    original boolean NOT NULL DEFAULT false,
    person_present boolean NOT NULL DEFAULT false,
    identity_checked boolean NOT NULL DEFAULT false,
    found_by text CHECK (found_by IN ('document', 'serial', 'passport', 'list')),
    note text CHECK (length(note) <= 500),
    org_id bigint NOT NULL REFERENCES org, -- whose desk
    account_id bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT desk_needs_presence
        CHECK (grade NOT IN ('A', 'A-') OR (person_present AND identity_checked)),
    CONSTRAINT evidence_kind_of_grade CHECK (CASE grade
        WHEN 'A' THEN kind = 'desk'
        WHEN 'A-' THEN kind = 'desk'
        WHEN 'B' THEN kind IN ('exit_stamp', 'border_certificate', 'carrier_manifest')
        WHEN 'C' THEN kind IN ('stamp_copy', 'ticket_copy', 'entry_stamp_copy', 'photo')
        ELSE kind IN ('employer_statement', 'family_statement', 'association_statement', 'phone_call') END)
);
CREATE INDEX return_evidence_placement ON return_evidence (placement_id, id);
CREATE INDEX return_evidence_campaign ON return_evidence (campaign_id, id);

-- A lawful reason not to come back yet: a document, its issuer, an end date and a second person.
CREATE TABLE return_exception (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    placement_id bigint NOT NULL REFERENCES placement,
    kind text NOT NULL CHECK (kind IN ('extension', 'transfer', 'status_change', 'pending_application',
        'other_legal_stay', 'protection', 'hospital', 'work_accident', 'maternity', 'death', 'detention',
        'force_majeure', 'lost_passport', 'returned_elsewhere', 'left_early')),
    document text NOT NULL CHECK (length(document) BETWEEN 1 AND 200),
    issuer text NOT NULL CHECK (length(issuer) BETWEEN 1 AND 200),
    until date,
    state text NOT NULL DEFAULT 'recorded' CHECK (state IN ('recorded', 'confirmed', 'rejected')),
    recorded_by bigint NOT NULL REFERENCES account,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    confirmed_by bigint REFERENCES account,
    confirmed_at timestamptz,
    CONSTRAINT second_person_needed CHECK (confirmed_by IS NULL OR confirmed_by <> recorded_by),
    CONSTRAINT exception_needs_end CHECK (until IS NOT NULL OR kind IN ('status_change', 'death', 'transfer',
        'returned_elsewhere', 'left_early', 'other_legal_stay')),
    CHECK ((state = 'recorded') = (confirmed_by IS NULL))
);
CREATE UNIQUE INDEX return_exception_open ON return_exception (placement_id) WHERE state = 'recorded';
CREATE INDEX return_exception_campaign ON return_exception (campaign_id, id);

-- Non-return is proposed by one person and decided by another, never by a date alone.
CREATE TABLE non_return (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    placement_id bigint NOT NULL REFERENCES placement,
    from_state text NOT NULL, -- where a rejected proposal goes back to
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    proposed_by bigint NOT NULL REFERENCES account,
    proposed_on date NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decision text CHECK (decision IN ('confirmed', 'rejected', 'overtaken')), -- overtaken: he came back meanwhile
    decision_reason text CHECK (length(decision_reason) BETWEEN 1 AND 500),
    decided_by bigint REFERENCES account,
    decided_on date,
    decided_at timestamptz,
    CONSTRAINT second_person_needed
        CHECK (decided_by IS NULL OR decided_by <> proposed_by OR decision = 'overtaken'),
    CHECK (num_nulls(decision, decision_reason, decided_by, decided_on, decided_at) IN (0, 5))
);
CREATE UNIQUE INDEX non_return_open ON non_return (placement_id) WHERE decision IS NULL;
CREATE INDEX non_return_campaign ON non_return (campaign_id, id);
