-- name: org_list
-- class: ofii
SELECT id, kind, name, country, siret, active_to
FROM org
WHERE id > :after AND (:kind::text IS NULL OR kind = :kind)
ORDER BY id LIMIT :limit;

-- name: org_by_id
-- class: ofii
SELECT id, kind, name, country, siret, naf, commune, hectares, headcount, active_from, active_to,
       version
FROM org WHERE id = :id;

-- name: org_kind
-- class: ofii, system
SELECT kind FROM org WHERE id = :id;

-- name: org_create
-- class: ofii
WITH made AS (
    INSERT INTO org (kind, name, country, siret, naf, commune, hectares, headcount, active_from,
                     active_to)
    VALUES (:kind, :name, coalesce(:country, 'FR'), :siret, :naf, :commune, :hectares::numeric,
            :headcount::int, :active_from::date, :active_to::date)
    RETURNING id
)
SELECT id, '/orgs/' || id AS location, audit('org.create', 'org', id) AS _leaf FROM made;

-- name: org_update
-- class: ofii
-- The kind stays: it decides what the organisation's accounts may see.
WITH changed AS (
    UPDATE org SET name = :name, country = coalesce(:country, 'FR'), siret = :siret, naf = :naf,
        commune = :commune, hectares = :hectares::numeric, headcount = :headcount::int,
        active_from = :active_from::date, active_to = :active_to::date, version = version + 1
    WHERE id = :id AND version = :version
    RETURNING id, version
)
SELECT id, version, audit('org.update', 'org', id) AS _leaf FROM changed;

-- name: org_first
-- class: system
WITH made AS (
    INSERT INTO org (kind, name)
    SELECT 'ofii', :name WHERE NOT EXISTS (SELECT FROM account)
    RETURNING id
)
SELECT id FROM made;
