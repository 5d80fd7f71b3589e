-- Closing: the balance, what is open, the act and its signatures.

-- name: closing_campaign
-- class: ofii
SELECT c.id, c.code, c.name, c.season, c.state FROM campaign c WHERE c.id = :campaign::bigint;

-- name: closing_balance
-- class: ofii
SELECT b.bound, b.left_before, b.to_depart, b.departed, b.present, b.return_due, b.returned_verified, b.returned_late,
       b.returned_declared, b.extended, b.transferred, b.status_changed, b.exceptions, b.overdue, b.non_return,
       b.unexplained,
       -- the denominator of the rate is printed with it
       b.departed - b.present - b.return_due - b.extended - b.transferred - b.status_changed - b.exceptions AS expected_home,
       b.returned_verified + b.returned_late AS home_verified
FROM campaign_balance(:campaign::bigint) b;

-- name: closing_open
-- class: ofii
SELECT o.what, o.count, f.id,
    CASE o.what WHEN 'fraud_case' THEN 'case' WHEN 'contract_submitted' THEN 'contract' ELSE 'placement' END AS kind
FROM closing_open(:campaign::bigint) o, unnest(o.first_ids) WITH ORDINALITY AS f (id, place)
ORDER BY o.what, f.place;

-- name: closing_act
-- class: ofii
SELECT a.campaign_id, encode(a.sha256, 'hex') AS sha256, a.signed_at_1, x.name AS signed_by_1, a.signed_at_2,
       y.name AS signed_by_2, a.signed_by_2 IS NOT NULL AS complete, a.signed_by_1 = actor_account() AS mine,
       encode(a.signature, 'hex') AS signature
FROM closing_act a JOIN account x ON x.id = a.signed_by_1 LEFT JOIN account y ON y.id = a.signed_by_2
WHERE a.campaign_id = :campaign::bigint;

-- name: closing_text
-- class: ofii
SELECT a.body, encode(a.sha256, 'hex') AS sha256, encode(a.signature, 'hex') AS signature
FROM closing_act a WHERE a.campaign_id = :campaign::bigint;

-- name: closing_sign
-- class: ofii
SELECT encode(closing_sign(:campaign::bigint), 'hex') AS sha256;

-- name: closing_countersign
-- class: ofii
SELECT encode(closing_countersign(:campaign::bigint, decode(:sha256, 'hex'), :signature::bytea), 'hex') AS sha256;

-- name: closing_reopen_list
-- class: ofii
SELECT r.id, r.placement_id, r.reason, r.state_then, r.opened_at, a.name AS opened_by, r.settled_at, r.state_now, count(*) OVER () AS _all
FROM closing_reopen r JOIN account a ON a.id = r.opened_by
WHERE r.campaign_id = :campaign::bigint ORDER BY r.id LIMIT 200;

-- name: reopened_open
-- class: ofii
SELECT reopened_open(:placement::bigint, :reason) AS reopen_id;

-- name: reopened_settle
-- class: ofii
SELECT reopened_settle(:placement::bigint) AS reopen_id;

-- The act on paper, read from the signed list.
-- name: closing_paper_facts
-- class: ofii
SELECT f.label, f.value
FROM closing_act a
JOIN account x ON x.id = a.signed_by_1
LEFT JOIN account y ON y.id = a.signed_by_2
CROSS JOIN LATERAL (VALUES
    (1, 'Campaign', a.body::json ->> 'campaign'),
    (2, 'Day', a.body::json ->> 'as_of'),
    (3, 'Departed', a.body::json #>> '{balance,departed}'),
    (4, 'Returned, verified', a.body::json #>> '{balance,returned_verified}'),
    (5, 'Returned late, verified', a.body::json #>> '{balance,returned_late}'),
    (6, 'Returned, only declared', a.body::json #>> '{balance,returned_declared}'),
    (7, 'Extended', a.body::json #>> '{balance,extended}'),
    (8, 'Transferred', a.body::json #>> '{balance,transferred}'),
    (9, 'Status changed', a.body::json #>> '{balance,status_changed}'),
    (10, 'Exceptions', a.body::json #>> '{balance,exceptions}'),
    (11, 'Non-returns', a.body::json #>> '{balance,non_return}'),
    (12, 'Unexplained', a.body::json #>> '{balance,unexplained}'),
    (13, 'Left before departure', a.body::json #>> '{balance,left_before}'),
    (14, 'First signature', x.name || ', ' || to_char(a.signed_at_1 AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
    (15, 'Second signature', y.name || ', ' || to_char(a.signed_at_2 AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI "UTC"')),
    (16, 'SHA-256 of the list', encode(a.sha256, 'hex'))) AS f (seq, label, value)
WHERE a.campaign_id = :campaign::bigint
ORDER BY f.seq;

-- name: closing_paper_lines
-- class: ofii
SELECT format('%s  %s  %s  %s  %s', rpad(x.id::text, 8), x.token, rpad(x.contract, 18), rpad(x.state, 22),
              coalesce(x.returned_on::text, '')) AS line
FROM closing_act a
CROSS JOIN LATERAL json_to_recordset(a.body::json -> 'placements')
    AS x (id bigint, token text, contract text, state text, returned_on date)
WHERE a.campaign_id = :campaign::bigint
ORDER BY x.id;
