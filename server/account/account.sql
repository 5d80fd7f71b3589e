-- Log-in, sessions and tokens run as the system: nobody else may read a hash. They live in real time
-- (clock_timestamp()), not in the movable business clock.

-- name: account_attempt
-- class: system
-- Counts the attempt (login_attempt) before the password is looked at.
WITH known AS MATERIALIZED (
    SELECT a.id, a.password_hash, NOT login_attempt(a.id, :device, :network) AS resting
    FROM account a WHERE a.email = :email AND a.disabled_at IS NULL
)
SELECT k.id, nullif(k.password_hash, '!') AS password_hash, k.resting, a.org_id, a.role, a.name, a.lang,
       f.sealed, f.wrapped
FROM known k JOIN account a ON a.id = k.id LEFT JOIN account_factor f ON f.account_id = k.id;

-- The same for who is logged in and says his password again.
-- name: account_attempt_own
-- class: system
WITH known AS MATERIALIZED (
    SELECT a.id, a.password_hash, NOT login_attempt(a.id, :device, :network) AS resting, a.email, a.name,
           o.name AS org_name
    FROM account a JOIN org o ON o.id = a.org_id WHERE a.id = :id AND a.disabled_at IS NULL
)
SELECT k.id, k.password_hash, k.resting, k.email, k.name, k.org_name, f.sealed, f.wrapped
FROM known k LEFT JOIN account_factor f ON f.account_id = k.id;

-- name: account_arrived
-- class: system
SELECT login_arrived(:id, :device, :network, :fresh) AS fresh;

-- name: session_create
-- class: system
WITH made AS (
    INSERT INTO session (token_hash, account_id, client, expires_at)
    VALUES (:hash, :account_id, :client, clock_timestamp() + interval '12 hours')
    RETURNING account_id
)
SELECT audit('account.login', 'account', account_id) AS _leaf FROM made;

-- Those that are open; `here` is the one that asks.
-- name: session_open_list
-- class: system
SELECT id, created_at, seen_at, client, token_hash IS NOT DISTINCT FROM :own AS here, count(*) OVER () AS _all
FROM session
WHERE account_id = :account AND expires_at > clock_timestamp() AND seen_at > clock_timestamp() - interval '2 hours'
ORDER BY seen_at DESC, id DESC LIMIT 100;

-- name: session_end_own
-- class: system
WITH gone AS (DELETE FROM session WHERE id = :id AND account_id = actor_account() RETURNING id, account_id)
SELECT id, audit('account.logout', 'account', account_id) AS _leaf FROM gone;

-- name: session_delete
-- class: system
WITH gone AS (DELETE FROM session WHERE token_hash = :hash RETURNING account_id)
SELECT audit('account.logout', 'account', account_id) AS _leaf FROM gone;

-- The browsers that get past the wait of strangers: at most twenty (login_arrived), known half a year from their
-- last log-in; `here` is the one that asks.
-- name: browser_list
-- class: system
SELECT id, known_since, (expires_at - interval '180 days')::date AS last_login,
       client IS NOT DISTINCT FROM :device AS here
FROM login_client
WHERE account_id = :account AND length(client) = 32 AND expires_at > clock_timestamp()
ORDER BY expires_at DESC, id DESC LIMIT 20;

-- name: browser_forget
-- class: system
WITH gone AS (
    DELETE FROM login_client WHERE id = :id AND account_id = actor_account() AND length(client) = 32
    RETURNING id, account_id
)
SELECT id, audit('account.forget_browser', 'account', account_id) AS _leaf FROM gone;

-- name: browser_forget_all
-- class: system
WITH gone AS (
    DELETE FROM login_client WHERE account_id = actor_account() AND length(client) = 32 RETURNING id
)
SELECT CASE WHEN count(*) > 0 THEN audit('account.forget_browsers', 'account', actor_account(), NULL,
                                         jsonb_build_object('browsers', count(*))) END AS _leaf FROM gone;

-- name: token_create
-- class: system
WITH made AS (
    INSERT INTO api_token (account_id, token_hash, label, scope, expires_at)
    VALUES (actor_account(), :hash, :label, :scope,
            clock_timestamp() + :days::int * interval '1 day')
    RETURNING id, label, scope, expires_at
)
SELECT id, label, scope, expires_at, audit('token.create', 'token', id) AS _leaf FROM made;

-- name: token_revoke
-- class: system
WITH gone AS (
    UPDATE api_token SET revoked_at = clock_timestamp()
    WHERE id = :id AND account_id = actor_account() AND revoked_at IS NULL
    RETURNING id
)
SELECT id, audit('token.revoke', 'token', id) AS _leaf FROM gone;

-- name: token_list
-- class: system
SELECT id, label, scope, created_at, expires_at, expires_at < clock_timestamp() AS expired, count(*) OVER () AS _all
FROM api_token
WHERE account_id = :account_id AND revoked_at IS NULL
ORDER BY id DESC LIMIT 100;

-- name: account_me
-- class: system
SELECT a.id, a.email, a.name, a.role, a.lang, a.org_id, o.name AS org_name, o.kind AS org_kind,
       f.on_since AS factor_since
