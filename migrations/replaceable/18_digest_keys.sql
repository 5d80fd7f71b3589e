-- The key of the blind digests, replaced while servers work. A digest under version v is the one under v - 1
-- hashed again with key v, so the new ones are made from the old without opening a record or knowing a plain
-- number. All comparisons are between columns that are complete under one version, before and after the change.

ALTER TABLE digest_key ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS digest_key_all ON digest_key;
CREATE POLICY digest_key_all ON digest_key FOR SELECT TO noria_ofii, noria_partner, noria_system USING (true);
GRANT SELECT ON digest_key TO noria_ofii, noria_partner, noria_system;
ALTER TABLE digest_next ENABLE ROW LEVEL SECURITY; -- through the functions below only

-- The key to write under, held until the transaction ends.
CREATE OR REPLACE FUNCTION digest_held() RETURNS digest_key
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    held digest_key;
BEGIN
    SELECT k.* INTO held FROM digest_key k FOR SHARE;
    RETURN held;
END
$$;

-- What a server sends of a digest: under its newest key and under the one before, each of 16 bytes behind two of
-- version and eight that tell the key. Gives the one that the database compares under; refuses a server that does
-- not know that key.
CREATE OR REPLACE FUNCTION digest_of(sent bytea, version int, key_id bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    FOR i IN 0..1 LOOP
        IF get_byte(sent, 26 * i) * 256 + get_byte(sent, 26 * i + 1) = version
           AND (key_id IS NULL OR substring(sent FROM 26 * i + 3 FOR 8) = key_id) THEN
            RETURN substring(sent FROM 26 * i + 11 FOR 16);
        END IF;
    END LOOP;
    IF sent IS NOT NULL THEN
        PERFORM refuse('digest_key_unknown');
    END IF;
    RETURN NULL;
END
$$;

-- To look for, and to write.
CREATE OR REPLACE FUNCTION digest_seen(sent bytea) RETURNS bytea LANGUAGE sql STABLE AS $$
    SELECT digest_of(sent, k.version, k.key_id) FROM digest_key k
$$;
CREATE OR REPLACE FUNCTION digest_put(sent bytea) RETURNS bytea LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    held digest_key;
BEGIN
    held := digest_held();
    RETURN digest_of(sent, held.version, held.key_id);
END
$$;

-- True inside digests_switch(), as erasing() is.
CREATE OR REPLACE FUNCTION digest_switching() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('noria.digest_switch', true), '') = 'on'
       AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'worker'::regclass)
$$;

