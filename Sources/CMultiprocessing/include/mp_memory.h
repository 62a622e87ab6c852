// Memory that processes share.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// A nameless file in memory, of zeros, whose size nobody can change; closed on exec.  Descriptor
/// or -errno.
int32_t mp_memory_create(const char *name, int64_t size);
/// The size of a file whose size nobody can change, or -errno; -EINVAL for any other.
int64_t mp_memory_sealed_size(int32_t descriptor);
/// The size of a file, or -errno.
int64_t mp_memory_size(int32_t descriptor);
/// Maps the beginning of a file, shared.  0 or -errno.
int32_t mp_memory_map(int32_t descriptor, size_t size, void **address);
void mp_memory_unmap(void *address, size_t size);
