-- `noria-server check`: what must hold over a whole database, asked anew. Each block gives the rows that break
-- it (object, id, detail) and repeats no function that enforces it: these are plain SELECTs over the tables.

-- name: check_places
-- class:
SELECT 'contract' AS object, k.id, format('%s taken of %s, %s places hold somebody', k.taken, k.places, held.n) AS detail
FROM contract k LEFT JOIN (SELECT p.contract_id, count(p.placement_id) AS n FROM contract_place p GROUP BY p.contract_id) held
    ON held.contract_id = k.id
WHERE k.taken > k.places OR k.taken <> coalesce(held.n, 0)
UNION ALL
SELECT 'contract', k.id, format('%s with %s of %s taken and %s places made', k.state, k.taken, k.places, made.n)
FROM contract k, LATERAL (SELECT count(*) AS n FROM contract_place p WHERE p.contract_id = k.id) made
WHERE k.state IN ('approved', 'filled') AND (made.n <> k.places OR (k.state = 'filled') <> (k.taken = k.places))
UNION ALL
SELECT 'placement', p.id, 'has no place of its contract, or one that it gave back'
FROM placement p LEFT JOIN contract_place c
    ON c.placement_id = p.id AND c.contract_id = p.contract_id AND c.place_no = p.place_no
WHERE (p.state NOT IN ('unfit', 'visa_refused', 'withdrawn', 'replaced', 'lot_cancelled', 'no_show')) <> (c.placement_id IS NOT NULL)

-- name: check_quotas
-- class:
SELECT 'campaign_service' AS object, s.campaign_id AS id, format('service %s: %s used of %s, %s placed', s.org_id, s.used, s.quota, placed.n) AS detail
FROM campaign_service s LEFT JOIN (
    SELECT p.campaign_id, p.service_id, count(*) AS n FROM placement p
    WHERE p.state NOT IN ('unfit', 'visa_refused', 'withdrawn', 'replaced', 'lot_cancelled', 'no_show')
    GROUP BY p.campaign_id, p.service_id) placed
    ON placed.campaign_id = s.campaign_id AND placed.service_id = s.org_id
WHERE s.used > s.quota OR s.used <> coalesce(placed.n, 0)

-- name: check_bound_once
-- class:
SELECT 'candidate' AS object, p.candidate_id AS id, format('bound %s times', count(*)) AS detail
FROM placement p WHERE p.state IN ('bound', 'authorised', 'convoked', 'fit', 'visa', 'ready', 'departed', 'arrived',
                                   'working', 'suspended', 'abandon_reported', 'missing')
GROUP BY p.candidate_id HAVING count(*) > 1
UNION ALL
SELECT 'placement', p.id, 'is of another worker than its candidate'
FROM placement p JOIN candidate c ON c.id = p.candidate_id WHERE c.worker_id <> p.worker_id

-- name: check_overlaps
-- class:
SELECT 'worker' AS object, a.worker_id AS id, format('stays %s and %s share days', a.id, b.id) AS detail
FROM worker_stay a JOIN worker_stay b ON b.worker_id = a.worker_id AND b.id > a.id
WHERE lower(a.period) < upper(b.period) AND lower(b.period) < upper(a.period)
UNION ALL
SELECT 'placement', p.id, 'present in France without a stay that is counted'
FROM placement p
WHERE p.state IN ('bound', 'authorised', 'convoked', 'fit', 'visa', 'ready', 'departed', 'arrived', 'working')
  AND NOT EXISTS (SELECT FROM worker_stay s WHERE s.placement_id = p.id AND s.worker_id = p.worker_id
                      AND lower(s.period) = p.first_day)

-- Facts lead from one state to the next, and to where the placement stands.
-- name: check_moves
-- class:
SELECT 'placement' AS object, c.placement_id AS id, format('fact %s begins in %s, the one before ended in %s', c.id, c.from_state, c.before) AS detail
FROM (SELECT f.placement_id, f.id, f.from_state,
             lag(f.to_state, 1, 'bound') OVER (PARTITION BY f.placement_id ORDER BY f.id) AS before
      FROM placement_fact f) c
WHERE c.from_state <> c.before
UNION ALL
SELECT 'placement', p.id, format('stands in %s, its last fact says %s', p.state, coalesce(last.to_state, 'bound'))
FROM placement p LEFT JOIN (
    SELECT DISTINCT ON (f.placement_id) f.placement_id, f.to_state FROM placement_fact f
    ORDER BY f.placement_id, f.id DESC) last ON last.placement_id = p.id
WHERE p.state <> coalesce(last.to_state, 'bound')
UNION ALL
SELECT 'placement_fact', f.id, format('%s does not lead from %s to %s', f.kind, f.from_state, f.to_state)
FROM placement_fact f
WHERE NOT EXISTS (SELECT FROM placement_move m WHERE m.kind = f.kind AND m.state IN (f.from_state, '*')
                      AND m.next IN (f.to_state, CASE f.from_state WHEN f.to_state THEN '*' END))

