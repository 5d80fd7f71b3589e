-- Placements: six months in twelve, the moves that facts make, what an exit gives back, and who sees.

-- --- six months in twelve ---------------------------------------------------------------------------
-- server/returns/stay.c is the same rule; tests compare the two on random histories.

-- Length of a stay in the unit of the variant: days, or thirtieths of a month (whole months counted
-- from the first day, 30 each, and the days left over; 30 days make a month when stays are added).
CREATE OR REPLACE FUNCTION stay_units(variant text, first_day date, last_day date) RETURNS int
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    after date := last_day + 1;
    months int;
BEGIN
    IF variant = 'days_183' THEN
        RETURN after - first_day;
    END IF;
    months := (extract(year FROM after)::int - extract(year FROM first_day)::int) * 12
              + extract(month FROM after)::int - extract(month FROM first_day)::int;
    IF (first_day + make_interval(months => months))::date > after THEN
        months := months - 1;
    END IF;
    RETURN months * 30 + (after - (first_day + make_interval(months => months))::date);
END
$$;

CREATE OR REPLACE FUNCTION stay_most(variant text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE variant WHEN 'days_183' THEN 183 ELSE 180 END;

-- The workers that are one person with this one, itself included (settled cases: 07_screening.sql).
-- In plpgsql, which keeps the plan: it is asked for every stay.
CREATE OR REPLACE FUNCTION same_workers(worker bigint) RETURNS SETOF bigint
LANGUAGE plpgsql STABLE ROWS 1 SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT w.id FROM worker w,
        (SELECT coalesce(o.person_id, o.id) AS first FROM worker o WHERE o.id = same_workers.worker) p
    WHERE w.id = p.first OR w.person_id = p.first;
END
$$;
REVOKE ALL ON FUNCTION same_workers(bigint) FROM PUBLIC;

-- The windows of twelve months that touch first_day..last_day and would hold more than six, were the worker
-- there on those days (`besides`: the stay that these days are, which is not counted twice). Windows that end
-- on a stay's last day are enough for days; calendar months also need those that begin on a stay's first day,
-- because months differ in length. The stays of one person under several workers count together.
-- `most`: what the window may hold. It is judged by the last day in it on which he is there: six months, or more
-- by a derogation that covers that stay on that day (15_derogations.sql). So a stay that is covered for a part
-- is also asked on the day before it is, and on the last day on which it is.
-- In plpgsql, with one plan for all: planning it anew took three times as long as the look.
CREATE OR REPLACE FUNCTION six_months_windows(worker bigint, variant text, first_day date, last_day date, besides bigint)
RETURNS TABLE (window_first date, window_last date, units int, most int, derogation bigint)
LANGUAGE plpgsql VOLATILE ROWS 2 SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET jit = off AS $$
BEGIN
    RETURN QUERY
    WITH stays (id, f, l) AS MATERIALIZED (
        SELECT s.id, lower(s.period), upper(s.period) - 1 FROM worker_stay s
        WHERE s.worker_id IN (SELECT same_workers(worker)) AND s.id IS DISTINCT FROM besides
          AND s.period && daterange(six_months_windows.first_day - 800, six_months_windows.last_day + 800)
        UNION ALL SELECT besides, six_months_windows.first_day, six_months_windows.last_day),
    leaves (derogation, f, l, most, sf, sl) AS MATERIALIZED (
        SELECT v.derogation, v.first_day, v.last_day, v.most, s.f, s.l
        FROM stays s, LATERAL stay_leaves(s.id, variant, s.f, s.l) v WHERE EXISTS (SELECT FROM derogation)),
    ends (l) AS (
        SELECT s.l FROM stays s
        UNION SELECT e.day FROM leaves v, LATERAL (VALUES (v.f - 1), (v.l)) e (day) WHERE e.day >= v.sf AND e.day < v.sl),
    windows (wf, wl) AS (
        SELECT CASE variant WHEN 'days_183' THEN e.l - 364 ELSE (e.l + 1 - interval '12 months')::date END, e.l FROM ends e
        UNION SELECT s.f, (s.f + interval '12 months')::date - 1 FROM stays s WHERE variant = 'calendar_months'),
    sums (wf, wl, n, there) AS (
        SELECT w.wf, w.wl, sum(stay_units(variant, greatest(s.f, w.wf), least(s.l, w.wl)))::int, max(least(s.l, w.wl))
        FROM windows w JOIN stays s ON s.f <= w.wl AND s.l >= w.wf
        WHERE w.wf <= six_months_windows.last_day AND w.wl >= six_months_windows.first_day
        GROUP BY w.wf, w.wl)
    SELECT m.wf, m.wl, m.n, greatest(v.most, stay_most(variant)), v.derogation
    FROM sums m LEFT JOIN LATERAL (
        SELECT x.derogation, x.most FROM leaves x
        WHERE m.there BETWEEN x.f AND x.l AND m.there BETWEEN x.sf AND x.sl
        ORDER BY x.most DESC, x.derogation LIMIT 1) v ON true
    WHERE m.n > stay_most(variant);
END
$$;
REVOKE ALL ON FUNCTION six_months_windows(bigint, text, date, date, bigint) FROM PUBLIC;

-- The first window that would hold more than it may.
DROP FUNCTION IF EXISTS six_months_excess(bigint, text, date, date, bigint);
CREATE FUNCTION six_months_excess(worker bigint, variant text, first_day date, last_day date, besides bigint DEFAULT NULL)
RETURNS TABLE (window_first date, window_last date, units int, most int)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
    SELECT w.window_first, w.window_last, w.units, w.most FROM six_months_windows(worker, variant, first_day, last_day, besides) w
    WHERE w.units > w.most ORDER BY w.window_last, w.window_first LIMIT 1;
END
$$;
REVOKE ALL ON FUNCTION six_months_excess(bigint, text, date, date, bigint) FROM PUBLIC;

-- The last day up to `upto` on which the worker may still be there, having come on first_day; at least
-- last_day (which was checked).
CREATE OR REPLACE FUNCTION stay_limit(worker bigint, variant text, first_day date, last_day date, upto date,
                                      besides bigint) RETURNS date
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    day date := upto;
BEGIN
    WHILE day > last_day LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM six_months_excess(worker, variant, first_day, day, besides));
        day := day - 1;
    END LOOP;
    RETURN greatest(day, last_day);
