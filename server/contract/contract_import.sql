-- The import of contracts: a chunk of rows travels as one JSON array, checked and written by sets.

-- The same file again: the batch that took it.
-- name: contract_import_begin
-- class: employer, ofii
INSERT INTO import_batch AS b (campaign_id, org_id, kind, file_hash, account_id)
VALUES (:campaign::bigint, actor_org(), 'contract', :hash::bytea, actor_account())
ON CONFLICT (kind, campaign_id, org_id, file_hash) DO UPDATE SET created_at = clock_timestamp()
RETURNING b.id;

-- Employers that officers' files bring along, when their name and NAF code are given.
-- name: contract_import_employers
-- class: ofii
INSERT INTO org (kind, name, siret, naf, commune, hectares, headcount, active_from)
SELECT DISTINCT ON (r.siret) 'employer', r.employer_name, r.siret, r.employer_naf, r.employer_commune,
    r.employer_hectares, r.employer_headcount, r.employer_active_from
FROM jsonb_to_recordset(:rows::jsonb) AS r (siret text, employer_name text, employer_naf text,
    employer_commune text, employer_hectares numeric, employer_headcount int, employer_active_from date)
WHERE r.siret IS NOT NULL AND r.employer_name IS NOT NULL AND r.employer_naf IS NOT NULL
ORDER BY r.siret
ON CONFLICT (siret) DO NOTHING;

-- What the database finds wrong with each row. A row whose reference is there already has no fault:
-- it is not written again. `submit` adds what a submission asks for.
-- name: contract_import_check
-- class: employer, ofii
SELECT r.row, f.field, f.code, f.detail
FROM (SELECT j.row, j.siret, j.employer_ref, j.first_day, j.last_day, j.rome, j.commune, j.housing_commune,
          j.hourly_wage, j.proof_kind, j.proof_from, j.proof_to, j.proof_reference, j.sites,
          jsonb_build_object('crop', j.crop, 'variety', j.variety, 'tasks', j.tasks, 'work_pattern', j.work_pattern,
              'piece_rate', j.piece_rate, 'collective_agreement', j.collective_agreement, 'meals', j.meals,
              'transport', j.transport, 'demands', j.demands, 'equipment', j.equipment) AS texts,
          row_number() OVER (PARTITION BY j.siret, j.employer_ref ORDER BY j.row) AS occurrence
      FROM jsonb_to_recordset(:rows::jsonb) AS j (row int, siret text, employer_ref text, first_day date,
          last_day date, rome text, commune text, housing_commune text, hourly_wage numeric, proof_kind text,
          proof_from date, proof_to date, proof_reference text, sites jsonb, crop text, variety text, tasks text,
          work_pattern text, piece_rate text, collective_agreement text, meals text, transport text, demands text,
          equipment text)) AS r
LEFT JOIN org o ON o.kind = 'employer'
    AND CASE WHEN r.siret IS NULL THEN o.id = actor_org() ELSE o.siret = r.siret END
CROSS JOIN LATERAL (SELECT array_prepend(r.commune, ARRAY(SELECT s.commune
    FROM jsonb_to_recordset(r.sites) AS s (commune text)))) AS w (communes)
CROSS JOIN LATERAL (
    SELECT 'siret' AS field, CASE WHEN r.siret IS NULL THEN 'required'
        WHEN :others::boolean THEN 'unknown_employer' ELSE 'other_employer' END AS code, '' AS detail
    WHERE o.id IS NULL
    UNION ALL
    SELECT 'employer_ref', 'duplicate', ''
    WHERE r.occurrence > 1
    UNION ALL
    SELECT t.field, t.code, t.detail
    FROM contract_faults(:campaign::bigint, r.first_day, r.last_day, r.rome, r.commune, w.communes[2:],
                         r.housing_commune, r.hourly_wage) t
    UNION ALL
    SELECT t.field, t.code, t.detail FROM contract_shows(o.id, r.texts) t
    UNION ALL
    SELECT 'first_day', 'starts_in_the_past', r.first_day::text
    WHERE :submit::boolean AND r.first_day <= today()
    UNION ALL
    SELECT 'proof_kind', p.code, ''
    FROM contract_proof_fault(r.proof_kind, r.proof_from, r.proof_to, r.proof_reference, r.rome, w.communes,
                              today()) AS p (code)
    WHERE :submit::boolean AND p.code IS NOT NULL) f
WHERE NOT EXISTS (SELECT FROM contract k WHERE k.campaign_id = :campaign::bigint AND k.org_id = o.id
                                           AND k.employer_ref = r.employer_ref)
ORDER BY r.row;

-- name: contract_import_write
-- class: employer, ofii
INSERT INTO contract (campaign_id, org_id, import_id, serial, check_code,
    employer_ref, places, named_returnees, first_day, last_day, tolerance_days, rome, crop, variety,
    hectares, tasks, profile_id, experience_months, commune, site_address, weekly_hours, work_pattern,
    night_work, sunday_work, pay_kind, hourly_wage, piece_rate, collective_agreement, language, meals,
    transport, driving, demands, equipment, housing_kind, housing_address, housing_commune, housing_basins,
    housing_showers, housing_toilets, housing_eating_m2, housing_bunks, housing_rent, proof_kind,
    proof_reference, proof_publisher, proof_from, proof_to)
