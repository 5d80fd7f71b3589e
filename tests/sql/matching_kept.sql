-- What a run read, gave and keeps stays as it is; what it keeps of a candidate is told to whoever may see him; a
-- calculation has one answer.
BEGIN;
SELECT plan(24);
\i tests/support/season.sql
SELECT t_season();
CREATE FUNCTION pg_temp.candidate(wanted text, service bigint) RETURNS bigint LANGUAGE sql AS $$
    WITH w AS (INSERT INTO worker DEFAULT VALUES RETURNING id)
    INSERT INTO candidate (campaign_id, org_id, worker_id, token, state, passport_key, person_key, swapped_key, available_from,
        available_to, consent_at, entered_by)
    SELECT t_id('days_183'), service, id, 'KEPT-000' || wanted, 'preselected', decode(md5('k' || wanted), 'hex'),
        decode(md5('l' || wanted), 'hex'), decode(md5('m' || wanted), 'hex'), '2027-01-01', '2027-12-31', now(), t_id('officer')
    FROM w RETURNING id
$$;
INSERT INTO t_ids SELECT 'c' || n, pg_temp.candidate(n::text, t_id('service')) FROM generate_series(1, 3) n;
GRANT SELECT ON t_ids TO noria_ofii, noria_partner;
SELECT act_as(t_id('officer'), t_id('office'), 'officer', '2027-02-01');
CREATE FUNCTION pg_temp.run(kept boolean) RETURNS bigint LANGUAGE sql AS $$
    INSERT INTO matching_run (campaign_id, rule, inputs, inputs_hash, seed, result, result_hash, candidates, contracts, places,
        assigned, proposed, reserve, run_by, run_on, terms, kept_hash)
    VALUES (t_id('days_183'), 'test', 'in', sha256('in'), sha256('s'), 'out', sha256('out'), 2, 1, 1, 1, 1, 0, t_id('officer'),
        '2027-02-01', CASE WHEN kept THEN 'terms' ELSE '' END, CASE WHEN kept THEN sha256('kept') END) RETURNING id
$$;

-- --- what is kept -------------------------------------------------------------------------------------------
INSERT INTO t_ids SELECT 'r', pg_temp.run(false);
INSERT INTO matching_share SELECT t_id('r'), t_id('c1'),
    format(E'c %1$s 1\nr %1$s 7 900\np 10 p\nc %2$s 1\n', t_id('c1'), t_id('c2'));
UPDATE matching_run SET terms = 'terms', kept_hash = sha256('kept') WHERE id = t_id('r');
SELECT throws_ok(format('UPDATE matching_run SET %s WHERE id = t_id(''r'')', s), 'NR001', 'append_only', s || ' is refused')
FROM unnest(ARRAY['terms = ''t''', 'kept_hash = NULL', 'result = ''o''', 'inputs = ''i''', 'seed = sha256(''t'')', 'proposed = 2',
                  'campaign_id = 1']) s;
SELECT throws_ok('DELETE FROM matching_run WHERE id = t_id(''r'')', 'NR001', 'append_only', 'a run stays');
SELECT throws_ok('TRUNCATE matching_share', 'NR001', 'append_only', 'shares are not emptied');
SELECT throws_ok('UPDATE matching_share SET lines = ''c''', 'NR001', 'append_only', 'nor written over');
SELECT throws_ok('DELETE FROM matching_share', 'NR001', 'append_only', 'nor taken away');
SELECT throws_ok('INSERT INTO matching_share VALUES (t_id(''r''), 9, ''c 9 1'')', 'NR001', 'append_only', 'nor added to');
SELECT lives_ok('UPDATE matching_run SET dropped = 1 WHERE id = t_id(''r'')', 'what storing it comes to is another matter');
SELECT throws_ok($$INSERT INTO matching_run (campaign_id, rule, inputs, inputs_hash, seed, result, result_hash, candidates, contracts,
        places, assigned, proposed, reserve, run_by, run_on, terms)
    SELECT campaign_id, rule, inputs, inputs_hash, seed, result, result_hash, 0, 0, 0, 0, 0, 0, run_by, run_on, 'terms'
    FROM matching_run WHERE id = t_id('r')$$, '23514', NULL, 'terms have their hash');
SAVEPOINT open;
ALTER TABLE matching_share DISABLE TRIGGER USER;
ALTER TABLE matching_run DISABLE TRIGGER USER;
SELECT lives_ok('UPDATE matching_share SET lines = ''c''; UPDATE matching_run SET terms = ''t'' WHERE id = t_id(''r'')',
                'control: without the triggers both are written over');
ROLLBACK TO open;

-- --- who is told --------------------------------------------------------------------------------------------
PREPARE told AS SELECT t_id('r') = f.id AS r, f.terms, f.own FROM matching_kept_for(t_id('c1')) f;
SELECT results_eq('told', $$VALUES (true, 'terms', format(E'c %1$s 1\nr %1$s 7 900\np 10 p\n', t_id('c1')))$$, 'his lines, and no one else''s');
SELECT is((SELECT own FROM matching_kept_for(t_id('c2'))), format(E'c %s 1\n', t_id('c2')), 'the last of a share, too');
SELECT is_empty('SELECT * FROM matching_kept_for(t_id(''c3''))', 'nothing of whom the run did not look at');
SELECT act_as(1, t_id('service'), 'partner', '2027-02-01');
SELECT isnt_empty('EXECUTE told', 'his partner service is told');
SELECT act_as(1, t_id('farm'), 'partner', '2027-02-01');
SELECT is_empty('EXECUTE told', 'another is not');
SELECT act_as(t_id('officer'), t_id('office'), 'officer', '2027-02-01');
INSERT INTO t_ids SELECT 'older', pg_temp.run(false);
SELECT is((SELECT own IS NULL AND id = t_id('older') FROM matching_kept_for(t_id('c1'))), true,
          'while a later run keeps nothing yet, nobody is told of an earlier one');

-- --- one answer ---------------------------------------------------------------------------------------------
INSERT INTO t_ids SELECT 'q', o.id FROM calculation_order('replay', NULL, t_id('r'), NULL, 1) o;
SELECT throws_ok('SELECT calculation_supposed(t_id(''q''), 1, ''{1,1,1,1,1,1}'')', 'NR001', 'calculation_ended',
                 'a replay has no simulation''s answer');
SELECT calculation_replayed(t_id('q'), true, true, NULL, sha256('x'));
SELECT throws_ok('SELECT calculation_replayed(t_id(''q''), false, true, NULL, sha256(''x''))', 'NR001', 'calculation_ended',
                 'and is not answered twice');
SELECT is((SELECT inputs_same FROM matching_calculation WHERE id = t_id('q')), true, 'the first answer stays');
SELECT * FROM finish();
ROLLBACK;
