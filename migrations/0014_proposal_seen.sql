-- What an employer may see of the candidates: the policies on candidate, contract and placement ask for
-- all its proposals at each request, so they must not read everybody else's.
CREATE INDEX proposal_seen ON proposal (org_id, candidate_id) WHERE state <> 'reserve';
