#!/usr/bin/env bash
# Candidates in Swift and in Python: who has the lock is the leader.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh" manager Leader

serve "$bin/manager" serve --listen "$socket" --authkey-file "$key" \
    --share leadership:Lock --share journal:list
candidates=()
for name in Ada Grace; do
    start "$bin/Leader" "$address" "$key" $name && candidates+=("$started")
done
for name in Alan Edsger; do
    start "$python" "$here/candidate.py" "$address" "$key" $name && candidates+=("$started")
done
for candidate in "${candidates[@]}"; do wait "$candidate"; done
timeout $limit "$python" "$here/candidate.py" "$address" "$key"
