-- The patterns that need a look by somebody: the document along the way, the place of work, who asked for money and
-- where, lists changed after they were frozen, returns without a trace of leaving France, excuses that cannot be.
-- As in 13_fraud_rules.sql each is a SELECT of what it hits, with evidence of codes, ids, dates and numbers.

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['document_seen', 'work_seen'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', t || '_all', t);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO noria_ofii, noria_system USING (true)', t || '_all', t);
        EXECUTE format('GRANT SELECT ON %I TO noria_ofii, noria_system', t);
        EXECUTE format('DROP TRIGGER IF EXISTS append_only ON %I', t);
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
                       'FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()', t);
    END LOOP;
END
$$;
DROP POLICY IF EXISTS document_seen_partner ON document_seen;
CREATE POLICY document_seen_partner ON document_seen FOR SELECT TO noria_partner
    USING (candidate_id = ANY (ARRAY(SELECT c.id FROM candidate c WHERE c.org_id = actor_org())));
GRANT SELECT (id, candidate_id, moment, day, holder_same, photo_same, replaces, at) ON document_seen TO noria_partner;

-- --- the document along the way ---------------------------------------------------------------------------

-- The digest of the document that counts before a look: the last replacement that was declared, else the entry's.
CREATE OR REPLACE FUNCTION document_due(c candidate, before bigint) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT s.document_key FROM document_seen s
                     WHERE s.candidate_id = c.id AND s.id < before AND s.replaces IS NOT NULL ORDER BY s.id DESC LIMIT 1),
                    c.passport_key)
$$;
REVOKE ALL ON FUNCTION document_due(candidate, bigint) FROM PUBLIC;

