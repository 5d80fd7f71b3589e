-- Puts a version (06_version_signatures.sql) into effect as two officers do, called as in `…@x.example`; then whoever
-- acted acts on. For a pgTAP file with such accounts.
CREATE FUNCTION pg_temp.effect(kind text, wanted bigint, one text DEFAULT 'lead', other text DEFAULT 'judge') RETURNS text
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    before bigint := actor_account();
    day date := today();
    seen bigint;
    state text;
BEGIN
    EXECUTE format('SELECT edit FROM %I WHERE id = $1', kind) INTO seen USING wanted;
    PERFORM act_as(a.id, a.org_id, a.role, day) FROM account a WHERE a.email = one || '@x.example';
    PERFORM version_propose(kind, wanted, seen);
    PERFORM act_as(a.id, a.org_id, a.role, day) FROM account a WHERE a.email = other || '@x.example';
    state := version_sign(kind, wanted, seen);
    PERFORM act_as(a.id, a.org_id, a.role, day) FROM account a WHERE a.id = before;
    RETURN state;
END
$$;
