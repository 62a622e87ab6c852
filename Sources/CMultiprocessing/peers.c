#define _GNU_SOURCE
#include "mp_peers.h"
#include "stat.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77
#endif

int32_t mp_peer_descriptor(int32_t socket, int32_t process) {
    int descriptor = -1;
    socklen_t size = sizeof descriptor;
    // Since Linux 6.5, and never that of another process that has got the same number since.
    if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &descriptor, &size) == 0) return descriptor;
    if (errno != ENOPROTOOPT) return -errno;
    descriptor = (int)syscall(SYS_pidfd_open, process, 0);
    return descriptor < 0 ? -errno : descriptor;
}

// What linux/pidfd.h has since Linux 6.15; the headers may be older than the system.
struct exit_info {
    uint64_t mask;
    uint64_t control_group;
    uint32_t ids[11];
    int32_t status;
};
#define EXIT_INFO_MASK (1u << 3)
#define GET_EXIT_INFO _IOWR(0xff, 11, struct exit_info)

// Of a process that its parent has waited for.
static bool reaped_status(int32_t descriptor, int *status) {
    struct exit_info info = { .mask = EXIT_INFO_MASK };
    if (ioctl(descriptor, GET_EXIT_INFO, &info) < 0) return false;
    *status = info.status;
    return (info.mask & EXIT_INFO_MASK) != 0;
}

// Of one that its parent has not waited for: the last field of its line in /proc.
static bool zombie_status(int32_t process, int *status) {
    char line[MP_STAT_ROOM];
    char *fields = mp_stat_fields(process, line);
    if (!fields || strncmp(fields, ") Z ", 4) != 0) return false;
    *status = atoi(strrchr(fields, ' ') + 1);
    return true;
}

int32_t mp_peer_was_killed(int32_t descriptor, int32_t process) {
    int status;
    // The parent may wait for it between the two.
    if (!reaped_status(descriptor, &status) && !zombie_status(process, &status) &&
        !reaped_status(descriptor, &status)) return -ENODATA;
    return WIFSIGNALED(status);
}

int32_t mp_peer_host(int32_t socket, uint8_t host[16]) {
    struct sockaddr_storage storage;
    socklen_t size = sizeof storage;
    if (getpeername(socket, (struct sockaddr *)&storage, &size) < 0) return -errno;
    if (storage.ss_family == AF_INET) {
        memcpy(host, &((struct sockaddr_in *)&storage)->sin_addr, 4);
        return 4;
    }
    if (storage.ss_family != AF_INET6) return -EAFNOSUPPORT;
    memcpy(host, &((struct sockaddr_in6 *)&storage)->sin6_addr, 16);
    return 16;
}
