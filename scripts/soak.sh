#!/usr/bin/env bash
# Clients that connect, work, stall, are killed and return, in Swift and in every stock Python found,
# and at the end the state is held against what each was told. Soak/README.md says how.
#   scripts/soak.sh MINUTES [CLIENTS]      by default 1000 clients at once
# MANAGER and CLIENT name commands to use instead of those that are built here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

minutes=${1:?usage: scripts/soak.sh MINUTES [CLIENTS]}
clients=${2:-1000}

if [ -z "${MANAGER:-}" ] || [ -z "${CLIENT:-}" ]; then
    swift build -c release --product manager >/dev/null
    swift build -c release --product soak-client >/dev/null
    bin=$(swift build -c release --show-bin-path)
fi
manager=${MANAGER:-$bin/manager}
client=${CLIENT:-$bin/soak-client}

pythons=()
for version in 3.8 3.9 3.10 3.11 3.12 3.13; do
    python=$(scripts/python.sh "$version") && pythons+=("$python")
done
[ ${#pythons[@]} -gt 0 ] || { echo "soak: no python here" >&2 && exit 1; }

# Each client is a descriptor of the server's, and one of its own.
ulimit -n "$(ulimit -H -n)"
exec "${pythons[-1]}" -B Soak/soak.py "$manager" "$client" "$minutes" "$clients" "${pythons[@]}"
