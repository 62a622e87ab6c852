#define _GNU_SOURCE
#include "mp_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

// Who could make it smaller could end all others who have it by a signal (SIGBUS).
enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

int32_t mp_memory_create(const char *name, int64_t size) {
    int descriptor = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (descriptor < 0) return -errno;
    if (ftruncate(descriptor, size) == 0 && fcntl(descriptor, F_ADD_SEALS, SEALS) == 0) {
        return descriptor;
    }
    int problem = errno;
    close(descriptor);
    return -problem;
}

int64_t mp_memory_sealed_size(int32_t descriptor) {
    int seals = fcntl(descriptor, F_GET_SEALS);
    if (seals < 0) return -errno;
    return (seals & F_SEAL_SHRINK) ? mp_memory_size(descriptor) : -EINVAL;
}

int64_t mp_memory_size(int32_t descriptor) {
    struct stat status;
    return fstat(descriptor, &status) < 0 ? -errno : status.st_size;
}

int32_t mp_memory_map(int32_t descriptor, size_t size, void **address) {
    void *place = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (place == MAP_FAILED) return -errno;
    *address = place;
    return 0;
}

void mp_memory_unmap(void *address, size_t size) { munmap(address, size); }
