#!/usr/bin/env bash
# Fuzzes the decoders and the core with libFuzzer, every read checked by AddressSanitizer:
#   scripts/fuzz.sh SECONDS [TARGET…]      by default all targets, an equal share of the time each
# What makes a target fail is kept in Fuzz/crashes; Fuzz/README.md tells how to run it again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=${1:?usage: scripts/fuzz.sh SECONDS [TARGET…]}
shift

# The sanitizers come twice: SwiftPM hands the linker both, but the compiler only one.
# `muldefs` lets libFuzzer's main take the place of ours.
scratch=.build-fuzz
build=(nice swift build -c release --scratch-path $scratch --sanitize address --sanitize fuzzer
    -Xswiftc -sanitize=address,fuzzer -Xlinker -z -Xlinker muldefs --product Fuzz)
"${build[@]}"
fuzz=$("${build[@]}" --show-bin-path)/Fuzz

targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <("$fuzz" --list)
share=$(((seconds + ${#targets[@]} - 1) / ${#targets[@]}))

# A trap is for libFuzzer to report; Swift's own backtracer would hold the process.
export SWIFT_BACKTRACE=enable=no
export ASAN_OPTIONS=detect_leaks=1:allocator_may_return_null=0:malloc_context_size=4
mkdir -p Fuzz/crashes
status=0
total=0
for target in "${targets[@]}"; do
    corpus=$scratch/corpus/$target
    kept=Fuzz/Corpus/$target
    if [ ! -d "$corpus" ]; then
        mkdir -p "$corpus"
        ASAN_OPTIONS=detect_leaks=0 "$fuzz" --target="$target" --seeds="$corpus" Tests/PickleTests/Golden/*.jsonl
    fi
    [ -d "$kept" ] || kept=
    log=$scratch/$target.log
    outcome=0
    # An input is slow above 10 s, and large above 1 GiB of memory in all, or 256 MiB in one piece.
    nice "$fuzz" --target="$target" "$corpus" ${kept:+"$kept"} \
        -artifact_prefix="Fuzz/crashes/$target-" \
        -max_total_time="$share" -max_len=8192 -timeout=10 -rss_limit_mb=1024 \
        -malloc_limit_mb=256 -print_final_stats=1 >"$log" 2>&1 </dev/null || outcome=$?
    stat() { sed -n "s/^stat::$1: *//p" "$log"; }
    if [ "$outcome" -eq 0 ]; then
        total=$((total + $(stat number_of_executed_units)))
        echo "fuzz $target: $(stat number_of_executed_units) executions," \
            "$(stat average_exec_per_sec) a second, $(stat peak_rss_mb) MiB," \
            "$(sed -n 's/^INFO: Seed: /seed /p' "$log")"
    else
        status=1
        echo "fuzz $target: FAILED"
        grep -aE 'FINDING|Fatal error|ERROR:|SUMMARY:|Test unit written' "$log" || tail -n 20 "$log"
    fi
done
echo "fuzz: $total executions in all"
exit $status
