// Who is at the other end of a socket.
#pragma once

#include <errno.h>
#include <stdint.h>

/// A pidfd of the process that connected a Unix socket: readable once that has ended; closed on
/// exec.  -ESRCH when it has ended, or another -errno.
int32_t mp_peer_descriptor(int32_t socket, int32_t process);

/// Whether a signal has ended the process of a pidfd that is readable: 1 or 0, or -ENODATA where
/// the system does not tell.
int32_t mp_peer_was_killed(int32_t descriptor, int32_t process);

/// The address of a TCP socket's peer, without its port: 4 or 16 bytes.  Their count, or -errno.
int32_t mp_peer_host(int32_t socket, uint8_t host[16]);
