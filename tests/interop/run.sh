#!/bin/bash
# run.sh: documents of our own making under a reader that is not ours (reader.mjs: npm packages only) and
# under `noria verify`, which must agree on every one. Prints `ok` and `not ok` lines; without npm it says
# so in a line `not run: …` and ends well. NORIA_BUILD is the folder of the programs.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${NORIA_BUILD:-build/release}
tests/interop/packages.sh || { (($? == 3)) && exit 0 || exit 1; }
dir=$(mktemp -d /tmp/noria-interop.XXXXXX)
trap 'rm -rf "$dir"' EXIT

keys=$dir/keys
export NORIA_PASSPHRASE_FILE=$dir/passphrase XDG_STATE_HOME=$dir/state
head -c 24 /dev/urandom | base64 >"$NORIA_PASSPHRASE_FILE"

# Documents of the key that signs now.
issue() {
    mkdir "$dir/$1"
    "$build/tests/interop/documents" "$keys" "$NORIA_PASSPHRASE_FILE" "$dir/$1" "$now"
}
change() { "$build/noria" keys "$@" --root-dir "$dir/root" >"$dir/keys.log"; }
kid() { sed -nE "s/^key ([0-9a-f]{16}) +documents +$1 .*/\1/p" "$dir/keys.log" | tail -n 1; }
compare() {
    node tests/interop/compare.mjs "$build/noria" "$keys/root.cosekey" "$keys/trust.cwt" "$dir/$1" "$now" "$2" || code=1
}

code=0
change init "$keys"
now=$(date +%s)
issue first
compare first active
change rotate "$keys" --overlap-days 0
issue second
change rotate "$keys"
second=$(kid retired)
change compromise "$keys" "$second"
change rotate "$keys" --purpose status # the lists stay good: retired keys verify what they signed
compare first retired
compare second compromised
exit $code
