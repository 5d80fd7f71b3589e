-- The audit log: leaves in one order, in a tree whose signed heads nobody can take back (RFC 6962).

-- Without it the hash of a leaf would tell the leaf to whoever tries all that it could be.
ALTER TABLE audit_leaf ADD COLUMN nonce uuid NOT NULL DEFAULT gen_random_uuid();

-- Written by the sequencer alone: `position` 0, 1, 2, … without a gap.
CREATE TABLE audit_entry (
    position bigint PRIMARY KEY CHECK (position >= 0),
    leaf_id bigint NOT NULL CONSTRAINT leaf_sequenced_once UNIQUE REFERENCES audit_leaf,
    hash bytea NOT NULL CHECK (length(hash) = 32)
);

-- Roots of complete subtrees of 256, 65,536, … leaves, so that a proof reads few rows.
CREATE TABLE audit_node (
    level smallint NOT NULL CHECK (level > 0 AND level % 8 = 0),
    idx bigint NOT NULL CHECK (idx >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, idx)
);

CREATE TABLE audit_head (
    size bigint PRIMARY KEY CHECK (size > 0),
    root bytea NOT NULL CHECK (length(root) = 32),
    frontier bytea NOT NULL CHECK (length(frontier) % 32 = 0), -- where the tree goes on growing
    at timestamptz NOT NULL,
    signed bytea NOT NULL CHECK (length(signed) <= 512) -- COSE (lib/sw1/treehead.h)
);
