public import Sockets

// CPython's `with`.
extension Connection {
    /// Connects to a listener, lends `body` the connection, and closes it however that ends.
    ///
    /// - Parameters:
    ///   - authkey: the key the listener has too; nil where it asks for none.
    ///   - timeout: how long connecting may take.
    /// - Throws: what `connect` throws, and what `body` throws.
    public static func withConnection<Result>(
        to address: SocketAddress, authkey: AuthenticationKey?,
        timeout: Duration = defaultConnectTimeout,
        _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let connection = try await connect(to: address, authkey: authkey, timeout: timeout)
        return try await connection.closing(after: body)
    }

    /// Lends `body` this connection, and closes it however that ends.
    ///
    /// - Throws: what `body` throws.
    public func closing<Result>(
        after body: (Connection) async throws -> Result
    ) async rethrows -> Result {
        defer { close() }
        return try await body(self)
    }
}
