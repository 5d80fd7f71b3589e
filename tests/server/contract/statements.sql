-- What the tests of contracts stand on: a farm, another farm, a service, an office and one open
-- campaign. Ids are those of the fixture's empty database.

-- name: test_contract_orgs
-- class:
INSERT INTO org (kind, name, siret, country, naf, commune, hectares, active_from)
VALUES ('employer', 'Farm', '73282932000074', 'FR', '01.24Z', '13004', 900, '2010-01-01'),
    ('employer', 'Other farm', '55208131766522', 'FR', '01.24Z', '13004', 900, '2010-01-01'),
    ('partner', 'ANAPEC', NULL, 'MA', NULL, NULL, NULL, NULL), ('ofii', 'OFII', NULL, 'FR', NULL, NULL, NULL, NULL)
RETURNING id

-- name: test_contract_accounts
-- class:
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT o.id, CASE o.kind WHEN 'ofii' THEN 'officer' ELSE o.kind END, o.id || '@x.example', o.name, 'x' FROM org o ORDER BY o.id

-- name: test_contract_campaign
-- class:
INSERT INTO campaign (code, season, name, first_day, last_day, state)
VALUES ('T-2099', 2099, 'Test', '2099-02-01', '2099-11-30', 'open') RETURNING id

-- name: test_contract_service
-- class:
INSERT INTO campaign_service (campaign_id, org_id, quota) SELECT c.id, o.id, 10 FROM campaign c, org o WHERE o.kind = 'partner'

-- name: test_contract_count
-- class:
SELECT count(*) FROM contract WHERE state = :state::text

-- name: test_contract_rooms
-- class:
SELECT count(*) FROM contract_room r JOIN contract k ON k.id = r.contract_id WHERE k.employer_ref = :ref::text

-- name: test_contract_org
-- class:
SELECT count(*) FROM org WHERE siret = :siret::text

-- name: test_contract_leaves
-- class:
SELECT count(*) FROM audit_leaf WHERE act = :act::text

-- name: test_contract_version
-- class:
SELECT version FROM contract WHERE employer_ref = :ref::text
