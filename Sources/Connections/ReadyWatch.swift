package import Sockets
internal import Synchronization

/// A descriptor that is watched until it is readable for the first time: a process's end is seen
/// that way.  It belongs to the loop until then, and is closed afterwards.
package final class ReadyWatch: LoopMember {
    private struct State: ~Copyable {
        var descriptor: Descriptor?
        var token: UInt64 = 0
    }

    private let loop: IOLoop
    private let action: @Sendable () -> Void
    private let state: Mutex<State>

    private init(
        _ descriptor: consuming Descriptor, _ loop: IOLoop, _ action: @escaping @Sendable () -> Void
    ) {
        self.loop = loop
        self.action = action
        state = Mutex(State(descriptor: descriptor))
    }

    /// Calls `action` once, on the loop's thread, when the descriptor has become readable.
    ///
    /// - Throws: `ConnectionError` with `.tooManyDescriptors`, `.system`; then it is never called.
    @discardableResult
    package static func start(
        _ descriptor: consuming Descriptor, _ action: @escaping @Sendable () -> Void
    ) throws(ConnectionError) -> ReadyWatch {
        let watch = ReadyWatch(descriptor, try IOLoop.shared(), action)
        try watch.start()
        return watch
    }

    /// Watches no more.  The action may just be running.
    package func stop() {
        _ = finish()
    }

    private func start() throws(ConnectionError) {
        let token = loop.join(self)
        do throws(SocketError) {
            try state.withLock { state throws(SocketError) in
                state.token = token
                guard let raw = state.descriptor?.raw else { return }
                try loop.watch(raw, token: token, from: [], to: .read)
            }
        } catch {
            loop.leave(token)
            throw ConnectionError(error)
        }
    }

    func becameReady(_ ready: Ready, scratch: UnsafeMutableRawBufferPointer) {
        guard ready.isReadable else { return }
        if finish() { action() }
    }

    /// - Returns: whether it was watched until now.
    private func finish() -> Bool {
        let token = state.withLock { state -> UInt64? in
            guard let descriptor = state.descriptor.take() else { return nil }
            // Somebody may have a second descriptor of the same: closing this is not enough.
            loop.unwatch(descriptor.raw)
            return state.token
        }
        guard let token else { return false }
        loop.leave(token)
        return true
    }
}
