#!/usr/bin/env bash
# Builds everything and runs all tests; installs first what is missing (Debian, Ubuntu).
#
#   tests/run.sh [arguments of ctest]      for instance -L unit, -R tst_cli, -LE slow
#
# Built in build/dev. The exit status and the last lines are ctest's own.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$root/packaging/dependencies.sh"

mnemo_install_missing build ui tests
cd "$root"
# A failed first configuration leaves a cache that would hide a compiler or package installed since.
[ -f build/dev/build.ninja ] || cmake --fresh --preset dev
cmake --build --preset dev -j "$(nproc)"
exec ctest --preset dev -j "$(nproc)" "$@" </dev/null
