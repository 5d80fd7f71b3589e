#!/bin/bash
# bench.sh [ROUNDS]: every speed that Noria claims, as ratios within one run. Rounds of the two sides are
# interleaved and medians compared, so that a machine that slows down slows both. Prints a table and
# writes var/bench.json: [{name, value, ratio, unit, against, target, pass}].
# Never part of the tests: a figure depends on the machine, a ratio much less.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ ${NORIA_PG_DIR:-} == "" ]]; then
    exec tools/with-postgres.sh tools/bench.sh "$@"
fi
rounds=${1:-5}
seconds=${SECONDS_EACH:-3}
connections=${CONNECTIONS:-32}
port=${BENCH_PORT:-18432}
bin=build/release
work=$(mktemp -d)
server=
finish() {
    [[ -z $server ]] || kill -TERM "$server" 2>/dev/null || true
    [[ -z $server ]] || wait "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
mkdir -p var
: >"$work/rows"

# --- the database and the server ------------------------------------------------------------------------
"$bin/noria-server" migrate >"$work/migrate.log"
psql -qX -f tests/bench/fixture.sql >"$work/fixture.log"
token() { printf 'nrt_%043d' "$1"; }
account_of() { psql -qXAt -c "SELECT a.id FROM account a WHERE a.role = '$1' ORDER BY a.id LIMIT ${2:-1}"; }
export NORIA_PORT=$port NORIA_BIND=127.0.0.1 NORIA_BASE_URL=http://127.0.0.1:$port NORIA_ISSUER=FR:OFII
export NORIA_KEYS=$work/keys NORIA_SPOOL=$work/spool NORIA_PASSPHRASE_FILE=$work/passphrase NORIA_LOG=warn
mkdir -p "$NORIA_SPOOL"
(umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$NORIA_PASSPHRASE_FILE")
"$bin/noria" keys init "$NORIA_KEYS" --root-dir "$work/root" --issuer "$NORIA_ISSUER" >"$work/keys.log"
"$bin/noria-server" serve >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do
    curl -fsS "http://127.0.0.1:$port/readyz" >/dev/null 2>&1 && break
    sleep 0.1
done
curl -fsS "http://127.0.0.1:$port/readyz" >/dev/null || { tail "$work/server.log" >&2; exit 1; }

# --- helpers ----------------------------------------------------------------------------------------------
# The text of a `-- name:` block; pgbench reads :name as its own variables.
block() { awk -v name="$1" '/^-- name:/ { on = ($3 == name); next } on && !/^--/' server/*/*.sql; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
# load KIND CONNECTIONS: "requests/s p50us p99us errors", from wrk.
load() {
    wrk -t2 -c"$1" -d"${seconds}s" --timeout 10s -s tests/bench/wrk.lua "http://127.0.0.1:$port" |
        awk '/^RESULT/ { print $2, $3, $4, $5 }'
}
# pg USER FILE: transactions/s, prepared, the same number of clients.
pg() {
    pgbench -n -M prepared -U "$1" -c "$connections" -j 2 -T "$seconds" -f "$2" 2>/dev/null |
        awk '/^tps/ { print $3 }'
}
# row NAME VALUE RATIO UNIT AGAINST TARGET PASS
row() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$work/rows"; }
at_least() { awk -v a="$1" -v b="$2" 'BEGIN { print (a >= b) ? "true" : "false" }'; }
at_most() { awk -v a="$1" -v b="$2" 'BEGIN { print (a <= b) ? "true" : "false" }'; }

# versus NAME USER SCRIPT TARGET: interleaved rounds of the service (BENCH_* set) and of pgbench.
versus() {
    local name=$1 user=$2 script=$3 target=$4 ours theirs bad ratio round
    : >"$work/ours" && : >"$work/theirs"
    for ((round = 0; round < rounds; round++)); do
        BENCH_BASE=$((round * 2000000)) load "$connections" >>"$work/ours"
        pg "$user" "$script" >>"$work/theirs"
    done
    ours=$(awk '{ print $1 }' "$work/ours" | median)
    theirs=$(median <"$work/theirs")
    bad=$(awk '{ n += $4 } END { print n }' "$work/ours")
    ratio=$(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.3f", a / b }')
    ((bad == 0)) || { echo "bench: $name: $bad requests failed" >&2; ratio=0; }
    row "$name" "$ours" "$ratio" "requests/s" "pgbench -M prepared, same SQL: $theirs" ">= $target" \
        "$(at_least "$ratio" "$target")"
}

# --- reads -------------------------------------------------------------------------------------------------
echo '\set id random(1, 90000)' >"$work/by_id"
block candidate_by_id >>"$work/by_id"
export BENCH_TOKENS BENCH_PATH BENCH_MAX
BENCH_TOKENS=$(token "$(account_of officer)") BENCH_PATH=/api/v1/candidates/%d BENCH_MAX=90000
versus "candidate by id (OFII)" noria_ofii "$work/by_id" 0.60

echo '\set after random(0, 80000)' >"$work/list"
{
    echo 'SELECT json_agg(t) FROM ('
    block candidate_list | sed 's/:limit/51/; s/;[[:space:]]*$//'
    echo ') t;'
} >>"$work/list"
BENCH_PATH='/api/v1/candidates?limit=50&after=%d' BENCH_MAX=80000
versus "list of 50 candidates, JSON (OFII)" noria_ofii "$work/list" 0.65

# As an employer, each request with that employer's own proposals: the policy is at work on both sides.
read -r employer org <<<"$(psql -qXAt -F ' ' -c "SELECT id, org_id FROM account WHERE role = 'employer' ORDER BY id LIMIT 1")"
candidate=$(psql -qXAt -c "SELECT min(candidate_id) FROM proposal WHERE org_id = $org")
cat >"$work/employer" <<END
\set id random($candidate, $candidate + 19)
BEGIN;
SELECT act_as($employer, $org, 'employer', '2026-03-01');
$(block candidate_by_id)
COMMIT;
END
BENCH_TOKENS=$(token "$employer") BENCH_PATH=/api/v1/candidates/$candidate BENCH_MAX=1
versus "candidate by id (employer, row-level security)" noria_employer "$work/employer" 0.45

BENCH_TOKENS=$(token "$(account_of officer)") BENCH_PATH=/api/v1/candidates/%d BENCH_MAX=90000
read -r _ p50 p99 bad <<<"$(load 128)"
row "p99 by id at 128 connections" "$p99" "$(awk -v a="$p99" -v b="$p50" 'BEGIN { printf "%.2f", a / b }')" "us" \
    "p50: $p50 us, $bad failed" "<= 4" "$(awk -v a="$p99" -v b="$p50" -v n="$bad" 'BEGIN { print (a <= 4 * b && n == 0) ? "true" : "false" }')"

# --- writes --------------------------------------------------------------------------------------------------
if [[ -z ${ONLY:-} || $ONLY == create ]]; then
    # shellcheck source=/dev/null
    source tests/bench/create.sh
fi

# --- memory ----------------------------------------------------------------------------------------------------
read -r before after <<<"$("$bin/tests/bench/bench_idle" "$port" 1000 "$server")"
limit=$((32 * 1024 + 18 * 1000))
row "resident memory, 1,000 idle connections" "$after" "$(awk -v a="$after" -v b="$limit" 'BEGIN { printf "%.2f", a / b }')" \
    "KiB" "32 MiB + 18 KiB a connection: $limit; before: $before" "<= 1" "$(at_most "$after" "$limit")"

# --- documents -----------------------------------------------------------------------------------------------------
if [[ -x $bin/tests/bench/bench_sw1 ]]; then
    # shellcheck source=/dev/null
    source tests/bench/documents.sh
fi

# --- the database lanes -------------------------------------------------------------------------------------------
if [[ -x $bin/tests/bench/bench_db ]]; then
    # shellcheck source=/dev/null
    source tests/bench/database.sh
fi

# --- matching ---------------------------------------------------------------------------------------------------------
if [[ -x $bin/tests/bench/bench_matching ]]; then
    "$bin/tests/bench/bench_matching" --rows >>"$work/rows"
fi

# --- import ----------------------------------------------------------------------------------------------------------
if [[ -e tests/bench/import.sh ]]; then
    # shellcheck source=/dev/null
    source tests/bench/import.sh
fi

# --- the table ---------------------------------------------------------------------------------------------------------
awk -F '\t' '
    BEGIN { printf "%-50s %12s %8s %-12s %-8s %-5s %s\n", "what", "value", "ratio", "unit", "target", "pass", "against" }
    { printf "%-50s %12s %8s %-12s %-8s %-5s %s\n", $1, $2, $3, $4, $6, $7, $5 }' "$work/rows"
jq -Rn '[inputs | split("\t") | {name: .[0], value: (.[1] | tonumber), ratio: (.[2] | tonumber), unit: .[3],
         against: .[4], target: .[5], pass: (.[6] == "true")}]' "$work/rows" >var/bench.json
echo "written: var/bench.json"
