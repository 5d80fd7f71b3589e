-- Campaigns. Row-level security hides drafts from employers and partner services.

-- name: campaign_list
-- class: ofii, employer, partner
SELECT c.id, c.code, c.season, c.name, c.first_day, c.last_day, c.state, c.version
FROM campaign c
WHERE c.id > :after::bigint
ORDER BY c.id
LIMIT :limit::int;

-- name: campaign_by_id
-- class: ofii, employer, partner
SELECT c.id, c.code, c.season, c.name, c.first_day, c.last_day, c.state, c.candidates_per_place,
    c.decision_days, c.checkin_days, c.travel_days, c.notice_days, c.mrs_validity_days, c.six_months_variant,
    c.non_return_after_days, c.document_days, c.opened_at, c.closed_at, c.version,
    CASE c.state WHEN 'draft' THEN 'open' WHEN 'open' THEN 'matching' WHEN 'matching' THEN 'season'
        WHEN 'season' THEN 'returns' END AS next_state,
    c.state IN ('draft', 'open') AS editable,
    c.state IN ('open', 'matching', 'season') AS takes_contracts
FROM campaign c
WHERE c.id = :id::bigint;

-- name: campaign_state
-- class: ofii, employer, partner
SELECT c.state, c.version FROM campaign c WHERE c.id = :id::bigint;

-- What the office watches: contracts and places by state.
-- name: campaign_contract_counts
-- class: ofii, employer, partner
SELECT k.state, count(*) AS contracts, sum(k.places) AS places, sum(k.taken) AS taken
FROM contract k
WHERE k.campaign_id = :id::bigint
GROUP BY k.state
ORDER BY array_position(ARRAY['draft', 'submitted', 'approved', 'filled', 'refused', 'withdrawn'], k.state);

-- name: campaign_service_list
-- class: ofii, partner
SELECT s.org_id, o.name, o.country, s.quota, s.used, s.quota - s.used AS remaining, s.agreement_id,
    a.title AS agreement, s.version, count(*) OVER () AS _all
FROM campaign_service s
JOIN org o ON o.id = s.org_id
LEFT JOIN agreement a ON a.id = s.agreement_id
WHERE s.campaign_id = :id::bigint
ORDER BY o.country, o.name
LIMIT 200;

-- Services that a form offers.
-- name: campaign_partner_list
-- class: ofii
SELECT o.id, o.name, o.country, count(*) OVER () AS _all FROM org o WHERE o.kind = 'partner' ORDER BY o.country, o.name LIMIT 200;

-- name: campaign_agreement_list
-- class: ofii
SELECT a.id, a.country, a.title, a.signed_year, count(*) OVER () AS _all FROM agreement a ORDER BY a.country, a.signed_year LIMIT 200;

-- A service's share with what its form begins with.
-- name: campaign_service_by_org
-- class: ofii
SELECT s.campaign_id AS id, s.org_id, c.code, o.name, o.country, s.quota, s.used, s.agreement_id, s.version
FROM campaign_service s
JOIN campaign c ON c.id = s.campaign_id
JOIN org o ON o.id = s.org_id
WHERE s.campaign_id = :id::bigint AND s.org_id = :org_id::bigint;

-- Agreements of its country.
-- name: campaign_service_agreements
-- class: ofii
SELECT a.id, a.country, a.title, a.signed_year, a.id IS NOT DISTINCT FROM s.agreement_id AS chosen, count(*) OVER () AS _all
FROM campaign_service s
JOIN org o ON o.id = s.org_id
JOIN agreement a ON a.country = o.country
WHERE s.campaign_id = :id::bigint AND s.org_id = :org_id::bigint
ORDER BY a.signed_year
LIMIT 200;

-- name: campaign_create
-- class: ofii
WITH made AS (
    INSERT INTO campaign (code, season, name, first_day, last_day, candidates_per_place, decision_days,
                          checkin_days, travel_days, notice_days, mrs_validity_days, six_months_variant,
                          non_return_after_days, document_days)
    VALUES (:code, :season::int, :name, :first_day::date, :last_day::date, :candidates_per_place::int,
            :decision_days::int, :checkin_days::int, :travel_days::int, :notice_days::int,
            :mrs_validity_days::int, :six_months_variant, :non_return_after_days::int, :document_days::int)
    RETURNING id)
SELECT made.id, audit('campaign.create', 'campaign', made.id) AS _leaf FROM made;

-- name: campaign_edit
-- class: ofii
WITH changed AS (
    UPDATE campaign SET code = :code, season = :season::int, name = :name, first_day = :first_day::date,
        last_day = :last_day::date,
        candidates_per_place = coalesce(:candidates_per_place::int, candidates_per_place),
        decision_days = coalesce(:decision_days::int, decision_days),
        checkin_days = coalesce(:checkin_days::int, checkin_days),
        travel_days = coalesce(:travel_days::int, travel_days),
        notice_days = coalesce(:notice_days::int, notice_days),
        mrs_validity_days = coalesce(:mrs_validity_days::int, mrs_validity_days),
        six_months_variant = coalesce(:six_months_variant, six_months_variant),
        non_return_after_days = coalesce(:non_return_after_days::int, non_return_after_days),
        document_days = coalesce(:document_days::int, document_days),
        version = version + 1
    WHERE id = :id::bigint AND version = :version::bigint
    RETURNING id, version)
SELECT changed.id, changed.version, audit('campaign.edit', 'campaign', changed.id) AS _leaf FROM changed;

-- No row: the service has a share already.
-- name: campaign_add_service
-- class: ofii
WITH put AS (
    INSERT INTO campaign_service (campaign_id, org_id, quota, agreement_id)
    VALUES (:id::bigint, :org_id::bigint, :quota::int, :agreement_id::bigint)
    ON CONFLICT (campaign_id, org_id) DO NOTHING
    RETURNING campaign_id, org_id, quota)
SELECT put.org_id, audit('campaign.set_service', 'campaign', put.campaign_id, NULL,
                         jsonb_build_object('org', put.org_id, 'quota', put.quota)) AS _leaf
FROM put;

-- name: campaign_edit_service
-- class: ofii
WITH put AS (
    UPDATE campaign_service s SET quota = :quota::int, agreement_id = :agreement_id::bigint, version = s.version + 1
    WHERE s.campaign_id = :id::bigint AND s.org_id = :org_id::bigint AND s.version = :version::bigint
    RETURNING s.campaign_id, s.org_id, s.quota, s.version)
SELECT put.org_id, put.version, audit('campaign.set_service', 'campaign', put.campaign_id, NULL,
                                      jsonb_build_object('org', put.org_id, 'quota', put.quota)) AS _leaf
FROM put;

-- One step forward; the rules of each step are campaign_rules().
-- name: campaign_advance
-- class: ofii
WITH moved AS (
    UPDATE campaign SET state = :state, version = version + 1
    WHERE id = :id::bigint
      AND state = CASE :state WHEN 'open' THEN 'draft' WHEN 'matching' THEN 'open' WHEN 'season' THEN 'matching'
                  WHEN 'returns' THEN 'season' END
    RETURNING id, state, version)
SELECT moved.id, moved.state, moved.version, audit('campaign.' || moved.state, 'campaign', moved.id) AS _leaf
FROM moved;
