-- Sessions and API tokens live in real time (clock_timestamp()), not in the movable business clock: a
-- demo that jumps to the harvest must not log everybody out.

-- name: session_by_hash
-- class: system
SELECT a.id AS account_id, a.org_id, a.role, a.name, a.lang, o.kind, o.name AS org_name,
       s.seen_at < clock_timestamp() - interval '1 minute' AS stale
FROM session s
JOIN account a ON a.id = s.account_id
JOIN org o ON o.id = a.org_id
WHERE s.token_hash = :hash AND a.disabled_at IS NULL AND s.expires_at > clock_timestamp()
  AND s.seen_at > clock_timestamp() - interval '2 hours';

-- name: session_seen
-- class: system
UPDATE session SET seen_at = clock_timestamp() WHERE token_hash = :hash;

-- name: token_by_hash
-- class: system
SELECT a.id AS account_id, a.org_id, a.role, a.name, a.lang, o.kind, o.name AS org_name, t.scope
FROM api_token t
JOIN account a ON a.id = t.account_id
JOIN org o ON o.id = a.org_id
WHERE t.token_hash = :hash AND a.disabled_at IS NULL AND t.revoked_at IS NULL
  AND t.expires_at > clock_timestamp();
