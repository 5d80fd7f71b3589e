-- Analyses of jobs: frozen versions, what a profile rests on, blocked criteria in their texts, who sees them. Each
-- guard has its control.
BEGIN;
\i tests/support/effect.sql
SELECT plan(55);
INSERT INTO org (kind, name, siret, country, naf, commune, hectares, active_from) VALUES
    ('employer', 'Farm', '73282932000074', 'FR', '01.24Z', '13004', 900, '2010-01-01'),
    ('employer', 'Other farm', '44306184100047', 'FR', '01.24Z', '13004', 90, '2010-01-01');
INSERT INTO org (kind, name, country) VALUES ('partner', 'Service A', 'MA'), ('ofii', 'OFII', 'FR');
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT o.id, v.r, v.m || '@x.example', v.m, 'x' FROM (VALUES ('Farm', 'employer', 'farm'), ('Other farm', 'employer', 'neighbour'),
    ('OFII', 'officer', 'lead'), ('OFII', 'officer', 'judge'), ('Service A', 'assessor', 'one')) AS v (o, r, m) JOIN org o ON o.name = v.o;
CREATE FUNCTION pg_temp.act(mail text, day date DEFAULT '2027-01-15') RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    SELECT act_as(a.id, a.org_id, a.role, day) FROM account a WHERE a.email = mail || '@x.example'
$$;
CREATE TEMP TABLE made (name text PRIMARY KEY, id bigint);
GRANT ALL ON made TO PUBLIC;
CREATE FUNCTION pg_temp.m(wanted text) RETURNS bigint LANGUAGE sql AS $$SELECT id FROM made WHERE name = wanted$$;
CREATE FUNCTION pg_temp.analyse(called text, siret text DEFAULT '73282932000074', rome text DEFAULT 'A1402', place text DEFAULT '13004',
                                day date DEFAULT '2027-01-10') RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO job_analysis (code, version, label, org_id, commune, rome, held_on, posts_seen, workers_seen, account_id)
    SELECT called, 1, 'Travaux sous serre', coalesce(employer_by_siret(siret), 0), place, rome, day, 3, 11, 0 RETURNING id
$$;

-- Writing --------------------------------------------------------------------------------------------------------
SELECT pg_temp.act('one');
SET LOCAL ROLE noria_partner;
SELECT throws_ok($$SELECT pg_temp.analyse('SERRE-A', '00000000000000')$$, 'NR001', 'unknown_reference', 'on an employer''s farm');
SELECT throws_ok($$SELECT pg_temp.analyse('SERRE-A', rome => 'Z9999')$$, 'NR001', 'unknown_reference', 'of a job that there is');
SELECT throws_ok($$SELECT pg_temp.analyse('SERRE-A', place => '99999')$$, 'NR001', 'unknown_reference', 'at a place that there is');
SELECT throws_ok($$SELECT pg_temp.analyse('SERRE-A', day => '2027-01-16')$$, 'NR001', 'in_the_future', 'that has been looked at');
SELECT lives_ok($$INSERT INTO made SELECT 'a', pg_temp.analyse('SERRE-A')$$, 'control: an assessor writes one down');
SELECT is((SELECT a.email FROM job_analysis j JOIN account a ON a.id = j.account_id WHERE j.id = pg_temp.m('a')), 'one@x.example',
          'as the one who analysed, whatever was sent');
