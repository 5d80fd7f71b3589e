-- Storing a country's proposals asks three keys for each (campaign, contract, employer), 8 us a look. One says more:
-- campaign and employer are the contract's own.
CREATE UNIQUE INDEX contract_whose ON contract (id, campaign_id, org_id);
ALTER TABLE proposal ADD CONSTRAINT proposal_contract_whose FOREIGN KEY (contract_id, campaign_id, org_id)
    REFERENCES contract (id, campaign_id, org_id);
ALTER TABLE proposal DROP CONSTRAINT proposal_campaign_id_fkey, DROP CONSTRAINT proposal_contract_id_fkey,
    DROP CONSTRAINT proposal_org_id_fkey;

-- A proposal's page asks for its placement, and a placement's key for its proposal: both read all placements. One
-- proposal is bound once.
CREATE UNIQUE INDEX placement_proposal ON placement (proposal_id);
