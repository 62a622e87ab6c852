internal import Connections
internal import Synchronization

/// What will come of tasks that a pool has been given: CPython's `AsyncResult`.
///
/// It may be asked from any task, and as often as one likes.
public final class AsyncResult<Value: Sendable>: Sendable {
    typealias Outcome = Result<Value, ProcessError>

    private enum State {
        case waits([ObjectIdentifier: OneShot<Void>])
        /// It is there, and not yet decoded: that is for whoever asks first.
        case came(@Sendable () -> Outcome)
        case read(Outcome)
    }

    private let state = Mutex(State.waits([:]))

    init() {}

    /// It is there.
    func complete(_ read: @escaping @Sendable () -> Outcome) {
        let waiting = state.withLock { state in
            guard case .waits(let waiting) = state else { return [OneShot<Void>]() }
            state = .came(read)
            return Array(waiting.values)
        }
        for each in waiting { each.complete(.success(())) }
    }

    /// Whether it is there.
    public var isReady: Bool {
        state.withLock { state in
            if case .waits = state { false } else { true }
        }
    }

    /// Whether nothing went wrong.
    ///
    /// - Throws: `ProcessError` with `notReady`.
    public var isSuccessful: Bool {
        get throws(ProcessError) {
            guard let outcome else { throw .resultNotReady }
            if case .success = outcome { return true }
            return false
        }
    }

    /// What came of it, if it is there.
    private var outcome: Outcome? {
        switch state.withLock({ $0 }) {
        case .waits: return nil
        case .read(let outcome): return outcome
        case .came(let read):
            // Not under the lock: it decodes types of others.
            let outcome = read()
            state.withLock { $0 = .read(outcome) }
            return outcome
        }
    }

    /// Waits until it is there.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Returns: false when the time is over.
    /// - Throws: `ProcessError` with `cancelled`.
    @discardableResult
    public func wait(timeout: Duration? = nil) async throws(ProcessError) -> Bool {
        let shot = OneShot<Void>()
        let name = ObjectIdentifier(shot)
        let isThere = state.withLock { state in
            guard case .waits(var waiting) = state else { return true }
            waiting[name] = shot
            state = .waits(waiting)
            return false
        }
        if isThere { return true }
        defer {
            state.withLock { state in
                guard case .waits(var waiting) = state else { return }
                waiting[name] = nil
                state = .waits(waiting)
            }
        }
        do throws(ConnectionError) {
            return try await shot.value("waiting for a pool", within: timeout) != nil
        } catch {
            throw error.code == .cancelled ? .cancelled : .system(error.reason, error)
        }
    }

    /// Waits until it is there, and gives it.
    ///
    /// - Parameter timeout: how long to wait; nil for as long as it takes.
    /// - Throws: `ProcessError` with `timedOut`, `cancelled`, and what went wrong: `taskFailed`,
    ///   `workerDied`, `noWorkers`, `closed` for a pool that was terminated, `encoding`.
    public func get(timeout: Duration? = nil) async throws(ProcessError) -> Value {
        guard try await wait(timeout: timeout), let outcome else {
            throw .resultTimedOut(timeout ?? .zero)
        }
        return try outcome.get()
    }
}
