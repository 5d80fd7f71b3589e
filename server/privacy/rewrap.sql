-- Data keys wrapped anew: by the owner of the wrapping keys, as the system.

-- Keys of workers that another version wraps, or records that have none yet.
-- name: rewrap_workers
-- class: system
SELECT i.worker_id AS id, i.wrapped, CASE WHEN i.wrapped IS NULL THEN i.sealed END AS sealed
FROM worker_identity i
WHERE i.worker_id > :after::bigint
  AND (i.wrapped IS NULL OR substring(i.wrapped FROM 1 FOR 2) <> :version::bytea)
ORDER BY i.worker_id
LIMIT :limit::int;

-- Only where the key is still the one that was read: who was erased meanwhile stays erased.
-- name: rewrap_workers_put
-- class: system
UPDATE worker_identity i SET wrapped = decode(n.wrapped, 'hex'), sealed = coalesce(decode(n.sealed, 'hex'), i.sealed)
FROM jsonb_to_recordset(:keys::jsonb) AS n (id bigint, was text, wrapped text, sealed text)
WHERE i.worker_id = n.id AND i.wrapped IS NOT DISTINCT FROM decode(n.was, 'hex')
RETURNING i.worker_id;

-- name: rewrap_imports
-- class: system
SELECT b.id, b.errors_key AS wrapped, NULL::bytea AS sealed
FROM import_batch b
WHERE b.id > :after::bigint AND substring(b.errors_key FROM 1 FOR 2) <> :version::bytea
ORDER BY b.id
LIMIT :limit::int;

-- name: rewrap_imports_put
-- class: system
UPDATE import_batch b SET errors_key = decode(n.wrapped, 'hex')
FROM jsonb_to_recordset(:keys::jsonb) AS n (id bigint, was text, wrapped text, sealed text)
WHERE b.id = n.id AND b.errors_key = decode(n.was, 'hex')
RETURNING b.id;

-- Second factors in force; a pending one lives half an hour.
-- name: rewrap_factors
-- class: system
SELECT f.account_id AS id, f.wrapped, NULL::bytea AS sealed
FROM account_factor f
WHERE f.account_id > :after::bigint AND substring(f.wrapped FROM 1 FOR 2) <> :version::bytea
ORDER BY f.account_id
LIMIT :limit::int;

-- name: rewrap_factors_put
-- class: system
UPDATE account_factor f SET wrapped = decode(n.wrapped, 'hex')
FROM jsonb_to_recordset(:keys::jsonb) AS n (id bigint, was text, wrapped text, sealed text)
WHERE f.account_id = n.id AND f.wrapped = decode(n.was, 'hex')
RETURNING f.account_id;

-- name: rewrap_leaf
-- class: system
SELECT audit('keys.rewrap', 'seal', :version::bigint, NULL,
             jsonb_build_object('keys', :keys::bigint, 'sealed', :sealed::bigint)) AS _leaf
WHERE :keys::bigint + :sealed::bigint > 0;

-- What needs a wrapping key still. What was sealed before there were data keys needs number 1.
-- name: rewrap_left
-- class: system
SELECT (SELECT count(*) FROM worker_identity i
        WHERE substring(i.wrapped FROM 1 FOR 2) = :version::bytea OR (i.wrapped IS NULL AND :first::boolean))
     + (SELECT count(*) FROM import_batch b
        WHERE substring(b.errors_key FROM 1 FOR 2) = :version::bytea
           OR (:first::boolean AND b.kind = 'candidate' AND b.errors_key IS NULL AND b.errors_csv IS NOT NULL))
     + (SELECT count(*) FROM account_factor f WHERE substring(f.wrapped FROM 1 FOR 2) = :version::bytea)
     + (SELECT count(*) FROM document d WHERE :first::boolean AND get_byte(d.sealed, 0) = 1) AS left;
