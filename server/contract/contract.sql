-- Contracts. Row-level security: an employer sees its own, a partner service the approved ones of its
-- campaigns, the public none (contract_public() answers to who holds one).

-- `state` and `campaign` narrow the list. Whose the contracts are is told as far as the reader's login may
-- know it.
-- name: contract_list
-- class: ofii, employer, partner
SELECT k.id, k.serial, b.employer_ref, k.state, k.campaign_id, c.code AS campaign, b.employer,
    k.crop, k.rome, k.places, k.taken, k.first_day, k.last_day, k.commune, m.name AS commune_name, k.due_on, k.version
FROM contract k
JOIN campaign c ON c.id = k.campaign_id
JOIN commune m ON m.insee = k.commune
LEFT JOIN LATERAL contract_behind(k.id) b ON true
WHERE k.id > :after::bigint
  AND (:campaign::bigint IS NULL OR k.campaign_id = :campaign::bigint)
  AND (:state::text IS NULL OR k.state = :state::text)
ORDER BY k.id
LIMIT :limit::int;

-- What waits for a decision, the most urgent first. `after` as of case_queue.
-- name: contract_queue
-- class: ofii
SELECT (k.due_on - DATE '1970-01-01')::bigint << 36 | k.id AS after, k.id, k.serial, k.campaign_id, c.code AS campaign, o.name AS employer, k.crop, k.rome,
    k.places, k.first_day, k.last_day, m.name AS commune_name, k.submitted_on, k.due_on,
    k.due_on < :today::date AS late, contract_held(k.id) AS held
FROM contract k
JOIN campaign c ON c.id = k.campaign_id
JOIN commune m ON m.insee = k.commune
JOIN org o ON o.id = k.org_id
WHERE k.state = 'submitted'
  AND (k.due_on, k.id) > (DATE '1970-01-01' + (:after::bigint >> 36)::int, :after::bigint & (1::bigint << 36) - 1)
ORDER BY k.due_on, k.id
LIMIT :limit::int;

-- name: contract_by_id
-- class: ofii, employer, partner
SELECT k.id, k.serial, b.check_code, k.state, k.campaign_id, c.code AS campaign, c.name AS campaign_name,
    b.org_id, b.employer, k.taken, k.places - k.taken AS places_left,
    b.employer_ref, k.places, k.named_returnees, k.first_day, k.last_day, k.tolerance_days, k.rome, k.crop,
    k.variety, k.hectares, k.tasks, k.profile_id, k.experience_months, k.commune, b.site_address,
    k.weekly_hours, k.work_pattern, k.night_work, k.sunday_work, k.pay_kind, k.hourly_wage, k.piece_rate,
    k.collective_agreement, k.language, k.meals, k.transport, k.driving, k.demands, k.equipment,
    k.housing_kind, b.housing_address, k.housing_commune, k.housing_basins, k.housing_showers,
    k.housing_toilets, k.housing_eating_m2, k.housing_bunks, k.housing_rent, k.proof_kind, b.proof_reference,
    b.proof_publisher, k.proof_from, k.proof_to,
    o.title AS rome_title, o.farm, m.name AS commune_name, d.name AS department_name, h.name AS housing_commune_name,
    smic_highest(k.first_day, k.last_day) AS smic, k.last_day - k.first_day + 1 AS days,
    k.submitted_on, k.due_on, k.decided_at, b.reason, b.import_id, k.version, k.created_at
FROM contract k
JOIN campaign c ON c.id = k.campaign_id
JOIN rome_code o ON o.code = k.rome
JOIN commune m ON m.insee = k.commune
JOIN department d ON d.code = m.department
LEFT JOIN commune h ON h.insee = k.housing_commune
LEFT JOIN LATERAL contract_behind(k.id) b ON true
WHERE k.id = :id::bigint;

-- name: contract_state
-- class: ofii, employer
SELECT k.state, k.version, k.campaign_id FROM contract k WHERE k.id = :id::bigint;

