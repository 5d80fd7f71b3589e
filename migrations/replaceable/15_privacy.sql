-- Retention, erasure and access: which rows are a person's, until when they are kept, what is taken out of
-- them. person_tables() is the one list; the access export, the erasure and the purge all go by it, and
-- tests/sql/privacy.sql finds a personal column that it forgot.

-- relation; the condition that its rows are of worker $1; what an erasure does: assignments, or '{}' when
-- nothing in them tells who he is; words: columns of text that stay because they hold the program's own words.
CREATE OR REPLACE FUNCTION person_tables()
RETURNS TABLE (relation text, his text, cleared text[], words text[])
LANGUAGE sql IMMUTABLE AS $$
SELECT t.relation,
    replace(replace(replace(t.his, '<candidates>', '(SELECT c.id FROM candidate c WHERE c.worker_id = $1)'),
                    '<seats>', '(SELECT s.id FROM seat s JOIN candidate c ON c.id = s.candidate_id WHERE c.worker_id = $1)'),
            '<placements>', '(SELECT p.id FROM placement p WHERE p.worker_id = $1)'),
    t.cleared::text[], t.words::text[]
FROM (VALUES
    ('worker', 'id = $1', '{}', '{erased_for}'),
    ('candidate', 'worker_id = $1',
     '{"token = erased_token()","partner_ref = NULL","passport_key = uuid_send(gen_random_uuid())",'
     '"person_key = uuid_send(gen_random_uuid())","swapped_key = uuid_send(gen_random_uuid())",'
     '"document_expires = NULL","languages = DEFAULT","permits = DEFAULT","habiletes = DEFAULT",'
     '"fee_asked = false","fee_amount = NULL","fee_payee = NULL","fee_phone_key = NULL","fee_place = NULL","reason = NULL"}', '{state}'),
    ('digest_next',
     '((kind = ''candidate'' AND id IN <candidates>) OR (kind = ''document'' AND id IN (SELECT d.id FROM document_seen d WHERE d.candidate_id IN <candidates>))'
     ' OR (kind = ''fee'' AND id IN (SELECT a.id FROM fee_answer a WHERE a.placement_id IN <placements>)))',
     '{"digests = ''{}''"}', '{kind,key_id}'),
    ('contract_returnee', 'worker_id = $1', '{}', '{}'),
    ('seat', 'candidate_id IN <candidates>', '{"token = erased_token()","reason = CASE WHEN reason IS NOT NULL THEN ''erased'' END","accommodation = NULL","extra_percent = NULL"}', '{attendance}'),
    ('session_incident', 'seat_id IN <seats>', '{"note = ''erased with the person''"}', '{kind,effect}'),
    ('appeal', 'seat_id IN <seats>',
     '{"token = erased_token()","note = ''erased with the person''","reason = CASE WHEN reason IS NOT NULL THEN ''erased with the person'' END"}',
     '{ground,state,outcome}'),
    ('certificate', 'candidate_id IN <candidates>',
     '{"issuer = ''erased''","serial = NULL","file_hash = NULL"}', '{kind}'),
    ('marker', 'seat_id IN <seats>', '{}', '{}'),
    ('mark', 'seat_id IN <seats>', '{"reason = CASE WHEN reason IS NOT NULL THEN ''erased'' END"}', '{}'),
    ('adjudication', 'seat_id IN <seats>', '{}', '{why}'),
    ('result', 'candidate_id IN <candidates>', '{}', '{outcome,parts,digest}'),
    ('proposal', 'candidate_id IN <candidates>', '{}', '{state,reason}'),
    ('interview', 'proposal_id IN (SELECT p.id FROM proposal p WHERE p.candidate_id IN <candidates>)', '{}', '{channel,reason}'),
    ('fraud_case',
     '(candidate_id IN <candidates> OR other_candidate_id IN <candidates> OR placement_id IN <placements>)',
     '{"evidence = jsonb_build_object(''erased'', id)","proposed_reason = CASE WHEN proposed_reason IS NOT NULL THEN ''erased'' END",'
     '"reason = CASE WHEN reason IS NOT NULL THEN ''erased'' END"}', '{rule,severity,state,proposed}'),
    ('case_likeness',
     'case_id IN (SELECT f.id FROM fraud_case f WHERE f.candidate_id IN <candidates> OR f.other_candidate_id IN <candidates>)',
     '{}', '{part,level}'),
    ('placement', 'worker_id = $1', '{}', '{state}'),
    ('placement_fact', 'placement_id IN <placements>', '{"source = ''erased''","note = NULL"}', '{kind,from_state,to_state}'),
    ('fee_answer', 'placement_id IN <placements>',
     '{"asked = false","amount = NULL","payee = NULL","phone_key = NULL","place = NULL"}', '{moment}'),
    ('document_seen', 'candidate_id IN <candidates>', '{"document_key = uuid_send(gen_random_uuid())"}', '{moment,replaces}'),
    ('work_seen', 'placement_id IN <placements>', '{}', '{commune,source}'),
    ('worker_stay', 'worker_id = $1', '{"source = ''erased''"}', '{}'),
    ('stay_correction', 'worker_id = $1', '{"reason = ''erased with the person''"}', '{}'),
    ('derogation_worker', 'worker_id = $1', '{}', '{}'),
    ('derogation_over', 'worker_id = $1', '{}', '{}'),
    ('document', 'placement_id IN <placements>',
     '{"cti = uuid_send(gen_random_uuid())","number = erased_token()","sealed = decode(repeat(''00'', 42), ''hex'')",'
     '"reason = CASE WHEN reason IS NOT NULL THEN ''erased'' END"}', '{state,cause,text}'),
    ('document_withdrawal', 'document_id IN (SELECT d.id FROM document d WHERE d.placement_id IN <placements>)',
     '{"reason = ''erased''"}', '{ground,decision}'),
    ('return_evidence', 'placement_id IN <placements>', '{"note = NULL"}', '{grade,kind,found_by}'),
    ('return_exception', 'placement_id IN <placements>', '{"document = ''erased''","issuer = ''erased''"}', '{kind,state}'),
    ('non_return', 'placement_id IN <placements>',
     '{"reason = ''erased''","decision_reason = CASE WHEN decision_reason IS NOT NULL THEN ''erased'' END"}',
     '{from_state,decision}'),
    ('privacy_request', 'worker_id = $1', '{"reason = CASE WHEN reason IS NOT NULL THEN ''erased on request'' END"}',
     '{kind,identified,state,rule}'),
    ('own_try', 'worker_id = $1', '{}', '{}'),
    ('audit_leaf',
     '((object_kind = ''candidate'' AND object_id IN <candidates>) OR (object_kind = ''placement'' AND object_id IN <placements>)'
     ' OR (object_kind = ''document'' AND object_id IN (SELECT d.id FROM document d WHERE d.placement_id IN <placements>))'
     ' OR (object_kind = ''worker'' AND object_id = $1))', NULL, NULL),
    ('worker_identity', 'worker_id = $1', NULL, NULL)) AS t (relation, his, cleared, words)
