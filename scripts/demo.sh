#!/usr/bin/env bash
# The main job: processes in Swift and in stock Python index the words of files together. One
# `manager serve` holds the queue of files, the index and the lock. Then the result is shown and
# compared with what one process alone finds. See Examples/WordIndex.
#   scripts/demo.sh [FILE or FOLDER]...        by default the docs and sources of this repository
# DEMO_LIMIT is how many seconds the work may take, 600 by default.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work_limit=${DEMO_LIMIT:-600}
# What only serves the work is not to end before it.
server_limit=$((work_limit + 30))
build_limit=3600

# Not $TMPDIR: the name of a Unix socket may have 107 bytes only.
scratch=$(mktemp -d /tmp/word-index.XXXXXX)
cleanup() {
    trap '' INT TERM
    for pid in $(jobs -pr); do kill "$pid" 2>/dev/null || true; done
    wait
    rm -rf "$scratch"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Runs a command in the background. `timeout` ends it and all that it started when the time is over, or
# when it is told to end itself.
start() {
    local limit=$1
    shift
    timeout -k 5 "$limit" "$@" </dev/null &
}

fail() {
    echo "demo: $1" >&2
    for log in "$scratch"/*.log; do
        [ ! -s "$log" ] || { echo "-- $(basename "$log" .log):" && tail -n 30 "$log"; } >&2
    done
    exit 1
}

build() {
    echo "building $1 (release; the first time takes minutes)"
    start $build_limit swift build --package-path "$root" -c release --product "$1" \
        >"$scratch/build.log" 2>&1
    local build=$!
    while kill -0 $build 2>/dev/null; do
        [ ! -t 1 ] || printf '\r\033[K%.78s' "$(tail -n 1 "$scratch/build.log")"
        sleep 0.2
    done
    [ ! -t 1 ] || printf '\r\033[K'
    wait $build || fail "$1 does not build"
    rm "$scratch/build.log"
}

# Files are named relative to where the user is, with no path that looks like an option.
if [ $# -gt 0 ]; then
    find "${@/#-/./-}" -type f -print0 >"$scratch/files" || fail "cannot find all of these"
else
    cd "$root"
    find README.md docs Sources Tests Examples scripts -type f \
        '(' -name '*.md' -o -name '*.swift' -o -name '*.[ch]' -o -name '*.py' -o -name '*.sh' ')' \
        -print0 2>/dev/null >"$scratch/files" || true
fi
mapfile -d '' -t files < <(LC_ALL=C sort -zu "$scratch/files")
[ ${#files[@]} -gt 0 ] || fail "no files"

"$root/scripts/setup.sh" || echo "demo: goes on with what there is"
build manager
build word-index
bin=$(swift build --package-path "$root" -c release --show-bin-path)

(umask 077 && "$bin/manager" keygen >"$scratch/key")
start $server_limit "$bin/manager" serve --authkey-file "$scratch/key" \
    --listen tcp://127.0.0.1:0 --listen "unix://$scratch/socket" \
    --share jobs:JoinableQueue --share index:dict --share lock:Lock --share tallies:dict \
    >"$scratch/ready" 2>"$scratch/server.log"
server=$!
until [ "$(grep -c '^listening on ' "$scratch/ready")" -eq 2 ]; do
    kill -0 $server 2>/dev/null || fail "the server did not start"
    sleep 0.05
done
sed 's/^/server: /' "$scratch/ready"
tcp=$(sed -n 's/^listening on \(tcp:.*\)/\1/p' "$scratch/ready")
unix=$(sed -n 's/^listening on \(unix:.*\)/\1/p' "$scratch/ready")

workers=()
work() {
    local name=$1
    shift
    start $server_limit "$@" 2>"$scratch/$name.log"
    workers+=($!)
}
swift_worker() {
    work "$1" "$bin/word-index" work --address "$2" --authkey-file "$scratch/key" --name "$1"
}
python_worker() {
    work "$1" python3 "$root/Examples/WordIndex/worker.py" "$2" "$scratch/key" "$1"
}
swift_worker swift-by-tcp "$tcp"
swift_worker swift-by-unix "$unix"
if python3 -c 'import multiprocessing.managers' 2>/dev/null; then
    python_worker python-by-tcp "$tcp"
    python_worker python-by-unix "$unix"
else
    echo "demo: no python3 here, so all workers are in Swift"
fi
echo "workers: ${#workers[@]}; files: ${#files[@]}"

start "$work_limit" "$bin/word-index" run --address "$unix" --authkey-file "$scratch/key" \
    --workers ${#workers[@]} -- "${files[@]}"
coordinator=$!
while kill -0 $coordinator 2>/dev/null; do
    for worker in "${workers[@]}"; do
        # The file that a worker had taken is lost with it, and with that the hope of an end.
        kill -0 "$worker" 2>/dev/null || wait "$worker" || fail "a worker failed"
    done
    sleep 0.1
done
outcome=0
wait $coordinator || outcome=$?
[ $outcome -ne 124 ] || fail "not done within the limit of $work_limit s"
[ $outcome -eq 0 ] || fail "the work failed"
for worker in "${workers[@]}"; do
    wait "$worker" || fail "a worker failed"
done
