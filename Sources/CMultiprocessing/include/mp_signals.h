// Signals as bytes in a pipe.
#pragma once

#include <stdint.h>
#include <signal.h>

static const int32_t MP_SIGHUP = SIGHUP;
static const int32_t MP_SIGINT = SIGINT;
static const int32_t MP_SIGTERM = SIGTERM;
static const int32_t MP_SIGPIPE = SIGPIPE;
static const int32_t MP_SIGUSR1 = SIGUSR1;
static const int32_t MP_SIGUSR2 = SIGUSR2;

/// A non-blocking pipe, closed on exec: ends[0] reads, ends[1] writes.  0 or -errno.
int32_t mp_signals_pipe(int32_t ends[2]);
/// From now on the signal's number is written, as one byte, to the pipe.  0, or -errno (EBUSY: the
/// signal already goes to another pipe).
int32_t mp_signals_route(int32_t signal, int32_t write_end);
/// Gives the signal back its default action.
void mp_signals_restore(int32_t signal);
/// The signal does nothing to this process any more.
void mp_signals_ignore(int32_t signal);
/// The next signal's number, 0 when there is none, or -errno.
int32_t mp_signals_next(int32_t read_end);
/// Sends this process a signal.  0 or -errno.
int32_t mp_signals_raise(int32_t signal);
