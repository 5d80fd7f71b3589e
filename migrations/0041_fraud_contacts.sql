-- What employers who are one behind several names have in common, and the question about money asked three
-- times: at entry (candidate.fee_asked), at arrival and at return.

-- Telephone, e-mail, IBAN and social insurance number (MSA) only as keyed digests: enough to see that two
-- employers share one, and nothing to read. The office's address is in the public register.
CREATE TABLE org_contact (
    org_id bigint PRIMARY KEY REFERENCES org,
    phone_key bytea CHECK (length(phone_key) = 16),
    email_key bytea CHECK (length(email_key) = 16),
    iban_key bytea CHECK (length(iban_key) = 16),
    msa_key bytea CHECK (length(msa_key) = 16),
    office_address text CHECK (length(office_address) BETWEEN 3 AND 200),
    recorded_by bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Asked by somebody who is not of the employer, and never shown to him.
CREATE TABLE fee_answer (
    placement_id bigint NOT NULL REFERENCES placement,
    moment text NOT NULL CHECK (moment IN ('arrival', 'return')),
    campaign_id bigint NOT NULL REFERENCES campaign,
    asked boolean NOT NULL,
    amount numeric(12, 2) CHECK (amount >= 0),
    payee text CHECK (length(payee) BETWEEN 1 AND 200),
    account_id bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT fee_answered PRIMARY KEY (placement_id, moment),
    CONSTRAINT fee_without_answer CHECK (asked OR (amount IS NULL AND payee IS NULL))
);
CREATE INDEX fee_answer_campaign ON fee_answer (campaign_id) WHERE asked;

INSERT INTO screening_setting (code, value, meaning) VALUES
    ('rebound_agent', 5, 'Workers whom one account both bound and replaced within the hasty days, from which a case opens');