-- What an edit and a submission read, and nothing to show.
-- name: contract_terms
-- class: ofii, employer
SELECT k.id, k.version, k.state, k.campaign_id,
    k.employer_ref, k.places, k.named_returnees, k.first_day, k.last_day, k.tolerance_days, k.rome, k.crop,
    k.variety, k.hectares, k.tasks, k.profile_id, k.experience_months, k.commune, k.site_address,
    k.weekly_hours, k.work_pattern, k.night_work, k.sunday_work, k.pay_kind, k.hourly_wage, k.piece_rate,
    k.collective_agreement, k.language, k.meals, k.transport, k.driving, k.demands, k.equipment,
    k.housing_kind, k.housing_address, k.housing_commune, k.housing_basins, k.housing_showers,
    k.housing_toilets, k.housing_eating_m2, k.housing_bunks, k.housing_rent, k.proof_kind, k.proof_reference,
    k.proof_publisher, k.proof_from, k.proof_to
FROM contract k
WHERE k.id = :id::bigint;

-- name: contract_room_list
-- class: ofii, employer, partner
SELECT r.seq, r.area_m2, r.occupants, r.sex FROM contract_room r WHERE r.contract_id = :id::bigint
ORDER BY r.seq
LIMIT 200;

-- name: contract_site_list
-- class: ofii, employer, partner
SELECT s.commune, m.name, m.department FROM contract_site s JOIN commune m ON m.insee = s.commune
WHERE s.contract_id = :id::bigint
ORDER BY s.commune
LIMIT 100;

-- Whether a fraud case stands in the way, for who decides.
-- name: contract_hold
-- class: ofii
SELECT contract_held(:id::bigint) AS held;

-- name: contract_rome_list
-- class: employer
SELECT o.code, o.title, o.farm, count(*) OVER () AS _all FROM rome_code o ORDER BY o.farm DESC, o.code LIMIT 200;

-- name: contract_profile_list
-- class: employer
SELECT p.id, p.code, p.version, p.rome, p.crop, count(*) OVER () AS _all FROM profile p WHERE p.state = 'active' ORDER BY p.code LIMIT 200;

-- --- writing ------------------------------------------------------------------------------------------

-- Every fault of the terms that needs the database.
-- name: contract_faults
-- class: employer
SELECT f.field, f.code, f.detail
FROM contract_faults(:campaign::bigint, :first_day::date, :last_day::date, :rome::text, :commune::text,
                     ARRAY(SELECT s.commune FROM jsonb_to_recordset(:sites::jsonb) AS s (commune text)),
                     :housing_commune::text, :hourly_wage::numeric) f;

-- name: contract_create
-- class: employer
WITH made AS (
    INSERT INTO contract (campaign_id, org_id, serial, check_code,
        employer_ref, places, named_returnees, first_day, last_day, tolerance_days, rome, crop, variety,
        hectares, tasks, profile_id, experience_months, commune, site_address, weekly_hours, work_pattern,
        night_work, sunday_work, pay_kind, hourly_wage, piece_rate, collective_agreement, language, meals,
        transport, driving, demands, equipment, housing_kind, housing_address, housing_commune,
        housing_basins, housing_showers, housing_toilets, housing_eating_m2, housing_bunks, housing_rent,
        proof_kind, proof_reference, proof_publisher, proof_from, proof_to)
    VALUES (:campaign::bigint, actor_org(), '', '',
        :employer_ref::text, :places::int, :named_returnees::int, :first_day::date, :last_day::date,
        :tolerance_days::int, :rome::text, :crop::text, :variety::text, :hectares::numeric, :tasks::text,
        :profile_id::bigint, :experience_months::int, :commune::text, :site_address::text,
        :weekly_hours::numeric, :work_pattern::text, :night_work::boolean, :sunday_work::boolean,
        :pay_kind::text, :hourly_wage::numeric, :piece_rate::text, :collective_agreement::text,
        :language::text, :meals::text, :transport::text, :driving::boolean, :demands::text, :equipment::text,
        :housing_kind::text, :housing_address::text, :housing_commune::text, :housing_basins::int,
        :housing_showers::int, :housing_toilets::int, :housing_eating_m2::numeric, :housing_bunks::boolean,
        :housing_rent::numeric, :proof_kind::text, :proof_reference::text, :proof_publisher::text,
        :proof_from::date, :proof_to::date)
    RETURNING id)
SELECT made.id, audit('contract.create', 'contract', made.id) AS _leaf FROM made;

