-- What certificates say. Row-level security leaves a service its own candidates'.

-- name: certificate_candidate
-- class: ofii, partner
SELECT c.id, c.token, c.campaign_id FROM candidate c WHERE c.id = :id::bigint;

-- name: certificate_list
-- class: ofii, partner
SELECT k.kind, k.issuer, k.serial, k.first_day, k.last_day, k.months, encode(k.file_hash, 'hex') AS scan, k.at, count(*) OVER () AS _all
FROM certificate k WHERE k.candidate_id = :id::bigint ORDER BY k.id LIMIT 100;

-- name: certificate_record
-- class: ofii, partner
SELECT certificate_record(:candidate::bigint, :kind, :issuer, :serial, :first_day::date, :last_day::date, :months::int,
                          decode(:scan, 'hex')) AS certificate_id;

-- name: certificate_issuer_list
-- class: ofii, partner
SELECT i.country, i.name, i.source, count(*) OVER () AS _all FROM certificate_issuer i ORDER BY i.country, i.name LIMIT 1000;

-- name: certificate_issuer_add
-- class: ofii
WITH made AS (INSERT INTO certificate_issuer (country, name, source) VALUES (upper(:country), :name, :source) RETURNING id)
SELECT made.id, audit('certificate.add_issuer', 'certificate_issuer', made.id) AS _leaf FROM made;