SELECT :campaign::bigint, o.id, :import::bigint, '', '',
    r.employer_ref, r.places, r.named_returnees, r.first_day, r.last_day, r.tolerance_days, r.rome, r.crop,
    r.variety, r.hectares, r.tasks, r.profile_id, r.experience_months, r.commune, r.site_address,
    r.weekly_hours, r.work_pattern, r.night_work, r.sunday_work, r.pay_kind, r.hourly_wage, r.piece_rate,
    r.collective_agreement, r.language, r.meals, r.transport, r.driving, r.demands, r.equipment,
    r.housing_kind, r.housing_address, r.housing_commune, r.housing_basins, r.housing_showers,
    r.housing_toilets, r.housing_eating_m2, r.housing_bunks, r.housing_rent, r.proof_kind, r.proof_reference,
    r.proof_publisher, r.proof_from, r.proof_to
FROM jsonb_to_recordset(:rows::jsonb) AS r (row int, siret text,
    employer_ref text, places int, named_returnees int, first_day date, last_day date, tolerance_days int,
    rome text, crop text, variety text, hectares numeric, tasks text, profile_id bigint,
    experience_months int, commune text, site_address text, weekly_hours numeric, work_pattern text,
    night_work boolean, sunday_work boolean, pay_kind text, hourly_wage numeric, piece_rate text,
    collective_agreement text, language text, meals text, transport text, driving boolean, demands text,
    equipment text, housing_kind text, housing_address text, housing_commune text, housing_basins int,
    housing_showers int, housing_toilets int, housing_eating_m2 numeric, housing_bunks boolean,
    housing_rent numeric, proof_kind text, proof_reference text, proof_publisher text, proof_from date,
    proof_to date)
JOIN org o ON o.kind = 'employer' AND CASE WHEN r.siret IS NULL THEN o.id = actor_org() ELSE o.siret = r.siret END
ORDER BY r.row
ON CONFLICT (campaign_id, org_id, employer_ref) DO NOTHING
RETURNING id;

-- Rooms and other work places of what contract_import_write() just wrote.
-- name: contract_import_rooms
-- class: employer, ofii
INSERT INTO contract_room (contract_id, seq, area_m2, occupants, sex)
SELECT k.id, l.seq, (l.room ->> 'area_m2')::numeric, (l.room ->> 'occupants')::int, l.room ->> 'sex'
FROM jsonb_to_recordset(:rows::jsonb) AS r (siret text, employer_ref text, rooms jsonb)
JOIN org o ON o.kind = 'employer' AND CASE WHEN r.siret IS NULL THEN o.id = actor_org() ELSE o.siret = r.siret END
JOIN contract k ON k.campaign_id = :campaign::bigint AND k.org_id = o.id AND k.employer_ref = r.employer_ref
    AND k.import_id = :import::bigint AND k.id = ANY (:ids::bigint[])
CROSS JOIN LATERAL jsonb_array_elements(r.rooms) WITH ORDINALITY AS l (room, seq);

-- name: contract_import_sites
-- class: employer, ofii
INSERT INTO contract_site (contract_id, commune)
SELECT DISTINCT k.id, s.commune
FROM jsonb_to_recordset(:rows::jsonb) AS r (siret text, employer_ref text, sites jsonb)
JOIN org o ON o.kind = 'employer' AND CASE WHEN r.siret IS NULL THEN o.id = actor_org() ELSE o.siret = r.siret END
JOIN contract k ON k.campaign_id = :campaign::bigint AND k.org_id = o.id AND k.employer_ref = r.employer_ref
    AND k.import_id = :import::bigint AND k.id = ANY (:ids::bigint[])
CROSS JOIN LATERAL jsonb_to_recordset(r.sites) AS s (commune text);

-- name: contract_import_submit
-- class: employer, ofii
WITH moved AS (
    UPDATE contract SET state = 'submitted', version = version + 1
    WHERE id = ANY (:ids::bigint[]) AND state = 'draft'
    RETURNING id)
SELECT count(audit('contract.submit', 'contract', moved.id)) AS submitted FROM moved;

-- name: contract_import_screen
-- class: employer, ofii
SELECT sum(screen_contract(id)) AS cases FROM unnest(:ids::bigint[]) AS id;

-- name: contract_import_end
-- class: employer, ofii
WITH done AS (
    UPDATE import_batch SET rows_ok = :ok::int, rows_same = :same::int, rows_bad = :bad::int,
        errors_csv = :errors::bytea
    WHERE id = :import::bigint
    RETURNING id)
SELECT done.id, audit('contract.import', 'import_batch', done.id, NULL,
                      jsonb_build_object('ok', :ok::int, 'same', :same::int, 'bad', :bad::int)) AS _leaf
FROM done;

-- name: contract_import_by_id
-- class: employer, ofii
SELECT b.id, b.campaign_id, b.rows_ok, b.rows_same, b.rows_bad, b.created_at
FROM import_batch b WHERE b.id = :id::bigint AND b.kind = 'contract';

-- name: contract_import_errors
-- class: employer, ofii
SELECT convert_from(b.errors_csv, 'UTF8') AS errors
FROM import_batch b WHERE b.id = :id::bigint AND b.kind = 'contract' AND b.rows_bad > 0;
