-- The steps of the method before the analysis and beside the test: the diagnosis with the employer (step 1), the
-- information meeting (5) and the employer's interview (7). Of each its day, its source and its author; nothing that
-- was said.

CREATE TABLE diagnosis (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id bigint NOT NULL REFERENCES org, -- the employer
    rome text NOT NULL REFERENCES rome_code,
    held_on date NOT NULL,
    posts int NOT NULL CHECK (posts BETWEEN 1 AND 5000), -- that the employer wants to fill
    source text NOT NULL CHECK (source IN ('visit', 'meeting', 'call', 'letter')),
    finding text NOT NULL CHECK (finding IN ('simulation', 'other_means', 'later')),
    account_id bigint NOT NULL REFERENCES account,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX diagnosis_org ON diagnosis (org_id);
CREATE INDEX diagnosis_rome ON diagnosis (rome);

CREATE TABLE session_meeting (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id bigint NOT NULL REFERENCES test_session,
    held_on date NOT NULL,
    site text NOT NULL CHECK (length(site) BETWEEN 1 AND 200),
    came int NOT NULL CHECK (came BETWEEN 0 AND 1000), -- candidates: a number and nothing else
    employer_there boolean NOT NULL,
    account_id bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX session_meeting_session ON session_meeting (session_id);

ALTER TABLE proposal
    ADD interviewed_on date,
    ADD interview_channel text CHECK (interview_channel IN ('on_site', 'video', 'phone')),
    ADD interview_noted_by bigint REFERENCES account,
    ADD CONSTRAINT proposal_interview CHECK (num_nulls(interviewed_on, interview_channel, interview_noted_by) IN (0, 3));
