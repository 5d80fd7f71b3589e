-- Settings of the database itself, so that no value of a row reaches PostgreSQL's log: an error's
-- DETAIL, its statement and its parameters stay out. They need a superuser; without one, set them in
-- postgresql.conf (docs/operations.md).
DO $$
DECLARE
    setting text;
BEGIN
    FOREACH setting IN ARRAY ARRAY['log_error_verbosity = terse', 'log_min_error_statement = panic',
                                   'log_parameter_max_length = 0', 'log_parameter_max_length_on_error = 0',
                                   'timezone = ''UTC''', 'client_connection_check_interval = ''2s'''] LOOP
        BEGIN
            EXECUTE format('ALTER DATABASE %I SET %s', current_database(), setting);
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE 'not allowed: ALTER DATABASE SET %', setting;
        END;
    END LOOP;
END
$$;
