#define _GNU_SOURCE
#include "mp_sockets.h"
#include <fcntl.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

int32_t mp_address_unix(mp_address *address, const uint8_t *name, size_t count, bool abstract) {
    struct sockaddr_un *out = (struct sockaddr_un *)&address->storage;
    if (count == 0 || count > (size_t)MP_UNIX_NAME_LIMIT) return -EINVAL;
    if (!abstract && memchr(name, 0, count)) return -EINVAL;
    memset(address, 0, sizeof *address);
    out->sun_family = AF_UNIX;
    memcpy(out->sun_path + abstract, name, count);
    // An abstract name is all the bytes counted here, a path ends with its NUL.
    address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + count + 1);
    return 0;
}

int32_t mp_address_resolve(
    const char *host, uint16_t port, bool numeric, bool passive, mp_address *addresses,
    int32_t capacity
) {
    char service[8];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    struct addrinfo hints = {
        .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM,
        .ai_flags = AI_NUMERICSERV | (numeric ? AI_NUMERICHOST : 0) | (passive ? AI_PASSIVE : 0),
    };
    struct addrinfo *found = NULL;
    int problem = getaddrinfo(host[0] ? host : NULL, service, &hints, &found);
    if (problem) return problem < 0 ? problem : EAI_FAIL;
    int32_t count = 0;
    for (struct addrinfo *each = found; each && count < capacity; each = each->ai_next) {
        if (each->ai_addrlen > sizeof addresses->storage) continue;
        memset(&addresses[count], 0, sizeof addresses[count]);
        memcpy(&addresses[count].storage, each->ai_addr, each->ai_addrlen);
        addresses[count++].length = each->ai_addrlen;
    }
    freeaddrinfo(found);
    return count ? count : EAI_NONAME;
}

const char *mp_address_problem(int32_t eai_code) { return gai_strerror(eai_code); }

bool mp_address_is_v4(const mp_address *address) { return address->storage.ss_family == AF_INET; }

uint16_t mp_address_port(const mp_address *address) {
    switch (address->storage.ss_family) {
    case AF_INET: return ntohs(((const struct sockaddr_in *)&address->storage)->sin_port);
    case AF_INET6: return ntohs(((const struct sockaddr_in6 *)&address->storage)->sin6_port);
    default: return 0;
    }
}

int32_t mp_address_host(const mp_address *address, char host[MP_HOST_SIZE]) {
    return getnameinfo(
        (const struct sockaddr *)&address->storage, address->length, host, MP_HOST_SIZE, NULL, 0,
        NI_NUMERICHOST);
}

int32_t mp_socket_create(const mp_address *address) {
    int made = socket(address->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    return made < 0 ? -errno : made;
}

int32_t mp_socket_pair(int32_t ends[2]) {
    int type = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
    return socketpair(AF_UNIX, type, 0, ends) < 0 ? -errno : 0;
}

int32_t mp_socket_bind(int32_t socket, const mp_address *address) {
    const struct sockaddr *raw = (const struct sockaddr *)&address->storage;
    return bind(socket, raw, address->length) < 0 ? -errno : 0;
}

int32_t mp_socket_listen(int32_t socket, int32_t backlog) {
    return listen(socket, backlog) < 0 ? -errno : 0;
}

int32_t mp_socket_connect(int32_t socket, const mp_address *address) {
    const struct sockaddr *raw = (const struct sockaddr *)&address->storage;
    if (connect(socket, raw, address->length) == 0) return 0;
    // An interrupted connect goes on by itself.
    return errno == EINTR ? -EINPROGRESS : -errno;
}

int32_t mp_socket_accept(int32_t socket) {
    for (;;) {
        int accepted = accept4(socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted >= 0) return accepted;
        if (errno != EINTR && errno != ECONNABORTED) return -errno;
    }
}

int32_t mp_socket_error(int32_t socket) {
    int problem = 0;
    socklen_t size = sizeof problem;
    if (getsockopt(socket, SOL_SOCKET, SO_ERROR, &problem, &size) < 0) return -errno;
    return -problem;
}

int32_t mp_socket_address(int32_t socket, mp_address *address) {
    memset(address, 0, sizeof *address);
    address->length = sizeof address->storage;
    return getsockname(socket, (struct sockaddr *)&address->storage, &address->length) < 0
        ? -errno : 0;
}

int32_t mp_socket_peer_process(int32_t socket) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    return getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0 ? -errno : peer.pid;
}

int64_t mp_socket_peer_user(int32_t socket) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0) return -errno;
    return peer.uid;
}

static int32_t switch_on(int32_t socket, int level, int option) {
    int yes = 1;
    return setsockopt(socket, level, option, &yes, sizeof yes) < 0 ? -errno : 0;
}

int32_t mp_socket_reuse_address(int32_t socket) {
    return switch_on(socket, SOL_SOCKET, SO_REUSEADDR);
}

int32_t mp_socket_no_delay(int32_t socket) { return switch_on(socket, IPPROTO_TCP, TCP_NODELAY); }

int32_t mp_socket_send_buffer(int32_t socket, int32_t size) {
    return setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof size) < 0 ? -errno : 0;
}

static int set_tcp(int32_t socket, int option, int value) {
    return setsockopt(socket, IPPROTO_TCP, option, &value, sizeof value);
}

int32_t mp_socket_keep_alive(int32_t socket, int32_t idle, int32_t interval, int32_t count) {
    if (set_tcp(socket, TCP_KEEPIDLE, idle) < 0 || set_tcp(socket, TCP_KEEPINTVL, interval) < 0
        || set_tcp(socket, TCP_KEEPCNT, count) < 0)
        return -errno;
    return switch_on(socket, SOL_SOCKET, SO_KEEPALIVE);
}

int32_t mp_socket_user_timeout(int32_t socket, uint32_t milliseconds) {
    return set_tcp(socket, TCP_USER_TIMEOUT, (int)milliseconds) < 0 ? -errno : 0;
}

int32_t mp_socket_patience(int32_t socket, int32_t settings[4]) {
    static const int options[4] = {
        TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT,
    };
    int on = 0;
    socklen_t size = sizeof on;
    if (getsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, &size) < 0) return -errno;
    for (int index = 0; index < 4; index++) {
        settings[index] = 0;
        size = sizeof settings[index];
        if (index < 3 && !on) continue;
        if (getsockopt(socket, IPPROTO_TCP, options[index], &settings[index], &size) < 0)
            return -errno;
    }
    return 0;
}

int32_t mp_socket_finish_writing(int32_t socket) {
    return shutdown(socket, SHUT_WR) < 0 ? -errno : 0;
}

int32_t mp_socket_end(int32_t socket) {
    return shutdown(socket, SHUT_RDWR) < 0 ? -errno : 0;
}

int32_t mp_socket_let_wait(int32_t socket) {
    int flags = fcntl(socket, F_GETFL);
    if (flags < 0) return -errno;
    return fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) < 0 ? -errno : 0;
}
