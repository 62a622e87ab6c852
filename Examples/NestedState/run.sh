#!/usr/bin/env bash
# A dict of lists of dicts, shared by Swift and Python at every level.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh" manager NestedState

serve "$bin/manager" serve --listen "$socket" --authkey-file "$key" --share house:dict
timeout $limit "$python" "$here/house.py" "$address" "$key" build
timeout $limit "$bin/NestedState" "$address" "$key"
timeout $limit "$python" "$here/house.py" "$address" "$key" show
