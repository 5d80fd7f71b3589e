#!/bin/bash
# A private PostgreSQL 15 in a folder of its own: no TCP, a Unix socket, trust (whoever can reach the
# socket's folder owns the data anyway).
#
#   postgres.sh init DIR      makes the cluster and starts it once to create the database `noria`
#   postgres.sh start DIR     starts it and waits until it answers
#   postgres.sh stop DIR      stops it at once (fast shutdown); fine when it does not run
#   postgres.sh kill DIR      kill -9 of the postmaster and all its processes (for the kill tests)
#   postgres.sh standby DIR OF  makes and starts a standby named `standby` of the cluster in folder OF
#   postgres.sh promote DIR   makes a standby the primary
#   postgres.sh env DIR       prints the `export` lines that point psql and Noria to it
#
# FSYNC=off does not outlive the machine's own fall, and is faster (tests); a commit still outlives any
# process. As root the server processes run as user postgres. NORIA_PG_ENV: words NAME=VALUE for their
# environment (fault tests). NORIA_PG_BIN: another PostgreSQL's programs.
set -euo pipefail

fail() {
    echo "postgres.sh: $*" >&2
    exit 1
}

action=${1:-} dir=${2:-}
[[ -n $action && -n $dir ]] || fail "usage: postgres.sh init|start|stop|kill|standby|promote|env DIR"
bin=${NORIA_PG_BIN:-/usr/lib/postgresql/15/bin}
[[ -x $bin/initdb ]] || fail "PostgreSQL 15 is not installed in $bin (make deps)"
mkdir -p "$dir"
dir=$(cd "$dir" && pwd)
data=$dir/data

# PostgreSQL refuses to run as root: drop to its own user. Where that user cannot walk into the
# folder (a clone under /root), it keeps the one capability that lets it.
drop=()
if [[ $(id -u) -eq 0 ]]; then
    drop=(setpriv --reuid=postgres --regid=postgres --init-groups --reset-env)
    chown postgres: "$dir"
    if ! "${drop[@]}" test -w "$dir"; then
        drop+=(--inh-caps +dac_override --ambient-caps +dac_override)
    fi
fi

# A socket's path is limited to 107 bytes; deep folders keep it elsewhere.
sock=$dir/sock
if ((${#sock} > 80)); then
    sock=/tmp/noria-$(printf '%s' "$dir" | sha256sum | cut -c1-16)
fi

as_server() {
    (cd / && exec "${drop[@]}" "$@")
}

make_sock() {
    mkdir -p "$sock" && chmod 0700 "$sock"
    [[ $(id -u) -ne 0 ]] || chown postgres: "$sock"
}

start() {
    make_sock
    local own=()
    read -ra own <<<"${NORIA_PG_ENV:-}"
    as_server env "${own[@]}" "$bin/pg_ctl" -D "$data" -l "$dir/log" -w -t 60 -s start -o "-k $sock" ||
        { tail -n 20 "$dir/log" >&2; fail "PostgreSQL did not start"; }
}

# A zombie that nobody has waited for yet is dead enough.
alive() {
    [[ -r /proc/$1/stat ]] && ! grep -qE '^[0-9]+ \(.*\) Z' "/proc/$1/stat" 2>/dev/null
}

running() {
    [[ -f $data/postmaster.pid ]] && as_server "$bin/pg_ctl" -D "$data" status >/dev/null 2>&1
}

configure() {
    local sync=on
    [[ ${FSYNC:-on} != off ]] || sync=off
    # The error log must not carry values: they may be identities (design: server log settings).
    as_server tee -a "$data/postgresql.conf" >/dev/null <<END
listen_addresses = ''
max_connections = 300
shared_buffers = 256MB
max_wal_size = 2GB
checkpoint_timeout = 15min
random_page_cost = 1.1
effective_io_concurrency = 100
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_min_messages = warning
log_checkpoints = off
recovery_init_sync_method = syncfs
fsync = $sync
full_page_writes = $sync
END
}

case $action in
init)
    [[ ! -e $data ]] || fail "$data exists"
    as_server "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync \
        --no-instructions >"$dir/initdb.log" 2>&1 || { cat "$dir/initdb.log" >&2; fail "initdb failed"; }
    configure
    start
    psql -qX -h "$sock" -U postgres -d postgres -c 'CREATE DATABASE noria'
    ;;
start)
    running || start
    ;;
stop)
    if running; then
        as_server "$bin/pg_ctl" -D "$data" -s -m fast -w -t 30 stop ||
            as_server "$bin/pg_ctl" -D "$data" -s -m immediate stop
    fi
    rm -rf "$sock"
    ;;
kill)
    # Stopped first, so that it starts no further process while its children are counted.
    pid=$(head -n 1 "$data/postmaster.pid")
    kill -STOP "$pid"
    until grep -qE '^[0-9]+ \(.*\) [TtZX]' "/proc/$pid/stat" 2>/dev/null; do sleep 0.01; done
    mapfile -t workers < <(pgrep -P "$pid" || true)
    kill -KILL "$pid" "${workers[@]}" 2>/dev/null || true
    for process in "$pid" "${workers[@]}"; do
        while alive "$process"; do sleep 0.02; done
    done
    rm -f "$data/postmaster.pid" "$sock"/.s.PGSQL.*
    ;;
standby)
    of=$(cd "${3:?of which cluster}" && pwd)
    rm -rf "$data"
    as_server "$bin/pg_basebackup" -h "$of/sock" -U postgres -D "$data" -R -X stream -c fast --no-sync \
        -d 'application_name=standby'
    start
    ;;
promote)
    as_server "$bin/pg_ctl" -D "$data" -s -w -t 30 promote
    ;;
env)
    echo "export PGHOST='$sock' PGUSER=postgres PGDATABASE=noria PGPORT=5432"
    echo "export NORIA_DATABASE_URL='postgresql:///noria?host=$sock&user=postgres&port=5432'"
    echo "export NORIA_PG_DIR='$dir' NORIA_PG_BIN='$bin'"
    ;;
*)
    fail "unknown action $action"
    ;;
esac
