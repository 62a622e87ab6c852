#pragma once
#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdint.h>
#include <string.h>

// What of OpenSSL is a macro, and so is not seen from Swift; and the one thing that is ours: the
// streams between a TLS session and whoever carries its bytes.

/// A block of ciphertext between a session and its socket: the bytes from `start` to `end` wait.
typedef struct {
    uint8_t *bytes;
    size_t start;
    size_t end;
    size_t capacity;
} mp_stream;

/// OpenSSL takes bytes that have come; where there are none it is to ask again.
static inline int mp_stream_read(BIO *bio, char *bytes, size_t count, size_t *taken) {
    mp_stream *stream = (mp_stream *)BIO_get_data(bio);
    size_t there = stream->end - stream->start;
    BIO_clear_retry_flags(bio);
    *taken = there < count ? there : count;
    if (*taken == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    memcpy(bytes, stream->bytes + stream->start, *taken);
    stream->start += *taken;
    return 1;
}

/// OpenSSL gives bytes that are to go; where there is no room it is to ask again.
static inline int mp_stream_write(BIO *bio, const char *bytes, size_t count, size_t *taken) {
    mp_stream *stream = (mp_stream *)BIO_get_data(bio);
    size_t room = stream->capacity - stream->end;
    BIO_clear_retry_flags(bio);
    *taken = room < count ? room : count;
    if (*taken == 0) {
        BIO_set_retry_write(bio);
        return 0;
    }
    memcpy(stream->bytes + stream->end, bytes, *taken);
    stream->end += *taken;
    return 1;
}

static inline long mp_stream_control(BIO *bio, int command, long number, void *pointer) {
    (void)bio, (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH;
}

/// How OpenSSL reads and writes streams; NULL without memory.  Never freed.
static inline BIO_METHOD *mp_stream_method(void) {
    BIO_METHOD *method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "stream");
    if (!method) return NULL;
    BIO_meth_set_read_ex(method, mp_stream_read);
    BIO_meth_set_write_ex(method, mp_stream_write);
    BIO_meth_set_ctrl(method, mp_stream_control);
    return method;
}

/// What OpenSSL reads or writes a stream through; NULL without memory.
static inline BIO *mp_stream_bio(const BIO_METHOD *method, mp_stream *stream) {
    BIO *bio = BIO_new(method);
    if (!bio) return NULL;
    BIO_set_data(bio, stream);
    BIO_set_init(bio, 1);
    return bio;
}

/// Forgets this thread's errors, so that what is found there later is of the step that follows.
/// To look first is ten times as fast as to clear sixteen places that are clear.
static inline void mp_errors_clear(void) {
    if (ERR_peek_error() != 0) ERR_clear_error();
}

/// TLS 1.3 only, nothing of a session kept beside it, buffers given back between records, and
/// writes that may be tried again from elsewhere.  1 if that can be had.
static inline int mp_context_prepare(SSL_CTX *context) {
    SSL_CTX_set_mode(
        context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    return SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) == 1
        && SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION) == 1;
}

/// Leaves a session its buffers between records.
static inline void mp_session_keep_buffers(SSL *session) {
    SSL_clear_mode(session, SSL_MODE_RELEASE_BUFFERS);
}

/// Adds a certificate to those that lead from our own to an authority.
static inline int mp_context_add_to_chain(SSL_CTX *context, X509 *certificate) {
    return SSL_CTX_add1_chain_cert(context, certificate) == 1;
}

/// Tells the server which of its names is meant.
static inline int mp_session_ask_for(SSL *session, const char *name) {
    return SSL_set_tlsext_host_name(session, name) == 1;
}

/// 1 if an error says that a text has no more PEM.
static inline int mp_error_is_end_of_pem(unsigned long number) {
    return ERR_GET_LIB(number) == ERR_LIB_PEM && ERR_GET_REASON(number) == PEM_R_NO_START_LINE;
}

/// Whether an error's number is one of libssl's, and then its reason; else 0.
static inline int mp_error_reason(unsigned long number) {
    return ERR_GET_LIB(number) == ERR_LIB_SSL ? ERR_GET_REASON(number) : 0;
}

/// A new key on the curve P-256.
static inline EVP_PKEY *mp_key_p256(void) { return EVP_EC_gen("P-256"); }
/// A new Ed25519 key.
static inline EVP_PKEY *mp_key_ed25519(void) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

/// The further names of a certificate, to be freed by `GENERAL_NAMES_free`; NULL for none.
static inline GENERAL_NAMES *mp_names(const X509 *certificate) {
    return (GENERAL_NAMES *)X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
}
static inline int mp_names_count(const GENERAL_NAMES *names) {
    return sk_GENERAL_NAME_num(names);
}
/// One of them: its kind (GEN_DNS, GEN_URI, GEN_IPADD) and its bytes; -1 for other kinds.
static inline int mp_names_at(
    const GENERAL_NAMES *names, int place, const uint8_t **bytes, int *count
) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, place);
    if (name->type != GEN_DNS && name->type != GEN_URI && name->type != GEN_IPADD) return -1;
    // All three are strings of ASN.1, and of one layout.
    *bytes = ASN1_STRING_get0_data(name->d.ia5);
    *count = ASN1_STRING_length(name->d.ia5);
    return name->type;
}
