-- Campaigns: what may change when, policies and grants of 0003_campaigns.

-- The state goes forward one step at a time; parameters are frozen once matching has begun, because
-- what was decided under them must stay explainable.
CREATE OR REPLACE FUNCTION campaign_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    states CONSTANT text[] := ARRAY['draft', 'open', 'matching', 'season', 'returns', 'closed'];
BEGIN
    IF NEW.state <> OLD.state
       AND array_position(states, NEW.state) <> array_position(states, OLD.state) + 1 THEN
        PERFORM refuse('conflict', 'campaign:' || OLD.state || ' > campaign:' || NEW.state);
    END IF;
    IF OLD.state NOT IN ('draft', 'open')
       AND (NEW.code, NEW.season, NEW.first_day, NEW.last_day, NEW.candidates_per_place,
            NEW.six_months_variant, NEW.mrs_validity_days, NEW.checkin_days, NEW.travel_days,
            NEW.notice_days, NEW.non_return_after_days, NEW.document_days, NEW.decision_days)
           IS DISTINCT FROM
           (OLD.code, OLD.season, OLD.first_day, OLD.last_day, OLD.candidates_per_place,
            OLD.six_months_variant, OLD.mrs_validity_days, OLD.checkin_days, OLD.travel_days,
            OLD.notice_days, OLD.non_return_after_days, OLD.document_days, OLD.decision_days) THEN
        PERFORM refuse('campaign_frozen', OLD.state);
    END IF;
    IF NEW.state = 'open' AND OLD.state = 'draft' THEN
        IF NOT EXISTS (SELECT FROM campaign_service s WHERE s.campaign_id = NEW.id AND s.quota > 0) THEN
            PERFORM refuse('campaign_without_service');
        END IF;
        NEW.opened_at := clock_timestamp();
    ELSIF NEW.state = 'matching' AND OLD.state = 'open' THEN
        IF NOT EXISTS (SELECT FROM contract k WHERE k.campaign_id = NEW.id AND k.state = 'approved') THEN
            PERFORM refuse('campaign_without_contract');
        END IF;
    ELSIF NEW.state = 'closed' AND OLD.state = 'returns' THEN
        NEW.closed_at := clock_timestamp();
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS campaign_rules ON campaign;
CREATE TRIGGER campaign_rules BEFORE UPDATE ON campaign FOR EACH ROW EXECUTE FUNCTION campaign_rules();

-- A service is a partner organisation; the agreement it works under is its own country's.
CREATE OR REPLACE FUNCTION campaign_service_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    partner_kind text;
    partner_country text;
BEGIN
    IF (SELECT c.state FROM campaign c WHERE c.id = NEW.campaign_id) = 'closed' THEN
        PERFORM refuse('campaign_frozen', 'closed');
    END IF;
    SELECT o.kind, o.country INTO partner_kind, partner_country FROM org o WHERE o.id = NEW.org_id;
    IF partner_kind IS DISTINCT FROM 'partner' THEN
        PERFORM refuse('not_a_partner', '', 'org_id');
    END IF;
    IF NEW.agreement_id IS NOT NULL
       AND (SELECT a.country FROM agreement a WHERE a.id = NEW.agreement_id) IS DISTINCT FROM partner_country THEN
        PERFORM refuse('agreement_of_other_country', partner_country, 'agreement_id');
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS campaign_service_rules ON campaign_service;
CREATE TRIGGER campaign_service_rules BEFORE INSERT OR UPDATE OF org_id, quota, agreement_id ON campaign_service
    FOR EACH ROW EXECUTE FUNCTION campaign_service_rules();

ALTER TABLE campaign ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS campaign_all ON campaign;
CREATE POLICY campaign_all ON campaign TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS campaign_begun ON campaign;
CREATE POLICY campaign_begun ON campaign FOR SELECT TO noria_employer, noria_partner USING (state <> 'draft');
GRANT SELECT, INSERT, UPDATE ON campaign TO noria_ofii;
GRANT SELECT, UPDATE ON campaign TO noria_system;
GRANT SELECT ON campaign TO noria_employer, noria_partner;

ALTER TABLE campaign_service ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS campaign_service_all ON campaign_service;
CREATE POLICY campaign_service_all ON campaign_service TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS campaign_service_own ON campaign_service;
CREATE POLICY campaign_service_own ON campaign_service FOR SELECT TO noria_partner USING (org_id = actor_org());
GRANT SELECT, INSERT, UPDATE ON campaign_service TO noria_ofii, noria_system;
GRANT SELECT ON campaign_service TO noria_partner;

ALTER TABLE import_batch ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS import_batch_all ON import_batch;
CREATE POLICY import_batch_all ON import_batch TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS import_batch_own ON import_batch;
CREATE POLICY import_batch_own ON import_batch TO noria_employer, noria_partner
    USING (org_id = actor_org()) WITH CHECK (org_id = actor_org());
GRANT SELECT, INSERT, UPDATE ON import_batch TO noria_ofii, noria_system, noria_employer, noria_partner;
