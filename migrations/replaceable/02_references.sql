-- Reference tables are public facts: every class reads them, OFII's edits the dated ones.

GRANT SELECT ON country, region, department, commune, rome_code, smic, shortage_list, agreement
    TO noria_ofii, noria_system, noria_employer, noria_partner, noria_public;
GRANT INSERT, UPDATE ON smic, shortage_list, agreement TO noria_ofii;

-- The highest minimum wage of any day between two days; NULL when none is known for the first day.
-- PL/pgSQL keeps its plan in the session; an SQL function is planned anew for each row of an import.
CREATE OR REPLACE FUNCTION smic_highest(first_day date, last_day date) RETURNS numeric
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (SELECT max(s.hourly) FROM smic s
            WHERE s.from_day <= smic_highest.last_day
              AND s.from_day >= (SELECT max(f.from_day) FROM smic f WHERE f.from_day <= smic_highest.first_day));
END
$$;

-- True when the occupation is on the shortage list of every one of the communes' regions on that day.
CREATE OR REPLACE FUNCTION shortage_listed(communes text[], occupation text, day date) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN (SELECT count(*) > 0 AND bool_and(EXISTS (
        SELECT FROM shortage_list s
        WHERE s.region = c.region AND s.rome = occupation AND day BETWEEN s.from_day AND s.to_day))
    FROM commune c WHERE c.insee = ANY (communes));
END
$$;
