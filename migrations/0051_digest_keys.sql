-- The key of the blind digests can be replaced (docs/operations.md, "The keys of identities"): under which one
-- the database compares, and the digests under the next one while they are made ready.

-- One row. Whoever writes a digest holds it shared until his transaction ends; the change to the next key takes
-- the table alone. So no two entries are ever compared under two keys.
CREATE TABLE digest_key (
    alone boolean PRIMARY KEY DEFAULT true CHECK (alone),
    version int NOT NULL CHECK (version BETWEEN 1 AND 65535),
    key_id bytea CHECK (length(key_id) = 8) -- tells two keys of one number apart; the first key's is not known here
);
INSERT INTO digest_key (version) VALUES (1);

-- Digests under the key to come, of candidates (passport, person, swapped) and employers' contacts (telephone,
-- e-mail, IBAN, MSA), in that order. Emptied by the change; a row goes when its digests change or are erased.
CREATE TABLE digest_next (
    kind text NOT NULL CHECK (kind IN ('candidate', 'contact')),
    id bigint NOT NULL,
    key_id bytea NOT NULL CHECK (length(key_id) = 8),
    digests bytea[] NOT NULL,
    PRIMARY KEY (kind, id)
);
