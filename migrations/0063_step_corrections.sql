-- A step of the method is corrected as marks are: by a row that names the one it replaces, with the reason; what was
-- written stays. An interview is a row of its own for that.

ALTER TABLE diagnosis
    ADD supersedes bigint REFERENCES diagnosis CONSTRAINT diagnosis_superseded_once UNIQUE,
    ADD reason text CHECK (reason IN ('mistyped', 'misinformed', 'not_held')), -- not_held: it counts for nothing
    ADD CHECK ((supersedes IS NULL) = (reason IS NULL));
ALTER TABLE session_meeting
    ADD supersedes bigint REFERENCES session_meeting CONSTRAINT session_meeting_superseded_once UNIQUE,
    ADD reason text CHECK (reason IN ('mistyped', 'misinformed', 'not_held')),
    ADD CHECK ((supersedes IS NULL) = (reason IS NULL));

CREATE TABLE interview (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    proposal_id bigint NOT NULL REFERENCES proposal,
    held_on date NOT NULL,
    channel text NOT NULL CHECK (channel IN ('on_site', 'video', 'phone')),
    account_id bigint NOT NULL REFERENCES account,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    supersedes bigint REFERENCES interview CONSTRAINT interview_superseded_once UNIQUE,
    reason text CHECK (reason IN ('mistyped', 'misinformed', 'not_held')),
    CHECK ((supersedes IS NULL) = (reason IS NULL))
);
CREATE INDEX interview_proposal ON interview (proposal_id);
CREATE UNIQUE INDEX interview_noted ON interview (proposal_id) WHERE supersedes IS NULL;

INSERT INTO interview (proposal_id, held_on, channel, account_id, at)
SELECT p.id, p.interviewed_on, p.interview_channel, p.interview_noted_by,
       coalesce((SELECT max(l.at) FROM audit_leaf l
                 WHERE l.object_kind = 'proposal' AND l.object_id = p.id AND l.act = 'proposal.interview'), p.interviewed_on)
FROM proposal p WHERE p.interviewed_on IS NOT NULL;
ALTER TABLE proposal DROP CONSTRAINT proposal_interview,
    DROP interviewed_on, DROP interview_channel, DROP interview_noted_by;
