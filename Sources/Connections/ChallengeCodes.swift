internal import OpenSSL

/// The codes that answer a challenge, of both eras: made, and judged.
///
///     modern  challenge {digest}<random>, more than 20 bytes      reply {digest}<MAC>
///     legacy  challenge <random>, 20 (or 16) bytes                reply <MAC>, 16 bytes, HMAC-MD5
///
/// Source: `_get_digest_name_and_payload`, `_create_response` and `_verify_challenge` in CPython's
/// Lib/multiprocessing/connection.py.
struct ChallengeCodes: Sendable {
    /// Why there is no answer.
    struct Problem: Error, Equatable {
        let reason: String
        /// Whether the peer has tried a key that is none of ours.
        var isWrongKey = false
    }

    /// Lengths that no modern message has.
    private static let legacyLengths = [16, 20]

    /// The keys, at least one: any of them is good.
    let keys: [AuthenticationKey]
    /// Whether MD5 counts.
    let allowsLegacy: Bool

    /// The reply to a peer's challenge, by the key at a place.
    func answer(to message: [UInt8], _ place: Int) -> Result<[UInt8], Problem> {
        let key = keys[place]
        if Self.legacyLengths.contains(message.count) {
            return code(.md5, of: message, key)
        }
        guard message.count > 20 else {
            return .failure(Problem(reason: "a challenge of \(message.count) bytes is too short"))
        }
        guard let (digest, _) = Self.digest(before: message) else {
            return .failure(Problem(reason: "a challenge that names no digest we know"))
        }
        return code(digest, of: message, key).map { digest.prefix + $0 }
    }

    /// The place of the key with which the peer has replied to our challenge.
    ///
    /// All keys are tried, whichever it is, so the time that this takes does not tell.
    func judge(_ reply: [UInt8], to message: [UInt8]) -> Result<Int, Problem> {
        let digest: Digest
        let given: [UInt8]
        if reply.count == Digest.md5.byteCount {
            (digest, given) = (.md5, reply)
        } else if let named = Self.digest(before: reply) {
            (digest, given) = (named.digest, Array(named.rest))
        } else {
            return .failure(Problem(reason: "a reply that names no digest we know"))
        }
        var found: Int?
        for (place, key) in keys.enumerated() {
            switch code(digest, of: message, key) {
            case .success(let expected):
                let isEqual = constantTimeEqual(expected, given)
                found = isEqual ? place : found
            case .failure(let problem): return .failure(problem)
            }
        }
        guard let found else {
            return .failure(Problem(reason: "the peer has another key", isWrongKey: true))
        }
        return .success(found)
    }

    private func code(
        _ digest: Digest, of message: [UInt8], _ key: AuthenticationKey
    ) -> Result<[UInt8], Problem> {
        guard digest != .md5 || allowsLegacy else {
            return .failure(Problem(reason: "a peer that offers MD5 only (CPython up to 3.11)"))
        }
        do throws(OpenSSLError) {
            return .success(try hmac(digest, key: key.bytes, message: message))
        } catch {
            return .failure(Problem(reason: error.reason))
        }
    }

    /// The digest that `{digest}` in front of a message names, and what follows it.
    private static func digest(
        before message: [UInt8]
    ) -> (digest: Digest, rest: ArraySlice<UInt8>)? {
        guard message.first == UInt8(ascii: "{") else { return nil }
        for (digest, prefix) in Digest.prefixes where message.starts(with: prefix) {
            return (digest, message.dropFirst(prefix.count))
        }
        return nil
    }
}

extension Digest {
    /// What stands in front of a message: `{digest}`. Made once, for a connection needs them often.
    fileprivate static let prefixes = allCases.map { digest in
        (digest: digest, prefix: Array("{\(digest.rawValue)}".utf8))
    }

    fileprivate var prefix: [UInt8] { Array("{\(rawValue)}".utf8) }
}
