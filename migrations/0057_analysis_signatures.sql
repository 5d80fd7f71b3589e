-- An analysis of a job is put into effect by two officers: it decides what people are tested on. A pack says which
-- seats it carries.

ALTER TABLE job_analysis
    ADD proposed_by bigint REFERENCES account,
    ADD proposed_at timestamptz,
    ADD signed_by bigint REFERENCES account,
    ADD signed_at timestamptz,
    ADD one_signature boolean NOT NULL DEFAULT false, -- in effect since before two were asked for
    ADD CHECK (num_nulls(proposed_by, proposed_at) IN (0, 2)),
    ADD CHECK (num_nulls(signed_by, signed_at) IN (0, 2));
UPDATE job_analysis SET one_signature = true WHERE state <> 'draft';
ALTER TABLE job_analysis ADD CONSTRAINT second_person_needed CHECK (
    CASE WHEN signed_by IS NULL THEN state <> 'active' OR one_signature
         ELSE proposed_by IS NOT NULL AND signed_by <> proposed_by END);

-- A pack of before has none written down.
ALTER TABLE session_pack
    ADD carried bigint[], -- its seats, as they were when it was sealed
    ADD void_rows int NOT NULL DEFAULT 0; -- rows of seats that had become void
