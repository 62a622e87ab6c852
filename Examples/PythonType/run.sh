#!/usr/bin/env bash
# A type of one's own, in Python, used from Swift.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh" PythonType

serve "$python" "$here/server.py" "$scratch/socket" "$key"
timeout $limit "$bin/PythonType" "$address" "$key"
