#include "mp_loop.h"

static _Thread_local uintptr_t current;

void mp_loop_enter(uintptr_t loop) { current = loop; }

uintptr_t mp_loop_current(void) { return current; }
