-- Second factors. Like log-ins they live in real time (clock_timestamp()), and are the system's alone.

-- A secret that is shown and not yet proved.
-- name: factor_begin
-- class: system
INSERT INTO account_factor AS f (account_id, pending_sealed, pending_wrapped, pending_at)
VALUES (:account, :sealed, :wrapped, clock_timestamp())
ON CONFLICT (account_id) DO UPDATE SET pending_sealed = excluded.pending_sealed,
    pending_wrapped = excluded.pending_wrapped, pending_at = excluded.pending_at
RETURNING f.account_id;

-- The pending secret, half an hour long, and whether one is in force.
-- name: factor_state
-- class: system
SELECT a.email, f.on_since, p.pending_sealed AS sealed, p.pending_wrapped AS wrapped,
       (SELECT count(*) FROM recovery_code r WHERE r.account_id = a.id AND r.used_at IS NULL) AS codes_left
FROM account a
LEFT JOIN account_factor f ON f.account_id = a.id
LEFT JOIN account_factor p ON p.account_id = a.id AND p.pending_at > clock_timestamp() - interval '30 minutes'
WHERE a.id = :account AND a.disabled_at IS NULL;

-- The pending secret was proved: it takes the place of the former, with new recovery codes; other
-- sessions end. Who comes from a log-in without a session (`first`) may only set up a first factor.
-- name: factor_confirm
-- class: system
WITH proved AS (
    UPDATE account_factor f SET sealed = f.pending_sealed, wrapped = f.pending_wrapped, on_since = clock_timestamp(),
        last_step = :step, pending_sealed = NULL, pending_wrapped = NULL, pending_at = NULL
    WHERE f.account_id = :account AND f.pending_sealed = :sealed AND (f.sealed IS NULL OR NOT :first::bool)
    RETURNING f.account_id
), old_codes AS (
    DELETE FROM recovery_code r USING proved p WHERE r.account_id = p.account_id
), new_codes AS (
    INSERT INTO recovery_code (account_id, hash)
    SELECT p.account_id, decode(h, 'hex') FROM proved p, unnest(string_to_array(:hashes, ',')) AS h
), sessions AS (
    DELETE FROM session s USING proved p WHERE s.account_id = p.account_id AND s.token_hash IS DISTINCT FROM :own
), steps AS (
    DELETE FROM login_step s USING proved p WHERE s.account_id = p.account_id
)
SELECT account_id, audit('account.factor', 'account', account_id) AS _leaf FROM proved;

-- A code is taken: never one of the same 30 seconds or before.
-- name: factor_take
-- class: system
UPDATE account_factor SET last_step = :step
WHERE account_id = :account AND sealed = :sealed AND last_step < :step
RETURNING account_id;

-- name: recovery_take
-- class: system
WITH taken AS (
    UPDATE recovery_code SET used_at = clock_timestamp()
    WHERE account_id = :account AND hash = :hash AND used_at IS NULL
    RETURNING account_id
)
SELECT account_id, audit('account.recovery', 'account', account_id) AS _leaf FROM taken;

-- By an administrator, after making sure who asks: sessions, tokens and steps end with it.
-- name: factor_remove
-- class: system
WITH gone AS (
    DELETE FROM account_factor WHERE account_id = :account RETURNING account_id
), codes AS (
    DELETE FROM recovery_code r USING gone g WHERE r.account_id = g.account_id
), sessions AS (
    DELETE FROM session s USING gone g WHERE s.account_id = g.account_id
), devices AS (
    DELETE FROM login_client l USING gone g WHERE l.account_id = g.account_id
), steps AS (
    DELETE FROM login_step s USING gone g WHERE s.account_id = g.account_id
), tokens AS (
    UPDATE api_token t SET revoked_at = clock_timestamp() FROM gone g
    WHERE t.account_id = g.account_id AND t.revoked_at IS NULL
)
SELECT account_id, audit('account.factor_remove', 'account', account_id) AS _leaf FROM gone;

-- --- between the password and the code ------------------------------------------------------------

-- The account's earlier steps end: a person logs in at one place at a time.
-- name: step_open
-- class: system
WITH old AS (DELETE FROM login_step WHERE account_id = :account)
INSERT INTO login_step (token_hash, account_id, purpose, expires_at)
VALUES (:hash, :account, :purpose, clock_timestamp() + interval '10 minutes')
RETURNING account_id;

-- name: step_close
-- class: system
DELETE FROM login_step WHERE token_hash = :hash RETURNING account_id;

-- name: step_look
-- class: system
SELECT s.account_id, s.purpose, a.org_id, a.role
FROM login_step s JOIN account a ON a.id = s.account_id
WHERE s.token_hash = :hash AND s.expires_at > clock_timestamp() AND s.tries < 5 AND a.disabled_at IS NULL;

-- Counts the attempt before the code is looked at, for the step (five) and as wrong passwords are counted.
-- name: step_attempt
-- class: system
WITH step AS (
    UPDATE login_step s SET tries = s.tries + 1
    WHERE s.token_hash = :hash AND s.purpose = 'code' AND s.expires_at > clock_timestamp() AND s.tries < 5
    RETURNING s.account_id
), known AS MATERIALIZED (
    SELECT a.id, a.org_id, a.role, NOT login_attempt(a.id, :device, :network) AS resting
    FROM account a JOIN step s ON s.account_id = a.id WHERE a.disabled_at IS NULL
)
SELECT k.id, k.org_id, k.role, k.resting, f.sealed, f.wrapped
FROM known k JOIN account_factor f ON f.account_id = k.id WHERE f.sealed IS NOT NULL;