-- name: check_two_persons
-- class:
SELECT 'fraud_case' AS object, f.id, 'settled by one person' AS detail FROM fraud_case f
WHERE f.state <> 'open' AND f.second_person AND (f.proposed_by IS NULL OR f.proposed_by = f.settled_by)
UNION ALL
SELECT 'return_exception', e.id, 'decided by who recorded it' FROM return_exception e WHERE e.confirmed_by = e.recorded_by
UNION ALL
SELECT 'non_return', n.id, 'decided by who proposed it' FROM non_return n
WHERE n.decided_by = n.proposed_by AND n.decision <> 'overtaken'
UNION ALL
SELECT 'closing_act', a.campaign_id, 'signed twice by one person' FROM closing_act a WHERE a.signed_by_2 = a.signed_by_1
UNION ALL
SELECT 'seat', s.id, 'checked twice by one person' FROM seat s WHERE s.second_by = s.checked_by
UNION ALL
SELECT 'calibration', c.id, 'signed twice by one person' FROM calibration c WHERE c.assessor_id = c.employer_id
UNION ALL
SELECT v.kind, v.id, 'in effect without a second officer'
FROM (SELECT 'habilete', h.id, h.state, h.one_signature, h.proposed_by, h.signed_by FROM habilete h
      UNION ALL SELECT 'exercise', e.id, e.state, e.one_signature, e.proposed_by, e.signed_by FROM exercise e
      UNION ALL SELECT 'job_analysis', a.id, a.state, a.one_signature, a.proposed_by, a.signed_by FROM job_analysis a
      UNION ALL SELECT 'profile', p.id, p.state, p.one_signature, p.proposed_by, p.signed_by FROM profile p
     ) AS v (kind, id, state, one_signature, proposed_by, signed_by)
WHERE (v.state = 'active' AND NOT v.one_signature AND v.signed_by IS NULL) OR v.signed_by = v.proposed_by
UNION ALL
SELECT 'appeal', a.id, 'decided by who marked, led, checked or filed' FROM appeal a
WHERE a.decided_by = a.filed_by OR session_had(a.session_id, a.decided_by)
UNION ALL
SELECT 'blocked_flag', f.id, 'kept by who wrote the text' FROM blocked_flag f WHERE f.decided_by = f.author_id
UNION ALL
SELECT 'document_withdrawal', w.id, 'confirmed by who proposed it' FROM document_withdrawal w
WHERE w.grave AND w.decision = 'confirmed' AND w.decided_by = w.proposed_by
UNION ALL
SELECT 'privacy_request', q.id, 'erasure decided by who recorded it' FROM privacy_request q
WHERE q.kind = 'erasure' AND q.decided_by = q.recorded_by
UNION ALL
SELECT 'placement', p.id, 'non-return without a decision by two' FROM placement p
WHERE p.state = 'non_return_confirmed'
  AND NOT EXISTS (SELECT FROM non_return n WHERE n.placement_id = p.id AND n.decision = 'confirmed')

-- Somebody was bound although a case that holds him stood open at the time.
-- name: check_doubts
-- class:
WITH held (placement, created_at, candidate, fraud_case) AS (
    SELECT p.id, p.created_at, p.candidate_id, f.id FROM placement p JOIN fraud_case f ON f.candidate_id = p.candidate_id
    UNION ALL
    SELECT p.id, p.created_at, p.candidate_id, f.id FROM placement p JOIN fraud_case f ON f.other_candidate_id = p.candidate_id
    UNION ALL
    SELECT p.id, p.created_at, p.candidate_id, f.id FROM placement p JOIN fraud_case f ON f.contract_id = p.contract_id)
SELECT 'placement' AS object, h.placement AS id, format('bound while case %s stood', f.id) AS detail
FROM held h JOIN fraud_case f ON f.id = h.fraud_case
WHERE f.blocking AND f.opened_at < h.created_at AND f.kept_id IS DISTINCT FROM h.candidate
  AND (f.state = 'open' OR f.settled_at > h.created_at OR f.state = 'confirmed')

-- name: check_marks
-- class:
SELECT 'mark' AS object, m.id, 'corrects a mark of another criterion, seat or marker' AS detail
FROM mark m JOIN mark o ON o.id = m.supersedes
WHERE (o.seat_id, o.criterion_id, o.mark_no) IS DISTINCT FROM (m.seat_id, m.criterion_id, m.mark_no)
UNION ALL
SELECT 'seat', m.seat_id, format('%s marks of criterion %s count', count(*), m.criterion_id)
FROM mark m WHERE NOT EXISTS (SELECT FROM mark n WHERE n.supersedes = m.id)
GROUP BY m.seat_id, m.criterion_id, m.mark_no HAVING count(*) > 1
UNION ALL
SELECT 'mark', m.id, format('%s points of at most %s', m.points, c.max_points)
FROM mark m JOIN criterion c ON c.id = m.criterion_id WHERE m.points > c.max_points
UNION ALL
SELECT 'test_session', s.id, format('%s seats of %s', seats.n, s.capacity)
FROM test_session s JOIN (SELECT t.session_id, count(*) AS n FROM seat t WHERE t.attendance <> 'released' GROUP BY t.session_id) seats
    ON seats.session_id = s.id
