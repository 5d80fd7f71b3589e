-- The frame of every request: who acts, the transaction, and once-only writes.

-- name: db_begin
-- class: employer, partner, ofii, system, public
BEGIN

-- name: db_commit
-- class: employer, partner, ofii, system, public
COMMIT

-- name: db_rollback
-- class: employer, partner, ofii, system, public
ROLLBACK

-- No row, so that nothing of it is sent back but that it is done.
-- name: db_act_as
-- class: employer, partner, ofii, system, public
SELECT WHERE act_as(:actor::text) IS NULL

-- name: db_set_today
-- class: employer, partner, ofii, system, public
SELECT set_config('noria.today', :day::text, false)

-- name: db_once_begin
-- class: employer, partner, ofii, system, public
SELECT once_begin(:key::text, :hash::bytea)

-- name: db_once_end
-- class: employer, partner, ofii, system, public
SELECT once_end(:key::text, :hash::bytea, :status::int, :location::text, :body::text)

-- name: db_once_answer
-- class: employer, partner, ofii, system, public
SELECT same, status, location, body FROM once_answer(:key::text, :hash::bytea)

-- A column that its table never leaves empty.
-- name: describe_column
-- class: system
SELECT c.relname
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
WHERE a.attrelid = :relation::oid AND a.attnum = :number::int2 AND a.attnotnull AND c.relkind IN ('r', 'p')
