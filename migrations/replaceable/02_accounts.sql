-- Policies and grants of 0001_accounts. OFII's and the system's classes see every row; the classes of
-- outside organisations see their own. Policies compare with arrays, not EXISTS: measured 40-100 times
-- faster on 100,000 rows.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO noria_employer, noria_partner, noria_ofii, noria_system, noria_public;

ALTER TABLE org ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS org_all ON org;
CREATE POLICY org_all ON org TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS org_own ON org;
CREATE POLICY org_own ON org FOR SELECT TO noria_employer, noria_partner USING (id = actor_org());
GRANT SELECT, INSERT, UPDATE ON org TO noria_ofii;
GRANT SELECT ON org TO noria_system, noria_employer, noria_partner;
GRANT INSERT ON org TO noria_system; -- the first organisation (account bootstrap)

ALTER TABLE account ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS account_all ON account;
CREATE POLICY account_all ON account TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS account_own ON account;
CREATE POLICY account_own ON account TO noria_employer, noria_partner
    USING (org_id = actor_org()) WITH CHECK (org_id = actor_org());
GRANT SELECT, INSERT, UPDATE ON account TO noria_system, noria_ofii;
GRANT SELECT (id, org_id, role, email, name, lang, disabled_at) ON account TO noria_employer, noria_partner;

ALTER TABLE session ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS session_system ON session;
CREATE POLICY session_system ON session TO noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON session TO noria_system;

ALTER TABLE api_token ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS api_token_system ON api_token;
CREATE POLICY api_token_system ON api_token TO noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE ON api_token TO noria_system;

ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY; -- through once_*() only
GRANT SELECT, DELETE ON idempotency TO noria_system;
DROP POLICY IF EXISTS idempotency_system ON idempotency;
CREATE POLICY idempotency_system ON idempotency TO noria_system USING (true);

ALTER TABLE audit_leaf ENABLE ROW LEVEL SECURITY; -- written through audit() only
DROP POLICY IF EXISTS audit_leaf_all ON audit_leaf;
CREATE POLICY audit_leaf_all ON audit_leaf FOR SELECT TO noria_ofii, noria_system USING (true);
GRANT SELECT ON audit_leaf TO noria_ofii, noria_system;

-- Second factors, recovery codes and steps of log-in: the system's alone, as sessions are.
ALTER TABLE account_factor ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS account_factor_system ON account_factor;
CREATE POLICY account_factor_system ON account_factor TO noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON account_factor TO noria_system;
DROP POLICY IF EXISTS account_factor_since ON account_factor;
CREATE POLICY account_factor_since ON account_factor FOR SELECT TO noria_ofii USING (true);
GRANT SELECT (account_id, on_since) ON account_factor TO noria_ofii; -- who has one, for administrators
ALTER TABLE recovery_code ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS recovery_code_system ON recovery_code;
CREATE POLICY recovery_code_system ON recovery_code TO noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON recovery_code TO noria_system;
ALTER TABLE login_step ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS login_step_system ON login_step;
CREATE POLICY login_step_system ON login_step TO noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON login_step TO noria_system;

ALTER TABLE login_client ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS login_client_system ON login_client;
CREATE POLICY login_client_system ON login_client TO noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON login_client TO noria_system;

-- Until when a client rests after one more failure than `failed`: from the fifth on 30 s, doubling, at most
-- 15 minutes. In real time, as all of this.
CREATE OR REPLACE FUNCTION account_rest(failed int) RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
    SELECT CASE WHEN failed >= 4 THEN clock_timestamp()
        + least(interval '15 minutes', interval '30 seconds' * 2 ^ least(failed - 4, 10)) END
$$;

-- What an account takes of strangers, all together: twenty wrong passwords or codes at once, then one each six
-- minutes. One network alone, with its rests, never uses that up: 12 in its first hour, then 4 an hour.
CREATE OR REPLACE FUNCTION strangers_wait(strangers_until timestamptz) RETURNS boolean LANGUAGE sql VOLATILE AS $$
    SELECT coalesce(strangers_until > clock_timestamp() + 19 * interval '6 minutes', false)
$$;

