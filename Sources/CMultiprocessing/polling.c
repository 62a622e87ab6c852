#define _GNU_SOURCE
#include "mp_polling.h"
#include <limits.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>

// Kernels before 5.11 lack epoll_pwait2; the first refusal is remembered.
static atomic_bool lacks_nanoseconds;

static int wait_in_milliseconds(
    int poll, struct epoll_event *events, int capacity, int64_t nanoseconds
) {
    int64_t milliseconds = nanoseconds / 1000000 + (nanoseconds % 1000000 != 0);
    int timeout = nanoseconds < 0 ? -1 : milliseconds > INT_MAX ? INT_MAX : (int)milliseconds;
    return (int)syscall(SYS_epoll_pwait, poll, events, capacity, timeout, NULL, 0);
}

int32_t mp_poll_wait(int32_t poll, mp_event *events, int32_t capacity, int64_t nanoseconds) {
    int count = -1;
    // Zero and "for ever" need no nanoseconds, and epoll_pwait is the shorter way.
    if (nanoseconds > 0 && !atomic_load_explicit(&lacks_nanoseconds, memory_order_relaxed)) {
        struct timespec timeout = {
            .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000,
        };
        count = (int)syscall(SYS_epoll_pwait2, poll, events, capacity, &timeout, NULL, 0);
        if (count < 0 && errno == ENOSYS) {
            atomic_store_explicit(&lacks_nanoseconds, true, memory_order_relaxed);
            count = wait_in_milliseconds(poll, events, capacity, nanoseconds);
        }
    } else {
        count = wait_in_milliseconds(poll, events, capacity, nanoseconds);
    }
    if (count >= 0) return count;
    return errno == EINTR ? 0 : -errno;
}

int32_t mp_wait_writable(int32_t descriptor) {
    struct pollfd watched = { .fd = descriptor, .events = POLLOUT };
    for (;;) {
        if (ppoll(&watched, 1, NULL, NULL) >= 0) return 0;
        if (errno != EINTR) return -errno;
    }
}

int32_t mp_wait_readable(int32_t descriptor, int64_t nanoseconds) {
    struct pollfd watched = { .fd = descriptor, .events = POLLIN };
    struct timespec timeout = {
        .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000,
    };
    for (;;) {
        // A signal starts the time anew: these are limits, not appointments.
        int count = ppoll(&watched, 1, nanoseconds < 0 ? NULL : &timeout, NULL);
        if (count >= 0) return count;
        if (errno != EINTR) return -errno;
    }
}
