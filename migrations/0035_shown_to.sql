-- Whom an employer may see was asked of his proposals at every request: a second table for each row read,
-- which cost as much as the rest of a look at one candidate, and all his proposals for the large ones. Now
-- the row says it: the employers that were shown the candidate, NULL for none. candidate_shown()
-- (replaceable/08_matching.sql) keeps it.
ALTER TABLE candidate ADD COLUMN shown_to bigint[];
UPDATE candidate c SET shown_to = p.orgs
FROM (SELECT candidate_id, array_agg(DISTINCT org_id ORDER BY org_id) AS orgs FROM proposal WHERE state <> 'reserve' GROUP BY 1) p
WHERE p.candidate_id = c.id;
