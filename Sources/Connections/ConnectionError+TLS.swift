package import OpenSSL

extension ConnectionError {
    /// The peer went without a word: TLS tells that from an end (RFC 8446, 6.1).
    static let truncated = ConnectionError(
        .closed, "the connection was cut off: no end was announced (TLS close_notify)")
    static let cutInHandshake = ConnectionError(
        .closed, "the peer closed the connection in the middle of the TLS handshake")
    static let closedInHandshake = ConnectionError(
        .closed, "the peer ended TLS in the middle of its handshake")
    static let securedConnectionStays = ConnectionError(
        .encoding, "a connection with TLS cannot travel: its keys are this process's")
    static let unnamedFingerprint = ConnectionError(
        .tlsFailed, "a fingerprint is 64 hexadecimal digits, with or without colons")
    static let certificateMissing = ConnectionError(
        .tlsFailed, "a server with TLS needs a certificate and its key")

    /// TLS broke an open connection.
    static func lost(_ error: OpenSSLError) -> ConnectionError {
        ConnectionError(.closed, "the connection was lost: \(error.reason)", underlying: error)
    }

    /// There is no TLS with that peer, or with these certificates of ours.
    package static func insecure(_ error: OpenSSLError) -> ConnectionError {
        ConnectionError(.tlsFailed, "TLS: \(error.reason)", underlying: error)
    }

    /// A file of certificates or keys cannot be read.
    static func unreadable(_ what: String, _ error: any Error, _ reason: String) -> ConnectionError
    {
        ConnectionError(.tlsFailed, "\(what): \(reason)", underlying: error)
    }
}
