-- The simulation bench made whole: calibration with workers in post, forms of an exercise, seats with
-- accommodation, incidents, marks by sample, appeals, packs for sessions without a network.

-- Figures that no source gives: settings of the office, not law.
CREATE TABLE assessment_setting (
    code text PRIMARY KEY CHECK (code ~ '^[a-z_]{3,40}$'),
    value int NOT NULL CHECK (value BETWEEN 0 AND 1000),
    meaning text NOT NULL CHECK (length(meaning) BETWEEN 1 AND 200)
);
INSERT INTO assessment_setting (code, value, meaning) VALUES
    ('calibration_min_panel', 5, 'Workers in post who must have taken every exercise before a threshold is proposed'),
    ('second_mark_percent', 100, 'Share of the seats of a session that a second person marks, in per cent'),
    ('borderline_percent', 5, 'A total this close to the threshold, in per cent of the maximum, is always marked twice'),
    ('appeal_days', 15, 'Days after the closing of a session in which an appeal is filed'),
    ('leak_min_seats', 5, 'Seats of a site below which no pass rate is shown or compared'),
    ('pack_hours', 36, 'Hours after the day of a session within which marks made without a network are dated'),
    ('clock_minutes', 10, 'Minutes by which the clock of a device may be wrong before its marks are refused');

-- --- calibration: workers in post take the exercises, their results propose the threshold ------------
CREATE TABLE calibration (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    profile_id bigint NOT NULL REFERENCES profile,
    org_id bigint NOT NULL REFERENCES org, -- the employer whose workers took part
    held_on date NOT NULL,
    site text NOT NULL CHECK (length(site) BETWEEN 1 AND 200),
    -- copied when it is proposed
    min_panel int NOT NULL DEFAULT 0,
    panel_size int NOT NULL DEFAULT 0,
    total_median numeric(10, 2),
    total_p25 numeric(10, 2),
    pass_total int, -- the threshold proposed
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'proposed', 'signed', 'dropped')),
    assessor_id bigint REFERENCES account,
    assessor_at timestamptz,
    employer_id bigint REFERENCES account,
    employer_at timestamptz,
    created_by bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT second_person_needed CHECK (employer_id IS NULL OR employer_id <> assessor_id),
    CONSTRAINT panel_too_small CHECK (state IN ('open', 'dropped') OR panel_size >= min_panel),
    CHECK ((state = 'signed') = (assessor_id IS NOT NULL AND employer_id IS NOT NULL))
);
CREATE UNIQUE INDEX calibration_open ON calibration (profile_id) WHERE state IN ('open', 'proposed');

-- Of the panel nothing is kept but a number given on the day.
CREATE TABLE calibration_score (
    calibration_id bigint NOT NULL REFERENCES calibration,
    worker_no int NOT NULL CHECK (worker_no BETWEEN 1 AND 60),
    exercise_id bigint NOT NULL REFERENCES exercise,
    points int NOT NULL CHECK (points >= 0),
    PRIMARY KEY (calibration_id, worker_no, exercise_id)
);
-- What the scores gave, an exercise a row, in hundredths of its points.
CREATE TABLE calibration_exercise (
    calibration_id bigint NOT NULL REFERENCES calibration,
    exercise_id bigint NOT NULL REFERENCES exercise,
    median numeric(10, 2) NOT NULL,
    p25 numeric(10, 2) NOT NULL,
    PRIMARY KEY (calibration_id, exercise_id)
);
ALTER TABLE profile ADD calibration_id bigint REFERENCES calibration;

-- --- forms: the same exercise with other material, so that a second sitting is not a repetition ---------
CREATE TABLE exercise_form (
    exercise_id bigint NOT NULL REFERENCES exercise ON DELETE CASCADE,
    form text NOT NULL CHECK (form ~ '^[A-Z]$'),
    note text NOT NULL CHECK (length(note) BETWEEN 3 AND 500), -- what is other in it
    PRIMARY KEY (exercise_id, form)
);
INSERT INTO exercise_form (exercise_id, form, note)
SELECT e.id, f.form, f.note FROM exercise e
CROSS JOIN (VALUES ('A', 'Matériel et ordre d''origine.'),
                   ('B', 'Mêmes critères ; autre matériel, autre ordre, autres valeurs.')) AS f (form, note)
WHERE e.basis = 'example';

