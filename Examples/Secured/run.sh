#!/usr/bin/env bash
# A server that speaks TLS and wants to know who its clients are, an authority made for it, and stock
# Python clients with and without a certificate.
source "$(dirname "${BASH_SOURCE[0]}")/../stage.sh" manager

certs() { "$bin/manager" certs "$@" --directory "$scratch" >"$scratch/made"; }
certs init --name "the house"
certs issue server
certs issue client --name worker-7

serve "$bin/manager" serve --listen tls://127.0.0.1:0 --authkey-file "$key" --share jobs:Queue \
    --tls-certificate "$scratch/server.pem" --tls-key "$scratch/server.key" \
    --tls-client-ca "$scratch/ca.pem" --tls-require-client-certificate 2>"$scratch/log"

export PYTHONPATH=$here
echo "worker-7:"
timeout $limit "$python" "$here/client.py" "$address" "$key" "$scratch" worker-7
echo "nobody:"
timeout $limit "$python" "$here/client.py" "$address" "$key" "$scratch"
