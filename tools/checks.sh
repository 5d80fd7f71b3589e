# checks.sh: how tools/test.sh runs checks and counts them. Sourced, never run; wants these of who sources it:
# shellcheck shell=bash
: "${stage?a name}" "${logs:?a folder}" "${at_once:?how many run beside each other}"
passed=0 failed=0
failures=()             # each failed row once more, for who sees only the end of the output
clusters=()             # the folders of the PostgreSQLs that run
declare -A slot_of=()   # of what runs beside us: process -> slot
aside=                  # set in what runs beside us: there `count` only prints what to count
row_began=$SECONDS

# count NAME PASSED FAILED [LOG [SECONDS]]: one row of the result; its time is counted from the row before, unless given.
count() {
    local took=${5:-$((SECONDS - row_began))}
    row_began=$SECONDS
    if [[ -n $aside ]]; then
        printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$took" "${4:-}"
        return
    fi
    passed=$((passed + $2))
    failed=$((failed + $3))
    printf '%-8s %-58s %5d passed %3d failed %4d s\n' "$stage" "$1" "$2" "$3" "$took"
    (($3 > 0)) || return 0
    failures+=("failed: $stage $1")
    [[ -z ${4:-} ]] || failures+=("$(telling "$4" 5)")
    [[ -z ${4:-} ]] || { telling "$4" 20; echo "         log: $4"; }
}

# telling LOG MOST: the log's lines that tell why it failed; its last ones where none looks so.
telling() {
    [[ -r $1 ]] || return 0
    local what='^[^ ]+:[0-9]+:[FE]:|^not ok|ERROR:|error:|Error|FAIL|fail|refused'
    if grep -qaE "$what" "$1"; then grep -aE "$what" "$1" | head -n "$2"; else tail -n "$2" "$1"; fi |
        sed 's/^/         /'
}

# one NAME COMMAND…: a check that passes or fails as a whole.
one() {
    local name=$1 log
    shift
    row_began=$SECONDS
    log=$logs/$stage-${name//[^A-Za-z0-9]/_}.log
    if timeout "${LIMIT:-600}" "$@" >"$log" 2>&1; then count "$name" 1 0; else count "$name" 0 1 "$log"; fi
}

# check_program FILE: a Check program; its own summary line is what counts.
check_program() {
    local program=$1 name=${1#build/*/} log line code=0 ran bad
    row_began=$SECONDS
    log=$logs/$stage-${name//\//_}.log
    timeout "${LIMIT:-600}" "$program" >"$log" 2>&1 || code=$?
    line=$(grep -aE '^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+' "$log" |
        awk -F '[:,] *' '{ c += $3; b += $5 + $7 } END { if (NR) print c, b }')
    if [[ -z $line ]]; then
        count "$name" 0 1 "$log"
        return
    fi
    read -r ran bad <<<"$line"
    # A sanitizer's report after the last test, or a crash, is a failure of its own.
    if ((code != 0 && bad == 0)); then bad=1 ran=$((ran + 1)); fi
    count "$name" $((ran - bad)) "$bad" "$log"
}

# tell NAME FILE: counts what a check that ran beside us printed; one that printed nothing did not come to its end.
tell() {
    local name good bad took log rows=0
    while IFS=$'\t' read -r name good bad took log; do
        count "$name" "$good" "$bad" "$log" "$took"
        rows=$((rows + 1))
    done <"$2"
    ((rows > 0)) || count "$1 did not come to its end" 0 1
}

# side_by_side FUNCTION NAME…: FUNCTION NAME for each name, one for each PostgreSQL beside each other, or $at_once where no
# PostgreSQL runs: none shares its own meanwhile. Their rows come in the order of the names; no name at all is a failure.
side_by_side() {
    local what=$1 names=("${@:2}") next=0 told=0 pid slot dir free=() ended=()
    local -A place=() # process -> which of the names
    dir=$(mktemp -d)
    ((${#names[@]} > 0)) || count "nothing to run" 0 1
    for ((slot = 0; slot < (${#clusters[@]} ? ${#clusters[@]} : at_once); slot++)); do free+=("$slot"); done
    while ((told < ${#names[@]})); do
        while ((${#free[@]} > 0 && next < ${#names[@]})); do
            slot=${free[0]} free=("${free[@]:1}")
            (
                trap - EXIT INT TERM
                [[ -z ${clusters[slot]:-} ]] || eval "$(tools/postgres.sh env "${clusters[slot]}")"
                aside=1
                "$what" "${names[next]}"
            ) >"$dir/$next" &
            slot_of[$!]=$slot place[$!]=$next
            next=$((next + 1))
        done
        wait -n "${!slot_of[@]}" || true
        for pid in "${!slot_of[@]}"; do
            kill -0 "$pid" 2>/dev/null && continue
            free+=("${slot_of[$pid]}")
            ended[${place[$pid]}]=1
            unset "slot_of[$pid]"
        done
        while [[ -n ${ended[told]:-} ]]; do
            tell "${names[told]}" "$dir/$told"
            told=$((told + 1))
        done
    done
    rm -rf "$dir"
}

# start_postgres [MANY]: private PostgreSQLs of this stage; the environment leads to the first.
start_postgres() {
    local dir i starts=() good=0
    for ((i = 0; i < ${1:-1}; i++)); do
        dir=$(mktemp -d /tmp/noria-pg.XXXXXX)
        clusters+=("$dir")
        tools/postgres.sh init "$dir" >"$logs/postgres-$i.log" 2>&1 &
        starts+=($!)
    done
    for i in "${!starts[@]}"; do
        if wait "${starts[i]}"; then good=$((good + 1)); else count "PostgreSQL starts" 0 1 "$logs/postgres-$i.log"; fi
    done
    ((good == ${#starts[@]})) || return 1
    eval "$(tools/postgres.sh env "${clusters[0]}")"
}

stop_postgres() {
    local dir
    for dir in "${clusters[@]}"; do
        tools/postgres.sh stop "$dir" >/dev/null 2>&1
        rm -rf "$dir"
    done
    clusters=()
}

# Whatever ends us ends what runs beside us, and the PostgreSQLs.
# shellcheck disable=SC2317 # reached through the trap
end_all() {
    local pid
    for pid in "${!slot_of[@]}"; do
        pkill -TERM -P "$pid"
        kill -TERM "$pid" 2>/dev/null
        wait "$pid" 2>/dev/null
    done
    stop_postgres
}
trap end_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
