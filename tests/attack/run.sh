#!/bin/bash
# run.sh: sqlmap and wapiti against a server with one planted SQL injection and one planted script
# (planted.c), and with the same commands against the shipped server as each role. The holes must be
# found, and nothing in the shipped one. Wants tools/with-postgres.sh; asks loopback addresses only.
# Prints `ok` and `not ok` lines and what was found. ATTACK_SECONDS: most for one scan. The form
# that logs out has nothing but csrf and key, which are left alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=build/release
seconds=${ATTACK_SECONDS:-10}
dir=$(mktemp -d /tmp/noria-attack.XXXXXX)
planted='' shipped=''

# shellcheck disable=SC2317 # reached through the trap
finish() {
    trap - EXIT INT TERM HUP
    exec 9>&-
    [[ -z $shipped ]] || kill -TERM "$shipped" 2>/dev/null || true
    [[ -z $shipped ]] || wait "$shipped" 2>/dev/null || true
    [[ -z $planted ]] || wait "$planted" 2>/dev/null || true
    rm -rf "$dir"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Nothing but loopback: whatever else a tool would fetch goes to a port where nobody is.
export HTTP_PROXY=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9 NO_PROXY=127.0.0.1
export http_proxy=$HTTP_PROXY https_proxy=$HTTPS_PROXY no_proxy=$NO_PROXY HOME=$dir

check() { # NAME COMMAND…
    local name=$1
    shift
    if "$@"; then echo "ok - $name"; else echo "not ok - $name"; fi
}

# scan_sql NAME COOKIE < addresses: how many injection points sqlmap names.
scan_sql() {
    cat >"$dir/$1.urls"
    timeout "$((seconds * 2))" sqlmap --batch --disable-coloring --flush-session --output-dir="$dir/sqlmap-$1" \
        ${2:+--cookie="$2"} --technique=BE --level=1 --risk=1 --smart --threads=4 --timeout=5 --retries=0 \
        --ignore-code='*' -m "$dir/$1.urls" </dev/null >"$dir/$1.sqlmap" 2>&1 || true
    grep -c 'identified the following injection' "$dir/$1.sqlmap" || true
}

# scan_web NAME COOKIE ADDRESS: how many vulnerabilities wapiti names, and of which kind.
scan_web() {
    timeout $((seconds + 20)) wapiti -u "$3" --scope folder ${2:+-H "Cookie: $2"} -m sql,xss,permanentxss,crlf,redirect,file,exec \
        --skip csrf --skip key --flush-session --store-session "$dir/wapiti-$1" --store-config "$dir/wapiti" \
        -f json -o "$dir/$1.json" -v 0 --no-bugreport -d 3 --max-links-per-page 30 --max-parameters 12 \
        --max-scan-time "$seconds" --max-attack-time "$((seconds / 4))" </dev/null >"$dir/$1.wapiti" 2>&1 || true
    python3 - "$dir/$1.json" <<'PY' || echo "no report"
import json, sys
found = json.load(open(sys.argv[1]))
kinds = {k: len(v) for group in ("vulnerabilities", "anomalies") for k, v in found[group].items() if v}
print(sum(kinds.values()), *(f"{k}: {n}" for k, n in sorted(kinds.items())), sep=" ")
PY
}

mkfifo "$dir/in"
"$build/tests/attack/planted" <"$dir/in" >"$dir/planted" 2>"$dir/planted.log" &
planted=$!
exec 9>"$dir/in"
for ((i = 0; i < 600; i++)); do
    ! grep -q '^ready' "$dir/planted" || break
    kill -0 "$planted" 2>/dev/null || { cat "$dir/planted" "$dir/planted.log" >&2; exit 1; }
    sleep 0.1
done
said() { awk -v what="$1" '$1 == what { print $2 }' "$dir/planted"; }

# --- the planted holes -------------------------------------------------------------------------------
base=http://127.0.0.1:$(said port)
began=$SECONDS
sql=$(scan_sql planted "$(said officer)" <<<"$base/planted/candidate?id=1")
web=$(scan_web planted "$(said officer)" "$base/planted")
echo "planted: sqlmap found ${sql:-0}; wapiti found $web; $((SECONDS - began)) s"
check "sqlmap finds the planted injection" [ "${sql:-0}" -ge 1 ]
check "wapiti finds the planted script" grep -q 'Cross Site Scripting' <<<"$web"

# --- the shipped server ------------------------------------------------------------------------------
port=$((20000 + RANDOM % 12000))
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((20000 + RANDOM % 12000)); done
mkdir -m 700 "$dir/keys" "$dir/spool"
head -c 24 /dev/urandom | base64 >"$dir/passphrase"
export NORIA_PASSPHRASE_FILE=$dir/passphrase NORIA_KEYS=$dir/keys NORIA_SPOOL=$dir/spool NORIA_LOG=error
NORIA_DATABASE_URL=$(said database)
export NORIA_DATABASE_URL NORIA_PORT=$port NORIA_BIND=127.0.0.1 NORIA_BASE_URL=http://127.0.0.1:$port
"$build/noria" keys init "$NORIA_KEYS" --root-dir "$dir/root" --trust-days 100 --issuer FR:OFII >/dev/null
{ printf '\001'; head -c 63 /dev/zero; } >"$dir/keys/seal.key" # the one that the identities are sealed with
"$build/noria-server" serve >/dev/null 2>"$dir/server.log" &
shipped=$!
for ((i = 0; i < 100; i++)); do
    ! curl -fs -o /dev/null "$NORIA_BASE_URL/readyz" || break
    sleep 0.1
done
"$build/noria-server" routes >"$dir/routes"
check "the shipped server has none of these routes" \
    [ "$(grep -c planted "$dir/routes")/$(grep -ac '/planted' "$build/noria-server")" = 0/0 ]
check "nor answers them" \
    [ "$(curl -s -o /dev/null -w '%{http_code}' "$NORIA_BASE_URL/planted/candidate?id=1")" = 404 ]

for role in nobody employer partner officer desk assessor auditor admin; do
    began=$SECONDS
    cookie=$(said "$role")
    [[ $role != nobody ]] || cookie=
    # every page of the role, its numbers and the filters that lists take
    awk -v role="$role" -v base="$NORIA_BASE_URL" '
        $1 == "GET" && $3 ~ /page/ && (index("," $4 ",", "," role ",") || $4 ~ /public/) && $2 !~ /logout/ {
            gsub(/:id/, "1", $2); gsub(/:[a-z]+/, "none", $2)
            print base $2 "?after=1&state=draft&campaign=1"
        }' "$dir/routes" >"$dir/$role.pages"
    # in another order each time: where the time is short, other pages come first
    shuf "$dir/$role.pages" | scan_sql "$role" "$cookie" >"$dir/$role.sql" &
    scan=$!
    web=$(scan_web "$role" "$cookie" "$NORIA_BASE_URL/")
    wait "$scan"
    sql=$(<"$dir/$role.sql")
    asked=$(grep -ac 'testing URL' "$dir/$role.sqlmap" || true)
    crawled=$(sed -n 's/.*Wapiti found \([0-9]*\) URLs.*/\1/p' "$dir/$role.wapiti")
    echo "$role: sqlmap asked $asked of $(wc -l <"$dir/$role.pages") pages in time and found ${sql:-0};" \
        "wapiti crawled ${crawled:-0} and found $web; $((SECONDS - began)) s"
    check "$role: sqlmap finds nothing" [ "${sql:-0}/$((asked > 0))" = 0/1 ]
    check "$role: wapiti finds nothing" [ "$web/$((${crawled:-0} > 9))" = 0/1 ]
done
