internal import COpenSSL

/// What OpenSSL refused, and why.
package struct OpenSSLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case digestUnavailable, noRandomness, unusable, noMemory
            case expired, notYetValid, wrongName, wrongFingerprint, unknownAuthority, selfSigned
            case untrusted, noCertificate, notTLS, protocolTooOld, refused, tooMuchHandshake, broken
        }
        private let kind: Kind

        /// This OpenSSL, as configured (FIPS), does not offer the digest.
        package static let digestUnavailable = Code(kind: .digestUnavailable)
        /// The generator has no seed.
        package static let noRandomness = Code(kind: .noRandomness)
        /// A certificate or key of ours is none, or they do not belong together.
        package static let unusable = Code(kind: .unusable)
        /// OpenSSL has no memory for what is asked.
        package static let noMemory = Code(kind: .noMemory)

        /// The peer's certificate was valid once.
        package static let expired = Code(kind: .expired)
        /// The peer's certificate will be valid later, by this machine's clock.
        package static let notYetValid = Code(kind: .notYetValid)
        /// The peer's certificate is for somebody else.
        package static let wrongName = Code(kind: .wrongName)
        /// The peer's certificate is none of those expected.
        package static let wrongFingerprint = Code(kind: .wrongFingerprint)
        /// No authority that is trusted stands behind the peer's certificate.
        package static let unknownAuthority = Code(kind: .unknownAuthority)
        /// The peer's certificate has nobody behind it but itself.
        package static let selfSigned = Code(kind: .selfSigned)
        /// Something else is wrong with the peer's certificate.
        package static let untrusted = Code(kind: .untrusted)
        /// The peer has shown no certificate.
        package static let noCertificate = Code(kind: .noCertificate)
        /// What the peer says is not TLS.
        package static let notTLS = Code(kind: .notTLS)
        /// The peer knows no TLS 1.3.
        package static let protocolTooOld = Code(kind: .protocolTooOld)
        /// The peer has refused us, and said why.
        package static let refused = Code(kind: .refused)
        /// A handshake longer than anybody needs.
        package static let tooMuchHandshake = Code(kind: .tooMuchHandshake)
        /// Bytes that the peer's TLS cannot have sent: they were changed, or it is at fault.
        package static let broken = Code(kind: .broken)

        package var description: String { kind.rawValue }
    }

    package let code: Code
    /// What happened, as a sentence without its full stop.
    package let reason: String

    package var description: String { "\(code): \(reason)" }

    init(code: Code, reason: String) {
        self.code = code
        self.reason = reason
    }
}

extension OpenSSLError {
    static func digestUnavailable(_ digest: Digest) -> OpenSSLError {
        OpenSSLError(
            code: .digestUnavailable,
            reason: "this OpenSSL does not offer HMAC with \(digest.rawValue)" + detail())
    }

    static func noRandomness() -> OpenSSLError {
        OpenSSLError(code: .noRandomness, reason: "OpenSSL has no random bytes to give" + detail())
    }

    static func unusable(_ what: String) -> OpenSSLError {
        OpenSSLError(code: .unusable, reason: what + detail())
    }

    static func noMemory() -> OpenSSLError {
        OpenSSLError(code: .noMemory, reason: "OpenSSL has no memory left" + detail())
    }

    /// Takes this thread's oldest OpenSSL error, and forgets the others.
    private static func detail() -> String {
        let number = ERR_get_error()
        mp_errors_clear()
        guard number != 0, let text = unsafe ERR_reason_error_string(number) else { return "" }
        return unsafe " (\(String(cString: text)))"
    }
}