-- Another number that nobody declared, or somebody else's; another name, birth date, sex or face.
CREATE OR REPLACE FUNCTION document_seen_findings(k document_seen, c candidate)
RETURNS TABLE (rule text, evidence jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT 'document_changed', jsonb_build_object('moment', k.moment, 'day', k.day, 'look', k.id, 'differs', to_jsonb(d.differs))
           || CASE WHEN d.other IS NULL THEN '{}' ELSE jsonb_build_object('other_candidate', d.other) END
    FROM (SELECT n.other, array_remove(ARRAY[
              CASE WHEN n.changed AND k.replaces IS NULL THEN 'number' END,
              CASE WHEN NOT k.holder_same THEN 'holder' END, CASE WHEN NOT k.photo_same THEN 'photo' END,
              CASE WHEN n.other IS NOT NULL THEN 'another_person' END], NULL) AS differs
          FROM (SELECT x.changed, CASE WHEN x.changed THEN (
                           SELECT min(o.id) FROM candidate o WHERE o.passport_key = k.document_key
                            AND o.worker_id NOT IN (SELECT same_workers(c.worker_id))) END AS other
                FROM (SELECT k.document_key <> document_due(c, k.id) AS changed) x) n) d
    WHERE d.differs <> '{}'
$$;
REVOKE ALL ON FUNCTION document_seen_findings(document_seen, candidate) FROM PUBLIC;

-- Records a look, and opens the case at once: it holds. The worker's version is bumped first, as for a stay
-- (worker_stay_check()): of two looks at the same time the later one knows the replacement that the earlier declared.
CREATE OR REPLACE FUNCTION document_seen_record(candidate bigint, at_moment text, seen_on date, shown bytea, holder boolean,
                                                photo boolean, replacing text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c candidate%ROWTYPE;
    made document_seen%ROWTYPE;
BEGIN
    SELECT * INTO c FROM candidate x WHERE x.id = document_seen_record.candidate
        AND (actor_role() IN ('officer', 'desk') OR x.org_id = actor_org());
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF seen_on > today() THEN
        PERFORM refuse('fact_in_future', seen_on::text, 'day');
    END IF;
    UPDATE worker w SET version = w.version + 1 WHERE w.id = c.worker_id;
    INSERT INTO document_seen (campaign_id, candidate_id, moment, day, document_key, holder_same, photo_same, replaces, account_id)
    VALUES (c.campaign_id, c.id, at_moment, seen_on, shown, holder, photo, replacing, actor_account())
    RETURNING * INTO made;
    PERFORM audit('document.seen', 'candidate', c.id, at_moment, jsonb_build_object('look', made.id));
    PERFORM fraud_open(f.rule, c.campaign_id, f.evidence, c.id) FROM document_seen_findings(made, c) f;
    RETURN made.id;
END
$$;
REVOKE ALL ON FUNCTION document_seen_record(bigint, text, date, bytea, boolean, boolean, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION document_seen_record(bigint, text, date, bytea, boolean, boolean, text) TO noria_ofii, noria_partner;

-- --- where the work is done ---------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION work_seen_record(wanted bigint, seen_on date, seen_in text, seen_by text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE;
    made bigint;
BEGIN
    SELECT * INTO p FROM placement x WHERE x.id = wanted;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF p.departed_on IS NULL THEN
        PERFORM refuse('not_departed', p.state);
    ELSIF seen_on > today() THEN
        PERFORM refuse('fact_in_future', seen_on::text, 'day');
    ELSIF seen_on < p.departed_on THEN
        PERFORM refuse('return_before_departure', p.departed_on::text, 'day');
    ELSIF NOT EXISTS (SELECT FROM commune c WHERE c.insee = seen_in) THEN
        PERFORM refuse('unknown_reference', '', 'commune');
    END IF;
    INSERT INTO work_seen (campaign_id, placement_id, day, commune, source, account_id)
    VALUES (p.campaign_id, p.id, seen_on, seen_in, seen_by, actor_account()) RETURNING id INTO made;
    PERFORM audit('work.seen', 'placement', p.id, seen_by, jsonb_build_object('look', made));
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION work_seen_record(bigint, date, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION work_seen_record(bigint, date, text, text) TO noria_ofii;

-- Seen in a commune that the contract does not name. A field across the commune's border is no lending: in the
-- department of one of its places it takes several days; in another department one is enough.
CREATE OR REPLACE FUNCTION signals_of_work_places(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH places AS (
        SELECT k.id AS contract_id, k.commune FROM contract k WHERE k.campaign_id = campaign
        UNION
        SELECT k.id, t.commune FROM contract k JOIN contract_site t ON t.contract_id = k.id WHERE k.campaign_id = campaign
    ), elsewhere AS (
        SELECT p.contract_id, p.org_id, w.placement_id, w.day, w.commune, NOT EXISTS (
                   SELECT FROM places x JOIN commune h ON h.insee = x.commune
                   WHERE x.contract_id = p.contract_id AND h.department = c.department) AS far
        FROM work_seen w JOIN placement p ON p.id = w.placement_id JOIN commune c ON c.insee = w.commune
        WHERE w.campaign_id = campaign
          AND NOT EXISTS (SELECT FROM places x WHERE x.contract_id = p.contract_id AND x.commune = w.commune)
    )
    SELECT 'work_seen_elsewhere', jsonb_build_object('first_day', min(e.day), 'communes', to_jsonb(array_agg(DISTINCT e.commune)),
                                                     'placements', to_jsonb(array_agg(DISTINCT e.placement_id))),
           NULL::bigint, e.contract_id, e.org_id, NULL::bigint
    FROM elsewhere e
    GROUP BY e.contract_id, e.org_id
    HAVING bool_or(e.far) OR count(DISTINCT (e.placement_id, e.day)) >= screening_value('work_seen_near')
$$;
REVOKE ALL ON FUNCTION signals_of_work_places(bigint) FROM PUBLIC;

-- --- who asked for money, and where ------------------------------------------------------------------------

-- Every answer yes of a campaign, at entry, arrival and return.
CREATE OR REPLACE FUNCTION fee_told(campaign bigint)
RETURNS TABLE (candidate bigint, service bigint, entered_by bigint, phone bytea, place text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT c.id, c.org_id, c.entered_by, c.fee_phone_key, lower(regexp_replace(trim(c.fee_place), '\s+', ' ', 'g'))
    FROM candidate c WHERE c.campaign_id = campaign AND c.fee_asked
    UNION ALL
    SELECT c.id, c.org_id, c.entered_by, a.phone_key, lower(regexp_replace(trim(a.place), '\s+', ' ', 'g'))
    FROM fee_answer a JOIN placement p ON p.id = a.placement_id JOIN candidate c ON c.id = p.candidate_id
    WHERE a.campaign_id = campaign AND a.asked
$$;
REVOKE ALL ON FUNCTION fee_told(bigint) FROM PUBLIC;

-- One telephone named by several, or an employer's by one; one place and one account of the service. The evidence
-- says neither the number nor the place.
CREATE OR REPLACE FUNCTION signals_of_fees(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT 'fee_phone', jsonb_build_object('candidates', f.candidates, 'services', f.services)
                        || CASE WHEN o.employers IS NULL THEN '{}' ELSE jsonb_build_object('employers', o.employers) END,
           f.first, NULL::bigint, NULL::bigint, NULL::bigint
    FROM (SELECT t.phone, min(t.candidate) AS first, to_jsonb(array_agg(DISTINCT t.candidate)) AS candidates,
                 count(DISTINCT t.candidate) AS n, count(DISTINCT t.service) AS services
          FROM fee_told(campaign) t WHERE t.phone IS NOT NULL GROUP BY t.phone) f
    LEFT JOIN LATERAL (SELECT jsonb_agg(x.org_id ORDER BY x.org_id) AS employers FROM org_contact x WHERE x.phone_key = f.phone) o ON true
    WHERE f.n >= screening_value('fee_same_phone') OR o.employers IS NOT NULL
    UNION ALL
    SELECT 'fee_place', jsonb_build_object('account', t.entered_by, 'candidates', to_jsonb(array_agg(DISTINCT t.candidate))),
           min(t.candidate), NULL, NULL, NULL
    FROM fee_told(campaign) t WHERE t.place IS NOT NULL
    GROUP BY t.place, t.entered_by HAVING count(DISTINCT t.candidate) >= screening_value('fee_same_place')
$$;
REVOKE ALL ON FUNCTION signals_of_fees(bigint) FROM PUBLIC;

-- --- lists changed after they were frozen ------------------------------------------------------------------

-- Who is on a run's list, and was changed between the freezing of its inputs and the next run: what matching reads
-- of the profile, a rejection, a mark corrected, a seat made void, a stay corrected. Appeals are decided by others and are none.
-- The subject is the organisation; the account is in the evidence.
CREATE OR REPLACE FUNCTION signals_of_sealed(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH runs AS ( -- the leaf is written when the inputs are frozen, which may be a while after they were asked for
        SELECT r.id, r.sealed, lead(r.sealed) OVER (ORDER BY r.id) AS next
        FROM (SELECT x.id, coalesce((SELECT min(a.at) FROM audit_leaf a
                                     WHERE a.object_kind = 'campaign' AND a.object_id = campaign AND a.act = 'matching.run'
                                       AND (a.detail ->> 'run')::bigint = x.id), x.created_at) AS sealed
              FROM matching_run x WHERE x.campaign_id = campaign AND x.stopped_by IS NULL) r
    ), listed AS MATERIALIZED (
        SELECT DISTINCT r.id AS run, r.sealed, r.next, o.candidate_id, c.worker_id
        FROM runs r JOIN proposal o ON o.run_id = r.id JOIN candidate c ON c.id = o.candidate_id
    ), edits AS (
        SELECT l.run, l.candidate_id, a.account_id FROM listed l
        JOIN audit_leaf a ON a.object_kind = 'candidate' AND a.object_id = l.candidate_id
        WHERE a.at > l.sealed AND (a.at < l.next OR l.next IS NULL)
          AND (a.act = 'candidate.reject' OR (a.act = 'candidate.edit' AND a.detail -> 'changed' ?|
                   ARRAY['experience_months', 'languages', 'permits', 'available_from', 'available_to']))
        UNION ALL
        SELECT l.run, l.candidate_id, m.account_id FROM listed l
        JOIN seat s ON s.candidate_id = l.candidate_id JOIN mark m ON m.seat_id = s.id AND m.supersedes IS NOT NULL
        WHERE m.at > l.sealed AND (m.at < l.next OR l.next IS NULL)
        UNION ALL
        SELECT l.run, l.candidate_id, i.account_id FROM listed l
        JOIN seat s ON s.candidate_id = l.candidate_id
        JOIN session_incident i ON i.session_id = s.session_id AND i.effect = 'void' AND coalesce(i.seat_id, s.id) = s.id
        WHERE i.at > l.sealed AND (i.at < l.next OR l.next IS NULL)
        UNION ALL
        SELECT l.run, l.candidate_id, x.account_id FROM listed l JOIN stay_correction x ON x.worker_id = l.worker_id
        WHERE x.at > l.sealed AND (x.at < l.next OR l.next IS NULL)
    )
    SELECT 'edited_after_seal', jsonb_build_object('account', e.account_id, 'run', e.run,
                                                   'candidates', to_jsonb(array_agg(DISTINCT e.candidate_id))),
           NULL::bigint, NULL::bigint, a.org_id, NULL::bigint
    FROM edits e JOIN account a ON a.id = e.account_id
    GROUP BY e.run, e.account_id, a.org_id HAVING count(DISTINCT e.candidate_id) >= screening_value('sealed_edits')
$$;
REVOKE ALL ON FUNCTION signals_of_sealed(bigint) FROM PUBLIC;

-- --- returns without a trace of leaving, and excuses that cannot be ------------------------------------------

-- A declared return of which no evidence is a stamp or says when he left (photograph and ticket, that is); and one
-- account at whose desk most returns are so. A person at the desk proves the return, so there it takes several.
CREATE OR REPLACE FUNCTION signals_of_exit(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH shown AS (
        SELECT e.placement_id, bool_or(e.exit_day IS NOT NULL OR e.kind IN ('exit_stamp', 'border_certificate', 'carrier_manifest',
                                                                           'stamp_copy', 'entry_stamp_copy')) AS exit
        FROM return_evidence e WHERE e.campaign_id = campaign GROUP BY e.placement_id
    )
    SELECT 'exit_unproven', jsonb_build_object('returned', p.returned_on), NULL::bigint, NULL::bigint, NULL::bigint, p.id
    FROM placement p JOIN shown s ON s.placement_id = p.id
    WHERE p.campaign_id = campaign AND p.state = 'returned_declared' AND NOT s.exit
    UNION ALL
    SELECT 'exit_unproven_desk', jsonb_build_object('account', d.account_id, 'from', screening_value('exit_missing_most')),
           NULL, NULL, a.org_id, NULL
    FROM (SELECT e.account_id, count(DISTINCT e.placement_id) AS returns,
                 count(DISTINCT e.placement_id) FILTER (WHERE NOT s.exit) AS bare
          FROM return_evidence e JOIN shown s ON s.placement_id = e.placement_id
          WHERE e.campaign_id = campaign AND e.grade IN ('A', 'A-') GROUP BY e.account_id) d
    JOIN account a ON a.id = d.account_id
    WHERE d.bare >= screening_value('exit_missing_most') AND d.bare * 100 >= d.returns * screening_value('exit_missing_percent')
$$;
REVOKE ALL ON FUNCTION signals_of_exit(bigint) FROM PUBLIC;

-- Work, a journey or a return of somebody who lay in hospital, was hurt, on maternity leave or detained on that day.
-- The last days of an excuse do not count: people leave hospital early.
CREATE OR REPLACE FUNCTION signals_of_excuses(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH excused AS (
        SELECT d.id, d.placement_id, d.kind, o.id AS of_person, coalesce(d.from_day, d.recorded_at::date) AS since,
               d.until - screening_value('excused_margin_days') AS upto
        FROM return_exception d JOIN placement p ON p.id = d.placement_id
        JOIN placement o ON o.worker_id IN (SELECT same_workers(p.worker_id))
        WHERE d.campaign_id = campaign AND d.state <> 'rejected' AND d.until IS NOT NULL
          AND d.kind IN ('hospital', 'work_accident', 'maternity', 'detention')
    ), active AS (
        SELECT x.id, f.day FROM excused x JOIN placement_fact f ON f.placement_id = x.of_person
         AND f.kind IN ('departed', 'arrived', 'working', 'resumed', 'found') AND f.day > x.since AND f.day < x.upto
        UNION ALL
        SELECT x.id, coalesce(e.exit_day, e.day) FROM excused x JOIN return_evidence e ON e.placement_id = x.of_person
         AND e.grade <> 'D' AND coalesce(e.exit_day, e.day) > x.since AND coalesce(e.exit_day, e.day) < x.upto
    )
    SELECT 'excused_but_active', jsonb_build_object('exception', x.id, 'excuse', x.kind, 'since', x.since, 'seen', min(a.day)),
           NULL::bigint, NULL::bigint, NULL::bigint, x.placement_id
    FROM (SELECT DISTINCT e.id, e.placement_id, e.kind, e.since FROM excused e) x JOIN active a ON a.id = x.id
    GROUP BY x.id, x.placement_id, x.kind, x.since
$$;
REVOKE ALL ON FUNCTION signals_of_excuses(bigint) FROM PUBLIC;