END
$$;
REVOKE ALL ON FUNCTION stay_limit(bigint, text, date, date, date, bigint) FROM PUBLIC;

-- "183 days", "6 months", "6 months, 1 days".
CREATE OR REPLACE FUNCTION stay_length(variant text, units int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN variant = 'days_183' THEN units || ' days'
            WHEN units % 30 = 0 THEN units / 30 || ' months'
            ELSE format('%s months, %s days', units / 30, units % 30) END;

-- Whether a change only gives days back from a stay that was over already.
CREATE OR REPLACE FUNCTION stay_was_over(before worker_stay, becomes worker_stay, variant text) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT before.worker_id = becomes.worker_id AND before.campaign_id = becomes.campaign_id
       AND before.period @> becomes.period
       AND EXISTS (SELECT FROM six_months_excess(before.worker_id, variant, lower(before.period), upper(before.period) - 1,
                                                 before.id))
$$;
REVOKE ALL ON FUNCTION stay_was_over(worker_stay, worker_stay, text) FROM PUBLIC;

-- The worker's version is bumped before anything is read: at READ COMMITTED the row lock makes a second
-- transaction wait and its next statement then sees the first one's stay; at REPEATABLE READ and
-- SERIALIZABLE the second gets a serialization failure and is run again. A lock alone would let the
-- second check against the snapshot it took before it waited.
--
-- A stay that is lawful by a derogation alone moves that row's `uses`, and looks again once it holds it: a
-- revocation meanwhile is then seen, and a later one sees the stay.
-- Days may always be given back: a stay over the limit since a revocation can be shortened step by step.
CREATE OR REPLACE FUNCTION worker_stay_check() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    rule text;
    seen record;
    person bigint;
    rests_on bigint[];
    held bigint[] := '{}';
BEGIN
    UPDATE worker w SET version = w.version + 1 WHERE w.id = NEW.worker_id RETURNING w.person_id INTO person;
    IF person IS NOT NULL THEN
        UPDATE worker w SET version = w.version + 1 WHERE w.id = person;
    END IF;
    SELECT c.six_months_variant INTO STRICT rule FROM campaign c WHERE c.id = NEW.campaign_id;
    LOOP
        rests_on := '{}';
        FOR seen IN SELECT x.window_first, x.window_last, x.units, x.most, x.derogation
                 FROM six_months_windows(NEW.worker_id, rule, lower(NEW.period), upper(NEW.period) - 1, NEW.id) x
                 ORDER BY x.window_last, x.window_first
        LOOP
            IF seen.units <= seen.most THEN
                rests_on := rests_on || seen.derogation;
            ELSIF TG_OP = 'INSERT' OR NOT stay_was_over(OLD, NEW, rule) THEN
                PERFORM refuse('six_months', format('%s – %s: %s > %s', seen.window_first, seen.window_last,
                    stay_length(rule, seen.units), stay_length(rule, seen.most)), 'first_day');
            END IF;
        END LOOP;
        EXIT WHEN rests_on <@ held;
        PERFORM 1 FROM derogation d WHERE d.id = ANY (rests_on) ORDER BY d.id FOR NO KEY UPDATE;
        UPDATE derogation d SET uses = d.uses + 1 WHERE d.id = ANY (rests_on) AND NOT d.id = ANY (held);
        held := held || rests_on;
    END LOOP;
    RETURN NULL;
END
$$;

DROP TRIGGER IF EXISTS six_months ON worker_stay;
CREATE TRIGGER six_months AFTER INSERT OR UPDATE OF worker_id, campaign_id, placement_id, period ON worker_stay
    FOR EACH ROW EXECUTE FUNCTION worker_stay_check();

-- --- moves ------------------------------------------------------------------------------------------
-- server/placement/moves.c has the same rows. '*' is any state, and no change. Medical examination and
-- visa come in either order (sources differ).
DELETE FROM placement_move;
INSERT INTO placement_move (state, kind, next) VALUES
    ('bound', 'authorised', 'authorised'),
    ('authorised', 'convoked', 'convoked'),
    ('authorised', 'fit', 'fit'), ('authorised', 'medical_waived', 'fit'),
    ('authorised', 'visa', 'visa'), ('authorised', 'visa_waived', 'visa'),
    ('convoked', 'fit', 'fit'), ('convoked', 'medical_waived', 'fit'),
    ('convoked', 'visa', 'visa'), ('convoked', 'visa_waived', 'visa'),
    ('fit', 'visa', 'ready'), ('fit', 'visa_waived', 'ready'),
    ('visa', 'fit', 'ready'), ('visa', 'medical_waived', 'ready'),
    ('authorised', 'unfit', 'unfit'), ('convoked', 'unfit', 'unfit'), ('visa', 'unfit', 'unfit'),
    ('authorised', 'visa_refused', 'visa_refused'), ('convoked', 'visa_refused', 'visa_refused'),
    ('fit', 'visa_refused', 'visa_refused'),
    ('ready', 'departed', 'departed'),
    ('departed', 'arrived', 'arrived'), ('departed', 'working', 'working'), ('departed', 'missing', 'missing'),
    ('arrived', 'working', 'working'), ('arrived', 'missing', 'missing'), ('missing', 'found', 'arrived'),
    ('working', 'suspended', 'suspended'), ('suspended', 'resumed', 'working'),
    ('working', 'abandon_reported', 'abandon_reported'), ('suspended', 'abandon_reported', 'abandon_reported'),
    ('arrived', 'abandon_reported', 'abandon_reported'), ('abandon_reported', 'resumed', 'working'),
    ('arrived', 'ended', 'ended'), ('working', 'ended', 'ended'), ('suspended', 'ended', 'ended'),
    ('abandon_reported', 'ended', 'ended'), ('extended', 'ended', 'ended'),
    ('non_return_proposed', 'non_return_confirmed', 'non_return_confirmed'),
    ('non_return_proposed', 'non_return_rejected', 'ended'),
    ('*', 'complaint', '*'), ('*', 'complaint_settled', '*'), ('*', 'contact', '*'), ('*', 'notice', '*'),
    ('*', 'evidence', '*'), ('*', 'reopened', '*'), ('*', 'overstay', '*');
INSERT INTO placement_move (state, kind, next)
SELECT s, k, k FROM unnest(ARRAY['bound', 'authorised', 'convoked', 'fit', 'visa', 'ready']) s,
    unnest(ARRAY['withdrawn', 'replaced', 'lot_cancelled', 'no_show']) k;
-- Coming home, or a lawful reason not to: from anywhere after departure, also from a non-return.
INSERT INTO placement_move (state, kind, next)
SELECT s, k, k
FROM unnest(ARRAY['departed', 'arrived', 'working', 'suspended', 'abandon_reported', 'missing', 'ended', 'extended',
                  'transferred', 'status_changed', 'exception', 'returned_declared', 'non_return_proposed',
                  'non_return_confirmed']) s,
    unnest(ARRAY['returned_verified', 'returned_late', 'returned_declared', 'extended', 'transferred',
                 'status_changed', 'exception']) k
WHERE s <> k OR k IN ('extended', 'exception');
INSERT INTO placement_move (state, kind, next)
SELECT s, 'non_return_proposed', 'non_return_proposed'
FROM unnest(ARRAY['departed', 'arrived', 'working', 'suspended', 'abandon_reported', 'missing', 'ended',
                  'extended', 'transferred', 'exception', 'returned_declared']) s;

DELETE FROM placement_fact_kind;
INSERT INTO placement_fact_kind (kind, roles, needs_note) VALUES
    ('authorised', '{officer}', false), ('convoked', '{officer,desk,partner}', false),
    ('fit', '{officer,desk}', false), ('medical_waived', '{officer}', true), ('unfit', '{officer,desk}', false),
    ('visa', '{officer,desk}', false), ('visa_waived', '{officer}', true), ('visa_refused', '{officer,desk}', false),
    ('departed', '{officer,desk,partner}', false), ('arrived', '{officer,desk,employer}', false),
    ('missing', '{officer,employer}', false), ('found', '{officer,employer}', true),
    ('working', '{officer,desk,employer}', false), ('suspended', '{officer,employer}', true),
    ('resumed', '{officer,employer}', false), ('abandon_reported', '{officer,employer}', true),
    ('ended', '{officer,desk,employer}', false), ('withdrawn', '{officer,partner}', true),
    ('replaced', '{officer}', true), ('lot_cancelled', '{officer}', true),
    ('no_show', '{officer,desk,partner,employer}', false), ('complaint', '{officer,desk,partner}', true),
    ('complaint_settled', '{officer}', true), ('contact', '{officer,desk,partner}', false),
    ('notice', '{officer,desk,employer}', false);

-- Where a state stands in the balance equation of a campaign.
CREATE OR REPLACE FUNCTION placement_term(state text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN state IN ('bound', 'authorised', 'convoked', 'fit', 'visa', 'ready') THEN 'to_depart'
    WHEN state IN ('unfit', 'visa_refused', 'withdrawn', 'replaced', 'lot_cancelled', 'no_show') THEN 'left_before'
    WHEN state IN ('departed', 'arrived', 'working', 'suspended', 'abandon_reported', 'ended') THEN 'present'
    WHEN state = 'missing' THEN 'unexplained'
    WHEN state = 'non_return_proposed' THEN 'overdue'
    WHEN state = 'non_return_confirmed' THEN 'non_return'
    ELSE state END;

-- The same with the calendar: who is still out after the time to check in is overdue.
CREATE OR REPLACE FUNCTION placement_standing(state text, return_due date, excepted_until date, checkin_days int)
RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
RETURN CASE
    WHEN placement_term(state) IN ('present', 'extended') AND today() > return_due + checkin_days THEN 'overdue'
    WHEN state = 'exception' AND today() > greatest(return_due, excepted_until) + checkin_days
         AND excepted_until IS NOT NULL THEN 'overdue'
    WHEN state = 'ended' THEN 'return_due'
    ELSE placement_term(state) END;

CREATE OR REPLACE FUNCTION placement_fact_move() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE;
    season text;
    moved text;
BEGIN
    SELECT * INTO p FROM placement WHERE id = NEW.placement_id FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    -- the lock makes a fact and the closing of its campaign wait for each other
    SELECT c.state INTO season FROM campaign c WHERE c.id = p.campaign_id FOR KEY SHARE;
    IF season = 'closed' AND NOT EXISTS (
        SELECT FROM closing_reopen r WHERE r.placement_id = p.id AND r.settled_at IS NULL) THEN
        PERFORM refuse('campaign_closed');
    END IF;
    SELECT m.next INTO moved FROM placement_move m
    WHERE m.kind = NEW.kind AND m.state IN (p.state, '*') ORDER BY m.state = '*' LIMIT 1;
    IF NOT FOUND THEN
        PERFORM refuse('fact_not_now', 'placement:' || p.state || ' > fact:' || NEW.kind, 'kind');
    ELSIF NEW.day > today() THEN
        PERFORM refuse('fact_in_future', NEW.day::text, 'day');
    ELSIF NEW.kind = 'complaint_settled' AND p.complaints_open = 0 THEN
        PERFORM refuse('no_complaint_open', '', 'kind');
    END IF;
    NEW.campaign_id := p.campaign_id;
    NEW.account_id := actor_account();
    NEW.from_state := p.state;
    NEW.to_state := CASE moved WHEN '*' THEN p.state ELSE moved END;
    UPDATE placement SET
        state = NEW.to_state, version = version + 1,
        departed_on = CASE NEW.kind WHEN 'departed' THEN NEW.day ELSE departed_on END,
        ended_on = CASE NEW.kind WHEN 'ended' THEN NEW.day ELSE ended_on END,
        returned_on = CASE WHEN NEW.kind IN ('returned_verified', 'returned_late', 'returned_declared')
                           THEN NEW.day ELSE returned_on END,
        complaints_open = complaints_open + CASE NEW.kind WHEN 'complaint' THEN 1
                                                          WHEN 'complaint_settled' THEN -1 ELSE 0 END
    WHERE id = p.id;
    IF NEW.kind = 'ended' AND NEW.day < p.last_day THEN
        PERFORM placement_end_early(p.id, greatest(NEW.day, p.first_day));
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS placement_fact_move ON placement_fact;
CREATE TRIGGER placement_fact_move BEFORE INSERT ON placement_fact
    FOR EACH ROW EXECUTE FUNCTION placement_fact_move();

CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND ((TG_TABLE_NAME NOT LIKE 'audit%' AND erasing()) -- 15_privacy.sql, 18_digest_keys.sql
                             OR (TG_TABLE_NAME IN ('document_seen', 'fee_answer') AND digest_switching())) THEN
        RETURN NULL;
    END IF;
    PERFORM refuse('append_only', TG_TABLE_NAME);
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS append_only ON placement_fact;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON placement_fact
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

-- A state changes along the table of moves only, whoever writes it.
CREATE OR REPLACE FUNCTION placement_state_check() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM placement_move m WHERE m.state = OLD.state AND m.next = NEW.state) THEN
        PERFORM refuse('fact_not_now', 'placement:' || OLD.state || ' > placement:' || NEW.state);
    END IF;
    RETURN NEW;
END
$$;
DROP TRIGGER IF EXISTS placement_state_check ON placement;
CREATE TRIGGER placement_state_check BEFORE UPDATE OF state ON placement
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION placement_state_check();

-- Work that ends early frees the days that were left, and the way home begins at once.
CREATE OR REPLACE FUNCTION placement_end_early(placement bigint, day date) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE worker_stay SET period = daterange(lower(period), day, '[]') WHERE placement_id = placement;
    UPDATE placement p SET last_day = day, return_due = least(p.return_due, day + c.travel_days)
    FROM campaign c WHERE c.id = p.campaign_id AND p.id = placement_end_early.placement;
$$;
REVOKE ALL ON FUNCTION placement_end_early(bigint, date) FROM PUBLIC;

-- Who leaves before departure gives back his place, the service's quota and his days, and a reserve is
-- called.
CREATE OR REPLACE FUNCTION placement_release() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM worker_stay WHERE placement_id = NEW.id;
    UPDATE contract_place SET placement_id = NULL WHERE placement_id = NEW.id;
    UPDATE contract SET taken = taken - 1, state = CASE state WHEN 'filled' THEN 'approved' ELSE state END
    WHERE id = NEW.contract_id;
    UPDATE campaign_service SET used = used - 1
    WHERE campaign_id = NEW.campaign_id AND org_id = NEW.service_id;
    PERFORM reserve_call(NEW.contract_id);
    RETURN NULL;
END
$$;
DROP TRIGGER IF EXISTS placement_release ON placement;
CREATE TRIGGER placement_release AFTER UPDATE OF state ON placement
    FOR EACH ROW WHEN (placement_term(NEW.state) = 'left_before' AND placement_term(OLD.state) <> 'left_before')
    EXECUTE FUNCTION placement_release();

-- True when the acting account may speak about this placement.
CREATE OR REPLACE FUNCTION placement_mine(p placement) RETURNS boolean LANGUAGE sql STABLE
RETURN CASE
    WHEN actor_role() IN ('officer', 'desk', 'auditor', 'admin') THEN true
    WHEN actor_role() = 'employer' THEN p.org_id = actor_org()
    WHEN actor_role() IN ('partner', 'assessor') THEN p.service_id = actor_org()
    ELSE false END;

-- Records one fact: the one way in for every role.
CREATE OR REPLACE FUNCTION placement_record(placement bigint, fact text, happened date, said_by text, remark text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    rule placement_fact_kind%ROWTYPE;
    made bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM placement p WHERE p.id = placement_record.placement AND placement_mine(p)) THEN
        PERFORM refuse('not_found', '', 'placement_id');
    END IF;
    SELECT * INTO rule FROM placement_fact_kind k WHERE k.kind = fact;
    IF NOT FOUND THEN
        PERFORM refuse('unknown_reference', '', 'kind');
    ELSIF NOT actor_role() = ANY (rule.roles) THEN
        PERFORM refuse('fact_not_yours', fact, 'kind');
    ELSIF rule.needs_note AND coalesce(remark, '') = '' THEN
        PERFORM refuse('required', '', 'note');
    END IF;
    INSERT INTO placement_fact (campaign_id, placement_id, kind, day, source, note, from_state, to_state, account_id)
    VALUES (0, placement, fact, happened, said_by, remark, '', '', 0)
    RETURNING id INTO made;
    PERFORM audit('placement.fact', 'placement', placement, fact, jsonb_build_object('fact', made));
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION placement_record(bigint, text, date, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION placement_record(bigint, text, date, text, text)
    TO noria_ofii, noria_employer, noria_partner;

-- Many facts in the order given, of one campaign, all or none.
CREATE OR REPLACE FUNCTION placement_record_many(campaign bigint, facts jsonb) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    f record;
    n bigint := 0;
BEGIN
    FOR f IN SELECT x.placement_id, x.kind, x.day, x.source, x.note FROM jsonb_to_recordset(facts)
             AS x (placement_id bigint, kind text, day date, source text, note text)
    LOOP
        IF NOT EXISTS (SELECT FROM placement p WHERE p.id = f.placement_id
                                                 AND p.campaign_id = placement_record_many.campaign) THEN
            PERFORM refuse('not_found', '', 'placement_id');
        END IF;
        PERFORM placement_record(f.placement_id, f.kind, f.day, f.source, f.note);
        n := n + 1;
    END LOOP;
    RETURN n;
END
$$;
REVOKE ALL ON FUNCTION placement_record_many(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION placement_record_many(bigint, jsonb) TO noria_ofii, noria_employer, noria_partner;

-- A stay known from elsewhere (an earlier card, another season): counted like any other.
CREATE OR REPLACE FUNCTION stay_record(candidate bigint, first_day date, last_day date, known_from text)
RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c candidate%ROWTYPE;
    made bigint;
BEGIN
    SELECT * INTO c FROM candidate x WHERE x.id = stay_record.candidate
        AND (actor_role() IN ('officer', 'desk') OR x.org_id = actor_org());
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF last_day < first_day THEN
        PERFORM refuse('ends_before_start', '', 'last_day');
    END IF;
    INSERT INTO worker_stay (worker_id, campaign_id, period, source, recorded_by)
    VALUES (c.worker_id, c.campaign_id, daterange(first_day, last_day, '[]'), known_from, actor_account())
    RETURNING id INTO made;
    PERFORM audit('stay.record', 'candidate', c.id, known_from, jsonb_build_object('stay', made));
    RETURN made;
END
$$;
REVOKE ALL ON FUNCTION stay_record(bigint, date, date, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION stay_record(bigint, date, date, text) TO noria_ofii, noria_partner;

-- The sealed identity of somebody bound to the asking employer (or in the actor's own care), with the
-- leaf that says so. No class but this function's owner reads it for an employer.
DROP FUNCTION IF EXISTS placement_unseal(bigint, text);
CREATE FUNCTION placement_unseal(placement bigint, why text)
RETURNS TABLE (worker_id bigint, candidate_id bigint, sealed bytea, wrapped bytea)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p placement%ROWTYPE;
BEGIN
    SELECT * INTO p FROM placement x WHERE x.id = placement_unseal.placement AND placement_mine(x)
        AND (actor_role() <> 'employer' OR placement_term(x.state) <> 'left_before');
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    END IF;
    PERFORM audit('candidate.unseal', 'candidate', p.candidate_id, why, jsonb_build_object('placement', p.id));
    RETURN QUERY SELECT i.worker_id, p.candidate_id, i.sealed, i.wrapped FROM worker_identity i WHERE i.worker_id = p.worker_id;
END
$$;
REVOKE ALL ON FUNCTION placement_unseal(bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION placement_unseal(bigint, text) TO noria_ofii, noria_employer, noria_partner;

-- Placements of a worker that count for priority: home in time, verified, nothing held against him.
CREATE OR REPLACE FUNCTION clean_returns(worker bigint) RETURNS int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*)::int FROM placement p
    WHERE p.worker_id IN (SELECT same_workers(worker)) AND p.state = 'returned_verified' AND p.overstay_days = 0
      AND p.returned_on > today() - make_interval(years => (SELECT value FROM returns_setting WHERE code = 'priority_years'))
$$;
REVOKE ALL ON FUNCTION clean_returns(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION clean_returns(bigint) TO noria_ofii;

-- Workers of whom a clean return may be told: asking that of everybody took half the time of reading the inputs.
CREATE OR REPLACE FUNCTION returned_workers() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT s.id FROM placement p, LATERAL same_workers(p.worker_id) AS s (id) WHERE p.state = 'returned_verified'
$$;
REVOKE ALL ON FUNCTION returned_workers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION returned_workers() TO noria_ofii;

-- --- who sees ---------------------------------------------------------------------------------------
ALTER TABLE placement ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS placement_all ON placement;
CREATE POLICY placement_all ON placement TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS placement_employer ON placement;
CREATE POLICY placement_employer ON placement FOR SELECT TO noria_employer USING (org_id = (SELECT actor_org()));
DROP POLICY IF EXISTS placement_partner ON placement;
CREATE POLICY placement_partner ON placement FOR SELECT TO noria_partner USING (service_id = (SELECT actor_org()));
GRANT SELECT ON placement TO noria_ofii, noria_system, noria_partner;
-- Complaints are not the employer's to see; nor is the worker's number across campaigns.
GRANT SELECT (id, campaign_id, contract_id, place_no, proposal_id, candidate_id, org_id, service_id, first_day,
              last_day, return_due, ended_on, departed_on, returned_on, state, version, created_at)
    ON placement TO noria_employer;

ALTER TABLE placement_fact ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS placement_fact_all ON placement_fact;
CREATE POLICY placement_fact_all ON placement_fact TO noria_ofii, noria_system USING (true);
DROP POLICY IF EXISTS placement_fact_employer ON placement_fact;
CREATE POLICY placement_fact_employer ON placement_fact FOR SELECT TO noria_employer
    USING (kind NOT IN ('complaint', 'complaint_settled', 'contact')
           AND placement_id = ANY (ARRAY(SELECT p.id FROM placement p)));
DROP POLICY IF EXISTS placement_fact_partner ON placement_fact;
CREATE POLICY placement_fact_partner ON placement_fact FOR SELECT TO noria_partner
    USING (placement_id = ANY (ARRAY(SELECT p.id FROM placement p)));
GRANT SELECT ON placement_fact TO noria_ofii, noria_system, noria_employer, noria_partner;

GRANT SELECT ON placement_move, placement_fact_kind TO noria_ofii, noria_system, noria_employer, noria_partner;

ALTER TABLE worker_stay ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS worker_stay_all ON worker_stay;
CREATE POLICY worker_stay_all ON worker_stay TO noria_ofii, noria_system USING (true) WITH CHECK (true);
DROP POLICY IF EXISTS worker_stay_partner ON worker_stay;
CREATE POLICY worker_stay_partner ON worker_stay FOR SELECT TO noria_partner
    USING (worker_id = ANY (ARRAY(SELECT c.worker_id FROM candidate c WHERE c.org_id = actor_org())));
GRANT SELECT ON worker_stay TO noria_ofii, noria_system, noria_partner;

-- --- named returnees ------------------------------------------------------------------------------
ALTER TABLE contract_returnee ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS contract_returnee_all ON contract_returnee;
CREATE POLICY contract_returnee_all ON contract_returnee FOR SELECT TO noria_ofii, noria_system USING (true);
DROP POLICY IF EXISTS contract_returnee_employer ON contract_returnee;
CREATE POLICY contract_returnee_employer ON contract_returnee FOR SELECT TO noria_employer
    USING (org_id = actor_org());
GRANT SELECT ON contract_returnee TO noria_ofii, noria_system, noria_employer;

-- The employer names a worker for a contract of his that keeps places for returning workers: one who
-- worked for him, and whose return was verified in time. The contract's row is locked, so that two
-- acts cannot pass the number that it states.
CREATE OR REPLACE FUNCTION returnee_name(contract bigint, earlier bigint) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    k contract%ROWTYPE;
    p placement%ROWTYPE;
BEGIN
    SELECT * INTO k FROM contract c WHERE c.id = returnee_name.contract AND c.org_id = actor_org()
    FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        PERFORM refuse('not_found');
    ELSIF k.state NOT IN ('draft', 'submitted', 'approved') THEN
        PERFORM refuse('conflict', k.state);
    END IF;
    SELECT * INTO p FROM placement o WHERE o.id = earlier AND o.org_id = actor_org();
    IF NOT FOUND OR p.state <> 'returned_verified' OR p.overstay_days > 0 THEN
        PERFORM refuse('returnee_not_clean', '', 'placement_id');
    ELSIF (SELECT count(*) FROM contract_returnee r WHERE r.contract_id = k.id) >= k.named_returnees THEN
        PERFORM refuse('returnees_all_named', k.named_returnees::text, 'placement_id');
    END IF;
    INSERT INTO contract_returnee (contract_id, placement_id, worker_id, org_id, account_id)
    VALUES (k.id, p.id, p.worker_id, p.org_id, actor_account());
    PERFORM audit('contract.name_returnee', 'contract', k.id, NULL, jsonb_build_object('placement', p.id));
    RETURN k.id;
END
$$;
REVOKE ALL ON FUNCTION returnee_name(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION returnee_name(bigint, bigint) TO noria_employer;
