#!/bin/bash
# bench.sh [ROUNDS]: every speed that Noria claims, as ratios within one run. The two sides of a row take
# turns; the median of the rounds' own ratios counts, so that a machine that slows down slows both. Prints
# a table and writes var/bench.json: [{name, value, ratio, unit, against, target, pass}].
# ONLY="reads create" measures these parts alone (reads create guards memory documents database matching import).
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
servers=()
finish() {
    local pid
    for pid in "${servers[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${servers[@]}"; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap finish EXIT
mkdir -p var
: >"$work/rows"
wanted() { [[ -z ${ONLY:-} || " $ONLY " == *" $1 "* ]]; }

# --- the database and the server ------------------------------------------------------------------------
"$bin/noria-server" migrate >"$work/migrate.log"
psql -qX -f tests/bench/fixture.sql >"$work/fixture.log"
token() { printf 'nrt_%043d' "$1"; }
account_of() { psql -qXAt -c "SELECT a.id FROM account a WHERE a.role = '$1' ORDER BY a.id LIMIT ${2:-1}"; }
export NORIA_BIND=127.0.0.1 NORIA_ISSUER=FR:OFII NORIA_LOG=warn
export NORIA_KEYS=$work/keys NORIA_SPOOL=$work/spool NORIA_PASSPHRASE_FILE=$work/passphrase
mkdir -p "$NORIA_SPOOL"
(umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$NORIA_PASSPHRASE_FILE")
"$bin/noria" keys init "$NORIA_KEYS" --root-dir "$work/root" --issuer "$NORIA_ISSUER" >"$work/keys.log"
# serve DATABASE PORT: a server on it; its process is the last of `servers`.
serve() {
    local log=$work/server-$1.log
    NORIA_PORT=$2 NORIA_BASE_URL=http://127.0.0.1:$2 NORIA_DATABASE_URL=${NORIA_DATABASE_URL/\/noria\?//$1?} \
        "$bin/noria-server" serve >"$log" 2>&1 &
    servers+=($!)
    for _ in $(seq 100); do
        curl -fsS "http://127.0.0.1:$2/readyz" >/dev/null 2>&1 && return
        sleep 0.1
    done
    tail "$log" >&2
    exit 1
}
if wanted guards; then
    # shellcheck source=/dev/null
    source tests/bench/guards_databases.sh
fi
serve noria "$port"
# shellcheck disable=SC2034 # the parts read its memory
server=${servers[0]}

# --- helpers ----------------------------------------------------------------------------------------------
# The text of a `-- name:` block; pgbench reads :name as its own variables.
block() { awk -v name="$1" '/^-- name:/ { on = ($3 == name); next } on && !/^--/' server/*/*.sql; }
median() { sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
# load CONNECTIONS [PORT]: "requests/s p50us p99us errors", from wrk.
load() {
    wrk -t2 -c"$1" -d"${seconds}s" --timeout 10s -s tests/bench/wrk.lua "http://127.0.0.1:${2:-$port}" |
        awk '/^RESULT/ { print $2, $3, $4, $5 }'
}
# pg USER FILE: transactions/s, prepared, the same number of clients. Ends the run when a statement fails.
pg() {
    pgbench -n -M prepared -U "$1" -c "$connections" -j 2 -T "$seconds" -f "$2" 2>"$work/pgbench.log" >"$work/pgbench" ||
        { grep -m 3 ERROR "$work/pgbench.log" >&2; echo "bench: pgbench cannot run $2" >&2; exit 1; }
    awk '/^tps/ { print $3 }' "$work/pgbench"
}
# row NAME VALUE RATIO UNIT AGAINST TARGET PASS
row() { printf '%s\t%s\t%s\t%s\t%s\t%s\t%s\n' "$@" >>"$work/rows"; }
at_least() { awk -v a="$1" -v b="$2" 'BEGIN { print (a >= b) ? "true" : "false" }'; }
at_most() { awk -v a="$1" -v b="$2" 'BEGIN { print (a <= b) ? "true" : "false" }'; }
# paired OURS THEIRS: the median of the ratios of two files' first columns, line by line.
paired() { paste <(awk '{ print $1 }' "$1") <(awk '{ print $1 }' "$2") | awk '{ print $1 / $2 }' | median | awk '{ printf "%.3f", $1 }'; }
# failed FILE: the errors that wrk told in it; such a row has no ratio.
failed() { awk '{ n += $4 } END { print n + 0 }' "$1"; }

# versus NAME USER SCRIPT TARGET: interleaved rounds of the service (BENCH_* set) and of pgbench.
versus() {
    local name=$1 user=$2 script=$3 target=$4 bad ratio round
    : >"$work/ours" && : >"$work/theirs"
    for ((round = 0; round < rounds; round++)); do
        BENCH_BASE=$((round * 2000000)) load "$connections" >>"$work/ours"
        pg "$user" "$script" >>"$work/theirs"
    done
    bad=$(failed "$work/ours")
    ratio=$(paired "$work/ours" "$work/theirs")
    ((bad == 0)) || { echo "bench: $name: $bad requests failed" >&2; ratio=0; }
    row "$name" "$(median <"$work/ours")" "$ratio" "requests/s" "pgbench -M prepared, same SQL: $(median <"$work/theirs")" \
        ">= $target" "$(at_least "$ratio" "$target")"
}
export BENCH_TOKENS BENCH_PATH BENCH_MAX

# --- the parts ------------------------------------------------------------------------------------------------
for part in reads create guards memory documents database matching import; do
    if wanted "$part"; then
        # shellcheck source=/dev/null
        source "tests/bench/$part.sh"
    fi
done

# --- the table ---------------------------------------------------------------------------------------------------------
awk -F '\t' '
    BEGIN { printf "%-58s %12s %8s %-12s %-8s %-5s %s\n", "what", "value", "ratio", "unit", "target", "pass", "against" }
    { printf "%-58s %12s %8s %-12s %-8s %-5s %s\n", $1, $2, $3, $4, $6, $7, $5 }' "$work/rows"
jq -Rn '[inputs | split("\t") | {name: .[0], value: (.[1] | tonumber), ratio: (.[2] | tonumber), unit: .[3],
         against: .[4], target: .[5], pass: (.[6] == "true")}]' "$work/rows" >var/bench.json
echo "written: var/bench.json"
