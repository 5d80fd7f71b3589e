-- Signals: the patterns that show only beside each other. As in 13_fraud_rules.sql each is a SELECT of what it
-- hits, with evidence of codes, ids, dates and numbers; screen_campaign() opens a case for what is new.

-- --- certificates -------------------------------------------------------------------------------------
ALTER TABLE certificate_issuer ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS certificate_issuer_all ON certificate_issuer;
CREATE POLICY certificate_issuer_all ON certificate_issuer TO noria_ofii, noria_system, noria_partner
    USING (true) WITH CHECK (true);
GRANT SELECT ON certificate_issuer TO noria_ofii, noria_system, noria_partner;
GRANT INSERT ON certificate_issuer TO noria_ofii;
ALTER TABLE certificate ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS certificate_all ON certificate;
CREATE POLICY certificate_all ON certificate FOR SELECT TO noria_ofii, noria_system USING (true);
DROP POLICY IF EXISTS certificate_partner ON certificate;
CREATE POLICY certificate_partner ON certificate FOR SELECT TO noria_partner
    USING (candidate_id = ANY (ARRAY(SELECT c.id FROM candidate c WHERE c.org_id = actor_org())));
GRANT SELECT ON certificate TO noria_ofii, noria_system, noria_partner;
DROP TRIGGER IF EXISTS append_only ON certificate;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- Records what a certificate says, and screens it: nothing is refused, the original is asked for.
CREATE OR REPLACE FUNCTION certificate_record(candidate bigint, what text, issued_by text, number text, first date, last date,
                                              claims int, scan bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c candidate%ROWTYPE;
    made certificate%ROWTYPE;
BEGIN
    SELECT * INTO c FROM candidate x WHERE x.id = certificate_record.candidate
        AND (actor_role() = 'officer' OR x.org_id = actor_org());
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    INSERT INTO certificate (campaign_id, candidate_id, kind, issuer, serial, first_day, last_day, months, file_hash, recorded_by)
    VALUES (c.campaign_id, c.id, what, issued_by, number, first, last, coalesce(claims, 0), scan, actor_account())
    RETURNING * INTO made;
    PERFORM audit('certificate.record', 'candidate', c.id, what, jsonb_build_object('certificate', made.id));
    PERFORM fraud_open(f.rule, c.campaign_id, f.evidence, c.id) FROM certificate_findings(made, c) f;
    RETURN made.id;
END
$$;
REVOKE ALL ON FUNCTION certificate_record(bigint, text, text, text, date, date, int, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION certificate_record(bigint, text, text, text, date, date, int, bytea) TO noria_ofii, noria_partner;

-- Another person's scan or number, an issuer nobody knows, days on which he was elsewhere, a claim that the test
-- does not bear out.
CREATE OR REPLACE FUNCTION certificate_findings(k certificate, c candidate)
RETURNS TABLE (rule text, evidence jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT 'certificate_copied', jsonb_build_object('certificate', k.id, 'other', o.id, 'other_candidate', o.candidate_id,
                                                    'same_file', o.file_hash IS NOT DISTINCT FROM k.file_hash)
    FROM certificate o JOIN candidate x ON x.id = o.candidate_id
    WHERE x.worker_id NOT IN (SELECT same_workers(c.worker_id))
      AND (o.file_hash = k.file_hash OR (lower(o.issuer) = lower(k.issuer) AND o.serial = k.serial))
    UNION ALL
    SELECT 'certificate_issuer', jsonb_build_object('certificate', k.id)
    WHERE EXISTS (SELECT FROM certificate_issuer)
      AND NOT EXISTS (SELECT FROM certificate_issuer i WHERE lower(i.name) = lower(k.issuer))
    UNION ALL
    SELECT 'certificate_dates', jsonb_build_object('certificate', k.id, 'other', o.id, 'first_day', o.first_day)
    FROM certificate o JOIN candidate x ON x.id = o.candidate_id
    WHERE o.id <> k.id AND x.worker_id IN (SELECT same_workers(c.worker_id)) AND k.kind = 'work' AND o.kind = 'work'
      AND daterange(o.first_day, o.last_day, '[]') && daterange(k.first_day, k.last_day, '[]')
      AND lower(o.issuer) <> lower(k.issuer)
    UNION ALL
    SELECT 'certificate_dates', jsonb_build_object('certificate', k.id, 'stay', s.id, 'first_day', lower(s.period))
    FROM worker_stay s
    WHERE s.worker_id IN (SELECT same_workers(c.worker_id)) AND s.period && daterange(k.first_day, k.last_day, '[]')
    UNION ALL
    SELECT 'certificate_level', jsonb_build_object('certificate', k.id, 'months', k.months, 'total', r.total, 'of', r.max_total)
    FROM result r
    WHERE r.candidate_id = c.id AND r.outcome = 'fail' AND k.months >= screening_value('certificate_months')
      AND r.total * 2 < r.max_total
$$;
REVOKE ALL ON FUNCTION certificate_findings(certificate, candidate) FROM PUBLIC;

-- Counted in communes at first: half of the demo's employers had twelve. A value that the office set stays.
UPDATE screening_setting SET value = 4, meaning = 'Departments in which one employer has people work, from which a case opens'
WHERE code = 'work_places_most' AND value = 12 AND meaning LIKE 'Communes%';
UPDATE screening_setting SET meaning = 'Workers whom one account replaced within the hasty days, from which a case opens'
WHERE code = 'rebound_agent' AND meaning LIKE '%both bound and replaced%';

-- --- contracts and employers ---------------------------------------------------------------------------
CREATE OR REPLACE FUNCTION signals_of_employers(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    -- contracts that nobody made are offered in a country: people ask whether they are real
    SELECT 'unknown_serials', jsonb_build_object('country', s.country, 'first_day', s.first_day,
                                                 'from', screening_value('unknown_serials')),
           NULL::bigint, NULL::bigint, o.id, NULL::bigint
    FROM (SELECT t.country, min(t.day) AS first_day, sum(t.count) AS n FROM contract_check t, campaign g
          WHERE g.id = campaign AND t.answer = 'unknown' AND t.day BETWEEN g.first_day - 200 AND g.last_day
          GROUP BY t.country) s
    JOIN org o ON o.country = s.country AND o.kind = 'partner'
    JOIN campaign_service v ON v.org_id = o.id AND v.campaign_id = campaign
    WHERE s.n >= screening_value('unknown_serials')
    UNION ALL
    -- places given to one after another, over all contracts of one employer, some within days
    SELECT 'rebound', jsonb_build_object('first_day', min(f.day), 'from', screening_value('rebound_most'),
                                         'hasty', bool_or(f.day <= p.created_at::date + screening_value('rebound_days'))),
           NULL, NULL, p.org_id, NULL
    FROM placement p JOIN placement_fact f ON f.placement_id = p.id AND f.kind = 'replaced'
    WHERE p.campaign_id = campaign
    GROUP BY p.org_id HAVING count(*) >= screening_value('rebound_most')
    UNION ALL
    -- labour lent on: people work in many departments (a large farm has fields in many communes)
    SELECT 'many_work_places', jsonb_build_object('from', screening_value('work_places_most')), NULL, NULL, w.org_id, NULL
    FROM (SELECT k.org_id, k.commune FROM contract k
          WHERE k.campaign_id = campaign AND k.state IN ('submitted', 'approved', 'filled')
          UNION
          SELECT k.org_id, t.commune FROM contract k JOIN contract_site t ON t.contract_id = k.id
          WHERE k.campaign_id = campaign AND k.state IN ('submitted', 'approved', 'filled')) w
    JOIN commune c ON c.insee = w.commune
    GROUP BY w.org_id HAVING count(DISTINCT c.department) >= screening_value('work_places_most')
    UNION ALL
    -- many times more places than in the employer's last campaign
    SELECT 'demand_grown', jsonb_build_object('places', a.places, 'before', b.places, 'campaign_before', b.campaign_id), NULL, NULL,
           a.org_id, NULL
    FROM (SELECT k.org_id, sum(k.places) AS places FROM contract k
          WHERE k.campaign_id = campaign AND k.state IN ('submitted', 'approved', 'filled') GROUP BY k.org_id) a
    JOIN LATERAL (SELECT k.campaign_id, sum(k.places) AS places FROM contract k
                  WHERE k.org_id = a.org_id AND k.campaign_id < campaign AND k.state IN ('approved', 'filled')
                  GROUP BY k.campaign_id ORDER BY k.campaign_id DESC LIMIT 1) b ON true
    WHERE a.places * 100 > b.places * screening_value('demand_percent')
    UNION ALL
    -- one address, all employers: more people housed on a day than its rooms hold
    SELECT 'housing_overfilled', jsonb_build_object('day', d.day, 'people', d.people, 'beds', d.beds, 'contracts', d.contracts),
           NULL, d.contract, NULL, NULL
    FROM (SELECT k.first_day AS day, min(s.id) AS contract, sum(s.places) AS people, max(r.beds) AS beds,
                 jsonb_agg(s.id ORDER BY s.id) AS contracts,
                 row_number() OVER (PARTITION BY k.housing_commune, k.address
                                    ORDER BY sum(s.places) DESC, k.first_day) AS worst
          FROM (SELECT DISTINCT x.first_day, x.housing_commune, lower(x.housing_address) AS address FROM contract x
                WHERE x.campaign_id = campaign AND x.housing_kind <> 'none' AND x.state IN ('submitted', 'approved', 'filled')) k
          JOIN contract s ON s.housing_commune = k.housing_commune AND lower(s.housing_address) = k.address
           AND s.housing_kind <> 'none' AND s.state IN ('submitted', 'approved', 'filled')
           AND k.first_day BETWEEN s.first_day AND s.last_day
          LEFT JOIN LATERAL (SELECT sum(m.occupants) AS beds FROM contract_room m WHERE m.contract_id = s.id) r ON true
          GROUP BY k.first_day, k.housing_commune, k.address) d
    WHERE d.worst = 1 AND d.beds IS NOT NULL AND d.people > d.beds AND jsonb_array_length(d.contracts) > 1
$$;
REVOKE ALL ON FUNCTION signals_of_employers(bigint) FROM PUBLIC;

-- --- the office's and the services' own people -----------------------------------------------------------
-- The subject is the organisation; the account is in the evidence.
CREATE OR REPLACE FUNCTION signals_of_staff(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH points AS MATERIALIZED ( -- marks that stand, as hundredths of what the criterion gives
        SELECT m.id, m.session_id, m.exercise_id, m.seat_id, m.account_id, m.at, m.points * 100.0 / c.max_points AS share
        FROM mark m JOIN criterion c ON c.id = m.criterion_id
        WHERE m.campaign_id = campaign AND NOT EXISTS (SELECT FROM mark n WHERE n.supersedes = m.id)
    ), markers AS (
        SELECT p.exercise_id, p.account_id, count(*) AS marks, avg(p.share) AS mean,
               sum(avg(p.share) * count(*)) OVER w - avg(p.share) * count(*) AS others_sum,
               sum(count(*)) OVER w - count(*) AS others
        FROM points p GROUP BY p.exercise_id, p.account_id WINDOW w AS (PARTITION BY p.exercise_id)
    ), sittings AS (
        SELECT p.exercise_id, s.site, s.held_on, s.id AS session, s.org_id, count(DISTINCT p.seat_id) AS seats, avg(p.share) AS mean,
               lag(avg(p.share)) OVER w AS mean_before, lag(count(DISTINCT p.seat_id)) OVER w AS seats_before
        FROM points p JOIN test_session s ON s.id = p.session_id
        GROUP BY p.exercise_id, s.site, s.held_on, s.id, s.org_id
        WINDOW w AS (PARTITION BY p.exercise_id, s.site ORDER BY s.held_on, s.id)
    )
    -- among one account's entries three times as often as among the others'
    SELECT 'fee_same_entry', jsonb_build_object('account', e.entered_by, 'from', screening_value('fee_same_entry'),
                                                'candidates', e.candidates),
           e.first, NULL::bigint, NULL::bigint, NULL::bigint
    FROM (SELECT c.entered_by, count(*) AS entries, count(*) FILTER (WHERE c.fee_asked) AS fees,
                 min(c.id) FILTER (WHERE c.fee_asked) AS first, jsonb_agg(c.id ORDER BY c.id) FILTER (WHERE c.fee_asked) AS candidates,
                 sum(count(*)) OVER () - count(*) AS other_entries,
                 sum(count(*) FILTER (WHERE c.fee_asked)) OVER () - count(*) FILTER (WHERE c.fee_asked) AS other_fees
          FROM candidate c WHERE c.campaign_id = campaign GROUP BY c.entered_by) e
    WHERE e.fees >= screening_value('fee_same_entry') AND e.other_entries > 0
      AND e.fees * e.other_entries > 3 * e.other_fees * e.entries
    UNION ALL
    SELECT 'marker_generous', jsonb_build_object('account', k.account_id, 'exercise', k.exercise_id, 'marks', k.marks,
                                                 'percent', round(k.mean), 'others', round(k.others_sum / k.others)),
           NULL, NULL, a.org_id, NULL
    FROM markers k JOIN account a ON a.id = k.account_id
    WHERE k.marks >= screening_value('generous_marks') AND k.others >= screening_value('generous_marks')
      AND k.mean - k.others_sum / k.others > screening_value('generous_points')
    UNION ALL
    SELECT 'marks_too_fast', jsonb_build_object('account', p.account_id, 'at', date_trunc('minute', p.at), 'marks', count(*)),
           NULL, NULL, a.org_id, NULL
    FROM points p JOIN account a ON a.id = p.account_id
    GROUP BY p.account_id, a.org_id, date_trunc('minute', p.at), p.session_id
    -- a list that is sent at once is one moment; hand-made marks are many
    HAVING count(*) >= screening_value('marks_a_minute') AND count(DISTINCT date_trunc('second', p.at)) > 5
    UNION ALL
    SELECT 'approvals_at_night', jsonb_build_object('account', l.account_id, 'night', l.night, 'acts', l.n), NULL, NULL, a.org_id, NULL
    FROM (SELECT x.account_id, (x.at AT TIME ZONE 'Europe/Paris' - interval '6 hours')::date AS night, count(*) AS n
          FROM audit_leaf x
          LEFT JOIN contract k ON x.object_kind = 'contract' AND k.id = x.object_id
          LEFT JOIN fraud_case f ON x.object_kind = 'fraud_case' AND f.id = x.object_id
          WHERE x.act IN ('contract.approve', 'case.clear') AND coalesce(k.campaign_id, f.campaign_id) = campaign
            AND NOT (extract(hour FROM x.at AT TIME ZONE 'Europe/Paris') BETWEEN 5 AND 21)
          GROUP BY 1, 2) l
    JOIN account a ON a.id = l.account_id
    WHERE l.n >= screening_value('night_approvals')
    UNION ALL
    SELECT 'exercise_leaked', jsonb_build_object('exercise', t.exercise_id, 'session', t.session, 'percent', round(t.mean),
                                                 'before', round(t.mean_before)), NULL, NULL, t.org_id, NULL
    FROM sittings t
    WHERE t.seats >= screening_value('leak_seats') AND t.seats_before >= screening_value('leak_seats')
      AND t.mean - t.mean_before > screening_value('leak_points')
    UNION ALL
    -- the alarm of /quality: of sites whose newest session is this campaign's
    SELECT 'item_leaked', jsonb_build_object('criterion', q.criterion_id, 'form', q.form, 'session', q.first_session), NULL, NULL,
           s.org_id, NULL
    FROM (SELECT DISTINCT p.code FROM test_session t JOIN profile p ON p.id = t.profile_id
          WHERE t.campaign_id = campaign AND t.state = 'closed') p,
    LATERAL quality_items(p.code) q JOIN test_session s ON s.id = q.last_session AND s.campaign_id = campaign
    WHERE q.leaked
    UNION ALL
    -- replaced by one hand within days of their binding: employers bind and the office replaces, so who bound them
    -- says nothing
    SELECT 'rebound_agent', jsonb_build_object('account', f.account_id, 'first_day', min(f.day),
                                               'from', screening_value('rebound_agent')), NULL, NULL, a.org_id, NULL
    FROM placement p JOIN placement_fact f ON f.placement_id = p.id AND f.kind = 'replaced'
    JOIN account a ON a.id = f.account_id
    WHERE p.campaign_id = campaign AND f.day <= p.created_at::date + screening_value('rebound_days')
    GROUP BY f.account_id, a.org_id HAVING count(*) >= screening_value('rebound_agent')
$$;
REVOKE ALL ON FUNCTION signals_of_staff(bigint) FROM PUBLIC;
