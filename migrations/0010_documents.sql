-- Signed documents (SW1): worker documents, contract notices, season records, and the status lists that
-- withdraw them.

-- One signed list holds 2^20 entries of two bits. A list is served anew when its version has moved.
CREATE TABLE status_list (
    list_no int PRIMARY KEY CHECK (list_no BETWEEN 1 AND 999),
    version bigint NOT NULL DEFAULT 1,
    issued int NOT NULL DEFAULT 0,
    -- An index is drawn at random, so a list is left before it is so full that drawing takes long.
    CONSTRAINT status_list_full CHECK (issued BETWEEN 0 AND 800000)
);
INSERT INTO status_list (list_no) VALUES (1);

-- The identity of a document is its cti, never its text: ES256 signatures are malleable. The text of a
-- document that names somebody is sealed (XChaCha20-Poly1305 under a key that PostgreSQL never sees,
-- bound to the cti); that of a contract notice, which names nobody, is plain.
CREATE TABLE document (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cti bytea NOT NULL CHECK (length(cti) = 16),
    number text NOT NULL CHECK (number ~ '^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$'), -- printed; from the cti
    kind int NOT NULL CHECK (kind IN (1, 2, 3)), -- worker document, contract notice, season record
    campaign_id bigint NOT NULL REFERENCES campaign,
    contract_id bigint NOT NULL REFERENCES contract,
    placement_id bigint REFERENCES placement,
    org_id bigint NOT NULL REFERENCES org, -- the employer
    service_id bigint REFERENCES org, -- the partner service, when it names somebody
    list_no int NOT NULL REFERENCES status_list,
    idx int NOT NULL CHECK (idx BETWEEN 0 AND 1048575),
    state text NOT NULL DEFAULT 'valid' CHECK (state IN ('valid', 'suspended', 'revoked')),
    reason text CHECK (length(reason) BETWEEN 1 AND 500), -- of the last change of state
    sealed bytea CHECK (length(sealed) BETWEEN 42 AND 8192),
    text text CHECK (text LIKE 'SW1:%' AND length(text) <= 4300),
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    changed_at timestamptz,
    account_id bigint NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    CONSTRAINT document_cti UNIQUE (cti),
    CONSTRAINT document_number UNIQUE (number),
    CONSTRAINT document_index UNIQUE (list_no, idx),
    CONSTRAINT document_names_somebody CHECK ((kind = 2) = (placement_id IS NULL)
        AND (kind = 2) = (sealed IS NULL) AND (kind = 2) = (text IS NOT NULL)
        AND (kind = 2) = (service_id IS NULL)),
    CONSTRAINT document_expires_after_issue CHECK (expires_at > issued_at)
);
-- A placement has one document in force at a time, a contract one notice: issuing anew withdraws.
CREATE UNIQUE INDEX document_current ON document (placement_id, kind) WHERE state <> 'revoked' AND kind <> 2;
CREATE UNIQUE INDEX notice_current ON document (contract_id) WHERE state <> 'revoked' AND kind = 2;
CREATE INDEX document_campaign ON document (campaign_id, id);
CREATE INDEX document_org ON document (org_id, id);
CREATE INDEX document_service ON document (service_id, id);
CREATE INDEX document_placement ON document (placement_id);
CREATE INDEX document_contract ON document (contract_id);
CREATE INDEX document_withdrawn ON document (list_no, idx) WHERE state <> 'valid';
