public import Sockets

// CPython's `with`.
extension Listener {
    /// Listens, lends `body` the listener, and closes it however that ends.
    ///
    /// - Parameters:
    ///   - address: where; port 0 is any free port.
    ///   - authkey: the key that both sides must have; nil lets in everybody.
    /// - Throws: what `init` throws, and what `body` throws.
    public static func withListener<Result>(
        at address: SocketAddress, authkey: AuthenticationKey?,
        _ body: (Listener) async throws -> Result
    ) async throws -> Result {
        try await Listener(address: address, authkey: authkey).closing(after: body)
    }

    /// Lends `body` this listener, and closes it however that ends.
    ///
    /// - Throws: what `body` throws.
    public func closing<Result>(
        after body: (Listener) async throws -> Result
    ) async rethrows -> Result {
        defer { close() }
        return try await body(self)
    }
}
