internal import COpenSSL

/// Makes certificates: a small authority's own, and those that it gives to servers and clients.
package struct CertificateMaker: Sendable {
    /// What a certificate is for.
    package enum Purpose: String, Sendable, CaseIterable {
        /// To sign others.
        case authority
        /// To be shown by a server, which may be a client of others too.
        case server
        /// To be shown by a client.
        case client
    }

    /// A certificate and its key, both PEM.
    package struct Made: Sendable {
        package let certificate: [UInt8]
        package let key: [UInt8]

        package init(certificate: [UInt8], key: [UInt8]) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// How long before now a certificate begins, for clocks that are behind: an hour, in seconds.
    private static let headStart = 3600
    /// Most days that a certificate lasts: a century.
    package static let daysLimit = 36_525

    package let purpose: Purpose
    /// Whose it is: its common name.
    package let name: String
    /// Further names: of hosts, addresses, and URIs (with `://`).
    package var names: [String] = []
    package var kind = PrivateKey.Kind.p256
    /// Days from now on; below zero for one that has expired already.
    package var days = 3650
    /// Days from now until it begins.
    package var startsIn = 0

    package init(_ purpose: Purpose, name: String) {
        self.purpose = purpose
        self.name = name
    }

    /// Makes one that stands for itself.
    ///
    /// - Throws: `.unusable` where a name cannot stand in a certificate.
    package func makeSelfSigned() throws(OpenSSLError) -> Made {
        let key = try PrivateKey(kind)
        return try make(key, by: nil)
    }

    /// Makes one that an authority stands behind.
    ///
    /// - Throws: `.unusable` where the authority's files are no such thing, or a name cannot stand
    ///   in a certificate.
    package func make(signedBy authority: Made) throws(OpenSSLError) -> Made {
        let issuer = try Certificate.list(pem: authority.certificate)[0]
        let issuerKey = try PrivateKey(pem: authority.key)
        guard unsafe X509_check_private_key(issuer.x509, issuerKey.key) == 1 else {
            throw .unusable("the key of the authority is not that of its certificate")
        }
        return try make(try PrivateKey(kind), by: (issuer, issuerKey))
    }

    private func make(
        _ key: PrivateKey, by authority: (certificate: Certificate, key: PrivateKey)?
    ) throws(OpenSSLError) -> Made {
        guard let x509 = unsafe X509_new() else { throw .noMemory() }
        let certificate = unsafe Certificate(x509)
        try describe(certificate, key)
        let issuer = authority?.certificate ?? certificate
        unsafe X509_set_issuer_name(x509, X509_get_subject_name(issuer.x509))
        try extend(certificate, issuer)
        let signer = authority?.key ?? key
        let digest = unsafe signer.signsWithoutDigest ? nil : EVP_sha256()
        guard unsafe X509_sign(x509, signer.key, digest) > 0 else {
            throw .unusable("the certificate cannot be signed")
        }
        return Made(certificate: try certificate.pem(), key: try key.pem())
    }

    /// Who, from when to when, and with which key.
    private func describe(_ certificate: Certificate, _ key: PrivateKey) throws(OpenSSLError) {
        let x509 = unsafe certificate.x509
        // 159 random bits: RFC 5280 wants at most 20 bytes, and not below zero.
        var serial = try randomBytes(20)
        serial[0] &= 0x7F
        let number = unsafe BN_bin2bn(serial, Int32(serial.count), nil)
        defer { unsafe BN_free(number) }
        unsafe BN_to_ASN1_INTEGER(number, X509_get_serialNumber(x509))
        unsafe X509_set_version(x509, 2)
        unsafe X509_gmtime_adj(X509_getm_notBefore(x509), startsIn * 86400 - Self.headStart)
        unsafe X509_gmtime_adj(X509_getm_notAfter(x509), days * 86400)
        unsafe X509_set_pubkey(x509, key.key)
        let text = Array(name.utf8)
        guard !text.isEmpty, !text.contains(0),
            unsafe X509_NAME_add_entry_by_txt(
                X509_get_subject_name(x509), "CN", MBSTRING_UTF8, text, Int32(text.count), -1, 0)
                == 1
        else { throw .unusable("'\(name)' cannot be the name in a certificate") }
    }

    private func extend(
        _ certificate: Certificate, _ issuer: Certificate
    ) throws(OpenSSLError) {
        var wanted: [(Int32, String)] = []
        switch purpose {
        case .authority:
            wanted = [
                (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
                (NID_key_usage, "critical,keyCertSign,cRLSign"),
            ]
        case .server, .client:
            wanted = [
                (NID_basic_constraints, "critical,CA:FALSE"),
                (NID_key_usage, "critical,digitalSignature"),
                (NID_ext_key_usage, purpose == .server ? "serverAuth,clientAuth" : "clientAuth"),
            ]
        }
        wanted.append((NID_subject_key_identifier, "hash"))
        if issuer !== certificate { wanted.append((NID_authority_key_identifier, "keyid")) }
        if !names.isEmpty { wanted.append((NID_subject_alt_name, try alternativeNames())) }
        for (kind, value) in wanted { try add(kind, value, to: certificate, issuer) }
    }

    private func add(
        _ kind: Int32, _ value: String, to certificate: Certificate, _ issuer: Certificate
    ) throws(OpenSSLError) {
        var context = unsafe X509V3_CTX()
        unsafe X509V3_set_ctx(&context, issuer.x509, certificate.x509, nil, nil, 0)
        guard let extended = unsafe X509V3_EXT_conf_nid(nil, &context, kind, value) else {
            throw .unusable("'\(value)' cannot stand in a certificate")
        }
        defer { unsafe X509_EXTENSION_free(extended) }
        guard unsafe X509_add_ext(certificate.x509, extended, -1) == 1 else { throw .noMemory() }
    }

    /// As OpenSSL reads it: `DNS:host,IP:10.0.0.1,URI:spiffe://…`
    private func alternativeNames() throws(OpenSSLError) -> String {
        var parts: [String] = []
        for name in names {
            // What means something to OpenSSL's reader is in no name.
            let isClean = name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            guard isClean, !name.isEmpty, !name.contains(where: { ",;\"\\@".contains($0) }) else {
                throw .unusable("'\(name)' is no name of a host, no address and no URI")
            }
            let address = unsafe a2i_IPADDRESS(name)
            defer { unsafe ASN1_STRING_free(address) }
            let kind = unsafe address != nil ? "IP" : name.contains("://") ? "URI" : "DNS"
            parts.append("\(kind):\(name)")
        }
        mp_errors_clear()
        return parts.joined(separator: ",")
    }
}
