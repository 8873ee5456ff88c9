#!/usr/bin/env bash
# Builds mnemo-quant and starts its window; installs first what is missing (Debian, Ubuntu).
#
#   packaging/run.sh [arguments of mnemo-quant]      for instance --demo
#
# Everything is built in build/run. A second call starts at once. Without a display it builds and exits with status 3.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$root/build/run
. "$root/packaging/dependencies.sh"

groups=(build ui)
[ -n "${WAYLAND_DISPLAY:-}" ] && [ -z "${DISPLAY:-}" ] && groups+=(wayland)
mnemo_install_missing "${groups[@]}"
(
    cd "$root"
    if [ ! -f "$build/build.ninja" ]; then
        echo "Building for the first time; this takes a few minutes." >&2
        # A warning of a newer compiler is nothing that a user should have to mend.
        cmake --fresh --preset release -B "$build" -DMNEMO_TESTS=OFF -DMNEMO_BENCH=OFF \
            -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF >&2
    fi
    cmake --build "$build" -j "$(nproc)" >&2
)

if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}${QT_QPA_PLATFORM:-}" ]; then
    echo "Built, but not started: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)." >&2
    echo "Run this from a desktop session, or use the command line: $build/bin/mnemo-quant-cli --help" >&2
    exit 3
fi
exec "$build/bin/mnemo-quant" "$@"
