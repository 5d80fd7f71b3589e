-- The closing act: the frozen list of a campaign's placements, hashed, signed by two persons.

CREATE TABLE closing_act (
    campaign_id bigint PRIMARY KEY REFERENCES campaign,
    body text NOT NULL, -- canonical JSON, as signed
    sha256 bytea NOT NULL CHECK (length(sha256) = 32),
    signed_by_1 bigint NOT NULL REFERENCES account,
    signed_at_1 timestamptz NOT NULL DEFAULT clock_timestamp(),
    signed_by_2 bigint REFERENCES account,
    signed_at_2 timestamptz,
    signature bytea, -- COSE, by the document key, over body (lib/sw1/act.h)
    CONSTRAINT second_person_needed CHECK (signed_by_2 IS NULL OR signed_by_2 <> signed_by_1),
    CHECK ((signed_by_2 IS NULL) = (signed_at_2 IS NULL))
);

-- After the act, a later fact reopens one case; the act itself never changes.
CREATE TABLE closing_reopen (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    campaign_id bigint NOT NULL REFERENCES campaign,
    placement_id bigint NOT NULL REFERENCES placement,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
    state_then text NOT NULL, -- as the act has it
    opened_by bigint NOT NULL REFERENCES account,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_by bigint REFERENCES account,
    settled_at timestamptz,
    state_now text
);
CREATE UNIQUE INDEX closing_reopen_open ON closing_reopen (placement_id) WHERE settled_at IS NULL;
CREATE INDEX closing_reopen_campaign ON closing_reopen (campaign_id, id);
