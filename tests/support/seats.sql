-- Functions of test_seats.c: a session with candidates who may sit it, and seats.
CREATE FUNCTION t_sitting(seats int) RETURNS bigint LANGUAGE sql AS $$
    SELECT act_as(t_id('officer'), t_id('office'), 'officer', '2027-01-01');
    INSERT INTO test_session (campaign_id, org_id, profile_id, held_on, site, capacity, pass_total, tolerance_percent,
                              resit_days, lead_account)
    SELECT t_id('days_183'), t_id('office'), p.id, '2027-02-01', 'Tunis', seats, 0, 0, 0, t_id('officer')
    FROM profile p WHERE p.code = 'SERRE' AND p.state = 'active' RETURNING id
$$;

CREATE FUNCTION t_person() RETURNS bigint LANGUAGE sql AS $$
    WITH w AS (INSERT INTO worker DEFAULT VALUES RETURNING id)
    INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key,
                           available_from, available_to, consent_at, entered_by)
    SELECT t_id('days_183'), t_id('service'), w.id,
           regexp_replace(lpad(upper(to_hex(nextval('contract_serial'))), 8, '0'), '(.{4})(.{4})', '\1-\2'),
           'preselected', decode(md5(random()::text), 'hex'), decode(md5(random()::text), 'hex'),
           decode(md5(random()::text), 'hex'), '2027-01-01', '2027-12-31', now(), 1 FROM w
    RETURNING id
$$;

-- A seat of a running session whose candidate is present.
CREATE FUNCTION t_present() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    sitting bigint := t_sitting(1);
    chair bigint;
BEGIN
    INSERT INTO seat (session_id, candidate_id) VALUES (sitting, t_person()) RETURNING id INTO chair;
    UPDATE test_session SET state = 'running' WHERE id = sitting;
    UPDATE seat SET attendance = 'present', document_seen = true, photo_match = true, checked_by = t_id('farmer')
    WHERE id = chair;
    RETURN chair;
END
$$;

-- One mark of the exercise's first criterion under number 1, by that account of the office.
CREATE FUNCTION t_mark(chair bigint, account bigint, nth int) RETURNS int LANGUAGE sql AS $$
    SELECT act_as(account, t_id('office'), 'assessor', '2027-02-01');
    SELECT marks_add(t.session_id, jsonb_build_array(jsonb_build_object('seat_id', t.id, 'mark_no', 1, 'points', 3,
        'criterion_id', (SELECT c.id FROM criterion c JOIN profile_exercise x ON x.exercise_id = c.exercise_id
                         WHERE x.profile_id = s.profile_id ORDER BY x.seq, c.seq OFFSET nth LIMIT 1))))
    FROM seat t JOIN test_session s ON s.id = t.session_id WHERE t.id = chair
$$;

-- The seat's trigger with rows counted in place of the counter.
CREATE FUNCTION t_count_seats() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    body text := pg_get_functiondef('seat_new'::regproc);
    counter text := 'UPDATE test_session SET seats_taken = seats_taken + 1 WHERE id = NEW.session_id RETURNING * INTO sitting;';
BEGIN
    IF strpos(body, counter) = 0 THEN
        RAISE EXCEPTION 'the counter is not where it was';
    END IF;
    EXECUTE replace(body, counter,
        'SELECT s.* INTO sitting FROM test_session s WHERE s.id = NEW.session_id;
         IF (SELECT count(*) FROM seat t WHERE t.session_id = NEW.session_id) >= sitting.capacity THEN
             PERFORM refuse(''session_full'');
         END IF;
         PERFORM pg_sleep(0.01);');
END
$$;
