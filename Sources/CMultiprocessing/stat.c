#include "stat.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

char *mp_stat_fields(int32_t process, char line[MP_STAT_ROOM]) {
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/stat", process);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return NULL;
    ssize_t count = read(file, line, MP_STAT_ROOM - 1);
    close(file);
    if (count <= 0) return NULL;
    line[count] = 0;
    return strrchr(line, ')');
}
