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

-- A withdrawal that waits for its second person is not got round by issuing anew.
CREATE OR REPLACE FUNCTION withdrawal_check(placement bigint, which_kind int) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM document d WHERE d.placement_id = withdrawal_check.placement AND d.kind = which_kind
                                        AND d.state = 'suspended' AND d.cause = 'withdrawal') THEN
        PERFORM refuse('withdrawal_open');
    END IF;
END
$$;
REVOKE ALL ON FUNCTION withdrawal_check(bigint, int) FROM PUBLIC;

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
    IF p.state NOT IN ('ready', 'departed', 'arrived', 'working', 'extended') THEN
        PERFORM refuse('document_not_ready', p.state);
    END IF;
    PERFORM withdrawal_check(p.id, 1);
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

-- What is signed does not change; withdrawing is final. A suspension that names no cause is a person's.
CREATE OR REPLACE FUNCTION document_rules() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF current_setting('noria.erasing', true) = 'on' AND NOT EXISTS (
        SELECT FROM worker_identity i JOIN placement p ON p.worker_id = i.worker_id WHERE p.id = NEW.placement_id) THEN
        RETURN NEW; -- emptied after the worker's key was destroyed (15_privacy.sql)
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
    NEW.cause := CASE WHEN NEW.state = 'suspended' THEN coalesce(NEW.cause, 'person') END;
    NEW.version := OLD.version + 1;
    NEW.changed_at := clock_timestamp();
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS document_rules ON document;
CREATE TRIGGER document_rules BEFORE UPDATE ON document FOR EACH ROW EXECUTE FUNCTION document_rules();

-- Once a statement, not once a row: a batch would write the list's row as often as it has documents.
-- The counters come first the list's, then the account's, always in this order.
CREATE OR REPLACE FUNCTION document_count() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    day_limit int := (SELECT value FROM document_setting WHERE code = 'day_limit');
BEGIN
    UPDATE status_list l SET issued = l.issued + n.made
    FROM (SELECT list_no, count(*)::int AS made FROM new_documents GROUP BY list_no) n WHERE l.list_no = n.list_no;
    BEGIN
        INSERT INTO document_quota AS q (account_id, day, used, most)
        SELECT account_id, today(), count(*), day_limit FROM new_documents GROUP BY account_id
        ON CONFLICT (account_id, day) DO UPDATE SET used = q.used + excluded.used, most = excluded.most;
    EXCEPTION WHEN check_violation THEN -- CHECK document_limit
        PERFORM refuse('document_limit', day_limit::text);
    END;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS document_count ON document;
CREATE TRIGGER document_count AFTER INSERT ON document REFERENCING NEW TABLE AS new_documents
    FOR EACH STATEMENT EXECUTE FUNCTION document_count();

-- Every change of state moves its list's version, so that the list is signed anew when next asked for.
CREATE OR REPLACE FUNCTION document_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE status_list l SET version = l.version + 1
    WHERE l.list_no IN (SELECT n.list_no FROM new_documents n JOIN old_documents o ON o.id = n.id
                        WHERE n.state <> o.state);
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS document_moved ON document;
CREATE TRIGGER document_moved AFTER UPDATE ON document REFERENCING OLD TABLE AS old_documents NEW TABLE AS new_documents
    FOR EACH STATEMENT EXECUTE FUNCTION document_moved();

CREATE OR REPLACE FUNCTION document_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse('document_frozen');
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS document_kept ON document;
CREATE TRIGGER document_kept BEFORE DELETE OR TRUNCATE ON document
    FOR EACH STATEMENT EXECUTE FUNCTION document_kept();

-- What ends a placement withdraws its document, a worker's return as well as what kept him from coming;
-- a contract that is withdrawn, its notice; a stay that proves too long, the record that called it clean.
CREATE OR REPLACE FUNCTION document_withdraw(which_kind int, which_placement bigint, which_contract bigint, why text)
RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone record;
BEGIN
    FOR gone IN UPDATE document d SET state = 'revoked', reason = why
        WHERE d.state <> 'revoked' AND d.kind = which_kind
          AND (d.placement_id = which_placement OR (which_placement IS NULL AND d.contract_id = which_contract))
        RETURNING d.id LOOP
        PERFORM audit('document.revoke', 'document', gone.id, why);
    END LOOP;
