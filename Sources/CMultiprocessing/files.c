#define _GNU_SOURCE
#include "mp_files.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>

int32_t mp_open_for_reading(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    return descriptor < 0 ? -errno : descriptor;
}

int32_t mp_open_without_waiting(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    return descriptor < 0 ? -errno : descriptor;
}

int32_t mp_file_look(int32_t descriptor, mp_file_status *status) {
    struct stat found;
    if (fstat(descriptor, &found) < 0) return -errno;
    status->is_regular = S_ISREG(found.st_mode);
    status->owner = found.st_uid;
    status->mode = found.st_mode & 07777;
    return 0;
}

int64_t mp_read(int32_t descriptor, void *bytes, size_t count) {
    for (;;) {
        ssize_t got = read(descriptor, bytes, count);
        if (got >= 0) return got;
        if (errno != EINTR) return -errno;
    }
}

int32_t mp_create_file(const char *path, uint32_t permissions) {
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions);
    return descriptor < 0 ? -errno : descriptor;
}

int64_t mp_write(int32_t descriptor, const void *bytes, size_t count) {
    for (;;) {
        ssize_t written = write(descriptor, bytes, count);
        if (written >= 0) return written;
        if (errno != EINTR) return -errno;
    }
}

int32_t mp_identify(const char *path, mp_file_identity *identity) {
    struct stat status;
    if (lstat(path, &status) < 0) return -errno;
    identity->device = status.st_dev;
    identity->inode = status.st_ino;
    identity->is_socket = S_ISSOCK(status.st_mode);
    return 0;
}

int32_t mp_unlink(const char *path) { return unlink(path) < 0 ? -errno : 0; }

int32_t mp_make_private_directory(char *path) { return mkdtemp(path) ? 0 : -errno; }

int32_t mp_remove_directory(const char *path) { return rmdir(path) < 0 ? -errno : 0; }

int32_t mp_lock_directory(const char *path) {
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return -errno;
    if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return descriptor;
    int problem = errno;
    close(descriptor);
    return -problem;
}
