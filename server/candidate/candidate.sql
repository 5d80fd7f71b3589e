-- Candidates. Row-level security shows a service its own, an employer those proposed to it.

-- The token profile: what everybody who may see a candidate sees.
-- name: candidate_by_id
-- class: ofii, partner, employer
SELECT c.id, c.token, c.campaign_id, c.state, c.experience_months, to_json(c.languages) AS languages,
    to_json(c.permits) AS permits, to_json(c.habiletes) AS habiletes, c.available_from, c.available_to, c.clean_returns, c.version
FROM candidate c
WHERE c.id = :id::bigint;

-- The inner limit is the largest page and one (http/request.c): by it PostgreSQL sees without the parameter
-- that few rows are wanted and keeps one plan. Planning each list anew took as long as reading it.
-- name: candidate_list
-- class: ofii, partner
SELECT c.id, c.token, c.campaign_id, c.state, c.experience_months, to_json(c.languages) AS languages,
    to_json(c.permits) AS permits, to_json(c.habiletes) AS habiletes, c.available_from, c.available_to, c.clean_returns, c.version
FROM (SELECT n.id, n.token, n.campaign_id, n.state, n.experience_months, n.languages, n.permits, n.habiletes,
          n.available_from, n.available_to, n.clean_returns, n.version
      FROM candidate n
      WHERE n.id > :after::bigint
      ORDER BY n.id LIMIT 201) c
ORDER BY c.id
LIMIT :limit::int;

-- name: candidate_list_of_campaign
-- class: ofii, partner
SELECT c.id, c.token, c.campaign_id, c.state, c.experience_months, to_json(c.languages) AS languages,
    to_json(c.permits) AS permits, to_json(c.habiletes) AS habiletes, c.available_from, c.available_to, c.clean_returns, c.version
FROM (SELECT n.id, n.token, n.campaign_id, n.state, n.experience_months, n.languages, n.permits, n.habiletes,
          n.available_from, n.available_to, n.clean_returns, n.version
      FROM candidate n
      WHERE n.id > :after::bigint AND n.campaign_id = :campaign::bigint
        AND (:state::text IS NULL OR n.state = :state::text)
      ORDER BY n.id LIMIT 201) c
ORDER BY c.id
LIMIT :limit::int;

-- The same for an employer, whose rows are few and spread over all: found by the proposals made to it.
-- name: candidate_list_shown
-- class: employer
SELECT c.id, c.token, c.campaign_id, c.state, c.experience_months, to_json(c.languages) AS languages,
    to_json(c.permits) AS permits, to_json(c.habiletes) AS habiletes, c.available_from, c.available_to, c.clean_returns, c.version
FROM (SELECT n.id, n.token, n.campaign_id, n.state, n.experience_months, n.languages, n.permits, n.habiletes,
          n.available_from, n.available_to, n.clean_returns, n.version
      FROM candidate n
      WHERE n.id > :after::bigint
        AND n.id = ANY (ARRAY(
            SELECT DISTINCT p.candidate_id FROM proposal p WHERE p.candidate_id > :after::bigint
            ORDER BY 1 LIMIT CASE WHEN :campaign::bigint IS NULL AND :state::text IS NULL THEN 201 END))
        AND (:campaign::bigint IS NULL OR n.campaign_id = :campaign::bigint)
        AND (:state::text IS NULL OR n.state = :state::text)
      ORDER BY n.id LIMIT 201) c
ORDER BY c.id
LIMIT :limit::int;

-- What a page adds, as far as the reader's login may know: no row for employers.
-- name: candidate_beside
-- class: ofii, partner, employer
SELECT b.partner_ref, b.document_expires, b.reason, b.created_at, b.campaign_code, b.worker_id, b.held, b.live,
    b.entered, b.fee_asked, b.fee_amount, b.fee_payee, b.fee_place
FROM candidate_beside(:id::bigint) b;

-- name: candidate_cases
-- class: ofii, partner, employer
SELECT f.id, f.rule, f.severity, f.state, f.due_on, f.blocking FROM candidate_cases(:id::bigint) f;

-- name: candidate_begin
-- class: partner
SELECT b.worker_id, b.candidate_id, b.known
FROM candidate_begin(:campaign_id::bigint, digest_put(:passport::bytea), digest_put(:person::bytea)) b;

-- The entry, the sealed identity (a returnee's stays as it is), the audit leaf and the screening in one
-- statement.
-- name: candidate_create
-- class: partner
WITH entered AS (
    INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, partner_ref, passport_key, person_key,
                           swapped_key, document_expires, experience_months, languages, permits, habiletes,
                           available_from, available_to, consent_at, fee_asked, fee_amount, fee_payee, fee_phone_key, fee_place,
                           entered_by)
    VALUES (:candidate_id::bigint, :campaign_id::bigint, actor_org(), :worker_id::bigint, :token::text,
            :partner_ref::text, digest_put(:passport::bytea), digest_put(:person::bytea),
            digest_put(:swapped::bytea), :document_expires::date,
            coalesce(:experience_months::int, 0), :languages::text[], :permits::text[], :habiletes::text[],
            :available_from::date, :available_to::date, to_timestamp(:now::bigint), :fee_asked::boolean,
            :fee_amount::numeric, :fee_payee::text, digest_put(:fee_phone_key::bytea), :fee_place::text, actor_account())
    RETURNING id, token, state, version),
