-- The worker's own page: he shows a document that names him and types the day on which his passport expires, which
-- stands on no document of ours. The system's login alone calls these, after the signature was verified.

ALTER TABLE own_try ENABLE ROW LEVEL SECURITY;

-- Takes one of the five tries of the day and gives what the day is compared with, or NULLs: no such document, its
-- worker erased, no try left, or withdrawn because it is in other hands or is false. The caller treats all alike. The
-- row stays locked until the answer is written, so that tries at the same time are counted one after the other.
CREATE OR REPLACE FUNCTION own_file_try(shown bytea)
RETURNS TABLE (candidate_id bigint, worker_id bigint, wrapped bytea, sealed bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    good boolean;
BEGIN
    SELECT p.candidate_id, p.worker_id, NOT EXISTS (
        SELECT FROM document_withdrawal w WHERE w.document_id = d.id AND w.decision = 'confirmed'
            AND w.ground IN ('lost', 'stolen', 'forged_papers', 'fraud'))
    INTO candidate_id, worker_id, good
    FROM document d JOIN placement p ON p.id = d.placement_id JOIN worker w ON w.id = p.worker_id
    WHERE d.cti = shown AND w.erased_at IS NULL;
    IF FOUND THEN
        INSERT INTO own_try AS t (worker_id, day, tries) VALUES (own_file_try.worker_id, today(), 1)
        ON CONFLICT ON CONSTRAINT own_try_pkey DO UPDATE SET day = excluded.day,
            tries = CASE WHEN t.day = excluded.day THEN t.tries + 1 ELSE 1 END
        WHERE t.day <> excluded.day OR t.tries < 5;
        IF FOUND AND good THEN
            SELECT i.wrapped, i.sealed INTO wrapped, sealed FROM worker_identity i WHERE i.worker_id = own_file_try.worker_id;
        END IF;
    END IF;
    RETURN NEXT;
END
$$;

-- Writes the leaf of the request; when the day was right, gives the try back and tells. The list begins with the
-- requests of this page itself: who has his papers looks like him.
-- `found` counts those beyond as well.
DROP FUNCTION IF EXISTS own_file_answer(bigint, bigint, boolean);
CREATE OR REPLACE FUNCTION own_file_answer(whose bigint, entry bigint, correct boolean)
RETURNS TABLE (at timestamptz, act text, org text, org_kind text, role text, reason text, found bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit(CASE WHEN correct THEN 'worker.own_look' ELSE 'worker.own_refused' END, 'candidate', coalesce(entry, 0));
    UPDATE own_try t SET tries = t.tries - 1 WHERE t.worker_id = whose AND correct;
    RETURN QUERY SELECT l.at, l.act, l.org, l.org_kind, l.role, l.reason, count(*) OVER () FROM worker_looks(whose) l
        WHERE correct ORDER BY l.id DESC LIMIT 500;
END
$$;
REVOKE ALL ON FUNCTION own_file_try(bytea), own_file_answer(bigint, bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION own_file_try(bytea), own_file_answer(bigint, bigint, boolean) TO noria_system;