WHERE seats.n > s.capacity OR seats.n <> s.seats_taken
UNION ALL
SELECT 'seat', k.seat_id, 'marked by who saw the papers' FROM marker k JOIN seat t ON t.id = k.seat_id
WHERE k.account_id IN (t.checked_by, t.second_by)
UNION ALL
SELECT 'seat', k.seat_id, 'marked by who prepared the accommodation' FROM marker k JOIN seat t ON t.id = k.seat_id
WHERE t.accommodation IS NOT NULL AND session_prepared_by(t.session_id, k.account_id)
UNION ALL
SELECT 'seat', k.seat_id, 'marked again by who marked it before' FROM marker k JOIN seat t ON t.id = k.seat_id
JOIN marker o ON o.seat_id = t.remark_of AND o.account_id = k.account_id
UNION ALL
SELECT 'seat', k.seat_id, format('a third marker of exercise %s, for no reason', k.exercise_id) FROM marker k
WHERE k.mark_no = 3 AND NOT EXISTS (SELECT FROM adjudication a WHERE a.seat_id = k.seat_id AND a.exercise_id = k.exercise_id)
UNION ALL
SELECT 'result', d.seat_id, d.detail FROM results_differing() d

-- Thresholds are what a whole panel gave and two persons signed; appeals and packs end in what they say.
-- name: check_bench
-- class:
SELECT 'calibration' AS object, c.id, format('a panel of %s, %s of whom took all', c.panel_size, n.whole) AS detail
FROM calibration c, LATERAL (SELECT count(*) AS whole FROM (
    SELECT s.worker_no FROM calibration_score s WHERE s.calibration_id = c.id GROUP BY s.worker_no
    HAVING count(*) = (SELECT count(*) FROM calibration_exercise x WHERE x.calibration_id = c.id)) w) n
WHERE c.state IN ('proposed', 'signed') AND c.panel_size <> n.whole
UNION ALL
SELECT 'profile', p.id, 'has another threshold than the one that was signed' FROM profile p
LEFT JOIN calibration c ON c.id = p.calibration_id AND c.state = 'signed' AND c.pass_total = p.pass_total
WHERE p.calibration_id IS NOT NULL AND c.id IS NULL
UNION ALL
SELECT 'profile', p.id, 'rests on an analysis that can still change' FROM profile p
JOIN job_analysis a ON a.id = p.analysis_id WHERE a.state = 'draft'
UNION ALL
SELECT 'profile', p.id, format('exercise %s observes nothing that the analysis found', x.exercise_id)
FROM profile p JOIN profile_exercise x ON x.profile_id = p.id
WHERE p.analysis_id IS NOT NULL AND p.state <> 'draft' AND NOT EXISTS (
    SELECT FROM exercise_habilete o JOIN job_analysis_habilete h ON h.habilete = o.habilete
    WHERE o.exercise_id = x.exercise_id AND h.analysis_id = p.analysis_id)
UNION ALL
SELECT 'appeal', a.id, 'to be marked again in no session' FROM appeal a
LEFT JOIN test_session s ON s.id = a.remark_session AND s.remark_of = a.session_id
WHERE a.outcome = 're_mark' AND s.id IS NULL
UNION ALL
SELECT 'appeal', a.id, 'filed after its last day' FROM appeal a WHERE a.filed_on > a.due_by
UNION ALL
SELECT 'session_pack', k.id, 'revoked, and marks came from it' FROM session_pack k WHERE k.state <> 'imported' AND k.marks > 0

-- What a matching read and gave, and what was signed, are still the same bytes.
-- name: check_bytes
-- class:
SELECT 'matching_run' AS object, r.id, 'inputs or result are not what was hashed' AS detail
FROM matching_run r
WHERE (r.inputs_hash <> sha256(convert_to(r.inputs, 'UTF8')) OR r.result_hash <> sha256(convert_to(r.result, 'UTF8')))
  AND NOT (r.inputs = '' AND r.result = '' AND EXISTS (SELECT FROM audit_leaf l WHERE l.act = 'data.purge' AND l.detail ? 'matching_run'))
UNION ALL
SELECT 'matching_run', r.id, 'what it kept for its answers is not what was hashed' FROM matching_run r
WHERE r.kept_hash <> sha256(convert_to(r.terms || coalesce((SELECT string_agg(s.lines, '' ORDER BY s.first_candidate)
                                                            FROM matching_share s WHERE s.run_id = r.id), ''), 'UTF8'))
  AND NOT (r.terms = '' AND EXISTS (SELECT FROM audit_leaf l WHERE l.act = 'data.purge' AND l.detail ? 'matching_run'))
