// The floor of TLS: two processes that exchange messages over loopback by OpenSSL's memory BIOs.
//   tls_echo get|set SIZE SECONDS CERTIFICATE KEY
// The client asks for SIZE bytes with a few (get), or sends SIZE and is told so with a few (set),
// one exchange after the other; prints exchanges a second. gcc -O2 tls_echo.c -lssl -lcrypto
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CHUNK = 1 << 18, SHORT = 64 };

typedef struct {
    int socket;
    SSL *ssl;
    BIO *in, *out;
} Peer;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static void flush(Peer *peer) {
    static char bytes[CHUNK];
    int count;
    while ((count = BIO_read(peer->out, bytes, CHUNK)) > 0)
        for (int done = 0; done < count;) {
            ssize_t sent = write(peer->socket, bytes + done, count - done);
            if (sent <= 0) fail("write");
            done += sent;
        }
}

static void fill(Peer *peer) {
    static char bytes[CHUNK];
    ssize_t count = read(peer->socket, bytes, CHUNK);
    if (count <= 0) exit(0);
    BIO_write(peer->in, bytes, count);
}

static void receive(Peer *peer, char *bytes, int size) {
    for (int done = 0; done < size;) {
        int count = SSL_read(peer->ssl, bytes + done, size - done);
        if (count > 0) done += count;
        else fill(peer);
    }
}

static void send_all(Peer *peer, const char *bytes, int size) {
    // A piece at a time, so that the other side opens one while this side seals the next.
    for (int done = 0; done < size;) {
        int piece = size - done < CHUNK ? size - done : CHUNK;
        if (SSL_write(peer->ssl, bytes + done, piece) != piece) fail("SSL_write");
        flush(peer);
        done += piece;
    }
}

static Peer shake(int socket, SSL_CTX *context, int is_server) {
    int on = 1;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Peer peer = { socket, SSL_new(context), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()) };
    SSL_set_bio(peer.ssl, peer.in, peer.out);
    if (is_server) SSL_set_accept_state(peer.ssl);
    else SSL_set_connect_state(peer.ssl);
    for (;;) {
        int result = SSL_do_handshake(peer.ssl);
        flush(&peer);
        if (result == 1) return peer;
        fill(&peer);
    }
}

int main(int count, char **words) {
    if (count != 6) return 2;
    int is_get = !strcmp(words[1], "get"), size = atoi(words[2]);
    double seconds = atof(words[3]);
    char *bytes = calloc(1, size > SHORT ? size : SHORT);
    int ask = is_get ? SHORT : size, answer = is_get ? size : SHORT;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (void *)&address, length) || listen(listener, 1)) fail("listen");
    getsockname(listener, (void *)&address, &length);
    if (fork() == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        SSL_CTX *context = SSL_CTX_new(TLS_server_method());
        if (SSL_CTX_use_certificate_chain_file(context, words[4]) != 1 ||
            SSL_CTX_use_PrivateKey_file(context, words[5], SSL_FILETYPE_PEM) != 1)
            fail("certificate");
        Peer peer = shake(accept(listener, NULL, NULL), context, 1);
        for (;;) {
            receive(&peer, bytes, ask);
            send_all(&peer, bytes, answer);
        }
    }
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(descriptor, (void *)&address, length)) fail("connect");
    Peer peer = shake(descriptor, SSL_CTX_new(TLS_client_method()), 0);
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    long done = 0;
    double gone;
    do {
        send_all(&peer, bytes, ask);
        receive(&peer, bytes, answer);
        done++;
        clock_gettime(CLOCK_MONOTONIC, &now);
        gone = now.tv_sec - begin.tv_sec + (now.tv_nsec - begin.tv_nsec) / 1e9;
    } while (gone < seconds);
    printf("%.1f\n", done / gone);
    return 0;
}