$$;
REVOKE ALL ON FUNCTION person_tables() FROM PUBLIC;

-- What stands where a token or number stood: of the same shape, and of nobody. 40 random bits of a UUID, in whose
-- bytes 6 and 8 not every bit is random.
CREATE OR REPLACE FUNCTION erased_token() RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT overlay(string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + (get_byte(u.bits, n) & 31), 1), '') PLACING '-' FROM 5 FOR 0)
    FROM (SELECT uuid_send(gen_random_uuid()) AS bits) u, unnest('{0,1,2,3,4,5,9,10}'::int[]) AS n
$$;

-- --- until when ------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION retention_days(wanted text) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT l.days FROM retention_limit l WHERE l.code = wanted
$$;

-- The last day on which a worker's data may be kept, NULL: no limit. Placed: counted from the end of the last
-- placement that began; else from the last contact: entry, test, answer of an employer, a request of his.
CREATE OR REPLACE FUNCTION worker_keep_until(worker bigint) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN s.ended IS NOT NULL THEN s.ended + retention_days('worker')
                ELSE s.contact + retention_days('candidate') END
    FROM (SELECT
        (SELECT max(greatest(coalesce(p.ended_on, p.last_day), p.returned_on)) FROM placement p
         WHERE p.worker_id = worker AND placement_term(p.state) <> 'left_before') AS ended,
        greatest((SELECT max(c.created_at)::date FROM candidate c WHERE c.worker_id = worker),
                 (SELECT max(r.held_on) FROM result r JOIN candidate c ON c.id = r.candidate_id WHERE c.worker_id = worker),
                 (SELECT max(o.decided_at)::date FROM proposal o JOIN candidate c ON c.id = o.candidate_id WHERE c.worker_id = worker),
                 (SELECT max(q.received_on) FROM privacy_request q WHERE q.worker_id = worker),
                 (SELECT max(w.created_at)::date FROM worker w WHERE w.id = worker)) AS contact) s
