#define _GNU_SOURCE
#include "mp_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static int32_t closed(int descriptor, int problem) {
    close(descriptor);
    return -problem;
}

int32_t mp_segment_create(const char *name, int64_t size) {
    int descriptor = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (descriptor < 0) return -errno;
    if (ftruncate(descriptor, size) == 0) return descriptor;
    int problem = errno;
    shm_unlink(name);
    return closed(descriptor, problem);
}

int32_t mp_segment_open(const char *name) {
    int descriptor = shm_open(name, O_RDWR, 0600);
    return descriptor < 0 ? -errno : descriptor;
}

int32_t mp_segment_unlink(const char *name) { return shm_unlink(name) < 0 ? -errno : 0; }

int32_t mp_segment_identify(int32_t descriptor, uint64_t *device, uint64_t *inode) {
    struct stat status;
    if (fstat(descriptor, &status) < 0) return -errno;
    *device = status.st_dev;
    *inode = status.st_ino;
    return 0;
}

int32_t mp_segment_remove_unused(const char *name, uint64_t device, uint64_t inode) {
    int descriptor = mp_segment_open(name);
    if (descriptor < 0) return descriptor;
    uint64_t own_device, own_inode;
    int problem = mp_segment_identify(descriptor, &own_device, &own_inode);
    if (!problem && (own_device != device || own_inode != inode)) problem = -ENOENT;
    // The system grants it to who alone has the file open; what is mapped counts too.  Whoever
    // opens it from now on waits until we have closed it.
    if (!problem && fcntl(descriptor, F_SETLEASE, F_WRLCK) < 0) problem = -errno;
    if (!problem) problem = mp_segment_unlink(name);
    close(descriptor);
    return problem;
}

int32_t mp_segment_line(int32_t ends[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0 ? -errno : 0;
}

void mp_segment_line_wait(int32_t line) {
    char byte;
    ssize_t got;
    do {
        got = recv(line, &byte, 1, 0);
    } while (got > 0 || (got < 0 && errno == EINTR));
}

void mp_segment_line_serve(void) {
    int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere >= 0) {
        dup2(nowhere, STDOUT_FILENO);
        dup2(nowhere, STDERR_FILENO);
        close(nowhere);
    }
    // SIGIO comes when somebody opens what we are about to remove.
    const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGIO };
    for (unsigned each = 0; each < sizeof ignored / sizeof *ignored; each++) {
        signal(ignored[each], SIG_IGN);
    }
}
