// Descriptors that travel over Unix sockets (SCM_RIGHTS).
#pragma once

#include <stddef.h>
#include <stdint.h>

/// Most descriptors that travel with one write (SCM_MAX_FD).
enum { MP_PASSING_LIMIT = 253 };

/// Sends bytes, at least one, and descriptors with the first of them.  `number` is at most
/// MP_PASSING_LIMIT.  Count of bytes, or -errno.
int64_t mp_passing_send(
    int32_t socket, const void *bytes, size_t count, const int32_t *descriptors, int32_t number);

/// Receives bytes, and the descriptors that came with them (closed on exec): `descriptors` has
/// room for MP_PASSING_LIMIT, `*number` is how many there are.  Reading ends where descriptors of
/// another write begin.  Count of bytes, 0 at the end, or -errno; -EMFILE when there was no room
/// for them in this process: then none is left open, and what came with them is lost.
int64_t mp_passing_receive(
    int32_t socket, void *bytes, size_t count, int32_t *descriptors, int32_t *number);

/// A second descriptor of the same, closed on exec.  Descriptor or -errno.
int32_t mp_passing_duplicate(int32_t descriptor);
