#!/usr/bin/env bash
# The Debian and Ubuntu packages that this project needs, and their installation.
#
#   packaging/dependencies.sh build ui tests     installs what is missing of these groups
#   packaging/dependencies.sh --missing build    prints what is missing, installs nothing
#   . packaging/dependencies.sh                  gives mnemo_install_missing to run.sh
#
# Known to work with Debian 12 and Ubuntu 24.04. "package:command" counts as installed where the command is on PATH.

mnemo_packages() {
    case "$1" in
    build) # core and the command line
        echo "g++:g++ cmake:cmake ninja-build:ninja ccache:ccache mold:mold git:git pkg-config:pkg-config ca-certificates" \
            "libcurl4-openssl-dev libsqlite3-dev libssl-dev zlib1g-dev libzstd-dev libzip-dev libdeflate-dev libexpat1-dev" \
            "libyaml-dev libspdlog-dev libsimdjson-dev nlohmann-json3-dev libexpected-dev libcli11-dev libboost-dev libhowardhinnant-date-dev tzdata"
        ;;
    ui) # the window; the OpenGL headers are what Qt Charts' CMake files ask for; WebSockets: live streams
        echo "qt6-base-dev qt6-charts-dev qt6-websockets-dev libqt6opengl6-dev qt6-svg-dev qt6-tools-dev qt6-l10n-tools fonts-dejavu-core"
        ;;
    wayland) # a session without X
        echo "qt6-wayland"
        ;;
    tests) # Node.js only drives CCXT in the conformance tests; nghttp2's server speaks HTTP/2; the shells judge completions; Python checks descriptions with their JSON Schema
        echo "nodejs:node npm:npm zstd:zstd sqlite3:sqlite3 xvfb:Xvfb xauth:xauth xdotool:xdotool imagemagick:import openssl:openssl curl:curl fonts-dejavu-core" \
            "nghttp2-server:nghttpd zsh:zsh fish:fish python3:python3 python3-jsonschema python3-yaml"
        ;;
    tools) # for who works on the code: formatting, linting, fuzzing
        echo "clang:clang clang-format:clang-format clang-tidy:clang-tidy shellcheck:shellcheck"
        ;;
    *)
        echo "dependencies.sh: unknown group \"$1\"; there are build, ui, wayland, tests and tools" >&2
        return 2
        ;;
    esac
}

# Prints the missing packages of the groups given, one a line.
mnemo_missing() {
    local group entries="" entry package
    for group in "$@"; do
        entries+=" $(mnemo_packages "$group")" || return
    done
    local installed
    installed=" $(dpkg-query -W -f='${db:Status-Abbrev}${Package} ' 2>/dev/null | tr ' ' '\n' | sed -n '/^ii/{n;p}' | tr '\n' ' ') "
    for entry in $entries; do
        package=${entry%%:*}
        case "$installed" in *" $package "*) continue ;; esac
        case "$entry" in *:*) command -v "${entry#*:}" >/dev/null 2>&1 && continue ;; esac
        echo "$package"
    done | sort -u
}

mnemo_install_missing() {
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        echo "This is neither Debian nor Ubuntu: nothing is installed for you. Needed are, by their Debian names:" >&2
        local group
        for group in "$@"; do mnemo_packages "$group" | sed 's/:[^ ]*//g; s/^/  /' >&2; done
        return 0
    fi
    local missing
    missing=$(mnemo_missing "$@") || return
    [ -n "$missing" ] || return 0
    local -a packages asRoot=()
    mapfile -t packages <<<"$missing"
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null 2>&1; then
            echo "These packages are missing, and installing them needs root, but there is no sudo. As root, run:" >&2
            echo "  apt-get update && apt-get install -y ${packages[*]}" >&2
            return 1
        fi
        echo "These packages are missing and will be installed with sudo: ${packages[*]}" >&2
        asRoot=(sudo)
    else
        echo "Installing: ${packages[*]}" >&2
    fi
    asRoot+=(env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a)
    local -a apt=(apt-get -q -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3)
    "${asRoot[@]}" "${apt[@]}" update >&2 || echo "apt-get update failed; trying with the package lists that are here" >&2
    # A name that this release does not have (it went into another package) must not keep the others from being installed.
    local package
    local -a known=()
    for package in "${packages[@]}"; do
        if apt-cache show "$package" >/dev/null 2>&1; then
            known+=("$package")
        else
            echo "This system's package lists have no $package; going on without it." >&2
        fi
    done
    packages=("${known[@]}")
    [ ${#packages[@]} -gt 0 ] || return 0
    if ! "${asRoot[@]}" "${apt[@]}" install -y --no-install-recommends "${packages[@]}" </dev/null >&2; then
        echo "Installing the packages failed; the lines above say why." >&2
        return 1
    fi
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
    if [ "${1:-}" = "--missing" ]; then
        shift
        mnemo_missing "$@"
    elif [ $# -eq 0 ]; then
        sed -n '2,8s/^# \{0,1\}//p' "$0"
        exit 2
    else
        mnemo_install_missing "$@"
    fi
fi
