-- Two things that every leaf paid for. Nothing asks for leaves by account; and the row-wise check of this
-- foreign key locked each leaf once more, which wrote its page again: a quarter of what its place costs.
-- Entries are made from leaves by audit_place() alone (13_audit.sql), which no leaf outlives: the log is
-- append-only. `noria-server check` looks for entries without a leaf.
DROP INDEX audit_leaf_account;
ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_leaf_id_fkey;
