// A second process of this program: how it is started, and how it finds out what it is.
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

static const int32_t MP_SIGKILL = SIGKILL;

/// How a child ended.
typedef struct {
    bool by_signal;
    /// The exit status, or the signal's number.
    int32_t value;
} mp_child_end;

/// Starts this program once more; there `mp_child_main` runs in the place of `main`.
/// Of all descriptors it has standard output, standard error, and its end of a pair of stream
/// sockets (blocking); the other end is `*link` (non-blocking, closed on exec).  `*watch` becomes
/// readable when it ends (a pidfd).
/// Process id or -errno; -ENOTSUP where this code is no part of the program, but of a library.
int32_t mp_child_start(int32_t *link, int32_t *watch);
/// Takes leave of a child of ours that has ended.  1, 0 if it has not, or -errno.
int32_t mp_child_reap(int32_t process, mp_child_end *end);
/// kill(2).  0 or -errno.
int32_t mp_child_signal(int32_t process, int32_t signal);
/// From now on the end of the other end of a socket, which otherwise says nothing, is a signal for
/// this process; so it is if it has ended before.  0 or -errno.
int32_t mp_child_signal_at_end(int32_t link, int32_t signal);
/// Ends this process as `exit` does.
void mp_exit(int32_t status) __attribute__((noreturn));
/// Does for ever what is asked of the main queue; on the main thread.
void mp_serve_main_queue(void) __attribute__((noreturn));
/// What a child does, told by its parent through `link`; must not return.  Nothing else calls it.
__attribute__((weak)) void mp_child_main(int32_t link);
