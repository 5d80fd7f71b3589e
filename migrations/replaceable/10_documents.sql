-- Documents: what may be issued, status lists, policies and grants of 0010_documents.

-- The list that takes new documents; a further one is opened when the last is nearly full.
CREATE OR REPLACE FUNCTION document_list() RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    last status_list%ROWTYPE;
BEGIN
    SELECT * INTO last FROM status_list l ORDER BY l.list_no DESC LIMIT 1;
    IF last.issued >= 700000 THEN
        INSERT INTO status_list (list_no) VALUES (last.list_no + 1) ON CONFLICT DO NOTHING;
        RETURN last.list_no + 1;
    END IF;
    RETURN last.list_no;
END
$$;

-- Refuses when the law or a fraud case stands in the way of a worker document for that placement.
CREATE OR REPLACE FUNCTION document_check(placement bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE;
BEGIN
    SELECT * INTO p FROM placement x WHERE x.id = document_check.placement;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    IF p.state NOT IN ('ready', 'departed', 'arrived', 'working') THEN
        PERFORM refuse('document_not_ready', p.state);
    END IF;
    IF candidate_held(p.candidate_id) THEN
        PERFORM refuse('document_held', 'candidate');
    ELSIF contract_held(p.contract_id) THEN
        PERFORM refuse('document_held', 'contract');
    ELSIF org_held(p.org_id) THEN
        PERFORM refuse('document_held', 'employer');
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION notice_check(contract bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    k contract%ROWTYPE;
BEGIN
    SELECT * INTO k FROM contract x WHERE x.id = notice_check.contract;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    IF k.state NOT IN ('approved', 'filled') THEN
        PERFORM refuse('notice_not_approved', k.state);
    END IF;
    IF contract_held(k.id) THEN
        PERFORM refuse('document_held', 'contract');
    ELSIF org_held(k.org_id) THEN
        PERFORM refuse('document_held', 'employer');
    END IF;
END
$$;

REVOKE ALL ON FUNCTION document_list(), document_check(bigint), notice_check(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_list(), document_check(bigint), notice_check(bigint) TO noria_ofii;

-- What is signed does not change; withdrawing is final. Every change of state moves its list's version.
CREATE OR REPLACE FUNCTION document_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE status_list l SET issued = l.issued + 1 WHERE l.list_no = NEW.list_no;
        RETURN NEW;
    END IF;
    IF (NEW.cti, NEW.number, NEW.kind, NEW.campaign_id, NEW.contract_id, NEW.placement_id, NEW.org_id, NEW.service_id,
        NEW.list_no, NEW.idx, NEW.sealed, NEW.text, NEW.issued_at, NEW.expires_at)
       IS DISTINCT FROM
       (OLD.cti, OLD.number, OLD.kind, OLD.campaign_id, OLD.contract_id, OLD.placement_id, OLD.org_id, OLD.service_id,
        OLD.list_no, OLD.idx, OLD.sealed, OLD.text, OLD.issued_at, OLD.expires_at) THEN
        PERFORM refuse('document_frozen');
    END IF;
    IF OLD.state = 'revoked' THEN
        PERFORM refuse('conflict', 'document:' || OLD.state || ' > document:' || NEW.state);
    END IF;
    NEW.version := OLD.version + 1;
    NEW.changed_at := clock_timestamp();
    UPDATE status_list l SET version = l.version + 1 WHERE l.list_no = NEW.list_no;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS document_rules ON document;
CREATE TRIGGER document_rules BEFORE INSERT OR UPDATE ON document
    FOR EACH ROW EXECUTE FUNCTION document_rules();

CREATE OR REPLACE FUNCTION document_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('document_frozen');
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS document_kept ON document;
CREATE TRIGGER document_kept BEFORE DELETE OR TRUNCATE ON document
    FOR EACH STATEMENT EXECUTE FUNCTION document_kept();

-- A placement that ends before the season withdraws its document; a contract that is withdrawn, its notice.
CREATE OR REPLACE FUNCTION document_withdraw(which_placement bigint, which_contract bigint, why text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone record;
BEGIN
    FOR gone IN UPDATE document d SET state = 'revoked', reason = why
        WHERE d.state <> 'revoked'
          AND ((d.kind = 1 AND d.placement_id = which_placement) OR (d.kind = 2 AND d.contract_id = which_contract))
        RETURNING d.id LOOP
        PERFORM audit('document.revoke', 'document', gone.id, why);
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION document_withdraw(bigint, bigint, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION document_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'placement' THEN
        PERFORM document_withdraw(NEW.id, NULL, NEW.state);
    ELSE
        PERFORM document_withdraw(NULL, NEW.id, NEW.state);
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS document_follow ON placement;
CREATE TRIGGER document_follow AFTER UPDATE OF state ON placement FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND NEW.state IN ('unfit', 'visa_refused', 'withdrawn', 'replaced', 'lot_cancelled',
                                                   'no_show', 'transferred'))
    EXECUTE FUNCTION document_follow();
DROP TRIGGER IF EXISTS document_follow ON contract;
CREATE TRIGGER document_follow AFTER UPDATE OF state ON contract FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND NEW.state = 'withdrawn')
    EXECUTE FUNCTION document_follow();

-- The entries of a list that are not valid: 1 revoked, 2 suspended. Anybody may know them: an index
-- tells nothing of whose document it is.
CREATE OR REPLACE FUNCTION status_entries(list int) RETURNS TABLE (idx int, status int)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.idx, CASE d.state WHEN 'revoked' THEN 1 ELSE 2 END FROM document d
    WHERE d.list_no = list AND d.state <> 'valid'
$$;

ALTER TABLE status_list ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS status_list_all ON status_list;
CREATE POLICY status_list_all ON status_list FOR SELECT USING (true);
GRANT SELECT ON status_list TO noria_ofii, noria_system, noria_partner, noria_employer, noria_public;
GRANT EXECUTE ON FUNCTION status_entries(int) TO noria_ofii, noria_system, noria_partner, noria_employer, noria_public;

ALTER TABLE document ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS document_all ON document;
CREATE POLICY document_all ON document TO noria_ofii, noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT ON document TO noria_ofii;
GRANT UPDATE (state, reason) ON document TO noria_ofii;
GRANT SELECT ON document TO noria_system;
-- The service that presented the worker hands him his document.
DROP POLICY IF EXISTS document_service ON document;
CREATE POLICY document_service ON document FOR SELECT TO noria_partner
    USING (service_id = actor_org() OR kind = 2);
GRANT SELECT ON document TO noria_partner;
-- The employer sees that documents exist, and the text of its own contract notices; never the sealed text.
DROP POLICY IF EXISTS document_employer ON document;
CREATE POLICY document_employer ON document FOR SELECT TO noria_employer USING (org_id = actor_org());
GRANT SELECT (id, cti, number, kind, campaign_id, contract_id, placement_id, org_id, list_no, idx, state, reason, text,
              issued_at, expires_at, changed_at, version) ON document TO noria_employer;
