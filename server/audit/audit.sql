-- The audit log: sequencing, proofs, export, and who looked.

-- One sequencer at a time, whichever server it is in; the lock ends with the transaction.
-- name: audit_lock
-- class: system
SELECT pg_try_advisory_xact_lock(6962) AS held;

-- name: audit_last
-- class: system
SELECT h.size, encode(h.frontier, 'hex') AS frontier FROM audit_head h ORDER BY h.size DESC LIMIT 1;

-- name: audit_take
-- class: system
SELECT p.leaf_id, p.hash, p.now FROM audit_place(:size::bigint, :floor::bigint, :limit::int) p;

-- name: audit_put_nodes
-- class: system
INSERT INTO audit_node (level, idx, hash)
SELECT n.level, n.idx, decode(n.hash, 'hex')
FROM unnest(:levels::smallint[], :indexes::bigint[], :hashes::text[]) AS n (level, idx, hash);

-- name: audit_put_head
-- class: system
INSERT INTO audit_head (size, root, frontier, at, signed)
VALUES (:size::bigint, :root::bytea, :frontier::bytea, to_timestamp(:at::bigint), :signed::bytea);

-- name: audit_newest_head
-- class: ofii, employer, partner, public
SELECT h.size, encode(h.root, 'hex') AS root, h.at, encode(h.signed, 'hex') AS signed
FROM audit_head h ORDER BY h.size DESC LIMIT 1;

-- The newest head of a tree of at most that size: what a proof is made against.
-- name: audit_head_of
-- class: ofii, employer, partner, public
SELECT h.size, encode(h.root, 'hex') AS root, encode(h.signed, 'hex') AS signed
FROM audit_head h WHERE h.size = :size::bigint;

-- name: audit_leaf_hashes
-- class: ofii, employer, partner, public
SELECT encode(e.hash, 'hex') AS hash FROM audit_entry e
WHERE e.position >= :first::bigint AND e.position < :first::bigint + :count::bigint ORDER BY e.position;

-- name: audit_node_hashes
-- class: ofii, employer, partner, public
SELECT encode(n.hash, 'hex') AS hash FROM audit_node n
WHERE n.level = :level::smallint AND n.idx >= :first::bigint AND n.idx < :first::bigint + :count::bigint ORDER BY n.idx;

-- name: audit_position
-- class: ofii, employer, partner
SELECT e.position, encode(e.hash, 'hex') AS hash FROM audit_entry e WHERE e.leaf_id = :leaf::bigint;

-- The log as its lines, each head behind its last leaf. `id` is the position after the leaf.
-- name: audit_export_page
-- class: ofii
SELECT e.position + 1 AS id, audit_line(l) AS leaf, encode(h.signed, 'hex') AS head
FROM audit_entry e
JOIN audit_leaf l ON l.id = e.leaf_id
LEFT JOIN audit_head h ON h.size = e.position + 1
WHERE e.position >= :after::bigint
ORDER BY e.position LIMIT :limit::int;

-- name: audit_act_list
-- class: ofii
SELECT l.id, l.at, l.act, l.object_kind, l.object_id, l.reason, coalesce(a.name, '') AS account, coalesce(o.name, '') AS org,
       e.position
FROM audit_leaf l
LEFT JOIN account a ON a.id = l.account_id
LEFT JOIN org o ON o.id = l.org_id
LEFT JOIN audit_entry e ON e.leaf_id = l.id
WHERE (:after::bigint = 0 OR l.id < :after::bigint) AND (:act::text IS NULL OR l.act = :act::text)
ORDER BY l.id DESC LIMIT :limit::int;

-- name: candidate_look_list
-- class: ofii, partner
SELECT k.id, k.at, k.act, k.org, k.account, k.role, k.reason
FROM candidate_looks(:candidate::bigint, :after::bigint, :limit::int) k LIMIT :limit::int;

-- For the file of a person: a day of 300 looks for a year.
-- name: candidate_look_all
-- class: ofii
SELECT k.id, k.at, k.act, k.org, k.account, k.role, k.reason, count(*) OVER () AS _all
FROM candidate_looks(:candidate::bigint, 0, NULL) k ORDER BY k.id DESC LIMIT 100000;
