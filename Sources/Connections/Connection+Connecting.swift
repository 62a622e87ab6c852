public import Sockets

extension Connection {
    /// Connects to a listener, and authenticates both sides.
    ///
    /// A host name is looked up and its addresses are tried in order.  A Unix socket whose backlog
    /// is full is tried again until the time is over.
    ///
    /// - Parameters:
    ///   - authkey: the key the listener has too; nil where it asks for none.
    ///   - timeout: how long all of it may take.
    ///   - messageSizeLimit: most bytes of a message that is received.
    ///   - allowsLegacy: whether MD5, and with it CPython up to 3.11, is good enough.
    /// - Throws: `ConnectionError`: `.refused`, `.unreachable`, `.invalidAddress`,
    ///   `.authenticationFailed`, `.timedOut`, `.cancelled`, `.tooManyDescriptors`, `.closed`.
    public static func connect(
        to address: SocketAddress, authkey: AuthenticationKey?,
        timeout: Duration = defaultConnectTimeout,
        messageSizeLimit: Int = defaultMessageSizeLimit, allowsLegacy: Bool = true
    ) async throws(ConnectionError) -> Connection {
        let dialer = Dialer(
            loop: try IOLoop.shared(), address: address, authkey: authkey,
            deadline: MonotonicClock.deadline(after: timeout), timeout: timeout,
            messageSizeLimit: messageSizeLimit, allowsLegacy: allowsLegacy)
        return try await dialer.dial()
    }
}
