#define _GNU_SOURCE
#include "mp_process.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

int32_t mp_write_all(int32_t descriptor, const void *bytes, size_t count) {
    const char *next = bytes;
    while (count > 0) {
        ssize_t written = write(descriptor, next, count);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return -errno;
        next += written;
        count -= (size_t)written;
    }
    return 0;
}

int32_t mp_write_if_ready(int32_t descriptor, const void *bytes, size_t count) {
    // A pipe that is ready has room for a page, and takes as much whole.
    struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
    int found = poll(&ready, 1, 0);
    if (found < 0) return -errno;
    if (found == 0) return -EAGAIN;
    ssize_t written = write(descriptor, bytes, count);
    return written < 0 ? -errno : (int32_t)written;
}

int32_t mp_timestamp(char *text, size_t size) {
    // CLOCK: people read it, and nothing is decided by it.
    time_t now = time(NULL);
    struct tm parts;
    if (localtime_r(&now, &parts) == NULL) return 0;
    return (int32_t)strftime(text, size, "%Y-%m-%dT%H:%M:%S%z", &parts);
}

const char *mp_environment(const char *name) {
    return getenv(name);
}

int32_t mp_is_terminal(int32_t descriptor) {
    return isatty(descriptor);
}

int64_t mp_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0) return -errno;
    return (int64_t)limit.rlim_cur;
}

uint32_t mp_user_id(void) { return geteuid(); }

// The number in a file of one line; INT64_MAX where there is none.
static int64_t number_in(const char *path) {
    FILE *file = fopen(path, "re");
    if (!file) return INT64_MAX;
    long long number;
    int found = fscanf(file, "%lld", &number);
    fclose(file);
    return found == 1 && number > 0 ? number : INT64_MAX;
}

int64_t mp_memory_total(void) {
    int64_t total = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);
    // The second version of control groups, and the first.
    int64_t group = number_in("/sys/fs/cgroup/memory.max");
    if (group == INT64_MAX) group = number_in("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    return group < total ? group : total;
}

int32_t mp_process_id(void) { return getpid(); }

int32_t mp_parent_id(void) { return getppid(); }

int32_t mp_processor_count(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (int32_t)count : 1;
}

int32_t mp_usable_processor_count(void) {
    // Larger sets than this one (1024 processors) are refused: then all are usable.
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0) return mp_processor_count();
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}
