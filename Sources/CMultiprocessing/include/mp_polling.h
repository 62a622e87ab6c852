// epoll and eventfd.
#pragma once

#include <errno.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

typedef struct epoll_event mp_event;

static const uint32_t MP_READABLE = EPOLLIN;
static const uint32_t MP_WRITABLE = EPOLLOUT;
static const uint32_t MP_PEER_CLOSED = EPOLLRDHUP;
static const uint32_t MP_ONCE = EPOLLET;
static const uint32_t MP_HUNG_UP = EPOLLHUP;
static const uint32_t MP_FAILED = EPOLLERR;

static inline int32_t mp_poll_create(void) {
    int descriptor = epoll_create1(EPOLL_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

static inline int32_t mp_poll_control(
    int32_t poll, int32_t operation, int32_t descriptor, uint64_t token, uint32_t interest
) {
    struct epoll_event event = { .events = interest, .data = { .u64 = token } };
    return epoll_ctl(poll, operation, descriptor, &event) < 0 ? -errno : 0;
}

static inline int32_t mp_poll_add(int32_t poll, int32_t fd, uint64_t token, uint32_t interest) {
    return mp_poll_control(poll, EPOLL_CTL_ADD, fd, token, interest);
}

static inline int32_t mp_poll_modify(int32_t poll, int32_t fd, uint64_t token, uint32_t interest) {
    return mp_poll_control(poll, EPOLL_CTL_MOD, fd, token, interest);
}

static inline int32_t mp_poll_remove(int32_t poll, int32_t fd) {
    return mp_poll_control(poll, EPOLL_CTL_DEL, fd, 0, 0);
}

/// Waits for events; nanoseconds < 0 waits for ever.  Count (0 too when interrupted), or -errno.
int32_t mp_poll_wait(int32_t poll, mp_event *events, int32_t capacity, int64_t nanoseconds);

// struct epoll_event is packed on x86: its layout is left to C.
static inline uint64_t mp_event_token(const mp_event *events, int32_t index) {
    return events[index].data.u64;
}

static inline uint32_t mp_event_ready(const mp_event *events, int32_t index) {
    return events[index].events;
}

/// An eventfd, non-blocking and closed on exec.  Descriptor or -errno.
static inline int32_t mp_bell_create(void) {
    int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return descriptor < 0 ? -errno : descriptor;
}

static inline void mp_bell_ring(int32_t bell) {
    uint64_t one = 1;
    while (write(bell, &one, sizeof one) < 0 && errno == EINTR) {}
}

static inline void mp_bell_silence(int32_t bell) {
    uint64_t count;
    while (read(bell, &count, sizeof count) < 0 && errno == EINTR) {}
}

/// Waits until a descriptor is readable, without epoll.  1, 0 when the time is over, or -errno;
/// nanoseconds < 0 waits for ever.
int32_t mp_wait_readable(int32_t descriptor, int64_t nanoseconds);
/// Waits until there is room to write, or the other end is gone.  0 or -errno.
int32_t mp_wait_writable(int32_t descriptor);
