-- Matching: the inputs of a run as canonical text (inputs.h), the run, the proposals and their answers.

-- What the inputs are made of, each row its line; sections and ids ascending. Contracts that are
-- approved with free places; candidates preselected, not held, not bound, whose service has quota
-- left. Held contracts stay out. Before matching begins, the same gives a simulation its inputs.
-- name: matching_inputs
-- class: ofii
WITH g AS (
    SELECT c.id, c.candidates_per_place, c.six_months_variant FROM campaign c
    WHERE c.id = :campaign::bigint
      AND (c.state IN ('matching', 'season') OR (:simulated::boolean AND c.state = 'open'))),
q AS (
    SELECT s.org_id AS id, s.quota - s.used AS free FROM campaign_service s JOIN g ON g.id = s.campaign_id),
k AS (
    SELECT k.id, k.places - k.taken AS free, least(k.named_returnees, k.places - k.taken) AS named, k.first_day, k.last_day, coalesce(k.profile_id, 0) AS profile,
           k.experience_months AS months, coalesce(k.language, '-') AS language,
           CASE WHEN k.driving THEN 'b' ELSE '-' END AS permit
    FROM contract k JOIN g ON g.id = k.campaign_id
    WHERE k.state = 'approved' AND k.places > k.taken AND k.last_day > today() AND NOT contract_held(k.id)),
c AS (
    SELECT c.id, c.org_id AS service, c.worker_id, c.available_from, c.available_to, c.experience_months,
           CASE WHEN c.worker_id IN (SELECT returned_workers()) THEN clean_returns(c.worker_id) ELSE 0 END AS returns,
           coalesce(nullif(array_to_string(ARRAY(SELECT DISTINCT lower(l) FROM unnest(c.languages) l ORDER BY 1), ','), ''), '-') AS languages,
           coalesce(nullif(array_to_string(ARRAY(SELECT DISTINCT lower(l) FROM unnest(c.permits) l ORDER BY 1), ','), ''), '-') AS permits
    FROM candidate c JOIN g ON g.id = c.campaign_id JOIN q ON q.id = c.org_id
    WHERE c.state = 'preselected' AND c.id NOT IN (SELECT h.id FROM held_candidate h)
      AND NOT EXISTS (SELECT FROM placement p WHERE p.candidate_id = c.id AND p.state IN
          ('bound', 'authorised', 'convoked', 'fit', 'visa', 'ready', 'departed', 'arrived', 'working',
           'suspended', 'abandon_reported', 'missing'))),
lines (section, a, b, d, line) AS (
    SELECT 0, 0::bigint, 0::bigint, NULL::date,
           concat_ws(' ', 'noria-match-3', g.candidates_per_place, :per_candidate::int, :reserve::int, g.six_months_variant,
                     :returns::text)
    FROM g
    UNION ALL
    SELECT 1, q.id, 0, NULL, concat_ws(' ', 'q', q.id, q.free) FROM q
    UNION ALL
    SELECT 2, k.id, 0, NULL, concat_ws(' ', 'k', k.id, k.free, k.named, k.first_day, k.last_day, k.profile, k.months, k.language,
                                       k.permit)
    FROM k
    UNION ALL
    SELECT 3, c.id, 0, NULL, concat_ws(' ', 'c', c.id, c.service, c.available_from, c.available_to, c.experience_months, c.returns,
                                       c.languages, c.permits)
    FROM c
    UNION ALL
    SELECT 4, r.candidate_id, r.profile_id, NULL,
           concat_ws(' ', 'r', r.candidate_id, r.profile_id, max(least(1000, floor(r.total * 1000 / r.max_total)))::int)
    FROM result r JOIN c ON c.id = r.candidate_id
    WHERE result_counts(r.outcome, r.valid_until) AND r.max_total > 0
    GROUP BY r.candidate_id, r.profile_id
    UNION ALL
    SELECT 5, c.id, 0, lower(s.period), concat_ws(' ', 's', c.id, lower(s.period), upper(s.period) - 1)
    FROM worker_stay s JOIN c ON c.worker_id = s.worker_id
    UNION ALL
    SELECT 6, n.contract_id, c.id, NULL, concat_ws(' ', 'n', n.contract_id, c.id)
    FROM contract_returnee n JOIN k ON k.id = n.contract_id JOIN c ON c.worker_id = n.worker_id
    UNION ALL
    SELECT DISTINCT 7, p.contract_id, p.candidate_id, NULL::date, concat_ws(' ', 'x', p.contract_id, p.candidate_id)
    FROM proposal p JOIN k ON k.id = p.contract_id
    WHERE p.state = 'refused')
