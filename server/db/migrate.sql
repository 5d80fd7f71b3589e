-- The ledger of migrations; run by the owner of the database.

-- name: migrate_lock
SELECT pg_advisory_lock(:key::bigint)

-- Behind a lock that is waited for, everybody else's requests of that table wait too.
-- name: migrate_patience
SET LOCAL lock_timeout = '2s'

-- name: migrate_create_ledger
CREATE TABLE IF NOT EXISTS schema_migration (
    name text PRIMARY KEY,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
)

-- name: migrate_open_ledger
GRANT SELECT ON schema_migration TO noria_system

-- name: migrate_ledger
-- class: system
SELECT name, sha256 FROM schema_migration ORDER BY name

-- name: migrate_record
-- class:
INSERT INTO schema_migration (name, sha256) VALUES (:name::text, :sha256::text)
ON CONFLICT (name) DO UPDATE
SET sha256 = excluded.sha256,
    applied_at = CASE WHEN schema_migration.sha256 = excluded.sha256 THEN schema_migration.applied_at
                      ELSE excluded.applied_at END

-- name: migrate_password_statement
SELECT format('ALTER ROLE %I PASSWORD %L', :role::text, :verifier::text) AS statement

-- name: check_sql_explain
SELECT format('EXPLAIN EXECUTE %I', :name::text)
       || CASE WHEN :nparams::int > 0 THEN '(' || repeat('NULL, ', :nparams - 1) || 'NULL)' ELSE '' END
       AS statement
