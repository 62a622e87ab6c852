internal import COpenSSL

/// The digests of CPython's handshake, by the names they have on the wire.
package enum Digest: String, CaseIterable, Sendable {
    case md5, sha256, sha384
    // The names of the wire count more than those of Swift.
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case sha3_256
    // swift-format-ignore: AlwaysUseLowerCamelCase
    case sha3_384

    /// Length of a digest, and of an HMAC made with it, in bytes.
    package var byteCount: Int {
        switch self {
        case .md5: 16
        case .sha256, .sha3_256: 32
        case .sha384, .sha3_384: 48
        }
    }

    /// Length of the blocks that the digest takes its input in, in bytes.
    fileprivate var blockSize: Int {
        switch self {
        case .md5, .sha256: 64
        case .sha384: 128
        case .sha3_256: 136
        case .sha3_384: 104
        }
    }

    /// The name that OpenSSL has for it.
    private var name: String {
        switch self {
        case .md5: "MD5"
        case .sha256: "SHA256"
        case .sha384: "SHA384"
        case .sha3_256: "SHA3-256"
        case .sha3_384: "SHA3-384"
        }
    }

    /// OpenSSL's implementations, looked up once: it takes longer than to make a digest.
    ///
    /// SAFETY: never freed; OpenSSL changes nothing in them and lets any thread use them.
    @safe private nonisolated(unsafe) static let methods = {
        var methods: [Digest: OpaquePointer] = unsafe [:]
        guard OpenSSLLibrary.isReady else { return unsafe methods }
        for digest in allCases { unsafe methods[digest] = EVP_MD_fetch(nil, digest.name, nil) }
        return unsafe methods
    }()

    /// The digest of some bytes.
    ///
    /// - Throws: `.digestUnavailable`, for MD5 under FIPS rules.
    fileprivate func callAsFunction(_ bytes: [UInt8]) throws(OpenSSLError) -> [UInt8] {
        guard let method = unsafe Self.methods[self] else { throw .digestUnavailable(self) }
        var made = [UInt8](repeating: 0, count: byteCount)
        guard unsafe EVP_Digest(bytes, bytes.count, &made, nil, method, nil) == 1 else {
            throw .digestUnavailable(self)
        }
        return made
    }
}

/// The message authentication code of RFC 2104, `H(key ^ 5c… + H(key ^ 36… + message))`.
///
/// Made here of two digests: OpenSSL's `HMAC` looks its parts up by name each time, which takes it
/// three times as long as the rest.
///
/// - Returns: `digest.byteCount` bytes.
/// - Throws: `.digestUnavailable`, for MD5 under FIPS rules.
package func hmac(
    _ digest: Digest, key: [UInt8], message: [UInt8]
) throws(OpenSSLError) -> [UInt8] {
    let key = key.count > digest.blockSize ? try digest(key) : key
    var (inner, outer) = (
        [UInt8](repeating: 0x36, count: digest.blockSize),
        [UInt8](repeating: 0x5C, count: digest.blockSize)
    )
    for (index, byte) in key.enumerated() {
        inner[index] ^= byte
        outer[index] ^= byte
    }
    return try digest(outer + digest(inner + message))
}
