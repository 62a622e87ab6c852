internal import COpenSSL
internal import Synchronization

/// What many TLS sessions have in common: certificates, what is trusted, the keys of the tickets by
/// which clients resume, and on the client's side the tickets.
///
/// TLS 1.3 and nothing else.  It does not change once it is made: a server that reads its
/// certificates anew makes a new one, with new keys for its tickets, so that nobody resumes what
/// would be refused now.
///
/// SAFETY: OpenSSL lets any thread make sessions of a context that nobody changes.
@safe package final class TLSContext: @unchecked Sendable {
    /// Certificates that a file may hold.
    static let certificateLimit = 256
    /// Sessions that are kept for one server, and servers for which some are kept.
    private static let resumptionLimit = 4

    let role: TLSSetup.Role
    let fingerprints: [[UInt8]]
    let context: OpaquePointer
    /// The certificate that the peer is to see.
    package private(set) var certificate: Certificate?
    /// By server.
    private let resumptions = Mutex<[String: [Resumption]]>([:])

    /// What a client resumes.
    ///
    /// SAFETY: it is not changed once it is kept, and freed with the last reference.
    @safe final class Resumption: @unchecked Sendable {
        let session: OpaquePointer

        init(_ session: OpaquePointer) {
            unsafe self.session = session
        }

        deinit { unsafe SSL_SESSION_free(session) }
    }

    /// - Throws: `.unusable` where a certificate or a key is none, `.noMemory`.
    package init(_ setup: TLSSetup) throws(OpenSSLError) {
        role = setup.role
        fingerprints = setup.fingerprints
        guard OpenSSLLibrary.isReady else { throw .noMemory() }
        mp_errors_clear()
        let method = unsafe role == .client ? TLS_client_method() : TLS_server_method()
        guard let context = unsafe SSL_CTX_new(method) else { throw .noMemory() }
        unsafe self.context = context
        guard unsafe mp_context_prepare(context) == 1 else {
            throw .unusable("this OpenSSL speaks no TLS 1.3")
        }
        // Without a name for them, sessions with certificates of clients cannot be resumed.
        let name = Array("multiprocessing".utf8)
        unsafe SSL_CTX_set_session_id_context(context, name, UInt32(name.count))
        if let identity = setup.identity { try show(identity) }
        try trust(setup)
    }

    deinit { unsafe SSL_CTX_free(context) }

    /// Takes the certificates and the key that the peer is to see.
    private func show(_ identity: TLSSetup.Identity) throws(OpenSSLError) {
        var chain = try Certificate.list(pem: identity.certificates)[...]
        guard let own = chain.popFirst(), unsafe SSL_CTX_use_certificate(context, own.x509) == 1
        else { throw .unusable("the certificate cannot be used") }
        certificate = own
        for certificate in chain {
            guard unsafe mp_context_add_to_chain(context, certificate.x509) == 1 else {
                throw .unusable("a certificate behind the first cannot be used")
            }
        }
        let key = try PrivateKey(pem: identity.key)
        guard unsafe SSL_CTX_use_PrivateKey(context, key.key) == 1,
            unsafe SSL_CTX_check_private_key(context) == 1
        else { throw .unusable("the key is not that of the certificate") }
    }

    private func trust(_ setup: TLSSetup) throws(OpenSSLError) {
        let wantsCertificate =
            role == .client
            ? setup.roots != nil || fingerprints.isEmpty : setup.clientCertificates != .none
        guard wantsCertificate else { return }
        if let roots = setup.roots {
            let store = unsafe SSL_CTX_get_cert_store(context)
            for certificate in try Certificate.list(pem: roots) {
                guard unsafe X509_STORE_add_cert(store, certificate.x509) == 1 else {
                    throw .unusable("a certificate of an authority cannot be used")
                }
                // So that clients with several certificates know which to show.
                if role == .server {
                    unsafe SSL_CTX_add_client_CA(context, certificate.x509)
                }
            }
        } else if role == .server {
            throw .unusable("certificates of clients are wanted, and no authority is trusted")
        } else if unsafe SSL_CTX_set_default_verify_paths(context) != 1 {
            throw .unusable("the authorities that this system trusts cannot be read")
        }
        var mode = SSL_VERIFY_PEER
        if setup.clientCertificates == .required { mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT }
        unsafe SSL_CTX_set_verify(context, mode, nil)
    }

    // MARK: Resumption

    /// A session that can be resumed with that server; it is given to one only, as RFC 8446 (C.4)
    /// wants it, lest they be told to belong together.
    func takeResumption(with server: String) -> Resumption? {
        resumptions.withLock { $0[server]?.popLast() }
    }

    /// Keeps a session that can be resumed with that server.
    func keep(_ resumption: Resumption, with server: String) {
        resumptions.withLock { all in
            if all[server] == nil, all.count >= Self.resumptionLimit { all = [:] }
            var kept = all[server] ?? []
            if kept.count >= Self.resumptionLimit { kept.removeFirst() }
            kept.append(resumption)
            all[server] = kept
        }
    }
}
