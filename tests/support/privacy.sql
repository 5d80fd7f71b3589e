-- A worker whose every column in every table of person_tables() holds a value that stands nowhere else. The rules
-- that such values break (constraints, triggers) are off in this database.
CREATE SEQUENCE t_number;
CREATE TABLE t_canary (relation text, name text, value jsonb);

CREATE FUNCTION t_value(kind text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    n int := nextval('t_number');
BEGIN
    RETURN CASE
        WHEN kind = 'text' THEN 'canary-' || n || '-'
        WHEN kind IN ('bigint', 'integer') THEN (770000000 + n)::text
        WHEN kind LIKE 'numeric%' THEN (1000 + n)::text
        WHEN kind = 'date' THEN (date '1900-01-01' + n)::text
        WHEN kind LIKE 'timestamp%' THEN (date '1910-01-01' + n)::text
        WHEN kind = 'boolean' THEN 'true'
        WHEN kind = 'bytea' THEN '\x' || encode(convert_to('canary-' || n || '-', 'UTF8'), 'hex')
        WHEN kind = 'text[]' THEN '{canary-' || n || '-}'
        WHEN kind = 'bigint[]' THEN '{' || 770000000 + n || '}'
        WHEN kind = 'jsonb' THEN '{"c": "canary-' || n || '-"}'
        WHEN kind = 'uuid' THEN gen_random_uuid()::text
        WHEN kind = 'daterange' THEN format('[%s,%s)', date '1900-01-01' + n, date '1900-01-01' + n + 1)
    END;
END
$$;

-- A row of a table: `known` where it hangs on the others, a canary everywhere else.
CREATE FUNCTION t_fill(relation text, known jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    made jsonb;
    names text;
    vals text;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum),
           string_agg(CASE WHEN known ? a.attname THEN quote_nullable(known->>a.attname)
                           ELSE quote_literal(t_value(format_type(a.atttypid, NULL))) END || '::' || format_type(a.atttypid, a.atttypmod),
                      ', ' ORDER BY a.attnum)
    INTO names, vals
    FROM pg_attribute a WHERE a.attrelid = to_regclass(relation) AND a.attnum > 0 AND NOT a.attisdropped;
    EXECUTE format('INSERT INTO %I (%s) OVERRIDING SYSTEM VALUE VALUES (%s) RETURNING to_jsonb(%I)', relation, names, vals, relation)
        INTO made;
    INSERT INTO t_canary SELECT t_fill.relation, m.key, m.value FROM jsonb_each(made) m;
END
$$;

CREATE FUNCTION t_person(sealed bytea, wrapped bytea, cti bytea, paper bytea) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    FOR r IN SELECT c.conrelid::regclass AS relation, c.conname FROM pg_constraint c
             WHERE c.contype IN ('c', 'f') AND c.connamespace = 'public'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.relation, r.conname);
    END LOOP;
    SET LOCAL session_replication_role = replica;
    PERFORM t_fill('worker', '{"id": 90001, "erased_at": null, "erased_for": null}');
    PERFORM t_fill('worker_identity', jsonb_build_object('worker_id', 90001, 'sealed', sealed::text, 'wrapped', wrapped::text));
    PERFORM t_fill('candidate', '{"id": 90002, "worker_id": 90001}');
    PERFORM t_fill('contract_returnee', '{"worker_id": 90001}');
    PERFORM t_fill('seat', '{"id": 90003, "candidate_id": 90002}');
    PERFORM t_fill('session_incident', '{"seat_id": 90003}');
    PERFORM t_fill('appeal', '{"seat_id": 90003}');
    PERFORM t_fill('certificate', '{"candidate_id": 90002}');
    PERFORM t_fill('marker', '{"seat_id": 90003}');
    PERFORM t_fill('mark', '{"seat_id": 90003}');
    PERFORM t_fill('adjudication', '{"seat_id": 90003}');
    PERFORM t_fill('result', '{"seat_id": 90003, "candidate_id": 90002}');
    PERFORM t_fill('proposal', '{"id": 90007, "candidate_id": 90002}');
    PERFORM t_fill('interview', '{"proposal_id": 90007}');
    PERFORM t_fill('placement', '{"id": 90004, "candidate_id": 90002, "worker_id": 90001, "complaints_open": 0, "overstay_days": 0, "state": "returned_verified"}');
    PERFORM t_fill('placement_fact', '{"placement_id": 90004}');
    PERFORM t_fill('fee_answer', '{"placement_id": 90004}');
    PERFORM t_fill('document_seen', '{"candidate_id": 90002}');
    PERFORM t_fill('work_seen', '{"placement_id": 90004}');
    PERFORM t_fill('own_try', '{"worker_id": 90001}');
    PERFORM t_fill('worker_stay', '{"worker_id": 90001}');
    PERFORM t_fill('stay_correction', '{"worker_id": 90001}');
    PERFORM t_fill('derogation_worker', '{"worker_id": 90001}');
    PERFORM t_fill('derogation_over', '{"worker_id": 90001}');
    PERFORM t_fill('document', jsonb_build_object('id', 90005, 'placement_id', 90004, 'cti', cti::text, 'sealed', paper::text, 'kind', 1));
    PERFORM t_fill('document_withdrawal', '{"document_id": 90005}');
    PERFORM t_fill('return_evidence', '{"placement_id": 90004}');
    PERFORM t_fill('return_exception', '{"placement_id": 90004}');
    PERFORM t_fill('non_return', '{"placement_id": 90004}');
    PERFORM t_fill('fraud_case', '{"id": 90006, "candidate_id": 90002}');
    PERFORM t_fill('case_likeness', '{"case_id": 90006}');
    PERFORM t_fill('audit_leaf', '{"object_kind": "candidate", "object_id": 90002, "act": "candidate.unseal", "org_id": 1}');
    PERFORM t_fill('privacy_request', '{"id": 100, "worker_id": 90001, "candidate_id": 90002, "kind": "access"}');
    PERFORM setval(pg_get_serial_sequence('privacy_request', 'id'), 100);
    SET LOCAL session_replication_role = origin;
