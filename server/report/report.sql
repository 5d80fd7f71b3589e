-- Home queues (what waits for me, by when), counters, and the register of who unsealed what.

-- name: home_employer
-- class: employer
SELECT q.what, q.count, q.due, q.page FROM (
    SELECT 'proposals' AS what, count(*) AS count, NULL::date AS due, '/proposals?state=proposed' AS page
    FROM proposal p WHERE p.state = 'proposed'
    UNION ALL
    SELECT 'contracts_draft', count(*), NULL, '/contracts?state=draft'
    FROM contract k WHERE k.state = 'draft'
    UNION ALL
    SELECT 'arrivals', count(*), min(p.first_day), '/placements?state=departed'
    FROM placement p
    WHERE p.state = 'departed' AND p.first_day <= today()
    UNION ALL
    SELECT 'ends', count(*), min(p.last_day), '/placements?state=working'
    FROM placement p
    WHERE p.state IN ('arrived', 'working', 'suspended') AND p.last_day < today()
    UNION ALL
    SELECT 'ends_soon', count(*), min(p.last_day), '/placements?state=working'
    FROM placement p JOIN campaign g ON g.id = p.campaign_id
    WHERE p.state IN ('arrived', 'working') AND p.last_day BETWEEN today() AND today() + g.notice_days
    UNION ALL
    SELECT 'calibrations', count(*), min(b.held_on), '/calibrations'
    FROM calibration b WHERE b.state = 'proposed' AND b.employer_id IS NULL) q
WHERE q.count > 0;

-- name: home_partner
-- class: partner
SELECT q.what, q.count, q.due, q.page FROM (
    SELECT 'candidates_entered' AS what, count(*) AS count, NULL::date AS due, '/candidates' AS page
    FROM candidate c WHERE c.state = 'entered'
    UNION ALL
    SELECT 'cases_own', count(*), min(f.due_on), '/candidates'
    FROM fraud_case f WHERE f.state = 'open'
    UNION ALL
    SELECT 'to_convoke', count(*), min(p.first_day), '/placements?state=authorised'
    FROM placement p WHERE p.state = 'authorised'
    UNION ALL
    SELECT 'to_depart', count(*), min(p.first_day), '/placements?state=ready'
    FROM placement p WHERE p.state = 'ready'
    UNION ALL
    SELECT 'returns', count(*), min(p.return_due), '/returns'
    FROM placement p WHERE p.state = 'ended'
    UNION ALL
    SELECT 'overdue', count(*), min(p.return_due), '/returns?overdue=1'
    FROM placement p JOIN campaign g ON g.id = p.campaign_id
    WHERE g.state <> 'closed'
      AND placement_standing(p.state, p.return_due, p.excepted_until, g.checkin_days) = 'overdue') q
WHERE q.count > 0;

