-- Blocked criteria in free text: refused, flagged, without effect until a person has looked. Each guard has
-- its control.
BEGIN;
\i tests/support/effect.sql
SELECT plan(45);

UPDATE assessment_setting SET value = 0 WHERE code = 'analysis_required'; -- tests/sql/job_analysis.sql is of that
INSERT INTO org (kind, name, country) VALUES ('ofii', 'OFII', 'FR');
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT o.id, 'officer', m || '@x.example', m, 'x' FROM org o, unnest(ARRAY['one', 'two']) m WHERE o.name = 'OFII';
CREATE FUNCTION pg_temp.act(mail text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    SELECT act_as(a.id, a.org_id, a.role, '2027-01-15') FROM account a WHERE a.email = mail || '@x.example'
$$;
CREATE FUNCTION pg_temp.words(raw text) RETURNS text LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(string_agg(w.phrase || '/' || s.kind, ', ' ORDER BY w.phrase), '')
    FROM blocked_scan(raw) s JOIN blocked_word w ON w.id = s.word_id
$$;

-- Words ------------------------------------------------------------------------------------------------------
SELECT is(blocked_norm('L''ÉQUIPE : 20–40 ans'), 'l equipe # # ans', 'case, accents, signs and numbers fall away');
SELECT is(blocked_norm('متزوّجَة'), blocked_norm('متزوجه'), 'and Arabic vowel signs and forms of one letter');
SELECT matches(pg_temp.words('Jeunes hommes mariés'), 'jeunes hommes/refuse', 'a phrase that says nothing else');
SELECT is(pg_temp.words('Repiquer de jeunes plants'), 'jeunes/flag', 'a word that may say something else');
SELECT is(pg_temp.words('Travail en équipe, rajeunissement des vergers'), '', 'control: a part of a longer word is no word');
SELECT is(pg_temp.words('Cueillette de pommes, port de charges de 15 kg'), '', 'control: what the work asks');
SELECT matches(pg_temp.words('âgées de 18 à 40 ans'), 'âgées de/refuse', 'an age');
SELECT matches(pg_temp.words('moins de 45 ans'), 'moins de # ans/flag', 'a number of years');
SELECT matches(pg_temp.words('women only, no children'), 'no children/refuse', 'in English');
SELECT matches(pg_temp.words('نِسَاء فقط'), 'نساء فقط/refuse', 'in Arabic');
SELECT matches(pg_temp.words('Main-d''œuvre masculine'), 'masculine', 'through hyphen and apostrophe');
SELECT is(pg_temp.words(NULL), '', 'of nothing, nothing');

-- Versions of the list ---------------------------------------------------------------------------------------
SELECT pg_temp.act('one');
SET LOCAL ROLE noria_ofii;
SELECT lives_ok($$INSERT INTO blocked_word (version, lang, phrase, criterion, kind) VALUES (1, 'fr', 'gaillards', 'sex', 'flag')$$, 'a word is added');
SELECT is((SELECT version FROM blocked_word WHERE phrase = 'gaillards'), 2, 'as the next version of the list');
SELECT is(pg_temp.words('de solides gaillards'), 'gaillards/flag', 'and counts at once');
SELECT throws_ok($$UPDATE blocked_word SET phrase = 'x'$$, '42501', NULL, 'no word is changed');
SELECT lives_ok($$UPDATE blocked_word SET retired = 99 WHERE phrase = 'gaillards'$$, 'it is retired');
SELECT is((SELECT retired FROM blocked_word WHERE phrase = 'gaillards'), 3, 'with the version after');
SELECT is(pg_temp.words('de solides gaillards'), '', 'and counts no more');
SELECT throws_ok($$UPDATE blocked_word SET retired = 100 WHERE phrase = 'gaillards'$$, 'NR001', 'append_only', 'once');

-- Profiles and exercises -------------------------------------------------------------------------------------
SELECT throws_ok($$INSERT INTO profile (code, label, pass_total) VALUES ('X-1', 'Femmes mariées pour la fraise', 0)$$, 'NR001',
                 'criterion_in_text', 'a profile that asks for married women is refused');
SELECT throws_ok($$INSERT INTO profile (code, label, pass_total) VALUES ('JEUNES-HOMMES', 'Taille', 0)$$, 'NR001',
                 'criterion_in_text', 'also by its code');
SELECT throws_ok($$INSERT INTO exercise (code, label, kind, minutes, instructions) VALUES ('X-2', 'Porter', 'manual', 5, 'Hommes uniquement.')$$,
                 'NR001', 'criterion_in_text', 'so is an exercise');
SELECT lives_ok($$INSERT INTO profile (code, label, pass_total) VALUES ('X-3', 'Jeunes plants', 0)$$, 'an ambiguous word is kept');
INSERT INTO profile_exercise (profile_id, exercise_id, seq) SELECT p.id, e.id, 1 FROM profile p, exercise e
WHERE p.code = 'X-3' AND e.code = 'EX-TENSION' AND e.state = 'active';
SELECT is((SELECT string_agg(f.field || ' ' || f.state, ',') FROM blocked_flag f JOIN profile p ON p.id = f.object_id
           WHERE f.object_kind = 'profile' AND p.code = 'X-3'), 'label open', 'and waits for a person');
SELECT throws_ok($$SELECT pg_temp.effect('profile', p.id, 'one', 'two') FROM profile p WHERE p.code = 'X-3'$$, 'NR001', 'criterion_flagged', 'before which it takes no effect');
SELECT throws_ok($$UPDATE blocked_flag SET state = 'kept', decided_by = actor_account(), decided_at = now(), reason = 'young plants, not people'$$,
                 '23514', NULL, 'the author does not decide');
RESET ROLE;
SELECT pg_temp.act('two');
SET LOCAL ROLE noria_ofii;
SELECT lives_ok($$UPDATE blocked_flag SET state = 'kept', decided_by = actor_account(), decided_at = now(), reason = 'young plants, not people'$$,
                'another person does');
UPDATE profile SET label = 'Jeunes plants de fraisier' WHERE code = 'X-3';
SELECT is((SELECT f.state FROM blocked_flag f WHERE f.object_kind = 'profile'), 'open', 'of that text only: another one waits again');
UPDATE profile SET label = 'Plants de fraisier' WHERE code = 'X-3';
SELECT is((SELECT f.state FROM blocked_flag f WHERE f.object_kind = 'profile'), 'gone', 'a word that was taken out waits no more');
SELECT lives_ok($$SELECT pg_temp.effect('profile', p.id, 'one', 'two') FROM profile p WHERE p.code = 'X-3'$$, 'control: then it takes effect');
INSERT INTO exercise (code, label, kind, minutes) VALUES ('X-4', 'Porter', 'manual', 5);
INSERT INTO criterion (exercise_id, seq, label, kind, max_points, anchors)
SELECT id, 1, 'Caisses', 'count', 10, '10 : comme un homme' FROM exercise WHERE code = 'X-4';
SELECT is((SELECT f.field FROM blocked_flag f WHERE f.object_kind = 'exercise'), 'anchors:1', 'the anchors of a criterion are looked at');
DELETE FROM criterion WHERE exercise_id = (SELECT id FROM exercise WHERE code = 'X-4');
SELECT is((SELECT f.state FROM blocked_flag f WHERE f.object_kind = 'exercise'), 'gone', 'and their words go with it');
RESET ROLE;

-- Control: without the guard the same text takes effect -------------------------------------------------------
ALTER TABLE profile DISABLE TRIGGER blocked_watch;
SELECT lives_ok($$INSERT INTO profile (code, label, pass_total) VALUES ('X-5', 'Femmes mariées pour la fraise', 0)$$,
                'control: without its trigger nothing is refused');
SELECT is((SELECT count(*) FROM blocked_flag f JOIN profile p ON p.id = f.object_id AND f.object_kind = 'profile' WHERE p.code = 'X-5'),
          0::bigint, 'control: nor flagged');
-- The same of each other table that is looked at.
CREATE TEMP TABLE tried (n serial, place text, act text);
INSERT INTO org (kind, name, siret, country) VALUES ('employer', 'Farm', '73282932000074', 'FR');
INSERT INTO campaign (code, season, name, first_day, last_day, state) VALUES ('B-2027', 2027, 'B', '2027-01-01', '2027-12-31', 'open');
INSERT INTO tried (place, act) VALUES
    ('habilete', $$INSERT INTO habilete (code, label, basis, source) VALUES ('JEUNES-HOMMES', 'Porter', 'own', 'test')$$),
    ('habilete', $$INSERT INTO habilete (code, label, definition, basis, source) VALUES ('X-6', 'Porter', 'Réservé aux hommes mariés.', 'own', 'test')$$),
    ('exercise', $$INSERT INTO exercise (code, label, kind, minutes, instructions) VALUES ('X-7', 'Porter', 'manual', 5, 'Hommes uniquement.')$$),
    ('criterion', $$INSERT INTO criterion (exercise_id, seq, label, kind, max_points)
                    SELECT id, 9, 'Femmes mariées', 'count', 10 FROM exercise WHERE code = 'X-4'$$),
    ('contract', $$INSERT INTO contract (campaign_id, org_id, serial, check_code, places, first_day, last_day, rome, crop, tasks, commune, weekly_hours, hourly_wage)
                   SELECT c.id, o.id, 'AC-B-1', 'AAAAAA', 1, '2027-03-01', '2027-05-31', 'A1401', 'pommes', 'Cueillette, femmes mariées', '84007', 35, 13
                   FROM campaign c, org o WHERE c.code = 'B-2027' AND o.name = 'Farm'$$);
ALTER TABLE contract DISABLE TRIGGER USER; -- what else a contract must be is tested elsewhere
ALTER TABLE contract ENABLE TRIGGER blocked_watch;
UPDATE exercise SET state = 'draft' WHERE code = 'X-4';
SELECT throws_ok(act, 'NR001', 'criterion_in_text', place || ': refused') FROM tried ORDER BY n;
ALTER TABLE habilete DISABLE TRIGGER blocked_watch;
ALTER TABLE exercise DISABLE TRIGGER blocked_watch;
ALTER TABLE criterion DISABLE TRIGGER blocked_watch;
ALTER TABLE contract DISABLE TRIGGER blocked_watch;
SELECT lives_ok(act, 'control: ' || place || ': taken without its trigger') FROM tried ORDER BY n;
SELECT finish(true);
ROLLBACK;
