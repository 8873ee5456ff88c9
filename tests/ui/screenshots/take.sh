#!/usr/bin/env bash
# Runs the real mnemo-quant under Xvfb against the exchange simulator and writes a picture of every screen and state in
# three themes: for looking at, and for the README.
#
#   tests/ui/screenshots/take.sh [BIN_DIR [OUT_DIR [THEME...]]]
#   default: build/dev/bin, build/screenshots, light dark contrast; STEPS=pipelines takes these pictures alone
#
# Needs Xvfb, xdotool and ImageMagick (Debian: xvfb xdotool imagemagick). Everything it starts ends with it.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
bin=${1:-$root/build/dev/bin}
out=${2:-$root/build/screenshots}
looks=("${@:3}")
[ ${#looks[@]} -gt 0 ] || looks=(light dark contrast)
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
Xvfb -displayfd 3 -screen 0 2560x1600x24 -nolisten tcp >"$work/xvfb.log" 2>&1 &
started+=($!)
exec 3>&-
until [ -s "$work/display" ]; do sleep 0.1; done
export DISPLAY=:$(cat "$work/display") XDG_RUNTIME_DIR=$work LC_ALL=C.UTF-8
export QT_QPA_PLATFORM=xcb XDG_CONFIG_HOME=$work/config
unset DBUS_SESSION_BUS_ADDRESS # the theme is the one that is asked for here
width=1280 height=800

windowOf() { # windowOf PID: waits for its window
    local found=
    for _ in $(seq 100); do
        found=$(xdotool search --all --onlyvisible --pid "$1" --name 'mnemo-quant' 2>/dev/null | head -1 || true)
        [ -n "$found" ] && break
        sleep 0.2
    done
    [ -n "$found" ] || { echo "take.sh: no window appeared" >&2; cat "$work/log" >&2; exit 1; }
    echo "$found"
}
run() { # run ARGUMENT...: starts the program and waits for its window
    "$bin/mnemo-quant" "$@" 2>"$work/log" &
    program=$!
    started+=("$program")
    window=$(windowOf "$program")
    xdotool windowsize "$window" "$width" "$height"
    xdotool windowmove "$window" 0 0
    sleep 0.5
    xdotool mousemove $((width * 55 / 100)) $((height * 38 / 100)) windowfocus "$window"
    sleep 0.7
}
stop() { # the program may ask before it goes: it is told twice
    kill "$program" 2>/dev/null || true
    sleep 0.5
    kill "$program" 2>/dev/null || true
    wait "$program" 2>/dev/null || true
}
shot() { # shot NAME
    sleep "${2:-0.5}"
    import -window root -crop "${width}x$height+0+0" +repage -define png:compression-level=9 "$out/$1-$look.png"
    echo "$out/$1-$look.png"
}
keys() { # keys KEY...: to whatever has the focus
    for key in "$@"; do
        xdotool key --clearmodifiers "$key"
        sleep 0.25
        # There is no window manager here that would give the focus back when a dialog closes.
        [ "$key" != Escape ] || { xdotool windowfocus "$window"; sleep 0.2; }
    done
}
command_() { # command_ WORDS: by the command palette, as somebody without a mouse would
    keys ctrl+k
    sleep 0.3
    xdotool type --delay 15 "$1"
    sleep 0.3
    keys Return
    sleep 0.4
}
theme() { # theme N: for the next start; 1 light, 2 dark, 3 high contrast
    mkdir -p "$work/config/mnemo-quant"
    printf '[General]\ntheme=%s\n' "$1" >"$work/config/mnemo-quant/window.ini"
}

emptyStore() {
    export XDG_DATA_HOME=$work/empty-$look
    run --set exchanges.binance.base_url=http://127.0.0.1:9 # nobody listens there: as without a network
    shot first-start
    keys ctrl+n
    shot backfill-without-network 2
    keys Escape
    keys ctrl+f
    xdotool type --delay 15 "binance"
    keys Down Down Return
    shot market-list-without-network 2
    stop
}
wrongSettings() {
    mkdir -p "$work/wrong"
    printf 'logging:\n  leve: debug\nhttp:\n  connections_per_host: many\n' >"$work/wrong/global.yaml"
    cp "$work/config/mnemo-quant/window.ini" "$work/wrong/"
    run --config-dir "$work/wrong"
    keys ctrl+9
    shot problems 0.8
    stop
}
lockedStore() {
    export XDG_DATA_HOME=$work/locked-$look
    run
    local first=$program
    xdotool windowunmap "$window"
    "$bin/mnemo-quant" 2>/dev/null &
    program=$!
    started+=("$program")
    window=$(windowOf "$program")
    xdotool windowsize "$window" "$width" "$height" windowmove "$window" 0 0
    sleep 0.5
    xdotool windowmove "$window" 0 0 windowraise "$window" windowfocus "$window"
    shot read-only 1
    stop
    program=$first
    stop
}
type_() { # type_ WORDS: into what has the focus
    xdotool type --delay 15 "$1"
    sleep 0.3
}
coverage() { # see, understand, repair, proof; then what else can be done about a selection
    keys ctrl+3
    shot coverage-1-see 1.5
    keys slash
    type_ "bybit spot"
    keys Return End Down Down shift+Home shift+Up shift+Up f
    shot coverage-fill-many 1.5
    keys Escape slash ctrl+a BackSpace Return ctrl+1 slash
    type_ "holes"
    keys Return o
    shot coverage-2-understand 1.5
    keys Return
    shot coverage-day 1
    keys Escape
    sleep 0.5
    keys f
    shot coverage-3-repair 0
    shot coverage-4-proof 3
    keys Escape slash ctrl+a BackSpace
    type_ "binance sol"
    keys Return End Left Left Left Left shift+Left shift+Left v
    shot coverage-verify 1.5
    keys Escape o
    type_ "the matching engine was down"
    shot coverage-outage 0.5
    keys Escape n
    type_ "their new engine started here"
    keys Return
    shot coverage-note 1.5
    keys slash ctrl+a BackSpace Return
}
demo() {
    run --demo
    shot home-running 1.5
    keys ctrl+2
    shot running 0.2
    sleep 12
    shot window
    keys ctrl+1
    shot home-demo 1.5
    keys ctrl+2
    keys ctrl+k
    shot palette
    xdotool type --delay 15 "log"
    shot palette-typed
    keys Escape F1
    shot shortcuts 0.8
    keys Escape ctrl+6
    shot limits
    keys ctrl+0
    keys alt+w
    shot doctor 2.5
    keys ctrl+8
    shot log 0.8
    coverage
    keys ctrl+2
    command_ "everything stored"
    shot everything 1.5
    keys ctrl+7
    shot validation-never 1
    command_ "validation validate"
    shot validation-findings 4
    keys ctrl+7 Down Down
    shot validation-inspector 1.5
    keys ctrl+Tab
    shot validation-rules 1
    keys Down Down Down Down Down Down Down Down Tab Tab Tab Up Up Up
    shot validation-tuning 3
    keys ctrl+2
    keys ctrl+n
    shot backfill 2
    keys Escape ctrl+5 Home
    shot jobs
    keys ctrl+f
    xdotool type --delay 15 "btc"
    shot universe-filter
    keys Escape ctrl+2
    command_ "charts 4 charts"
    shot four-charts 2.5
    command_ "show as a table"
    shot chart-table 1.5
    stop
}

# A store with holes, series that are late or soon lose bars, findings, and an exchange that does not answer.
troubled() {
    export XDG_DATA_HOME=$work/troubled-$look
    rm -f "$work/troubled.url" # else the look before would tell where
    "$bin/mnemo-exchange-sim" --synthetic 7 --exchange binance,bybit,kraken >"$work/troubled.url" &
    local market=$! url= day=86400 now
    started+=("$market")
    until grep -qs ' ws://' "$work/troubled.url"; do sleep 0.1; done # the whole line
    url=$(awk '{print $3; exit}' "$work/troubled.url")
    now=$(date +%s)
    local sets=(--set "exchanges.binance.base_url=$url/binance" --set "exchanges.bybit.base_url=$url/bybit"
        --set "assets.universe=[{exchanges: [bybit], symbols: [BTC/USDT, ETH/USDT, SOL/USDT], timeframes: [5m]}, {exchanges: [kraken], symbols: [BTC/USD], timeframes: [1m]}]")
    collect() { # collect EXCHANGE SYMBOL FRAME FROM TO: seconds before now
        "$bin/mnemo-quant-cli" "${sets[@]}" --set "exchanges.kraken.base_url=$url/kraken" --log-level off backfill --exchange "$1" \
            --symbol "$2" --timeframe "$3" --from $(((now - $4) * 1000)) --to $(((now - $5) * 1000)) >/dev/null 2>&1 || true
    }
    collect binance BTC/USDT,ETH/USDT,SOL/USDT 5m $((9 * day)) $((6 * day))
    collect binance BTC/USDT,ETH/USDT,SOL/USDT 5m $((4 * day)) 0
    collect bybit BTC/USDT,ETH/USDT,SOL/USDT 5m $((3 * day)) $((day / 6))
    collect kraken BTC/USD 1m $((day / 2)) $((day / 24 * 10))
    sqlite3 "$XDG_DATA_HOME/mnemo-quant/mnemo.db" "UPDATE candles SET high = low / 2 WHERE open_time % 97 = 0" 2>/dev/null || true
    "$bin/mnemo-quant-cli" "${sets[@]}" --log-level off validate >/dev/null 2>&1 || true
    "$bin/mnemo-quant-cli" "${sets[@]}" health || true
    run "${sets[@]}" --set exchanges.kraken.base_url=http://127.0.0.1:9 --set retry.attempts=1
    shot home 2
    width=1600 height=900
    xdotool windowsize "$window" $width $height
    shot home-wide 1
    width=1280 height=800
    xdotool windowsize "$window" $width $height
    keys Return
    sleep 4
    shot home-tried 1
    keys Down Down Down Down Return
    shot home-filling 0.1
    sleep 3
    shot home-filled 1
    stop
    kill "$market" 2>/dev/null || true
}
doubtfulStore() { # a market with known defects, collected and judged by the command line: once for all looks
    [ ! -d "$work/doubtful" ] || return 0
    local cli="$bin/mnemo-quant-cli --data-dir $work/doubtful/mnemo-quant" set=()
    "$bin/mnemo-exchange-sim" --synthetic 3 --exchange binance,bybit --now 2025-06-01 --seed 11 \
        --defects 100,exchange=binance,symbol=BTC/USDT,from=2025-05-26T00:00:00Z,to=2025-06-01 >"$work/market" 2>/dev/null &
    market=$!
    started+=("$market")
    until grep -q listening "$work/market"; do sleep 0.1; done
    local url
    url=$(sed -n 's/^listening on \(http[^ ]*\).*/\1/p' "$work/market")
    for exchange in binance bybit; do set+=(--set "exchanges.$exchange.base_url=$url/$exchange"); done
    for exchange in binance bybit; do
        $cli "${set[@]}" backfill --exchange $exchange --symbol BTC/USDT --timeframe 1m --from 2025-05-26 --to 2025-06-01 \
            2>/dev/null || true # there are holes: status 1
    done
    $cli "${set[@]}" validate 2>/dev/null >&2 || true
    $cli "${set[@]}" compare --symbol BTC/USDT --exchange binance,bybit --timeframe 1m --store 2>/dev/null >&2 || true
    kill "$market"
}
findings() { # on a chart: lane, card, quarantine, comparison with its pane, table
    theme "$number" # with the series that is stored, not the one of another store
    doubtfulStore
    export XDG_DATA_HOME=$work/doubtful-$look
    cp -r "$work/doubtful" "$XDG_DATA_HOME"
    run --set ingest.follow_live=false
    keys ctrl+2
    shot findings-days 2
    command_ "go to date"
    xdotool type --delay 15 "2025-05-31 15:30"
    keys Return
    keys braceright
    shot finding-card 1.5
    keys q
    shot finding-quarantined 1.5
    keys Escape Escape
    command_ "compare with"
    xdotool type --delay 15 "bybit"
    keys Return
    shot compared 2
    keys alt+bracketright
    shot compared-breach 1.5
    command_ "whole height for differences"
    shot compared-pane 1
    command_ "whole height for differences"
    keys alt+t
    shot compared-table 1.5
    keys alt+t
    command_ "everything stored"
    shot compared-everything 2
    keys ctrl+3
    command_ "bybit coverage compare with"
    keys End Left Left Left Left
    shot coverage-compared 2
    stop
}

markets() { # the demo's swap with its open interest, funding and liquidations; the wall and the streams
    export XDG_DATA_HOME=$work/markets-$look
    theme "$number"
    run --demo
    sleep 14
    keys ctrl+2
    command_ "choose a series"
    xdotool type --delay 15 "bybit BTC/USDT:USDT"
    keys Return
    command_ "open interest"
    shot open-interest 3
    command_ "funding"
    command_ "liquidations"
    shot funding-liquidations 3
    command_ "live wall"
    shot wall 4
    command_ "sources and limits"
    shot sources-live 3
    stop
}

deuteranope() { # deuteranope NAME: the same picture as somebody with deuteranopia sees it (Machado, Oliveira, Fernandes 2009)
    convert "$out/$1-$look.png" -colorspace RGB -color-matrix '0.367322 0.860646 -0.227968 0.280085 0.672501 0.047413 -0.011820 0.042940 0.968881' \
        -colorspace sRGB "$out/$1-$look-deuteranope.png"
    echo "$out/$1-$look-deuteranope.png"
}
both() { # both NAME [SECONDS]: as it is, and as somebody with deuteranopia sees it
    shot "$@"
    deuteranope "$1"
}
pipelines() { # every state of runs and tasks: written into the store, shown beside another process that holds it
    local here=$root/tests/ui/screenshots
    export XDG_DATA_HOME=$work/states-$look XDG_CONFIG_HOME=$work/states-config-$look
    mkdir -p "$XDG_CONFIG_HOME/mnemo-quant/dags"
    cp "$here/states.yaml" "$XDG_CONFIG_HOME/mnemo-quant/dags/"
    cp "$work/config/mnemo-quant/window.ini" "$XDG_CONFIG_HOME/mnemo-quant/"
    run --set "exchanges.binance.base_url=http://127.0.0.1:9" # makes the store
    stop
    sqlite3 "$XDG_DATA_HOME/mnemo-quant/mnemo.db" <"$here/states.sql"
    flock --no-fork "$XDG_DATA_HOME/mnemo-quant/mnemo.lock" sleep 600 & # who collects: else what is at work would begin again
    local holder=$!
    started+=("$holder")
    width=1900 height=1300
    run
    keys ctrl+p
    sleep 2 # until the list is read
    xdotool mousemove 577 345 click 1 # the sixth pipeline
    sleep 1.5
    both pipelines-list
    keys g g g g Left Left Down Down Return
    both pipelines-grid 1
    keys shift+Down shift+Down shift+Left
    shot pipelines-chosen
    keys c
    shot pipelines-clear 1.5
    keys Escape
    keys Right Up Up g
    both pipelines-graph 1
    keys plus plus plus
    shot pipelines-map 0.5
    keys g
    both pipelines-gantt 1
    keys Down Down Down Down
    xdotool mousemove 900 760
    shot pipelines-gantt-details 1.5
    keys plus plus plus ctrl+Right
    shot pipelines-gantt-zoomed
    keys g
    shot pipelines-yaml 1
    stop
    kill "$holder" 2>/dev/null || true
    export XDG_CONFIG_HOME=$work/config
    width=1280 height=800
}

number=0
for look in light dark contrast; do
    number=$((number + 1))
    [[ " ${looks[*]} " == *" $look "* ]] || continue
    theme $number
    if [ -n "${STEPS:-}" ]; then # a few alone, as in STEPS=pipelines
        for step in $STEPS; do "$step"; done
        continue
    fi
    emptyStore
    wrongSettings
    lockedStore
    troubled
    demo
    pipelines
    markets
    findings || echo "take.sh: the pictures of findings are not complete" >&2
done
if [[ -z "${STEPS:-}" && " ${looks[*]} " == *" light "* ]]; then
    look=light
    theme 1
    width=2560 height=1600
    export QT_SCALE_FACTOR=2
    run --demo
    sleep 10
    shot double-density
    keys ctrl+k
    shot double-density-palette
    stop
fi
echo "$(find "$out" -name '*.png' | wc -l) pictures in $out"
