// What /proc tells of a process.
#pragma once

#include <stdint.h>

enum { MP_STAT_ROOM = 1024 };

/// Reads a process's line of /proc.  What stands behind its name, which may hold anything: ") ",
/// the state, and the other fields; NULL where there is none.
char *mp_stat_fields(int32_t process, char line[MP_STAT_ROOM]);
