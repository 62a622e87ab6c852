# What the examples' run.sh have in common, to be sourced with the products that are needed.
#   PYTHON is the interpreter, python3 by default; EXAMPLES_BIN where the products are built already.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
here=$(cd "$(dirname "${BASH_SOURCE[1]}")" && pwd)
python=${PYTHON:-python3}
# No example takes as long as this, in seconds.
limit=60

# Not $TMPDIR: the name of a Unix socket may have 107 bytes only.
scratch=$(mktemp -d /tmp/example.XXXXXX)
cleanup() {
    trap '' INT TERM
    for pid in $(jobs -pr); do kill "$pid" 2>/dev/null || true; done
    wait
    ! declare -F strike >/dev/null || strike
    rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

if [ -n "${EXAMPLES_BIN:-}" ]; then
    bin=$EXAMPLES_BIN
else
    for product in "$@"; do
        echo "building $product (the first time takes minutes)"
        swift build --package-path "$root" --product "$product" >"$scratch/build" 2>&1 ||
            { cat "$scratch/build" && exit 1; }
    done
    bin=$(swift build --package-path "$root" --show-bin-path)
fi

key=$scratch/key
socket=unix://$scratch/socket
# Before anything is written into it, nobody else may read it.
(umask 077 && head -c 32 /dev/urandom >"$key")

# Starts a program in the background, which is ended with the example.
start() {
    timeout -k 5 $limit "$@" </dev/null &
    started=$!
}

# The same for a server, and waits until it listens. Leaves its address in `address`.
serve() {
    start "$@" >"$scratch/served"
    until grep -q '^listening on ' "$scratch/served"; do
        kill -0 "$started" 2>/dev/null || { echo "the server did not start" && exit 1; }
        sleep 0.05
    done
    address=$(sed -n '1s/^listening on //p' "$scratch/served")
}
