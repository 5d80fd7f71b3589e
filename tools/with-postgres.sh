#!/bin/bash
# with-postgres.sh COMMAND [ARGUMENT…]: runs the command with a fresh private PostgreSQL 15 and stops
# that afterwards, whatever happens. The command finds it through PGHOST, PGUSER, PGDATABASE and
# NORIA_DATABASE_URL; NORIA_PG_DIR is the folder for tools/postgres.sh. FSYNC=off for speed.
# The exit code is the command's.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
(($# > 0)) || { echo "usage: with-postgres.sh COMMAND [ARGUMENT...]" >&2; exit 64; }

dir=$(mktemp -d /tmp/noria-pg.XXXXXX)
child=
# shellcheck disable=SC2317 # reached through the trap
finish() {
    trap - EXIT INT TERM HUP
    [[ -z $child ]] || kill -TERM "$child" 2>/dev/null || true
    [[ -z $child ]] || wait "$child" 2>/dev/null || true
    "$here/postgres.sh" stop "$dir" >/dev/null 2>&1 || true
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

"$here/postgres.sh" init "$dir"
eval "$("$here/postgres.sh" env "$dir")"
"$@" <&0 &
child=$!
code=0
wait "$child" || code=$?
child=
exit "$code"
