-- Statements of the database tests; the schema they need is made by test_schema_*.

-- name: test_create_database
-- class:
SELECT format('CREATE DATABASE %I', :name::text) AS statement

-- name: test_drop_database
-- class:
SELECT format('DROP DATABASE IF EXISTS %I WITH (FORCE)', :name::text) AS statement

-- name: test_schema_thing
-- class:
CREATE TABLE thing (
    id bigint PRIMARY KEY,
    org bigint NOT NULL DEFAULT 0,
    number int NOT NULL DEFAULT 0 CONSTRAINT thing_small CHECK (number < 1000000),
    name text CONSTRAINT duplicate UNIQUE,
    at timestamptz NOT NULL DEFAULT '2026-03-01 12:00:00.25+01',
    parent bigint REFERENCES thing DEFERRABLE INITIALLY DEFERRED
)

-- name: test_schema_rls
-- class:
ALTER TABLE thing ENABLE ROW LEVEL SECURITY

-- name: test_schema_policy_all
-- class:
CREATE POLICY thing_all ON thing TO noria_ofii, noria_system USING (true) WITH CHECK (true)

-- name: test_schema_policy_own
-- class:
CREATE POLICY thing_own ON thing TO noria_employer, noria_partner USING (org = actor_org())

-- name: test_schema_grant
-- class:
GRANT SELECT, INSERT, UPDATE, DELETE ON thing TO noria_ofii, noria_employer, noria_system, noria_partner

-- name: test_schema_fill
-- class:
INSERT INTO thing (id, org, number, name) SELECT i, i % 7, i, 'thing ' || i FROM generate_series(1, 10000) i

-- name: test_schema_writer
-- class:
CREATE FUNCTION test_writer(wanted bigint) RETURNS int LANGUAGE sql VOLATILE AS
    'UPDATE thing SET number = number + 1 WHERE id = wanted RETURNING number'

-- name: test_schema_meet
-- class:
CREATE FUNCTION test_meet(wanted bigint, most int) RETURNS int LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    seen int;
BEGIN
    SELECT nextval('test_tries') INTO seen;
    IF seen <= most THEN
        RAISE EXCEPTION USING ERRCODE = '40001';
    END IF;
    UPDATE thing SET number = number + 1 WHERE id = wanted;
    RETURN seen;
END
$$

-- name: test_schema_tries
-- class:
CREATE SEQUENCE test_tries

-- name: test_schema_tries_grant
-- class:
GRANT ALL ON SEQUENCE test_tries TO noria_ofii

-- name: test_by_id
SELECT 5 AS _own, id, org, number, name, at, at::date AS day, number > 5 AS large, 1.50::numeric(12, 2) AS amount,
    '{"a": 1}'::jsonb AS json, parent FROM thing WHERE id = :id

-- name: test_divide
SELECT 100 / :by::int AS quotient

-- name: test_count
SELECT count(*) AS n, coalesce(sum(number), 0) AS total FROM thing

-- name: test_own
-- class: employer, partner
SELECT org, count(*) AS n, actor_account() AS account FROM thing GROUP BY org

-- name: test_whoami
SELECT actor_account() AS account, actor_org() AS org, actor_role() AS role, today() AS today

-- name: test_today
SELECT today() AS today

-- name: test_add
UPDATE thing SET number = number + :by::int WHERE id = :id RETURNING number

-- name: test_put
INSERT INTO thing (id, name, number, parent) VALUES (:id, :name, :number::int, :parent)

-- name: test_hidden_write
SELECT test_writer(:id) AS number

-- name: test_meets
SELECT test_meet(:id, :most::int) AS tries

-- name: test_refuse
SELECT refuse('out_of_range', '1 – 9', 'number')

-- name: test_sleep
SELECT pg_sleep(:seconds::float8)

-- name: test_pid
SELECT pg_backend_pid() AS pid

-- name: test_terminate
-- class:
SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity WHERE application_name LIKE :name::text

