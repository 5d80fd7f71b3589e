-- A reserve that lapsed was taken for somebody who had been shown: the employer got the token of a person whom he was
-- never shown. What a proposal is now does not say what it was: this does. Whoever calls a reserve says so; the rest
-- follows in replaceable/08_matching.sql.
ALTER TABLE proposal ADD shown boolean NOT NULL DEFAULT false;
-- What is, or was called, was shown. Of those that lapsed as they were made, the run's result knows which were
-- reserves; where it is gone nobody is told.
UPDATE proposal SET shown = true WHERE state IN ('proposed', 'accepted', 'refused') OR first_choice OR named
    OR (state = 'reserve' AND version > 1) OR (state = 'lapsed' AND version > 2);
UPDATE proposal p SET shown = true
FROM matching_run r, string_to_table(rtrim(r.result, E'\n'), E'\n') AS l, string_to_array(l, ' ') AS w
WHERE p.run_id = r.id AND p.contract_id = w[1]::bigint AND p.candidate_id = w[3]::bigint AND w[10] = 'p'
  AND p.state = 'lapsed' AND NOT p.shown;
ALTER TABLE proposal ADD CONSTRAINT proposal_shown CHECK (shown OR state IN ('reserve', 'lapsed'));
UPDATE candidate c SET shown_to = n.orgs
FROM (SELECT k.id, array_agg(DISTINCT p.org_id ORDER BY p.org_id) FILTER (WHERE p.id IS NOT NULL) AS orgs
      FROM candidate k LEFT JOIN proposal p ON p.candidate_id = k.id AND p.shown AND p.state <> 'reserve'
      WHERE k.shown_to IS NOT NULL GROUP BY k.id) n
WHERE c.id = n.id AND c.shown_to IS DISTINCT FROM n.orgs;
