package import OpenSSL
internal import Sockets

/// What a server or a client shows and trusts under TLS: TLS 1.3, and nothing older.
///
/// ```swift
/// let server = TLSConfiguration.server(
///     certificate: .file("server.pem"), key: .file("server.key"),
///     clientAuthorities: .file("ca.pem"), clientCertificates: .required)
/// let client = TLSConfiguration.client(trusting: .file("ca.pem"))
/// ```
///
/// It goes round the handshake with the authkey, which is what it is without TLS.
public struct TLSConfiguration: Sendable, Hashable {
    /// Where certificates or a key are: PEM.
    public enum Source: Sendable, Hashable {
        /// A file, which a server that reloads reads again.
        case file(String)
        /// Its contents.
        case bytes([UInt8])
    }

    /// What a server wants to see of its clients.
    public enum ClientCertificates: Sendable, Hashable {
        /// Nothing.
        case none
        /// A certificate that is trusted, or none at all.
        case optional
        /// A certificate that is trusted.
        case required
    }

    /// Most bytes of a file of certificates or keys.
    static let fileLimit = 1 << 20

    /// The own certificate, followed by those that lead to its authority; a server needs one.
    public var certificate: Source?
    /// The key of the own certificate, without a password.
    public var key: Source?
    /// The certificates of the authorities that are trusted to say who the peer is; for a client
    /// nil means those of the system, unless fingerprints say it.
    public var authorities: Source?
    /// What a server wants to see of its clients.
    public var clientCertificates = ClientCertificates.none
    /// For a client: the name or address that the server's certificate must be for. By default the
    /// host of the address, and `localhost` for a Unix socket.
    public var serverName: String?
    /// For a client: names of hosts of which the server's certificate must be for one, instead of
    /// the host of the address.
    public var pinnedNames: [String] = []
    /// For a client: the server's certificate must have one of these SHA-256 fingerprints, each 64
    /// hexadecimal digits. Without ``authorities`` nothing else is asked of it.
    public var pinnedFingerprints: [String] = []

    /// A client that trusts the authorities of its system.
    public init() {}

    /// What a server shows, and wants to see.
    ///
    /// - Parameters:
    ///   - certificate: its certificate, followed by those that lead to its authority.
    ///   - key: the certificate's key.
    ///   - clientAuthorities: who is trusted to say who a client is.
    ///   - clientCertificates: whether clients must show a certificate.
    public static func server(
        certificate: Source, key: Source, clientAuthorities: Source? = nil,
        clientCertificates: ClientCertificates = .none
    ) -> TLSConfiguration {
        var configuration = TLSConfiguration()
        configuration.certificate = certificate
        configuration.key = key
        configuration.authorities = clientAuthorities
        configuration.clientCertificates = clientCertificates
        return configuration
    }

    /// What a client trusts, and shows.
    ///
    /// - Parameters:
    ///   - authorities: who is trusted to say who a server is; nil for the system's.
    ///   - certificate: its own certificate, where the server wants to see one.
    ///   - key: the certificate's key.
    ///   - serverName: the name of the server, where it is not the host of its address.
    public static func client(
        trusting authorities: Source? = nil, certificate: Source? = nil, key: Source? = nil,
        serverName: String? = nil
    ) -> TLSConfiguration {
        var configuration = TLSConfiguration()
        configuration.authorities = authorities
        configuration.certificate = certificate
        configuration.key = key
        configuration.serverName = serverName
        return configuration
    }
}

extension TLSConfiguration {
    /// Reads the files, and makes what a server's connections have in common.
    ///
    /// - Throws: `ConnectionError` with `.tlsFailed`.
    package func serverContext() throws(ConnectionError) -> TLSContext {
        var setup = TLSSetup(.server)
        setup.clientCertificates =
            switch clientCertificates {
            case .none: .none
            case .optional: .optional
            case .required: .required
            }
        guard certificate != nil, key != nil else { throw .certificateMissing }
        return try context(setup)
    }

    /// The same for a client's connections.
    ///
    /// - Throws: `ConnectionError` with `.tlsFailed`.
    func clientContext() throws(ConnectionError) -> TLSContext {
        var setup = TLSSetup(.client)
        for text in pinnedFingerprints {
            guard let bytes = Fingerprint.bytes(text) else { throw .unnamedFingerprint }
            setup.fingerprints.append(bytes)
        }
        return try context(setup)
    }

    private func context(_ setup: TLSSetup) throws(ConnectionError) -> TLSContext {
        var setup = setup
        if let certificate {
            // A file may hold both.
            setup.identity = TLSSetup.Identity(
                certificates: try certificate.read("the certificate"),
                key: try (key ?? certificate).read("the key"))
        }
        setup.roots = try authorities?.read("the authorities' certificates")
        do throws(OpenSSLError) {
            return try TLSContext(setup)
        } catch {
            throw .insecure(error)
        }
    }

    /// The names of which the certificate of a server at an address must bear one.
    func names(at address: SocketAddress) -> [String] {
        guard authorities != nil || pinnedFingerprints.isEmpty else { return [] }
        if serverName != nil || !pinnedNames.isEmpty {
            return (serverName.map { [$0] } ?? []) + pinnedNames
        }
        guard case .tcp(let host, _) = address else { return ["localhost"] }
        return [host]
    }
}

extension TLSConfiguration.Source {
    /// The PEM of it.
    fileprivate func read(_ what: String) throws(ConnectionError) -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .file(let path):
            do throws(SocketError) {
                return try FileContents.readRegular(
                    path: path, limit: TLSConfiguration.fileLimit)
            } catch {
                throw .unreadable(what, error, error.reason)
            }
        }
    }
}
