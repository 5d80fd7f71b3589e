-- Fraud rules that see more than one entry or contract. Each is a SELECT of what it hits: a rule, its
-- subject, and evidence of codes, ids, dates and numbers. screen_campaign() opens a case for each that is new.

-- The contract by itself: called by screen_contract().
CREATE OR REPLACE FUNCTION contract_findings(k contract, o org)
RETURNS TABLE (rule text, evidence jsonb) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT 'rent_excessive', jsonb_build_object('rent_week', k.housing_rent, 'pay_week', k.weekly_hours * k.hourly_wage,
                                                'percent', screening_value('rent_percent'))
    WHERE k.housing_kind <> 'none' AND k.housing_rent * 100 > k.weekly_hours * k.hourly_wage * screening_value('rent_percent')
    UNION ALL
    -- a box is no dwelling: "BP 12", "B.P. 12", "CS 40000", "boîte postale"
    SELECT 'housing_po_box', jsonb_build_object('housing_commune', k.housing_commune)
    WHERE k.housing_kind <> 'none' AND k.housing_address ~* '(\mB\.? ?P\.? ?[0-9]|\mCS ?[0-9]{3}|bo[iî]te postale|p\.? ?o\.? box)'
    UNION ALL
    SELECT 'headcount_small', jsonb_build_object('places', k.places, 'headcount', o.headcount,
                                                 'times', screening_value('headcount_times'))
    WHERE o.headcount > 0 AND k.places > o.headcount * screening_value('headcount_times')
$$;
REVOKE ALL ON FUNCTION contract_findings(contract, org) FROM PUBLIC;

