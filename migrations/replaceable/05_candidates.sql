-- Candidates: who may see what. The employer's login has no grant on worker_identity, nor on any
-- column of candidate that tells who he is; the rows it sees come with the proposals made to it.

ALTER TABLE worker ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS worker_all ON worker;
CREATE POLICY worker_all ON worker TO noria_ofii, noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON worker TO noria_ofii, noria_system;

ALTER TABLE candidate ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS candidate_all ON candidate;
CREATE POLICY candidate_all ON candidate TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS candidate_own ON candidate;
CREATE POLICY candidate_own ON candidate TO noria_partner
    USING (org_id = actor_org()) WITH CHECK (org_id = actor_org());
GRANT SELECT, INSERT, UPDATE ON candidate TO noria_ofii, noria_system;
-- A partner service writes the answer to the fee question and cannot read it back.
GRANT SELECT (id, campaign_id, org_id, worker_id, token, partner_ref, state, passport_key, person_key,
              swapped_key, document_expires, experience_months, languages, permits, habiletes,
              available_from, available_to, consent_at, clean_returns, reason, import_id, entered_by,
              version, created_at) ON candidate TO noria_partner;
GRANT INSERT ON candidate TO noria_partner;
GRANT UPDATE (state, reason, version, experience_months, languages, permits, habiletes, available_from,
              available_to, partner_ref) ON candidate TO noria_partner;
-- The token profile.
GRANT SELECT (id, campaign_id, token, state, experience_months, languages, permits, habiletes,
              available_from, available_to, clean_returns, version) ON candidate TO noria_employer;
DO $$
BEGIN
    DROP POLICY IF EXISTS candidate_proposed ON candidate;
    IF to_regclass('proposal') IS NOT NULL THEN
        CREATE POLICY candidate_proposed ON candidate FOR SELECT TO noria_employer
            USING (id = ANY (ARRAY(SELECT p.candidate_id FROM proposal p)));
    END IF;
END
$$;

ALTER TABLE worker_identity ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS worker_identity_all ON worker_identity;
CREATE POLICY worker_identity_all ON worker_identity TO noria_ofii, noria_system
    USING (true) WITH CHECK (true);
-- By primary key only, so the sub-select is one index look-up (an array of all own workers is not).
DROP POLICY IF EXISTS worker_identity_own ON worker_identity;
CREATE POLICY worker_identity_own ON worker_identity FOR SELECT TO noria_partner
    USING (EXISTS (SELECT FROM candidate c WHERE c.worker_id = worker_identity.worker_id
                                             AND c.org_id = actor_org()));
DROP POLICY IF EXISTS worker_identity_new ON worker_identity;
CREATE POLICY worker_identity_new ON worker_identity FOR INSERT TO noria_partner WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON worker_identity TO noria_ofii, noria_system;
GRANT SELECT, INSERT ON worker_identity TO noria_partner;

-- Blind keys by worker, for look-ups by passport or person.
CREATE OR REPLACE VIEW worker_key WITH (security_invoker = true) AS
    SELECT worker_id, 'passport'::text AS kind, passport_key AS digest, campaign_id FROM candidate
    UNION ALL
    SELECT worker_id, 'person'::text, person_key, campaign_id FROM candidate;
GRANT SELECT ON worker_key TO noria_ofii, noria_system, noria_partner;

-- The worker that an entry belongs to: the one who showed the same passport as the same person in an
-- earlier campaign, else a new one (persons are never merged on a likeness; screening opens a case).
-- Entries of one campaign never share a worker. Takes the locks that make two simultaneous entries of
-- one passport or person see each other: shared on the campaign (an import takes it alone), own on
-- the two keys.
CREATE OR REPLACE FUNCTION worker_for(campaign bigint, passport bytea, person bytea)
RETURNS TABLE (worker_id bigint, known boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first bigint := least(hashtextextended(encode(passport, 'hex'), 1), hashtextextended(encode(person, 'hex'), 2));
    second bigint := greatest(hashtextextended(encode(passport, 'hex'), 1), hashtextextended(encode(person, 'hex'), 2));
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('candidate entry', campaign));
    PERFORM pg_advisory_xact_lock(first), pg_advisory_xact_lock(second);
    SELECT c.worker_id INTO worker_id FROM candidate c
    WHERE c.passport_key = passport AND c.person_key = person AND c.campaign_id <> campaign
      AND NOT EXISTS (SELECT FROM candidate d WHERE d.worker_id = c.worker_id AND d.campaign_id = campaign)
    ORDER BY c.id DESC LIMIT 1;
    known := FOUND;
    IF NOT known THEN
        INSERT INTO worker DEFAULT VALUES RETURNING id INTO worker_id;
    END IF;
    RETURN NEXT;
END
$$;
REVOKE ALL ON FUNCTION worker_for(bigint, bytea, bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION worker_for(bigint, bytea, bytea) TO noria_partner, noria_ofii, noria_system;
