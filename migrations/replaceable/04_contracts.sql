-- Contracts: terms, states, places; policies and grants of 0004_contracts.

-- Six characters of Crockford's base 32 from a random UUID (122 bits of the system's generator).
CREATE OR REPLACE FUNCTION random_code(length int) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT string_agg(substr('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 1 + get_byte(u.bytes, i) % 32, 1), '' ORDER BY i)
    FROM (SELECT sha256(uuid_send(gen_random_uuid())) AS bytes) u, generate_series(0, length - 1) AS i
$$;

-- Every fault of a contract's terms that needs the database to be found; one definition for the
-- form, the import and the trigger. `code` is a row of err.def.
CREATE OR REPLACE FUNCTION contract_faults(campaign bigint, first_day date, last_day date, rome text,
                                           commune text, sites text[], housing_commune text,
                                           hourly_wage numeric)
RETURNS TABLE (field text, code text, detail text) LANGUAGE plpgsql STABLE AS $$
DECLARE
    begins date;
    ends date;
    variant text;
    site text;
    hourly numeric := smic_highest(first_day, last_day);
BEGIN
    SELECT c.first_day, c.last_day, c.six_months_variant INTO begins, ends, variant
    FROM campaign c WHERE c.id = contract_faults.campaign;
    code := 'outside_campaign';
    detail := begins || ' – ' || ends;
    IF first_day < begins OR first_day > ends THEN
        field := 'first_day';
        RETURN NEXT;
    END IF;
    field := 'last_day';
    IF last_day > ends THEN
        RETURN NEXT;
    END IF;
    code := 'longer_than_six_months'; -- nobody may work longer in twelve (CESEDA L.421-34)
    detail := '';
    IF (CASE variant WHEN 'days_183' THEN last_day - first_day + 1 > 183
        ELSE last_day >= first_day + interval '6 months' END) THEN
        RETURN NEXT;
    END IF;
    code := 'unknown_reference';
    field := 'rome';
    IF rome IS NOT NULL AND NOT EXISTS (SELECT FROM rome_code r WHERE r.code = contract_faults.rome) THEN
        RETURN NEXT;
    END IF;
    field := 'commune';
    IF commune IS NOT NULL
       AND NOT EXISTS (SELECT FROM commune m WHERE m.insee = contract_faults.commune) THEN
        RETURN NEXT;
    END IF;
    field := 'housing_commune';
    IF housing_commune IS NOT NULL
       AND NOT EXISTS (SELECT FROM commune m WHERE m.insee = contract_faults.housing_commune) THEN
        RETURN NEXT;
    END IF;
    field := 'sites';
    FOREACH site IN ARRAY coalesce(sites, '{}') LOOP
        IF NOT EXISTS (SELECT FROM commune m WHERE m.insee = site) THEN
            RETURN NEXT;
            EXIT;
        END IF;
    END LOOP;
    field := 'hourly_wage';
    IF first_day > last_day OR first_day IS NULL OR last_day IS NULL THEN
        RETURN; -- told by the form; there is no wage to compare with
    ELSIF hourly IS NULL THEN
        code := 'smic_unknown';
        detail := first_day;
        RETURN NEXT;
    ELSIF hourly_wage < hourly THEN
        code := 'below_smic';
        detail := hourly;
        RETURN NEXT;
    END IF;
END
$$;

-- Labour-market test (Code du travail R.5221-20): the occupation is on the list of every work
-- place's region on the day of submission, or the offer was out for three weeks in a row within the
-- six months before. NULL when in order, else the code of the refusal.
CREATE OR REPLACE FUNCTION contract_proof_fault(kind text, from_day date, to_day date, reference text,
                                                rome text, communes text[], day date)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN kind IS NULL THEN 'proof_missing'
        WHEN kind = 'shortage' THEN
            CASE WHEN shortage_listed(communes, rome, day) THEN NULL ELSE 'not_on_shortage_list' END
        WHEN from_day IS NULL OR to_day IS NULL OR reference IS NULL THEN 'proof_missing'
        WHEN least(to_day, day) - greatest(from_day, (day - interval '6 months')::date) + 1 < 21
            THEN 'proof_too_short'
    END
$$;

-- Every work place of a contract, the main one first.
CREATE OR REPLACE FUNCTION contract_communes(contract bigint, main text) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT array_prepend(main, array_agg(s.commune ORDER BY s.commune)) FROM contract_site s
    WHERE s.contract_id = contract
$$;

-- Terms: only of a draft, and right at every moment.
CREATE OR REPLACE FUNCTION contract_terms_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wrong record;
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.state <> 'draft' OR NEW.state <> 'draft') THEN
        PERFORM refuse('contract_frozen', OLD.state);
    END IF;
    FOR wrong IN SELECT f.field, f.code, f.detail
        FROM contract_faults(NEW.campaign_id, NEW.first_day, NEW.last_day, NEW.rome, NEW.commune, NULL,
                             NEW.housing_commune, NEW.hourly_wage) f LOOP
        PERFORM refuse(wrong.code, wrong.detail, wrong.field);
    END LOOP;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS contract_terms_rules ON contract;
CREATE TRIGGER contract_terms_rules
    BEFORE INSERT OR UPDATE OF campaign_id, org_id, places, first_day, last_day, tolerance_days, rome, crop, tasks,
        commune, weekly_hours, hourly_wage, pay_kind, piece_rate, housing_kind, housing_commune, housing_address,
        housing_rent, proof_kind, proof_from, proof_to, proof_reference, profile_id ON contract
    FOR EACH ROW EXECUTE FUNCTION contract_terms_rules();

-- A new contract gets its serial and check code here, from whatever class inserts it.
CREATE OR REPLACE FUNCTION contract_number() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    campaign_state text;
    campaign_season int;
BEGIN
    SELECT c.state, c.season INTO campaign_state, campaign_season FROM campaign c WHERE c.id = NEW.campaign_id;
    IF campaign_state IS NULL OR campaign_state NOT IN ('open', 'matching', 'season') THEN
        PERFORM refuse('campaign_not_open', coalesce(campaign_state, ''));
    END IF;
    NEW.serial := 'AC-' || campaign_season || '-' || lpad(nextval('contract_serial')::text, 7, '0');
    NEW.check_code := random_code(6);
    NEW.state := 'draft';
    NEW.taken := 0;
    NEW.created_by := nullif(actor_account(), 0);
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS contract_number ON contract;
CREATE TRIGGER contract_number BEFORE INSERT ON contract FOR EACH ROW EXECUTE FUNCTION contract_number();

-- What each change of state needs. The statements change the state of one row under the condition
-- of the state before; the rules stand here, so that no path goes around them.
CREATE OR REPLACE FUNCTION contract_submit_rules(k contract) RETURNS void LANGUAGE plpgsql STABLE AS $$
DECLARE
    campaign_state text := (SELECT c.state FROM campaign c WHERE c.id = k.campaign_id);
    communes text[] := contract_communes(k.id, k.commune);
    wrong record;
    proof text;
BEGIN
    IF campaign_state NOT IN ('open', 'matching', 'season') THEN
        PERFORM refuse('campaign_not_open', campaign_state);
    END IF;
    IF k.first_day <= today() THEN
        PERFORM refuse('starts_in_the_past', k.first_day::text, 'first_day');
    END IF;
    FOR wrong IN SELECT f.field, f.code, f.detail
        FROM contract_faults(k.campaign_id, k.first_day, k.last_day, k.rome, k.commune, communes[2:],
                             k.housing_commune, k.hourly_wage) f LOOP
        PERFORM refuse(wrong.code, wrong.detail, wrong.field);
    END LOOP;
    proof := contract_proof_fault(k.proof_kind, k.proof_from, k.proof_to, k.proof_reference, k.rome,
                                  communes, today());
    IF proof IS NOT NULL THEN
        PERFORM refuse(proof, '', CASE proof WHEN 'proof_too_short' THEN 'proof_from' ELSE 'proof_kind' END);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION contract_state_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('draft', 'submitted'), ('draft', 'withdrawn'), ('submitted', 'approved'),
            ('submitted', 'refused'), ('submitted', 'withdrawn'), ('approved', 'withdrawn'),
            ('approved', 'filled'), ('filled', 'approved')) THEN
        PERFORM refuse('conflict', 'contract:' || OLD.state || ' > contract:' || NEW.state);
    END IF;
    IF current_user = 'noria_employer' AND NEW.state NOT IN ('submitted', 'withdrawn') THEN
        PERFORM refuse('forbidden');
    END IF;
    IF NEW.state = 'submitted' THEN
        PERFORM contract_submit_rules(NEW);
        NEW.submitted_at := clock_timestamp();
        NEW.submitted_on := today();
        NEW.due_on := least(today() + (SELECT c.decision_days FROM campaign c WHERE c.id = NEW.campaign_id),
                            NEW.first_day);
    ELSIF OLD.state = 'submitted' AND NEW.state = 'approved' THEN
        IF org_held(NEW.org_id) OR contract_held(NEW.id) THEN
            PERFORM refuse('contract_is_held');
        END IF;
        IF NEW.hourly_wage < smic_highest(NEW.first_day, NEW.last_day) THEN -- raised since
            PERFORM refuse('below_smic', smic_highest(NEW.first_day, NEW.last_day)::text, 'hourly_wage');
        END IF;
        NEW.decided_by := nullif(actor_account(), 0);
        NEW.decided_at := clock_timestamp();
    ELSIF NEW.state = 'refused' THEN
        NEW.decided_by := nullif(actor_account(), 0);
        NEW.decided_at := clock_timestamp();
    ELSIF NEW.state = 'withdrawn' AND NEW.taken > 0 THEN
        PERFORM refuse('contract_is_bound', NEW.taken::text);
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS contract_state_rules ON contract;
CREATE TRIGGER contract_state_rules BEFORE UPDATE OF state ON contract
    FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION contract_state_rules();