SELECT throws_ok($$UPDATE job_analysis SET org_id = 1 WHERE id = pg_temp.m('a')$$, '42501', NULL, 'the farm stays');
SELECT throws_ok($$SELECT pg_temp.effect('job_analysis', pg_temp.m('a'))$$, 'NR001', 'analysis_not_whole', 'without a task it takes no effect');
INSERT INTO job_analysis_task VALUES (pg_temp.m('a'), 1, 'Effeuiller les tomates', 'Debout, chaleur');
SELECT throws_ok($$SELECT pg_temp.effect('job_analysis', pg_temp.m('a'))$$, 'NR001', 'analysis_not_whole', 'nor without a habileté');
SELECT throws_ok($$INSERT INTO job_analysis_habilete VALUES (pg_temp.m('a'), 'TENSION', 'oui')$$, '23514', NULL, 'each with a sentence why');
INSERT INTO job_analysis_habilete VALUES (pg_temp.m('a'), 'NOWHERE', 'because it was seen');
SELECT throws_ok($$SELECT pg_temp.effect('job_analysis', pg_temp.m('a'))$$, 'NR001', 'habilete_not_active', 'nor with one that is not in effect');
DELETE FROM job_analysis_habilete;
INSERT INTO job_analysis_habilete SELECT pg_temp.m('a'), h, 'seen at each of the three posts'
FROM unnest(ARRAY['CONSIGNES', 'TENSION', 'ATTENTION', 'EQUIPE', 'DEXTERITE', 'CADENCE']) h;
SELECT throws_ok($$INSERT INTO job_analysis_habilete VALUES (pg_temp.m('a'), 'TENSION', 'seen once more')$$, '23505', NULL, 'and each once');

-- Blocked criteria in its texts --------------------------------------------------------------------------------
CREATE FUNCTION pg_temp.task(no int, what text, hard text DEFAULT '') RETURNS void LANGUAGE sql AS
    $$INSERT INTO job_analysis_task VALUES (pg_temp.m('a'), no, what, hard)$$;
SELECT throws_ok($$SELECT pg_temp.task(2, 'Récolter, hommes uniquement')$$, 'NR001', 'criterion_in_text', 'a task for one sex is refused');
SELECT throws_ok($$SELECT pg_temp.task(2, 'Récolter', 'moins de 45 ans, pas de femmes')$$, 'NR001', 'criterion_in_text', 'also in what makes it hard');
SELECT throws_ok($$INSERT INTO job_analysis_habilete VALUES (pg_temp.m('a'), 'ALEA', 'les mariés avec enfants restent calmes')$$, 'NR001',
                 'criterion_in_text', 'and as a reason');
SELECT throws_ok($$SELECT pg_temp.analyse('JEUNES-HOMMES')$$, 'NR001', 'criterion_in_text', 'and as a code');
SELECT lives_ok($$SELECT pg_temp.task(2, 'Repiquer les jeunes plants')$$, 'an ambiguous word is kept');
RESET ROLE;
SELECT is((SELECT string_agg(f.field || ' ' || f.state, ',') FROM blocked_flag f WHERE f.object_kind = 'job_analysis'), 'task:2 open',
          'and waits for a person');
SELECT throws_ok($$SELECT pg_temp.effect('job_analysis', pg_temp.m('a'))$$, 'NR001', 'criterion_flagged', 'before which it takes no effect');
SAVEPOINT gone;
DELETE FROM job_analysis_task WHERE analysis_id = pg_temp.m('a') AND seq = 2;
SELECT is((SELECT state FROM blocked_flag WHERE object_kind = 'job_analysis'), 'gone', 'what is written no more waits for nobody');
SELECT is(pg_temp.effect('job_analysis', pg_temp.m('a')), 'active', 'control: then it takes effect');
ROLLBACK TO gone;
ALTER TABLE job_analysis_task DISABLE TRIGGER blocked_watch;
SELECT lives_ok($$SELECT pg_temp.task(3, 'Récolter, hommes uniquement')$$, 'control: without its trigger the task is taken');
ROLLBACK TO gone;
SELECT pg_temp.act('lead');
UPDATE blocked_flag SET state = 'kept', decided_by = actor_account(), decided_at = now(), reason = 'plants and not people';
SELECT is(pg_temp.effect('job_analysis', pg_temp.m('a')), 'active', 'control: when a person has looked it takes effect');

