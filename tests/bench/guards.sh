# guards.sh: part of tools/bench.sh. What row-level security, the actor's settings and the audit log cost: each
# row is the same route and statement, in turns at the same server on a database without them
# (guards_databases.sh). There reads are asked for as OFII, whose requests carry no actor: nothing is left on.
bare=$((port + 1)) unlogged=$((port + 2))
serve noria_bare "$bare"
serve noria_unlogged "$unlogged"
officer=$(token "$(account_of officer)") employer=$(account_of employer) partner=$(token "$(account_of partner)")
candidate=$(psql -qXAt -c "SELECT min(p.candidate_id) FROM proposal p JOIN account a ON a.org_id = p.org_id WHERE a.id = $employer")

# cost NAME TARGET TOKEN PORT AGAINST: rounds as BENCH_TOKENS at the real server and, in turns, as TOKEN at PORT.
numbers=100000000
cost() {
    local name=$1 target=$2 other=$3 at=$4 against=$5 ratio bad round
    : >"$work/ours" && : >"$work/theirs"
    for ((round = 0; round < rounds; round++)); do
        BENCH_BASE=$numbers load "$connections" >>"$work/ours"
        BENCH_TOKENS=$other BENCH_BASE=$numbers load "$connections" "$at" >>"$work/theirs"
        numbers=$((numbers + 2000000))
    done
    ratio=$(paired "$work/ours" "$work/theirs")
    bad=$(($(failed "$work/ours") + $(failed "$work/theirs")))
    ((bad == 0)) || { echo "bench: $name: $bad requests failed" >&2; ratio=0; }
    row "$name" "$(median <"$work/ours")" "$ratio" "requests/s" "$against: $(median <"$work/theirs")" ">= $target" \
        "$(at_least "$ratio" "$target")"
}

BENCH_PATH=/api/v1/candidates/$candidate BENCH_MAX=1 BENCH_TOKENS=$(token "$employer")
cost "guarded read by id (employer)" 0.80 "$officer" "$bare" "row-level security and settings off"
BENCH_PATH='/api/v1/candidates?limit=50&after=%d' BENCH_MAX=80000 BENCH_TOKENS=$partner
cost "guarded list of 50 (partner service)" 0.80 "$officer" "$bare" "row-level security and settings off"
export BENCH_CREATE=1
BENCH_PATH=/api/v1/candidates
cost "guarded and logged create" 0.75 "$partner" "$bare" "row-level security, settings and audit off"
cost "logged create" 0.85 "$partner" "$unlogged" "audit off"
unset BENCH_CREATE
