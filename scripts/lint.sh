#!/usr/bin/env bash
# Checks the form of the sources: Swift by `swift format`, Python by its compiler, shell by bash.
# To mend the form of the Swift sources: swift format format -i -r Package.swift Sources Tests …
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

swift_sources=()
for path in Package.swift Sources Tests Examples Fuzz Benchmarks; do
    [ -e "$path" ] && swift_sources+=("$path")
done
swift format lint --strict --parallel --recursive "${swift_sources[@]}"

find . -name '*.py' -not -path '*/.build*' -print0 |
    PYTHONDONTWRITEBYTECODE=1 xargs -0 -r python3 -c '
import sys
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        compile(file.read(), path, "exec")
'
for script in scripts/*.sh certs/*.sh Examples/*.sh Examples/*/*.sh .ci/run; do
    bash -n "$script"
done
echo "lint: clean"
