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
    UNION ALL
    -- the people of an office sleep elsewhere (on many farms it is the dwelling too: a note)
    SELECT 'housing_office', jsonb_build_object('housing_commune', k.housing_commune)
    FROM org_contact x
    WHERE x.org_id = o.id AND k.housing_kind <> 'none' AND k.housing_commune = o.commune
      AND lower(x.office_address) = lower(k.housing_address)
    UNION ALL
    -- the tasks speak of the farms of others, by name or as clients
    SELECT 'clients_in_tasks', jsonb_build_object('employers', coalesce(n.named, '[]'))
    FROM (SELECT jsonb_agg(e.id ORDER BY e.id) AS named FROM org e
          WHERE e.kind = 'employer' AND e.id <> o.id AND length(e.name) >= 6 AND position(lower(e.name) IN lower(k.tasks)) > 0) n
    WHERE n.named IS NOT NULL
       OR k.tasks ~* '(\mchez\M[^.;]{0,20}\mclient|\mexploitations? clientes?\M|\mmises? à (la )?disposition\M|\mclient farms?\M)'
$$;
REVOKE ALL ON FUNCTION contract_findings(contract, org) FROM PUBLIC;

-- The employer by himself: what he shares with others of another name, and what a farm has and he has not.
-- Says which of the things is shared, never what it is: the database does not know.
CREATE OR REPLACE FUNCTION org_findings(employer bigint)
RETURNS TABLE (rule text, evidence jsonb) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT 'shared_contact', jsonb_build_object('employers', s.employers, 'shared', to_jsonb(array_remove(ARRAY[
        CASE WHEN s.phone THEN 'phone' END, CASE WHEN s.email THEN 'email' END, CASE WHEN s.iban THEN 'iban' END,
        CASE WHEN s.msa THEN 'msa' END, CASE WHEN s.address THEN 'address' END], NULL)))
    FROM (SELECT jsonb_agg(b.org_id ORDER BY b.org_id) AS employers, bool_or(a.phone_key = b.phone_key) AS phone,
                 bool_or(a.email_key = b.email_key) AS email, bool_or(a.iban_key = b.iban_key) AS iban,
                 bool_or(a.msa_key = b.msa_key) AS msa,
                 bool_or(p.commune = q.commune AND lower(a.office_address) = lower(b.office_address)) AS address
          FROM org_contact a JOIN org p ON p.id = a.org_id
          JOIN org_contact b ON b.org_id <> a.org_id JOIN org q ON q.id = b.org_id AND q.kind = 'employer'
          WHERE a.org_id = employer
            AND (a.phone_key = b.phone_key OR a.email_key = b.email_key OR a.iban_key = b.iban_key OR a.msa_key = b.msa_key
                 OR (p.commune = q.commune AND lower(a.office_address) = lower(b.office_address)))) s
    WHERE s.employers IS NOT NULL
    UNION ALL
    SELECT 'no_social_number', '{}'::jsonb FROM org_contact a WHERE a.org_id = employer AND a.msa_key IS NULL
$$;
REVOKE ALL ON FUNCTION org_findings(bigint) FROM PUBLIC;

