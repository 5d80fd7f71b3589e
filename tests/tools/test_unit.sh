#!/bin/bash
# test_unit.sh: systemd's own judgement of docs/noria-server.service, and the passphrase on the way that
# LoadCredentialEncrypted= gives it, as far as that goes without systemd as process 1. What cannot run here is said as
# "not run". Ends with "N passed, N failed".
set -uo pipefail
cd "$(dirname "$0")/../.." || exit
unit=docs/noria-server.service
passed=0
failed=0
dir=$(mktemp -d /tmp/noria-unit.XXXXXX)
trap 'rm -rf "$dir"' EXIT

ok() { if [[ $1 == 0 ]]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "failed: $2"; fi; }

# The exposure that systemd gives a unit, 0 (safe) to 100.
exposure() {
    systemd-analyze security --offline=true --no-pager "$1" 2>&1 |
        sed -nE 's/.*Overall exposure level for .*: ([0-9]+)\.([0-9]).*/\1\2/p'
}

if ! command -v systemd-analyze >/dev/null; then
    echo "not run: there is no systemd-analyze here (package systemd)"
else
    # verify wants programs and files that are there
    sed -E "s,^ExecStart=.*,ExecStart=/bin/true," "$unit" >"$dir/noria-server.service"
    systemd-analyze verify --man=no "$dir/noria-server.service" >"$dir/said" 2>&1
    ok $? "verify: $(cat "$dir/said")"
    [[ ! -s $dir/said ]]
    ok $? "verify says: $(cat "$dir/said")"
    sed -E 's/^ProtectSystem=.*/ProtectSystm=strict/' "$dir/noria-server.service" >"$dir/wrong.service"
    systemd-analyze verify --man=no "$dir/wrong.service" 2>&1 | grep -q ProtectSystm
    ok $? "control: a misspelt line is not found"

    level=$(exposure "$dir/noria-server.service")
    echo "exposure ${level:-?} of 100 (systemd-analyze security)"
    [[ -n $level && $level -le 15 ]]
    ok $? "exposure ${level:-unknown}, at most 15"
    # control: the four lines that the manual had before
    sed -E '/^(Protect|Private|Restrict|No|Capab|Lock|Memory|Remove|Keyring|System|Proc|UMask)/d' "$dir/noria-server.service" >"$dir/bare.service"
    bare=$(exposure "$dir/bare.service")
    echo "control: without its restrictions $bare"
    [[ -n $bare && $bare -gt 60 ]]
    ok $? "control: exposure ${bare:-unknown} without restrictions"
fi

# LoadCredentialEncrypted=: systemd decrypts into a folder and names that in CREDENTIALS_DIRECTORY.
build=build/${MODE:-release}
export SYSTEMD_CREDENTIAL_SECRET=$dir/host-key # instead of the machine's own
echo "a passphrase of this test" >"$dir/plain"
chmod 600 "$dir/plain"
if ! command -v systemd-creds >/dev/null || [[ ! -x $build/noria ]]; then
    echo "not run: no systemd-creds, or no programs"
elif ! systemd-creds --name=noria-passphrase encrypt "$dir/plain" "$dir/sealed" 2>"$dir/why"; then
    echo "not run: systemd-creds: $(tail -n 1 "$dir/why")"
else
    mkdir "$dir/credentials" "$dir/wrong"
    systemd-creds --name=noria-passphrase decrypt "$dir/sealed" "$dir/credentials/noria-passphrase"
    ok $? "the credential does not decrypt"
    ! grep -q "passphrase of this test" "$dir/sealed"
    ok $? "the credential is in clear"
    NORIA_PASSPHRASE_FILE=$dir/plain "$build/noria" keys init "$dir/keys" --root-dir "$dir/root" --issuer FR:OFII >/dev/null
    ok $? "keys init"
    CREDENTIALS_DIRECTORY=$dir/credentials "$build/noria" keys show "$dir/keys" >/dev/null
    ok $? "the keys do not open with systemd's credential"
    echo "another passphrase" >"$dir/wrong/noria-passphrase"
    chmod 600 "$dir/wrong/noria-passphrase"
    if [[ -n ${NORIA_DATABASE_URL:-} ]]; then
        "$build/noria-server" migrate >/dev/null
        for kind in credentials wrong; do
            env -u NORIA_PASSPHRASE_FILE CREDENTIALS_DIRECTORY="$dir/$kind" NORIA_KEYS="$dir/keys" NORIA_PORT=0 NORIA_LOG=error \
                "$build/noria-server" serve >"$dir/out" 2>"$dir/err" &
            server=$!
            for ((i = 0; i < 100; i++)); do
                if grep -q "serving on port" "$dir/out" || ! kill -0 "$server" 2>/dev/null; then break; fi
                read -rt 0.1 <> <(:) || true
            done
            grep -q "serving on port" "$dir/out"
            started=$?
            kill "$server" 2>/dev/null
            wait "$server" 2>/dev/null
            if [[ $kind == credentials ]]; then ok $started "the server does not start: $(cat "$dir/err")"
            else ok $((started == 0)) "control: the server starts with another passphrase"; fi
        done
    else
        echo "not run: the server with the credential (no NORIA_DATABASE_URL; use tools/with-postgres.sh)"
    fi
fi
echo "not run: the unit itself, for which systemd must be process 1"
echo "$passed passed, $failed failed"
((failed == 0))
