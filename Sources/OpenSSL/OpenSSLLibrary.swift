internal import COpenSSL

/// OpenSSL as this process has it.
enum OpenSSLLibrary {
    /// Readies OpenSSL, before anything else of it is used; false if it cannot be.
    ///
    /// It is told not to tidy itself up when the process exits. Other threads may be in the middle
    /// of a handshake then, and would crash on locks that are gone.
    static let isReady = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) == 1
}
