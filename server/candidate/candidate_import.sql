-- The import of candidates: a file becomes one batch in one transaction, chunk by chunk through a stage.

-- No row: the same file was taken before.
-- name: candidate_import_batch
-- class: partner
INSERT INTO import_batch (campaign_id, org_id, kind, file_hash, account_id)
SELECT :campaign::bigint, actor_org(), 'candidate', :hash::bytea, actor_account()
WHERE candidate_may_enter(:campaign::bigint)
ON CONFLICT (kind, campaign_id, org_id, file_hash) DO NOTHING
RETURNING id;

-- name: candidate_import_known
-- class: partner
SELECT b.id, b.rows_ok, b.rows_same, b.rows_bad FROM import_batch b
WHERE b.kind = 'candidate' AND b.campaign_id = :campaign::bigint AND b.org_id = actor_org()
  AND b.file_hash = :hash::bytea;

-- name: candidate_import_begin
-- class: partner
SELECT h.version, h.key_id FROM candidate_import_begin(:campaign::bigint), digest_held() h;

-- name: candidate_import_ids
-- class: partner
SELECT i.first_worker, i.first_candidate FROM candidate_ids(:count::bigint) i;

-- The table is made by candidate_import_begin().
-- name: candidate_import_copy
-- class:
COPY candidate_stage (row_no, worker_id, candidate_id, token, partner_ref, passport_key, person_key, swapped_key,
    sealed, wrapped, document_expires, experience_months, languages, permits, habiletes, available_from, available_to,
    fee_asked, fee_cents, fee_payee, fee_phone_key, fee_place, zone_faults, zone_doubts, typed_differs) FROM STDIN (FORMAT binary);

-- name: candidate_import_take
-- class: partner
SELECT t.added, t.same, t.again
FROM candidate_import_take(:import::bigint, :campaign::bigint, :again::boolean, to_timestamp(:now::bigint)) t;

-- name: candidate_import_screen
-- class: partner
SELECT candidate_screen_import(:import::bigint, :campaign::bigint, :first::bigint, :last::bigint) AS opened;

-- name: candidate_import_end
-- class: partner
WITH done AS (
    UPDATE import_batch SET rows_ok = :ok::int, rows_same = :same::int, rows_bad = :bad::int,
        errors_csv = :errors::bytea, errors_key = :errors_key::bytea
    WHERE id = :import::bigint
    RETURNING id)
SELECT d.id, audit('candidate.import', 'import_batch', d.id, NULL,
                   jsonb_build_object('ok', :ok::int, 'same', :same::int, 'bad', :bad::int)) AS _leaf
FROM done d;

-- name: candidate_import_by_id
-- class: ofii, partner
SELECT b.id, b.campaign_id, g.code AS campaign_code, b.rows_ok, b.rows_same, b.rows_bad, b.created_at,
    (SELECT count(*) FROM fraud_case f JOIN candidate c ON c.id = f.candidate_id
     WHERE f.campaign_id = b.campaign_id AND c.import_id = b.id) AS cases
FROM import_batch b JOIN campaign g ON g.id = b.campaign_id
WHERE b.id = :id::bigint AND b.kind = 'candidate';

-- The error file repeats identities: sealed, and each look is a leaf.
-- name: candidate_import_errors
-- class: partner
SELECT b.id, b.errors_csv, b.errors_key, audit('candidate.import_errors', 'import_batch', b.id) AS _leaf
FROM import_batch b WHERE b.id = :id::bigint AND b.kind = 'candidate' AND b.rows_bad > 0;
