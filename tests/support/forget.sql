-- A word that stands nowhere else into every text that an erasure has to empty, of everybody in a whole season
-- (tests/support/forget.sh). Rules that a planted word would break (triggers, references) sleep meanwhile; a column
-- whose own CHECK does not take the word keeps what it has, and is said.
\set ON_ERROR_STOP on
CREATE TABLE t_planted (relation text, name text, planted bigint);
DO $$
DECLARE
    c record;
    planted bigint;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR c IN SELECT t.relation, a.attname, a.atttypid, replace(t.his, '$1', 'w.id') AS his FROM person_tables() t
             JOIN pg_attribute a ON a.attrelid = to_regclass(t.relation) AND a.attnum > 0 AND NOT a.attisdropped
             WHERE EXISTS (SELECT FROM unnest(t.cleared) e WHERE split_part(e, ' = ', 1) = a.attname)
               AND a.atttypid IN ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype) LOOP
        BEGIN
            EXECUTE format('UPDATE %I x SET %I = %s WHERE EXISTS (SELECT FROM worker w WHERE %s)', c.relation, c.attname, CASE c.atttypid
                WHEN 'text'::regtype THEN '''canary-word-'' || x.ctid::text'
                WHEN 'jsonb'::regtype THEN format('%I || jsonb_build_object(''note'', ''canary-word'')', c.attname)
                ELSE '''{canary-word}''' END, c.his);
            GET DIAGNOSTICS planted = ROW_COUNT;
            INSERT INTO t_planted VALUES (c.relation, c.attname, planted);
        EXCEPTION WHEN check_violation OR not_null_violation OR unique_violation THEN
            INSERT INTO t_planted VALUES (c.relation, c.attname, NULL);
        END;
    END LOOP;
END
$$;

-- Rows of any table of the database in which the word stands, and which of them are a worker's who is still held.
CREATE FUNCTION t_canaries() RETURNS TABLE (relation text, hits bigint) LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
             AND c.relname <> 't_planted' LOOP
        relation := r.relname;
        EXECUTE format('SELECT count(*) FROM %I x WHERE x::text LIKE ''%%canary-word%%'' OR x::text LIKE %L', r.relname,
                       '%' || encode('canary-word', 'hex') || '%') INTO hits;
        CONTINUE WHEN hits = 0;
        RETURN NEXT;
    END LOOP;
END
$$;
CREATE FUNCTION t_of_held() RETURNS TABLE (relation text, hits bigint) LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT p.relation, p.his FROM person_tables() p WHERE cardinality(p.cleared) > 0 LOOP
        relation := r.relation;
        EXECUTE format('SELECT count(*) FROM %I x WHERE x::text LIKE ''%%canary-word%%'' AND NOT EXISTS (
            SELECT FROM worker w WHERE w.erased_at IS NULL AND (%s))', r.relation, replace(r.his, '$1', 'w.id')) INTO hits;
        CONTINUE WHEN hits = 0;
        RETURN NEXT;
    END LOOP;
END
$$;
