/* plants.h - damage that somebody with the owner's rights can do, kind by kind, and how it is
 * undone; `noria-server check` must find each. */
#ifndef NORIA_TESTS_PLANTS_H
#define NORIA_TESTS_PLANTS_H

struct plant {
    const char *check; /* which must find it */
    const char *word;  /* in its object or detail */
    const char *damage;
    const char *undo;
};

/* Triggers and foreign keys are off while it is planted, as for somebody who restores a table. */
static const struct plant plants[] = {
    {"places", "taken of", "UPDATE contract SET taken = 1 WHERE taken = 2",
     "UPDATE contract SET taken = 2 WHERE places = 2 AND taken = 1"},
    {"places", "no place", "UPDATE contract_place SET placement_id = NULL WHERE placement_id = 1",
     "UPDATE contract_place SET placement_id = 1 WHERE (contract_id, place_no) = "
     "(SELECT contract_id, place_no FROM placement WHERE id = 1)"},
    {"quotas", "used of", "UPDATE campaign_service SET used = used + 1",
     "UPDATE campaign_service SET used = used - 1"},
    {"bound_once", "bound 2",
     "DROP INDEX candidate_bound; UPDATE placement SET candidate_id = 9999 WHERE id IN (1, 2)",
     "UPDATE placement p SET candidate_id = o.candidate_id FROM proposal o WHERE o.id = "
     "p.proposal_id; CREATE UNIQUE INDEX candidate_bound ON placement (candidate_id) WHERE state "
     "IN "
     "('bound', 'authorised', 'convoked', 'fit', 'visa', 'ready', 'departed', 'arrived', "
     "'working', 'suspended', 'abandon_reported', 'missing')"},
    {"bound_once", "another worker", "UPDATE placement SET worker_id = worker_id + 1 WHERE id = 1",
     "UPDATE placement SET worker_id = worker_id - 1 WHERE id = 1"},
    {"overlaps", "share days",
     "ALTER TABLE worker_stay DROP CONSTRAINT stay_overlap; INSERT INTO worker_stay (worker_id, "
     "campaign_id, period, source) SELECT worker_id, campaign_id, period, 'planted' FROM "
     "worker_stay WHERE placement_id = 1",
     "DELETE FROM worker_stay WHERE source = 'planted'; ALTER TABLE worker_stay ADD CONSTRAINT "
     "stay_overlap EXCLUDE USING gist (worker_id WITH =, period WITH &&)"},
    {"defences", "stay_overlap", "ALTER TABLE worker_stay DROP CONSTRAINT stay_overlap",
     "ALTER TABLE worker_stay ADD CONSTRAINT stay_overlap EXCLUDE USING gist (worker_id WITH =, "
     "period WITH &&)"},
    {"overlaps", "without a stay",
     "UPDATE worker_stay SET worker_id = worker_id + 1000 WHERE placement_id = 1",
     "UPDATE worker_stay SET worker_id = worker_id - 1000 WHERE placement_id = 1"},
    {"six_months", "holds",
     "INSERT INTO worker_stay (worker_id, campaign_id, period, source) SELECT worker_id, "
     "campaign_id, '[2027-08-01,2027-12-15)', 'planted' FROM worker_stay WHERE placement_id = 1",
     "DELETE FROM worker_stay WHERE source = 'planted'"},
    {"moves", "its last fact", "UPDATE placement SET state = 'working' WHERE id = 1",
     "UPDATE placement SET state = 'bound' WHERE id = 1"},
    {"moves", "begins in",
     "INSERT INTO placement_fact (campaign_id, placement_id, kind, day, source, from_state, "
     "to_state, account_id) SELECT campaign_id, id, 'departed', '2027-03-01', 'planted', 'ready', "
     "'departed', 1 FROM placement WHERE id = 1",
     "DELETE FROM placement_fact WHERE source = 'planted'"},
    {"moves", "does not lead",
     "INSERT INTO placement_fact (campaign_id, placement_id, kind, day, source, from_state, "
     "to_state, account_id) SELECT campaign_id, id, 'fit', '2027-03-01', 'planted', 'bound', "
     "'ready', 1 FROM placement WHERE id = 1",
     "DELETE FROM placement_fact WHERE source = 'planted'"},
    {"two_persons", "recorded it",
     "ALTER TABLE return_exception DROP CONSTRAINT second_person_needed; INSERT INTO "
     "return_exception (campaign_id, placement_id, kind, document, issuer, until, state, "
     "recorded_by, confirmed_by, confirmed_at) SELECT campaign_id, id, 'hospital', 'd', 'i', "
     "'2027-09-01', 'confirmed', 1, 1, now() FROM placement WHERE id = 1",
     "DELETE FROM return_exception; ALTER TABLE return_exception ADD CONSTRAINT "
     "second_person_needed CHECK (confirmed_by IS NULL OR confirmed_by <> recorded_by)"},
    {"two_persons", "settled by one",
     "ALTER TABLE fraud_case DROP CONSTRAINT second_person_needed; INSERT INTO fraud_case (rule, "
     "severity, blocking, second_person, org_id, state, due_on, proposed_by, settled_by, reason) "
     "SELECT code, 'grave', false, true, t_id('farm'), 'cleared', '2027-01-01', 1, 1, 'r' FROM "
     "fraud_rule LIMIT 1",
     "DELETE FROM fraud_case; ALTER TABLE fraud_case ADD CONSTRAINT second_person_needed CHECK "
     "(state = 'open' OR NOT second_person OR (proposed_by IS NOT NULL AND proposed_by <> "
     "settled_by))"},
    {"doubts", "bound while",
     "INSERT INTO fraud_case (rule, severity, blocking, second_person, candidate_id, due_on, "
     "opened_at) SELECT code, 'grave', true, false, (SELECT candidate_id FROM placement WHERE id = "
     "1), '2027-01-01', '2026-01-01' FROM fraud_rule LIMIT 1",
     "DELETE FROM fraud_case"},
    {"bytes", "matching_run", "UPDATE matching_run SET result = 'another'",
     "UPDATE matching_run SET result = ''"},
    {"bytes", "kept for its answers",
     "UPDATE matching_run SET terms = 't', kept_hash = sha256('another')",
     "UPDATE matching_run SET terms = '', kept_hash = NULL"},
    {"bytes", "kept for its answers",
     "UPDATE matching_run SET kept_hash = sha256(''); INSERT INTO matching_share SELECT id, 1, 'c' "
     "FROM matching_run",
     "DELETE FROM matching_share; UPDATE matching_run SET kept_hash = NULL"},
    {"bytes", "closing_act",
     "INSERT INTO closing_act (campaign_id, body, sha256, signed_by_1) VALUES (t_id('days_183'), "
     "'{}', sha256('[]'), 1)",
     "DELETE FROM closing_act"},
    {"closing", "closed without",
     "UPDATE campaign SET state = 'closed' WHERE id = t_id('calendar_months')",
     "UPDATE campaign SET state = 'open' WHERE id = t_id('calendar_months')"},
    {"documents", "issued", "UPDATE status_list SET issued = 3",
     "UPDATE status_list SET issued = 0"},
    {"references", "is not there",
     "UPDATE candidate SET worker_id = 999999 WHERE id = (SELECT candidate_id FROM placement WHERE "
     "id = 3)",
     "UPDATE candidate c SET worker_id = p.worker_id FROM placement p WHERE p.candidate_id = c.id "
     "AND p.id = 3"},
    {"references", "shown to other employers",
     "CREATE TABLE t_shown AS SELECT id, shown_to FROM candidate; UPDATE candidate SET shown_to = "
     "shown_to || 0::bigint WHERE id = (SELECT candidate_id FROM placement WHERE id = 1)",
     "UPDATE candidate c SET shown_to = t.shown_to FROM t_shown t WHERE t.id = c.id AND c.shown_to "
     "IS DISTINCT FROM t.shown_to; DROP TABLE t_shown"},
    {"references", "of nobody",
     "INSERT INTO worker_identity VALUES (999999, convert_to(repeat('x', 60), 'UTF8'))",
     "DELETE FROM worker_identity WHERE worker_id = 999999"},
    {"references", "other employers",
     "UPDATE candidate SET shown_to = shown_to || t_id('office') WHERE id = (SELECT candidate_id "
     "FROM placement WHERE id = 2)",
     "UPDATE candidate SET shown_to = array_remove(shown_to, t_id('office')) WHERE id = (SELECT "
     "candidate_id FROM placement WHERE id = 2)"},
    {"references", "other employers",
     "UPDATE candidate SET shown_to = NULL WHERE id = (SELECT candidate_id FROM placement WHERE id "
     "= 1)",
     "UPDATE candidate SET shown_to = ARRAY[t_id('farm')] WHERE id = (SELECT candidate_id FROM "
     "placement WHERE id = 1)"},
    {"leaves", "bound without",
     "UPDATE audit_leaf SET act = 'test.bind' WHERE act = 'placement.bind' AND object_id = 1",
     "UPDATE audit_leaf SET act = 'placement.bind' WHERE act = 'test.bind'"},
    {"defences", "is disabled", "ALTER TABLE worker_stay DISABLE TRIGGER six_months",
     "ALTER TABLE worker_stay ENABLE TRIGGER six_months"},
    {"defences", "no row-level", "ALTER TABLE placement DISABLE ROW LEVEL SECURITY",
     "ALTER TABLE placement ENABLE ROW LEVEL SECURITY"},
    {"defences", "not validated",
     "ALTER TABLE contract DROP CONSTRAINT contract_profile; ALTER TABLE contract ADD CONSTRAINT "
     "contract_profile FOREIGN KEY (profile_id) REFERENCES profile NOT VALID",
     "ALTER TABLE contract VALIDATE CONSTRAINT contract_profile"},
    {"declared", "placement_fact",
     "INSERT INTO placement_fact (campaign_id, placement_id, kind, day, source, from_state, "
     "to_state, account_id) VALUES (999, 999, 'fit', '2027-03-01', 'planted', 'bound', 'fit', 1)",
     "DELETE FROM placement_fact WHERE source = 'planted'"},
    {"declared", "worker_stay", "UPDATE worker_stay SET campaign_id = 999 WHERE placement_id = 2",
     "UPDATE worker_stay SET campaign_id = t_id('days_183') WHERE placement_id = 2"},
    /* somebody's own index, whose function changed under it */
    {"declared", "t_own_one",
     "CREATE TABLE t_own (id int); CREATE FUNCTION t_key(int) RETURNS int IMMUTABLE LANGUAGE sql "
     "AS 'SELECT $1'; CREATE UNIQUE INDEX t_own_one ON t_own ((true), t_key(id)); INSERT INTO "
     "t_own VALUES (1), (2); CREATE OR REPLACE FUNCTION t_key(int) RETURNS int IMMUTABLE LANGUAGE "
     "sql AS 'SELECT 0'",
     "DROP TABLE t_own; DROP FUNCTION t_key"},
    {"declared", "t_own_null",
     "CREATE TABLE t_nulls (id int, day date); CREATE FUNCTION t_day(int, date) RETURNS date "
     "IMMUTABLE LANGUAGE sql AS 'SELECT CASE $1 WHEN 1 THEN $2 END'; CREATE UNIQUE INDEX "
     "t_own_null ON t_nulls (t_day(id, day)) NULLS NOT DISTINCT; INSERT INTO t_nulls VALUES "
     "(1, '2027-01-01'), (2, '2027-01-01'); CREATE OR REPLACE FUNCTION t_day(int, date) RETURNS "
     "date IMMUTABLE LANGUAGE sql AS 'SELECT NULL::date'",
     "DROP TABLE t_nulls; DROP FUNCTION t_day"},
    {"audit", "not the hash", "UPDATE audit_leaf SET account_id = account_id + 1 WHERE id = 2",
     "UPDATE audit_leaf SET account_id = account_id - 1 WHERE id = 2"},
    {"audit", "lost its leaf",
     "CREATE TABLE t_kept_leaf AS SELECT * FROM audit_leaf WHERE id = 1; DELETE FROM audit_leaf "
     "WHERE id = 1",
     "INSERT INTO audit_leaf OVERRIDING SYSTEM VALUE SELECT * FROM t_kept_leaf; DROP TABLE "
     "t_kept_leaf"},
    {"audit", "in its place", "UPDATE audit_entry SET position = position + 5 WHERE position = 2",
     "UPDATE audit_entry SET position = position - 5 WHERE position = 7"},
    {"audit", "does not cover", "UPDATE audit_head SET size = size + 9",
     "UPDATE audit_head SET size = size - 9"},
    {"audit", "is not the head", "UPDATE audit_head SET root = sha256('x')",
     "UPDATE audit_head SET root = frontier"},
    /* the derogations of make_season(): 1 stands, 2 was revoked; each has a stay that rests on it
     */
    {"derogations", "not the text", "UPDATE derogation SET to_day = '2028-01-31' WHERE id = 1",
     "UPDATE derogation SET to_day = '2027-12-31' WHERE id = 1"},
    {"derogations", "not the text",
     "INSERT INTO derogation_worker SELECT 1, worker_id, candidate_id FROM placement WHERE id = 4",
     "DELETE FROM derogation_worker WHERE worker_id = (SELECT worker_id FROM placement WHERE id = "
     "4)"},
    {"derogations", "no officer", "UPDATE derogation SET signed_by = t_id('farmer') WHERE id = 1",
     "UPDATE derogation SET signed_by = t_id('second') WHERE id = 1"},
    {"derogations", "without a leaf",
     "UPDATE audit_leaf SET act = 'test.sign' WHERE act = 'derogation.sign'",
     "UPDATE audit_leaf SET act = 'derogation.sign' WHERE act = 'test.sign'"},
    {"derogations", "lists stay",
     "CREATE TABLE t_end AS SELECT * FROM derogation WHERE id = 2; UPDATE derogation SET "
     "revoked_from = NULL, revoke_reason = NULL, revoked_by = NULL, revoked_at = NULL WHERE id = 2",
     "UPDATE derogation d SET revoked_from = e.revoked_from, revoke_reason = e.revoke_reason, "
     "revoked_by = e.revoked_by, revoked_at = e.revoked_at FROM t_end e WHERE e.id = d.id; DROP "
     "TABLE t_end"},
    {"derogations", "struck out",
     "INSERT INTO stay_correction (stay_id, worker_id, campaign_id, was, reason, account_id) "
     "SELECT id, worker_id, campaign_id, period, 'planted here', 1 FROM worker_stay WHERE "
     "placement_id = 1",
     "DELETE FROM stay_correction"},
    {"six_months", "holds 228",
     "UPDATE derogation SET signed_by = NULL, signed_at = NULL WHERE id = 1",
     "UPDATE derogation SET signed_by = t_id('second'), signed_at = now() WHERE id = 1"},
    {"six_months", "holds 228",
     "CREATE TABLE t_over AS SELECT * FROM derogation_over; DELETE FROM derogation_over",
     "INSERT INTO derogation_over SELECT * FROM t_over; DROP TABLE t_over"},
    /* what came later: the bench, flags, requests about data, withdrawals, proposals past the
       season */
    {"two_persons", "who wrote the text",
     "ALTER TABLE blocked_flag DROP CONSTRAINT second_person_needed; INSERT INTO blocked_flag "
     "(object_kind, object_id, field, word_id, digest, state, org_id, author_id, decided_by, "
     "decided_at, reason) SELECT 'profile', 1, 'title', id, 'd', 'kept', 1, 1, 1, now(), 'looked "
     "at "
     "it' FROM blocked_word LIMIT 1",
     "DELETE FROM blocked_flag; ALTER TABLE blocked_flag ADD CONSTRAINT second_person_needed CHECK "
     "(decided_by IS NULL OR decided_by <> author_id)"},
    {"two_persons", "erasure decided",
     "ALTER TABLE privacy_request DROP CONSTRAINT erasure_second_person; INSERT INTO "
     "privacy_request (kind, worker_id, candidate_id, received_on, due_on, identified, "
     "recorded_by, state, rule, decided_by, decided_at) SELECT 'erasure', worker_id, candidate_id, "
     "today(), today(), 'passport', 1, 'refused', 'erasure_kept', 1, now() FROM placement WHERE id "
     "= 1",
     "DELETE FROM privacy_request; ALTER TABLE privacy_request ADD CONSTRAINT "
     "erasure_second_person CHECK (kind <> 'erasure' OR decided_by IS NULL OR decided_by <> "
     "recorded_by)"},
    {"persons", "the worker is there",
     "INSERT INTO privacy_request (kind, worker_id, candidate_id, received_on, due_on, identified, "
     "recorded_by, state, decided_by, decided_at) SELECT 'erasure', worker_id, candidate_id, "
     "today(), today(), 'passport', 1, 'done', 2, now() FROM placement WHERE id = 1",
     "DELETE FROM privacy_request"},
    {"persons", "without a key",
     "INSERT INTO worker_identity SELECT worker_id, convert_to(repeat('x', 60), 'UTF8') FROM "
     "placement WHERE id = 1",
     "DELETE FROM worker_identity"},
    {"persons", "tells something",
     "UPDATE worker SET erased_at = now(), erased_for = 'limit' WHERE id = (SELECT worker_id FROM "
     "placement WHERE id = 4); UPDATE candidate SET partner_ref = 'planted' WHERE id = (SELECT "
     "candidate_id FROM placement WHERE id = 4)",
     "UPDATE worker SET erased_at = NULL, erased_for = NULL; UPDATE candidate SET partner_ref = "
     "NULL "
     "WHERE partner_ref = 'planted'"},
    {"persons", "of the same passport and person",
     "WITH w AS (INSERT INTO worker DEFAULT VALUES RETURNING id) INSERT INTO candidate "
     "(campaign_id, "
     "org_id, worker_id, token, passport_key, person_key, swapped_key, available_from, "
     "available_to, "
     "consent_at, entered_by) SELECT t_id('calendar_months'), c.org_id, w.id, 'ZZZZ-ZZZZ', "
     "c.passport_key, c.person_key, c.swapped_key, c.available_from, c.available_to, now(), 1 FROM "
     "w, "
     "candidate c JOIN placement p ON p.candidate_id = c.id AND p.id = 1",
     "WITH c AS (DELETE FROM candidate WHERE token = 'ZZZZ-ZZZZ' RETURNING worker_id) SELECT 1 "
     "FROM "
     "c; DELETE FROM worker w WHERE NOT EXISTS (SELECT FROM candidate c WHERE c.worker_id = w.id)"},
    {"persons", "workers are named", "UPDATE derogation SET workers_named = false WHERE id = 1",
     "UPDATE derogation SET workers_named = true WHERE id = 1"},
    {"waiting", "in a campaign that is",
     "CREATE TABLE t_before AS SELECT id, state FROM campaign; CREATE TABLE t_said AS SELECT id, "
     "state FROM proposal; UPDATE campaign SET state = 'returns' WHERE id <> "
     "t_id('calendar_months'); UPDATE proposal SET state = 'reserve'",
     "UPDATE campaign c SET state = b.state FROM t_before b WHERE b.id = c.id AND c.state = "
     "'returns'; UPDATE proposal p SET state = b.state FROM t_said b WHERE b.id = p.id; DROP TABLE "
     "t_before, t_said"},
    {"waiting", "nobody decided about",
     "INSERT INTO blocked_flag (object_kind, object_id, field, word_id, digest, org_id, author_id) "
     "SELECT 'contract', (SELECT contract_id FROM placement WHERE id = 1), 'tasks', id, 'd', 1, 1 "
     "FROM blocked_word LIMIT 1",
     "DELETE FROM blocked_flag"},
    {"places", "places made",
     "CREATE TABLE t_place AS SELECT * FROM contract_place WHERE placement_id = 2; DELETE FROM "
     "contract_place WHERE placement_id = 2",
     "INSERT INTO contract_place SELECT * FROM t_place; DROP TABLE t_place"},
    {"places", "approved with 2 of 2",
     "UPDATE contract SET state = 'approved' WHERE places = 2 AND taken = 2",
     "UPDATE contract SET state = 'filled' WHERE places = 2 AND taken = 2"},
    {"bench", "took all",
     "INSERT INTO calibration (profile_id, org_id, held_on, site, min_panel, panel_size, state, "
     "created_by) SELECT id, t_id('farm'), '2027-01-01', 'planted', 3, 3, 'proposed', 1 FROM "
     "profile "
     "LIMIT 1",
     "DELETE FROM calibration"},
    {"bench", "another threshold",
     "INSERT INTO calibration (profile_id, org_id, held_on, site, pass_total, created_by) SELECT "
     "id, "
     "t_id('farm'), '2027-01-01', 'planted', pass_total, 1 FROM profile LIMIT 1; UPDATE profile "
     "SET "
     "calibration_id = (SELECT id FROM calibration) WHERE id = (SELECT profile_id FROM "
     "calibration)",
     "UPDATE profile SET calibration_id = NULL; DELETE FROM calibration"},
    {"bench", "can still change",
     "INSERT INTO job_analysis (code, label, org_id, commune, rome, held_on, posts_seen, "
     "workers_seen, account_id) SELECT 'PLANTED', 'planted', t_id('farm'), (SELECT min(insee) FROM "
     "commune), 'A1401', '2027-01-01', 1, 1, 1; UPDATE profile SET analysis_id = (SELECT max(id) "
     "FROM job_analysis) WHERE code = 'TAILLE'",
     "UPDATE profile SET analysis_id = NULL; DELETE FROM job_analysis"},
    {"bench", "observes nothing",
     "INSERT INTO job_analysis (code, label, org_id, commune, rome, held_on, posts_seen, "
     "workers_seen, account_id, state, one_signature) SELECT 'PLANTED', 'planted', t_id('farm'), "
     "(SELECT min(insee) FROM commune), 'A1401', '2027-01-01', 1, 1, 1, 'active', true; UPDATE "
     "profile SET "
     "analysis_id = (SELECT max(id) FROM job_analysis) WHERE code = 'TAILLE'",
     "UPDATE profile SET analysis_id = NULL; DELETE FROM job_analysis"},
    {"bench", "in no session",
     "INSERT INTO appeal (seat_id, session_id, campaign_id, org_id, service_id, token, ground, "
     "note, "
     "filed_on, filed_by, due_by, state, outcome, reason, decided_by, decided_on) VALUES (1, 1, 1, "
     "1, "
     "1, 'AAAA-0000', 'procedure', 'planted here', '2027-01-01', 1, '2027-01-10', 'decided', "
     "'re_mark', 'planted here', 2, '2027-01-05')",
     "DELETE FROM appeal"},
    {"bench", "after its last day",
     "INSERT INTO appeal (seat_id, session_id, campaign_id, org_id, service_id, token, ground, "
     "note, "
     "filed_on, filed_by, due_by) VALUES (1, 1, 1, 1, 1, 'AAAA-0000', 'procedure', 'planted here', "
     "'2027-02-01', 1, '2027-01-10')",
     "DELETE FROM appeal"},
    {"bench", "marks came",
     "INSERT INTO session_pack (pack, session_id, org_id, account_id, digest, state, ended_at, "
     "marks) VALUES (repeat('a', 32), 1, 1, 1, sha256('x'), 'revoked', now(), 5)",
     "DELETE FROM session_pack"},
    {"documents", "though its withdrawal",
     "INSERT INTO document (cti, number, kind, campaign_id, contract_id, org_id, list_no, idx, "
     "text, "
     "issued_at, expires_at, account_id) SELECT decode(repeat('00', 16), 'hex'), 'AAAA-0000', 2, "
     "campaign_id, contract_id, org_id, 1, 7, 'SW1:', now(), now() + interval '1 day', 1 FROM "
     "placement WHERE id = 1; INSERT INTO document_withdrawal (document_id, ground, grave, reason, "
     "proposed_by, decision, decided_by, decided_at) SELECT id, 'lost', false, 'planted', 1, "
     "'confirmed', 1, now() FROM document",
     "DELETE FROM document_withdrawal; DELETE FROM document"},
    {"documents", "counted on",
     "INSERT INTO document (cti, number, kind, campaign_id, contract_id, org_id, list_no, idx, "
     "text, issued_at, expires_at, account_id) SELECT decode(repeat('00', 16), 'hex'), "
     "'AAAA-0000', 2, campaign_id, contract_id, org_id, 1, 7, 'SW1:', '2027-01-01 12:00Z', "
     "'2028-01-01', 1 FROM placement WHERE id = 1; INSERT INTO document_quota (account_id, day, "
     "used, most) VALUES (1, '2027-01-01', 0, 10)",
     "DELETE FROM document_quota; DELETE FROM document"},
    {"two_persons", "second officer",
     "ALTER TABLE job_analysis DROP CONSTRAINT second_person_needed; INSERT INTO job_analysis "
     "(code, label, org_id, commune, rome, held_on, posts_seen, workers_seen, account_id, state) "
     "SELECT 'PLANTED', 'planted', t_id('farm'), (SELECT min(insee) FROM commune), 'A1401', "
     "'2027-01-01', 1, 1, 1, 'active'",
     "DELETE FROM job_analysis; ALTER TABLE job_analysis ADD CONSTRAINT second_person_needed "
     "CHECK (CASE WHEN signed_by IS NULL THEN state <> 'active' OR one_signature ELSE proposed_by "
     "IS NOT NULL AND signed_by <> proposed_by END)"},
    {"two_persons", "second officer",
     "ALTER TABLE habilete DROP CONSTRAINT second_person_needed; INSERT INTO habilete (code, "
     "label, state) VALUES ('PLANTED', 'planted', 'active')",
     "DELETE FROM habilete WHERE code = 'PLANTED'; ALTER TABLE habilete ADD CONSTRAINT "
     "second_person_needed CHECK (CASE WHEN signed_by IS NULL THEN state <> 'active' OR "
     "one_signature ELSE proposed_by IS NOT NULL AND signed_by <> proposed_by END)"},
    {"two_persons", "second officer",
     "ALTER TABLE profile DROP CONSTRAINT second_person_needed; INSERT INTO profile (code, label, "
     "pass_total, state) VALUES ('PLANTED', 'planted', 0, 'active')",
     "DELETE FROM profile WHERE code = 'PLANTED'; ALTER TABLE profile ADD CONSTRAINT "
     "second_person_needed CHECK (CASE WHEN signed_by IS NULL THEN state <> 'active' OR "
     "one_signature ELSE proposed_by IS NOT NULL AND signed_by <> proposed_by END)"},
    {"marks", "prepared the accommodation",
     "INSERT INTO seat (session_id, campaign_id, candidate_id, token, org_id, service_id, "
     "accommodation) SELECT 1, 1, candidate_id, 'AAAA-0000', 1, 1, 'breaks' FROM placement WHERE "
     "id = 1; INSERT INTO account (org_id, role, email, name, password_hash) SELECT "
     "t_id('office'), 'desk', 'room@x.example', 'Room', 'x'; INSERT INTO marker (seat_id, "
     "exercise_id, mark_no, account_id) SELECT s.id, 1, 1, a.id FROM seat s, account a WHERE "
     "a.email = 'room@x.example'",
     "DELETE FROM marker; DELETE FROM seat; DELETE FROM account WHERE email = 'room@x.example'"},
    {"marks", "saw the papers",
     "INSERT INTO seat (session_id, campaign_id, candidate_id, token, org_id, service_id, "
     "checked_by) SELECT 1, 1, "
     "candidate_id, 'AAAA-0000', 1, 1, 7 FROM placement WHERE id = 1; INSERT INTO marker (seat_id, "
     "exercise_id, mark_no, account_id) SELECT id, 1, 1, 7 FROM seat",
     "DELETE FROM marker; DELETE FROM seat"},
};
enum { PLANTS = sizeof plants / sizeof *plants };
_Static_assert(PLANTS % 2 == 0, "they are planted two by two");

#endif
