#!/usr/bin/env bash
# Runs every block of config/exchanges/ADDING.md as a reader would: files are saved, commands run, outputs compared.
#
#   addingpage.sh BIN_DIR PAGE
set -euo pipefail

bin=$1 page=$2
command -v python3 >/dev/null || { echo "python3 is missing"; exit 77; }
home=$(mktemp -d)
market=
finish() {
    [ -z "$market" ] || kill "$market" 2>/dev/null || true
    rm -rf "$home"
}
trap finish EXIT
export HOME=$home PATH=$bin:$PATH
unset XDG_CONFIG_HOME XDG_DATA_HOME MNEMO_ENV
mkdir -p "$home/.config/mnemo-quant/exchanges" "$home/blocks"

# Block N becomes the file N, its first line what stands after the three quotes.
awk -v to="$home/blocks" '/^```/ && !inside { inside = 1; file = sprintf("%s/%03d", to, ++n); print substr($0, 4) > file; next }
    /^```$/ { inside = 0; close(file); next } inside { print > file }' "$page"

commands=0 output=
for block in "$home"/blocks/*; do
    read -r language argument <"$block" || true
    text=$(tail -n +2 "$block")
    case "$language" in
    python)
        printf '%s\n' "$text" >"$home/$argument"
        python3 "$home/$argument" &
        market=$!
        for _ in $(seq 100); do
            (exec 3<>/dev/tcp/127.0.0.1/8137) 2>/dev/null && break
            sleep 0.1
        done
        ;;
    yaml) printf '%s\n' "$text" >"$home/.config/mnemo-quant/exchanges/$argument" ;;
    sh)
        commands=$((commands + 1))
        status=0
        output=$(bash -euo pipefail -c "$text" 2>&1) || status=$?
        echo "$text"
        echo "$output"
        case "$argument" in fails) wanted=1 ;; refused) wanted=2 ;; *) wanted=0 ;; esac
        [ "$status" -eq "$wanted" ] ||
            { echo "FAILED with status $status"; exit 1; }
        ;;
    output) tr -d ' \n' <<<"$output" | grep -qF -- "$(tr -d ' \n' <<<"$text")" || { echo "FAILED: not in the output: $text"; exit 1; } ;;
    *) echo "FAILED: a block of an unknown kind: $language"; exit 1 ;;
    esac
done
[ "$commands" -ge 4 ] || { echo "FAILED: only $commands blocks of commands"; exit 1; }
