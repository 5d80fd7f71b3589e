#!/bin/bash
# What tools/checks.sh counts of programs that run beside each other, and what it leaves behind when it is ended.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
dir=$(mktemp -d /tmp/noria-checks.XXXXXX)
trap 'rm -rf "$dir"' EXIT
bad=0

ok() { # NAME COMMAND…
    local name=$1
    shift
    "$@" || { echo "FAIL $name"; bad=1; }
}

# program NAME < script
program() { { echo '#!/bin/bash'; cat; } >"$dir/$1" && chmod +x "$dir/$1"; }

# run NAME…: the programs of that name as a stage of their own; each failure and the sum are told last.
run() {
    # shellcheck disable=SC2034 # checks.sh reads them
    stage=trial logs=$dir at_once=${AT_ONCE:-2}
    # shellcheck source=tools/checks.sh
    . tools/checks.sh
    side_by_side check_program "${@/#/$dir/}"
    printf '%s\n' "${failures[@]}"
    echo "$passed passed, $failed failed"
}

# rows < what run said: names in their order
rows() { sed -nE "s,^trial +$dir/([a-z]+) .*,\1,p" | tr '\n' ' '; }

mkfifo "$dir/meet"
# The first ends only when the second runs: both must run at the same time.
program first <<END
echo here >"$dir/meet"
echo '100%: Checks: 3, Failures: 0, Errors: 0'
END
program second <<END
read -r _ <"$dir/meet"
echo '100%: Checks: 4, Failures: 0, Errors: 0'
END
program fails <<'END'
echo '50%: Checks: 2, Failures: 1, Errors: 0'
echo 'a.c:7:F:case:name:0: this is why'
exit 1
END
# as a sanitizer does after the last test
program leaks <<'END'
echo '100%: Checks: 5, Failures: 0, Errors: 0'
exit 23
END
program silent <<'END'
exit 0
END
# takes what runs it along
program kills <<'END'
kill -KILL "$(ps -o ppid= -p "$PPID" | tr -d ' ')"
END
program last <<'END'
echo '100%: Checks: 1, Failures: 0, Errors: 0'
END

out=$(run first second last)
ok "two run at the same time" grep -qx '8 passed, 0 failed' <<<"$out"
ok "rows keep the order of the names" [ "$(rows <<<"$out")" = "first second last " ]
out=$(LIMIT=1 AT_ONCE=1 run first second)
ok "control: one at a time, the first waits for the second until its time is over" grep -qx '0 passed, 2 failed' <<<"$out"
out=$(run fails leaks silent kills last)
ok "each failure counts once: $out" grep -qx '7 passed, 4 failed' <<<"$out"
ok "why it failed is told" grep -q 'this is why' <<<"$out"
ok "what was killed is told" grep -q 'kills did not come to its end' <<<"$out"
ok "a program that is not there fails" grep -qx '0 passed, 1 failed' <<<"$(run nowhere)"
ok "no program at all fails" grep -qx '0 passed, 1 failed' <<<"$(run)"

# Ended in the middle, it ends what it runs.
program waits <<END
echo \$\$ >"$dir/pid"
read -r _ <"$dir/meet"
END
(run waits) >"$dir/out" 2>&1 &
runner=$!
until [[ -s $dir/pid ]]; do kill -0 "$runner" || break; read -rt 0.05 <> <(:) || true; done
kill -TERM "$runner"
wait "$runner"
ok "an ended run says so by its exit" [ $? -eq 143 ]
if kill -0 "$(<"$dir/pid")" 2>/dev/null; then echo "FAIL what it ran still runs" && kill "$(<"$dir/pid")" && bad=1; fi
((bad == 0)) && echo "checks: all as expected"
exit "$bad"
