-- One candidate's question why was answered by the whole assignment, made again: at 1,000,000 candidates nobody can
-- wait for that. A run keeps what the answers need (server/matching/kept.h): of all, which is nobody's data, `terms`;
-- of each candidate his own lines, side by side in shares. replaceable/08_matching_kept.sql holds them as they are.
ALTER TABLE matching_run ADD terms text NOT NULL DEFAULT '',
    ADD kept_hash bytea CHECK (length(kept_hash) = 32), -- SHA-256 of the terms and the shares' lines; NULL: not yet
    ADD CONSTRAINT matching_run_kept CHECK (terms = '' OR kept_hash IS NOT NULL);

CREATE TABLE matching_share (
    run_id bigint NOT NULL REFERENCES matching_run,
    first_candidate bigint NOT NULL, -- of whom it is; it goes up to the next share's
    lines text NOT NULL,
    PRIMARY KEY (run_id, first_candidate)
);
