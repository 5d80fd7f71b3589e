-- What each login may do, one line a table and privilege: whole tables, else the columns. Compared with
-- grants.txt by tests/sql/catalogue.sql.
SELECT format('%s %s %s%s', g.grantee, lower(g.privilege), g.relname,
              CASE WHEN g.whole THEN '' ELSE ' (' || g.columns || ')' END) AS line
FROM (
    SELECT r.rolname AS grantee, p.privilege, c.relname, has_table_privilege(r.oid, c.oid, p.privilege) AS whole,
           string_agg(a.attname, ', ' ORDER BY a.attnum) AS columns
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    CROSS JOIN pg_roles r
    CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE']) AS p (privilege)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND r.rolname LIKE 'noria\_%'
      AND has_column_privilege(r.oid, c.oid, a.attnum, p.privilege)
    GROUP BY r.rolname, r.oid, c.oid, c.relname, p.privilege
    UNION ALL
    SELECT r.rolname, p.privilege, c.relname, true, ''
    FROM pg_class c CROSS JOIN pg_roles r CROSS JOIN unnest(ARRAY['DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) AS p (privilege)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v') AND r.rolname LIKE 'noria\_%'
      AND has_table_privilege(r.oid, c.oid, p.privilege)) g
UNION ALL
SELECT format('%s execute %s', r.rolname, p.oid::regprocedure)
FROM pg_proc p CROSS JOIN pg_roles r
WHERE p.pronamespace = 'public'::regnamespace AND p.prosecdef AND r.rolname LIKE 'noria\_%'
  AND has_function_privilege(r.oid, p.oid, 'EXECUTE')
ORDER BY 1;
