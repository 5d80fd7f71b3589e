-- What nobody answered ends with the season: proposals and reserves of a campaign that binds no more lapse
-- (proposals_end() in replaceable/08_matching.sql). Those of campaigns that are past it end now.
ALTER TABLE proposal DROP CONSTRAINT proposal_reason_check;
ALTER TABLE proposal ADD CONSTRAINT proposal_reason_check
    CHECK (reason IN ('experience', 'result', 'language', 'dates', 'need_changed', 'contract_full',
                      'bound_elsewhere', 'new_run', 'withdrawn', 'season_over'));
UPDATE proposal p SET state = 'lapsed', reason = 'season_over', version = p.version + 1
FROM campaign c
WHERE c.id = p.campaign_id AND c.state IN ('returns', 'closed') AND p.state IN ('proposed', 'reserve');