identity AS (
    INSERT INTO worker_identity (worker_id, sealed, wrapped)
    VALUES (:worker_id::bigint, :sealed::bytea, :wrapped::bytea)
    ON CONFLICT DO NOTHING)
SELECT e.id, e.token, e.state, e.version, :worker_id::bigint AS worker_id, '/candidates/' || e.id AS location,
    audit('candidate.enter', 'candidate', e.id) AS _leaf,
    candidate_screen(e.id, :zone_faults::text[], :zone_doubts::text[], :typed_differs::text[]) AS cases
FROM entered e;

-- The profile as a form shows it.
-- name: candidate_form
-- class: partner
SELECT c.partner_ref, c.experience_months, array_to_string(c.languages, ' ') AS languages,
    array_to_string(c.permits, ' ') AS permits, array_to_string(c.habiletes, ' ') AS habiletes,
    c.available_from, c.available_to
FROM candidate c
WHERE c.id = :id::bigint;

-- The leaf says which fields were changed: screening looks for those that matching had frozen.
-- name: candidate_edit
-- class: partner
WITH was AS (
    SELECT c.id, c.experience_months, c.languages, c.permits, c.habiletes, c.available_from, c.available_to FROM candidate c
    WHERE c.id = :id::bigint),
edited AS (
    UPDATE candidate c SET partner_ref = :partner_ref::text,
        experience_months = coalesce(:experience_months::int, 0), languages = :languages::text[],
        permits = :permits::text[], habiletes = :habiletes::text[], available_from = :available_from::date,
        available_to = :available_to::date, version = c.version + 1
    WHERE c.id = :id::bigint AND c.version = :version::bigint AND c.state IN ('entered', 'preselected')
    RETURNING c.id, c.version, c.experience_months, c.languages, c.permits, c.habiletes, c.available_from, c.available_to)
SELECT e.id, e.version, audit('candidate.edit', 'candidate', e.id, NULL, jsonb_build_object('changed', to_jsonb(array_remove(ARRAY[
    CASE WHEN e.experience_months <> w.experience_months THEN 'experience_months' END,
    CASE WHEN e.languages <> w.languages THEN 'languages' END, CASE WHEN e.permits <> w.permits THEN 'permits' END,
    CASE WHEN e.habiletes <> w.habiletes THEN 'habiletes' END,
    CASE WHEN e.available_from <> w.available_from THEN 'available_from' END,
    CASE WHEN e.available_to <> w.available_to THEN 'available_to' END], NULL)))) AS _leaf
FROM edited e JOIN was w ON w.id = e.id;

-- name: candidate_move
-- class: ofii, partner
SELECT m.id, m.state, m.version FROM candidate_move(:id::bigint, :state::text, :reason::text) m;

-- Which worker is looked at, with the leaf of the look.
-- name: candidate_look
-- class: ofii, partner
SELECT l.id, l.token, l.worker_id FROM candidate_look(:id::bigint, :reason::text) l;

-- name: identity_by_worker
-- class: ofii, partner
SELECT i.sealed, i.wrapped FROM worker_identity i WHERE i.worker_id = :worker::bigint;

-- How many a service has entered, against what the campaign can place. `wanted`: places times the
-- candidates looked for per place.
-- name: candidate_counts
-- class: ofii, partner
SELECT g.id, g.code, g.name, g.state, g.candidates_per_place,
    count(c.id) FILTER (WHERE c.state = 'entered') AS entered,
    count(c.id) FILTER (WHERE c.state = 'preselected') AS preselected,
    count(c.id) FILTER (WHERE c.state = 'withdrawn') AS withdrawn,
    count(c.id) FILTER (WHERE c.state = 'rejected') AS rejected
FROM campaign g LEFT JOIN candidate c ON c.campaign_id = g.id
WHERE g.id = :id::bigint
GROUP BY g.id;

-- Quotas of the services: a service sees its own.
-- name: candidate_quotas
-- class: ofii, partner
SELECT s.org_id, o.name, s.quota, s.used, s.quota * g.candidates_per_place AS wanted, count(*) OVER () AS _all
FROM campaign_service s JOIN org o ON o.id = s.org_id JOIN campaign g ON g.id = s.campaign_id
WHERE s.campaign_id = :id::bigint
ORDER BY o.name
LIMIT 200;

-- Campaigns that take candidates.
-- name: candidate_campaigns
-- class: partner
SELECT g.id, g.code, g.name, count(*) OVER () AS _all
FROM campaign g JOIN campaign_service s ON s.campaign_id = g.id AND s.org_id = actor_org()
WHERE g.state IN ('open', 'matching')
ORDER BY g.id DESC
LIMIT 50;
