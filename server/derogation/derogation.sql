-- The register of derogations from six months in twelve.

-- name: derogation_list
-- class: ofii
SELECT d.id, d.title, d.from_day, d.to_day, d.most_months, d.most_days, derogation_state(d) AS state, g.code AS campaign_code,
       d.country, d.rome, d.crop, d.department, d.workers_named, d.revoked_from
FROM derogation d LEFT JOIN campaign g ON g.id = d.campaign_id
WHERE d.id > :after::bigint ORDER BY d.id LIMIT :limit::int;

-- name: derogation_by_id
-- class: ofii
SELECT d.id, d.title, d.legal_source, d.from_day, d.to_day, d.most_months, d.most_days, d.campaign_id,
       g.code AS campaign_code, d.country, d.rome, d.crop, d.department, d.workers_named,
       encode(d.sha256, 'hex') AS sha256, a.name AS proposed_by, d.proposed_at, b.name AS signed_by, d.signed_at,
       d.revoked_from, d.revoke_reason, r.name AS revoked_by, d.revoked_at, d.uses, d.version, derogation_state(d) AS state,
       d.signed_by IS NULL AND d.revoked_from IS NULL AND d.proposed_by <> actor_account() AS to_sign,
       d.revoked_from IS NULL AND today() <= d.to_day AS to_revoke
FROM derogation d JOIN account a ON a.id = d.proposed_by LEFT JOIN account b ON b.id = d.signed_by
LEFT JOIN account r ON r.id = d.revoked_by LEFT JOIN campaign g ON g.id = d.campaign_id
WHERE d.id = :id::bigint;

-- name: derogation_worker_list
-- class: ofii
SELECT w.candidate_id, c.token, count(*) OVER () AS _all FROM derogation_worker w JOIN candidate c ON c.id = w.candidate_id
WHERE w.derogation_id = :id::bigint ORDER BY c.token LIMIT 500;

-- Who was over on the day of the revocation, and whether he still is: his stay as it is today.
-- name: derogation_over_list
-- class: ofii
SELECT o.stay_id, o.placement_id, c.token, p.state, o.window_first, o.window_last,
       CASE g.six_months_variant WHEN 'calendar_months' THEN o.units / 30 END AS held_months,
       CASE g.six_months_variant WHEN 'calendar_months' THEN o.units % 30 ELSE o.units END AS held_days,
       CASE g.six_months_variant WHEN 'calendar_months' THEN o.most / 30 END AS limit_months,
       CASE g.six_months_variant WHEN 'calendar_months' THEN o.most % 30 ELSE o.most END AS limit_days,
       lower(s.period) AS first_day, upper(s.period) - 1 AS last_day, stay_is_over(s.id) AS still_over, count(*) OVER () AS _all
FROM derogation_over o JOIN campaign g ON g.id = o.campaign_id LEFT JOIN worker_stay s ON s.id = o.stay_id
LEFT JOIN placement p ON p.id = o.placement_id LEFT JOIN candidate c ON c.id = p.candidate_id
WHERE o.derogation_id = :id::bigint ORDER BY o.stay_id LIMIT 1000;

-- What the form offers.
-- name: derogation_campaigns
-- class: ofii
SELECT g.id AS campaign_id, g.code AS campaign_code, g.name, count(*) OVER () AS _all FROM campaign g WHERE g.state <> 'closed' ORDER BY g.id DESC LIMIT 50;

-- name: derogation_departments
-- class: ofii
SELECT d.code, d.name FROM department d ORDER BY d.code LIMIT 200;

-- name: derogation_propose
-- class: ofii
SELECT derogation_propose(jsonb_build_object('title', :title::text, 'legal_source', :legal_source::text,
    'from_day', :from_day::date, 'to_day', :to_day::date, 'most_months', :most_months::int, 'most_days', :most_days::int,
    'campaign_id', :campaign_id::bigint, 'country', upper(:country), 'rome', upper(:rome), 'crop', :crop::text,
    'department', upper(:department)), :tokens) AS id;

-- name: derogation_sign
-- class: ofii
SELECT derogation_sign(:id::bigint, decode(:sha256, 'hex')) AS id;

-- name: derogation_revoke
-- class: ofii
SELECT derogation_revoke(:id::bigint, :from_day::date, :reason) AS over;
