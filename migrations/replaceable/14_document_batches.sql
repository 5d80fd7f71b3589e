-- Batches of documents: what a batch holds, who works at it, and who sees it (0018_document_issue).

-- What the documents of placements say, and the sealed identities. A season record tells the days that were
-- worked and the clean returns so far; a worker document the days that are to come.
DROP FUNCTION IF EXISTS document_subjects(bigint[], int);
CREATE FUNCTION document_subjects(placements bigint[], which_kind int)
RETURNS TABLE (placement_id bigint, campaign_id bigint, contract_id bigint, worker_id bigint, first_day date,
               last_day date, expires_on date, employer text, siret text, commune text, rome text, serial text,
               campaign text, sealed bytea, wrapped bytea, authorisation text, clean_seasons int)
LANGUAGE sql STABLE AS $$
    SELECT p.id, p.campaign_id, p.contract_id, p.worker_id, p.first_day,
        CASE which_kind WHEN 3 THEN greatest(least(p.ended_on, p.last_day), p.first_day) ELSE p.last_day END,
        CASE which_kind
            WHEN 3 THEN (today() + make_interval(years => (SELECT s.value FROM document_setting s
                                                           WHERE s.code = 'record_years')))::date
            ELSE p.last_day + c.document_days END,
        o.name, o.siret, k.commune, k.rome, k.serial, c.code, i.sealed, i.wrapped,
        (SELECT substring(f.note from '^[A-Za-z0-9][A-Za-z0-9 /.-]{2,59}$') FROM placement_fact f
         WHERE f.placement_id = p.id AND f.to_state = 'authorised' ORDER BY f.id DESC LIMIT 1),
        CASE which_kind WHEN 3 THEN clean_returns(p.worker_id) END
    FROM placement p
    JOIN org o ON o.id = p.org_id
    JOIN contract k ON k.id = p.contract_id
    JOIN campaign c ON c.id = p.campaign_id
    JOIN worker_identity i ON i.worker_id = p.worker_id
    WHERE p.id = ANY (placements)
