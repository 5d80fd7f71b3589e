-- What employers share, as digests; what workers say of money asked at arrival and return.

-- name: contact_show
-- class: ofii
SELECT o.id, o.name, o.kind, o.version, c.phone_key IS NOT NULL AS has_phone, c.email_key IS NOT NULL AS has_email,
    c.iban_key IS NOT NULL AS has_iban, c.msa_key IS NOT NULL AS has_msa, c.office_address, c.at
FROM org o LEFT JOIN org_contact c ON c.org_id = o.id WHERE o.id = :id::bigint AND o.kind = 'employer';

-- All of them are replaced: what is left empty is known no more.
-- name: contact_put
-- class: ofii
WITH changed AS (
    UPDATE org o SET version = o.version + 1
    WHERE o.id = :id::bigint AND o.version = :version::bigint AND o.kind = 'employer' RETURNING o.id, o.version
), put AS (
    INSERT INTO org_contact (org_id, phone_key, email_key, iban_key, msa_key, office_address, recorded_by)
    SELECT c.id, digest_put(:phone_key::bytea), digest_put(:email_key::bytea), digest_put(:iban_key::bytea),
        digest_put(:msa_key::bytea), :office_address, actor_account() FROM changed c
    ON CONFLICT (org_id) DO UPDATE SET phone_key = excluded.phone_key, email_key = excluded.email_key, iban_key = excluded.iban_key,
        msa_key = excluded.msa_key, office_address = excluded.office_address, recorded_by = excluded.recorded_by, at = clock_timestamp()
    RETURNING org_id
)
SELECT c.id, c.version, audit('org.contact', 'org', c.id) AS _leaf FROM changed c JOIN put p ON p.org_id = c.id;

-- name: fee_placement
-- class: ofii
SELECT p.id, c.token, p.departed_on IS NOT NULL AS gone FROM placement p JOIN candidate c ON c.id = p.candidate_id WHERE p.id = :id::bigint;

-- name: fee_answers
-- class: ofii
SELECT a.moment, a.at FROM fee_answer a WHERE a.placement_id = :id::bigint ORDER BY a.at LIMIT 2;

-- name: fee_record
-- class: ofii
SELECT fee_answer_record(:id::bigint, :moment, :asked = 'yes', :amount::numeric, :payee, digest_put(:phone_key::bytea), :place) AS id;