UNION ALL
SELECT 'closing_act', a.campaign_id, 'the body is not what was hashed' FROM closing_act a
WHERE a.sha256 <> sha256(convert_to(a.body, 'UTF8'))

-- name: check_closing
-- class:
SELECT 'campaign' AS object, c.id, 'closed without an act signed by two' AS detail FROM campaign c
WHERE c.state = 'closed'
  AND NOT EXISTS (SELECT FROM closing_act a WHERE a.campaign_id = c.id AND a.signed_by_2 IS NOT NULL AND a.signature IS NOT NULL)
UNION ALL
SELECT 'placement', p.id, format('%s in a closed campaign', p.state)
FROM placement p JOIN campaign c ON c.id = p.campaign_id
WHERE c.state = 'closed' AND p.state IN ('bound', 'authorised', 'convoked', 'fit', 'visa', 'ready', 'departed', 'arrived',
                                         'working', 'suspended', 'abandon_reported', 'missing', 'ended', 'non_return_proposed')
  AND NOT EXISTS (SELECT FROM closing_reopen r WHERE r.placement_id = p.id)

-- name: check_documents
-- class:
SELECT 'status_list' AS object, l.list_no::bigint AS id, format('%s issued, %s documents', l.issued, d.n) AS detail
FROM status_list l LEFT JOIN (SELECT x.list_no, count(*) AS n FROM document x GROUP BY x.list_no) d ON d.list_no = l.list_no
WHERE l.issued <> coalesce(d.n, 0)
UNION ALL
SELECT 'document', d.id, 'valid for somebody who does not go' FROM document d JOIN placement p ON p.id = d.placement_id
WHERE d.kind = 1 AND d.state = 'valid'
  AND p.state IN ('unfit', 'visa_refused', 'withdrawn', 'replaced', 'lot_cancelled', 'no_show')
UNION ALL
SELECT 'document', d.id, format('valid though a case holds its %s', document_held_by(d)) FROM document d
WHERE d.state = 'valid' AND document_held_by(d) IS NOT NULL
UNION ALL
SELECT 'document', d.id, format('%s though its withdrawal was %s', d.state, coalesce(w.decision, 'proposed')) FROM document d
JOIN document_withdrawal w ON w.document_id = d.id AND (w.decision = 'confirmed' OR (w.decision IS NULL AND w.grave))
WHERE d.state = 'valid' OR (w.decision = 'confirmed' AND d.state <> 'revoked')
UNION ALL
SELECT 'account', q.account_id, format('%s documents counted on %s, %s issued', q.used, q.day, n.issued) FROM document_quota q,
    LATERAL (SELECT count(*) AS issued FROM document d WHERE d.account_id = q.account_id AND (d.issued_at AT TIME ZONE 'UTC')::date = q.day) n
WHERE q.used < n.issued OR q.used > q.most
UNION ALL
SELECT 'document_batch', b.id, format('%s issued and %s refused told, %s and %s items', b.issued, b.refused, i.issued, i.refused)
FROM document_batch b, LATERAL (
    SELECT count(*) FILTER (WHERE x.state = 'issued') AS issued, count(*) FILTER (WHERE x.state = 'refused') AS refused
    FROM document_batch_item x WHERE x.batch_id = b.id) i
WHERE b.issued <> i.issued OR b.refused <> i.refused

-- A derogation says what was signed, by two officers of the office, and left a leaf for each of its acts; a stay
-- that was over when one was revoked is on its list, and days that were corrected are those that stand.
-- name: check_derogations
-- class:
SELECT 'derogation' AS object, d.id, 'is not the text that was signed' AS detail FROM derogation d
WHERE d.sha256 <> sha256(convert_to(jsonb_build_array('derogation', d.title, d.legal_source, d.from_day, d.to_day,
    d.most_months, d.most_days, d.campaign_id, d.country, d.rome, d.crop, d.department, d.workers_named,
    ARRAY(SELECT w.worker_id FROM derogation_worker w WHERE w.derogation_id = d.id ORDER BY w.worker_id))::text, 'UTF8'))
UNION ALL
SELECT 'derogation', d.id, 'signed by one person, or by somebody who is no officer' FROM derogation d
WHERE d.signed_by IS NOT NULL AND (d.signed_by = d.proposed_by OR EXISTS (
    SELECT FROM unnest(ARRAY[d.proposed_by, d.signed_by]) AS s (account) LEFT JOIN account a ON a.id = s.account
    LEFT JOIN org o ON o.id = a.org_id WHERE (o.kind = 'ofii') IS NOT TRUE))
