// Waiting for words in shared memory (futexes), and who has changed them.
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/// Most words that `mp_futex_wait_any` waits for: FUTEX_WAITV_MAX.
enum { MP_FUTEX_LIMIT = 128 };

/// A word, and what it is while it is waited for.
typedef struct {
    uintptr_t address;
    uint32_t expected;
} mp_futex_word;

/// Waits while the word has the expected value, until it is woken, at the latest until the deadline
/// (CLOCK_MONOTONIC, nanoseconds).  It may return early.  0 or -errno.
int32_t mp_futex_wait(const void *address, uint32_t expected, int64_t deadline);
/// The same for several words at once, at most MP_FUTEX_LIMIT.  The place of one that was woken, or
/// -errno: -EAGAIN when one is not as expected, -ETIMEDOUT when the time is over.
/// Before Linux 5.16 it waits for the first one, a millisecond at a time.
int32_t mp_futex_wait_any(const mp_futex_word *words, int32_t count, int64_t deadline);
/// Wakes so many who wait for the word.  Count or -errno.
int32_t mp_futex_wake(const void *address, int32_t count);

/// A name of this process that no other of this host has had, and that can be looked up:
///
///   bits 0…1 zero · 2…31 process id · 32…63 when it started, in ticks since the system did
uint64_t mp_identity_make(void);
/// The name of another process, which has not been taken leave of.
uint64_t mp_identity_of(int32_t process);
/// What `mp_identity_make` has made; 0 before, and in a child that was forked since.
extern _Atomic uint64_t mp_identity_cache;

/// The name of this process.
static inline uint64_t mp_identity(void) {
    uint64_t known = atomic_load_explicit(&mp_identity_cache, memory_order_relaxed);
    return __builtin_expect(known != 0, 1) ? known : mp_identity_make();
}

/// What `mp_generation` gives, 0 before anybody has asked.
extern _Atomic uint64_t mp_generation_cache;
/// Begins to count.
uint64_t mp_generation_begin(void);

/// 1 in the process that asks first, and one more in each that is forked from one that has a
/// number.  Unlike a name it costs a forked child no look into /proc.
static inline uint64_t mp_generation(void) {
    uint64_t known = atomic_load_explicit(&mp_generation_cache, memory_order_relaxed);
    return __builtin_expect(known != 0, 1) ? known : mp_generation_begin();
}

/// Is to be called in a child that was not forked by `fork`.
void mp_forked(void);

/// Whether the process of that name has ended; a zombie has.
bool mp_identity_has_ended(uint64_t identity);

/// A number of the task that runs on the calling thread, even, which no other task of this process
/// has ever; 0 where none runs.
uintptr_t mp_task_number(void);

/// A number of the calling thread that no other thread of this process has meanwhile.
uintptr_t mp_thread_number(void);
