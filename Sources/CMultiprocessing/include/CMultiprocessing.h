// The only door to libc.  A wrapper returns a value >= 0, or -errno: nobody reads errno in Swift.
#pragma once

#include "mp_children.h"
#include "mp_errors.h"
#include "mp_files.h"
#include "mp_futex.h"
#include "mp_loop.h"
#include "mp_memory.h"
#include "mp_passing.h"
#include "mp_peers.h"
#include "mp_polling.h"
#include "mp_signals.h"
#include "mp_sockets.h"
#include "mp_threads.h"
#include "mp_process.h"
