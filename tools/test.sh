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
export FSYNC=${FSYNC:-off}
# A leak in a library's own start-up must not hide ours: suppressions are named, with reasons.
export ASAN_OPTIONS="detect_stack_use_after_return=0:${ASAN_OPTIONS:-}"
export LSAN_OPTIONS="suppressions=$PWD/tools/lsan.supp:print_suppressions=0:${LSAN_OPTIONS:-}"
# die_after_fork: a test that kills servers forks them, and each starts threads of its own.
export TSAN_OPTIONS="suppressions=$PWD/tools/tsan.supp:halt_on_error=0:die_after_fork=0:${TSAN_OPTIONS:-}"
# A test's own limit is there to end what hangs, not to time it: a busy machine is no failure.
export CK_TIMEOUT_MULTIPLIER=${CK_TIMEOUT_MULTIPLIER:-3}

at_once=$(nproc) # programs beside each other; each with its server and PostgreSQL
((at_once <= 4)) || at_once=4
stage=
. tools/checks.sh

build() {
    local mode=$1 log=$logs/build-$1.log
    shift
    if make -j"$(nproc)" MODE="$mode" "$@" >"$log" 2>&1; then return 0; fi
    count "build MODE=$mode" 0 1 "$log"
    return 1
}

# test_programs MODE PLACE… [CONDITION…]: the test programs of the folders, of find's conditions too.
test_programs() {
    find "${@:2}" -name 'test_*.c' | sort | sed "s,^,build/$1/,; s,\\.c$,,"
}

stage_style() {
    one "rules of the house" tools/check-style.sh
    one "every text is in every language" tools/check-i18n.pl
    one "clang-format" make -s format-check
    one "shellcheck" shellcheck tools/*.sh tests/tools/*.sh tests/support/*.sh tests/interop/*.sh tests/attack/run.sh .ci/run docs/completions/noria.bash
    one "manual pages" mandoc -Tlint -Wwarning docs/man/noria*
    LIMIT=1200 one "clang-tidy" make -k -s -j"$(nproc)" tidy
    one "statements become C" tests/tools/test_sql2c.sh
    one "checks are counted" tests/tools/test_checks.sh
    one "lists of names become C" tests/tools/test_names2c.sh
}

# All test programs with address and undefined-behaviour sanitizers, and coverage counted.
# The search of a server's memory runs in the stage chaos, on the release build.
stage_unit() {
    find build/cov -name '*.gcda' -delete 2>/dev/null
    rm -f "$answers"/*
    build cov all || return
    start_postgres "$at_once" || return
    local programs
    mapfile -t programs < <(test_programs cov tests -not -path 'tests/chaos/*' -not -path tests/server/privacy/test_memory.c)
    NORIA_ANSWERS=$answers side_by_side check_program "${programs[@]}"
}

# The parts that have threads, under the thread sanitizer.
stage_tsan() {
    local programs
    mapfile -t programs < <(test_programs tsan tests/server/run tests/server/db tests/server/http)
    build tsan build/tsan/noria-server "${programs[@]}" || return
    start_postgres "$at_once" || return
    side_by_side check_program "${programs[@]}"
}

stage_sql() {
    build release programs || return
    start_postgres || return
    local file name log ok bad plan
    one "migrate an empty database" build/release/noria-server migrate
    one "migrate again changes nothing" build/release/noria-server migrate
    one "a database of an earlier version migrates" tests/sql/upgrade.sh
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
    local kept=$answers pages=$logs/pages.log ok bad
    rm -f "$pages"
    tests/interop/packages.sh >"$logs/npm.log" 2>&1 || kept=
    [[ -z $kept ]] || tests/interop/packages.sh tests/web >>"$logs/npm.log" 2>&1 || kept=
    LIMIT=1100 one "a whole campaign on the shipped data" env MODE=cov VAR="$logs" NORIA_DATA=tests/data \
        NORIA_ANSWERS="$kept" NORIA_PAGES="${kept:+$pages}" tools/run.sh demo-test
    [[ -n $kept ]] || return
    ok=$(grep -cE '^ok ' "$pages")
    bad=$(grep -cE '^not ok ' "$pages")
    if ! grep -qE '^[0-9]+ passed, [0-9]+ failed$' "$pages" || ((ok + bad == 0)); then bad=$((bad + 1)); fi
    count "every page, in each language and at two widths" "$ok" "$bad" "$pages"
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
    local programs
    # Memory is judged where no sanitizer keeps what was freed.
    local memory=(build/release/tests/server/http/test_upload build/release/tests/server/privacy/test_memory)
    mapfile -t programs < <(test_programs release tests/chaos)
    build release objects programs "${programs[@]}" "${memory[@]}" || return
    FSYNC=on start_postgres "$at_once" || return # a commit must be on disk to be acknowledged
    side_by_side check_program "${programs[@]}"
    stop_postgres
    start_postgres "$at_once" || return
    side_by_side check_program "${memory[@]}"
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
    local names
    mapfile -t names < <(find tests/fuzz -name 'fuzz_*.c' -printf '%f\n' | sort | sed 's,\.c$,,')
    side_by_side fuzz "${names[@]}"
}

fuzz() {
    local name=$1 seeds=()
    mkdir -p "var/fuzz/$name"
    [[ ! -d tests/fuzz/seeds/${name#fuzz_} ]] || seeds=("tests/fuzz/seeds/${name#fuzz_}")
    one "$name" "build/fuzz/tests/fuzz/$name" -max_total_time="${FUZZ_SECONDS:-5}" -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -artifact_prefix="var/fuzz/$name-" "var/fuzz/$name" "${seeds[@]}"
}

# Needs the unit stage's counts. The limits are those of docs/measurements.md.
stage_coverage() {
    one "coverage" tools/coverage.sh
    cat "$logs/coverage-coverage.log"
}

began=$SECONDS
for stage in "${stages[@]}"; do
    stage_began=$SECONDS
    if [[ $(type -t "stage_$stage") == function ]]; then
        "stage_$stage"
        stop_postgres
        echo "stage $stage took $((SECONDS - stage_began)) s"
    else
        count "there is no such stage" 0 1
    fi
done
echo "tests took $((SECONDS - began)) s; logs in $logs"
((failed == 0)) || printf '%s\n' "${failures[@]}"
echo "$passed passed, $failed failed"
((failed == 0))
