#!/bin/bash
# run.sh serve | demo | demo-test | stop: what `make run`, `make demo` and `make stop` do.
#
#   PORT=8080          where the server listens (127.0.0.1)
#   DATABASE_URL=…     a given PostgreSQL database (its owner's login) instead of the private one; what
#                      belongs to it (keys, demo, log) then lies in a folder of its own, var/given-N
#   NORIA_DATA=…       the demo's data (default ../shared/data when it is there, else tests/data)
#
# Everything that is made lies in var/ (VAR=… for another folder).
set -euo pipefail
cd "$(dirname "$0")/.."
action=${1:-serve}
port=${PORT:-8080}
var=${VAR:-var}
mode=${MODE:-release}
build=build/$mode
password=${NORIA_DEMO_PASSWORD:-une roue qui va et revient}
server=

say() {
    printf '%s\n' "$*"
}

die() {
    printf 'run: %s\n' "$*" >&2
    exit 1
}

stop_server() {
    [[ -n $server ]] || return 0
    kill -TERM "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=
    rm -f "$var/server.pid"
}

# shellcheck disable=SC2317 # reached through the trap
finish() {
    trap - EXIT INT TERM HUP
    stop_server
    [[ -n ${DATABASE_URL:-} ]] || tools/postgres.sh stop "$var/postgres" >/dev/null 2>&1 || true
}

start_database() {
    if [[ -n ${DATABASE_URL:-} ]]; then
        export NORIA_DATABASE_URL=$DATABASE_URL
        return
    fi
    if [[ -d $var/postgres/data ]]; then
        tools/postgres.sh start "$var/postgres"
    else
        say "Creating a private PostgreSQL in $var/postgres"
        tools/postgres.sh init "$var/postgres"
    fi
    eval "$(tools/postgres.sh env "$var/postgres")"
}

# start_server ARGUMENT…: and waits until it answers.
start_server() {
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
        die "port $port is taken; give another: make run PORT=8081"
    fi
    "$build/noria-server" serve "$@" 2>>"$var/server.log" &
    server=$!
    echo "$server" >"$var/server.pid"
    local i
    for ((i = 0; i < 300; i++)); do
        kill -0 "$server" 2>/dev/null || { tail -n 5 "$var/server.log" >&2; die "the server did not start"; }
        ! curl -fs -o /dev/null "http://127.0.0.1:$port/readyz" || return 0
        sleep 0.1
    done
    die "the server does not answer on port $port; see $var/server.log"
}

settings() {
    export NORIA_PORT=$port NORIA_BIND=127.0.0.1 NORIA_BASE_URL="http://127.0.0.1:$port"
    export NORIA_KEYS=$var/keys NORIA_SPOOL=$var/spool NORIA_ISSUER=${NORIA_ISSUER:-FR:OFII}
    export NORIA_PASSPHRASE_FILE=$var/passphrase
    # The printed log-ins are tried by whoever runs the demo, who has no telephone enrolled.
    export NORIA_SECOND_FACTOR=${NORIA_SECOND_FACTOR:-none}
    export NORIA_URL=$NORIA_BASE_URL NORIA_SESSION=$var/session.json NORIA_DEMO_PASSWORD=$password
    mkdir -p "$NORIA_SPOOL"
}

