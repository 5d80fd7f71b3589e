-- Wrong passwords are counted by who sends them, so that nobody who knows an address keeps its owner out
-- (OWASP ASVS 5.0.0, 6.1.1; NIST SP 800-63B, 5.2.2): migrations/replaceable/02_accounts.sql.

-- Who tried to log in to an account: a browser that logged in there before, by the SHA-256 of the 256 random
-- bits of its cookie; or a network, by 16 bytes of a hash under a key that the server draws at its start and
-- keeps to itself.
CREATE TABLE login_client (
    client bytea NOT NULL CHECK (length(client) IN (16, 32)),
    account_id bigint NOT NULL REFERENCES account,
    failed int NOT NULL DEFAULT 0, -- since it last logged in
    rest_until timestamptz,
    expires_at timestamptz NOT NULL, -- a network's a day after its last attempt, a browser's half a year after its last log-in
    PRIMARY KEY (client, account_id)
);
CREATE INDEX login_client_account ON login_client (account_id);

-- Each attempt of a client that is not known puts it six minutes on; at most twenty of them lie ahead.
ALTER TABLE account DROP COLUMN failed_logins, DROP COLUMN locked_until, ADD COLUMN strangers_until timestamptz;
