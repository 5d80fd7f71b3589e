-- The figures of the bench change by two persons, each version kept: they decide who is marked twice, until when
-- an appeal is filed, which marks of a village are taken.
ALTER TABLE assessment_setting ADD version int NOT NULL DEFAULT 1;
CREATE TABLE assessment_change (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL REFERENCES assessment_setting,
    version int NOT NULL, -- of the setting that it was proposed for
    value_before int NOT NULL,
    value int NOT NULL CHECK (value BETWEEN 0 AND 1000),
    reason text NOT NULL CHECK (length(reason) BETWEEN 10 AND 500),
    state text NOT NULL DEFAULT 'proposed' CHECK (state IN ('proposed', 'taken', 'dropped')),
    proposed_by bigint NOT NULL REFERENCES account,
    proposed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    decided_by bigint REFERENCES account,
    decided_at timestamptz,
    CONSTRAINT second_person_needed CHECK (state <> 'taken' OR decided_by <> proposed_by),
    CHECK ((state = 'proposed') = (decided_by IS NULL) AND (state = 'proposed') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX assessment_change_waiting ON assessment_change (code) WHERE state = 'proposed';
