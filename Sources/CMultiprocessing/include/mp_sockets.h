// Stream sockets: addresses, life, transfer, options.  All are non-blocking and closed on exec.
#pragma once

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/// Longest Unix path or abstract name, in bytes (sun_path less its NUL or its leading NUL).
static const int32_t MP_UNIX_NAME_LIMIT = 107;
/// Most bytes mp_address_host writes, its NUL included.
enum { MP_HOST_SIZE = 96 };

typedef struct {
    struct sockaddr_storage storage;
    socklen_t length;
} mp_address;

/// Makes the address of a Unix path, or of an abstract name.  0, or -EINVAL when it is too long.
int32_t mp_address_unix(mp_address *address, const uint8_t *name, size_t count, bool abstract);
/// getaddrinfo for a TCP socket.  Count of addresses written, or an EAI_ code (all negative).
/// `numeric` never asks the network, `passive` is for listening (an empty host is any address).
int32_t mp_address_resolve(
    const char *host, uint16_t port, bool numeric, bool passive, mp_address *addresses,
    int32_t capacity);
const char *mp_address_problem(int32_t eai_code);
/// Is it an IPv4 address?
bool mp_address_is_v4(const mp_address *address);
/// Port of a TCP address; 0 for others.
uint16_t mp_address_port(const mp_address *address);
/// Numeric host of a TCP address into `host`, NUL-terminated.  0 or an EAI_ code.
int32_t mp_address_host(const mp_address *address, char host[MP_HOST_SIZE]);

int32_t mp_socket_create(const mp_address *address);
int32_t mp_socket_pair(int32_t ends[2]);
int32_t mp_socket_bind(int32_t socket, const mp_address *address);
int32_t mp_socket_listen(int32_t socket, int32_t backlog);
/// 0, -EINPROGRESS (wait until it is writable, then mp_socket_error), or another -errno.
int32_t mp_socket_connect(int32_t socket, const mp_address *address);
int32_t mp_socket_accept(int32_t socket);
/// Takes the pending error: 0, or -errno.
int32_t mp_socket_error(int32_t socket);
/// The address it is bound to.  0 or -errno.
int32_t mp_socket_address(int32_t socket, mp_address *address);
/// Process id of the peer of a Unix socket (SO_PEERCRED), or -errno.
int32_t mp_socket_peer_process(int32_t socket);
/// User id of the peer of a Unix socket (SO_PEERCRED), or -errno.
int64_t mp_socket_peer_user(int32_t socket);
int32_t mp_socket_reuse_address(int32_t socket);
int32_t mp_socket_no_delay(int32_t socket);
/// How many bytes the kernel takes at once (SO_SNDBUF), up to its own limit.  0 or -errno.
int32_t mp_socket_send_buffer(int32_t socket, int32_t size);
/// Has TCP ask a silent peer whether it is there: after so many seconds, then so often, and give up
/// after so many unanswered questions.  Connections that it accepts do so too.  0 or -errno.
int32_t mp_socket_keep_alive(int32_t socket, int32_t idle, int32_t interval, int32_t count);
/// How long TCP waits for what it sent to be acknowledged, in milliseconds.  Connections that it
/// accepts do so too.  0 or -errno.
int32_t mp_socket_user_timeout(int32_t socket, uint32_t milliseconds);
/// The settings of the two above, in that order; 0 for those that are off.  0 or -errno.
int32_t mp_socket_patience(int32_t socket, int32_t settings[4]);
/// Half closes it: the peer reads the end.
int32_t mp_socket_finish_writing(int32_t socket);
/// Closes both directions, also for a thread that just reads.
int32_t mp_socket_end(int32_t socket);
/// From now on reading and writing wait.
int32_t mp_socket_let_wait(int32_t socket);

static inline void mp_socket_quick_ack(int32_t socket) {
    int yes = 1;
    (void)setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
}

// By number: nobody cancels our threads, and to be ready for it costs `recv` and `send` as much as
// the rest of them together.
static inline int64_t mp_socket_receive_flagged(
    int32_t socket, void *bytes, size_t count, int flags
) {
    for (;;) {
        ssize_t got = syscall(SYS_recvfrom, socket, bytes, count, flags, NULL, NULL);
        if (got >= 0) return got;
        if (errno != EINTR) return -errno;
    }
}

static inline int64_t mp_socket_send_flagged(
    int32_t socket, const void *bytes, size_t count, int flags
) {
    for (;;) {
        ssize_t sent = syscall(SYS_sendto, socket, bytes, count, flags, NULL, 0);
        if (sent >= 0) return sent;
        if (errno != EINTR) return -errno;
    }
}

static inline int64_t mp_socket_receive(int32_t socket, void *bytes, size_t count) {
    return mp_socket_receive_flagged(socket, bytes, count, 0);
}

static inline int64_t mp_socket_send(int32_t socket, const void *bytes, size_t count) {
    return mp_socket_send_flagged(socket, bytes, count, MSG_NOSIGNAL);
}

// What does not wait, also where the socket would.
static inline int64_t mp_socket_receive_now(int32_t socket, void *bytes, size_t count) {
    return mp_socket_receive_flagged(socket, bytes, count, MSG_DONTWAIT);
}

static inline int64_t mp_socket_send_now(int32_t socket, const void *bytes, size_t count) {
    return mp_socket_send_flagged(socket, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/// Sends three pieces as one write.
static inline int64_t mp_socket_send_three(
    int32_t socket, const void *head, size_t head_count, const void *body, size_t body_count,
    const void *tail, size_t tail_count
) {
    struct iovec pieces[3] = {
        { .iov_base = (void *)head, .iov_len = head_count },
        { .iov_base = (void *)body, .iov_len = body_count },
        { .iov_base = (void *)tail, .iov_len = tail_count },
    };
    struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 3 };
    for (;;) {
        ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
        if (sent >= 0) return sent;
        if (errno != EINTR) return -errno;
    }
}

/// Sends two pieces as one write: a frame's header and its body.
static inline int64_t mp_socket_send_both(
    int32_t socket, const void *head, size_t head_count, const void *body, size_t body_count
) {
    return mp_socket_send_three(socket, head, head_count, body, body_count, NULL, 0);
}