-- The same for all employers of a campaign: another one, or the office, may have been recorded after the contract
-- was screened.
CREATE OR REPLACE FUNCTION findings_of_contacts(campaign bigint)
RETURNS TABLE (rule text, evidence jsonb, candidate bigint, contract bigint, org bigint, placement bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.rule, f.evidence, NULL::bigint, NULL::bigint, k.org_id, NULL::bigint
    FROM (SELECT DISTINCT k.org_id FROM contract k
          WHERE k.campaign_id = campaign AND k.state IN ('submitted', 'approved', 'filled')) k, LATERAL org_findings(k.org_id) f
    UNION ALL
    SELECT f.rule, f.evidence, NULL, k.id, k.org_id, NULL
    FROM contract k JOIN org o ON o.id = k.org_id, LATERAL contract_findings(k, o) f
    WHERE k.campaign_id = campaign AND k.state IN ('submitted', 'approved', 'filled') AND f.rule = 'housing_office'
$$;
REVOKE ALL ON FUNCTION findings_of_contacts(bigint) FROM PUBLIC;

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
    FROM (SELECT DISTINCT a.id, a.org_id, lower(regexp_replace(a.payee, '\s+', ' ', 'g')) AS payee FROM (
              SELECT c.id, c.org_id, c.fee_payee AS payee FROM candidate c WHERE c.campaign_id = campaign AND c.fee_asked
              UNION ALL
              SELECT p.candidate_id, p.service_id, a.payee FROM fee_answer a JOIN placement p ON p.id = a.placement_id
              WHERE a.campaign_id = campaign AND a.asked) a
          WHERE a.payee IS NOT NULL) c
    GROUP BY c.payee HAVING count(*) >= screening_value('fee_same_payee')
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
    -- in France: at work, ill there, found. Not a complaint: it is made from home too, and nobody shall fear to.
    WITH present AS (
        SELECT f.placement_id, max(f.day) AS day FROM placement_fact f
        WHERE f.campaign_id = campaign AND f.kind IN ('arrived', 'working', 'suspended', 'resumed', 'found', 'ended')
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
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM findings_of_contacts(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM signals_of_employers(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM signals_of_staff(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM signals_of_work_places(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM signals_of_fees(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM signals_of_sealed(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM signals_of_exit(screen_campaign.campaign) f
              UNION ALL
              SELECT f.rule, f.evidence, f.candidate, f.contract, f.org, f.placement FROM signals_of_excuses(screen_campaign.campaign) f) f) cases;
    PERFORM audit('case.screen', 'campaign', screen_campaign.campaign, NULL, jsonb_build_object('opened', opened));
    RETURN opened;
END
$$;
REVOKE ALL ON FUNCTION screen_campaign(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION screen_campaign(bigint) TO noria_ofii;

-- --- what employers have in common, and what workers were asked for -----------------------------------------
ALTER TABLE org_contact ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS org_contact_office ON org_contact;
CREATE POLICY org_contact_office ON org_contact TO noria_ofii USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON org_contact TO noria_ofii;

ALTER TABLE fee_answer ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS fee_answer_office ON fee_answer;
CREATE POLICY fee_answer_office ON fee_answer FOR SELECT TO noria_ofii USING (true);
GRANT SELECT ON fee_answer TO noria_ofii;
DROP TRIGGER IF EXISTS append_only ON fee_answer;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON fee_answer
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- The answer given at arrival or return; a yes is a protected case at once, as at entry.
DROP FUNCTION IF EXISTS fee_answer_record(bigint, text, boolean, numeric, text);
CREATE OR REPLACE FUNCTION fee_answer_record(wanted bigint, at_moment text, was_asked boolean, how_much numeric, whom text,
                                             phone bytea DEFAULT NULL, asked_in text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE;
BEGIN
    SELECT * INTO p FROM placement x WHERE x.id = wanted;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF p.departed_on IS NULL THEN
        PERFORM refuse('conflict', p.state);
    END IF;
    INSERT INTO fee_answer (placement_id, moment, campaign_id, asked, amount, payee, phone_key, place, account_id)
    VALUES (p.id, at_moment, p.campaign_id, was_asked, how_much, whom, phone, asked_in, actor_account());
    -- the leaf says that he was asked, not what he said
    PERFORM audit('fee.ask', 'placement', p.id, at_moment, '{}');
    IF was_asked THEN
        PERFORM fraud_open('fee_asked', p.campaign_id,
                           jsonb_build_object('amount_given', how_much IS NOT NULL, 'moment', at_moment), p.candidate_id);
    END IF;
    RETURN p.id;
END
$$;
REVOKE ALL ON FUNCTION fee_answer_record(bigint, text, boolean, numeric, text, bytea, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fee_answer_record(bigint, text, boolean, numeric, text, bytea, text) TO noria_ofii;