UNION ALL
SELECT 'derogation', d.id, format('%s without a leaf', a.act)
FROM derogation d, LATERAL (VALUES ('derogation.propose', true), ('derogation.sign', d.signed_by IS NOT NULL),
                                   ('derogation.revoke', d.revoked_by IS NOT NULL)) AS a (act, done)
WHERE a.done AND NOT EXISTS (SELECT FROM audit_leaf l WHERE l.act = a.act AND l.object_kind = 'derogation' AND l.object_id = d.id)
UNION ALL
SELECT 'derogation', o.derogation_id, format('lists stay %s as over and is not revoked', o.stay_id)
FROM derogation_over o JOIN derogation d ON d.id = o.derogation_id WHERE d.revoked_from IS NULL
UNION ALL
SELECT 'worker_stay', c.stay_id, 'was struck out and stands' FROM stay_correction c JOIN worker_stay s ON s.id = c.stay_id
WHERE c.becomes IS NULL

-- What waits for an answer, and for whom no answer can come any more; texts that nobody has looked at.
-- name: check_waiting
-- class:
SELECT 'proposal' AS object, p.id, format('%s in a campaign that is %s', p.state, c.state) AS detail
FROM proposal p JOIN campaign c ON c.id = p.campaign_id
WHERE p.state IN ('proposed', 'reserve') AND c.state IN ('returns', 'closed')
UNION ALL
SELECT 'contract', k.id, format('%s with a word in it that nobody decided about', k.state)
FROM contract k JOIN blocked_flag f ON f.object_kind = 'contract' AND f.object_id = k.id AND f.state = 'open'
WHERE k.state IN ('approved', 'filled')

-- Whoever was erased is erased everywhere; a record has a key; what a derogation names is what it says; who was
-- entered in two campaigns at the same moment is one worker, or a case asks whether he is.
-- name: check_persons
-- class:
SELECT 'privacy_request' AS object, q.id, 'erasure done, and the worker is there' AS detail
FROM privacy_request q JOIN worker w ON w.id = q.worker_id
WHERE q.kind = 'erasure' AND q.state = 'done' AND w.erased_at IS NULL
UNION ALL
SELECT 'worker_identity', i.worker_id, 'sealed without a key of its own (noria-server seal rewrap)' FROM worker_identity i WHERE i.wrapped IS NULL
UNION ALL
SELECT 'document', d.id, 'still opens, and its worker was erased' FROM document d JOIN placement p ON p.id = d.placement_id
JOIN worker w ON w.id = p.worker_id WHERE w.erased_at IS NOT NULL AND (d.state <> 'revoked' OR d.sealed <> decode(repeat('00', 42), 'hex'))
UNION ALL
SELECT 'candidate', c.id, 'tells something of a worker who was erased' FROM candidate c JOIN worker w ON w.id = c.worker_id
WHERE w.erased_at IS NOT NULL AND (c.partner_ref IS NOT NULL OR c.fee_payee IS NOT NULL OR c.state = 'preselected' AND NOT EXISTS (
    SELECT FROM placement p WHERE p.candidate_id = c.id))
UNION ALL
SELECT 'derogation', d.id, format('says %s workers are named, and %s are', CASE WHEN d.workers_named THEN 'that' ELSE 'no' END, n.named)
FROM derogation d, LATERAL (SELECT count(*) AS named FROM derogation_worker w WHERE w.derogation_id = d.id) n
WHERE d.workers_named <> (n.named > 0)
UNION ALL
SELECT 'return_exception', e.id, 'a transfer to the same employer, or to a contract that was never approved' FROM return_exception e
JOIN placement p ON p.id = e.placement_id JOIN contract k ON k.id = e.to_contract_id
WHERE e.state = 'confirmed' AND e.kind = 'transfer' AND (k.org_id = p.org_id OR k.state NOT IN ('approved', 'filled'))
UNION ALL
SELECT 'candidate', c.id, format('another worker than entry %s of the same passport and person, and no case says so', o.id)
FROM candidate c
JOIN candidate o ON o.passport_key = c.passport_key AND o.person_key = c.person_key AND o.campaign_id <> c.campaign_id AND o.id < c.id
JOIN worker w ON w.id = c.worker_id JOIN worker v ON v.id = o.worker_id
WHERE coalesce(w.person_id, w.id) <> coalesce(v.person_id, v.id)
  AND NOT EXISTS (SELECT FROM candidate d WHERE d.worker_id = c.worker_id AND d.id < c.id
                                             OR d.worker_id = o.worker_id AND d.campaign_id = c.campaign_id)
  AND NOT EXISTS (SELECT FROM fraud_case f WHERE f.candidate_id IN (c.id, o.id) AND f.other_candidate_id IN (c.id, o.id))

-- The references that are enforced a statement at a time, not by a foreign key.
-- name: check_references
-- class:
SELECT 'candidate' AS object, c.id, 'of a worker, campaign or service that is not there' AS detail FROM candidate c
WHERE NOT EXISTS (SELECT FROM worker w WHERE w.id = c.worker_id)
   OR NOT EXISTS (SELECT FROM campaign g WHERE g.id = c.campaign_id)
   OR NOT EXISTS (SELECT FROM org o WHERE o.id = c.org_id AND o.kind = 'partner')