-- A digest that is changed, or erased, has its next one made anew.
CREATE OR REPLACE FUNCTION digest_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'candidate' THEN
        DELETE FROM digest_next n WHERE n.kind = 'candidate' AND n.id = NEW.id;
    ELSIF TG_TABLE_NAME IN ('document_seen', 'fee_answer') THEN
        DELETE FROM digest_next n WHERE n.kind = CASE TG_TABLE_NAME WHEN 'fee_answer' THEN 'fee' ELSE 'document' END AND n.id = NEW.id;
    ELSE
        DELETE FROM digest_next n WHERE n.kind = 'contact' AND n.id = NEW.org_id;
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS digest_changed ON candidate;
CREATE TRIGGER digest_changed AFTER UPDATE OF passport_key, person_key, swapped_key, fee_phone_key ON candidate FOR EACH ROW
    WHEN (current_setting('noria.digest_switch', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION digest_changed();
DROP TRIGGER IF EXISTS digest_changed ON org_contact;
CREATE TRIGGER digest_changed AFTER UPDATE OF phone_key, email_key, iban_key, msa_key ON org_contact FOR EACH ROW
    WHEN (current_setting('noria.digest_switch', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION digest_changed();

DROP TRIGGER IF EXISTS digest_changed ON document_seen;
CREATE TRIGGER digest_changed AFTER UPDATE OF document_key ON document_seen FOR EACH ROW
    WHEN (current_setting('noria.digest_switch', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION digest_changed();
DROP TRIGGER IF EXISTS digest_changed ON fee_answer;
CREATE TRIGGER digest_changed AFTER UPDATE OF phone_key ON fee_answer FOR EACH ROW
    WHEN (current_setting('noria.digest_switch', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION digest_changed();
-- Documents shown and fee answers came after the table.
ALTER TABLE digest_next DROP CONSTRAINT IF EXISTS digest_next_kind_check;
ALTER TABLE digest_next ADD CONSTRAINT digest_next_kind_check CHECK (kind IN ('candidate', 'contact', 'document', 'fee'));

-- --- noria-server seal reindex: the system's alone ---------------------------------------------------

-- Those that have no next digests yet, after a row of their kind. Row by row along the key: a table that fills is
-- believed to be empty by the planner, who would read all of it each time.
CREATE OR REPLACE FUNCTION digests_lacking(of_kind text, of_key bytea, after bigint, most int)
RETURNS TABLE (id bigint, digests bytea[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_sort = off AS $$
BEGIN
    IF of_kind = 'candidate' THEN
        RETURN QUERY SELECT c.id, ARRAY[c.passport_key, c.person_key, c.swapped_key, c.fee_phone_key] FROM candidate c
        WHERE c.id > after
          AND of_key IS DISTINCT FROM (SELECT n.key_id FROM digest_next n WHERE n.kind = 'candidate' AND n.id = c.id)
        ORDER BY c.id LIMIT most;
    ELSIF of_kind = 'document' THEN
        RETURN QUERY SELECT d.id, ARRAY[d.document_key] FROM document_seen d
        WHERE d.id > after
          AND of_key IS DISTINCT FROM (SELECT n.key_id FROM digest_next n WHERE n.kind = 'document' AND n.id = d.id)
        ORDER BY d.id LIMIT most;
    ELSIF of_kind = 'fee' THEN
        RETURN QUERY SELECT a.id, ARRAY[a.phone_key] FROM fee_answer a
        WHERE a.id > after AND a.phone_key IS NOT NULL
          AND of_key IS DISTINCT FROM (SELECT n.key_id FROM digest_next n WHERE n.kind = 'fee' AND n.id = a.id)
        ORDER BY a.id LIMIT most;
    ELSE
        RETURN QUERY SELECT o.org_id, ARRAY[o.phone_key, o.email_key, o.iban_key, o.msa_key] FROM org_contact o
        WHERE o.org_id > after
          AND of_key IS DISTINCT FROM (SELECT n.key_id FROM digest_next n WHERE n.kind = 'contact' AND n.id = o.org_id)
        ORDER BY o.org_id LIMIT most;
    END IF;
END
$$;

-- Keeps next digests of rows whose digests are still those that they were made from: the row is held until the
-- transaction ends, so that an erasure is before (nothing is kept) or after (digest_changed takes it away).
CREATE OR REPLACE FUNCTION digests_keep(of_kind text, of_key bytea, next jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kept bigint;
BEGIN
    WITH made AS MATERIALIZED (
        SELECT m.id, m.was, m.next FROM jsonb_to_recordset(next) AS m (id bigint, was text, next text)
    ), candidates AS (
        SELECT m.id, m.next FROM made m JOIN candidate c ON c.id = m.id
        WHERE of_kind = 'candidate' AND ARRAY[c.passport_key, c.person_key, c.swapped_key, c.fee_phone_key] = m.was::bytea[] FOR SHARE OF c
    ), documents AS (
        SELECT m.id, m.next FROM made m JOIN document_seen d ON d.id = m.id
        WHERE of_kind = 'document' AND ARRAY[d.document_key] = m.was::bytea[] FOR SHARE OF d
    ), fees AS (
        SELECT m.id, m.next FROM made m JOIN fee_answer a ON a.id = m.id
        WHERE of_kind = 'fee' AND ARRAY[a.phone_key] = m.was::bytea[] FOR SHARE OF a
    ), contacts AS (
        SELECT m.id, m.next FROM made m JOIN org_contact o ON o.org_id = m.id
        WHERE of_kind = 'contact' AND ARRAY[o.phone_key, o.email_key, o.iban_key, o.msa_key] = m.was::bytea[] FOR SHARE OF o
    )
    INSERT INTO digest_next (kind, id, key_id, digests)
    SELECT of_kind, k.id, of_key, k.next::bytea[] FROM (SELECT x.id, x.next FROM candidates x UNION ALL SELECT y.id, y.next FROM contacts y
          UNION ALL SELECT d.id, d.next FROM documents d UNION ALL SELECT f.id, f.next FROM fees f) k
    ON CONFLICT (kind, id) DO UPDATE SET key_id = excluded.key_id, digests = excluded.digests;
    GET DIAGNOSTICS kept = ROW_COUNT;
    RETURN kept;
END
$$;

-- Begins the change: from here to the transaction's end nobody writes a digest. Waits for those under way, but so
-- that who queues behind waits half a second at most. Gives the version compared under.
CREATE OR REPLACE FUNCTION digests_close() RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM set_config('lock_timeout', '500ms', true), set_config('statement_timeout', '0', true);
    LOCK TABLE digest_key IN EXCLUSIVE MODE;
    LOCK TABLE candidate, org_contact, document_seen, fee_answer IN SHARE ROW EXCLUSIVE MODE;
    RETURN (SELECT k.version FROM digest_key k);
END
$$;

-- The change itself, in the transaction of digests_close() and once nothing is lacking.
CREATE OR REPLACE FUNCTION digests_switch(to_version int, of_key bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    candidates bigint;
    contacts bigint;
BEGIN
    IF EXISTS (SELECT FROM digests_lacking('candidate', of_key, 0, 1)) OR EXISTS (SELECT FROM digests_lacking('contact', of_key, 0, 1))
       OR EXISTS (SELECT FROM digests_lacking('document', of_key, 0, 1)) OR EXISTS (SELECT FROM digests_lacking('fee', of_key, 0, 1)) THEN
        RAISE EXCEPTION 'digests_switch() before all digests are made';
    END IF;
    PERFORM set_config('noria.digest_switch', 'on', true);
    UPDATE candidate c SET passport_key = n.digests[1], person_key = n.digests[2], swapped_key = n.digests[3], fee_phone_key = n.digests[4]
    FROM digest_next n WHERE n.kind = 'candidate' AND n.id = c.id;
    GET DIAGNOSTICS candidates = ROW_COUNT;
    UPDATE org_contact o SET phone_key = n.digests[1], email_key = n.digests[2], iban_key = n.digests[3], msa_key = n.digests[4]
    FROM digest_next n WHERE n.kind = 'contact' AND n.id = o.org_id;
    GET DIAGNOSTICS contacts = ROW_COUNT;
    UPDATE document_seen d SET document_key = n.digests[1] FROM digest_next n WHERE n.kind = 'document' AND n.id = d.id;
    UPDATE fee_answer a SET phone_key = n.digests[1] FROM digest_next n WHERE n.kind = 'fee' AND n.id = a.id;
    TRUNCATE digest_next;
    UPDATE digest_key SET version = to_version, key_id = of_key;
    PERFORM set_config('noria.digest_switch', '', true);
    RETURN audit('keys.reindex', 'seal', to_version, NULL, jsonb_build_object('candidates', candidates, 'contacts', contacts));
END
$$;

REVOKE ALL ON FUNCTION digest_held(), digests_lacking(text, bytea, bigint, int), digests_keep(text, bytea, jsonb), digests_close(),
    digests_switch(int, bytea), digest_changed() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION digest_held() TO noria_partner, noria_ofii, noria_system;
GRANT EXECUTE ON FUNCTION digests_lacking(text, bytea, bigint, int), digests_keep(text, bytea, jsonb), digests_close(),
    digests_switch(int, bytea) TO noria_system;