$$;

-- What keeps a worker's data whatever the limit: an open case, a complaint, a return that is not settled, a
-- campaign under way that he is still in. NULL when nothing does.
CREATE OR REPLACE FUNCTION worker_hold(worker bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM fraud_case f JOIN candidate c ON c.id IN (f.candidate_id, f.other_candidate_id)
                     WHERE c.worker_id = worker AND f.state = 'open')
          OR EXISTS (SELECT FROM fraud_case f JOIN placement p ON p.id = f.placement_id
                     WHERE p.worker_id = worker AND f.state = 'open') THEN 'case'
        WHEN EXISTS (SELECT FROM placement p WHERE p.worker_id = worker AND p.complaints_open > 0) THEN 'complaint'
        WHEN EXISTS (SELECT FROM appeal a JOIN seat s ON s.id = a.seat_id JOIN candidate c ON c.id = s.candidate_id
                     WHERE c.worker_id = worker AND a.state = 'filed') THEN 'appeal'
        WHEN EXISTS (SELECT FROM non_return n JOIN placement p ON p.id = n.placement_id
                     WHERE p.worker_id = worker AND n.decision IS NULL) THEN 'non_return'
        WHEN EXISTS (SELECT FROM placement p JOIN campaign g ON g.id = p.campaign_id
                     WHERE p.worker_id = worker AND g.state <> 'closed' AND placement_term(p.state) <> 'left_before')
          THEN 'placement'
        WHEN EXISTS (SELECT FROM candidate c JOIN campaign g ON g.id = c.campaign_id
                     WHERE c.worker_id = worker AND g.state <> 'closed' AND today() <= g.last_day
                       AND c.state IN ('entered', 'preselected')) THEN 'campaign'
    END
$$;

-- --- erasure ---------------------------------------------------------------------------------------------

-- True inside erase_worker() and purge_rest(): what may never change otherwise may be emptied there. A login of the
-- program can set the setting, but acts as itself or inside a function that empties nothing.
CREATE OR REPLACE FUNCTION erasing() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(current_setting('noria.erasing', true), '') = 'on'
       AND current_user = (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = 'worker'::regclass)
$$;

