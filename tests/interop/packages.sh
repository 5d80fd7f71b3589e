#!/bin/bash
# packages.sh [FOLDER]: the locked npm packages of this folder (or that one), once; 3 when npm is not here.
set -euo pipefail
cd "${1:-$(dirname "$0")}"
if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
    echo "not run: npm is not here"
    exit 3
fi
# --no-audit: nothing but the locked files is asked of the registry. Optional packages are native code, not needed.
[[ node_modules/.package-lock.json -nt package-lock.json ]] ||
    npm ci --omit=optional --no-audit --no-fund --ignore-scripts
