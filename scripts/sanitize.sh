#!/usr/bin/env bash
# Runs the tests of the layers that strangers' bytes reach under one of the toolchain's sanitizers:
#   scripts/sanitize.sh [KIND [FILTER]]      address (by default), thread or undefined
# Each kind has a build of its own in .build-KIND.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=${1:-address}
case $kind in
address | thread | undefined) ;;
*)
    echo "sanitize: address, thread or undefined, not $kind" >&2
    exit 2
    ;;
esac
filter=${2:-PickleTests|HostedObjectsTests|ConnectionsTests}

export SWIFT_BACKTRACE=enable=no
# Processes that end at once, and tasks that the pool keeps, are no leaks.
export ASAN_OPTIONS=detect_leaks=0
export TSAN_OPTIONS="halt_on_error=0 exitcode=66 suppressions=$PWD/scripts/thread-suppressions.txt"
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
build=(--scratch-path ".build-$kind" --sanitize "$kind")
nice swift build --build-tests "${build[@]}"
nice swift test --skip-build --disable-xctest "${build[@]}" --filter "$filter"
echo "sanitize: $kind has found nothing in $filter"
