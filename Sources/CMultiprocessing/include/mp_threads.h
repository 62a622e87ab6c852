// Threads of our own, and the clock.
#pragma once

#include <sched.h>
#include <stdint.h>
#include <time.h>

/// Starts a detached thread.  `name` is cut to 15 bytes.  0 or -errno (then `body` never runs).
int32_t mp_thread_start(const char *name, void (*body)(void *), void *context);

/// CLOCK_MONOTONIC in nanoseconds.
static inline int64_t mp_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// CLOCK_REALTIME in nanoseconds since 1970.
static inline int64_t mp_realtime_nanoseconds(void) {
    struct timespec now;
    // CLOCK: where tokens begin; see WallClock.
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/// Tells the processor that this thread only waits for another one's next write.
static inline void mp_thread_pause(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

/// Lets another thread run on this processor, if one is ready.
static inline void mp_thread_yield(void) { sched_yield(); }

/// Puts this thread to sleep; a signal may end it early.
static inline void mp_sleep_nanoseconds(int64_t nanoseconds) {
    struct timespec time = {
        .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000,
    };
    nanosleep(&time, NULL);
}
