#!/usr/bin/env bash
# Takes into Fuzz/Corpus what fuzzing has found since, and throws out what is of no more use: the
# fewest short inputs that reach all that is reached.
#   scripts/corpus.sh [TARGET…]      by default all targets that scripts/fuzz.sh has run
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scratch=.build-fuzz
fuzz=$scratch/release/Fuzz
[ -x "$fuzz" ] || { echo "corpus: run scripts/fuzz.sh first" >&2 && exit 1; }
targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <("$fuzz" --list)

# Most bytes of an input, and most inputs of a target that are kept.
longest=1024
most=120

export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0
for target in "${targets[@]}"; do
    found=$scratch/corpus/$target
    [ -d "$found" ] || continue
    kept=Fuzz/Corpus/$target
    merged=$(mktemp -d)
    mkdir -p "$kept"
    nice "$fuzz" --target="$target" -set_cover_merge=1 -max_len=$longest -timeout=10 \
        "$merged" "$kept" "$found" >"$scratch/$target.merge.log" 2>&1 </dev/null
    # Crashes that were mended stay, whatever they reach.
    find "$kept" -name '*.bin' -not -name 'crash-*' -delete
    # Of too many the shortest: the rest comes again by itself.
    find "$merged" -type f -printf '%s %f\n' | sort -n | head -n $most | while read -r _ name; do
        mv "$merged/$name" "$kept/${name:0:12}.bin"
    done
    rm -rf "$merged"
    echo "corpus $target: $(find "$kept" -type f | wc -l) inputs," \
        "$(du -sb "$kept" | cut -f 1) bytes"
done