$$;
REVOKE ALL ON FUNCTION document_subjects(bigint[], int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_subjects(bigint[], int) TO noria_ofii;

-- Why a placement cannot get a document of that kind now: the code of a refusal, or NULL.
CREATE OR REPLACE FUNCTION document_refusal(p placement, which_kind int, anew boolean DEFAULT false) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN which_kind = 1 AND p.state NOT IN ('ready', 'departed', 'arrived', 'working', 'extended')
            THEN 'document_not_ready'
        WHEN which_kind = 3 AND p.state NOT IN ('returned_verified', 'returned_late') THEN 'record_not_returned'
        WHEN EXISTS (SELECT FROM document d WHERE d.placement_id = p.id AND d.kind = which_kind
                       AND (d.state = 'suspended' OR (d.state = 'valid' AND NOT anew))) THEN 'duplicate'
        WHEN candidate_held(p.candidate_id) OR (which_kind = 1 AND contract_held(p.contract_id)) THEN 'document_held'
    END
$$;
REVOKE ALL ON FUNCTION document_refusal(placement, int, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_refusal(placement, int, boolean) TO noria_ofii;

-- Opens a batch of all that can be issued now: worker documents before departure, records after return;
-- or, anew, of those that have a valid one.
CREATE OR REPLACE FUNCTION document_batch_open(campaign bigint, contract bigint, which_kind int, again boolean)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    made bigint;
    wanted bigint[];
BEGIN
    IF NOT EXISTS (SELECT FROM campaign c WHERE c.id = document_batch_open.campaign) THEN
        PERFORM refuse('not_found');
    END IF;
    SELECT array_agg(p.id ORDER BY p.id) INTO wanted FROM placement p
    WHERE p.campaign_id = document_batch_open.campaign
      AND (document_batch_open.contract IS NULL OR p.contract_id = document_batch_open.contract)
      AND (p.state = 'ready' OR which_kind <> 1 OR again)
      AND document_refusal(p, which_kind, again) IS NULL
      AND (NOT again OR EXISTS (SELECT FROM document d WHERE d.placement_id = p.id AND d.kind = which_kind
                                                         AND d.state = 'valid'));
    IF wanted IS NULL THEN
        PERFORM refuse('batch_empty');
    END IF;
    INSERT INTO document_batch (campaign_id, contract_id, kind, account_id, org_id, role, anew, total)
    VALUES (campaign, contract, which_kind, actor_account(), actor_org(), actor_role(), again, cardinality(wanted))
    RETURNING id INTO made;
    INSERT INTO document_batch_item (batch_id, placement_id) SELECT made, w FROM unnest(wanted) w;
    PERFORM audit('document.batch', 'document_batch', made, NULL,
                  jsonb_build_object('kind', which_kind, 'anew', again, 'total', cardinality(wanted)));
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION document_batch_open(bigint, bigint, int, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_batch_open(bigint, bigint, int, boolean) TO noria_ofii;

-- A batch that nobody works at becomes the runner's for `seconds`. PostgreSQL's own clock, which no test
-- moves: a lease is between machines.
CREATE OR REPLACE FUNCTION document_batch_claim(who text, seconds int)
RETURNS TABLE (id bigint, campaign_id bigint, kind int, anew boolean, account_id bigint, org_id bigint, role text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE document_batch b SET state = 'running', runner = who, version = b.version + 1,
        lease_until = clock_timestamp() + make_interval(secs => seconds)
    WHERE b.id = (SELECT c.id FROM document_batch c
                  WHERE c.state IN ('waiting', 'running')
                    AND (c.runner = who OR coalesce(c.lease_until < clock_timestamp(), true))
                  ORDER BY c.id FOR NO KEY UPDATE SKIP LOCKED LIMIT 1)
    RETURNING b.id, b.campaign_id, b.kind, b.anew, b.account_id, b.org_id, b.role
$$;
REVOKE ALL ON FUNCTION document_batch_claim(text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_batch_claim(text, int) TO noria_system;

-- A stopped batch goes on: the limit is a day's, or was raised.
CREATE OR REPLACE FUNCTION document_batch_resume(which bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b document_batch;
BEGIN
    SELECT * INTO b FROM document_batch x WHERE x.id = which FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF b.state <> 'stopped' THEN
        PERFORM refuse('conflict', b.state);
    END IF;
    UPDATE document_batch x SET state = 'waiting', stopped_by = NULL, ended_at = NULL, lease_until = NULL,
        account_id = actor_account(), org_id = actor_org(), role = actor_role(), version = x.version + 1
    WHERE x.id = which;
    PERFORM audit('document.batch_resume', 'document_batch', which);
END
$$;
REVOKE ALL ON FUNCTION document_batch_resume(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_batch_resume(bigint) TO noria_ofii;

-- --- who sees, who changes --------------------------------------------------------------------------
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['document_setting', 'document_quota', 'document_language', 'document_ground',
                             'document_withdrawal', 'document_batch', 'document_batch_item'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', t || '_all', t);
        EXECUTE format('CREATE POLICY %I ON %I TO noria_ofii, noria_system USING (true) WITH CHECK (true)', t || '_all', t);
        EXECUTE format('GRANT SELECT ON %I TO noria_ofii, noria_system', t);
    END LOOP;
END
$$;
DROP POLICY IF EXISTS document_language_read ON document_language;
CREATE POLICY document_language_read ON document_language FOR SELECT TO noria_partner, noria_employer USING (true);
GRANT SELECT ON document_language TO noria_partner, noria_employer;
-- The setting is an administrator's (the route's row); the log keeps who set it.
GRANT UPDATE (value, version) ON document_setting TO noria_ofii;
-- What the work at a batch writes, in the officer's name.
GRANT UPDATE (state, issued, refused, stopped_by, runner, lease_until, ended_at, version) ON document_batch TO noria_ofii;
GRANT UPDATE (state, document_id, refused_by) ON document_batch_item TO noria_ofii;
