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
        let child = try LaunchedProcess(try await Birth(by: method), launch, onEnd)
        do throws(ConnectionError) {
            try await child.link.send(launch.frame)
        } catch {
            throw error.code == .cancelled
                ? .cancelled : ProcessError(.ended, "the child ended at once", underlying: error)
        }
        return child
    }

    /// Watches for its end, and sends what goes before the launch.
    private init(
        _ birth: consuming Birth, _ launch: Launch, _ onEnd: (@Sendable (ProcessEnd) -> Void)?
    ) throws(ProcessError) {
        let life = Life(birth.identifier, onEnd)
        identifier = birth.identifier
        self.life = life
        do throws(ProcessError) {
            try launch.sendLuggage(through: birth.link)
            do throws(ConnectionError) {
                sentinel = SharedDescriptor(try birth.watch.second())
                try ReadyWatch.start(birth.watch) { life.reap() }
                self.link = try Connection.over(birth.link)
            } catch {
                throw .system(error.reason, error)
            }
        } catch {
            // Unwatched, or without a line: it must not stay behind.
            life.send(.kill)
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

        /// It has ended.
        func reap() {
            let (end, waiting) = state.withLock { state in
                let end = taken()
                state.end = end
                defer { state.waiting = [:] }
                return (end, state.waiting.values)
            }
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