-- Contracts and money: places given to one after another, and payees named by several candidates. Which
-- payee is not said: it may be a person's name.
CREATE OR REPLACE FUNCTION findings_of_sale(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT 'place_resold', jsonb_build_object('replaced', count(*), 'first_day', min(f.day)), NULL::bigint, p.contract_id,
           NULL::bigint, NULL::bigint
    FROM placement p JOIN placement_fact f ON f.placement_id = p.id AND f.kind = 'replaced'
    WHERE p.campaign_id = campaign
    GROUP BY p.contract_id HAVING count(*) >= screening_value('replaced_most')
    UNION ALL
    SELECT 'fee_cluster', jsonb_build_object('candidates', jsonb_agg(c.id ORDER BY c.id), 'services', count(DISTINCT c.org_id)),
           min(c.id), NULL, NULL, NULL
    FROM candidate c
    WHERE c.campaign_id = campaign AND c.fee_asked AND c.fee_payee IS NOT NULL
    GROUP BY lower(regexp_replace(c.fee_payee, '\s+', ' ', 'g')) HAVING count(*) >= screening_value('fee_same_payee')
$$;
REVOKE ALL ON FUNCTION findings_of_sale(bigint) FROM PUBLIC;

-- Who vanished, and who is said to have: arrivals that never came, reports of abandonment at the end of a
-- contract or of a worker who never worked, several at one employer.
CREATE OR REPLACE FUNCTION findings_of_vanishing(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH late AS (
        SELECT p.id, p.org_id, p.departed_on FROM placement p
        WHERE p.campaign_id = campaign AND p.state IN ('departed', 'missing')
          AND p.departed_on < today() - screening_value('arrival_days')
          AND NOT EXISTS (SELECT FROM placement_fact f WHERE f.placement_id = p.id AND f.kind IN ('arrived', 'working', 'found'))
    ), reports AS (
        SELECT p.id, p.org_id, p.last_day, f.day, EXISTS (
                   SELECT FROM placement_fact w WHERE w.placement_id = p.id AND w.kind = 'working' AND w.id < f.id) AS worked
        FROM placement p JOIN placement_fact f ON f.placement_id = p.id AND f.kind = 'abandon_reported'
        WHERE p.campaign_id = campaign
    )
    SELECT 'never_started', jsonb_build_object('departed', l.departed_on, 'days', screening_value('arrival_days')),
           NULL::bigint, NULL::bigint, NULL::bigint, l.id FROM late l
    UNION ALL
    SELECT 'vanish_cluster', jsonb_build_object('placements', jsonb_agg(l.id ORDER BY l.id)), NULL, NULL, l.org_id, NULL
    FROM late l GROUP BY l.org_id HAVING count(*) >= screening_value('vanish_most')
    UNION ALL
    SELECT 'abandon_doubtful', jsonb_build_object('reported', r.day, 'last_day', r.last_day, 'worked', r.worked), NULL, NULL,
           NULL, r.id
    FROM reports r WHERE NOT r.worked OR r.day > r.last_day - screening_value('abandon_days')
    UNION ALL
    SELECT 'abandon_cluster', jsonb_build_object('placements', jsonb_agg(DISTINCT r.id)), NULL, NULL, r.org_id, NULL
    FROM reports r GROUP BY r.org_id HAVING count(DISTINCT r.id) >= screening_value('abandon_most')
$$;
REVOKE ALL ON FUNCTION findings_of_vanishing(bigint) FROM PUBLIC;

-- The chain test > medical > departure > return, and returns that cannot be: stamped while he was at work,
-- stamped by the dozen, or of somebody said to be dead.
CREATE OR REPLACE FUNCTION findings_of_return(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH present AS (
        SELECT f.placement_id, max(f.day) AS day FROM placement_fact f
        WHERE f.campaign_id = campaign AND f.kind IN ('arrived', 'working', 'resumed', 'found', 'ended')
        GROUP BY f.placement_id
    )
    -- left, though his seat was void, or nobody looked at his face a second time where others of the same
    -- session were looked at twice (where that is not done at all, it says nothing about him)
    SELECT 'identity_chain', jsonb_build_object('departed', p.departed_on, 'seat', s.id, 'attendance', s.attendance),
           NULL::bigint, NULL::bigint, NULL::bigint, p.id
    FROM placement p JOIN seat s ON s.candidate_id = p.candidate_id
    WHERE p.campaign_id = campaign AND p.departed_on IS NOT NULL
      AND (s.attendance = 'void' OR (s.attendance = 'present' AND s.second_by IS NULL AND EXISTS (
               SELECT FROM seat o WHERE o.session_id = s.session_id AND o.second_by IS NOT NULL)))
      AND NOT EXISTS (SELECT FROM seat g WHERE g.candidate_id = p.candidate_id AND g.attendance = 'present'
                                           AND g.second_by IS NOT NULL)
    UNION ALL
    SELECT 'stamp_before_end', jsonb_build_object('stamped', e.day, 'last_seen', x.day, 'grade', e.grade), NULL, NULL, NULL,
           e.placement_id
    FROM return_evidence e JOIN present x ON x.placement_id = e.placement_id
    WHERE e.campaign_id = campaign AND e.grade IN ('A', 'A-', 'B') AND e.day < x.day
    UNION ALL
    SELECT 'stamp_burst', jsonb_build_object('account', e.account_id, 'hour', date_trunc('hour', e.at), 'stamps', count(*)),
           NULL, NULL, NULL, min(e.placement_id)
    FROM return_evidence e
    WHERE e.campaign_id = campaign AND e.grade IN ('A', 'A-')
    GROUP BY e.account_id, date_trunc('hour', e.at) HAVING count(*) >= screening_value('stamp_burst')
    UNION ALL
    SELECT 'dead_but_active', jsonb_build_object('exception', d.id, 'seen', min(f.day)), NULL, NULL, NULL, d.placement_id
    FROM return_exception d
    JOIN placement p ON p.id = d.placement_id
    JOIN placement o ON o.worker_id IN (SELECT same_workers(p.worker_id))
    JOIN placement_fact f ON f.placement_id = o.id AND f.at > d.recorded_at
     AND f.kind IN ('departed', 'arrived', 'working', 'resumed', 'found', 'complaint', 'contact')
    WHERE d.campaign_id = campaign AND d.kind = 'death' AND d.state <> 'rejected'
    GROUP BY d.id, d.placement_id
$$;
REVOKE ALL ON FUNCTION findings_of_return(bigint) FROM PUBLIC;

-- Opens a case for each finding that has none yet; gives how many. Again: nothing new.
CREATE OR REPLACE FUNCTION screen_campaign(campaign bigint) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    opened int;
BEGIN
    IF NOT EXISTS (SELECT FROM campaign c WHERE c.id = screen_campaign.campaign) THEN
        PERFORM refuse('not_found', '', 'campaign_id');
    END IF;
    SELECT count(x) INTO opened FROM (
        SELECT fraud_open(f.rule, screen_campaign.campaign, f.evidence, f.candidate, contract => f.contract, org => f.org,
                          placement => f.placement) AS x
        FROM (SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM findings_of_sale(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM findings_of_vanishing(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM findings_of_return(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM signals_of_employers(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM signals_of_staff(screen_campaign.campaign) f) f) cases;
    PERFORM audit('case.screen', 'campaign', screen_campaign.campaign, NULL, jsonb_build_object('opened', opened));
    RETURN opened;
END
$$;
REVOKE ALL ON FUNCTION screen_campaign(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION screen_campaign(bigint) TO noria_ofii;