END
$$;
DROP FUNCTION IF EXISTS document_withdraw(bigint, bigint, text);
REVOKE ALL ON FUNCTION document_withdraw(int, bigint, bigint, text) FROM PUBLIC;

CREATE OR REPLACE FUNCTION document_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'contract' THEN
        PERFORM document_withdraw(2, NULL, NEW.id, NEW.state);
    ELSIF TG_NAME = 'document_follow_stay' THEN
        PERFORM document_withdraw(3, NEW.id, NULL, 'overstay');
    ELSE
        PERFORM document_withdraw(1, NEW.id, NULL, NEW.state);
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS document_follow ON placement;
CREATE TRIGGER document_follow AFTER UPDATE OF state ON placement FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND NEW.state IN ('unfit', 'visa_refused', 'withdrawn', 'replaced', 'lot_cancelled',
                                                   'no_show', 'transferred', 'returned_verified', 'returned_late',
                                                   'status_changed', 'non_return_confirmed'))
    EXECUTE FUNCTION document_follow();
DROP TRIGGER IF EXISTS document_follow_stay ON placement;
CREATE TRIGGER document_follow_stay AFTER UPDATE OF overstay_days ON placement FOR EACH ROW
    WHEN (NEW.overstay_days > 0 AND OLD.overstay_days = 0)
    EXECUTE FUNCTION document_follow();
DROP TRIGGER IF EXISTS document_follow ON contract;
CREATE TRIGGER document_follow AFTER UPDATE OF state ON contract FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND NEW.state = 'withdrawn')
    EXECUTE FUNCTION document_follow();

-- Work that ended before the day that the document was made for: it serves `document_days` from the real
-- last day. For the system's daily round; gives how many it withdrew.
CREATE OR REPLACE FUNCTION document_expire() RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ended record;
    gone int := 0;
BEGIN
    FOR ended IN SELECT p.id FROM document d
        JOIN placement p ON p.id = d.placement_id JOIN campaign c ON c.id = d.campaign_id
        WHERE d.kind = 1 AND d.state <> 'revoked' AND p.ended_on + c.document_days < today() LOOP
        PERFORM document_withdraw(1, ended.id, NULL, 'ended');
        gone := gone + 1;
    END LOOP;
    RETURN gone;
END
$$;
REVOKE ALL ON FUNCTION document_expire() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_expire() TO noria_system;

-- --- fraud cases ------------------------------------------------------------------------------------
-- What holds a document now, or NULL. A season record is the worker's own: his employer's troubles do not
-- touch it.
CREATE OR REPLACE FUNCTION document_held_by(d document) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN d.placement_id IS NOT NULL AND candidate_held((SELECT p.candidate_id FROM placement p
                                                                    WHERE p.id = d.placement_id)) THEN 'candidate'
                WHEN d.kind <> 3 AND contract_held(d.contract_id)
                    THEN CASE WHEN org_held(d.org_id) THEN 'employer' ELSE 'contract' END END
$$;
REVOKE ALL ON FUNCTION document_held_by(document) FROM PUBLIC;

-- The documents that a case is about.
CREATE OR REPLACE FUNCTION document_of_case(f fraud_case) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT d.id FROM placement p JOIN document d ON d.placement_id = p.id
    WHERE p.candidate_id IN (f.candidate_id, f.other_candidate_id) AND d.state <> 'revoked'
      AND p.candidate_id IS DISTINCT FROM f.kept_id
    UNION
    SELECT d.id FROM document d WHERE d.contract_id = f.contract_id AND d.kind <> 3 AND d.state <> 'revoked'
    UNION
    SELECT d.id FROM document d
    WHERE f.contract_id IS NULL AND d.org_id = f.org_id AND d.kind <> 3 AND d.state <> 'revoked'
    UNION
    SELECT d.id FROM placement p JOIN document d ON d.placement_id = p.id
    WHERE f.kept_id IS NOT NULL AND p.candidate_id = f.kept_id AND d.state = 'suspended'
