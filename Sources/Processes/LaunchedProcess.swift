internal import CMultiprocessing
package import Connections
internal import Sockets
internal import Synchronization

/// A process that this one has started: this program once more, doing what a ``ProcessMain`` says.
///
/// It is taken leave of as soon as it ends, so it is never a zombie for long, and never mistaken
/// for a later process with the same number.  When the last reference to this object goes, and when
/// this process ends in whatever way, the child's ``ParentLink`` ends.
package final class LaunchedProcess: Sendable {
    /// How often a process is copied until a copy can begin.
    private static let forkAttempts = 5
    /// How long a copy may rest before it begins.
    private static let forkPatience = Duration.seconds(1)

    /// The signals one sends a child.
    package enum Signal: Sendable {
        case interrupt, terminate, kill

        fileprivate var number: Int32 {
            switch self {
            case .interrupt: MP_SIGINT
            case .terminate: MP_SIGTERM
            case .kill: MP_SIGKILL
            }
        }
    }

    /// The number by which the system knows it.
    package let identifier: Int32
    /// The line to the child: ``ParentLink`` is its other end.
    package let link: Connection
    /// Becomes readable when it ends, and stays so (a pidfd).
    let sentinel: SharedDescriptor
    private let life: Life

    /// Starts a child, and tells it what to do.
    ///
    /// - Parameters:
    ///   - main: what it does.
    ///   - onEnd: called once when it has ended, on a thread that must not be held up.
    /// - Throws: `ProcessError` with `unknownType`, `encoding`, `notInProgram`, `system`, `ended`,
    ///   `cancelled`.
    package static func start<Main: ProcessMain>(
        _ main: Main, onEnd: (@Sendable (ProcessEnd) -> Void)? = nil
    ) async throws(ProcessError) -> LaunchedProcess {
        try await start(Launch(main), by: .spawn, onEnd: onEnd)
    }

    /// The same, for what has been written down already.
    static func start(
        _ launch: Launch, by method: StartMethod, onEnd: (@Sendable (ProcessEnd) -> Void)?
    ) async throws(ProcessError) -> LaunchedProcess {
        guard method == .fork else { return try await launched(launch, by: method, onEnd) }
        for _ in 0..<forkAttempts {
            let child = try await launched(launch, by: .fork, onEnd)
            if try await child.hasBegun() { return child }
            child.send(.kill)
        }
        throw .cannotBegin
    }

    private static func launched(
        _ launch: Launch, by method: StartMethod, _ onEnd: (@Sendable (ProcessEnd) -> Void)?
    ) async throws(ProcessError) -> LaunchedProcess {
        let child = try LaunchedProcess(try await Birth(by: method), launch, onEnd)
        do throws(ConnectionError) {
            try await child.link.sendBytes(launch.frame)
        } catch {
            throw error.code == .cancelled
                ? .cancelled : ProcessError(.ended, "the child ended at once", underlying: error)
        }
        return child
    }

    /// Waits for the sign of a forked child that it has read its launch.
    ///
    /// That takes what all threads of a process share: locks of the Swift runtime, which another
    /// one may have held when this process was copied, and which nobody gives back in the copy.  It
    /// has done nothing by then, so another one can take its place.  A large value takes long to
    /// decode, so it is given up only while it rests.
    private func hasBegun() async throws(ProcessError) -> Bool {
        var effort: Int64 = -1
        while true {
            do throws(ConnectionError) {
                _ = try await link.receiveBytes(timeout: Self.forkPatience)
                return true
            } catch {
                switch error.code {
                case .timedOut: break
                case .cancelled: throw .cancelled
                // It has ended, and its code says why.
                default: return true
                }
            }
            var rests = false
            let before = effort
            effort = unsafe mp_child_effort(identifier, &rests)
            if rests && effort == before { return false }
        }
    }

    /// Watches for its end, and sends what goes before the launch.
    private init(
        _ birth: consuming Birth, _ launch: Launch, _ onEnd: (@Sendable (ProcessEnd) -> Void)?
    ) throws(ProcessError) {
        let life = Life(birth.identifier, onEnd)
        identifier = birth.identifier
        self.life = life
        do throws(ProcessError) {
            do throws(ConnectionError) {
                sentinel = SharedDescriptor(try birth.watch.second())
                try ReadyWatch.start(birth.watch) { life.reap() }
            } catch {
                throw .system(error.reason, error)
            }
            try launch.sendLuggage(through: birth.link)
            do throws(ConnectionError) {
                link = try Connection.over(birth.link)
            } catch {
                throw .system(error.reason, error)
            }
        } catch {
            // Unwatched, or without a line: it must not stay behind.
            life.send(.kill)
            mp_child_wait(identifier)
            life.reap()
            throw error
        }
    }

    /// How it ended; nil while it runs.
    package var end: ProcessEnd? { life.end }

    /// Waits until it has ended.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Returns: how it ended, or nil when the time is over.
    /// - Throws: `ProcessError` with `cancelled`.
    package func wait(timeout: Duration? = nil) async throws(ProcessError) -> ProcessEnd? {
        try await life.waitForEnd(timeout)
    }

    /// Sends it a signal, if it has not ended.
    package func send(_ signal: Signal) {
        life.send(signal)
    }
}

extension LaunchedProcess {
    /// A child from its start to its end, and who waits for that.
    fileprivate final class Life: Sendable {
        private struct State {
            var end: ProcessEnd?
            var waiting: [ObjectIdentifier: OneShot<ProcessEnd>] = [:]
        }

        private let identifier: Int32
        private let onEnd: (@Sendable (ProcessEnd) -> Void)?
        private let state = Mutex(State())

        init(_ identifier: Int32, _ onEnd: (@Sendable (ProcessEnd) -> Void)?) {
            self.identifier = identifier
            self.onEnd = onEnd
        }

        var end: ProcessEnd? { state.withLock { $0.end } }

        /// It has ended.  The first who knows takes leave of it.
        func reap() {
            let first = state.withLock { state -> (ProcessEnd, [OneShot<ProcessEnd>])? in
                guard state.end == nil else { return nil }
                let end = taken()
                state.end = end
                defer { state.waiting = [:] }
                return (end, Array(state.waiting.values))
            }
            guard let (end, waiting) = first else { return }
            onEnd?(end)
            for each in waiting { each.complete(.success(end)) }
        }

        private func taken() -> ProcessEnd {
            var end = mp_child_end()
            guard unsafe mp_child_reap(identifier, &end) == 1 else { return .unknown }
            return end.by_signal ? .signalled(end.value) : .exited(end.value)
        }

        /// Under the lock, so that the number is still the child's.
        func send(_ signal: Signal) {
            state.withLock { state in
                if state.end == nil { _ = mp_child_signal(identifier, signal.number) }
            }
        }

        func waitForEnd(_ timeout: Duration?) async throws(ProcessError) -> ProcessEnd? {
            let shot = OneShot<ProcessEnd>()
            let end = state.withLock { state in
                if state.end == nil { state.waiting[ObjectIdentifier(shot)] = shot }
                return state.end
            }
            if let end { return end }
            defer { state.withLock { _ = $0.waiting.removeValue(forKey: ObjectIdentifier(shot)) } }
            do throws(ConnectionError) {
                return try await shot.value("waiting for a process", within: timeout)
            } catch {
                throw error.code == .cancelled ? .cancelled : .system(error.reason, error)
            }
        }
    }
}
