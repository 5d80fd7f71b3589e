-- Blocked criteria in free text: a phrase that says nothing else is refused, a word that may say something
-- else is shown to a person, and what it stands in takes no effect before he has looked. An imported
-- contract is flagged in both cases: one row's words do not throw a file of thousands back.

-- In plpgsql, so that the text is brought into its form once and not at each word.
CREATE OR REPLACE FUNCTION blocked_scan(raw text) RETURNS TABLE (word_id bigint, criterion text, kind text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    plain text := blocked_norm(raw);
    padded text := ' ' || plain || ' ';
BEGIN
    RETURN QUERY SELECT w.id, w.criterion, w.kind FROM blocked_word w
    WHERE w.retired IS NULL AND w.head = ANY (string_to_array(plain, ' ')) AND strpos(padded, ' ' || w.norm || ' ') > 0;
END
$$;

-- Looks at one text of an object: refuses, opens, reopens and closes flags. `watched`: it may have some already.
CREATE OR REPLACE FUNCTION blocked_look(kind text, object bigint, field text, raw text, refuses boolean,
                                        watched boolean) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    bad text;
    found_words bigint[];
BEGIN
    SELECT array_agg(s.word_id), min(s.criterion) FILTER (WHERE s.kind = 'refuse') INTO found_words, bad
    FROM blocked_scan(coalesce(raw, '')) s;
    IF bad IS NOT NULL AND refuses THEN
        PERFORM refuse('criterion_in_text', bad, split_part(field, ':', 1));
    END IF;
    IF found_words IS NULL AND NOT watched THEN
        RETURN;
    END IF;
    INSERT INTO blocked_flag AS f (object_kind, object_id, field, word_id, digest, org_id, author_id)
    SELECT kind, object, field, w, md5(raw), actor_org(), actor_account() FROM unnest(found_words) w
    ON CONFLICT ON CONSTRAINT blocked_flag_object_kind_object_id_field_word_id_key DO UPDATE
    SET state = 'open', digest = excluded.digest, org_id = excluded.org_id, author_id = excluded.author_id,
        at = clock_timestamp(), decided_by = NULL, decided_at = NULL, reason = NULL
    WHERE f.state = 'gone' OR f.digest <> excluded.digest;
    UPDATE blocked_flag f SET state = 'gone'
    WHERE f.object_kind = kind AND f.object_id = object AND f.field = blocked_look.field AND f.state = 'open'
      AND NOT coalesce(f.word_id = ANY (found_words), false);
END
$$;

-- TG_ARGV: the object's kind, the column of its id, then the columns that people write in.
CREATE OR REPLACE FUNCTION blocked_watch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    fresh jsonb := to_jsonb(NEW);
    old jsonb := CASE WHEN TG_OP = 'UPDATE' THEN to_jsonb(OLD) ELSE '{}' END;
    place text := coalesce(':' || coalesce(fresh ->> 'seq', fresh ->> 'habilete'), ''); -- of a part
BEGIN
    FOR i IN 2 .. TG_NARGS - 1 LOOP
        IF fresh ->> TG_ARGV[i] IS DISTINCT FROM old ->> TG_ARGV[i] THEN
            PERFORM blocked_look(TG_ARGV[0], (fresh ->> TG_ARGV[1])::bigint, TG_ARGV[i] || place,
                                 fresh ->> TG_ARGV[i], fresh ->> 'import_id' IS NULL, TG_OP = 'UPDATE');
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;
-- What a part said is gone with it; the next one in its place is looked at by itself. TG_ARGV: the object's kind, the column
-- of its id, then the part's columns that people write in.
DROP TRIGGER IF EXISTS blocked_gone ON criterion;
DROP FUNCTION IF EXISTS blocked_criterion_gone();
CREATE OR REPLACE FUNCTION blocked_part_gone() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    part jsonb := to_jsonb(OLD);
BEGIN
    UPDATE blocked_flag f SET state = 'gone'
    WHERE f.object_kind = TG_ARGV[0] AND f.object_id = (part ->> TG_ARGV[1])::bigint AND f.state = 'open'
      AND split_part(f.field, ':', 1) = ANY (TG_ARGV[2:]) AND split_part(f.field, ':', 2) = coalesce(part ->> 'seq', part ->> 'habilete');
    RETURN OLD;
END
$$;
CREATE OR REPLACE TRIGGER blocked_watch BEFORE INSERT OR UPDATE ON habilete
    FOR EACH ROW EXECUTE FUNCTION blocked_watch('habilete', 'id', 'code', 'label', 'definition');
CREATE OR REPLACE TRIGGER blocked_watch BEFORE INSERT OR UPDATE ON exercise
    FOR EACH ROW EXECUTE FUNCTION blocked_watch('exercise', 'id', 'code', 'label', 'instructions', 'kit', 'safety');
CREATE OR REPLACE TRIGGER blocked_watch BEFORE INSERT OR UPDATE ON criterion
    FOR EACH ROW EXECUTE FUNCTION blocked_watch('exercise', 'exercise_id', 'label', 'anchors');
CREATE OR REPLACE TRIGGER blocked_gone BEFORE DELETE ON criterion
    FOR EACH ROW EXECUTE FUNCTION blocked_part_gone('exercise', 'exercise_id', 'label', 'anchors');
CREATE OR REPLACE TRIGGER blocked_watch BEFORE INSERT OR UPDATE ON job_analysis
    FOR EACH ROW EXECUTE FUNCTION blocked_watch('job_analysis', 'id', 'code', 'label', 'crop');
CREATE OR REPLACE TRIGGER blocked_watch BEFORE INSERT OR UPDATE ON job_analysis_task
    FOR EACH ROW EXECUTE FUNCTION blocked_watch('job_analysis', 'analysis_id', 'task', 'constraints');
CREATE OR REPLACE TRIGGER blocked_gone BEFORE DELETE ON job_analysis_task
    FOR EACH ROW EXECUTE FUNCTION blocked_part_gone('job_analysis', 'analysis_id', 'task', 'constraints');
CREATE OR REPLACE TRIGGER blocked_watch BEFORE INSERT OR UPDATE ON job_analysis_habilete
    FOR EACH ROW EXECUTE FUNCTION blocked_watch('job_analysis', 'analysis_id', 'why');
CREATE OR REPLACE TRIGGER blocked_gone BEFORE DELETE ON job_analysis_habilete
    FOR EACH ROW EXECUTE FUNCTION blocked_part_gone('job_analysis', 'analysis_id', 'why');
CREATE OR REPLACE TRIGGER blocked_watch BEFORE INSERT OR UPDATE ON profile
    FOR EACH ROW EXECUTE FUNCTION blocked_watch('profile', 'id', 'code', 'label', 'crop');
CREATE OR REPLACE TRIGGER blocked_watch BEFORE INSERT OR UPDATE ON contract
    FOR EACH ROW EXECUTE FUNCTION blocked_watch('contract', 'id', 'crop', 'variety', 'tasks', 'demands', 'equipment', 'work_pattern');

-- Nothing takes effect while a word of it waits for a person.
CREATE OR REPLACE FUNCTION blocked_effect() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    waiting record;
BEGIN
    SELECT w.criterion, split_part(f.field, ':', 1) AS field INTO waiting
    FROM blocked_flag f JOIN blocked_word w ON w.id = f.word_id
    WHERE f.object_kind = TG_TABLE_NAME AND f.object_id = NEW.id AND f.state = 'open' ORDER BY f.id LIMIT 1;
    IF FOUND THEN
        PERFORM refuse('criterion_flagged', waiting.criterion, waiting.field);
    END IF;
    RETURN NEW;
END
$$;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['habilete', 'exercise', 'profile', 'job_analysis'] LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER blocked_effect BEFORE UPDATE OF state ON %I FOR EACH ROW
            WHEN (NEW.state = ''active'' AND OLD.state = ''draft'') EXECUTE FUNCTION blocked_effect()', name);
    END LOOP;
END
$$;
CREATE OR REPLACE TRIGGER blocked_effect BEFORE UPDATE OF state ON contract FOR EACH ROW
    WHEN (NEW.state = 'approved' AND OLD.state = 'submitted') EXECUTE FUNCTION blocked_effect();

-- The list of words is only added to and retired from, each time as its next version.
CREATE OR REPLACE FUNCTION blocked_version() RETURNS int LANGUAGE sql STABLE
RETURN (SELECT coalesce(max(greatest(w.version, coalesce(w.retired, 0))), 0) FROM blocked_word w);

CREATE OR REPLACE FUNCTION blocked_word_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        NEW.version := blocked_version() + 1;
        NEW.account_id := actor_account();
    ELSIF OLD.retired IS NOT NULL OR (NEW.version, NEW.lang, NEW.phrase, NEW.criterion, NEW.kind) <> (OLD.version, OLD.lang, OLD.phrase, OLD.criterion, OLD.kind) THEN
        PERFORM refuse('append_only', 'blocked_word');
    ELSE
        NEW.retired := blocked_version() + 1;
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER blocked_word_rules BEFORE INSERT OR UPDATE ON blocked_word
    FOR EACH ROW EXECUTE FUNCTION blocked_word_rules();
CREATE OR REPLACE TRIGGER blocked_word_stays BEFORE DELETE ON blocked_word
    FOR EACH ROW EXECUTE FUNCTION append_only();

GRANT SELECT, INSERT ON blocked_word TO noria_ofii;
GRANT UPDATE (retired) ON blocked_word TO noria_ofii;
ALTER TABLE blocked_flag ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS blocked_flag_all ON blocked_flag;
CREATE POLICY blocked_flag_all ON blocked_flag TO noria_ofii USING (true) WITH CHECK (true);
GRANT SELECT ON blocked_flag TO noria_ofii;
GRANT UPDATE (state, decided_by, decided_at, reason) ON blocked_flag TO noria_ofii;
REVOKE ALL ON FUNCTION blocked_scan(text), blocked_look(text, bigint, text, text, boolean, boolean) FROM PUBLIC;
