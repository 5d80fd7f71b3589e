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
-- By a sub-select who asks is read once a statement, not once a row: a list of 50 costs a tenth less.
CREATE POLICY candidate_own ON candidate TO noria_partner
    USING (org_id = (SELECT actor_org())) WITH CHECK (org_id = (SELECT actor_org()));
GRANT SELECT, INSERT ON candidate TO noria_ofii, noria_system;
GRANT UPDATE (state, reason, version, clean_returns) ON candidate TO noria_ofii, noria_system;
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
-- Which rows: those that were shown to it (08_matching_job.sql).

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
GRANT SELECT, INSERT ON worker_identity TO noria_ofii, noria_system;
GRANT UPDATE (sealed, wrapped) ON worker_identity TO noria_system; -- keys wrapped anew
GRANT SELECT, INSERT ON worker_identity TO noria_partner;

-- What foreign keys would say, a statement at a time. The new workers of an import have ids without a gap:
-- counting that run is one walk along the index. Others are looked up one by one.
CREATE OR REPLACE FUNCTION worker_referred() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
    lowest bigint;
    highest bigint;
    rows bigint;
    named bigint[];
BEGIN
    SELECT min(f.worker_id), max(f.worker_id), count(*) INTO lowest, highest, rows FROM fresh f;
    IF highest - lowest < rows
       AND (SELECT count(*) FROM worker w WHERE w.id BETWEEN lowest AND highest) = highest - lowest + 1 THEN
        RETURN NULL;
    END IF;
    named := ARRAY(SELECT DISTINCT f.worker_id FROM fresh f);
    IF (SELECT count(*) FROM worker w WHERE w.id = ANY (named)) <> cardinality(named) THEN
        RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', MESSAGE = 'a row of no worker',
            CONSTRAINT = 'worker_referred';
    END IF;
    RETURN NULL;
END
$$;
CREATE OR REPLACE FUNCTION candidate_references() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT f.campaign_id, f.org_id, f.import_id FROM fresh f) d
               WHERE NOT EXISTS (SELECT FROM campaign c WHERE c.id = d.campaign_id)
                  OR NOT EXISTS (SELECT FROM org o WHERE o.id = d.org_id)
                  OR (d.import_id IS NOT NULL
                      AND NOT EXISTS (SELECT FROM import_batch b WHERE b.id = d.import_id))) THEN
        RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', MESSAGE = 'candidate refers to nothing',
            CONSTRAINT = 'candidate_references';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS candidate_references ON candidate;
CREATE TRIGGER candidate_references AFTER INSERT ON candidate REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION candidate_references();
-- Nobody moves an entry to another worker, campaign or service by an update.
DROP TRIGGER IF EXISTS worker_referred ON candidate;
CREATE TRIGGER worker_referred AFTER INSERT ON candidate REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION worker_referred();
DROP TRIGGER IF EXISTS worker_identity_references ON worker_identity;
DROP FUNCTION IF EXISTS worker_identity_references();
DROP TRIGGER IF EXISTS worker_referred ON worker_identity;
CREATE TRIGGER worker_referred AFTER INSERT ON worker_identity REFERENCING NEW TABLE AS fresh
    FOR EACH STATEMENT EXECUTE FUNCTION worker_referred();

-- The other side of those foreign keys. No login of the program may delete any of these rows (a test
-- says so); this is for the hand of an administrator.
CREATE OR REPLACE FUNCTION candidate_referred() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (CASE TG_TABLE_NAME
           WHEN 'worker' THEN EXISTS (SELECT FROM gone g JOIN candidate c ON c.worker_id = g.id)
                           OR EXISTS (SELECT FROM gone g JOIN worker_identity i ON i.worker_id = g.id)
           WHEN 'candidate' THEN EXISTS (SELECT FROM gone g JOIN fraud_case f ON f.candidate_id = g.id)
                              OR EXISTS (SELECT FROM gone g JOIN fraud_case f ON f.other_candidate_id = g.id)
           WHEN 'campaign' THEN EXISTS (SELECT FROM gone g JOIN candidate c ON c.campaign_id = g.id)
           WHEN 'org' THEN EXISTS (SELECT FROM gone g JOIN candidate c ON c.org_id = g.id)
           ELSE EXISTS (SELECT FROM gone g JOIN candidate c ON c.import_id = g.id) END) THEN
        RAISE EXCEPTION USING ERRCODE = 'foreign_key_violation', MESSAGE = 'candidates or cases refer to it',
            CONSTRAINT = 'candidate_references';
    END IF;
    RETURN NULL;
