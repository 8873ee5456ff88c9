#!/usr/bin/env bash
# The window's process is killed in the middle of a backfill. The next start must offer the job, finish it without asking
# again for anything that was stored, and leave a sound store. Real programs: window, simulator, display.
#
#   tests/ui/killedwindow.sh BIN_DIR     exit 77 where Xvfb or xdotool is missing
set -euo pipefail

bin=$1
for tool in Xvfb xdotool; do
    command -v "$tool" >/dev/null || { echo "killedwindow: $tool is missing" >&2; exit 77; }
done
work=$(mktemp -d)
started=()
finish() {
    for pid in "${started[@]}"; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
fail() {
    echo "killedwindow: $1" >&2
    query "SELECT exchange, market, symbol, timeframe, count(open_time) FROM series LEFT JOIN candles ON series_id = id GROUP BY id" >&2 || true
    tail -20 "$work"/log* >&2 || true
    exit 1
}

exec 3> >(cat >"$work/display")
Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp >"$work/xvfb.log" 2>&1 &
started+=($!)
exec 3>&-
until [ -s "$work/display" ]; do sleep 0.1; done
export DISPLAY=:$(cat "$work/display") XDG_RUNTIME_DIR=$work QT_QPA_PLATFORM=xcb LC_ALL=C.UTF-8
export XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data
unset DBUS_SESSION_BUS_ADDRESS

"$bin/mnemo-exchange-sim" --synthetic 7 --exchange binance --limits 4/s >"$work/sim" &
started+=($!)
for _ in $(seq 100); do grep -q listening "$work/sim" && break; sleep 0.1; done
origin=$(awk '{print $3; exit}' "$work/sim")
place=(--set "exchanges.binance.base_url=$origin/binance")
query() { "$bin/mnemo-quant-cli" query "$1" | tail -n +2; }

open_() { # open_ LOG: the window, focused
    "$bin/mnemo-quant" "${place[@]}" 2>"$work/$1" &
    program=$!
    started+=("$program")
    window=
    for _ in $(seq 150); do
        window=$(xdotool search --all --onlyvisible --pid "$program" --name mnemo-quant 2>/dev/null | head -1 || true)
        [ -n "$window" ] && break
        sleep 0.2
    done
    [ -n "$window" ] || fail "no window appeared"
    xdotool windowsize "$window" 1280 800 windowmove "$window" 0 0
    sleep 1
    xdotool windowfocus "$window"
    sleep 0.5
}
keys() { for key in "$@"; do xdotool key --clearmodifiers "$key"; sleep 0.25; done; }
until_() { # until_ SECONDS TEST...: fails after so long
    local end=$((SECONDS + $1)); shift
    until "$@"; do
        [ $SECONDS -lt $end ] || return 1
        sleep 0.3
    done
}
hasRows() { [ "$(query 'SELECT count(*) FROM candles' 2>/dev/null || echo 0)" -ge "$1" ]; }

# --- a backfill of a month of minutes begins ---
askForBackfill() { # by keys alone: the wizard, all symbols of the exchange, their smallest timeframe, start
    keys ctrl+n
    sleep 2
    xdotool type --delay 60 binance
    sleep 1
    keys Down ctrl+shift+a Home space alt+t ctrl+shift+a Home space # whatever was ticked before
    for _ in $(seq 6); do # until the plan is made the key does nothing
        sleep 3
        keys ctrl+Return
        until_ 5 hasRows 3000 && return
    done
    keys Escape Escape # a key of a busy machine was lost: once more from the start
    xdotool windowfocus "$window"
    return 1
}
open_ log1
askForBackfill || askForBackfill || askForBackfill || fail "the backfill was not asked for"
kill -9 "$program"
wait "$program" 2>/dev/null || true
rows=$(query 'SELECT count(*) FROM candles')
lastPage=$(query 'SELECT max(id) FROM pages')
[ "$(query "SELECT count(*) FROM coverage WHERE state = 'answered'")" -ge 1 ] || fail "nothing is known after the kill"
echo "killed with $rows rows in $lastPage pages"

# --- the next start ---
open_ log2
sleep 1
keys alt+k # resume work
complete() { grep -q 'backfill complete' "$work"/data/mnemo-quant/log*/* "$work"/data/mnemo-quant/*.log "$work/log2" 2>/dev/null; }
until_ 90 complete || fail "what was left over did not finish"
begin=$(date +%s%N)
kill "$program"
wait "$program" 2>/dev/null || true
took=$((($(date +%s%N) - begin) / 1000000))

after=$(query 'SELECT count(*) FROM candles')
[ "$after" -gt "$rows" ] || fail "nothing was added: $after rows"
# A page of the second run that reaches over a bar which the first had stored was asked twice.
twice=$(query "SELECT count(*) FROM pages later JOIN pages earlier ON earlier.series_id = later.series_id AND earlier.id <= $lastPage AND later.id > $lastPage AND earlier.rows > 0 AND later.from_time < earlier.to_time AND earlier.from_time < later.to_time")
[ "$twice" = 0 ] || fail "$twice pages were asked again"
[ "$(query 'SELECT count(*) FROM revisions')" = 0 ] || fail "rows changed"
[ "$(query 'PRAGMA integrity_check')" = ok ] || fail "the store is damaged"
gaps=$("$bin/mnemo-quant-cli" gaps --json)
[ "$gaps" = "[]" ] || echo "$gaps" | grep -qv '"class":"unknown"' || fail "gaps: $gaps"
[ "$took" -lt 3000 ] || fail "quitting took $took ms"
echo "resumed: $after rows, none asked twice, quit in $took ms"
