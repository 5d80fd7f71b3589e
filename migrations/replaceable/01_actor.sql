-- Who acts, and the frame of a write. The server sets noria.actor local to the transaction: account,
-- organisation, role and day as one setting, since each setting costs a request as much as a short query.

CREATE OR REPLACE FUNCTION actor_account() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(split_part(current_setting('noria.actor', true), '|', 1), ''), '0')::bigint;

CREATE OR REPLACE FUNCTION actor_org() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(split_part(current_setting('noria.actor', true), '|', 2), ''), '0')::bigint;

CREATE OR REPLACE FUNCTION actor_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(split_part(current_setting('noria.actor', true), '|', 3), '');

-- The business day. The server hands in its own clock (tests and the demo move it): noria.today of a session
-- that serves many, or the actor's.
CREATE OR REPLACE FUNCTION today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(coalesce(nullif(current_setting('noria.today', true), ''),
                         nullif(split_part(current_setting('noria.actor', true), '|', 4), ''))::date,
                (now() AT TIME ZONE 'UTC')::date);

-- The actor's setting for the rest of this transaction: the server sends it ready made, since taking it
-- together here cost as much again. One expression each, so that PostgreSQL takes it into the prepared
-- statement instead of planning a function's body at each request.
CREATE OR REPLACE FUNCTION act_as(actor text) RETURNS text LANGUAGE sql VOLATILE
RETURN set_config('noria.actor', actor, true);
CREATE OR REPLACE FUNCTION act_as(account bigint, org bigint, role text, day date) RETURNS text LANGUAGE sql VOLATILE
RETURN act_as(account::text || '|' || org::text || '|' || role || '|' || day::text);

-- A refusal made by a rule: `code` is the lower-case name in lib/base/err.def; `detail` fills the
-- sentence's {detail} and must never hold an identity; `field` names the input at fault.
CREATE OR REPLACE FUNCTION refuse(code text, detail text DEFAULT '', field text DEFAULT '') RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'NR001', MESSAGE = code, CONSTRAINT = code, DETAIL = detail,
        COLUMN = field;
END
$$;

-- Appends an audit leaf for the acting account. SECURITY DEFINER: no class may write the table itself.
-- In plpgsql, which keeps the plan for the session: in language sql it is made anew at each call, which
-- cost four times as much as the insert. A leaf is not older than those before it (a few, as others are
-- under way), so that a clock that was put back leaves a log that only goes forward.
CREATE OR REPLACE FUNCTION audit(act text, object_kind text, object_id bigint, reason text DEFAULT NULL,
                                 detail jsonb DEFAULT '{}') RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    leaf bigint;
BEGIN
    INSERT INTO audit_leaf AS l (at, account_id, org_id, act, object_kind, object_id, reason, detail)
    VALUES (greatest(clock_timestamp(), (SELECT max(b.at) FROM (
                SELECT n.at FROM audit_leaf n ORDER BY n.id DESC LIMIT 20) b)),
            actor_account(), actor_org(), act, object_kind, object_id, reason, detail)
    RETURNING l.id INTO leaf;
    RETURN leaf;
END
$$;

-- Once-only writes. once_begin() opens: a key seen before is refused (idempotency_replay: the caller
-- fetches the stored answer; idempotency_mismatch: same key, other request). once_end() stores the
-- answer; two racing requests with one key meet on the primary key, and the later is a replay.
CREATE OR REPLACE FUNCTION once_begin(key text, hash bytea) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    known bytea;
BEGIN
    SELECT request_hash INTO known FROM idempotency i
    WHERE i.account_id = actor_account() AND i.key = once_begin.key;
    IF FOUND THEN
        PERFORM refuse(CASE WHEN known = hash THEN 'idempotency_replay' ELSE 'idempotency_mismatch' END);
    END IF;
END
$$;

CREATE OR REPLACE FUNCTION once_end(key text, hash bytea, status int, location text, body text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO idempotency (account_id, key, request_hash, status, location, body)
    VALUES (actor_account(), key, hash, status, location, body);
END
$$;

CREATE OR REPLACE FUNCTION once_answer(wanted text, hash bytea)
RETURNS TABLE (same boolean, status int, location text, body text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.request_hash = hash, i.status, i.location, i.body FROM idempotency i
    WHERE i.account_id = actor_account() AND i.key = wanted
$$;
