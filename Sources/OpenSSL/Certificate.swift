internal import COpenSSL

/// A certificate: who somebody is, and until when.
///
/// SAFETY: OpenSSL changes nothing in a certificate that is read; freed with the last reference.
@safe package final class Certificate: @unchecked Sendable {
    let x509: OpaquePointer

    /// Takes over a reference.
    init(_ x509: OpaquePointer) {
        unsafe self.x509 = x509
    }

    deinit { unsafe X509_free(x509) }

    /// All certificates of a PEM file, in their order, at least one.
    ///
    /// - Throws: `.unusable` where there is none, or too many, or one that is damaged.
    package static func list(pem: [UInt8]) throws(OpenSSLError) -> [Certificate] {
        mp_errors_clear()
        let file = try MemoryFile(pem)
        var found: [Certificate] = []
        while let x509 = unsafe PEM_read_bio_X509(file.bio, nil, nil, nil) {
            unsafe found.append(Certificate(x509))
            guard found.count <= TLSContext.certificateLimit else {
                throw .unusable("more than \(TLSContext.certificateLimit) certificates")
            }
        }
        guard !found.isEmpty else { throw .unusable("no certificate in PEM form") }
        guard mp_error_is_end_of_pem(ERR_peek_last_error()) == 1 else {
            throw .unusable("certificate \(found.count + 1) of the file is damaged")
        }
        mp_errors_clear()
        return found
    }

    /// The SHA-256 of all of it, 32 bytes.
    package var fingerprint: [UInt8] {
        var made = [UInt8](repeating: 0, count: 32)
        var count = UInt32(made.count)
        unsafe X509_digest(x509, EVP_sha256(), &made, &count)
        return made
    }

    /// The first common name of its subject.
    package var commonName: String? { unsafe Self.commonName(X509_get_subject_name(x509)) }

    /// The common name of who has signed it.
    package var issuerName: String? { unsafe Self.commonName(X509_get_issuer_name(x509)) }

    /// From when on it is valid, in seconds since 1970.
    package var notBefore: Int64 { unsafe Self.seconds(X509_get0_notBefore(x509)) }

    /// Until when it is valid, in seconds since 1970.
    package var notAfter: Int64 { unsafe Self.seconds(X509_get0_notAfter(x509)) }

    /// Whether it is past its time now.
    package var hasExpired: Bool { unsafe X509_cmp_current_time(X509_get0_notAfter(x509)) < 0 }

    /// Whether its time has not come yet.
    package var isEarly: Bool { unsafe X509_cmp_current_time(X509_get0_notBefore(x509)) > 0 }

    /// Whether it may stand behind others.
    package var isAuthority: Bool { unsafe X509_check_ca(x509) == 1 }

    /// PEM.
    ///
    /// - Throws: `.noMemory`.
    package func pem() throws(OpenSSLError) -> [UInt8] {
        let file = try MemoryFile()
        guard unsafe PEM_write_bio_X509(file.bio, x509) == 1 else { throw .noMemory() }
        return file.bytes
    }

    private static func commonName(_ name: OpaquePointer?) -> String? {
        let place = unsafe X509_NAME_get_index_by_NID(name, NID_commonName, -1)
        guard place >= 0, let entry = unsafe X509_NAME_get_entry(name, place) else { return nil }
        var text: UnsafeMutablePointer<UInt8>?
        let count = unsafe ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry))
        guard count >= 0, let text = unsafe text else { return nil }
        defer { unsafe CRYPTO_free(text, #file, #line) }
        return unsafe readable(UnsafeBufferPointer(start: text, count: Int(count)))
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
        let epoch = unsafe ASN1_TIME_set(nil, 0)
        defer { unsafe ASN1_STRING_free(epoch) }
        var (days, seconds): (Int32, Int32) = (0, 0)
        unsafe ASN1_TIME_diff(&days, &seconds, epoch, time)
        return Int64(days) * 86400 + Int64(seconds)
    }

    /// Text as it stands there; nil where a zero byte is to hide the rest of it.
    static func readable(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
        guard unsafe !bytes.contains(0) else { return nil }
        return unsafe String(validating: bytes, as: UTF8.self)
    }
}
