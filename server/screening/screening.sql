-- The queue of cases, and their settling. Cases are for the office; a service sees its own in the
-- page of the candidate.

-- Campaigns that a person may have looked through.
-- name: case_campaigns
SELECT g.id AS campaign, g.code AS campaign_code, count(*) OVER () AS _all FROM campaign g WHERE g.state <> 'closed' ORDER BY g.id DESC LIMIT 20;

-- name: case_screen
SELECT screen_campaign(:campaign::bigint) AS opened;

-- name: case_list
SELECT f.id, f.rule, f.severity, f.state, f.due_on, f.state = 'open' AND f.due_on < today() AS overdue, f.blocking, f.campaign_id,
    f.candidate_id, f.other_candidate_id, f.contract_id, f.org_id, f.placement_id, c.token, k.serial, a.name AS owner,
    f.proposed, f.version
FROM fraud_case f
LEFT JOIN candidate c ON c.id = f.candidate_id
LEFT JOIN contract k ON k.id = f.contract_id
LEFT JOIN account a ON a.id = f.owner_id
WHERE f.id > :after::bigint
  AND (:state::text IS NULL OR f.state = :state::text)
  AND (:rule::text IS NULL OR f.rule = :rule::text)
  AND (:campaign::bigint IS NULL OR f.campaign_id = :campaign::bigint)
  AND (:candidate::bigint IS NULL OR f.candidate_id = :candidate::bigint)
  AND (:contract::bigint IS NULL OR f.contract_id = :contract::bigint)
ORDER BY f.id
LIMIT :limit::int;

-- What waits, most urgent first. `after` is the key of a page: the day in days since 1970, then 36 bits
-- of the number: programs that know no integer beyond 2^53 read it whole.
-- name: case_queue
SELECT (f.due_on - DATE '1970-01-01')::bigint << 36 | f.id AS after, f.id, f.rule, f.severity, f.state, f.due_on, f.state = 'open' AND f.due_on < today() AS overdue, f.blocking, f.campaign_id,
    f.candidate_id, f.contract_id, f.org_id, f.placement_id, c.token, k.serial, a.name AS owner, f.proposed, f.version
FROM fraud_case f
LEFT JOIN candidate c ON c.id = f.candidate_id
LEFT JOIN contract k ON k.id = f.contract_id
LEFT JOIN account a ON a.id = f.owner_id
WHERE f.state = 'open'
  AND (f.due_on, f.id) > (DATE '1970-01-01' + (:after::bigint >> 36)::int, :after::bigint & (1::bigint << 36) - 1)
ORDER BY f.due_on, f.id
LIMIT :limit::int;

-- name: case_counts
SELECT f.rule, f.severity, count(*) FILTER (WHERE f.state = 'open') AS open,
    count(*) FILTER (WHERE f.state = 'open' AND f.due_on < today()) AS overdue,
    count(*) FILTER (WHERE f.state = 'cleared') AS cleared, count(*) FILTER (WHERE f.state = 'confirmed') AS confirmed
FROM fraud_case f
WHERE :campaign::bigint IS NULL OR f.campaign_id = :campaign::bigint
GROUP BY f.rule, f.severity
ORDER BY f.rule
LIMIT 100;

-- name: case_by_id
SELECT f.id, f.rule, f.severity, f.state, f.due_on, f.state = 'open' AND f.due_on < today() AS overdue, f.blocking, f.second_person,
    f.campaign_id, g.code AS campaign_code, f.candidate_id, f.other_candidate_id, f.contract_id, f.org_id,
    f.placement_id, f.evidence, f.opened_at, f.owner_id, a.name AS owner, f.proposed, f.proposed_reason,
    p.name AS proposed_by, s.name AS settled_by, f.settled_at, f.reason, f.kept_id, f.one_person, f.version,
    f.state = 'open' AS open, f.proposed_by = actor_account() AS proposed_by_me
FROM fraud_case f
LEFT JOIN campaign g ON g.id = f.campaign_id
LEFT JOIN account a ON a.id = f.owner_id
LEFT JOIN account p ON p.id = f.proposed_by
LEFT JOIN account s ON s.id = f.settled_by
WHERE f.id = :id::bigint;

-- The evidence as pairs of words, for the page.
-- name: case_evidence
SELECT e.key, CASE jsonb_typeof(e.value)
        WHEN 'array' THEN (SELECT string_agg(w, ', ') FROM jsonb_array_elements_text(e.value) w)
        ELSE e.value #>> '{}' END AS value, count(*) OVER () AS _all
