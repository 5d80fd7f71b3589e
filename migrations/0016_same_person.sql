-- One person under two entries: what a person settled, how alike the entries are, and what agreement
-- weighs.

-- A worker whom somebody found to be the same person as an earlier one: person_id is the first worker of
-- that person. Entries, identities and stays stay where they are; the six months are asked of all of them.
ALTER TABLE worker ADD COLUMN person_id bigint REFERENCES worker,
    ADD CONSTRAINT person_is_another CHECK (person_id < id);
CREATE INDEX worker_person ON worker (person_id) WHERE person_id IS NOT NULL;

-- What the settling person (of a grave case: both) said beside the outcome.
ALTER TABLE fraud_case ADD COLUMN one_person boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT one_person_needs_two_entries CHECK (NOT one_person OR other_candidate_id IS NOT NULL);

-- How often a part agrees on a level between entries of one person (m) and of two (u). The score of a
-- pair is the sum of log2(m / u): Fellegi and Sunter, 1969. Editable, with where the figure is from.
CREATE TABLE linkage_weight (
    part text NOT NULL,
    level text NOT NULL CHECK (level IN ('same', 'near', 'alike', 'other')),
    m numeric(6, 5) NOT NULL CHECK (m > 0 AND m < 1),
    u numeric(6, 5) NOT NULL CHECK (u > 0 AND u < 1),
    source text NOT NULL CHECK (length(source) BETWEEN 5 AND 200),
    PRIMARY KEY (part, level)
);

-- The parts of a pair as compared inside the server: levels and weights, never a value of either side.
CREATE TABLE case_likeness (
    case_id bigint NOT NULL REFERENCES fraud_case,
    part text NOT NULL CHECK (part ~ '^[a-z_0-9]+$'),
    level text NOT NULL CHECK (level IN ('same', 'near', 'alike', 'other', 'unknown')),
    bits numeric(6, 2) NOT NULL,
    compared_by bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (case_id, part)
);
