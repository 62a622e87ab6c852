#!/usr/bin/env bash
# Prints the path of a CPython of the version asked for (as `3.12`), or fails.
# It looks at PYTHONS (paths separated by blanks), then pyenv's versions, then PATH.
set -euo pipefail
version=$1

fits() {
    [ -x "$1" ] && "$1" -c "
import sys
sys.exit(sys.implementation.name != 'cpython' or '%d.%d' % sys.version_info[:2] != '$version')
" 2>/dev/null
}

for python in ${PYTHONS:-} \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/"$version"*/bin/python \
    "$(command -v "python$version" || true)" "$(command -v python3 || true)"; do
    if fits "$python"; then
        echo "$python"
        exit 0
    fi
done
exit 1
