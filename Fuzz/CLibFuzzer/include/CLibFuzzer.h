// What libFuzzer offers to a custom mutator.
// Source: compiler-rt/include/fuzzer/FuzzerInterface.h of LLVM.
#ifndef CLIBFUZZER_H
#define CLIBFUZZER_H

#include <stddef.h>
#include <stdint.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

#endif
