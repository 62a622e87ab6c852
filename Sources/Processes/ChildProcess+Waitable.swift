public import Connections
internal import Sockets

extension ChildProcess: Waitable {
    /// Whether it has ended, or was never started.
    public var isReady: Bool {
        guard let sentinel = try? sentinelDescriptor else { return true }
        return (try? sentinel.descriptor.waitUntilReadable(nanoseconds: 0)) ?? true
    }

    /// Returns once it has ended: `join` says also how.
    ///
    /// - Throws: `ConnectionError`: `.cancelled`, `.tooManyDescriptors`, `.system`.
    public func waitUntilReady() async throws(ConnectionError) {
        guard let sentinel = try? sentinelDescriptor else { return }
        _ = try await sentinel.descriptor.becomesReadable("waiting", within: nil)
    }
}
