#!/bin/sh
# run.sh PROGRAM BUILD_FOLDER [VENUE,...]   compares our descriptions with the pinned CCXT; the table goes to BUILD_FOLDER
# run.sh --ccxt VERSION [BUILD_FOLDER]      what that version asks and reads otherwise than the pinned one: what to look
#                                           at before the pin is moved
# The pin is the lock file of the simulator's suite beside this one. Exit 77 (skipped) without node, npm or the
# registry; where CI=true that is a failure.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
source=$(cd "$here/../../.." && pwd) || exit 1
pinned=$here/../sim

skip_or_fail() {
    if [ "${CI:-}" = true ]; then
        echo "failed: $1" >&2
        exit 1
    fi
    echo "skipped: $1"
    exit 77
}

version_in() {
    node -p "require('$1/node_modules/ccxt/package.json').version" 2>/dev/null
}

# Suites may start at once: one of them installs.
install_pinned() {
    exec 9>"$pinned/.install.lock"
    flock 9
    wanted=$(node -p "require('$pinned/package.json').dependencies.ccxt")
    if [ "$(version_in "$pinned")" != "$wanted" ]; then
        (cd "$pinned" && npm ci --no-audit --no-fund --ignore-scripts >npm.log 2>&1) || {
            cat "$pinned/npm.log"
            skip_or_fail "npm ci could not install ccxt $wanted"
        }
    fi
    flock -u 9
}

# install_version VERSION FOLDER
install_version() {
    mkdir -p "$2" || exit 1
    if [ "$(version_in "$2")" != "$1" ]; then
        npm install --prefix "$2" --no-audit --no-fund --ignore-scripts "ccxt@$1" >"$2/npm.log" 2>&1 || {
            cat "$2/npm.log" >&2
            echo "npm could not install ccxt $1; npm view ccxt versions lists what there is" >&2
            exit 1
        }
    fi
}

for tool in node npm; do
    command -v "$tool" >/dev/null 2>&1 || skip_or_fail "$tool is not installed (apt-get install nodejs npm)"
done

if [ "${1:-}" = --ccxt ]; then
    version=${2:?a version of ccxt}
    work=${3:-$source/build}/conformance
    install_pinned
    install_version "$version" "$work/ccxt-$version"
    node "$here/cases.mjs" "$pinned/node_modules/ccxt" >"$work/cases-pinned.jsonl" || exit 1
    node "$here/cases.mjs" "$work/ccxt-$version/node_modules/ccxt" >"$work/cases-$version.jsonl" || exit 1
    exec node "$here/changes.mjs" "$work/cases-pinned.jsonl" "$work/cases-$version.jsonl"
fi

program=${1:?the program mnemo-conformance} work=${2:?the build folder}/conformance venues=${3:-}
mkdir -p "$work" || exit 1
install_pinned
if [ -n "$venues" ]; then
    node "$here/cases.mjs" "$pinned/node_modules/ccxt" "$venues" >"$work/cases-part.jsonl" || exit 1
    exec "$program" --source "$source" --accepted "$here/accepted.yaml" --part <"$work/cases-part.jsonl"
fi
node "$here/cases.mjs" "$pinned/node_modules/ccxt" >"$work/cases.jsonl" || exit 1
exec "$program" --source "$source" --accepted "$here/accepted.yaml" --table "$work/table.txt" <"$work/cases.jsonl"
