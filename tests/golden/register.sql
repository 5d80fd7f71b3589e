-- The register of processing, from the comments of the columns: docs/register.md. Compared by
-- tests/sql/catalogue.sql.
SELECT line FROM (
    SELECT 0 AS part, '' AS sort, '# Register of processing

Made from the comments of the columns (`tests/golden/register.sql`); their meaning is in data-protection.md. Only what concerns people is listed.

| table | columns | class | purpose | retention | in an access export |
|---|---|---|---|---|---|' AS line
    UNION ALL
    SELECT 1, c.relname || ' ' || d.description,
           format('| %s | %s | %s |', c.relname, string_agg(a.attname, ', ' ORDER BY a.attnum),
                  regexp_replace(d.description, 'class: (.*); purpose: (.*); retention: (.*); export: (.*)', '\1 | \2 | \3 | \4'))
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = a.attnum
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
      AND d.description !~ '^class: (reference|technical|organisation|act);'
    GROUP BY c.relname, d.description) r
ORDER BY part, sort COLLATE "C";
