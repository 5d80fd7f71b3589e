-- The catalogue itself: logins, row-level security, grants, views, and what every column is kept for. Run from
-- the repository's root. UPDATE: `psql -qXAt -f tests/golden/grants.sql > tests/golden/grants.txt`, and the
-- same for register.sql into docs/register.md; read the diff.
\set grants `cat tests/golden/grants.txt`
\set register `cat docs/register.md`
\set has_register `grep -v '^--' tests/golden/register.sql | sed 's/;$//'`
\set has_grants `grep -v '^--' tests/golden/grants.sql | sed 's/;$//'`
BEGIN;
SELECT plan(28);

-- --- logins -----------------------------------------------------------------------------------------
SELECT is((SELECT count(*) FROM pg_roles WHERE rolname LIKE 'noria\_%'), 5::bigint, 'five logins, one a class of users');
SELECT is_empty($$SELECT rolname FROM pg_roles WHERE rolname LIKE 'noria\_%'
    AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls OR rolinherit OR NOT rolcanlogin)$$,
    'none has a power of its own');
SELECT is_empty($$SELECT 1 FROM pg_auth_members m JOIN pg_roles r ON r.oid IN (m.member, m.roleid) WHERE r.rolname LIKE 'noria\_%'$$,
    'members of nothing, and nobody is a member of them');
SELECT is_empty($$SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname LIKE 'noria\_%'
    UNION ALL SELECT p.proname FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner WHERE r.rolname LIKE 'noria\_%'$$,
    'they own nothing');
SELECT is_empty($$SELECT r.rolname FROM pg_roles r WHERE r.rolname LIKE 'noria\_%'
    AND has_schema_privilege(r.oid, 'public', 'CREATE')$$, 'and may create nothing in the schema');

-- --- rows -------------------------------------------------------------------------------------------
PREPARE open_tables AS SELECT c.relname FROM pg_class c
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT c.relrowsecurity
      -- public facts and rules
      AND c.relname NOT IN ('agreement', 'assessment_setting', 'blocked_word', 'commune', 'country', 'criterion', 'department', 'exercise',
          'exercise_form', 'exercise_habilete', 'habilete', 'linkage_weight', 'placement_fact_kind', 'placement_move', 'profile', 'profile_exercise', 'region',
          'rome_code', 'schema_migration', 'shortage_list', 'smic');
SELECT is_empty('open_tables',
    'every table that knows a person or an organisation has row-level security');
SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
    AND c.relrowsecurity AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
    AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname LIKE 'noria\_%' AND has_any_column_privilege(r.oid, c.oid, 'SELECT'))$$,
    'and a policy when a login may read it');
SELECT is_empty($$SELECT c.relname FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
    AND c.relname NOT LIKE 'tap%' AND c.relname NOT LIKE 'pg%' AND NOT coalesce('security_invoker=true' = ANY (c.reloptions), false)$$,
    'views see with the reader''s rights');
-- --- functions that act with the owner's rights -------------------------------------------------------
SELECT is_empty($$SELECT p.oid::regprocedure FROM pg_proc p WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
    AND NOT coalesce(p.proconfig::text ~ 'search_path=public, pg_temp', false)$$,
    'functions with the owner''s rights fix their search path');

PREPARE public_functions AS SELECT p.oid::regprocedure FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace AND a.grantee = 0
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e');
SELECT is_empty('public_functions', 'and none of them is PUBLIC''s: each login has those that it calls');
SELECT is_empty($$SELECT p.oid::regprocedure, r.rolname FROM pg_proc p, pg_roles r WHERE r.rolname LIKE 'noria\_%'
    AND p.prosecdef AND p.prorettype = 'trigger'::regtype AND p.pronamespace = 'public'::regnamespace
    AND has_function_privilege(r.oid, p.oid, 'EXECUTE')$$, 'a trigger''s function is nobody''s to call');

-- --- policies -----------------------------------------------------------------------------------------
-- A sub-select that names the row is run once a row. By a primary key it is one look into an index; in any other
-- place it must be the array that is made once: = ANY (ARRAY(SELECT …)).
PREPARE slow_policies AS SELECT p.polrelid::regclass, p.polname
    FROM pg_policy p, concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) AS e
    WHERE e ~ '\mFROM\M' AND e !~ 'ARRAY\(\s*SELECT'
      AND (p.polrelid::regclass::text, p.polname) NOT IN (('worker_identity', 'worker_identity_own'),
          ('fraud_case', 'fraud_case_own'), ('contract_room', 'contract_room_own'), ('contract_site', 'contract_site_own'), ('contract_place', 'contract_place_own'));
SELECT is_empty('slow_policies', 'policies compare with an array, but five that look a row up by its key');

