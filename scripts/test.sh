#!/usr/bin/env bash
# Builds everything and runs the tests. Arguments go to `swift test`, as in
#   scripts/test.sh --filter PickleTests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh
# An import that Package.swift does not declare is an error, not luck.
swift build --build-tests --explicit-target-dependency-import-check error
swift test --skip-build --disable-xctest "$@"
