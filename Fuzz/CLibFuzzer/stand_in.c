// Stands in for libFuzzer in builds without `--sanitize fuzzer`; libFuzzer's own function wins
// where it is there.
#include "CLibFuzzer.h"

__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size) {
    (void)data, (void)max_size;
    return size;
}
