#!/bin/bash
# Line coverage of the last `MODE=cov` test run. lib/base, lib/sw1 and the pure cores must be covered
# to every line, the rest to 85 %. Lines that abort are left out: the tests that reach them end there, and
# a process that aborts writes no counts.
set -euo pipefail
cd "$(dirname "$0")/.."
pure='lib/base/|lib/sw1/|server/assessment/marking\.c|server/screening/(rules|names|mrz)\.c|server/matching/engine\.c|server/returns/stay\.c'
gcovr --root . --object-directory build/cov --gcov-ignore-parse-errors --exclude 'tests/' --exclude 'build/' --exclude-lines-by-pattern '.*\b(abort|memory_lacking)\(.*|.*"out_of_memory".*' --csv var/test/coverage.csv build/cov
awk -F, -v pure="^($pure)" '
    NR == 1 { next }
    $1 ~ pure { pl += $2; pc += $3; if ($3 < $2) { printf "  not every line: %s %d of %d\n", $1, $3, $2 } next }
    $1 ~ /^(server|client-cli)\// { rl += $2; rc += $3; printf "%5.1f %s (%d of %d)\n", $2 ? 100 * $3 / $2 : 100, $1, $3, $2 > "var/test/coverage.txt" }
    END {
        p = pl ? 100 * pc / pl : 0; r = rl ? 100 * rc / rl : 0
        printf "coverage: pure cores %.2f %% of %d lines (100 asked), the rest %.1f %% of %d lines (85 asked)\n", p, pl, r, rl
        exit !(pc == pl && r >= 85)
    }' var/test/coverage.csv
