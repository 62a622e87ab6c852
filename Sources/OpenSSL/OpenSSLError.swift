internal import COpenSSL

/// What OpenSSL refused, and why.
package struct OpenSSLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    package struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case digestUnavailable, noRandomness
        }
        private let kind: Kind

        /// This OpenSSL, as configured (FIPS), does not offer the digest.
        package static let digestUnavailable = Code(kind: .digestUnavailable)
        /// The generator has no seed.
        package static let noRandomness = Code(kind: .noRandomness)

        package var description: String { kind.rawValue }
    }

    package let code: Code
    /// What happened, as a sentence without its full stop.
    package let reason: String

    package var description: String { "\(code): \(reason)" }
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

    /// Takes this thread's oldest OpenSSL error, and forgets the others.
    private static func detail() -> String {
        let number = ERR_get_error()
        ERR_clear_error()
        guard number != 0, let text = unsafe ERR_reason_error_string(number) else { return "" }
        return unsafe " (\(String(cString: text)))"
    }
}
