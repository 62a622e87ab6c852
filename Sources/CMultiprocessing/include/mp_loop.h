// Which event loop the calling thread runs.
#pragma once

#include <stdint.h>

/// Tells that the calling thread runs this loop.
void mp_loop_enter(uintptr_t loop);

/// The loop that the calling thread runs; 0 for none.
uintptr_t mp_loop_current(void);
