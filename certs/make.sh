#!/usr/bin/env bash
# Makes the certificates that tests use, anew, into this folder: see README.md.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
hosts=DNS:localhost,IP:127.0.0.1,IP:::1
begin=20200101000000Z
end=20460101000000Z
over=20210101000000Z

touch "$scratch/index"
cat >"$scratch/config" <<CONFIG
[ca]
default_ca = authority
[authority]
database = $scratch/index
new_certs_dir = $scratch
default_md = sha256
policy = names
unique_subject = no
rand_serial = yes
[names]
commonName = supplied
CONFIG

# A key, and a request in its name: request NAME KEYFILE
request() {
    openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$2" 2>/dev/null
    openssl req -new -key "$2" -subj "/CN=test $1" -out "$scratch/request"
}

# Signs that: sign NAME END EXTENSION… -- OPTION…
sign() {
    local name=$1 until=$2
    shift 2
    : >"$scratch/extensions"
    while [ "$1" != -- ]; do echo "$1" >>"$scratch/extensions" && shift; done
    shift
    openssl ca -batch -notext -config "$scratch/config" -in "$scratch/request" -out "$name.pem" \
        -startdate $begin -enddate "$until" -extfile "$scratch/extensions" "$@" 2>/dev/null
}

# An authority, whose key is forgotten when this script ends: authority NAME
authority() {
    request "$1" "$scratch/$1.key"
    sign "$1" $end "basicConstraints=critical,CA:TRUE" "keyUsage=critical,keyCertSign" \
        "subjectKeyIdentifier=hash" -- -selfsign -keyfile "$scratch/$1.key"
}

# A certificate and its key: issue NAME AUTHORITY END serverAuth|clientAuth NAMES
issue() {
    request "$1" "$1.key"
    sign "$1" "$3" "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
        "extendedKeyUsage=$4" "subjectAltName=$5" "authorityKeyIdentifier=keyid" \
        -- -cert "$2.pem" -keyfile "$scratch/$2.key"
}

authority ca
authority other-ca
issue server ca $end serverAuth "$hosts"
issue server-expired ca $over serverAuth "$hosts"
issue server-wrong-name ca $end serverAuth DNS:nobody.example
issue server-other-ca other-ca $end serverAuth "$hosts"
issue client ca $end clientAuth DNS:worker.example,URI:spiffe://example/worker
issue client-expired ca $over clientAuth DNS:worker.example
issue client-other-ca other-ca $end clientAuth DNS:worker.example
# All may read them: git keeps no more of permissions anyway.
chmod 644 ./*.pem ./*.key
