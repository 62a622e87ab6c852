// Error numbers as constants that Swift sees, and their names and sentences.
#pragma once

#include <errno.h>
#include <stdint.h>

static const int32_t MP_EACCES = EACCES;
static const int32_t MP_EADDRINUSE = EADDRINUSE;
static const int32_t MP_EADDRNOTAVAIL = EADDRNOTAVAIL;
static const int32_t MP_EAFNOSUPPORT = EAFNOSUPPORT;
static const int32_t MP_EAGAIN = EAGAIN;
static const int32_t MP_EBUSY = EBUSY;
static const int32_t MP_ECONNABORTED = ECONNABORTED;
static const int32_t MP_ECONNREFUSED = ECONNREFUSED;
static const int32_t MP_ECONNRESET = ECONNRESET;
static const int32_t MP_EEXIST = EEXIST;
static const int32_t MP_EHOSTDOWN = EHOSTDOWN;
static const int32_t MP_EHOSTUNREACH = EHOSTUNREACH;
static const int32_t MP_EINPROGRESS = EINPROGRESS;
static const int32_t MP_EINTR = EINTR;
static const int32_t MP_EINVAL = EINVAL;
static const int32_t MP_EMFILE = EMFILE;
static const int32_t MP_ENETDOWN = ENETDOWN;
static const int32_t MP_ENETUNREACH = ENETUNREACH;
static const int32_t MP_ENFILE = ENFILE;
static const int32_t MP_ENOBUFS = ENOBUFS;
static const int32_t MP_ENOENT = ENOENT;
static const int32_t MP_ENOMEM = ENOMEM;
static const int32_t MP_ENONET = ENONET;
static const int32_t MP_ENOPROTOOPT = ENOPROTOOPT;
static const int32_t MP_ENOTSOCK = ENOTSOCK;
static const int32_t MP_ENOTSUP = ENOTSUP;
static const int32_t MP_EOPNOTSUPP = EOPNOTSUPP;
static const int32_t MP_EPERM = EPERM;
static const int32_t MP_EPIPE = EPIPE;
static const int32_t MP_EPROTO = EPROTO;
static const int32_t MP_ESRCH = ESRCH;
static const int32_t MP_ETIMEDOUT = ETIMEDOUT;

/// "ECONNREFUSED" for the number; NULL for a number nobody knows.  Static, thread safe.
const char *mp_error_name(int32_t number);
/// "Connection refused" for the number; NULL for a number nobody knows.  Static, thread safe.
const char *mp_error_sentence(int32_t number);
