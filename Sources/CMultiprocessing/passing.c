#define _GNU_SOURCE
#include "mp_passing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { SPACE = CMSG_SPACE(MP_PASSING_LIMIT * sizeof(int)) };

int64_t mp_passing_send(
    int32_t socket, const void *bytes, size_t count, const int32_t *descriptors, int32_t number
) {
    if (number < 0 || number > MP_PASSING_LIMIT) return -EINVAL;
    union { char bytes[SPACE]; struct cmsghdr header; } control = { { 0 } };
    struct iovec piece = { .iov_base = (void *)bytes, .iov_len = count };
    struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
    if (number > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(number * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(number * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, number * sizeof(int));
    }
    for (;;) {
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent >= 0) return sent;
        if (errno != EINTR) return -errno;
    }
}

int64_t mp_passing_receive(
    int32_t socket, void *bytes, size_t count, int32_t *descriptors, int32_t *number
) {
    union { char bytes[SPACE]; struct cmsghdr header; } control;
    struct iovec piece = { .iov_base = bytes, .iov_len = count };
    struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };
    *number = 0;
    ssize_t got;
    do {
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0) return -errno;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    for (; header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int32_t more = (int32_t)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        if (more > MP_PASSING_LIMIT - *number) more = MP_PASSING_LIMIT - *number;
        memcpy(descriptors + *number, CMSG_DATA(header), more * sizeof(int));
        *number += more;
    }
    if (!(message.msg_flags & MSG_CTRUNC)) return got;
    // The kernel had no number left for some of them.
    while (*number > 0) close(descriptors[--*number]);
    return -EMFILE;
}

int32_t mp_passing_duplicate(int32_t descriptor) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? -errno : copy;
}