SELECT coalesce(string_agg(line, E'\n' ORDER BY section, a, b, d), '') || E'\n' AS inputs,
       count(*) FILTER (WHERE section = 2) AS contracts, count(*) FILTER (WHERE section = 3) AS candidates,
       coalesce((SELECT sum(k.free) FROM k), 0) AS places
FROM lines;

-- name: matching_state
-- class: ofii
SELECT c.state FROM campaign c WHERE c.id = :campaign::bigint;

-- name: matching_open
-- class: ofii
SELECT o.id, o.small FROM matching_open(:campaign::bigint, :per_candidate::int, :reserve::int, :returns::text, :few::int) o;

-- name: matching_next
-- class: system
SELECT n.run_id AS id, n.phase, n.account_id, n.org_id, n.role FROM matching_next(:last::bigint) n;

-- name: matching_take
-- class: ofii
SELECT t.campaign_id, t.per_candidate, t.reserve, t.returns FROM matching_take(:run::bigint, :phase::text) t;

-- The inputs are of one moment, so they are one statement, whatever their number; likewise what keeps them. A
-- request has its own deadline and asks for no patience.
-- name: matching_patience
-- class: ofii
SELECT set_config('statement_timeout', '300s', true) AS _set;

-- name: matching_freeze
-- class: ofii
SELECT matching_freeze(:run::bigint, :rule::text, :inputs::text, :inputs_hash::bytea, :seed::bytea, :candidates::int,
                       :contracts::int, :places::int) AS _void;

-- name: matching_frozen
-- class: ofii
SELECT r.inputs, encode(r.seed, 'hex') AS seed FROM matching_run r JOIN matching_job j ON j.run_id = r.id
WHERE r.id = :run::bigint AND j.phase = 'frozen';

-- name: matching_keep
-- class: ofii
SELECT matching_keep(:run::bigint, :result::text, :result_hash::bytea, :assigned::int, :named::int, :held_back::int,
                     :proposed::int, :reserve::int, :terms::text, :kept_hash::bytea) AS _void;

-- name: matching_share
-- class: ofii
INSERT INTO matching_share (run_id, first_candidate, lines) VALUES (:run::bigint, :first::bigint, :lines::text);

-- name: matching_part
-- class: ofii
INSERT INTO matching_part (run_id, no, lines) VALUES (:run::bigint, :no::int, :lines::text);

-- name: matching_stop
-- class: ofii
SELECT matching_stop(:id::bigint, :code::text) AS _void;

-- name: matching_step
-- class: ofii
SELECT matching_step(:run::bigint, :most::int) AS more;

-- name: matching_cancel
-- class: ofii
SELECT matching_cancel(:run::bigint) AS campaign_id;

-- name: matching_undo
-- class: ofii
SELECT matching_undo(:run::bigint, :most::int) AS more;

-- name: matching_run_list
-- class: ofii
SELECT r.id, CASE WHEN x.run_id IS NOT NULL THEN 'cancelling' WHEN j.run_id IS NOT NULL THEN 'running'
           WHEN r.stopped_by IS NOT NULL THEN 'stopped' ELSE 'done' END AS state,
       r.rule, r.run_on, r.candidates, r.contracts, r.places, r.assigned, r.proposed, r.reserve,
       encode(r.inputs_hash, 'hex') AS inputs_hash, count(*) OVER () AS _all
FROM matching_run r LEFT JOIN matching_job j ON j.run_id = r.id LEFT JOIN matching_cancel x ON x.run_id = r.id
WHERE r.campaign_id = :campaign::bigint ORDER BY r.id DESC LIMIT 100;

-- `made`: there is a result. `done` of `total` proposals and reserves are stored; those that `dropped` are done, too.
-- name: matching_run_by_id
-- class: ofii
SELECT r.id, r.campaign_id, c.name AS campaign,
       CASE WHEN x.run_id IS NOT NULL THEN 'cancelling' WHEN j.run_id IS NOT NULL THEN 'running'
           WHEN r.stopped_by IS NOT NULL THEN 'stopped' ELSE 'done' END AS state,
       j.phase, r.stopped_by, r.stopped_by IS NULL AND coalesce(j.phase = 'storing', true) AS made,
       coalesce(j.stored, r.proposed + r.reserve) AS done, r.proposed + r.reserve AS total,
       coalesce(j.dropped, r.dropped) AS dropped, r.rule, r.run_on, r.created_at, r.candidates, r.contracts, r.places,
       r.assigned, r.named, r.held_back, r.proposed, r.reserve, encode(r.inputs_hash, 'hex') AS inputs_hash, encode(r.seed, 'hex') AS seed,
       encode(r.result_hash, 'hex') AS result_hash, a.name AS run_by,
       (SELECT max(q.id) FROM matching_calculation q WHERE q.run_id = r.id AND q.kind = 'replay') AS replay_id
