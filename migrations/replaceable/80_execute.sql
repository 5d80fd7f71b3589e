-- A function with the owner's rights is nobody's until it is granted by name: PostgreSQL gives every new one
-- to PUBLIC. Those of triggers need no grant at all: who may write the table runs them.
DO $$
DECLARE
    f regprocedure;
BEGIN
    FOR f IN SELECT p.oid FROM pg_proc p
             WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef
               AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', f);
    END LOOP;
END
$$;

-- The frame of every request, which every login opens (01_actor.sql).
GRANT EXECUTE ON FUNCTION once_begin(text, bytea), once_end(text, bytea, int, text, text), once_answer(text, bytea)
    TO noria_ofii, noria_system, noria_employer, noria_partner, noria_public;
GRANT EXECUTE ON FUNCTION audit(text, text, bigint, text, jsonb)
    TO noria_ofii, noria_system, noria_employer, noria_partner;

-- What a page shows beside a record, each telling the reader's login what it may know; and what binding
-- acts ask.
GRANT EXECUTE ON FUNCTION candidate_beside(bigint), candidate_cases(bigint), document_beside(bigint)
    TO noria_ofii, noria_employer, noria_partner;
GRANT EXECUTE ON FUNCTION contract_held(bigint), org_held(bigint) TO noria_ofii, noria_system, noria_employer;
GRANT EXECUTE ON FUNCTION candidate_held(bigint) TO noria_ofii, noria_partner;
GRANT EXECUTE ON FUNCTION candidate_may_enter(bigint) TO noria_partner;
GRANT EXECUTE ON FUNCTION lead_by_email(text) TO noria_ofii, noria_partner;

-- Once given and needed by nobody: a grant that is left in a database outlives the file that gave it.
REVOKE ALL ON FUNCTION fraud_open(text, bigint, jsonb, bigint, bigint, bigint, bigint, bigint),
    session_for_marks(bigint), document_held_by(document) FROM noria_ofii, noria_system, noria_partner;
REVOKE ALL ON FUNCTION campaign_balance(bigint), closing_open(bigint), clean_returns(bigint), screen_contract(bigint)
    FROM noria_system;
REVOKE ALL ON FUNCTION clean_returns(bigint) FROM noria_partner;