-- What a profile rests on does not change -----------------------------------------------------------------------
SELECT throws_ok($$UPDATE job_analysis SET workers_seen = 99 WHERE id = pg_temp.m('a')$$, 'NR001', 'reference_frozen', 'in effect it is not edited');
SELECT throws_ok($$INSERT INTO job_analysis_habilete VALUES (pg_temp.m('a'), 'ALEA', 'found afterwards')$$, 'NR001', 'reference_frozen', 'nothing is added');
SELECT throws_ok($$DELETE FROM job_analysis_habilete WHERE habilete = 'EQUIPE'$$, 'NR001', 'reference_frozen', 'nor taken away');
SELECT throws_ok($$UPDATE job_analysis_task SET task = 'another one'$$, 'NR001', 'reference_frozen', 'nor changed');
SELECT throws_ok($$DELETE FROM job_analysis WHERE id = pg_temp.m('a')$$, 'NR001', 'reference_frozen', 'nor is it removed');
SAVEPOINT frozen;
ALTER TABLE job_analysis_habilete DISABLE TRIGGER job_analysis_habilete_rules;
SELECT lives_ok($$DELETE FROM job_analysis_habilete WHERE habilete = 'EQUIPE'$$, 'control: without its trigger a habileté goes');
ROLLBACK TO frozen;
ALTER TABLE job_analysis DISABLE TRIGGER job_analysis_rules;
SELECT lives_ok($$UPDATE job_analysis SET workers_seen = 99 WHERE id = pg_temp.m('a')$$, 'control: and a number changes');
ROLLBACK TO frozen;

-- Profiles ------------------------------------------------------------------------------------------------------
SELECT pg_temp.act('one');
INSERT INTO made SELECT 'p', profile_next(id) FROM profile WHERE code = 'SERRE' AND state = 'active';
SELECT is((SELECT analysis_id FROM profile WHERE id = pg_temp.m('p')), NULL, 'the shipped examples rest on nothing');
SELECT throws_ok($$SELECT pg_temp.effect('profile', pg_temp.m('p'))$$, 'NR001', 'profile_without_analysis', 'and no version of them takes effect');
SAVEPOINT ungrounded;
UPDATE assessment_setting SET value = 0 WHERE code = 'analysis_required';
SELECT is(pg_temp.effect('profile', pg_temp.m('p')), 'active', 'control: unless the office asks for none');
ROLLBACK TO ungrounded;
INSERT INTO made SELECT 'next', job_analysis_next(pg_temp.m('a'));
SELECT throws_ok($$UPDATE profile SET analysis_id = pg_temp.m('next') WHERE id = pg_temp.m('p')$$, 'NR001', 'analysis_not_active',
                 'a profile does not rest on what can still change');
INSERT INTO made SELECT 'vine', pg_temp.analyse('VIGNE-A', rome => 'A1405');
INSERT INTO job_analysis_task VALUES (pg_temp.m('vine'), 1, 'Tailler', '');
INSERT INTO job_analysis_habilete VALUES (pg_temp.m('vine'), 'ESPACE', 'sees where to cut');
SELECT pg_temp.effect('job_analysis', pg_temp.m('vine'));
SELECT throws_ok($$UPDATE profile SET analysis_id = pg_temp.m('vine') WHERE id = pg_temp.m('p')$$, 'NR001', 'analysis_other_job', 'nor on another job');
SELECT lives_ok($$UPDATE profile SET analysis_id = pg_temp.m('a') WHERE id = pg_temp.m('p')$$, 'control: on one in effect, of this job');
SELECT throws_ok($$UPDATE profile SET rome = 'A1405' WHERE id = pg_temp.m('p')$$, 'NR001', 'analysis_other_job', 'whose job is not changed under it');
INSERT INTO profile_exercise SELECT pg_temp.m('p'), id, 9, 1, NULL FROM exercise WHERE code = 'EX-ESPACE' AND state = 'active';
SELECT throws_ok($$SELECT pg_temp.effect('profile', pg_temp.m('p'))$$, 'NR001', 'exercise_without_ground', 'an exercise for which the work gave no ground');
SAVEPOINT grounds;
CREATE OR REPLACE FUNCTION exercise_without_ground(profile bigint, analysis bigint) RETURNS text LANGUAGE sql STABLE RETURN NULL;
SELECT is(pg_temp.effect('profile', pg_temp.m('p')), 'active', 'control: without the rule it is put into effect');
ROLLBACK TO grounds;
DELETE FROM profile_exercise WHERE profile_id = pg_temp.m('p') AND seq = 9;
SELECT is(pg_temp.effect('profile', pg_temp.m('p')), 'active', 'control: without that exercise it takes effect');
SELECT throws_ok($$UPDATE profile SET analysis_id = NULL WHERE id = pg_temp.m('p')$$, 'NR001', 'reference_frozen',
                 'and rests where it rests');

