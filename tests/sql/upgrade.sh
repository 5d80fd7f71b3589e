#!/bin/bash
# A database in which an analysis of a job was in effect before 0057 is brought to today's version: 0056 makes way for it.
# Control: without 0056, 0057 is refused by the rules of what is in effect.
# shellcheck disable=SC2317 # reached through says
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
bad=0
trap 'for name in upgrade_good upgrade_control; do psql -qXd postgres -c "DROP DATABASE IF EXISTS $name" 2>/dev/null; done' EXIT

# sql DATABASE ARGUMENT…
sql() { psql -qXAt -v ON_ERROR_STOP=1 -1 -d "$1" "${@:2}"; }

# numbered FIRST LAST: the files between two numbers, in their order
numbered() { for file in migrations/[0-9]*.sql; do
    [[ $(basename "$file") < $1 || $(basename "$file") > $2~ ]] || echo "$file"
done; }

# cut_function FUNCTION FILE: its definition, as it stood when there were analyses already
cut_function() { sed -n "/^CREATE OR REPLACE FUNCTION $1(/,/^\\$\\$;/p" "$2"; }

# before DATABASE: one of before 0056 with an analysis in effect, and the rules that keep it so
before() {
    psql -qXd postgres -c "CREATE DATABASE $1" || return
    local file
    for file in $(numbered 0001 0055); do sql "$1" -f "$file" >/dev/null || return; done
    {
        cut_function refuse migrations/replaceable/01_actor.sql
        cut_function reference_rules migrations/replaceable/06_assessments.sql
        cat <<'END'
INSERT INTO org (kind, name, siret) VALUES ('employer', 'Verger', '73282932000074'), ('ofii', 'OFII', NULL);
INSERT INTO account (org_id, role, email, name, password_hash)
SELECT id, 'officer', 'old@ofii.example', 'Old', 'x' FROM org WHERE kind = 'ofii';
INSERT INTO job_analysis (code, label, org_id, commune, rome, held_on, posts_seen, workers_seen, state, account_id)
SELECT 'APPLES', 'Apples', o.id, (SELECT min(insee) FROM commune), (SELECT min(code) FROM rome_code), '2026-01-05', 2, 4,
       'active', a.id
FROM org o, account a WHERE o.kind = 'employer';
CREATE TRIGGER job_analysis_rules BEFORE UPDATE OR DELETE ON job_analysis FOR EACH ROW EXECUTE FUNCTION reference_rules();
END
    } | sql "$1" >/dev/null
}

# applied DATABASE FILE…: each in a transaction, as noria-server migrate does
applied() {
    local file
    for file in "${@:2}"; do sql "$1" -f "$file" >/dev/null || return; done
}

says() { # NAME COMMAND…
    local name=$1
    shift
    "$@" || { echo "FAIL $name"; bad=1; }
}

mapfile -t all < <(numbered 0056 9999)
mapfile -t without < <(numbered 0057 9999)
says "a database of before is made" before upgrade_good
says "and a copy of it" psql -qXd postgres -c 'CREATE DATABASE upgrade_control TEMPLATE upgrade_good'
says "today's migrations are applied to it" applied upgrade_good "${all[@]}"
says "the analysis is in effect by one signature" \
    [ "$(sql upgrade_good -c 'SELECT state, one_signature FROM job_analysis')" = 'active|t' ]
says "what is in effect still cannot be changed" \
    grep -q reference_frozen <<<"$(sql upgrade_good -c "UPDATE job_analysis SET label = 'Pears'" 2>&1)"
says "control: without 0056 the next one is refused" \
    grep -q '0057.*reference_frozen' <<<"$(applied upgrade_control "${without[@]}" 2>&1)"
((bad == 0)) && echo "upgrade: as expected"
exit "$bad"
