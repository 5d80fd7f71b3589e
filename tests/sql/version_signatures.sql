-- Versions of habiletés, exercises, analyses of jobs and profiles take effect by two officers: the same rules for the
-- four, each with its control.
BEGIN;
SELECT plan(102);
INSERT INTO org (kind, name, siret, country, naf, commune, hectares, active_from) VALUES
    ('employer', 'Farm', '73282932000074', 'FR', '01.24Z', '13004', 900, '2010-01-01');
INSERT INTO org (kind, name, country) VALUES ('partner', 'Service A', 'MA'), ('ofii', 'OFII', 'FR');
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT o.id, v.r, v.m || '@x.example', v.m, 'x' FROM (VALUES ('OFII', 'officer', 'lead'), ('OFII', 'officer', 'judge'),
    ('OFII', 'desk', 'desk'), ('Service A', 'assessor', 'one')) AS v (o, r, m) JOIN org o ON o.name = v.o;
CREATE FUNCTION pg_temp.act(mail text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    SELECT act_as(a.id, a.org_id, a.role, '2027-01-15') FROM account a WHERE a.email = mail || '@x.example'
$$;
UPDATE assessment_setting SET value = 0 WHERE code = 'analysis_required'; -- tests/sql/job_analysis.sql is of that

-- A draft of each, as an assessor makes it; of three the version before is in effect.
SELECT pg_temp.act('one');
CREATE TEMP TABLE made (kind text PRIMARY KEY, id bigint, part text, change text);
GRANT SELECT ON made TO PUBLIC;
CREATE FUNCTION pg_temp.m(wanted text) RETURNS bigint LANGUAGE sql AS $$SELECT id FROM made WHERE kind = wanted$$;
WITH d AS (INSERT INTO habilete (code, version, label) VALUES ('TENSION', 2, 'Tenir sous tension') RETURNING id)
INSERT INTO made SELECT 'habilete', id FROM d;
INSERT INTO made SELECT 'exercise', exercise_next(e.id), 'criterion', 'DELETE FROM criterion WHERE seq = 2 AND exercise_id = '
FROM exercise e WHERE e.code = 'EX-ESPACE';
INSERT INTO made SELECT 'profile', profile_next(p.id), 'profile_exercise', 'DELETE FROM profile_exercise WHERE seq = 5 AND profile_id = '
FROM profile p WHERE p.code = 'SERRE';
WITH d AS (INSERT INTO job_analysis (code, version, label, org_id, commune, rome, held_on, posts_seen, workers_seen, account_id)
           SELECT 'SERRE-A', 1, 'Sous serre', o.id, '13004', 'A1402', '2027-01-10', 3, 11, 0 FROM org o WHERE o.kind = 'employer' RETURNING id)
INSERT INTO made SELECT 'job_analysis', id, 'job_analysis_task', 'DELETE FROM job_analysis_task WHERE seq = 2 AND analysis_id = ' FROM d;
INSERT INTO job_analysis_task SELECT pg_temp.m('job_analysis'), n, 'Effeuiller les tomates', '' FROM generate_series(1, 2) n;
INSERT INTO job_analysis_habilete VALUES (pg_temp.m('job_analysis'), 'CADENCE', 'seen at each of the three posts');

CREATE FUNCTION pg_temp.one(kind text, what text) RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    told text;
BEGIN
    EXECUTE format('SELECT %s FROM %I v LEFT JOIN account p ON p.id = v.proposed_by LEFT JOIN account s ON s.id = v.signed_by WHERE v.id = %s',
                   what, kind, pg_temp.m(kind)) INTO told;
    RETURN told;
END
$$;
CREATE FUNCTION pg_temp.propose(kind text) RETURNS bigint LANGUAGE sql AS
    $$SELECT version_propose(kind, pg_temp.m(kind), pg_temp.one(kind, 'v.edit')::bigint)$$;
CREATE FUNCTION pg_temp.sign(kind text) RETURNS text LANGUAGE sql AS
    $$SELECT version_sign(kind, pg_temp.m(kind), pg_temp.one(kind, 'v.edit')::bigint)$$;

-- One officer's part of it.
CREATE FUNCTION pg_temp.alone(kind text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    id bigint := pg_temp.m(kind);
BEGIN
    PERFORM pg_temp.act('lead');
    SET LOCAL ROLE noria_ofii;
    RETURN NEXT throws_ok(format('SELECT pg_temp.sign(%L)', kind), 'NR001', 'version_not_proposed', kind || ': one officer alone puts nothing into effect');
    RETURN NEXT throws_ok(format('SELECT version_propose(%L, %s, 99)', kind, id), 'NR001', 'stale_edit', 'nor proposes what he has not read');
    RETURN NEXT lives_ok(format('SELECT pg_temp.propose(%L)', kind), 'control: he proposes what he has');
    RETURN NEXT throws_ok(format('SELECT pg_temp.propose(%L)', kind), 'NR001', 'version_proposed', 'once');
    RETURN NEXT throws_ok(format('SELECT version_sign(%L, %s, 99)', kind, id), 'NR001', 'stale_edit', 'nor signs what he has not read');
    RETURN NEXT throws_ok(format('SELECT pg_temp.sign(%L)', kind), '23514', NULL, 'and does not sign his own proposal');
    RETURN NEXT throws_ok(format('UPDATE %I SET state = ''active'' WHERE id = %s', kind, id), '42501', NULL, 'nor goes past the function');
    RETURN NEXT throws_ok(format('UPDATE %I SET proposed_by = NULL, one_signature = true WHERE id = %s', kind, id), '42501', NULL, 'nor signs for another');
    RESET ROLE;
    RETURN NEXT throws_ok(format('UPDATE %I SET one_signature = true WHERE id = %s', kind, id), 'NR001', 'reference_frozen', 'and nothing says that one was enough');
    PERFORM pg_temp.act('judge');
    RETURN NEXT throws_ok(format('UPDATE %I SET state = ''active'', label = ''other'' WHERE id = %s', kind, id), 'NR001', 'reference_frozen',
                          'a signature changes nothing else');
    PERFORM pg_temp.act('desk');
    RETURN NEXT throws_ok(format('SELECT pg_temp.sign(%L)', kind), 'NR001', 'forbidden', 'the desk abroad signs none');
    PERFORM pg_temp.act('one');
    SET LOCAL ROLE noria_partner;
    RETURN NEXT throws_ok(format('SELECT version_sign(%L, %s, 1)', kind, id), '42501', NULL, 'nor does an assessor');
    RESET ROLE;
END
$$;

-- What drops a proposal, and who signs one.
CREATE FUNCTION pg_temp.together(kind text) RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    id bigint := pg_temp.m(kind);
    change text := (SELECT k.change || k.id FROM made k WHERE k.kind = together.kind);
BEGIN
    PERFORM pg_temp.act('one');
    SET LOCAL ROLE noria_partner;
    EXECUTE format('UPDATE %I SET label = ''Autre mot'', edit = edit + 1 WHERE id = %s', kind, id);
    RESET ROLE;
    RETURN NEXT is(pg_temp.one(kind, 'p.email'), NULL, kind || ': what is edited is proposed no more');
    PERFORM pg_temp.act('lead');
    PERFORM pg_temp.propose(kind);
    RETURN NEXT is(pg_temp.one(kind, 'p.email'), 'lead@x.example', 'control: until it is again');
    IF change IS NOT NULL THEN
        SET LOCAL ROLE noria_partner;
        EXECUTE change;
        RESET ROLE;
        RETURN NEXT is(pg_temp.one(kind, 'p.email'), NULL, 'nor what has lost a part');
        PERFORM pg_temp.propose(kind);
    END IF;
    PERFORM pg_temp.act('judge');
    SET LOCAL ROLE noria_ofii;
    RETURN NEXT lives_ok(format('SELECT version_drop(%L, %s)', kind, id), 'another officer who does not agree drops it');
    RETURN NEXT throws_ok(format('SELECT pg_temp.sign(%L)', kind), 'NR001', 'version_not_proposed', 'and it takes no effect');
    PERFORM pg_temp.act('lead');
    PERFORM pg_temp.propose(kind);
    PERFORM pg_temp.act('judge');
    RETURN NEXT is(pg_temp.sign(kind), 'active', 'one who agrees signs');
    RETURN NEXT is(pg_temp.one(kind, 'p.email || '' '' || s.email'), 'lead@x.example judge@x.example', 'both by their names');
    RETURN NEXT throws_ok(format('SELECT version_drop(%L, %s)', kind, id), 'NR001', 'conflict', 'what is in effect is not dropped');
    RETURN NEXT is(version_retire(kind, id), 'retired', 'one officer retires it');
    RESET ROLE;
END
$$;
SELECT t FROM made m, pg_temp.alone(m.kind) t;
SAVEPOINT proposed;
SELECT t FROM made m, pg_temp.together(m.kind) t;
SELECT is((SELECT count(*) FROM audit_leaf WHERE act IN ('habilete.propose', 'exercise.propose', 'profile.propose', 'analysis.propose')), 15::bigint,
          'each with its leaf');
ROLLBACK TO proposed;

-- The one before retires, and keeps its parts.
SELECT is((SELECT state FROM profile WHERE code = 'SERRE' AND version = 1), 'active', 'while a version is proposed the one before is in effect');
SELECT pg_temp.act('judge');
SELECT pg_temp.sign('profile');
SELECT is((SELECT state FROM profile WHERE code = 'SERRE' AND version = 1), 'retired', 'until the other one is signed');
ROLLBACK TO proposed;
SELECT throws_ok($$UPDATE criterion SET exercise_id = pg_temp.m('exercise'), seq = 9 WHERE id = (SELECT min(id) FROM criterion)$$, 'NR001', 'reference_frozen',
                 'no part moves out of a version that is in effect');
ALTER TABLE criterion DISABLE TRIGGER criterion_rules;
SELECT lives_ok($$UPDATE criterion SET exercise_id = pg_temp.m('exercise'), seq = 9 WHERE id = (SELECT min(id) FROM criterion)$$, 'control: without its trigger it is');
ROLLBACK TO proposed;
SELECT pg_temp.act('lead');
SELECT throws_ok($$SELECT version_retire('contract', 1)$$, 'NR001', 'not_found', 'nothing else is a version');

-- Controls: without the constraint the officer who proposed signs; without the triggers an edited proposal stands.
DO $$BEGIN
    EXECUTE (SELECT string_agg(format('ALTER TABLE %I DROP CONSTRAINT second_person_needed', kind), ';') FROM made);
END$$;
SELECT is(pg_temp.sign(m.kind), 'active', 'control: without the constraint he does') FROM made m;
ROLLBACK TO proposed;
DO $$BEGIN
    EXECUTE (SELECT string_agg(format('ALTER TABLE %I DISABLE TRIGGER version_signatures; UPDATE %1$I SET label = ''Autre mot'' WHERE id = %s', kind, id), ';') FROM made);
END$$;
SELECT is(pg_temp.one(m.kind, 'p.email'), 'lead@x.example', 'control: without its trigger what was edited is proposed') FROM made m;
ROLLBACK TO proposed;
DO $$BEGIN
    EXECUTE (SELECT string_agg(format('ALTER TABLE %I DISABLE TRIGGER version_part_moved; %s%s', part, change, id), ';') FROM made WHERE part IS NOT NULL);
END$$;
SELECT is(pg_temp.one(m.kind, 'p.email'), 'lead@x.example', 'control: nor without that of its parts') FROM made m WHERE m.part IS NOT NULL;
ROLLBACK TO proposed;

-- What ships is in effect by nobody's signature, and says so.
SELECT is((SELECT count(*) FROM (SELECT state, one_signature, signed_by FROM habilete UNION ALL SELECT state, one_signature, signed_by FROM exercise
                                 UNION ALL SELECT state, one_signature, signed_by FROM profile) v WHERE state = 'active' AND NOT one_signature), 0::bigint,
          'what was in effect before says that');
SELECT throws_ok($$INSERT INTO habilete (code, label, state) VALUES ('NEW', 'New', 'active')$$, '23514', NULL, 'nothing new begins there');
SELECT finish(true);
ROLLBACK;
