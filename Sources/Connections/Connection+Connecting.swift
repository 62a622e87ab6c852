public import Sockets

extension Connection {
    /// Connects to a listener, and authenticates both sides.
    ///
    /// A host name is looked up and its addresses are tried in order.  A Unix socket whose backlog
    /// is full is tried again until the time is over.
    ///
    /// - Parameters:
    ///   - authkey: the key the listener has too; nil where it asks for none.
    ///   - tls: what is trusted and shown under TLS; nil for none of it.
    ///   - timeout: how long all of it may take.
    ///   - messageSizeLimit: most bytes of a message that is received.
    ///   - allowsLegacy: whether MD5, and with it CPython up to 3.11, is good enough.
    /// - Throws: `ConnectionError`: `.refused`, `.unreachable`, `.invalidAddress`,
    ///   `.authenticationFailed`, `.tlsFailed`, `.timedOut`, `.cancelled`, `.tooManyDescriptors`,
    ///   `.closed`.
    /// - Note: Under TLS a server looks at the client's certificate when the client takes the
    ///   connection for open. Where there is an `authkey`, a refusal is thrown here; else by the
    ///   first `receive`.
    public static func connect(
        to address: SocketAddress, authkey: AuthenticationKey?, tls: TLSConfiguration? = nil,
        timeout: Duration = defaultConnectTimeout,
        messageSizeLimit: Int = defaultMessageSizeLimit, allowsLegacy: Bool = true
    ) async throws(ConnectionError) -> Connection {
        let secured = try tls.map { tls throws(ConnectionError) in try TLSClient(tls) }
        return try await connect(
            to: address, authkey: authkey, secured: secured, timeout: timeout,
            messageSizeLimit: messageSizeLimit, allowsLegacy: allowsLegacy)
    }

    /// The same, for who connects more than once.
    package static func connect(
        to address: SocketAddress, authkey: AuthenticationKey?, secured tls: TLSClient?,
        timeout: Duration, messageSizeLimit: Int, allowsLegacy: Bool
    ) async throws(ConnectionError) -> Connection {
        let dialer = Dialer(
            loop: try IOLoop.shared(), address: address, authkey: authkey,
            deadline: MonotonicClock.deadline(after: timeout), timeout: timeout,
            messageSizeLimit: messageSizeLimit, allowsLegacy: allowsLegacy, tls: tls)
        return try await dialer.dial()
    }
}
