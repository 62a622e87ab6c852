internal import COpenSSL

/// A private key.
///
/// SAFETY: OpenSSL changes nothing in a key that is used; freed with the last reference.
@safe package final class PrivateKey: @unchecked Sendable {
    /// What keys are made.
    package enum Kind: String, CaseIterable, Sendable {
        case p256, ed25519
    }

    let key: OpaquePointer

    /// A new key.
    ///
    /// - Throws: `.unusable`, under FIPS rules.
    init(_ kind: Kind) throws(OpenSSLError) {
        mp_errors_clear()
        let made = unsafe kind == .p256 ? mp_key_p256() : mp_key_ed25519()
        guard let made = unsafe made else {
            throw .unusable("this OpenSSL makes no \(kind.rawValue) keys")
        }
        unsafe key = made
    }

    /// Reads a key that is not locked by a password.
    ///
    /// - Throws: `.unusable`.
    init(pem: [UInt8]) throws(OpenSSLError) {
        mp_errors_clear()
        let read = try MemoryFile(pem)
        // Nobody is asked for a password: OpenSSL would do so on the terminal.
        guard
            let key = unsafe PEM_read_bio_PrivateKey(read.bio, nil, { _, _, _, _ in -1 }, nil)
        else { throw .unusable("no private key in PEM form, or one with a password") }
        unsafe self.key = key
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// PEM, PKCS #8, without a password.
    ///
    /// - Throws: `.noMemory`.
    func pem() throws(OpenSSLError) -> [UInt8] {
        let file = try MemoryFile()
        guard unsafe PEM_write_bio_PKCS8PrivateKey(file.bio, key, nil, nil, 0, nil, nil) == 1 else {
            throw .noMemory()
        }
        return file.bytes
    }

    /// Whether OpenSSL chooses the digest of this key's signatures by itself.
    var signsWithoutDigest: Bool { unsafe EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 }
}
