-- Returns: what evidence proves, exceptions, non-return by two persons.

-- The placement, locked, when the actor may speak about it and its worker has departed.
CREATE OR REPLACE FUNCTION return_subject(placement bigint) RETURNS placement
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE;
BEGIN
    SELECT * INTO p FROM placement x WHERE x.id = return_subject.placement AND placement_mine(x)
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found', '', 'placement_id');
    ELSIF p.departed_on IS NULL THEN
        PERFORM refuse('not_departed', p.state, 'placement_id');
    END IF;
    RETURN p;
END
$$;
REVOKE ALL ON FUNCTION return_subject(bigint) FROM PUBLIC;

CREATE OR REPLACE FUNCTION placement_fact_add(placement bigint, fact text, happened date, said_by text, remark text)
RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO placement_fact (campaign_id, placement_id, kind, day, source, note, from_state, to_state, account_id)
    VALUES (0, placement, fact, happened, said_by, remark, '', '', 0)
    RETURNING id
$$;
REVOKE ALL ON FUNCTION placement_fact_add(bigint, text, date, text, text) FROM PUBLIC;

-- The real days: leaving early frees days; leaving after the last day that six months in twelve allow
-- is an over-long stay, which is a case for a person to judge.
CREATE OR REPLACE FUNCTION return_exit(p placement, exit_day date) RETURNS int
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    stay worker_stay%ROWTYPE;
    variant text;
    lawful date;
    over int;
BEGIN
    SELECT * INTO stay FROM worker_stay s WHERE s.placement_id = p.id;
    IF NOT FOUND THEN
        RETURN 0;
    ELSIF exit_day < upper(stay.period) - 1 THEN
        UPDATE worker_stay SET period = daterange(lower(stay.period), greatest(exit_day, lower(stay.period)), '[]')
        WHERE id = stay.id;
        RETURN 0;
    END IF;
    SELECT c.six_months_variant INTO variant FROM campaign c WHERE c.id = p.campaign_id;
    lawful := stay_limit(p.worker_id, variant, lower(stay.period), upper(stay.period) - 1, exit_day, stay.id);
    over := exit_day - lawful;
    IF NOT EXISTS (SELECT FROM worker_stay o WHERE o.worker_id = p.worker_id AND o.id <> stay.id
                   AND o.period && daterange(lower(stay.period), lawful, '[]')) THEN
        UPDATE worker_stay SET period = daterange(lower(stay.period), lawful, '[]') WHERE id = stay.id;
    END IF;
    IF over > 0 THEN
        UPDATE placement SET overstay_days = over WHERE id = p.id;
        PERFORM fraud_open('stay_too_long', p.campaign_id, jsonb_build_object('placement', p.id, 'lawful_until', lawful,
            'left_on', exit_day, 'days_over', over), p.candidate_id, placement => p.id);
        PERFORM placement_fact_add(p.id, 'overstay', exit_day, 'return_evidence', over::text);
    END IF;
    RETURN over;
END
$$;
REVOKE ALL ON FUNCTION return_exit(placement, date) FROM PUBLIC;

