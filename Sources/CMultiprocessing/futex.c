#define _GNU_SOURCE
#include "mp_futex.h"
#include "stat.h"

#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

// What linux/futex.h has since Linux 5.16; the headers may be older than the system.
struct waiter {
    uint64_t expected;
    uint64_t address;
    uint32_t flags;
    uint32_t reserved;
};
enum { WORD_OF_32_BITS = 2 };

// The lower half of a lock's word is what is waited for, and it comes first.
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "locks need a little-endian machine");

static struct timespec time_of(int64_t nanoseconds) {
    return (struct timespec) {
        .tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000,
    };
}

int32_t mp_futex_wait(const void *address, uint32_t expected, int64_t deadline) {
    struct timespec time = time_of(deadline);
    // With a bit set the time is a moment; without, it would be a span.
    long result = syscall(
        SYS_futex, address, FUTEX_WAIT_BITSET, expected, &time, NULL, FUTEX_BITSET_MATCH_ANY);
    return result < 0 ? -errno : 0;
}

// Before Linux 5.16: the first word is woken by ourselves, the others are looked at.
static int32_t wait_in_slices(const mp_futex_word *words, int32_t count, int64_t deadline) {
    for (;;) {
        for (int32_t each = 0; each < count; each++) {
            const _Atomic uint32_t *word = (const void *)words[each].address;
            if (atomic_load(word) != words[each].expected) return -EAGAIN;
        }
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        int64_t slice = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec + 1000000;
        int64_t end = slice < deadline ? slice : deadline;
        int32_t result = mp_futex_wait((const void *)words->address, words->expected, end);
        if (result != -ETIMEDOUT || end == deadline) return result;
    }
}

int32_t mp_futex_wait_any(const mp_futex_word *words, int32_t count, int64_t deadline) {
    struct waiter waiters[MP_FUTEX_LIMIT];
    if (count < 1 || count > MP_FUTEX_LIMIT) return -EINVAL;
    for (int32_t each = 0; each < count; each++) {
        waiters[each] = (struct waiter) {
            .expected = words[each].expected,
            .address = words[each].address,
            .flags = WORD_OF_32_BITS,
        };
    }
    struct timespec time = time_of(deadline);
    long result = syscall(SYS_futex_waitv, waiters, count, 0, &time, CLOCK_MONOTONIC);
    if (result >= 0) return (int32_t)result;
    // Some containers forbid what they do not know.
    bool is_missing = errno == ENOSYS || errno == EPERM;
    return is_missing ? wait_in_slices(words, count, deadline) : -errno;
}

int32_t mp_futex_wake(const void *address, int32_t count) {
    long result = syscall(SYS_futex, address, FUTEX_WAKE, count, NULL, NULL, 0);
    return result < 0 ? -errno : (int32_t)result;
}

_Atomic uint64_t mp_identity_cache;
_Atomic uint64_t mp_generation_cache;

/// The state of a process, and when it started; false if there is none.
static bool look_up(int32_t process, char *state, uint32_t *start) {
    char line[MP_STAT_ROOM];
    // First the state, and nineteen fields on the start.
    char *field = mp_stat_fields(process, line);
    if (!field || field[1] != ' ') return false;
    *state = field[2];
    for (int each = 0; each < 20; each++) {
        field = strchr(field + 1, ' ');
        if (!field) return false;
    }
    *start = (uint32_t)strtoull(field + 1, NULL, 10);
    return true;
}

void mp_forked(void) {
    atomic_store(&mp_identity_cache, 0);
    if (atomic_load(&mp_generation_cache)) atomic_fetch_add(&mp_generation_cache, 1);
}

static void be_told_of_forks(void) { pthread_atfork(NULL, NULL, mp_forked); }

static void watch_forks(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, be_told_of_forks);
}

uint64_t mp_generation_begin(void) {
    watch_forks();
    uint64_t none = 0;
    atomic_compare_exchange_strong(&mp_generation_cache, &none, 1);
    return atomic_load(&mp_generation_cache);
}

uint64_t mp_identity_of(int32_t process) {
    char state;
    uint32_t start = 0;
    // Without /proc it is the number alone.
    look_up(process, &state, &start);
    return (uint64_t)start << 32 | (uint32_t)process << 2;
}

uint64_t mp_identity_make(void) {
    watch_forks();
    uint64_t identity = mp_identity_of(getpid());
    atomic_store(&mp_identity_cache, identity);
    return identity;
}

bool mp_identity_has_ended(uint64_t identity) {
    if (identity == mp_identity()) return false;
    int32_t process = (int32_t)((uint32_t)identity >> 2);
    if (syscall(SYS_kill, process, 0) < 0 && errno == ESRCH) return true;
    char state;
    uint32_t start;
    // One that exists but cannot be looked at is not called dead.
    if (!look_up(process, &state, &start)) return false;
    return state == 'Z' || state == 'X' || start != (uint32_t)(identity >> 32);
}

// The runtime of Swift's tasks.
extern void *swift_task_getCurrent(void) __attribute__((swiftcall));
extern uint64_t swift_task_getJobTaskId(void *task) __attribute__((swiftcall));

// Not its address, which a later task may have.
uintptr_t mp_task_number(void) {
    void *task = swift_task_getCurrent();
    return task ? (uintptr_t)swift_task_getJobTaskId(task) << 1 : 0;
}

uintptr_t mp_thread_number(void) {
    static _Thread_local char mark;
    return (uintptr_t)&mark;
}
