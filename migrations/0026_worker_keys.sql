-- A key of its own for each worker (server/candidate/keyring.h): what is sealed about him is sealed under
-- 256 random bits that stand here only wrapped by a key outside the database, bound to his id and to the
-- version of that key (the first two bytes). The record and its key are one row, written by one statement,
-- so that an import pays for no second table; a record without a key opens nowhere. Records from before
-- (their first byte is 1) were sealed under the outer key itself: `noria-server seal rewrap` gives them one.
ALTER TABLE worker_identity
    ADD COLUMN wrapped bytea CHECK (length(wrapped) = 74),
    ADD CONSTRAINT identity_without_key CHECK (get_byte(sealed, 0) <> 2 OR wrapped IS NOT NULL);

-- The same for the error file of an import, which repeats identities.
ALTER TABLE import_batch
    ADD COLUMN errors_key bytea CHECK (length(errors_key) = 74);