FROM fraud_case f, jsonb_each(f.evidence) e
WHERE f.id = :id::bigint
ORDER BY e.key
LIMIT 50;

-- The two entries of a likeness, side by side; profiles only.
-- name: case_entries
SELECT c.id, c.token, c.state, o.name AS service, g.code AS campaign_code, c.document_expires, c.experience_months,
    c.available_from, c.available_to, c.created_at, c.worker_id,
    c.passport_key = d.passport_key AS same_passport, c.person_key = d.person_key AS same_person,
    c.id = f.kept_id AS kept
FROM fraud_case f
JOIN candidate d ON d.id = f.candidate_id
JOIN candidate c ON c.id IN (f.candidate_id, f.other_candidate_id)
JOIN org o ON o.id = c.org_id
JOIN campaign g ON g.id = c.campaign_id
WHERE f.id = :id::bigint
ORDER BY c.id;

-- The two sealed identities of a pair, for the comparison inside the server, with the leaf of the look.
-- name: case_sealed
SELECT c.id, c.worker_id, audit('case.compare', 'candidate', c.id) AS _leaf
FROM fraud_case f
JOIN candidate c ON c.id IN (f.candidate_id, f.other_candidate_id)
WHERE f.id = :id::bigint AND f.other_candidate_id IS NOT NULL
ORDER BY c.id;

-- name: linkage_weights
SELECT w.part, w.level, (w.m * 100000)::int AS m, (w.u * 100000)::int AS u FROM linkage_weight w ORDER BY w.part, w.level LIMIT 200;

-- name: case_likeness_put
INSERT INTO case_likeness (case_id, part, level, bits, compared_by)
SELECT :id::bigint, p.part, p.level, p.bits, actor_account()
FROM unnest(:parts::text[], :levels::text[], :bits::numeric[]) p (part, level, bits)
ON CONFLICT (case_id, part) DO UPDATE SET level = excluded.level, bits = excluded.bits,
    compared_by = excluded.compared_by, at = clock_timestamp();

-- name: case_likeness
SELECT l.part, l.level, l.bits, l.at FROM case_likeness l WHERE l.case_id = :id::bigint AND l.part <> 'total'
ORDER BY l.bits DESC, l.part
LIMIT 20;

-- name: case_likeness_total
SELECT l.bits AS score FROM case_likeness l WHERE l.case_id = :id::bigint AND l.part = 'total';

-- name: case_contract
SELECT k.id, k.serial, k.state, k.places, k.first_day, k.last_day, k.commune, k.hectares, o.id AS employer_id,
    o.name AS employer, o.naf, o.commune AS establishment, o.hectares AS land, o.headcount, o.active_from, o.active_to
FROM fraud_case f
JOIN org o ON o.id = coalesce((SELECT x.org_id FROM contract x WHERE x.id = f.contract_id), f.org_id)
LEFT JOIN contract k ON k.id = f.contract_id
WHERE f.id = :id::bigint;

-- name: case_take
WITH taken AS (
    UPDATE fraud_case f SET owner_id = actor_account(), version = f.version + 1
    WHERE f.id = :id::bigint AND f.state = 'open'
    RETURNING f.id, f.version)
SELECT t.id, t.version, audit('case.take', 'fraud_case', t.id) AS _leaf FROM taken t;

-- name: case_settle
SELECT s.id, s.state, s.proposed, s.version
FROM case_settle(:id::bigint, :outcome::text, :reason::text, :kept_id::bigint, coalesce(:one_person::boolean, false)) s;

-- name: screening_settings
SELECT s.code, s.value, s.meaning, s.version FROM screening_setting s ORDER BY s.code LIMIT 50;

-- name: screening_setting_by_code
SELECT s.version FROM screening_setting s WHERE s.code = :code::text;

-- name: screening_set
WITH changed AS (
    UPDATE screening_setting s SET value = :value::int, version = s.version + 1
    WHERE s.code = :code::text AND s.version = :version::bigint RETURNING s.code, s.value, s.version)
SELECT c.code, c.value, c.version, audit('screening.set', 'screening_setting', 0, NULL,
                              jsonb_build_object('code', c.code, 'value', c.value)) AS _leaf
FROM changed c;