-- The counter of taken places turns an approved contract into a filled one, and back.
CREATE OR REPLACE FUNCTION contract_taken_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.taken > OLD.taken AND OLD.state <> 'approved' THEN
        PERFORM refuse('conflict', 'contract:' || OLD.state);
    END IF;
    IF NEW.taken = NEW.places AND OLD.state = 'approved' THEN
        NEW.state := 'filled';
    ELSIF NEW.taken < NEW.places AND OLD.state = 'filled' THEN
        NEW.state := 'approved';
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS contract_taken_rules ON contract;
CREATE TRIGGER contract_taken_rules BEFORE UPDATE OF taken ON contract
    FOR EACH ROW WHEN (NEW.taken IS DISTINCT FROM OLD.taken) EXECUTE FUNCTION contract_taken_rules();

-- Approval makes the places, withdrawal takes them away.
CREATE OR REPLACE FUNCTION contract_make_places() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state = 'submitted' AND NEW.state = 'approved' THEN
        INSERT INTO contract_place (contract_id, campaign_id, place_no)
        SELECT NEW.id, NEW.campaign_id, n FROM generate_series(1, NEW.places) AS n;
    ELSIF NEW.state = 'withdrawn' THEN
        DELETE FROM contract_place p WHERE p.contract_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS contract_make_places ON contract;
