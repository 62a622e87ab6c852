#!/usr/bin/env bash
# Builds everything and runs the tests. Arguments go to `swift test`, as in
#   scripts/test.sh --filter PickleTests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh
# An import that Package.swift does not declare is an error, not luck.
swift build --build-tests --explicit-target-dependency-import-check error
if [ $# -gt 0 ]; then
    swift test --skip-build --disable-xctest "$@"
else
    # Those of processes by themselves, and those that run whole programs and CPython's own tests:
    # they keep all CPUs busy, and others beside them would wait for longer than their deadlines.
    swift test --skip-build --disable-xctest --filter '^ProcessesTests\.'
    swift test --skip-build --disable-xctest --filter '^(InteropTests|ExamplesTests)\.'
    swift test --skip-build --disable-xctest --skip '^(ProcessesTests|InteropTests|ExamplesTests)\.'
fi