FROM matching_run r JOIN campaign c ON c.id = r.campaign_id JOIN account a ON a.id = r.run_by
LEFT JOIN matching_job j ON j.run_id = r.id LEFT JOIN matching_cancel x ON x.run_id = r.id
WHERE r.id = :id::bigint;

-- A run that has a result: one that was stopped, or is not so far, has no bytes to show.
-- name: matching_run_text
-- class: ofii
SELECT r.campaign_id, r.rule, r.inputs, encode(r.seed, 'hex') AS seed, r.result, encode(r.inputs_hash, 'hex') AS inputs_hash,
       encode(r.result_hash, 'hex') AS result_hash
FROM matching_run r WHERE r.id = :id::bigint AND matching_has_result(r.id);

-- The employer's view: tokens and profiles. Row-level security leaves his own.
-- name: proposal_list
-- class: ofii, employer
SELECT p.id, p.contract_id, k.serial, k.crop, k.first_day, k.last_day, p.rank, p.first_choice, p.named, p.score,
       p.result_points, p.experience_points, p.language_points, p.return_points, p.state, p.reason,
       c.token, c.experience_months, array_to_string(c.languages, ', ') AS languages,
       array_to_string(c.permits, ', ') AS permits, c.clean_returns, k.places - k.taken AS free_places
FROM proposal p JOIN contract k ON k.id = p.contract_id JOIN candidate c ON c.id = p.candidate_id
WHERE p.id > :after::bigint
  AND (:contract::bigint IS NULL OR p.contract_id = :contract::bigint)
  AND (:campaign::bigint IS NULL OR p.campaign_id = :campaign::bigint)
  AND (:state::text IS NULL OR p.state = :state::text)
  AND (NOT :first::boolean OR p.first_choice)
ORDER BY p.id LIMIT :limit::int;

-- name: proposal_by_id
-- class: ofii, employer
SELECT p.id, p.campaign_id, p.contract_id, k.serial, k.crop, k.first_day, k.last_day, p.rank, p.first_choice, p.named, p.score,
       p.result_points, p.experience_points, p.language_points, p.return_points, p.state, p.reason, p.decided_at,
       c.token, c.experience_months, array_to_string(c.languages, ', ') AS languages,
       array_to_string(c.permits, ', ') AS permits, c.available_from, c.available_to, c.clean_returns,
       k.places - k.taken AS free_places, p.version, i.held_on AS interviewed_on, i.channel AS interview_channel,
       (SELECT b.id FROM placement b WHERE b.proposal_id = p.id) AS placement_id
FROM proposal p JOIN contract k ON k.id = p.contract_id JOIN candidate c ON c.id = p.candidate_id
LEFT JOIN interview i ON i.proposal_id = p.id AND i.reason IS DISTINCT FROM 'not_held'
                      AND NOT EXISTS (SELECT FROM interview n WHERE n.supersedes = i.id)
WHERE p.id = :id::bigint;

-- The interview as it was noted and corrected, oldest first; the last one stands.
-- name: proposal_interviews
-- class: ofii, employer
SELECT i.id, i.proposal_id, i.held_on, i.channel, i.account_id, i.account_id = :reader::bigint AS by_me, i.at, i.supersedes, i.reason,
       NOT EXISTS (SELECT FROM interview n WHERE n.supersedes = i.id) AS stands, count(*) OVER () AS _all
FROM interview i WHERE i.proposal_id = :id::bigint ORDER BY i.id LIMIT 100;

-- name: proposal_accept
-- class: employer
SELECT proposal_accept(:id::bigint) AS placement_id;

-- name: proposal_accept_many
-- class: employer
SELECT a.proposal_id, a.placement_id, a.code, a.detail
FROM proposal_accept_many(ARRAY(SELECT x.id FROM jsonb_to_recordset(:proposals::jsonb) AS x (id bigint))) AS a;

-- name: interview_faults
-- class: ofii, employer
SELECT f.field, f.code, f.detail FROM interview_faults(:id::bigint, :held_on::date) f;

-- name: proposal_interview
-- class: ofii, employer
SELECT :id::bigint AS id, proposal_interview(:id::bigint, :held_on::date, :channel::text, :wrong::bigint, :reason::text) AS interview_id;

-- name: proposal_refuse
-- class: employer
SELECT proposal_refuse(:id::bigint, :reason) AS contract_id;


-- name: returnee_name
-- class: employer
SELECT returnee_name(:contract::bigint, :placement::bigint) AS id;

-- What the last run that had the candidate among its inputs keeps for the answer. A partner service gets it for its own
-- candidates only.
-- name: matching_kept_for
-- class: ofii, partner
SELECT r.id, r.rule, r.terms, r.own FROM matching_kept_for(:candidate::bigint) r;

-- name: matching_absent
-- class: ofii, partner
SELECT a.reason FROM matching_absence(:candidate::bigint) a;