END
$$;

-- What the register promises to the person and a file does not hold; tables that nothing was planted in count too.
CREATE FUNCTION t_missing(request bigint) RETURNS bigint LANGUAGE sql AS $$
    WITH file AS MATERIALIZED (SELECT e.relation, e.rows FROM privacy_export(request, false) e),
    promised AS (
        SELECT p.relation, n AS name FROM person_tables() p JOIN column_register() r ON r.relation = p.relation AND r.export = 'yes',
        unnest(r.columns) n WHERE n <> 'sealed')
    SELECT count(*) FROM promised p LEFT JOIN t_canary k ON k.relation = p.relation AND k.name = p.name
    WHERE NOT EXISTS (SELECT FROM file f, jsonb_array_elements(f.rows) r
                      WHERE f.relation = p.relation AND r->p.name = k.value)
$$;

-- Columns anywhere in the database that still hold a text with those words; `beside`: tables that may.
CREATE FUNCTION t_left(words text, beside text[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    r record;
    found bigint;
    told text := '';
BEGIN
    FOR r IN SELECT c.relname, a.attname, format_type(a.atttypid, NULL) AS kind FROM pg_class c
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
             WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> ALL (beside) AND c.relname NOT LIKE 't\_%' LOOP
        EXECUTE format('SELECT count(*) FROM %I x WHERE %s ~ %L', r.relname,
            CASE r.kind WHEN 'bytea' THEN format('encode(x.%I, ''escape'')', r.attname) ELSE format('x.%I::text', r.attname) END, words)
            INTO found;
        IF found > 0 THEN
            told := told || format('%s.%s ', r.relname, r.attname);
        END IF;
    END LOOP;
    RETURN told;
END
$$;