FROM account a JOIN org o ON o.id = a.org_id LEFT JOIN account_factor f ON f.account_id = a.id WHERE a.id = :id;

-- name: account_set_password
-- class: system
-- A new password ends every session and token of the account, and no browser is known any more but this one.
WITH changed AS (
    UPDATE account SET password_hash = :hash, version = version + 1 WHERE id = :id RETURNING id
), devices AS (
    DELETE FROM login_client l USING changed c WHERE l.account_id = c.id AND l.client IS DISTINCT FROM :device
), sessions AS (
    DELETE FROM session s USING changed c WHERE s.account_id = c.id
), code AS (
    DELETE FROM activation v USING changed c WHERE v.account_id = c.id
), tokens AS (
    UPDATE api_token t SET revoked_at = clock_timestamp() FROM changed c
    WHERE t.account_id = c.id AND t.revoked_at IS NULL
)
SELECT id, audit('account.password', 'account', id) AS _leaf FROM changed;

-- name: account_list
-- class: ofii
SELECT a.id, a.email, a.name, a.role, a.org_id, o.name AS org_name, a.disabled_at
FROM account a JOIN org o ON o.id = a.org_id
WHERE a.id > :after AND (:org_id::bigint IS NULL OR a.org_id = :org_id)
ORDER BY a.id LIMIT :limit;

-- name: account_by_id
-- class: ofii
SELECT a.id, a.email, a.name, a.role, a.lang, a.org_id, o.name AS org_name, o.kind AS org_kind,
       a.disabled_at, a.created_at, a.version, strangers_wait(a.strangers_until) AS resting,
       f.on_since AS factor_since
FROM account a JOIN org o ON o.id = a.org_id LEFT JOIN account_factor f ON f.account_id = a.id WHERE a.id = :id;

-- With a hash (by who runs the server), or with an activation code's.
-- name: account_create
-- class: system
WITH made AS (
    INSERT INTO account (org_id, role, email, name, lang, password_hash)
    VALUES (:org_id, :role, :email, :name, coalesce(:lang, 'fr'), coalesce(:hash, '!'))
    RETURNING id, email
), code AS (
    INSERT INTO activation (account_id, hash, expires_at)
    SELECT id, :code, clock_timestamp() + interval '7 days' FROM made WHERE :code::bytea IS NOT NULL
)
SELECT id, email, '/accounts/' || id AS location, audit('account.create', 'account', id) AS _leaf FROM made;

-- A forgotten password: a new activation code; password, sessions and tokens end, a second factor stays.
-- name: account_reset
-- class: system
WITH changed AS (
    UPDATE account SET password_hash = '!', strangers_until = NULL, version = version + 1
    WHERE id = :id AND disabled_at IS NULL RETURNING id, email
), code AS (
    INSERT INTO activation AS v (account_id, hash, expires_at)
    SELECT id, :code, clock_timestamp() + interval '7 days' FROM changed
    ON CONFLICT (account_id) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at
), devices AS (
    DELETE FROM login_client l USING changed c WHERE l.account_id = c.id
), sessions AS (
    DELETE FROM session s USING changed c WHERE s.account_id = c.id
), steps AS (
    DELETE FROM login_step s USING changed c WHERE s.account_id = c.id
), tokens AS (
    UPDATE api_token t SET revoked_at = clock_timestamp() FROM changed c
    WHERE t.account_id = c.id AND t.revoked_at IS NULL
)
SELECT id, email, audit('account.reset', 'account', id) AS _leaf FROM changed;

-- name: activation_look
-- class: system
SELECT a.email, a.name, o.name AS org_name
FROM activation v JOIN account a ON a.id = v.account_id JOIN org o ON o.id = a.org_id
WHERE v.hash = :code AND v.expires_at > clock_timestamp() AND a.disabled_at IS NULL;

-- name: activation_use
-- class: system
WITH used AS (
    DELETE FROM activation WHERE hash = :code AND expires_at > clock_timestamp() RETURNING account_id
), changed AS (
    UPDATE account a SET password_hash = :hash, strangers_until = NULL, version = a.version + 1
    FROM used u WHERE a.id = u.account_id AND a.disabled_at IS NULL RETURNING a.id
)
SELECT id, audit('account.activate', 'account', id) AS _leaf FROM changed;

-- name: account_disable
-- class: system
WITH changed AS (
    UPDATE account SET disabled_at = CASE WHEN :disabled::bool THEN clock_timestamp() END,
        version = version + 1
    WHERE id = :id AND (disabled_at IS NULL) = :disabled::bool RETURNING id
), devices AS (
    DELETE FROM login_client l USING changed c WHERE l.account_id = c.id AND :disabled::bool
), sessions AS (
    DELETE FROM session s USING changed c WHERE s.account_id = c.id AND :disabled::bool
), tokens AS (
    UPDATE api_token t SET revoked_at = clock_timestamp() FROM changed c
    WHERE t.account_id = c.id AND t.revoked_at IS NULL AND :disabled::bool
)
SELECT id, audit(CASE WHEN :disabled::bool THEN 'account.disable' ELSE 'account.enable' END,
                 'account', id) AS _leaf
FROM changed;