UNION ALL
SELECT 'worker_identity', i.worker_id, 'of nobody' FROM worker_identity i
WHERE NOT EXISTS (SELECT FROM worker w WHERE w.id = i.worker_id)
UNION ALL
SELECT 'candidate', c.id, 'shown to other employers than those he was proposed to' FROM candidate c
LEFT JOIN (SELECT candidate_id, array_agg(DISTINCT org_id ORDER BY org_id) AS orgs FROM proposal WHERE shown AND state <> 'reserve' GROUP BY 1) p
    ON p.candidate_id = c.id
WHERE c.shown_to IS DISTINCT FROM p.orgs

-- Acts that must have left a leaf.
-- name: check_leaves
-- class:
SELECT 'placement' AS object, p.id, 'bound without a leaf' AS detail FROM placement p
WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.act = 'placement.bind' AND l.object_kind = 'placement' AND l.object_id = p.id)
UNION ALL
SELECT 'document', d.id, 'issued without a leaf' FROM document d
WHERE NOT EXISTS (SELECT FROM audit_leaf l WHERE l.act = 'document.issue' AND l.object_kind = 'document' AND l.object_id = d.id)
UNION ALL
SELECT 'campaign', a.campaign_id, 'closed without a leaf' FROM closing_act a
WHERE a.signed_by_2 IS NOT NULL
  AND NOT EXISTS (SELECT FROM audit_leaf l WHERE l.act = 'campaign.close' AND l.object_id = a.campaign_id)
UNION ALL
SELECT 'audit_leaf', l.id, 'an hour old and not in the tree' FROM audit_leaf l
WHERE l.at < clock_timestamp() - interval '1 hour' AND EXISTS (SELECT FROM audit_head)
  AND NOT EXISTS (SELECT FROM audit_entry e WHERE e.leaf_id = l.id)

-- What is past its limit and still there a day after the purge should have taken it, told limit by limit. A worker whom
-- something holds may stay.
-- name: check_retention
-- class:
WITH days AS MATERIALIZED (
    SELECT l.code, CASE l.code WHEN 'session' THEN clock_timestamp()::date ELSE today() END - l.days - 1 AS before FROM retention_limit l),
old AS (
    SELECT w.id, (SELECT max(coalesce(p.returned_on, p.ended_on, p.last_day)) FROM placement p WHERE p.worker_id = w.id
                  AND placement_term(p.state) <> 'left_before') AS ended, max(c.created_at) AS entered
    FROM worker w JOIN candidate c ON c.worker_id = w.id
    WHERE w.erased_at IS NULL AND EXISTS (SELECT FROM worker_identity i WHERE i.worker_id = w.id)
      AND NOT EXISTS (SELECT FROM privacy_request q WHERE q.worker_id = w.id AND q.received_on > (SELECT d.before FROM days d WHERE d.code = 'candidate'))
    GROUP BY w.id)
SELECT 'worker' AS object, o.id, 'candidate: kept past the limit' AS detail FROM old o, days d
WHERE d.code = 'candidate' AND o.ended IS NULL AND o.entered < d.before AND worker_hold(o.id) IS NULL
  AND NOT EXISTS (SELECT FROM result r JOIN candidate c ON c.id = r.candidate_id WHERE c.worker_id = o.id AND r.held_on >= d.before)
  AND NOT EXISTS (SELECT FROM proposal r JOIN candidate c ON c.id = r.candidate_id WHERE c.worker_id = o.id AND r.decided_at >= d.before)