-- name: contract_edit
-- class: employer
WITH changed AS (
    UPDATE contract SET
        employer_ref = :employer_ref::text, places = :places::int, named_returnees = :named_returnees::int,
        first_day = :first_day::date, last_day = :last_day::date, tolerance_days = :tolerance_days::int,
        rome = :rome::text, crop = :crop::text, variety = :variety::text, hectares = :hectares::numeric,
        tasks = :tasks::text, profile_id = :profile_id::bigint, experience_months = :experience_months::int,
        commune = :commune::text, site_address = :site_address::text, weekly_hours = :weekly_hours::numeric,
        work_pattern = :work_pattern::text, night_work = :night_work::boolean,
        sunday_work = :sunday_work::boolean, pay_kind = :pay_kind::text, hourly_wage = :hourly_wage::numeric,
        piece_rate = :piece_rate::text, collective_agreement = :collective_agreement::text,
        language = :language::text, meals = :meals::text, transport = :transport::text,
        driving = :driving::boolean, demands = :demands::text, equipment = :equipment::text,
        housing_kind = :housing_kind::text, housing_address = :housing_address::text,
        housing_commune = :housing_commune::text, housing_basins = :housing_basins::int,
        housing_showers = :housing_showers::int, housing_toilets = :housing_toilets::int,
        housing_eating_m2 = :housing_eating_m2::numeric, housing_bunks = :housing_bunks::boolean,
        housing_rent = :housing_rent::numeric, proof_kind = :proof_kind::text,
        proof_reference = :proof_reference::text, proof_publisher = :proof_publisher::text,
        proof_from = :proof_from::date, proof_to = :proof_to::date,
        version = version + 1
    WHERE id = :id::bigint AND version = :version::bigint AND state = 'draft'
    RETURNING id)
SELECT changed.id, audit('contract.edit', 'contract', changed.id) AS _leaf FROM changed;

-- name: contract_put_rooms
-- class: employer
INSERT INTO contract_room (contract_id, seq, area_m2, occupants, sex)
SELECT :id::bigint, r.seq, (r.room ->> 'area_m2')::numeric, (r.room ->> 'occupants')::int, r.room ->> 'sex'
FROM jsonb_array_elements(:rooms::jsonb) WITH ORDINALITY AS r (room, seq);

-- name: contract_put_sites
-- class: employer
INSERT INTO contract_site (contract_id, commune)
SELECT DISTINCT :id::bigint, s.commune FROM jsonb_to_recordset(:sites::jsonb) AS s (commune text);

-- name: contract_drop_rooms
-- class: employer
DELETE FROM contract_room WHERE contract_id = :id::bigint;

-- name: contract_drop_sites
-- class: employer
DELETE FROM contract_site WHERE contract_id = :id::bigint;

-- --- states: one conditional UPDATE each; what a step needs is contract_state_rules() -----------------

-- The version: what was checked in the program is what is submitted.
-- name: contract_submit
-- class: employer, ofii
WITH moved AS (
    UPDATE contract SET state = 'submitted', version = version + 1
    WHERE id = :id::bigint AND version = :version::bigint AND state = 'draft'
    RETURNING id)
SELECT moved.id, audit('contract.submit', 'contract', moved.id) AS _leaf FROM moved;

-- name: contract_screen
-- class: employer, ofii
SELECT screen_contract(:id::bigint) AS cases;

-- name: contract_approve
-- class: ofii
WITH moved AS (
    UPDATE contract SET state = 'approved', version = version + 1
    WHERE id = :id::bigint AND state = 'submitted'
    RETURNING id, places)
SELECT moved.id, audit('contract.approve', 'contract', moved.id, NULL,
                       jsonb_build_object('places', moved.places)) AS _leaf
FROM moved;

-- name: contract_refuse
-- class: ofii
WITH moved AS (
    UPDATE contract SET state = 'refused', reason = :reason, version = version + 1
    WHERE id = :id::bigint AND state = 'submitted'
    RETURNING id)
SELECT moved.id, audit('contract.refuse', 'contract', moved.id, :reason) AS _leaf FROM moved;

-- name: contract_withdraw
-- class: employer, ofii
WITH moved AS (
    UPDATE contract SET state = 'withdrawn', reason = :reason, version = version + 1
    WHERE id = :id::bigint AND state IN ('draft', 'submitted', 'approved')
    RETURNING id)
SELECT moved.id, audit('contract.withdraw', 'contract', moved.id, :reason) AS _leaf FROM moved;

-- --- the public ----------------------------------------------------------------------------------------

-- name: contract_check
-- class: public, ofii, employer, partner
SELECT p.answer, p.serial, p.places_bound, p.places_left
FROM contract_public(:serial, :code) p;