-- name: test_cancel
-- class:
SELECT count(pg_cancel_backend(pid)) AS n FROM pg_stat_activity WHERE application_name LIKE :name::text

-- name: test_terminate_me
SELECT pg_terminate_backend(pg_backend_pid())

-- name: test_echo
SELECT :bytes::bytea AS bytes, :day::date AS day, :flag::boolean AS flag, :number::bigint AS number, :text::text AS text

-- name: test_settings
SELECT current_setting('TimeZone') AS zone, current_user AS login, current_setting('application_name') AS app

-- name: test_copy
-- class:
COPY incoming (id, name, number) FROM STDIN (FORMAT binary)

-- name: test_copy_into
-- class:
COPY thing (id, name, number) FROM STDIN (FORMAT binary)

-- name: test_incoming
-- class:
CREATE TEMP TABLE incoming (id bigint, name text, number int) ON COMMIT DROP

-- name: test_take_incoming
-- class:
INSERT INTO thing (id, name, number) SELECT id, name, number FROM incoming

-- name: test_drop_once_key
-- class:
ALTER TABLE idempotency DROP CONSTRAINT idempotency_replay

-- name: test_wait_for_standby
-- class:
ALTER SYSTEM SET synchronous_standby_names = 'nobody'

-- name: test_wait_for_nobody
-- class:
ALTER SYSTEM RESET synchronous_standby_names

-- name: test_reload
-- class:
SELECT pg_reload_conf()

-- name: test_number
-- class:
SELECT number FROM thing WHERE id = :id::bigint

-- name: test_standbys
-- class:
SELECT count(*) FROM pg_settings WHERE name = 'synchronous_standby_names' AND setting <> ''

-- name: test_wait_at_commit
-- class:
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$

-- name: test_applied
-- class:
SELECT count(*) FROM schema_migration

-- name: test_applied_late
-- class:
SELECT count(*) FROM schema_migration m, pg_stat_activity a
WHERE a.pid = pg_backend_pid() AND m.applied_at > a.backend_start

-- name: test_forget_later
-- class:
DELETE FROM schema_migration WHERE name = '9999_later.sql'

-- name: test_table_exists
-- class:
SELECT count(*) FROM pg_tables WHERE tablename = :name::text

-- name: test_scram_logins
-- class:
SELECT count(*) FROM pg_authid WHERE rolname LIKE 'noria\_%' AND rolpassword LIKE 'SCRAM-SHA-256$%'

-- name: test_log_settings
-- class:
SELECT count(*) FROM pg_settings
WHERE (name, setting) IN (('log_error_verbosity', 'terse'), ('log_min_error_statement', 'panic'),
                          ('log_parameter_max_length', '0'), ('log_parameter_max_length_on_error', '0'))

-- name: test_check_secret
-- class: public
SELECT number FROM thing

-- name: test_check_later
-- class: ofii
SELECT one FROM later_view

-- name: test_grant_secret
-- class:
GRANT SELECT ON thing TO noria_public

-- name: test_make_later
-- class:
DO $$ BEGIN CREATE VIEW later_view AS SELECT 1 AS one; GRANT SELECT ON later_view TO noria_ofii; END $$

-- name: test_session_account
-- class: ofii, public
SELECT coalesce(nullif(split_part(current_setting('noria.actor', true), '|', 1), ''), '0')::bigint AS account

-- name: test_set_session
-- class: public
SELECT set_config('noria.actor', :account::bigint::text, false)

-- name: test_add_slowly
UPDATE thing SET number = number + 1 WHERE id = :id AND (SELECT pg_sleep(0.5)) IS NOT NULL

-- name: test_make_owner
-- class:
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'noria_test_owner') THEN
        CREATE ROLE noria_test_owner LOGIN CREATEROLE NOSUPERUSER;
    END IF;
END
$$

-- name: test_create_owned
-- class:
SELECT format('CREATE DATABASE %I OWNER noria_test_owner', :name::text) AS statement
