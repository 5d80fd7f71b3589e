#!/bin/bash
# run.sh: the browser walk against a server of its own. Wants NORIA_DATABASE_URL of an empty database
# (tools/with-postgres.sh tests/web/run.sh). Prints `ok` and `not ok` lines and `N passed, N failed`.
# SHOTS=folder keeps a picture of each page.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=build/release
dir=$(mktemp -d /tmp/noria-web.XXXXXX)
server=

# shellcheck disable=SC2317 # reached through the trap
finish() {
    trap - EXIT INT TERM HUP
    [[ -z $server ]] || kill -TERM "$server" 2>/dev/null || true
    [[ -z $server ]] || wait "$server" 2>/dev/null || true
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

tests/interop/packages.sh tests/web >"$dir/npm.log" 2>&1 || { cat "$dir/npm.log" >&2; exit 1; }

port=$((20000 + RANDOM % 12000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 12000)); done
mkdir "$dir/spool"
head -c 24 /dev/urandom | base64 >"$dir/passphrase"
export NORIA_PASSPHRASE_FILE=$dir/passphrase NORIA_KEYS=$dir/keys NORIA_SPOOL=$dir/spool NORIA_LOG=warn
export NORIA_PORT=$port NORIA_BIND=127.0.0.1 NORIA_BASE_URL=http://127.0.0.1:$port
export NORIA_PASSWORD='walk through all of it' NORIA_SECOND_FACTOR=none
"$build/noria" keys init "$NORIA_KEYS" --root-dir "$dir/root" --trust-days 1100 --issuer FR:OFII >/dev/null
"$build/noria-server" migrate >/dev/null
"$build/noria-server" account bootstrap admin@ofii.example >/dev/null
"$build/noria-server" serve --adjustable-clock >/dev/null 2>"$dir/server.log" &
server=$!
for ((i = 0; i < 100; i++)); do
    ! curl -fs -o /dev/null "$NORIA_BASE_URL/readyz" || break
    sleep 0.1
done
NODE_PATH=tests/web/node_modules node tests/web/walk.mjs || { code=$?; tail -n 20 "$dir/server.log" >&2; exit "$code"; }
