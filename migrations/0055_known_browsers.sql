-- The browsers that an account knows (0050), for its person to tell apart and have forgotten.

-- `known_since` is a day, no more, and only a browser's; NULL: it was known before this was kept. When it last
-- logged in follows from expires_at.
ALTER TABLE login_client
    ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    ADD COLUMN known_since date CHECK (known_since IS NULL OR length(client) = 32);
