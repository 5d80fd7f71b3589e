-- Organisations, accounts, sessions, API tokens, exactly-once keys and audit leaves.
-- Class logins (design: one login a class of users, members of nothing, without DDL).

DO $$
DECLARE
    class text;
BEGIN
    FOREACH class IN ARRAY ARRAY['noria_employer', 'noria_partner', 'noria_ofii', 'noria_system',
                                 'noria_public'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = class) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT', class);
        END IF;
    END LOOP;
END
$$;

CREATE EXTENSION IF NOT EXISTS btree_gist;

-- A human's name for a kind of organisation decides which login its people's requests run under.
CREATE TABLE org (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('employer', 'partner', 'ofii')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    country char(2) NOT NULL DEFAULT 'FR', -- ISO 3166-1 alpha-2
    siret text UNIQUE CHECK (siret ~ '^[0-9]{14}$'),
    naf text CHECK (naf ~ '^[0-9]{2}\.[0-9]{2}[A-Z]$'),
    commune text, -- INSEE code of the establishment
    hectares numeric(10, 2) CHECK (hectares >= 0),
    headcount int CHECK (headcount >= 0),
    active_from date,
    active_to date,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT employer_has_siret CHECK (kind <> 'employer' OR siret IS NOT NULL)
);

CREATE TABLE account (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    org_id bigint NOT NULL REFERENCES org,
    role text NOT NULL CHECK (role IN ('employer', 'partner', 'officer', 'desk', 'assessor', 'auditor', 'admin')),
    email text NOT NULL CHECK (email = lower(email) AND length(email) <= 254),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    lang text NOT NULL DEFAULT 'fr' CHECK (lang IN ('fr', 'en', 'ar')),
    password_hash text NOT NULL,
    failed_logins int NOT NULL DEFAULT 0,
    locked_until timestamptz,
    disabled_at timestamptz,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT account_email_key UNIQUE (email)
);
CREATE INDEX account_org ON account (org_id);

-- The cookie holds 256 random bits; only their SHA-256 is here.
CREATE TABLE session (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    account_id bigint NOT NULL REFERENCES account,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL
);
CREATE INDEX session_account ON session (account_id);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE api_token (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES account,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 80),
    scope text NOT NULL CHECK (scope IN ('read', 'write')),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX api_token_account ON api_token (account_id);

-- One row per write that carried a key, committed with the act; kept 30 days.
CREATE TABLE idempotency (
    account_id bigint NOT NULL, -- 0: nobody logged in
    key text NOT NULL CHECK (key ~ '^[A-Za-z0-9-]{16,64}$'),
    request_hash bytea NOT NULL,
    status int NOT NULL,
    location text,
    body text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT idempotency_replay PRIMARY KEY (account_id, key)
);
CREATE INDEX idempotency_age ON idempotency USING brin (created_at);

-- One leaf per act and per look at an identity, in the act's own transaction. Append-only; a later
-- sequencer orders leaves into an RFC 6962 tree, so writing one takes no lock.
-- `detail` holds ids, codes and counts, never an identity.
CREATE TABLE audit_leaf (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    account_id bigint NOT NULL,
    org_id bigint NOT NULL,
    act text NOT NULL CHECK (act ~ '^[a-z]+\.[a-z_]+$'), -- "contract.approve"
    object_kind text NOT NULL,
    object_id bigint NOT NULL,
    reason text,
    detail jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX audit_leaf_object ON audit_leaf (object_kind, object_id);
CREATE INDEX audit_leaf_account ON audit_leaf (account_id, id);
