-- 0057 marks the analyses in effect by an UPDATE, which the rules of a database that has some refuse: there it could not
-- be applied. Until the end of the migration, when 06_job_analysis.sql puts the whole trigger back, the rules look away
-- where nothing but that mark changes. No login may delete analyses.
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = 'job_analysis'::regclass AND tgname = 'job_analysis_rules') THEN
        CREATE OR REPLACE TRIGGER job_analysis_rules BEFORE UPDATE ON job_analysis FOR EACH ROW
            WHEN (to_jsonb(OLD) - 'one_signature' IS DISTINCT FROM to_jsonb(NEW) - 'one_signature')
            EXECUTE FUNCTION reference_rules();
    END IF;
END $$;
