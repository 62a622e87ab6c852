internal import CMultiprocessing
package import Connections
internal import Sockets
internal import Synchronization

/// A process that this one has started: this program once more, doing what a ``ProcessMain`` says.
///
/// It is taken leave of as soon as it ends, so it is never a zombie for long, and never mistaken
/// for a later process with the same number.  When the last reference to this object goes, and when
/// this process ends in whatever way, the child's ``ParentLink`` ends.
package final class ChildProcess: Sendable {
    /// The signals one sends a child.
    package enum Signal: Sendable {
        case terminate, kill

        fileprivate var number: Int32 {
            switch self {
            case .terminate: MP_SIGTERM
            case .kill: MP_SIGKILL
            }
        }
    }

    /// The number by which the system knows it.
    package let identifier: Int32
    /// The line to the child: ``ParentLink`` is its other end.
    package let link: Connection
    private let life: Life

    private init(_ identifier: Int32, _ link: Connection, _ life: Life) {
        self.identifier = identifier
        self.link = link
        self.life = life
    }

    /// Starts a child, and tells it what to do.
    ///
    /// - Parameters:
    ///   - main: what it does.
    ///   - onEnd: called once when it has ended, on a thread that must not be held up.
    /// - Throws: `ProcessError` with `unknownType`, `encoding`, `notInProgram`, `system`, `ended`,
    ///   `cancelled`.
    package static func start<Main: ProcessMain>(
        _ main: Main, onEnd: (@Sendable (ProcessEnd) -> Void)? = nil
    ) async throws(ProcessError) -> ChildProcess {
        let launch = try Launch(main).frame
        let child = try spawn(onEnd)
        do throws(ConnectionError) {
            try await child.link.sendBytes(launch)
        } catch {
            throw error.code == .cancelled
                ? .cancelled : ProcessError(.ended, "the child ended at once", underlying: error)
        }
        return child
    }

    private static func spawn(
        _ onEnd: (@Sendable (ProcessEnd) -> Void)?
    ) throws(ProcessError) -> ChildProcess {
        // The loop's thread first: without it nobody would see the child's end.
        do throws(ConnectionError) {
            _ = try IOLoop.shared()
        } catch {
            throw .system(error.reason, error)
        }
        var link: Int32 = -1
        var watch: Int32 = -1
        let identifier = unsafe mp_child_start(&link, &watch)
        guard identifier >= 0 else { throw .notStarted(identifier) }
        let end = Descriptor(owning: link)
        let life = Life(identifier, onEnd)
        do throws(ConnectionError) {
            try ReadyWatch.start(Descriptor(owning: watch)) { life.reap() }
            return ChildProcess(identifier, try Connection.over(end), life)
        } catch {
            // Unwatched, or without a line: it must not stay behind.
            life.send(.kill)
            throw .system(error.reason, error)
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
        let result = await withTaskGroup(of: Result<ProcessEnd?, ProcessError>.self) { group in
            group.addTask { [life] in
                do throws(ConnectionError) {
                    return .success(try await life.waitForEnd())
                } catch {
                    return .failure(.cancelled)
                }
            }
            if let timeout {
                group.addTask {
                    (try? await Task.sleep(for: timeout)) == nil
                        ? .failure(.cancelled) : .success(nil)
                }
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? .failure(.cancelled)
        }
        if let end = life.end { return end }
        return try result.get()
    }

    /// Sends it a signal, if it has not ended.
    package func send(_ signal: Signal) {
        life.send(signal)
    }
}

extension ChildProcess {
    /// A child from its start to its end, and who waits for that.
    fileprivate final class Life: Sendable {
        private struct State {
            var end: ProcessEnd?
            var waiting: [OneShot<ProcessEnd>] = []
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
                defer { state.waiting = [] }
                return (end, state.waiting)
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

        func waitForEnd() async throws(ConnectionError) -> ProcessEnd {
            let shot = OneShot<ProcessEnd>()
            let end = state.withLock { state in
                if state.end == nil { state.waiting.append(shot) }
                return state.end
            }
            if let end { return end }
            return try await shot.value("waiting for a process")
        }
    }
}
