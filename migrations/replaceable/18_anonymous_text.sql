-- What an employer writes into an anonymous contract is read by partner services and shown to candidates before anybody
-- is placed: it must not say whose farm it is. Refused at entry, a file's row alone.

CREATE OR REPLACE FUNCTION employer_core(name text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN trim(regexp_replace(regexp_replace(blocked_norm(name),
    '\m(earl|eurl|gaec|gfa|sa|sarl|sas|sasu|sca|scea|sci|snc|ste|societe)\M', ' ', 'g'), ' +', ' ', 'g'));

-- What of an employer a text shows: 'email', 'url', 'siret', 'phone' or 'name'; NULL: nothing. The name is looked for
-- whole, and without its legal form when two words of it have four letters or more ("Vergers Martin", not "des pommes").
CREATE OR REPLACE FUNCTION employer_shown(raw text, name text, siret text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN raw IS NULL THEN NULL
    WHEN raw ~* '[[:alnum:]._%+-]+ ?(@|\(at\)) ?[[:alnum:]-]+\.[[:alpha:]]{2,}' THEN 'email'
    WHEN raw ~* '(https?://|\mwww\.)[[:alnum:]]|\m[[:alnum:]-]{2,}\.(fr|com|org|net|eu|ma|tn|ge|info|bio)\M' THEN 'url'
    WHEN strpos(regexp_replace(raw, '[^0-9]+', '', 'g'), left(siret, 9)) > 0 THEN 'siret'
    WHEN raw ~ '(\+|\m00)[1-9]([ .()/-]*[0-9]){8,}|\m0[1-9]([ .-]?[0-9]{2}){4}\M' THEN 'phone'
    WHEN length(blocked_norm(name)) >= 4 AND strpos(' ' || blocked_norm(raw) || ' ', ' ' || blocked_norm(name) || ' ') > 0 THEN 'name'
    WHEN employer_core(name) ~ '\m[[:alpha:]]{4,}\M.*\m[[:alpha:]]{4,}\M'
         AND strpos(' ' || blocked_norm(raw) || ' ', ' ' || employer_core(name) || ' ') > 0 THEN 'name'
END;

CREATE OR REPLACE FUNCTION contract_shows(org bigint, texts jsonb) RETURNS TABLE (field text, code text, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.key, 'names_employer', s.shown
    FROM org o, jsonb_each_text(texts) t, LATERAL (SELECT employer_shown(t.value, o.name, o.siret) AS shown) s
    WHERE o.id = contract_shows.org AND s.shown IS NOT NULL
$$;
REVOKE ALL ON FUNCTION contract_shows(bigint, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION contract_shows(bigint, jsonb) TO noria_employer, noria_ofii;

-- TG_ARGV: the columns that others read (contract_by_id in server/contract/contract.sql).
CREATE OR REPLACE FUNCTION contract_anonymous() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    texts jsonb := (SELECT jsonb_object_agg(f.key, f.value) FROM jsonb_each(to_jsonb(NEW)) f WHERE f.key = ANY (TG_ARGV));
    wrong record;
BEGIN
    SELECT s.field, s.code, s.detail INTO wrong FROM contract_shows(NEW.org_id, texts) s ORDER BY s.field LIMIT 1;
    IF FOUND THEN
        PERFORM refuse(wrong.code, wrong.detail, wrong.field);
    END IF;
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER contract_anonymous
    BEFORE INSERT OR UPDATE OF org_id, crop, variety, tasks, work_pattern, piece_rate, collective_agreement, meals, transport,
        demands, equipment ON contract
    FOR EACH ROW EXECUTE FUNCTION contract_anonymous('crop', 'variety', 'tasks', 'work_pattern', 'piece_rate',
        'collective_agreement', 'meals', 'transport', 'demands', 'equipment');