$$;
REVOKE ALL ON FUNCTION document_of_case(fraud_case) FROM PUBLIC;

-- A doubt suspends at once; a confirmed case withdraws; a cleared one gives back what it suspended,
-- unless another case still stands. Gives how many documents it changed.
CREATE OR REPLACE FUNCTION document_follow_case(f fraud_case) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    which bigint;
    d document;
    held boolean;
    becomes text;
    changed int := 0;
BEGIN
    FOR which IN SELECT x FROM document_of_case(f) x LOOP
        SELECT * INTO d FROM document x WHERE x.id = which FOR NO KEY UPDATE;
        CONTINUE WHEN d.state = 'revoked';
        held := document_held_by(d) IS NOT NULL;
        becomes := CASE
            WHEN f.state = 'confirmed' AND held AND NOT coalesce(
                f.kept_id = (SELECT p.candidate_id FROM placement p WHERE p.id = d.placement_id), false) THEN 'revoked'
            WHEN held AND d.state = 'valid' THEN 'suspended'
            WHEN NOT held AND d.cause = 'hold' THEN 'valid' END;
        IF becomes IS NOT NULL THEN
            UPDATE document x SET state = becomes, cause = CASE becomes WHEN 'suspended' THEN 'hold' END,
                reason = format('case %s %s', f.id, f.state) WHERE x.id = d.id;
            PERFORM audit(CASE becomes WHEN 'revoked' THEN 'document.revoke' WHEN 'valid' THEN 'document.restore'
                                       ELSE 'document.suspend' END, 'document', d.id, format('case %s', f.id));
            changed := changed + 1;
        END IF;
    END LOOP;
    RETURN changed;
END
$$;
REVOKE ALL ON FUNCTION document_follow_case(fraud_case) FROM PUBLIC;

CREATE OR REPLACE FUNCTION document_case_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM document_follow_case(NEW);
    RETURN NULL;
END
$$;
-- Once a statement: an import opens thousands of cases, nearly all about people who have no document yet.
CREATE OR REPLACE FUNCTION document_cases_opened() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    named bigint[] := ARRAY(
        SELECT c.id FROM opened c
        WHERE c.blocking
          AND (c.contract_id IS NOT NULL OR c.org_id IS NOT NULL
               OR EXISTS (SELECT FROM placement p WHERE p.candidate_id = c.candidate_id)
               OR EXISTS (SELECT FROM placement p WHERE p.candidate_id = c.other_candidate_id))
        ORDER BY c.id);
BEGIN
    PERFORM document_follow_case(f) FROM fraud_case f WHERE f.id = ANY (named);
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS document_case_opened ON fraud_case;
CREATE TRIGGER document_case_opened AFTER INSERT ON fraud_case REFERENCING NEW TABLE AS opened
    FOR EACH STATEMENT EXECUTE FUNCTION document_cases_opened();
DROP TRIGGER IF EXISTS document_case_moved ON fraud_case;
CREATE TRIGGER document_case_moved AFTER UPDATE OF state, blocking, kept_id ON fraud_case FOR EACH ROW
    WHEN (NEW.blocking OR OLD.blocking) EXECUTE FUNCTION document_case_moved();

-- A case and a document that were made at the same time do not see each other: the system's round looks
-- at the cases of the last hour again.
CREATE OR REPLACE FUNCTION document_hold_late() RETURNS int
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(document_follow_case(f)), 0)::int FROM fraud_case f
    WHERE f.blocking AND f.state = 'open' AND f.opened_at > clock_timestamp() - interval '1 hour'
$$;
REVOKE ALL ON FUNCTION document_hold_late() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_hold_late() TO noria_system;