-- name: home_officer
-- class: ofii
SELECT q.what, q.count, q.due, q.page FROM (
    SELECT 'contracts_submitted' AS what, count(*) AS count, min(k.due_on) AS due, '/contracts/queue' AS page
    FROM contract k WHERE k.state = 'submitted'
    UNION ALL
    SELECT 'cases', count(*), min(f.due_on), '/cases'
    FROM fraud_case f WHERE f.state = 'open'
    UNION ALL
    SELECT 'to_authorise', count(*), min(p.first_day), '/placements?state=bound'
    FROM placement p WHERE p.state = 'bound'
    UNION ALL
    SELECT 'exceptions', count(*), min(e.recorded_at)::date, '/returns'
    FROM return_exception e
    WHERE e.state = 'recorded' AND e.recorded_by <> actor_account()
    UNION ALL
    SELECT 'non_returns', count(*), min(n.proposed_on), '/placements?state=non_return_proposed'
    FROM non_return n
    WHERE n.decision IS NULL AND n.proposed_by <> actor_account()
    UNION ALL
    SELECT 'overdue', count(*), min(p.return_due), '/returns?overdue=1'
    FROM placement p JOIN campaign g ON g.id = p.campaign_id
    WHERE g.state <> 'closed'
      AND placement_standing(p.state, p.return_due, p.excepted_until, g.checkin_days) = 'overdue'
    UNION ALL
    SELECT 'complaints', count(*), NULL, '/placements'
    FROM placement p WHERE p.complaints_open > 0
    UNION ALL
    SELECT 'flags', count(*), NULL, '/selection/flags'
    FROM blocked_flag f WHERE f.state = 'open' AND f.author_id <> actor_account()
    UNION ALL
    SELECT 'closings', count(*), NULL, '/campaigns'
    FROM closing_act a
    WHERE a.signed_by_2 IS NULL AND a.signed_by_1 <> actor_account()
    UNION ALL
    SELECT 'appeals', count(*), min(a.filed_on), '/appeals?state=filed'
    FROM appeal a WHERE a.state = 'filed'
    UNION ALL
    SELECT 'derogations', count(*), min(d.from_day), '/derogations'
    FROM derogation d WHERE d.signed_by IS NULL AND d.revoked_from IS NULL AND d.proposed_by <> actor_account()
    UNION ALL
    SELECT 'withdrawals', count(*), min(w.proposed_at)::date, '/documents'
    FROM document_withdrawal w WHERE w.decision IS NULL AND w.proposed_by <> actor_account()
    UNION ALL
    SELECT 'privacy_requests', count(*), min(r.due_on), '/privacy/requests'
    FROM privacy_request r WHERE r.state = 'open') q
WHERE q.count > 0;

-- name: home_desk
-- class: ofii
SELECT q.what, q.count, q.due, q.page FROM (
    SELECT 'returns' AS what, count(*) AS count, min(p.return_due) AS due, '/returns' AS page
    FROM placement p WHERE p.state = 'ended'
    UNION ALL
    SELECT 'overdue', count(*), min(p.return_due), '/returns?overdue=1'
    FROM placement p JOIN campaign g ON g.id = p.campaign_id
    WHERE g.state <> 'closed'
      AND placement_standing(p.state, p.return_due, p.excepted_until, g.checkin_days) = 'overdue'
    UNION ALL
    SELECT 'to_examine', count(*), min(p.first_day), '/placements?state=convoked'
    FROM placement p WHERE p.state IN ('authorised', 'convoked', 'visa')
    UNION ALL
    SELECT 'exceptions', count(*), min(e.recorded_at)::date, '/returns'
    FROM return_exception e
    WHERE e.state = 'recorded' AND e.recorded_by <> actor_account()
    UNION ALL
    SELECT 'privacy_requests', count(*), min(r.due_on), '/privacy/requests'
    FROM privacy_request r WHERE r.state = 'open') q
WHERE q.count > 0;

-- name: home_assessor
-- class: ofii, partner
SELECT q.what, q.count, q.due, q.page FROM (
    SELECT 'sessions_planned' AS what, count(*) AS count, min(s.held_on) AS due, '/sessions' AS page
    FROM test_session s WHERE s.state = 'planned'
    UNION ALL
    SELECT 'sessions_running', count(*), min(s.held_on), '/sessions'
    FROM test_session s WHERE s.state = 'running'
    UNION ALL
    SELECT 'sessions_marking', count(*), min(s.held_on), '/sessions'
    FROM test_session s WHERE s.state = 'marking'
    UNION ALL
    SELECT 'calibrations', count(*), min(b.held_on), '/calibrations'
    FROM calibration b WHERE b.state = 'proposed' AND b.assessor_id IS NULL) q
WHERE q.count > 0;

-- An administrator opens neither cases nor attempts.
-- name: home_auditor
-- class: ofii
SELECT q.what, q.count, q.due, q.page FROM (
    SELECT 'unsealings' AS what, count(*) AS count, NULL::date AS due, '/unsealings' AS page
    FROM audit_leaf l
    WHERE l.act IN ('candidate.unseal', 'document.look') AND l.at > clock_timestamp() - interval '7 days'
    UNION ALL
    SELECT 'attempts', count(*), NULL, '/selection/attempts'
    FROM audit_leaf l
    WHERE l.act = 'criterion.blocked' AND l.at > clock_timestamp() - interval '7 days'
    UNION ALL
    SELECT 'cases', count(*), min(f.due_on), '/cases'
    FROM fraud_case f WHERE f.state = 'open') q
