#!/usr/bin/env bash
# Measures the server against CPython's, Redis and the C floor, and what a Swift client gets of it;
# prints the tables, and writes them and the plots into docs/PERFORMANCE.md.
#   scripts/bench.sh                     all of it: about 40 minutes; let nothing else run
#   scripts/bench.sh --only clients      a part: table, clients, tls, curves or local; again for more
#   scripts/bench.sh --rounds 3          fewer rounds than is usual
#   scripts/bench.sh --quick             whether it works, in 4 minutes; the document stays as it is
# The yardstick is ../shared/perf, or the folder that YARDSTICK names. Results are kept in
# .build/bench; PYTHONS may name the interpreters (scripts/python.sh).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

parts=()
quick=()
rounds=()
while [ $# -gt 0 ]; do
    case $1 in
    --quick) quick=(--quick) ;;
    --only) parts+=("${2:?--only table, clients, tls, curves or local}") && shift ;;
    --rounds) rounds=(--rounds "${2:?--rounds NUMBER}") && shift ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" && exit 2 ;;
    esac
    shift
done
[ ${#parts[@]} -gt 0 ] || parts=(table clients tls curves local)

[ "${parts[*]}" = local ] || scripts/setup.sh redis-server
pythons=()
for version in 3.13 3.11; do
    if python=$(scripts/python.sh "$version"); then pythons+=("$python"); fi
done
[ ${#pythons[@]} -gt 0 ] || pythons=(python3)
programs=$(swift build -c release --show-bin-path)
manager=$programs/manager
[ "${parts[*]}" = local ] || swift build -c release --product manager

results=.build/bench
[ ${#quick[@]} -eq 0 ] || results=.build/bench-quick
mkdir -p "$results"
status=0
for part in "${parts[@]}"; do
    rm -f "$results/$part.json"
    case $part in
    table)
        yardstick=("${YARDSTICK:-../shared/perf}/yardstick.py" --manager "$manager serve")
        for python in "${pythons[@]}"; do yardstick+=(--python "$python"); done
        python3 -B "${yardstick[@]}" "${quick[@]}" "${rounds[@]}" \
            --json "$results/table.json" >"$results/table.md" || status=1
        ;;
    clients | tls | curves)
        python3 -B "scripts/bench/$part.py" --manager "$manager" --python "${pythons[0]}" \
            "${quick[@]}" "${rounds[@]}" --json "$results/$part.json" || status=1
        ;;
    local)
        swift build -c release --product LocalHalf
        python3 -B scripts/bench/local.py --ours "$programs/LocalHalf" \
            --python "${pythons[0]}" "${quick[@]}" "${rounds[@]}" \
            --json "$results/local.json" || status=1
        ;;
    *)
        echo "bench: there is no part $part" >&2
        exit 2
        ;;
    esac
done

# Only what was measured now is written.
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
for part in "${parts[@]}"; do
    [ ! -e "$results/$part.json" ] || cp "$results/$part.json" "$fresh"
done
document=docs/PERFORMANCE.md
if [ ${#quick[@]} -gt 0 ]; then
    cp "$document" "$results"
    document=$results/PERFORMANCE.md
fi
python3 -B scripts/bench/report.py "$fresh" "$document"
echo "bench: written to $document"
exit $status
