-- A threshold of screening is edited by whoever has seen the value that stands.
ALTER TABLE screening_setting ADD COLUMN version bigint NOT NULL DEFAULT 1;