-- Destroys the worker's key with the record that it sealed, and empties every column that tells who he was.
-- What is left counts in the balance of its campaign and names nobody.
CREATE OR REPLACE FUNCTION erase_worker(worker bigint, cause text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    t record;
BEGIN
    UPDATE worker w SET erased_at = clock_timestamp(), erased_for = cause WHERE w.id = worker AND w.erased_at IS NULL;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM worker_identity i WHERE i.worker_id = worker;
    UPDATE candidate c SET state = 'withdrawn' WHERE c.worker_id = worker AND c.state IN ('entered', 'preselected')
        AND NOT EXISTS (SELECT FROM placement p WHERE p.candidate_id = c.id);
    UPDATE document d SET state = 'revoked' FROM placement p
    WHERE p.id = d.placement_id AND p.worker_id = worker AND d.state <> 'revoked';
    PERFORM set_config('noria.erasing', 'on', true);
    FOR t IN SELECT p.relation, p.his, p.cleared FROM person_tables() p WHERE cardinality(p.cleared) > 0 LOOP
        EXECUTE format('UPDATE %I SET %s WHERE %s', t.relation, array_to_string(t.cleared, ', '), t.his) USING worker;
    END LOOP;
    PERFORM set_config('noria.erasing', '', true);
    PERFORM audit('worker.erase', 'worker', worker, NULL, jsonb_build_object('for', cause));
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION erase_worker(bigint, text) FROM PUBLIC;

-- --- the purge ---------------------------------------------------------------------------------------------

-- Workers who are past their limit: who may go now, and who is held and by what.
CREATE OR REPLACE FUNCTION purge_due(after bigint, most int)
RETURNS TABLE (worker_id bigint, keep_until date, held text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.id, k.day, worker_hold(w.id)
    FROM worker w, LATERAL (SELECT worker_keep_until(w.id) AS day) k
    WHERE w.id > after AND w.erased_at IS NULL
      AND w.created_at::date < today() - least(retention_days('candidate'), retention_days('worker'))
      AND k.day < today()
    ORDER BY w.id LIMIT most
$$;

-- Erases up to `most` of them after a number; where it came to (0: the end), how many went and how many are held.
CREATE OR REPLACE FUNCTION purge_workers(after bigint, most int)
RETURNS TABLE (last bigint, erased bigint, held bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d record;
    seen int := 0;
BEGIN
    last := 0;
    erased := 0;
    held := 0;
    FOR d IN SELECT p.worker_id, p.held FROM purge_due(after, most) p LOOP
        seen := seen + 1;
        last := d.worker_id;
        IF d.held IS NOT NULL THEN
            held := held + 1;
        ELSIF erase_worker(d.worker_id, 'limit') THEN
            erased := erased + 1;
        END IF;
    END LOOP;
    IF seen < most THEN
        last := 0;
    END IF;
    RETURN NEXT;
END
$$;

-- What is not one worker's: the condition that rows of a limit are past it. `rest` lists them once, for the
-- count and for the purge. Days of a limit that is NULL make every condition NULL: nothing goes. Log-ins end by
-- the real clock, so they go by it: a business clock put forward would take those still good.
CREATE OR REPLACE FUNCTION purge_rules()
RETURNS TABLE (code text, relation text, past text, act text)
LANGUAGE sql IMMUTABLE AS $$
SELECT r.code, r.relation, r.past, r.act FROM (VALUES
    ('30 days', 'idempotency', 'created_at < today() - retention_days(''30 days'')', 'DELETE'),
    ('30 days', 'document_quota', 'day < today() - retention_days(''30 days'')', 'DELETE'),
    ('30 days', 'own_try', 'day < today() - retention_days(''30 days'')', 'DELETE'),
    ('session', 'session', 'expires_at < clock_timestamp()::date - retention_days(''session'')', 'DELETE'),
    ('session', 'api_token', 'least(revoked_at, expires_at) < clock_timestamp()::date - retention_days(''session'')', 'DELETE'),
    ('session', 'activation', 'expires_at < clock_timestamp()::date - retention_days(''session'')', 'DELETE'),
    ('session', 'login_client', 'expires_at < clock_timestamp()::date - retention_days(''session'')', 'DELETE'),
    ('session', 'login_step', 'expires_at < clock_timestamp()::date - retention_days(''session'')', 'DELETE'),
    ('account', 'account_factor', 'account_id IN (SELECT a.id FROM account a WHERE a.disabled_at < today() - retention_days(''account''))', 'DELETE'),
    ('account', 'recovery_code', 'account_id IN (SELECT a.id FROM account a WHERE a.disabled_at < today() - retention_days(''account''))', 'DELETE'),
    ('import', 'import_batch', 'errors_csv IS NOT NULL AND kind = ''candidate'' AND created_at < today() - retention_days(''import'')',
     'errors_csv = NULL, errors_key = NULL'),
    ('account', 'account', 'disabled_at < today() - retention_days(''account'') AND email NOT LIKE ''erased-%@noria.invalid''',
     'email = ''erased-'' || id || ''@noria.invalid'', name = ''erased'', password_hash = ''!'''),
    ('matching', 'matching_run', 'result <> '''' AND campaign_id IN (SELECT g.id FROM campaign g WHERE g.closed_at < today() - retention_days(''matching''))',
     'inputs = '''', result = '''', terms = '''''),
    ('matching', 'matching_share', 'lines <> '''' AND run_id IN (SELECT r.id FROM matching_run r JOIN campaign g ON g.id = r.campaign_id '
     'WHERE g.closed_at < today() - retention_days(''matching''))', 'lines = '''''),
    ('matching', 'matching_part', 'run_id IN (SELECT r.id FROM matching_run r JOIN campaign g ON g.id = r.campaign_id '
     'WHERE g.closed_at < today() - retention_days(''matching''))', 'DELETE'),
    ('case', 'fraud_case', 'settled_at < today() - retention_days(''case'') AND NOT evidence ? ''erased''',
     'evidence = jsonb_build_object(''erased'', id), proposed_reason = CASE WHEN proposed_reason IS NOT NULL THEN ''erased'' END, '
     'reason = ''erased'''),
    ('case', 'case_likeness', 'case_id IN (SELECT f.id FROM fraud_case f WHERE f.settled_at < today() - retention_days(''case''))', 'DELETE'),
    ('request', 'privacy_request', 'decided_at < today() - retention_days(''request'')', 'DELETE')) AS r (code, relation, past, act)
$$;
REVOKE ALL ON FUNCTION purge_rules() FROM PUBLIC;

CREATE OR REPLACE FUNCTION purge_counts() RETURNS TABLE (code text, relation text, past bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT p.code, p.relation, p.past FROM purge_rules() p LOOP
        code := r.code;
        relation := r.relation;
        EXECUTE format('SELECT count(*) FROM %I WHERE %s', r.relation, r.past) INTO past;
        RETURN NEXT;
    END LOOP;
END
$$;

-- All of it in one transaction, with one leaf of counts when there was something.
CREATE OR REPLACE FUNCTION purge_rest() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r record;
    gone bigint;
    total bigint := 0;
    told jsonb := '{}';
BEGIN
    PERFORM set_config('noria.erasing', 'on', true);
    FOR r IN SELECT p.code, p.relation, p.past, p.act FROM purge_rules() p LOOP
        EXECUTE CASE r.act WHEN 'DELETE' THEN format('DELETE FROM %I WHERE %s', r.relation, r.past)
                           ELSE format('UPDATE %I SET %s WHERE %s', r.relation, r.act, r.past) END;
        GET DIAGNOSTICS gone = ROW_COUNT;
        total := total + gone;
        IF gone > 0 THEN
            told := told || jsonb_build_object(r.relation, gone);
        END IF;
    END LOOP;
    PERFORM set_config('noria.erasing', '', true);
    IF total > 0 THEN
        PERFORM audit('data.purge', 'retention', 0, NULL, told);
    END IF;
    RETURN total;
END
$$;
REVOKE ALL ON FUNCTION purge_due(bigint, int), purge_workers(bigint, int), purge_counts(), purge_rest() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION purge_due(bigint, int), purge_counts() TO noria_ofii, noria_system;
GRANT EXECUTE ON FUNCTION purge_workers(bigint, int), purge_rest() TO noria_system;
REVOKE ALL ON FUNCTION retention_days(text), worker_keep_until(bigint), worker_hold(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION retention_days(text), worker_keep_until(bigint), worker_hold(bigint) TO noria_ofii, noria_system;

ALTER TABLE retention_limit ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS retention_limit_all ON retention_limit;
CREATE POLICY retention_limit_all ON retention_limit TO noria_ofii, noria_system USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE (days, source, version) ON retention_limit TO noria_ofii;
GRANT SELECT ON retention_limit TO noria_system;

-- --- requests ----------------------------------------------------------------------------------------------

ALTER TABLE privacy_request ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS privacy_request_all ON privacy_request;
CREATE POLICY privacy_request_all ON privacy_request TO noria_ofii, noria_system USING (true) WITH CHECK (true);
GRANT SELECT ON privacy_request TO noria_ofii, noria_system;

CREATE OR REPLACE FUNCTION privacy_record(candidate bigint, what text, received date, known_by text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    who bigint;
    made bigint;
BEGIN
    SELECT c.worker_id INTO who FROM candidate c JOIN worker w ON w.id = c.worker_id
    WHERE c.id = privacy_record.candidate AND w.erased_at IS NULL;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF received > today() THEN
        PERFORM refuse('in_the_future', '', 'received_on');
    END IF;
    -- One month to answer (GDPR, art. 12(3)).
    INSERT INTO privacy_request (kind, worker_id, candidate_id, received_on, due_on, identified, recorded_by)
    VALUES (what, who, privacy_record.candidate, received, (received + interval '1 month')::date, known_by, actor_account())
    RETURNING id INTO made;
    PERFORM audit('privacy.request', 'candidate', privacy_record.candidate, NULL,
                  jsonb_build_object('request', made, 'kind', what));
    RETURN made;
END
$$;

-- Why an erasure is refused: the code of the rule, or NULL. GDPR art. 17(3): what a legal duty or a claim needs.
CREATE OR REPLACE FUNCTION erasure_refusal(worker bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN worker_hold(worker) IN ('case', 'complaint', 'appeal', 'non_return', 'placement') THEN 'erasure_held'
        WHEN EXISTS (SELECT FROM placement p WHERE p.worker_id = worker AND placement_term(p.state) <> 'left_before')
             AND coalesce(worker_keep_until(worker), 'infinity') >= today() THEN 'erasure_kept'
    END
$$;

-- The decision about a request. Erasing is another person's than recording; what a rule forbids is refused, and
-- what none forbids cannot be refused.
CREATE OR REPLACE FUNCTION privacy_decide(request bigint, why text) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    q privacy_request%ROWTYPE;
    forbidden text;
BEGIN
    SELECT * INTO q FROM privacy_request r WHERE r.id = request FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF q.state <> 'open' THEN
        PERFORM refuse('conflict', 'privacy:' || q.state);
    ELSIF q.kind = 'erasure' AND q.recorded_by = actor_account() THEN
        PERFORM refuse('erasure_second_person');
    END IF;
    PERFORM 1 FROM worker w WHERE w.id = q.worker_id FOR UPDATE; -- no stay or placement comes meanwhile
    forbidden := CASE q.kind WHEN 'erasure' THEN erasure_refusal(q.worker_id) END;
    UPDATE privacy_request r SET state = CASE WHEN forbidden IS NULL THEN 'done' ELSE 'refused' END, rule = forbidden,
        reason = why, decided_by = actor_account(), decided_at = clock_timestamp(), version = r.version + 1
    WHERE r.id = request;
    PERFORM audit('privacy.' || CASE WHEN forbidden IS NULL THEN 'done' ELSE 'refuse' END, 'candidate', q.candidate_id,
                  NULL, jsonb_build_object('request', request, 'kind', q.kind, 'rule', forbidden));
    IF q.kind = 'erasure' AND forbidden IS NULL THEN
        PERFORM erase_worker(q.worker_id, 'request');
    END IF;
    RETURN CASE WHEN forbidden IS NULL THEN 'done' ELSE 'refused' END;
END
$$;

-- Everything held on the worker of a request, table by table: the columns whose comment says export: yes, but
-- for what is sealed, which only the server opens. `fields`: rows as lists of {column, value}, for the page. The look
-- is a leaf of its own, which stands in the next export.
CREATE OR REPLACE FUNCTION privacy_export(request bigint, fields boolean) RETURNS TABLE (relation text, rows jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    q privacy_request%ROWTYPE;
    t record;
BEGIN
    SELECT * INTO q FROM privacy_request r WHERE r.id = request;
    IF NOT FOUND OR q.kind <> 'access' THEN
        PERFORM refuse('not_found');
    END IF;
    PERFORM audit('candidate.unseal', 'candidate', q.candidate_id, NULL, jsonb_build_object('request', request));
    FOR t IN
        SELECT p.relation, p.his,
            string_agg(format(CASE WHEN fields THEN 'jsonb_build_object(''column'', %L, ''value'', x.%I::text)' ELSE '%L, x.%I' END,
                              a.attname, a.attname), ', ' ORDER BY a.attnum) AS shown
        FROM person_tables() p
        JOIN pg_attribute a ON a.attrelid = to_regclass(p.relation) AND a.attnum > 0 AND NOT a.attisdropped
        JOIN pg_description d ON d.objoid = a.attrelid AND d.objsubid = a.attnum AND d.description LIKE '%; export: yes'
        WHERE a.attname <> 'sealed'
        GROUP BY p.relation, p.his ORDER BY p.relation COLLATE "C"
    LOOP
        relation := t.relation;
        EXECUTE format(CASE WHEN fields
            THEN 'SELECT jsonb_agg(jsonb_build_object(''fields'', jsonb_build_array(%s))) FROM %I x WHERE %s'
            ELSE 'SELECT jsonb_agg(jsonb_build_object(%s)) FROM %I x WHERE %s' END, t.shown, t.relation, t.his)
            INTO rows USING q.worker_id;
        CONTINUE WHEN rows IS NULL;
        RETURN NEXT;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION privacy_record(bigint, text, date, text), privacy_decide(bigint, text), privacy_export(bigint, boolean),
    erasure_refusal(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy_record(bigint, text, date, text), privacy_decide(bigint, text), privacy_export(bigint, boolean),
    erasure_refusal(bigint) TO noria_ofii;
