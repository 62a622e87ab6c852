#!/usr/bin/env bash
# The first examples of CPython's page on multiprocessing, by each start method that is named.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh" Tour

for method in ${METHODS:-spawn}; do
    # Line by line: what this program says and what its children say is to stand in order.
    timeout $limit stdbuf -oL "$bin/Tour" "$method"
done
