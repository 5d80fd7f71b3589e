-- Personal data against the catalogue: every table of a person's is known to the access export and the erasure,
-- every column of theirs that could tell who he is was decided about, every limit has a purge.
BEGIN;
SELECT plan(14);

PREPARE unlimited AS SELECT DISTINCT r.retention FROM column_register() r
    WHERE r.retention NOT IN (SELECT l.code FROM retention_limit l);
SELECT is_empty('unlimited', 'every retention word of the register is a limit with its source');
SELECT is_empty($$SELECT l.code FROM retention_limit l WHERE l.code NOT IN (SELECT r.retention FROM column_register() r)$$,
    'and no limit is of nothing');
SELECT is_empty($$SELECT l.code FROM retention_limit l WHERE l.days IS NOT NULL AND l.code NOT IN ('candidate', 'worker')
    AND l.code NOT IN (SELECT p.code FROM purge_rules() p)$$, 'every limit of days has a rule of the purge');
PREPARE unpurged AS SELECT r.relation || ' ' || r.retention FROM column_register() r JOIN retention_limit l ON l.code = r.retention
    WHERE l.days IS NOT NULL AND r.class NOT IN ('technical', 'reference', 'organisation', 'act')
      AND NOT EXISTS (SELECT FROM purge_rules() p WHERE p.code = r.retention AND p.relation = r.relation)
      AND NOT EXISTS (SELECT FROM person_tables() t WHERE t.relation = r.relation)
      -- batches hold numbers of placements; a session of tests names its examiners only
      AND r.relation NOT IN ('document_batch', 'document_batch_item', 'test_session', 'session_pack', 'session_meeting');
SELECT is_empty('unpurged', 'every table with personal columns that have a limit is purged or erased');

PREPARE unexported AS SELECT DISTINCT r.relation FROM column_register() r
    WHERE r.export = 'yes' AND r.relation NOT IN (SELECT t.relation FROM person_tables() t);
SELECT is_empty('unexported', 'every table that the register promises to the person has a way to him');
-- Text, lists, JSON and bytes can hold anything: emptied, or known to hold the program's own words.
PREPARE undecided AS SELECT t.relation || '.' || a.attname FROM person_tables() t
    JOIN pg_attribute a ON a.attrelid = to_regclass(t.relation) AND a.attnum > 0 AND NOT a.attisdropped
    WHERE t.cleared IS NOT NULL AND a.atttypid IN ('text'::regtype, 'text[]'::regtype, 'jsonb'::regtype, 'bytea'::regtype)
      AND a.attname <> ALL (t.words)
      AND NOT EXISTS (SELECT FROM unnest(t.cleared) c WHERE split_part(c, ' = ', 1) = a.attname);
SELECT is_empty('undecided', 'every column of a person that can hold words is emptied or named as harmless');
SELECT is_empty($$SELECT t.relation, r.class FROM person_tables() t JOIN column_register() r ON r.relation = t.relation
    AND r.class IN ('identity', 'blind') AND t.relation <> 'worker_identity', unnest(r.columns) n
    WHERE n <> 'text' AND NOT EXISTS (SELECT FROM unnest(t.cleared) c WHERE split_part(c, ' = ', 1) = n)$$,
    'what is sealed or a digest is emptied');

-- Nobody but the erasure gets past what may never change, whatever he sets.
SELECT set_config('noria.erasing', 'on', true);
SELECT ok(erasing(), 'the owner inside an erasure may');
SET LOCAL ROLE noria_ofii;
SELECT ok(NOT erasing(), 'a login that sets the setting may not');
SELECT throws_ok('SELECT erase_worker(1, ''limit'')', '42501', NULL, 'nor erase');
SELECT throws_ok('SELECT purge_rest()', '42501', NULL, 'nor purge');
RESET ROLE;
SELECT set_config('noria.erasing', '', true);

-- controls
ALTER TABLE candidate ADD COLUMN nickname text;
SELECT isnt_empty('undecided', 'control: a new column that nobody decided about is found');
DELETE FROM retention_limit WHERE code = 'case';
SELECT isnt_empty('unlimited', 'control: a limit that is gone is found');
CREATE OR REPLACE FUNCTION person_tables() RETURNS TABLE (relation text, his text, cleared text[], words text[])
LANGUAGE sql AS $$SELECT NULL::text, NULL::text, NULL::text[], NULL::text[] WHERE false$$;
SELECT isnt_empty('unexported', 'control: a table that the export forgot is found');

SELECT finish(true);
ROLLBACK;
