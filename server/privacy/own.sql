-- The worker's own page.

-- name: own_file_try
-- class: system
SELECT t.candidate_id, t.worker_id, t.wrapped, t.sealed FROM own_file_try(:cti::bytea) t;

-- name: own_file_answer
-- class: system
SELECT a.at, a.act, a.org, a.org_kind, a.role, a.reason, a.found AS _all FROM own_file_answer(:worker::bigint, :candidate::bigint, :correct::boolean) a;
