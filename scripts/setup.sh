#!/usr/bin/env bash
# Installs what a fresh Debian or Ubuntu with Swift lacks to build and test this package.
# Does nothing where all of it is there.
#   scripts/setup.sh [COMMAND…]     installs these too, from packages that are named like them
set -euo pipefail

missing=()
[ -e /usr/include/openssl/ssl.h ] || missing+=(libssl-dev)
command -v pkg-config >/dev/null || missing+=(pkg-config)
command -v python3 >/dev/null || missing+=(python3)
command -v gcc >/dev/null || command -v clang >/dev/null || missing+=(gcc)
[ -e /usr/include/stdio.h ] || missing+=(libc6-dev)
for command in "$@"; do
    command -v "$command" >/dev/null || missing+=("$command")
done

if ! command -v swift >/dev/null; then
    echo "setup: no swift on PATH: install Swift 6.3 from https://www.swift.org/install" >&2
    exit 1
fi
if [ ${#missing[@]} -eq 0 ]; then
    exit 0
fi

if ! command -v apt-get >/dev/null; then
    echo "setup: install these with your package manager: ${missing[*]}" >&2
    exit 1
fi
root=()
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "setup: as root, run: apt-get install ${missing[*]}" >&2
        exit 1
    fi
    root=(sudo)
fi

echo "setup: installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${root[@]}" apt-get update -qq
"${root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
echo "setup: done"