WHERE q.count > 0 AND (q.page = '/unsealings' OR actor_role() = 'auditor');

-- Everybody's campaigns below the queue.
-- name: home_campaign_list
-- class: ofii, employer, partner
SELECT c.id, c.code, c.name, c.state, c.first_day, c.last_day, count(*) OVER () AS _all FROM campaign c
WHERE c.state <> 'closed' ORDER BY c.first_day DESC, c.id DESC LIMIT 10;

-- name: report_campaign
-- class: ofii
SELECT c.id, c.code, c.name, c.state FROM campaign c WHERE c.id = :campaign::bigint;

-- name: report_counters
-- class: ofii
SELECT
    (SELECT count(*) FROM contract k WHERE k.campaign_id = c.id AND k.state IN ('approved', 'filled')) AS contracts,
    (SELECT coalesce(sum(k.places), 0) FROM contract k WHERE k.campaign_id = c.id AND k.state IN ('approved', 'filled')) AS places,
    (SELECT coalesce(sum(k.taken), 0) FROM contract k WHERE k.campaign_id = c.id) AS taken,
    (SELECT count(*) FROM candidate x WHERE x.campaign_id = c.id) AS candidates,
    (SELECT count(*) FROM candidate x WHERE x.campaign_id = c.id AND x.state = 'preselected') AS preselected,
    (SELECT count(*) FROM result r WHERE r.campaign_id = c.id AND r.outcome = 'pass') AS passed,
    (SELECT count(*) FROM result r WHERE r.campaign_id = c.id AND r.outcome = 'fail') AS failed,
    (SELECT count(*) FROM fraud_case f WHERE f.campaign_id = c.id) AS cases,
    (SELECT count(*) FROM fraud_case f WHERE f.campaign_id = c.id AND f.state = 'open') AS cases_open
FROM campaign c WHERE c.id = :campaign::bigint;

-- name: report_states
-- class: ofii
SELECT p.state, count(*) AS count FROM placement p WHERE p.campaign_id = :campaign::bigint
GROUP BY p.state ORDER BY p.state;

-- name: report_services
-- class: ofii
SELECT o.name, s.quota, s.used,
       (SELECT count(*) FROM placement p WHERE p.campaign_id = s.campaign_id AND p.service_id = s.org_id
           AND p.departed_on IS NOT NULL) AS departed,
       (SELECT count(*) FROM placement p WHERE p.campaign_id = s.campaign_id AND p.service_id = s.org_id
           AND p.state IN ('returned_verified', 'returned_late')) AS home, count(*) OVER () AS _all
FROM campaign_service s JOIN org o ON o.id = s.org_id
WHERE s.campaign_id = :campaign::bigint ORDER BY o.name LIMIT 200;

-- Who unsealed whom, when and why, and by which leaf of the audit log: looks at identities, and at documents,
-- whose text names somebody. Newest first: keyset on the leaf.
-- name: unsealing_list
-- class: ofii
SELECT l.id, l.at, coalesce(a.name, '') AS account, coalesce(o.name, '') AS org, a.role, c.id AS candidate_id,
       c.token, l.reason, coalesce((l.detail ->> 'placement')::bigint, d.placement_id) AS placement_id,
       d.id AS document_id
FROM audit_leaf l
LEFT JOIN account a ON a.id = l.account_id
LEFT JOIN org o ON o.id = l.org_id
LEFT JOIN document d ON l.act = 'document.look' AND d.id = l.object_id
LEFT JOIN placement p ON p.id = d.placement_id
LEFT JOIN candidate c ON c.id = CASE l.act WHEN 'candidate.unseal' THEN l.object_id ELSE p.candidate_id END
WHERE l.act IN ('candidate.unseal', 'document.look') AND (:after::bigint = 0 OR l.id < :after::bigint)
  AND (:candidate::bigint IS NULL OR c.id = :candidate::bigint)
ORDER BY l.id DESC LIMIT :limit::int;
