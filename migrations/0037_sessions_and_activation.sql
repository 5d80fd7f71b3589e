-- Sessions that their person can tell apart and end, and first passwords that no administrator knows.

-- `client` is coarse on purpose: a browser's and a system's name, no version, no address.
ALTER TABLE session
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD COLUMN client text NOT NULL DEFAULT '' CHECK (length(client) <= 40);

-- One a person, good once and for seven days: with it he chooses his password. 120 random bits, of which
-- only the SHA-256 is here. Until then the account's hash is '!', which no password has.
CREATE TABLE activation (
    account_id bigint PRIMARY KEY REFERENCES account,
    hash bytea NOT NULL UNIQUE CHECK (length(hash) = 32),
    expires_at timestamptz NOT NULL
);
