package import Sockets

extension Descriptor {
    /// Waits, without a thread, until there is something to read: bytes, or the end.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Returns: false when the time is over.
    /// - Throws: `.cancelled`, naming `what`, `.tooManyDescriptors`, `.system`.
    package func becomesReadable(
        _ what: String, within timeout: Duration?
    ) async throws(ConnectionError) -> Bool {
        let shot = OneShot<Void>()
        let watch = try ReadyWatch.start(second()) { shot.complete(.success(())) }
        defer { watch.stop() }
        return try await shot.value(what, within: timeout) != nil
    }

    /// A second descriptor of the same, with a connection's error.
    package func second() throws(ConnectionError) -> Descriptor {
        do throws(SocketError) {
            return try duplicate()
        } catch {
            throw ConnectionError(error)
        }
    }
}
