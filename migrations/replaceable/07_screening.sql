-- Screening: the rules' table, the opening of cases, and what "held" means. A rule never decides: it
-- opens a case with evidence, and a person settles it.

INSERT INTO fraud_rule (code, severity, blocking, due_days, second_person) VALUES
    ('mrz_check_digit', 'serious', true, 7, false),
    ('mrz_typed_differs', 'serious', true, 7, false),
    ('document_expires', 'serious', true, 14, false),
    ('same_passport', 'grave', true, 7, true),
    ('same_person', 'serious', true, 7, false),
    ('same_person_swapped', 'serious', true, 7, false),
    ('passport_two_persons', 'grave', true, 7, true),
    ('person_two_passports', 'serious', true, 7, false),
    ('fee_asked', 'serious', false, 5, false),
    ('siret_inactive', 'grave', true, 7, true),
    ('not_a_farm', 'serious', true, 7, false),
    ('labour_lender', 'serious', true, 7, false),
    ('no_land_declared', 'serious', true, 7, false),
    ('workplace_elsewhere', 'note', false, 14, false),
    ('disproportionate', 'serious', true, 7, false),
    ('young_employer', 'note', false, 14, false),
    ('shared_address', 'serious', true, 7, false),
    ('stay_too_long', 'grave', true, 5, true)
ON CONFLICT (code) DO UPDATE SET severity = excluded.severity, blocking = excluded.blocking,
    due_days = excluded.due_days, second_person = excluded.second_person;

ALTER TABLE fraud_rule ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS fraud_rule_all ON fraud_rule;
CREATE POLICY fraud_rule_all ON fraud_rule FOR SELECT USING (true);
GRANT SELECT ON fraud_rule TO noria_ofii, noria_system, noria_partner;

ALTER TABLE screening_setting ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS screening_setting_all ON screening_setting;
CREATE POLICY screening_setting_all ON screening_setting TO noria_ofii, noria_system
    USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE ON screening_setting TO noria_ofii;
GRANT SELECT ON screening_setting TO noria_system;

ALTER TABLE fraud_case ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS fraud_case_all ON fraud_case;
CREATE POLICY fraud_case_all ON fraud_case TO noria_ofii, noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON fraud_case TO noria_ofii, noria_system;
-- A partner service learns that its candidate is held and by which rule; not the other entry.
DROP POLICY IF EXISTS fraud_case_own ON fraud_case;
CREATE POLICY fraud_case_own ON fraud_case FOR SELECT TO noria_partner
    USING (rule <> 'fee_asked'
           AND EXISTS (SELECT FROM candidate c WHERE c.id = fraud_case.candidate_id AND c.org_id = actor_org()));
GRANT SELECT (id, campaign_id, rule, severity, blocking, candidate_id, state, opened_at, due_on)
    ON fraud_case TO noria_partner;

-- Opens a case; NULL when the same finding is known already.
CREATE OR REPLACE FUNCTION fraud_open(rule_code text, campaign bigint, evidence jsonb,
                                      candidate bigint DEFAULT NULL, other bigint DEFAULT NULL,
                                      contract bigint DEFAULT NULL, org bigint DEFAULT NULL,
                                      placement bigint DEFAULT NULL) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO fraud_case (campaign_id, rule, severity, blocking, second_person, candidate_id,
                            other_candidate_id, contract_id, org_id, placement_id, evidence, due_on)
    SELECT campaign, r.code, r.severity, r.blocking, r.second_person, candidate, other, contract, org,
           placement, evidence, today() + r.due_days
    FROM fraud_rule r WHERE r.code = rule_code
    ON CONFLICT DO NOTHING
    RETURNING id
$$;

-- True while a blocking case stands (open, or confirmed). Binding acts refuse then.
CREATE OR REPLACE FUNCTION candidate_held(candidate bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM fraud_case f WHERE f.candidate_id = candidate AND f.blocking
                                              AND f.state IN ('open', 'confirmed'))
        OR EXISTS (SELECT FROM fraud_case f WHERE f.other_candidate_id = candidate AND f.blocking
                                              AND f.state IN ('open', 'confirmed'))
$$;

CREATE OR REPLACE FUNCTION org_held(org bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM fraud_case f WHERE f.org_id = org AND f.contract_id IS NULL AND f.blocking
                                              AND f.state IN ('open', 'confirmed'))
$$;

CREATE OR REPLACE FUNCTION contract_held(contract bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM fraud_case f WHERE f.contract_id = contract AND f.blocking
                                              AND f.state IN ('open', 'confirmed'))
        OR org_held((SELECT k.org_id FROM contract k WHERE k.id = contract))
$$;
