-- Blocked criteria: attempts, words found in texts, the list of words.

-- name: attempt_list
-- class: ofii
SELECT l.id, l.at, l.account_id, a.role, o.name AS org, o.kind AS org_kind, l.detail ->> 'criterion' AS criterion,
       l.detail ->> 'name' AS field, l.detail ->> 'method' AS method, l.detail ->> 'route' AS route
FROM audit_leaf l JOIN account a ON a.id = l.account_id JOIN org o ON o.id = l.org_id
WHERE l.act = 'criterion.blocked' AND (:after::bigint = 0 OR l.id < :after::bigint)
  AND (:criterion::text IS NULL OR l.detail ->> 'criterion' = :criterion::text)
ORDER BY l.id DESC LIMIT :limit::int

-- name: attempt_counts
-- class: ofii
SELECT l.detail ->> 'criterion' AS criterion, count(*) AS attempts, count(DISTINCT l.account_id) AS accounts,
       max(l.at) AS newest, count(*) OVER () AS _all
FROM audit_leaf l WHERE l.act = 'criterion.blocked' GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20

-- name: flag_list
-- class: ofii
SELECT f.id, f.object_kind, f.object_id, split_part(f.field, ':', 1) AS field, f.state, f.at, f.reason, w.criterion,
       w.phrase, w.lang, o.name AS org, f.author_id = :reader::bigint AS mine, f.state = 'open' AS open,
       CASE f.object_kind WHEN 'profile' THEN 'profiles' WHEN 'exercise' THEN 'exercises' WHEN 'habilete' THEN 'habiletes'
                          WHEN 'job_analysis' THEN 'analyses' ELSE 'contracts' END AS area
FROM blocked_flag f JOIN blocked_word w ON w.id = f.word_id LEFT JOIN org o ON o.id = f.org_id
WHERE f.id > :after::bigint AND f.state = coalesce(:state::text, 'open')
ORDER BY f.id LIMIT :limit::int

-- name: flag_by_id
-- class: ofii
SELECT f.id, f.state FROM blocked_flag f WHERE f.id = :id::bigint

-- name: flag_keep
-- class: ofii
UPDATE blocked_flag SET state = 'kept', decided_by = actor_account(), decided_at = clock_timestamp(), reason = :reason::text
WHERE id = :id::bigint AND state = 'open'
RETURNING id, state, audit('criterion.kept', 'blocked_flag', id, :reason::text) AS _leaf

-- name: word_list
-- class: ofii
SELECT w.id, w.version, w.retired, w.lang, w.phrase, w.criterion, w.kind, blocked_version() AS list_version
FROM blocked_word w WHERE w.id > :after::bigint AND (:criterion::text IS NULL OR w.criterion = :criterion::text)
ORDER BY w.id LIMIT :limit::int

-- name: word_new
-- class: ofii
WITH fresh AS (
    INSERT INTO blocked_word (version, lang, phrase, criterion, kind)
    VALUES (1, :lang::text, :phrase::text, :criterion::text, :kind::text) RETURNING id, version)
SELECT id, version, audit('criterion.word', 'blocked_word', id) AS _leaf FROM fresh

-- name: word_retire
-- class: ofii
UPDATE blocked_word SET retired = version + 1 WHERE id = :id::bigint AND retired IS NULL
RETURNING id, retired, audit('criterion.word_retire', 'blocked_word', id) AS _leaf
