-- Reference tables; open to every class, edited by OFII's.

-- name: reference_smic_list
-- class: ofii, employer, partner
SELECT s.from_day, s.hourly, s.source, count(*) OVER () AS _all FROM smic s ORDER BY s.from_day DESC LIMIT 200;

-- name: reference_smic_add
-- class: ofii
WITH made AS (
    INSERT INTO smic (from_day, hourly, source) VALUES (:from_day::date, :hourly::numeric, :source)
    RETURNING from_day, hourly)
SELECT made.from_day, audit('reference.add_smic', 'smic', to_char(made.from_day, 'YYYYMMDD')::bigint, NULL,
                            jsonb_build_object('hourly', made.hourly)) AS _leaf
FROM made;

-- One row an occupation and region; `day` narrows to what is in force.
-- name: reference_shortage_list
-- class: ofii, employer, partner
SELECT s.id, s.region, r.name AS region_name, s.rome, o.title, s.from_day, nullif(s.to_day, 'infinity') AS to_day,
    s.source, s.version, :today::date BETWEEN s.from_day AND s.to_day AS in_force
FROM shortage_list s
JOIN region r ON r.code = s.region
JOIN rome_code o ON o.code = s.rome
WHERE s.id > :after::bigint AND (:region::text IS NULL OR s.region = :region)
ORDER BY s.id
LIMIT :limit::int;

-- name: reference_shortage_by_id
-- class: ofii, employer, partner
SELECT s.id, s.version FROM shortage_list s WHERE s.id = :id::bigint;

-- name: reference_shortage_add
-- class: ofii
WITH made AS (
    INSERT INTO shortage_list (region, rome, from_day, to_day, source)
    VALUES (:region, :rome, :from_day::date, coalesce(:to_day::date, 'infinity'), :source)
    RETURNING id)
SELECT made.id, audit('reference.add_shortage', 'shortage_list', made.id) AS _leaf FROM made;

-- name: reference_shortage_end
-- class: ofii
WITH ended AS (
    UPDATE shortage_list SET to_day = :to_day::date, version = version + 1
    WHERE id = :id::bigint AND version = :version::bigint
    RETURNING id)
SELECT ended.id, audit('reference.end_shortage', 'shortage_list', ended.id) AS _leaf FROM ended;

-- name: reference_agreement_list
-- class: ofii, employer, partner
SELECT a.id, a.country, c.name_fr AS country_name, a.kind, a.title, a.signed_year, a.signed_on,
    CASE a.anonymous WHEN true THEN 'yes' WHEN false THEN 'no' END AS anonymous, a.note, a.source, a.version, count(*) OVER () AS _all
FROM agreement a
JOIN country c ON c.code = a.country
ORDER BY a.country, a.signed_year
LIMIT 200;

-- name: reference_agreement_by_id
-- class: ofii, employer, partner
SELECT a.id, a.country, a.kind, a.title, a.signed_year, a.signed_on,
    CASE a.anonymous WHEN true THEN 'yes' WHEN false THEN 'no' END AS anonymous, a.note, a.source, a.version
FROM agreement a WHERE a.id = :id::bigint;

-- name: reference_agreement_add
-- class: ofii
WITH made AS (
    INSERT INTO agreement (country, kind, title, signed_year, signed_on, anonymous, note, source)
    VALUES (:country, :kind, :title, :signed_year::int, :signed_on::date,
            CASE :anonymous::text WHEN 'yes' THEN true WHEN 'no' THEN false END, :note, :source)
    RETURNING id)
SELECT made.id, audit('reference.add_agreement', 'agreement', made.id) AS _leaf FROM made;

-- name: reference_agreement_edit
-- class: ofii
WITH changed AS (
    UPDATE agreement SET country = :country, kind = :kind, title = :title, signed_year = :signed_year::int,
        signed_on = :signed_on::date,
        anonymous = CASE :anonymous::text WHEN 'yes' THEN true WHEN 'no' THEN false END,
        note = :note, source = :source, version = version + 1
    WHERE id = :id::bigint AND version = :version::bigint
    RETURNING id)
SELECT changed.id, audit('reference.edit_agreement', 'agreement', changed.id) AS _leaf FROM changed;

-- name: reference_region_list
-- class: ofii, employer, partner
SELECT r.code, r.name FROM region r ORDER BY r.name LIMIT 100;

-- name: reference_rome_list
-- class: ofii, employer, partner
SELECT o.code, o.title, o.farm, count(*) OVER () AS _all FROM rome_code o ORDER BY o.farm DESC, o.code LIMIT 200;

-- name: reference_country_list
-- class: ofii, employer, partner
SELECT c.code, c.name_fr, c.name_en, c.name_ar FROM country c ORDER BY c.name_fr LIMIT 300;

-- Communes by the beginning of their name, in a department or everywhere.
-- name: reference_commune_search
-- class: ofii, employer, partner
SELECT m.insee, m.name, m.department, m.region, count(*) OVER () AS _all FROM commune m
WHERE (:department::text IS NULL OR m.department = :department)
  AND (:name::text IS NULL OR starts_with(lower(m.name), lower(:name)))
ORDER BY m.department, m.name
LIMIT 100;
