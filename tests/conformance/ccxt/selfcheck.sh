#!/bin/sh
# selfcheck.sh PROGRAM BUILD_FOLDER: descriptions with one mistake each, and a list with an entry too many, must fail the
# suite. Takes the cases that run.sh left in the build folder; exit 77 (skipped) where there are none.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 1
source=$(cd "$here/../../.." && pwd) || exit 1
program=$1 cases=$2/conformance/cases.jsonl work=$2/conformance/selfcheck
[ -f "$cases" ] || {
    echo "skipped: no $cases"
    exit 77
}
rm -rf "$work"
mkdir -p "$work/config/exchanges" || exit 1

# must_fail WHAT [OPTION...]
must_fail() {
    what=$1
    shift
    "$program" --source "$work" "$@" <"$work/cases.jsonl" >"$work/out.txt"
    if [ $? -ne 1 ] || ! grep -q ^FAILED "$work/out.txt"; then
        echo "not found: $what"
        failed=1
    fi
}

# mistake VENUE RIGHT WRONG
mistake() {
    cp "$source"/config/exchanges/*.yaml "$work/config/exchanges/"
    grep "\"venue\":\"$1\"" "$cases" >"$work/cases.jsonl"
    sed -i "s~$2~$3~" "$work/config/exchanges/$1.yaml"
    if cmp -s "$source/config/exchanges/$1.yaml" "$work/config/exchanges/$1.yaml"; then
        echo "$1 has no '$2' any more: mend this list"
        failed=1
    fi
    must_fail "$1: $3 for $2" --accepted "$here/accepted.yaml" --part
}

failed=0
mistake kraken 'high: 2, low: 3' 'high: 3, low: 2'
mistake kraken 'volume: 6' 'volume: 5'
mistake bydfi 'startTime' 'beginTime'
mistake bydfi 'api.bydfi.com' 'api.bydfi.org'
mistake coinsph '1h: 1h' '1h: 60m'
mistake coinsph 'n\*step - step, now' 'n*step, now'
mistake cryptocom 'max: 300' 'max: 301'
mistake digifinex 'contract_size: contract_value' 'contract_size: tick_size'
mistake apex 'amount: data.0.openInterest' 'value: data.0.openInterest'
mistake weex '/capi/v3/market/openInterest' '/capi/v3/market/interest'
mistake latoken 'value: tag' 'value: name'

cp "$source"/config/exchanges/*.yaml "$work/config/exchanges/"
cp "$cases" "$work/cases.jsonl"
cp "$here/accepted.yaml" "$work/accepted.yaml"
echo '- { case: "kraken.*", part: request, reason: none }' >>"$work/accepted.yaml"
must_fail 'an accepted difference that no case needs' --accepted "$work/accepted.yaml"
[ $failed -eq 0 ] && echo "12 mistakes found"
exit $failed
