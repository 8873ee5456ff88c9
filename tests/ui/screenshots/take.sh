#!/usr/bin/env bash
# Runs the real mnemo-quant under Xvfb and writes pictures of its window, for looking at and for the README.
#
#   tests/ui/screenshots/take.sh [BIN_DIR [OUT_DIR]]      default: build/dev/bin, build/screenshots
#
# Needs Xvfb, xdotool and ImageMagick (Debian: xvfb xdotool imagemagick). Everything it starts ends with it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
bin=${1:-$root/build/dev/bin}
out=${2:-$root/build/screenshots}
for tool in Xvfb xdotool import; do
    command -v "$tool" >/dev/null || { echo "take.sh: $tool is missing (apt-get install xvfb xdotool imagemagick)" >&2; exit 2; }
done
mkdir -p "$out"
work=$(mktemp -d)
started=()
finish() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT

exec 3> >(cat >"$work/display")
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp >"$work/xvfb.log" 2>&1 &
started+=($!)
exec 3>&-
until [ -s "$work/display" ]; do sleep 0.1; done
export DISPLAY=:$(cat "$work/display") XDG_RUNTIME_DIR=$work LC_ALL=C.UTF-8
export QT_QPA_PLATFORM=xcb XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data

run() { # run ARGUMENT...: starts the program and waits for its window
    "$bin/mnemo-quant" "$@" 2>"$work/log" &
    program=$!
    started+=("$program")
    window=$(timeout 20 xdotool search --sync --onlyvisible --name 'mnemo-quant' | head -1)
    xdotool windowsize "$window" 1280 800
    xdotool windowmove "$window" 0 0
    xdotool mousemove 700 300 windowfocus "$window"
    sleep 0.7
}
stop() {
    kill "$program"
    wait "$program" 2>/dev/null || true
}
shot() { # shot NAME
    sleep 0.4
    import -window root -define png:compression-level=9 "$out/$1.png"
    echo "$out/$1.png"
}
theme() { # theme N: sets the theme for the next start, 1 light, 2 dark
    mkdir -p "$work/config/mnemo-quant"
    printf '[General]\ntheme=%s\n' "$1" >"$work/config/mnemo-quant/window.ini"
}

theme 1
run
shot first-start
xdotool key ctrl+n
sleep 1.2
shot backfill-form-network
stop

for look in light dark; do
    [ "$look" = light ] && number=1 || number=2
    theme "$number"
    run --demo
    sleep 0.5
    shot "running-$look"
    sleep 15
    xdotool mousemove 760 260
    shot "window-$look"
    xdotool key ctrl+n
    sleep 1.5
    shot "backfill-form-$look"
    xdotool key Escape
    sleep 0.3
    xdotool windowfocus "$window"
    xdotool key alt+a
    sleep 1.5
    shot "everything-$look"
    stop
done
