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

/// Starts this program once more, or another one that this code is part of; there `mp_child_main`
/// runs in the place of `main`, or a fork server.  `executable` is NULL for this program.
/// Of all descriptors it has standard output, standard error, and its end of a pair of stream
/// sockets (blocking); the other end is `*link` (non-blocking, closed on exec).  `*watch` becomes
/// readable when it ends (a pidfd).
/// Process id or -errno; -ENOTSUP where this code is no part of the program, but of a library.
int32_t mp_child_start(
    const char *executable, bool is_server, int32_t *link, int32_t *watch);
/// Forks this process; in the child, whose only thread is a new one, `mp_child_main` runs.  Its
/// descriptors are as those of `mp_child_start`, and so are `*link` and `*watch`.
/// Process id or -errno.
int32_t mp_child_fork(int32_t *link, int32_t *watch);
/// What a child does is about to begin: from now on a copy may outlive its parent.
void mp_child_begins(void);
/// Was this process made by `mp_child_fork`?
bool mp_child_is_forked(void);
/// Asks a fork server for a child of this process.  The child's line is `*link`, as that of
/// `mp_child_start`; the first that comes through it is the child's process id, or -errno, as an
/// int32_t, or its end where the server has ended.
/// 0 or -errno; -EAGAIN when the server has more to do than it can be told.
int32_t mp_fork_server_request(int32_t server, int32_t *link);
/// A pidfd of a child of ours, closed on exec; where there is none the child is ended.
/// Descriptor or -errno.
int32_t mp_child_watch(int32_t process);
/// Takes leave of a child of ours that has ended.  1, 0 if it has not, or -errno.
int32_t mp_child_reap(int32_t process, mp_child_end *end);
/// How much a process has worked so far, in ticks of the system's clock, or -ESRCH; `*rests` is
/// whether it sleeps at this moment until something happens, and not for a disk.
int64_t mp_child_effort(int32_t process, bool *rests);
/// Waits until a child of ours has ended, and leaves it to be reaped.
void mp_child_wait(int32_t process);
/// A signal's name without its beginning, `TERM`; NULL for none.
const char *mp_signal_name(int32_t signal);
/// kill(2).  0 or -errno.
int32_t mp_child_signal(int32_t process, int32_t signal);
/// From now on the end of the other end of a socket, which otherwise says nothing, is a signal for
/// this process; so it is if it has ended before.  0 or -errno.
int32_t mp_child_signal_at_end(int32_t link, int32_t signal);
/// Has something done, once and before what was asked for earlier, when this process ends by
/// `exit`, by the end of `main` or by `mp_exit`; NULL for nothing at all any more.  A forked
/// process begins with nothing.  There is room for eight.
void mp_at_exit(void (*body)(void));
/// Ends this process as `exit` does; a forked one by `_exit`, after its output has gone.
void mp_exit(int32_t status) __attribute__((noreturn));
/// Does for ever what is asked of the main queue; on the main thread.
void mp_serve_main_queue(void) __attribute__((noreturn));
/// What a child does, told by its parent through `link`; must not return.  Nothing else calls it.
__attribute__((weak)) void mp_child_main(int32_t link);
/// What a fork server does before its first child, told through `link`, which stays the caller's:
/// 0 or -errno.  Nothing else calls it.
__attribute__((weak)) int32_t mp_fork_server_prepare(int32_t link);
