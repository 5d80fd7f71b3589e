-- Diplomas and work certificates that a candidate shows: what they say, never a picture. They are no part of
-- selection (tests by simulation are); they are kept because forged ones are sold.

-- Who may have issued one: schools, offices, employers that the partner services know.
CREATE TABLE certificate_issuer (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    country char(2) NOT NULL REFERENCES country,
    name text NOT NULL CHECK (length(name) BETWEEN 2 AND 200),
    source text NOT NULL CHECK (length(source) BETWEEN 1 AND 300),
    UNIQUE (country, name)
);

CREATE TABLE certificate (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    candidate_id bigint NOT NULL REFERENCES candidate,
    kind text NOT NULL CHECK (kind IN ('diploma', 'work')),
    issuer text NOT NULL CHECK (length(issuer) BETWEEN 2 AND 200),
    serial text CHECK (length(serial) BETWEEN 2 AND 40),
    first_day date NOT NULL, -- of the study or the work
    last_day date NOT NULL,
    months int NOT NULL DEFAULT 0 CHECK (months BETWEEN 0 AND 600), -- of experience that it claims
    file_hash bytea CHECK (length(file_hash) = 32), -- SHA-256 of the scan, which is not kept
    recorded_by bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT ends_before_start CHECK (last_day >= first_day)
);
CREATE INDEX certificate_candidate ON certificate (candidate_id, id);
CREATE INDEX certificate_file ON certificate (file_hash) WHERE file_hash IS NOT NULL;
CREATE INDEX certificate_serial ON certificate (lower(issuer), serial) WHERE serial IS NOT NULL;

-- Thresholds of the signals. No law gives them: they are the office's.
INSERT INTO screening_setting (code, value, meaning) VALUES
    ('unknown_serials', 20, 'Questions about contracts that do not exist, from one country within the days of a campaign, from which its partner service is told'),
    ('rebound_most', 5, 'Workers replaced by one employer in a campaign, from which a case opens'),
    ('rebound_days', 3, 'Days after binding within which a replacement counts as hasty'),
    ('work_places_most', 12, 'Communes in which one employer has people work, from which a case opens'),
    ('demand_percent', 300, 'Places asked in per cent of the last campaign''s, above which a request is looked at'),
    ('fee_same_entry', 5, 'Candidates entered by one account who say that money was asked, from which a case opens'),
    ('generous_points', 15, 'Hundredths of the maximum by which a marker''s mean may pass that of the other markers of the same exercise'),
    ('generous_marks', 20, 'Marks of one marker on one exercise, from which his mean is compared'),
    ('marks_a_minute', 60, 'Marks entered by one account within a minute, from which a case opens'),
    ('night_approvals', 5, 'Approvals of one account between 22 and 5 o''clock of one night, from which a case opens'),
    ('leak_points', 20, 'Hundredths of the maximum by which an exercise may rise from one session to the next at a site'),
    ('leak_seats', 8, 'Candidates in each of the two sessions, from which they are compared'),
    ('certificate_months', 36, 'Months of claimed experience with which a result below half of the maximum is looked at');