-- --- who hears of an employer -----------------------------------------------------------------------------
SELECT is_empty($$SELECT a.attname FROM pg_attribute a WHERE a.attrelid = 'contract'::regclass
    AND a.attname IN ('org_id', 'employer_ref', 'check_code', 'site_address', 'housing_address', 'proof_reference',
                      'proof_publisher', 'reason', 'import_id', 'created_by')
    AND has_column_privilege('noria_partner', 'contract', a.attnum, 'SELECT')$$,
    'no column that tells whose a contract is, is for partner services');

-- --- identities ---------------------------------------------------------------------------------------
PREPARE told_columns AS SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
    JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = a.attnum
    WHERE d.description ~ '^class: (identity|blind|secret|sensitive);' AND c.relname NOT IN ('document', 'import_batch', 'fraud_case')
      AND c.relname NOT LIKE 'placement%'
      AND (has_column_privilege('noria_employer', c.oid, a.attnum, 'SELECT') OR has_column_privilege('noria_public', c.oid, a.attnum, 'SELECT'));
SELECT is_empty('told_columns',
    'no column that tells who somebody is, or what he said in confidence, is for employers or the public');
SELECT ok(NOT has_column_privilege('noria_employer', 'document', 'sealed', 'SELECT'), 'nor the sealed text of a document');

-- --- columns ------------------------------------------------------------------------------------------
PREPARE unclassed_columns AS SELECT c.relname || '.' || a.attname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
      AND coalesce(d.description, '') !~ '^class: [a-z]+; purpose: [a-z ]+; retention: [a-z0-9 ]+; export: (yes|no)$';
SELECT is_empty('unclassed_columns',
    'every column has a class, a purpose, a retention and an export (migrations/replaceable/90_register.sql)');
SELECT is_empty($$SELECT r.relation, n FROM column_register() r, unnest(r.columns) n
    WHERE NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = to_regclass(r.relation) AND a.attname = n AND NOT a.attisdropped)$$,
    'and the register names no column that is gone');

-- --- criteria that may not select -------------------------------------------------------------------------
-- Sex, birth and family of a person stand sealed in worker_identity.sealed and nowhere else, so that nothing
-- that filters, sorts, matches or scores can name them. A room's `sex` says who sleeps in it.
PREPARE blocked_columns AS SELECT c.relname || '.' || a.attname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'v') AND c.relnamespace = 'public'::regnamespace AND c.relname || '.' || a.attname <> 'contract_room.sex'
      AND a.attname ~ '(^|_)(sex|gender|age|birth|born|dob|marital|married|spouse|family|children|pregnan|nationality|ethnic|religion|village)(_|$|[a-z]*$)'
      AND a.attname !~ '(^|_)(agency|agent|agreement)';
SELECT is_empty('blocked_columns', 'no column says sex, age, marital status, family or origin of a person');

-- --- golden files ---------------------------------------------------------------------------------------
CREATE TEMP TABLE granted ON COMMIT DROP AS :has_grants;
CREATE TEMP TABLE golden ON COMMIT DROP AS SELECT line FROM regexp_split_to_table(:'grants', E'\n') AS line WHERE line <> '';
SELECT is_empty('SELECT line FROM granted EXCEPT SELECT line FROM golden
    EXCEPT SELECT line FROM granted WHERE line ~ ''(pg_all_foreign_keys|tap_funky)$'' -- pgTAP''s own', 'no grant beyond tests/golden/grants.txt');
SELECT is_empty('SELECT line FROM golden EXCEPT SELECT line FROM granted', 'and none less');
CREATE TEMP TABLE registered ON COMMIT DROP AS :has_register;
SELECT is((SELECT string_agg(line, E'\n') FROM registered), :'register', 'docs/register.md is of this catalogue');

-- --- controls: each defence taken away is noticed ---------------------------------------------------------
ALTER TABLE placement DISABLE ROW LEVEL SECURITY;
SELECT isnt_empty('open_tables', 'control: a table without row-level security is found');
GRANT SELECT (sealed) ON worker_identity TO noria_employer;
SELECT isnt_empty('told_columns', 'control: an identity granted to employers is found');
ALTER TABLE candidate ADD COLUMN birth_year int;
SELECT isnt_empty('blocked_columns', 'control: a column that matching could read an age from is found');
ALTER TABLE candidate ADD COLUMN nickname text;
SELECT isnt_empty('unclassed_columns', 'control: a column that nobody classed is found');
CREATE FUNCTION everybodys() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS 'SELECT 1';
SELECT isnt_empty('public_functions', 'control: a function with the owner''s rights that is PUBLIC''s is found');
CREATE POLICY slow ON campaign_service FOR SELECT TO noria_partner USING (EXISTS (SELECT FROM candidate c WHERE c.org_id = campaign_service.org_id));
SELECT isnt_empty('slow_policies', 'control: a policy that is run once a row is found');
GRANT SELECT ON contract TO noria_partner;
SELECT ok(has_column_privilege('noria_partner', 'contract', 'org_id', 'SELECT'), 'control: whose a contract is, granted, is seen by the same question');

SELECT finish(true);
ROLLBACK;
