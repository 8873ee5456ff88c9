#!/bin/sh
# run.sh PROGRAM files|synthetic|streams|interest [SHARED [CLI]]
# Installs the pinned CCXT once and runs one of the suites. Exit 77 (skipped) without node, npm or the files;
# where CI=true, missing node or npm is a failure.
set -u
cd "$(dirname "$0")" || exit 1
program=$1 suite=$2 shared=${3:-} cli=${4:-}

skip() {
    echo "skipped: $1"
    exit 77
}
missing_tool() {
    if [ "${CI:-}" = true ]; then
        echo "failed: $1" >&2
        exit 1
    fi
    skip "$1"
}
for tool in node npm; do
    command -v "$tool" >/dev/null 2>&1 || missing_tool "$tool is not installed (apt-get install nodejs npm)"
done
if [ "$suite" = files ] && [ ! -d "$shared/data/candles" ]; then
    skip "no candle files at ${shared:-MNEMO_SHARED}/data/candles"
fi
# Suites may start at once: one of them installs.
exec 9>.install.lock
flock 9
wanted=$(node -p "require('./package.json').dependencies.ccxt")
have=$(node -p "require('./node_modules/ccxt/package.json').version" 2>/dev/null)
if [ "$have" != "$wanted" ]; then
    npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1 || {
        cat npm.log
        missing_tool "npm ci could not install ccxt $wanted"
    }
fi
flock -u 9
exec node "$suite.mjs" "$program" "$shared" "$cli"
