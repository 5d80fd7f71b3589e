-- The audit log: the text of a leaf, who may read what, and nobody who may change any of it.

-- What is hashed and exported: one line of JSON. Its form must never change: a leaf hashed in another
-- form is another leaf.
CREATE OR REPLACE FUNCTION audit_line(l audit_leaf) RETURNS text LANGUAGE sql STABLE
RETURN json_build_array(l.id, (extract(epoch FROM l.at) * 1000000)::bigint, l.account_id, l.org_id, l.act,
                        l.object_kind, l.object_id, l.reason, l.detail, l.nonce)::text;

-- RFC 6962, section 2.1: a leaf's hash.
CREATE OR REPLACE FUNCTION audit_hash(l audit_leaf) RETURNS bytea LANGUAGE sql STABLE
RETURN sha256('\x00'::bytea || convert_to(audit_line(l), 'UTF8'));

DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['audit_leaf', 'audit_entry', 'audit_node', 'audit_head'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS append_only ON %I', name);
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', name);
    END LOOP;
END
$$;

-- Positions, hashes and heads tell nothing about anybody: everybody may check the log with them.
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS audit_entry_all ON audit_entry;
CREATE POLICY audit_entry_all ON audit_entry USING (true) WITH CHECK (true);
GRANT SELECT ON audit_entry TO noria_ofii, noria_system, noria_employer, noria_partner, noria_public;
ALTER TABLE audit_node ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS audit_node_all ON audit_node;
CREATE POLICY audit_node_all ON audit_node USING (true) WITH CHECK (true);
GRANT SELECT ON audit_node TO noria_ofii, noria_system, noria_employer, noria_partner, noria_public;
ALTER TABLE audit_head ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS audit_head_all ON audit_head;
CREATE POLICY audit_head_all ON audit_head USING (true) WITH CHECK (true);
GRANT SELECT ON audit_head TO noria_ofii, noria_system, noria_employer, noria_partner, noria_public;
REVOKE INSERT ON audit_entry FROM noria_system;
GRANT INSERT ON audit_node, audit_head TO noria_system;

-- The leaves above `floor` that have no place yet, `most` of them, get the places from `size` on. The only way
-- to an entry: none is of a leaf that is not there. `now` is the time of the newest of them, in seconds: a clock
-- that was put back does not take the log back.
CREATE OR REPLACE FUNCTION audit_place(size bigint, floor bigint, most int)
RETURNS TABLE (leaf_id bigint, hash text, now bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    WITH fresh AS MATERIALIZED (
        SELECT l.id, l.at, audit_hash(l) AS hash FROM audit_leaf l
        WHERE l.id > audit_place.floor AND NOT EXISTS (SELECT FROM audit_entry e WHERE e.leaf_id = l.id)
        ORDER BY l.id LIMIT most),
    placed AS (
        INSERT INTO audit_entry (position, leaf_id, hash)
        SELECT audit_place.size + row_number() OVER (ORDER BY f.id) - 1, f.id, f.hash FROM fresh f)
    SELECT f.id, encode(f.hash, 'hex'), floor(extract(epoch FROM greatest(max(f.at) OVER (), (
               SELECT h.at FROM audit_head h ORDER BY h.size DESC LIMIT 1))))::bigint
    FROM fresh f ORDER BY f.id;
END
$$;
REVOKE ALL ON FUNCTION audit_place(bigint, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_place(bigint, bigint, int) TO noria_system;

-- Every look at a worker's identity or document, whichever campaign's entry it began with, and every request of his
-- own page: what he may ask for (GDPR art. 15; CJEU C-579/21: when, why and by which office). For functions only.
CREATE OR REPLACE FUNCTION worker_looks(worker bigint)
RETURNS TABLE (id bigint, at timestamptz, act text, org text, org_kind text, account text, role text, reason text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH looked (kind, object) AS (
        SELECT 'candidate'::text, c.id FROM candidate c WHERE c.worker_id = worker
        UNION ALL
        SELECT 'document'::text, d.id FROM document d JOIN placement p ON p.id = d.placement_id
        WHERE p.worker_id = worker)
    SELECT l.id, l.at, l.act, o.name, o.kind, a.name, a.role, l.reason
    FROM looked JOIN audit_leaf l ON l.object_kind = looked.kind AND l.object_id = looked.object
    LEFT JOIN org o ON o.id = l.org_id
    LEFT JOIN account a ON a.id = l.account_id
    WHERE l.act IN ('candidate.unseal', 'document.look', 'worker.own_look', 'worker.own_refused')
$$;
REVOKE ALL ON FUNCTION worker_looks(bigint) FROM PUBLIC;

-- Newest first. A partner service asks for its own people; the name of who looked stays inside the office.
CREATE OR REPLACE FUNCTION candidate_looks(candidate bigint, after bigint, most int)
RETURNS TABLE (id bigint, at timestamptz, act text, org text, account text, role text, reason text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    worker bigint;
    office CONSTANT boolean := session_user = 'noria_ofii'; -- its reads carry no actor
BEGIN
    SELECT c.worker_id INTO worker FROM candidate c
    WHERE c.id = candidate_looks.candidate AND (office OR c.org_id = actor_org());
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    RETURN QUERY
    SELECT l.id, l.at, l.act, l.org, CASE WHEN office THEN l.account END, l.role, l.reason FROM worker_looks(worker) l
    WHERE after = 0 OR l.id < after
    ORDER BY l.id DESC LIMIT most;
END
$$;
REVOKE ALL ON FUNCTION candidate_looks(bigint, bigint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION candidate_looks(bigint, bigint, int) TO noria_ofii, noria_partner;
