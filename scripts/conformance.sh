#!/usr/bin/env bash
# Runs CPython's own manager tests (of the versions found) against `manager serve`, over a Unix
# socket and over TCP. The tests come from a folder beside this clone, which is not part of it:
#   scripts/conformance.sh [FOLDER]        by default ../shared/cpython
# PYTHONS names the interpreters to use, separated by blanks; else they are looked for.
# METHODS names the start methods to use, separated by blanks; else it is fork only.
# MANAGER names the command up to where `--listen` is added; else the release build is used.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:-../shared/cpython}

# Patterns on test ids, where not all of the expect files is to be run: MATCH names them, separated
# by blanks.
read -ra patterns <<<"${MATCH:-}"

if [ ! -f "$folder/conformance.py" ]; then
    echo "conformance: no $folder/conformance.py, nothing run"
    exit 0
fi
manager=${MANAGER:-}
if [ -z "$manager" ]; then
    swift build -c release --product manager >/dev/null
    manager="$(swift build -c release --show-bin-path)/manager serve"
fi

scratch=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$scratch"
}
trap cleanup EXIT

printf 'conformance' >"$scratch/key"
# shellcheck disable=SC2086  # the command may have arguments
$manager --listen "unix://$scratch/m.sock" --listen tcp://127.0.0.1:0 \
    --authkey-file "$scratch/key" >"$scratch/ready" 2>"$scratch/log" &
server=$!
for _ in $(seq 100); do
    [ "$(grep -c '^listening on ' "$scratch/ready")" -eq 2 ] && break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
tcp=$(sed -n 's|^listening on tcp://||p' "$scratch/ready")
if [ -z "$tcp" ]; then
    echo "conformance: the server did not start" >&2
    cat "$scratch/log" >&2
    exit 1
fi

matches=()
for pattern in ${patterns[@]+"${patterns[@]}"}; do matches+=(--match "$pattern"); done

failures=0
runs=0
for version in 3.8 3.9 3.10 3.11 3.12 3.13; do
    python=$(scripts/python.sh "$version") || {
        echo "conformance: no python$version here, skipped"
        continue
    }
    for transport in unix tcp; do
        for method in ${METHODS:-fork}; do
            address=$tcp
            [ $transport = tcp ] || address=$scratch/m.sock
            runs=$((runs + 1))
            outcome=0
            timeout -k 10 900 "$python" "$folder/conformance.py" --address "$address" \
                --authkey conformance --expect "$folder/expect-$version.txt" \
                ${matches[@]+"${matches[@]}"} --start-method "$method" --timeout 60 \
                --details "$scratch/details" >"$scratch/run" 2>&1 </dev/null || outcome=$?
            echo "python$version over $transport, $method: $(tail -n 1 "$scratch/run")"
            if [ "$outcome" -ne 0 ]; then
                failures=$((failures + 1))
                grep -v '^PASS' "$scratch/run" || true
                cat "$scratch/details" 2>/dev/null || true
            fi
        done
    done
done
if ! kill -0 "$server" 2>/dev/null; then
    echo "conformance: the server died" >&2
    cat "$scratch/log" >&2
    failures=$((failures + 1))
fi
echo "conformance: $runs runs, $failures failed"
[ "$failures" -eq 0 ]
