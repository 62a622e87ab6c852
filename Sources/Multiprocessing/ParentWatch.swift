internal import Managers
internal import Processes
internal import Sockets
internal import Synchronization

/// A thread that waits for the end of a server's parent: then the server ends too, or, where there
/// is none yet, its process.
final class ParentWatch: Sendable {
    private enum State {
        case starting
        case serving(ManagerServer)
        /// The process is ending by itself.
        case ending
        case parentHasEnded
    }

    private let parent: ParentLink
    private let state = Mutex(State.starting)

    init(_ parent: ParentLink) {
        self.parent = parent
    }

    /// Begins to wait.
    ///
    /// - Parameter abandon: what is to be done before the process ends without a server.
    func start(_ abandon: @escaping @Sendable () -> Void) throws(SocketError) {
        try DedicatedThread.start(name: "parent") { [self] in
            parent.waitForEnd()
            let before = state.withLock { state in
                defer { state = .parentHasEnded }
                return state
            }
            switch before {
            case .serving(let server): server.shutdown()
            case .ending, .parentHasEnded: break
            case .starting:
                abandon()
                HostProcess.end(status: 1)
            }
        }
    }

    /// From now on there is a server to end, or nothing.
    func watch(over server: ManagerServer?) {
        let hasEnded = state.withLock { state in
            if case .parentHasEnded = state { return true }
            state = server.map { .serving($0) } ?? .ending
            return false
        }
        if hasEnded { server?.shutdown() }
    }
}