UNION ALL
SELECT 'worker', o.id, 'worker: kept past the limit' FROM old o, days d
WHERE d.code = 'worker' AND o.ended < d.before AND worker_hold(o.id) IS NULL
UNION ALL
SELECT 'worker', w.id, 'erased, and an identity is there' FROM worker w JOIN worker_identity i ON i.worker_id = w.id WHERE w.erased_at IS NOT NULL
UNION ALL
SELECT 'idempotency', count(*), '30 days: kept past the limit' FROM idempotency i, days d WHERE d.code = '30 days' AND i.created_at < d.before HAVING count(*) > 0
UNION ALL
SELECT 'document_quota', count(*), '30 days: kept past the limit' FROM document_quota q, days d WHERE d.code = '30 days' AND q.day < d.before HAVING count(*) > 0
UNION ALL
SELECT 'session', count(*), 'session: kept past the limit' FROM session s, days d WHERE d.code = 'session' AND s.expires_at < d.before HAVING count(*) > 0
UNION ALL
SELECT 'api_token', count(*), 'session: kept past the limit' FROM api_token t, days d
WHERE d.code = 'session' AND coalesce(t.revoked_at, t.expires_at) < d.before HAVING count(*) > 0
UNION ALL
SELECT 'import_batch', b.id, 'import: kept past the limit' FROM import_batch b, days d
WHERE d.code = 'import' AND b.kind = 'candidate' AND b.created_at < d.before AND (b.errors_csv IS NOT NULL OR b.errors_key IS NOT NULL)
UNION ALL
SELECT 'account', a.id, 'account: kept past the limit' FROM account a, days d
WHERE d.code = 'account' AND a.disabled_at < d.before AND a.name <> 'erased'
UNION ALL
SELECT 'matching_run', r.id, 'matching: kept past the limit' FROM matching_run r JOIN campaign c ON c.id = r.campaign_id, days d
WHERE d.code = 'matching' AND c.closed_at < d.before AND (r.inputs <> '' OR r.result <> '' OR r.terms <> '')
UNION ALL
SELECT 'matching_share', count(*), 'matching: kept past the limit' FROM matching_share s JOIN matching_run r ON r.id = s.run_id
JOIN campaign c ON c.id = r.campaign_id, days d WHERE d.code = 'matching' AND c.closed_at < d.before AND s.lines <> '' HAVING count(*) > 0
UNION ALL
SELECT 'matching_part', count(*), 'matching: kept past the limit' FROM matching_part p JOIN matching_run r ON r.id = p.run_id
JOIN campaign c ON c.id = r.campaign_id, days d WHERE d.code = 'matching' AND c.closed_at < d.before HAVING count(*) > 0
UNION ALL
SELECT 'fraud_case', f.id, 'case: kept past the limit' FROM fraud_case f, days d
WHERE d.code = 'case' AND f.settled_at < d.before AND f.reason <> 'erased'
UNION ALL
SELECT 'case_likeness', count(*), 'case: kept past the limit' FROM case_likeness k JOIN fraud_case f ON f.id = k.case_id, days d
WHERE d.code = 'case' AND f.settled_at < d.before HAVING count(*) > 0
UNION ALL
SELECT 'privacy_request', q.id, 'request: kept past the limit' FROM privacy_request q, days d WHERE d.code = 'request' AND q.decided_at < d.before

-- Defences that stand in the schema but are switched off.
-- name: check_defences
-- class:
SELECT 'trigger' AS object, 0::bigint AS id, format('%s on %s is disabled', t.tgname, t.tgrelid::regclass) AS detail
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE t.tgenabled <> 'O' AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT 'constraint', 0, format('%s on %s is not validated', k.conname, k.conrelid::regclass)
FROM pg_constraint k WHERE NOT k.convalidated AND k.connamespace = 'public'::regnamespace
UNION ALL
SELECT 'table', 0, format('%s has policies and no row-level security', c.relname)
FROM pg_class c WHERE NOT c.relrowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
UNION ALL
SELECT 'migration', 0, format('%s: no such constraint', w.name)
FROM unnest(ARRAY['stay_overlap', 'place_taken', 'idempotency_replay', 'leaf_sequenced_once', 'partner_ref_used',
                  'document_index', 'document_limit', 'batch_item_once', 'mark_other_marker', 'second_person_needed', 'session_full', 'derogation_most']) AS w (name)
WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conname = w.name)
UNION ALL
SELECT 'migration', 0, format('%s: no such trigger', w.name)
FROM unnest(ARRAY['six_months', 'placement_fact_move', 'placement_state_check', 'append_only', 'document_follow',
                  'document_case_opened', 'document_case_moved', 'derogation_frozen']) AS w (name)
WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = w.name)

-- Every declared constraint as a query over the rows themselves; the reader uses no index.
-- name: check_declared
-- class:
SELECT format('%s on %s', k.conname, k.conrelid::regclass) AS object,
       CASE k.contype
       WHEN 'c' THEN format('SELECT count(*) FROM %s WHERE NOT (%s)', k.conrelid::regclass, pg_get_expr(k.conbin, k.conrelid))
       ELSE format('SELECT count(*) FROM %s c WHERE %s AND NOT EXISTS (SELECT FROM %s p WHERE %s)', k.conrelid::regclass,
                   (SELECT string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ')
                    FROM unnest(k.conkey) n JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n),
                   k.confrelid::regclass,
                   (SELECT string_agg(format('p.%I = c.%I', f.attname, a.attname), ' AND ')
                    FROM unnest(k.conkey, k.confkey) AS n (here, there)
                    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.here
                    JOIN pg_attribute f ON f.attrelid = k.confrelid AND f.attnum = n.there)) END AS query
