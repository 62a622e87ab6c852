#!/usr/bin/env bash
# Runs the tests of the layers that strangers' bytes reach under one of the toolchain's sanitizers:
#   scripts/sanitize.sh [KIND [FILTER]]      address (by default) or undefined
# Each kind has a build of its own in .build-KIND. Not the thread sanitizer: it does not see what
# Swift's Mutex orders, whose part of the runtime is not made for it, and reports all that one guards.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

kind=${1:-address}
case $kind in
address | undefined) ;;
*)
    echo "sanitize: address or undefined, not $kind" >&2
    exit 2
    ;;
esac
filter=${2:-PickleTests|HostedObjectsTests|ConnectionsTests}

export SWIFT_BACKTRACE=enable=no
# Processes that end at once, and tasks that the pool keeps, are no leaks.
export ASAN_OPTIONS=detect_leaks=0
export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
build=(--scratch-path ".build-$kind" --sanitize "$kind")
nice swift build --build-tests "${build[@]}"
nice swift test --skip-build --disable-xctest "${build[@]}" --filter "$filter"
echo "sanitize: $kind has found nothing in $filter"
