#!/bin/bash
# nation.sh [CANDIDATES CONTRACTS]: a matching for a whole country from database to database, in the PostgreSQL that
# tools/with-postgres.sh gives: the campaign (nation.sql), a run ordered over HTTP, its phases by the clock and by the
# processor time of the server and of PostgreSQL's processes; then 200 candidates who ask why, the run made again, and a
# simulation. Prints rows "what<TAB>value". Minutes at 1,000,000 x 50,000; never run by CI.
set -euo pipefail
cd "$(dirname "$0")/../.."
candidates=${1:-1000000} contracts=${2:-50000}
bin=${NORIA_BIN:-build/release}
port=${BENCH_PORT:-18532}
work=$(mktemp -d)
server=
finish() {
    [[ -z $server ]] || kill -TERM "$server" 2>/dev/null || true
    [[ -z $server ]] || wait "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

"$bin/noria-server" migrate >"$work/migrate.log"
if [[ $(psql -qXAt -c 'SELECT count(*) FROM campaign') == 0 ]]; then
    psql -qX -v candidates="$candidates" -v contracts="$contracts" -f tests/bench/nation.sql
fi
export NORIA_BIND=127.0.0.1 NORIA_ISSUER=FR:OFII NORIA_LOG=warn NORIA_PORT=$port NORIA_BASE_URL=http://127.0.0.1:$port
export NORIA_KEYS=$work/keys NORIA_SPOOL=$work/spool NORIA_PASSPHRASE_FILE=$work/passphrase
mkdir -p "$NORIA_SPOOL"
(umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$NORIA_PASSPHRASE_FILE")
"$bin/noria" keys init "$NORIA_KEYS" --root-dir "$work/root" --issuer "$NORIA_ISSUER" >"$work/keys.log"
"$bin/noria-server" serve >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do
    curl -fsS "http://127.0.0.1:$port/readyz" >/dev/null 2>&1 && break
    sleep 0.1
done

officer=$(psql -qXAt -c "SELECT min(id) FROM account WHERE role = 'officer'")
ask() { # METHOD PATH
    curl -fsS -X "$1" -H "Authorization: Bearer $(printf 'nrt_%043d' "$officer")" -H 'Content-Type: application/json' \
        -H "Idempotency-Key: nation-$(date +%s%N)" ${3:+-d "$3"} "http://127.0.0.1:$port/api/v1$2"
}
ticks=$(getconf CLK_TCK)
postmaster=$(head -n 1 "$NORIA_PG_DIR/data/postmaster.pid")
# Processor seconds of the server, and of PostgreSQL with all it has waited for.
cpu() {
    local of=$1 sum=0 pid
    for pid in $of $([[ $of == "$server" ]] || pgrep -P "$of"); do
        sum=$((sum + $(awk -v all=$((pid == postmaster)) '{ sub(/.*\) /, ""); print all ? $12 + $13 + $14 + $15 : $12 + $13 }' \
            "/proc/$pid/stat" 2>/dev/null || echo 0)))
    done
    awk -v s="$sum" -v t="$ticks" 'BEGIN { printf "%.1f", s / t }'
}
mark() { at=$(date +%s.%N) ours=$(cpu "$server") theirs=$(cpu "$postmaster"); }
since() { # NAME
    awk -v n="$1" -v a="$at" -v b="$(date +%s.%N)" -v s="$ours" -v t="$(cpu "$server")" -v p="$theirs" -v q="$(cpu "$postmaster")" \
        -v l="$(cut -d' ' -f1 /proc/loadavg)" \
        'BEGIN { printf "%s\t%.1f s by the clock, server %.1f s, PostgreSQL %.1f s of CPU; load %s\n", n, b - a, t - s, q - p, l }'
    mark
}
phase() { psql -qXAt -c "SELECT coalesce((SELECT phase FROM matching_job), 'done')"; }
mark
run=$(ask POST /campaigns/1/matching-runs '{}' | jq -r .run_id)
was=waiting
while :; do
    now=$(phase)
    if [[ $now != "$was" ]]; then
        since "$was"
        was=$now
    fi
    [[ $now != done ]] || break
    sleep 0.5
done
psql -qXAt -F $'\t' -c "SELECT 'run', state FROM (SELECT coalesce(stopped_by, proposed || ' proposed, ' || reserve || ' reserves, ' ||
    assigned || ' of ' || places || ' places') AS state FROM matching_run WHERE id = $run) r"
grep VmHWM "/proc/$server/status"
for n in $(seq 200); do
    curl -fsS -o /dev/null -w '%{time_total}\n' -H "Authorization: Bearer $(printf 'nrt_%043d' "$officer")" \
        "http://127.0.0.1:$port/api/v1/candidates/$((n * candidates / 200 - 7))/matching"
done | sort -n | awk '{ v[NR] = $1 * 1000 } END { printf "why\tmedian %.1f ms, worst of %d: %.1f ms\n", v[int((NR + 1) / 2)], NR, v[NR] }'
since "200 questions why"
# order NAME PATH: a calculation, until it is there.
order() {
    local id
    id=$(ask POST "$2" '{}' | jq -r .id)
    while [[ $(psql -qXAt -c "SELECT state FROM matching_calculation WHERE id = $id") == waiting ]]; do sleep 0.5; done
    since "$1"
    psql -qXAt -F $'\t' -c "SELECT 'so', concat_ws(' ', state, stopped_by, inputs_same, result_same, kept_same, places, filled)
        FROM matching_calculation WHERE id = $id"
}
order replay "/matching-runs/$run/replay"
order simulation /campaigns/1/matching-simulation
grep VmHWM "/proc/$server/status"
