-- Returns: who is expected, who is overdue, check-in, exceptions, non-return.

-- Past departure and not home, the earliest due first. Row-level security leaves a service its own.
-- name: return_due_list
-- class: ofii, partner
SELECT p.id, p.campaign_id, k.serial, c.token, o.name AS employer, p.last_day, p.return_due, p.state,
       placement_standing(p.state, p.return_due, p.excepted_until, g.checkin_days) AS standing,
       greatest(0, today() - (p.return_due + g.checkin_days)) AS days_overdue
FROM placement p
JOIN campaign g ON g.id = p.campaign_id
JOIN contract k ON k.id = p.contract_id
JOIN candidate c ON c.id = p.candidate_id
LEFT JOIN org o ON o.id = p.org_id
WHERE p.departed_on IS NOT NULL AND g.state <> 'closed'
  AND p.state IN ('departed', 'arrived', 'working', 'suspended', 'abandon_reported', 'missing', 'ended', 'extended',
                  'exception', 'non_return_proposed')
  AND (:campaign::bigint IS NULL OR p.campaign_id = :campaign::bigint)
  AND (NOT :overdue::boolean
       OR placement_standing(p.state, p.return_due, p.excepted_until, g.checkin_days) IN ('overdue', 'unexplained'))
  AND p.id > :after::bigint
ORDER BY p.id LIMIT :limit::int;

-- name: return_by_number
-- class: ofii, partner
SELECT d.placement_id FROM document d WHERE d.number = upper(:number) AND d.placement_id IS NOT NULL;

-- The newest placement of the worker who showed this passport.
-- name: return_by_passport
-- class: ofii, partner
SELECT p.id AS placement_id
FROM worker_key w JOIN placement p ON p.worker_id = w.worker_id
WHERE w.kind = 'passport' AND w.digest = (SELECT digest_seen(:digest::bytea)) AND p.departed_on IS NOT NULL
ORDER BY p.first_day DESC, p.id DESC LIMIT 1;

-- name: return_placement
-- class: ofii, partner
SELECT p.id, p.campaign_id, g.name AS campaign, g.checkin_days, p.contract_id, k.serial, p.candidate_id, c.token,
       o.name AS employer, p.first_day, p.last_day, p.return_due, p.departed_on, p.ended_on, p.returned_on,
       p.excepted_until, p.overstay_days, p.complaints_open, p.state,
       placement_standing(p.state, p.return_due, p.excepted_until, g.checkin_days) AS standing,
       p.state = 'non_return_proposed' AS to_decide, g.state = 'closed' AS closed
FROM placement p
JOIN campaign g ON g.id = p.campaign_id
JOIN contract k ON k.id = p.contract_id
JOIN candidate c ON c.id = p.candidate_id
LEFT JOIN org o ON o.id = p.org_id
WHERE p.id = :id::bigint;

-- name: return_evidence_list
-- class: ofii, partner
SELECT e.id, e.grade, e.kind, e.day, e.exit_day, e.original, e.person_present, e.identity_checked, e.found_by, e.note, count(*) OVER () AS _all
FROM return_evidence e WHERE e.placement_id = :id::bigint ORDER BY e.id LIMIT 100;

-- name: return_exception_list
-- class: ofii
SELECT e.id, e.kind, e.document, e.issuer, e.from_day, e.until, e.to_contract_id, k.serial AS to_serial, e.state,
       e.state = 'recorded' AS open, a.name AS recorded_by, b.name AS confirmed_by, count(*) OVER () AS _all
FROM return_exception e JOIN account a ON a.id = e.recorded_by LEFT JOIN account b ON b.id = e.confirmed_by
LEFT JOIN contract k ON k.id = e.to_contract_id
WHERE e.placement_id = :id::bigint ORDER BY e.id LIMIT 100;

-- name: non_return_list
-- class: ofii
SELECT n.id, n.reason, n.proposed_on, a.name AS proposed_by, n.decision, n.decision_reason, n.decided_on,
       b.name AS decided_by, count(*) OVER () AS _all
FROM non_return n JOIN account a ON a.id = n.proposed_by LEFT JOIN account b ON b.id = n.decided_by
WHERE n.placement_id = :id::bigint ORDER BY n.id LIMIT 100;

-- name: return_evidence_add
-- class: ofii, partner
SELECT return_evidence_add(:placement::bigint, :kind, :day::date, :exit_day::date, :original::boolean,
                           :person_present::boolean, :identity_checked::boolean, :found_by, :note) AS evidence_id;

-- name: return_state
-- class: ofii, partner
SELECT p.state FROM placement p WHERE p.id = :id::bigint;

-- Many at a desk, in the order given, all or none.
-- name: return_evidence_many
-- class: ofii, partner
SELECT count(return_evidence_add(x.placement_id, x.kind, x.day, x.exit_day, coalesce(x.original, false),
                                 coalesce(x.person_present, false), coalesce(x.identity_checked, false), x.found_by,
                                 x.note)) AS recorded
FROM (SELECT r.placement_id, r.kind, r.day, r.exit_day, r.original, r.person_present, r.identity_checked, r.found_by, r.note
      FROM jsonb_to_recordset(:evidence::jsonb)
          AS r (placement_id bigint, kind text, day date, exit_day date, original boolean, person_present boolean,
                identity_checked boolean, found_by text, note text)
      JOIN placement p ON p.id = r.placement_id AND p.campaign_id = :campaign::bigint) AS x;

-- name: exception_record
-- class: ofii
SELECT exception_record(:placement::bigint, :kind, :document, :issuer, :until::date, :to_contract_id::bigint, :from_day::date) AS exception_id;

-- name: exception_decide
-- class: ofii
SELECT exception_decide(:id::bigint, :accepted::boolean) AS placement_id;

-- name: non_return_propose
-- class: ofii
SELECT non_return_propose(:placement::bigint, :reason) AS non_return_id;

-- name: non_return_decide
-- class: ofii
SELECT non_return_decide(:placement::bigint, :decision, :reason) AS non_return_id;

-- name: returns_setting_list
-- class: ofii
SELECT s.code, s.value, s.meaning FROM returns_setting s ORDER BY s.code LIMIT 50;
