#!/bin/bash
# test.sh [STAGE…]: every test there is, with its own set-up; logs in var/test/. Ends with one line
# `N passed, N failed`, each failed row repeated before it, and exits non-zero when anything failed
# or could not be run.
# Stages: style unit tsan sql demo answers chaos web attack interop fuzz coverage. FUZZ_SECONDS=5 each target.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
export MAKEFLAGS=
stages=("$@")
((${#stages[@]} > 0)) || stages=(style unit tsan sql demo answers chaos web attack interop fuzz coverage)
logs=var/test
answers=$PWD/$logs/answers # of the API, as the stages unit and demo got them
mkdir -p "$logs" "$answers"
passed=0 failed=0
failures=() # each failed row once more, for who sees only the end of the output
export FSYNC=${FSYNC:-off}
# A leak in a library's own start-up must not hide ours: suppressions are named, with reasons.
export ASAN_OPTIONS="detect_stack_use_after_return=0:${ASAN_OPTIONS:-}"
export LSAN_OPTIONS="suppressions=$PWD/tools/lsan.supp:print_suppressions=0:${LSAN_OPTIONS:-}"
# die_after_fork: a test that kills servers forks them, and each starts threads of its own.
export TSAN_OPTIONS="suppressions=$PWD/tools/tsan.supp:halt_on_error=0:die_after_fork=0:${TSAN_OPTIONS:-}"

# count NAME PASSED FAILED [LOG]
count() {
    passed=$((passed + $2))
    failed=$((failed + $3))
    printf '%-8s %-58s %5d passed %3d failed\n' "$stage" "$1" "$2" "$3"
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
    log=$logs/$stage-${name//[^A-Za-z0-9]/_}.log
    if timeout "${LIMIT:-600}" "$@" >"$log" 2>&1; then count "$name" 1 0; else count "$name" 0 1 "$log"; fi
}

# check_program FILE: a Check program; its own summary line is what counts.
check_program() {
    local program=$1 name=${1#build/*/} log line code=0 ran bad
    log=$logs/$stage-${name//\//_}.log
    timeout "${LIMIT:-300}" "$program" >"$log" 2>&1 || code=$?
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

build() {
    local mode=$1 log=$logs/build-$1.log
    shift
    if make -j"$(nproc)" MODE="$mode" "$@" >"$log" 2>&1; then return 0; fi
    count "build MODE=$mode" 0 1 "$log"
    return 1
}

# with_postgres FUNCTION ARGUMENT…: with a private PostgreSQL of this stage.
start_postgres() {
    pg=$(mktemp -d /tmp/noria-pg.XXXXXX)
    if ! tools/postgres.sh init "$pg" >"$logs/postgres.log" 2>&1; then
        count "PostgreSQL starts" 0 1 "$logs/postgres.log"
        return 1
    fi
    eval "$(tools/postgres.sh env "$pg")"
}

stop_postgres() {
    [[ -n ${pg:-} ]] || return 0
    tools/postgres.sh stop "$pg" >/dev/null 2>&1
    rm -rf "$pg"
    pg=
}
trap stop_postgres EXIT
trap 'exit 130' INT TERM

stage_style() {
    one "rules of the house" tools/check-style.sh
    one "every text is in every language" tools/check-i18n.pl
    one "clang-format" make -s format-check
    one "shellcheck" shellcheck tools/*.sh tests/tools/*.sh tests/support/*.sh tests/interop/*.sh tests/attack/run.sh .ci/run docs/completions/noria.bash
    one "manual pages" mandoc -Tlint -Wwarning docs/man/noria*
    LIMIT=1200 one "clang-tidy" make -k -s -j"$(nproc)" tidy
    one "statements become C" tests/tools/test_sql2c.sh
}

# All test programs with address and undefined-behaviour sanitizers, and coverage counted.
# The search of a server's memory runs in the stage chaos, on the release build.
stage_unit() {
    find build/cov -name '*.gcda' -delete 2>/dev/null
    rm -f "$answers"/*
    build cov all || return
    start_postgres || return
    local program
    while IFS= read -r program; do
        NORIA_ANSWERS=$answers check_program "build/cov/${program%.c}"
    done < <(find tests -name 'test_*.c' -not -path 'tests/chaos/*' -not -path tests/server/privacy/test_memory.c | sort)
    stop_postgres
}

# The parts that have threads, under the thread sanitizer.
stage_tsan() {
    local sources programs=()
    mapfile -t sources < <(find tests/server/run tests/server/db tests/server/http -name 'test_*.c' | sort)
    for source in "${sources[@]}"; do programs+=("build/tsan/${source%.c}"); done
    ((${#programs[@]} > 0)) || { count "programs with threads" 0 1; return; }
    build tsan build/tsan/noria-server "${programs[@]}" || return
    start_postgres || return
    local program
    for program in "${programs[@]}"; do check_program "$program"; done
    stop_postgres
}

stage_sql() {
    build release programs || return
    start_postgres || return
    local file name log ok bad plan
    one "migrate an empty database" build/release/noria-server migrate
    one "migrate again changes nothing" build/release/noria-server migrate
    one "every statement of every .sql file prepares" build/release/noria-server check-sql
    psql -qXc 'CREATE EXTENSION IF NOT EXISTS pgtap' >/dev/null
    for file in tests/sql/*.sql; do
        [[ -e $file ]] || { count "pgTAP files" 0 1; break; }
        name=tap_$(basename "$file" .sql)
        log=$logs/sql-$name.log
        psql -qXd postgres -c "CREATE DATABASE $name TEMPLATE noria" >"$log" 2>&1
        timeout 300 psql -qXAt -v ON_ERROR_STOP=1 -d "$name" -f "$file" >>"$log" 2>&1
        local code=$?
        ok=$(grep -cE '^ok ' "$log")
        bad=$(grep -cE '^not ok ' "$log")
        plan=$(sed -nE 's/^1\.\.([0-9]+).*/\1/p' "$log" | head -n 1)
        if ((code != 0)) || [[ -z $plan ]] || ((ok + bad != plan)); then bad=$((bad + 1)); fi
        count "$file" "$ok" "$bad" "$log"
    done
    stop_postgres
}

# A whole campaign on the data set shipped in tests/data, through API and command line only, with
# sanitizers in server and client; what it runs through counts for the coverage.
stage_demo() {
    build cov programs || return
    rm -f "$answers"/ask-*
    local kept=$answers
    tests/interop/packages.sh >"$logs/npm.log" 2>&1 || kept=
    LIMIT=600 one "a whole campaign on the shipped data" \
        env MODE=cov VAR="$logs" NORIA_DATA=tests/data NORIA_ANSWERS="$kept" tools/run.sh demo-test
}

# Needs the answers that the stages unit and demo kept.
stage_answers() {
    tests/interop/packages.sh >"$logs/npm.log" 2>&1
    local log=$logs/answers.log code=$? ok bad
    if ((code == 3)) && grep '^not run: ' "$logs/npm.log"; then return; fi
    code=0
    timeout 300 node tests/interop/answers.mjs "$answers" >"$log" 2>&1 || code=$?
    ok=$(grep -cE '^ok ' "$log")
    bad=$(grep -cE '^not ok ' "$log")
    if ((code != 0 && bad == 0 || ok + bad == 0)); then bad=$((bad + 1)); fi
    count "answers of the API are as described" "$ok" "$bad" "$log"
}

stage_chaos() {
    build release all || return
    local source
    while IFS= read -r source; do
        FSYNC=on start_postgres || return # a commit must be on disk to be acknowledged
        LIMIT=400 check_program "build/release/${source%.c}"
        stop_postgres
    done < <(find tests/chaos -name 'test_*.c' 2>/dev/null | sort)
    # Memory is judged where no sanitizer keeps what was freed.
    start_postgres || return
    check_program build/release/tests/server/http/test_upload
    check_program build/release/tests/server/privacy/test_memory
}

stage_web() {
    build release programs || return
    if [[ ! -x tests/web/run.sh ]]; then
        count "browser walk" 0 1
        return
    fi
    local log=$logs/web.log code=0 ok bad
    start_postgres || return
    timeout 1200 tests/web/run.sh >"$log" 2>&1 || code=$?
    stop_postgres
    one "systemd's judgement of the unit" tools/with-postgres.sh tests/tools/test_unit.sh
    grep -a '^not run' "$logs/web-systemd_s_judgement_of_the_unit.log" || true
    ok=$(grep -cE '^ok ' "$log")
    bad=$(grep -cE '^not ok ' "$log")
    if ((code != 0 && bad == 0 || ok + bad == 0)); then bad=$((bad + 1)); fi
    count "tests/web" "$ok" "$bad" "$log"
}

# sqlmap and wapiti find two planted holes, and nothing in the shipped server.
stage_attack() {
    build release programs build/release/tests/attack/planted || return
    local log=$logs/attack.log code=0 ok bad
    start_postgres || return
    timeout 420 tests/attack/run.sh >"$log" 2>&1 || code=$?
    stop_postgres
    grep -E '^(planted|[a-z]+): ' "$log" | sed 's/^/         /'
    ok=$(grep -cE '^ok ' "$log")
    bad=$(grep -cE '^not ok ' "$log")
    if ((code != 0 && bad == 0 || ok + bad == 0)); then bad=$((bad + 1)); fi
    count "tests/attack" "$ok" "$bad" "$log"
}

# Our documents under a reader made of npm packages only, which must agree with `noria verify`.
stage_interop() {
    build release programs build/release/tests/interop/documents || return
    local log=$logs/interop.log code=0 ok bad
    timeout 600 tests/interop/run.sh >"$log" 2>&1 || code=$?
    if ((code == 0)) && grep '^not run: ' "$log"; then return; fi
    ok=$(grep -cE '^ok ' "$log")
    bad=$(grep -cE '^not ok ' "$log")
    if ((code != 0 && bad == 0 || ok + bad == 0)); then bad=$((bad + 1)); fi
    count "tests/interop" "$ok" "$bad" "$log"
}

stage_fuzz() {
    build fuzz fuzzers || return
    local source target name
    for source in tests/fuzz/fuzz_*.c; do
        [[ -e $source ]] || { count "fuzz targets" 0 1; return; }
        target=build/fuzz/${source%.c}
        name=$(basename "$target")
        mkdir -p "var/fuzz/$name"
        local seeds=()
        [[ ! -d tests/fuzz/seeds/${name#fuzz_} ]] || seeds=("tests/fuzz/seeds/${name#fuzz_}")
        one "$name" "$target" -max_total_time="${FUZZ_SECONDS:-5}" -timeout=10 -rss_limit_mb=2048 \
            -print_final_stats=1 -artifact_prefix="var/fuzz/$name-" "var/fuzz/$name" "${seeds[@]}"
    done
}

# Needs the unit stage's counts. The limits are those of docs/measurements.md.
stage_coverage() {
    one "coverage" tools/coverage.sh
    cat "$logs/coverage-coverage.log"
}

began=$SECONDS
for stage in "${stages[@]}"; do
    if [[ $(type -t "stage_$stage") == function ]]; then
        "stage_$stage"
        stop_postgres
    else
        count "there is no such stage" 0 1
    fi
done
echo "tests took $((SECONDS - began)) s; logs in $logs"
((failed == 0)) || printf '%s\n' "${failures[@]}"
echo "$passed passed, $failed failed"
((failed == 0))
