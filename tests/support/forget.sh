#!/bin/bash
# forget.sh BUILD: forgets a whole season that was played into NORIA_DATABASE_URL (the demo's). A word is planted
# into every text of every person, the day is put 20 years on, and `noria-server purge` runs: twice, because
# a campaign under way holds its people, and is closed for the second. Who is not held is then erased, the word
# stands in no row but of people who are held, and `noria-server check` finds nothing. Before the purge the
# word stands everywhere (the control). PGHOST, PGUSER and PGDATABASE lead psql to the same database.
set -euo pipefail
build=$1
sql() { psql -qXAt -v ON_ERROR_STOP=1 -c "$1"; }
die() { echo "forget: $*" >&2; exit 1; }

psql -qX -f "$(dirname "$0")/forget.sql"
before=$(sql "SELECT sum(hits) FROM t_canaries()")
columns=$(sql "SELECT count(*) FROM t_planted WHERE planted > 0")
echo "planted in $columns columns, $before rows; these take no such word: $(sql "SELECT string_agg(relation || '.' || name, ' ') FROM t_planted WHERE planted IS NULL")"
((before > 1000 && columns > 10)) || die "hardly anything was planted"
people=$(sql "SELECT count(*) FROM worker_identity")

sql "ALTER DATABASE $(sql 'SELECT quote_ident(current_database())') SET noria.today = '$(date -u -d '+20 years' +%F)'"
once() {
    local said
    said=$("$build/noria-server" purge)
    echo "$said"
    [[ $said != "0 workers"* ]] || die "nobody was erased"
    "$build/noria-server" check
    local left
    left=$(sql "SELECT string_agg(relation || ' ' || hits, ', ') FROM t_of_held()")
    [[ -z $left ]] || die "of nobody who is held: $left"
    left=$(sql "SELECT count(*) FROM worker_identity i WHERE worker_hold(i.worker_id) IS NULL")
    ((left == 0)) || die "$left identities are there still"
}
once
sql "SET session_replication_role = replica; CREATE TABLE t_open AS SELECT id, state FROM campaign WHERE state <> 'closed'; UPDATE campaign SET state = 'closed' WHERE state <> 'closed'"
"$build/noria-server" purge >/dev/null
sql "SET session_replication_role = replica; UPDATE campaign c SET state = o.state FROM t_open o WHERE o.id = c.id"
"$build/noria-server" check
left=$(sql "SELECT string_agg(relation || ' ' || hits, ', ') FROM t_of_held()")
[[ -z $left ]] || die "of nobody who is held: $left"
elsewhere=$(sql "SELECT string_agg(relation, ', ') FROM t_canaries() WHERE relation NOT IN (SELECT relation FROM t_planted)")
[[ -z $elsewhere ]] || die "the word stands in $elsewhere"
rest=$(sql "SELECT count(*) FROM worker_identity")
echo "of $people people $((people - rest)) are forgotten, $rest held by: $(sql "SELECT string_agg(held || ' ' || n, ', ') FROM (SELECT held, count(*) AS n FROM purge_due(0, 1000000) GROUP BY held) h")"
((rest < people / 4)) || die "most people are there still"
