-- Steps of a version of a reference: two officers put one into effect (06_version_signatures.sql).

-- name: version_propose
-- class: ofii
SELECT version_propose(:kind::text, :id::bigint, :edit::bigint) AS id

-- name: version_drop
-- class: ofii
SELECT version_drop(:kind::text, :id::bigint) AS id

-- name: version_sign
-- class: ofii
SELECT version_sign(:kind::text, :id::bigint, :edit::bigint) AS state

-- name: version_retire
-- class: ofii
SELECT version_retire(:kind::text, :id::bigint) AS state