CREATE TRIGGER contract_make_places AFTER UPDATE OF state ON contract
    FOR EACH ROW WHEN (NEW.state IS DISTINCT FROM OLD.state) EXECUTE FUNCTION contract_make_places();

-- Rooms and sites are terms too.
CREATE OR REPLACE FUNCTION contract_part_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.contract_id ELSE NEW.contract_id END;
    contract_state text := (SELECT k.state FROM contract k WHERE k.id = owner);
BEGIN
    IF contract_state <> 'draft' THEN
        PERFORM refuse('contract_frozen', contract_state);
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
DROP TRIGGER IF EXISTS contract_room_rules ON contract_room;
CREATE TRIGGER contract_room_rules BEFORE INSERT OR UPDATE OR DELETE ON contract_room
    FOR EACH ROW EXECUTE FUNCTION contract_part_rules();
DROP TRIGGER IF EXISTS contract_site_rules ON contract_site;
CREATE TRIGGER contract_site_rules BEFORE INSERT OR UPDATE OR DELETE ON contract_site
    FOR EACH ROW EXECUTE FUNCTION contract_part_rules();

-- --- what the public may know -----------------------------------------------------------------------
-- Who holds a contract (serial and code) learns whether it is real, withdrawn or full, and how many
-- places are left; who does not, learns nothing, not even whether the serial exists. Asking is counted.
DROP FUNCTION IF EXISTS contract_public(text, text, text);
CREATE FUNCTION contract_public(wanted text, code text, asker_country text DEFAULT 'ZZ')
RETURNS TABLE (answer text, serial text, places_bound int, places_left int)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    SELECT k.serial, k.taken, CASE WHEN k.state = 'withdrawn' THEN 0 ELSE k.places - k.taken END,
        CASE WHEN k.state = 'withdrawn' THEN 'withdrawn' ELSE 'real' END
    INTO serial, places_bound, places_left, answer
    FROM contract k
    WHERE k.serial = upper(wanted) AND k.check_code = upper(contract_public.code)
      AND k.state IN ('approved', 'filled', 'withdrawn');
    answer := coalesce(answer, 'unknown');
    INSERT INTO contract_check AS t (day, country, answer)
    VALUES (today(), CASE WHEN asker_country ~ '^[A-Z]{2}$' THEN asker_country ELSE 'ZZ' END, contract_public.answer)
    ON CONFLICT ON CONSTRAINT contract_check_pkey DO UPDATE SET count = t.count + 1;
    RETURN NEXT;