-- --- withdrawing, by one person or two --------------------------------------------------------------
-- On grave grounds the first person's word suspends the document and the second's withdraws it.
CREATE OR REPLACE FUNCTION document_revoke(which bigint, why_code text, why text)
RETURNS TABLE (id bigint, state text, proposed boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d document;
    open document_withdrawal;
    is_grave boolean := (SELECT g.grave FROM document_ground g WHERE g.code = why_code);
BEGIN
    SELECT * INTO d FROM document x WHERE x.id = which FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF is_grave IS NULL THEN
        PERFORM refuse('unknown_reference', '', 'ground');
    ELSIF d.state = 'revoked' THEN
        PERFORM refuse('conflict', d.state);
    END IF;
    SELECT * INTO open FROM document_withdrawal w WHERE w.document_id = which AND w.decision IS NULL;
    IF FOUND AND open.ground <> why_code THEN
        PERFORM refuse('withdrawal_differs', open.ground, 'ground');
    ELSIF open.id IS NOT NULL THEN
        UPDATE document_withdrawal w SET decision = 'confirmed', decided_by = actor_account(),
            decided_at = clock_timestamp() WHERE w.id = open.id; -- CHECK second_person_needed
    ELSIF is_grave THEN
        INSERT INTO document_withdrawal (document_id, ground, grave, reason, proposed_by)
        VALUES (which, why_code, true, why, actor_account());
        UPDATE document x SET state = 'suspended', cause = 'withdrawal', reason = why WHERE x.id = which;
        PERFORM audit('document.propose_revoke', 'document', which, why, jsonb_build_object('ground', why_code));
        RETURN QUERY SELECT which, 'suspended'::text, true;
        RETURN;
    ELSE
        INSERT INTO document_withdrawal (document_id, ground, grave, reason, proposed_by, decision, decided_by, decided_at)
        VALUES (which, why_code, false, why, actor_account(), 'confirmed', actor_account(), clock_timestamp());
    END IF;
    UPDATE document x SET state = 'revoked', reason = why WHERE x.id = which;
    PERFORM audit('document.revoke', 'document', which, why, jsonb_build_object('ground', why_code));
    RETURN QUERY SELECT which, 'revoked'::text, false;
END
$$;

-- Lifts a suspension, and drops a withdrawal that waits for its second person.
CREATE OR REPLACE FUNCTION document_restore(which bigint, why text) RETURNS TABLE (id bigint, state text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d document;
    holds text;
BEGIN
    SELECT * INTO d FROM document x WHERE x.id = which FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF d.state <> 'suspended' THEN
        PERFORM refuse('conflict', d.state);
    END IF;
    holds := document_held_by(d);
    IF holds IS NOT NULL THEN
        PERFORM refuse('document_held', holds);
    END IF;
    UPDATE document_withdrawal w SET decision = 'dropped', decided_by = actor_account(), decided_at = clock_timestamp()
    WHERE w.document_id = which AND w.decision IS NULL;
    UPDATE document x SET state = 'valid', reason = why WHERE x.id = which;
    PERFORM audit('document.restore', 'document', which, why);
    RETURN QUERY SELECT which, 'valid'::text;
END
$$;
REVOKE ALL ON FUNCTION document_revoke(bigint, text, text), document_restore(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_revoke(bigint, text, text), document_restore(bigint, text) TO noria_ofii;

-- The proposed withdrawal that waits for its second person: the office alone sees it.
CREATE OR REPLACE FUNCTION document_beside(which bigint)
RETURNS TABLE (proposed_ground text, proposed_reason text, proposed_by text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.ground, w.reason, a.name FROM document_withdrawal w JOIN account a ON a.id = w.proposed_by
    WHERE w.document_id = which AND w.decision IS NULL AND session_user IN ('noria_ofii', 'noria_system')
$$;

-- --- season records ---------------------------------------------------------------------------------
-- A record says that a season was done and the return proven, so it comes after the return only.
CREATE OR REPLACE FUNCTION record_check(placement bigint) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE;
BEGIN
    SELECT * INTO p FROM placement x WHERE x.id = record_check.placement;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF p.state NOT IN ('returned_verified', 'returned_late') THEN
        PERFORM refuse('record_not_returned', p.state);
    ELSIF candidate_held(p.candidate_id) THEN
        PERFORM refuse('document_held', 'candidate');
    END IF;
    PERFORM withdrawal_check(p.id, 3);
END
$$;
REVOKE ALL ON FUNCTION record_check(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION record_check(bigint) TO noria_ofii;

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
              issued_at, expires_at, changed_at, version, cause) ON document TO noria_employer;