-- Records evidence and draws the only conclusion that the grades allow. Gives the evidence's id.
CREATE OR REPLACE FUNCTION return_evidence_add(placement bigint, shown text, seen_on date, left_on date,
                                               is_original boolean, present boolean, identified boolean,
                                               how_found text, remark text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE := return_subject(placement);
    checkin int;
    rank text;
    made bigint;
    home date;
    verdict text;
BEGIN
    SELECT c.checkin_days INTO checkin FROM campaign c WHERE c.id = p.campaign_id;
    rank := CASE WHEN shown = 'desk' AND (SELECT o.kind FROM org o WHERE o.id = actor_org()) = 'ofii' THEN 'A'
                 WHEN shown = 'desk' THEN 'A-'
                 WHEN shown IN ('exit_stamp', 'border_certificate', 'carrier_manifest') THEN 'B'
                 WHEN shown IN ('stamp_copy', 'ticket_copy', 'entry_stamp_copy', 'photo') THEN 'C'
                 ELSE 'D' END;
    IF seen_on > today() OR left_on > today() THEN
        PERFORM refuse('fact_in_future', seen_on::text, 'day');
    ELSIF coalesce(left_on, seen_on) < p.departed_on THEN
        PERFORM refuse('return_before_departure', p.departed_on::text, 'day');
    END IF;
    INSERT INTO return_evidence (campaign_id, placement_id, grade, kind, day, exit_day, original, person_present,
                                 identity_checked, found_by, note, org_id, account_id)
    VALUES (p.campaign_id, p.id, rank, shown, seen_on, left_on, is_original, present, identified, how_found,
            remark, actor_org(), actor_account())
    RETURNING id INTO made;
    PERFORM placement_fact_add(p.id, 'evidence', seen_on, shown, rank);
    -- A presence at the desk proves the return on that day at the latest; a worker who checks in within
    -- the time to check in is in time.
    home := coalesce(left_on, CASE WHEN rank IN ('A', 'A-') THEN seen_on - checkin ELSE seen_on END);
    IF rank IN ('A', 'A-') OR (rank = 'B' AND is_original) THEN
        verdict := CASE WHEN home > greatest(p.return_due, p.excepted_until) THEN 'returned_late'
                        ELSE 'returned_verified' END;
    ELSIF (SELECT count(DISTINCT e.kind) FROM return_evidence e WHERE e.placement_id = p.id AND e.grade = 'C') >= 2 THEN
        verdict := 'returned_declared';
    END IF;
    IF verdict IS NOT NULL AND p.state NOT IN ('returned_verified', 'returned_late')
       AND verdict <> p.state AND NOT (verdict = 'returned_declared' AND p.state = 'non_return_confirmed') THEN
        PERFORM placement_fact_add(p.id, verdict, coalesce(left_on, seen_on), shown, NULL);
        UPDATE non_return n SET decision = 'overtaken', decision_reason = verdict, decided_by = actor_account(),
                                decided_on = today(), decided_at = clock_timestamp()
        WHERE n.placement_id = p.id AND n.decision IS NULL;
        IF left_on IS NOT NULL AND verdict <> 'returned_declared' THEN
            PERFORM return_exit(p, left_on);
        END IF;
    END IF;
    PERFORM audit('return.evidence', 'placement', p.id, rank, jsonb_build_object('evidence', made, 'verdict', verdict));
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION return_evidence_add(bigint, text, date, date, boolean, boolean, boolean, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION return_evidence_add(bigint, text, date, date, boolean, boolean, boolean, text, text)
    TO noria_ofii, noria_partner;

DROP FUNCTION IF EXISTS exception_record(bigint, text, text, text, date);
DROP FUNCTION IF EXISTS exception_record(bigint, text, text, text, date, bigint);
CREATE OR REPLACE FUNCTION exception_record(placement bigint, reason text, paper text, issued_by text, ends date,
                                            other bigint DEFAULT NULL, since date DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE := return_subject(placement);
    made bigint;
BEGIN
    IF reason = 'extension' AND NOT coalesce(ends > p.last_day, false) THEN
        PERFORM refuse('not_an_extension', p.last_day::text, 'until');
    ELSIF other IS NOT NULL AND (reason <> 'transfer' OR NOT EXISTS (
        SELECT FROM contract k WHERE k.id = other AND k.campaign_id = p.campaign_id AND k.org_id <> p.org_id)) THEN
        PERFORM refuse('transfer_same_employer', '', 'to_contract_id');
    ELSIF other IS NOT NULL AND ends IS NULL THEN
        PERFORM refuse('required', '', 'until');
    ELSIF since > today() THEN
        PERFORM refuse('fact_in_future', since::text, 'from_day');
    ELSIF since > ends THEN
        PERFORM refuse('ends_before_start', '', 'until');
    END IF;
    INSERT INTO return_exception (campaign_id, placement_id, kind, document, issuer, from_day, until, to_contract_id, recorded_by)
    VALUES (p.campaign_id, p.id, reason, paper, issued_by, coalesce(since, least(today(), ends)), ends, other, actor_account())
    RETURNING id INTO made;
    PERFORM audit('return.exception', 'placement', p.id, reason, jsonb_build_object('exception', made));
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION exception_record(bigint, text, text, text, date, bigint, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exception_record(bigint, text, text, text, date, bigint, date) TO noria_ofii;

-- The second person. An extension lengthens the stay, so six months in twelve is asked again.
CREATE OR REPLACE FUNCTION exception_decide(exception bigint, accepted boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e return_exception%ROWTYPE;
    p placement%ROWTYPE;
    g campaign%ROWTYPE;
BEGIN
    UPDATE return_exception x SET state = CASE WHEN accepted THEN 'confirmed' ELSE 'rejected' END,
        confirmed_by = actor_account(), confirmed_at = clock_timestamp()
    WHERE x.id = exception AND x.state = 'recorded' RETURNING * INTO e; -- CHECK second_person_needed
    IF NOT FOUND THEN
        SELECT * INTO e FROM return_exception x WHERE x.id = exception;
        PERFORM refuse(CASE WHEN FOUND THEN 'conflict' ELSE 'not_found' END, coalesce('exception_state:' || e.state, ''));
    END IF;
    p := return_subject(e.placement_id);
    SELECT * INTO STRICT g FROM campaign WHERE id = p.campaign_id;
    IF accepted THEN
        PERFORM placement_fact_add(p.id, CASE e.kind WHEN 'extension' THEN 'extended' WHEN 'transfer' THEN 'transferred'
            WHEN 'status_change' THEN 'status_changed' ELSE 'exception' END, today(), e.kind, e.issuer);
        IF e.kind = 'extension' THEN
            UPDATE worker_stay SET period = daterange(lower(period), e.until, '[]') WHERE placement_id = p.id;
            UPDATE placement SET last_day = e.until, return_due = stay_limit(p.worker_id, g.six_months_variant,
                p.first_day, e.until, e.until + g.travel_days,
                (SELECT s.id FROM worker_stay s WHERE s.placement_id = p.id))
            WHERE id = p.id;
        ELSIF e.to_contract_id IS NOT NULL THEN
            PERFORM placement_transfer(p, e.to_contract_id, e.until, e.document, e.issuer);
        ELSE
            UPDATE placement SET excepted_until = e.until WHERE id = p.id;
        END IF;
    END IF;
    PERFORM audit('return.exception_decide', 'placement', p.id, e.state, jsonb_build_object('exception', e.id));
    RETURN e.placement_id;
END
$$;
REVOKE ALL ON FUNCTION exception_decide(bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION exception_decide(bigint, boolean) TO noria_ofii;

-- What stands against a finding of non-return now; refuses. `days` after the return was due.
CREATE OR REPLACE FUNCTION non_return_check(p placement, days int) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    tried int;
    channels int;
    want_tried int := (SELECT value FROM returns_setting WHERE code = 'contact_attempts');
    want_channels int := (SELECT value FROM returns_setting WHERE code = 'contact_channels');
    opens date := greatest(p.return_due, p.excepted_until) + days;
BEGIN
    SELECT count(*), count(DISTINCT f.source) INTO tried, channels FROM placement_fact f
    WHERE f.placement_id = p.id AND f.kind = 'contact' AND f.day > p.last_day;
    IF today() <= opens THEN
        PERFORM refuse('non_return_too_early', (opens + 1)::text);
    ELSIF p.complaints_open > 0 THEN
        PERFORM refuse('complaint_open');
    ELSIF EXISTS (SELECT FROM return_exception e WHERE e.placement_id = p.id AND e.state = 'recorded') THEN
        PERFORM refuse('exception_pending');
    ELSIF tried < want_tried OR channels < want_channels THEN
        PERFORM refuse('contact_attempts_missing', format('%s/%s, %s/%s', tried, want_tried, channels, want_channels));
    END IF;
END
$$;
REVOKE ALL ON FUNCTION non_return_check(placement, int) FROM PUBLIC;

CREATE OR REPLACE FUNCTION non_return_propose(placement bigint, why text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE := return_subject(placement);
    made bigint;
BEGIN
    PERFORM non_return_check(p, (SELECT c.checkin_days FROM campaign c WHERE c.id = p.campaign_id));
    PERFORM placement_fact_add(p.id, 'non_return_proposed', today(), 'officer', NULL);
    INSERT INTO non_return (campaign_id, placement_id, from_state, reason, proposed_by, proposed_on)
    VALUES (p.campaign_id, p.id, p.state, why, actor_account(), today())
    RETURNING id INTO made;
    PERFORM audit('return.non_return_propose', 'placement', p.id, why);
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION non_return_propose(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION non_return_propose(bigint, text) TO noria_ofii;

CREATE OR REPLACE FUNCTION non_return_decide(placement bigint, verdict text, why text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE := return_subject(placement);
    made bigint;
BEGIN
    IF p.state <> 'non_return_proposed' THEN
        PERFORM refuse('conflict', 'placement:' || p.state);
    ELSIF verdict = 'confirmed' THEN
        PERFORM non_return_check(p, (SELECT c.non_return_after_days FROM campaign c WHERE c.id = p.campaign_id));
    END IF;
    UPDATE non_return n SET decision = verdict, decision_reason = why, decided_by = actor_account(),
                            decided_on = today(), decided_at = clock_timestamp()
    WHERE n.placement_id = p.id AND n.decision IS NULL RETURNING n.id INTO made; -- CHECK second_person_needed
    PERFORM placement_fact_add(p.id, 'non_return_' || verdict, today(), 'officer', NULL);
    PERFORM audit('return.non_return_decide', 'placement', p.id, why, jsonb_build_object('decision', verdict));
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION non_return_decide(bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION non_return_decide(bigint, text, text) TO noria_ofii;

-- --- who sees ---------------------------------------------------------------------------------------
ALTER TABLE returns_setting ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS returns_setting_all ON returns_setting;
CREATE POLICY returns_setting_all ON returns_setting TO noria_ofii, noria_system USING (true) WITH CHECK (true);
GRANT SELECT ON returns_setting TO noria_ofii, noria_system;
GRANT UPDATE (value) ON returns_setting TO noria_ofii;

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['return_evidence', 'return_exception', 'non_return'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', t || '_all', t);
        EXECUTE format('CREATE POLICY %I ON %I TO noria_ofii, noria_system USING (true)', t || '_all', t);
        EXECUTE format('GRANT SELECT ON %I TO noria_ofii, noria_system', t);
    END LOOP;
END
$$;
DROP POLICY IF EXISTS return_evidence_partner ON return_evidence;
CREATE POLICY return_evidence_partner ON return_evidence FOR SELECT TO noria_partner
    USING (placement_id = ANY (ARRAY(SELECT p.id FROM placement p)));
GRANT SELECT ON return_evidence TO noria_partner;
DROP TRIGGER IF EXISTS append_only ON return_evidence;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON return_evidence
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