END
$$;
REVOKE ALL ON FUNCTION contract_public FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contract_public TO noria_public, noria_ofii, noria_employer, noria_partner;

-- Who stands behind a contract, for who may know it: the office, the employer himself, and a partner
-- service from the day on which somebody of its own is bound to a place of it. Before that a service sees
-- what the farm offers and not whose it is: none of these is a column of its login, and a contract tells
-- it no organisation by which two of them could be put together.
DROP FUNCTION IF EXISTS employer_name(bigint);
CREATE OR REPLACE FUNCTION contract_behind(wanted bigint)
RETURNS TABLE (org_id bigint, employer text, employer_ref text, check_code text, site_address text,
               housing_address text, proof_reference text, proof_publisher text, reason text, import_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT k.org_id, o.name, k.employer_ref, k.check_code, k.site_address, k.housing_address, k.proof_reference,
        k.proof_publisher, k.reason, k.import_id
    FROM contract k JOIN org o ON o.id = k.org_id
    WHERE k.id = wanted
      AND (session_user IN ('noria_ofii', 'noria_system')
           OR (session_user = 'noria_employer' AND k.org_id = actor_org())
           OR (session_user = 'noria_partner'
               AND EXISTS (SELECT FROM placement p WHERE p.contract_id = k.id AND p.service_id = actor_org())))
$$;
REVOKE ALL ON FUNCTION contract_behind(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contract_behind(bigint) TO noria_ofii, noria_employer, noria_partner;

-- --- policies and grants ----------------------------------------------------------------------------
ALTER TABLE contract ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS contract_all ON contract;
CREATE POLICY contract_all ON contract TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS contract_own ON contract;
CREATE POLICY contract_own ON contract TO noria_employer
    USING (org_id = actor_org()) WITH CHECK (org_id = actor_org());
DROP POLICY IF EXISTS contract_service ON contract;
CREATE POLICY contract_service ON contract FOR SELECT TO noria_partner
    USING (state IN ('approved', 'filled') AND campaign_id = ANY (ARRAY(
        SELECT s.campaign_id FROM campaign_service s WHERE s.org_id = actor_org())));
GRANT SELECT, INSERT, UPDATE ON contract TO noria_ofii;
GRANT SELECT, INSERT ON contract TO noria_employer;
-- The employer writes terms, and the state that contract_state_rules lets it reach; never the counter.
GRANT UPDATE (employer_ref, places, named_returnees, first_day, last_day, tolerance_days, rome, crop, variety,
              hectares, tasks, profile_id, experience_months, commune, site_address, weekly_hours, work_pattern,
              night_work, sunday_work, pay_kind, hourly_wage, piece_rate, collective_agreement, language, meals,
              transport, driving, demands, equipment, housing_kind, housing_address, housing_commune,
              housing_basins, housing_showers, housing_toilets, housing_eating_m2, housing_bunks, housing_rent,
              proof_kind, proof_reference, proof_publisher, proof_from, proof_to, state, reason, version)
    ON contract TO noria_employer;
GRANT SELECT, UPDATE ON contract TO noria_system;
REVOKE SELECT ON contract FROM noria_partner;
GRANT SELECT (id, campaign_id, serial, state, places, taken, named_returnees, first_day, last_day, tolerance_days,
              rome, crop, variety, hectares, tasks, profile_id, experience_months, commune, weekly_hours,
              work_pattern, night_work, sunday_work, pay_kind, hourly_wage, piece_rate, collective_agreement,
              language, meals, transport, driving, demands, equipment, housing_kind, housing_commune,
              housing_basins, housing_showers, housing_toilets, housing_eating_m2, housing_bunks, housing_rent,
              proof_kind, proof_from, proof_to, submitted_on, due_on, decided_at, version, created_at)
    ON contract TO noria_partner;

ALTER TABLE contract_room ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS contract_room_all ON contract_room;
CREATE POLICY contract_room_all ON contract_room TO noria_ofii, noria_system USING (true) WITH CHECK (true);
-- The inner query sees what the contract's own policies let the class see.
DROP POLICY IF EXISTS contract_room_own ON contract_room;
CREATE POLICY contract_room_own ON contract_room TO noria_employer, noria_partner
    USING (contract_id IN (SELECT k.id FROM contract k WHERE k.id = contract_room.contract_id))
    WITH CHECK (contract_id IN (SELECT k.id FROM contract k WHERE k.id = contract_room.contract_id));
GRANT SELECT, INSERT, DELETE ON contract_room TO noria_ofii, noria_employer;
GRANT SELECT ON contract_room TO noria_partner, noria_system;

ALTER TABLE contract_site ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS contract_site_all ON contract_site;
CREATE POLICY contract_site_all ON contract_site TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS contract_site_own ON contract_site;
CREATE POLICY contract_site_own ON contract_site TO noria_employer, noria_partner
    USING (contract_id IN (SELECT k.id FROM contract k WHERE k.id = contract_site.contract_id))
    WITH CHECK (contract_id IN (SELECT k.id FROM contract k WHERE k.id = contract_site.contract_id));
GRANT SELECT, INSERT, DELETE ON contract_site TO noria_ofii, noria_employer;
GRANT SELECT ON contract_site TO noria_partner, noria_system;

ALTER TABLE contract_place ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS contract_place_all ON contract_place;
CREATE POLICY contract_place_all ON contract_place TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS contract_place_own ON contract_place;
CREATE POLICY contract_place_own ON contract_place FOR SELECT TO noria_employer
    USING (contract_id IN (SELECT k.id FROM contract k WHERE k.id = contract_place.contract_id));
GRANT SELECT, UPDATE ON contract_place TO noria_ofii, noria_system;
GRANT SELECT ON contract_place TO noria_employer;

ALTER TABLE contract_check ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS contract_check_all ON contract_check;
CREATE POLICY contract_check_all ON contract_check FOR SELECT TO noria_ofii, noria_system USING (true);
GRANT SELECT ON contract_check TO noria_ofii, noria_system;