-- Versions ------------------------------------------------------------------------------------------------------
SELECT throws_ok($$SELECT job_analysis_next(pg_temp.m('a'))$$, '23505', NULL, 'one draft at a time');
SELECT results_eq($$SELECT version, state, (SELECT count(*) FROM job_analysis_task WHERE analysis_id = j.id),
                    (SELECT count(*) FROM job_analysis_habilete WHERE analysis_id = j.id) FROM job_analysis j WHERE id = pg_temp.m('next')$$,
                  $$VALUES (2, 'draft'::text, 2::bigint, 6::bigint)$$, 'a look once more begins with what was found');
SELECT lives_ok($$UPDATE job_analysis SET workers_seen = 12 WHERE id = pg_temp.m('next')$$, 'control: a draft is edited');
-- its text too is looked at, by another than its author
SELECT pg_temp.act('judge');
UPDATE blocked_flag SET state = 'kept', decided_by = actor_account(), decided_at = now(), reason = 'plants and not people' WHERE state = 'open';
SELECT is(pg_temp.effect('job_analysis', pg_temp.m('next')), 'active', 'in effect');
SELECT is((SELECT state FROM job_analysis WHERE id = pg_temp.m('a')), 'retired', 'it retires the one before');
SELECT is((SELECT analysis_id FROM profile WHERE id = pg_temp.m('p')), pg_temp.m('a'), 'on which a profile in effect still rests');
SELECT lives_ok($$SELECT version_retire('profile', pg_temp.m('p'))$$, 'and from which it can retire');
INSERT INTO made SELECT 'p2', profile_next(pg_temp.m('p'));
SELECT is((SELECT analysis_id FROM profile WHERE id = pg_temp.m('p2')), pg_temp.m('next'), 'the next version of it rests on the new one');

-- Who sees it -----------------------------------------------------------------------------------------------------
SELECT pg_temp.act('farm');
SET LOCAL ROLE noria_employer;
SELECT is((SELECT count(*) FROM job_analysis), 3::bigint, 'the employer sees what was seen on his farm');
SELECT throws_ok($$UPDATE job_analysis SET label = 'x'$$, '42501', NULL, 'and changes nothing');
RESET ROLE;
SELECT pg_temp.act('neighbour');
SET LOCAL ROLE noria_employer;
SELECT is((SELECT (SELECT count(*) FROM job_analysis) + (SELECT count(*) FROM job_analysis_task) + (SELECT count(*) FROM job_analysis_habilete)),
          0::bigint, 'another employer sees nothing of it');
RESET ROLE;
SET LOCAL ROLE noria_public;
SELECT throws_ok($$SELECT id FROM job_analysis$$, '42501', NULL, 'nor does the public');
RESET ROLE;

-- The figure ------------------------------------------------------------------------------------------------------
SELECT pg_temp.act('lead');
SELECT throws_ok($$SELECT assessment_propose('analysis_required', 2, 'because of nothing', 1)$$, 'NR001', 'out_of_range', 'a figure has a largest value');
SELECT throws_ok($$SELECT assessment_propose('second_mark_percent', 300, 'because of nothing', 1)$$, 'NR001', 'out_of_range', 'a share is at most all');
SELECT finish(true);
ROLLBACK;
