-- A run that fails again and again while it is stored stood in the way of every other of its campaign, for good. An
-- officer can cancel one that is under way: what was stored of it, which nobody was shown, lapses in the background.
-- A row of its own, because the run's row in matching_job is held by the step that is being made; while it is there,
-- the foreign key keeps that step from ending the run as a whole one.
CREATE TABLE matching_cancel (
    run_id bigint PRIMARY KEY REFERENCES matching_job (run_id),
    account_id bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
ALTER TABLE matching_job ADD undone_to bigint NOT NULL DEFAULT 0; -- proposals of it up to this id have lapsed
ALTER TABLE proposal DROP CONSTRAINT proposal_reason_check;
ALTER TABLE proposal ADD CONSTRAINT proposal_reason_check
    CHECK (reason IN ('experience', 'result', 'language', 'dates', 'need_changed', 'contract_full',
                      'bound_elsewhere', 'new_run', 'withdrawn', 'season_over', 'run_cancelled'));
