-- What was seen of a worker on his way. Row-level security leaves a service its own candidates' documents.

-- name: seen_candidate
-- class: ofii, partner
SELECT c.id, c.token FROM candidate c WHERE c.id = :id::bigint;

-- name: document_seen_list
-- class: ofii, partner
SELECT s.moment, s.day, s.holder_same, s.photo_same, s.replaces, s.at, count(*) OVER () AS _all
FROM document_seen s WHERE s.candidate_id = :id::bigint ORDER BY s.id LIMIT 100;

-- name: document_seen_record
-- class: ofii, partner
SELECT document_seen_record(:id::bigint, :moment, :day::date, digest_put(:document::bytea), :holder_same = 'yes', :photo_same = 'yes',
                            :replaces) AS seen_id;

-- name: work_seen_placement
-- class: ofii
SELECT p.id, c.token, p.departed_on IS NOT NULL AS gone, m.name AS workplace, k.commune
FROM placement p JOIN candidate c ON c.id = p.candidate_id JOIN contract k ON k.id = p.contract_id
LEFT JOIN commune m ON m.insee = k.commune
WHERE p.id = :id::bigint;

-- name: work_seen_list
-- class: ofii
SELECT w.day, w.commune, c.name AS place, w.source, w.at, count(*) OVER () AS _all
FROM work_seen w JOIN commune c ON c.insee = w.commune WHERE w.placement_id = :id::bigint ORDER BY w.id LIMIT 100;

-- name: work_seen_record
-- class: ofii
SELECT work_seen_record(:id::bigint, :day::date, :commune, :source) AS seen_id;