END
$$;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['worker', 'candidate', 'campaign', 'org', 'import_batch'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS candidate_referred ON %I', name);
        EXECUTE format('CREATE TRIGGER candidate_referred AFTER DELETE ON %I REFERENCING OLD TABLE AS gone
                        FOR EACH STATEMENT EXECUTE FUNCTION candidate_referred()', name);
    END LOOP;
END
$$;

-- Blind keys by worker, for look-ups by passport or person.
CREATE OR REPLACE VIEW worker_key WITH (security_invoker = true) AS
    SELECT worker_id, 'passport'::text AS kind, passport_key AS digest, campaign_id FROM candidate
    UNION ALL
    SELECT worker_id, 'person'::text, person_key, campaign_id FROM candidate;
GRANT SELECT ON worker_key TO noria_ofii, noria_system, noria_partner;

-- A look at an identity: whose, with its audit leaf. The office says why; a service looks at its own people.
CREATE OR REPLACE FUNCTION candidate_look(wanted bigint, why text)
RETURNS TABLE (id bigint, token text, worker_id bigint)
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF session_user <> 'noria_partner' AND length(coalesce(why, '')) < 10 THEN
        PERFORM refuse('reason_needed', '', 'reason');
    END IF;
    RETURN QUERY SELECT c.id, c.token, c.worker_id FROM candidate c WHERE c.id = wanted;
    IF FOUND THEN
        IF NOT EXISTS (SELECT FROM worker_identity i JOIN candidate c ON c.worker_id = i.worker_id WHERE c.id = wanted) THEN
            PERFORM refuse('identity_erased');
        END IF;
        PERFORM audit('candidate.unseal', 'candidate', wanted, why);
    END IF;
END
$$;

-- Runs of ids for an import, drawn in a short transaction of its own. nextval and setval are not one
-- step, so single entries draw theirs under the same lock, shared. Both locks end with the transaction:
-- a statement that fails or is cancelled leaves nothing held.
CREATE OR REPLACE FUNCTION candidate_ids(count bigint)
RETURNS TABLE (first_worker bigint, first_candidate bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('candidate ids', 0));
    first_worker := nextval('worker_id_seq');
    first_candidate := nextval('candidate_id_seq');
    PERFORM setval('worker_id_seq', first_worker + count), setval('candidate_id_seq', first_candidate + count);
    RETURN NEXT;
END
$$;

-- True when the acting service may enter candidates; refuses otherwise.
CREATE OR REPLACE FUNCTION candidate_may_enter(campaign bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    campaign_state text;
BEGIN
    SELECT c.state INTO campaign_state FROM campaign c
    JOIN campaign_service s ON s.campaign_id = c.id AND s.org_id = actor_org() WHERE c.id = campaign;
    IF NOT FOUND THEN
        PERFORM refuse('service_not_in_campaign', '', 'campaign_id');
    ELSIF campaign_state NOT IN ('open', 'matching') THEN
        PERFORM refuse('campaign_not_taking', campaign_state, 'campaign_id');
    END IF;
    RETURN true;
END
$$;

-- Opens an entry: the worker it belongs to and the ids that seal and token need. The worker is the one
-- who showed the same passport as the same person in an earlier campaign, else a new one: persons are
-- never merged on a likeness (screening opens a case), and entries of one campaign never share a
-- worker. Takes the locks that make two simultaneous entries of one passport or person see each other:
-- shared on the campaign (an import takes it alone), shared on the last look of imports of other campaigns
-- (candidate_screen_import()), own on the two keys.
CREATE OR REPLACE FUNCTION candidate_begin(campaign bigint, passport bytea, person bytea)
RETURNS TABLE (worker_id bigint, candidate_id bigint, known boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    one bigint := hashtextextended(encode(passport, 'hex'), 1);
    two bigint := hashtextextended(encode(person, 'hex'), 2);
BEGIN
    PERFORM candidate_may_enter(campaign);
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('candidate entry', campaign));
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('candidate look', 0));
    PERFORM pg_advisory_xact_lock(least(one, two));
    PERFORM pg_advisory_xact_lock(greatest(one, two));
    SELECT c.worker_id INTO worker_id FROM candidate c
    WHERE c.passport_key = passport AND c.person_key = person AND c.campaign_id <> campaign
      AND NOT EXISTS (SELECT FROM candidate d WHERE d.worker_id = c.worker_id AND d.campaign_id = campaign)
    ORDER BY c.id DESC LIMIT 1;
    known := FOUND;
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('candidate ids', 0));
    candidate_id := nextval('candidate_id_seq');
    IF NOT known THEN
        worker_id := nextval('worker_id_seq');
        INSERT INTO worker (id) VALUES (worker_id);
    END IF;
    RETURN NEXT;
END
$$;

-- A change of state with its rules: an entry that is held cannot be preselected.
CREATE OR REPLACE FUNCTION candidate_move(candidate bigint, to_state text, why text)
RETURNS TABLE (id bigint, state text, version bigint)
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    from_states text[] := CASE to_state WHEN 'preselected' THEN ARRAY['entered']
                                        ELSE ARRAY['entered', 'preselected'] END;
    was text;
BEGIN
    SELECT c.state INTO was FROM candidate c WHERE c.id = candidate;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF NOT was = ANY (from_states) THEN
        PERFORM refuse('conflict', 'candidate:' || was);
    ELSIF to_state = 'preselected' AND candidate_held(candidate) THEN
        PERFORM refuse('candidate_held');
    END IF;
    UPDATE candidate c SET state = to_state, reason = why, version = c.version + 1
    WHERE c.id = candidate AND c.state = ANY (from_states)
    RETURNING c.id, c.state, c.version INTO id, state, version;
    IF NOT FOUND THEN
        PERFORM refuse('conflict', 'candidate:' || was);
    END IF;
    PERFORM audit('candidate.' || CASE to_state WHEN 'preselected' THEN 'preselect'
                                                WHEN 'withdrawn' THEN 'withdraw' ELSE 'reject' END,
                  'candidate', candidate, why);
    RETURN NEXT;
END
$$;

-- An import: begin, then a chunk of rows at a time through a table of the connection's own, then the
-- look at what the rows have in common with others; all in one transaction. The lock on the campaign keeps
-- single entries and other imports of it out.
DROP FUNCTION IF EXISTS candidate_import_begin(bigint);
CREATE FUNCTION candidate_import_begin(campaign bigint) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM candidate_may_enter(campaign);
    PERFORM pg_advisory_xact_lock(hashtextextended('candidate entry', campaign));
    IF to_regclass('pg_temp.candidate_stage') IS NULL THEN
        CREATE TEMP TABLE candidate_stage (
            row_no bigint NOT NULL,
            worker_id bigint NOT NULL,
            candidate_id bigint NOT NULL,
            token text COLLATE "C" NOT NULL,
            partner_ref text COLLATE "C",
            passport_key bytea NOT NULL,
            person_key bytea NOT NULL,
            swapped_key bytea NOT NULL,
            sealed bytea NOT NULL, -- emptied for a returnee, who keeps his identity and key
            wrapped bytea NOT NULL,
            document_expires date,
            experience_months int NOT NULL,
            languages text[] NOT NULL,
            permits text[] NOT NULL,
            habiletes text[] NOT NULL,
            available_from date NOT NULL,
            available_to date NOT NULL,
            fee_asked boolean NOT NULL,
            fee_cents bigint,
            fee_payee text,
            fee_phone_key bytea,
            fee_place text,
            zone_faults text[], -- what the document shows by itself: entry.h
            zone_doubts text[],
            typed_differs text[]
        ) ON COMMIT DROP;
        GRANT INSERT ON pg_temp.candidate_stage TO noria_partner; -- who cannot read it back
    END IF;
END
$$;

-- The staged chunk, moved into place. Rows whose partner_ref is there already are left (an import may be
-- sent again, a reference may be repeated in a file: the first stays); returnees keep their worker and
-- identity. `again`: whether references are looked for among the entries there; the answer says whether the
-- next chunk had better do so. Look-ups are by index, a row at a time: a chunk is small beside the tables. The
-- planner believes a campaign that just fills to be empty, and would read all of it for every row: "+ 0" keeps
-- it from the indexes by campaign.
DROP FUNCTION IF EXISTS candidate_import_take(bigint, bigint, boolean, timestamptz);
CREATE FUNCTION candidate_import_take(batch bigint, campaign bigint, look boolean, moment timestamptz)
RETURNS TABLE (added bigint, same bigint, again boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    service bigint := actor_org();
    author bigint := actor_account();
BEGIN
    -- A table that somebody else put in the stage's place would run with this function's rights.
    IF NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass('pg_temp.candidate_stage')
                   AND c.relkind = 'r' AND c.relowner = current_user::regrole)
       OR NOT EXISTS (SELECT FROM import_batch b WHERE b.id = batch AND b.org_id = service
                      AND b.campaign_id = candidate_import_take.campaign) THEN
        RAISE EXCEPTION 'candidate_import_take() without candidate_import_begin()';
    END IF;
    again := look;
    SELECT count(*) INTO same FROM candidate_stage;
    -- References used before, in the chunk or ahead of it: looked for only once one was met, because the
    -- constraint finds it anyway.
    LOOP
        IF again THEN
            DELETE FROM candidate_stage WHERE ctid = ANY (ARRAY(
                SELECT t.ctid FROM (SELECT s.ctid, row_number() OVER (PARTITION BY s.partner_ref ORDER BY s.row_no) AS n
                                    FROM candidate_stage s WHERE s.partner_ref IS NOT NULL) t
                WHERE t.n > 1));
            DELETE FROM candidate_stage s USING candidate c
            WHERE c.partner_ref = s.partner_ref AND c.campaign_id + 0 = candidate_import_take.campaign
              AND c.org_id + 0 = service;
        END IF;
        -- Returnees: the same passport and the same person in another campaign; of several rows with one
        -- passport only the first can be one.
        WITH old AS MATERIALIZED (
            SELECT DISTINCT ON (s.passport_key) s.ctid AS at, c.worker_id
            FROM candidate_stage s
            JOIN candidate c ON c.passport_key = s.passport_key AND c.person_key = s.person_key
             AND c.campaign_id <> campaign
            ORDER BY s.passport_key, s.candidate_id, c.id DESC
        )
        UPDATE candidate_stage s SET worker_id = old.worker_id, sealed = ''
        FROM old
        WHERE s.ctid = old.at
          AND NOT EXISTS (SELECT FROM candidate d
                          WHERE d.worker_id = old.worker_id AND d.campaign_id + 0 = campaign);
        BEGIN
            INSERT INTO worker (id) SELECT s.worker_id FROM candidate_stage s WHERE s.sealed <> '';
            INSERT INTO worker_identity (worker_id, sealed, wrapped)
            SELECT s.worker_id, s.sealed, s.wrapped FROM candidate_stage s WHERE s.sealed <> '';
            INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, partner_ref, passport_key,
                                   person_key, swapped_key, document_expires, experience_months, languages,
                                   permits, habiletes, available_from, available_to, consent_at, fee_asked,
                                   fee_amount, fee_payee, fee_phone_key, fee_place, import_id, entered_by)
            SELECT s.candidate_id, candidate_import_take.campaign, service, s.worker_id, s.token, s.partner_ref,
                   s.passport_key, s.person_key, s.swapped_key, s.document_expires, s.experience_months,
                   s.languages, s.permits, s.habiletes, s.available_from, s.available_to, moment, s.fee_asked,
                   s.fee_cents / 100.0, s.fee_payee, s.fee_phone_key, s.fee_place, batch, author
            FROM candidate_stage s;
            GET DIAGNOSTICS added = ROW_COUNT;
            EXIT;
        EXCEPTION WHEN unique_violation THEN
            IF again THEN
                RAISE;
            END IF;
            again := true;
        END;
    END LOOP;
    same := same - added;
    again := same > 0;
    PERFORM candidate_screen_stage(candidate_import_take.campaign);
    TRUNCATE candidate_stage;
    RETURN NEXT;
END
$$;

REVOKE ALL ON FUNCTION candidate_ids(bigint), candidate_begin(bigint, bytea, bytea),
    candidate_import_begin(bigint), candidate_import_take(bigint, bigint, boolean, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION candidate_ids(bigint), candidate_begin(bigint, bytea, bytea),
    candidate_import_begin(bigint), candidate_import_take(bigint, bigint, boolean, timestamptz) TO noria_partner;