make_keys() {
    [[ -s $NORIA_PASSPHRASE_FILE ]] ||
        (umask 077 && od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$NORIA_PASSPHRASE_FILE")
    # The demo's campaign lies in the past up to today: the keys are good since before it.
    [[ -e $NORIA_KEYS/trust.cwt ]] ||
        "$build/noria" keys init "$NORIA_KEYS" --root-dir "$var/root" --trust-days 1100 --issuer "$NORIA_ISSUER" \
            --from "$(date -u -d '-400 days' +%F)" >"$var/keys.txt"
}

# The first administrator; every other account is made through the API.
bootstrap() {
    NORIA_PASSWORD=$password "$build/noria-server" account bootstrap admin@ofii.example ||
        die "the first account could not be made"
}

prepare() {
    mkdir -p "$var"
    var=$(cd "$var" && pwd)
    settings
    start_database
    make_keys
    "$build/noria-server" migrate
    "$build/noria-server" seal rewrap # what an older program sealed gets a key for each worker
}

# What the demo left is checked as a stranger would: offline, with the command-line client.
check_documents() {
    local lists=(--root "$var/demo/root.cosekey" --trust "$var/demo/trust.cwt" --status "$var/demo/status-1.cwt")
    local kind wanted said valid
    wanted=$(sort "$var/demo/answers.txt")
    for kind in txt png pdf; do
        said=$({ "$build/noria" verify "$var"/demo/documents/*."$kind" "${lists[@]}" || true; } |
            sed -nE "s,^.*/([^/]+)\.$kind: ([A-Z_]+)\$,\1 \L\2,p" | sort)
        [[ $said == "$wanted" ]] || die "not what the server knows of the documents: $(diff <(echo "$wanted") <(echo "$said"))"
        valid=$(grep -c ' valid$' <<<"$said" || true)
        say "documents as $kind: $(wc -l <<<"$said") verify offline as the server has them, $valid are valid"
        ((valid >= 20)) || die "fewer than 20 documents verify"
    done
    "$build/noria" verify-act "$var/demo/closing-act.json" --signature "$var/demo/closing-act.cose" "${lists[@]:0:4}"
}

demo() {
    local data=${NORIA_DATA:-}
    [[ -n $data ]] || { [[ -d ../shared/data ]] && data=../shared/data || data=tests/data; }
    start_server --adjustable-clock
    "$build/noria" demo --data "$data" --out "$var/demo"
    [[ $action != demo-test ]] || grep -Eq '"missed":[[:space:]]*0,' "$var/demo/report.json" ||
        die "a rule did not find what was planted for it"
    # a test asks for every answer of the API, filled, and does what the demo does not
    [[ $action != demo-test || -z ${NORIA_ANSWERS:-} ]] || node tests/interop/ask.mjs "$NORIA_BASE_URL" "$NORIA_ANSWERS"
    # and for every page; who reads NORIA_PAGES counts its lines
    [[ $action != demo-test || -z ${NORIA_PAGES:-} ]] ||
        NORIA_PASSWORD=$password timeout 500 node tests/web/pages.mjs "$build/noria-server" >"$NORIA_PAGES" 2>&1 || true
    stop_server
    # a season played in a minute gave the daily purge no day to come
    "$build/noria-server" purge
    # every invariant, recomputed over what the campaign left
    "$build/noria-server" check
    check_documents
}

show_logins() {
    say ''
    local ends="it and its PostgreSQL"
    [[ -z ${DATABASE_URL:-} ]] || ends="it; the given database runs on"
    say "Noria serves on http://127.0.0.1:$port   (Ctrl-C stops $ends)"
    say ''
    [[ ! -f $var/demo/logins.txt ]] || cat "$var/demo/logins.txt"
    say "  password of all that the demo made: $password"
    say "  documents, keys and log are in $var"
    [[ $NORIA_SECOND_FACTOR != none ]] ||
        say '  no second factor is asked for here (NORIA_SECOND_FACTOR=none); My account sets one up'
}

case $action in
serve)
    tools/deps.sh run
    make -s -j"$(nproc)" MODE="$mode" programs
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    # Keys sign one database's lists and seal its people: a given database has its own, beside its demo.
    [[ -z ${DATABASE_URL:-} ]] || var=$var/given-$(printf '%s' "$DATABASE_URL" | cksum | cut -d ' ' -f 1)
    # A demo that was interrupted is begun again on an empty database (never on a given one).
    if [[ -z ${DATABASE_URL:-} && -d $var/postgres && ! -f $var/demo/report.json ]]; then
        tools/postgres.sh stop "$var/postgres" >/dev/null 2>&1 || true
        rm -rf "$var/postgres" "$var/keys" "$var/root" "$var/demo"
    fi
    prepare
    made=$(bootstrap) # says that there are accounts already, or makes the first
    say "$made"
    if [[ $made == account* ]]; then
        demo
    fi
    start_server
    show_logins
    wait "$server" || true
    ;;
demo | demo-test)
    [[ $action == demo-test ]] || tools/deps.sh run
    make -s -j"$(nproc)" MODE="$mode" programs
    # A fresh server and database each time, beside those of `make run`.
    keep=$var
    var=$keep/demo-run
    [[ $action == demo ]] || port=${PORT:-18080}
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    tools/postgres.sh stop "$var/postgres" >/dev/null 2>&1 || true
    rm -rf "$var"
    prepare
    bootstrap
    demo
    [[ $action == demo ]] || tests/support/forget.sh "$build"
    if [[ $action == demo ]]; then
        rm -rf "$keep/demo"
        cp -r "$var/demo" "$keep/demo"
        say "The demo's documents and report are in $keep/demo"
    fi
    ;;
stop)
    for folder in "$var" "$var"/given-*; do
        [[ -f $folder/server.pid ]] || continue
        kill -TERM "$(cat "$folder/server.pid")" 2>/dev/null || true
        rm -f "$folder/server.pid"
    done
    for folder in "$var/postgres" "$var/demo-run/postgres"; do
        [[ ! -d $folder/data ]] || tools/postgres.sh stop "$folder" || true
    done
    ;;
*)
    die "usage: run.sh serve | demo | demo-test | stop"
    ;;
esac
