#!/usr/bin/env bash
# A queue between hosts: a server and a client on one, workers in Swift and Python on another. The hosts
# are two network namespaces where we may make some, else two loopback addresses of this one.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh" manager RemoteQueue

# Gives the hosts' names to `office` and `factory`, and the office's address to `host`.
build_hosts() {
    office=office$$ factory=factory$$
    ip netns add $office && ip netns add $factory &&
        ip link add veth$$ netns $office type veth peer name veth$$ netns $factory &&
        ip -n $office addr add 10.77.0.1/24 dev veth$$ && ip -n $office link set veth$$ up &&
        ip -n $factory addr add 10.77.0.2/24 dev veth$$ && ip -n $factory link set veth$$ up &&
        ip -n $office link set lo up
}
# Takes them down again.
strike() {
    ip netns del "$office" 2>/dev/null || true
    ip netns del "$factory" 2>/dev/null || true
}
if build_hosts 2>/dev/null; then
    in_office="ip netns exec $office" in_factory="ip netns exec $factory"
    listen=(--listen tcp://10.77.0.1:7000)
    there=tcp://10.77.0.1:7000
    echo "two hosts: network namespaces, 10.77.0.1 and 10.77.0.2"
else
    in_office= in_factory=
    listen=(--listen tcp://127.0.0.1:0 --listen tcp://127.0.0.2:0)
    echo "two hosts: 127.0.0.1 and 127.0.0.2, for no network namespaces can be made here"
fi

serve $in_office "$bin/manager" serve "${listen[@]}" --authkey-file "$key" \
    --share jobs:JoinableQueue --share results:Queue
: "${there:=$(sed -n '2s/^listening on //p' "$scratch/served")}"
start $in_factory "$bin/RemoteQueue" "$there" "$key"
start $in_factory "$python" "$here/worker.py" "$there" "$key"
timeout $limit $in_office "$python" "$here/client.py" "$address" "$key"
