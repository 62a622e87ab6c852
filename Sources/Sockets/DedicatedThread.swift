internal import CMultiprocessing

/// A thread of our own, for what must not hold up Swift's cooperative pool.
package enum DedicatedThread {
    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Runs `body` on a new thread that ends with it.
    ///
    /// - Parameter name: shown by `top` and debuggers, cut to 15 bytes.
    /// - Throws: `SocketError` when the system has no thread left; then `body` never runs.
    package static func start(
        name: String, _ body: @escaping @Sendable () -> Void
    ) throws(SocketError) {
        let start = unsafe Unmanaged.passRetained(Start(body))
        let result = unsafe name.withCString { name in
            unsafe mp_thread_start(
                name,
                { context in
                    guard let context = unsafe context else { return }
                    unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
                }, start.toOpaque())
        }
        if result < 0 {
            unsafe start.release()
            throw .system("thread", result)
        }
    }
}
