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

    fileprivate var method: OpaquePointer? {
        switch self {
        case .md5: unsafe EVP_md5()
        case .sha256: unsafe EVP_sha256()
        case .sha384: unsafe EVP_sha384()
        case .sha3_256: unsafe EVP_sha3_256()
        case .sha3_384: unsafe EVP_sha3_384()
        }
    }
}

/// The message authentication code of RFC 2104.
///
/// - Returns: `digest.byteCount` bytes.
/// - Throws: `.digestUnavailable`, for MD5 under FIPS rules.
package func hmac(
    _ digest: Digest, key: [UInt8], message: [UInt8]
) throws(OpenSSLError) -> [UInt8] {
    guard OpenSSLLibrary.isReady, let keyLength = Int32(exactly: key.count) else {
        throw .digestUnavailable(digest)
    }
    var code = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
    var count: UInt32 = 0
    let made = unsafe HMAC(
        digest.method, key, keyLength, message, message.count, &code, &count)
    guard unsafe made != nil, Int(count) == digest.byteCount else {
        throw .digestUnavailable(digest)
    }
    return Array(code.prefix(digest.byteCount))
}
