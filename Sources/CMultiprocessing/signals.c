#define _GNU_SOURCE
#include "mp_signals.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

// A handler rather than signalfd: a blocked mask would have to be set before the first thread
// starts and is inherited by every child through exec; a handler needs neither.
enum { SIGNAL_LIMIT = 65 };
static atomic_int targets[SIGNAL_LIMIT];  // write end + 1, so that zero means none

static void forward(int signal) {
    int saved = errno;
    int target = atomic_load(&targets[signal]) - 1;
    unsigned char number = (unsigned char)signal;
    if (target >= 0 && write(target, &number, 1) < 0) {
        // A full pipe already holds enough signals to wake the reader.
    }
    errno = saved;
}

int32_t mp_signals_pipe(int32_t ends[2]) {
    return pipe2(ends, O_NONBLOCK | O_CLOEXEC) < 0 ? -errno : 0;
}

int32_t mp_signals_route(int32_t signal, int32_t write_end) {
    if (signal <= 0 || signal >= SIGNAL_LIMIT) return -EINVAL;
    int none = 0;
    if (!atomic_compare_exchange_strong(&targets[signal], &none, write_end + 1)) return -EBUSY;
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = forward;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(signal, &action, NULL) == 0) {
        // Whoever started this process may have had it blocked, as a worker thread of Swift's has,
        // and a blocked mask lasts through exec: the signal would never come.
        sigset_t alone;
        sigemptyset(&alone);
        sigaddset(&alone, signal);
        pthread_sigmask(SIG_UNBLOCK, &alone, NULL);
        return 0;
    }
    int problem = errno;
    atomic_store(&targets[signal], 0);
    return -problem;
}

void mp_signals_restore(int32_t signal_number) {
    if (signal_number <= 0 || signal_number >= SIGNAL_LIMIT) return;
    signal(signal_number, SIG_DFL);
    atomic_store(&targets[signal_number], 0);
}

void mp_signals_ignore(int32_t signal_number) { signal(signal_number, SIG_IGN); }

int32_t mp_signals_next(int32_t read_end) {
    for (;;) {
        unsigned char number;
        ssize_t got = read(read_end, &number, 1);
        if (got == 1) return number;
        if (got == 0 || errno == EAGAIN) return 0;
        if (errno != EINTR) return -errno;
    }
}

int32_t mp_signals_raise(int32_t signal) { return kill(getpid(), signal) < 0 ? -errno : 0; }
