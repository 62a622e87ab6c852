public import Sockets

/// Accepts connections at an address, and authenticates both sides of each.
///
/// Handshakes run by themselves, any number at once, from the moment of `init`; `accept` hands over
/// the ones that have succeeded.  A stranger, who does not have the key, is sent `#FAILURE#` and
/// closed; one who sends nothing, or frames above 256 bytes, is closed; `accept` never learns of
/// them and never waits for them.
///
/// Ending the last reference closes it, as `close()` does.
///
/// Note: CPython's `Listener.accept()` runs one handshake at a time, and raises
/// `AuthenticationError` for each stranger.
public final class Listener: Sendable {
    /// Default length of the system's queue of connections that wait to be accepted.
    public static let defaultBacklog = 1024
    /// Default for how long a handshake may take: 10 seconds.
    public static let defaultHandshakeTimeout = Duration.seconds(10)
    /// Default for how many handshakes may be on their way at once.  One more, and the oldest is
    /// closed.
    public static let defaultPendingHandshakeLimit = 1024
    /// So many connections may have opened and wait for `accept`; then the listener leaves new ones
    /// to the system's queue.
    public static let unacceptedLimit = 256

    let acceptor: Acceptor

    /// Listens from now on.
    ///
    /// A stale Unix socket file (nobody listens on it any more) is replaced.  A host name is looked
    /// up here, which may block.
    ///
    /// - Parameters:
    ///   - address: where; port 0 is any free port, see `address`.
    ///   - authkey: the key that both sides must have; nil lets in everybody.
    ///   - tls: what is shown and wanted under TLS; nil for none of it.
    ///   - backlog: length of the system's queue, which the system may hold lower.
    ///   - messageSizeLimit: most bytes of a message that is received.
    ///   - handshakeTimeout: how long a handshake may take.
    ///   - pendingHandshakeLimit: how many handshakes may be on their way at once.
    ///   - allowsLegacy: whether MD5, and with it CPython up to 3.11, is good enough.
    /// - Throws: `ConnectionError`: `.addressInUse`, `.invalidAddress`, `.unreachable` (no
    ///   permission, no such interface), `.tlsFailed` where a certificate cannot be used,
    ///   `.tooManyDescriptors`, `.system`.
    public init(
        address: SocketAddress, authkey: AuthenticationKey?, tls: TLSConfiguration? = nil,
        backlog: Int = defaultBacklog,
        messageSizeLimit: Int = Connection.defaultMessageSizeLimit,
        handshakeTimeout: Duration = defaultHandshakeTimeout,
        pendingHandshakeLimit: Int = defaultPendingHandshakeLimit, allowsLegacy: Bool = true
    ) throws(ConnectionError) {
        let loop = try IOLoop.shared()
        let terms = Acceptor.Terms(
            authkey: authkey, messageSizeLimit: messageSizeLimit,
            handshakeTimeout: handshakeTimeout, pendingHandshakeLimit: pendingHandshakeLimit,
            allowsLegacy: allowsLegacy,
            tls: try tls.map { tls throws(ConnectionError) in try tls.serverContext() })
        do throws(SocketError) {
            let socket = try ListeningSocket(address, backlog: backlog)
            acceptor = Acceptor(socket, loop: loop, terms: terms)
        } catch {
            throw ConnectionError(error)
        }
        try acceptor.start()
    }

    /// Accepts from a socket that listens already.
    init(_ socket: consuming ListeningSocket, _ terms: Acceptor.Terms) throws(ConnectionError) {
        acceptor = Acceptor(socket, loop: try IOLoop.shared(), terms: terms)
        try acceptor.start()
    }

    deinit {
        acceptor.close()
    }

    /// Where it listens, with its real port.
    public var address: SocketAddress { acceptor.address }

    /// Waits for the next connection that is authenticated.
    ///
    /// - Throws: `ConnectionError`: `.closed` once the listener is, `.cancelled`.  A cancelled
    ///   accept has taken no connection.
    public func accept() async throws(ConnectionError) -> Connection {
        Connection(try await acceptor.next())
    }

    /// Stops listening, removes the socket's file, and closes connections that were not accepted;
    /// those that were live on.
    public func close() {
        acceptor.close()
    }
}
