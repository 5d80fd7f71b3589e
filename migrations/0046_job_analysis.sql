-- The analysis of a job where it is done, from which the habiletes of a profile are drawn: step 2 of the method,
-- before the exercises. No law asks for it; that a profile needs one is a figure of the office.

-- What was seen on a farm. Of the people seen their number is kept and nothing else.
CREATE TABLE job_analysis (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL CONSTRAINT reference_code CHECK (code ~ '^[A-Z][A-Z0-9-]{1,31}$'),
    version int NOT NULL DEFAULT 1 CHECK (version >= 1),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 120),
    org_id bigint NOT NULL REFERENCES org, -- the employer on whose farm
    commune text NOT NULL REFERENCES commune,
    rome text NOT NULL REFERENCES rome_code,
    crop text NOT NULL DEFAULT '' CHECK (length(crop) <= 80),
    held_on date NOT NULL,
    posts_seen int NOT NULL CHECK (posts_seen BETWEEN 1 AND 500),
    workers_seen int NOT NULL CHECK (workers_seen BETWEEN 1 AND 500), -- at work, in post
    state text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'active', 'retired')),
    edit bigint NOT NULL DEFAULT 1,
    account_id bigint NOT NULL REFERENCES account, -- who analysed
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT job_analysis_version UNIQUE (code, version)
);
CREATE UNIQUE INDEX job_analysis_one_active ON job_analysis (code) WHERE state = 'active';
CREATE UNIQUE INDEX job_analysis_one_draft ON job_analysis (code) WHERE state = 'draft';
CREATE INDEX job_analysis_org ON job_analysis (org_id);

CREATE TABLE job_analysis_task (
    analysis_id bigint NOT NULL REFERENCES job_analysis ON DELETE CASCADE,
    seq int NOT NULL CHECK (seq BETWEEN 1 AND 20),
    task text NOT NULL CHECK (length(task) BETWEEN 3 AND 300),
    constraints text NOT NULL DEFAULT '' CHECK (length(constraints) <= 500), -- what makes it hard
    PRIMARY KEY (analysis_id, seq)
);

-- By code, as exercise_habilete: a reworded habilete does not make a new analysis.
CREATE TABLE job_analysis_habilete (
    analysis_id bigint NOT NULL REFERENCES job_analysis ON DELETE CASCADE,
    habilete text NOT NULL,
    why text NOT NULL CHECK (length(why) BETWEEN 10 AND 500),
    CONSTRAINT job_analysis_habilete_once PRIMARY KEY (analysis_id, habilete)
);

ALTER TABLE profile ADD analysis_id bigint REFERENCES job_analysis;
CREATE INDEX profile_analysis ON profile (analysis_id);

ALTER TABLE blocked_flag DROP CONSTRAINT blocked_flag_object_kind_check,
    ADD CONSTRAINT blocked_flag_object_kind_check
        CHECK (object_kind IN ('habilete', 'exercise', 'profile', 'contract', 'job_analysis'));

-- A figure has the largest value that makes sense: a share of 300 per cent stopped every new session.
ALTER TABLE assessment_setting ADD most int NOT NULL DEFAULT 1000;
UPDATE assessment_setting SET most = CASE WHEN code LIKE '%percent' THEN 100 WHEN code = 'calibration_min_panel' THEN 60 ELSE most END;
UPDATE assessment_setting SET value = most WHERE value > most;
ALTER TABLE assessment_setting ADD CHECK (value <= most);
INSERT INTO assessment_setting (code, value, most, meaning) VALUES
    ('analysis_required', 1, 1, 'Whether a profile takes effect only when it rests on an analysis of the job (1: yes, 0: no)');
