#!/usr/bin/env bash
# A type of one's own, in Swift, used from stock Python.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh" SwiftType

serve "$bin/SwiftType" "$socket" "$key"
timeout $limit "$python" "$here/client.py" "$address" "$key"
