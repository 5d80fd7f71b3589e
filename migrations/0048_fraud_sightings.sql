-- What the chain of identities, the work place, the fee and the excuse leave behind, so that a rule can see it.

-- The document that somebody shows at the test, the medical examination, departure and return: its number only as
-- the digest that an entry has (candidate.passport_key), and whether it shows him. The document that counts is
-- the one of the entry, or the last replacement that was declared.
CREATE TABLE document_seen (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    candidate_id bigint NOT NULL REFERENCES candidate,
    moment text NOT NULL CHECK (moment IN ('test', 'medical', 'departure', 'return')),
    day date NOT NULL,
    document_key bytea NOT NULL CHECK (length(document_key) = 16),
    holder_same boolean NOT NULL, -- name, birth date and sex are those of the file
    photo_same boolean NOT NULL,
    replaces text CHECK (replaces IN ('renewed', 'lost', 'stolen', 'damaged')), -- why another document, when that was declared
    account_id bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX document_seen_candidate ON document_seen (candidate_id, id);

-- Where a worker was seen at work, by whom. Never shown to the employer: the worker may have said it.
CREATE TABLE work_seen (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    placement_id bigint NOT NULL REFERENCES placement,
    day date NOT NULL,
    commune text NOT NULL REFERENCES commune,
    source text NOT NULL CHECK (source IN ('inspection', 'desk', 'worker')),
    account_id bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX work_seen_placement ON work_seen (placement_id, id);
CREATE INDEX work_seen_campaign ON work_seen (campaign_id);

-- Who asked for money can be reached by telephone: a digest, as an employer's (org_contact.phone_key), so that the
-- two can be compared. The place is the village or town where it was asked.
ALTER TABLE candidate
    ADD fee_phone_key bytea CHECK (length(fee_phone_key) = 16),
    ADD fee_place text CHECK (length(fee_place) BETWEEN 2 AND 120);
ALTER TABLE fee_answer
    ADD id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD phone_key bytea CHECK (length(phone_key) = 16),
    ADD place text CHECK (length(place) BETWEEN 2 AND 120),
    DROP CONSTRAINT fee_without_answer,
    ADD CONSTRAINT fee_without_answer
        CHECK (asked OR (amount IS NULL AND payee IS NULL AND phone_key IS NULL AND place IS NULL));

-- Since when somebody is excused. Older rows: since they were recorded.
ALTER TABLE return_exception
    ADD from_day date,
    ADD CONSTRAINT ends_before_start CHECK (until >= from_day);

INSERT INTO screening_setting (code, value, meaning) VALUES
    ('work_seen_near', 3, 'Days on which workers of one contract were seen in another commune of its department, from which a case opens; in another department one is enough'),
    ('fee_same_phone', 3, 'Candidates who name one telephone of who asked for money, from which a case opens'),
    ('fee_same_place', 3, 'Candidates entered by one account who were asked for money in one place, from which a case opens'),
    ('sealed_edits', 3, 'Candidates of one run''s list whom one account changed after its inputs were frozen, from which a case opens'),
    ('exit_missing_most', 5, 'Returns at the desk by one account without any trace of leaving France, from which they are looked at'),
    ('exit_missing_percent', 50, 'Share of its returns at the desk, in per cent, from which a case opens then'),
    ('excused_margin_days', 7, 'Last days of an excuse in which work or travel is no contradiction');