-- Before a password or a code is looked at: counts the attempt, so that parallel guesses cannot outrun the
-- count; false when it may not be looked at. A browser that logged in to this account before (`device`) is
-- counted by itself and waits for nobody's failures but its own. Everybody else is a stranger: counted for his
-- `network`, and with all strangers for the account, whose row is locked first.
CREATE OR REPLACE FUNCTION login_attempt(of_account bigint, device bytea, network bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM login_client c WHERE c.client = device AND c.account_id = of_account
               AND c.expires_at > clock_timestamp()) THEN
        UPDATE login_client c SET failed = c.failed + 1, rest_until = account_rest(c.failed)
        WHERE c.client = device AND c.account_id = of_account
          AND (c.rest_until IS NULL OR c.rest_until <= clock_timestamp());
        RETURN FOUND;
    END IF;
    PERFORM FROM account a WHERE a.id = of_account AND NOT strangers_wait(a.strangers_until) FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO login_client AS c (client, account_id, failed, expires_at)
    VALUES (network, of_account, 1, clock_timestamp() + interval '1 day')
    ON CONFLICT (client, account_id) DO UPDATE SET
        failed = CASE WHEN c.expires_at > clock_timestamp() THEN c.failed ELSE 0 END + 1,
        rest_until = account_rest(CASE WHEN c.expires_at > clock_timestamp() THEN c.failed ELSE 0 END),
        expires_at = excluded.expires_at
    WHERE c.rest_until IS NULL OR c.rest_until <= clock_timestamp();
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    UPDATE account SET strangers_until = greatest(strangers_until, clock_timestamp()) + interval '6 minutes'
    WHERE id = of_account;
    RETURN true;
END
$$;

-- Somebody has logged in: his failures are forgotten, and a stranger's right attempt is given back to all of
-- them (wrong ones never are). `fresh`, unless NULL, makes his browser known: under the secret that it has when that is known of any account (two
-- persons at one browser; a secret that somebody else chose is never taken on), else under the fresh one. At
-- most twenty an account, the one unused longest is forgotten. True when the fresh one was taken.
CREATE OR REPLACE FUNCTION login_arrived(of_account bigint, device bytea, network bytea, fresh bytea) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
    known bytea;
BEGIN
    PERFORM FROM account a WHERE a.id = of_account FOR NO KEY UPDATE;
    UPDATE login_client c SET failed = 0, rest_until = NULL
    WHERE c.client = device AND c.account_id = of_account AND c.expires_at > clock_timestamp();
    IF NOT FOUND THEN
        DELETE FROM login_client c WHERE c.client = network AND c.account_id = of_account;
        UPDATE account a SET strangers_until = a.strangers_until - interval '6 minutes' WHERE a.id = of_account;
    END IF;
    IF fresh IS NOT NULL THEN
        known := CASE WHEN EXISTS (SELECT FROM login_client c WHERE c.client = device
                                   AND c.expires_at > clock_timestamp()) THEN device ELSE fresh END;
        INSERT INTO login_client AS c (client, account_id, known_since, expires_at)
        VALUES (known, of_account, clock_timestamp()::date, clock_timestamp() + interval '180 days')
        ON CONFLICT (client, account_id) DO UPDATE SET failed = 0, rest_until = NULL, expires_at = excluded.expires_at,
            known_since = CASE WHEN c.expires_at > clock_timestamp() THEN c.known_since ELSE excluded.known_since END;
        DELETE FROM login_client c WHERE c.account_id = of_account AND c.client IN (
            SELECT o.client FROM login_client o WHERE o.account_id = of_account AND length(o.client) = 32
            ORDER BY o.expires_at DESC, o.client OFFSET 20);
    END IF;
    RETURN known IS NOT DISTINCT FROM fresh;
END
$$;

ALTER TABLE activation ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS activation_system ON activation;
CREATE POLICY activation_system ON activation TO noria_system USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON activation TO noria_system;

-- At most ten sessions of an account stand side by side: with the eleventh the one that was used the longest
-- ago ends. The account's row is locked first, so that log-ins at once cannot each see nine.
CREATE OR REPLACE FUNCTION session_limit() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM account a WHERE a.id = NEW.account_id FOR NO KEY UPDATE;
    DELETE FROM session WHERE token_hash IN (
        SELECT s.token_hash FROM session s WHERE s.account_id = NEW.account_id AND s.token_hash <> NEW.token_hash
        ORDER BY s.seen_at DESC, s.id DESC OFFSET 9);
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS session_limit ON session;
CREATE TRIGGER session_limit AFTER INSERT ON session FOR EACH ROW EXECUTE FUNCTION session_limit();
