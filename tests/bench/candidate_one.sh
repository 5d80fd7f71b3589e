#!/bin/bash
# candidate_one.sh [COUNT]: what screening one new candidate costs PostgreSQL among COUNT (1,000,000)
# others, by the function that every entry runs. Prints the median and the worst of 200 in milliseconds,
# beside an empty function called the same way (what a call costs by itself).
# usage: tools/with-postgres.sh tests/bench/candidate_one.sh
set -euo pipefail
count=${1:-1000000}
build/release/noria-server migrate >/dev/null
psql -qXAt -v ON_ERROR_STOP=1 -v count="$count" <<'SQL'
SELECT act_as(1, 1, 'officer', '2027-01-15') \g /dev/null
INSERT INTO campaign (code, season, name, first_day, last_day, state)
VALUES ('B-2026', 2026, 'Before', '2026-03-01', '2026-11-30', 'open'), ('B-2027', 2027, 'Now', '2027-03-01', '2027-11-30', 'open');
INSERT INTO org (kind, name, country) VALUES ('partner', 'Bench', 'MA');
SET session_replication_role = replica;
INSERT INTO worker (id) SELECT n FROM generate_series(1, :count) n;
-- one in fifty is somebody's double: the same person, or the same passport
INSERT INTO candidate (id, campaign_id, org_id, worker_id, token, passport_key, person_key, swapped_key, document_expires,
                       available_from, available_to, consent_at, entered_by)
SELECT n, (SELECT id FROM campaign WHERE code = 'B-2027'), (SELECT id FROM org WHERE name = 'Bench'), n,
       substr(upper(lpad(to_hex(n), 8, '0')), 1, 4) || '-' || substr(upper(lpad(to_hex(n), 8, '0')), 5),
        decode(md5('p' || CASE WHEN n % 100 = 0 THEN n - 1 ELSE n END), 'hex'),
       decode(md5('q' || CASE WHEN n % 50 = 0 THEN n - 1 ELSE n END), 'hex'), decode(md5('s' || n), 'hex'), '2031-01-01',
       '2027-03-01', '2027-09-30', now(), 1
FROM generate_series(1, :count) n;
SET session_replication_role = origin;
ANALYZE candidate;
CREATE FUNCTION pg_temp.nothing(c candidate) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp AS 'SELECT NULL::bigint WHERE false';
CREATE TEMP TABLE took (what text, ms float8);
DO $$
DECLARE
    c candidate;
    began timestamptz;
BEGIN
    FOR i IN 1..200 LOOP
        SELECT * INTO c FROM candidate WHERE id = 1 + (hashint4(i)::bigint & 2147483647) % (SELECT max(id) FROM candidate);
        began := clock_timestamp();
        PERFORM count(*) FROM candidate_pairs(c);
        INSERT INTO took VALUES ('pairs', extract(epoch FROM clock_timestamp() - began) * 1000);
        began := clock_timestamp();
        PERFORM count(*) FROM pg_temp.nothing(c);
        INSERT INTO took VALUES ('nothing', extract(epoch FROM clock_timestamp() - began) * 1000);
    END LOOP;
END
$$;
SELECT format('%s: median %s ms, worst %s ms of %s', what, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY ms)::numeric, 3),
              round(max(ms)::numeric, 3), count(*)) FROM took GROUP BY what ORDER BY what DESC;
SELECT 'table and indexes: ' || pg_size_pretty(pg_total_relation_size('candidate'));
SQL
