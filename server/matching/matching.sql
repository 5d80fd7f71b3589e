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
           clean_returns(c.worker_id) AS returns,
           coalesce(nullif(array_to_string(ARRAY(SELECT DISTINCT lower(l) FROM unnest(c.languages) l ORDER BY 1), ','), ''), '-') AS languages,
           coalesce(nullif(array_to_string(ARRAY(SELECT DISTINCT lower(l) FROM unnest(c.permits) l ORDER BY 1), ','), ''), '-') AS permits
    FROM candidate c JOIN g ON g.id = c.campaign_id JOIN q ON q.id = c.org_id
    WHERE c.state = 'preselected' AND NOT candidate_held(c.id)
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

-- name: matching_store
-- class: ofii
WITH old AS (SELECT matching_lapse(:campaign::bigint) AS lapsed),
run AS (
    INSERT INTO matching_run (campaign_id, rule, inputs, inputs_hash, seed, result, result_hash, candidates, contracts,
                              places, assigned, named, held_back, proposed, reserve, run_by, run_on)
    SELECT :campaign::bigint, :rule, :inputs, :inputs_hash::bytea, :seed::bytea, :result, :result_hash::bytea,
           :candidates::int, :contracts::int, :places::int, :assigned::int, :named::int, :held_back::int,
           :proposed::int, :reserve::int,
           actor_account(), today()
    FROM old
    RETURNING id, campaign_id)
SELECT run.id, audit('matching.run', 'campaign', run.campaign_id, NULL,
                     jsonb_build_object('run', run.id, 'inputs', encode(:inputs_hash::bytea, 'hex'))) AS _leaf
FROM run;

-- The result's lines become proposals (inputs.h).
-- name: matching_propose
-- class: ofii
INSERT INTO proposal (campaign_id, run_id, contract_id, org_id, candidate_id, rank, first_choice, score, result_points,
                      experience_points, language_points, return_points, state, named)
SELECT r.campaign_id, r.id, k.id, k.org_id, w[3]::bigint, w[2]::int, w[4] = '1', w[5]::int, w[6]::int, w[7]::int,
       w[8]::int, w[9]::int, CASE w[10] WHEN 'r' THEN 'reserve' ELSE 'proposed' END, w[10] = 'n'
FROM matching_run r
CROSS JOIN LATERAL string_to_table(rtrim(r.result, E'\n'), E'\n') AS line
CROSS JOIN LATERAL string_to_array(line, ' ') AS w
JOIN contract k ON k.id = w[1]::bigint
WHERE r.id = :run::bigint AND line <> '';

-- name: matching_run_list
-- class: ofii
SELECT r.id, r.rule, r.run_on, r.candidates, r.contracts, r.places, r.assigned, r.proposed, r.reserve,
       encode(r.inputs_hash, 'hex') AS inputs_hash, count(*) OVER () AS _all
FROM matching_run r WHERE r.campaign_id = :campaign::bigint ORDER BY r.id DESC LIMIT 100;

-- name: matching_run_by_id
-- class: ofii
SELECT r.id, r.campaign_id, c.name AS campaign, r.rule, r.run_on, r.created_at, r.candidates, r.contracts, r.places,
       r.assigned, r.named, r.held_back, r.proposed, r.reserve, encode(r.inputs_hash, 'hex') AS inputs_hash, encode(r.seed, 'hex') AS seed,
       encode(r.result_hash, 'hex') AS result_hash, a.name AS run_by
FROM matching_run r JOIN campaign c ON c.id = r.campaign_id JOIN account a ON a.id = r.run_by
WHERE r.id = :id::bigint;

-- name: matching_run_text
-- class: ofii
SELECT r.campaign_id, r.rule, r.inputs, encode(r.seed, 'hex') AS seed, r.result, encode(r.inputs_hash, 'hex') AS inputs_hash,
       encode(r.result_hash, 'hex') AS result_hash
FROM matching_run r WHERE r.id = :id::bigint;

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
       k.places - k.taken AS free_places, p.version,
       (SELECT b.id FROM placement b WHERE b.proposal_id = p.id) AS placement_id
FROM proposal p JOIN contract k ON k.id = p.contract_id JOIN candidate c ON c.id = p.candidate_id
WHERE p.id = :id::bigint;

-- name: proposal_accept
-- class: employer
SELECT proposal_accept(:id::bigint) AS placement_id;

-- name: proposal_accept_many
-- class: employer
SELECT a.proposal_id, a.placement_id, a.code, a.detail
FROM proposal_accept_many(ARRAY(SELECT x.id FROM jsonb_to_recordset(:proposals::jsonb) AS x (id bigint))) AS a;

-- name: proposal_refuse
-- class: employer
SELECT proposal_refuse(:id::bigint, :reason) AS contract_id;


-- name: returnee_name
-- class: employer
SELECT returnee_name(:contract::bigint, :placement::bigint) AS id;

-- The last run that had the candidate among its inputs. A partner service gets it for its own
-- candidates only, and only the program reads it: the answer is about that one candidate.
-- name: matching_run_for
-- class: ofii, partner
SELECT r.id, r.rule, r.inputs, r.seed, r.inputs_hash, r.result_hash FROM matching_run_for(:candidate::bigint) r;

-- name: matching_absent
-- class: ofii, partner
SELECT a.reason FROM matching_absence(:candidate::bigint) a;
