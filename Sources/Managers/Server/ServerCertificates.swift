internal import Connections
internal import OpenSSL
internal import Synchronization

/// What a server shows and wants to see under TLS, as its files were when they were last read.
///
/// Connections that are open keep what they began with.
final class ServerCertificates: Sendable {
    private let configuration: TLSConfiguration
    private let context: Mutex<TLSContext>

    /// - Throws: ``ManagerError`` with `tlsFailed` where a certificate or key cannot be used.
    init(_ configuration: TLSConfiguration) throws(ManagerError) {
        self.configuration = configuration
        context = Mutex(try Self.read(configuration))
    }

    /// Reads the files anew.
    ///
    /// - Throws: ``ManagerError`` with `tlsFailed`, also where the server's certificate is out of
    ///   its time; then what was read before stays.
    func reload() throws(ManagerError) {
        let fresh = try Self.read(configuration)
        if let problem = fresh.problem {
            throw ManagerError(.tlsFailed, "TLS: the server's certificate \(problem)")
        }
        context.withLock { $0 = fresh }
    }

    /// Why clients will refuse the server's certificate; nil where nothing is known.
    var problem: String? { context.withLock(\.problem) }

    /// The server's end of a connection that has just come; nil without memory.
    func link() -> TLSLink? {
        try? TLSLink(accepting: context.withLock { $0 })
    }

    private static func read(
        _ configuration: TLSConfiguration
    ) throws(ManagerError) -> TLSContext {
        do throws(ConnectionError) {
            return try configuration.serverContext()
        } catch {
            throw ManagerError(error)
        }
    }
}

extension TLSContext {
    /// What is wrong with the time of its certificate.
    fileprivate var problem: String? {
        guard let certificate, certificate.hasExpired || certificate.isEarly else { return nil }
        return certificate.hasExpired ? "has expired" : "is not yet valid"
    }
}
