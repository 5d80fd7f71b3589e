-- Habiletés, exercises and profiles are put into effect by two officers, as analyses are since 0057: they decide what
-- people are tested on.

ALTER TABLE habilete
    ADD proposed_by bigint REFERENCES account,
    ADD proposed_at timestamptz,
    ADD signed_by bigint REFERENCES account,
    ADD signed_at timestamptz,
    ADD one_signature boolean, -- in effect since before two were asked for
    ADD CHECK (num_nulls(proposed_by, proposed_at) IN (0, 2)),
    ADD CHECK (num_nulls(signed_by, signed_at) IN (0, 2));
ALTER TABLE exercise
    ADD proposed_by bigint REFERENCES account,
    ADD proposed_at timestamptz,
    ADD signed_by bigint REFERENCES account,
    ADD signed_at timestamptz,
    ADD one_signature boolean,
    ADD CHECK (num_nulls(proposed_by, proposed_at) IN (0, 2)),
    ADD CHECK (num_nulls(signed_by, signed_at) IN (0, 2));
ALTER TABLE profile
    ADD proposed_by bigint REFERENCES account,
    ADD proposed_at timestamptz,
    ADD signed_by bigint REFERENCES account,
    ADD signed_at timestamptz,
    ADD one_signature boolean,
    ADD CHECK (num_nulls(proposed_by, proposed_at) IN (0, 2)),
    ADD CHECK (num_nulls(signed_by, signed_at) IN (0, 2));

-- By rewriting the tables: what is in effect is not updated, also not by a migration (reference_rules).
ALTER TABLE habilete ALTER one_signature TYPE boolean USING state <> 'draft';
ALTER TABLE exercise ALTER one_signature TYPE boolean USING state <> 'draft';
ALTER TABLE profile ALTER one_signature TYPE boolean USING state <> 'draft';

ALTER TABLE habilete ALTER one_signature SET DEFAULT false, ALTER one_signature SET NOT NULL,
    ADD CONSTRAINT second_person_needed CHECK (
        CASE WHEN signed_by IS NULL THEN state <> 'active' OR one_signature
             ELSE proposed_by IS NOT NULL AND signed_by <> proposed_by END);
ALTER TABLE exercise ALTER one_signature SET DEFAULT false, ALTER one_signature SET NOT NULL,
    ADD CONSTRAINT second_person_needed CHECK (
        CASE WHEN signed_by IS NULL THEN state <> 'active' OR one_signature
             ELSE proposed_by IS NOT NULL AND signed_by <> proposed_by END);
ALTER TABLE profile ALTER one_signature SET DEFAULT false, ALTER one_signature SET NOT NULL,
    ADD CONSTRAINT second_person_needed CHECK (
        CASE WHEN signed_by IS NULL THEN state <> 'active' OR one_signature
             ELSE proposed_by IS NOT NULL AND signed_by <> proposed_by END);
