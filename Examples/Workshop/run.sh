#!/usr/bin/env bash
# Four small programs that put processes to work, by each start method that is named.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh" Workshop

for method in ${METHODS:-spawn}; do
    for program in files pingpong sharedsum pipeline; do
        timeout $limit "$bin/Workshop" "$program" "$method" "$root/Sources/Processes"
    done
done
