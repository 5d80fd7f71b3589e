-- Derogations from six months in twelve: what they cover, who signs, who is over when one is revoked. The
-- trigger of 09_placements.sql honours them; server/returns/stay.c is the same rule without a database.

-- In the unit of the variant (stay_units()): nine months are 274 days of 365, as six are 183.
CREATE OR REPLACE FUNCTION derogation_units(variant text, months int, days int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE variant WHEN 'days_183' THEN coalesce(days, (months * 365 + 11) / 12)
                    ELSE least(coalesce(months * 30, days), 270) END;

-- What is signed, in one line: what the row says, and the workers that it names (ascending).
CREATE OR REPLACE FUNCTION derogation_text(d derogation, workers bigint[]) RETURNS text LANGUAGE sql IMMUTABLE
RETURN jsonb_build_array('derogation', d.title, d.legal_source, d.from_day, d.to_day, d.most_months, d.most_days,
                         d.campaign_id, d.country, d.rome, d.crop, d.department, d.workers_named, workers)::text;

-- Where it stands on the business day.
CREATE OR REPLACE FUNCTION derogation_state(d derogation) RETURNS text LANGUAGE sql STABLE
RETURN CASE WHEN d.revoked_from <= today() OR d.revoked_from <= d.from_day THEN 'revoked'
            WHEN d.signed_by IS NULL THEN 'proposed'
            WHEN today() > d.to_day THEN 'expired'
            WHEN today() < d.from_day THEN 'to_come'
            ELSE 'in_force' END;

-- Whether a stay lies in the scope. One known from elsewhere has no contract: a derogation that asks for an
-- occupation, a crop or a department does not cover it. Step by step, so that only what is asked is looked up.
CREATE OR REPLACE FUNCTION derogation_covers(d derogation, s worker_stay) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF d.campaign_id <> s.campaign_id THEN
        RETURN false;
    END IF;
    IF d.country IS NOT NULL THEN
        PERFORM 1 FROM candidate c JOIN org o ON o.id = c.org_id
        WHERE c.worker_id = s.worker_id AND c.campaign_id = s.campaign_id AND o.country = d.country;
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END IF;
    IF num_nonnulls(d.rome, d.crop, d.department) > 0 THEN
        PERFORM 1 FROM placement p JOIN contract k ON k.id = p.contract_id LEFT JOIN commune w ON w.insee = k.commune
        WHERE p.id = s.placement_id AND (d.rome IS NULL OR k.rome = d.rome)
          AND (d.crop IS NULL OR lower(k.crop) = lower(d.crop)) AND (d.department IS NULL OR w.department = d.department);
        IF NOT FOUND THEN
            RETURN false;
        END IF;
    END IF;
    IF d.workers_named THEN
        PERFORM 1 FROM derogation_worker w WHERE w.derogation_id = d.id AND w.worker_id IN (SELECT same_workers(s.worker_id));
        RETURN FOUND;
    END IF;
    RETURN true;
END
$$;
REVOKE ALL ON FUNCTION derogation_covers(derogation, worker_stay) FROM PUBLIC;

-- The derogations that a stay may rest on, were it on those days, each with the days that it covers.
CREATE OR REPLACE FUNCTION stay_leaves(stay bigint, variant text, first date, last date)
RETURNS TABLE (derogation bigint, first_day date, last_day date, most int)
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT d.id, d.from_day, least(d.to_day, d.revoked_from - 1), derogation_units(variant, d.most_months, d.most_days)
    FROM worker_stay s, derogation d
    WHERE s.id = stay AND d.signed_by IS NOT NULL AND d.from_day <= stay_leaves.last
      AND least(d.to_day, d.revoked_from - 1) >= greatest(d.from_day, stay_leaves.first)
      AND derogation_covers(d, s);
END
$$;
REVOKE ALL ON FUNCTION stay_leaves(bigint, text, date, date) FROM PUBLIC;

-- What it says never changes; it is signed once and revoked once.
CREATE OR REPLACE FUNCTION derogation_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    moving text[] := '{signed_by,signed_at,revoked_from,revoke_reason,revoked_by,revoked_at,uses,version}';
BEGIN
    IF to_jsonb(NEW) - moving <> to_jsonb(OLD) - moving OR NEW.uses < OLD.uses
       OR (OLD.signed_by IS NOT NULL AND (NEW.signed_by, NEW.signed_at) IS DISTINCT FROM (OLD.signed_by, OLD.signed_at))
       OR (OLD.revoked_from IS NOT NULL AND (NEW.revoked_from, NEW.revoke_reason, NEW.revoked_by, NEW.revoked_at)
           IS DISTINCT FROM (OLD.revoked_from, OLD.revoke_reason, OLD.revoked_by, OLD.revoked_at)) THEN
        PERFORM refuse('append_only', 'derogation');
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS derogation_frozen ON derogation;
CREATE TRIGGER derogation_frozen BEFORE UPDATE ON derogation FOR EACH ROW EXECUTE FUNCTION derogation_frozen();
DO $$
DECLARE
    t text;
BEGIN
    EXECUTE 'DROP TRIGGER IF EXISTS append_only ON derogation';
    EXECUTE 'CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE ON derogation FOR EACH STATEMENT
             EXECUTE FUNCTION ledger_append_only()';
    FOREACH t IN ARRAY ARRAY['derogation_worker', 'derogation_over', 'stay_correction'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS append_only ON %I', t);
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT
                        EXECUTE FUNCTION ledger_append_only()', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['derogation', 'derogation_worker', 'derogation_over', 'stay_correction'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('DROP POLICY IF EXISTS %I ON %I', t || '_all', t);
        EXECUTE format('CREATE POLICY %I ON %I FOR SELECT TO noria_ofii, noria_system USING (true)', t || '_all', t);
        EXECUTE format('GRANT SELECT ON %I TO noria_ofii, noria_system', t);
    END LOOP;
END
$$;

-- --- acts -------------------------------------------------------------------------------------------
-- The first signature. `tokens`: of the workers that it names, parted by spaces; NULL: everybody in its scope.
CREATE OR REPLACE FUNCTION derogation_propose(wanted jsonb, tokens text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d derogation := jsonb_populate_record(NULL::derogation, wanted);
    words text[] := regexp_split_to_array(trim(upper(tokens)), '\s+');
    unknown text;
    workers bigint[];
BEGIN
    IF actor_role() <> 'officer' THEN
        PERFORM refuse('forbidden');
    END IF;
    SELECT w INTO unknown FROM unnest(words) w WHERE NOT EXISTS (SELECT FROM candidate c WHERE c.token = w) LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('unknown_token', unknown, 'tokens');
    END IF;
    SELECT coalesce(array_agg(DISTINCT c.worker_id ORDER BY c.worker_id), '{}') INTO workers
    FROM candidate c WHERE c.token = ANY (words);
    d.workers_named := tokens IS NOT NULL;
    INSERT INTO derogation (title, legal_source, from_day, to_day, most_months, most_days, campaign_id, country, rome, crop,
                            department, workers_named, sha256, proposed_by)
    VALUES (d.title, d.legal_source, d.from_day, d.to_day, d.most_months, d.most_days, d.campaign_id, d.country, d.rome,
            d.crop, d.department, d.workers_named, sha256(convert_to(derogation_text(d, workers), 'UTF8')), actor_account())
    RETURNING * INTO d;
    INSERT INTO derogation_worker (derogation_id, worker_id, candidate_id)
    SELECT d.id, c.worker_id, min(c.id) FROM candidate c WHERE c.token = ANY (words) GROUP BY c.worker_id;
    PERFORM audit('derogation.propose', 'derogation', d.id, NULL,
                  jsonb_build_object('sha256', encode(d.sha256, 'hex'), 'workers', cardinality(workers)));
    RETURN d.id;
END
$$;

-- The second signature: of the text whose hash the signer was shown.
CREATE OR REPLACE FUNCTION derogation_sign(wanted bigint, shown bytea) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d derogation;
BEGIN
    SELECT * INTO d FROM derogation x WHERE x.id = wanted FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF actor_role() <> 'officer' THEN
        PERFORM refuse('forbidden');
    ELSIF d.signed_by IS NOT NULL OR derogation_state(d) = 'revoked' THEN
        PERFORM refuse('conflict', 'derogation:' || derogation_state(d));
    ELSIF d.sha256 IS DISTINCT FROM shown THEN
        PERFORM refuse('derogation_other_text', '', 'sha256');
    END IF;
    UPDATE derogation x SET signed_by = actor_account(), signed_at = clock_timestamp(), version = x.version + 1
    WHERE x.id = d.id; -- CHECK second_person_needed
    PERFORM audit('derogation.sign', 'derogation', d.id, NULL, jsonb_build_object('sha256', encode(d.sha256, 'hex')));
    RETURN d.id;
END
$$;

-- Ends it from `first` on, never backwards: stays written under it stand as they are, and those that are over
-- without it are listed. Gives how many. A stay that rests on the derogation has moved its `uses`, so that this
-- act waits for it and then sees it, or is run again.
-- One officer is enough, other than for the grant: a court or a minister may end a text from one day to the next, the
-- act takes nothing but a licence to stay longer, says from when and why, and lists everybody whom it leaves over.
CREATE OR REPLACE FUNCTION derogation_revoke(wanted bigint, first date, why text) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d derogation;
    over bigint;
BEGIN
    UPDATE derogation x SET revoked_from = first, revoke_reason = why, revoked_by = actor_account(),
                            revoked_at = clock_timestamp(), version = x.version + 1
    WHERE x.id = wanted AND x.revoked_from IS NULL RETURNING * INTO d;
    IF NOT FOUND THEN
        PERFORM refuse(CASE WHEN EXISTS (SELECT FROM derogation x WHERE x.id = wanted) THEN 'conflict' ELSE 'not_found' END,
                       'derogation:revoked');
    ELSIF actor_role() <> 'officer' THEN
        PERFORM refuse('forbidden');
    ELSIF first < today() OR first > d.to_day THEN
        PERFORM refuse('derogation_past', today() || ' – ' || d.to_day, 'from_day');
    END IF;
    INSERT INTO derogation_over (derogation_id, stay_id, worker_id, campaign_id, placement_id, window_first, window_last,
                                 units, most)
    SELECT d.id, s.id, s.worker_id, s.campaign_id, s.placement_id, e.window_first, e.window_last, e.units, e.most
    FROM worker_stay s JOIN campaign g ON g.id = s.campaign_id,
        LATERAL six_months_excess(s.worker_id, g.six_months_variant, lower(s.period), upper(s.period) - 1, s.id) e
    WHERE s.period && daterange(first, d.to_day, '[]') AND d.signed_by IS NOT NULL AND derogation_covers(d, s);
    GET DIAGNOSTICS over = ROW_COUNT;
    PERFORM audit('derogation.revoke', 'derogation', d.id, why, jsonb_build_object('from', first, 'over', over));
    RETURN over;
END
$$;
REVOKE ALL ON FUNCTION derogation_propose(jsonb, text), derogation_sign(bigint, bytea), derogation_revoke(bigint, date, text)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION derogation_propose(jsonb, text), derogation_sign(bigint, bytea),
    derogation_revoke(bigint, date, text) TO noria_ofii;

-- Whether a stay is over six months as things stand; NULL when it is not there any more.
CREATE OR REPLACE FUNCTION stay_is_over(stay bigint) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM six_months_excess(s.worker_id, g.six_months_variant, lower(s.period), upper(s.period) - 1, s.id))
    FROM worker_stay s JOIN campaign g ON g.id = s.campaign_id WHERE s.id = stay
$$;
REVOKE ALL ON FUNCTION stay_is_over(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION stay_is_over(bigint) TO noria_ofii;

-- Corrects the days of a stay: those known from elsewhere, and those of a worker who has departed. Without days
-- there was no such stay (only one known from elsewhere). Six months in twelve are asked again by the trigger.
-- `seen` is the worker's version, which every change of his stays moves.
DROP FUNCTION IF EXISTS stay_correct(bigint, date, date, text);
CREATE OR REPLACE FUNCTION stay_correct(stay bigint, first date, last date, why text, seen bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    s worker_stay;
    p placement;
    g campaign;
BEGIN
    SELECT * INTO s FROM worker_stay x WHERE x.id = stay FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    PERFORM FROM worker w WHERE w.id = s.worker_id AND w.version = seen FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('stale_edit');
    ELSIF last < first OR (first IS NULL) <> (last IS NULL) THEN
        PERFORM refuse('ends_before_start', '', 'last_day');
    ELSIF s.placement_id IS NOT NULL AND first IS NULL THEN
        PERFORM refuse('stay_of_placement', '', 'first_day');
    END IF;
    INSERT INTO stay_correction (stay_id, worker_id, campaign_id, placement_id, was, becomes, reason, account_id)
    VALUES (s.id, s.worker_id, s.campaign_id, s.placement_id, s.period, daterange(first, last, '[]'), why, actor_account());
    IF s.placement_id IS NOT NULL THEN
        p := return_subject(s.placement_id);
        SELECT * INTO STRICT g FROM campaign c WHERE c.id = p.campaign_id FOR KEY SHARE;
        IF g.state = 'closed' AND NOT EXISTS (
            SELECT FROM closing_reopen r WHERE r.placement_id = p.id AND r.settled_at IS NULL) THEN
            PERFORM refuse('campaign_closed');
        END IF;
    END IF;
    IF first IS NULL THEN
        DELETE FROM worker_stay WHERE id = s.id;
    ELSE
        UPDATE worker_stay SET period = daterange(first, last, '[]') WHERE id = s.id;
    END IF;
    IF p.id IS NOT NULL THEN
        UPDATE placement x SET first_day = first, last_day = last, ended_on = CASE WHEN x.ended_on IS NOT NULL THEN last END,
            return_due = stay_limit(p.worker_id, g.six_months_variant, first, last, last + g.travel_days, s.id),
            version = x.version + 1
        WHERE x.id = p.id;
    END IF;
    PERFORM audit('stay.correct', 'worker_stay', s.id, why, jsonb_build_object('was', s.period, 'struck', first IS NULL));
    RETURN s.worker_id;
END
$$;
REVOKE ALL ON FUNCTION stay_correct(bigint, date, date, text, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION stay_correct(bigint, date, date, text, bigint) TO noria_ofii;

-- The worker goes on at another employer, who has a new authorisation for him (Code du travail R.5221-25): the
-- stay here ends on `last`, and a placement on a free place of the other contract begins the day after. It
-- takes a place and a unit of the service's quota like every binding, and its stay is counted like every stay.
-- The examination and the visa were had, and he is there.
CREATE OR REPLACE FUNCTION placement_transfer(p placement, contract bigint, last date, paper text, issued_by text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    k contract;
    g campaign;
    place int;
    placed bigint;
    stay bigint;
    step text;
BEGIN
    SELECT * INTO k FROM contract x WHERE x.id = placement_transfer.contract FOR NO KEY UPDATE;
    IF k.campaign_id <> p.campaign_id OR k.org_id = p.org_id THEN
        PERFORM refuse('transfer_same_employer', '', 'to_contract_id');
    ELSIF last < p.first_day OR last > p.last_day OR last + 1 < k.first_day OR last + 1 > k.last_day THEN
        PERFORM refuse('transfer_dates', k.first_day || ' – ' || k.last_day, 'until');
    END IF;
    PERFORM binding_check(k.id, p.candidate_id);
    SELECT * INTO STRICT g FROM campaign WHERE id = p.campaign_id;
    UPDATE worker_stay SET period = daterange(lower(period), last, '[]') WHERE placement_id = p.id;
    UPDATE placement SET last_day = last, return_due = last WHERE id = p.id;
    UPDATE contract SET taken = taken + 1, state = CASE WHEN taken + 1 = places THEN 'filled' ELSE state END
    WHERE id = k.id; -- CHECK places_taken
    UPDATE campaign_service SET used = used + 1 WHERE campaign_id = p.campaign_id AND org_id = p.service_id; -- CHECK service_quota
    SELECT f.place_no INTO place FROM contract_place f
    WHERE f.contract_id = k.id AND f.placement_id IS NULL ORDER BY f.place_no LIMIT 1 FOR UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('places_taken');
    END IF;
    INSERT INTO placement (campaign_id, contract_id, place_no, candidate_id, worker_id, org_id, service_id, first_day,
                           last_day, return_due, bound_by)
    VALUES (p.campaign_id, k.id, place, p.candidate_id, p.worker_id, k.org_id, p.service_id, last + 1, k.last_day,
            k.last_day, actor_account())
    RETURNING id INTO placed;
    UPDATE contract_place f SET placement_id = placed WHERE f.contract_id = k.id AND f.place_no = place;
    INSERT INTO worker_stay (worker_id, campaign_id, placement_id, period, recorded_by)
    VALUES (p.worker_id, p.campaign_id, placed, daterange(last + 1, k.last_day, '[]'), actor_account())
    RETURNING id INTO stay;
    UPDATE placement SET return_due = stay_limit(p.worker_id, g.six_months_variant, last + 1, k.last_day,
                                                 k.last_day + g.travel_days, stay)
    WHERE id = placed;
    PERFORM placement_fact_add(placed, 'authorised', today(), issued_by, paper);
    FOREACH step IN ARRAY ARRAY['medical_waived', 'visa_waived', 'departed', 'arrived'] LOOP
        PERFORM placement_fact_add(placed, step, CASE step WHEN 'departed' THEN p.departed_on ELSE today() END, 'transfer', NULL);
    END LOOP;
    PERFORM audit('placement.bind', 'placement', placed, NULL,
                  jsonb_build_object('contract', k.id, 'candidate', p.candidate_id, 'transfer_from', p.id));
    PERFORM audit('candidate.unseal', 'candidate', p.candidate_id, 'bound',
                  jsonb_build_object('placement', placed, 'to_org', k.org_id));
    RETURN placed;
END
$$;
REVOKE ALL ON FUNCTION placement_transfer(placement, bigint, date, text, text) FROM PUBLIC;
