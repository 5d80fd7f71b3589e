#!/bin/bash
# Installs the Debian packages of tools/packages.txt that are missing; prints them first. Needs root
# or sudo only when something is missing. `deps.sh run` leaves out the packages marked [test],
# `deps.sh --list` only prints.
set -euo pipefail
cd "$(dirname "$0")"

wanted=$(awk -v all="$([[ ${1:-} == run ]] && echo 0 || echo 1)" '
    /^#.*\[test\]/ { if (!all) exit }
    /^[a-z]/ { print $1 }' packages.txt)
missing=()
for package in $wanted; do
    # A program that is already there counts, wherever it came from (nodejs from another archive
    # carries its own npm).
    case $package in
    nodejs) command -v node >/dev/null && continue ;;
    npm) command -v npm >/dev/null && continue ;;
    esac
    dpkg-query -W -f '${db:Status-Abbrev}\n' "$package" 2>/dev/null | grep -q '^ii' || missing+=("$package")
done
if ((${#missing[@]} == 0)); then
    echo "deps: everything needed is installed"
    exit 0
fi
echo "deps: these Debian packages will be installed: ${missing[*]}"
[[ ${1:-} != --list ]] || exit 0
root=()
if [[ $(id -u) -ne 0 ]]; then
    command -v sudo >/dev/null || { echo "deps: not root and no sudo; install them yourself" >&2; exit 1; }
    root=(sudo)
fi
"${root[@]}" apt-get update -q
"${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}"
