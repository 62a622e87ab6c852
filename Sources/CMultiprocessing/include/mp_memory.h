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

/// Makes a file in memory that everybody finds by its name, which begins with a slash; closed on
/// exec.  Descriptor or -errno.
int32_t mp_segment_create(const char *name, int64_t size);
/// Opens one.  Descriptor or -errno.
int32_t mp_segment_open(const char *name);
/// Takes away its name.  0 or -errno.
int32_t mp_segment_unlink(const char *name);
/// Which file a descriptor is of.  0 or -errno.
int32_t mp_segment_identify(int32_t descriptor, uint64_t *device, uint64_t *inode);
/// Takes away the name of a file of which it still is the name, if no other process has that open.
/// 0, or -EAGAIN if one has, or another -errno: there is nothing to be done then.
int32_t mp_segment_remove_unused(const char *name, uint64_t device, uint64_t inode);

/// Two ends of a line on which nobody says anything; closed on exec.  0 or -errno.
int32_t mp_segment_line(int32_t ends[2]);
/// Waits until nobody has the other end any more.
void mp_segment_line_wait(int32_t line);
/// From now on this process writes nowhere, and no signal from a terminal ends it.
void mp_segment_line_serve(void);
