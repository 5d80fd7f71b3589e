-- The key of the blind digests replaced (migrations/replaceable/18_digest_keys.sql), as the system.

-- name: digest_key_now
-- class: system
SELECT k.version, k.key_id FROM digest_key k;

-- name: digests_lacking
-- class: system
SELECT l.id, l.digests::text AS digests FROM digests_lacking(:kind::text, :key::bytea, :after::bigint, :limit::int) l;

-- name: digests_keep
-- class: system
SELECT digests_keep(:kind::text, :key::bytea, :next::jsonb) AS kept;

-- name: digests_close
-- class: system
SELECT digests_close() AS version;

-- name: digests_switch
-- class: system
SELECT digests_switch(:version::int, :key::bytea) AS _leaf;
