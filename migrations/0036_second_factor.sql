-- A second factor of accounts: time-based one-time passwords (RFC 6238), recovery codes, and the step
-- between a right password and a right code.

-- The secret is sealed under a key that PostgreSQL never sees (server/candidate/keyring.h), bound to the
-- account. `pending_…` is one that was shown and not yet proved by a code; it counts for nothing.
CREATE TABLE account_factor (
    account_id bigint PRIMARY KEY REFERENCES account,
    sealed bytea,
    wrapped bytea CHECK (length(wrapped) = 74),
    on_since timestamptz,
    last_step bigint NOT NULL DEFAULT 0, -- the last 30 seconds whose code was taken: never again
    pending_sealed bytea,
    pending_wrapped bytea CHECK (length(pending_wrapped) = 74),
    pending_at timestamptz,
    CHECK ((sealed IS NULL) = (wrapped IS NULL) AND (sealed IS NULL) = (on_since IS NULL)),
    CHECK ((pending_sealed IS NULL) = (pending_wrapped IS NULL) AND (pending_sealed IS NULL) = (pending_at IS NULL))
);

-- 120 random bits each, of which only the SHA-256 is here.
CREATE TABLE recovery_code (
    account_id bigint NOT NULL REFERENCES account,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    used_at timestamptz,
    PRIMARY KEY (account_id, hash)
);

-- Somebody gave a right password and no code yet. No session: it opens one form.
CREATE TABLE login_step (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    account_id bigint NOT NULL REFERENCES account,
    purpose text NOT NULL CHECK (purpose IN ('code', 'enrol')),
    tries int NOT NULL DEFAULT 0 CHECK (tries <= 5),
    expires_at timestamptz NOT NULL
);
CREATE INDEX login_step_account ON login_step (account_id);