ALTER TABLE test_session
    ADD form text NOT NULL DEFAULT 'A' CHECK (form ~ '^[A-Z]$'),
    ADD second_percent int NOT NULL DEFAULT 100 CHECK (second_percent BETWEEN 0 AND 100),
    ADD borderline_percent int NOT NULL DEFAULT 5 CHECK (borderline_percent BETWEEN 0 AND 100),
    ADD calibration_id bigint REFERENCES calibration,
    ADD remark_of bigint REFERENCES test_session; -- marks another session's sheets again, after an appeal

-- Accommodation says what is done, never why.
ALTER TABLE seat
    ADD accommodation text CHECK (accommodation IN ('extra_time', 'large_print', 'read_aloud', 'seated', 'own_equipment',
                                                    'quiet_room', 'breaks')),
    ADD extra_percent int CHECK (extra_percent BETWEEN 1 AND 100),
    ADD second_marked boolean NOT NULL DEFAULT true, -- drawn when the seat is given, or borderline
    ADD remark_of bigint REFERENCES seat,
    ADD CONSTRAINT seat_extra_time CHECK ((accommodation = 'extra_time') IS TRUE = (extra_percent IS NOT NULL));

CREATE TABLE session_incident (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id bigint NOT NULL REFERENCES test_session,
    org_id bigint NOT NULL,
    seat_id bigint REFERENCES seat, -- NULL: all of the session
    kind text NOT NULL CHECK (kind IN ('kit_broken', 'interrupted', 'noise', 'power', 'illness', 'exercise_known', 'other')),
    effect text NOT NULL CHECK (effect IN ('noted', 'void')),
    note text NOT NULL CHECK (length(note) BETWEEN 10 AND 500),
    account_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX session_incident_session ON session_incident (session_id);

-- --- appeals ------------------------------------------------------------------------------------------
CREATE TABLE appeal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seat_id bigint NOT NULL REFERENCES seat,
    session_id bigint NOT NULL,
    campaign_id bigint NOT NULL,
    org_id bigint NOT NULL,     -- who ran the session
    service_id bigint NOT NULL, -- the candidate's service
    token text NOT NULL,
    ground text NOT NULL CHECK (ground IN ('procedure', 'arithmetics', 'accommodation')),
    note text NOT NULL CHECK (length(note) BETWEEN 10 AND 1000),
    filed_on date NOT NULL,
    filed_by bigint NOT NULL,
    due_by date NOT NULL, -- the last day on which it could be filed
    state text NOT NULL DEFAULT 'filed' CHECK (state IN ('filed', 'decided')),
    outcome text CHECK (outcome IN ('uphold', 're_mark', 're_sit')),
    reason text CHECK (length(reason) BETWEEN 10 AND 1000),
    decided_by bigint REFERENCES account,
    decided_on date,
    remark_session bigint REFERENCES test_session,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT appeal_once UNIQUE (seat_id),
    CHECK ((state = 'decided') = (outcome IS NOT NULL AND reason IS NOT NULL AND decided_by IS NOT NULL AND decided_on IS NOT NULL))
);
CREATE INDEX appeal_waiting ON appeal (id) WHERE state = 'filed';

-- --- packs: a session carried to where there is no network ----------------------------------------------
CREATE TABLE session_pack (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    pack text NOT NULL UNIQUE CHECK (pack ~ '^[0-9a-f]{32}$'),
    session_id bigint NOT NULL REFERENCES test_session,
    org_id bigint NOT NULL,
    account_id bigint NOT NULL REFERENCES account, -- who carries it and marks
    digest bytea NOT NULL CHECK (length(digest) = 32), -- of what was signed
    issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    state text NOT NULL DEFAULT 'issued' CHECK (state IN ('issued', 'imported', 'revoked')),
    ended_at timestamptz,
    seats int NOT NULL DEFAULT 0,
    marks int NOT NULL DEFAULT 0,
    clock_offset int, -- seconds that the device was ahead, measured at import
    CHECK ((state = 'issued') = (ended_at IS NULL))
);
CREATE UNIQUE INDEX pack_out ON session_pack (session_id, account_id) WHERE state = 'issued';

-- The business day on which a session was closed: appeals are counted from it.
-- Sessions closed before have none; closed_at counts for them.
ALTER TABLE test_session ADD closed_on date;