FROM pg_constraint k WHERE k.contype IN ('c', 'f') AND k.connamespace = 'public'::regnamespace AND k.conrelid <> 0
UNION ALL
SELECT format('%s on %s', i.indexrelid::regclass, i.indrelid::regclass),
       -- by names of their own: a key may be a constant, which GROUP BY does not take
       format('SELECT count(*) FROM (SELECT FROM (SELECT %s FROM %s WHERE %s) k WHERE %s GROUP BY %s HAVING count(*) > 1) twice',
              (SELECT string_agg(format('(%s) AS k%s', pg_get_indexdef(i.indexrelid, n, true), n), ', ')
               FROM generate_series(1, i.indnkeyatts) n),
              i.indrelid::regclass, coalesce(pg_get_expr(i.indpred, i.indrelid), 'true'),
              (SELECT string_agg(CASE WHEN i.indnullsnotdistinct THEN 'true' ELSE format('k%s IS NOT NULL', n) END, ' AND ')
               FROM generate_series(1, i.indnkeyatts) n),
              (SELECT string_agg(format('k%s', n), ', ') FROM generate_series(1, i.indnkeyatts) n))
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT format('NOT NULL on %s', a.attrelid::regclass),
       format('SELECT count(*) FROM %s WHERE %s', a.attrelid::regclass, string_agg(format('%I IS NULL', a.attname), ' OR '))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
WHERE a.attnotnull AND a.attnum > 0 AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
GROUP BY a.attrelid

-- --- read by the program, which judges ------------------------------------------------------------
-- name: check_stays
-- class:
SELECT s.worker_id, s.id, c.six_months_variant AS variant, lower(s.period) AS first_day, upper(s.period) - 1 AS last_day
FROM worker_stay s JOIN campaign c ON c.id = s.campaign_id
WHERE s.worker_id > :after::bigint AND s.worker_id <= :upto::bigint ORDER BY s.worker_id, s.id

-- What lets a stay be longer: a derogation whose scope it is in, to its last day or to the day before it was
-- revoked. A stay that the revocation found over keeps the days that it was given.
-- name: check_leaves_of_stays
-- class:
SELECT s.id AS stay_id, d.id AS derogation_id, d.from_day AS first_day,
       CASE WHEN EXISTS (SELECT FROM derogation_over o WHERE o.derogation_id = d.id AND o.stay_id = s.id) THEN d.to_day
            ELSE least(d.to_day, d.revoked_from - 1) END AS last_day,
       coalesce(d.most_months, 0) AS months, coalesce(d.most_days, 0) AS days
FROM derogation d JOIN worker_stay s ON d.campaign_id IS NULL OR s.campaign_id = d.campaign_id
JOIN worker w ON w.id = s.worker_id
LEFT JOIN placement p ON p.id = s.placement_id LEFT JOIN contract k ON k.id = p.contract_id
LEFT JOIN commune c ON c.insee = k.commune
WHERE s.worker_id > :after::bigint AND s.worker_id <= :upto::bigint AND d.signed_by IS NOT NULL
  AND (d.rome IS NULL OR d.rome IS NOT DISTINCT FROM k.rome)
  AND (d.crop IS NULL OR lower(d.crop) IS NOT DISTINCT FROM lower(k.crop))
  AND (d.department IS NULL OR d.department IS NOT DISTINCT FROM c.department)
  AND (d.country IS NULL OR d.country IN (
      SELECT o.country FROM candidate x JOIN org o ON o.id = x.org_id
      WHERE x.worker_id = s.worker_id AND x.campaign_id = s.campaign_id))
  AND (NOT d.workers_named OR EXISTS (
      SELECT FROM derogation_worker n JOIN worker named ON named.id = n.worker_id
      WHERE n.derogation_id = d.id AND coalesce(named.person_id, named.id) = coalesce(w.person_id, w.id)))
ORDER BY s.worker_id, s.id, d.id

-- name: check_last_worker
-- class:
SELECT coalesce(max(worker_id), 0) AS id FROM worker_stay

-- name: check_entries
-- class:
SELECT e.position, encode(e.hash, 'hex') AS hash, CASE WHEN l.id IS NOT NULL THEN encode(convert_to(audit_line(l), 'UTF8'), 'hex') END AS line,
       encode(h.root, 'hex') AS root, encode(h.frontier, 'hex') AS frontier
FROM audit_entry e LEFT JOIN audit_leaf l ON l.id = e.leaf_id LEFT JOIN audit_head h ON h.size = e.position + 1
WHERE e.position >= :after::bigint ORDER BY e.position LIMIT 5000

-- name: check_nodes
-- class:
SELECT n.level, n.idx, encode(n.hash, 'hex') AS hash FROM audit_node n ORDER BY n.level, n.idx

-- name: check_heads
-- class:
SELECT coalesce(max(h.size), 0) AS size, count(*) AS heads FROM audit_head h

-- name: check_begin
-- class:
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY

-- The rows themselves are read, not what an index says of them.
-- name: check_settings
-- class:
SELECT set_config('enable_indexscan', :indexes::text, true), set_config('enable_indexonlyscan', :indexes::text, true),
       set_config('enable_bitmapscan', :indexes::text, true), set_config('row_security', 'off', true), set_config('jit', 'off', true)
